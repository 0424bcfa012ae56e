#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "schema/cel_parts.h"
#include "yaml/utf8.h"

static struct cel_token bad(const char *why)
{
	return (struct cel_token){.kind = CEL_TOKEN_BAD, .text = str_from(why)};
}

static void skip_blanks(struct str *rest)
{
	for (;;) {
		size_t i = 0;

		while (i < rest->len && strchr(" \t\r\n\f", rest->at[i]) && rest->at[i])
			i++;
		*rest = str_from_pos(*rest, i);
		if (!str_starts(*rest, "//"))
			return;
		*rest = str_from_pos(*rest, str_find(*rest, '\n'));
	}
}

/* ---- strings ---- */

/* The digits of a hexadecimal or octal escape; false when they are not there. */
static bool code_point(struct str text, size_t *at, unsigned digits, unsigned base, struct buf *out)
{
	uint32_t c = 0;
	char bytes[4];

	for (unsigned i = 0; i < digits; i++) {
		char digit = *at < text.len ? text.at[*at] : '\0';
		unsigned value = isdigit((unsigned char)digit) ? (unsigned)(digit - '0')
				 : isxdigit((unsigned char)digit)
					 ? (unsigned)(tolower((unsigned char)digit) - 'a') + 10
					 : 99;

		if (value >= base)
			return false;
		c = c * base + value;
		++*at;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	buf_add(out, bytes, utf8_encode(c, bytes));
	return true;
}

static bool add_escape(struct str text, size_t *at, struct buf *out)
{
	static const char letters[] = "abfnrtv\\?\"'`", meaning[] = "\a\b\f\n\r\t\v\\?\"'`";
	char c = *at < text.len ? text.at[*at] : '\0';
	const char *letter = c ? strchr(letters, c) : NULL;

	if (letter) {
		buf_char(out, meaning[letter - letters]);
		++*at;
		return true;
	}
	if (c >= '0' && c <= '3')
		return code_point(text, at, 3, 8, out);
	++*at;
	switch (c) {
	case 'x':
	case 'X':
		return code_point(text, at, 2, 16, out);
	case 'u':
		return code_point(text, at, 4, 16, out);
	case 'U':
		return code_point(text, at, 8, 16, out);
	default:
		return false;
	}
}

static bool unescape(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len;) {
		if (text.at[i] != '\\') {
			buf_char(out, text.at[i++]);
			continue;
		}
		i++;
		if (!add_escape(text, &i, out))
			return false;
	}
	return true;
}

/* Where the closing quote begins; SIZE_MAX when there is none. */
static size_t closing(struct str text, const char *quote, bool raw)
{
	size_t width = strlen(quote);

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\' && !raw)
			i++;
		else if (width == 1 && text.at[i] == '\n')
			return SIZE_MAX;
		else if (str_starts(str_from_pos(text, i), quote))
			return i;
	}
	return SIZE_MAX;
}

static struct cel_token string(struct arena *arena, struct str *rest, bool raw)
{
	char quote[4] = {rest->at[0], '\0', '\0', '\0'};

	if (rest->len >= 3 && rest->at[1] == quote[0] && rest->at[2] == quote[0])
		quote[1] = quote[2] = quote[0];
	*rest = str_from_pos(*rest, strlen(quote));

	size_t end = closing(*rest, quote, raw);
	struct cel_token token = {.kind = CEL_TOKEN_STRING};

	if (end == SIZE_MAX)
		return bad("a string is not closed");
	token.text = str_sub(*rest, 0, end);
	*rest = str_from_pos(*rest, end + strlen(quote));
	if (raw || str_find(token.text, '\\') == SIZE_MAX)
		return token;

	struct buf buf;
	bool good;

	buf_init(&buf);
	good = unescape(token.text, &buf);
	token.text = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return good ? token : bad("an escape in a string is not known");
}

/* ---- numbers ---- */

static size_t digits(struct str text, size_t from)
{
	while (from < text.len && isdigit((unsigned char)text.at[from]))
		from++;
	return from;
}

static size_t number_length(struct str text, bool *real)
{
	size_t i = digits(text, 0);

	if (i + 1 < text.len && text.at[i] == '.' && isdigit((unsigned char)text.at[i + 1])) {
		*real = true;
		i = digits(text, i + 1);
	}
	if (i < text.len && (text.at[i] == 'e' || text.at[i] == 'E')) {
		size_t sign = i + 1 < text.len && strchr("+-", text.at[i + 1]) ? 2 : 1;
		size_t end = digits(text, i + sign);

		if (end > i + sign) {
			*real = true;
			i = end;
		}
	}
	return i;
}

static struct cel_token number(struct str *rest)
{
	char copy[64];
	bool real = false;
	bool hex = str_starts(*rest, "0x") || str_starts(*rest, "0X");
	size_t len = hex ? 2 : number_length(*rest, &real);
	struct cel_token token = {.kind = real ? CEL_TOKEN_DOUBLE : CEL_TOKEN_INT};

	while (hex && len < rest->len && isxdigit((unsigned char)rest->at[len]))
		len++;
	if (len >= sizeof copy)
		return bad("a number has too many digits");
	if (len < rest->len && (rest->at[len] == 'u' || rest->at[len] == 'U'))
		return bad("unsigned numbers are not supported");
	memcpy(copy, rest->at, len);
	copy[len] = '\0';
	*rest = str_from_pos(*rest, len);
	errno = 0;
	if (real)
		token.real = strtod(copy, NULL);
	else
		token.number = strtoll(copy, NULL, hex ? 16 : 10);
	return errno ? bad("a number is out of range") : token;
}

/* ---- the rest ---- */

static struct cel_token name(struct str *rest)
{
	size_t len = 1;

	while (len < rest->len && (isalnum((unsigned char)rest->at[len]) || rest->at[len] == '_'))
		len++;

	struct cel_token token = {.kind = CEL_TOKEN_NAME, .text = str_sub(*rest, 0, len)};

	*rest = str_from_pos(*rest, len);
	return token;
}

static struct cel_token sign(struct str *rest)
{
	static const char *const signs[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">",
					    "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
					    ".",  ",",  "(",  ")",  "[",  "]",  "{", "}"};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (!str_starts(*rest, signs[i]))
			continue;
		*rest = str_from_pos(*rest, strlen(signs[i]));
		return (struct cel_token){.kind = CEL_TOKEN_SIGN, .text = str_from(signs[i])};
	}
	return bad("a character that CEL does not know");
}

struct cel_token cel_next_token(struct arena *arena, struct str *rest)
{
	skip_blanks(rest);
	if (!rest->len)
		return (struct cel_token){.kind = CEL_TOKEN_END};

	char c = rest->at[0], next = rest->len > 1 ? rest->at[1] : '\0';

	if (c == '"' || c == '\'')
		return string(arena, rest, false);
	if ((c == 'r' || c == 'R') && (next == '"' || next == '\'')) {
		*rest = str_from_pos(*rest, 1);
		return string(arena, rest, true);
	}
	if ((c == 'b' || c == 'B') && (next == '"' || next == '\''))
		return bad("bytes are not supported");
	if (isdigit((unsigned char)c))
		return number(rest);
	if (isalpha((unsigned char)c) || c == '_')
		return name(rest);
	return sign(rest);
}
