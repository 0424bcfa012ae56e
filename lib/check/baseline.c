#include "check/baseline.h"

#include <stdlib.h>

#include "yaml/stream.h"
#include "yaml/write.h"

enum { ID_LENGTH = FINDING_ID - 1 };

void baseline_init(struct baseline *baseline, struct arena *arena)
{
	*baseline = (struct baseline){.arena = arena};
	map_init(&baseline->by_place, arena);
	map_init(&baseline->by_id, arena);
	map_init(&baseline->shifted, arena);
}

static struct str object_words(struct arena *arena, const struct object_ref *object)
{
	if (!object->kind.len && !object->name.len)
		return STR("");
	return str_format(arena, "%.*s %.*s%s%.*s", STR_ARG(object->kind),
			  STR_ARG(object->namespace), object->namespace.len ? "/" : "",
			  STR_ARG(object->name));
}

/* "I2G204 Ingress web/shop spec.rules[].http.paths[].path"; indices are digits in brackets. */
static struct str shifted_key(struct arena *arena, struct str code, struct str object,
			      struct str path)
{
	struct buf buf;
	struct str key;
	bool index = false;

	buf_init(&buf);
	buf_format(&buf, "%.*s %.*s ", STR_ARG(code), STR_ARG(object));
	for (size_t i = 0; i < path.len; i++) {
		char c = path.at[i];

		if (!index || c < '0' || c > '9')
			buf_char(&buf, c);
		index = c == '[' || (index && c >= '0' && c <= '9');
	}
	key = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return key;
}

static struct str place_key(struct arena *arena, const char *id, struct str file)
{
	return str_format(arena, "%.*s %.*s", ID_LENGTH, id, STR_ARG(file));
}

static void add_entry(struct baseline *baseline, struct baseline_entry *entry)
{
	void **place = map_at(&baseline->by_id, entry->id);

	entry->next = *place;
	*place = entry;
	if (entry->object.len) {
		place = map_at(&baseline->shifted, shifted_key(baseline->arena, entry->code,
							       entry->object, entry->path));
		entry->next_shifted = *place;
		*place = entry;
	}
	*map_at(&baseline->by_place, place_key(baseline->arena, entry->id.at, entry->file)) = entry;
	ARENA_PUSH(baseline->arena, baseline->at, baseline->count, entry);
}

static struct baseline_entry *find(const struct baseline *baseline, const char *id, struct str file)
{
	struct arena_mark mark = arena_mark(baseline->arena);
	struct baseline_entry *entry =
		map_get(&baseline->by_place, place_key(baseline->arena, id, file));

	arena_rewind(baseline->arena, mark);
	return entry;
}

/* ---- reading ---- */

struct reading {
	struct baseline *baseline;
	struct findings findings;
	struct str name; /* of the file */
	unsigned documents;
	bool failed;
	struct error *error;
};

static void fail(struct reading *reading, const struct node *at, const char *what)
{
	if (!reading->failed)
		error_set(reading->error, "%.*s:%u:%u: %s", STR_ARG(reading->name), at->line,
			  at->column, what);
	reading->failed = true;
}

static bool is_hex(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdef", text.at[i]) || !text.at[i])
			return false;
	return true;
}

