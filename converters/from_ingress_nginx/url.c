#include "converters/from_ingress_nginx/url.h"

#include "gateway/name.h"

static bool fail(const char **why, const char *phrase)
{
	if (why)
		*why = phrase;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool url_has_variable(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		char next = text.at[i + 1];

		if (text.at[i] != '$')
			continue;
		if (is_letter(next) || is_digit(next) || next == '_' || next == '{')
			return true;
	}
	return false;
}

/* Cuts "scheme:" off *rest. A ":" at the very start is the one thing Go refuses here; what does not
 * look like a scheme is a path. */
static bool take_scheme(struct str *rest, struct str *scheme)
{
	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->at[i];

		if (is_letter(c))
			continue;
		if (i > 0 && (is_digit(c) || c == '+' || c == '-' || c == '.'))
			continue;
		if (c != ':')
			return true;
		if (i == 0)
			return false;
		*scheme = str_sub(*rest, 0, i);
		*rest = str_from_pos(*rest, i + 1);
		return true;
	}
	return true;
}

/* What stands behind the first `separator` of *rest is cut off; whether there was one. */
static bool cut_tail(struct str *rest, char separator, struct str *tail)
{
	size_t at = str_find(*rest, separator);

	if (at == SIZE_MAX)
		return false;
	*tail = str_from_pos(*rest, at + 1);
	*rest = str_sub(*rest, 0, at);
	return true;
}

static size_t find_last(struct str text, char c)
{
	for (size_t i = text.len; i-- > 0;)
		if (text.at[i] == c)
			return i;
	return SIZE_MAX;
}

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
			return true;
	return false;
}

static bool escapes_are_valid(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '%' &&
		    (i + 2 >= text.len || !is_hex(text.at[i + 1]) || !is_hex(text.at[i + 2])))
			return false;
	return true;
}

/* Go's shouldEscape for the host: sub-delims, brackets and quotes pass, and so do bytes of UTF-8. */
static bool host_is_valid(struct str host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.at[i];

		if (is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80)
			continue;
		if (c == '\0' || !strchr("-_.~!$&'()*+,;=:[]<>\"%", c))
			return false;
		/* Of ASCII only "%25" may be escaped in a host: it starts an IPv6 zone. */
		if (c == '%' && i + 2 < host.len && host.at[i + 1] < '8' &&
		    !str_is(str_sub(host, i, 3), "%25"))
			return false;
	}
	return escapes_are_valid(host);
}

static bool userinfo_is_valid(struct str userinfo)
{
	for (size_t i = 0; i < userinfo.len; i++) {
		char c = userinfo.at[i];

		if (is_letter(c) || is_digit(c))
			continue;
		if (c == '\0' || !strchr("-._:~!$&'()*+,;=%@", c))
			return false;
	}
	return escapes_are_valid(userinfo);
}

/* ":", ":8080" or nothing. */
static bool parse_port(struct str text, uint32_t *port)
{
	uint32_t value = 0;

	for (size_t i = 1; i < text.len; i++) {
		if (!is_digit(text.at[i]))
			return false;
		value = value * 10 + (uint32_t)(text.at[i] - '0');
		if (value > 65535)
			return false;
	}
	*port = value;
	return text.len == 0 || text.at[0] == ':';
}

static bool is_ipv4(struct str host)
{
	struct str part;
	bool more = true;
	unsigned parts = 0;

	while (str_split(&host, '.', &more, &part)) {
		uint32_t value = 0;

		for (size_t i = 0; i < part.len; i++) {
			if (!is_digit(part.at[i]))
				return false;
			value = value * 10 + (uint32_t)(part.at[i] - '0');
		}
		if (part.len == 0 || part.len > 3 || value > 255)
			return false;
		parts++;
	}
	return parts == 4;
}

