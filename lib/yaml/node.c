#include "yaml/node.h"

#include "base/arena.h"
#include "base/bug.h"
#include "yaml/scalar.h"

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_NULL] = "null",  [NODE_STRING] = "string", [NODE_BOOL] = "bool",
		[NODE_INT] = "int",    [NODE_FLOAT] = "float",   [NODE_LIST] = "array",
		[NODE_MAP] = "object",
	};

	return names[kind];
}

struct node *node_key(const struct node *map, const char *key)
{
	size_t len = strlen(key);
	struct node *last = NULL;

	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (struct node *child = map->first; child; child = child->next)
		if (child->text.len == len && memcmp(child->text.at, key, len) == 0)
			last = child;
	return last;
}

struct node *node_get(const struct node *map, const char *key)
{
	struct node *found = node_key(map, key);

	return found ? found->value : NULL;
}

struct str node_text(const struct node *map, const char *key)
{
	const struct node *value = node_get(map, key);

	return value && value->kind == NODE_STRING ? value->text : (struct str){0};
}

bool node_to_int(const struct node *node, int64_t *value)
{
	if (!node || node->kind != NODE_INT)
		return false;
	*value = scalar_int(node->text);
	return true;
}

bool node_to_bool(const struct node *node, bool *value)
{
	if (!node || node->kind != NODE_BOOL)
		return false;
	*value = scalar_bool(node->text);
	return true;
}

struct span node_span(const struct node *node, uint32_t source)
{
	return (struct span){source, node->line, node->column, node->length};
}

static struct node *node_new(struct arena *arena, enum node_kind kind, struct str text)
{
	struct node *node = arena_new(arena, struct node);

	node->kind = (uint8_t)kind;
	node->text = text;
	return node;
}

struct node *node_map_new(struct arena *arena)
{
	return node_new(arena, NODE_MAP, (struct str){0});
}

struct node *node_list_new(struct arena *arena)
{
	return node_new(arena, NODE_LIST, (struct str){0});
}

struct node *node_string_new(struct arena *arena, struct str text)
{
	return node_new(arena, NODE_STRING, text);
}

struct node *node_int_new(struct arena *arena, int64_t value)
{
	char digits[20], *at = digits + sizeof digits;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--at = '-';
	return node_new(arena, NODE_INT,
			str_dup(arena, (struct str){at, (size_t)(digits + sizeof digits - at)}));
}

struct node *node_bool_new(struct arena *arena, bool value)
{
	return node_new(arena, NODE_BOOL, value ? STR("true") : STR("false"));
}

struct node *node_push(struct node *list, struct node *item)
{
	if (list->last)
		list->last->next = item;
	else
		list->first = item;
	list->last = item;
	list->count++;
	return item;
}

struct node *node_set_str(struct arena *arena, struct node *map, struct str key, struct node *value)
{
	BUG_UNLESS(map->kind == NODE_MAP);

	struct node *node = node_string_new(arena, key);

	node->value = value;
	node_push(map, node);
	return value;
}

struct node *node_push_map(struct arena *arena, struct node *list)
{
	return node_push(list, node_map_new(arena));
}

void node_push_string(struct arena *arena, struct node *list, struct str text)
{
	node_push(list, node_string_new(arena, text));
}
