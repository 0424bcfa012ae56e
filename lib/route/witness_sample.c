/* Paths from a regular expression. The pattern is read loosely, in the syntax that PCRE, RE2, Go and Rust
 * share; what is not understood is taken as it stands. A text need not match: it is asked of the tables,
 * which know. Each sample takes branches, repetitions and members of classes by a small random
 * generator, so that a seed gives the same samples again. */
#include "route/witness.h"

/* WORK bounds nested repetitions of nothing, "((){9}){9}". */
enum { SAMPLES = 12, LONGEST = 200, DEEPEST = 20, WORK = 2000 };

struct sampler {
	struct witness_paths *paths;
	struct str pattern;
	size_t at;
	char text[LONGEST];
	size_t len;
	unsigned round; /* number of the sample: the first ones take the plain way */
	unsigned depth, work;
	bool mute; /* what is read now is not part of the sample */
};

static uint32_t draw(struct sampler *sampler, uint32_t below)
{
	uint64_t x = sampler->paths->random;

	/* xorshift64 */
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	sampler->paths->random = x;
	return below ? (uint32_t)(x >> 32) % below : 0;
}

static void put(struct sampler *sampler, char c)
{
	if (!sampler->mute && sampler->len < LONGEST)
		sampler->text[sampler->len++] = c;
}

static char peek(const struct sampler *sampler)
{
	return sampler->at < sampler->pattern.len ? sampler->pattern.at[sampler->at] : '\0';
}

static bool at_end(const struct sampler *sampler)
{
	return sampler->at >= sampler->pattern.len;
}

static char of_class(char c)
{
	switch (c) {
	case 'd':
		return '7';
	case 'w':
		return 'k';
	case 's':
		return '+';
	case 'D':
	case 'S':
	case 'W':
		return '-';
	default:
		return c;
	}
}

/* ---- [...] ---- */

struct members {
	char at[LONGEST];
	size_t count;
};

static void add_member(struct members *members, char c)
{
	if (members->count < LONGEST && c > ' ' && c < 0x7f)
		members->at[members->count++] = c;
}

static void add_range(struct members *members, char first, char last)
{
	add_member(members, first);
	add_member(members, (char)((first + last) / 2));
	add_member(members, last);
}

static char escape_in(struct sampler *sampler)
{
	char c = peek(sampler);

	if (c == '\\' && sampler->at + 1 < sampler->pattern.len) {
		sampler->at++;
		c = of_class(peek(sampler));
	}
	sampler->at++;
	return c;
}

static void read_members(struct sampler *sampler, struct members *members)
{
	bool first = true;

	while (!at_end(sampler) && (first || peek(sampler) != ']')) {
		char c = escape_in(sampler);

		first = false;
		if (peek(sampler) == '-' && sampler->at + 1 < sampler->pattern.len &&
		    sampler->pattern.at[sampler->at + 1] != ']') {
			sampler->at++;
			add_range(members, c, escape_in(sampler));
		} else {
			add_member(members, c);
		}
	}
	sampler->at++;
}

static char outside(const struct members *members)
{
	static const char candidates[] = "kK7-_.~";

	for (size_t i = 0; i < sizeof candidates - 1; i++)
		if (!memchr(members->at, candidates[i], members->count))
			return candidates[i];
	return 'k';
}

static void sample_class(struct sampler *sampler)
{
	struct members members = {.count = 0};
	bool negated = peek(sampler) == '^';

	sampler->at += negated;
	read_members(sampler, &members);
	if (negated || !members.count)
		put(sampler, outside(&members));
	else
		put(sampler,
		    members.at[sampler->round ? draw(sampler, (uint32_t)members.count) : 0]);
}

/* ---- groups ---- */

static void sample_branches(struct sampler *sampler);

/* "?:", "?i:", "?<name>", "?=" ...: the part that says what kind of group it is. False: nothing of it is
 * text (a lookaround, or flags alone). */
static bool read_group_kind(struct sampler *sampler)
{
	char c;

	if (peek(sampler) != '?')
		return true;
	sampler->at++;
	c = peek(sampler);
	if (c == '=' || c == '!' ||
	    (c == '<' && sampler->at + 1 < sampler->pattern.len &&
	     strchr("=!", sampler->pattern.at[sampler->at + 1])))
		return false;
	while (!at_end(sampler) && !strchr(":>)", peek(sampler)))
		sampler->at++;
	if (peek(sampler) == ')')
		return false;
	sampler->at++;
	return true;
}

static void sample_group(struct sampler *sampler)
{
	bool was_mute = sampler->mute;

	if (!read_group_kind(sampler))
		sampler->mute = true;
	if (++sampler->depth < DEEPEST)
		sample_branches(sampler);
	sampler->depth--;
	sampler->mute = was_mute;
	if (peek(sampler) == ')')
		sampler->at++;
}

/* ---- repetition ---- */

static unsigned read_number(struct sampler *sampler)
{
	unsigned number = 0;

	while (peek(sampler) >= '0' && peek(sampler) <= '9' && !at_end(sampler)) {
		number = number < 100 ? number * 10 + (unsigned)(peek(sampler) - '0') : number;
		sampler->at++;
	}
	return number;
}

static void read_braces(struct sampler *sampler, unsigned *least, unsigned *most)
{
	size_t start = sampler->at++;

	*least = *most = read_number(sampler);
	if (peek(sampler) == ',') {
		sampler->at++;
		*most = peek(sampler) == '}' ? *least + 2 : read_number(sampler);
	}
	if (peek(sampler) == '}') {
		sampler->at++;
		return;
	}
	/* No quantifier: a brace as it stands. */
	sampler->at = start;
	*least = *most = 1;
}

