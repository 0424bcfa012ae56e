#include "yaml/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"
#include "yaml/scalar.h"
#include "yaml/split.h"
#include "yaml/utf8.h"

enum { WINDOW = 256 * 1024, NUMBER_MOST = 400 };

/* What may come next. */
enum expect { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END, NOTHING };

/* One value on its way. Deeper than trees can be, brackets are counted only: building such a value
 * fails at its limit anyway. */
struct walk {
	bool objects[TREE_DEPTH_MOST + 1];
	size_t depth;
	enum expect expect;
	/* Facts about the root object. */
	char root_key[16];
	bool items;
	struct list_head head;
};

void json_init(struct json *json, struct str text, const struct input *input, uint64_t offset,
	       uint32_t line)
{
	struct tree *tree = json->tree;
	struct error *error = json->error;
	size_t room = json->room ? json->room : WINDOW;

	if (!text.at && room > input->size)
		room = input->size + 1;
	*json = (struct json){.tree = tree,
			      .error = error,
			      .room = room,
			      .input = text.at ? NULL : input,
			      .text = text,
			      .start = offset,
			      .line = line,
			      .column = 1};
	buf_init(&json->scratch);
	if (text.at) {
		json->window = json->at = json->mark = text.at;
		json->end = text.at + text.len;
		json->start = 0;
		return;
	}
	json->buffer = malloc(room);
	if (!json->buffer)
		bug_out_of_memory(room);
	json->window = json->at = json->mark = json->end = json->buffer;
}

void json_finish(struct json *json)
{
	free(json->buffer);
	buf_finish(&json->scratch);
}

/* Counts lines and columns up to the current byte. */
static void advance_mark(struct json *json)
{
	const char *start = json->at;

	while (start > json->mark && start[-1] != '\n')
		start--;
	if (start > json->mark) {
		json->line +=
			split_newlines((struct str){json->mark, (size_t)(start - json->mark)});
		json->column = 1;
	}
	json->column += utf8_count(start, (size_t)(json->at - start));
	json->mark = json->at;
}

static bool fill(struct json *json)
{
	ssize_t got;

	if (!json->input || json->failed)
		return false;
	advance_mark(json);
	json->start += (uint64_t)(json->end - json->window);
	got = input_read(json->input, json->start, json->buffer, json->room, json->error);
	json->failed = got < 0;
	json->at = json->mark = json->buffer;
	json->end = json->buffer + (got > 0 ? got : 0);
	return got > 0;
}

/* The current byte; -1 at the end. */
static inline int peek(struct json *json)
{
	if (json->at == json->end && !fill(json))
		return -1;
	return (unsigned char)*json->at;
}

struct json_place json_here(struct json *json)
{
	advance_mark(json);
	return (struct json_place){.offset = json->start + (uint64_t)(json->at - json->window),
				   .line = json->line,
				   .column = json->column};
}

static void seek(struct json *json, struct json_place place)
{
	if (json->input && (place.offset < json->start ||
			    place.offset > json->start + (uint64_t)(json->end - json->window))) {
		json->start = place.offset;
		json->end = json->window;
	}
	json->at = json->mark = json->window + (place.offset - json->start);
	json->line = place.line;
	json->column = place.column;
}

static bool refuse(struct json *json, const char *code, struct str message, struct str hint)
{
	struct json_place here = json_here(json);

	if (!json->problem.code)
		json->problem = (struct problem){.code = code,
						 .message = message,
						 .hint = hint,
						 .line = here.line,
						 .column = here.column,
						 .length = 1};
	return false;
}

static bool unexpected(struct json *json, const char *wanted)
{
	if (peek(json) < 0)
		return refuse(json, "I2G100",
			      str_format(json->tree->findings->arena,
					 "the text ends in the middle: %s is expected here",
					 wanted),
			      STR("was the file cut off?"));
	return refuse(json, "I2G100",
		      str_format(json->tree->findings->arena, "%s is expected here", wanted),
		      (struct str){0});
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static int skip_blanks(struct json *json)
{
	int c;

	while (is_blank(c = peek(json)))
		json->at++;
	return c;
}

/* ---- tokens ---- */

static bool hex4(struct json *json, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		int c = peek(json), low = c | 0x20;

		if (c >= '0' && c <= '9')
			*unit = *unit << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			*unit = *unit << 4 | (uint32_t)(low - 'a' + 10);
		else
			return unexpected(json, "a hexadecimal digit");
		json->at++;
	}
	return true;
}

