/* What a backend is sent, and the tries. */
#include "proxy/exchange.h"

#include "proxy/grammar.h"
#include "proxy/worker.h"

enum { BACKOFF_MS = 25, ID_LONGEST = 128 };

/* ---- texts of rules: YAML may hold any octet ---- */

struct str exchange_clean_value(struct arena *arena, struct str text)
{
	struct str clean = text;

	if (grammar_is_value(text))
		return str_trim(text);
	clean = str_dup(arena, text);
	for (size_t i = 0; i < clean.len; i++)
		if (!grammar_is(clean.at[i], GRAMMAR_VALUE))
			((char *)clean.at)[i] = ' ';
	return str_trim(clean);
}

struct str exchange_clean_host(struct str name)
{
	return grammar_is_authority(name) ? name : STR("backend.invalid");
}

struct str exchange_clean_target(struct arena *arena, struct str text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t used = 0;
	char *copy;

	if (grammar_all(text, GRAMMAR_TARGET))
		return text;
	copy = arena_bytes(arena, text.len * 3);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (grammar_is(text.at[i], GRAMMAR_TARGET)) {
			copy[used++] = text.at[i];
			continue;
		}
		copy[used++] = '%';
		copy[used++] = hex[c >> 4];
		copy[used++] = hex[c & 15];
	}
	return (struct str){copy, used};
}

/* ---- edits ---- */

/* Framing and connection are not for filters (HTTPHeaderFilter): what they say about them is left
 * out. */
static bool may_edit(enum head_name id)
{
	return id == HEAD_OTHER ||
	       !(id == HEAD_CONTENT_LENGTH || head_names[id].kinds & HEAD_IS_HOP);
}

static bool has_value(const struct head *head, enum head_name id, struct str name)
{
	uint32_t at = id == HEAD_OTHER ? head_find_name(head, name, 0) : head_find(head, id, 0);

	return at < head->count && head->fields[at].value.len;
}

static void edit(struct head *head, const struct route_edit *edit)
{
	enum head_name id = grammar_is_token(edit->name) ? head_name(edit->name) : HEAD_OTHER;
	struct str value = exchange_clean_value(head->arena, edit->value);

	if (!may_edit(id) || !grammar_is_token(edit->name))
		return;
	switch (edit->kind) {
	case ROUTE_EDIT_SET:
		head_set(head, edit->name, value);
		break;
	case ROUTE_EDIT_ADD:
		head_add(head, edit->name, value);
		break;
	case ROUTE_EDIT_REMOVE:
		if (id != HEAD_HOST)
			head_remove(head, edit->name);
		break;
	case ROUTE_EDIT_DEFAULT:
		if (!has_value(head, id, edit->name))
			head_set(head, edit->name, value);
		break;
	}
}

void exchange_edit(struct head *head, const struct route_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++)
		edit(head, &edits->at[i]);
}

/* ---- fields that a proxy adds ---- */

static bool is_id(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '"')
			return false;
	return text.len > 0 && text.len <= ID_LONGEST;
}

/* The id that the client gave is kept when it is one. */
static void add_fields(struct exchange *exchange)
{
	struct worker *worker = exchange->worker;
	struct arena *arena = &exchange->arena;
	struct str given = head_value(&exchange->request, HEAD_X_REQUEST_ID);
	const struct policy_facts facts = {
		.peer = str_from(exchange->place->client_text),
		.client = exchange->client_text,
		.host = exchange->request.authority,
		.trust = exchange->trust,
		.tls = exchange->place->tls,
		.port = str_format(arena, "%u", exchange->place->port),
		.request_id = str_format(arena, "%016llx%016llx",
					 (unsigned long long)worker_random(worker),
					 (unsigned long long)worker_random(worker)),
	};

	if (given.len && !is_id(given))
		head_remove(&exchange->ask, STR("X-Request-Id"));
	policy_request(&exchange->ask, worker->options->side, &facts);
	exchange->id = head_value(&exchange->ask, HEAD_X_REQUEST_ID);
}

/* ---- the request to the backend ---- */

