#include "gateway/regex_translate.h"

#include "base/arena.h"
#include "base/buf.h"

/* Ceilings: RE2 and Go refuse more than 1000 repetitions, nested ones multiplied; PCRE2 allows 250
 * nested parentheses; an unrolled quantifier may not swamp the value. */
enum { REPEAT_MOST = 1000, DEPTH_MOST = 250, UNROLL_MOST = 1000, NO_ATOM = -1 };

struct group {
	long start;   /* where it begins in the output */
	long repeats; /* largest product of nested bounded repeats inside so far */
	bool captures;
};

struct translator {
	struct str in;
	size_t at;
	struct buf out;
	enum regex_dialect dialect;
	bool path;

	long atom;         /* where the atom before begins in the output, or NO_ATOM */
	long atom_repeats; /* product of bounded repeats inside that atom */
	bool quantified;   /* the atom before has a quantifier already */
	bool atom_captures;

	struct group groups[DEPTH_MOST + 1]; /* [0] is the whole pattern */
	unsigned depth;
	bool alternation, references;
	size_t slash;

	struct arena *arena;
	const char *why;
};

static bool is_linear(const struct translator *t)
{
	return t->dialect != REGEX_PCRE_START;
}

static const char *engine(const struct translator *t)
{
	static const char *const names[] = {
		[REGEX_RE2_FULL] = "RE2",
		[REGEX_PCRE_START] = "NGINX Gateway Fabric",
		[REGEX_GO_SEARCH] = "Go's regexp",
		[REGEX_RUST_START] = "Rust's regex",
	};

	return names[t->dialect];
}

static void refuse(struct translator *t, const char *reason)
{
	if (!t->why)
		t->why = reason;
}

static void lacks(struct translator *t, const char *what)
{
	refuse(t, str_format(t->arena, "uses %s, which %s does not have", what, engine(t)).at);
}

static void invalid(struct translator *t)
{
	refuse(t, "is not a valid regular expression");
}

/* Bytes that follow, '\0' past the end. A NUL inside the pattern reads the same and is a literal. */
static char peek(const struct translator *t, size_t ahead)
{
	return t->at + ahead < t->in.len ? t->in.at[t->at + ahead] : '\0';
}

static bool looking_at(const struct translator *t, const char *text)
{
	return str_starts(str_from_pos(t->in, t->at), text);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

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

/* ---- atoms ---- */

static void begin_atom(struct translator *t)
{
	t->atom = (long)t->out.len;
	t->atom_repeats = 1;
	t->atom_captures = false;
	t->quantified = false;
}

static void no_atom(struct translator *t)
{
	t->atom = NO_ATOM;
	t->quantified = false;
}

static void atom_text(struct translator *t, const char *text)
{
	begin_atom(t);
	buf_text(&t->out, text);
}

/* nginx's configuration gives these bytes a meaning of their own, and NGF writes the value bare. */
static bool breaks_nginx(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '{' || c == '}' || c == ';';
}

static bool is_meta(char c)
{
	return c && strchr("\\^$.[]|()?*+{}", c);
}

static void put_code(struct translator *t, unsigned code)
{
	if (code <= 0xff)
		buf_format(&t->out, "\\x%02x", code);
	else if (is_linear(t))
		buf_format(&t->out, "\\x{%x}", code);
	else
		refuse(t, "uses a character code in braces, which NGINX Gateway Fabric refuses");
}

/* A byte that stands for itself; `escaped` says that the pattern had a backslash before it. */
static void put_literal(struct translator *t, char c, bool escaped)
{
	unsigned char byte = (unsigned char)c;
	bool never_raw = byte <= ' ' || byte >= 0x7f;

	if (t->path && t->dialect == REGEX_RE2_FULL && never_raw) {
		/* In a group of its own when a quantifier follows. */
		bool group = strchr("*+?{", peek(t, 0)) && peek(t, 0);

		buf_format(&t->out, group ? "(?:%%%02X)" : "%%%02X", byte);
	} else if (!is_linear(t) && breaks_nginx(c)) {
		put_code(t, byte);
	} else if (byte < ' ' || byte == 0x7f) {
		put_code(t, byte);
	} else {
		/* Rust takes no needless escapes, and wants the braces escaped. */
		bool needed = is_meta(c) && (escaped || t->dialect == REGEX_RUST_START);

		if (needed || (escaped && byte < 0x80 && t->dialect != REGEX_RUST_START))
			buf_char(&t->out, '\\');
		buf_char(&t->out, c);
	}
}

static void literal(struct translator *t, char c, bool escaped)
{
	bool first = t->at == 1 && c == '/';

	begin_atom(t);
	put_literal(t, c, escaped);
	if (first)
		t->slash = t->out.len;
}

/* ---- escapes ---- */

static unsigned read_octal(struct translator *t, unsigned most)
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
			invalid(t);
			return 0;
		}
		code = code * base + (unsigned)digit;
	}
	t->at++;
	if (!digits)
		invalid(t);
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

