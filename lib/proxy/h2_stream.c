/* Streams: content in both directions, and how they end. */
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/h2_parts.h"

/* ---- life ---- */

struct h2_stream *h2_stream_open(struct h2 *h2, int32_t id, struct head *head)
{
	struct h2_stream *stream = calloc(1, sizeof *stream);

	if (!stream)
		bug_out_of_memory(sizeof *stream);
	stream->h2 = h2;
	stream->id = id;
	stream->head = head;
	stream->next = h2->first;
	if (h2->first)
		h2->first->previous = stream;
	h2->first = stream;
	h2->count++;
	return stream;
}

struct h2_stream *h2_stream_find(struct h2 *h2, int32_t id)
{
	return nghttp2_session_get_stream_user_data(h2->session, id);
}

static void unlink_stream(struct h2_stream *stream)
{
	struct h2 *h2 = stream->h2;
	struct h2_stream **at = &h2->waking;

	if (stream->previous)
		stream->previous->next = stream->next;
	else
		h2->first = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	h2->count--;
	if (!stream->in_waking)
		return;
	while (*at != stream)
		at = &(*at)->waking;
	*at = stream->waking;
}

static void forget(struct h2_stream *stream)
{
	struct h2 *h2 = stream->h2;

	nghttp2_session_set_stream_user_data(h2->session, stream->id, NULL);
	/* The connection's window was taken from whether or not anybody read it. */
	if (stream->unread)
		nghttp2_session_consume_connection(h2->session, stream->unread);
	unlink_stream(stream);
	h2->closed++;
}

void h2_stream_drop(struct h2_stream *stream)
{
	struct slabs *slabs = stream->h2->slabs;

	forget(stream);
	queue_clear(slabs, &stream->kept);
	free(stream);
}

void h2_stream_close(struct h2_stream *stream, enum h2_code code)
{
	struct slabs *slabs = stream->h2->slabs;

	forget(stream);
	stream->h2->config.ops->closed(stream->h2, stream, code);
	queue_clear(slabs, &stream->kept);
	free(stream);
}

void h2_reset(struct h2_stream *stream, enum h2_code code)
{
	nghttp2_submit_rst_stream(stream->h2->session, NGHTTP2_FLAG_NONE, stream->id,
				  (uint32_t)code);
	h2_stream_close(stream, code);
}

/* ---- facts ---- */

void h2_set_user(struct h2_stream *stream, void *user)
{
	stream->user = user;
}

void *h2_user(const struct h2_stream *stream)
{
	return stream->user;
}

struct head *h2_head(const struct h2_stream *stream)
{
	return stream->head;
}

int32_t h2_stream_id(const struct h2_stream *stream)
{
	return stream->id;
}

/* ---- content that was received ---- */

void h2_stream_consume(struct h2_stream *stream, size_t len)
{
	stream->unread -= len;
	nghttp2_session_consume(stream->h2->session, stream->id, len);
}

void h2_resume(struct h2_stream *stream)
{
	stream->held = false;
	if (stream->unread)
		h2_stream_consume(stream, stream->unread);
}

/* ---- content to send ---- */

static size_t waiting(const struct h2_stream *stream)
{
	return stream->kept.bytes + stream->now.len;
}

bool h2_is_sending(const struct h2_stream *stream)
{
	return waiting(stream) || stream->last;
}

uint64_t h2_sent(const struct h2_stream *stream)
{
	return stream->sent_bytes;
}

static void wake_nghttp2(struct h2_stream *stream)
{
	if (!stream->deferred)
		return;
	stream->deferred = false;
	nghttp2_session_resume_data(stream->h2->session, stream->id);
}

/* What could not go out at once. */
static void keep_rest(struct h2_stream *stream)
{
	queue_add(stream->h2->slabs, &stream->kept, stream->now.at, stream->now.len);
	stream->now = (struct str){0};
}

/* Making output may close streams, this one among them. */
static bool is_open(const struct h2 *h2, const struct h2_stream *stream, int32_t id)
{
	const struct h2_stream *at = h2->first;

	while (at && at != stream)
		at = at->next;
	return at && at->id == id;
}

