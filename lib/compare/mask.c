#include "compare/fact_parts.h"

#include "base/buf.h"

/* What stands at a place, if anything: its length, and what is written for it. */
struct volatile_value {
	size_t len;
	const char *name;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return is_digit(c) || is_letter(c);
}

static bool is_base64url(char c)
{
	return is_word(c) || c == '-' || c == '_';
}

/* 'd' a digit, 'x' a hexadecimal one, 'a' a letter, anything else itself. */
static bool has_shape(struct str text, size_t at, const char *shape)
{
	if (text.len - at < strlen(shape))
		return false;
	for (; *shape; shape++, at++) {
		char c = text.at[at];
		bool fits = *shape == 'd'   ? is_digit(c)
			    : *shape == 'x' ? is_hex(c)
			    : *shape == 'a' ? is_letter(c)
					    : *shape == c;

		if (!fits)
			return false;
	}
	return true;
}

static size_t run_of(struct str text, size_t at, bool (*is)(char c))
{
	size_t end = at;

	while (end < text.len && is(text.at[end]))
		end++;
	return end - at;
}

static bool ends_at(struct str text, size_t at)
{
	return at >= text.len || !is_word(text.at[at]);
}

static size_t uuid(struct str text, size_t at)
{
	return has_shape(text, at, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") && ends_at(text, at + 36)
		       ? 36
		       : 0;
}

/* Header and payload begin with {" and the signature may be empty (RFC 7519). */
static size_t jwt(struct str text, size_t at)
{
	size_t end = at;

	if (!has_shape(text, at, "eyJ"))
		return 0;
	end += run_of(text, end, is_base64url);
	if (!has_shape(text, end, ".eyJ"))
		return 0;
	end += 1 + run_of(text, end + 1, is_base64url);
	if (end >= text.len || text.at[end] != '.')
		return 0;
	return end + 1 + run_of(text, end + 1, is_base64url) - at;
}

/* Seconds' fraction and zone behind a time of day. */
static size_t fraction_and_zone(struct str text, size_t at)
{
	size_t end = at;

	if (end + 1 < text.len && (text.at[end] == '.' || text.at[end] == ',') &&
	    is_digit(text.at[end + 1]))
		end += 1 + run_of(text, end + 1, is_digit);
	if (end < text.len && (text.at[end] == 'Z' || text.at[end] == 'z'))
		end++;
	else if (has_shape(text, end, "+dd:dd") || has_shape(text, end, "-dd:dd"))
		end += 6;
	else if (has_shape(text, end, "+dddd") || has_shape(text, end, "-dddd"))
		end += 5;
	return end - at;
}

/* RFC 3339, "2026-01-31T12:00:00.5Z", with a blank instead of T, and without seconds. */
static size_t iso_time(struct str text, size_t at)
{
	size_t end = at + 16;

	if (!has_shape(text, at, "dddd-dd-ddTdd:dd") && !has_shape(text, at, "dddd-dd-dd dd:dd") &&
	    !has_shape(text, at, "dddd-dd-ddtdd:dd"))
		return 0;
	if (has_shape(text, end, ":dd"))
		end += 3;
	return end + fraction_and_zone(text, end) - at;
}

/* RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"; in cookies with "-" between. */
static size_t http_time(struct str text, size_t at)
{
	return has_shape(text, at, "aaa, dd aaa dddd dd:dd:dd GMT") ||
			       has_shape(text, at, "aaa, dd-aaa-dddd dd:dd:dd GMT")
		       ? 29
		       : 0;
}

static size_t time_of_day(struct str text, size_t at)
{
	if (!has_shape(text, at, "dd:dd:dd"))
		return 0;
	return 8 + fraction_and_zone(text, at + 8);
}

/* Seconds or milliseconds since 1970, from 2001 to 2033. Longer ones look like ids without letters, and are
 * masked as such: a value must not be a time by chance in one answer and an id in the other. */
static size_t epoch(struct str text, size_t at)
{
	size_t len = run_of(text, at, is_digit);

	if (text.at[at] != '1' || (len != 10 && len != 13))
		return 0;
	if (len == 10 && at + len + 1 < text.len && text.at[at + len] == '.' &&
	    is_digit(text.at[at + len + 1]))
		len += 1 + run_of(text, at + len + 1, is_digit);
	return ends_at(text, at + len) ? len : 0;
}

static size_t long_hex(struct str text, size_t at)
{
	size_t len = run_of(text, at, is_hex);

	return len >= 16 && ends_at(text, at + len) ? len : 0;
}

static const struct {
	const char *name;
	size_t (*length)(struct str text, size_t at);
	bool is_time;
} kinds[] = {
	{"<uuid>", uuid, false},     {"<jwt>", jwt, false},         {"<time>", iso_time, true},
	{"<time>", http_time, true}, {"<time>", time_of_day, true}, {"<time>", epoch, true},
	{"<hex>", long_hex, false},
};

/* What looks like another kind of value stays what it is: a time within a long number is none. */
static struct volatile_value value_at(struct str text, size_t at, bool times_only)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t len = kinds[i].length(text, at);

		if (len)
			return (struct volatile_value){
				len, kinds[i].is_time || !times_only ? kinds[i].name : NULL};
	}
	return (struct volatile_value){0, NULL};
}

struct str mask_text(struct arena *arena, struct str text, bool times_only)
{
	struct buf made = {0};
	size_t kept = 0;
	struct str copy;

	for (size_t at = 0; at < text.len;) {
		struct volatile_value value = {0, NULL};

		if (is_word(text.at[at]))
			value = value_at(text, at, times_only);
		if (value.len && !value.name) {
			at += value.len;
			continue;
		}
		if (value.len) {
			buf_add(&made, text.at + kept, at - kept);
			buf_text(&made, value.name);
			at += value.len;
			kept = at;
			continue;
		}
		/* Values begin where words do. */
		at += is_word(text.at[at]) ? run_of(text, at, is_word) : 1;
	}
	if (!kept)
		return text;
	buf_add(&made, text.at + kept, text.len - kept);
	copy = str_dup(arena, buf_slice(&made));
	buf_finish(&made);
	return copy;
}

bool mask_same(struct arena *arena, struct str a, struct str b, bool times_only)
{
	return str_eq(a, b) ||
	       str_eq(mask_text(arena, a, times_only), mask_text(arena, b, times_only));
}