static bool is_code(struct str text)
{
	if (text.len != 6 || !str_starts(text, "I2G"))
		return false;
	for (size_t i = 3; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return true;
}

static struct str text_of(const struct reading *reading, const struct node *map, const char *key)
{
	return str_dup(reading->baseline->arena, node_text(map, key));
}

static bool read_count(struct reading *reading, const struct node *map, size_t *count)
{
	const struct node *node = node_get(map, "count");
	int64_t value = 1;

	if (node && (!node_to_int(node, &value) || value < 1 || value > BASELINE_COUNT_MOST)) {
		fail(reading, node, "\"count\" is not a number from 1 to 1000000");
		return false;
	}
	*count = (size_t)value;
	return true;
}

static void read_entry(struct reading *reading, const struct node *node, uint32_t source)
{
	struct baseline *baseline = reading->baseline;
	struct str id = node_text(node, "id"), code = node_text(node, "code");
	struct baseline_entry *entry;
	size_t count;

	if (node->kind != NODE_MAP) {
		fail(reading, node, "an entry of a baseline is an object");
	} else if (id.len != ID_LENGTH || !is_hex(id)) {
		fail(reading, node, "\"id\" is not 16 hexadecimal digits");
	} else if (!is_code(code)) {
		fail(reading, node, "\"code\" is not a code such as I2G301");
	} else if (read_count(reading, node, &count)) {
		entry = find(baseline, id.at, node_text(node, "file"));
		if (!entry) {
			entry = arena_new(baseline->arena, struct baseline_entry);
			*entry = (struct baseline_entry){
				.id = text_of(reading, node, "id"),
				.code = text_of(reading, node, "code"),
				.file = text_of(reading, node, "file"),
				.object = text_of(reading, node, "object"),
				.path = text_of(reading, node, "path"),
				.span = {source, node->line, node->column, 1},
			};
			add_entry(baseline, entry);
		}
		entry->count += count;
		entry->left = entry->count;
	}
}

/* What people mistake for a baseline. */
static const char *foreign(const struct node *root)
{
	if (root->kind != NODE_MAP)
		return "this is no baseline: it is no JSON object";
	if (node_get(root, "runs"))
		return "this is a SARIF log, no baseline; --update-baseline writes one";
	if (node_get(root, "summary"))
		return "these are findings (-o json), no baseline; --update-baseline writes one";
	if (node_get(root, "apiVersion") || node_get(root, "kind"))
		return "this is a Kubernetes manifest, no baseline";
	if (!node_get(root, "version"))
		return "this is no baseline: it has no \"version\"";
	if (!node_get(root, "findings") || node_get(root, "findings")->kind != NODE_LIST)
		return "this is no baseline: it has no list \"findings\"";
	return NULL;
}

static bool read_version(struct reading *reading, const struct node *root)
{
	const struct node *node = node_get(root, "version");
	int64_t version;

	if (node_to_int(node, &version) && version == 1)
		return true;
	fail(reading, node,
	     "this version of ingress2gw reads baselines of version 1; a newer one wrote this "
	     "file");
	return false;
}

static void take(void *batch, const struct yaml_item *item)
{
	struct reading *reading = batch;
	const char *wrong;

	reading->documents++;
	wrong = reading->documents > 1 ? "this is no baseline: it has several documents"
				       : foreign(item->root);
	if (reading->failed)
		return;
	if (wrong)
		fail(reading, item->root, wrong);
	else if (read_version(reading, item->root))
		node_each(child, node_get(item->root, "findings"))
			read_entry(reading, child, item->source);
}

static struct findings *findings_of(void *batch)
{
	return &((struct reading *)batch)->findings;
}

bool baseline_read(struct baseline *baseline, const struct sources *sources, uint32_t source,
		   struct error *error)
{
	const struct yaml_limits limits = {.document_bytes = (size_t)64 << 20, .nodes = 8000000};
	struct reading reading = {
		.baseline = baseline, .name = source_name(sources, source), .error = error};
	const struct yaml_sink sink = {
		.user = &reading, .open = yaml_one_batch, .take = take, .findings = findings_of};

	findings_init(&reading.findings, baseline->arena);
	if (!yaml_read(sources, source, &limits, 1, &sink, error))
		return false;
	if (reading.failed)
		return false;
	if (reading.findings.count) {
		const struct finding *first = &reading.findings.at[0];

		return error_set(error, "%.*s:%u:%u: %.*s", STR_ARG(reading.name), first->span.line,
				 first->span.column, STR_ARG(first->message));
	}
	if (!reading.documents)
		return error_set(error, "%.*s is empty; --update-baseline writes a baseline",
				 STR_ARG(reading.name));
	return true;
}

/* ---- matching ---- */

/* Entries with nothing left are taken off their list, so that none is looked at again and again. */
static bool take_moved(struct baseline *baseline, const char *id)
{
	struct str key = {id, ID_LENGTH};
	struct baseline_entry *entry = map_get(&baseline->by_id, key);

	if (!entry)
		return false;
	while (entry && !entry->left)
		entry = entry->next;
	*map_at(&baseline->by_id, key) = entry;
	if (entry)
		entry->left--;
	return entry;
}

static bool take_shifted(struct baseline *baseline, const struct finding *finding)
{
	struct arena_mark mark = arena_mark(baseline->arena);
	struct str key =
		shifted_key(baseline->arena, str_from(finding->code),
			    object_words(baseline->arena, &finding->object), finding->path);
	struct baseline_entry *entry = map_get(&baseline->shifted, key);
	bool known = entry;

	while (entry && !entry->left)
		entry = entry->next_shifted;
	if (known)
		*map_at(&baseline->shifted, key) = entry;
	if (entry)
		entry->left--;
	arena_rewind(baseline->arena, mark);
	return entry;
}

bool baseline_takes(struct baseline *baseline, const struct finding *finding, const char *id,
		    struct str file, enum baseline_match match)
{
	struct baseline_entry *entry;

	if (match == BASELINE_MOVED)
		return take_moved(baseline, id);
	if (match == BASELINE_SHIFTED)
		return finding->object.name.len && !finding_scope(finding)->value.len &&
		       take_shifted(baseline, finding);
	entry = find(baseline, id, file);
	if (!entry || !entry->left)
		return false;
	entry->left--;
	return true;
}

/* ---- changing ---- */

void baseline_add(struct baseline *baseline, const char *id, const struct finding *finding,
		  struct str file)
{
	struct arena *arena = baseline->arena;
	struct baseline_entry *entry = find(baseline, id, file);

	if (!entry) {
		entry = arena_new(arena, struct baseline_entry);
		*entry = (struct baseline_entry){
			.id = str_dup(arena, (struct str){id, ID_LENGTH}),
			.code = str_from(finding->code),
			.file = file,
			.object = object_words(arena, &finding->object),
			.path = finding->path,
			.judged = true,
		};
		add_entry(baseline, entry);
	}
	if (entry->left)
		entry->left--;
	else
		entry->count++;
}

void baseline_restart(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->count; i++)
		baseline->at[i]->left = baseline->at[i]->count;
}

