#include "compare/pull.h"

#include "compare/encode.h"
#include "yaml/utf8.h"

void pull_init(struct pull *pull, struct str text, struct arena *arena)
{
	*pull = (struct pull){.at = text.at, .end = text.at + text.len, .arena = arena};
	if (!text.at)
		pull->at = pull->end = "";
}

void pull_fail(struct pull *pull, const char *why)
{
	if (!pull->wrong)
		pull->wrong = why;
}

static void blanks(struct pull *pull)
{
	while (pull->at < pull->end &&
	       (*pull->at == ' ' || *pull->at == '\t' || *pull->at == '\n' || *pull->at == '\r'))
		pull->at++;
}

/* Takes one byte if it is next. */
static bool take(struct pull *pull, char c)
{
	blanks(pull);
	if (pull->wrong || pull->at == pull->end || *pull->at != c)
		return false;
	pull->at++;
	return true;
}

bool pull_end(struct pull *pull)
{
	blanks(pull);
	return !pull->wrong && pull->at == pull->end;
}

enum pull_kind pull_kind(struct pull *pull)
{
	blanks(pull);
	if (pull->wrong || pull->at == pull->end)
		return PULL_NOTHING;
	switch (*pull->at) {
	case '{':
		return PULL_OBJECT;
	case '[':
		return PULL_ARRAY;
	case '"':
		return PULL_STRING;
	case 't':
	case 'f':
		return PULL_BOOL;
	case 'n':
		return PULL_NULL;
	default:
		return *pull->at == '-' || (*pull->at >= '0' && *pull->at <= '9') ? PULL_NUMBER
										  : PULL_NOTHING;
	}
}

/* ---- objects and arrays ---- */

static bool open_one(struct pull *pull, char c, const char *why)
{
	if (!take(pull, c)) {
		pull_fail(pull, why);
		return false;
	}
	if (pull->depth == PULL_DEPTH) {
		pull_fail(pull, "it is nested too deeply");
		return false;
	}
	pull->depth++;
	pull->first = true;
	return true;
}

bool pull_object(struct pull *pull)
{
	return open_one(pull, '{', "an object is missing");
}

bool pull_array(struct pull *pull)
{
	return open_one(pull, '[', "an array is missing");
}

/* True when another member follows; behind the last one it is closed. */
static bool next(struct pull *pull, char close)
{
	bool first = pull->first;

	if (pull->wrong)
		return false;
	pull->first = false;
	if (take(pull, close)) {
		pull->depth--;
		return false;
	}
	if (!first && !take(pull, ',')) {
		pull_fail(pull, "a comma is missing");
		return false;
	}
	return true;
}

bool pull_key(struct pull *pull, struct str *key)
{
	if (!next(pull, '}'))
		return false;
	*key = pull_string(pull);
	if (!take(pull, ':'))
		pull_fail(pull, "a colon is missing");
	return !pull->wrong;
}

bool pull_item(struct pull *pull)
{
	if (!next(pull, ']'))
		return false;
	if (pull_kind(pull) == PULL_NOTHING)
		pull_fail(pull, "a value is missing");
	return !pull->wrong;
}

/* ---- strings ---- */

static bool hex4(const char *at, const char *end, uint32_t *c)
{
	*c = 0;
	for (int i = 0; i < 4; i++) {
		int digit = at + i < end ? encode_hex(at[i]) : -1;

		if (digit < 0)
			return false;
		*c = *c << 4 | (uint32_t)digit;
	}
	return true;
}

/* Behind "\u". Half of a pair alone stands for no character: U+FFFD. */
static size_t unicode(const char *at, const char *end, uint32_t *c)
{
	uint32_t low;

	if (!hex4(at, end, c))
		return 0;
	if (*c < 0xd800 || *c >= 0xe000)
		return 4;
	if (*c < 0xdc00 && end - at >= 10 && at[4] == '\\' && at[5] == 'u' &&
	    hex4(at + 6, end, &low) && low >= 0xdc00 && low < 0xe000) {
		*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
		return 10;
	}
	*c = 0xfffd;
	return 4;
}

/* Decodes what stands between the quotes; false when an escape is none. */
static bool decode(struct arena *arena, struct str raw, struct str *text)
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *at = raw.at, *end = raw.at + raw.len, *letter;
	char *to = arena_bytes(arena, raw.len + 1);
	size_t len = 0;

	while (at < end) {
		uint32_t c;
		size_t digits;

		if (*at != '\\') {
			to[len++] = *at++;
			continue;
		}
		if (++at == end)
			return false;
		letter = *at ? strchr(letters, *at) : NULL;
		if (letter) {
			to[len++] = bytes[letter - letters];
			at++;
			continue;
		}
		digits = *at == 'u' ? unicode(at + 1, end, &c) : 0;
		if (!digits)
			return false;
		len += utf8_encode(c, to + len);
		at += 1 + digits;
	}
	*text = (struct str){to, len};
	return true;
}

