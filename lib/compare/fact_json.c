#include <stdlib.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/map.h"
#include "compare/fact_parts.h"
#include "yaml/json.h"

enum { DEPTH = 64, PATH_MOST = 200, KEY_MOST = 64 };

/* ---- reading ---- */

struct body_json_state {
	struct arena arena;
	struct findings findings;
	struct tree tree;
	struct json json;
	struct buf text;
	const struct node *root;
};

static void take(void *user, const struct yaml_item *item)
{
	struct body_json_state *state = user;

	state->root = item->root;
}

/* What begins like JSON is worth trying. */
static bool looks_like_json(const struct answer *answer)
{
	struct str text = str_trim(answer->body);

	return answer->body.len == answer->body_length && text.len > 1 &&
	       (text.at[0] == '{' || text.at[0] == '[');
}

/* In brackets, because a document that is a List of Kubernetes is handed out in pieces. */
static void read_value(struct body_json_state *state)
{
	enum json_result first, second = JSON_END;
	size_t skip = 0;

	json_init(&state->json, buf_slice(&state->text), NULL, 0, 1);
	first = json_next(&state->json, &skip);
	if (first == JSON_VALUE)
		second = json_next(&state->json, &skip);
	if (first != JSON_VALUE || second != JSON_END)
		state->root = NULL;
	json_finish(&state->json);
}

void body_json_read(struct body_json *json, const struct answer *answer)
{
	static const struct yaml_limits limits = {1 << 20, 1 << 20, 1 << 20, DEPTH, 1 << 20, 1, 1};
	struct body_json_state *state;

	*json = (struct body_json){0};
	if (!looks_like_json(answer))
		return;
	state = calloc(1, sizeof *state);
	if (!state)
		bug_out_of_memory(sizeof *state);
	json->state = state;
	arena_init(&state->arena);
	findings_init(&state->findings, &state->arena);
	state->tree = (struct tree){
		.findings = &state->findings, .limits = &limits, .take = take, .user = state};
	tree_init(&state->tree);
	buf_char(&state->text, '[');
	buf_str(&state->text, answer->body);
	buf_char(&state->text, ']');
	state->json.tree = &state->tree;
	read_value(state);
	/* "[1],[2]" is no value, though a list in brackets. */
	if (state->root && state->root->kind == NODE_LIST && state->root->count == 1)
		json->root = state->root->first;
}

void body_json_finish(struct body_json *json)
{
	struct body_json_state *state = json->state;

	if (!state)
		return;
	tree_finish(&state->tree);
	arena_finish(&state->arena);
	buf_finish(&state->text);
	free(state);
}

/* ---- values ---- */

static bool is_number(const struct node *node)
{
	return node->kind == NODE_INT || node->kind == NODE_FLOAT;
}

static bool is_scalar(const struct node *node)
{
	return node->kind != NODE_LIST && node->kind != NODE_MAP;
}

static bool same_scalar(struct arena *arena, const struct node *a, const struct node *b,
			bool times_only)
{
	if (is_number(a) && is_number(b)) {
		/* Texts end in NUL where they were read into an arena; copies do in any case. */
		if (mask_same(arena, a->text, b->text, times_only))
			return true;
		return strtod(str_dup(arena, a->text).at, NULL) ==
		       strtod(str_dup(arena, b->text).at, NULL);
	}
	return a->kind == b->kind && mask_same(arena, a->text, b->text, times_only);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15u;
	a ^= a >> 29;
	a *= 0xbf58476d1ce4e5b9u;
	return a ^ a >> 32;
}

static struct str scalar_text(struct arena *arena, const struct node *node, bool times_only)
{
	if (is_number(node) && str_eq(mask_text(arena, node->text, times_only), node->text))
		return str_format(arena, "%.17g", strtod(str_dup(arena, node->text).at, NULL));
	return mask_text(arena, node->text, times_only);
}

/* As shown to people. */
static struct str words(struct arena *arena, const struct node *node)
{
	if (!node)
		return (struct str){0};
	switch (node->kind) {
	case NODE_LIST:
		return str_format(arena, "[%u items]", node->count);
	case NODE_MAP:
		return str_format(arena, "{%u keys}", node->count);
	case NODE_STRING:
		return STR_JOIN(arena, STR("\""), node->text, STR("\""));
	default:
		return node->text.at ? node->text : STR("null");
	}
}

/* ---- comparing ---- */

struct walk {
	struct fact_job *job;
	struct arena *arena; /* of the hashes: given back afterwards */
	struct map
		hashes; /* address of a list or map -> uint64_t: each is hashed once, however deep */
	struct buf path;
};

static uint64_t value_hash(struct walk *walk, const struct node *node);

static uint64_t collection_hash(struct walk *walk, const struct node *node)
{
	uint64_t sum = 0;

	node_each(child, node)
	{
		if (node->kind == NODE_LIST)
			sum += mix(1, value_hash(walk, child));
		else
			sum += mix(str_hash(mask_text(walk->arena, child->text,
						      walk->job->steady_body)),
				   value_hash(walk, child->value));
	}
	return mix(node->kind, sum);
}

/* The same for values that are equal but for what is masked, the order of keys, and that of items. */
static uint64_t value_hash(struct walk *walk, const struct node *node)
{
	const struct node **place;
	uint64_t *hash;
	struct str key;

	if (is_scalar(node))
		return mix(is_number(node) ? NODE_INT : node->kind,
			   str_hash(scalar_text(walk->arena, node, walk->job->steady_body)));
	place = arena_new(walk->arena, const struct node *);
	*place = node;
	key = (struct str){(const char *)place, sizeof *place};
	hash = map_get(&walk->hashes, key);
	if (!hash) {
		hash = arena_new(walk->arena, uint64_t);
		*hash = collection_hash(walk, node);
		*map_at(&walk->hashes, key) = hash;
	}
	return *hash;
}

