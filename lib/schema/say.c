#include "schema/types.h"
#include "yaml/utf8.h"
#include "yaml/write.h"

enum { QUOTED_MOST = 200 };

static void add_path(struct buf *buf, const struct schema_at *at)
{
	if (!at->up)
		return;
	add_path(buf, at->up);
	if (!at->name.at)
		buf_format(buf, "[%zu]", at->index);
	else if (str_find(at->name, '.') != SIZE_MAX || str_find(at->name, '/') != SIZE_MAX)
		buf_format(buf, "[%.*s]", STR_ARG(at->name));
	else
		buf_format(buf, "%s%.*s", buf->len ? "." : "", STR_ARG(at->name));
}

struct str schema_path(const struct schema_check *check, const struct schema_at *at)
{
	struct buf buf;
	struct str path;

	buf_init(&buf);
	add_path(&buf, at);
	path = str_dup(check->result->arena, buf_slice(&buf));
	buf_finish(&buf);
	return path;
}

static size_t cut_at(struct str text)
{
	size_t at = text.len < QUOTED_MOST ? text.len : QUOTED_MOST;

	while (at < text.len && at && (text.at[at] & 0xc0) == 0x80)
		at--;
	return at;
}

struct str schema_quote(const struct schema_check *check, const struct node *node)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	/* A value may be megabytes: only what is shown is written. */
	if (node->kind == NODE_STRING)
		json_write_string(&buf, str_sub(node->text, 0, cut_at(node->text)));
	else if (node->kind == NODE_LIST || node->kind == NODE_MAP)
		buf_format(&buf, "\"%s\"", node_kind_name(node->kind));
	else
		buf_str(&buf, node->kind == NODE_NULL ? STR("null") : node->text);
	text = str_dup(check->result->arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static bool is_error(enum schema_violation_kind kind)
{
	return kind < SCHEMA_UNSUPPORTED_RULE;
}

static bool is_blocking(enum schema_violation_kind kind)
{
	return kind >= SCHEMA_REQUIRED && kind <= SCHEMA_NOT_SUPPORTED;
}

/* Scalars are marked themselves, maps and lists by their key: a mark at their first line helps nobody.
 * What a default put there is marked where the default belongs. */
static struct span span_of(const struct schema_check *check, const struct schema_at *at,
			   const struct node *node)
{
	if (node && node->line && node->kind != NODE_LIST && node->kind != NODE_MAP)
		return node_span(node, check->result->source);
	for (; at; at = at->up)
		if (at->place && at->place->line)
			return node_span(at->place, check->result->source);
	return (struct span){0};
}

void schema_say(struct schema_check *check, const struct schema_at *at, const struct node *node,
		struct schema_violation violation)
{
	struct schema_result *result = check->result;

	check->spoke = true;
	if (is_error(violation.kind))
		check->errors++;
	if (check->silent)
		return;
	check->blocking |= is_blocking(violation.kind);
	result->refused |= is_error(violation.kind);
	if (result->count >= SCHEMA_VIOLATIONS_MOST) {
		result->more = true;
		return;
	}
	violation.span = span_of(check, at, node);
	ARENA_PUSH(result->arena, result->violations, result->count, violation);
}
