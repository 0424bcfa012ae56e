#include "compare/fact_parts.h"

#include <stdlib.h>

#include "base/map.h"

/* Headers that every proxy makes in its own way, or anew for each answer. Sorted. `seen`: of the request at
 * the backend; `answer`: of the answer. */
static const struct {
	const char *name;
	bool answer, seen;
} headers[] = {
	{"accept-encoding", false, true}, /* kept or dropped as the proxy compresses by itself */
	{"age", true, false},
	{"cf-ray", true, true},
	{"connection", true, true},
	{"content-length", true, true}, /* framing: bodies are compared */
	{"date", true, false},
	{"forwarded", false, true},
	{"keep-alive", true, true},
	{"request-id", true, true},
	{"server", true, false},
	{"server-timing", true, false},
	{"traceparent", true, true},
	{"tracestate", true, true},
	{"transfer-encoding", true, true},
	{"user-agent", false, true},
	{"via", true, true},
	{"x-amzn-trace-id", true, true},
	{"x-b3-parentspanid", true, true},
	{"x-b3-sampled", true, true},
	{"x-b3-spanid", true, true},
	{"x-b3-traceid", true, true},
	{"x-cloud-trace-context", true, true},
	{"x-correlation-id", true, true},
	{"x-echo-backend", true, false}, /* compared as the backend */
	{"x-envoy-attempt-count", true, true},
	{"x-envoy-decorator-operation", true, true},
	{"x-envoy-expected-rq-timeout-ms", false, true},
	{"x-envoy-external-address", false, true},
	{"x-envoy-internal", false, true},
	{"x-envoy-original-path", false, true},
	{"x-envoy-peer-metadata", true, true},
	{"x-envoy-peer-metadata-id", true, true},
	{"x-envoy-upstream-service-time", true, false},
	{"x-forwarded-client-cert", false, true},
	{"x-forwarded-for", false, true},  /* addresses and ports of whoever asks */
	{"x-forwarded-port", false, true}, /* the port that is bound, not the one of the service */
	{"x-forwarded-scheme", false, true},
	{"x-kong-proxy-latency", true, false},
	{"x-kong-request-id", true, true},
	{"x-kong-upstream-latency", true, false},
	{"x-original-forwarded-for", false, true},
	{"x-original-uri", false, true},
	{"x-real-ip", false, true},
	{"x-request-id", true, true},
	{"x-response-time", true, false},
	{"x-runtime", true, false},
	{"x-scheme", false, true},
	{"x-trace-id", true, true},
};

enum { SEEN_MOST = 1000 };

struct rule {
	enum fact_kind kind;
	struct str name; /* empty: all of that kind */
	bool prefix;
};

struct ignore {
	struct arena *arena;
	struct rule *rules;
	size_t rule_count;
	struct map seen;
	struct str *names;
	size_t name_count;
};

struct ignore *ignore_new(struct arena *arena)
{
	struct ignore *ignore = arena_new(arena, struct ignore);

	ignore->arena = arena;
	map_init(&ignore->seen, arena);
	return ignore;
}

/* ---- rules of the user ---- */

static void add(struct ignore *ignore, enum fact_kind kind, struct str name)
{
	struct rule rule = {.kind = kind, .prefix = str_ends(name, "*") && !str_ends(name, "[*")};

	name.len -= rule.prefix;
	rule.name = str_dup(ignore->arena, name);
	if (rule.prefix && !name.len)
		rule.prefix = false;
	ARENA_PUSH(ignore->arena, ignore->rules, ignore->rule_count, rule);
}

void ignore_header(struct ignore *ignore, struct str name)
{
	struct str lower = str_lower(ignore->arena, name);

	add(ignore, FACT_HEADER, lower);
	add(ignore, FACT_SEEN, STR_JOIN(ignore->arena, STR("header "), lower));
	/* These have kinds of their own. */
	if (str_is(lower, "set-cookie"))
		add(ignore, FACT_COOKIE, STR(""));
	else if (str_is(lower, "location"))
		add(ignore, FACT_LOCATION, STR(""));
	else if (str_is(lower, "content-type"))
		add(ignore, FACT_BODY, STR("type"));
}

