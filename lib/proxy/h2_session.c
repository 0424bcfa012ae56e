/* Connections: options, frames, floods, output. */
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/h2_parts.h"

const struct h2_limits h2_limits = {
	.streams = 100,
	.head = 64 * 1024,
	.fields = 100 + 6,
	.target = 8 * 1024,
	.window = 64 * 1024 - 1,
	.connection_window = 1024 * 1024,
	.kept = 64 * 1024,
	.output = 64 * 1024,
	.resets = 200,
	.resets_a_second = 20,
	.idle = 1000,
	.idle_a_second = 100,
};

/* Bounds of nghttp2 that nobody has to change. */
enum {
	MAX_SETTINGS = 32,
	MAX_ACKS = 64,          /* in one read; more are a flood anyway */
	MAX_CONTINUATIONS = 16, /* the head limit takes four frames of the smallest allowed size */
	EARNED_BY_HEAD = 2,     /* idle tokens: a PING beside a request */
	EARNED_BY_DATA = 8,     /* windows are opened in small steps by some */
};

/* ---- floods ---- */

static bool spend(struct h2_bucket *bucket, uint32_t most, uint32_t a_second, int64_t now_ms)
{
	uint64_t more;

	if (now_ms > bucket->filled_ms) {
		more = (uint64_t)(now_ms - bucket->filled_ms) * a_second / 1000;
		if (more) {
			bucket->tokens = more > most - bucket->tokens
						 ? most
						 : bucket->tokens + (uint32_t)more;
			bucket->filled_ms = now_ms;
		}
	}
	if (!bucket->tokens)
		return false;
	bucket->tokens--;
	return true;
}

static void earn(struct h2 *h2, uint32_t tokens)
{
	uint32_t most = h2->limits->idle;

	h2->idle.tokens = most - h2->idle.tokens < tokens ? most : h2->idle.tokens + tokens;
}

static void check_flood(struct h2 *h2, struct h2_bucket *bucket, uint32_t most, uint32_t a_second)
{
	if (!spend(bucket, most, a_second, h2->now_ms))
		h2->error = H2_ENHANCE_YOUR_CALM;
}

/* nghttp2 skips requests with an id below the last one, since they may be trailers of a stream that is gone. They
 * are not when the id was never used. */
static void check_id(struct h2 *h2, int32_t id)
{
	for (size_t i = 0; i < H2_GAPS; i++)
		if (id >= h2->gaps[i].from && id <= h2->gaps[i].to)
			h2->error = H2_PROTOCOL_ERROR;
	if (id <= h2->highest)
		return;
	if (id > h2->highest + 2)
		h2->gaps[h2->gap_count++ % H2_GAPS] = (struct h2_gap){h2->highest + 1, id - 1};
	h2->highest = id;
}

/* Every frame is counted before it is looked at; those that turn out to carry something earn it back. */
static int on_frame_head(nghttp2_session *session, const nghttp2_frame_hd *hd, void *user)
{
	struct h2 *h2 = user;

	(void)session;
	if (hd->type == NGHTTP2_HEADERS) {
		earn(h2, EARNED_BY_HEAD);
		if (h2->config.server)
			check_id(h2, hd->stream_id);
	} else if (hd->type == NGHTTP2_DATA &&
		   (hd->length || hd->flags & NGHTTP2_FLAG_END_STREAM)) {
		earn(h2, 1);
	} else if (hd->type == NGHTTP2_RST_STREAM && h2->config.server) {
		check_flood(h2, &h2->resets, h2->limits->resets, h2->limits->resets_a_second);
	} else if (hd->type != NGHTTP2_RST_STREAM) {
		check_flood(h2, &h2->idle, h2->limits->idle, h2->limits->idle_a_second);
	}
	return h2->error ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

/* ---- field sections ---- */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct h2 *h2 = user;
	int32_t id = frame->hd.stream_id;
	struct h2_stream *stream = h2_stream_find(h2, id);

	if (!stream && h2->config.server && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
		stream = h2_stream_open(h2, id, NULL);
		nghttp2_session_set_stream_user_data(session, id, stream);
		stream->head = h2->config.ops->begin(h2, stream);
		if (!stream->head) {
			h2_stream_drop(stream);
			nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
						  NGHTTP2_REFUSED_STREAM);
			return 0;
		}
	}
	if (stream)
		h2_section_begin(stream);
	return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		     void *user)
{
	struct h2_stream *stream = h2_stream_find(user, frame->hd.stream_id);

	(void)session;
	(void)flags;
	if (stream)
		h2_section_field(stream, (struct str){(const char *)name, name_len},
				 (struct str){(const char *)value, value_len});
	return 0;
}

