#include "route/gateway.h"

#include "route/gate.h"

/* ---- which Gateway ---- */

/* First front of the port; `count` gets how many there are. */
static const struct gate_front *fronts_of(const struct gate_table *table, uint32_t port, bool udp,
					  size_t *count)
{
	size_t low = 0, high = table->front_count;
	uint32_t key = port * 2 + udp;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct gate_front *front = &table->fronts[middle];

		if (front->port * 2 + front->udp < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < table->front_count && table->fronts[high].port == port &&
			 table->fronts[high].udp == udp;)
		high++;
	*count = high - low;
	return table->fronts + low;
}

static bool is_dialled(const struct gate_front *front, const struct route_request *request)
{
	return str_eq(front->gateway->meta.name, request->gateway) &&
	       str_eq(front->gateway->meta.namespace, request->gateway_namespace);
}

/* How specific the name is under which a front knows a host. */
static size_t specificity(const struct gate_host *host)
{
	if (!host)
		return 0;
	return 1 + host->key.len + (host->key.len && !host->wildcard ? SIZE_MAX / 2 : 0);
}

/* A request without a Gateway goes to the one that knows its host best, as DNS would lead it there. */
static const struct gate_front *front_for(const struct gate_ask *ask)
{
	const struct route_request *request = ask->request;
	size_t count, most = 0;
	const struct gate_front *fronts =
		fronts_of(ask->table, request->port, request->transport == ROUTE_UDP, &count);
	const struct gate_front *best = NULL;

	if (count == 1 && !request->gateway.len)
		return fronts;
	for (size_t i = 0; i < count; i++) {
		if (request->gateway.len && is_dialled(&fronts[i], request))
			return &fronts[i];
		if (request->gateway.len)
			continue;

		struct str name = request->tls ? request->sni : ask->host;
		size_t fits = specificity(gate_host_find(&fronts[i], name, hash_name(name)));

		if (!best || fits > most)
			best = &fronts[i], most = fits;
	}
	return best;
}

/* ---- the way through a front ---- */

static void note_listener(const struct gate_ask *ask, const struct gate_listener *listener)
{
	ask->decision->listener = listener->name;
	ask->decision->host = listener->place;
}

static void decide_route(struct gate_ask *ask, const struct gate_front *front,
			 const struct gate_host *host)
{
	const struct gate_listener *listener = host->listener;
	const struct gate_entry *entry = NULL;

	for (const struct gate_host *at = host; at && at->listener == listener && !entry;
	     at = gate_host_up(front, at))
		entry = gate_match_find(ask, at);
	if (ask->scratch->explain)
		gate_explain(ask, front, host, entry ? entry->match : NULL);
	if (entry)
		gate_apply(ask, entry);
	else
		gate_answer(ask, ROUTE_PHASE_ROUTE, 404);
}

/* The oldest and most specific TLSRoute of the listener that knows the name. */
static void decide_stream(const struct gate_ask *ask, const struct gate_front *front,
			  const struct gate_host *host)
{
	const struct gate_rule *rule = NULL;

	for (const struct gate_host *at = host; at && at->listener == host->listener && !rule;
	     at = gate_host_up(front, at))
		rule = at->stream;
	gate_stream(ask, rule);
}

static void decide_plain(struct gate_ask *ask, const struct gate_front *front)
{
	const struct gate_host *host = gate_host_find(front, ask->host, ask->host_hash);

	if (!host || !host->listener) {
		gate_answer(ask, ROUTE_PHASE_HOST, 404);
		return;
	}
	if (host->listener->protocol != GATE_HTTP) { /* TLS is spoken there */
		ask->decision->phase = ROUTE_PHASE_TLS;
		return;
	}
	note_listener(ask, host->listener);
	decide_route(ask, front, host);
}

/* The connection belongs to the listener of its server name. A request for a host of another listener
 * is misdirected (421), as HTTP/2 connections are shared (RFC 9110 15.5.20). */
