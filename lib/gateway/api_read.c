#include "gateway/api_read.h"

#include <stdlib.h>

/* ---- what cannot be read ---- */

/* Field path of `node` below `at`, found by looking for it: only misfits need one. */
static bool find_path(struct arena *arena, const struct node *at, const struct node *node,
		      struct str *path)
{
	size_t index = 0;

	if (at == node)
		return true;
	if (at->kind != NODE_MAP && at->kind != NODE_LIST)
		return false;
	node_each(child, at)
	{
		bool is_key = at->kind == NODE_MAP;
		const struct node *value = is_key ? child->value : child;
		struct str name = is_key ? child->text : str_format(arena, "[%zu]", index++);
		bool found = value && find_path(arena, value, node, path);

		if (found || (is_key && child == node)) {
			const char *dot = path->len && path->at[0] != '[' ? "." : "";

			*path = str_format(arena, "%.*s%s%.*s", STR_ARG(name), dot, STR_ARG(*path));
			return true;
		}
	}
	return false;
}

void api_misfit(struct api_reader *reader, const struct node *node, struct str message)
{
	struct kube_reader *base = reader->base;
	/* The reader's own arena may be rewound with the object. */
	struct arena *arena = base->findings->arena;
	struct str path = {0};

	if (base->broken)
		return;
	base->broken = true;
	find_path(base->scratch, reader->root, node, &path);
	findings_add(base->findings,
		     (struct finding){
			     .code = "I2G617",
			     .object = {base->object.kind, str_dup(arena, base->object.namespace),
					str_dup(arena, base->object.name)},
			     .path = str_dup(arena, path),
			     .span = node_span(node, base->source),
			     .message = str_format(arena, "%.*s: %.*s; the object is left out",
						   STR_ARG(path), STR_ARG(message)),
		     });
}

static void misfit_type(struct api_reader *reader, const struct node *node, const char *wanted)
{
	api_misfit(reader, node,
		   str_format(reader->base->arena, "expected %s, got %s", wanted,
			      node_kind_name(node->kind)));
}

static void misfit_missing(struct api_reader *reader, const struct node *map, const char *key)
{
	api_misfit(reader, map ? map : reader->root,
		   str_format(reader->base->arena, "%s is missing", key));
}

/* ---- scalars ---- */

struct span api_span(const struct api_reader *reader, const struct node *node)
{
	return node ? node_span(node, reader->base->source) : (struct span){0};
}

const struct node *api_get(const struct node *map, const char *key)
{
	return kube_value(node_key(map, key));
}

static struct kube_text text_of(struct api_reader *reader, const struct node *node)
{
	if (node->kind != NODE_STRING) {
		misfit_type(reader, node, "string");
		return (struct kube_text){0};
	}
	return (struct kube_text){kube_keep(reader->base, node->text), api_span(reader, node)};
}

struct kube_text api_text(struct api_reader *reader, const struct node *map, const char *key)
{
	const struct node *node = api_get(map, key);

	return node ? text_of(reader, node) : (struct kube_text){0};
}

struct kube_text api_need_text(struct api_reader *reader, const struct node *map, const char *key)
{
	struct kube_text text = api_text(reader, map, key);

	if (!text.text.at)
		misfit_missing(reader, map, key);
	return text;
}

struct str api_text_or(struct api_reader *reader, const struct node *map, const char *key,
		       const char *otherwise)
{
	struct kube_text text = api_text(reader, map, key);

	return text.text.at ? text.text : str_from(otherwise);
}

int64_t api_number(struct api_reader *reader, const struct node *map, const char *key,
		   struct api_bounds bounds, struct span *span)
{
	const struct node *node = api_get(map, key);
	int64_t number;

	if (!node)
		return bounds.otherwise;
	if (span)
		*span = api_span(reader, node);
	if (!node_to_int(node, &number)) {
		misfit_type(reader, node, "integer");
		return bounds.otherwise;
	}
	if (number >= bounds.low && number <= bounds.high)
		return number;
	api_misfit(reader, node,
		   str_format(reader->base->arena, "%lld is not from %lld to %lld",
			      (long long)number, (long long)bounds.low, (long long)bounds.high));
	return bounds.otherwise;
}

uint32_t api_port(struct api_reader *reader, const struct node *map, const char *key,
		  struct span *span)
{
	return (uint32_t)api_number(reader, map, key, (struct api_bounds){1, 65535, 0}, span);
}

bool api_bool(struct api_reader *reader, const struct node *map, const char *key)
{
	const struct node *node = api_get(map, key);
	bool value = false;

	if (node && !node_to_bool(node, &value))
		misfit_type(reader, node, "boolean");
	return value;
}

/* One number with its unit, cut off *rest. */
static bool next_duration(struct str *rest, int64_t *milliseconds)
{
	static const struct {
		const char *name;
		int64_t milliseconds;
	} units[] = {{"ms", 1}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
	enum { DIGITS = 5 };
	int64_t number = 0;
	size_t digits = 0;

	while (digits < rest->len && rest->at[digits] >= '0' && rest->at[digits] <= '9' &&
	       digits < DIGITS)
		number = number * 10 + (rest->at[digits++] - '0');
	*rest = str_from_pos(*rest, digits);
	for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++) {
		if (!str_starts(*rest, units[i].name))
			continue;
		*milliseconds += number * units[i].milliseconds;
		*rest = str_from_pos(*rest, strlen(units[i].name));
		return true;
	}
	return false;
}

