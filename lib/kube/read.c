#include "kube/read.h"

#include "base/sort.h"

const struct node *kube_value(const struct node *key)
{
	return key && key->value && key->value->kind != NODE_NULL ? key->value : NULL;
}

/* Cheap and good enough for a cache: the length and both ends of the text. */
static uint64_t cache_hash(struct str text)
{
	uint64_t head = 0, tail = 0;
	size_t part = text.len < 8 ? text.len : 8;

	memcpy(&head, text.at, part);
	memcpy(&tail, text.at + text.len - part, part);
	return (head ^ (tail << 23 | tail >> 41) ^ text.len) * UINT64_C(0x9e3779b97f4a7c15);
}

static bool is_kept(const struct kube_kept *kept, uint32_t tag, struct str text)
{
	return kept->tag == tag && kept->len == text.len &&
	       memcmp(kept->at, text.at, text.len) == 0;
}

struct str kube_keep(struct kube_reader *reader, struct str text)
{
	if (!text.len)
		return STR("");
	if (text.len > KUBE_CACHE_LONGEST || !reader->cache)
		return str_dup(reader->arena, text);

	uint64_t hash = cache_hash(text);
	uint32_t tag = (uint32_t)(hash >> 8);
	struct kube_kept *set = reader->cache->sets[hash >> (64 - KUBE_CACHE_BITS)];

	if (!is_kept(&set[0], tag, text)) {
		/* The text that was used last stays; the other one makes room. */
		struct kube_kept older = set[0];

		if (is_kept(&set[1], tag, text))
			set[0] = set[1];
		else
			set[0] = (struct kube_kept){str_dup(reader->arena, text).at, tag,
						    (uint32_t)text.len};
		set[1] = older;
	}
	return (struct str){set[0].at, text.len};
}

/* Number of the field that a key names; the count of all fields when it names none. */
static size_t field_of(const struct kube_fields *fields, struct str key)
{
	size_t i = 0;

	while (i < fields->count && (fields->names[i].len != key.len ||
				     memcmp(fields->names[i].at, key.at, key.len) != 0))
		i++;
	return i;
}

static void say_unknown_field(struct kube_reader *reader, const struct kube_at *map,
			      const struct kube_fields *fields, const struct node *key)
{
	struct kube_at at = {map, KUBE_AT_FIELD, key->text, 0};
	struct str nearest = kube_nearest(fields->names, fields->count, key->text);

	kube_say(reader, &at, key,
		 (struct finding){
			 .code = "I2G107",
			 .message = str_format(reader->arena,
					       "unknown field \"%.*s\": kubectl refuses it, other "
					       "clients drop it in silence",
					       STR_ARG(kube_excerpt(key->text))),
			 .hint = kube_did_you_mean(reader, nearest),
		 });
}

void kube_read_fields(struct kube_reader *reader, const struct kube_at *at, const struct node *map,
		      const struct kube_fields *fields, const struct node **found)
{
	for (size_t i = 0; i < fields->count; i++)
		found[i] = NULL;
	if (!map || map->kind == NODE_NULL)
		return;
	if (map->kind != NODE_MAP) {
		kube_say_type(reader, at, map, "object", STR(""));
		return;
	}
	node_each(key, map)
	{
		size_t field = field_of(fields, key->text);

		if (field < fields->count)
			found[field] = key;
		else
			say_unknown_field(reader, at, fields, key);
	}
}

static struct str quote_hint(struct kube_reader *reader, const struct node *node)
{
	return str_format(reader->arena, "quote the value: \"%.*s\"",
			  STR_ARG(kube_excerpt(node->text)));
}

/* {HOST} is a flow map with one key and no value. */
static bool is_placeholder_map(const struct node *node)
{
	return node->kind == NODE_MAP && node->count == 1 && node->first &&
	       (!node->first->value || node->first->value->kind == NODE_NULL);
}

static void say_no_text(struct kube_reader *reader, const struct kube_at *at,
			const struct node *node)
{
	if (!is_placeholder_map(node)) {
		kube_say_type(reader, at, node, "string", STR(""));
		return;
	}
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G109",
			 .message = str_format(reader->arena,
					       "placeholder {%.*s} was never filled in; YAML reads "
					       "it as a map",
					       STR_ARG(kube_excerpt(node->first->text))),
			 .hint = STR("write the real value, or render the template first"),
		 });
}

struct kube_text kube_read_text(struct kube_reader *reader, const struct kube_at *at,
				const struct node *node)
{
	if (!node || node->kind == NODE_NULL)
		return (struct kube_text){0};
	if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
		say_no_text(reader, at, node);
		return (struct kube_text){0};
	}
	if (node->kind != NODE_STRING)
		kube_say_type(reader, at, node, "string", quote_hint(reader, node));
	return (struct kube_text){kube_keep(reader, node->text), node_span(node, reader->source)};
}

