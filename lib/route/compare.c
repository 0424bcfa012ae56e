#include "route/compare.h"

#include <arpa/inet.h>

/* ---- answers ---- */

/* Nothing is served: no listener, or nothing but 404. */
static bool serves_nothing(const struct route_decision *decision)
{
	return decision->action == ROUTE_CLOSE ||
	       (decision->action == ROUTE_ANSWER && decision->status == 404);
}

/* A client that is kept out, whatever else there is for others; by nginx with 400 where it lacks a certificate. */
static bool keeps_out(const struct route_decision *decision)
{
	return decision->action == ROUTE_ANSWER &&
	       (decision->phase == ROUTE_PHASE_GUARD ||
		(decision->phase == ROUTE_PHASE_TLS && decision->status == 400));
}

static bool same_answer(const struct route_decision *from, const struct route_decision *to)
{
	if ((serves_nothing(from) || keeps_out(from)) && serves_nothing(to))
		return true;
	return from->action == to->action &&
	       (from->action == ROUTE_FORWARD || from->status == to->status);
}

/* "https://a.example" of "https://a.example/x?y"; empty when it is a path. */
static size_t origin_length(struct str url)
{
	size_t colon = str_find_str(url, "://"), end;

	if (colon == SIZE_MAX)
		return 0;
	for (end = colon + 3; end < url.len && !strchr("/?#", url.at[end]); end++)
		;
	return end;
}

/* Scheme and host have no case, and no path is the path "/". */
bool route_same_location(struct str a, struct str b)
{
	size_t x = origin_length(a), y = origin_length(b);

	return str_eq_nocase(str_sub(a, 0, x), str_sub(b, 0, y)) &&
	       str_eq(x && x == a.len ? STR("/") : str_from_pos(a, x),
		      y && y == b.len ? STR("/") : str_from_pos(b, y));
}

/* ---- backends ---- */

static bool same_backend(const struct route_backend *a, const struct route_backend *b)
{
	return str_eq(a->name, b->name) && str_eq(a->namespace, b->namespace) &&
	       a->port == b->port && str_eq(a->kind, b->kind);
}

/* Weight of a backend in a decision, whichever share it stands in; weights are compared as fractions. */
static uint64_t weight_of(const struct route_decision *decision,
			  const struct route_backend *backend)
{
	uint64_t weight = 0;

	for (size_t i = 0; i < decision->backend_count; i++)
		if (same_backend(&decision->backends[i], backend))
			weight += decision->backends[i].weight;
	return weight;
}

static bool has_shares_of(const struct route_decision *from, const struct route_decision *to)
{
	for (size_t i = 0; i < from->backend_count; i++) {
		const struct route_backend *backend = &from->backends[i];

		if (weight_of(from, backend) * to->weight != weight_of(to, backend) * from->weight)
			return false;
	}
	return true;
}

static bool asks_all_of(const struct route_decision *from, const struct route_decision *to)
{
	for (size_t i = 0; i < from->backend_count; i++)
		if (from->backends[i].weight && !weight_of(to, &from->backends[i]))
			return false;
	return true;
}

static unsigned compare_backends(const struct route_decision *from, const struct route_decision *to)
{
	if (!asks_all_of(from, to) || !asks_all_of(to, from))
		return ROUTE_DIFFERS_BACKENDS;
	return has_shares_of(from, to) && has_shares_of(to, from) ? 0 : ROUTE_DIFFERS_WEIGHTS;
}

/* ---- header edits ---- */

static bool is_last(const struct route_edits *lists[2], size_t list, size_t at)
{
	struct str name = lists[list]->at[at].name;

	for (size_t l = list; l < 2; l++)
		for (size_t i = l == list ? at + 1 : 0; i < lists[l]->count; i++)
			if (str_eq_nocase(lists[l]->at[i].name, name) &&
			    lists[l]->at[i].kind != ROUTE_EDIT_ADD)
				return false;
	return true;
}

static bool holds_edit(const struct route_edits *lists[2], const struct route_edit *edit)
{
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			if (str_eq_nocase(lists[l]->at[i].name, edit->name) &&
			    lists[l]->at[i].kind == edit->kind &&
			    str_eq(lists[l]->at[i].value, edit->value) && is_last(lists, l, i))
				return true;
	return false;
}

static bool begins(struct str name, const char *prefix)
{
	return str_eq_nocase(str_sub(name, 0, strlen(prefix)), str_from(prefix));
}

