#include "compare/encode.h"
#include "compare/json_write.h"
#include "compare/pull.h"
#include "compare/record.h"
#include "kube/base64.h"

/* ---- values ---- */

/* A string, or {"base64":"..."}. */
static struct str read_bytes(struct pull *pull)
{
	struct str key, bytes = {0};

	if (pull_kind(pull) == PULL_STRING)
		return pull_string(pull);
	if (!pull_object(pull))
		return bytes;
	while (pull_key(pull, &key)) {
		if (!str_is(key, "base64"))
			pull_skip(pull);
		else if (!kube_base64_decode(pull->arena, pull_string(pull), &bytes))
			pull_fail(pull, "bytes are no base64");
	}
	return bytes;
}

static uint32_t read_number(struct pull *pull)
{
	int64_t number = pull_int(pull);

	if (number < 0 || number > UINT32_MAX)
		pull_fail(pull, "a number is out of range");
	return pull->wrong ? 0 : (uint32_t)number;
}

static enum route_version read_version(struct pull *pull)
{
	enum route_version version = ROUTE_HTTP_1_1;

	if (!json_version_find(pull_string(pull), &version))
		pull_fail(pull, "a version of HTTP is none");
	return version;
}

/* [["name", "value"], ...]; requests and answers keep them alike. */
static struct route_header *read_headers(struct pull *pull, size_t *count)
{
	struct route_header *headers = NULL;

	*count = 0;
	if (!pull_array(pull))
		return NULL;
	while (pull_item(pull)) {
		struct route_header header = {{0}, {0}};

		if (pull_array(pull) && pull_item(pull))
			header.name = read_bytes(pull);
		if (pull_item(pull))
			header.value = read_bytes(pull);
		while (pull_item(pull))
			pull_skip(pull);
		ARENA_PUSH(pull->arena, headers, *count, header);
	}
	return headers;
}

static void read_request(struct pull *pull, struct probe *probe)
{
	struct route_request *request = &probe->request;
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "method"))
			request->method = read_bytes(pull);
		else if (str_is(key, "tls"))
			request->tls = pull_bool(pull);
		else if (str_is(key, "port"))
			request->port = read_number(pull);
		else if (str_is(key, "sni"))
			request->sni = read_bytes(pull);
		else if (str_is(key, "authority"))
			request->authority = read_bytes(pull);
		else if (str_is(key, "target"))
			request->target = read_bytes(pull);
		else if (str_is(key, "version"))
			request->version = read_version(pull);
		else if (str_is(key, "headers"))
			request->headers = read_headers(pull, &request->header_count);
		else if (str_is(key, "bodyLength"))
			request->body_length = pull_int(pull);
		else if (str_is(key, "body"))
			probe->body = read_bytes(pull);
		else
			pull_skip(pull);
	}
	if (!request->target.len)
		pull_fail(pull, "a request has no target");
}

/* ---- answers ---- */

static enum answer_failure read_failure(struct pull *pull)
{
	struct str text = pull_string(pull);

	for (size_t i = 0; record_failures[i]; i++)
		if (str_is(text, record_failures[i]))
			return (enum answer_failure)i;
	pull_fail(pull, "a failure is none that is known");
	return ANSWER_CAME;
}

static void read_hash(struct pull *pull, uint8_t hash[static 32])
{
	struct str text = pull_string(pull);
	bool good = text.len == 64;

	for (size_t i = 0; good && i < 32; i++) {
		int high = encode_hex(text.at[2 * i]), low = encode_hex(text.at[2 * i + 1]);

		good = high >= 0 && low >= 0;
		hash[i] = good ? (uint8_t)(high << 4 | low) : 0;
	}
	if (!good)
		pull_fail(pull, "a hash is none");
}

static void read_tls(struct pull *pull, struct answer_tls *tls)
{
	const struct {
		const char *key;
		struct str *to;
	} texts[] = {
		{"version", &tls->version},         {"alpn", &tls->alpn},
		{"fingerprint", &tls->fingerprint}, {"subject", &tls->subject},
		{"issuer", &tls->issuer},           {"names", &tls->names},
	};
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		struct str *to = NULL;

		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			if (str_is(key, texts[i].key))
				to = texts[i].to;
		if (to)
			*to = read_bytes(pull);
		else if (str_is(key, "chain"))
			tls->chain = read_number(pull);
		else
			pull_skip(pull);
	}
}

static bool read_answer_body(struct pull *pull, struct str key, struct answer *answer)
{
	if (str_is(key, "body"))
		answer->body = read_bytes(pull);
	else if (str_is(key, "bodyLength"))
		answer->body_length = (uint64_t)pull_int(pull);
	else if (str_is(key, "bodySha256"))
		read_hash(pull, answer->body_hash);
	else
		return false;
	return true;
}

