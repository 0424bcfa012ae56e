/* What the client is answered: by a backend, or by the proxy itself. */
#include "proxy/exchange.h"

#include "proxy/h1.h"
#include "proxy/websocket.h"
#include "proxy/worker.h"
#include "route/grpc.h"

/* ---- answers of our own ---- */

static bool is_grpc(const struct head *request)
{
	return str_starts(head_value(request, HEAD_CONTENT_TYPE), "application/grpc");
}

/* To which nginx's add_header adds (ngx_http_headers_filter()). */
static bool takes_fields(unsigned status)
{
	return status == 200 || status == 201 || status == 204 || status == 206 ||
	       (status >= 301 && status <= 304) || status == 307 || status == 308;
}

/* Edits that are due on any answer. */
static void edit_answer(struct exchange *exchange, struct head *answer)
{
	const struct route_decision *decision = &exchange->decision;

	exchange_edit(answer, exchange->share ? &exchange->share->response : &decision->response);
	exchange_edit(answer, &decision->late);
	exchange_raw_response(exchange, answer, takes_fields(answer->status));
	exchange_edit(answer, &exchange->added);
	if (exchange->always_cookies || takes_fields(answer->status))
		exchange_edit(answer, &exchange->cookies);
	if (exchange->sent && decision->each)
		exchange_edit(answer, &exchange->sent->late);
}

static void begin(struct exchange *exchange, struct head *answer)
{
	exchange->began = true;
	exchange->status = answer->status;
	exchange->front->ops->head(exchange->front, answer);
}

/* A gRPC client reads the status in trailers, which may be all there is. */
static void answer_grpc(struct exchange *exchange, struct head *answer, unsigned status)
{
	answer->status = 200;
	answer->body = HEAD_NO_BODY;
	answer->has_length = exchange->request.version != ROUTE_HTTP_2;
	answer->length = 0;
	head_push(answer, HEAD_CONTENT_TYPE, STR("Content-Type"), STR("application/grpc"));
	head_push(answer, HEAD_GRPC_STATUS, STR("grpc-status"),
		  str_format(&exchange->arena, "%d", route_grpc_status(status)));
	head_push(answer, HEAD_GRPC_MESSAGE, STR("grpc-message"), str_from(h1_reason(status)));
}

static struct str own_text(struct exchange *exchange, unsigned status)
{
	if (status == 204 || status == 304)
		return (struct str){0};
	return str_format(&exchange->arena, "%u %s\n%s%s", status, h1_reason(status),
			  exchange->why ? exchange->why : "", exchange->why ? "\n" : "");
}

/* The text that is sent, which HEAD does not get. */
static struct str frame_text(struct exchange *exchange, struct head *answer, const char *type,
			     struct str text)
{
	answer->has_length = answer->status != 204;
	answer->length = text.len;
	answer->body = text.len ? HEAD_LENGTH : HEAD_NO_BODY;
	if (text.len)
		head_push(answer, HEAD_CONTENT_TYPE, STR("Content-Type"), str_from(type));
	if (exchange->request.method_id != HEAD_METHOD_HEAD)
		return text;
	answer->body = HEAD_NO_BODY;
	return (struct str){0};
}

static void init_answer(struct exchange *exchange, struct head *head, unsigned status)
{
	head_init(head, &exchange->arena);
	head->status = status;
	head->persists = true;
	head_push(head, HEAD_DATE, STR("Date"), worker_date(exchange->worker));
	exchange_drop_back(exchange);
}

static void send_own(struct exchange *exchange, struct head *head, unsigned status, struct str text)
{
	struct front *front = exchange->front;

	edit_answer(exchange, head);
	begin(exchange, head);
	exchange->status = status;
	if (text.len) {
		exchange->bytes_out += text.len;
		front->ops->data(front, text, true);
	}
	front->ops->end(front, NULL);
	exchange_finish(exchange);
}

/* `head` has status and fields. */
void exchange_answer_head(struct exchange *exchange, struct head *head, struct str text)
{
	unsigned status = head->status;

	head->persists = true;
	exchange_drop_back(exchange);
	head->has_length = status != 204;
	head->length = text.len;
	head->body = text.len && exchange->request.method_id != HEAD_METHOD_HEAD ? HEAD_LENGTH
										 : HEAD_NO_BODY;
	send_own(exchange, head, status, head->body == HEAD_LENGTH ? text : (struct str){0});
}

void exchange_answer_text(struct exchange *exchange, unsigned status, const char *type,
			  struct str text)
{
	struct head head;

	init_answer(exchange, &head, status);
	text = frame_text(exchange, &head, type, text);
	send_own(exchange, &head, status, text);
}

