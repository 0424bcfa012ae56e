/* ExternalAuth over gRPC (GEP-1494): Check of envoy.service.auth.v3. The numbers of fields are those of
 * attribute_context.proto and external_auth.proto of Envoy's API. Whatever is no OK keeps the request out. */
#include "proxy/exchange_question.h"

#include "proxy/grammar.h"
#include "proxy/protobuf.h"
#include "proxy/worker.h"

enum { PREFIX = 5 /* of a message: compressed, length */ };

/* ---- the question ---- */

/* Peer { Address { SocketAddress { address, port_value } } } */
static void write_peer(struct buf *out, unsigned field, struct str address, uint32_t port)
{
	struct buf socket, in_address, peer;

	buf_init(&socket);
	buf_init(&in_address);
	buf_init(&peer);
	protobuf_text(&socket, 2, address);
	protobuf_number(&socket, 3, port);
	protobuf_text(&in_address, 1, buf_slice(&socket));
	protobuf_text(&peer, 1, buf_slice(&in_address));
	protobuf_text(out, field, buf_slice(&peer));
	buf_finish(&socket);
	buf_finish(&in_address);
	buf_finish(&peer);
}

/* All fields when none is listed; names in lower case, lines of one name joined, as Envoy does. */
static void write_fields(struct buf *out, const struct exchange *exchange,
			 const struct route_external_auth *auth, struct arena *arena)
{
	const struct head *request = &exchange->request;

	for (uint32_t i = 0; i < request->count; i++) {
		struct str name = request->fields[i].name, value = request->fields[i].value;

		if (!head_goes_on(request, i) || head_find_name(request, name, 0) < i ||
		    (auth->request_header_count && request->ids[i] != HEAD_AUTHORIZATION &&
		     !question_lists(auth->request_headers, auth->request_header_count, name)))
			continue;
		for (uint32_t j = head_find_name(request, name, i + 1); j < request->count;
		     j = head_find_name(request, name, j + 1))
			value = STR_JOIN(arena, value, STR(","), request->fields[j].value);
		protobuf_pair(out, 3, str_lower(arena, name), value);
	}
	protobuf_pair(out, 3, STR(":authority"), request->authority);
	protobuf_pair(out, 3, STR(":method"), request->method);
	protobuf_pair(out, 3, STR(":path"), request->target);
	protobuf_pair(out, 3, STR(":scheme"), exchange->place->tls ? STR("https") : STR("http"));
}

/* AttributeContext.HttpRequest */
static void write_request(struct buf *out, const struct exchange *exchange,
			  const struct route_external_auth *auth, struct str body,
			  struct arena *arena)
{
	static const struct str protocols[] = {
		[ROUTE_HTTP_1_1] = STR_INIT("HTTP/1.1"),
		[ROUTE_HTTP_1_0] = STR_INIT("HTTP/1.0"),
		[ROUTE_HTTP_2] = STR_INIT("HTTP/2"),
		[ROUTE_HTTP_3] = STR_INIT("HTTP/3"),
	};
	const struct head *request = &exchange->request;

	protobuf_text(out, 1, exchange->id);
	protobuf_text(out, 2, request->method);
	write_fields(out, exchange, auth, arena);
	protobuf_text(out, 4, request->target);
	protobuf_text(out, 5, request->authority);
	protobuf_text(out, 6, exchange->place->tls ? STR("https") : STR("http"));
	/* -1: not known. */
	protobuf_number(out, 9,
			request->body == HEAD_LENGTH    ? request->length
			: request->body == HEAD_CHUNKED ? UINT64_MAX
							: 0);
	protobuf_text(out, 10, protocols[request->version]);
	protobuf_text(out, 12, body);
}

/* CheckRequest { AttributeContext { source, destination, Request { http } } }, in its frame. */
static struct str write_question(const struct exchange *exchange,
				 const struct route_external_auth *auth, struct str body,
				 struct arena *arena)
{
	struct buf http, request, context, out;
	struct str text;

	buf_init(&http);
	buf_init(&request);
	buf_init(&context);
	buf_init(&out);
	write_request(&http, exchange, auth, body, arena);
	protobuf_text(&request, 2, buf_slice(&http));
	write_peer(&context, 1, exchange->client_text, 0);
	write_peer(&context, 2, (struct str){0}, exchange->place->port);
	protobuf_text(&context, 4, buf_slice(&request));
	buf_str(&out, (struct str){"\0\0\0\0\0", PREFIX});
	protobuf_text(&out, 1, buf_slice(&context));
	for (unsigned i = 1; i < PREFIX; i++)
		out.at[i] = (char)((out.len - PREFIX) >> 8 * (4 - i));
	text = str_dup(arena, buf_slice(&out));
	buf_finish(&http);
	buf_finish(&request);
	buf_finish(&context);
	buf_finish(&out);
	return text;
}

/* ---- the verdict ---- */

/* HeaderValueOption { HeaderValue { key, value, raw_value }, append, append_action }: OVERWRITE unless it says APPEND.
 * False when it may not stand in a head. */
