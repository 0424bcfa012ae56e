#include "yaml/tree.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/bug.h"
#include "yaml/scalar.h"

/* Maps up to this many keys are compared key by key, larger ones through a hash table. */
enum { SMALL_MAP = 12, FINDINGS_MOST = 100 };

struct duplicate {
	struct str path;
	struct node *loser, *winner;
	bool at_root;
};

void tree_init(struct tree *tree)
{
	tree->frames = calloc(TREE_DEPTH_MOST + 1, sizeof *tree->frames);
	if (!tree->frames)
		bug_out_of_memory((TREE_DEPTH_MOST + 1) * sizeof *tree->frames);
	arena_init(&tree->document_arena);
	arena_init(&tree->item_arena);
}

void tree_finish(struct tree *tree)
{
	arena_finish(&tree->document_arena);
	arena_finish(&tree->item_arena);
	free(tree->frames);
	free(tree->table);
}

static void forget_item(struct tree *tree)
{
	tree->duplicates = NULL;
	tree->duplicate_count = 0;
	tree->first_alias = NULL;
}

void tree_begin(struct tree *tree)
{
	arena_rewind(&tree->document_arena, (struct arena_mark){0});
	arena_rewind(&tree->item_arena, (struct arena_mark){0});
	tree->arena = &tree->document_arena;
	forget_item(tree);
	tree->problem = (struct problem){0};
	tree->root = NULL;
	tree->depth = 0;
	tree->nodes = tree->alias_nodes = 0;
	tree->head = (struct list_head){0};
	tree->items = NULL;
	tree->taken = tree->skip = 0;
	tree->keep = false;
	tree->anchor = NULL;
	map_init(&tree->anchors, &tree->document_arena);
}

bool tree_fail(struct tree *tree, const char *code, const struct node *place, struct str message,
	       struct str hint)
{
	tree->problem = (struct problem){.code = code,
					 .message = message,
					 .hint = hint,
					 .line = place->line,
					 .column = place->column,
					 .length = place->length};
	return false;
}

void tree_report(struct tree *tree, struct finding finding)
{
	if (tree->reported++ < FINDINGS_MOST) {
		findings_add(tree->findings, finding);
	} else if (tree->reported == FINDINGS_MOST + 1) {
		finding.code = "I2G102";
		finding.path = (struct str){0};
		finding.message =
			STR("so much is wrong in this part of the file that what follows in it "
			    "is not reported");
		finding.hint = (struct str){0};
		findings_add(tree->findings, finding);
	}
}

struct node *tree_node(struct tree *tree, enum node_kind kind)
{
	struct node *node = arena_new(tree->arena, struct node);

	node->kind = (uint8_t)kind;
	node->length = 1;
	tree->nodes++;
	return node;
}

/* ---- field paths ---- */

/* "spec.rules[0].host"; keys that are no identifiers as ["a.b/c"]. */
static void path_key(struct buf *path, struct str key)
{
	bool bare = key.len > 0;

	for (size_t i = 0; i < key.len; i++)
		bare = bare && key.at[i] != '.' && key.at[i] != '[' && key.at[i] != '"';
	if (bare)
		buf_format(path, "%s%.*s", path->len ? "." : "", STR_ARG(key));
	else
		buf_format(path, "[\"%.*s\"]", STR_ARG(key));
}

/* Path of a key of the innermost open map, counted from the object that will be handed out. */
static struct str path_of(struct tree *tree, struct str key)
{
	struct buf path = {.ceiling = 4096};
	unsigned from = tree->items && tree->depth > 2 ? 2 : 0;

	for (unsigned i = from; i + 1 < tree->depth; i++) {
		struct tree_frame *frame = &tree->frames[i];

		if (frame->node->kind == NODE_LIST)
			buf_format(&path, "[%u]", (unsigned)frame->node->count);
		else if (frame->key)
			path_key(&path, frame->key->text);
	}
	path_key(&path, key);

	struct str copy = str_dup(tree->findings->arena, buf_slice(&path));

