#include "compare/merge_read.h"

#include <stdarg.h>

#include "compare/json_write.h"
#include "kube/base64.h"
#include "yaml/json.h"

bool merge_fail(const struct merge_file *file, const struct node *node, const char *format, ...)
{
	struct merge_file *changed = (struct merge_file *)file;
	char text[400];
	va_list args;

	if (file->failed)
		return false;
	changed->failed = true;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return error_set(file->error, "%.*s:%u:%u: %s", STR_ARG(file->name), node ? node->line : 1,
			 node ? node->column : 1, text);
}

struct str merge_bytes(const struct merge_file *file, const struct node *node)
{
	struct str bytes = {NULL, 0};

	if (!node)
		return bytes;
	if (node->kind == NODE_STRING)
		return str_dup(file->arena, node->text);
	if (node->kind != NODE_MAP ||
	    !kube_base64_decode(file->arena, node_text(node, "base64"), &bytes)) {
		merge_fail(file, node, "this is neither a text nor {\"base64\":...}");
		return (struct str){NULL, 0};
	}
	return bytes.at ? bytes : STR("");
}

struct str merge_text(const struct merge_file *file, const struct node *map, const char *key)
{
	return merge_bytes(file, node_get(map, key));
}

uint64_t merge_number(const struct merge_file *file, const struct node *map, const char *key)
{
	const struct node *node = node_get(map, key);
	int64_t value = 0;

	if (node && (!node_to_int(node, &value) || value < 0)) {
		merge_fail(file, node, "\"%s\" is not a number from 0 on", key);
		return 0;
	}
	return (uint64_t)value;
}

/* ---- the file ---- */

struct reading {
	struct merge_file *file;
	void (*take)(void *user, struct merge_file *file);
	void *user;
};

static bool read_seed(struct merge_file *file)
{
	const struct node *node = node_get(file->root, "seed");
	struct str text = node_text(file->root, "seed");

	if (!text.len || text.len > STR_DIGITS)
		return merge_fail(file, node ? node : file->root,
				  "\"seed\" is not a number as text");
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return merge_fail(file, node, "\"seed\" is not a number as text");
		file->seed = file->seed * 10 + (uint64_t)(text.at[i] - '0');
	}
	return true;
}

static bool read_shard(struct merge_file *file)
{
	const struct node *shard = node_get(file->root, "shard");
	uint64_t number = merge_number(file, shard, "number"), of = merge_number(file, shard, "of");

	if (number > UINT32_MAX || of > UINT32_MAX || (shard && !of))
		return merge_fail(file, shard, "\"shard\" is not {\"number\":1,\"of\":4}");
	file->shard = (uint32_t)number;
	file->shards = (uint32_t)of;
	return !file->failed;
}

static bool is_result(struct merge_file *file)
{
	int64_t version;

	if (file->root->kind != NODE_MAP || !str_is(node_text(file->root, "kind"), "diff"))
		return merge_fail(file, file->root,
				  "this is no result of diff; -o json writes one");
	if (!node_to_int(node_get(file->root, "version"), &version) || version != 1)
		return merge_fail(file, node_get(file->root, "version"),
				  "this version of ingress2gw reads results of version 1; a newer "
				  "one wrote this file");
	return true;
}

static void take_root(void *user, const struct yaml_item *item)
{
	struct reading *reading = user;
	struct merge_file *file = reading->file;

	if (file->root)
		return;
	file->root = item->root;
	if (is_result(file) && read_seed(file) && read_shard(file))
		reading->take(reading->user, file);
}

static bool read_text(struct json *json, struct merge_file *file)
{
	size_t skip = 0;
	enum json_result result = json_next(json, &skip);

	if (result == JSON_VALUE)
		result = json_next(json, &skip);
	if (result == JSON_REFUSED || result == JSON_LIMIT) {
		const struct node place = {.line = json->problem.line,
					   .column = json->problem.column};

		return merge_fail(file, &place, "%.*s", STR_ARG(json->problem.message));
	}
	if (!file->root)
		return merge_fail(file, NULL, "the file is empty; -o json writes a result");
	return result == JSON_END || merge_fail(file, NULL, "something stands behind the result");
}

bool merge_read(struct merge_file *file, struct str text,
		void (*take)(void *user, struct merge_file *file), void *user)
{
	const struct yaml_limits limits = {
		.document_bytes = (size_t)1 << 31,
		.list_bytes = (size_t)1 << 31,
		.scalar_bytes = (size_t)1 << 24,
		.depth = 32,
		.nodes = (size_t)1 << 26,
		.alias_nodes = 1,
		.directives = 1,
	};
	struct reading reading = {file, take, user};
	struct findings findings;
	struct arena arena;
	struct tree tree = {
		.limits = &limits, .take = take_root, .user = &reading, .findings = &findings};
	struct json json = {.tree = &tree, .error = file->error};
	bool good;

	arena_init(&arena);
	findings_init(&findings, &arena);
	tree_init(&tree);
	json_init(&json, text.at ? text : STR(""), NULL, 0, 1);
	good = read_text(&json, file) && !file->failed;
	json_finish(&json);
	tree_finish(&tree);
	arena_finish(&arena);
	file->root = NULL;
	return good;
}