void exchange_answer_own(struct exchange *exchange, unsigned status, const char *why)
{
	struct head head;

	exchange->why = why;
	if (exchange_page(exchange, status))
		return;
	if (!is_grpc(&exchange->request) || route_grpc_status(status) == ROUTE_UNSET) {
		exchange_answer_text(exchange, status, "text/plain; charset=utf-8",
				     own_text(exchange, status));
		return;
	}
	init_answer(exchange, &head, status);
	answer_grpc(exchange, &head, status);
	send_own(exchange, &head, status, (struct str){0});
}

void exchange_redirect(struct exchange *exchange, unsigned status, struct str location)
{
	struct head head;
	struct str text = own_text(exchange, status);

	init_answer(exchange, &head, status);
	text = frame_text(exchange, &head, "text/plain; charset=utf-8", text);
	head_push(&head, HEAD_LOCATION, STR("Location"),
		  exchange_clean_target(&exchange->arena, location));
	send_own(exchange, &head, status, text);
}

void exchange_give_up(struct exchange *exchange, unsigned status, const char *why)
{
	if (!exchange->began) {
		exchange_answer_own(exchange, status, why);
		return;
	}
	exchange->why = why;
	exchange->front->ops->cut(exchange->front);
	exchange_finish(exchange);
}

/* ---- answers of backends ---- */

static bool is_tried_again(const struct exchange *exchange, unsigned status)
{
	const struct route_retry *retry = exchange->policy->retry;

	for (size_t i = 0; retry && i < retry->code_count; i++)
		if (retry->codes[i] == status)
			return true;
	return false;
}

void exchange_connected(struct exchange *exchange)
{
	exchange->connecting = false;
	exchange_progress(exchange);
}

/* An extended CONNECT has no key: the one that was sent is the proxy's own, so nobody else can tell whether the backend
 * has made this handshake or plays back another one (RFC 6455 4.1). Any other 2xx would open a tunnel (RFC 8441 5). */
static bool is_false_handshake(const struct exchange *exchange, const struct head *answer)
{
	const struct head *request = &exchange->request;
	char accept[WEBSOCKET_ACCEPT + 1];

	if (!request->websocket || request->version != ROUTE_HTTP_2)
		return false;
	if (answer->status != 101)
		return answer->status < 300;
	return !str_eq(head_value(answer, HEAD_SEC_WEBSOCKET_ACCEPT),
		       websocket_accept(head_value(request, HEAD_SEC_WEBSOCKET_KEY), accept));
}

/* From now on bytes are passed on as they come, those first that came too early; it takes as long as it takes. */
static void open_tunnel(struct exchange *exchange)
{
	exchange->tunnel = true;
	exchange->total_at = exchange->try_at = EXCHANGE_NEVER;
	exchange_progress(exchange);
}

static void use_tunnel(struct exchange *exchange)
{
	exchange_catch_up(exchange);
	queue_clear(&exchange->worker->slabs, &exchange->kept);
}

/* Nothing is sent again from here on, and streams may be long. */
static void forget_body(struct exchange *exchange)
{
	exchange->keeping = false;
	queue_clear(&exchange->worker->slabs, &exchange->kept);
}

void exchange_answer(struct exchange *exchange, struct head *answer)
{
	exchange->connecting = false;
	exchange_progress(exchange);
	if (answer->status < 200 && answer->status != 101) {
		/* 100 was answered by the front when it was due. */
		if (answer->status != 100 && exchange->request.version != ROUTE_HTTP_1_0)
			exchange->front->ops->head(exchange->front, answer);
		return;
	}
	if (is_tried_again(exchange, answer->status) && exchange_try_again(exchange))
		return;
	exchange->back_us = worker_clock() - exchange->asked_us;
	if (is_false_handshake(exchange, answer)) {
		exchange_answer_own(exchange, 502, "the backend's handshake is none");
		return;
	}
	if (exchange_page(exchange, answer->status))
		return;
	if (answer->websocket)
		open_tunnel(exchange);
	policy_response(answer, exchange->worker->options->side, worker_date(exchange->worker));
	exchange_session_mark(exchange, answer);
	edit_answer(exchange, answer);
	begin(exchange, answer);
	if (exchange->over)
		return;
	if (exchange->tunnel)
		use_tunnel(exchange);
	else
		forget_body(exchange);
}

bool exchange_more(struct exchange *exchange, struct str bytes, bool last)
{
	exchange->bytes_out += bytes.len;
	exchange_progress(exchange);
	return exchange->front->ops->data(exchange->front, bytes, last);
}

void exchange_back_turned(struct exchange *exchange)
{
	exchange->front->ops->flush(exchange->front);
}

void exchange_answered(struct exchange *exchange, const struct head *trailers)
{
	exchange->front->ops->end(exchange->front, trailers);
	exchange->answered = true;
	if (!exchange->tunnel || exchange->requested)
		exchange_finish(exchange);
	else
		exchange->front->ops->flush(exchange->front);
}