	buf_finish(&path);
	return copy;
}

/* ---- duplicate keys ---- */

/* A key that lost is marked here (keys do not use their count) and taken out at the end. */
#define LOST UINT32_MAX

/* The later key wins, as in go-yaml. What a merge key brought in is overridden on purpose. */
static void settle_duplicate(struct tree *tree, struct node *loser, struct node *winner)
{
	loser->count = LOST;
	if (!loser->merged)
		winner->first = loser;
	if (loser->merged || winner->merged || tree->duplicate_count > FINDINGS_MOST)
		return;

	struct duplicate duplicate = {.path = path_of(tree, winner->text),
				      .loser = loser,
				      .winner = winner,
				      .at_root = tree->depth == (tree->items ? 3 : 1)};

	ARENA_PUSH(tree->arena, tree->duplicates, tree->duplicate_count, duplicate);
}

static void drop_losers(struct node *map)
{
	struct node **at = &map->first;

	map->last = NULL;
	while (*at) {
		if ((*at)->count == LOST) {
			*at = (*at)->next;
			map->count--;
		} else {
			map->last = *at;
			at = &(*at)->next;
		}
	}
}

static bool same_key(const struct node *a, const struct node *b)
{
	return a->text.len == b->text.len && memcmp(a->text.at, b->text.at, a->text.len) == 0;
}

static bool settle_small_map(struct tree *tree, struct node *map)
{
	bool found = false;

	node_each(key, map)
	{
		struct node *later = key->next;

		while (later && !same_key(key, later))
			later = later->next;
		if (!later)
			continue;
		settle_duplicate(tree, key, later);
		found = true;
	}
	return found;
}

static void clear_table(struct tree *tree, size_t room)
{
	if (room > tree->table_room) {
		free(tree->table);
		tree->table = malloc(room * sizeof *tree->table);
		if (!tree->table)
			bug_out_of_memory(room * sizeof *tree->table);
		tree->table_room = room;
	}
	memset(tree->table, 0, room * sizeof *tree->table);
}

static bool settle_large_map(struct tree *tree, struct node *map)
{
	size_t room = 64;
	bool found = false;

	while (room < (size_t)map->count * 2)
		room *= 2;
	clear_table(tree, room);
	node_each(key, map)
	{
		size_t at = str_hash(key->text) & (room - 1);

		while (tree->table[at] && !same_key(tree->table[at], key))
			at = (at + 1) & (room - 1);
		if (tree->table[at]) {
			settle_duplicate(tree, tree->table[at], key);
			found = true;
		}
		tree->table[at] = key;
	}
	return found;
}

static void settle_duplicates(struct tree *tree, struct node *map)
{
	bool found =
		map->count <= SMALL_MAP ? settle_small_map(tree, map) : settle_large_map(tree, map);

	if (found)
		drop_losers(map);
}

static struct object_ref object_of(struct tree *tree, const struct node *root)
{
	const struct node *metadata = node_get(root, "metadata");
	struct arena *arena = tree->findings->arena;

	return (struct object_ref){
		.kind = str_dup(arena, node_text(root, "kind")),
		.namespace = str_dup(arena, node_text(metadata, "namespace")),
		.name = str_dup(arena, node_text(metadata, "name")),
	};
}

/* "---" was forgotten between two objects: every root key stands twice. One finding says so. */
static const struct duplicate *missing_separator(const struct tree *tree)
{
	const struct duplicate *version = NULL, *kind = NULL, *first = NULL;

	for (size_t i = 0; i < tree->duplicate_count; i++) {
		const struct duplicate *duplicate = &tree->duplicates[i];

		if (!duplicate->at_root)
			continue;
		if (str_is(duplicate->winner->text, "apiVersion"))
			version = duplicate;
		if (str_is(duplicate->winner->text, "kind"))
			kind = duplicate;
		if (!first || duplicate->winner->line < first->winner->line)
			first = duplicate;
	}
	return version && kind ? first : NULL;
}

