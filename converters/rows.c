/* Looking up the rows of a provider. */
#include "converters/provider.h"

/* Every kind of row begins with its key, so that one search serves all tables. */
_Static_assert(offsetof(struct annotation_row, key) == 0, "the key comes first");
_Static_assert(offsetof(struct option_row, key) == 0, "the key comes first");

/* Binary search in `count` rows of `size` bytes; NULL when the key is not there. */
static const void *row_find(const void *rows, size_t count, size_t size, struct str key)
{
	size_t from = 0, to = count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const void *row = (const char *)rows + middle * size;
		int order = str_cmp(key, str_from(*(const char *const *)row));

		if (order == 0)
			return row;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* A provider without a table leaves its count NULL. */
static size_t count_of(const size_t *count)
{
	return count ? *count : 0;
}

const struct annotation_row *annotation_find(const struct provider *provider, struct str key)
{
	return row_find(provider->annotations, count_of(provider->annotation_count),
			sizeof *provider->annotations, key);
}

const struct option_row *option_find(const struct provider *provider, struct str key)
{
	return row_find(provider->options, count_of(provider->option_count),
			sizeof *provider->options, key);
}

enum { SUGGEST_DISTANCE = 2 };

struct suggestion {
	const char *key;
	unsigned distance;
};

static void consider(struct suggestion *best, struct str key, const char *candidate)
{
	unsigned limit = best->distance - 1;
	unsigned distance = str_distance(key, str_from(candidate), limit);

	if (distance > limit)
		return;
	best->key = candidate;
	best->distance = distance;
}

/* Annotations come first: among equals, a key that does something is the better advice. */
const char *annotation_suggest(const struct provider *provider, struct str key)
{
	struct suggestion best = {.distance = SUGGEST_DISTANCE + 1};
	size_t annotations = count_of(provider->annotation_count);
	size_t legacy = count_of(provider->legacy_count);

	for (size_t i = 0; i < annotations && best.distance; i++)
		consider(&best, key, provider->annotations[i].key);
	for (size_t i = 0; i < legacy && best.distance; i++)
		consider(&best, key, provider->legacy[i].key);
	return best.key;
}

const char *mapping_name(enum mapping mapping)
{
	static const char *const names[] = {
		[MAPPING_CORE] = "core",     [MAPPING_EXPERIMENTAL] = "experimental",
		[MAPPING_POLICY] = "policy", [MAPPING_LOSSY] = "lossy",
		[MAPPING_NONE] = "none",
	};

	return names[mapping];
}

const char *on_invalid_words(enum on_invalid on_invalid)
{
	static const char *const words[] = {
		[INVALID_DEFAULT] = "the controller uses the default",
		[INVALID_DROP] = "the controller ignores the whole Ingress",
		[INVALID_503] = "these paths answer 503",
		[INVALID_HOST_403] = "the whole host answers 403",
		[INVALID_OPEN] = "the protection is off",
		[INVALID_UNCHECKED] = "any value is accepted",
	};

	return words[on_invalid];
}
