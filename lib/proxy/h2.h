/* h2.h - HTTP/2 on the wire: bytes in, events out (RFC 9113, through nghttp2).
 *
 * A session is one connection, as a server or as a client; a stream is one request with its answer. Heads
 * are the same struct head that HTTP/1 fills in: pseudo-fields are checked and taken apart, cookie crumbs
 * joined, extended CONNECT (RFC 8441) looks like the GET with Upgrade that it stands for. No sockets; time
 * comes in as a parameter.
 *
 * nghttp2 does framing, HPACK, flow control and the state of streams. What it leaves open is done here: the
 * decoded size of fields, what a target and an authority may hold, and how many frames that carry nothing
 * a peer may send.
 *
 * Flow control follows the content: a window opens when h2_ops.data has passed bytes on, and what is written
 * to a stream is copied only when its window (or the connection's output) is full.
 *
 * Inside of an operation (struct h2_ops) everything below may be called except h2_input, h2_output and
 * h2_destroy.
 */
#ifndef PROXY_H2_H
#define PROXY_H2_H

#include "base/buf.h"
#include "proxy/head.h"

struct h2;
struct h2_stream;

/* Error codes of RFC 9113 7 that callers choose among or look at. */
enum h2_code {
	H2_NO_ERROR = 0x0,
	H2_PROTOCOL_ERROR = 0x1,
	H2_INTERNAL_ERROR = 0x2,
	H2_REFUSED_STREAM = 0x7, /* not processed at all: may be tried again */
	H2_CANCEL = 0x8,
	H2_ENHANCE_YOUR_CALM = 0xb,
	H2_HTTP_1_1_REQUIRED = 0xd,
};

struct h2_limits {
	uint32_t streams; /* requests at a time (SETTINGS_MAX_CONCURRENT_STREAMS) */
	uint32_t head;    /* decoded fields: names, values, 32 bytes each (RFC 9113 6.5.2); 431 */
	uint32_t fields;  /* how many, pseudo-fields included; 431 */
	uint32_t target;  /* 414 */
	uint32_t window;  /* content of one stream that has come but is not passed on */
	uint32_t connection_window; /* of all streams together */
	uint32_t
		kept; /* content that waits in a stream to be sent: from here on h2_send is false */
	uint32_t output; /* bytes of frames that are made before they are taken */
	/* Token buckets: how many at once, and how many more each second. */
	uint32_t resets, resets_a_second; /* streams that the peer cancels */
	uint32_t idle,
		idle_a_second; /* frames that carry nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
	                                 empty DATA. Content earns tokens back */
};
extern const struct h2_limits h2_limits; /* the defaults; docs/proxy.md says why */

/* What happens. All are called from h2_input, h2_output or h2_gone; `closed` also from h2_reset. */
struct h2_ops {
	/* Server: a request begins. Returns an empty head (head_init) for it, whose arena and memory last
	 * until `closed`, or NULL: the stream is refused, and nothing more is said of it. */
	struct head *(*begin)(struct h2 *h2, struct h2_stream *stream);

	/* The head is complete and in order: struct head as h1_request_read() and h1_response_read() leave
	 * it. Client: a status below 200 other than 101 is an interim one, and the same head is filled in anew
	 * for the next. An extended CONNECT that was granted has the status 101. */
	void (*head)(struct h2 *h2, struct h2_stream *stream);

	/* Server: the request is to be answered with this status by the proxy itself, whatever its routes say;
	 * the head may be incomplete. `why` is a sentence for the log. */
	void (*refused)(struct h2 *h2, struct h2_stream *stream, unsigned status, const char *why);

	/* Content. True: passed on, the window opens again. False: hold, see h2_resume. */
	bool (*data)(struct h2 *h2, struct h2_stream *stream, struct str bytes);

	/* Everything has come; `trailers` (NULL: none) hold what may be passed on. */
	void (*end)(struct h2 *h2, struct h2_stream *stream, const struct head *trailers);

	/* After h2_send was false: there is room again. */
	void (*ready)(struct h2 *h2, struct h2_stream *stream);

	/* The stream is over, and gone after this. H2_NO_ERROR after both sides have ended; otherwise
	 * something is missing. */
	void (*closed)(struct h2 *h2, struct h2_stream *stream, enum h2_code code);