static struct str target_of(struct exchange *exchange)
{
	const struct route_sent *sent = exchange->sent;
	const struct route_target came = route_target(exchange->request.target);
	struct str path = sent->path;

	if (path.at == came.path.at && path.len == came.path.len && sent->query.at == came.query.at)
		return exchange->request.target;
	path = exchange_clean_target(&exchange->arena, path);
	if (!path.len || (path.at[0] != '/' && !str_is(path, "*")))
		path = STR_JOIN(&exchange->arena, STR("/"), path);
	if (!sent->has_query)
		return path;
	return STR_JOIN(&exchange->arena, path, STR("?"),
			exchange_clean_target(&exchange->arena, sent->query));
}

void exchange_copy_head(struct head *copy, const struct head *head, struct arena *arena)
{
	uint32_t room = head->count + 16;

	*copy = *head;
	copy->arena = arena;
	copy->fields = arena_array(arena, struct route_header, room);
	copy->ids = arena_bytes(arena, room);
	copy->room = room;
	if (!head->count)
		return;
	memcpy(copy->fields, head->fields, head->count * sizeof *copy->fields);
	memcpy(copy->ids, head->ids, head->count);
}

void exchange_build(struct exchange *exchange)
{
	struct head *ask = &exchange->ask;

	exchange_copy_head(ask, &exchange->request, &exchange->arena);
	ask->target = target_of(exchange);
	ask->authority = exchange->sent->host;
	if (!grammar_is_authority(ask->authority))
		ask->authority = exchange_clean_host(exchange->share->name);
	if (head_saw(ask, HEAD_EXPECT))
		head_remove(ask, STR("Expect")); /* the front answers it */
	add_fields(exchange);
	exchange_edit(ask, &exchange->share->request);
	exchange_raw_request(exchange);
}

/* ---- tries ---- */

static void start_try(struct exchange *exchange)
{
	const struct route_policy *policy = exchange->policy;
	const struct proxy_options *options = exchange->worker->options;
	int64_t now = exchange->worker->loop.now;

	if (!exchange->tries++)
		budget_request(&exchange->worker->budgets, exchange->share->budget, now);
	exchange->connecting = true;
	exchange->asked_us = worker_clock();
	exchange->idle_at =
		now + (policy->connect_ms > 0 ? policy->connect_ms : options->connect_ms);
	exchange->try_at = policy->backend_ms > 0 ? now + policy->backend_ms : EXCHANGE_NEVER;
	exchange_set_timer(exchange);
}

bool exchange_awaits_upgrade(const struct exchange *exchange)
{
	return exchange->request.websocket && !exchange->tunnel;
}

/* A back may fail at any of it. */
static void send_kept(struct exchange *exchange)
{
	struct back *back = exchange->back;

	for (const struct slab *slab = exchange->kept.first; slab && exchange->back == back;
	     slab = slab->next)
		back->ops->data(back, (struct str){slab->bytes + slab->from, slab->to - slab->from},
				false);
	if (exchange->back == back && exchange->requested)
		back->ops->end(back, exchange->trailers);
}

void exchange_keep_trailers(struct exchange *exchange, const struct head *trailers)
{
	struct arena *arena = &exchange->arena;

	if (!trailers || !trailers->count)
		return;
	exchange->trailers = arena_new(arena, struct head);
	head_init(exchange->trailers, arena);
	for (uint32_t i = 0; i < trailers->count; i++)
		if (head_goes_on(trailers, i))
			head_push(exchange->trailers, (enum head_name)trailers->ids[i],
				  str_dup(arena, trailers->fields[i].name),
				  str_dup(arena, trailers->fields[i].value));
}

void exchange_catch_up(struct exchange *exchange)
{
	struct back *back = exchange->back;
	bool waits = exchange_awaits_upgrade(exchange);

	if (!back)
		return;
	if (!waits)
		send_kept(exchange);
	if (exchange->back == back)
		back->ops->flush(back);
	if (!waits && !exchange->requested && exchange->front)
		exchange->front->ops->hold(exchange->front, false);
}