bool h2_send(struct h2_stream *stream, struct str bytes)
{
	struct h2 *h2 = stream->h2;
	bool first = !waiting(stream);
	int32_t id = stream->id;
	uint64_t closed = h2->closed;

	if (!bytes.len)
		return !stream->full;
	BUG_UNLESS(!stream->last);
	stream->now = bytes;
	if (first && !h2->busy && !h2->awake) {
		wake_nghttp2(stream);
		h2_pump(h2);
		if (h2->closed != closed && !is_open(h2, stream, id))
			return true;
	}
	keep_rest(stream);
	if (waiting(stream))
		wake_nghttp2(stream);
	stream->full = waiting(stream) >= h2->limits->kept;
	return !stream->full;
}

/* Fields in the arena of the stream's own head: what is sent later may not be there any more. */
static void keep_trailers(struct h2_stream *stream, const struct head *trailers)
{
	struct head *copy = &stream->trailers_out;

	head_init(copy, stream->head->arena);
	for (uint32_t i = 0; i < trailers->count; i++)
		if (head_goes_on(trailers, i))
			head_push(copy, (enum head_name)trailers->ids[i],
				  str_dup(copy->arena, trailers->fields[i].name),
				  str_dup(copy->arena, trailers->fields[i].value));
}

void h2_end(struct h2_stream *stream, const struct head *trailers)
{
	if (stream->last)
		return;
	stream->last = true;
	if (trailers)
		keep_trailers(stream, trailers);
	stream->with_trailers = trailers && stream->trailers_out.count;
	wake_nghttp2(stream);
	h2_pump(stream->h2);
}

/* The content has been handed out; trailers come instead of END_STREAM on the last frame. */
static void finish(struct h2_stream *stream, uint32_t *flags)
{
	struct h2_list list;

	*flags |= NGHTTP2_DATA_FLAG_EOF;
	if (!stream->with_trailers)
		return;
	*flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
	list = h2_list_trailers(&stream->trailers_out);
	nghttp2_submit_trailer(stream->h2->session, stream->id, list.at, list.count);
}

ssize_t h2_stream_read(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
		       uint32_t *flags, nghttp2_data_source *source, void *user)
{
	struct h2_stream *stream = h2_stream_find(user, id);
	size_t len;

	(void)session;
	(void)to;
	(void)source;
	if (!stream)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	len = waiting(stream);
	if (!len && !stream->last) {
		stream->deferred = true;
		return NGHTTP2_ERR_DEFERRED;
	}
	*flags |= NGHTTP2_DATA_FLAG_NO_COPY;
	if (len > room)
		return (ssize_t)room;
	if (stream->last)
		finish(stream, flags);
	return (ssize_t)len;
}

/* Of what waits, as much as is wanted. */
static size_t take_kept(struct h2_stream *stream, struct buf *out, size_t want)
{
	struct queue *kept = &stream->kept;
	size_t len = kept->bytes < want ? kept->bytes : want, left = len;

	for (const struct slab *slab = kept->first; left; slab = slab->next) {
		size_t have = slab->to - slab->from, part = have < left ? have : left;

		buf_add(out, slab->bytes + slab->from, part);
		left -= part;
	}
	if (len)
		queue_drop(stream->h2->slabs, kept, len);
	return len;
}

int h2_stream_write(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *frame_head,
		    size_t len, nghttp2_data_source *source, void *user)
{
	struct h2 *h2 = user;
	struct h2_stream *stream = h2_stream_find(h2, frame->hd.stream_id);
	size_t kept;

	(void)session;
	(void)source;
	if (!stream)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	if (h2->out.len >= h2->limits->output)
		return NGHTTP2_ERR_WOULDBLOCK;
	BUG_UNLESS(len <= waiting(stream));
	buf_add(&h2->out, frame_head, 9);
	kept = take_kept(stream, &h2->out, len);
	buf_add(&h2->out, stream->now.at, len - kept);
	stream->now = str_from_pos(stream->now, len - kept);
	stream->sent_bytes += len;
	h2_stream_check_room(stream);
	return 0;
}

void h2_stream_check_room(struct h2_stream *stream)
{
	struct h2 *h2 = stream->h2;

	if (!stream->full || stream->last || stream->in_waking ||
	    waiting(stream) > h2->limits->kept / 2)
		return;
	stream->full = false;
	stream->in_waking = true;
	stream->waking = h2->waking;
	h2->waking = stream;
}
