/* Requests and answers that are sent. */
#include "base/bug.h"
#include "proxy/h2_parts.h"

enum { UNSETTLED_STREAMS = 100 }; /* what servers should allow at least (RFC 9113 6.5.2) */

static const nghttp2_data_provider provider = {.read_callback = h2_stream_read};

/* ---- client ---- */

/* Before the server's SETTINGS one request goes out and others wait for them (h2_session.c): a stream more than
 * it allows would be refused, and a request with content cannot be sent again. */
static uint32_t most_streams(const struct h2 *h2)
{
	return h2->settled ? nghttp2_session_get_remote_settings(
				     h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
			   : UNSETTLED_STREAMS;
}

bool h2_can_ask(const struct h2 *h2)
{
	return !h2->broken && !h2->going && !h2->config.server &&
	       nghttp2_session_check_request_allowed(h2->session) && h2->count < most_streams(h2);
}

bool h2_offers_websocket(const struct h2 *h2)
{
	return h2->peer_websocket;
}

struct h2_stream *h2_ask(struct h2 *h2, const struct head *request, struct str target,
			 struct head *answer, bool last)
{
	struct h2_list list;
	struct h2_stream *stream;
	int32_t id;

	if (!h2_can_ask(h2) || (request->websocket && !h2->peer_websocket))
		return NULL;
	list = h2_list_request(request, target);
	stream = h2_stream_open(h2, 0, answer);
	last = last && !request->websocket;
	id = nghttp2_submit_request(h2->session, NULL, list.at, list.count, last ? NULL : &provider,
				    stream);
	if (id < 0) {
		h2_stream_drop(stream);
		return NULL;
	}
	stream->id = id;
	stream->asked = request->method_id;
	stream->websocket = request->websocket;
	stream->last = last;
	if (request->websocket)
		websocket_accept(head_value(request, HEAD_SEC_WEBSOCKET_KEY), stream->accept);
	return stream;
}

/* ---- server ---- */

/* What answers an extended CONNECT: any 2xx would grant it (RFC 8441 5), so only a handshake that the backend has
 * really made may become one. */
static unsigned websocket_status(const struct h2_stream *stream, const struct head *answer)
{
	if (answer->status == 101)
		return str_is(head_value(answer, HEAD_SEC_WEBSOCKET_ACCEPT), stream->accept) ? 200
											     : 502;
	return answer->status >= 200 && answer->status < 300 ? 502 : answer->status;
}

void h2_answer(struct h2_stream *stream, const struct head *answer, bool last)
{
	struct h2 *h2 = stream->h2;
	unsigned status = answer->status;
	struct h2_list list;

	if (stream->websocket)
		status = websocket_status(stream, answer);
	BUG_UNLESS(status != 101);
	list = h2_list_answer(answer, status);
	if (status < 200) {
		nghttp2_submit_headers(h2->session, NGHTTP2_FLAG_NONE, stream->id, NULL, list.at,
				       list.count, NULL);
	} else {
		stream->last = last;
		nghttp2_submit_response(h2->session, stream->id, list.at, list.count,
					last ? NULL : &provider);
	}
	h2_pump(h2);
}
