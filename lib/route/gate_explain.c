/* Every candidate in words, and the terms of a table. Cold: only for people and for verify. */
#include "base/buf.h"
#include "route/gate.h"

/* Candidates that a trace lists at most: nobody reads more. */
enum { CANDIDATES_MOST = 1000 };

/* ---- words ---- */

static void say_path(struct buf *buf, const struct gate_match *match)
{
	static const char *const names[] = {
		[GATE_PREFIX] = "PathPrefix",
		[GATE_REGEX] = "RegularExpression",
		[GATE_EXACT] = "Exact",
	};

	if (!match->grpc) {
		buf_format(buf, "%s %.*s", names[match->class], STR_ARG(match->path));
		if (!match->path.len)
			buf_char(buf, '/');
		return;
	}
	buf_text(buf, "gRPC ");
	buf_str(buf, match->path);
	if (match->class == GATE_PREFIX)
		buf_format(buf, "%s/%.*s", match->path.len || !match->is_rpc ? "" : "/*",
			   STR_ARG(match->rpc.len ? match->rpc : STR("*")));
}

struct str gate_match_words(struct arena *arena, const struct gate_match *match)
{
	struct buf buf;
	struct str words;

	buf_init(&buf);
	if (match->method.len)
		buf_format(&buf, "%.*s ", STR_ARG(match->method));
	say_path(&buf, match);
	for (uint16_t i = 0; i < match->condition_count; i++) {
		const struct gate_condition *condition = &match->conditions[i];

		buf_format(&buf, "%s %s %.*s%s%.*s", i ? "," : " with",
			   condition->query ? "query" : "header", STR_ARG(condition->name),
			   condition->matcher ? "~" : "=", STR_ARG(condition->value));
	}
	words = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return words;
}

/* ---- why not ---- */

static bool begins_with(struct str path, struct str prefix)
{
	struct str head = str_sub(path, 0, prefix.len);

	return str_eq(head, prefix);
}

static const char *literal_refuses(struct str path, const struct gate_match *match)
{
	struct str head = str_sub(path, 0, match->path.len);

	if (match->class == GATE_EXACT) {
		if (str_eq(path, match->path))
			return NULL;
		if (str_eq_nocase(path, match->path))
			return "case differs";
		return begins_with(path, match->path) ? "the path goes on" : "another path";
	}
	if (str_eq(head, match->path)) {
		if (path.len == head.len ? path.len > 0 : path.at[head.len] == '/')
			return NULL;
		return "the path element goes on";
	}
	return str_eq_nocase(head, match->path) ? "case differs" : "another path";
}

static const char *path_refuses(const struct gate_ask *ask, const struct gate_match *match)
{
	struct str path = ask->target.path;

	if (match->class != GATE_REGEX)
		return literal_refuses(path, match);
	if (!match->matcher->code)
		return "the pattern does not compile";
	return matcher_matches(match->matcher, path, ask->scratch) ? NULL
								   : "the pattern does not match";
}

static struct route_place place_of(const struct gate_match *match)
{
	return (struct route_place){match->rule->object, match->span, match->rule->index,
				    match->index};
}

static void explain_match(const struct gate_ask *ask, const struct gate_match *match, bool taken)
{
	const char *why = NULL;

	if (!taken) {
		why = path_refuses(ask, match);
		if (!why)
			why = gate_match_refuses(ask, match);
		if (!why)
			why = "another match comes first";
	}
	route_explain(ask->scratch, ask->decision,
		      (struct route_step){
			      .kind = ROUTE_STEP_MATCH,
			      .taken = taken,
			      .place = place_of(match),
			      .what = gate_match_words(&ask->scratch->arena, match),
			      .why = str_from(why),
		      });
}

static struct str host_words(struct arena *arena, const struct gate_host *host)
{
	if (!host->key.len)
		return STR("every host");
	return str_format(arena, "%s%.*s", host->wildcard ? "*" : "", STR_ARG(host->key));
}

void gate_explain(const struct gate_ask *ask, const struct gate_front *front,
		  const struct gate_host *host, const struct gate_match *taken)
{
	const struct gate_listener *listener = host->listener;
	struct arena *arena = &ask->scratch->arena;
	size_t left = CANDIDATES_MOST;

	if (taken)
		ask->decision->what = gate_match_words(arena, taken);
	route_explain(ask->scratch, ask->decision,
		      (struct route_step){.kind = ROUTE_STEP_LISTENER,
					  .taken = true,
					  .place = listener->place,
					  .what = listener->name});
	for (; host && host->listener == listener; host = gate_host_up(front, host)) {
		if (!host->match_count)
			continue;
		route_explain(ask->scratch, ask->decision,
			      (struct route_step){.kind = ROUTE_STEP_HOST,
						  .taken = true,
						  .place = host->matches[0]->rule->object
								   ? place_of(host->matches[0])
								   : listener->place,
						  .what = host_words(arena, host)});
		for (size_t i = 0; i < host->match_count && left; i++, left--)
			explain_match(ask, host->matches[i], host->matches[i] == taken);
	}
}