/* Which headers are looked at: those whose name begins so, or all others. */
struct choice {
	const char *prefix;
	bool others;
};

/* Edits that a later one of that name undoes do not count. */
static bool covers(const struct route_edits *a[2], const struct route_edits *b[2],
		   const struct choice *choice)
{
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < a[l]->count; i++)
			if (is_last(a, l, i) && !holds_edit(b, &a[l]->at[i]) &&
			    begins(a[l]->at[i].name, choice->prefix) != choice->others)
				return false;
	return true;
}

static bool same_edits(const struct route_edits *a[2], const struct route_edits *b[2],
		       struct choice choice)
{
	return covers(a, b, &choice) && covers(b, a, &choice);
}

static const struct choice all_headers = {"", false};
static const struct choice cors_headers = {"Access-Control-", false};
static const struct choice no_cors_headers = {"Access-Control-", true};

static const struct route_edits none;

static const struct route_edits *request_edits(const struct route_decision *decision)
{
	return decision->backend_count ? &decision->backends[0].request : &decision->request;
}

static const struct route_edits *response_edits(const struct route_decision *decision)
{
	return decision->backend_count ? &decision->backends[0].response : &decision->response;
}

static bool same_response(const struct route_decision *from, const struct route_decision *to,
			  struct choice choice)
{
	const struct route_edits *a[] = {response_edits(from), &from->late};
	const struct route_edits *b[] = {response_edits(to), &to->late};

	return same_edits(a, b, choice);
}

bool route_same_header(const struct route_decision *from, const struct route_decision *to,
		       const char *name)
{
	return same_response(from, to, (struct choice){name, false});
}

/* ---- protocol ---- */

/* gRPC is HTTP/2, and the Gateway learns of it as h2c. */
static enum route_protocol wire(enum route_protocol protocol)
{
	if (protocol == ROUTE_PROTOCOL_WEBSOCKET)
		return ROUTE_PROTOCOL_HTTP1;
	return protocol == ROUTE_PROTOCOL_GRPC ? ROUTE_PROTOCOL_H2C : protocol;
}

static bool same_tls(const struct route_backend_tls *a, const struct route_backend_tls *b)
{
	if (!a || !b)
		return a == b;
	return a->verify == b->verify && (!a->verify || str_eq_nocase(a->sni, b->sni));
}

static bool same_protocols(const struct route_decision *from, const struct route_decision *to)
{
	for (size_t i = 0; i < from->backend_count; i++)
		for (size_t k = 0; k < to->backend_count; k++) {
			const struct route_backend *a = &from->backends[i], *b = &to->backends[k];

			if (same_backend(a, b) &&
			    (wire(a->protocol) != wire(b->protocol) || !same_tls(a->tls, b->tls)))
				return false;
		}
	return true;
}

/* ---- TLS with the client ---- */

static bool same_front(const struct route_front_tls *a, const struct route_front_tls *b)
{
	if (!a || !b)
		return true; /* one does not answer at all: another aspect says so */
	return a->passthrough == b->passthrough && a->validation == b->validation &&
	       (a->passthrough || (str_eq(a->name, b->name) && str_eq(a->namespace, b->namespace)));
}

/* ---- guards ---- */

static bool has_fact(const struct route_policy *policy, enum feature feature)
{
	for (size_t i = 0; i < policy->fact_count; i++)
		if (policy->facts[i].feature == feature)
			return true;
	return feature == FEATURE_AUTH_EXTERNAL && policy->auth;
}

bool route_is_guarded(const struct route_decision *decision)
{
	const struct route_policy *policy = decision->policy;

	for (size_t i = 0; i < policy->fact_count; i++)
		if (feature_guards(policy->facts[i].feature))
			return true;
	return decision->phase == ROUTE_PHASE_GUARD || policy->auth != NULL ||
	       (decision->tls && decision->tls->validation == ROUTE_CLIENT_REQUIRED);
}

bool route_has_guard(const struct route_decision *decision, enum feature feature)
{
	if (feature == FEATURE_CLIENT_CERT && decision->tls &&
	    decision->tls->validation == ROUTE_CLIENT_REQUIRED)
		return true;
	return has_fact(decision->policy, feature);
}

static bool loses_guard(const struct route_decision *from, const struct route_decision *to)
{
	for (size_t i = 0; i < from->policy->fact_count; i++) {
		enum feature feature = from->policy->facts[i].feature;

		if (feature_guards(feature) && !has_fact(to->policy, feature))
			return true;
	}
	return from->policy->auth && !has_fact(to->policy, FEATURE_AUTH_EXTERNAL);
}