/* Escapes for one character, the same inside and outside of classes. `e` is the letter, already
 * read. False when it is none of them. */
static bool read_code(struct translator *t, char e, unsigned *code)
{
	static const char letters[] = "aefnrt";
	static const unsigned char codes[] = {7, 27, 12, 10, 13, 9};
	const char *letter = e ? strchr(letters, e) : NULL;

	if (letter) {
		*code = codes[letter - letters];
	} else if (e == 'x') {
		*code = read_hex(t);
	} else if (e == '0') {
		*code = read_octal(t, 2);
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

/* \Q...\E: `at` stands behind the Q. */
static void quoted(struct translator *t)
{
	while (t->at < t->in.len && !looking_at(t, "\\E")) {
		char c = t->in.at[t->at++];

		literal(t, c, is_meta(c));
	}
	if (t->at < t->in.len)
		t->at += 2;
}

/* \p{Greek}, \pL; `at` stands behind the p. */
static void property(struct translator *t, char letter)
{
	size_t from = t->at;

	if (peek(t, 0) == '{') {
		while (is_letter(peek(t, 1)) || peek(t, 1) == '_' || peek(t, 1) == '^')
			t->at++;
		if (peek(t, 1) != '}' || !is_linear(t)) {
			lacks(t, "a character property");
			return;
		}
		t->at += 2;
	} else if (is_letter(peek(t, 0))) {
		t->at++;
	} else {
		invalid(t);
		return;
	}
	buf_format(&t->out, "\\%c%.*s", letter, STR_ARG(str_sub(t->in, from, t->at - from)));
}

struct class_escape {
	char letter;
	const char *outside; /* what engines without this escape understand */
	const char *inside;  /* the same in a class; NULL when a class cannot hold it */
};

static const struct class_escape class_escapes[] = {
	{'h', "[\\t ]", "\\t "},
	{'H', "[^\\t ]", NULL},
	{'v', "[\\n\\x0b\\f\\r]", "\\n\\x0b\\f\\r"},
	{'V', "[^\\n\\x0b\\f\\r]", NULL},
	{'R', "(?:\\r\\n|[\\n\\x0b\\f\\r])", NULL},
	{'N', "[^\\n]", NULL},
	{'Z', "$", NULL},
};

static const struct class_escape *class_escape(char letter)
{
	for (size_t i = 0; i < sizeof class_escapes / sizeof *class_escapes; i++)
		if (class_escapes[i].letter == letter)
			return &class_escapes[i];
	return NULL;
}

/* What only a backtracking engine has; `at` stands behind the letter. */
static void backtracking_escape(struct translator *t, char e)
{
	if (is_linear(t)) {
		lacks(t, e == 'K'               ? "\\K"
			 : e == 'G'             ? "\\G"
			 : e == 'X' || e == 'C' ? "a match of whole graphemes or code units"
			 : e == 'g' && strchr("<'", peek(t, 0)) ? "a subroutine call"
								: "a backreference");
		return;
	}
	t->references |= e != 'K' && e != 'G' && e != 'X';
	if (peek(t, 0) == '{')
		refuse(t, "needs braces, which NGINX Gateway Fabric refuses");
	begin_atom(t);
	buf_format(&t->out, "\\%c", e);
}

static void escape(struct translator *t)
{
	if (t->at >= t->in.len) {
		invalid(t);
		return;
	}

	char e = t->in.at[t->at++];
	const struct class_escape *expanded = class_escape(e);
	unsigned code;

	if (e == 'Q')
		quoted(t);
	else if (e == 'E')
		return;
	else if (e && strchr("dDwWsSbBAz", e))
		atom_text(t, (char[]){'\\', e, '\0'});
	else if (expanded)
		atom_text(t, is_linear(t) ? expanded->outside : (char[]){'\\', e, '\0'});
	else if (e == 'p' || e == 'P')
		begin_atom(t), property(t, e);
	else if ((is_digit(e) && e != '0') || (e && strchr("gkGKXC", e)))
		backtracking_escape(t, e);
	else if (read_code(t, e, &code))
		begin_atom(t), put_code(t, code);
	else if (is_letter(e))
		invalid(t);
	else
		literal(t, e, true);
}

/* ---- classes ---- */

static void put_member(struct translator *t, unsigned code)
{
	char c = (char)code;

	if (code >= 0x80 && code <= 0xff && t->in.at[t->at - 1] == c)
		buf_char(&t->out, c); /* a byte of the pattern itself, part of a UTF-8 sequence */
	else if (code < ' ' || code >= 0x7f || (!is_linear(t) && breaks_nginx(c)))
		put_code(t, code);
	else if (strchr("\\]", c) || (t->dialect == REGEX_RUST_START && strchr("[&~^-", c)))
		buf_format(&t->out, "\\%c", c);
	else
		buf_char(&t->out, c);
}

/* One member of a class. True when it is a single character (in *code), which may start a range. */
static bool class_member(struct translator *t, unsigned *code)
{
	char c = t->in.at[t->at++];

	*code = (unsigned char)c;
	if (c != '\\')
		return true;
	if (t->at >= t->in.len) {
		invalid(t);
		return false;
	}

	char e = t->in.at[t->at++];
	const struct class_escape *expanded = class_escape(e);

	*code = (unsigned char)e;
	if (e == 'b') {
		*code = 8;
		return true;
	}
	if (e && strchr("dDwWsS", e)) {
		buf_format(&t->out, "\\%c", e);
	} else if (expanded && !is_linear(t)) {
		buf_format(&t->out, "\\%c", e);
	} else if (expanded && expanded->inside) {
		buf_text(&t->out, expanded->inside);
	} else if (e == 'p' || e == 'P') {
		property(t, e);
	} else if (e >= '1' && e <= '7') {
		t->at--;
		*code = read_octal(t, 3) & 0xff;
		return true;
	} else if (read_code(t, e, code)) {
		return true;
	} else if (is_letter(e) || is_digit(e)) {
		lacks(t, "an escape in a character class");
	} else {
		return true;
	}
	return false;
}

/* "[:alpha:]" inside a class; true when it was one. */
static bool posix_class(struct translator *t)
{
	struct str rest = str_from_pos(t->in, t->at);
	size_t end = str_find_str(rest, ":]");

	if (looking_at(t, "[.") || looking_at(t, "[=")) {
		lacks(t, "a collating element");
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

/* A "-" between two single characters makes a range; anywhere else it is itself. */
static bool range_follows(const struct translator *t)
{
	return peek(t, 0) == '-' && t->at + 1 < t->in.len && peek(t, 1) != ']' &&
	       !(peek(t, 1) == '[' && peek(t, 2) == ':') &&
	       !(peek(t, 1) == '\\' && strchr("dDwWsShHvVpPRNEQ", peek(t, 2)));
}

static void hyphen(struct translator *t, bool first)
{
	bool last = peek(t, 0) == ']';

	buf_text(&t->out, first || last ? "-" : "\\-");
}

/* `at` stands behind the "[". */
static void class_body(struct translator *t)
{
	bool first = true;

	while (!t->why) {
		unsigned low, high;

		if (t->at >= t->in.len) {
			invalid(t);
			return;
		}
		if (peek(t, 0) == ']' && !first) {
			t->at++;
			return;
		}
		if (looking_at(t, "\\Q") || looking_at(t, "\\E")) {
			lacks(t, "quoting in a character class");
			return;
		}

		bool at_start = first;

		first = false;
		if (peek(t, 0) == '[' && posix_class(t))
			continue;
		if (peek(t, 0) == '-') {
			t->at++;
			if (!range_follows(t)) {
				hyphen(t, at_start);
				continue;
			}
			t->at--;
		}

		bool escaped = peek(t, 0) == '\\';

		if (!class_member(t, &low))
			continue;
		if (escaped && low == '-')
			buf_text(&t->out, "\\-");
		else if (at_start && low == '^')
			buf_text(&t->out, "\\^");
		else
			put_member(t, low);
		if (!range_follows(t))
			continue;
		t->at++;
		if (!class_member(t, &high))
			continue;
		if (high < low) {
			invalid(t);
			return;
		}
		buf_char(&t->out, '-');
		if (high == '-')
			buf_text(&t->out, "\\-");
		else
			put_member(t, high);
	}
}

static void class(struct translator *t)
{
	begin_atom(t);
	buf_char(&t->out, '[');
	if (peek(t, 0) == '^') {
		buf_char(&t->out, '^');
		t->at++;
	}
	class_body(t);
	buf_char(&t->out, ']');
}

/* ---- groups ---- */

static void push_group(struct translator *t, bool captures)
{
	if (t->depth == DEPTH_MOST) {
		refuse(t, "has more than 250 nested groups");
		return;
	}
	t->groups[++t->depth] = (struct group){(long)t->out.len, 1, captures};
	no_atom(t);
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
		invalid(t);
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
		invalid(t);
	else
		t->at += end + 1;
}

/* (?R) (?1) (?&name) (?P>name) (?P=name) (?C) (?(...)...): copied for PCRE, refused elsewhere. */
static void pcre_only(struct translator *t, const char *what, bool opens)
{
	size_t end = str_find(str_from_pos(t->in, t->at), ')');

	if (is_linear(t) || end == SIZE_MAX) {
		lacks(t, what);
		return;
	}
	t->references = true;
	if (opens)
		push_group(t, false);
	else
		begin_atom(t);
	buf_str(&t->out, str_sub(t->in, t->at - 1, end + 2));
	t->at += end + 1;
}

/* (?i) (?i-s:...): `at` stands at the "?". */
static void options(struct translator *t)
{
	size_t end = t->at + 1;

	while (end < t->in.len && (is_letter(t->in.at[end]) || strchr("-^", t->in.at[end]))) {
		if (is_linear(t) && !strchr("imsU-", t->in.at[end])) {
			lacks(t, "an option");
			return;
		}
		/* Under x a blank means nothing, so the tokens would have to be read otherwise. */
		if (!strchr("imsnJU-^", t->in.at[end])) {
			refuse(t, "uses an option that is not known here");
			return;
		}
		end++;
	}
	if (end >= t->in.len || !strchr("):", t->in.at[end])) {
		invalid(t);
		return;
	}

	struct str written = str_sub(t->in, t->at - 1, end - t->at + 2);

	if (t->in.at[end] == ':')
		push_group(t, false);
	else
		no_atom(t);
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
			lacks(t, lookarounds[i].what);
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
static void group(struct translator *t)
{
	if (peek(t, 0) == '*') {
		refuse(t, "uses a control verb");
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

static void close_group(struct translator *t)
{
	if (!t->depth) {
		invalid(t);
		return;
	}

	struct group closed = t->groups[t->depth--];
	struct group *outer = &t->groups[t->depth];

	buf_char(&t->out, ')');
	t->atom = closed.start;
	t->atom_repeats = closed.repeats;
	t->atom_captures = closed.captures;
	t->quantified = false;
	outer->captures |= closed.captures && t->depth;
	if (closed.repeats > outer->repeats)
		outer->repeats = closed.repeats;
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
	if (!t->quantified)
		return;
	insert(t, (size_t)t->atom, "(?:");
	buf_char(&t->out, ')');
	t->quantified = false;
}

/* Written out, since NGF allows no braces: x{2,4} is xxx?x?, x{2,} is xx+. */
static void unroll(struct translator *t, const struct bounds *bounds, const char *lazy)
{
	struct str atom = {t->out.at + t->atom, t->out.len - (size_t)t->atom};
	long copies = bounds->most < 0 ? bounds->least + !bounds->least : bounds->most;

	if (t->atom_captures && t->references) {
		refuse(t, "repeats a group that it refers to, with braces");
		return;
	}
	if (str_find_str(atom, "(?<") != SIZE_MAX || str_find_str(atom, "(?P<") != SIZE_MAX ||
	    str_find_str(atom, "(?'") != SIZE_MAX) {
		refuse(t, "repeats a named group with braces");
		return;
	}
	if (t->atom + copies * (long)(atom.len + 2) > UNROLL_MOST) {
		refuse(t, "has a repetition in braces that is too long when written out");
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
		t->atom = NO_ATOM; /* a quantifier on this one is refused: nobody writes it */
}

static void check_repeats(struct translator *t, const struct bounds *bounds)
{
	long times = bounds->most > bounds->least ? bounds->most : bounds->least;

	if (bounds->most >= 0 && bounds->most < bounds->least)
		invalid(t);
	if (times > 1)
		t->atom_repeats *= times;
	if (t->atom_repeats > t->groups[t->depth].repeats)
		t->groups[t->depth].repeats = t->atom_repeats;
	if (is_linear(t) && t->atom_repeats > REPEAT_MOST)
		refuse(t, str_format(t->arena, "repeats more than %d times, which %s refuses",
				     REPEAT_MOST, engine(t))
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
		lacks(t, "a possessive quantifier");
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
		refuse(t, "uses a possessive quantifier with braces");
	} else {
		unroll(t, bounds, suffix);
	}
}

static void quantifier(struct translator *t, const struct bounds *bounds)
{
	bool on_slash = t->slash && t->slash == t->out.len;

	if (t->atom == NO_ATOM) {
		invalid(t);
		return;
	}
	wrap_atom(t);
	if (bounds) {
		bounded(t, bounds);
	} else {
		buf_char(&t->out, t->in.at[t->at++]);
		buf_text(&t->out, read_suffix(t));
	}
	t->quantified = true;
	if (on_slash)
		t->slash = t->out.len;
}

/* ---- the whole ---- */

static void alternative(struct translator *t)
{
	t->alternation |= !t->depth;
	buf_char(&t->out, '|');
	no_atom(t);
}

static void assertion(struct translator *t, char c)
{
	begin_atom(t);
	buf_char(&t->out, c);
}

static void token(struct translator *t)
{
	struct bounds bounds;
	char c = peek(t, 0);

	if (c && strchr("*+?", c)) {
		quantifier(t, NULL);
		return;
	}
	if (c == '{' && read_bounds(t, &bounds)) {
		quantifier(t, &bounds);
		return;
	}
	t->at++;
	if (c == '\\')
		escape(t);
	else if (c == '[')
		class(t);
	else if (c == '(')
		group(t);
	else if (c == ')')
		close_group(t);
	else if (c == '|')
		alternative(t);
	else if (c == '.' || c == '^' || c == '$')
		assertion(t, c);
	else
		literal(t, c, false);
}

struct regex_body regex_translate(struct arena *arena, struct str pattern,
				  enum regex_dialect dialect, bool path)
{
	struct translator t = {
		.in = pattern,
		.dialect = dialect,
		.path = path,
		.atom = NO_ATOM,
		.arena = arena,
		.groups = {{.repeats = 1}},
	};
	struct regex_body body = {0};

	buf_init(&t.out);
	while (t.at < t.in.len && !t.why)
		token(&t);
	if (t.depth)
		invalid(&t);
	body.why = t.why;
	if (!t.why) {
		body.text = str_dup(arena, buf_slice(&t.out));
		body.slash = t.slash;
		body.alternation = t.alternation;
	}
	buf_finish(&t.out);
	return body;
}