/* ---- terms ---- */

struct teller {
	void (*say)(void *user, const struct route_term *term);
	void *user;
	struct route_term term;
	struct arena *scratch;
};

static void tell_match(struct teller *teller, const struct gate_match *match)
{
	struct arena_mark mark = arena_mark(teller->scratch);
	struct route_term *term = &teller->term;
	struct route_field_term *fields =
		arena_array(teller->scratch, struct route_field_term, match->condition_count);
	const struct gate_turn *turn = match->rule->turn;

	for (uint16_t i = 0; i < match->condition_count; i++) {
		const struct gate_condition *condition = &match->conditions[i];

		fields[i] = (struct route_field_term){
			.kind = condition->query ? ROUTE_FIELD_QUERY : ROUTE_FIELD_HEADER,
			.regex = condition->matcher != NULL,
			.name = condition->name,
			.value = condition->value,
		};
	}
	term->path_kind = match->class == GATE_EXACT   ? ROUTE_PATH_EXACT
			  : match->class == GATE_REGEX ? ROUTE_PATH_REGEX
						       : ROUTE_PATH_ELEMENTS;
	term->path = match->path;
	term->method = match->method;
	term->grpc = match->grpc;
	term->fields = fields;
	term->field_count = match->condition_count;
	term->origins = turn && turn->cors ? turn->cors->origins : NULL;
	term->origin_count = turn && turn->cors ? turn->cors->origin_count : 0;
	term->place = place_of(match);
	term->policy = match->rule->policy;
	term->backends = match->rule->backends;
	term->backend_count = match->rule->backend_count;
	teller->say(teller->user, term);
	arena_rewind(teller->scratch, mark);
}

static void tell_host(struct teller *teller, const struct gate_host *host)
{
	struct route_term bare;

	teller->term.host = host->wildcard
				    ? str_format(teller->scratch, "*%.*s", STR_ARG(host->key))
				    : host->key;
	bare = teller->term;
	if (!host->match_count && host->listener) {
		teller->term.place = host->listener->place;
		if (host->stream)
			teller->term.place = (struct route_place){host->stream->object,
								  host->stream->span, 0, -1};
		teller->say(teller->user, &teller->term);
	}
	for (size_t i = 0; i < host->match_count; i++) {
		teller->term = bare;
		tell_match(teller, host->matches[i]);
	}
}

static void tell_front(struct teller *teller, const struct gate_front *front)
{
	teller->term = (struct route_term){
		.gateway_namespace = front->gateway->meta.namespace,
		.gateway = front->gateway->meta.name,
		.port = front->port,
		.deep = true,
		.transport = front->udp ? ROUTE_UDP : ROUTE_TCP,
	};
	if (front->stream) {
		teller->term.place = front->stream->place;
		teller->say(teller->user, &teller->term);
	}
	for (size_t i = 0; i < front->host_count; i++) {
		const struct gate_host *host = gate_host(front, front->order[i]);
		struct route_term bare = teller->term;

		if (!host->listener)
			continue;
		teller->term.transport =
			host->listener->protocol == GATE_TLS ? ROUTE_TLS : ROUTE_HTTP;
		teller->term.tls = host->listener->protocol != GATE_HTTP;
		tell_host(teller, host);
		teller->term = bare;
	}
}

void gate_terms(const struct route_table *table,
		void (*say)(void *user, const struct route_term *term), void *user)
{
	const struct gate_table *gate = (const struct gate_table *)table;
	struct arena scratch;
	struct teller teller = {.say = say, .user = user, .scratch = &scratch};

	arena_init(&scratch);
	for (size_t i = 0; i < gate->front_count; i++)
		tell_front(&teller, &gate->fronts[i]);
	arena_finish(&scratch);
}

/* ---- ports ---- */

/* Listeners of one port speak the same (ProtocolConflict), but for HTTPS and TLS, which both begin with a
 * handshake. Listeners that conflict have no host. */
static enum route_front_protocol front_protocol(const struct gate_front *front)
{
	if (front->stream)
		return front->udp ? ROUTE_FRONT_UDP : ROUTE_FRONT_TCP;
	for (size_t i = 0; i < front->host_count; i++) {
		const struct gate_listener *listener = gate_host(front, front->order[i])->listener;

		if (listener)
			return listener->protocol == GATE_HTTP ? ROUTE_FRONT_HTTP : ROUTE_FRONT_TLS;
	}
	return ROUTE_FRONT_HTTP;
}

void gate_fronts(const struct route_table *table,
		 void (*say)(void *user, const struct route_front *front), void *user)
{
	const struct gate_table *gate = (const struct gate_table *)table;

	for (size_t i = 0; i < gate->front_count; i++) {
		const struct gate_front *front = &gate->fronts[i];

		say(user, &(struct route_front){.protocol = front_protocol(front),
						.gateway_namespace = front->gateway->meta.namespace,
						.gateway = front->gateway->meta.name,
						.port = front->port});
	}
}
