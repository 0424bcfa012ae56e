/* head.h - the head of an HTTP message, whichever version of HTTP carried it.
 *
 * The parser of HTTP/1 (h1.h) and the HTTP/2 session (h2.h) fill it in, policy (policy.h) and filters edit
 * it, and the serialiser of the next hop writes it. Nothing is ever copied through in its raw form: what
 * is not in this struct does not get to the other side.
 *
 * Texts are slices. Those of a parsed head point into the bytes that were parsed (HTTP/1) or into the
 * arena (HTTP/2), those that were set point to whatever the caller keeps alive, usually the arena of the
 * request. The list of fields lives in the arena and grows there; a head needs no finish.
 */
#ifndef PROXY_HEAD_H
#define PROXY_HEAD_H

#include "base/arena.h"
#include "route/request.h"

/* Fields that the proxy has something to say about, or that are so frequent that comparing numbers pays.
 * In the order of their names. Requests and responses share the list. */
enum head_name {
	HEAD_OTHER,
	HEAD_ACCEPT,
	HEAD_ACCEPT_ENCODING,
	HEAD_ACCEPT_LANGUAGE,
	HEAD_ACCESS_CONTROL_REQUEST_HEADERS,
	HEAD_ACCESS_CONTROL_REQUEST_METHOD,
	HEAD_AUTHORIZATION,
	HEAD_CACHE_CONTROL,
	HEAD_CONNECTION,
	HEAD_CONTENT_ENCODING,
	HEAD_CONTENT_LENGTH,
	HEAD_CONTENT_RANGE,
	HEAD_CONTENT_TYPE,
	HEAD_COOKIE,
	HEAD_DATE,
	HEAD_ETAG,
	HEAD_EXPECT,
	HEAD_FORWARDED,
	HEAD_GRPC_MESSAGE,
	HEAD_GRPC_STATUS,
	HEAD_GRPC_TIMEOUT,
	HEAD_HOST,
	HEAD_HTTP2_SETTINGS,
	HEAD_IF_MATCH,
	HEAD_IF_MODIFIED_SINCE,
	HEAD_IF_NONE_MATCH,
	HEAD_IF_RANGE,
	HEAD_IF_UNMODIFIED_SINCE,
	HEAD_KEEP_ALIVE,
	HEAD_LAST_MODIFIED,
	HEAD_LOCATION,
	HEAD_MAX_FORWARDS,
	HEAD_ORIGIN,
	HEAD_PROXY,
	HEAD_PROXY_AUTHENTICATE,
	HEAD_PROXY_AUTHORIZATION,
	HEAD_PROXY_CONNECTION,
	HEAD_RANGE,
	HEAD_REFERER,
	HEAD_RETRY_AFTER,
	HEAD_SEC_WEBSOCKET_ACCEPT,
	HEAD_SEC_WEBSOCKET_EXTENSIONS,
	HEAD_SEC_WEBSOCKET_KEY,
	HEAD_SEC_WEBSOCKET_PROTOCOL,
	HEAD_SEC_WEBSOCKET_VERSION,
	HEAD_SERVER,
	HEAD_SET_COOKIE,
	HEAD_STRICT_TRANSPORT_SECURITY,
	HEAD_TE,
	HEAD_TRACEPARENT,
	HEAD_TRACESTATE,
	HEAD_TRAILER,
	HEAD_TRANSFER_ENCODING,
	HEAD_UPGRADE,
	HEAD_USER_AGENT,
	HEAD_VARY,
	HEAD_VIA,
	HEAD_WWW_AUTHENTICATE,
	HEAD_X_FORWARDED_FOR,
	HEAD_X_FORWARDED_HOST,
	HEAD_X_FORWARDED_PORT,
	HEAD_X_FORWARDED_PREFIX,
	HEAD_X_FORWARDED_PROTO,
	HEAD_X_FORWARDED_SCHEME,
	HEAD_X_ORIGINAL_FORWARDED_FOR,
	HEAD_X_ORIGINAL_FORWARDED_HOST,
	HEAD_X_REAL_IP,
	HEAD_X_REQUEST_ID,
	HEAD_X_SCHEME,
	HEAD_GONE, /* this field goes no further, whatever its name: removed, or nominated by Connection */
};
enum { HEAD_NAMES = HEAD_GONE };

/* What kind of field a name stands for. */
enum {
	HEAD_IS_HOP = 1, /* about one connection: never forwarded (RFC 9110 7.6.1) */
	HEAD_IS_KEPT =
		2, /* may not be nominated by Connection: the message is refused, since whoever
	                     asks for that wants two hops to see two messages */
	HEAD_NO_TRAILER =
		4, /* as a trailer it makes a request malformed: framing, routing, credentials */
	HEAD_LOST_TRAILER =
		8, /* as a trailer it is left out (RFC 9110 6.5.1): to be known before content */
};

struct head_name_row {
	struct str text;  /* as HTTP/1 writes it */
	struct str lower; /* as HTTP/2 writes it */
	unsigned kinds;
};
extern const struct head_name_row head_names[HEAD_NAMES];

/* Number of a name, compared without case; HEAD_OTHER when it is none of those above. The name has to
 * consist of token characters. */
enum head_name head_name(struct str name);

