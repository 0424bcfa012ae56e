#define _GNU_SOURCE /* memmem */

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_all(const struct str *a, size_t a_count, const struct str *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

bool str_is_nocase(struct str s, const char *literal)
{
	return str_eq_nocase(s, str_from(literal));
}

int str_cmp(struct str a, struct str b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.at, b.at, shared) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && len && memcmp(s.at + s.len - len, suffix, len) == 0;
}

size_t str_find(struct str s, char c)
{
	const char *hit = s.len ? memchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}

size_t str_find_str(struct str s, const char *needle)
{
	size_t len = strlen(needle);
	const char *hit = s.len ? memmem(s.at, s.len, needle, len) : NULL;

	return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}

struct str str_sub(struct str s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct str){s.at ? s.at + from : NULL, len};
}

struct str str_from_pos(struct str s, size_t from)
{
	return str_sub(s, from, SIZE_MAX);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool str_split(struct str *rest, char separator, bool *more, struct str *part)
{
	if (!*more)
		return false;

	size_t cut = str_find(*rest, separator);

	*more = cut != SIZE_MAX;
	*part = str_sub(*rest, 0, cut);
	*rest = *more ? str_from_pos(*rest, cut + 1) : (struct str){0};
	return true;
}

bool str_to_int(struct str s, int64_t *value)
{
	bool negative = s.len && s.at[0] == '-';
	size_t i = s.len && (s.at[0] == '-' || s.at[0] == '+');
	int64_t sum = 0;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		int digit = s.at[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, 10, &sum))
			return false;
		if (negative ? __builtin_sub_overflow(sum, digit, &sum)
			     : __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	*value = sum;
	return true;
}

struct str str_dup(struct arena *arena, struct str s)
{
	char *copy = arena_bytes(arena, s.len + 1);

	if (s.len)
		memcpy(copy, s.at, s.len);
	copy[s.len] = '\0';
	return (struct str){copy, s.len};
}

struct str str_lower(struct arena *arena, struct str s)
{
	char *copy = arena_bytes(arena, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		copy[i] = (char)lower(s.at[i]);
	copy[s.len] = '\0';
	return (struct str){copy, s.len};
}

struct str str_join(struct arena *arena, const struct str *parts, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;

	char *text = arena_bytes(arena, len + 1), *end = text;

	for (size_t i = 0; i < count; i++) {
		if (parts[i].len)
			memcpy(end, parts[i].at, parts[i].len);
		end += parts[i].len;
	}
	*end = '\0';
	return (struct str){text, len};
}

struct str str_digits(char text[static STR_DIGITS], uint64_t number)
{
	size_t at = STR_DIGITS;

	do
		text[--at] = (char)('0' + number % 10);
	while (number /= 10);
	return (struct str){text + at, STR_DIGITS - at};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
	char small[256];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (len < 0)
		return (struct str){0};

	char *text = arena_bytes(arena, (size_t)len + 1);

	if ((size_t)len < sizeof small) {
		memcpy(text, small, (size_t)len + 1);
	} else {
		va_start(args, format);
		vsnprintf(text, (size_t)len + 1, format, args);
		va_end(args);
	}
	return (struct str){text, (size_t)len};
}

uint64_t str_hash(struct str s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	return hash;
}

enum { DISTANCE_MAX = 64 };

static bool same_letter(struct str a, size_t i, struct str b, size_t j)
{
	return lower(a.at[i]) == lower(b.at[j]);
}

/* Optimal string alignment: Levenshtein plus swaps of neighbours, three rows of the table. */
unsigned str_distance(struct str a, struct str b, unsigned limit)
{
	unsigned rows[3][DISTANCE_MAX + 1];
	unsigned *before = rows[0], *previous = rows[1], *current = rows[2];

	if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
		return limit + 1;
	for (size_t j = 0; j <= b.len; j++)
		previous[j] = (unsigned)j;
	memset(before, 0, sizeof rows[0]);

	for (size_t i = 1; i <= a.len; i++) {
		unsigned best = current[0] = (unsigned)i;

		for (size_t j = 1; j <= b.len; j++) {
			unsigned cost = previous[j - 1] + !same_letter(a, i - 1, b, j - 1);

			if (previous[j] + 1 < cost)
				cost = previous[j] + 1;
			if (current[j - 1] + 1 < cost)
				cost = current[j - 1] + 1;
			if (i > 1 && j > 1 && same_letter(a, i - 1, b, j - 2) &&
			    same_letter(a, i - 2, b, j - 1) && before[j - 2] + 1 < cost)
				cost = before[j - 2] + 1;
			current[j] = cost;
			if (cost < best)
				best = cost;
		}
		if (best > limit)
			return limit + 1;

		unsigned *oldest = before;

		before = previous;
		previous = current;
		current = oldest;
	}
	return previous[b.len] > limit ? limit + 1 : previous[b.len];
}