size_t baseline_prune(struct baseline *baseline)
{
	size_t pruned = 0;

	for (size_t i = 0; i < baseline->count; i++) {
		struct baseline_entry *entry = baseline->at[i];

		if (!entry->judged)
			continue;
		pruned += entry->left;
		entry->count -= entry->left;
		entry->left = 0;
	}
	return pruned;
}

void baseline_forget_judged(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->count; i++)
		if (baseline->at[i]->judged)
			baseline->at[i]->count = baseline->at[i]->left = 0;
}

/* ---- writing ---- */

static int compare(const void *left, const void *right)
{
	const struct baseline_entry *a = *(struct baseline_entry *const *)left;
	const struct baseline_entry *b = *(struct baseline_entry *const *)right;
	int order = str_cmp(a->file, b->file);

	if (!order)
		order = str_cmp(a->object, b->object);
	if (!order)
		order = str_cmp(a->code, b->code);
	if (!order)
		order = str_cmp(a->path, b->path);
	return order ? order : str_cmp(a->id, b->id);
}

static void write_text(struct buf *buf, const char *key, struct str text)
{
	if (!text.len)
		return;
	buf_format(buf, ",\"%s\":", key);
	json_write_string(buf, text);
}

static void write_entry(struct buf *buf, const struct baseline_entry *entry)
{
	buf_text(buf, "    {\"id\":");
	json_write_string(buf, entry->id);
	write_text(buf, "code", entry->code);
	buf_format(buf, ",\"count\":%zu", entry->count);
	write_text(buf, "file", entry->file);
	write_text(buf, "object", entry->object);
	write_text(buf, "path", entry->path);
	buf_char(buf, '}');
}

void baseline_write(struct buf *buf, const struct baseline *baseline)
{
	struct arena arena;
	struct baseline_entry **sorted;
	bool first = true;

	arena_init(&arena);
	sorted = arena_array(&arena, struct baseline_entry *, baseline->count + 1);
	for (size_t i = 0; i < baseline->count; i++)
		sorted[i] = baseline->at[i];
	qsort(sorted, baseline->count, sizeof *sorted, compare);
	buf_text(buf, "{\n  \"version\": 1,\n  \"findings\": [");
	for (size_t i = 0; i < baseline->count; i++) {
		if (!sorted[i]->count)
			continue;
		buf_text(buf, first ? "\n" : ",\n");
		first = false;
		write_entry(buf, sorted[i]);
	}
	buf_text(buf, first ? "]\n}\n" : "\n  ]\n}\n");
	arena_finish(&arena);
}