enum head_method {
	HEAD_METHOD_OTHER,
	HEAD_METHOD_CONNECT,
	HEAD_METHOD_DELETE,
	HEAD_METHOD_GET,
	HEAD_METHOD_HEAD,
	HEAD_METHOD_OPTIONS,
	HEAD_METHOD_PATCH,
	HEAD_METHOD_POST,
	HEAD_METHOD_PUT,
	HEAD_METHOD_TRACE,
};
enum head_method head_method(struct str method);

/* How the content of a message ends. */
enum head_body {
	HEAD_NO_BODY,     /* there is none, whatever the fields say */
	HEAD_LENGTH,      /* after `length` bytes */
	HEAD_CHUNKED,     /* it says so itself; on HTTP/2 that is END_STREAM without a length */
	HEAD_UNTIL_CLOSE, /* with the connection; responses of HTTP/1 only */
};

/* Whether a method differs from a known one in case only: it would match no rule here, and be the known one to a
 * backend that folds it. */
bool head_method_is_folded(struct str method);

struct head {
	/* ---- both ---- */
	enum route_version version; /* of the sender; HTTP/1.2 and above count as HTTP/1.1 */
	enum head_body body;
	bool has_length; /* Content-Length was there; it may tell the length of what is not sent (HEAD, 304) */
	uint64_t length; /* its value, at most INT64_MAX */
	bool persists;   /* as far as this message goes the connection can carry another one */
	bool trailers;   /* TE: trailers, which gRPC asks for; on a response: never */
	bool websocket; /* request: a handshake, which 101 (HTTP/1) or 200 (extended CONNECT) may answer;
	                     response: 101 that answers it */
	/* The fields in order, Host left out, in the form the router reads; `ids[i]` belongs to `fields[i]`.
	 * Content-Length, Transfer-Encoding and other fields of one hop stay here for whoever wants to look at
	 * them. Serialisers leave them out (HEAD_IS_HOP, HEAD_GONE) or write their own. */
	struct route_header *fields;
	uint8_t *ids;
	uint32_t count, room;
	struct arena *arena;
	uint64_t seen[2]; /* bit per head_name that was pushed, perhaps removed since */

	/* ---- requests ---- */
	struct str method;
	enum head_method method_id;
	struct str target; /* origin-form ("/a?b") or "*": absolute-form has been taken apart */
	struct str
		authority; /* of absolute-form, :authority or Host, checked; `at` NULL: none (HTTP/1.0) */
	struct str scheme;     /* of absolute-form or :scheme; empty: that of the connection */
	bool expects_continue; /* Expect: 100-continue, and there is content to wait for */
	bool expects_other;    /* any other expectation: 417 (RFC 9110 10.1.1) */

	/* ---- responses ---- */
	unsigned status; /* 100 to 599 */
	struct str reason;
};

/* An empty list of fields; everything else is zero. */
void head_init(struct head *head, struct arena *arena);

/* Appends a field. Host is no field: it sets `authority`. */
void head_push(struct head *head, enum head_name id, struct str name, struct str value);

/* Position of the first field of that name at or after `from`; `count` when there is none. HEAD_OTHER
 * cannot be asked for. */
uint32_t head_find(const struct head *head, enum head_name id, uint32_t from);

/* The same for a name outside of the list. */
uint32_t head_find_name(const struct head *head, struct str name, uint32_t from);

/* Value of the first field of that name; empty when there is none. */
struct str head_value(const struct head *head, enum head_name id);

/* Whether a field of that name has ever been pushed: no look at the list is needed when not. */
static inline bool head_saw(const struct head *head, enum head_name id)
{
	return head->seen[id >> 6] >> (id & 63) & 1;
}

/* Edits as filters want them (names are compared without case): all fields of that name give way to one;
 * a further one; none is left. A field that is set takes the place of the first that it replaces. Texts
 * must live as long as the head. */
void head_set(struct head *head, struct str name, struct str value);
void head_add(struct head *head, struct str name, struct str value);
void head_remove(struct head *head, struct str name);

/* head_set for a name of the list, spelled as it is there. */
void head_set_known(struct head *head, enum head_name id, struct str value);

/* Whether field `i` is written to the next hop as it stands: not what belongs to one connection, what is gone, or
 * Content-Length, which serialisers write themselves. */
static inline bool head_goes_on(const struct head *head, uint32_t i)
{
	unsigned id = head->ids[i];

	return id == HEAD_OTHER || (id != HEAD_GONE && id != HEAD_CONTENT_LENGTH &&
				    !(head_names[id].kinds & HEAD_IS_HOP));
}

/* What the fields of a request mean for the struct, once all of them and its framing are there: Expect sets
 * `expects_...` (HTTP/1.0 has none), TE sets `trailers`. */
void head_read_expect(struct head *head);
void head_read_te(struct head *head);

/* Takes out of trailers what may not be one (HEAD_LOST_TRAILER, HEAD_NO_TRAILER). False: there were some of the
 * latter, for which a request is refused; a response has begun to be passed on by then. */
bool head_sift_trailers(struct head *trailers);

/* Takes the next member off a comma-separated list (RFC 9110 5.6.1): empty members are skipped, blanks
 * around them trimmed; false at the end. Commas within quoted strings separate too: no field that the
 * proxy looks into has them. */
bool head_list_next(struct str *rest, struct str *member);

/* Whether a list names that token, without case. */
bool head_list_has(struct str list, const char *token);

#endif
