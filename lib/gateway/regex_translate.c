#include "gateway/regex_translate.h"

#include "gateway/regex_tokens.h"

/* RE2 and Go refuse more than 1000 repetitions, nested ones multiplied; an unrolled quantifier may not
 * swamp the value. */
enum { REPEAT_MOST = 1000, UNROLL_MOST = 1000 };

/* ---- refusing ---- */

const char *regex_engine(const struct translator *t)
{
	static const char *const names[] = {
		[REGEX_RE2_FULL] = "RE2",
		[REGEX_PCRE_START] = "NGINX Gateway Fabric",
		[REGEX_GO_SEARCH] = "Go's regexp",
		[REGEX_RUST_START] = "Rust's regex",
	};

	return names[t->dialect];
}

void regex_refuse(struct translator *t, const char *reason)
{
	if (!t->why)
		t->why = reason;
}

void regex_lacks(struct translator *t, const char *what)
{
	regex_refuse(
		t,
		str_format(t->arena, "uses %s, which %s does not have", what, regex_engine(t)).at);
}

void regex_invalid(struct translator *t)
{
	regex_refuse(t, "is not a valid regular expression");
}

/* ---- atoms ---- */

void regex_begin_atom(struct translator *t)
{
	t->atom = (long)t->out.len;
	t->atom_repeats = 1;
	t->atom_captures = false;
	t->needs_group = false;
}

void regex_no_atom(struct translator *t)
{
	t->atom = REGEX_NO_ATOM;
	t->needs_group = false;
}

/* nginx's configuration gives these bytes a meaning of their own, and NGF writes the value bare. */
bool regex_breaks_nginx(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '{' || c == '}' || c == ';';
}

bool regex_is_meta(char c)
{
	return one_of(c, "\\^$.[]|()?*+{}");
}

void regex_put_code(struct translator *t, unsigned code)
{
	if (code <= 0xff)
		buf_format(&t->out, "\\x%02x", code);
	else if (is_linear(t))
		buf_format(&t->out, "\\x{%x}", code);
	else
		regex_refuse(t,
			     "uses a character code in braces, which NGINX Gateway Fabric refuses");
}

/* A byte that stands for itself; `escaped` says that the pattern had a backslash before it. */
static void put_literal(struct translator *t, char c, bool escaped)
{
	unsigned char byte = (unsigned char)c;
	bool never_raw = byte <= ' ' || byte >= 0x7f;

	if (t->path && t->dialect == REGEX_RE2_FULL && never_raw) {
		buf_format(&t->out, "%%%02X", byte);
		t->needs_group = true;
	} else if (!is_linear(t) && regex_breaks_nginx(c)) {
		regex_put_code(t, byte);
	} else if (byte < ' ' || byte == 0x7f) {
		regex_put_code(t, byte);
	} else {
		/* Rust takes no needless escapes, and wants the braces escaped. */
		bool needed = regex_is_meta(c) && (escaped || t->dialect == REGEX_RUST_START);

		if (needed || (escaped && byte < 0x80 && t->dialect != REGEX_RUST_START))
			buf_char(&t->out, '\\');
		buf_char(&t->out, c);
	}
}

void regex_literal(struct translator *t, char c, bool escaped)
{
	bool first = !t->out.len && c == '/';

	regex_begin_atom(t);
	put_literal(t, c, escaped && !first);
	if (first)
		t->slash = t->out.len;
}

/* ---- quantifiers ---- */

struct bounds {
	long least, most; /* most -1: no limit */
	size_t length;    /* of "{n,m}" */
};

/* "{3}" "{3,}" "{3,5}" at `at`; a brace that starts nothing of the kind is a literal in PCRE2. */
static bool read_bounds(const struct translator *t, struct bounds *bounds)
{
	size_t i = 1;
	long *number = &bounds->least;

	*bounds = (struct bounds){0};
	if (!is_digit(peek(t, i)))
		return false;
	for (; peek(t, i) != '}'; i++) {
		char c = peek(t, i);

		if (c == ',' && number == &bounds->least) {
			number = &bounds->most;
			if (peek(t, i + 1) == '}')
				bounds->most = -1;
		} else if (is_digit(c) && *number <= 65535) {
			*number = *number * 10 + (c - '0');
		} else {
			return false;
		}
	}
	if (number == &bounds->least)
		bounds->most = bounds->least;
	bounds->length = i + 1;
	return true;
}

static void insert(struct translator *t, size_t at, const char *text)
{
	size_t len = strlen(text);

	if (!buf_reserve(&t->out, len))
		return;
	memmove(t->out.at + at + len, t->out.at + at, t->out.len - at);
	memcpy(t->out.at + at, text, len);
	t->out.len += len;
}

/* A quantifier on a quantifier: "a{2}{3}" is legal PCRE only. */
static void wrap_atom(struct translator *t)
{
	if (!t->needs_group)
		return;
	insert(t, (size_t)t->atom, "(?:");
	buf_char(&t->out, ')');
	t->needs_group = false;
}