/* "$.items[3].id" means all items, as facts name them. */
static struct str without_positions(struct arena *arena, struct str path)
{
	char *made = arena_bytes(arena, 2 * path.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < path.len; i++) {
		made[len++] = path.at[i];
		if (path.at[i] != '[' || i + 1 == path.len || path.at[i + 1] < '0' ||
		    path.at[i + 1] > '9')
			continue;
		while (i + 1 < path.len && path.at[i + 1] >= '0' && path.at[i + 1] <= '9')
			i++;
		made[len++] = '*';
	}
	return (struct str){made, len};
}

bool ignore_fact(struct ignore *ignore, struct str spec, struct error *error)
{
	size_t colon = str_find(spec, ':');
	struct str kind = str_sub(spec, 0, colon);
	struct str name = colon == SIZE_MAX ? STR("") : str_from_pos(spec, colon + 1);
	int i = FACT_REACH;

	while (i <= FACT_SESSION && !str_is(kind, fact_kind_name((enum fact_kind)i)))
		i++;
	if (i > FACT_SESSION)
		return error_set(error,
				 "unknown kind of difference '%.*s'; there are reach, status, "
				 "location, backend, seen, header, cookie, tls, body, share and "
				 "session, with ':NAME' for one of it",
				 STR_ARG(str_sub(kind, 0, 64)));
	if (colon != SIZE_MAX && !name.len)
		return error_set(error, "'%.*s' names nothing behind the colon",
				 STR_ARG(str_sub(spec, 0, 64)));
	if (i == FACT_HEADER || i == FACT_SEEN)
		name = str_lower(ignore->arena, name);
	if (i == FACT_BODY)
		name = without_positions(ignore->arena, name);
	add(ignore, (enum fact_kind)i, name);
	return true;
}

/* ---- matching ---- */

/* A JSON path stands for all below it. */
static bool is_below(struct str name, struct str above)
{
	return name.len > above.len && str_eq(str_sub(name, 0, above.len), above) &&
	       (name.at[above.len] == '.' || name.at[above.len] == '[');
}

static bool rule_matches(const struct rule *rule, enum fact_kind kind, struct str name)
{
	if (rule->kind != kind)
		return false;
	if (!rule->name.len || str_eq(rule->name, name))
		return true;
	if (rule->prefix && str_eq(str_sub(name, 0, rule->name.len), rule->name))
		return true;
	return kind == FACT_BODY && str_starts(rule->name, "$") && is_below(name, rule->name);
}

static bool is_built_in(enum fact_kind kind, struct str name)
{
	size_t low = 0, high = sizeof headers / sizeof *headers;

	if (kind == FACT_SEEN && str_starts(name, "header "))
		name = str_from_pos(name, 7);
	else if (kind != FACT_HEADER)
		return false;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(name, str_from(headers[mid].name));

		if (!order)
			return kind == FACT_SEEN ? headers[mid].seen : headers[mid].answer;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

void ignore_note(struct ignore *ignore, struct str what)
{
	struct str copy;

	if (ignore->name_count >= SEEN_MOST || map_get(&ignore->seen, what))
		return;
	copy = str_dup(ignore->arena, what);
	*map_at(&ignore->seen, copy) = ignore;
	ARENA_PUSH(ignore->arena, ignore->names, ignore->name_count, copy);
}

static void note(struct ignore *ignore, enum fact_kind kind, struct str name)
{
	char text[160];
	struct str words = str_from(fact_kind_name(kind));

	memcpy(text, words.at, words.len);
	if (name.len && name.len < sizeof text - words.len - 1) {
		text[words.len] = ' ';
		memcpy(text + words.len + 1, name.at, name.len);
		words.len += 1 + name.len;
	}
	ignore_note(ignore, (struct str){text, words.len});
}

bool ignore_matches(struct ignore *ignore, enum fact_kind kind, struct str name)
{
	bool matches = is_built_in(kind, name);

	for (size_t i = 0; !matches && i < ignore->rule_count; i++)
		matches = rule_matches(&ignore->rules[i], kind, name);
	if (matches)
		note(ignore, kind, name);
	return matches;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

size_t ignore_seen(const struct ignore *ignore, const struct str **names)
{
	/* A list of pointers: sorting it changes nothing that is promised. */
	if (ignore->name_count)
		qsort(ignore->names, ignore->name_count, sizeof *ignore->names, by_name);
	*names = ignore->names;
	return ignore->name_count;
}