struct kube_text kube_read_name(struct kube_reader *reader, const struct kube_at *at,
				const struct node *node)
{
	struct kube_text name = kube_read_text(reader, at, node);
	struct str placeholder = kube_placeholder(name.text);

	if (placeholder.len)
		kube_say(reader, at, node,
			 (struct finding){
				 .code = "I2G109",
				 .message = str_format(reader->arena,
						       "placeholder %.*s was never filled in",
						       STR_ARG(kube_excerpt(placeholder))),
				 .hint = STR("render first (envsubst, kustomize build, helm "
					     "template), then convert the result"),
			 });
	return name;
}

struct kube_items kube_read_items(struct kube_reader *reader, const struct kube_at *at,
				  const struct node *list)
{
	if (!list || list->kind == NODE_NULL)
		return (struct kube_items){0};
	if (list->kind == NODE_LIST)
		return (struct kube_items){list->first, list->count};
	kube_say_type(reader, at, list, "array", STR("write a list: \"- \" in front of each item"));
	return (struct kube_items){list, 1};
}

/* A key on its way into sorted order; equal keys stay in input order. */
struct rank {
	const struct node *key;
	size_t position;
};

static int rank_cmp(const void *a, const void *b)
{
	const struct rank *left = a, *right = b;
	int order = str_cmp(left->key->text, right->key->text);

	return order ? order
		     : (left->position > right->position) - (left->position < right->position);
}

/* Of equal neighbours the last one stays. */
static size_t drop_duplicates(struct rank *ranks, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || !str_eq(ranks[i].key->text, ranks[i + 1].key->text))
			ranks[kept++] = ranks[i];
	return kept;
}

/* Whether the value of an entry is taken; says what is wrong with it. */
static bool take_value(struct kube_reader *reader, const struct kube_at *map,
		       const struct node *key)
{
	const struct node *value = kube_value(key);
	struct kube_at at = {map, KUBE_AT_ENTRY, key->text, 0};

	if (!value || value->kind == NODE_STRING)
		return true;
	if (value->kind == NODE_LIST || value->kind == NODE_MAP) {
		kube_say_type(reader, &at, value, "string", STR(""));
		return false;
	}
	kube_say_type(reader, &at, value, "string", quote_hint(reader, value));
	return true;
}

static struct kube_pair pair_of(struct kube_reader *reader, const struct node *key)
{
	const struct node *value = kube_value(key);

	return (struct kube_pair){
		.key = kube_keep(reader, key->text),
		.value = value ? kube_keep(reader, value->text) : STR(""),
		.key_span = node_span(key, reader->source),
		.value_span = node_span(key->value ? key->value : key, reader->source),
	};
}

struct kube_pairs kube_read_pairs(struct kube_reader *reader, const struct kube_at *at,
				  const struct node *map, bool (*skip)(struct str key))
{
	if (!map || map->kind == NODE_NULL)
		return (struct kube_pairs){0};
	if (map->kind != NODE_MAP)
		kube_say_type(reader, at, map, "object", STR("write a map: key: value"));
	if (map->kind != NODE_MAP || !map->count)
		return (struct kube_pairs){0};

	struct rank *ranks = arena_array(reader->scratch, struct rank, map->count);
	size_t count = 0;

	node_each(key, map)
	{
		if (!(skip && skip(key->text)) && take_value(reader, at, key)) {
			ranks[count] = (struct rank){key, count};
			count++;
		}
	}
	sort(ranks, count, sizeof *ranks, rank_cmp);
	count = drop_duplicates(ranks, count);

	struct kube_pairs pairs = {.count = count};

	if (count)
		pairs.at = arena_array(reader->arena, struct kube_pair, count);
	for (size_t i = 0; i < count; i++)
		pairs.at[i] = pair_of(reader, ranks[i].key);
	return pairs;
}

bool kube_is_number(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.len > 0;
}

uint32_t kube_check_port(struct kube_reader *reader, const struct kube_at *at,
			 const struct node *node, int64_t number)
{
	if (number >= 1 && number <= 65535)
		return (uint32_t)number;
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message =
				 str_format(reader->arena,
					    "invalid port %.*s: expected a number from 1 to 65535; "
					    "the API server refuses this object",
					    STR_ARG(kube_excerpt(node->text))),
		 });
	return 0;
}

uint32_t kube_read_port(struct kube_reader *reader, const struct kube_at *at,
			const struct node *node)
{
	int64_t number = 0;

	if (!node || node->kind == NODE_NULL)
		return 0;
	if (node_to_int(node, &number))
		return kube_check_port(reader, at, node, number);
	if (node->kind != NODE_STRING || !kube_is_number(node->text)) {
		kube_say_type(reader, at, node, "int", STR(""));
		return 0;
	}
	kube_say_type(reader, at, node, "int",
		      str_format(reader->arena, "write the number without quotes: %.*s",
				 STR_ARG(kube_excerpt(node->text))));
	return str_to_int(node->text, &number) && number <= 65535 ? (uint32_t)number : 0;
}
