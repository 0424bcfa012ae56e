#include "proxy/exchange.h"

#include <stdlib.h>

#include "base/asan.h"
#include "base/bug.h"
#include "proxy/admin.h"
#include "proxy/lacks.h"
#include "proxy/log.h"
#include "proxy/worker.h"

/* ---- life ---- */

struct exchange *exchange_new(struct worker *worker)
{
	struct exchange *exchange = worker->exchanges;
	struct arena arena;

	if (exchange) {
		worker->exchanges = exchange->next;
		worker->exchange_count--;
		arena = exchange->arena;
	} else {
		exchange = malloc(sizeof *exchange);
		if (!exchange)
			bug_out_of_memory(sizeof *exchange);
		arena_init(&arena);
	}
	*exchange = (struct exchange){.worker = worker, .arena = arena};
	return exchange;
}

static void bury(struct grave *grave)
{
	struct exchange *exchange = (struct exchange *)grave;
	struct worker *worker = exchange->worker;

	if (ASAN || worker->exchange_count >= EXCHANGES_KEPT ||
	    exchange->arena.used > ARENA_LARGE) {
		arena_finish(&exchange->arena);
		free(exchange);
		return;
	}
	arena_rewind(&exchange->arena, (struct arena_mark){0});
	exchange->next = worker->exchanges;
	worker->exchanges = exchange;
	worker->exchange_count++;
}

void exchange_discard(struct exchange *exchange)
{
	if (exchange)
		loop_bury(&exchange->worker->loop, &exchange->grave, bury);
}

/* From here to end(), the exchange keeps a use of the snapshot. */
static void come_alive(struct exchange *exchange, struct snapshot_use *use)
{
	struct worker *worker = exchange->worker;

	exchange->use = snapshot_join(use);
	exchange->living = worker->living;
	exchange->link = &worker->living;
	if (worker->living)
		worker->living->link = &exchange->living;
	worker->living = exchange;
}

static void leave_the_living(struct exchange *exchange)
{
	*exchange->link = exchange->living;
	if (exchange->living)
		exchange->living->link = exchange->link;
	snapshot_leave(exchange->use);
}

void exchange_drop_back(struct exchange *exchange)
{
	struct back *back = exchange->back;

	if (!back)
		return;
	exchange->back = NULL;
	back->exchange = NULL;
	back->ops->drop(back);
}

static void leave_mirrors(struct exchange *exchange)
{
	while (exchange->mirrors) {
		struct exchange *mirror = exchange->mirrors;

		exchange->mirrors = mirror->next;
		mirror->mirror_of = NULL;
		mirror->next = NULL;
		if (!exchange->requested)
			exchange_gone(mirror, 0, NULL);
	}
}

static void leave_original(struct exchange *mirror)
{
	struct exchange **at = &mirror->mirror_of->mirrors;

	while (*at != mirror)
		at = &(*at)->next;
	*at = mirror->next;
	mirror->mirror_of = NULL;
}

/* Over: it is logged, and nobody knows it any more. */
static void end(struct exchange *exchange)
{
	struct worker *worker = exchange->worker;

	if (exchange->over)
		return;
	exchange->over = true;
	timer_stop(&worker->loop, &exchange->timer);
	exchange_drop_back(exchange);
	leave_mirrors(exchange);
	if (exchange->mirror_of)
		leave_original(exchange);
	if (exchange->front)
		exchange->front->exchange = NULL;
	exchange_question_forget(exchange);
	exchange_uncount(exchange);
	if (!exchange->inner)
		log_exchange(worker, exchange);
	queue_clear(&worker->slabs, &exchange->kept);
	leave_the_living(exchange);
	loop_bury(&worker->loop, &exchange->grave, bury);
}

void exchange_finish(struct exchange *exchange)
{
	struct front *front = exchange->front;

	if (exchange->over)
		return;
	end(exchange);
	if (front)
		front->ops->flush(front);
}

