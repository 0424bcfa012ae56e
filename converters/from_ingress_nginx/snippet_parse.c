/* The tokenizer follows nginx's ngx_conf_read_token(): what is a word, where quotes may stand, which
 * escapes are undone. Lua blocks follow the lexer of the Lua module, which knows Lua's strings and
 * comments, so that a brace in them does not count. */
#include "converters/from_ingress_nginx/snippet.h"

struct parser {
	struct arena *arena;
	struct str text;
	size_t at;
	size_t directives;
	unsigned depth;
	struct snippet_fault *fault;
	size_t mark; /* offset that line and column belong to */
	uint32_t line, column;
};

/* What ended a run of words. */
enum end { END_SEMICOLON, END_OPEN, END_CLOSE, END_TEXT, END_FAULT };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool more(const struct parser *parser)
{
	return parser->at < parser->text.len;
}

/* Moves the mark forward; offsets are asked for in ascending order only. */
static void move_mark(struct parser *parser, size_t offset)
{
	for (; parser->mark < offset; parser->mark++) {
		unsigned char c = (unsigned char)parser->text.at[parser->mark];

		if (c == '\n') {
			parser->line++;
			parser->column = 0;
		} else if ((c & 0xc0) != 0x80) {
			parser->column++;
		}
	}
}

static enum end fault_at(struct parser *parser, size_t offset, const char *text)
{
	move_mark(parser, offset);
	*parser->fault = (struct snippet_fault){
		.text = text,
		.offset = parser->mark,
		.line = parser->line,
		.column = parser->column,
	};
	return END_FAULT;
}

static void skip_blanks(struct parser *parser)
{
	while (more(parser)) {
		char c = parser->text.at[parser->at];

		if (c == '#') {
			size_t end = str_find(str_from_pos(parser->text, parser->at), '\n');

			parser->at = end == SIZE_MAX ? parser->text.len : parser->at + end;
		} else if (!is_blank(c)) {
			return;
		} else {
			parser->at++;
		}
	}
}

/* Takes away what nginx takes away: \" \' \\ lose their backslash, \t \r \n become the character,
 * and any other backslash stays. */
static struct str unescape(struct arena *arena, struct str word)
{
	if (str_find(word, '\\') == SIZE_MAX)
		return word;

	char *out = arena_bytes(arena, word.len);
	size_t len = 0;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];
		char next = i + 1 < word.len ? word.at[i + 1] : '\0';
		const char *escape = next ? strchr("\"'\\trn", next) : NULL;

		if (c == '\\' && escape) {
			c = "\"'\\\t\r\n"[escape - "\"'\\trn"];
			i++;
		}
		out[len++] = c;
	}
	return (struct str){out, len};
}

/* End of a word without quotes. "{" belongs to it in "${name}" only. */
static size_t plain_end(struct str text, size_t at)
{
	bool variable = false;

	for (; at < text.len; at++) {
		char c = text.at[at];

		if (c == '{' && variable)
			continue;
		variable = c == '$';
		if (c == '\\')
			at++;
		else if (is_blank(c) || c == ';' || c == '{')
			return at;
	}
	return text.len;
}

/* Position of the closing quote, or the end of the text. */
static size_t quoted_end(struct str text, size_t at, char quote)
{
	for (; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == quote)
			return at;
	}
	return text.len;
}

static bool read_word(struct parser *parser, struct str *word)
{
	size_t start = parser->at;
	char quote = parser->text.at[start];

	if (quote != '"' && quote != '\'') {
		parser->at = plain_end(parser->text, start);
		*word = unescape(parser->arena, str_sub(parser->text, start, parser->at - start));
		return true;
	}
	size_t end = quoted_end(parser->text, start + 1, quote);

	if (end == parser->text.len) {
		fault_at(parser, start, "a quote is never closed");
		return false;
	}
	*word = unescape(parser->arena, str_sub(parser->text, start + 1, end - start - 1));
	parser->at = end + 1;
	/* `if ($x = "y")` is why ")" may follow. */
	if (more(parser) && !is_blank(parser->text.at[parser->at]) &&
	    !strchr(";{)", parser->text.at[parser->at])) {
		fault_at(parser, parser->at, "something stands right behind a closing quote");
		return false;
	}
	return true;
}

static enum end end_of(char c)
{
	return c == ';' ? END_SEMICOLON : c == '{' ? END_OPEN : END_CLOSE;
}

/* Reads a directive up to and including its ";" or "{". */
static enum end read_words(struct parser *parser, struct snippet_directive *directive)
{
	bool named = false;

