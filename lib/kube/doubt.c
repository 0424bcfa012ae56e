#include "kube/read.h"

/* Adds one in front; nothing once the list is full. */
static void add(struct arena *arena, const struct kube_doubt **doubts, struct kube_doubt doubt)
{
	struct kube_doubt *added;
	size_t count = 0;

	for (const struct kube_doubt *at = *doubts; at; at = at->next)
		count++;
	if (count > KUBE_DOUBTS_MOST)
		return;
	if (count == KUBE_DOUBTS_MOST)
		doubt.key = STR("");
	added = arena_new(arena, struct kube_doubt);
	*added = doubt;
	added->next = *doubts;
	*doubts = added;
}

static void doubt(struct kube_reader *reader, const struct kube_doubt_list *list,
		  enum kube_doubt_kind kind, const struct node *key, const struct node *place)
{
	add(reader->arena, list->doubts,
	    (struct kube_doubt){.kind = kind,
				.key = key ? kube_keep(reader, key->text) : STR(""),
				.span = node_span(place, reader->source)});
}

static bool stands(const struct kube_pairs *pairs, struct str key, struct str value)
{
	const struct kube_pair *pair = kube_pair_find(pairs, key);

	return pair && str_eq(pair->value, value);
}

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Blanks in quotes, mostly. */
static bool is_odd_key(struct str key)
{
	return key.len && !(is_alphanumeric(key.at[0]) && is_alphanumeric(key.at[key.len - 1]));
}

static void look_at_entry(struct kube_reader *reader, const struct kube_doubt_list *list,
			  const struct node *key, bool replaced)
{
	const struct node *value = kube_value(key);

	if (!value)
		return;
	if (value->kind == NODE_LIST || value->kind == NODE_MAP)
		doubt(reader, list, KUBE_DOUBT_LOST, key, value);
	else if (replaced && value->text.len && !stands(list->pairs, key->text, value->text))
		doubt(reader, list, list->astray ? KUBE_DOUBT_ASTRAY : KUBE_DOUBT_REPLACED, key,
		      key);
	else if (!replaced && value->kind != NODE_STRING)
		doubt(reader, list, KUBE_DOUBT_TYPE, key, value);
	else if (!replaced && is_odd_key(key->text))
		doubt(reader, list, KUBE_DOUBT_KEY, key, key);
}

static void look_at_map(struct kube_reader *reader, const struct kube_doubt_list *list,
			const struct node *map, bool replaced)
{
	if (map->kind != NODE_MAP) {
		doubt(reader, list, KUBE_DOUBT_LOST, NULL, map);
		return;
	}
	node_each(key, map)
	{
		if (list->skip && list->skip(key->text))
			continue;
		look_at_entry(reader, list, key, replaced);
		for (const struct node *older = key->first; older; older = older->first)
			look_at_entry(reader, list, older, true);
	}
}

void kube_read_doubts(struct kube_reader *reader, const struct kube_doubt_list *list,
		      const struct node *field, bool replaced)
{
	for (; field; field = field->first, replaced = true)
		if (kube_value(field))
			look_at_map(reader, list, field->value, replaced);
}

const struct kube_doubt *kube_doubts_after(struct arena *arena, const struct kube_meta *before,
					   const struct kube_meta *meta,
					   const struct kube_pairs *old,
					   const struct kube_pairs *pairs)
{
	const struct kube_doubt *doubts = meta->doubts;

	for (const struct kube_doubt *at = before->doubts; at; at = at->next)
		add(arena, &doubts, *at);
	for (size_t i = 0; i < old->count; i++)
		if (old->at[i].value.len && !stands(pairs, old->at[i].key, old->at[i].value))
			add(arena, &doubts,
			    (struct kube_doubt){.kind = KUBE_DOUBT_REPLACED,
						.key = old->at[i].key,
						.span = old->at[i].key_span});
	return doubts;
}