/* ---- time ---- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void exchange_set_timer(struct exchange *exchange)
{
	int64_t at = least(exchange->total_at, least(exchange->try_at, exchange->idle_at));

	if (at == EXCHANGE_NEVER || exchange->over)
		timer_stop(&exchange->worker->loop, &exchange->timer);
	else
		timer_set(&exchange->worker->loop, &exchange->timer, at);
}

void exchange_progress(struct exchange *exchange)
{
	if (exchange->connecting)
		return;
	exchange->idle_at = exchange->worker->loop.now + exchange->idle_ms;
	exchange_set_timer(exchange);
}

static void expired(struct timer *timer)
{
	struct exchange *exchange =
		(struct exchange *)((char *)timer - offsetof(struct exchange, timer));
	int64_t now = exchange->worker->loop.now;

	if (exchange->back)
		exchange->back->late = now >= exchange->total_at || now >= exchange->try_at ||
				       now >= exchange->idle_at;
	if (now >= exchange->total_at) {
		exchange_give_up(exchange, 504, "no answer within the time for the request");
	} else if (exchange->waiting) {
		exchange->waiting = false;
		exchange_try(exchange);
	} else if (now >= exchange->try_at || now >= exchange->idle_at) {
		if (!exchange_try_again(exchange))
			exchange_give_up(exchange, 504, "no answer of the backend in time");
	} else {
		exchange_set_timer(exchange);
	}
}

void exchange_start_clock(struct exchange *exchange)
{
	const struct route_policy *policy = exchange->policy;

	exchange->timer.fire = expired;
	exchange->try_at = exchange->idle_at = exchange->total_at = EXCHANGE_NEVER;
	exchange->idle_ms =
		policy->read_ms > 0 ? policy->read_ms : exchange->worker->options->backend_idle_ms;
	if (policy->request_ms > 0)
		exchange->total_at = exchange->worker->loop.now + policy->request_ms;
}

/* ---- deciding ---- */

/* Fields that the side does not take, and whom the client says that it is: before anything is decided. */
static void meet(struct exchange *exchange)
{
	exchange->trust = &snapshot_table(exchange->use, exchange->place->table)->trust;
	policy_names(&exchange->request, exchange->worker->options->side, exchange->trust);
	exchange->client_text = policy_client(&exchange->request, exchange->trust,
					      exchange->client_text, &exchange->client);
}

static struct route_request request_of(const struct exchange *exchange,
				       const struct front_place *place)
{
	const struct head *head = &exchange->request;

	return (struct route_request){
		.gateway_namespace = place->gateway_namespace,
		.gateway = place->gateway,
		.port = place->port,
		.tls = place->tls,
		.sni = place->sni,
		.client = exchange->client,
		.client_certificate = place->certificate,
		.version = head->version,
		.method = head->method,
		.target = head->target,
		.authority = head->authority,
		.headers = head->fields,
		.header_count = head->count,
		.body_length = head->body == HEAD_LENGTH    ? (int64_t)head->length
			       : head->body == HEAD_CHUNKED ? -1
							    : 0,
	};
}

static void decide(struct exchange *exchange)
{
	const struct route_request request = request_of(exchange, exchange->place);

	worker_decide(exchange->worker, &exchange->arena, exchange->use, exchange->place->table,
		      &request, &exchange->decision);
	exchange->policy = exchange->decision.policy;
}

