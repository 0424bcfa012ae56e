/* fuzz_convert.c - the whole way: bytes that somebody sent become objects.
 *
 * Whatever the bytes are, the run must end without a report of a sanitizer, its ledger must add up
 * (convert_run aborts otherwise), and what was written must read back as exactly the objects that
 * the result lists. The options follow from the bytes, so that a seed is nothing but a manifest.
 */
#include "base/buf.h"
#include "base/bug.h"
#include "converters/convert.h"
#include "yaml/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	CHOICE_EXPERIMENTAL = 1,
	CHOICE_UNGUARDED = 2,
	CHOICE_LISTENER_SETS = 4,
	CHOICE_PER_NAMESPACE = 8,
	CHOICE_NO_COMMENTS = 16,
	CHOICE_NGINX = 32,
	CHOICE_JSON = 64,
};

static struct convert_options options_of(uint64_t choice)
{
	return (struct convert_options){
		.load.threads = 1,
		.provider = choice & CHOICE_NGINX ? provider_find(STR("ingress-nginx")) : NULL,
		.allow_unguarded = choice & CHOICE_UNGUARDED,
		.format = choice & CHOICE_JSON ? OUTPUT_JSON : OUTPUT_YAML,
		.plan =
			{
				.topology = choice & CHOICE_PER_NAMESPACE ? TOPOLOGY_NAMESPACE
									  : TOPOLOGY_SHARED,
				.listener_sets = choice & CHOICE_LISTENER_SETS,
				.experimental = choice & CHOICE_EXPERIMENTAL,
				.comments = !(choice & CHOICE_NO_COMMENTS),
				.http_port = 80,
				.https_port = 443,
			},
	};
}

/* ---- reading the output back ---- */

struct reader {
	struct findings findings;
	size_t objects;
};

static void *reader_open(void *user, unsigned worker, size_t number)
{
	(void)worker;
	(void)number;
	return user;
}

static void reader_take(void *batch, const struct yaml_item *item)
{
	struct reader *reader = batch;

	BUG_UNLESS(node_text(item->root, "kind").len > 0);
	BUG_UNLESS(node_text(node_get(item->root, "metadata"), "name").len > 0);
	reader->objects++;
}

static struct findings *reader_findings(void *batch)
{
	return &((struct reader *)batch)->findings;
}

static void keep_text(void *output, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(output, text);
}

static void read_back(const struct convert_result *result, struct str output)
{
	struct reader reader = {0};
	struct sources sources = {0};
	struct arena arena;
	struct error error;
	/* An object of ours may be larger than one we would read. */
	const struct yaml_limits limits = {
		.document_bytes = SIZE_MAX / 2, .list_bytes = SIZE_MAX / 2, .nodes = SIZE_MAX / 2};
	const struct yaml_sink sink = {&reader, reader_open, reader_take, reader_findings};

	if (result->object_count == 0)
		return;
	arena_init(&arena);
	findings_init(&reader.findings, &arena);
	sources_add(&sources, (struct source){.name = STR("output"), .text = output});
	BUG_UNLESS(yaml_read(&sources, 0, &limits, 1, &sink, &error));
	BUG_UNLESS(reader.findings.count == 0);
	BUG_UNLESS(reader.objects == result->object_count);
	sources_finish(&sources);
	arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Without bytes there may be no pointer, which would mean "no text". */
	const struct str text = {size ? (const char *)data : "", size};
	const struct convert_options options = options_of(str_hash(text));
	struct sources sources = {0};
	struct convert_result result = {0};
	struct buf output;
	const struct convert_sink sink = {&output, keep_text};
	struct error error;

	sources_add(&sources, (struct source){.name = STR("input"), .text = text});
	buf_init(&output);
	BUG_UNLESS(convert_run(&result, &sources, &options, &sink, &error));
	read_back(&result, buf_slice(&output));
	buf_finish(&output);
	convert_finish(&result);
	sources_finish(&sources);
	return 0;
}
