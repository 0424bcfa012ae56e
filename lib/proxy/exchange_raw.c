/* What raw configuration of ingress-nginx does, as far as it was understood; and nginx's variables. */
#include "proxy/exchange.h"

#include "proxy/worker.h"
#include "route/guards.h"

void exchange_variables(struct exchange *exchange, struct str *values)
{
	const struct head *request = &exchange->request;
	struct route_target target = route_target(request->target);
	struct str scheme = exchange->place->tls ? STR("https") : STR("http");
	bool trusted = exchange->trust && exchange->trust->forwarded;
	struct str said = head_value(request, HEAD_X_FORWARDED_PROTO);
	struct str host = head_value(request, HEAD_X_FORWARDED_HOST);

	values[ROUTE_VAR_ARGS] = values[ROUTE_VAR_QUERY_STRING] = target.query;
	values[ROUTE_VAR_BEST_HTTP_HOST] =
		trusted && host.len ? str_sub(host, 0, str_find(host, ',')) : request->authority;
	values[ROUTE_VAR_ESCAPED_REQUEST_URI] = route_escape(request->target, &exchange->arena);
	values[ROUTE_VAR_HOST] = str_lower(&exchange->arena, route_host(request->authority));
	values[ROUTE_VAR_HTTP_HOST] = request->authority;
	values[ROUTE_VAR_PASS_ACCESS_SCHEME] = trusted && said.len ? said : scheme;
	values[ROUTE_VAR_REMOTE_ADDR] = exchange->client_text;
	values[ROUTE_VAR_REQUEST_METHOD] = request->method;
	values[ROUTE_VAR_REQUEST_URI] = request->target;
	values[ROUTE_VAR_SCHEME] = scheme;
	values[ROUTE_VAR_URI] = target.path;
}

static void edit(struct exchange *exchange, struct head *head, const struct route_edits *edits)
{
	struct str values[ROUTE_VARIABLES];

	if (!edits->count)
		return;
	exchange_variables(exchange, values);
	for (size_t i = 0; i < edits->count; i++) {
		struct route_edit one = edits->at[i];

		one.value = route_expand(one.value, values, &exchange->arena);
		exchange_edit(head, &(struct route_edits){&one, 1});
	}
}

static const struct route_raw *raw_of(const struct exchange *exchange)
{
	const struct route_guards *guards = exchange->policy->guards;

	return guards ? guards->raw : NULL;
}

void exchange_raw_request(struct exchange *exchange)
{
	if (raw_of(exchange))
		edit(exchange, &exchange->ask, &raw_of(exchange)->request);
}

void exchange_raw_response(struct exchange *exchange, struct head *answer, bool fine)
{
	const struct route_raw *raw = raw_of(exchange);

	if (!raw)
		return;
	edit(exchange, answer, &raw->response);
	if (fine)
		edit(exchange, answer, &raw->fine);
}

bool exchange_raw_answer(struct exchange *exchange)
{
	const struct route_raw *raw = raw_of(exchange);
	struct str values[ROUTE_VARIABLES], text;

	if (!raw || !raw->status)
		return false;
	exchange_variables(exchange, values);
	text = route_expand(raw->text, values, &exchange->arena);
	if (raw->redirects)
		exchange_redirect(exchange, raw->status, text);
	else if (text.len)
		exchange_answer_text(exchange, raw->status, "text/html", text);
	else
		exchange_answer_own(exchange, raw->status, NULL);
	return true;
}
