#include "yaml/hint.h"

#include "base/arena.h"
#include "yaml/split.h"
#include "yaml/utf8.h"

/* How much of the user's text a message quotes. */
enum { QUOTE_MOST = 60 };

/* The broken text around libyaml's marks. Lines and columns are libyaml's: from 0. */
struct scene {
	struct problem *out;
	struct arena *arena;
	const yaml_parser_t *parser;
	struct str text;
	const char *problem, *context; /* never NULL */
	yaml_mark_t at, from;          /* where it is stuck; where the broken thing began */
	struct str line;               /* the line of `at` */
	size_t byte;                   /* offset of `at` in it */
	size_t skipped;                /* lines in front of the text */
	size_t base;                   /* number of line 0, for messages */
};

/* Line `number`, counted as libyaml does, without its end. */
static struct str line_of(const struct scene *scene, size_t number)
{
	struct str text = scene->text;
	size_t start = 0, at = 0;

	if (number < scene->skipped)
		return (struct str){0};
	for (number -= scene->skipped; at < text.len; at++) {
		/* All breaks begin with a control character or a byte beyond ASCII. */
		size_t len = (unsigned char)(text.at[at] - ' ') < 0x5f ? 0 : split_break(text, at);

		if (len && number == 0)
			break;
		if (len) {
			number--;
			start = at + len;
			at = start - 1;
		}
	}
	return number ? (struct str){0} : str_sub(text, start, at - start);
}

static size_t byte_of(struct str line, size_t column)
{
	size_t i = 0;

	while (i < line.len && column > 0) {
		i++;
		while (i < line.len && (line.at[i] & 0xc0) == 0x80)
			i++;
		column--;
	}
	return i;
}

static size_t indent_of(struct str line)
{
	size_t i = 0;

	while (i < line.len && line.at[i] == ' ')
		i++;
	return i;
}

static char char_at(struct str line, size_t i)
{
	return i < line.len ? line.at[i] : '\0';
}

static struct str quoted(struct str text)
{
	size_t len = text.len < QUOTE_MOST ? text.len : QUOTE_MOST;

	while (len < text.len && len > 0 && (text.at[len] & 0xc0) == 0x80)
		len--;
	return str_sub(text, 0, len);
}

/* The text from byte `i` of a line to its end, without a comment. */
static struct str value_from(struct str line, size_t i)
{
	struct str value = str_from_pos(line, i);

	return quoted(str_trim(str_sub(value, 0, str_find_str(value, " #"))));
}

static void set_place(const struct scene *scene, size_t line, size_t column, size_t length)
{
	scene->out->line = (uint32_t)line + 1;
	scene->out->column = (uint32_t)column + 1;
	scene->out->length = length ? (uint32_t)length : 1;
}

/* Places the finding on bytes of a line. */
static void set_bytes(const struct scene *scene, size_t number, size_t from, size_t len)
{
	struct str line = line_of(scene, number);

	set_place(scene, number, utf8_count(line.at, from < line.len ? from : line.len),
		  utf8_count(str_from_pos(line, from).at, str_sub(line, from, len).len));
}

static bool problem_is(const struct scene *scene, const char *text)
{
	return str_find_str(str_from(scene->problem), text) != SIZE_MAX;
}

static bool context_is(const struct scene *scene, const char *text)
{
	return str_find_str(str_from(scene->context), text) != SIZE_MAX;
}

/* ---- the rules, in the order they are tried ---- */

static void bad_encoding(struct scene *scene, struct str bytes)
{
	scene->out->message =
		bytes.len ? str_format(scene->arena, "the byte 0x%02X here is not UTF-8",
				       (unsigned)(unsigned char)bytes.at[0])
			  : STR("the text is not UTF-8");
	scene->out->hint = STR("save the file as UTF-8, or convert it: iconv -f LATIN1 -t UTF-8");
}