/* Written out, since NGF allows no braces: x{2,4} is xxx?x?, x{2,} is xx+. */
static void unroll(struct translator *t, const struct bounds *bounds, const char *lazy)
{
	struct str atom = {t->out.at + t->atom, t->out.len - (size_t)t->atom};
	long copies = bounds->most < 0 ? bounds->least + !bounds->least : bounds->most;

	if (t->atom_captures && t->references) {
		regex_refuse(t, "repeats a group that it refers to, with braces");
		return;
	}
	if (str_find_str(atom, "(?<") != SIZE_MAX || str_find_str(atom, "(?P<") != SIZE_MAX ||
	    str_find_str(atom, "(?'") != SIZE_MAX) {
		regex_refuse(t, "repeats a named group with braces");
		return;
	}
	if (t->atom + copies * (long)(atom.len + 2) > UNROLL_MOST) {
		regex_refuse(t, "has a repetition in braces that is too long when written out");
		return;
	}

	atom = str_dup(t->arena, atom);
	t->out.len = (size_t)t->atom;
	for (long i = 0; i < copies; i++) {
		bool last = i == copies - 1;

		buf_str(&t->out, atom);
		if (bounds->most < 0 && last)
			buf_format(&t->out, "%s%s", bounds->least ? "+" : "*", lazy);
		else if (i >= bounds->least)
			buf_format(&t->out, "?%s", lazy);
	}
	if (copies > 1)
		t->atom = REGEX_NO_ATOM; /* a quantifier on this one is refused: nobody writes it */
}

static void check_repeats(struct translator *t, const struct bounds *bounds)
{
	long times = bounds->most > bounds->least ? bounds->most : bounds->least;

	if (bounds->most >= 0 && bounds->most < bounds->least)
		regex_invalid(t);
	if (times > 1)
		t->atom_repeats *= times;
	if (t->atom_repeats > t->groups[t->depth].repeats)
		t->groups[t->depth].repeats = t->atom_repeats;
	if (is_linear(t) && t->atom_repeats > REPEAT_MOST)
		regex_refuse(t, str_format(t->arena, "repeats more than %d times, which %s refuses",
					   REPEAT_MOST, regex_engine(t))
					.at);
}

static const char *read_suffix(struct translator *t)
{
	if (peek(t, 0) == '?') {
		t->at++;
		return "?";
	}
	if (peek(t, 0) != '+')
		return "";
	t->at++;
	if (is_linear(t))
		regex_lacks(t, "a possessive quantifier");
	return "+";
}

static void bounded(struct translator *t, const struct bounds *bounds)
{
	struct str written = str_sub(t->in, t->at, bounds->length);

	check_repeats(t, bounds);
	t->at += bounds->length;

	const char *suffix = read_suffix(t);

	if (t->why)
		return;
	if (is_linear(t)) {
		buf_str(&t->out, written);
		buf_text(&t->out, suffix);
	} else if (*suffix == '+') {
		regex_refuse(t, "uses a possessive quantifier with braces");
	} else {
		unroll(t, bounds, suffix);
	}
}

static void quantifier(struct translator *t, const struct bounds *bounds)
{
	bool on_slash = t->slash && t->slash == t->out.len;

	if (t->atom == REGEX_NO_ATOM) {
		regex_invalid(t);
		return;
	}
	wrap_atom(t);
	if (bounds) {
		bounded(t, bounds);
	} else {
		buf_char(&t->out, t->in.at[t->at++]);
		buf_text(&t->out, read_suffix(t));
	}
	t->needs_group = true;
	if (on_slash)
		t->slash = t->out.len;
}

/* ---- the whole ---- */

static void alternative(struct translator *t)
{
	t->alternation |= !t->depth;
	buf_char(&t->out, '|');
	regex_no_atom(t);
}

static void assertion(struct translator *t, char c)
{
	regex_begin_atom(t);
	buf_char(&t->out, c);
}

static void token(struct translator *t)
{
	struct bounds bounds;
	char c = peek(t, 0);

	if (one_of(c, "*+?")) {
		quantifier(t, NULL);
		return;
	}
	if (c == '{' && read_bounds(t, &bounds)) {
		quantifier(t, &bounds);
		return;
	}
	t->at++;
	if (c == '\\')
		regex_read_escape(t);
	else if (c == '[')
		regex_read_class(t);
	else if (c == '(')
		regex_open_group(t);
	else if (c == ')')
		regex_close_group(t);
	else if (c == '|')
		alternative(t);
	else if (c == '.' || c == '^' || c == '$')
		assertion(t, c);
	else
		regex_literal(t, c, false);
}

struct regex_body regex_translate(struct arena *arena, struct str pattern,
				  enum regex_dialect dialect, bool path)
{
	struct translator t = {
		.in = pattern,
		.dialect = dialect,
		.path = path,
		.atom = REGEX_NO_ATOM,
		.arena = arena,
		.groups = {{.repeats = 1}},
	};
	struct regex_body body = {0};

	buf_init(&t.out);
	while (t.at < t.in.len && !t.why)
		token(&t);
	if (t.depth)
		regex_invalid(&t);
	body.why = t.why;
	if (!t.why) {
		body.text = str_dup(arena, buf_slice(&t.out));
		body.slash = t.slash;
		body.alternation = t.alternation;
	}
	buf_finish(&t.out);
	return body;
}