/* ---- findings ---- */

static struct object_ref read_object(const struct merge_file *file, const struct node *map)
{
	return (struct object_ref){merge_text(file, map, "kind"),
				   merge_text(file, map, "namespace"),
				   merge_text(file, map, "name")};
}

/* A file of the input, known by its name. */
static uint32_t source_of(const struct merge_file *file, struct str name)
{
	for (uint32_t i = 0; i < file->sources->count; i++)
		if (str_eq(file->sources->at[i].name, name))
			return i;
	return sources_add(file->sources, (struct source){.name = name, .text = STR("")});
}

static struct span read_place(const struct merge_file *file, const struct node *map)
{
	struct str name = merge_text(file, map, "file");
	uint64_t line = merge_number(file, map, "line");

	if (!line || !name.at || line > UINT32_MAX)
		return (struct span){0};
	return (struct span){
		.source = source_of(file, name),
		.line = (uint32_t)line,
		.column = (uint32_t)merge_number(file, map, "column"),
		.length = (uint32_t)merge_number(file, map, "length"),
	};
}

static const struct finding *read_finding(struct merge_file *file, const struct node *map,
					  struct map *known)
{
	const struct rule *rule = rule_find(node_text(map, "code"));
	struct finding *finding = arena_new(file->arena, struct finding);
	struct str key;
	void **at;

	if (!rule) {
		merge_fail(file, map, "no finding has the code '%.*s' in this version",
			   STR_ARG(str_sub(node_text(map, "code"), 0, 40)));
		return finding;
	}
	*finding = (struct finding){
		.code = rule->code,
		.object = read_object(file, node_get(map, "object")),
		.path = merge_text(file, map, "path"),
		.span = read_place(file, map),
		.message = merge_text(file, map, "message"),
		.hint = merge_text(file, map, "hint"),
	};
	key = STR_JOIN(file->arena, str_from(rule->code), STR("\n"), finding->object.kind,
		       STR("\n"), finding->object.namespace, STR("\n"), finding->object.name,
		       STR("\n"), finding->path, STR("\n"), finding->message);
	at = map_at(known, key);
	if (!*at)
		*at = finding;
	return *at;
}

void merge_findings(struct merge_file *file, struct map *known)
{
	node_each(child, node_get(file->root, "findings"))
	{
		const struct finding *finding = read_finding(file, child, known);

		ARENA_PUSH(file->arena, file->findings, file->finding_count, finding);
	}
}

static const struct finding *finding_at(const struct merge_file *file, const struct node *map)
{
	const struct node *node = node_get(map, "finding");
	uint64_t index = merge_number(file, map, "finding");

	if (!node)
		return NULL;
	if (index >= file->finding_count) {
		merge_fail(file, node, "there is no such finding");
		return NULL;
	}
	return file->findings[index];
}

/* ---- results ---- */

/* Both kinds of headers are pairs of texts. */
struct pair {
	struct str name, value;
};

static struct pair *read_headers(const struct merge_file *file, const struct node *map,
				 size_t *count)
{
	const struct node *list = node_get(map, "headers");
	struct pair *pairs = arena_array(file->arena, struct pair, (list ? list->count : 0) + 1);

	*count = 0;
	node_each(child, list)
	{
		if (child->kind != NODE_LIST || child->count != 2) {
			merge_fail(file, child, "a header is [\"name\",\"value\"]");
			return pairs;
		}
		pairs[*count].name = merge_bytes(file, child->first);
		pairs[(*count)++].value = merge_bytes(file, child->last);
	}
	return pairs;
}

static enum route_version read_version(const struct node *map)
{
	enum route_version version = ROUTE_HTTP_1_1;

	json_version_find(node_text(map, "http"), &version);
	return version;
}

static void read_request(const struct merge_file *file, const struct node *map, struct probe *probe)
{
	struct route_request *request = &probe->request;
	size_t count;
	struct pair *pairs = read_headers(file, map, &count);
	struct route_header *headers = arena_array(file->arena, struct route_header, count + 1);

	for (size_t i = 0; i < count; i++)
		headers[i] = (struct route_header){pairs[i].name, pairs[i].value};
	*request = (struct route_request){
		.port = (uint32_t)merge_number(file, map, "port"),
		.sni = merge_text(file, map, "sni"),
		.version = read_version(map),
		.method = merge_text(file, map, "method"),
		.target = merge_text(file, map, "target"),
		.authority = merge_text(file, map, "host"),
		.headers = headers,
		.header_count = count,
	};
	node_to_bool(node_get(map, "tls"), &request->tls);
	node_to_int(node_get(map, "bodyLength"), &request->body_length);
	probe->body = merge_text(file, map, "body");
}

static enum fact_kind read_kind(const struct merge_file *file, const struct node *map)
{
	struct str name = node_text(map, "kind");

	for (int kind = FACT_REACH; kind <= FACT_SESSION; kind++)
		if (str_is(name, fact_kind_name((enum fact_kind)kind)))
			return (enum fact_kind)kind;
	merge_fail(file, map, "there is no kind of fact '%.*s'", STR_ARG(str_sub(name, 0, 40)));
	return FACT_REACH;
}