static void bad_control(struct scene *scene)
{
	scene->out->message =
		str_format(scene->arena, "control character U+%04X is not allowed in YAML",
			   (unsigned)scene->parser->problem_value);
	scene->out->hint =
		scene->parser->problem_value == 0
			? STR("is this a binary file, or UTF-16 without a byte order mark?")
			: STR("remove it, or write it as an escape in double quotes");
}

/* libyaml's reader tells a byte offset only, and for UTF-8 that of the byte behind the wrong one. */
static bool bad_bytes(struct scene *scene)
{
	bool control = problem_is(scene, "control characters");
	size_t offset = 0, start = 0;
	uint32_t c;

	if (scene->parser->error != YAML_READER_ERROR)
		return false;
	while (offset < scene->text.len) {
		size_t len = utf8_decode(scene->text, offset, &c);

		if (control ? offset >= scene->parser->problem_offset : len == 0)
			break;
		offset += len ? len : 1;
		if (scene->text.at[offset - 1] == '\n')
			start = offset;
	}
	if (scene->skipped == 0)
		set_place(scene, split_lines(str_sub(scene->text, 0, start)),
			  utf8_count(str_from_pos(scene->text, start).at, offset - start), 1);
	if (control)
		bad_control(scene);
	else
		bad_encoding(scene, str_from_pos(scene->text, offset));
	return true;
}

static bool unclosed_quote(struct scene *scene)
{
	struct str line = line_of(scene, scene->from.line);
	size_t byte = byte_of(line, scene->from.column);

	if (!context_is(scene, "quoted scalar") ||
	    !(problem_is(scene, "end of stream") || problem_is(scene, "document indicator")))
		return false;
	set_bytes(scene, scene->from.line, byte, line.len - byte);
	scene->out->message = STR("this quote is never closed");
	scene->out->hint = str_format(scene->arena, "put a closing %c at the end of the value",
				      char_at(line, byte) == '\'' ? '\'' : '"');
	return true;
}

static bool unknown_escape(struct scene *scene)
{
	struct str rest = str_from_pos(scene->line, scene->byte);

	if (!problem_is(scene, "unknown escape"))
		return false;
	/* The mark stands on the backslash. */
	set_bytes(scene, scene->at.line, scene->byte, 2);
	scene->out->message =
		str_format(scene->arena, "'%.*s' is no escape that YAML knows in double quotes",
			   STR_ARG(str_sub(rest, 0, 2)));
	scene->out->hint = str_format(scene->arena,
				      "write the value in single quotes, or double the backslash: "
				      "\\%.*s",
				      STR_ARG(str_sub(rest, 0, 2)));
	return true;
}

static bool tab_indentation(struct scene *scene)
{
	size_t blanks = 0;

	while (char_at(scene->line, blanks) == ' ' || char_at(scene->line, blanks) == '\t')
		blanks++;

	size_t tab = str_find(str_sub(scene->line, 0, blanks), '\t');

	if (tab == SIZE_MAX || scene->byte > blanks)
		return false;
	set_bytes(scene, scene->at.line, tab, 1);
	scene->out->message = STR("a tab is used for indentation");
	scene->out->hint = STR("YAML allows blanks only: replace the tab by blanks");
	return true;
}

/* "host: *.example.com": YAML takes '*' for an alias and '&' for an anchor. */
static bool star_value(struct scene *scene)
{
	struct str line = line_of(scene, scene->from.line);
	size_t byte = byte_of(line, scene->from.column);
	struct str value = value_from(line, byte);
	bool alias = context_is(scene, "scanning an alias");

	if (!alias && !context_is(scene, "scanning an anchor"))
		return false;
	set_bytes(scene, scene->from.line, byte, value.len);
	scene->out->message =
		str_format(scene->arena,
			   "a value that begins with '%s' must be quoted: YAML takes it "
			   "for an %s",
			   alias ? "*" : "&", alias ? "alias" : "anchor");
	scene->out->hint = str_format(scene->arena, "write \"%.*s\"", STR_ARG(value));
	return true;
}

