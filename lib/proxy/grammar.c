#include "proxy/grammar.h"

/* GRAMMAR_... of each octet; test_proxy_head.c holds it against the definitions. */
const uint8_t grammar_classes[256] = {
	0,  0,  0,  0,  0,  0,  0,  0,  0,  4,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  4,  7,  6,  5,  7,  7,  7,  7,  6,  6,  7,  7,
	6,  15, 15, 6,  31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 6,  6,  6,  6,  6,  6,  6,  31,
	31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 6,  6,  6,  7,  15, 7,  31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6,  7,  6,  15, 0,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
};

bool grammar_all(struct str s, unsigned classes)
{
	for (size_t i = 0; i < s.len; i++)
		if (!grammar_is(s.at[i], classes))
			return false;
	return true;
}

bool grammar_is_token(struct str s)
{
	return s.len && grammar_all(s, GRAMMAR_TOKEN);
}

bool grammar_is_value(struct str s)
{
	return !s.len || scan_value(s.at, s.at + s.len) == s.at + s.len;
}

bool grammar_number(struct str s, uint64_t *value)
{
	uint64_t sum = 0;

	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		if (sum > ((uint64_t)INT64_MAX - (uint64_t)(s.at[i] - '0')) / 10)
			return false;
		sum = sum * 10 + (uint64_t)(s.at[i] - '0');
	}
	*value = sum;
	return true;
}

/* A port may be empty (RFC 3986 3.2.3); one above 65535 names nothing. */
static bool is_port(struct str s)
{
	uint64_t port = 0;

	return !s.len || (grammar_number(s, &port) && port <= 65535);
}

static bool is_literal(struct str s)
{
	struct route_address address;

	return str_find(s, ':') != SIZE_MAX && route_address_parse(s, &address);
}

bool grammar_is_authority(struct str s)
{
	size_t end;

	if (s.len && s.at[0] == '[') {
		end = str_find(s, ']');
		if (end == SIZE_MAX || !is_literal(str_sub(s, 1, end - 1)))
			return false;
		s = str_from_pos(s, end + 1);
		return !s.len || (s.at[0] == ':' && is_port(str_from_pos(s, 1)));
	}
	end = str_find(s, ':');
	if (end != SIZE_MAX && !is_port(str_from_pos(s, end + 1)))
		return false;
	s = str_sub(s, 0, end);
	return s.len && grammar_all(s, GRAMMAR_HOST);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return grammar_is(c, GRAMMAR_HEX) ? (c | 0x20) - 'a' + 10 : -1;
}

/* Triplets are whole, and none is NUL. */
static bool triplets_hold(struct str path)
{
	const char *at = path.at, *end = path.at + path.len;

	while ((at = memchr(at, '%', (size_t)(end - at)))) {
		if (end - at < 3 || hex(at[1]) < 0 || hex(at[2]) < 0)
			return false;
		if (at[1] == '0' && at[2] == '0')
			return false;
		at += 3;
	}
	return true;
}

bool grammar_is_path(struct str target)
{
	struct str path = str_sub(target, 0, str_find(target, '?'));

	return path.len && path.at[0] == '/' && !memchr(path.at, '\\', path.len) &&
	       triplets_hold(path);
}