static void read_facts(const struct merge_file *file, const struct node *map,
		       struct diff_result *result)
{
	const struct node *list = node_get(map, "facts");
	struct fact *facts = arena_array(file->arena, struct fact, (list ? list->count : 0) + 1);

	node_each(child, list) facts[result->fact_count++] = (struct fact){
		.kind = read_kind(file, child),
		.name = merge_text(file, child, "name"),
		.live = merge_text(file, child, "live"),
		.candidate = merge_text(file, child, "candidate"),
	};
	result->facts = facts;
}

static enum answer_failure read_failure(const struct merge_file *file, const struct node *map)
{
	struct str name = node_text(map, "failure");

	if (!node_get(map, "failure"))
		return ANSWER_CAME;
	for (int failure = ANSWER_CAME; failure <= ANSWER_WRONG; failure++)
		if (str_is(name, answer_failure_name((enum answer_failure)failure)))
			return (enum answer_failure)failure;
	merge_fail(file, map, "there is no failure '%.*s'", STR_ARG(str_sub(name, 0, 40)));
	return ANSWER_WRONG;
}

static unsigned hex_digit(char c)
{
	return (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0') & 15;
}

static void read_hash(const struct node *map, uint8_t hash[32])
{
	struct str text = node_text(map, "sha256");

	for (size_t i = 0; i < 32 && text.len == 64; i++)
		hash[i] = (uint8_t)(hex_digit(text.at[2 * i]) << 4 | hex_digit(text.at[2 * i + 1]));
}

static struct answer_tls read_tls(const struct merge_file *file, const struct node *map)
{
	return (struct answer_tls){
		.version = merge_text(file, map, "version"),
		.alpn = merge_text(file, map, "alpn"),
		.fingerprint = merge_text(file, map, "fingerprint"),
		.subject = merge_text(file, map, "subject"),
		.issuer = merge_text(file, map, "issuer"),
		.names = merge_text(file, map, "names"),
		.chain = (unsigned)merge_number(file, map, "chain"),
	};
}

static const struct answer *read_answer(const struct merge_file *file, const struct node *map)
{
	struct answer *answer;
	size_t count;
	struct pair *pairs;
	struct answer_header *headers;

	if (!map)
		return NULL;
	answer = arena_new(file->arena, struct answer);
	pairs = read_headers(file, map, &count);
	headers = arena_array(file->arena, struct answer_header, count + 1);
	for (size_t i = 0; i < count; i++)
		headers[i] = (struct answer_header){pairs[i].name, pairs[i].value};
	*answer = (struct answer){
		.failure = read_failure(file, map),
		.why = merge_text(file, map, "why"),
		.status = (unsigned)merge_number(file, map, "status"),
		.version = read_version(map),
		.headers = headers,
		.header_count = count,
		.tls = read_tls(file, node_get(map, "tls")),
		.body = merge_text(file, map, "body"),
		.body_length = merge_number(file, map, "bodyLength"),
		.backend = merge_text(file, map, "backend"),
		.micros = (int64_t)merge_number(file, map, "microseconds"),
	};
	read_hash(map, answer->body_hash);
	return answer;
}

static bool read_verdict(const struct merge_file *file, const struct node *map,
			 enum diff_verdict *verdict)
{
	static const char *const names[] = {"equal", "different", "flaky", "unasked"};
	struct str name = node_text(map, "verdict");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i])) {
			*verdict = (enum diff_verdict)i;
			return true;
		}
	return merge_fail(file, map, "there is no verdict '%.*s'", STR_ARG(str_sub(name, 0, 40)));
}

bool merge_result(const struct merge_file *file, const struct node *map, struct diff_result *result)
{
	const struct node *object = node_get(map, "object");

	if (!read_verdict(file, map, &result->verdict))
		return false;
	result->probe = (struct probe){
		.number = (uint32_t)merge_number(file, map, "number"),
		.origin = merge_text(file, map, "origin"),
		.recorded_status = (unsigned)merge_number(file, map, "recordedStatus"),
		.times = (uint32_t)merge_number(file, map, "times"),
		.draws = (uint32_t)merge_number(file, map, "draws"),
	};
	node_to_bool(node_get(map, "follows"), &result->probe.follows);
	node_to_bool(node_get(map, "predicted"), &result->predicted);
	node_to_bool(node_get(map, "guardLost"), &result->guard_lost);
	read_request(file, node_get(map, "request"), &result->probe);
	read_facts(file, map, result);
	result->finding = finding_at(file, map);
	result->from = merge_text(file, map, "from");
	result->to = merge_text(file, map, "to");
	result->route = merge_text(file, map, "route");
	result->span = read_place(file, map);
	if (object) {
		struct object_ref *ref = arena_new(file->arena, struct object_ref);

		*ref = read_object(file, object);
		result->object = ref;
	}
	result->live = read_answer(file, node_get(map, "live"));
	result->candidate = read_answer(file, node_get(map, "candidate"));
	return !file->failed;
}
