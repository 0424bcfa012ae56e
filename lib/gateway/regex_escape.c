#include "gateway/regex_tokens.h"

/* ---- one character by its code ---- */

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

unsigned regex_read_octal(struct translator *t, unsigned most)
{
	unsigned code = 0;

	for (unsigned i = 0; i < most && peek(t, 0) >= '0' && peek(t, 0) <= '7'; i++)
		code = code * 8 + (unsigned)(t->in.at[t->at++] - '0');
	return code;
}

static unsigned read_braced(struct translator *t, unsigned base)
{
	unsigned code = 0;
	size_t digits = 0;

	t->at++;
	for (; peek(t, 0) != '}'; t->at++, digits++) {
		int digit = hex_value(peek(t, 0));

		if (digit < 0 || (unsigned)digit >= base || code > 0xffff) {
			regex_invalid(t);
			return 0;
		}
		code = code * base + (unsigned)digit;
	}
	t->at++;
	if (!digits)
		regex_invalid(t);
	return code;
}

static unsigned read_hex(struct translator *t)
{
	unsigned code = 0;

	if (peek(t, 0) == '{')
		return read_braced(t, 16);
	for (int i = 0; i < 2 && hex_value(peek(t, 0)) >= 0; i++)
		code = code * 16 + (unsigned)hex_value(t->in.at[t->at++]);
	return code;
}

bool regex_read_code(struct translator *t, char e, unsigned *code)
{
	static const char letters[] = "aefnrt";
	static const unsigned char codes[] = {7, 27, 12, 10, 13, 9};
	const char *letter = one_of(e, letters) ? strchr(letters, e) : NULL;

	if (letter) {
		*code = codes[letter - letters];
	} else if (e == 'x') {
		*code = read_hex(t);
	} else if (e == '0') {
		*code = regex_read_octal(t, 2);
	} else if (e == 'o' && peek(t, 0) == '{') {
		*code = read_braced(t, 8);
	} else if (e == 'c' && t->at < t->in.len) {
		char c = t->in.at[t->at++];

		*code = (unsigned)((c >= 'a' && c <= 'z' ? c - 32 : c) ^ 0x40) & 0xff;
	} else {
		return false;
	}
	return true;
}

static void atom_text(struct translator *t, const char *text)
{
	regex_begin_atom(t);
	buf_text(&t->out, text);
}

/* ---- sets, quotes, references ---- */

/* \Q...\E: `at` stands behind the Q. */
static void quoted(struct translator *t)
{
	while (t->at < t->in.len && !looking_at(t, "\\E")) {
		char c = t->in.at[t->at++];

		regex_literal(t, c, regex_is_meta(c));
	}
	if (t->at < t->in.len)
		t->at += 2;
}

void regex_property(struct translator *t, char letter)
{
	size_t from = t->at;

	if (peek(t, 0) == '{') {
		while (is_letter(peek(t, 1)) || peek(t, 1) == '_' || peek(t, 1) == '^')
			t->at++;
		if (peek(t, 1) != '}' || !is_linear(t)) {
			regex_lacks(t, "a character property");
			return;
		}
		t->at += 2;
	} else if (is_letter(peek(t, 0))) {
		t->at++;
	} else {
		regex_invalid(t);
		return;
	}
	buf_format(&t->out, "\\%c%.*s", letter, STR_ARG(str_sub(t->in, from, t->at - from)));
}

static const struct class_escape class_escapes[] = {
	{'h', "[\\t ]", "\\t "},
	{'H', "[^\\t ]", NULL},
	{'v', "[\\n\\x0b\\f\\r]", "\\n\\x0b\\f\\r"},
	{'V', "[^\\n\\x0b\\f\\r]", NULL},
	{'R', "(?:\\r\\n|[\\n\\x0b\\f\\r])", NULL},
	{'N', "[^\\n]", NULL},
	{'Z', "$", NULL},
};

const struct class_escape *regex_class_escape(char letter)
{
	for (size_t i = 0; i < sizeof class_escapes / sizeof *class_escapes; i++)
		if (class_escapes[i].letter == letter)
			return &class_escapes[i];
	return NULL;
}

static const char *backtracking_words(const struct translator *t, char e)
{
	if (e == 'K')
		return "\\K";
	if (e == 'G')
		return "\\G";
	if (e == 'X' || e == 'C')
		return "a match of whole graphemes or code units";
	if (e == 'g' && one_of(peek(t, 0), "<'"))
		return "a subroutine call";
	return "a backreference";
}

/* What only a backtracking engine has; `at` stands behind the letter. */
static void backtracking_escape(struct translator *t, char e)
{
	if (is_linear(t)) {
		regex_lacks(t, backtracking_words(t, e));
		return;
	}
	t->references |= !one_of(e, "KGXC");
	if (peek(t, 0) == '{')
		regex_refuse(t, "needs braces, which NGINX Gateway Fabric refuses");
	regex_begin_atom(t);
	buf_format(&t->out, "\\%c", e);
}

/* Sets, assertions, references; false when `e` is none of them. */
static bool special_escape(struct translator *t, char e)
{
	const struct class_escape *expanded = regex_class_escape(e);
	const char written[] = {'\\', e, '\0'};

	if (one_of(e, "dDwWsSbBAz")) {
		atom_text(t, written);
	} else if (expanded) {
		atom_text(t, is_linear(t) ? expanded->outside : written);
	} else if (one_of(e, "pP")) {
		regex_begin_atom(t);
		regex_property(t, e);
	} else if (one_of(e, "123456789gkGKXC")) {
		backtracking_escape(t, e);
	} else {
		return false;
	}
	return true;
}

void regex_read_escape(struct translator *t)
{
	unsigned code;

	if (t->at >= t->in.len) {
		regex_invalid(t);
		return;
	}

	char e = t->in.at[t->at++];

	if (e == 'Q') {
		quoted(t);
	} else if (e == 'E' || special_escape(t, e)) {
		return;
	} else if (regex_read_code(t, e, &code)) {
		regex_begin_atom(t);
		regex_put_code(t, code);
	} else if (is_letter(e)) {
		regex_invalid(t);
	} else {
		regex_literal(t, e, true);
	}
}
