/* h1.h - HTTP/1.0 and 1.1 on the wire: bytes in, events out (RFC 9112, read strictly).
 *
 * No sockets, no clocks. A connection has one reader a direction: h1_request_read() or h1_response_read()
 * until the head is there, then h1_body_read() until the content has ended, then the next head. Every
 * result depends on the bytes alone, never on how reads cut them.
 *
 * Wherever RFC 9112 lets a recipient choose between repairing and refusing, this one refuses, because two
 * hops that repair differently see different messages (request smuggling): bare LF, lone CR, folded
 * lines, blanks before the colon, control octets, doubled lengths, any transfer coding but one "chunked".
 * enum h1_fault lists everything that is refused.
 */
#ifndef PROXY_H1_H
#define PROXY_H1_H

#include "base/buf.h"
#include "proxy/head.h"

/* ---- limits ---- */

/* All in bytes unless they count something. */
struct h1_limits {
	uint32_t method; /* 501 */
	uint32_t target; /* 414 */
	uint32_t
		head; /* start line and fields with their line ends: 431, or 414 within the target */
	uint32_t fields; /* how many: 431 */
	uint32_t
		empty_lines; /* CRLF in front of a request line that are skipped (RFC 9112 2.2); 400 */
	uint32_t chunk_line; /* size and extensions of one chunk; 400 */
	uint32_t extensions; /* of all chunks of a body together; 400 */
	uint32_t trailers;   /* the whole trailer section; 431 */
	uint32_t interim;    /* 1xx answers to one request; 502 */
};
extern const struct h1_limits h1_limits; /* the defaults; docs/proxy.md says why */

/* ---- faults ---- */

/* What is wrong with a message. A connection on which one was seen carries nothing further in that
 * direction: its framing is in doubt. */
enum h1_fault {
	H1_OK,
	/* start lines */
	H1_BARE_LF,
	H1_LONE_CR,
	H1_EMPTY_LINES,
	H1_METHOD,
	H1_METHOD_LONG,
	H1_METHOD_CASE,
	H1_TARGET,
	H1_TARGET_FORM,
	H1_TARGET_LONG,
	H1_SCHEME,
	H1_VERSION,
	H1_VERSION_OTHER,
	H1_CONNECT,
	H1_STATUS_LINE,
	H1_STATUS,
	/* fields */
	H1_FIELD_NAME,
	H1_FIELD_BLANK,
	H1_FIELD_FOLDED,
	H1_FIELD_NO_COLON,
	H1_FIELD_VALUE,
	H1_HEAD_LARGE,
	H1_FIELDS_MANY,
	H1_HOST_MISSING,
	H1_HOST_TWICE,
	H1_HOST,
	H1_NOMINATED,
	/* framing */
	H1_LENGTH,
	H1_LENGTH_TWICE,
	H1_LENGTH_AND_CODING,
	H1_CODING,
	H1_CODING_UNKNOWN,
	H1_CODING_VERSION,
	H1_SWITCHED,
	H1_INTERIM_MANY,
	H1_CHUNK_SIZE,
	H1_CHUNK_LINE,
	H1_CHUNK_END,
	H1_TRAILER,
	H1_TRAILERS_LARGE,
	H1_CUT_SHORT,
	H1_FAULTS,
};

struct h1_fault_row {
	unsigned
		status; /* to answer with when a client's message has it; an upstream's is always 502 */
	const char *text;  /* for logs: a sentence without capital and full stop */
	const char *rule;  /* "9112 5.1": RFC and section */
	const char *cases; /* ids of cases in the list of edge cases that this row decides */
};
extern const struct h1_fault_row h1_faults[H1_FAULTS];

/* ---- heads ---- */

enum h1_result {
	H1_MORE, /* the bytes so far are in order; more are needed */
	H1_DONE, /* `used` says where the head ends */
	H1_BAD,  /* `fault` says why */
};

/* What the head of a response has to be read with: the request that it answers. */
struct h1_asked {
	enum head_method method;
	bool websocket; /* an upgrade was asked for */
};

struct h1_reader {
	struct head *head;
	const struct h1_limits *limits;
	enum h1_fault fault;
	size_t used; /* H1_DONE: bytes of the head, empty lines before it included */

	/* private */
	uint8_t state;
	bool response;
	bool hosted;
	struct h1_asked asked;
	uint32_t interim;
	const char *base, *at,
		*start;    /* of the message, of what is not looked at yet, of this element */
	const char *first; /* of the request line */
	struct str name;
	struct str host;
};

/* Starts a head. `head` has to be an empty one (head_init); `limits` NULL: the defaults. */
void h1_request_start(struct h1_reader *reader, struct head *head, const struct h1_limits *limits);
void h1_response_start(struct h1_reader *reader, struct head *head, const struct h1_limits *limits,
		       struct h1_asked asked);