static bool loses_client_check(const struct route_decision *from, const struct route_decision *to)
{
	return from->tls && from->tls->validation == ROUTE_CLIENT_REQUIRED &&
	       !(to->tls && to->tls->validation == ROUTE_CLIENT_REQUIRED);
}

/* ---- mirrors, policy ---- */

static bool same_mirrors(const struct route_policy *a, const struct route_policy *b)
{
	if (a->mirror_count != b->mirror_count)
		return false;
	for (size_t i = 0; i < a->mirror_count; i++) {
		const struct route_mirror *x = &a->mirrors[i], *y = &b->mirrors[i];

		if (!str_eq(x->name, y->name) || !str_eq(x->namespace, y->namespace) ||
		    x->port != y->port ||
		    (uint64_t)x->numerator * y->denominator !=
			    (uint64_t)y->numerator * x->denominator)
			return false;
	}
	return true;
}

/* 0 allows any size, as a Gateway does without a word. What the controller does without a word is in a
 * finding about its defaults. */
static int64_t body_limit(const struct route_policy *policy)
{
	return policy->body_bytes > 0 ? policy->body_bytes : ROUTE_UNSET;
}

/* What binds a client to a backend, and for how long: a cookie under another name binds nobody who has
 * one already. An empty name is up to the proxy. */
static bool same_session(const struct route_session *a, const struct route_session *b)
{
	if (!a || !b)
		return a == b;
	return a->kind == b->kind && a->permanent == b->permanent &&
	       a->absolute_ms == b->absolute_ms &&
	       (!a->name.len || !b->name.len || str_eq(a->name, b->name));
}

static bool same_pages(const struct route_pages *a, const struct route_pages *b)
{
	if (!a || !b)
		return a == b;
	if (a->code_count != b->code_count || !a->backend != !b->backend ||
	    (a->backend && !same_backend(a->backend, b->backend)))
		return false;
	for (size_t i = 0; i < a->code_count; i++)
		if (a->codes[i] != b->codes[i])
			return false;
	return true;
}

/* What one side sets and the other leaves open, or sets otherwise. */
static unsigned compare_policies(const struct route_policy *a, const struct route_policy *b)
{
	bool times = a->request_ms == b->request_ms && a->backend_ms == b->backend_ms &&
		     a->connect_ms == b->connect_ms && a->read_ms == b->read_ms &&
		     a->send_ms == b->send_ms;
	unsigned aspects = times ? 0 : ROUTE_DIFFERS_TIMEOUTS;

	aspects |= body_limit(a) == body_limit(b) ? 0 : ROUTE_DIFFERS_BODY;
	aspects |= !a->retry == !b->retry ? 0 : ROUTE_DIFFERS_RETRY;
	aspects |= same_pages(a->pages, b->pages) ? 0 : ROUTE_DIFFERS_PAGES;
	aspects |= same_session(a->session, b->session) ? 0 : ROUTE_DIFFERS_SESSION;
	return aspects;
}

/* ---- all ---- */

static unsigned compare_forwards(const struct route_decision *from, const struct route_decision *to)
{
	const struct route_sent *a = &from->sent, *b = &to->sent;
	const struct route_edits *requests[2][2] = {{request_edits(from), &none},
						    {request_edits(to), &none}};
	unsigned aspects = compare_backends(from, to);

	aspects |= str_eq(a->path, b->path) ? 0 : ROUTE_DIFFERS_PATH;
	aspects |= str_eq_nocase(a->host, b->host) ? 0 : ROUTE_DIFFERS_HOST;
	aspects |= str_eq(a->query, b->query) ? 0 : ROUTE_DIFFERS_QUERY;
	aspects |= same_edits(requests[0], requests[1], all_headers) ? 0 : ROUTE_DIFFERS_REQUEST;
	aspects |= same_response(from, to, no_cors_headers) ? 0 : ROUTE_DIFFERS_RESPONSE;
	aspects |= same_response(from, to, cors_headers) ? 0 : ROUTE_DIFFERS_CORS;
	aspects |= same_protocols(from, to) ? 0 : ROUTE_DIFFERS_PROTOCOL;
	aspects |= loses_guard(from, to) ? ROUTE_DIFFERS_GUARD : 0;
	aspects |= loses_client_check(from, to) ? ROUTE_DIFFERS_GUARD : 0;
	aspects |= same_mirrors(from->policy, to->policy) ? 0 : ROUTE_DIFFERS_MIRROR;
	return aspects | compare_policies(from->policy, to->policy);
}