	/* Client: the peer takes no more requests. May be NULL. */
	void (*going)(struct h2 *h2);
};

struct slabs;

struct h2_config {
	const struct h2_ops *ops;
	const struct h2_limits *limits; /* NULL: the defaults */
	void *owner;
	struct slabs *slabs; /* for content that waits to be sent; NULL: the session has its own */
	bool server;
	bool websocket; /* server: extended CONNECT is offered */
};

/* The connection preface is queued at once. NULL: out of memory, or nghttp2 will not. */
struct h2 *h2_create(const struct h2_config *config);

/* Streams that are still open are forgotten without a word. */
void h2_destroy(struct h2 *h2);

void *h2_owner(const struct h2 *h2);

/* Whether bytes begin with the client's connection preface. */
enum h2_preface { H2_NO_PREFACE, H2_MAYBE_PREFACE, H2_IS_PREFACE };
enum h2_preface h2_preface(const char *bytes, size_t len);

/* ---- bytes ---- */

/* Takes bytes from the peer. `now_ms` is any clock that does not run backwards. False: the connection is
 * broken; GOAWAY is among the output, after which it is to be closed (h2_gone, h2_destroy). */
bool h2_input(struct h2 *h2, const char *bytes, size_t len, int64_t now_ms);

/* Bytes for the peer: empty when there are none now. The caller takes all of them; they are valid until the
 * next call with this session. As long as it does not take any, no more than limits.output is made. */
struct str h2_output(struct h2 *h2);

/* The connection has ended without an orderly end: `closed` for every stream, H2_REFUSED_STREAM for requests that have not
 * gone out. */
void h2_gone(struct h2 *h2);

/* Nothing more will be sent or expected: the connection is to be closed when the output is written. */
bool h2_is_over(const struct h2 *h2);

/* Streams that are open. */
uint32_t h2_streams(const struct h2 *h2);

/* ---- streams ---- */

/* Whatever the caller likes; NULL at first. */
void h2_set_user(struct h2_stream *stream, void *user);
void *h2_user(const struct h2_stream *stream);

/* The head that `begin` or h2_ask gave. */
struct head *h2_head(const struct h2_stream *stream);
int32_t h2_stream_id(const struct h2_stream *stream);

/* Client: asks. The method HEAD, websocket handshakes and fields are as they would be for HTTP/1.1. `answer` is an
 * empty head for the response, which lasts until `closed`. `last`: there is no content. NULL: no further
 * stream can be opened now (see h2_can_ask), or the request has a websocket handshake and the peer does not
 * offer them. */
struct h2_stream *h2_ask(struct h2 *h2, const struct head *request, struct str target,
			 struct head *answer, bool last);
bool h2_can_ask(const struct h2 *h2);
bool h2_offers_websocket(
	const struct h2 *h2); /* client: known once the peer's SETTINGS have come */

/* Server: answers. Interim statuses (below 200 but 101) may come first, any number of times. 101 grants an
 * extended CONNECT. `last`: there is no content. */
void h2_answer(struct h2_stream *stream, const struct head *answer, bool last);

/* Sends content: all bytes are taken. False: nothing more should come until `ready`. */
bool h2_send(struct h2_stream *stream, struct str bytes);

/* The end of the content, with trailers unless NULL. */
void h2_end(struct h2_stream *stream, const struct head *trailers);

/* Whether content, or its end, waits to be sent; how many bytes of it were. A stream of which this is true and the
 * number stays as it is has a peer that opens no window. */
bool h2_is_sending(const struct h2_stream *stream);
uint64_t h2_sent(const struct h2_stream *stream);

/* After `data` was false: what has come is passed on by now. */
void h2_resume(struct h2_stream *stream);

/* Ends a stream in both directions. `closed` is called, with that code, before this returns. */
void h2_reset(struct h2_stream *stream, enum h2_code code);

/* ---- the end of a connection ---- */

/* Announces that no more requests will be taken (GOAWAY with the highest id), so that none gets lost that is
 * on its way. The second call names the last one that was taken; those that are open are still answered. */
void h2_drain(struct h2 *h2);

#endif
