/* yaml_case.h - reads a text and keeps what came of it as lines that are easy to compare. */
#ifndef TESTS_YAML_CASE_H
#define TESTS_YAML_CASE_H

#include "test.h"

#include "base/buf.h"
#include "yaml/stream.h"
#include "yaml/write.h"

/* What a batch gave. */
struct case_batch {
	struct buf items;
	struct findings findings;
	struct arena arena;
};

enum { CASE_BATCHES = 4096 };

static struct {
	struct case_batch *batches;
	size_t count, item_count;
	struct buf
		items; /* one compact JSON document a line; items of typed lists as "Kind version: ..." */
	struct buf findings; /* "CODE line:column+length message" */
	struct finding last;
	char last_message[512], last_hint[512], last_path[512];
	bool failed;
	struct error error;
} result;

static inline void *case_open(void *user, unsigned worker, size_t number)
{
	(void)user;
	(void)worker;
	assert_true(number < CASE_BATCHES);

	struct case_batch *batch = &result.batches[number];

	if (number >= result.count)
		result.count = number + 1;
	arena_init(&batch->arena);
	findings_init(&batch->findings, &batch->arena);
	return batch;
}

static inline void case_take(void *user, const struct yaml_item *item)
{
	struct case_batch *batch = user;

	if (item->list_kind.len)
		buf_format(&batch->items, "%.*s %.*s: ", STR_ARG(item->list_kind),
			   STR_ARG(item->list_version));
	json_write(&batch->items, item->root, false, 0);
	buf_char(&batch->items, '\n');
}

static inline struct findings *case_findings(void *user)
{
	return &((struct case_batch *)user)->findings;
}

static inline void case_keep_last(const struct finding *finding)
{
	result.last = *finding;
	snprintf(result.last_message, sizeof result.last_message, "%.*s",
		 STR_ARG(finding->message));
	snprintf(result.last_hint, sizeof result.last_hint, "%.*s", STR_ARG(finding->hint));
	snprintf(result.last_path, sizeof result.last_path, "%.*s", STR_ARG(finding->path));
}

static inline void case_collect(void)
{
	for (size_t i = 0; i < result.count; i++) {
		struct case_batch *batch = &result.batches[i];

		buf_str(&result.items, buf_slice(&batch->items));
		for (size_t k = 0; k < batch->findings.count; k++) {
			const struct finding *finding = &batch->findings.at[k];

			buf_format(&result.findings, "%s %u:%u+%u %.*s\n", finding->code,
				   finding->span.line, finding->span.column, finding->span.length,
				   STR_ARG(finding->message));
			case_keep_last(finding);
		}
		buf_finish(&batch->items);
		arena_finish(&batch->arena);
	}
	buf_char(&result.items, '\0');
	buf_char(&result.findings, '\0');
	for (size_t i = 0; i < result.items.len; i++)
		result.item_count += result.items.at[i] == '\n';
}

static inline void case_read_source(struct source source, const struct yaml_limits *limits,
				    unsigned threads)
{
	struct sources sources = {0};
	struct yaml_sink sink = {.open = case_open, .take = case_take, .findings = case_findings};

	buf_finish(&result.items);
	buf_finish(&result.findings);
	memset(&result, 0, sizeof result);
	result.batches = calloc(CASE_BATCHES, sizeof *result.batches);
	source.name = STR("case.yaml");
	sources_add(&sources, source);
	result.failed = !yaml_read(&sources, 0, limits, threads, &sink, &result.error);
	case_collect();
	sources_finish(&sources);
	free(result.batches);
	result.batches = NULL;
}

static inline void case_read(struct str text)
{
	case_read_source((struct source){.text = text}, NULL, 1);
}

static inline void case_finish(void)
{
	buf_finish(&result.items);
	buf_finish(&result.findings);
}

/* Reads the text and compares items and findings. */
static inline void case_expect(struct str text, const char *items, const char *findings)
{
	case_read(text);
	assert_false(result.failed);
	assert_string_equal(result.items.at, items);
	assert_string_equal(result.findings.at, findings);
}

#define EXPECT(text, items, findings) case_expect(STR(text), items, findings)

#endif