static unsigned compare_redirects(const struct route_decision *from,
				  const struct route_decision *to)
{
	unsigned aspects =
		route_same_location(from->location, to->location) ? 0 : ROUTE_DIFFERS_LOCATION;

	aspects |= same_response(from, to, no_cors_headers) ? 0 : ROUTE_DIFFERS_RESPONSE;
	return aspects | (same_response(from, to, cors_headers) ? 0 : ROUTE_DIFFERS_CORS);
}

/* Whom nothing is shown before and after does not see a certificate for anything. */
static bool serves_nobody(const struct route_decision *from, const struct route_decision *to)
{
	return (serves_nothing(from) && serves_nothing(to)) ||
	       (keeps_out(from) && to->action == ROUTE_ANSWER && to->status >= 400);
}

unsigned route_compare(const struct route_decision *from, const struct route_decision *to)
{
	unsigned aspects = 0;

	if (!same_answer(from, to))
		aspects |= ROUTE_DIFFERS_ANSWER;
	else if (from->action == ROUTE_REDIRECT && to->action == ROUTE_REDIRECT)
		aspects |= compare_redirects(from, to);
	else if (from->action == ROUTE_FORWARD && to->action == ROUTE_FORWARD)
		aspects |= compare_forwards(from, to);
	/* Who was kept out, perhaps with a page that another backend writes, and is let in. */
	if (from->phase == ROUTE_PHASE_GUARD && to->phase != ROUTE_PHASE_GUARD &&
	    to->action == ROUTE_FORWARD)
		aspects |= ROUTE_DIFFERS_GUARD;
	if (from->action != ROUTE_CLOSE && to->action != ROUTE_CLOSE && !serves_nobody(from, to) &&
	    !same_front(from->tls, to->tls))
		aspects |= ROUTE_DIFFERS_CERTIFICATE;
	return aspects;
}

/* ---- words ---- */

const char *route_aspect_name(enum route_aspect aspect)
{
	static const char *const names[] = {
		"answer",   "location", "backend",     "path",    "host",   "query",    "request",
		"response", "protocol", "certificate", "guard",   "mirror", "timeouts", "body",
		"retry",    "session",  "cors",        "weights", "pages"};
	unsigned bit = 0;

	while (bit + 1 < sizeof names / sizeof *names && !((unsigned)aspect >> bit & 1))
		bit++;
	return names[bit];
}

void route_aspect_names(struct buf *buf, unsigned aspects)
{
	const char *before = "";

	for (unsigned bit = 1; bit < ROUTE_ASPECTS_END; bit <<= 1) {
		if (!(aspects & bit))
			continue;
		buf_format(buf, "%s%s", before, route_aspect_name(bit));
		before = ", ";
	}
}

static void describe_backends(struct buf *buf, const struct route_decision *decision)
{
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *backend = &decision->backends[i];

		if (!backend->weight)
			continue;
		buf_format(buf, "%s%.*s/%.*s:", i ? " + " : "", STR_ARG(backend->namespace),
			   STR_ARG(backend->name));
		if (backend->port)
			buf_format(buf, "%u", backend->port);
		else
			buf_str(buf, backend->port_name);
		if (decision->backend_count > 1)
			buf_format(buf, " %u/%u", backend->weight, (unsigned)decision->weight);
		if (backend->status)
			buf_format(buf, " (%u)", backend->status);
	}
}

/* Those that the other side does not make as well. */
static void describe_edits(struct buf *buf, const struct route_edits *edits,
			   const struct route_edits *others[2])
{
	static const char *const kinds[] = {"", "+", "-", "?"};

	for (size_t i = 0; i < edits->count; i++)
		if (!holds_edit(others, &edits->at[i]))
			buf_format(buf, "  %s%.*s: %.*s", kinds[edits->at[i].kind],
				   STR_ARG(edits->at[i].name), STR_ARG(edits->at[i].value));
}

static void describe_responses(struct buf *buf, const struct route_decision *decision,
			       const struct route_decision *other)
{
	const struct route_edits *others[] = {response_edits(other), &other->late};
	size_t before = buf->len;

	describe_edits(buf, response_edits(decision), others);
	describe_edits(buf, &decision->late, others);
	if (buf->len == before)
		buf_text(buf, "  without these response headers");
}

