#include "yaml/scalar.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

/* Longest number that is looked at: no number of use to Kubernetes is longer, and a longer run of
 * digits is out of range for integers and exact for nobody as a float. */
enum { NUMBER_MOST = 400 };

struct word {
	const char *text;
	enum node_kind kind;
};

/* resolveMap of go-yaml v2; the spellings in between (yEs) are strings. */
static const struct word words[] = {
	{"y", NODE_BOOL},      {"Y", NODE_BOOL},      {"yes", NODE_BOOL},    {"Yes", NODE_BOOL},
	{"YES", NODE_BOOL},    {"true", NODE_BOOL},   {"True", NODE_BOOL},   {"TRUE", NODE_BOOL},
	{"on", NODE_BOOL},     {"On", NODE_BOOL},     {"ON", NODE_BOOL},     {"n", NODE_BOOL},
	{"N", NODE_BOOL},      {"no", NODE_BOOL},     {"No", NODE_BOOL},     {"NO", NODE_BOOL},
	{"false", NODE_BOOL},  {"False", NODE_BOOL},  {"FALSE", NODE_BOOL},  {"off", NODE_BOOL},
	{"Off", NODE_BOOL},    {"OFF", NODE_BOOL},    {"~", NODE_NULL},      {"null", NODE_NULL},
	{"Null", NODE_NULL},   {"NULL", NODE_NULL},   {".nan", NODE_FLOAT},  {".NaN", NODE_FLOAT},
	{".NAN", NODE_FLOAT},  {".inf", NODE_FLOAT},  {".Inf", NODE_FLOAT},  {".INF", NODE_FLOAT},
	{"+.inf", NODE_FLOAT}, {"+.Inf", NODE_FLOAT}, {"+.INF", NODE_FLOAT}, {"-.inf", NODE_FLOAT},
	{"-.Inf", NODE_FLOAT}, {"-.INF", NODE_FLOAT},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_sign(char c)
{
	return c == '+' || c == '-';
}

static int digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* A program that uses the library may have set a locale with a decimal comma: both directions switch
 * to "C" for the thread and back. */
static locale_t enter_c_locale(locale_t *c)
{
	*c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	return uselocale(*c);
}

static void leave_c_locale(locale_t c, locale_t before)
{
	uselocale(before);
	freelocale(c);
}

static double parse_double(const char *text)
{
	locale_t c, before = enter_c_locale(&c);
	double value = strtod(text, NULL);

	leave_c_locale(c, before);
	return value;
}

/* Copies without underscores, as go-yaml does before it tries numbers. False when too long. */
static bool strip_underscores(struct str text, char *number)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '_')
			continue;
		if (len == NUMBER_MOST)
			return false;
		number[len++] = text.at[i];
	}
	number[len] = '\0';
	return true;
}

/* A number of digits of `base`, whole string; `wide` is set when it does not fit int64. */
static bool parse_digits(const char *digits, unsigned base, bool negative, int64_t *value,
			 bool *wide)
{
	uint64_t sum = 0, most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;

	if (!*digits)
		return false;
	for (; *digits; digits++) {
		unsigned digit = (unsigned)digit_value(*digits);

		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)digit, &sum)) {
			*wide = true;
			sum = 0;
		}
	}
	if (sum > most)
		*wide = true;
	*value = *wide ? 0 : (int64_t)(negative ? 0 - sum : sum);
	return true;
}

static unsigned base_of(char letter)
{
	switch (letter | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 0;
	}
}

/* strconv.ParseInt(text, 0, 64) without its underscore rule, plus go-yaml's own "0b" retry, which
 * lets a sign follow the prefix ("0b+1"). */
static bool parse_int(const char *text, int64_t *value, bool *wide)
{
	bool negative = *text == '-';
	const char *digits = text + is_sign(*text);

	*wide = false;
	if (digits[0] != '0' || !digits[1])
		return parse_digits(digits, 10, negative, value, wide);

	unsigned base = base_of(digits[1]);

	if (base == 0)
		return parse_digits(digits + 1, 8, negative, value, wide);
	if (base == 2 && digits[1] == 'b' && digits == text && is_sign(digits[2]))
		return parse_digits(digits + 3, 2, digits[2] == '-', value, wide);
	return parse_digits(digits + 2, base, negative, value, wide);
}

static const char *skip_digits(const char *text)
{
	while (is_digit(*text))
		text++;
	return text;
}

/* go-yaml's yamlStyleFloat: [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(const char *text)
{
	const char *start = text + is_sign(*text);
	const char *at = skip_digits(start);
	bool digits = at > start;

	if (*at == '.') {
		const char *fraction = at + 1;

		at = skip_digits(fraction);
		digits = digits || at > fraction;
	}
	if (!digits)
		return false;
	if ((*at | 0x20) == 'e') {
		const char *exponent = at + 1 + is_sign(at[1]);

		at = skip_digits(exponent);
		if (at == exponent)
			return false;
	}
	return *at == '\0';
}

/* A float that JSON prints as digits only arrives as an integer. */
static enum node_kind float_kind(const char *text)
{
	double value = parse_double(text);

	if (isinf(value))
		return NODE_STRING; /* strconv.ParseFloat: out of range, so go-yaml keeps text */
	if (value == floor(value) && fabs(value) < 9223372036854775808.0)
		return NODE_INT;
	return NODE_FLOAT;
}

static enum node_kind number_kind(struct str text)
{
	char number[NUMBER_MOST + 1];
	int64_t value = 0;
	bool wide = false;

	if (!strip_underscores(text, number))
		return NODE_STRING;
	/* A leading dot goes to strconv.ParseFloat unstripped, which refuses underscores. */
	if (text.at[0] == '.' && strlen(number) != text.len)
		return NODE_STRING;
	if (parse_int(number, &value, &wide))
		return wide ? NODE_FLOAT : NODE_INT;
	return is_float(number) ? float_kind(number) : NODE_STRING;
}

