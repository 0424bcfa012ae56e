#include "gateway/regex_tokens.h"

static void push_group(struct translator *t, bool captures)
{
	if (t->depth == REGEX_DEPTH_MOST) {
		regex_refuse(t, "has more than 250 nested groups");
		return;
	}
	t->groups[++t->depth] = (struct group){(long)t->out.len, 1, captures};
	regex_no_atom(t);
}

static void open_group(struct translator *t, const char *text, bool captures)
{
	push_group(t, captures);
	buf_text(&t->out, text);
}

/* (?<name> (?P<name> (?'name': nothing refers to the name in engines without references. */
static void named_group(struct translator *t, size_t skip, char end)
{
	size_t close = str_find(str_from_pos(t->in, t->at + skip), end);

	if (close == SIZE_MAX) {
		regex_invalid(t);
		return;
	}

	struct str written = str_sub(t->in, t->at - 1, skip + close + 2);

	push_group(t, true);
	if (is_linear(t))
		buf_char(&t->out, '(');
	else
		buf_str(&t->out, written);
	t->at += skip + close + 1;
}

static void comment(struct translator *t)
{
	size_t end = str_find(str_from_pos(t->in, t->at), ')');

	if (end == SIZE_MAX)
		regex_invalid(t);
	else
		t->at += end + 1;
}

/* (?R) (?1) (?&name) (?P>name) (?P=name) (?C) (?(...)...): copied for PCRE, refused elsewhere. */
static void pcre_only(struct translator *t, const char *what, bool opens)
{
	size_t end = str_find(str_from_pos(t->in, t->at), ')');

	if (is_linear(t) || end == SIZE_MAX) {
		regex_lacks(t, what);
		return;
	}
	t->references = true;
	if (opens)
		push_group(t, false);
	else
		regex_begin_atom(t);
	buf_str(&t->out, str_sub(t->in, t->at - 1, end + 2));
	t->at += end + 1;
}

/* (?i) (?i-s:...): `at` stands at the "?". */
static void options(struct translator *t)
{
	size_t end = t->at + 1;

	while (end < t->in.len && (is_letter(t->in.at[end]) || one_of(t->in.at[end], "-^"))) {
		if (is_linear(t) && !one_of(t->in.at[end], "imsU-")) {
			regex_lacks(t, "an option");
			return;
		}
		/* Under x a blank means nothing, so the tokens would have to be read otherwise. */
		if (!one_of(t->in.at[end], "imsnJU-^")) {
			regex_refuse(t, "uses an option that is not known here");
			return;
		}
		end++;
	}
	if (end >= t->in.len || !one_of(t->in.at[end], "):")) {
		regex_invalid(t);
		return;
	}

	struct str written = str_sub(t->in, t->at - 1, end - t->at + 2);

	if (t->in.at[end] == ':')
		push_group(t, false);
	else
		regex_no_atom(t);
	buf_str(&t->out, written);
	t->at = end + 1;
}

struct lookaround {
	const char *opening, *what;
};

static const struct lookaround lookarounds[] = {
	{"?=", "a lookahead"},     {"?!", "a negative lookahead"},
	{"?<=", "a lookbehind"},   {"?<!", "a negative lookbehind"},
	{"?>", "an atomic group"},
};

static bool lookaround(struct translator *t)
{
	for (size_t i = 0; i < sizeof lookarounds / sizeof *lookarounds; i++) {
		if (!looking_at(t, lookarounds[i].opening))
			continue;
		if (is_linear(t)) {
			regex_lacks(t, lookarounds[i].what);
			return true;
		}
		push_group(t, false);
		buf_format(&t->out, "(%s", lookarounds[i].opening);
		t->at += strlen(lookarounds[i].opening);
		return true;
	}
	return false;
}

static bool is_recursion(const struct translator *t)
{
	char c = peek(t, 1);

	if (c == '+' || c == '-')
		c = is_digit(peek(t, 2)) ? '0' : '\0';
	return c == 'R' || c == '&' || is_digit(c) || looking_at(t, "?P>");
}

/* `at` stands behind the "(". */
void regex_open_group(struct translator *t)
{
	if (peek(t, 0) == '*') {
		regex_refuse(t, "uses a control verb");
	} else if (peek(t, 0) != '?') {
		open_group(t, "(", true);
	} else if (looking_at(t, "?:")) {
		t->at += 2;
		open_group(t, "(?:", false);
	} else if (looking_at(t, "?|")) {
		/* Without references the numbers of captures do not matter. */
		t->at += 2;
		open_group(t, is_linear(t) ? "(?:" : "(?|", true);
	} else if (looking_at(t, "?#")) {
		comment(t);
	} else if (lookaround(t)) {
		return;
	} else if (looking_at(t, "?P<")) {
		named_group(t, 3, '>');
	} else if (looking_at(t, "?<")) {
		named_group(t, 2, '>');
	} else if (looking_at(t, "?'")) {
		named_group(t, 2, '\'');
	} else if (looking_at(t, "?P=")) {
		pcre_only(t, "a backreference", false);
	} else if (is_recursion(t)) {
		pcre_only(t, "recursion", false);
	} else if (looking_at(t, "?(")) {
		pcre_only(t, "a conditional group", true);
	} else if (looking_at(t, "?C")) {
		pcre_only(t, "a callout", false);
	} else {
		options(t);
	}
}

void regex_close_group(struct translator *t)
{
	if (!t->depth) {
		regex_invalid(t);
		return;
	}

	struct group closed = t->groups[t->depth--];
	struct group *outer = &t->groups[t->depth];

	buf_char(&t->out, ')');
	t->atom = closed.start;
	t->atom_repeats = closed.repeats;
	t->atom_captures = closed.captures;
	t->needs_group = false;
	outer->captures |= closed.captures && t->depth;
	if (closed.repeats > outer->repeats)
		outer->repeats = closed.repeats;
}
