#include "proxy/exchange_question.h"

#include "proxy/worker.h"

enum { ANSWER_MOST = 64 * 1024 /* bytes of an answer that is passed on */ };

static struct question *of_front(struct front *front)
{
	return (struct question *)front;
}

bool question_lists(const struct str *names, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(names[i], name))
			return true;
	return false;
}

void question_pass_on(struct exchange *exchange, struct question *question, const char *why)
{
	exchange->why = why;
	exchange_answer_head(exchange, &question->answer,
			     str_dup(&exchange->arena, buf_slice(&question->body)));
}

/* ---- the front ---- */

/* `about` may be gone, with the client. */
static void settle(struct question *question)
{
	struct exchange *about = question->about;

	if (!about)
		return;
	question->about = NULL;
	about->question = NULL;
	question->verdict(about, question);
}

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

/* Trailers may be all there is: then the status is in the head. */
static void keep_end(struct front *front, const struct head *trailers)
{
	struct question *question = of_front(front);
	const struct head *last = trailers ? trailers : &question->answer;

	question->answered = true;
	question->grpc_ok = last->arena && str_is(head_value(last, HEAD_GRPC_STATUS), "0");
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

struct question *question_new(struct exchange *about, const struct route_backend *to,
			      const void *guard,
			      void (*verdict)(struct exchange *, struct question *))
{
	struct exchange *made = exchange_new(about->worker);
	struct question *question = arena_new(&made->arena, struct question);

	about->question = question;
	about->delayed = true;
	*question = (struct question){.front = {&question_ops, made},
				      .about = about,
				      .exchange = made,
				      .guard = guard,
				      .verdict = verdict};
	made->no_echo = guard != NULL;
	buf_init(&question->body);
	question->body.ceiling = ANSWER_MOST;
	exchange_open_inner(made, about, &question->front, to);
	head_init(&made->ask, &made->arena);
	return question;
}

void question_send(struct question *question, struct str body)
{
	struct exchange *made = question->exchange;
	struct head *ask = &made->ask;

	ask->has_length |= body.len > 0;
	ask->length = body.len;
	ask->body = body.len ? HEAD_LENGTH : HEAD_NO_BODY;
	made->requested = made->delayed = true;
	queue_add(&made->worker->slabs, &made->kept, body.at, body.len);
	exchange_try(made);
}

void exchange_question_forget(struct exchange *exchange)
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
