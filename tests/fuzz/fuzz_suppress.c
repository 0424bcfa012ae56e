/* fuzz_suppress.c - text as an annotation and as a file with comments: bounded, and every suppression
 * that is made matches what it names. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"
#include "check/codes.h"
#include "check/suppress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct object_ref object = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("shop")};

static const struct rule *first_rule(struct str word)
{
	for (size_t i = 0; i < rule_count; i++)
		if (code_fits(word, &rules[i]))
			return &rules[i];
	BUG("a suppression names no rule");
}

static void match_annotations(const struct suppressions *all)
{
	BUG_UNLESS(all->count <= SUPPRESS_CODES_MOST && all->malformed.count <= 1);
	BUG_UNLESS(all->count || all->malformed.count);
	for (size_t i = 0; i < all->count; i++) {
		struct finding finding = {.code = first_rule(all->at[i]->word)->code,
					  .object = object};

		BUG_UNLESS(suppressions_match(all, &finding));
		BUG_UNLESS(all->at[i]->used);
	}
}

static void match_comments(const struct suppressions *all)
{
	for (size_t i = 0; i < all->count; i++) {
		BUG_UNLESS(all->at[i]->span.line && all->at[i]->span.length);
		first_rule(all->at[i]->word);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {size ? (const char *)data : "", size};
	struct suppressions annotations, comments;
	struct sources sources = {0};
	struct arena arena;
	struct error error;

	arena_init(&arena);
	suppressions_init(&annotations, &arena);
	suppressions_add(&annotations, &object, text, (struct span){0, 1, 1, 1});
	match_annotations(&annotations);
	suppressions_init(&comments, &arena);
	sources_add(&sources, (struct source){.name = STR("in.yaml"), .text = text});
	suppressions_scan(&comments, &sources, 0, &error);
	match_comments(&comments);
	sources_finish(&sources);
	arena_finish(&arena);
	return 0;
}
