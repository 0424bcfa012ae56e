#include "schema/cel_scan.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "yaml/utf8.h"

/* ---- durations ---- */

static const struct unit {
	const char *name;
	int64_t nanoseconds;
} units[] = {
	/* "ms" before "m", as the longer one counts */
	{"ns", 1},       {"us", 1000},      {"\u00b5s", 1000},  {"\u03bcs", 1000},
	{"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000},
};

static const struct unit *unit_at(struct str text)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (str_starts(text, units[i].name))
			return &units[i];
	return NULL;
}

/* One "12.5h" off the front of *rest, added to *sum. */
static bool scan_part(struct str *rest, int64_t *sum)
{
	size_t i = 0, digits = 0;
	int64_t whole = 0;
	double fraction = 0, place = 1;
	const struct unit *unit;

	for (; i < rest->len && isdigit((unsigned char)rest->at[i]); i++, digits++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, rest->at[i] - '0', &whole))
			return false;
	if (i < rest->len && rest->at[i] == '.')
		for (i++; i < rest->len && isdigit((unsigned char)rest->at[i]); i++, digits++)
			fraction += (rest->at[i] - '0') * (place /= 10);
	*rest = str_from_pos(*rest, i);
	unit = unit_at(*rest);
	if (!digits || !unit || __builtin_mul_overflow(whole, unit->nanoseconds, &whole) ||
	    __builtin_add_overflow(*sum, whole, sum))
		return false;
	*rest = str_from_pos(*rest, strlen(unit->name));
	return !__builtin_add_overflow(*sum, (int64_t)(fraction * (double)unit->nanoseconds), sum);
}

bool cel_scan_duration(struct str text, int64_t *nanoseconds)
{
	bool negative = str_starts(text, "-");

	*nanoseconds = 0;
	if (negative || str_starts(text, "+"))
		text = str_from_pos(text, 1);
	if (str_is(text, "0"))
		return true;
	if (!text.len)
		return false;
	while (text.len)
		if (!scan_part(&text, nanoseconds))
			return false;
	if (negative)
		*nanoseconds = -*nanoseconds;
	return true;
}

bool cel_scan_double(struct str text, double *value)
{
	char copy[64], *end;

	if (!text.len || text.len >= sizeof copy || isspace((unsigned char)text.at[0]))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	errno = 0;
	*value = strtod(copy, &end);
	return end == copy + text.len && !errno && isfinite(*value);
}

/* ---- URLs ---- */

static bool scan_scheme(struct str *rest, struct str *scheme)
{
	size_t i = 0;

	while (i < rest->len && (isalnum((unsigned char)rest->at[i]) ||
				 (i && rest->at[i] && strchr("+-.", rest->at[i]))))
		i++;
	if (i == 0 || i >= rest->len || rest->at[i] != ':' || !isalpha((unsigned char)rest->at[0]))
		return false;
	*scheme = str_sub(*rest, 0, i);
	*rest = str_from_pos(*rest, i + 1);
	return true;
}

/* "user@host:port", "[::1]:80". */
static bool scan_authority(struct str authority, struct cel_url *url)
{
	size_t at = str_find(authority, '@'), colon;

	if (at != SIZE_MAX)
		authority = str_from_pos(authority, at + 1);
	url->host = authority;
	if (str_starts(authority, "[")) {
		size_t end = str_find(authority, ']');

		if (end == SIZE_MAX)
			return false;
		url->hostname = str_sub(authority, 1, end - 1);
		authority = str_from_pos(authority, end + 1);
		if (authority.len && authority.at[0] != ':')
			return false;
		url->port = str_from_pos(authority, 1);
	} else {
		colon = str_find(authority, ':');
		url->hostname = str_sub(authority, 0, colon);
		if (colon != SIZE_MAX)
			url->port = str_from_pos(authority, colon + 1);
	}
	for (size_t i = 0; i < url->port.len; i++)
		if (!isdigit((unsigned char)url->port.at[i]))
			return false;
	for (size_t i = 0; i < url->hostname.len; i++)
		if (strchr(" <>\"\\^`{|}", url->hostname.at[i]))
			return false;
	return true;
}

static bool escapes_are_whole(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
			return false;
		if (text.at[i] == '%' &&
		    (i + 2 >= text.len || !isxdigit((unsigned char)text.at[i + 1]) ||
		     !isxdigit((unsigned char)text.at[i + 2])))
			return false;
	}
	return true;
}

bool cel_scan_url(struct str text, struct cel_url *url)
{
	struct str rest = text;
	size_t end = 0;

	if (!text.len || !escapes_are_whole(str_sub(text, 0, str_find(text, '?'))))
		return false;
	if (text.at[0] == '/')
		return true;
	/* ParseRequestURI wants a slash behind the scheme. */
	if (!scan_scheme(&rest, &url->scheme) || !str_starts(rest, "/"))
		return false;
	if (!str_starts(rest, "//"))
		return true;
	rest = str_from_pos(rest, 2);
	while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?')
		end++;
	return scan_authority(str_sub(rest, 0, end), url);
}

/* ---- white space ---- */

static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

struct str cel_trim(struct str text)
{
	size_t len = 0, end = 0;
	uint32_t c;

	while (text.len && (len = utf8_decode(text, 0, &c)) && is_space(c))
		text = str_from_pos(text, len);
	for (size_t i = 0; i < text.len; i += len ? len : 1) {
		len = utf8_decode(text, i, &c);
		if (!len || !is_space(c))
			end = i + (len ? len : 1);
	}
	return str_sub(text, 0, end);
}