static void forward(struct exchange *exchange)
{
	const char *guard;

	exchange->share = exchange_session_share(exchange);
	if (!exchange->share)
		exchange->share = worker_draw(exchange->worker, &exchange->decision);
	exchange->sent = route_sent(&exchange->decision,
				    (size_t)(exchange->share - exchange->decision.backends));
	/* A page in the place of an answer: that was the decision, and nothing guards it. */
	guard = exchange->decision.page ? NULL : lacks_guard(exchange->policy);
	if (guard) {
		exchange_answer_own(exchange, 501, guard);
	} else if (exchange->sent->location.len) {
		exchange_redirect(exchange, exchange->sent->status, exchange->sent->location);
	} else if (exchange->sent->status) {
		exchange_answer_own(exchange, exchange->sent->status, NULL);
	} else if (exchange->share->status) {
		exchange_answer_own(exchange, exchange->share->status,
				    route_backend_words(exchange->share->state));
	} else if (exchange->decision.page) {
		exchange_try(exchange);
	} else if (exchange->policy->guards) {
		exchange_guard(exchange);
	} else if (exchange_auth_of(exchange)) {
		exchange_build(exchange);
		exchange_auth_ask(exchange);
	} else {
		exchange_go_on(exchange);
	}
}

void exchange_go_on(struct exchange *exchange)
{
	exchange_try(exchange);
	if (!exchange->over)
		exchange_mirror(exchange);
}

void exchange_open_inner(struct exchange *made, struct exchange *of, struct front *front,
			 const struct route_backend *share)
{
	made->inner = true;
	made->front = front;
	made->place = of->place;
	made->client = of->client;
	made->client_text = of->client_text;
	made->trust = of->trust;
	made->request = of->request;
	made->request.body = HEAD_NO_BODY;
	made->request.websocket = false;
	come_alive(made, of->use);
	made->policy = made->decision.policy = &route_no_policy;
	made->share = share;
	made->sent = of->sent;
	made->start_us = of->start_us;
	exchange_start_clock(made);
}

static void carry_out(struct exchange *exchange)
{
	const struct route_decision *decision = &exchange->decision;
	struct front *front = exchange->front;

	switch (decision->action) {
	case ROUTE_CLOSE:
		exchange->why = "no listener takes this connection";
		front->ops->cut(front);
		exchange_finish(exchange);
		break;
	case ROUTE_ANSWER:
		exchange_answer_own(exchange, decision->status ? decision->status : 404, NULL);
		break;
	case ROUTE_REDIRECT:
		exchange_redirect(exchange, decision->status, decision->location);
		break;
	case ROUTE_FORWARD:
		forward(exchange);
		break;
	}
}

static void open(struct exchange *exchange, struct front *front, const struct front_place *place)
{
	struct worker *worker = exchange->worker;

	exchange->front = front;
	front->exchange = exchange;
	exchange->place = place;
	exchange->client = place->client;
	exchange->client_text = str_from(place->client_text);
	exchange->start_us = worker_clock();
	come_alive(exchange, worker->use);
	exchange->policy = exchange->decision.policy = &route_no_policy;
	exchange->keeping = true;
}

void exchange_begin(struct exchange *exchange, struct front *front, const struct front_place *place)
{
	const struct route_request request = request_of(exchange, place);
	unsigned status;

	/* What follows takes as long as memory does. */
	if (!place->admin)
		route_expect(snapshot_table(exchange->worker->use, place->table), &request);
	status = policy_answer(&exchange->request);
	open(exchange, front, place);
	if (place->admin) {
		admin_answer(exchange);
		return;
	}
	if (status) {
		exchange_answer_own(exchange, status, NULL);
		return;
	}
	meet(exchange);
	decide(exchange);
	exchange_start_clock(exchange);
	carry_out(exchange);
}

void exchange_refuse(struct exchange *exchange, struct front *front,
		     const struct front_place *place, unsigned status, const char *why)
{
	open(exchange, front, place);
	exchange_answer_own(exchange, status, why);
}

/* ---- the body of the request ---- */

/* By rule, or because the backend may say that it has not looked at it. */
static bool may_be_sent_again(const struct exchange *exchange)
{
	return !exchange->began &&
	       (exchange->policy->retry || (exchange->back && exchange->back->picky));
}

/* Kept while another try is possible at all, or until it may be sent: then nothing more comes than a window or a read
 * holds. */
