/* str.h - a slice of text: bytes somebody else owns, with their length.
 *
 * A slice never owns its bytes and need not end in NUL. Who owns them (arena, buffer, literal) is
 * said where the slice is made. The zero value is the empty string.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
	const char *at;
	size_t len;
};

/* A slice over a string literal; usable in static initialisers through STR_INIT. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}

/* printf helper: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).at ? (s).at : ""

/* Slice over a NUL-terminated string (NULL gives the empty slice). */
static inline struct str str_from(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Compare with a NUL-terminated literal, whose length the compiler knows here. */
static inline bool str_is(struct str s, const char *literal)
{
	return str_eq(s, str_from(literal));
}

/* ASCII case is ignored. */
bool str_eq_nocase(struct str a, struct str b);

/* Whether two lists have the same texts in the same order. */
bool str_eq_all(const struct str *a, size_t a_count, const struct str *b, size_t b_count);
bool str_is_nocase(struct str s, const char *literal);

/* Byte order, shorter first on a tie: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

static inline bool str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && (len == 0 || memcmp(s.at, prefix, len) == 0);
}

bool str_ends(struct str s, const char *suffix);

/* Position of the first byte `c` / first occurrence of `needle`; SIZE_MAX when absent. */
size_t str_find(struct str s, char c);
size_t str_find_str(struct str s, const char *needle);

/* Sub-slice; positions past the end are clamped. */
struct str str_sub(struct str s, size_t from, size_t len);
struct str str_from_pos(struct str s, size_t from);

/* Without leading and trailing blanks, tabs, CR and LF. */
struct str str_trim(struct str s);

/* Cuts the part before the next `separator` off *rest and returns it; false when *rest is used up.
 * "a,,b" yields "a", "", "b"; the empty string yields one empty part. Start with *more = true. */
bool str_split(struct str *rest, char separator, bool *more, struct str *part);

/* Decimal integer with optional sign, whole slice, within int64; false otherwise. */
bool str_to_int(struct str s, int64_t *value);

/* Copies into the arena, NUL-terminated behind the slice. */
struct str str_dup(struct arena *arena, struct str s);

/* Copies into the arena with ASCII letters in lower case. */
struct str str_lower(struct arena *arena, struct str s);

/* The parts one behind the other, in the arena, NUL-terminated behind the slice: what is done for every
 * object or path is joined, not formatted. STR_JOIN(arena, a, b, c). */
struct str str_join(struct arena *arena, const struct str *parts, size_t count);
#define STR_JOIN(arena, ...)                                                                       \
	str_join((arena), (const struct str[]){__VA_ARGS__},                                       \
		 sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* Decimal digits of a number; a slice of `text`. */
enum { STR_DIGITS = 20 };
struct str str_digits(char text[static STR_DIGITS], uint64_t number);

/* printf into the arena, NUL-terminated behind the slice. */
struct str str_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* FNV-1a, 64 bit. Stable across runs and machines: names that are cut carry it. */
uint64_t str_hash(struct str s);

/* Edit distance (insert, delete, substitute, swap of neighbours), capped at `limit` + 1. ASCII letters of
 * either case are the same: it is for "did you mean". */
unsigned str_distance(struct str a, struct str b, unsigned limit);

#endif
