#include "report/decision.h"

#include <inttypes.h>

#include "report/report.h"
#include "yaml/write.h"

/* ---- pieces of JSON ---- */

static void add_text(struct buf *buf, const char *name, struct str text)
{
	if (!text.len)
		return;
	buf_format(buf, ",\"%s\":", name);
	json_write_string(buf, text);
}

static void add_number(struct buf *buf, const char *name, int64_t number)
{
	buf_format(buf, ",\"%s\":%" PRId64, name, number);
}

static void add_time(struct buf *buf, const char *name, int64_t milliseconds)
{
	if (milliseconds != ROUTE_UNSET)
		add_number(buf, name, milliseconds);
}

static void add_texts(struct buf *buf, const char *name, const struct str *texts, size_t count)
{
	if (!count)
		return;
	buf_format(buf, ",\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		buf_text(buf, i ? "," : "");
		json_write_string(buf, texts[i]);
	}
	buf_char(buf, ']');
}

static void add_edits(struct buf *buf, const char *name, struct route_edits edits)
{
	static const char *const kinds[] = {
		[ROUTE_EDIT_SET] = "set",
		[ROUTE_EDIT_ADD] = "add",
		[ROUTE_EDIT_REMOVE] = "remove",
		[ROUTE_EDIT_DEFAULT] = "default",
	};

	if (!edits.count)
		return;
	buf_format(buf, ",\"%s\":[", name);
	for (size_t i = 0; i < edits.count; i++) {
		const struct route_edit *edit = &edits.at[i];

		buf_format(buf, "%s{\"do\":\"%s\"", i ? "," : "", kinds[edit->kind]);
		add_text(buf, "name", edit->name);
		add_text(buf, "value", edit->value);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_place(struct buf *buf, const char *name, const struct route_place *place,
		      const struct sources *sources)
{
	char text[ROUTE_FIELD];

	if (!place->object)
		return;
	buf_format(buf, ",\"%s\":{\"rule\":%d", name, place->rule);
	report_json_object(buf, place->object);
	report_json_path(buf, route_place_field(place, text));
	report_json_place(buf, sources, place->span);
	buf_char(buf, '}');
}

/* ---- backends ---- */

static void add_tls(struct buf *buf, const struct route_backend_tls *tls)
{
	if (!tls)
		return;
	buf_format(buf, ",\"tls\":{\"verify\":%s", tls->verify ? "true" : "false");
	add_text(buf, "sni", tls->sni);
	add_texts(buf, "names", tls->names, tls->name_count);
	add_texts(buf, "authorities", tls->authorities, tls->authority_count);
	add_text(buf, "clientCertificate", tls->client_certificate);
	buf_char(buf, '}');
}

static void add_mirrors(struct buf *buf, const struct route_mirror *mirrors, size_t count)
{
	if (!count)
		return;
	buf_text(buf, ",\"mirrors\":[");
	for (size_t i = 0; i < count; i++) {
		const struct route_mirror *mirror = &mirrors[i];

		buf_format(buf, "%s{\"copies\":\"%u/%u\",\"usable\":%s", i ? "," : "",
			   mirror->numerator, mirror->denominator,
			   mirror->state == ROUTE_BACKEND_OK ? "true" : "false");
		add_text(buf, "kind", mirror->kind);
		add_text(buf, "namespace", mirror->namespace);
		add_text(buf, "name", mirror->name);
		add_number(buf, "port", mirror->port);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_reference(struct buf *buf, const struct route_backend *backend)
{
	buf_format(buf, "\"weight\":%u", backend->weight);
	add_text(buf, "kind", backend->kind);
	add_text(buf, "namespace", backend->namespace);
	add_text(buf, "name", backend->name);
	if (backend->port)
		add_number(buf, "port", backend->port);
	add_text(buf, "portName", backend->port_name);
	add_text(buf, "protocol", str_from(route_protocol_name(backend->protocol)));
	if (backend->state != ROUTE_BACKEND_OK)
		add_text(buf, "problem", str_from(route_backend_words(backend->state)));
	if (backend->status)
		add_number(buf, "status", backend->status);
	add_tls(buf, backend->tls);
}

static void add_auth(struct buf *buf, const struct route_external_auth *auth)
{
	if (!auth)
		return;
	buf_format(buf, ",\"auth\":{\"protocol\":\"%s\"", auth->grpc ? "grpc" : "http");
	add_text(buf, "url", auth->url);
	add_text(buf, "path", auth->path);
	add_texts(buf, "requestHeaders", auth->request_headers, auth->request_header_count);
	add_texts(buf, "responseHeaders", auth->response_headers, auth->response_header_count);
	if (auth->backend.name.len) {
		buf_text(buf, ",\"backend\":{");
		add_reference(buf, &auth->backend);
		buf_char(buf, '}');
	}
	buf_char(buf, '}');
}

static void add_sent(struct buf *buf, const struct route_sent *sent)
{
	if (sent->status)
		add_number(buf, "answered", sent->status);
	add_text(buf, "location", sent->location);
	add_text(buf, "path", sent->path);
	if (sent->has_query) {
		buf_text(buf, ",\"query\":");
		json_write_string(buf, sent->query);
	}
	add_text(buf, "host", sent->host);
	add_edits(buf, "lateResponseHeaders", sent->late);
}

static void add_backends(struct buf *buf, const struct route_decision *decision)
{
	if (!decision->backend_count)
		return;
	buf_text(buf, ",\"backends\":[");
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *backend = &decision->backends[i];

		buf_text(buf, i ? ",{" : "{");
		add_reference(buf, backend);
		add_sent(buf, route_sent(decision, i));
		add_edits(buf, "requestHeaders", backend->request);
		add_edits(buf, "responseHeaders", backend->response);
		add_auth(buf, backend->auth);
		add_mirrors(buf, backend->mirrors, backend->mirror_count);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

/* ---- policy, handshake, trace ---- */

static void add_retry(struct buf *buf, const struct route_retry *retry)
{
	if (!retry)
		return;
	buf_format(buf, ",\"retry\":{\"attempts\":%u,\"codes\":[", retry->attempts);
	for (size_t i = 0; i < retry->code_count; i++)
		buf_format(buf, "%s%u", i ? "," : "", retry->codes[i]);
	buf_char(buf, ']');
	add_time(buf, "backoffMs", retry->backoff_ms);
	add_time(buf, "totalMs", retry->total_ms);
	buf_char(buf, '}');
}

static void add_session(struct buf *buf, const struct route_session *session)
{
	static const char *const kinds[] = {
		[ROUTE_SESSION_COOKIE] = "cookie",
		[ROUTE_SESSION_HEADER] = "header",
	};

	if (!session)
		return;
	buf_format(buf, ",\"session\":{\"by\":\"%s\"", kinds[session->kind]);
	add_text(buf, "name", session->name);
	add_text(buf, "attributes", session->attributes);
	add_time(buf, "absoluteMs", session->absolute_ms);
	buf_char(buf, '}');
}

static void add_pages(struct buf *buf, const struct route_pages *pages)
{
	if (!pages)
		return;
	buf_text(buf, ",\"errorPages\":{\"codes\":[");
	for (size_t i = 0; i < pages->code_count; i++)
		buf_format(buf, "%s%u", i ? "," : "", pages->codes[i]);
	buf_char(buf, ']');
	if (pages->backend) {
		buf_text(buf, ",\"backend\":{");
		add_reference(buf, pages->backend);
		buf_char(buf, '}');
	}
	buf_char(buf, '}');
}

static void add_facts(struct buf *buf, const struct route_policy *policy)
{
	if (!policy->fact_count)
		return;
	buf_text(buf, ",\"facts\":[");
	for (size_t i = 0; i < policy->fact_count; i++) {
		const struct route_fact *fact = &policy->facts[i];

		buf_format(buf, "%s{\"feature\":\"%s\",\"guards\":%s", i ? "," : "",
			   feature_name(fact->feature),
			   feature_guards(fact->feature) ? "true" : "false");
		add_text(buf, "value", fact->value);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_policy(struct buf *buf, const struct route_policy *policy)
{
	add_time(buf, "requestMs", policy->request_ms);
	add_time(buf, "backendMs", policy->backend_ms);
	add_time(buf, "connectMs", policy->connect_ms);
	add_time(buf, "readMs", policy->read_ms);
	add_time(buf, "sendMs", policy->send_ms);
	add_time(buf, "bodyBytes", policy->body_bytes);
	add_retry(buf, policy->retry);
	add_session(buf, policy->session);
	add_pages(buf, policy->pages);
	add_auth(buf, policy->auth);
	add_mirrors(buf, policy->mirrors, policy->mirror_count);
	add_facts(buf, policy);
}

static void add_front(struct buf *buf, const struct route_front_tls *tls)
{
	static const char *const words[] = {
		[ROUTE_CLIENT_UNASKED] = "unasked",
		[ROUTE_CLIENT_OPTIONAL] = "optional",
		[ROUTE_CLIENT_REQUIRED] = "required",
	};

	if (!tls)
		return;
	buf_format(buf, ",\"handshake\":{\"passthrough\":%s,\"clientCertificate\":\"%s\"",
		   tls->passthrough ? "true" : "false", words[tls->validation]);
	add_text(buf, "namespace", tls->namespace);
	add_text(buf, "secret", tls->name);
	add_texts(buf, "authorities", tls->authorities, tls->authority_count);
	buf_char(buf, '}');
}

static void add_trace(struct buf *buf, const struct route_trace *trace,
		      const struct sources *sources)
{
	static const char *const kinds[] = {
		[ROUTE_STEP_LISTENER] = "listener", [ROUTE_STEP_HOST] = "host",
		[ROUTE_STEP_MATCH] = "match",       [ROUTE_STEP_FILTER] = "filter",
		[ROUTE_STEP_BACKEND] = "backend",
	};

	if (!trace->count)
		return;
	buf_text(buf, ",\"considered\":[");
	for (size_t i = 0; i < trace->count; i++) {
		const struct route_step *step = &trace->steps[i];

		buf_format(buf, "%s\n   {\"kind\":\"%s\",\"taken\":%s", i ? "," : "",
			   kinds[step->kind], step->taken ? "true" : "false");
		add_text(buf, "what", step->what);
		add_text(buf, "why", step->why);
		add_text(buf, "code", str_from(step->code));
		add_place(buf, "place", &step->place, sources);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

void decision_json(struct buf *buf, const struct route_decision *decision,
		   const struct sources *sources)
{
	static const char *const phases[] = {
		[ROUTE_PHASE_CONNECT] = "connect", [ROUTE_PHASE_TLS] = "tls",
		[ROUTE_PHASE_REQUEST] = "request", [ROUTE_PHASE_HOST] = "host",
		[ROUTE_PHASE_ROUTE] = "route",     [ROUTE_PHASE_REDIRECT] = "redirect",
		[ROUTE_PHASE_CORS] = "cors",       [ROUTE_PHASE_GUARD] = "guard",
		[ROUTE_PHASE_BACKEND] = "backend",
	};

	buf_format(buf, "{\"action\":\"%s\",\"phase\":\"%s\"", route_action_name(decision->action),
		   phases[decision->phase]);
	if (decision->status)
		add_number(buf, "status", decision->status);
	if (decision->grpc_status != ROUTE_UNSET)
		add_number(buf, "grpcStatus", decision->grpc_status);
	add_text(buf, "location", decision->location);
	add_text(buf, "listener", decision->listener);
	add_place(buf, "host", &decision->host, sources);
	add_text(buf, "what", decision->what);
	add_place(buf, "place", &decision->place, sources);
	add_front(buf, decision->tls);
	if (decision->page)
		add_number(buf, "inPlaceOf", decision->page);
	if (decision->gave_up)
		buf_text(buf, ",\"gaveUp\":true");
	add_backends(buf, decision);
	if (decision->action == ROUTE_ANSWER || decision->action == ROUTE_REDIRECT)
		add_edits(buf, "responseHeaders", decision->response);
	add_edits(buf, "lateResponseHeaders", decision->late);
	add_policy(buf, decision->policy);
	add_trace(buf, &decision->trace, sources);
	buf_char(buf, '}');
}

/* ---- words ---- */

void decision_place_words(struct buf *buf, const struct route_place *place)
{
	if (!place->object) {
		buf_text(buf, "nothing in the input");
		return;
	}
	report_object(buf, place->object);
	if (place->rule >= 0)
		buf_format(buf, " rule %d", place->rule + 1);
	if (place->match >= 0)
		buf_format(buf, " %s %d", str_is(place->object->kind, "Ingress") ? "path" : "match",
			   place->match + 1);
}

void decision_span_words(struct buf *buf, struct span span, const struct sources *sources)
{
	struct str name = source_name(sources, span.source);

	if (span.line)
		buf_format(buf, "%.*s:%u", STR_ARG(name), span.line);
}

void decision_backend_words(struct buf *buf, const struct route_backend *backend)
{
	buf_format(buf, "%.*s/%.*s", STR_ARG(backend->namespace), STR_ARG(backend->name));
	if (backend->port)
		buf_format(buf, ":%u", backend->port);
	else if (backend->port_name.len)
		buf_format(buf, ":%.*s", STR_ARG(backend->port_name));
	if (backend->state != ROUTE_BACKEND_OK)
		buf_format(buf, " (%s: %u)", route_backend_words(backend->state), backend->status);
}

static void share_words(struct buf *buf, const struct route_decision *decision)
{
	bool first = true;

	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *backend = &decision->backends[i];

		if (!backend->weight)
			continue;
		buf_text(buf, first ? "" : "\n");
		first = false;
		decision_backend_words(buf, backend);
		if (backend->weight < decision->weight)
			buf_format(buf, " %.3g%%",
				   100.0 * backend->weight / (double)decision->weight);
	}
}

static void page_words(struct buf *buf, const struct route_decision *decision)
{
	if (decision->page && decision->page != decision->status)
		buf_format(buf, "\n  in place of %u", decision->page);
}

void decision_outcome_words(struct buf *buf, const struct route_decision *decision)
{
	switch (decision->action) {
	case ROUTE_CLOSE:
		buf_text(buf, "connection closed");
		break;
	case ROUTE_ANSWER:
		if (decision->status)
			buf_format(buf, "answers %u", decision->status);
		else
			buf_text(buf, "handshake made");
		page_words(buf, decision);
		break;
	case ROUTE_REDIRECT:
		buf_format(buf, "%u %.*s", decision->status, STR_ARG(decision->location));
		break;
	case ROUTE_FORWARD:
		share_words(buf, decision);
		page_words(buf, decision);
		break;
	}
}