static void read_quantifier(struct sampler *sampler, unsigned *least, unsigned *most)
{
	*least = *most = 1;
	switch (peek(sampler)) {
	case '*':
		*least = 0;
		*most = 3;
		break;
	case '+':
		*most = 3;
		break;
	case '?':
		*least = 0;
		break;
	case '{':
		read_braces(sampler, least, most);
		return;
	default:
		return;
	}
	sampler->at++;
	if (peek(sampler) == '?' || peek(sampler) == '+')
		sampler->at++;
}

static void sample_atom(struct sampler *sampler)
{
	char c = peek(sampler);

	sampler->at++;
	sampler->work++;
	switch (c) {
	case '(':
		sample_group(sampler);
		break;
	case '[':
		sample_class(sampler);
		break;
	case '.':
		put(sampler, "q/7"[sampler->round ? draw(sampler, 3) : 0]);
		break;
	case '^':
	case '$':
		break;
	case '\\':
		c = peek(sampler);
		sampler->at++;
		if (c && !strchr("bBAzZ", c))
			put(sampler, of_class(c));
		break;
	default:
		put(sampler, c);
	}
}

/* How often: the least and the most first, then by chance. */
static unsigned times(struct sampler *sampler, unsigned least, unsigned most)
{
	if (sampler->round == 0)
		return most > least ? least + 1 : least;
	if (sampler->round == 1)
		return least;
	return least + draw(sampler, most - least + 1);
}

static void sample_repeated(struct sampler *sampler)
{
	size_t start = sampler->at, before = sampler->len, end;
	unsigned least, most, count;

	sample_atom(sampler);
	read_quantifier(sampler, &least, &most);
	end = sampler->at;
	count = times(sampler, least, most);
	if (count == 0)
		sampler->len = before;
	for (unsigned i = 1; i < count && sampler->len < LONGEST && sampler->work < WORK; i++) {
		sampler->at = start;
		sample_atom(sampler);
	}
	sampler->at = end;
}

/* Where the branch that begins here ends, and whether another follows. */
static size_t branch_end(const struct sampler *sampler, bool *more)
{
	size_t depth = 0;
	bool class = false;

	*more = false;
	for (size_t i = sampler->at; i < sampler->pattern.len; i++) {
		char c = sampler->pattern.at[i];

		if (c == '\\') {
			i++;
		} else if (class) {
			class = c != ']';
		} else if (c == '[') {
			class = true;
		} else if (c == '(') {
			depth++;
		} else if (depth && c == ')') {
			depth--;
		} else if (!depth && (c == ')' || c == '|')) {
			*more = c == '|';
			return i;
		}
	}
	return sampler->pattern.len;
}

static unsigned count_branches(const struct sampler *sampler)
{
	struct sampler look = *sampler;
	unsigned count = 0;
	bool more = true;

	while (more) {
		look.at = branch_end(&look, &more) + 1;
		count++;
	}
	return count;
}

/* One of the branches; the others are skipped. */
static void sample_branches(struct sampler *sampler)
{
	unsigned count = count_branches(sampler);
	unsigned chosen = sampler->round < 2 ? 0 : draw(sampler, count);
	bool more = true;

	for (unsigned i = 0; more; i++) {
		size_t end = branch_end(sampler, &more);

		while (i == chosen && sampler->at < end)
			sample_repeated(sampler);
		sampler->at = end + more;
	}
}

/* ---- samples ---- */

static void add_sample(struct sampler *sampler)
{
	struct witness_paths *paths = sampler->paths;
	struct str text = str_dup(paths->arena, (struct str){sampler->text, sampler->len});

	if (!text.len || text.at[0] != '/')
		text = str_format(paths->arena, "/%.*s", STR_ARG(text));
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f || strchr("?#%", text.at[i]))
			return;
	witness_path_add(paths, text, (struct str){0}, 0);
	if (sampler->round > 4)
		return;
	/* What goes on behind it, what stops before its end, what stands before it, another case. */
	witness_path_add(paths, str_format(paths->arena, "%.*sz", STR_ARG(text)), (struct str){0},
			 0);
	witness_path_add(paths, str_format(paths->arena, "%.*s/z", STR_ARG(text)), (struct str){0},
			 0);
	witness_path_add(paths, str_sub(text, 0, text.len - 1), (struct str){0}, 0);
	witness_path_add(paths, str_format(paths->arena, "/z%.*s", STR_ARG(text)), (struct str){0},
			 0);
	if (sampler->round)
		return;

	struct str upper = str_dup(paths->arena, text);

	for (size_t i = 0; i < upper.len; i++)
		if ((upper.at[i] | 0x20) >= 'a' && (upper.at[i] | 0x20) <= 'z')
			((char *)upper.at)[i] ^= 0x20;
	witness_path_add(paths, upper, text, WITNESS_CASE);
	witness_path_add(paths, str_format(paths->arena, "/%.*s", STR_ARG(text)), text,
			 WITNESS_NORMAL);
}

void witness_sample(struct witness_paths *paths, struct str pattern)
{
	for (unsigned round = 0; round < SAMPLES; round++) {
		struct sampler sampler = {.paths = paths, .pattern = pattern, .round = round};

		while (!at_end(&sampler)) {
			sample_branches(&sampler);
			if (peek(&sampler) == ')')
				sampler.at++;
		}
		add_sample(&sampler);
	}
}