static void decide_secure(struct gate_ask *ask, const struct gate_front *front)
{
	struct str sni = ask->request->sni;
	const struct gate_host *known = gate_host_find(front, sni, hash_name(sni));
	const struct gate_host *host = known;

	ask->decision->phase = ROUTE_PHASE_TLS;
	if (!known || !known->listener || known->listener->protocol == GATE_HTTP)
		return;
	note_listener(ask, known->listener);
	if (!gate_handshake(ask, known->listener))
		return;
	if (known->listener->protocol == GATE_TLS) {
		decide_stream(ask, front, known);
		return;
	}
	if (ask->request->transport == ROUTE_TLS) {
		gate_answer(ask, ROUTE_PHASE_TLS, 0);
		return;
	}
	if (!str_eq(ask->host, sni))
		host = gate_host_find(front, ask->host, ask->host_hash);
	if (!host || !host->listener)
		gate_answer(ask, ROUTE_PHASE_HOST, 404);
	else if (host->listener != known->listener)
		gate_answer(ask, ROUTE_PHASE_HOST, 421);
	else
		decide_route(ask, front, host);
}

/* What of a request is looked for in the table. */
static void read_request(struct gate_ask *ask)
{
	const struct route_request *request = ask->request;

	ask->target = route_target(request->target);
	ask->host =
		route_host(ask->target.authority.len ? ask->target.authority : request->authority);
	ask->host_hash = hash_name(ask->host);
}

static void decide_on(struct gate_ask *ask, const struct gate_front *front)
{
	enum route_transport transport = ask->request->transport;

	if (front->stream) {
		note_listener(ask, front->stream);
		gate_stream(ask, front->stream->stream);
	} else if (transport == ROUTE_TLS || ask->request->tls) {
		decide_secure(ask, front);
	} else if (transport == ROUTE_HTTP) {
		decide_plain(ask, front);
	}
}

/* Memory is asked for host and literals before anything else is done: it answers meanwhile. */
static void expect_on(struct gate_ask *ask, const struct gate_front *front)
{
	gate_host_expect(front, ask->host_hash);
	paths_walk(&ask->table->paths, &ask->walk, ask->target.path);
	paths_aim(&ask->table->paths, &ask->walk, gate_salt(front, ask->host_hash));
}

static void decide(const struct route_table *table, const struct route_request *request,
		   struct route_scratch *scratch, struct route_decision *decision)
{
	struct gate_ask ask; /* the walk is filled in when there is a path */
	const struct gate_front *front;

	ask.table = (const struct gate_table *)table;
	ask.request = request;
	ask.scratch = scratch;
	ask.decision = decision;
	ask.host = (struct str){0};
	ask.grpc = false;
	if (request->transport == ROUTE_HTTP)
		read_request(&ask);
	front = front_for(&ask);
	if (front && request->transport == ROUTE_HTTP)
		expect_on(&ask, front);
	*decision = (struct route_decision){
		.grpc_status = ROUTE_UNSET,
		.policy = &route_no_policy,
		.host = {.rule = -1, .match = -1},
		.place = {.rule = -1, .match = -1},
	};
	if (!front)
		return;
	if (request->transport == ROUTE_HTTP)
		ask.grpc = request->header_count && route_is_grpc(request);
	decide_on(&ask, front);
}

static void expect(const struct route_table *table, const struct route_request *request)
{
	struct gate_ask ask; /* what expect_on() needs of it */
	const struct gate_front *front;

	if (request->transport != ROUTE_HTTP)
		return;
	ask.table = (const struct gate_table *)table;
	ask.request = request;
	read_request(&ask);
	front = front_for(&ask);
	if (front)
		expect_on(&ask, front);
}

static void destroy(struct route_table *table)
{
	struct gate_table *gate = (struct gate_table *)table;
	struct arena arena = gate->arena;

	matchers_finish(&gate->matchers);
	arena_finish(&arena);
}

const struct route_side gate_side = {
	.name = "gateway",
	.title = "Gateway API",
	.decide = decide,
	.terms = gate_terms,
	.fronts = gate_fronts,
	.expect = expect,
	.destroy = destroy,
};

enum matcher_dialect route_gateway_dialect(enum regex_dialect dialect)
{
	switch (dialect) {
	case REGEX_PCRE_START:
		return MATCHER_PCRE_START;
	case REGEX_GO_SEARCH:
		return MATCHER_GO_SEARCH;
	case REGEX_RUST_START:
		return MATCHER_RUST_START;
	case REGEX_RE2_FULL:
		break;
	}
	return MATCHER_RE2_FULL;
}