/* After a response with a status 1xx other than 101: `head` (an empty one) gets the next. */
void h1_response_next(struct h1_reader *reader, struct head *head);

/* Reads on. `bytes` are all bytes of the message so far, from its first one: what was there at the last
 * call has to be there again, but may have moved, in which case slices of the head move along. Bytes
 * behind the head are not looked at. Work is done once for each byte, however they arrive.
 *
 * A request that is done has, beyond what is said in head.h: exactly one Host that is a host name or
 * address with an optional port up to 65535 (none at all is allowed to HTTP/1.0), a target in origin-form
 * or "*" of OPTIONS without control octets, blanks, "#", octets above 0x7f, and with neither a backslash nor
 * a broken percent triplet nor %00 in its path; CONNECT is refused (405). Fields that Connection nominates
 * are HEAD_GONE. */
enum h1_result h1_request_read(struct h1_reader *reader, const char *bytes, size_t len);
enum h1_result h1_response_read(struct h1_reader *reader, const char *bytes, size_t len);

/* Whether nothing but skipped empty lines has been seen: a connection that ends now ends between messages. */
bool h1_is_idle(const struct h1_reader *reader);

/* ---- content ---- */

struct h1_body {
	enum h1_fault fault;
	struct head trailers; /* after H1_DONE of a chunked body: fields that may be passed on */

	/* private */
	const struct h1_limits *limits;
	enum head_body kind;
	uint8_t state;
	bool response;
	uint64_t left; /* of the content, or of the chunk */
	uint32_t line; /* bytes of the chunk line so far */
	uint32_t digits;
	uint32_t extensions;
	char *section; /* the trailer section, in the arena */
	uint32_t section_len, section_room;
	struct h1_reader fields;
};

/* What one read of content has found. */
struct h1_piece {
	struct str data; /* content, within the bytes that were given */
	size_t used;     /* bytes that belong to this message; all of them on H1_MORE */
};

/* `head` is the one that was read; its arena is used for trailers. HEAD_NO_BODY is done at once. */
void h1_body_start(struct h1_body *body, const struct head *head, bool response,
		   const struct h1_limits *limits);

/* Decodes the next bytes of a body. Content of several chunks is moved together in place, so that `bytes`
 * are changed and one slice holds all of it. On H1_BAD the data in front of the fault is there. */
enum h1_result h1_body_read(struct h1_body *body, char *bytes, size_t len, struct h1_piece *piece);

/* The connection has ended. H1_DONE when that is the end of the content (HEAD_UNTIL_CLOSE), else H1_BAD with
 * H1_CUT_SHORT: what has been passed on so far must not look complete. */
enum h1_result h1_body_closed(struct h1_body *body);

/* Bytes that are still to come for sure: of the length or of the chunk at hand. */
uint64_t h1_body_left(const struct h1_body *body);

/* ---- writing ---- */

/* How the content of a written message is framed. */
struct h1_frame {
	enum head_body body; /* HEAD_NO_BODY: see `has_length` */
	bool has_length; /* Content-Length is written: always with HEAD_LENGTH; without body where
	                        it says something (POST without content; answers to HEAD, 304) */
	uint64_t length;
	bool close; /* "Connection: close" is written */
	bool keep;  /* "Connection: keep-alive" is written, for HTTP/1.0 clients */
	bool upgrade; /* the websocket handshake goes along: Connection: Upgrade, Upgrade: websocket */
};

/* How to frame what came in as `head` on an HTTP/1.1 connection (or, with `old`, for a client that speaks
 * HTTP/1.0, which must not be sent chunks: the content then ends with the connection). */
struct h1_frame h1_frame(const struct head *head, bool old);

/* Appends the head of a message, always as HTTP/1.1: start line, Host, end-to-end fields in their order,
 * framing. "TE: trailers" is written when `head` has it. `target` is written instead of head->target when it is
 * not empty. Nothing has to be checked: a head that was parsed or edited by valid rules holds no octet that
 * would end a line, and one that does is a mistake of ours (BUG). */
void h1_request_write(struct buf *out, const struct head *head, struct str target,
		      const struct h1_frame *frame);
void h1_response_write(struct buf *out, const struct head *head, const struct h1_frame *frame);

/* Around each piece of content of a chunked message: line in front, CRLF behind. No piece may be empty. */
enum { H1_CHUNK_HEAD = 18 };
struct str h1_chunk_head(char text[static H1_CHUNK_HEAD], uint64_t len);
#define H1_CHUNK_TAIL "\r\n"

/* The end of a chunked message, with trailers unless NULL. */
void h1_chunk_last(struct buf *out, const struct head *trailers);

/* "Bad Request"; "" for a status without a name. */
const char *h1_reason(unsigned status);

#endif