static bool reserved_start(struct scene *scene)
{
	struct str value = value_from(scene->line, scene->byte);

	if (!problem_is(scene, "cannot start any token") || !value.len)
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value.len);
	scene->out->message = str_format(
		scene->arena, "a value cannot begin with '%c' without quotes", value.at[0]);
	scene->out->hint = str_format(scene->arena, "write \"%.*s\"", STR_ARG(value));
	return true;
}

/* Where in a line "key:value" misses its blank: offset of the colon, or SIZE_MAX. */
static size_t missing_blank(struct str line)
{
	size_t start = indent_of(line);

	while (char_at(line, start) == '-' && char_at(line, start + 1) == ' ')
		start += 2;
	for (size_t i = start; i < line.len; i++) {
		char c = line.at[i];

		if (c == ':')
			return i > start && i + 1 < line.len && line.at[i + 1] != ' ' &&
					       line.at[i + 1] != '/' &&
					       str_find_str(str_from_pos(line, i), ": ") == SIZE_MAX
				       ? i
				       : SIZE_MAX;
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr("._/-", c)))
			return SIZE_MAX;
	}
	return SIZE_MAX;
}

/* Number of the line with content above `number`; `number` itself when there is none. */
static size_t line_above(const struct scene *scene, size_t number)
{
	for (size_t i = number; i-- > 0;) {
		struct str line = str_trim(line_of(scene, i));

		if (line.len && line.at[0] != '#')
			return i;
	}
	return number;
}

static bool explain_missing_blank(struct scene *scene, size_t number)
{
	struct str line = line_of(scene, number);
	size_t colon = missing_blank(line), start = indent_of(line);

	if (colon == SIZE_MAX)
		return false;
	while (char_at(line, start) == '-')
		start += 2;
	set_bytes(scene, number, start, str_trim(line).len - (start - indent_of(line)));
	scene->out->message =
		STR("there is no blank behind the colon, so this is no key with a value");
	scene->out->hint = str_format(scene->arena, "write '%.*s: %.*s'",
				      STR_ARG(str_sub(line, start, colon - start)),
				      STR_ARG(value_from(line, colon + 1)));
	return true;
}

/* "return 301: https://x": a second ": " in one line. */
static bool second_colon(struct scene *scene)
{
	struct str before = str_sub(scene->line, 0, scene->byte);
	size_t key = str_find_str(before, ": ");

	if (key == SIZE_MAX)
		return false;

	struct str value = value_from(scene->line, key + 2);

	set_bytes(scene, scene->at.line, scene->byte, 1);
	scene->out->message = STR("a second ': ' in one line: the value has to be quoted");
	scene->out->hint = str_format(scene->arena, "write '%.*s' in quotes", STR_ARG(value));
	return true;
}

static bool no_key(struct scene *scene, size_t number, size_t byte)
{
	struct str line = line_of(scene, number);

	set_bytes(scene, number, byte, str_trim(str_from_pos(line, byte)).len);
	scene->out->message = STR("this line is no 'key: value'");
	scene->out->hint =
		STR("put a colon and a blank behind the key, or indent the line if it belongs "
		    "to the value above");
	return true;
}

static bool nested_mapping(struct scene *scene)
{
	size_t above = line_above(scene, scene->at.line), indent = indent_of(scene->line);

	if (!problem_is(scene, "mapping values are not allowed"))
		return false;
	if (second_colon(scene) || explain_missing_blank(scene, above))
		return true;

	size_t column = indent_of(line_of(scene, above));

	if (above < scene->at.line && indent <= column)
		return no_key(scene, above, column);
	set_bytes(scene, scene->at.line, indent, scene->byte - indent);
	if (indent > column && above < scene->at.line) {
		scene->out->message = str_format(
			scene->arena,
			"this key is indented deeper than the one above, which has a value "
			"already");
		scene->out->hint = str_format(scene->arena, "begin it in column %zu", column + 1);
		return true;
	}
	scene->out->message = STR("a key with a value is not allowed here");
	return true;
}