enum node_kind scalar_kind(struct str text)
{
	if (text.len == 0)
		return NODE_NULL;

	char c = text.at[0];

	if (text.len <= 5 && strchr("yYtToOnNfF~.+-", c))
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (words[i].text[0] == c && str_is(text, words[i].text))
				return words[i].kind;
	return is_digit(c) || is_sign(c) || c == '.' ? number_kind(text) : NODE_STRING;
}

int64_t scalar_int(struct str text)
{
	char number[NUMBER_MOST + 1];
	int64_t value = 0;
	bool wide = false;

	if (!strip_underscores(text, number))
		return 0;
	return parse_int(number, &value, &wide) ? value : (int64_t)parse_double(number);
}

double scalar_float(struct str text)
{
	char number[NUMBER_MOST + 1];

	if (!strip_underscores(text, number) || (text.at[text.len - 1] | 0x20) == 'n')
		return NAN;
	return is_float(number) ? parse_double(number) : INFINITY;
}

bool scalar_bool(struct str text)
{
	switch (text.at[0]) {
	case 'y':
	case 'Y':
	case 't':
	case 'T':
		return true;
	default:
		return str_is_nocase(text, "on");
	}
}

struct scalar_digits scalar_print(double value)
{
	locale_t c, before = enter_c_locale(&c);
	struct scalar_digits digits = {""};

	/* Go writes whole numbers without exponent up to here. */
	if (value == floor(value) && fabs(value) < 1e21) {
		snprintf(digits.text, sizeof digits.text, "%.0f", value);
	} else {
		for (int most = 1; most <= 17; most++) {
			snprintf(digits.text, sizeof digits.text, "%.*g", most, value);
			if (strtod(digits.text, NULL) == value)
				break;
		}
	}
	leave_c_locale(c, before);
	return digits;
}

struct str scalar_key(struct arena *arena, enum node_kind kind, struct str text)
{
	switch (kind) {
	case NODE_BOOL:
		return scalar_bool(text) ? STR("true") : STR("false");
	case NODE_INT:
		return str_format(arena, "%lld", (long long)scalar_int(text));
	case NODE_FLOAT:
		/* strconv's words for what has no digits. */
		if (isnan(scalar_float(text)))
			return STR("NaN");
		if (isinf(scalar_float(text)))
			return text.at[0] == '-' ? STR("-Inf") : STR("+Inf");
		return str_dup(arena, str_from(scalar_print(scalar_float(text)).text));
	default:
		return text;
	}
}

/* YAML 1.1's words in any case: some reader folds case (and Kubernetes users mean the word). */
static bool is_word(struct str text)
{
	static const struct str list[] = {
		STR_INIT("y"),    STR_INIT("n"),    STR_INIT("yes"),   STR_INIT("no"),
		STR_INIT("on"),   STR_INIT("off"),  STR_INIT("true"),  STR_INIT("false"),
		STR_INIT("null"), STR_INIT("~"),    STR_INIT("="),     STR_INIT("<<"),
		STR_INIT(".inf"), STR_INIT(".nan"), STR_INIT("+.inf"), STR_INIT("-.inf"),
	};

	/* How they begin; nearly every key is written without a look at the list. */
	if (text.len > SCALAR_WORD || !text.len || !strchr("ynotf~=<.+-", text.at[0] | 0x20))
		return false;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (text.len == list[i].len && (text.at[0] | 0x20) == (list[i].at[0] | 0x20) &&
		    str_eq_nocase(text, list[i]))
			return true;
	return false;
}

/* [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}, at the end or in front of a time. */
static bool is_date(const char *text)
{
	const char *at = skip_digits(text);

	if (at - text != 4 || *at != '-')
		return false;
	for (int part = 0; part < 2; part++) {
		const char *end = skip_digits(at + 1);

		if (*at != '-' || end - at < 2 || end - at > 3)
			return false;
		at = end;
	}
	return *at == '\0' || *at == 't' || *at == 'T' || *at == ' ';
}

/* YAML 1.1 base 60: [-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)? */
static bool is_base60(const char *text)
{
	const char *at = skip_digits(text + is_sign(*text));
	bool parts = false;

	if (!is_digit(at[-(at > text)]))
		return false;
	while (*at == ':' && is_digit(at[1])) {
		at = skip_digits(at + 1);
		parts = true;
	}
	if (parts && *at == '.')
		at = skip_digits(at + 1);
	return parts && *at == '\0';
}

/* Any of the prefixes with digits of its base, signs in front of and behind the prefix. PyYAML takes
 * "0x_" for a number as well, one without digits. */
static bool is_based(const char *text, bool had_underscores)
{
	const char *at = text + is_sign(*text);
	unsigned base = at[0] == '0' ? base_of(at[1]) : 0;

	if (base == 0)
		return false;
	at += 2 + is_sign(at[2]);
	if (!*at)
		return had_underscores;
	while (digit_value(*at) < (int)base)
		at++;
	return *at == '\0';
}

bool scalar_needs_quotes(struct str text)
{
	char number[NUMBER_MOST + 1];

	if (text.len == 0 || is_word(text))
		return true;
	if (!is_digit(text.at[0]) && !is_sign(text.at[0]) && text.at[0] != '.')
		return false;
	if (!strip_underscores(text, number))
		return true;
	/* "._" is a float to PyYAML 5, "-" and "." alone are nothing to rely on either. */
	if (strlen(number) <= 2 && strspn(number, "+-.") == strlen(number))
		return true;
	return is_float(number) || is_based(number, strlen(number) != text.len) ||
	       is_base60(number) || is_date(number);
}