	for (;;) {
		skip_blanks(parser);
		if (!more(parser))
			return named ? fault_at(parser, directive->offset,
						"a directive is not ended by \";\"")
				     : END_TEXT;
		char c = parser->text.at[parser->at];

		if (c == '}' && named)
			return fault_at(parser, parser->at,
					"a \"}\" stands where \";\" is missing");
		if (c == '}' || (named && (c == ';' || c == '{'))) {
			parser->at++;
			return end_of(c);
		}
		if (c == ';' || c == '{')
			return fault_at(parser, parser->at,
					"a \";\" or \"{\" stands where a directive should");
		struct str word;
		size_t offset = parser->at;

		if (!read_word(parser, &word))
			return END_FAULT;
		if (named) {
			ARENA_PUSH(parser->arena, directive->args, directive->arg_count, word);
			continue;
		}
		named = true;
		directive->name = word;
		directive->offset = offset;
		move_mark(parser, offset);
		directive->line = parser->line;
		directive->column = parser->column;
	}
}

/* Level of a Lua long bracket "[==[" at `at`: number of "=", or -1. */
static int long_bracket(struct str text, size_t at)
{
	size_t end = at + 1;

	if (at >= text.len || text.at[at] != '[')
		return -1;
	while (end < text.len && text.at[end] == '=')
		end++;
	return end < text.len && text.at[end] == '[' ? (int)(end - at - 1) : -1;
}

/* Behind the "]==]" that closes a long bracket of that level. */
static size_t long_end(struct str text, size_t at, int level)
{
	for (; at < text.len; at++) {
		size_t end = at + 1;

		if (text.at[at] != ']')
			continue;
		while (end < text.len && text.at[end] == '=')
			end++;
		if (end < text.len && text.at[end] == ']' && end - at - 1 == (size_t)level)
			return end + 1;
	}
	return text.len;
}

/* Behind the Lua string or comment that starts at `at`; `at` itself when none does. */
static size_t skip_lua_text(struct str text, size_t at)
{
	char c = text.at[at];
	bool comment = c == '-' && at + 1 < text.len && text.at[at + 1] == '-';
	size_t bracket = comment ? at + 2 : at;
	int level = long_bracket(text, bracket);

	if (level >= 0)
		return long_end(text, bracket + (size_t)level + 2, level);
	if (comment) {
		size_t end = str_find(str_from_pos(text, at), '\n');

		return end == SIZE_MAX ? text.len : at + end;
	}
	if (c != '"' && c != '\'')
		return at;
	at = quoted_end(text, at + 1, c);
	return at < text.len ? at + 1 : at;
}

/* Reads the body of a Lua block behind its "{", up to and including the "}". */
static bool read_lua(struct parser *parser, struct snippet_directive *directive)
{
	size_t start = parser->at;
	size_t open = 1;

	while (more(parser)) {
		size_t next = skip_lua_text(parser->text, parser->at);
		char c = parser->text.at[parser->at];

		if (next > parser->at) {
			parser->at = next;
			continue;
		}
		parser->at++;
		open += c == '{';
		open -= c == '}';
		if (open > 0)
			continue;
		directive->lua = str_sub(parser->text, start, parser->at - 1 - start);
		return true;
	}
	fault_at(parser, directive->offset, "a { is never closed");
	return false;
}

static enum end read_list(struct parser *parser, struct snippet_directive **list, size_t *count);

static bool read_block(struct parser *parser, struct snippet_directive *directive)
{
	directive->block = true;
	if (str_ends(directive->name, "_by_lua_block"))
		return read_lua(parser, directive);
	if (++parser->depth >= SNIPPET_DEPTH) {
		fault_at(parser, directive->offset, "blocks are nested too deeply");
		return false;
	}
	enum end end = read_list(parser, &directive->children, &directive->child_count);

	parser->depth--;
	if (end == END_TEXT)
		fault_at(parser, parser->text.len, "a { is never closed");
	return end == END_CLOSE;
}

/* Reads directives up to the end of their block or of the text. */
static enum end read_list(struct parser *parser, struct snippet_directive **list, size_t *count)
{
	for (;;) {
		struct snippet_directive directive = {0};
		enum end end = read_words(parser, &directive);

		if (end != END_SEMICOLON && end != END_OPEN)
			return end;
		if (++parser->directives > SNIPPET_DIRECTIVES)
			return fault_at(parser, directive.offset, "there are too many directives");
		if (end == END_OPEN && !read_block(parser, &directive))
			return END_FAULT;
		directive.raw =
			str_sub(parser->text, directive.offset, parser->at - directive.offset);
		ARENA_PUSH(parser->arena, *list, *count, directive);
	}
}

bool snippet_parse(struct snippet *snippet, struct arena *arena, struct str text,
		   struct snippet_fault *fault)
{
	struct parser parser = {.arena = arena, .text = text, .fault = fault};

	*snippet = (struct snippet){0};
	*fault = (struct snippet_fault){0};
	if (text.len > SNIPPET_BYTES) {
		fault->text = "it is larger than 64 KiB";
		return false;
	}
	enum end end = read_list(&parser, &snippet->at, &snippet->count);

	if (end == END_CLOSE)
		fault_at(&parser, parser.at - 1, "a } closes nothing");
	return end == END_TEXT;
}
