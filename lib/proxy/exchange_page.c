/* custom-http-errors of ingress-nginx: an answer of one of its statuses is not passed on; another server is asked for
 * a page instead, with what happened in fields, and its status counts. */
#include "proxy/exchange_question.h"

#include "proxy/worker.h"

static bool has_page(const struct exchange *exchange, unsigned status)
{
	const struct route_pages *pages = exchange->policy->pages;

	for (size_t i = 0; pages && i < pages->code_count; i++)
		if (pages->codes[i] == status)
			return true;
	return false;
}

static void verdict(struct exchange *exchange, struct question *question)
{
	if (question->answered)
		question_pass_on(exchange, question, exchange->why);
	else
		exchange_answer_own(exchange, 503, "the server of error pages cannot be asked");
}

static void set(struct head *ask, const char *name, struct str value)
{
	if (value.len)
		head_set(ask, str_from(name), exchange_clean_value(ask->arena, value));
}

/* What the location of the controller's template sets (`location @custom_...`). */
static void set_fields(const struct exchange *exchange, struct head *ask, unsigned status)
{
	const struct object_ref *object = exchange->decision.place.object;
	const struct route_backend *share = exchange->share;
	struct arena *arena = ask->arena;

	set(ask, "X-Code", str_format(arena, "%u", status));
	set(ask, "X-Format", head_value(&exchange->request, HEAD_ACCEPT));
	set(ask, "X-Original-URI", exchange->request.target);
	if (object) {
		set(ask, "X-Namespace", object->namespace);
		set(ask, "X-Ingress-Name", object->name);
	}
	if (share) {
		set(ask, "X-Service-Name", share->name);
		set(ask, "X-Service-Port", str_format(arena, "%u", share->port));
	}
	set(ask, "X-Request-ID", exchange->id);
}

/* "/" and the query as it came. The body of the request has gone to the backend already. */
static void build(const struct exchange *exchange, struct head *ask, unsigned status)
{
	struct route_target target = route_target(exchange->request.target);
	struct arena *arena = ask->arena;

	exchange_copy_head(ask, exchange->ask.arena ? &exchange->ask : &exchange->request, arena);
	ask->authority = exchange->request.authority;
	ask->target = target.has_query ? STR_JOIN(arena, STR("/?"), target.query) : STR("/");
	ask->has_length = ask->websocket = false;
	set_fields(exchange, ask, status);
}

bool exchange_page(struct exchange *exchange, unsigned status)
{
	struct question *question;

	if (exchange->paged || exchange->inner || exchange->began || exchange->decision.page ||
	    !has_page(exchange, status))
		return false;
	exchange->paged = true;
	exchange_drop_back(exchange);
	if (!exchange->policy->pages->backend) {
		exchange_answer_own(exchange, 404, "the controller's default backend");
		return true;
	}
	exchange->idle_at = exchange->try_at = EXCHANGE_NEVER;
	exchange->waiting = exchange->connecting = false;
	exchange_set_timer(exchange);
	question = question_new(exchange, exchange->policy->pages->backend, NULL, verdict);
	build(exchange, &question->exchange->ask, status);
	question_send(question, (struct str){0});
	return true;
}