static const char *why_not_asked(const struct exchange *exchange)
{
	if (exchange->share->protocol == ROUTE_PROTOCOL_FASTCGI)
		return "backends that speak FastCGI are not asked by serve";
	return exchange->endpoint ? "no descriptor is left for a connection to the backend"
				  : "no address was given for this backend";
}

void exchange_try(struct exchange *exchange)
{
	bool first = !exchange->tries && !exchange->refreshed && !exchange->delayed;
	unsigned status = 0;

	if (!exchange->ask.arena)
		exchange_build(exchange);
	start_try(exchange);
	exchange->back =
		exchange->worker->ask(exchange->worker, exchange, exchange->refreshed, &status);
	if (!exchange->back && status) {
		exchange_answer_own(exchange, status, why_not_asked(exchange));
		return;
	}
	if (!exchange->back) {
		exchange_failed(exchange, BACK_REFUSED);
		return;
	}
	if (!exchange->connecting)
		exchange_progress(exchange);
	exchange->back->ops->head(exchange->back, &exchange->ask);
	if (!first)
		exchange_catch_up(exchange);
}

bool exchange_try_again(struct exchange *exchange)
{
	const struct route_retry *retry = exchange->policy->retry;
	int64_t now = exchange->worker->loop.now, wait = BACKOFF_MS;

	if (!retry || exchange->began || exchange->tries > retry->attempts || !exchange->keeping ||
	    exchange->inner)
		return false;
	if (retry->backoff_ms > wait)
		wait = retry->backoff_ms;
	if (retry->total_ms > 0 && now + wait >= exchange->start_us / 1000 + retry->total_ms)
		return false;
	if (!budget_retry(&exchange->worker->budgets, exchange->share->budget, now))
		return false;
	exchange_drop_back(exchange);
	exchange->waiting = true;
	exchange->connecting = false;
	exchange->idle_at = EXCHANGE_NEVER;
	exchange->try_at = now + wait;
	exchange_set_timer(exchange);
	return true;
}

/* RFC 9110 9.2.2: what may be sent twice without asking anybody. */
static bool is_idempotent(const struct exchange *exchange)
{
	switch (exchange->request.method_id) {
	case HEAD_METHOD_GET:
	case HEAD_METHOD_HEAD:
	case HEAD_METHOD_OPTIONS:
	case HEAD_METHOD_PUT:
	case HEAD_METHOD_DELETE:
	case HEAD_METHOD_TRACE:
		return true;
	default:
		return false;
	}
}

/* Once, whatever the rule says of retries: nothing has come of the request, or so it seems. */
static bool is_asked_anew(const struct exchange *exchange, enum back_failure failure, bool reused)
{
	bool bodyless = exchange->request.body == HEAD_NO_BODY;

	if (exchange->refreshed || exchange->began)
		return false;
	/* What was not processed may be sent again whatever it is (RFC 9113 8.7), if all of it is there. */
	if (failure == BACK_REFUSED_REQUEST)
		return bodyless || exchange->keeping;
	/* A kept connection may close just when it is used again (RFC 9112 9.3.1). */
	return failure == BACK_CLOSED && reused && bodyless && is_idempotent(exchange);
}

void exchange_failed(struct exchange *exchange, enum back_failure failure)
{
	static const char *const words[] = {
		[BACK_REFUSED] = "the backend cannot be connected to",
		[BACK_CLOSED] = "the backend closed the connection without an answer",
		[BACK_BROKEN] = "the backend broke off its answer",
		[BACK_NONSENSE] = "the backend's answer is malformed",
		[BACK_TLS] = "the TLS handshake with the backend failed",
		[BACK_REFUSED_REQUEST] = "the backend takes no request now",
	};
	const struct route_retry *retry = exchange->policy->retry;
	bool reused = exchange->back && exchange->back->reused;

	exchange->back = NULL;
	if (is_asked_anew(exchange, failure, reused)) {
		exchange->refreshed = true;
		exchange->tries--;
		exchange_try(exchange);
		return;
	}
	if (retry && retry->connection_errors && exchange_try_again(exchange))
		return;
	exchange_give_up(exchange, 502, words[failure]);
}
