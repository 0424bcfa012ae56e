#include "yaml/read.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"
#include "yaml/hint.h"
#include "yaml/scalar.h"
#include "yaml/split.h"

static void place(const struct reader *reader, struct node *node, const yaml_event_t *event)
{
	yaml_mark_t start = event->start_mark, end = event->end_mark;
	struct line_place base = lines_place(&reader->lines, start.line);

	node->line = reader->line + base.line;
	node->column = base.column + (uint32_t)start.column + 1;
	if (end.line == start.line && end.column > start.column)
		node->length = (uint32_t)(end.column - start.column);
}

/* ---- feeding the parser ---- */

/* libyaml asks for bytes. An item of a List that grows too large is stopped here, before libyaml has
 * it in memory as one scalar. */
static int feed(void *user, unsigned char *to, size_t size, size_t *got)
{
	struct reader *reader = user;
	size_t limit = reader->tree->limits->document_bytes;
	uint64_t left = reader->to - reader->from;
	ssize_t len;

	if (reader->item_taken != reader->tree->taken) {
		reader->item_taken = reader->tree->taken;
		reader->item_from = reader->from;
	}
	if (reader->from - reader->item_from > limit) {
		reader->item_too_large = true;
		return 0;
	}
	len = input_read(reader->input, reader->from, (char *)to, size < left ? size : (size_t)left,
			 reader->error);
	if (len < 0)
		return 0;
	reader->from += (size_t)len;
	if (!reader->text.at)
		lines_take(&reader->lines, (struct str){(char *)to, (size_t)len}, SIZE_MAX);
	*got = (size_t)len;
	return 1;
}

static size_t indentation(struct str line)
{
	size_t indent = 0;

	while (indent < line.len && line.at[indent] == ' ')
		indent++;
	return indent;
}

/* Lines below the key "items" that stand at the column of the root's keys: kubectl writes keys in
 * the order of the alphabet, so "kind" comes behind the items. */
static void look_ahead(void *user, struct list_head *head)
{
	struct reader *reader = user;
	const struct node *key = reader->tree->frames[0].key;
	size_t indent = key->column - 1, line = key->line - reader->line;
	struct split_head found = {0};

	if (!reader->text.at || reader->odd)
		return;
	while (reader->at < reader->text.len) {
		struct str rest = str_from_pos(reader->text, reader->at);
		size_t end = str_find(rest, '\n');
		struct str content = str_sub(rest, 0, end);

		if (reader->at_line > line) {
			if (split_is_marker(content) ||
			    (found.kind.len && (found.version.len || head->version.len)))
				break;
			if (indentation(content) == indent)
				split_head_line(&found, str_from_pos(content, indent));
		}
		reader->at += end == SIZE_MAX ? rest.len : end + 1;
		reader->at_line++;
	}
	head->kind = str_dup(reader->tree->arena, found.kind);
	if (found.version.len)
		head->version = str_dup(reader->tree->arena, found.version);
}

/* ---- events ---- */

#define TAG "tag:yaml.org,2002:"

/* go-yaml resolves explicit tags by the text, quoted or not; tags it does not know mean text. */
static bool resolve_tagged(struct reader *reader, struct node *node, const char *tag)
{
	static const struct {
		const char *tag;
		enum node_kind kind;
	} tags[] = {
		{TAG "null", NODE_NULL},
		{TAG "bool", NODE_BOOL},
		{TAG "int", NODE_INT},
		{TAG "float", NODE_FLOAT},
	};

	node->kind = NODE_STRING;
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		if (strcmp(tag, tags[i].tag) != 0)
			continue;
		node->kind = (uint8_t)scalar_kind(node->text);
		if (node->kind == tags[i].kind ||
		    (node->kind == NODE_INT && tags[i].kind == NODE_FLOAT))
			return true;
		return tree_fail(reader->tree, "I2G100", node,
				 str_format(reader->tree->findings->arena,
					    "the text behind the tag '!!%s' is no %s",
					    tag + strlen(TAG), tag + strlen(TAG)),
				 STR("remove the tag"));
	}
	return true;
}

static bool read_scalar(struct reader *reader, const yaml_event_t *event)
{
	const char *tag = (const char *)event->data.scalar.tag;
	const char *anchor = (const char *)event->data.scalar.anchor;
	struct tree *tree = reader->tree;
	struct node *node = tree_node(tree, NODE_STRING);

	place(reader, node, event);
	if (event->data.scalar.length <= tree->limits->scalar_bytes)
		node->text = str_dup(tree->arena, (struct str){(char *)event->data.scalar.value,
							       event->data.scalar.length});
	else
		node->text.len = event->data.scalar.length;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	/* go-yaml drops the tag "!" and then resolves as if it were not there. */
	if (node->text.at && tag && strcmp(tag, "!") != 0) {
		if (!resolve_tagged(reader, node, tag))
			return false;
	} else if (node->text.at && event->data.scalar.plain_implicit) {
		node->kind = (uint8_t)scalar_kind(node->text);
	}
	if (anchor)
		tree_anchor(tree, str_from(anchor), node);
	return tree_scalar(tree, node);
}

