/* fuzz_baseline.c - a baseline that is read is written, and reads back as the same. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"
#include "check/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_text(struct baseline *baseline, struct str text, struct arena *arena)
{
	struct sources sources = {0};
	struct error error = {{0}};
	bool ok;

	sources_add(&sources, (struct source){.name = STR("b.json"), .text = text});
	baseline_init(baseline, arena);
	ok = baseline_read(baseline, &sources, 0, &error);
	BUG_UNLESS(ok || error.text[0]);
	sources_finish(&sources);
	return ok;
}

/* Every entry can be taken as often as it counts, and then nothing is left to prune. */
static void take_all(struct baseline *baseline)
{
	const struct finding finding = {.code = "I2G301"};

	for (size_t i = 0; i < baseline->count; i++) {
		struct baseline_entry *entry = baseline->at[i];

		BUG_UNLESS(entry->count && entry->left == entry->count);
		entry->judged = true;
		if (entry->count > 1000)
			continue;
		for (size_t n = 0; n < entry->count; n++)
			BUG_UNLESS(baseline_takes(baseline, &finding, entry->id.at, entry->file,
						  BASELINE_SAME));
		BUG_UNLESS(!baseline_takes(baseline, &finding, entry->id.at, entry->file,
					   BASELINE_SAME));
	}
	baseline_prune(baseline);
	for (size_t i = 0; i < baseline->count; i++)
		BUG_UNLESS(!baseline->at[i]->left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline baseline, again;
	struct arena arena;
	struct buf first, second;

	arena_init(&arena);
	buf_init(&first);
	buf_init(&second);
	if (read_text(&baseline, (struct str){size ? (const char *)data : "", size}, &arena)) {
		baseline_write(&first, &baseline);
		BUG_UNLESS(read_text(&again, buf_slice(&first), &arena));
		baseline_write(&second, &again);
		BUG_UNLESS(str_eq(buf_slice(&first), buf_slice(&second)));
		take_all(&baseline);
	}
	buf_finish(&first);
	buf_finish(&second);
	arena_finish(&arena);
	return 0;
}