static bool missing_colon(struct scene *scene)
{
	if (!problem_is(scene, "could not find expected ':'"))
		return false;
	if (explain_missing_blank(scene, scene->from.line))
		return true;
	return no_key(scene, scene->from.line,
		      byte_of(line_of(scene, scene->from.line), scene->from.column));
}

/* "\"/a\" /b": text behind the closing quote. */
static bool text_behind_quote(struct scene *scene)
{
	size_t i = scene->byte;

	while (i > 0 && scene->line.at[i - 1] == ' ')
		i--;
	if (i == 0 || i == indent_of(scene->line) ||
	    (scene->line.at[i - 1] != '"' && scene->line.at[i - 1] != '\''))
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	if (i > 1 && scene->line.at[i - 2] == ' ') {
		scene->out->message =
			STR("a quote that was opened on a line above ends in front of this text");
		scene->out->hint = STR("put the missing quote at the end of the value above");
		return true;
	}
	scene->out->message = STR("text behind the closing quote");
	scene->out->hint =
		STR("the quotes must enclose the whole value; inside single quotes '' is a "
		    "quote");
	return true;
}

static bool unexpected_key(struct scene *scene)
{
	size_t indent = indent_of(scene->line);
	char c = char_at(scene->line, scene->byte);

	if (!problem_is(scene, "did not find expected key"))
		return false;
	if (text_behind_quote(scene))
		return true;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	scene->out->hint = str_format(scene->arena,
				      "the map around this line begins on line %zu in column %zu",
				      scene->from.line + scene->base, scene->from.column + 1);
	if (c == ':')
		scene->out->message = STR("there is no key in front of this colon");
	else if (c == '-' && scene->byte == indent && char_at(scene->line, indent + 1) == ' ')
		scene->out->message =
			STR("this list item belongs to no key: it is indented less than "
			    "the key above");
	else if (scene->byte == indent)
		scene->out->message = STR("the indentation of this line fits no map above it");
	else
		scene->out->message = STR("a key is expected here");
	return true;
}

static bool list_on_key_line(struct scene *scene)
{
	if (!problem_is(scene, "block sequence entries are not allowed"))
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	scene->out->message = STR("a list cannot begin with '- ' here");
	scene->out->hint =
		STR("begin the list on a line of its own, or quote the value if '-' is text");
	return true;
}

static bool broken_list(struct scene *scene)
{
	if (!problem_is(scene, "did not find expected '-' indicator"))
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	scene->out->message =
		str_format(scene->arena,
			   "an item '- ' is expected here, in the list that begins on "
			   "line %zu",
			   scene->from.line + scene->base);
	scene->out->hint = STR("items of one list, and keys of one item, begin in one column");
	return true;
}

static bool unclosed_bracket(struct scene *scene)
{
	bool map = context_is(scene, "flow mapping");
	char opener = char_at(line_of(scene, scene->from.line),
			      byte_of(line_of(scene, scene->from.line), scene->from.column));

	if (!map && !context_is(scene, "flow sequence"))
		return false;
	if (scene->line.len > scene->byte && scene->from.line == scene->at.line) {
		set_bytes(scene, scene->at.line, scene->byte,
			  value_from(scene->line, scene->byte).len);
		scene->out->message =
			str_format(scene->arena, "',' or '%c' is expected here", map ? '}' : ']');
	} else {
		set_place(scene, scene->from.line, scene->from.column, 1);
		scene->out->message = str_format(scene->arena, "this '%c' is not closed properly",
						 opener ? opener
						 : map  ? '{'
							: '[');
	}
	scene->out->hint = STR("quote the value if the bracket is meant as text");
	return true;
}

static bool unknown_directive(struct scene *scene)
{
	if (!context_is(scene, "scanning a directive") && !problem_is(scene, "YAML directive") &&
	    !problem_is(scene, "incompatible YAML document"))
		return false;
	set_bytes(scene, scene->at.line, 0, value_from(scene->line, 0).len);
	scene->out->message =
		STR("a line that begins with '%' is a YAML directive, and this is none");
	scene->out->hint = STR("remove the line, or indent it if it belongs to the value above");
	return true;
}

