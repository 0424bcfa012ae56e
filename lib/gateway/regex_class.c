#include "gateway/regex_tokens.h"

static void put_member(struct translator *t, unsigned code)
{
	char c = (char)code;
	bool special = one_of(c, "\\]-") || (t->dialect == REGEX_RUST_START && one_of(c, "[&~^"));

	if (code < ' ' || code >= 0x7f || (!is_linear(t) && regex_breaks_nginx(c)))
		regex_put_code(t, code);
	else if (special)
		buf_format(&t->out, "\\%c", c);
	else
		buf_char(&t->out, c);
}

/* A set in a class: \d, \h, \p{...}. False when `e` starts none. */
static bool class_set(struct translator *t, char e)
{
	const struct class_escape *expanded = regex_class_escape(e);

	if (one_of(e, "dDwWsS") || (expanded && !is_linear(t)))
		buf_format(&t->out, "\\%c", e);
	else if (expanded && expanded->inside)
		buf_text(&t->out, expanded->inside);
	else if (one_of(e, "pP"))
		regex_property(t, e);
	else
		return false;
	return true;
}

/* One member of a class. True when it is a single character (in *code), which may start a range. */
static bool class_member(struct translator *t, unsigned *code)
{
	char c = t->in.at[t->at++];

	*code = (unsigned char)c;
	if (c != '\\')
		return true;
	if (t->at >= t->in.len) {
		regex_invalid(t);
		return false;
	}

	char e = t->in.at[t->at++];

	*code = e == 'b' ? '\b' : (unsigned char)e;
	if (e == 'b')
		return true;
	if (class_set(t, e))
		return false;
	if (e >= '1' && e <= '7') {
		t->at--;
		*code = regex_read_octal(t, 3) & 0xff;
		return true;
	}
	if (regex_read_code(t, e, code) || !(is_letter(e) || is_digit(e)))
		return true;
	regex_lacks(t, "an escape in a character class");
	return false;
}

/* "[:alpha:]" inside a class; true when it was one. */
static bool posix_class(struct translator *t)
{
	struct str rest = str_from_pos(t->in, t->at);
	size_t end = str_find_str(rest, ":]");

	if (looking_at(t, "[.") || looking_at(t, "[=")) {
		regex_lacks(t, "a collating element");
		return true;
	}
	if (!looking_at(t, "[:") || end == SIZE_MAX)
		return false;
	for (size_t i = 2; i < end; i++)
		if (!is_letter(rest.at[i]) && !(i == 2 && rest.at[i] == '^'))
			return false;
	buf_str(&t->out, str_sub(rest, 0, end + 2));
	t->at += end + 2;
	return true;
}

/* A "-" between two single characters makes a range; anywhere else it is itself. `ahead` is where
 * the "-" may stand. */
static bool range_follows(const struct translator *t, size_t ahead)
{
	char next = peek(t, ahead + 1);

	return peek(t, ahead) == '-' && next && next != ']' &&
	       !(next == '[' && peek(t, ahead + 2) == ':') &&
	       !(next == '\\' && one_of(peek(t, ahead + 2), "dDwWsShHvVpPRNEQ"));
}

static void range_end(struct translator *t, unsigned low)
{
	unsigned high;

	t->at++;
	if (!class_member(t, &high))
		return;
	if (high < low) {
		regex_invalid(t);
		return;
	}
	buf_char(&t->out, '-');
	put_member(t, high);
}

/* Part of a UTF-8 sequence: nginx compares bytes, so such a class means one of them. */
static void raw_byte(struct translator *t)
{
	if (range_follows(t, 1))
		regex_lacks(t, "a range of letters beyond ASCII");
	buf_char(&t->out, t->in.at[t->at++]);
}

/* One member or range; `first`: right behind "[" or "[^". */
static void class_item(struct translator *t, bool first)
{
	bool at_edge = first || peek(t, 1) == ']';
	unsigned low;

	if (peek(t, 0) == '[' && posix_class(t))
		return;
	if ((unsigned char)peek(t, 0) >= 0x80) {
		raw_byte(t);
		return;
	}
	if (peek(t, 0) == '-' && at_edge && !range_follows(t, 1)) {
		buf_char(&t->out, t->in.at[t->at++]);
		return;
	}
	if (!class_member(t, &low))
		return;
	if (first && low == '^')
		buf_text(&t->out, "\\^");
	else
		put_member(t, low);
	if (range_follows(t, 0))
		range_end(t, low);
}

/* `at` stands behind the "[" or "[^". */
static void class_body(struct translator *t)
{
	for (bool first = true; !t->why; first = false) {
		if (t->at >= t->in.len) {
			regex_invalid(t);
		} else if (peek(t, 0) == ']' && !first) {
			t->at++;
			return;
		} else if (looking_at(t, "\\Q") || looking_at(t, "\\E")) {
			regex_lacks(t, "quoting in a character class");
		} else {
			class_item(t, first);
		}
	}
}

void regex_read_class(struct translator *t)
{
	regex_begin_atom(t);
	buf_char(&t->out, '[');
	if (peek(t, 0) == '^') {
		buf_char(&t->out, '^');
		t->at++;
	}
	class_body(t);
	buf_char(&t->out, ']');
}