static void add_char(struct json *json, uint32_t c)
{
	char bytes[4] = {0};

	buf_add(&json->scratch, bytes, utf8_encode(c, bytes));
}

static bool read_escape(struct json *json);

/* Behind "\u". Halves of surrogate pairs that stand alone become U+FFFD, as in Go. */
static bool read_unicode(struct json *json)
{
	uint32_t unit, low;

	if (!hex4(json, &unit))
		return false;
	while (unit >= 0xd800 && unit < 0xdc00 && peek(json) == '\\') {
		json->at++;
		if (peek(json) != 'u') {
			add_char(json, 0xfffd);
			return read_escape(json);
		}
		json->at++;
		if (!hex4(json, &low))
			return false;
		if (low >= 0xdc00 && low < 0xe000) {
			add_char(json, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
			return true;
		}
		add_char(json, 0xfffd);
		unit = low;
	}
	add_char(json, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
	return true;
}

/* Behind a backslash. */
static bool read_escape(struct json *json)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(json);
	const char *found = c > 0 ? strchr(from, c) : NULL;

	if (c == 'u') {
		json->at++;
		return read_unicode(json);
	}
	if (!found)
		return unexpected(json, "an escape that JSON knows");
	json->at++;
	buf_char(&json->scratch, to[found - from]);
	return true;
}

/* A character beyond ASCII, which may cross the end of the window. */
static bool read_wide(struct json *json)
{
	char bytes[4] = {0};
	size_t len = 0, want = 4;
	uint32_t c;

	while (len < want && peek(json) >= 0) {
		unsigned char byte = (unsigned char)*json->at;

		if (len == 0)
			want = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
		else if ((byte & 0xc0) != 0x80)
			break;
		bytes[len++] = (char)byte;
		json->at++;
	}
	if (utf8_decode((struct str){bytes, len}, 0, &c) != len)
		return unexpected(json, "UTF-8");
	buf_add(&json->scratch, bytes, len);
	return true;
}

static bool too_large(struct json *json)
{
	return refuse(json, "I2G102",
		      str_format(json->tree->findings->arena,
				 "a value is larger than the limit of %zu bytes",
				 json->tree->limits->scalar_bytes),
		      (struct str){0});
}

/* Behind the opening quote, to behind the closing one. *text lives until the next token. */
static bool read_string(struct json *json, struct str *text)
{
	buf_clear(&json->scratch);
	for (;;) {
		const char *run = json->at;

		while (json->at < json->end && (unsigned char)*json->at >= 0x20 &&
		       (unsigned char)*json->at < 0x80 && *json->at != '"' && *json->at != '\\')
			json->at++;

		struct str part = {run, (size_t)(json->at - run)};
		int c = json->at < json->end ? (unsigned char)*json->at : 0;

		if (c == '"' && json->scratch.len == 0) {
			json->at++;
			*text = part;
			return true;
		}
		if (json->scratch.len + part.len > json->tree->limits->scalar_bytes) {
			if (json->building)
				return too_large(json);
			buf_clear(&json->scratch); /* checked again, with a place, when built */
		}
		buf_str(&json->scratch, part);
		c = peek(json);
		if (c == '"') {
			json->at++;
			*text = buf_slice(&json->scratch);
			return true;
		}
		if (c < 0)
			return unexpected(json, "the closing quote of a string");
		if (c < 0x20)
			return refuse(json, "I2G100",
				      STR("a control character must be escaped in a JSON string"),
				      c == '\n' ? STR("is a closing quote missing?")
						: (struct str){0});
		if (c >= 0x80) {
			if (!read_wide(json))
				return false;
		} else if (c == '\\') {
			json->at++;
			if (!read_escape(json))
				return false;
		}
	}
}

/* Digits, at least one. */
static bool read_digits(struct json *json)
{
	int c = peek(json);

	if (c < '0' || c > '9')
		return unexpected(json, "a digit");
	while (c >= '0' && c <= '9') {
		if (json->scratch.len == NUMBER_MOST)
			return refuse(json, "I2G102", STR("a number has more than 400 digits"),
				      (struct str){0});
		buf_char(&json->scratch, (char)c);
		json->at++;
		c = peek(json);
	}
	return true;
}

static bool take_char(struct json *json, const char *any)
{
	int c = peek(json);

	if (c <= 0 || !strchr(any, c))
		return false;
	buf_char(&json->scratch, (char)c);
	json->at++;
	return true;
}

static bool read_number(struct json *json, struct node *node)
{
	int64_t value;
	bool whole = true;

	buf_clear(&json->scratch);
	take_char(json, "-");
	if (!take_char(json, "0") && !read_digits(json))
		return false;
	if (take_char(json, ".")) {
		whole = false;
		if (!read_digits(json))
			return false;
	}
	if (take_char(json, "eE")) {
		whole = false;
		take_char(json, "+-");
		if (!read_digits(json))
			return false;
	}
	node->text = buf_slice(&json->scratch);
	/* apimachinery: int64 where it fits, else float64. */
	node->kind = whole && str_to_int(node->text, &value) ? NODE_INT : NODE_FLOAT;
	if (node->kind == NODE_FLOAT && json->building && isinf(scalar_float(node->text)))
		return refuse(json, "I2G100", STR("this number is too large for the API server"),
			      (struct str){0});
	return true;
}

static bool read_word(struct json *json, struct node *node)
{
	static const struct {
		const char *text;
		enum node_kind kind;
	} words[] = {{"true", NODE_BOOL}, {"false", NODE_BOOL}, {"null", NODE_NULL}};
	int first = peek(json);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *at = words[i].text;

		if (first != *at)
			continue;
		for (; *at; at++, json->at++)
			if (peek(json) != *at)
				return unexpected(json, "true, false or null");
		node->kind = (uint8_t)words[i].kind;
		node->text = str_from(words[i].text);
		return true;
	}
	return unexpected(json, "a value");
}