static void describe_requests(struct buf *buf, const struct route_decision *decision,
			      const struct route_decision *other)
{
	const struct route_edits *others[] = {request_edits(other), &none};
	size_t before = buf->len;

	describe_edits(buf, request_edits(decision), others);
	if (buf->len == before)
		buf_text(buf, "  without these request headers");
}

/* One guard may have several facts (a login: how, and who); facts are sorted by feature. */
static void describe_guards(struct buf *buf, const struct route_decision *decision)
{
	const struct route_policy *policy = decision->policy;

	if (policy->auth)
		buf_format(buf, "  behind %s", feature_words(FEATURE_AUTH_EXTERNAL));
	for (size_t i = 0; i < policy->fact_count; i++) {
		enum feature feature = policy->facts[i].feature;

		if (feature_guards(feature) &&
		    !(policy->auth && feature == FEATURE_AUTH_EXTERNAL) &&
		    (!i || policy->facts[i - 1].feature != feature))
			buf_format(buf, "  behind %s", feature_words(feature));
	}
	if (decision->tls && decision->tls->validation == ROUTE_CLIENT_REQUIRED &&
	    !has_fact(policy, FEATURE_CLIENT_CERT))
		buf_format(buf, "  behind %s", feature_words(FEATURE_CLIENT_CERT));
	if (!route_is_guarded(decision))
		buf_text(buf, "  unguarded");
}

static void describe_forward(struct buf *buf, const struct route_decision *decision,
			     const struct route_decision *other, unsigned aspects)
{
	const struct route_sent *sent = &decision->sent;

	describe_backends(buf, decision);
	if (decision->page)
		buf_format(buf, " in place of %u", decision->page);
	if (sent->path.len &&
	    aspects & (ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_BACKENDS))
		buf_format(buf, "  path %.*s", STR_ARG(sent->path));
	if (aspects & ROUTE_DIFFERS_QUERY)
		buf_format(buf, "  query %.*s", STR_ARG(sent->query));
	if (aspects & ROUTE_DIFFERS_HOST)
		buf_format(buf, "  host %.*s", STR_ARG(sent->host));
	if (aspects & ROUTE_DIFFERS_REQUEST)
		describe_requests(buf, decision, other);
	if (aspects & (ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS))
		describe_responses(buf, decision, other);
	if (aspects & ROUTE_DIFFERS_PROTOCOL && decision->backend_count)
		buf_format(buf, "  %s%s", route_protocol_name(wire(decision->backends[0].protocol)),
			   !decision->backends[0].tls          ? ""
			   : decision->backends[0].tls->verify ? " over verified TLS"
							       : " over TLS");
	if (aspects & ROUTE_DIFFERS_MIRROR)
		buf_format(buf, "  %zu mirrors", decision->policy->mirror_count);
}

static void describe_time(struct buf *buf, const char *name, int64_t ms)
{
	if (ms != ROUTE_UNSET)
		buf_format(buf, "  %s %g s", name, (double)ms / 1000);
}

static void describe_size(struct buf *buf, int64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
	size_t unit = 0;

	for (; bytes % 1024 == 0 && unit + 1 < sizeof units / sizeof *units; unit++)
		bytes /= 1024;
	buf_format(buf, "  body up to %lld %s", (long long)bytes, units[unit]);
}

/* What of it differs, also that nothing is set. */
static void describe_policy(struct buf *buf, const struct route_policy *policy, unsigned aspects)
{
	size_t before = buf->len;

	if (aspects & ROUTE_DIFFERS_TIMEOUTS) {
		describe_time(buf, "whole request", policy->request_ms);
		describe_time(buf, "one try", policy->backend_ms);
		describe_time(buf, "connect", policy->connect_ms);
		describe_time(buf, "read", policy->read_ms);
		describe_time(buf, "send", policy->send_ms);
		buf_text(buf, buf->len == before ? "  no timeouts" : "");
	}
	if (aspects & ROUTE_DIFFERS_BODY && policy->body_bytes > 0)
		describe_size(buf, policy->body_bytes);
	else if (aspects & ROUTE_DIFFERS_BODY)
		buf_text(buf, "  any body");
	if (aspects & ROUTE_DIFFERS_RETRY)
		buf_text(buf, policy->retry ? "  retries" : "  no retries");
	if (aspects & ROUTE_DIFFERS_PAGES)
		buf_text(buf, policy->pages ? "  error pages" : "  no error pages");
	if (!(aspects & ROUTE_DIFFERS_SESSION))
		return;
	buf_text(buf, policy->session ? "  session" : "  no session");
	if (policy->session && policy->session->name.len)
		buf_format(buf, " %.*s", STR_ARG(policy->session->name));
}