static bool missing_value(struct scene *scene)
{
	if (!problem_is(scene, "did not find expected node content"))
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	if (str_trim(str_from_pos(scene->line, scene->byte)).len == 0) {
		scene->out->message =
			STR("the document ends in the middle: a value is expected here");
		scene->out->hint = STR("is a closing bracket missing?");
		return true;
	}
	if (char_at(scene->line, scene->byte) == '-') {
		scene->out->message = STR("a list item '- ' cannot stand inside brackets");
		scene->out->hint = STR("is a closing bracket missing on a line above?");
		return true;
	}
	scene->out->message = STR("a value is expected here");
	scene->out->hint = STR("quote the value if it is meant as text");
	return true;
}

static bool second_document(struct scene *scene)
{
	if (!problem_is(scene, "did not find expected <document start>"))
		return false;
	set_bytes(scene, scene->at.line, scene->byte, value_from(scene->line, scene->byte).len);
	if (str_trim(str_from_pos(scene->line, scene->byte)).len == 0) {
		scene->out->message = STR("no document follows the lines that begin with '%'");
		return true;
	}
	scene->out->message = STR("the document is complete in front of this text");
	scene->out->hint = STR("put a line '---' in front of a second document");
	return true;
}

static bool as_libyaml_says(struct scene *scene)
{
	scene->out->message =
		scene->context[0] && scene->from.line != scene->at.line
			? str_format(scene->arena, "%s (%s that begins on line %zu)",
				     scene->problem, scene->context, scene->from.line + scene->base)
			: str_format(scene->arena, "%s", scene->problem);
	return true;
}

static bool (*const rules[])(struct scene *scene) = {
	bad_bytes,         unclosed_quote,   unknown_escape, tab_indentation,
	star_value,        reserved_start,   nested_mapping, missing_colon,
	unexpected_key,    list_on_key_line, broken_list,    unclosed_bracket,
	unknown_directive, second_document,  missing_value,  as_libyaml_says,
};

/* libyaml reports what is missing at the end on a line behind the last one: it is shown behind the
 * last character instead. */
static void place_in_text(struct scene *scene)
{
	size_t end = scene->text.len, line = 1, start = 0;

	while (end > 0 && strchr(" \t\r\n", scene->text.at[end - 1]) && scene->text.at[end - 1])
		end--;
	for (size_t i = 0; i < end; i++) {
		size_t len = split_break(scene->text, i);

		if (len) {
			line++;
			start = i + len;
			i = start - 1;
		}
	}

	size_t column = utf8_count(scene->text.at + start, end - start) + 1;

	if (scene->out->line > line || (scene->out->line == line && scene->out->column > column))
		set_place(scene, line - 1, column - 1, 1);
}

void hint_explain(struct problem *problem, struct arena *arena, const yaml_parser_t *parser,
		  struct hint_text text)
{
	struct scene scene = {
		.out = problem,
		.arena = arena,
		.parser = parser,
		.text = text.text,
		.skipped = text.skipped,
		.base = text.line,
		.problem = parser->problem ? parser->problem : "the text is no YAML",
		.context = parser->context ? parser->context : "",
		.at = parser->problem_mark,
		.from = parser->context ? parser->context_mark : parser->problem_mark,
	};

	*problem = (struct problem){.code = "I2G100"};
	set_place(&scene, scene.at.line, scene.at.column, 1);
	if (!text.text.len && parser->error != YAML_READER_ERROR) {
		as_libyaml_says(&scene);
		return;
	}
	scene.line = line_of(&scene, scene.at.line);
	scene.byte = byte_of(scene.line, scene.at.column);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i](&scene))
			break;
	if (scene.skipped == 0 && parser->eof)
		place_in_text(&scene);
}
