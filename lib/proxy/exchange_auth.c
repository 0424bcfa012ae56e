/* ExternalAuth over HTTP (GEP-1494): another server is asked about the head of a request before its backend
 * is. 200 lets it pass; any other status is the answer. Whatever goes wrong keeps it out. */
#include "proxy/exchange.h"

#include "proxy/worker.h"

enum { REFUSAL_MOST = 64 * 1024 /* bytes of an answer that refuses */ };

/* The question: an exchange of its own, whose front this is. */
struct question {
	struct front front; /* first */
	struct exchange *about;
	struct exchange *exchange;
	const struct route_external_auth *auth;
	struct head answer;
	struct buf body;
	bool answered;
};

static struct question *of_front(struct front *front)
{
	return (struct question *)front;
}

const struct route_external_auth *exchange_auth_of(const struct exchange *exchange)
{
	return exchange->share->auth ? exchange->share->auth : exchange->policy->auth;
}

/* ---- the verdict ---- */

static bool is_listed(const struct str *names, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(names[i], name))
			return true;
	return false;
}

/* What of the answer the backend is to see: the fields that are listed, all when none is. */
static void pass_fields(struct exchange *exchange, const struct question *question)
{
	const struct route_external_auth *auth = question->auth;
	const struct head *answer = &question->answer;

	for (uint32_t i = 0; i < answer->count; i++) {
		enum head_name id = (enum head_name)answer->ids[i];
		bool hop = id == HEAD_GONE || id == HEAD_CONTENT_LENGTH || id == HEAD_DATE ||
			   (id != HEAD_OTHER && head_names[id].kinds & HEAD_IS_HOP);

		if (hop || (auth->response_header_count &&
			    !is_listed(auth->response_headers, auth->response_header_count,
				       answer->fields[i].name)))
			continue;
		head_set(&exchange->ask, answer->fields[i].name, answer->fields[i].value);
	}
}

static void refuse(struct exchange *exchange, struct question *question)
{
	struct head *answer = &question->answer;

	exchange->why = "refused by external authentication";
	exchange_answer_head(exchange, answer,
			     str_dup(&exchange->arena, buf_slice(&question->body)));
}

/* The question is over; `exchange` may be gone, with the client. */
static void settle(struct question *question)
{
	struct exchange *exchange = question->about;

	if (!exchange)
		return;
	question->about = NULL;
	exchange->question = NULL;
	if (!question->answered) {
		exchange_answer_own(exchange, 500, "external authentication cannot be asked");
	} else if (question->answer.status == 200) {
		pass_fields(exchange, question);
		exchange_go_on(exchange);
	} else {
		refuse(exchange, question);
	}
}

/* ---- the front of the question ---- */

static void keep_head(struct front *front, const struct head *answer)
{
	struct question *question = of_front(front);
	struct exchange *about = question->about;

	if (!about || answer->status < 200)
		return;
	/* Its bytes are the connection's; the exchange outlives them. */
	head_init(&question->answer, &about->arena);
	question->answer.status = answer->status;
	for (uint32_t i = 0; i < answer->count; i++)
		if (answer->ids[i] != HEAD_GONE)
			head_push(&question->answer, (enum head_name)answer->ids[i],
				  str_dup(&about->arena, answer->fields[i].name),
				  str_dup(&about->arena, answer->fields[i].value));
}

static bool keep_data(struct front *front, struct str bytes, bool last)
{
	(void)last;
	buf_str(&of_front(front)->body, bytes);
	return true;
}

static void keep_end(struct front *front, const struct head *trailers)
{
	(void)trailers;
	of_front(front)->answered = true;
}

static void cut(struct front *front)
{
	(void)front;
}

static void hold(struct front *front, bool hold)
{
	(void)front;
	(void)hold;
}

/* Called last, when the exchange of the question is over. */
static void flush(struct front *front)
{
	struct question *question = of_front(front);

	if (front->exchange)
		return;
	/* What the proxy answers for a server that cannot be asked is no verdict. */
	if (question->exchange->why)
		question->answered = false;
	settle(question);
	buf_finish(&question->body);
}

static const struct front_ops question_ops = {
	.head = keep_head,
	.data = keep_data,
	.end = keep_end,
	.flush = flush,
	.cut = cut,
	.hold = hold,
};

/* ---- asking ---- */

/* Host, method and path always go along, and Authorization; other fields when they are listed. */
static void build(struct exchange *exchange, struct question *question)
{
	const struct route_external_auth *auth = question->auth;
	const struct head *request = &exchange->request;
	struct head *ask = &question->exchange->ask;

	head_init(ask, &question->exchange->arena);
	ask->method = request->method;
	ask->method_id = request->method_id;
	ask->authority = exchange->ask.authority;
	ask->target =
		STR_JOIN(&exchange->arena, exchange_clean_target(&exchange->arena, auth->path),
			 request->target);
	ask->has_length = true;
	for (uint32_t i = 0; i < request->count; i++) {
		struct str name = request->fields[i].name;

		if (request->ids[i] != HEAD_GONE &&
		    (request->ids[i] == HEAD_AUTHORIZATION ||
		     is_listed(auth->request_headers, auth->request_header_count, name)))
			head_push(ask, (enum head_name)request->ids[i], name,
				  request->fields[i].value);
	}
}

void exchange_auth_ask(struct exchange *exchange)
{
	const struct route_external_auth *auth = exchange_auth_of(exchange);
	struct exchange *made = exchange_new(exchange->worker);
	struct question *question = arena_new(&made->arena, struct question);

	exchange->question = question;
	exchange->delayed = true;
	*question = (struct question){
		.front = {&question_ops, made}, .about = exchange, .exchange = made, .auth = auth};
	buf_init(&question->body);
	question->body.ceiling = REFUSAL_MOST;
	exchange_open_inner(made, exchange, &question->front, &auth->backend);
	build(exchange, question);
	made->requested = true;
	exchange_try(made);
	if (made->back) {
		made->back->ops->end(made->back, NULL);
		exchange_flush(made);
	}
}

void exchange_auth_forget(struct exchange *exchange)
{
	struct question *question = exchange->question;

	if (!question)
		return;
	exchange->question = NULL;
	question->about = NULL;
	if (!question->exchange->over) {
		exchange_gone(question->exchange, 0, NULL);
		buf_finish(&question->body);
	}
}