static bool read_option(struct str option, struct arena *arena, struct route_edit *edit)
{
	struct str header = protobuf_find(option, 1);
	struct str append = protobuf_find(option, 2);
	struct str value = protobuf_find(header, 2);
	struct str raw = protobuf_find(header, 3);
	bool adds = protobuf_find_number(append, 1, 0) ||
		    (!append.at && protobuf_find_number(option, 3, UINT64_MAX) == 0);

	edit->name = str_dup(arena, protobuf_find(header, 1));
	edit->value = str_dup(arena, value.len ? value : raw);
	edit->kind = adds ? ROUTE_EDIT_ADD : ROUTE_EDIT_SET;
	return grammar_is_token(edit->name) && edit->name.at[0] != ':';
}

/* Options of a message in that field. */
static struct route_edits read_options(struct str message, unsigned field, struct arena *arena)
{
	struct protobuf at = {.rest = message};
	struct route_edit *edits = NULL;
	size_t count = 0;

	while (protobuf_next(&at)) {
		struct route_edit edit;

		if (at.field == field && at.is_text && read_option(at.text, arena, &edit))
			ARENA_PUSH(arena, edits, count, edit);
	}
	return (struct route_edits){edits, count};
}

/* OkHttpResponse { headers 2, headers_to_remove 5, response_headers_to_add 6 } */
static void let_pass(struct exchange *exchange, struct str ok)
{
	struct arena *arena = &exchange->arena;
	struct protobuf at = {.rest = ok};
	struct route_edits edits = read_options(ok, 2, arena);

	while (protobuf_next(&at))
		if (at.field == 5 && at.is_text && grammar_is_token(at.text))
			head_remove(&exchange->ask, at.text);
	exchange_edit(&exchange->ask, &edits);
	exchange->added = read_options(ok, 6, arena);
	exchange_go_on(exchange);
}

/* DeniedHttpResponse { HttpStatus { code }, headers 2, body 3 }; 403 where it says nothing. */
static void turn_away(struct exchange *exchange, struct str denied)
{
	uint64_t status = protobuf_find_number(protobuf_find(denied, 1), 1, 403);
	struct str body = protobuf_find(denied, 3);

	exchange->why = "refused by external authentication";
	exchange->added = read_options(denied, 2, &exchange->arena);
	exchange_answer_text(exchange, status >= 400 && status <= 599 ? (unsigned)status : 403,
			     "text/plain; charset=utf-8", str_dup(&exchange->arena, body));
}

/* A message that is there as a whole, and not compressed. */
static bool unframe(struct str *message)
{
	uint32_t len = 0;

	if (message->len < PREFIX || message->at[0])
		return false;
	for (unsigned i = 1; i < PREFIX; i++)
		len = len << 8 | (unsigned char)message->at[i];
	*message = str_from_pos(*message, PREFIX);
	return len == message->len;
}

enum ruling { RULING_PASS, RULING_REFUSE, RULING_MALFORMED };

/* Status { code }. Messages of one field that comes twice are one (Protocol Buffers, Last One Wins): a code other than OK
 * in any of them refuses. */
static enum ruling read_status(struct str status)
{
	struct protobuf at = {.rest = status};
	bool refused = false;

	while (protobuf_next(&at))
		refused |= at.field == 1 && (at.is_text || at.number);
	return at.broken ? RULING_MALFORMED : refused ? RULING_REFUSE : RULING_PASS;
}

/* CheckResponse { google.rpc.Status { code }, denied_response 2, ok_response 3 } */
static enum ruling read_ruling(struct str message)
{
	struct protobuf at = {.rest = message};
	enum ruling ruling = RULING_PASS;

	while (protobuf_next(&at)) {
		enum ruling one = RULING_PASS;

		if (at.field == 1)
			one = at.is_text ? read_status(at.text) : RULING_MALFORMED;
		else if (at.field == 2 && !at.is_text)
			one = RULING_MALFORMED;
		ruling = one > ruling ? one : ruling;
	}
	return at.broken ? RULING_MALFORMED : ruling;
}

static void verdict(struct exchange *exchange, struct question *question)
{
	struct str message = buf_slice(&question->body);

	if (!question->answered || question->answer.status != 200 || !question->grpc_ok ||
	    !unframe(&message)) {
		exchange_answer_own(exchange, 500, "external authentication cannot be asked");
		return;
	}
	switch (read_ruling(message)) {
	case RULING_PASS:
		let_pass(exchange, protobuf_find(message, 3));
		break;
	case RULING_REFUSE:
		turn_away(exchange, protobuf_find(message, 2));
		break;
	case RULING_MALFORMED:
		exchange_answer_own(exchange, 500,
				    "the verdict of external authentication is malformed");
		break;
	}
}

void exchange_auth_grpc_ask(struct exchange *exchange, const struct route_external_auth *auth,
			    struct str body)
{
	struct route_backend *to = arena_new(&exchange->arena, struct route_backend);
	struct question *question;
	struct head *ask;

	*to = auth->backend;
	to->protocol = ROUTE_PROTOCOL_GRPC;
	question = question_new(exchange, to, auth, verdict);
	ask = &question->exchange->ask;
	ask->method = STR("POST");
	ask->method_id = HEAD_METHOD_POST;
	ask->authority = exchange_clean_host(auth->backend.name);
	ask->target = STR("/envoy.service.auth.v3.Authorization/Check");
	ask->trailers = true;
	head_push(ask, HEAD_CONTENT_TYPE, STR("Content-Type"), STR("application/grpc"));
	question_send(question, write_question(exchange, auth, body, &question->exchange->arena));
}
