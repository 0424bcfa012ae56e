/* auth-url of ingress-nginx: a fixed URL is asked with GET and all fields of the request; any 2xx lets it pass,
 * 401 and 403 are passed on (401 as a redirect, when there is a page to sign in), anything else is 500
 * (ngx_http_auth_request_module, and the location that the controller's template writes around it). */
#include "proxy/exchange_question.h"

#include "proxy/grammar.h"
#include "proxy/worker.h"
#include "route/guards.h"

/* ---- the verdict ---- */

/* A listed field that the answer lacks is taken away from the client: nginx sets it to nothing. */
static void pass_fields(struct exchange *exchange, const struct route_ask_url *ask,
			const struct head *answer)
{
	for (size_t i = 0; i < ask->header_count; i++) {
		struct str name = ask->headers[i];
		uint32_t at = head_find_name(answer, name, 0);

		if (at < answer->count && answer->fields[at].value.len)
			head_set(&exchange->ask, name, answer->fields[at].value);
		else
			head_remove(&exchange->ask, name);
	}
}

static void keep_cookies(struct exchange *exchange, const struct route_ask_url *ask,
			 const struct head *answer)
{
	struct route_edit *edits = NULL;
	size_t count = 0;

	for (uint32_t i = head_find(answer, HEAD_SET_COOKIE, 0); i < answer->count;
	     i = head_find(answer, HEAD_SET_COOKIE, i + 1))
		ARENA_PUSH(&exchange->arena, edits, count,
			   (struct route_edit){ROUTE_EDIT_ADD, STR("Set-Cookie"),
					       answer->fields[i].value});
	exchange->cookies = (struct route_edits){edits, count};
	exchange->always_cookies = ask->always_cookie;
}

static bool has_parameter(struct str url, struct str name)
{
	size_t mark = str_find(url, '?');
	struct str rest = mark == SIZE_MAX ? (struct str){0} : str_from_pos(url, mark + 1), part;
	bool more = rest.len > 0;

	while (more && str_split(&rest, '&', &more, &part))
		if (str_eq(str_sub(part, 0, str_find(part, '=')), name) &&
		    str_find(part, '=') + 1 < part.len)
			return true;
	return false;
}

/* buildAuthSignURL() of the controller: where to return to is added unless the URL says so itself. */
static struct str signin_of(struct exchange *exchange, const struct route_ask_url *ask)
{
	struct str values[ROUTE_VARIABLES];
	struct str url = ask->signin;
	bool query = str_find(url, '?') != SIZE_MAX;

	if (!has_parameter(url, ask->signin_parameter))
		url = str_format(&exchange->arena,
				 "%.*s%s%.*s=$pass_access_scheme://$http_host$escaped_request_uri",
				 STR_ARG(url), query ? "&" : "?", STR_ARG(ask->signin_parameter));
	exchange_variables(exchange, values);
	return route_expand(url, values, &exchange->arena);
}

static void verdict(struct exchange *exchange, struct question *question)
{
	const struct route_ask_url *ask = question->guard;
	const struct head *answer = &question->answer;
	unsigned status = question->answered ? answer->status : 500;

	if (question->answered)
		keep_cookies(exchange, ask, answer);
	if (status >= 200 && status < 300) {
		pass_fields(exchange, ask, answer);
		exchange_go_on(exchange);
	} else if (exchange->challenge.at) {
		/* satisfy any: basic authentication would have let it in as well. */
		exchange_challenge(exchange, exchange->challenge);
	} else if (status == 401 && ask->signin.len) {
		exchange->why = "to be signed in";
		exchange_redirect(exchange, 302, signin_of(exchange, ask));
	} else if (status == 401) {
		exchange_challenge(exchange, head_value(answer, HEAD_WWW_AUTHENTICATE));
	} else if (status == 403) {
		exchange_answer_own(exchange, 403, "refused by auth-url");
	} else {
		exchange_answer_own(exchange, 500,
				    question->answered
					    ? "auth-url answered neither 2xx nor 401 nor 403"
					    : "auth-url cannot be asked");
	}
}

/* ---- the question ---- */

static void set(struct head *ask, const char *name, struct str value)
{
	head_set(ask, str_from(name), exchange_clean_value(ask->arena, value));
}

static struct str original_url(const struct exchange *exchange,
			       const struct str values[static ROUTE_VARIABLES], struct arena *arena)
{
	return STR_JOIN(arena, values[ROUTE_VAR_SCHEME], STR("://"), exchange->request.authority,
			exchange->request.target);
}

static struct str forwarded_for(const struct exchange *exchange, struct arena *arena)
{
	struct str said = head_value(&exchange->request, HEAD_X_FORWARDED_FOR);

	if (!exchange->trust->appends || !said.len)
		return exchange->client_text;
	return STR_JOIN(arena, said, STR(", "), str_from(exchange->place->client_text));
}

static void set_fields(struct exchange *exchange, const struct route_ask_url *ask,
		       struct head *head, const struct str values[static ROUTE_VARIABLES])
{
	struct arena *arena = head->arena;

	head_remove(head, STR("X-Forwarded-Proto"));
	head_remove(head, STR("Expect"));
	set(head, "X-Request-ID", exchange->id);
	if (ask->method.len) {
		set(head, "X-Original-URI", exchange->request.target);
		set(head, "X-Scheme", values[ROUTE_VAR_PASS_ACCESS_SCHEME]);
	}
	set(head, "X-Original-URL", original_url(exchange, values, arena));
	set(head, "X-Original-Method", exchange->request.method);
	set(head, "X-Sent-From", STR("nginx-ingress-controller"));
	set(head, "X-Real-IP", exchange->client_text);
	set(head, "X-Forwarded-For", forwarded_for(exchange, arena));
	set(head, "X-Auth-Request-Redirect",
	    ask->redirect.len ? route_expand(ask->redirect, values, arena)
			      : exchange->request.target);
	for (size_t i = 0; i < ask->set.count; i++)
		if (grammar_is_token(ask->set.at[i].name))
			head_set(head, ask->set.at[i].name,
				 exchange_clean_value(
					 arena, route_expand(ask->set.at[i].value, values, arena)));
}

void exchange_auth_url_ask(struct exchange *exchange, const struct route_ask_url *ask)
{
	struct question *question = question_new(exchange, &ask->backend, ask, verdict);
	struct exchange *made = question->exchange;
	struct str values[ROUTE_VARIABLES];

	exchange_variables(exchange, values);
	exchange_copy_head(&made->ask, &exchange->request, &made->arena);
	made->ask.method = grammar_is_token(ask->method) ? ask->method : STR("GET");
	made->ask.method_id = head_method(made->ask.method);
	made->ask.websocket = made->ask.has_length = false;
	made->ask.authority = exchange_clean_host(ask->host);
	made->ask.target = exchange_clean_target(&made->arena,
						 route_expand(ask->target, values, &made->arena));
	set_fields(exchange, ask, &made->ask, values);
	question_send(question, (struct str){0});
}
