#define PCRE2_CODE_UNIT_WIDTH 8
#include "gateway/regex.h"

#include <pcre2.h>

#include "base/arena.h"
#include "gateway/regex_translate.h"

const char *regex_dialect_words(enum regex_dialect dialect)
{
	static const char *const words[] = {
		[REGEX_RE2_FULL] = "RE2, the whole path",
		[REGEX_PCRE_START] = "PCRE, from the start of the path",
		[REGEX_GO_SEARCH] = "Go regexp, anywhere in the path",
		[REGEX_RUST_START] = "Rust regex, from the start of the path",
	};

	return words[dialect];
}

/* "^" and "(?i)" at the start say what an nginx location says anyway. */
static struct str without_noise(struct str pattern)
{
	for (;;) {
		if (str_starts(pattern, "^"))
			pattern = str_from_pos(pattern, 1);
		else if (str_starts(pattern, "(?i)"))
			pattern = str_from_pos(pattern, 4);
		else
			return pattern;
	}
}

static struct str refuse(const char **why, const char *reason)
{
	*why = reason;
	return (struct str){0};
}

/* "/" has no case, so "(?i)" may follow it: targets want a value that begins with "/". */
static struct str join(struct arena *arena, const char *before, const struct regex_body *body,
		       const char *after)
{
	struct str slash = str_sub(body->text, 0, body->slash);
	struct str rest = str_from_pos(body->text, body->slash);

	return str_format(arena, "%s%.*s(?i)%.*s%s", before, STR_ARG(slash), STR_ARG(rest), after);
}

static bool holds_blank_or_brace(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] && strchr(" \t\r\n{};", text.at[i]))
			return true;
	return false;
}

struct str regex_path(struct arena *arena, struct str pattern, enum regex_dialect dialect,
		      const char **why)
{
	struct regex_body body = regex_translate(arena, without_noise(pattern), dialect, true);

	*why = NULL;
	if (body.why)
		return refuse(why, body.why);
	switch (dialect) {
	case REGEX_RE2_FULL:
		/* Only the first branch is anchored; the others match anywhere. */
		if (body.alternation)
			return str_format(arena, ".*(?:^(?i)%.*s).*", STR_ARG(body.text));
		return join(arena, "", &body, ".*");
	case REGEX_PCRE_START:
		if (!body.slash)
			return refuse(why,
				      "does not begin with \"/\", as NGINX Gateway Fabric wants");
		if (holds_blank_or_brace(body.text))
			return refuse(why, "needs a blank, brace or semicolon, which NGINX Gateway "
					   "Fabric refuses");
		return join(arena, "", &body, "");
	case REGEX_GO_SEARCH:
		return join(arena, "^", &body, "");
	case REGEX_RUST_START:
		return join(arena, "", &body, "");
	}
	return (struct str){0};
}

/* Whether the last "$" is an assertion: an even number of backslashes stands before it. */
static bool ends_anchored(struct str pattern)
{
	size_t backslashes = 0;

	if (!str_ends(pattern, "$"))
		return false;
	while (backslashes + 1 < pattern.len && pattern.at[pattern.len - 2 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 0;
}

static struct str search_full(struct arena *arena, const struct regex_body *body)
{
	struct str text = body->text;

	if (body->alternation)
		return str_format(arena, ".*(?:%.*s).*", STR_ARG(text));

	bool from_start = str_starts(text, "^");
	bool to_end = ends_anchored(text);

	text = str_sub(text, from_start, text.len - from_start - to_end);
	return str_format(arena, "%s%.*s%s", from_start ? "" : ".*", STR_ARG(text),
			  to_end ? "" : ".*");
}

struct str regex_search(struct arena *arena, struct str pattern, enum regex_dialect dialect,
			const char **why)
{
	struct regex_body body = regex_translate(arena, pattern, dialect, false);

	*why = NULL;
	if (body.why)
		return refuse(why, body.why);
	return dialect == REGEX_RE2_FULL ? search_full(arena, &body) : body.text;
}

static bool is_special(char c)
{
	return c && strchr("\\^$.[]|()?*+{}", c);
}

struct str regex_escape(struct arena *arena, struct str text)
{
	char *out = arena_bytes(arena, text.len * 2 + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (is_special(text.at[i]))
			out[len++] = '\\';
		out[len++] = text.at[i];
	}
	out[len] = '\0';
	return (struct str){out, len};
}

bool regex_is_literal(struct str pattern)
{
	for (size_t i = 0; i < pattern.len; i++)
		if (is_special(pattern.at[i]))
			return false;
	return true;
}

bool regex_compiles(struct arena *arena, struct str pattern, const char **why)
{
	int error = 0;
	PCRE2_SIZE offset = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.at ? pattern.at : ""), pattern.len,
					 PCRE2_CASELESS, &error, &offset, NULL);

	*why = NULL;
	if (code) {
		pcre2_code_free(code);
		return true;
	}

	PCRE2_UCHAR message[128];

	pcre2_get_error_message(error, message, sizeof message);
	*why = str_format(arena, "%s at offset %zu", (const char *)message, (size_t)offset).at;
	return false;
}

bool regex_has_alternatives(struct str pattern)
{
	int depth = 0;
	bool class = false;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.at[i];

		if (c == '\\')
			i++;
		else if (class)
			class = c != ']';
		else if (c == '[')
			class = true;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		else if (c == '|' && depth == 0)
			return true;
	}
	return false;
}