/* ---- structure ---- */

static bool in_object(const struct walk *walk)
{
	return walk->depth && walk->depth <= TREE_DEPTH_MOST && walk->objects[walk->depth];
}

static void value_is_complete(struct walk *walk)
{
	walk->expect = walk->depth ? COMMA_OR_END : NOTHING;
}

static struct node *new_node(struct json *json, enum node_kind kind, struct json_place place)
{
	struct node *node = tree_node(json->tree, kind);

	node->line = place.line;
	node->column = place.column;
	return node;
}

static bool built(struct json *json, bool fine)
{
	if (!fine && !json->problem.code)
		json->problem = json->tree->problem;
	return fine;
}

static bool open_collection(struct json *json, struct walk *walk, bool object)
{
	if (json->building &&
	    !built(json, tree_open(json->tree,
				   new_node(json, object ? NODE_MAP : NODE_LIST, json_here(json)))))
		return false;
	json->at++;
	if (walk->depth == 1 && !object && str_is(str_from(walk->root_key), "items"))
		walk->items = true;
	walk->depth++;
	if (walk->depth <= TREE_DEPTH_MOST)
		walk->objects[walk->depth] = object;
	walk->expect = object ? KEY_OR_END : VALUE_OR_END;
	return true;
}

static bool close_collection(struct json *json, struct walk *walk)
{
	json->at++;
	walk->depth--;
	value_is_complete(walk);
	return !json->building || built(json, tree_close(json->tree));
}

static void note_root_value(struct json *json, struct walk *walk, struct str text)
{
	struct str *to = strcmp(walk->root_key, "kind") == 0         ? &walk->head.kind
			 : strcmp(walk->root_key, "apiVersion") == 0 ? &walk->head.version
								     : NULL;

	if (to)
		*to = str_dup(json->tree->arena, str_sub(text, 0, 256));
}