static bool read_open(struct reader *reader, const yaml_event_t *event, enum node_kind kind,
		      const yaml_char_t *anchor)
{
	struct node *node = tree_node(reader->tree, kind);

	place(reader, node, event);
	node->length = 1;
	if (anchor)
		tree_anchor(reader->tree, str_from((const char *)anchor), node);
	return tree_open(reader->tree, node);
}

static bool read_alias(struct reader *reader, const yaml_event_t *event)
{
	struct node *node = tree_node(reader->tree, NODE_NULL);

	place(reader, node, event);
	return tree_alias(reader->tree, str_from((char *)event->data.alias.anchor), node);
}

static void begin_document(struct reader *reader)
{
	struct tree *tree = reader->tree;

	tree_begin(tree);
	tree->head = reader->head;
	tree->skip = reader->skip;
	reader->item_taken = 0;
}

static void count_skipped(struct reader *reader)
{
	size_t taken = reader->tree->taken;

	reader->skip -= taken < reader->skip ? taken : reader->skip;
}

static bool end_document(struct reader *reader, uint32_t line)
{
	if (!tree_end(reader->tree))
		return false;
	reader->complete_line = line;
	reader->complete_taken = reader->tree->taken;
	count_skipped(reader);
	reader->tree->taken = 0;
	return true;
}

/* One event; false when the document fails. */
static bool read_event(struct reader *reader, const yaml_event_t *event, uint32_t *line)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		*line = reader->line + (uint32_t)event->start_mark.line;
		begin_document(reader);
		return true;
	case YAML_DOCUMENT_END_EVENT:
		return end_document(reader, *line);
	case YAML_SCALAR_EVENT:
		return read_scalar(reader, event);
	case YAML_MAPPING_START_EVENT:
		return read_open(reader, event, NODE_MAP, event->data.mapping_start.anchor);
	case YAML_SEQUENCE_START_EVENT:
		return read_open(reader, event, NODE_LIST, event->data.sequence_start.anchor);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		return tree_close(reader->tree);
	case YAML_ALIAS_EVENT:
		return read_alias(reader, event);
	default:
		return true;
	}
}

static void start(struct reader *reader)
{
	struct tree *tree = reader->tree;

	if (!yaml_parser_initialize(&reader->parser))
		bug_out_of_memory(sizeof reader->parser);
	reader->running = true;
	reader->odd = reader->text.at && split_is_odd(reader->text);
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	if (reader->odd)
		lines_take(&reader->lines, reader->text, SIZE_MAX);
	if (reader->input) {
		reader->item_from = reader->from;
		yaml_parser_set_input(&reader->parser, feed, reader);
	} else {
		yaml_parser_set_input_string(
			&reader->parser, (const unsigned char *)reader->text.at, reader->text.len);
	}
	tree->reader = reader;
	tree->look_ahead = look_ahead;
	tree->taken = 0;
	tree->problem = (struct problem){0};
}

bool read_documents(struct reader *reader)
{
	yaml_event_t event;
	yaml_event_type_t type = YAML_NO_EVENT;
	struct tree *tree = reader->tree;
	uint32_t line = 0;

	start(reader);
	while (type != YAML_STREAM_END_EVENT) {
		if (!yaml_parser_parse(&reader->parser, &event))
			break;
		type = event.type;

		bool fine = read_event(reader, &event, &line);

		yaml_event_delete(&event);
		if (!fine)
			break;
	}
	if (type == YAML_STREAM_END_EVENT)
		return true;
	reader->taken = tree->taken;
	reader->failed_line = tree->problem.code ? tree->problem.line - reader->line + 1
						 : (uint32_t)reader->parser.problem_mark.line + 1;
	count_skipped(reader);
	return false;
}

void read_problem(struct reader *reader, struct str text, uint32_t first)
{
	struct tree *tree = reader->tree;
	struct problem *problem = &tree->problem;

	if (problem->code)
		return;
	if (reader->item_too_large) {
		*problem = (struct problem){
			.code = "I2G102",
			.message = str_format(tree->findings->arena,
					      "an item of the List is larger than %zu bytes",
					      tree->limits->document_bytes),
			.line = reader->line +
				lines_place(&reader->lines, reader->parser.mark.line).line,
			.column = 1,
		};
		return;
	}
	hint_explain(problem, tree->findings->arena, &reader->parser,
		     (struct hint_text){text, first - 1, reader->line});

	struct line_place base = lines_place(&reader->lines, problem->line - 1);

	problem->line = reader->line + base.line;
	problem->column += base.column;
}

void read_finish(struct reader *reader)
{
	if (reader->running)
		yaml_parser_delete(&reader->parser);
	reader->running = false;
	lines_finish(&reader->lines);
}
