/* ExternalAuth over HTTP (GEP-1494): another server is asked about the head of a request, and as much of its
 * body as the filter says, before its backend is. 200 lets it pass; any other status is the answer. */
#include "proxy/exchange_question.h"

#include "proxy/worker.h"

const struct route_external_auth *exchange_auth_of(const struct exchange *exchange)
{
	return exchange->share->auth ? exchange->share->auth : exchange->policy->auth;
}

/* What of the answer the backend is to see: the fields that are listed, all when none is. */
static void pass_fields(struct exchange *exchange, const struct question *question)
{
	const struct route_external_auth *auth = question->guard;
	const struct head *answer = &question->answer;

	for (uint32_t i = 0; i < answer->count; i++) {
		struct str name = answer->fields[i].name;

		if (head_goes_on(answer, i) && answer->ids[i] != HEAD_DATE &&
		    (!auth->response_header_count ||
		     question_lists(auth->response_headers, auth->response_header_count, name)))
			head_set(&exchange->ask, name, answer->fields[i].value);
	}
}

static void verdict(struct exchange *exchange, struct question *question)
{
	if (!question->answered) {
		exchange_answer_own(exchange, 500, "external authentication cannot be asked");
	} else if (question->answer.status == 200) {
		pass_fields(exchange, question);
		exchange_go_on(exchange);
	} else {
		question_pass_on(exchange, question, "refused by external authentication");
	}
}

/* Host, method and path always go along, and Authorization; other fields when they are listed. */
static void build(struct exchange *exchange, const struct route_external_auth *auth,
		  struct head *ask)
{
	const struct head *request = &exchange->request;

	ask->has_length = true; /* also of no body at all */
	ask->method = request->method;
	ask->method_id = request->method_id;
	ask->authority = exchange->ask.authority;
	ask->target =
		STR_JOIN(&exchange->arena, exchange_clean_target(&exchange->arena, auth->path),
			 request->target);
	for (uint32_t i = 0; i < request->count; i++) {
		struct str name = request->fields[i].name;

		if (request->ids[i] != HEAD_GONE &&
		    (request->ids[i] == HEAD_AUTHORIZATION ||
		     question_lists(auth->request_headers, auth->request_header_count, name)))
			head_push(ask, (enum head_name)request->ids[i], name,
				  request->fields[i].value);
	}
}

/* The first bytes of what has come. */
static struct str body_of(const struct exchange *exchange, size_t most, struct arena *arena)
{
	size_t len = exchange->kept.bytes < most ? exchange->kept.bytes : most, used = 0;
	char *text = arena_bytes(arena, len);

	for (const struct slab *slab = exchange->kept.first; slab && used < len;
	     slab = slab->next) {
		size_t part = slab->to - slab->from;

		part = part < len - used ? part : len - used;
		memcpy(text + used, slab->bytes + slab->from, part);
		used += part;
	}
	return (struct str){text, len};
}

void exchange_auth_send(struct exchange *exchange)
{
	const struct route_external_auth *auth = exchange_auth_of(exchange);
	struct question *question;
	struct str body = {0};

	exchange->gathering = 0;
	if (auth->body_bytes > 0)
		body = body_of(exchange, (size_t)auth->body_bytes, &exchange->arena);
	if (auth->grpc) {
		exchange_auth_grpc_ask(exchange, auth, body);
		return;
	}
	question = question_new(exchange, &auth->backend, auth, verdict);
	build(exchange, auth, &question->exchange->ask);
	question_send(question, body);
}

void exchange_auth_ask(struct exchange *exchange)
{
	const struct route_external_auth *auth = exchange_auth_of(exchange);

	if (auth->body_bytes > 0 && exchange->request.body != HEAD_NO_BODY &&
	    !exchange->request.websocket) {
		exchange->gathering = (size_t)auth->body_bytes;
		exchange->delayed = true;
		return;
	}
	exchange_auth_send(exchange);
}