static void keep(struct exchange *exchange, struct str bytes)
{
	if (exchange->question || exchange->gathering || exchange_awaits_upgrade(exchange)) {
		queue_add(&exchange->worker->slabs, &exchange->kept, bytes.at, bytes.len);
		return;
	}
	if (!exchange->keeping)
		return;
	if (!may_be_sent_again(exchange) ||
	    (exchange->kept.bytes + bytes.len > EXCHANGE_KEPT && !exchange->waiting)) {
		exchange->keeping = false;
		queue_clear(&exchange->worker->slabs, &exchange->kept);
		return;
	}
	queue_add(&exchange->worker->slabs, &exchange->kept, bytes.at, bytes.len);
}

static void mirror_data(struct exchange *exchange, struct str bytes, bool last)
{
	struct exchange *next;

	/* A mirror that is slower than the backend loses its copy: nobody waits for it. */
	for (struct exchange *mirror = exchange->mirrors; mirror; mirror = next) {
		next = mirror->next;
		if (!exchange_data(mirror, bytes, last) && !mirror->over)
			exchange_gone(mirror, 0, NULL);
	}
}

/* What goes through a tunnel is no body. */
static bool is_too_long(const struct exchange *exchange)
{
	int64_t most = exchange->policy->body_bytes;

	return !exchange->request.websocket && most > 0 && exchange->bytes_in > (uint64_t)most;
}

bool exchange_data(struct exchange *exchange, struct str bytes, bool last)
{
	exchange->bytes_in += bytes.len;
	if (is_too_long(exchange)) {
		exchange_give_up(exchange, 413, "the body is longer than the rule allows");
		return true;
	}
	if (exchange->mirrors)
		mirror_data(exchange, bytes, last);
	if (!exchange->tunnel)
		keep(exchange, bytes);
	exchange_progress(exchange);
	if (exchange->gathering && exchange->kept.bytes < exchange->gathering)
		return true;
	if (exchange->gathering)
		exchange_auth_send(exchange);
	/* Between two tries the rest of the body waits for the next one. */
	return exchange->back && !exchange_awaits_upgrade(exchange) &&
	       exchange->back->ops->data(exchange->back, bytes, last);
}

void exchange_flush(struct exchange *exchange)
{
	if (exchange->back)
		exchange->back->ops->flush(exchange->back);
}

void exchange_end(struct exchange *exchange, const struct head *trailers)
{
	struct exchange *next;

	exchange->requested = true;
	exchange_keep_trailers(exchange, trailers);
	for (struct exchange *mirror = exchange->mirrors; mirror; mirror = next) {
		next = mirror->next;
		exchange_end(mirror, trailers);
	}
	leave_mirrors(exchange);
	if (exchange->gathering) {
		exchange_auth_send(exchange);
		return;
	}
	if (exchange->back && !exchange_awaits_upgrade(exchange))
		exchange->back->ops->end(exchange->back, trailers);
	exchange_flush(exchange);
	if (exchange->tunnel && exchange->answered)
		exchange_finish(exchange);
	else
		exchange_progress(exchange);
}

void exchange_gone(struct exchange *exchange, unsigned status, const char *why)
{
	if (!exchange->began)
		exchange->status = status ? status : 499;
	exchange->why = why ? why : "the client went away";
	if (exchange->front)
		exchange->front->exchange = NULL;
	if (!exchange->inner)
		exchange->front = NULL;
	end(exchange);
}

void exchange_end_all(struct worker *worker)
{
	while (worker->living)
		exchange_gone(worker->living, 0, NULL);
}

void exchange_front_ready(struct exchange *exchange)
{
	exchange_progress(exchange);
	if (exchange->back)
		exchange->back->ops->hold(exchange->back, false);
}

void exchange_back_ready(struct exchange *exchange)
{
	exchange_progress(exchange);
	if (exchange->front)
		exchange->front->ops->hold(exchange->front, false);
}
