/* two_ways.c - the short way through a schema against the general one: on objects as they are, and on
 * copies in which something was changed at random.
 *
 * usage: two_ways CHANNEL SEED COPIES CRDS|- FILE...
 *
 * "Clean" of the short way must mean that the general way has nothing at all to say. Prints each object
 * where it does not, then how many were looked at, how many were clean, and how many of the clean ones the
 * short way knew: "objects 10 clean 7 known 7". Status 1 when the two disagreed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "schema/quick.h"
#include "schema/schema.h"
#include "yaml/stream.h"
#include "yaml/write.h"

static struct arena kept, scratch;
static struct schema_set set;
static struct findings findings;
static unsigned copies;
static uint64_t state;
static size_t objects, clean, known, wrong;

static uint32_t random_below(uint32_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return limit ? (uint32_t)(state >> 33) % limit : 0;
}

/* ---- one object, both ways ---- */

static void show(const struct node *object, const struct schema_result *result)
{
	struct buf buf;

	wrong++;
	buf_init(&buf);
	json_write(&buf, object, false, 0);
	printf("the short way says clean: %.*s\n", STR_ARG(buf_slice(&buf)));
	for (size_t i = 0; i < result->count; i++)
		printf("  %.*s: %.*s\n", STR_ARG(result->violations[i].path),
		       STR_ARG(result->violations[i].message));
	buf_finish(&buf);
}

static void compare(const struct node *object)
{
	const struct schema_kind *kind;
	struct arena texts;
	struct schema_result result = {.arena = &texts};
	bool quick;

	if (schema_find(&set, node_text(object, "apiVersion"), node_text(object, "kind"), &kind) !=
	    SCHEMA_KNOWN)
		return;
	arena_init(&texts);
	set.general_only = true;
	schema_check(&set, kind, object, &scratch, &result);
	quick = quick_is_clean(&set, kind, object, &scratch);
	objects++;
	clean += result.count == 0;
	known += result.count == 0 && quick;
	if (quick && (result.count || result.rules_skipped))
		show(object, &result);
	arena_finish(&texts);
	arena_rewind(&scratch, (struct arena_mark){0});
}

/* ---- changing a copy ---- */

static struct node *copy(struct arena *arena, const struct node *from)
{
	struct node *node = arena_new(arena, struct node);

	*node = *from;
	node->next = node->first = node->last = node->value = NULL;
	node->count = 0;
	if (from->value)
		node->value = copy(arena, from->value);
	node_each(child, from) node_push(node, copy(arena, child));
	return node;
}

/* All values and keys of a tree. */
struct nodes {
	struct node **at;
	size_t count;
};

static void collect(struct arena *arena, struct nodes *nodes, struct node *node)
{
	ARENA_PUSH(arena, nodes->at, nodes->count, node);
	node_each(child, node) collect(arena, nodes, child);
	if (node->value)
		collect(arena, nodes, node->value);
}

static const char *const texts[] = {"",         "a",        "A b",
				    "/",        "/a",       "/a/../b",
				    "//",       "*",        "*.a.example",
				    "a.b",      "1s",       "0s",
				    "2h",       "Service",  "Gateway",
				    "Exact",    "CORS",     "GET",
				    "HTTP",     "HTTPS",    "TLS",
				    "TCP",      "\xc3\xa9", "x_y",
				    "10.0.0.1", "-",        "RequestRedirect",
				    "http",     "443",      "core",
				    "v1",       "Cookie",   "Permanent"};
static const char *const numbers[] = {"0",       "1",   "80",    "443",        "65536",
				      "-1",      "1e3", "0x10",  "2147483648", "301",
				      "1000001", "017", "1_000", "64",         "128"};

static const struct node *some(const struct nodes *nodes)
{
	return nodes->at[random_below((uint32_t)nodes->count)];
}

static const struct node *some_value(const struct nodes *nodes)
{
	const struct node *node = some(nodes);

	return node->value ? node->value : node;
}

static void change_scalar(struct node *node, const struct nodes *nodes)
{
	static const uint8_t kinds[] = {NODE_NULL, NODE_STRING, NODE_BOOL, NODE_INT, NODE_FLOAT};
	uint32_t choice = random_below(8);

	if (choice < 3) {
		node->text = some(nodes)->text;
		node->kind = NODE_STRING;
	} else if (choice < 5) {
		node->text = str_from(texts[random_below(sizeof texts / sizeof *texts)]);
		node->kind = NODE_STRING;
	} else if (choice < 7) {
		node->text = str_from(numbers[random_below(sizeof numbers / sizeof *numbers)]);
		node->kind = NODE_INT;
	} else {
		node->kind = kinds[random_below(sizeof kinds)];
		node->text = node->kind == NODE_BOOL    ? STR("true")
			     : node->kind == NODE_INT   ? STR("7")
			     : node->kind == NODE_FLOAT ? STR("1.5")
							: node->text;
	}
	node->first = node->last = NULL;
	node->count = 0;
}