static bool read_value(struct json *json, struct walk *walk, int c)
{
	struct node checked = {0}, *node = &checked;
	struct json_place start = {0};
	bool fine;

	if (c == '{' || c == '[')
		return open_collection(json, walk, c == '{');
	if (json->building) {
		start = json_here(json);
		node = new_node(json, NODE_STRING, start);
	}
	if (c == '"') {
		json->at++;
		fine = read_string(json, &node->text);
		node->kind = NODE_STRING;
	} else {
		node->plain = true;
		fine = c == '-' || (c >= '0' && c <= '9') ? read_number(json, node)
							  : read_word(json, node);
	}
	if (!fine)
		return false;
	if (json->building)
		node->text = str_dup(json->tree->arena, node->text);
	else if (walk->depth == 1 && c == '"')
		note_root_value(json, walk, node->text);
	value_is_complete(walk);
	/* "01" is not 0 and 1. Peeking may move the window on, and a text in it is gone then. */
	if (walk->depth == 0 && peek(json) >= 0 && !is_blank(peek(json)))
		return unexpected(json, "the end of the value");
	if (!json->building)
		return true;
	node->length = json_here(json).column - start.column;
	return built(json, tree_scalar(json->tree, node));
}

static bool read_key(struct json *json, struct walk *walk)
{
	struct json_place start = json->building ? json_here(json) : (struct json_place){0};
	struct str text;

	json->at++;
	if (!read_string(json, &text))
		return false;
	walk->expect = COLON;
	if (walk->depth == 1) {
		struct str key = text.len < sizeof walk->root_key ? text : (struct str){0};

		memcpy(walk->root_key, key.len ? key.at : "", key.len);
		walk->root_key[key.len] = '\0';
	}
	if (!json->building)
		return true;

	struct node *node = new_node(json, NODE_STRING, start);

	node->text = str_dup(json->tree->arena, text);
	node->length = json_here(json).column - start.column;
	return built(json, tree_scalar(json->tree, node));
}

static bool comma_or_end(struct json *json, struct walk *walk, int c)
{
	/* Deeper than the limit nobody remembers which bracket was opened. */
	bool forgotten = walk->depth > TREE_DEPTH_MOST;
	bool object = in_object(walk);

	if (c == ',') {
		json->at++;
		walk->expect = object ? KEY : VALUE;
		if (forgotten)
			walk->expect = VALUE;
		return true;
	}
	if (forgotten ? c == ']' || c == '}' : c == (object ? '}' : ']'))
		return close_collection(json, walk);
	return unexpected(json, object ? "',' or '}'" : "',' or ']'");
}

static bool step(struct json *json, struct walk *walk, int c)
{
	switch (walk->expect) {
	case VALUE_OR_END:
		if (c == ']')
			return close_collection(json, walk);
		return read_value(json, walk, c);
	case VALUE:
		return read_value(json, walk, c);
	case KEY_OR_END:
		if (c == '}')
			return close_collection(json, walk);
		return c == '"' ? read_key(json, walk) : unexpected(json, "a key in quotes or '}'");
	case KEY:
		return c == '"' ? read_key(json, walk) : unexpected(json, "a key in quotes");
	case COLON:
		if (c != ':')
			return unexpected(json, "':'");
		json->at++;
		walk->expect = VALUE;
		return true;
	default:
		return comma_or_end(json, walk, c);
	}
}

/* An item of a List may not be larger than a document. */
static bool check_item(struct json *json, uint64_t *from, size_t *taken)
{
	uint64_t here = json->start + (uint64_t)(json->at - json->window);

	if (json->tree->taken != *taken) {
		*taken = json->tree->taken;
		*from = here;
	}
	if (here - *from <= json->tree->limits->document_bytes)
		return true;
	return refuse(json, "I2G102",
		      str_format(json->tree->findings->arena,
				 "an item of the List is larger than %zu bytes",
				 json->tree->limits->document_bytes),
		      (struct str){0});
}

