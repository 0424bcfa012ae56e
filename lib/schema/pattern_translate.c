/* RE2 syntax (https://github.com/google/re2/wiki/Syntax) in PCRE2's. */
#include <ctype.h>

#include "base/buf.h"
#include "schema/pattern.h"

struct translation {
	struct arena *arena;
	struct str text;
	size_t at;
	struct buf out;
	struct str why;   /* set: given up */
	bool has_operand; /* something that a quantifier may follow */
	bool quantified;  /* the last thing was a quantifier */
};

/* RE2 refuses larger counts. */
enum { REPEAT_MOST = 1000, GROUPS_MOST = 1000 };

static bool give_up(struct translation *t, const char *why)
{
	if (!t->why.len)
		t->why = str_from(why);
	return false;
}

static char peek(const struct translation *t, size_t ahead)
{
	return t->at + ahead < t->text.len ? t->text.at[t->at + ahead] : '\0';
}

static void copy(struct translation *t, size_t len)
{
	buf_str(&t->out, str_sub(t->text, t->at, len));
	t->at += len;
}

/* ---- escapes ---- */

static bool octal(struct translation *t)
{
	unsigned value = 0;
	size_t len = 1;

	/* \1 to \7 alone would be a back reference. */
	if (peek(t, 1) != '0' && !(peek(t, 2) >= '0' && peek(t, 2) <= '7'))
		return give_up(t, "RE2 has no back references");
	for (; len <= 3 && peek(t, len) >= '0' && peek(t, len) <= '7'; len++)
		value = value * 8 + (unsigned)(peek(t, len) - '0');
	buf_format(&t->out, "\\x{%x}", value);
	t->at += len;
	return true;
}

static bool quoted(struct translation *t)
{
	struct str rest = str_from_pos(t->text, t->at + 2);
	size_t end = str_find_str(rest, "\\E");
	struct str inside = str_sub(rest, 0, end);

	for (size_t i = 0; i < inside.len; i++) {
		if (ispunct((unsigned char)inside.at[i]))
			buf_char(&t->out, '\\');
		buf_char(&t->out, inside.at[i]);
	}
	t->at += 2 + inside.len + (end == SIZE_MAX ? 0 : 2);
	t->has_operand = inside.len > 0;
	return true;
}

/* Classes of one letter: PCRE2's \s has the vertical tab, RE2's has not. */
static bool blank_class(struct translation *t, bool in_class)
{
	bool negated = peek(t, 1) == 'S';

	if (in_class)
		buf_text(&t->out, negated ? "\\S\\x0b" : "\\t\\n\\f\\r ");
	else
		buf_text(&t->out, negated ? "[^\\t\\n\\f\\r ]" : "[\\t\\n\\f\\r ]");
	t->at += 2;
	return true;
}

static bool property(struct translation *t)
{
	if (peek(t, 2) != '{') {
		copy(t, 3);
		return true;
	}

	size_t end = str_find(str_from_pos(t->text, t->at), '}');

	if (end == SIZE_MAX)
		return give_up(t, "a class of characters is not closed");
	copy(t, end + 1);
	return true;
}

static bool hexadecimal(struct translation *t)
{
	size_t len = 4;

	if (peek(t, 2) == '{') {
		size_t end = str_find(str_from_pos(t->text, t->at), '}');

		len = end == SIZE_MAX ? 0 : end + 1;
	} else if (!isxdigit((unsigned char)peek(t, 2)) || !isxdigit((unsigned char)peek(t, 3))) {
		len = 0;
	}
	if (!len)
		return give_up(t, "an escape \\x without its digits");
	copy(t, len);
	return true;
}

static bool escape(struct translation *t, bool in_class)
{
	char c = peek(t, 1);

	if (t->at + 1 >= t->text.len)
		return give_up(t, "a backslash at the end");
	if (c >= '0' && c <= '7')
		return octal(t);
	switch (c) {
	case 'x':
		return hexadecimal(t);
	case 's':
	case 'S':
		return blank_class(t, in_class);
	case 'p':
	case 'P':
		return property(t);
	case 'v':
		buf_text(&t->out, "\\x0b");
		t->at += 2;
		return true;
	case 'Q':
		return in_class ? give_up(t, "\\Q in a class of characters") : quoted(t);
	case 'a':
	case 'f':
	case 't':
	case 'n':
	case 'r':
	case 'd':
	case 'D':
	case 'w':
	case 'W':
		copy(t, 2);
		return true;
	case 'A':
	case 'z':
	case 'b':
	case 'B':
		if (in_class)
			break;
		copy(t, 2);
		return true;
	default:
		break;
	}
	/* Go takes escaped punctuation, the underscore included. */
	if (!ispunct((unsigned char)c))
		return give_up(t, str_format(t->arena, "RE2 has no escape \\%c", c).at);
	copy(t, 2);
	return true;
}