/* Takes the child at an index out. */
static struct node *take_out(struct node *parent, uint32_t index)
{
	struct node **link = &parent->first, *out;

	while (index--)
		link = &(*link)->next;
	out = *link;
	*link = out->next;
	parent->count--;
	parent->last = parent->first;
	while (parent->last && parent->last->next)
		parent->last = parent->last->next;
	out->next = NULL;
	return out;
}

static void change_children(struct arena *arena, struct node *node, const struct nodes *nodes)
{
	const struct node *other = some(nodes), *child;
	uint32_t choice = random_below(6);

	if (choice < 2 && node->count) {
		take_out(node, random_below(node->count));
		return;
	}
	child = node->first;
	for (uint32_t i = random_below(node->count); child && i; i--)
		child = child->next;
	if (choice == 2 && child)
		for (uint32_t i = 1 + random_below(3) * 32; i; i--)
			node_push(node, copy(arena, child));
	else if (child && (choice == 3 || node->kind == NODE_LIST))
		node_push(node, copy(arena, child));
	else if (node->kind == NODE_LIST)
		node_push(node, copy(arena, some_value(nodes)));
	else if (other->value)
		node_push(node, copy(arena, other));
	else
		node_set(arena, node, "unknown", node_string_new(arena, STR("x")));
}

static void change(struct arena *arena, struct node *root)
{
	struct nodes nodes = {0};
	struct node *node;

	collect(arena, &nodes, root);
	node = nodes.at[random_below((uint32_t)nodes.count)];
	if (node->value) { /* a key */
		if (random_below(4) == 0)
			node->text = some(&nodes)->text;
		else if (random_below(3) == 0)
			node->value = copy(arena, some_value(&nodes));
		node = node->value;
	}
	if (node == root)
		return;
	if (node->kind == NODE_LIST || node->kind == NODE_MAP)
		change_children(arena, node, &nodes);
	else
		change_scalar(node, &nodes);
}

static void take_object(void *batch, const struct yaml_item *item)
{
	struct arena arena;

	(void)batch;
	if (item->root->kind != NODE_MAP)
		return;
	compare(item->root);
	for (unsigned i = 0; i < copies; i++) {
		struct node *changed;

		arena_init(&arena);
		changed = copy(&arena, item->root);
		for (uint32_t k = 1 + random_below(3); k; k--)
			change(&arena, changed);
		compare(changed);
		arena_finish(&arena);
	}
}

/* ---- files ---- */

static void take_crd(void *batch, const struct yaml_item *item)
{
	struct error error;

	(void)batch;
	if (str_is(node_text(item->root, "kind"), "CustomResourceDefinition") &&
	    !schema_set_add_crd(&set, item->root, &error))
		printf("%s\n", error.text);
}

static struct findings *findings_of(void *batch)
{
	(void)batch;
	return &findings;
}

static bool read_file(const char *path, void (*take)(void *batch, const struct yaml_item *item))
{
	const struct yaml_sink sink = {
		.user = &kept, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct sources sources = {0};
	struct error error;
	bool good;

	sources_add(&sources, (struct source){.name = str_from(path), .path = path});
	good = yaml_read(&sources, 0, NULL, 1, &sink, &error);
	if (!good)
		printf("%s\n", error.text);
	sources_finish(&sources);
	return good;
}

int main(int argc, char **argv)
{
	bool good = true;

	if (argc < 6)
		return 2;
	state = strtoull(argv[2], NULL, 10);
	copies = (unsigned)strtoul(argv[3], NULL, 10);
	findings_init(&findings, &kept);
	schema_set_init(&set, &kept);
	schema_set_add_gateway_api(&set, strcmp(argv[1], "experimental") == 0 ? SCHEMA_EXPERIMENTAL
									      : SCHEMA_STANDARD);
	schema_set_add_core(&set);
	if (strcmp(argv[4], "-") != 0)
		good = read_file(argv[4], take_crd);
	for (int i = 5; i < argc; i++)
		good = read_file(argv[i], take_object) && good;
	printf("objects %zu clean %zu known %zu\n", objects, clean, known);
	schema_set_finish(&set);
	arena_finish(&scratch);
	arena_finish(&kept);
	return good ? wrong > 0 : 2;
}
