#include "route/heads.h"

#include <stdlib.h>

struct entry {
	struct str head;
	uint32_t pattern;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = str_cmp(x->head, y->head);

	if (order)
		return order;
	return x->pattern < y->pattern ? -1 : 1;
}

static bool begins_with(struct str text, struct str head)
{
	return text.len >= head.len && str_eq_nocase(str_sub(text, 0, head.len), head);
}

/* Heads are sorted, so those that a head begins with stand before it: its predecessor, or one above. */
static uint32_t above(const struct heads *heads, size_t node)
{
	uint32_t up = (uint32_t)node; /* 1 + predecessor */

	while (up && !begins_with(heads->nodes[node].head, heads->nodes[up - 1].head))
		up = heads->nodes[up - 1].up;
	return up;
}

void heads_build(struct heads *heads, struct arena *arena, const struct str *texts, size_t count)
{
	struct entry *entries = arena_array(arena, struct entry, count + 1);

	*heads = (struct heads){.patterns = count};
	for (size_t i = 0; i < count; i++)
		entries[i] = (struct entry){str_lower(arena, texts[i]), (uint32_t)i};
	qsort(entries, count, sizeof *entries, compare_entries);
	for (size_t i = 0; i < count; i++) {
		struct heads_node *last = heads->count ? &heads->nodes[heads->count - 1] : NULL;

		if (!last || !str_eq(last->head, entries[i].head)) {
			ARENA_PUSH(arena, heads->nodes, heads->count,
				   (struct heads_node){.head = entries[i].head});
			last = &heads->nodes[heads->count - 1];
			last->up = above(heads, heads->count - 1);
		}
		ARENA_PUSH(arena, last->patterns, last->count, entries[i].pattern);
	}
}

/* Order of a text in any case and a head in lower case. */
static int compare_head(struct str text, struct str head)
{
	size_t len = text.len < head.len ? text.len : head.len;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text.at[i], d = (unsigned char)head.at[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != d)
			return c < d ? -1 : 1;
	}
	return text.len < head.len ? -1 : text.len > head.len;
}

/* 1 + the last node whose head does not come after the text. */
static size_t predecessor(const struct heads *heads, struct str text)
{
	size_t low = 0, high = heads->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_head(text, heads->nodes[middle].head) >= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] & 0x80)
			return false;
	return true;
}

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static struct heads_found gather(const struct heads *heads, size_t up, size_t total,
				 struct arena *arena)
{
	uint32_t *all = arena_array(arena, uint32_t, total);
	size_t count = 0;

	for (; up; up = heads->nodes[up - 1].up) {
		const struct heads_node *node = &heads->nodes[up - 1];

		memcpy(all + count, node->patterns, node->count * sizeof *all);
		count += node->count;
	}
	qsort(all, count, sizeof *all, compare_numbers);
	return (struct heads_found){all, count};
}

struct heads_found heads_find(const struct heads *heads, struct str text, struct arena *arena)
{
	size_t up, total = 0;
	unsigned nodes = 0;

	if (!is_ascii(text))
		return (struct heads_found){NULL, heads->patterns};
	up = predecessor(heads, text);
	while (up && !begins_with(text, heads->nodes[up - 1].head))
		up = heads->nodes[up - 1].up;
	for (size_t at = up; at; at = heads->nodes[at - 1].up, nodes++)
		total += heads->nodes[at - 1].count;
	if (nodes == 1)
		return (struct heads_found){heads->nodes[up - 1].patterns, total};
	return total ? gather(heads, up, total, arena) : (struct heads_found){0};
}
