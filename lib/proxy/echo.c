#include "proxy/echo.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/bug.h"
#include "gateway/api.h"
#include "proxy/grammar.h"
#include "proxy/worker.h"
#include "report/markup.h"

enum { DELAY_MOST = 60 * 1000 };

struct echo {
	struct back back; /* first */
	struct grave grave;
	struct timer timer;
	struct task task; /* without a delay */
	struct worker *worker;
};

/* ---- what is said ---- */

static void member(struct buf *out, const char *name, struct str value)
{
	buf_format(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
	markup_json(out, value);
}

/* "x-request-id" is "X-Request-Id". */
static struct str canonical(struct arena *arena, struct str name)
{
	struct str made = str_dup(arena, name);
	char *at = (char *)made.at;

	for (size_t i = 0; i < name.len; i++)
		at[i] = (char)(i && at[i - 1] != '-' ? tolower(at[i]) : toupper(at[i]));
	return made;
}

static bool is_said(const struct head *head, uint32_t i)
{
	enum head_name id = (enum head_name)head->ids[i];

	return id == HEAD_OTHER || (id != HEAD_GONE && !(head_names[id].kinds & HEAD_IS_HOP));
}

static bool was_said(const struct head *head, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (is_said(head, i) && str_eq_nocase(head->fields[i].name, head->fields[at].name))
			return true;
	return false;
}

static void say_values(struct buf *out, const struct head *head, uint32_t from)
{
	bool more = false;

	for (uint32_t i = from; i < head->count; i++) {
		if (!is_said(head, i) ||
		    !str_eq_nocase(head->fields[i].name, head->fields[from].name))
			continue;
		buf_text(out, more ? "," : "");
		markup_json(out, head->fields[i].value);
		more = true;
	}
}

static void say_headers(struct buf *out, const struct head *head, struct arena *arena)
{
	bool more = false;

	buf_text(out, ",\"headers\":{");
	for (uint32_t i = 0; i < head->count; i++) {
		if (!is_said(head, i) || was_said(head, i))
			continue;
		buf_text(out, more ? "," : "");
		markup_json(out, canonical(arena, head->fields[i].name));
		buf_text(out, ":[");
		say_values(out, head, i);
		buf_char(out, ']');
		more = true;
	}
	buf_char(out, '}');
}

static struct str body_of(struct exchange *exchange)
{
	const struct head *ask = &exchange->ask;
	struct arena *arena = &exchange->arena;
	const struct route_backend *share = exchange->share;
	struct buf out;
	struct str made;

	buf_init(&out);
	buf_char(&out, '{');
	member(&out, "path", ask->target);
	member(&out, "host", ask->authority);
	member(&out, "method", ask->method);
	member(&out, "proto",
	       share->protocol == ROUTE_PROTOCOL_H2C || share->protocol == ROUTE_PROTOCOL_GRPC
		       ? STR("HTTP/2.0")
		       : STR("HTTP/1.1"));
	say_headers(&out, ask, arena);
	buf_format(&out, ",\"httpPort\":\"%u\"", share->port);
	member(&out, "namespace", share->namespace);
	member(&out, "ingress", STR(""));
	member(&out, "service", share->name);
	member(&out, "pod", STR_JOIN(arena, share->name, STR("-echo-0")));
	buf_text(&out, "}\n");
	made = str_dup(arena, buf_slice(&out));
	buf_finish(&out);
	return made;
}

/* ---- what the request asks for ---- */

static unsigned status_of(struct str path)
{
	size_t at = str_find_str(path, "/status/");
	int64_t status;

	if (at == SIZE_MAX || !str_to_int(str_sub(path, at + 8, 3), &status) ||
	    path.len != at + 11 || status < 200 || status > 599)
		return 200;
	return (unsigned)status;
}

static int64_t delay_of(struct str query)
{
	struct str part;
	bool more = true;
	int64_t delay;

	while (str_split(&query, '&', &more, &part))
		if (str_starts(part, "delay=") &&
		    gateway_duration_parse(str_from_pos(part, 6), &delay))
			return delay > DELAY_MOST ? DELAY_MOST : delay;
	return 0;
}

static void set_headers(struct head *answer, struct str wanted)
{
	struct str member;

	while (head_list_next(&wanted, &member)) {
		size_t colon = str_find(member, ':');
		struct str name = str_sub(member, 0, colon);
		struct str value = str_trim(str_from_pos(member, colon + 1));
		enum head_name id = grammar_is_token(name) ? head_name(name) : HEAD_GONE;

		if (colon != SIZE_MAX && id != HEAD_GONE && id != HEAD_CONTENT_LENGTH &&
		    id != HEAD_HOST && (id == HEAD_OTHER || !(head_names[id].kinds & HEAD_IS_HOP)))
			head_push(answer, id, name, value);
	}
}

/* ---- the answer ---- */

static void answer(struct echo *echo)
{
	struct exchange *exchange = echo->back.exchange;
	const struct head *ask = &exchange->ask;
	struct str body = body_of(exchange);
	bool bodyless = ask->method_id == HEAD_METHOD_HEAD;
	struct head head;

	head_init(&head, &exchange->arena);
	head.status = status_of(route_target(ask->target).path);
	head.persists = true;
	if (head.status == 204 || head.status == 304)
		bodyless = true;
	head.body = bodyless ? HEAD_NO_BODY : HEAD_LENGTH;
	head.has_length = head.status != 204 && head.status != 304;
	head.length = body.len;
	head_push(&head, HEAD_CONTENT_TYPE, STR("Content-Type"), STR("application/json"));
	head_push(&head, HEAD_OTHER, STR("X-Content-Type-Options"), STR("nosniff"));
	head_push(&head, HEAD_OTHER, STR("X-Echo-Backend"),
		  exchange_clean_value(&exchange->arena,
				       STR_JOIN(&exchange->arena, exchange->share->namespace,
						STR("/"), exchange->share->name)));
	for (uint32_t i = 0; i < ask->count; i++)
		if (ask->ids[i] == HEAD_OTHER &&
		    str_is_nocase(ask->fields[i].name, "X-Echo-Set-Header"))
			set_headers(&head, ask->fields[i].value);
	exchange_answer(exchange, &head);
	if (echo->back.exchange && !bodyless)
		exchange_more(exchange, body, true);
	if (echo->back.exchange)
		exchange_answered(exchange, NULL);
}

static void fire(struct timer *timer)
{
	answer((struct echo *)((char *)timer - offsetof(struct echo, timer)));
}

static void run(struct task *task)
{
	answer((struct echo *)((char *)task - offsetof(struct echo, task)));
}

/* ---- a back ---- */

static void answer_soon(struct back *back)
{
	struct echo *echo = (struct echo *)back;
	int64_t delay = delay_of(route_target(back->exchange->ask.target).query);

	if (delay)
		timer_set(&echo->worker->loop, &echo->timer, echo->worker->loop.now + delay);
	else
		loop_post(&echo->worker->loop, &echo->task);
}

static void take_head(struct back *back, const struct head *request)
{
	exchange_connected(back->exchange);
	if (request->body == HEAD_NO_BODY)
		answer_soon(back);
}

static bool take_data(struct back *back, struct str bytes, bool last)
{
	(void)back;
	(void)bytes;
	(void)last;
	return true;
}

static void take_end(struct back *back, const struct head *trailers)
{
	(void)trailers;
	answer_soon(back);
}

static void nothing(struct back *back)
{
	(void)back;
}

static void hold(struct back *back, bool hold)
{
	(void)back;
	(void)hold;
}

static void bury(struct grave *grave)
{
	free((char *)grave - offsetof(struct echo, grave));
}

static void drop(struct back *back)
{
	struct echo *echo = (struct echo *)back;

	timer_stop(&echo->worker->loop, &echo->timer);
	loop_cancel(&echo->worker->loop, &echo->task);
	loop_bury(&echo->worker->loop, &echo->grave, bury);
}

static const struct back_ops ops = {
	.head = take_head,
	.data = take_data,
	.end = take_end,
	.flush = nothing,
	.hold = hold,
	.drop = drop,
};

struct back *echo_ask(struct worker *worker, struct exchange *exchange)
{
	struct echo *echo = malloc(sizeof *echo);

	if (!echo)
		bug_out_of_memory(sizeof *echo);
	*echo = (struct echo){.back = {.ops = &ops, .exchange = exchange},
			      .timer.fire = fire,
			      .task.run = run,
			      .worker = worker};
	return &echo->back;
}