static struct answer *read_answer(struct pull *pull)
{
	struct answer *answer = arena_new(pull->arena, struct answer);
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "micros"))
			answer->micros = pull_int(pull);
		else if (str_is(key, "failure"))
			answer->failure = read_failure(pull);
		else if (str_is(key, "why"))
			answer->why = read_bytes(pull);
		else if (str_is(key, "status"))
			answer->status = read_number(pull);
		else if (str_is(key, "version"))
			answer->version = read_version(pull);
		else if (str_is(key, "headers"))
			answer->headers = (const struct answer_header *)read_headers(
				pull, &answer->header_count);
		else if (str_is(key, "tls"))
			read_tls(pull, &answer->tls);
		else if (str_is(key, "backend"))
			answer->backend = read_bytes(pull);
		else if (!read_answer_body(pull, key, answer))
			pull_skip(pull);
	}
	if (answer->failure == ANSWER_CAME && !answer->status)
		pull_fail(pull, "an answer has no status");
	return answer;
}

_Static_assert(sizeof(struct answer_header) == sizeof(struct route_header) &&
		       offsetof(struct answer_header, value) ==
			       offsetof(struct route_header, value),
	       "headers of requests and answers are read alike");

/* ---- lines ---- */

static bool read_entry(struct pull *pull, struct record_entry *entry)
{
	struct probe *probe = &entry->probe;
	struct str key;

	*entry = (struct record_entry){.probe.times = 1};
	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "number"))
			probe->number = read_number(pull);
		else if (str_is(key, "origin"))
			probe->origin = read_bytes(pull);
		else if (str_is(key, "times"))
			probe->times = read_number(pull);
		else if (str_is(key, "recordedStatus"))
			probe->recorded_status = read_number(pull);
		else if (str_is(key, "draws"))
			probe->draws = read_number(pull);
		else if (str_is(key, "follows"))
			probe->follows = pull_bool(pull);
		else if (str_is(key, "request"))
			read_request(pull, probe);
		else if (str_is(key, "live"))
			entry->live = read_answer(pull);
		else if (str_is(key, "again"))
			entry->again = read_answer(pull);
		else
			pull_skip(pull);
	}
	return pull_end(pull) && probe->number && probe->request.target.len && entry->live;
}

static bool read_head(struct record *record, struct str line, const char *path, struct error *error)
{
	struct pull pull;
	struct str key, what = {0};
	int64_t version = 0;

	pull_init(&pull, line, &record->arena);
	pull_object(&pull);
	while (pull_key(&pull, &key)) {
		if (str_is(key, "ingress2gw"))
			what = pull_string(&pull);
		else if (str_is(key, "version"))
			version = pull_int(&pull);
		else if (str_is(key, "live"))
			record->live = read_bytes(&pull);
		else
			pull_skip(&pull);
	}
	if (!pull_end(&pull) || !str_is(what, "recording"))
		return error_set(error,
				 "%s:1: this is no recording: its first line is not what --record "
				 "writes",
				 path);
	if (version < 1 || version > RECORD_VERSION)
		return error_set(error,
				 "%s:1: the recording is of version %lld, and this program reads "
				 "version %d",
				 path, (long long)version, RECORD_VERSION);
	return true;
}

/* ---- finding entries again ---- */

struct key {
	uint64_t identity;
	uint64_t number; /* 0: whichever */
};

/* The map keeps the bytes of a key that is new. */
static void **place_of(struct record *record, struct key key)
{
	struct str text = {(const char *)&key, sizeof key};

	if (!map_get(&record->known, text))
		text = str_dup(&record->arena, text);
	return map_at(&record->known, text);
}

/* From the last one to the first, so that each stands in front of those that follow it. */
static void index_entries(struct record *record)
{
	map_init(&record->known, &record->arena);
	for (size_t i = record->count; i-- > 0;) {
		struct record_entry *entry = &record->at[i];
		uint64_t identity = probe_identity(&entry->probe);
		void **place = place_of(record, (struct key){identity, entry->probe.number});

		entry->next = *place;
		entry->first = true;
		if (*place)
			((struct record_entry *)*place)->first = false;
		*place = entry;
		*place_of(record, (struct key){identity, 0}) = entry;
	}
}

const struct record_entry *record_find(const struct record *record, const struct probe *probe)
{
	struct key key = {probe_identity(probe), probe->number};
	const struct str text = {(const char *)&key, sizeof key};
	const struct record_entry *entry = map_get(&record->known, text);

	if (entry)
		return entry;
	key.number = 0;
	return map_get(&record->known, text);
}

/* ---- the file ---- */

static struct str next_line(struct str *rest)
{
	const char *end = memchr(rest->at, '\n', rest->len);
	struct str line = str_sub(*rest, 0, end ? (size_t)(end - rest->at) : rest->len);

	*rest = str_from_pos(*rest, line.len + 1);
	return line;
}

bool record_read(struct record *record, struct str text, const char *path, struct error *error)
{
	bool whole;

	*record = (struct record){0};
	arena_init(&record->arena);
	if (!text.len)
		return error_set(error, "%s is empty: nothing was recorded", path);
	text = str_dup(&record->arena, text);
	whole = str_ends(text, "\n");
	if (!read_head(record, next_line(&text), path, error))
		return false;
	while (text.len) {
		struct record_entry entry;
		struct pull pull;

		pull_init(&pull, next_line(&text), &record->arena);
		if (read_entry(&pull, &entry))
			ARENA_PUSH(&record->arena, record->at, record->count, entry);
		else if (text.len || whole)
			record->broken++;
	}
	index_entries(record);
	return true;
}

void record_finish(struct record *record)
{
	arena_finish(&record->arena);
}