static void report_separator(struct tree *tree, struct object_ref object,
			     const struct duplicate *first)
{
	tree_report(tree,
		    (struct finding){
			    .code = "I2G104",
			    .object = object,
			    .path = first->path,
			    .span = node_span(first->winner, tree->source),
			    .message = STR(
				    "a second object starts here without '---' in front; kubectl "
				    "reads both as one, and of each key the last one wins"),
			    .hint = STR("put a line '---' in front of this line"),
		    });
}

static void report_duplicates(struct tree *tree, const struct node *root)
{
	if (!tree->duplicate_count)
		return;

	struct object_ref object = object_of(tree, root);
	const struct duplicate *separator = missing_separator(tree);

	if (separator)
		report_separator(tree, object, separator);
	for (size_t i = 0; i < tree->duplicate_count; i++) {
		const struct duplicate *duplicate = &tree->duplicates[i];

		if (separator && duplicate->at_root)
			continue;
		tree_report(tree, (struct finding){
					  .code = "I2G104",
					  .object = object,
					  .path = duplicate->path,
					  .span = node_span(duplicate->winner, tree->source),
					  .message = str_format(
						  tree->findings->arena,
						  "duplicate key '%.*s': kubectl takes this "
						  "value and drops the one on line %u",
						  STR_ARG(str_sub(duplicate->winner->text, 0, 80)),
						  (unsigned)duplicate->loser->line),
					  .hint = STR("keep one of the two"),
				  });
	}
}

/* ---- handing out ---- */

/* "Ingress" of "IngressList", "" of "List"; false for kinds of no list. */
static bool item_kind(struct str kind, struct str *item)
{
	*item = (struct str){0};
	if (!str_ends(kind, "List"))
		return false;
	*item = str_sub(kind, 0, kind.len - strlen("List"));
	return true;
}

static void hand_out(struct tree *tree, struct node *root, struct str kind, struct str version)
{
	struct yaml_item item = {.root = root,
				 .source = tree->source,
				 .list_kind = kind,
				 .list_version = kind.len ? version : (struct str){0},
				 .alias = tree->first_alias};

	if (root->kind == NODE_NULL || tree->taken++ < tree->skip)
		return;
	report_duplicates(tree, root);
	tree->duplicate_count = 0;
	tree->take(tree->user, &item);
}

static void deliver(struct tree *tree, struct node *root, struct str kind, struct str version)
{
	struct node *items = node_get(root, "items");
	struct str inner = {0};

	if (!items || items->kind != NODE_LIST || !item_kind(node_text(root, "kind"), &inner)) {
		hand_out(tree, root, kind, version);
		return;
	}
	node_each(item, items) deliver(tree, item, inner, node_text(root, "apiVersion"));
}

bool tree_end(struct tree *tree)
{
	struct str kind = {0};

	if (!tree->root)
		return true;
	if (tree->head.known && item_kind(tree->head.kind, &kind))
		report_duplicates(tree, tree->root);
	else
		deliver(tree, tree->root, (struct str){0}, (struct str){0});
	return true;
}

/* An item of a streamed List is complete. */
static void take_item(struct tree *tree, struct node *item)
{
	struct str kind = {0};

	item_kind(tree->head.kind, &kind);
	deliver(tree, item, kind, tree->head.version);
	forget_item(tree);
	tree->items->node->count++;
	if (tree->keep)
		return;
	tree->nodes = tree->alias_nodes = 0;
	arena_rewind(&tree->item_arena, (struct arena_mark){0});
}

/* Called when the list under the root's key "items" opens: streams it when the document is known to
 * be a List by what stands above it or by looking ahead. */
static void start_items(struct tree *tree, struct tree_frame *frame)
{
	const struct node *root = tree->frames[0].node;
	struct str kind = {0};

	if (!tree->head.known) {
		tree->head.kind = node_text(root, "kind");
		tree->head.version = node_text(root, "apiVersion");
		if (tree->look_ahead && !tree->head.kind.len)
			tree->look_ahead(tree->reader, &tree->head);
		tree->head.known = item_kind(tree->head.kind, &kind);
	}
	/* Somebody may want all items of an anchored list once more. */
	if (frame->anchor)
		tree->head.known = false;
	if (!tree->head.known || !item_kind(tree->head.kind, &kind))
		return;
	tree->items = frame;
	tree->arena = &tree->item_arena;
}