/* By default nghttp2 leaves such fields out; a message that has one is malformed (RFC 9113 8.2.1). */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
			     const uint8_t *name, size_t name_len, const uint8_t *value,
			     size_t value_len, uint8_t flags, void *user)
{
	(void)session;
	(void)frame;
	(void)name;
	(void)name_len;
	(void)value;
	(void)value_len;
	(void)flags;
	(void)user;
	return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* The stream may be gone after any operation. */
static void end(struct h2 *h2, int32_t id, const struct head *trailers)
{
	struct h2_stream *stream = h2_stream_find(h2, id);

	if (!stream || stream->ended)
		return;
	stream->ended = true;
	h2->config.ops->end(h2, stream, trailers && trailers->count ? trailers : NULL);
}

static void section_done(struct h2 *h2, struct h2_stream *stream, bool last)
{
	struct h2_verdict verdict = h2_section_end(stream, last);
	int32_t id = stream->id;

	if (verdict.malformed) {
		h2_reset(stream, H2_PROTOCOL_ERROR);
		return;
	}
	if (stream->headed) {
		end(h2, id, &stream->trailers);
		return;
	}
	stream->headed =
		h2->config.server || stream->head->status >= 200 || stream->head->status == 101;
	if (verdict.status)
		h2->config.ops->refused(h2, stream, verdict.status, verdict.why);
	else
		h2->config.ops->head(h2, stream);
	if (last)
		end(h2, id, NULL);
}

/* ---- frames ---- */

static void on_settings(struct h2 *h2)
{
	h2->settled = true;
	h2->peer_websocket = nghttp2_session_get_remote_settings(
		h2->session, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL);
}

static void on_goaway(struct h2 *h2)
{
	if (!h2->going && h2->config.ops->going) {
		h2->going = true;
		h2->config.ops->going(h2);
	}
	h2->going = true;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct h2 *h2 = user;
	struct h2_stream *stream = h2_stream_find(h2, frame->hd.stream_id);
	bool last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;

	(void)session;
	switch (frame->hd.type) {
	case NGHTTP2_HEADERS:
		if (stream)
			section_done(h2, stream, last);
		break;
	case NGHTTP2_DATA:
		if (last)
			end(h2, frame->hd.stream_id, NULL);
		break;
	case NGHTTP2_SETTINGS:
		on_settings(h2);
		break;
	case NGHTTP2_GOAWAY:
		on_goaway(h2);
		break;
	default:
		break;
	}
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t len, void *user)
{
	struct h2 *h2 = user;
	struct h2_stream *stream = h2_stream_find(h2, id);

	(void)flags;
	if (!stream) {
		nghttp2_session_consume(session, id, len);
		return 0;
	}
	stream->unread += len;
	if (!h2->config.ops->data(h2, stream, (struct str){(const char *)bytes, len})) {
		stream = h2_stream_find(h2, id);
		if (stream)
			stream->held = true;
		return 0;
	}
	stream = h2_stream_find(h2, id);
	if (stream && !stream->held)
		h2_stream_consume(stream, stream->unread);
	return 0;
}

/* Resets that something malformed has earned, and not the proxy's own reasons. They cost as much as those that the client
 * sends: the request has begun, and counts no more among those that it may have open (CVE-2025-8671). */
static bool is_provoked(uint32_t code)
{
	return code != NGHTTP2_NO_ERROR && code != NGHTTP2_REFUSED_STREAM &&
	       code != NGHTTP2_CANCEL && code != NGHTTP2_INTERNAL_ERROR;
}

/* A response that ends before its request: the rest is not wanted (RFC 9113 8.1). */
static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct h2 *h2 = user;
	struct h2_stream *stream = h2_stream_find(h2, frame->hd.stream_id);

	if (frame->hd.type == NGHTTP2_DATA)
		earn(h2, EARNED_BY_DATA);
	if (frame->hd.type == NGHTTP2_RST_STREAM && h2->config.server &&
	    is_provoked(frame->rst_stream.error_code))
		check_flood(h2, &h2->resets, h2->limits->resets, h2->limits->resets_a_second);
	if (stream)
		stream->sent = true;
	if (stream && h2->config.server && !stream->ended &&
	    frame->hd.flags & NGHTTP2_FLAG_END_STREAM &&
	    (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
		nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_NO_ERROR);
	return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *user)
{
	struct h2_stream *stream = h2_stream_find(user, id);

	(void)session;
	if (!stream)
		return 0;
	/* A request that could not go out any more, since the peer takes no new ones. */
	if (!stream->sent && !stream->h2->config.server)
		code = NGHTTP2_REFUSED_STREAM;
	h2_stream_close(stream, (enum h2_code)code);
	return 0;
}

/* ---- making a session ---- */

static nghttp2_session_callbacks *callbacks_new(void)
{
	nghttp2_session_callbacks *to;

	if (nghttp2_session_callbacks_new(&to))
		return NULL;
	nghttp2_session_callbacks_set_on_begin_frame_callback(to, on_frame_head);
	nghttp2_session_callbacks_set_on_begin_headers_callback(to, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(to, on_header);
	nghttp2_session_callbacks_set_on_invalid_header_callback(to, on_invalid_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(to, on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(to, on_data);
	nghttp2_session_callbacks_set_on_frame_send_callback(to, on_sent);
	nghttp2_session_callbacks_set_on_stream_close_callback(to, on_close);
	nghttp2_session_callbacks_set_send_data_callback(to, h2_stream_write);
	return to;
}

static nghttp2_option *options_new(const struct h2_limits *limits)
{
	nghttp2_option *to;

	if (nghttp2_option_new(&to))
		return NULL;
	nghttp2_option_set_no_auto_window_update(to, 1);
	nghttp2_option_set_no_closed_streams(to, 1);
	nghttp2_option_set_max_settings(to, MAX_SETTINGS);
	nghttp2_option_set_max_outbound_ack(to, MAX_ACKS);
	nghttp2_option_set_max_reserved_remote_streams(to, 0);
	nghttp2_option_set_peer_max_concurrent_streams(to, 1); /* until it says how many */
	nghttp2_option_set_max_send_header_block_length(to, 4 * limits->head);
#ifdef HAVE_NGHTTP2_RESET_RATE
	nghttp2_option_set_stream_reset_rate_limit(to, limits->resets, limits->resets_a_second);
#endif
#ifdef HAVE_NGHTTP2_CONTINUATIONS
	nghttp2_option_set_max_continuations(to, MAX_CONTINUATIONS);
#endif
	return to;
}

static bool submit_settings(struct h2 *h2)
{
	const struct h2_limits *limits = h2->limits;
	nghttp2_settings_entry entries[8];
	size_t count = 0;

	entries[count++] =
		(nghttp2_settings_entry){NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits->window};
	entries[count++] =
		(nghttp2_settings_entry){NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits->head};
	/* Priorities are deprecated (RFC 9113 5.3): all streams are served alike. */
	entries[count++] = (nghttp2_settings_entry){NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1};
	if (h2->config.server) {
		entries[count++] = (nghttp2_settings_entry){NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
							    limits->streams};
		if (h2->config.websocket)
			entries[count++] = (nghttp2_settings_entry){
				NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1};
	} else {
		entries[count++] = (nghttp2_settings_entry){NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
	}
	return !nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, entries, count) &&
	       !nghttp2_session_set_local_window_size(h2->session, NGHTTP2_FLAG_NONE, 0,
						      (int32_t)limits->connection_window);
}

static bool session_new(struct h2 *h2)
{
	nghttp2_session_callbacks *callbacks = callbacks_new();
	nghttp2_option *options = options_new(h2->limits);
	bool done = callbacks && options &&
		    !(h2->config.server
			      ? nghttp2_session_server_new2(&h2->session, callbacks, h2, options)
			      : nghttp2_session_client_new2(&h2->session, callbacks, h2, options));

	nghttp2_session_callbacks_del(callbacks);
	nghttp2_option_del(options);
	return done && submit_settings(h2);
}

struct h2 *h2_create(const struct h2_config *config)
{
	struct h2 *h2 = calloc(1, sizeof *h2);

	if (!h2)
		return NULL;
	h2->config = *config;
	h2->limits = config->limits ? config->limits : &h2_limits;
	h2->resets.tokens = h2->limits->resets;
	h2->idle.tokens = h2->limits->idle;
	h2->slabs = config->slabs ? config->slabs : &h2->own;
	buf_init(&h2->out);
	if (!session_new(h2)) {
		h2_destroy(h2);
		return NULL;
	}
	return h2;
}

void h2_destroy(struct h2 *h2)
{
	while (h2->first)
		h2_stream_drop(h2->first);
	nghttp2_session_del(h2->session);
	buf_finish(&h2->out);
	slabs_finish(&h2->own);
	free(h2);
}

void *h2_owner(const struct h2 *h2)
{
	return h2->config.owner;
}

enum h2_preface h2_preface(const char *bytes, size_t len)
{
	size_t compare = len < NGHTTP2_CLIENT_MAGIC_LEN ? len : NGHTTP2_CLIENT_MAGIC_LEN;

	if (compare && memcmp(bytes, NGHTTP2_CLIENT_MAGIC, compare) != 0)
		return H2_NO_PREFACE;
	return compare == NGHTTP2_CLIENT_MAGIC_LEN ? H2_IS_PREFACE : H2_MAYBE_PREFACE;
}

/* ---- bytes ---- */

static void break_off(struct h2 *h2, long error)
{
	bool flood = error == NGHTTP2_ERR_FLOODED;

	if (h2->broken)
		return;
	h2->broken = true;
#ifdef HAVE_NGHTTP2_CONTINUATIONS
	flood |= error == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
#endif
	if (!h2->error)
		h2->error = flood ? H2_ENHANCE_YOUR_CALM : H2_PROTOCOL_ERROR;
	nghttp2_session_terminate_session(h2->session, (uint32_t)h2->error);
}

bool h2_input(struct h2 *h2, const char *bytes, size_t len, int64_t now_ms)
{
	ssize_t used;

	BUG_UNLESS(!h2->busy);
	if (h2->broken)
		return false;
	h2->now_ms = now_ms;
	h2->busy = true;
	used = nghttp2_session_mem_recv(h2->session, (const uint8_t *)bytes, len);
	h2->busy = false;
	if (used < 0)
		break_off(h2, used);
	return !h2->broken;
}

static void fill(struct h2 *h2)
{
	const uint8_t *bytes;
	ssize_t len;

	h2->busy = true;
	while (h2->out.len < h2->limits->output) {
		len = nghttp2_session_mem_send(h2->session, &bytes);
		if (len < 0)
			h2->broken = true;
		if (len <= 0)
			break;
		buf_add(&h2->out, bytes, (size_t)len);
	}
	h2->busy = false;
}

/* Those that are woken send, and may wake others: one after the other, not one within the other. Whether there
 * were any. */
static bool wake(struct h2 *h2)
{
	struct h2_stream *stream = h2->waking;

	if (h2->awake || !stream)
		return false;
	h2->awake = true;
	for (; stream; stream = h2->waking) {
		h2->waking = stream->waking;
		stream->in_waking = false;
		h2->config.ops->ready(h2, stream);
	}
	h2->awake = false;
	return true;
}

void h2_pump(struct h2 *h2)
{
	if (h2->busy)
		return;
	if (h2->taken) {
		buf_clear(&h2->out);
		h2->taken = false;
	}
	do
		fill(h2);
	while (wake(h2));
	if (h2->error)
		break_off(h2, 0);
}

struct str h2_output(struct h2 *h2)
{
	BUG_UNLESS(!h2->busy);
	h2_pump(h2);
	h2->taken = true;
	return buf_slice(&h2->out);
}

void h2_gone(struct h2 *h2)
{
	h2->broken = true;
	while (h2->first)
		h2_stream_close(h2->first, h2->first->sent || h2->config.server
						   ? H2_INTERNAL_ERROR
						   : H2_REFUSED_STREAM);
}

bool h2_is_over(const struct h2 *h2)
{
	if (h2->out.len && !h2->taken)
		return false;
	return !nghttp2_session_want_write(h2->session) &&
	       (h2->broken || !nghttp2_session_want_read(h2->session));
}

uint32_t h2_streams(const struct h2 *h2)
{
	return h2->count;
}

void h2_drain(struct h2 *h2)
{
	if (!h2->notice)
		nghttp2_submit_shutdown_notice(h2->session);
	else if (!h2->drained)
		nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
				      nghttp2_session_get_last_proc_stream_id(h2->session),
				      NGHTTP2_NO_ERROR, NULL, 0);
	h2->drained = h2->notice;
	h2->notice = true;
	h2_pump(h2);
}