/* Between the quotes, as written; *escaped: there are escapes in it. */
static bool raw_string(struct pull *pull, struct str *raw, bool *escaped)
{
	const char *start;

	*escaped = false;
	if (!take(pull, '"')) {
		pull_fail(pull, "a string is missing");
		return false;
	}
	for (start = pull->at; pull->at < pull->end && *pull->at != '"'; pull->at++) {
		if ((unsigned char)*pull->at < ' ') {
			pull_fail(pull, "a control byte stands in a string");
			return false;
		}
		if (*pull->at == '\\') {
			*escaped = true;
			if (++pull->at == pull->end)
				break;
		}
	}
	if (pull->at >= pull->end) {
		pull->at = pull->end;
		pull_fail(pull, "a string does not end");
		return false;
	}
	*raw = (struct str){start, (size_t)(pull->at++ - start)};
	return true;
}

struct str pull_string(struct pull *pull)
{
	struct str raw, text;
	bool escaped;

	if (!raw_string(pull, &raw, &escaped))
		return (struct str){0};
	if (!escaped)
		return raw;
	if (decode(pull->arena, raw, &text))
		return text;
	pull_fail(pull, "a string has an escape that is none");
	return (struct str){0};
}

/* ---- the rest ---- */

static size_t digits(const struct pull *pull, const char *at)
{
	const char *start = at;

	while (at < pull->end && *at >= '0' && *at <= '9')
		at++;
	return (size_t)(at - start);
}

struct str pull_number(struct pull *pull)
{
	const char *start, *at;
	size_t whole, part = 1, power = 1;

	blanks(pull);
	start = at = pull->at;
	at += at < pull->end && *at == '-';
	whole = digits(pull, at);
	if (whole > 1 && *at == '0')
		whole = 0;
	at += whole;
	if (whole && at < pull->end && *at == '.') {
		part = digits(pull, at + 1);
		at += 1 + part;
	}
	if (whole && part && at < pull->end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < pull->end && (*at == '+' || *at == '-');
		power = digits(pull, at);
		at += power;
	}
	if (pull->wrong || !whole || !part || !power) {
		pull_fail(pull, "a number is missing");
		return (struct str){0};
	}
	pull->at = at;
	return (struct str){start, (size_t)(at - start)};
}

int64_t pull_int(struct pull *pull)
{
	struct str text = pull_number(pull);
	size_t len = 0;
	int64_t value = 0;

	while (len < text.len &&
	       (text.at[len] == '-' || (text.at[len] >= '0' && text.at[len] <= '9')))
		len++;
	if (!pull->wrong && !str_to_int(str_sub(text, 0, len), &value))
		pull_fail(pull, "a number is too large");
	return value;
}

static bool word(struct pull *pull, const char *text)
{
	size_t len = strlen(text);

	blanks(pull);
	if (pull->wrong || (size_t)(pull->end - pull->at) < len || memcmp(pull->at, text, len) != 0)
		return false;
	pull->at += len;
	return true;
}

bool pull_bool(struct pull *pull)
{
	if (word(pull, "true"))
		return true;
	if (!word(pull, "false"))
		pull_fail(pull, "true or false is missing");
	return false;
}

static void skip_scalar(struct pull *pull)
{
	struct str raw;
	bool escaped;

	switch (pull_kind(pull)) {
	case PULL_STRING:
		raw_string(pull, &raw, &escaped);
		return;
	case PULL_NUMBER:
		pull_number(pull);
		return;
	case PULL_BOOL:
		pull_bool(pull);
		return;
	case PULL_NULL:
		if (word(pull, "null"))
			return;
	/* fall through */
	default:
		pull_fail(pull, "a value is missing");
	}
}

_Static_assert(PULL_DEPTH <= 64, "one bit a level says which bracket closes it");

void pull_skip(struct pull *pull)
{
	unsigned base = pull->depth;
	uint64_t objects = 0, bit;
	struct str key;

	do {
		enum pull_kind kind = pull_kind(pull);

		if (kind == PULL_OBJECT ? pull_object(pull)
					: kind == PULL_ARRAY && pull_array(pull)) {
			bit = (uint64_t)1 << (pull->depth - 1);
			objects = kind == PULL_OBJECT ? objects | bit : objects & ~bit;
		} else {
			skip_scalar(pull);
		}
		while (!pull->wrong && pull->depth > base &&
		       !(objects >> (pull->depth - 1) & 1 ? pull_key(pull, &key) : pull_item(pull)))
			;
	} while (!pull->wrong && pull->depth > base);
}