/* ---- building ---- */

static bool check_size(struct tree *tree, const struct node *place)
{
	size_t aliases = tree->limits->alias_nodes;

	if (tree->nodes > tree->limits->nodes)
		return tree_fail(tree, "I2G102", place,
				 str_format(tree->findings->arena,
					    "the document has more than %zu nodes",
					    tree->limits->nodes),
				 (struct str){0});
	if (aliases < tree->nodes * 10)
		aliases = tree->nodes * 10;
	if (tree->alias_nodes > aliases)
		return tree_fail(tree, "I2G102", place,
				 STR("aliases and merge keys make the document more than ten times "
				     "as large as it is written"),
				 STR("kubectl refuses this as well (excessive aliasing)"));
	return true;
}

static bool fail_merge(struct tree *tree, const struct node *key)
{
	return tree_fail(tree, "I2G100", key,
			 STR("the merge key '<<' needs a map, or a list of maps, as its value"),
			 STR("kubectl refuses this document as well"));
}

static bool merge_map(struct tree *tree, struct node *map, const struct node *key,
		      const struct node *from)
{
	if (from->kind != NODE_MAP)
		return fail_merge(tree, key);
	tree->alias_nodes += from->count;
	if (!check_size(tree, key))
		return false;
	node_each(child, from)
	{
		struct node *copy = arena_new(tree->arena, struct node);

		*copy = *child;
		copy->next = NULL;
		copy->merged = true;
		node_push(map, copy);
	}
	return true;
}

/* go-yaml v2: keys are set in the order of the file, a merge at its place included; of a list of
 * maps the first one takes precedence, so it is set last. */
static bool merge(struct tree *tree, struct node *map, const struct node *key,
		  const struct node *value)
{
	const struct node **maps = NULL;
	size_t count = 0;

	if (!tree->first_alias)
		tree->first_alias = key;
	if (value->kind == NODE_MAP)
		return merge_map(tree, map, key, value);
	if (value->kind != NODE_LIST)
		return fail_merge(tree, key);
	node_each(child, value) ARENA_PUSH(tree->arena, maps, count, child);
	while (count--)
		if (!merge_map(tree, map, key, maps[count]))
			return false;
	return true;
}

static bool attach_key(struct tree *tree, struct tree_frame *frame, struct node *key)
{
	if (key->kind == NODE_MAP || key->kind == NODE_LIST)
		return tree_fail(tree, "I2G100", key,
				 STR("a map or list cannot be the key of a map"),
				 STR("quote the text if it is meant as text"));
	if (key->kind == NODE_NULL)
		return tree_fail(tree, "I2G100", key, STR("null cannot be the key of a map"),
				 STR("quote the key"));
	frame->merge = key->plain && str_is(key->text, "<<");
	key->text = scalar_key(tree->arena, key->kind, key->text);
	key->kind = NODE_STRING;
	frame->key = key;
	return true;
}

static bool attach_value(struct tree *tree, struct tree_frame *frame, struct node *value)
{
	struct node *key = frame->key;

	frame->key = NULL;
	if (frame->merge)
		return merge(tree, frame->node, key, value);
	key->value = value;
	node_push(frame->node, key);
	return true;
}

static bool attach(struct tree *tree, struct node *node)
{
	if (!check_size(tree, node))
		return false;
	if (tree->depth == 0) {
		tree->root = node;
		return true;
	}

	struct tree_frame *frame = &tree->frames[tree->depth - 1];

	if (frame->node->kind == NODE_MAP)
		return frame->key ? attach_value(tree, frame, node) : attach_key(tree, frame, node);
	if (frame == tree->items)
		take_item(tree, node);
	else
		node_push(frame->node, node);
	return true;
}