/* ---- classes ---- */

static bool posix_class(struct translation *t)
{
	size_t end = str_find_str(str_from_pos(t->text, t->at), ":]");

	if (end == SIZE_MAX)
		return false;
	copy(t, end + 2);
	return true;
}

static bool class_of_characters(struct translation *t)
{
	bool first = true;

	copy(t, 1);
	if (peek(t, 0) == '^')
		copy(t, 1);
	for (; t->at < t->text.len; first = false) {
		char c = peek(t, 0);

		if (c == ']' && !first) {
			copy(t, 1);
			return true;
		}
		if (c == '\\') {
			if (!escape(t, true))
				return false;
		} else if (c == '[') {
			if (peek(t, 1) == ':' && posix_class(t))
				continue;
			buf_text(&t->out, "\\[");
			t->at++;
		} else if (c == ']') {
			buf_text(&t->out, "\\]");
			t->at++;
		} else {
			copy(t, 1);
		}
	}
	return give_up(t, "a class of characters is not closed");
}

/* ---- groups and quantifiers ---- */

static bool group(struct translation *t)
{
	if (peek(t, 1) == '*')
		return give_up(t, "a quantifier without something before it");
	if (peek(t, 1) != '?') {
		copy(t, 1);
		return true;
	}
	if (peek(t, 2) == 'P' && peek(t, 3) == '<') {
		copy(t, 4);
		return true;
	}
	if (peek(t, 2) == '<' && peek(t, 3) != '=' && peek(t, 3) != '!') {
		copy(t, 3);
		return true;
	}

	size_t len = 2;

	while (peek(t, len) && strchr("imsU-", peek(t, len)))
		len++;
	if (peek(t, len) != ':' && (peek(t, len) != ')' || len == 2))
		return give_up(t, "RE2 has no lookaround and no such group");
	copy(t, len + 1);
	return true;
}

/* Length of "{n}", "{n,}" or "{n,m}"; 0 for a brace that stands for itself. */
static size_t repetition(struct translation *t, bool *large)
{
	size_t i = 1;
	unsigned long counts[2] = {0, 0};

	for (unsigned k = 0; k < 2; k++) {
		size_t digits = i;

		for (; isdigit((unsigned char)peek(t, i)); i++)
			if (counts[k] <= REPEAT_MOST)
				counts[k] = counts[k] * 10 + (unsigned)(peek(t, i) - '0');
		if (k == 0 && i == digits)
			return 0;
		if (k == 0 && peek(t, i) == ',')
			i++;
		else
			break;
	}
	*large = counts[0] > REPEAT_MOST || counts[1] > REPEAT_MOST;
	return peek(t, i) == '}' ? i + 1 : 0;
}

static bool quantifier(struct translation *t, size_t len)
{
	if (!t->has_operand)
		return give_up(t, "a quantifier without something before it");
	if (t->quantified)
		return give_up(t, "a quantifier of a quantifier");
	copy(t, len);
	if (peek(t, 0) == '?')
		copy(t, 1);
	t->quantified = true;
	return true;
}

static bool brace(struct translation *t)
{
	bool large = false;
	size_t len = repetition(t, &large);

	if (large)
		return give_up(t, "RE2 repeats at most 1000 times");
	if (len)
		return quantifier(t, len);
	buf_text(&t->out, "\\{");
	t->at++;
	t->has_operand = true;
	t->quantified = false;
	return true;
}

static bool piece(struct translation *t)
{
	char c = peek(t, 0);

	if (c == '*' || c == '+' || c == '?')
		return quantifier(t, 1);
	if (c == '{')
		return brace(t);
	t->quantified = false;
	t->has_operand = c != '(' && c != '|';
	switch (c) {
	case '\\':
		return escape(t, false);
	case '[':
		return class_of_characters(t);
	case '(':
		return group(t);
	default:
		copy(t, 1);
		return true;
	}
}

struct str pattern_translate(struct arena *arena, struct str text, struct str *why)
{
	struct translation t = {.arena = arena, .text = text};
	struct str out = {0};

	buf_init(&t.out);
	while (t.at < text.len && piece(&t))
		;
	if (t.why.len)
		*why = t.why;
	else
		out = str_dup(arena, buf_slice(&t.out));
	if (!out.at && !t.why.len)
		out = STR("");
	buf_finish(&t.out);
	return out;
}