static void describe_certificate(struct buf *buf, const struct route_front_tls *tls)
{
	if (!tls)
		return;
	if (tls->passthrough)
		buf_text(buf, "  TLS passed through");
	else if (tls->name.len)
		buf_format(buf, "  certificate %.*s/%.*s", STR_ARG(tls->namespace),
			   STR_ARG(tls->name));
	else
		buf_text(buf, "  default certificate");
	if (tls->validation)
		buf_text(buf, tls->validation == ROUTE_CLIENT_REQUIRED
				      ? ", client certificate required"
				      : ", client certificate optional");
}

void route_describe(struct buf *buf, const struct route_decision *decision,
		    const struct route_decision *other, unsigned aspects)
{
	switch (decision->action) {
	case ROUTE_CLOSE:
		buf_text(buf, "no connection");
		break;
	case ROUTE_ANSWER:
		buf_format(buf, "%u", decision->status);
		if (decision->page && decision->page != decision->status)
			buf_format(buf, " in place of %u", decision->page);
		break;
	case ROUTE_REDIRECT:
		buf_format(buf, "%u to %.*s", decision->status, STR_ARG(decision->location));
		if (aspects & (ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS))
			describe_responses(buf, decision, other);
		break;
	case ROUTE_FORWARD:
		describe_forward(buf, decision, other, aspects);
		break;
	}
	/* Whoever reads of an answer that is gone wants to know what stood before it. */
	if (decision->action != ROUTE_CLOSE &&
	    (aspects & ROUTE_DIFFERS_GUARD ||
	     (aspects & ROUTE_DIFFERS_ANSWER && route_is_guarded(decision))))
		describe_guards(buf, decision);
	if (aspects & ROUTE_DIFFERS_CERTIFICATE)
		describe_certificate(buf, decision->tls);
	if (aspects & ROUTE_DIFFERS_POLICY)
		describe_policy(buf, decision->policy, aspects);
}

/* ---- the request in words ---- */

static void describe_stream(struct buf *buf, const struct route_request *request)
{
	static const char *const names[] = {
		[ROUTE_TLS] = "TLS handshake",
		[ROUTE_TCP] = "TCP connection",
		[ROUTE_UDP] = "UDP datagram",
	};

	buf_text(buf, names[request->transport]);
	if (request->sni.len)
		buf_format(buf, " for %.*s", STR_ARG(request->sni));
	else if (request->transport == ROUTE_TLS)
		buf_text(buf, " without server name");
	buf_format(buf, ", port %u", request->port);
}

static void describe_address(struct buf *buf, const struct route_address *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool four = memcmp(address->at, mapped, sizeof mapped) == 0;
	char text[INET6_ADDRSTRLEN];

	inet_ntop(four ? AF_INET : AF_INET6, address->at + (four ? 12 : 0), text, sizeof text);
	buf_format(buf, "\n(from %s)", text);
}

void route_describe_request(struct buf *buf, const struct route_request *request)
{
	struct str host = route_host(request->authority);

	if (request->transport != ROUTE_HTTP) {
		describe_stream(buf, request);
		return;
	}
	buf_format(buf, "%.*s %s://%.*s", STR_ARG(route_method(request)),
		   request->tls ? "https" : "http", STR_ARG(request->authority));
	if (host.len == request->authority.len && request->port != (request->tls ? 443 : 80))
		buf_format(buf, ":%u", request->port);
	buf_str(buf, request->target);
	for (size_t i = 0; i < request->header_count; i++)
		buf_format(buf, "\n%.*s: %.*s", STR_ARG(request->headers[i].name),
			   STR_ARG(request->headers[i].value));
	if (request->body_length > 0)
		buf_format(buf, "\nContent-Length: %lld", (long long)request->body_length);
	if (request->tls && !request->sni.len)
		buf_text(buf, "\n(no server name)");
	else if (request->tls && !str_eq_nocase(request->sni, host))
		buf_format(buf, "\n(server name %.*s)", STR_ARG(request->sni));
	if (request->client.known)
		describe_address(buf, &request->client);
}