/* A child of this height goes into the innermost open collection. */
static void grow(struct tree *tree, unsigned height)
{
	struct tree_frame *frame = tree->depth ? &tree->frames[tree->depth - 1] : NULL;

	if (frame && frame->height < height)
		frame->height = height;
}

static bool fail_depth(struct tree *tree, const struct node *place)
{
	return tree_fail(tree, "I2G102", place,
			 str_format(tree->findings->arena,
				    "maps and lists are nested deeper than %u levels",
				    tree->limits->depth),
			 (struct str){0});
}

void tree_anchor(struct tree *tree, struct str name, struct node *node)
{
	struct tree_anchor *anchor = arena_new(tree->arena, struct tree_anchor);
	bool scalar = node->kind != NODE_MAP && node->kind != NODE_LIST;

	*anchor = (struct tree_anchor){
		.node = node,
		.start = tree->nodes + tree->alias_nodes - 1,
		.size = 1,
		.open = !scalar,
	};
	*map_at(&tree->anchors, str_dup(tree->arena, name)) = anchor;
	if (!scalar)
		tree->anchor = anchor;
	tree->keep |= tree->items != NULL;
}

bool tree_alias(struct tree *tree, struct str name, struct node *place)
{
	struct tree_anchor *anchor = map_get(&tree->anchors, name);
	struct node old = *place;

	if (!anchor || anchor->open)
		return tree_fail(
			tree, "I2G100", place,
			str_format(tree->findings->arena,
				   anchor ? "anchor '%.*s' contains itself"
					  : "no anchor '&%.*s' stands above this alias",
				   STR_ARG(str_sub(name, 0, 80))),
			anchor ? (struct str){0}
			       : STR("anchors work inside one document only; quote the value "
				     "if '*' is meant as text"));
	if (tree->depth + anchor->height > tree->limits->depth)
		return fail_depth(tree, place);
	grow(tree, anchor->height);
	if (!tree->first_alias)
		tree->first_alias = place;
	*place = *anchor->node;
	place->next = NULL;
	place->line = old.line;
	place->column = old.column;
	place->length = old.length;
	if (__builtin_add_overflow(tree->alias_nodes, anchor->size, &tree->alias_nodes))
		tree->alias_nodes = SIZE_MAX / 2;
	return attach(tree, place);
}

bool tree_scalar(struct tree *tree, struct node *scalar)
{
	if (scalar->text.len > tree->limits->scalar_bytes)
		return tree_fail(tree, "I2G102", scalar,
				 str_format(tree->findings->arena,
					    "a value of %zu bytes is larger than the limit of %zu",
					    scalar->text.len, tree->limits->scalar_bytes),
				 (struct str){0});
	return attach(tree, scalar);
}

bool tree_open(struct tree *tree, struct node *collection)
{
	if (tree->depth >= tree->limits->depth || tree->depth >= TREE_DEPTH_MOST)
		return fail_depth(tree, collection);

	struct tree_frame *frame = &tree->frames[tree->depth++];

	*frame = (struct tree_frame){.node = collection, .anchor = tree->anchor};
	tree->anchor = NULL;
	if (tree->depth == 2 && collection->kind == NODE_LIST &&
	    tree->frames[0].node->kind == NODE_MAP && tree->frames[0].key &&
	    str_is(tree->frames[0].key->text, "items"))
		start_items(tree, frame);
	return true;
}

bool tree_close(struct tree *tree)
{
	struct tree_frame *frame = &tree->frames[tree->depth - 1];
	struct node *node = frame->node;

	if (node->kind == NODE_MAP && node->count > 1)
		settle_duplicates(tree, node);
	if (frame->anchor) {
		frame->anchor->open = false;
		frame->anchor->height = frame->height + 1;
		frame->anchor->size = tree->nodes + tree->alias_nodes - frame->anchor->start;
	}
	if (frame == tree->items) {
		tree->items = NULL;
		tree->arena = &tree->document_arena;
	}
	tree->depth--;
	grow(tree, frame->height + 1);
	return attach(tree, node);
}