static bool walk_value(struct json *json, struct walk *walk, bool building)
{
	uint64_t from = json->start + (uint64_t)(json->at - json->window);
	size_t taken = 0;

	*walk = (struct walk){.expect = VALUE};
	json->building = building;
	json->problem = (struct problem){0};
	while (walk->expect != NOTHING) {
		if (!step(json, walk, skip_blanks(json)))
			return false;
		if (building && !check_item(json, &from, &taken))
			return false;
	}
	return true;
}

static enum json_result give_up(struct json *json, const char *what, size_t most,
				struct json_place start)
{
	json->problem = (struct problem){
		.code = "I2G102",
		.message = str_format(json->tree->findings->arena, "%s %zu", what, most),
		.line = start.line,
		.column = start.column,
		.length = 1,
	};
	return JSON_LIMIT;
}

static bool is_list(const struct walk *walk)
{
	return walk->items && str_ends(walk->head.kind, "List");
}

void json_set_column(struct json *json, uint32_t column)
{
	json->column = column;
}

enum json_result json_next(struct json *json, size_t *skip)
{
	struct walk walk;
	struct json_place start, end;
	const struct yaml_limits *limits = json->tree->limits;

	if (skip_blanks(json) < 0)
		return json->failed ? JSON_FAILED : JSON_END;
	start = json_here(json);
	tree_begin(json->tree);
	json->tree->look_ahead = NULL;

	bool fine = walk_value(json, &walk, false);

	if (json->failed)
		return JSON_FAILED;
	if (!fine) {
		seek(json, start);
		return JSON_REFUSED;
	}
	end = json_here(json);
	if (!is_list(&walk) && end.offset - start.offset > limits->document_bytes)
		return give_up(json, "the document is larger than the limit of bytes:",
			       limits->document_bytes, start);
	if (end.offset - start.offset > limits->list_bytes)
		return give_up(json,
			       "the List is larger than the limit of bytes:", limits->list_bytes,
			       start);

	if (is_list(&walk)) {
		json->tree->head = walk.head;
		json->tree->head.known = true;
	}
	json->tree->skip = *skip;
	seek(json, start);
	fine = walk_value(json, &walk, true) && tree_end(json->tree);
	*skip -= json->tree->taken < *skip ? json->tree->taken : *skip;
	if (json->failed)
		return JSON_FAILED;
	if (fine)
		return JSON_VALUE;
	if (!json->problem.code)
		json->problem = json->tree->problem;
	seek(json, end);
	return JSON_LIMIT;
}

/* ---- between values ---- */

/* Whether a line starts here, with "---" or "..." and a blank or the end behind it. */
static bool at_marker(struct json *json)
{
	struct json_place here = json_here(json);
	int first = peek(json), len = 0;

	if (here.column != 1 || (first != '-' && first != '.'))
		return false;
	for (; len < 4 && peek(json) == first; len++)
		json->at++;

	bool blank = peek(json) < 0 || is_blank(peek(json));

	seek(json, here);
	return len == 3 && blank;
}

static int skip_rest_of_line(struct json *json)
{
	int c;

	while ((c = peek(json)) >= 0 && c != '\n')
		json->at++;
	return c;
}

static int skip_comments(struct json *json)
{
	int c;

	while ((c = skip_blanks(json)) == '#')
		skip_rest_of_line(json);
	return c;
}

bool json_resume(struct json *json)
{
	struct json_place start = json_here(json);
	int c = skip_comments(json);

	if (c < 0 || c == '{' || c == '[' || at_marker(json)) {
		seek(json, start);
		return true;
	}
	json->problem = (struct problem){0};
	refuse(json, "I2G100", STR("this text behind a JSON value is not JSON"),
	       STR("remove it, or put a line '---' in front of it"));
	while (skip_rest_of_line(json) >= 0) {
		json->at++;
		if (peek(json) == '{' || at_marker(json))
			break;
	}
	return false;
}
