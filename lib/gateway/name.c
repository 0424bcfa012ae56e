#include "gateway/name.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/bug.h"
#include "gateway/limits.h"

enum { HASH_DIGITS = 8, LONG_HASH_DIGITS = 16 };

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* ---- making names ---- */

struct slug {
	char *at;
	size_t len;
};

/* Runs of anything else become one "-", none at the start: ingress2gateway's rule for hosts, in lower
 * case. `name`: the text is the name of an object, whose dots and double hyphens stay. */
static void slug_add(struct slug *slug, struct str text, bool name)
{
	size_t start = slug->len;

	for (size_t i = 0; i < text.len; i++) {
		size_t run = i;

		while (run < text.len && is_alphanumeric(text.at[run]))
			slug->at[slug->len++] = text.at[run++];
		if (run == text.len)
			return;
		i = run;

		char c = text.at[i];
		char last = slug->len > start ? slug->at[slug->len - 1] : '\0';

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if (is_alphanumeric(c))
			slug->at[slug->len++] = c;
		else if (name && c == '.' && is_alphanumeric(last))
			slug->at[slug->len++] = '.';
		else if (is_alphanumeric(last) || (name && c == '-' && last == '-'))
			slug->at[slug->len++] = '-';
	}
}

static void slug_end(struct slug *slug)
{
	while (slug->len && !is_alphanumeric(slug->at[slug->len - 1]))
		slug->len--;
}

struct str name_from_host(struct arena *arena, struct str host)
{
	static const char wildcard[] = "wildcard-";

	if (host.len == 0 || str_is(host, "*"))
		return STR("all-hosts");

	struct slug slug = {arena_bytes(arena, sizeof wildcard + host.len), 0};

	if (str_starts(host, "*.")) {
		memcpy(slug.at, wildcard, sizeof wildcard - 1);
		slug.len = sizeof wildcard - 1;
		host = str_from_pos(host, 2);
	}
	slug_add(&slug, host, false);
	slug_end(&slug);
	return slug.len ? (struct str){slug.at, slug.len} : STR("all-hosts");
}

/* The first `most` characters, the end of which is the hash of what the name stood for. */
static struct str with_hash(struct arena *arena, unsigned most, struct str name, struct str of,
			    int digits)
{
	size_t room = most - (size_t)digits - 1;
	struct str head = str_sub(name, 0, room);

	while (head.len && !is_alphanumeric(head.at[head.len - 1]))
		head.len--;
	return str_format(arena, "%.*s-%0*llx", STR_ARG(head), digits,
			  (unsigned long long)(str_hash(of) >> (64 - 4 * digits)));
}

static struct str cut(struct arena *arena, unsigned most, struct str name)
{
	if (name.len <= most)
		return name;
	return with_hash(arena, most, name, name, HASH_DIGITS);
}

struct str name_join(struct arena *arena, unsigned most, struct str first, struct str second,
		     struct str third)
{
	struct str parts[] = {first, second, third};
	struct slug slug = {arena_bytes(arena, first.len + second.len + third.len + 3), 0};

	for (size_t i = 0; i < 3; i++) {
		slug_end(&slug);
		if (slug.len && parts[i].len)
			slug.at[slug.len++] = '-';
		slug_add(&slug, parts[i], true);
	}
	slug_end(&slug);
	return cut(arena, most, (struct str){slug.at, slug.len});
}

/* ---- handing out ---- */

/* A wish is known by the identity that had it, or by one of these marks: by several, by one that does
 * not come again. */
static char shared_mark, once_mark;

void names_init(struct names *names, struct arena *arena)
{
	names->arena = arena;
	map_init(&names->wishes, arena);
	map_init(&names->given, arena);
}

static bool same_identity(const void *known, struct str identity)
{
	return known != &shared_mark && known != &once_mark &&
	       str_eq(*(const struct str *)known, identity);
}

static void *keep(struct arena *arena, struct str identity)
{
	struct str *kept = arena_new(arena, struct str);

	*kept = identity;
	return kept;
}

void names_wish(struct names *names, struct str wish, struct str identity)
{
	void **known = map_at(&names->wishes, wish);

	if (!*known)
		*known = keep(names->arena, identity);
	else if (!same_identity(*known, identity))
		*known = &shared_mark;
}

bool names_wish_once(struct names *names, struct str wish)
{
	void **known = map_at(&names->wishes, wish);
	bool first = !*known;

	*known = first ? &once_mark : &shared_mark;
	return first;
}

bool names_unique(const struct names *names, struct str wish)
{
	return map_get(&names->wishes, wish) != &shared_mark;
}

struct str names_hashed(struct names *names, unsigned most, struct str wish, struct str identity)
{
	struct str name = with_hash(names->arena, most, wish, identity, HASH_DIGITS);
	void **known = map_at(&names->given, name);

	if (!*known)
		*known = keep(names->arena, identity);
	if (!same_identity(*known, identity) || map_get(&names->wishes, name))
		return with_hash(names->arena, most, wish, identity, LONG_HASH_DIGITS);
	return name;
}

struct str names_get(struct names *names, unsigned most, struct str wish, struct str identity)
{
	if (names_unique(names, wish))
		return cut(names->arena, most, wish);
	return names_hashed(names, most, wish, identity);
}

/* ---- checks ---- */

bool name_is_label(struct str name)
{
	if (name.len == 0 || name.len > GATEWAY_LABEL)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_alphanumeric(name.at[i]) && name.at[i] != '-')
			return false;
	return name.at[0] != '-' && name.at[name.len - 1] != '-';
}

/* The API's pattern has no bound for a single label, so 64 and more characters are legal here. */
bool name_is_subdomain(struct str name)
{
	char last = '.';

	if (name.len == 0 || name.len > GATEWAY_NAME)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c == '.' ? !is_alphanumeric(last)
			     : !is_alphanumeric(c) && (c != '-' || last == '.'))
			return false;
		last = c;
	}
	return is_alphanumeric(last);
}

/* Gateway API takes no IP addresses for hostnames, though its pattern would let IPv4 pass. */
static bool is_address(struct str name)
{
	size_t dots = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] != '.' && (name.at[i] < '0' || name.at[i] > '9'))
			return false;
		dots += name.at[i] == '.';
	}
	return dots == 3;
}

bool name_is_hostname(struct str name)
{
	if (name.len > GATEWAY_NAME || is_address(name))
		return false;
	return name_is_subdomain(str_starts(name, "*.") ? str_from_pos(name, 2) : name);
}

struct str name_wildcard_above(struct arena *arena, struct str name)
{
	struct str parent = str_from_pos(name, str_starts(name, "*.") ? 2 : 0);
	size_t dot = str_find(parent, '.');

	return dot == SIZE_MAX ? STR("")
			       : str_format(arena, "*%.*s", STR_ARG(str_from_pos(parent, dot)));
}
