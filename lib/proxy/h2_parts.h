/* h2_parts.h - what the files of the HTTP/2 glue share. Private to lib/proxy/h2_*.c.
 *
 *   h2_session.c  connections: options, frames that arrive, floods, output
 *   h2_stream.c   streams: content in both directions, their end
 *   h2_head.c     fields: pseudo-fields and struct head
 */
#ifndef PROXY_H2_PARTS_H
#define PROXY_H2_PARTS_H

#include <nghttp2/nghttp2.h>

#include "proxy/h2.h"
#include "proxy/slab.h"
#include "proxy/websocket.h"

enum { H2_GAPS = 8 };

struct h2_bucket {
	uint32_t tokens;
	int64_t filled_ms;
};

struct h2 {
	struct h2_config config;
	const struct h2_limits *limits;
	nghttp2_session *session;
	struct h2_stream *first; /* open ones */
	uint32_t count;
	uint64_t closed;          /* how many have been */
	struct h2_stream *waking; /* those that want `ready` */
	struct slabs *slabs, own; /* `own`: when the configuration has none */
	struct buf out;
	bool taken; /* what is in `out` */
	bool busy;  /* within nghttp2: no input, no output */
	bool awake; /* within h2_wake */
	bool broken;
	enum h2_code error; /* with which to end the connection; H2_NO_ERROR: what nghttp2 says */
	/* Ids that the client has left out lately: they can never be used (RFC 9113 5.1.1). */
	int32_t highest;
	struct h2_gap {
		int32_t from, to;
	} gaps[H2_GAPS];
	uint32_t gap_count;
	bool notice, drained; /* GOAWAY was announced, sent */
	bool going;           /* the peer's was received */
	bool settled;         /* SETTINGS were received */
	bool peer_websocket;
	int64_t now_ms;
	struct h2_bucket resets, idle;
};

/* A field section that is being received. */
struct h2_section {
	struct str method, scheme, path, authority, protocol, status, host;
	uint32_t bytes, fields;
	bool malformed;
};

struct h2_stream {
	struct h2 *h2;
	struct h2_stream *previous, *next;
	struct h2_stream *waking; /* next in the list */
	int32_t id;
	void *user;
	struct head *head;
	struct head trailers;     /* received */
	struct head trailers_out; /* to be sent behind the content */
	struct h2_section section;
	bool sent;   /* client: the request went out */
	bool headed; /* the head was received */
	bool ended;  /* all was received */
	bool websocket;
	enum head_method asked; /* client */
	char accept[WEBSOCKET_ACCEPT + 1];

	bool held;
	size_t unread; /* content the window of which is not open again */

	struct str now;    /* content that h2_send was called with */
	struct queue kept; /* content that waits */
	uint64_t sent_bytes;
	bool deferred; /* nghttp2 waits for content */
	bool full;     /* h2_send was false */
	bool in_waking;
	bool last, with_trailers; /* h2_end was called */
};

/* ---- h2_session.c ---- */

/* Makes output while there is room, then wakes streams; nothing within nghttp2. */
void h2_pump(struct h2 *h2);

/* ---- h2_stream.c ---- */

struct h2_stream *h2_stream_open(struct h2 *h2, int32_t id, struct head *head);
struct h2_stream *h2_stream_find(struct h2 *h2, int32_t id);

/* Tells the owner and frees it. */
void h2_stream_close(struct h2_stream *stream, enum h2_code code);

/* Frees it without a word. */
void h2_stream_drop(struct h2_stream *stream);

/* The windows of `len` bytes open again. */
void h2_stream_consume(struct h2_stream *stream, size_t len);

/* Wants `ready` when there is room again. */
void h2_stream_check_room(struct h2_stream *stream);

/* Callbacks of nghttp2 for content to send. */
ssize_t h2_stream_read(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
		       uint32_t *flags, nghttp2_data_source *source, void *user);
int h2_stream_write(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *frame_head,
		    size_t len, nghttp2_data_source *source, void *user);

/* ---- h2_head.c ---- */

/* Begins a section: a head, or trailers once there is one. */
void h2_section_begin(struct h2_stream *stream);

/* Takes a field in. */
void h2_section_field(struct h2_stream *stream, struct str name, struct str value);

/* What became of a section. */
struct h2_verdict {
	bool malformed;  /* the stream is reset */
	unsigned status; /* the proxy answers; 0: nothing is wrong */
	const char *why;
};
struct h2_verdict h2_section_end(struct h2_stream *stream, bool last);

/* Lists for nghttp2, in the arena of the head. */
struct h2_list {
	nghttp2_nv *at;
	size_t count;
};
struct h2_list h2_list_request(const struct head *head, struct str target);
struct h2_list h2_list_answer(const struct head *head, unsigned status);
struct h2_list h2_list_trailers(const struct head *trailers);

#endif
