/* fuzz_yaml.c - bytes of any kind through the reader and the writer.
 *
 * Every finding has a place inside the text; whatever is read is written as YAML and as JSON and must
 * read back as the same. Limits follow from the bytes, so that small inputs reach them.
 */
#include "base/bug.h"
#include "base/buf.h"
#include "yaml/stream.h"
#include "yaml/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reading gave: items as compact JSON, one a line. */
struct reading {
	struct arena arena;
	struct findings findings;
	struct buf json; /* the items */
	struct buf yaml; /* the same, written as YAML documents */
	struct buf pretty;
	size_t batches;
	bool infinite; /* a document is .inf or .nan, which JSON has no word for but null */
};

static void *open_batch(void *user, unsigned worker, size_t number)
{
	struct reading *reading = user;

	BUG_UNLESS(worker == 0 && number == reading->batches);
	reading->batches++;
	return reading;
}

static void take(void *user, const struct yaml_item *item)
{
	struct reading *reading = user;

	BUG_UNLESS(item->root->kind != NODE_NULL);
	BUG_UNLESS(item->root->line > 0 && item->root->column > 0);
	size_t start = reading->json.len;

	json_write(&reading->json, item->root, false, 0);
	reading->infinite |= str_eq(str_from_pos(buf_slice(&reading->json), start), STR("null"));
	buf_char(&reading->json, '\n');
	json_write(&reading->pretty, item->root, true, 0);
	buf_char(&reading->pretty, '\n');
	buf_text(&reading->yaml, "---\n");
	yaml_write(&reading->yaml, item->root, true);
}

static struct findings *findings_of(void *user)
{
	return &((struct reading *)user)->findings;
}

static void read_text(struct reading *reading, struct str text, const struct yaml_limits *limits)
{
	struct sources sources = {0};
	struct yaml_sink sink = {reading, open_batch, take, findings_of};
	struct error error = {0};

	*reading = (struct reading){0};
	arena_init(&reading->arena);
	findings_init(&reading->findings, &reading->arena);
	sources_add(&sources, (struct source){.name = STR("fuzz"), .text = text});
	BUG_UNLESS(yaml_read(&sources, 0, limits, 2, &sink, &error));
	sources_finish(&sources);
}

static void finish(struct reading *reading)
{
	buf_finish(&reading->json);
	buf_finish(&reading->yaml);
	buf_finish(&reading->pretty);
	arena_finish(&reading->arena);
}

static void check_findings(const struct reading *reading, struct str text)
{
	size_t lines = 2;

	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n' || text.at[i] == '\r';
	for (size_t i = 0; i < reading->findings.count; i++) {
		const struct finding *finding = &reading->findings.at[i];

		BUG_UNLESS(finding->span.line > 0 && finding->span.line <= lines);
		BUG_UNLESS(finding->span.column > 0 && finding->span.length > 0);
		BUG_UNLESS(finding->message.len > 0);
	}
}

static void check_again(struct str written, struct str wanted)
{
	struct reading again;

	read_text(&again, written, NULL);
	BUG_UNLESS(again.findings.count == 0);
	BUG_UNLESS(str_eq(buf_slice(&again.json), wanted));
	finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	uint64_t choice = str_hash(text);
	struct yaml_limits limits = {
		.document_bytes = choice & 1 ? 16 + (choice >> 8 & 255) : 0,
		.list_bytes = choice & 2 ? 64 + (choice >> 16 & 255) : 0,
		.scalar_bytes = choice & 4 ? 16 : 0,
		.depth = choice & 8 ? 4 : 0,
		.nodes = choice & 16 ? 20 : 0,
		.alias_nodes = choice & 32 ? 10 : 1000,
	};
	struct reading reading;

	read_text(&reading, text, &limits);
	/* UTF-16 has its own line ends. */
	if (!str_starts(text, "\xff\xfe") && !str_starts(text, "\xfe\xff"))
		check_findings(&reading, text);
	check_again(buf_slice(&reading.yaml), buf_slice(&reading.json));
	/* A source that begins with a scalar is taken for YAML, which has one document only. */
	if (reading.json.len && strchr("{[", reading.json.at[0]) && !reading.infinite) {
		check_again(buf_slice(&reading.json), buf_slice(&reading.json));
		check_again(buf_slice(&reading.pretty), buf_slice(&reading.json));
	}
	finish(&reading);
	return 0;
}