static void compare(struct walk *walk, const struct node *a, const struct node *b);

static void differ(struct walk *walk, const struct node *a, const struct node *b)
{
	fact_add(walk->job, FACT_BODY, buf_slice(&walk->path), words(walk->job->arena, a),
		 words(walk->job->arena, b));
}

static bool is_identifier(struct str key)
{
	bool fits = key.len > 0;

	for (size_t i = 0; fits && i < key.len; i++) {
		char c = key.at[i];

		fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		       c == '_' || c == '-';
	}
	return fits;
}

/* Like a number, or a name that is made anew each time. */
static bool is_volatile(struct arena *arena, struct str key)
{
	int64_t number;

	return str_to_int(key, &number) || !str_eq(mask_text(arena, key, false), key);
}

static void push_key(struct walk *walk, struct str key)
{
	if (is_volatile(walk->arena, key))
		buf_text(&walk->path, ".*");
	else if (is_identifier(key))
		buf_format(&walk->path, ".%.*s", STR_ARG(str_sub(key, 0, KEY_MOST)));
	else
		buf_format(&walk->path, "[\"%.*s\"]", STR_ARG(str_sub(key, 0, KEY_MOST)));
}

static void compare_key(struct walk *walk, struct str key, const struct node *a,
			const struct node *b)
{
	size_t before = walk->path.len;

	push_key(walk, key);
	if (a && b)
		compare(walk, a, b);
	else
		differ(walk, a, b);
	walk->path.len = before;
}

static void compare_maps(struct walk *walk, const struct node *a, const struct node *b)
{
	struct map seen;

	map_init(&seen, walk->arena);
	node_each(key, b) * map_at(&seen, key->text.at ? key->text : STR("")) = key;
	node_each(key, a)
	{
		struct str name = key->text.at ? key->text : STR("");
		const struct node *other = map_get(&seen, name);

		if (other)
			*map_at(&seen, name) = NULL;
		compare_key(walk, name, key->value, other ? other->value : NULL);
	}
	node_each(key, b) if (map_get(&seen, key->text.at ? key->text : STR("")))
		compare_key(walk, key->text, NULL, key->value);
}

struct item {
	const struct node *node;
	uint64_t hash;
	size_t place;
};

static int by_hash(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static int by_place(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

static struct item *items_of(struct walk *walk, const struct node *list)
{
	struct item *items = arena_array(walk->arena, struct item, list->count + 1u);
	size_t count = 0;

	node_each(item, list)
	{
		items[count] = (struct item){item, value_hash(walk, item), count};
		count++;
	}
	qsort(items, count, sizeof *items, by_hash);
	return items;
}

/* Takes out what both have, whatever the order; what is left stands in front, as it stood in the lists. */
static void drop_common(struct item *a, size_t *a_count, struct item *b, size_t *b_count)
{
	size_t i = 0, k = 0, a_left = 0, b_left = 0;

	while (i < *a_count || k < *b_count) {
		int order = i == *a_count ? 1 : k == *b_count ? -1 : by_hash(&a[i], &b[k]);

		if (order < 0)
			a[a_left++] = a[i];
		if (order > 0)
			b[b_left++] = b[k];
		i += order <= 0;
		k += order >= 0;
	}
	*a_count = a_left;
	*b_count = b_left;
	qsort(a, a_left, sizeof *a, by_place);
	qsort(b, b_left, sizeof *b, by_place);
}

static void compare_lists(struct walk *walk, const struct node *a, const struct node *b)
{
	struct item *left = items_of(walk, a), *right = items_of(walk, b);
	size_t left_count = a->count, right_count = b->count;
	size_t before = walk->path.len;

	drop_common(left, &left_count, right, &right_count);
	buf_text(&walk->path, "[*]");
	if (a->count != b->count)
		differ(walk, a, b);
	else if (!left_count)
		ignore_note(walk->job->ignore, STR("body order of lists"));
	for (size_t i = 0; i < left_count && i < right_count && a->count == b->count; i++)
		compare(walk, left[i].node, right[i].node);
	walk->path.len = before;
}

static void compare(struct walk *walk, const struct node *a, const struct node *b)
{
	if (a->kind == NODE_MAP && b->kind == NODE_MAP)
		compare_maps(walk, a, b);
	else if (a->kind == NODE_LIST && b->kind == NODE_LIST)
		compare_lists(walk, a, b);
	else if (!is_scalar(a) || !is_scalar(b) ||
		 !same_scalar(walk->arena, a, b, walk->job->steady_body))
		differ(walk, a, b);
}

bool fact_json(struct fact_job *job)
{
	struct body_json live, candidate;
	struct arena arena;
	struct walk walk = {.job = job, .arena = &arena, .path = {.ceiling = PATH_MOST}};
	bool both;

	arena_init(&arena);
	map_init(&walk.hashes, &arena);
	body_json_read(&live, job->live);
	body_json_read(&candidate, job->candidate);
	both = live.root && candidate.root;
	if (both) {
		buf_char(&walk.path, '$');
		compare(&walk, live.root, candidate.root);
	}
	body_json_finish(&live);
	body_json_finish(&candidate);
	buf_finish(&walk.path);
	arena_finish(&arena);
	return both;
}