bool gateway_duration_parse(struct str text, int64_t *milliseconds)
{
	enum { PARTS = 4 };
	int parts = 0;

	*milliseconds = 0;
	while (text.len)
		if (++parts > PARTS || !next_duration(&text, milliseconds))
			return false;
	return parts > 0;
}

int64_t api_duration(struct api_reader *reader, const struct node *map, const char *key,
		     struct span *span)
{
	struct kube_text text = api_text(reader, map, key);
	int64_t milliseconds;

	if (!text.text.at)
		return GATEWAY_NO_DURATION;
	if (span)
		*span = text.span;
	if (gateway_duration_parse(text.text, &milliseconds))
		return milliseconds;
	api_misfit(reader, api_get(map, key),
		   str_format(reader->base->arena, "\"%.*s\" is no duration such as 1m30s",
			      STR_ARG(kube_excerpt(text.text))));
	return GATEWAY_NO_DURATION;
}

int api_choice(struct api_reader *reader, const struct node *map, const char *key,
	       const char *const *words, int otherwise)
{
	struct kube_text text = api_text(reader, map, key);

	if (!text.text.at)
		return otherwise;
	for (int i = 0; words[i]; i++)
		if (str_is(text.text, words[i]))
			return i;
	api_misfit(reader, api_get(map, key),
		   str_format(reader->base->arena, "unsupported value \"%.*s\"",
			      STR_ARG(kube_excerpt(text.text))));
	return otherwise;
}

/* ---- collections ---- */

static const struct node *collection(struct api_reader *reader, const struct node *map,
				     const char *key, enum node_kind kind)
{
	const struct node *node = api_get(map, key);

	if (!node || node->kind == kind)
		return node;
	misfit_type(reader, node, kind == NODE_MAP ? "object" : "array");
	return NULL;
}

const struct node *api_map(struct api_reader *reader, const struct node *map, const char *key)
{
	return collection(reader, map, key, NODE_MAP);
}

const struct node *api_list(struct api_reader *reader, const struct node *map, const char *key)
{
	return collection(reader, map, key, NODE_LIST);
}

struct gateway_texts api_texts(struct api_reader *reader, const struct node *map, const char *key)
{
	const struct node *list = api_list(reader, map, key);
	struct gateway_texts texts = {0};

	if (!list || !list->count)
		return texts;
	texts.at = arena_array(reader->base->arena, struct kube_text, list->count);
	node_each(item, list) texts.at[texts.count++] = text_of(reader, item);
	return texts;
}

static int compare_pairs(const void *one, const void *other)
{
	const struct kube_pair *a = one, *b = other;
	int order = str_cmp(a->key, b->key);

	if (!order)
		order = (a->key_span.line > b->key_span.line) -
			(a->key_span.line < b->key_span.line);
	return order ? order
		     : (a->key_span.column > b->key_span.column) -
			       (a->key_span.column < b->key_span.column);
}

/* Of duplicate keys the last one counts, as in kubectl. */
static void sort_pairs(struct kube_pairs *pairs)
{
	size_t unique = 0;

	qsort(pairs->at, pairs->count, sizeof *pairs->at, compare_pairs);
	for (size_t i = 0; i < pairs->count; i++) {
		unique -= unique && str_eq(pairs->at[unique - 1].key, pairs->at[i].key);
		pairs->at[unique++] = pairs->at[i];
	}
	pairs->count = unique;
}

struct kube_pairs api_pairs(struct api_reader *reader, const struct node *map, const char *key)
{
	const struct node *entries = api_map(reader, map, key);
	struct kube_pairs pairs = {0};

	if (!entries || !entries->count)
		return pairs;
	pairs.at = arena_array(reader->base->arena, struct kube_pair, entries->count);
	node_each(entry, entries)
	{
		struct kube_text value =
			entry->value ? text_of(reader, entry->value) : (struct kube_text){0};

		pairs.at[pairs.count++] = (struct kube_pair){
			.key = kube_keep(reader->base, entry->text),
			.value = value.text,
			.key_span = api_span(reader, entry),
			.value_span = value.span,
		};
	}
	sort_pairs(&pairs);
	return pairs;
}

/* ---- references ---- */

static struct str ref_part(struct api_reader *reader, const struct node *node, const char *key,
			   const char *otherwise)
{
	return otherwise ? api_text_or(reader, node, key, otherwise)
			 : api_need_text(reader, node, key).text;
}

struct gateway_ref api_ref(struct api_reader *reader, const struct node *node,
			   struct api_ref_defaults defaults)
{
	struct gateway_ref ref = {.span = api_span(reader, node)};
	struct kube_text namespace;

	if (node->kind != NODE_MAP) {
		misfit_type(reader, node, "object");
		return ref;
	}
	namespace = api_text(reader, node, "namespace");
	ref.group = ref_part(reader, node, "group", defaults.group);
	ref.kind = ref_part(reader, node, "kind", defaults.kind);
	ref.name = api_need_text(reader, node, "name");
	ref.namespace_given = namespace.text.len > 0;
	ref.namespace = ref.namespace_given ? namespace.text : reader->namespace;
	ref.section = api_text(reader, node, "sectionName");
	ref.port = api_port(reader, node, "port", &ref.port_span);
	return ref;
}

struct gateway_refs api_refs(struct api_reader *reader, const struct node *map, const char *key,
			     struct api_ref_defaults defaults)
{
	const struct node *list = api_list(reader, map, key);
	struct gateway_refs refs = {0};

	if (!list || !list->count)
		return refs;
	refs.at = arena_array(reader->base->arena, struct gateway_ref, list->count);
	node_each(item, list) refs.at[refs.count++] = api_ref(reader, item, defaults);
	return refs;
}