static bool parse_authority(struct url *url, struct str authority, const char **why)
{
	size_t at = find_last(authority, '@');
	struct str port = {0};
	size_t end;

	if (at != SIZE_MAX) {
		url->userinfo = str_sub(authority, 0, at);
		authority = str_from_pos(authority, at + 1);
		if (!userinfo_is_valid(url->userinfo))
			return fail(why, "has an invalid character in its user name");
	}
	url->host = authority;
	if (str_starts(authority, "[")) {
		end = find_last(authority, ']');
		if (end == SIZE_MAX)
			return fail(why, "has a [ without ] in its host");
		url->host = str_sub(authority, 1, end - 1);
		url->is_ip = true;
		port = str_from_pos(authority, end + 1);
	} else if ((end = find_last(authority, ':')) != SIZE_MAX) {
		url->host = str_sub(authority, 0, end);
		port = str_from_pos(authority, end);
	}
	if (!parse_port(port, &url->port))
		return fail(why, "has an invalid port");
	if (!host_is_valid(url->host))
		return fail(why, "has an invalid character in its host");
	url->is_ip = url->is_ip || is_ipv4(url->host);
	url->host_variables = url_has_variable(url->host);
	return true;
}

/* A path whose first element holds a colon would read as a scheme. */
static bool first_element_has_colon(struct str path)
{
	return str_find(path, ':') < str_find(path, '/');
}

bool url_parse(struct url *url, struct str text, const char **why)
{
	struct str rest = text;

	*url = (struct url){.has_variables = url_has_variable(text)};
	if (has_control(text))
		return fail(why, "has a control character");
	url->has_fragment = cut_tail(&rest, '#', &url->fragment);
	if (!take_scheme(&rest, &url->scheme))
		return fail(why, "has no scheme in front of its colon");
	url->has_query = cut_tail(&rest, '?', &url->query);
	if (str_starts(rest, "//") && (url->scheme.len > 0 || !str_starts(rest, "///"))) {
		struct str authority = str_from_pos(rest, 2);
		size_t slash = str_find(authority, '/');

		rest = slash == SIZE_MAX ? (struct str){0} : str_from_pos(authority, slash);
		url->has_authority = true;
		if (!parse_authority(url, str_sub(authority, 0, slash), why))
			return false;
	} else if (url->scheme.len == 0 && first_element_has_colon(rest)) {
		return fail(why, "has a colon in the first element of its path");
	}
	/* "mailto:x": the part behind the scheme is opaque to Go and not unescaped. */
	bool opaque = url->scheme.len > 0 && !url->has_authority && !str_starts(rest, "/");

	url->path = rest;
	if (!opaque && !escapes_are_valid(rest))
		return fail(why, "has an invalid % escape in its path");
	if (!escapes_are_valid(url->fragment))
		return fail(why, "has an invalid % escape in its fragment");
	return true;
}

bool url_parse_absolute(struct url *url, struct str text, const char **why)
{
	if (!url_parse(url, text, why))
		return false;
	if (url->scheme.len == 0)
		return fail(why, "has no scheme");
	if (url->host.len == 0)
		return fail(why, "has no host");
	if (str_find_str(url->host, "..") != SIZE_MAX)
		return fail(why, "has \"..\" in its host");
	return true;
}

uint32_t url_port(const struct url *url)
{
	if (url->port != 0)
		return url->port;
	if (str_is_nocase(url->scheme, "http"))
		return 80;
	return str_is_nocase(url->scheme, "https") ? 443 : 0;
}

bool url_service(struct str host, struct str own_namespace, struct url_service *service, bool *bare,
		 bool *guessed)
{
	struct str rest = host, labels[3] = {0};
	bool more = true;
	size_t count = 0;

	/* A trailing dot only says that no search domain is to be tried. */
	if (str_ends(rest, "."))
		rest = str_sub(rest, 0, rest.len - 1);
	/* A Service's name starts with a letter, which no address does. */
	if (rest.len == 0 || !is_letter(rest.at[0]) || !name_is_subdomain(rest))
		return false;
	while (count < 3 && str_split(&rest, '.', &more, &labels[count]))
		count++;
	if (!name_is_label(labels[0]) || (count > 1 && !name_is_label(labels[1])))
		return false;
	if (count == 3 && !str_is(labels[2], "svc"))
		return false;

	/* Clusters have other domains than cluster.local, and so has the rest of the world. */
	bool elsewhere = more && !str_is(rest, "cluster.local");

	if (elsewhere && !guessed)
		return false;
	*service = (struct url_service){
		.namespace = count > 1 ? labels[1] : own_namespace,
		.name = labels[0],
	};
	if (bare)
		*bare = count == 1;
	if (guessed)
		*guessed = count == 2 || elsewhere;
	return true;
}
