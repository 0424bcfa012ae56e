/* The names and how they are found: a perfect hash over length and three letters, case folded away. */
#include "proxy/head.h"

const struct head_name_row head_names[HEAD_NAMES] = {
	[HEAD_ACCEPT] = {STR_INIT("Accept"), STR_INIT("accept"), 0},
	[HEAD_ACCEPT_ENCODING] = {STR_INIT("Accept-Encoding"), STR_INIT("accept-encoding"), 0},
	[HEAD_ACCEPT_LANGUAGE] = {STR_INIT("Accept-Language"), STR_INIT("accept-language"), 0},
	[HEAD_ACCESS_CONTROL_REQUEST_HEADERS] = {STR_INIT("Access-Control-Request-Headers"),
						 STR_INIT("access-control-request-headers"), 0},
	[HEAD_ACCESS_CONTROL_REQUEST_METHOD] = {STR_INIT("Access-Control-Request-Method"),
						STR_INIT("access-control-request-method"), 0},
	[HEAD_AUTHORIZATION] = {STR_INIT("Authorization"), STR_INIT("authorization"),
				HEAD_IS_KEPT | HEAD_NO_TRAILER},
	[HEAD_CACHE_CONTROL] = {STR_INIT("Cache-Control"), STR_INIT("cache-control"),
				HEAD_LOST_TRAILER},
	[HEAD_CONNECTION] = {STR_INIT("Connection"), STR_INIT("connection"),
			     HEAD_IS_HOP | HEAD_NO_TRAILER},
	[HEAD_CONTENT_ENCODING] = {STR_INIT("Content-Encoding"), STR_INIT("content-encoding"),
				   HEAD_LOST_TRAILER},
	[HEAD_CONTENT_LENGTH] = {STR_INIT("Content-Length"), STR_INIT("content-length"),
				 HEAD_IS_KEPT | HEAD_NO_TRAILER},
	[HEAD_CONTENT_RANGE] = {STR_INIT("Content-Range"), STR_INIT("content-range"),
				HEAD_LOST_TRAILER},
	[HEAD_CONTENT_TYPE] = {STR_INIT("Content-Type"), STR_INIT("content-type"),
			       HEAD_LOST_TRAILER},
	[HEAD_COOKIE] = {STR_INIT("Cookie"), STR_INIT("cookie"), HEAD_IS_KEPT | HEAD_NO_TRAILER},
	[HEAD_DATE] = {STR_INIT("Date"), STR_INIT("date"), HEAD_LOST_TRAILER},
	[HEAD_ETAG] = {STR_INIT("ETag"), STR_INIT("etag"), 0},
	[HEAD_EXPECT] = {STR_INIT("Expect"), STR_INIT("expect"), HEAD_LOST_TRAILER},
	[HEAD_FORWARDED] = {STR_INIT("Forwarded"), STR_INIT("forwarded"), HEAD_LOST_TRAILER},
	[HEAD_GRPC_MESSAGE] = {STR_INIT("grpc-message"), STR_INIT("grpc-message"), 0},
	[HEAD_GRPC_STATUS] = {STR_INIT("grpc-status"), STR_INIT("grpc-status"), 0},
	[HEAD_GRPC_TIMEOUT] = {STR_INIT("grpc-timeout"), STR_INIT("grpc-timeout"), 0},
	[HEAD_HOST] = {STR_INIT("Host"), STR_INIT("host"), HEAD_IS_KEPT | HEAD_NO_TRAILER},
	[HEAD_HTTP2_SETTINGS] = {STR_INIT("HTTP2-Settings"), STR_INIT("http2-settings"),
				 HEAD_IS_HOP | HEAD_LOST_TRAILER},
	[HEAD_IF_MATCH] = {STR_INIT("If-Match"), STR_INIT("if-match"), HEAD_LOST_TRAILER},
	[HEAD_IF_MODIFIED_SINCE] = {STR_INIT("If-Modified-Since"), STR_INIT("if-modified-since"),
				    HEAD_LOST_TRAILER},
	[HEAD_IF_NONE_MATCH] = {STR_INIT("If-None-Match"), STR_INIT("if-none-match"),
				HEAD_LOST_TRAILER},
	[HEAD_IF_RANGE] = {STR_INIT("If-Range"), STR_INIT("if-range"), HEAD_LOST_TRAILER},
	[HEAD_IF_UNMODIFIED_SINCE] = {STR_INIT("If-Unmodified-Since"),
				      STR_INIT("if-unmodified-since"), HEAD_LOST_TRAILER},
	[HEAD_KEEP_ALIVE] = {STR_INIT("Keep-Alive"), STR_INIT("keep-alive"),
			     HEAD_IS_HOP | HEAD_LOST_TRAILER},
	[HEAD_LAST_MODIFIED] = {STR_INIT("Last-Modified"), STR_INIT("last-modified"), 0},
	[HEAD_LOCATION] = {STR_INIT("Location"), STR_INIT("location"), HEAD_LOST_TRAILER},
	[HEAD_MAX_FORWARDS] = {STR_INIT("Max-Forwards"), STR_INIT("max-forwards"),
			       HEAD_LOST_TRAILER},
	[HEAD_ORIGIN] = {STR_INIT("Origin"), STR_INIT("origin"), HEAD_LOST_TRAILER},
	[HEAD_PROXY] = {STR_INIT("Proxy"), STR_INIT("proxy"), HEAD_LOST_TRAILER},
	[HEAD_PROXY_AUTHENTICATE] = {STR_INIT("Proxy-Authenticate"), STR_INIT("proxy-authenticate"),
				     HEAD_LOST_TRAILER},
	[HEAD_PROXY_AUTHORIZATION] = {STR_INIT("Proxy-Authorization"),
				      STR_INIT("proxy-authorization"), HEAD_NO_TRAILER},
	[HEAD_PROXY_CONNECTION] = {STR_INIT("Proxy-Connection"), STR_INIT("proxy-connection"),
				   HEAD_IS_HOP | HEAD_LOST_TRAILER},
	[HEAD_RANGE] = {STR_INIT("Range"), STR_INIT("range"), HEAD_LOST_TRAILER},
	[HEAD_REFERER] = {STR_INIT("Referer"), STR_INIT("referer"), 0},
	[HEAD_RETRY_AFTER] = {STR_INIT("Retry-After"), STR_INIT("retry-after"), HEAD_LOST_TRAILER},
	[HEAD_SEC_WEBSOCKET_ACCEPT] = {STR_INIT("Sec-WebSocket-Accept"),
				       STR_INIT("sec-websocket-accept"), HEAD_LOST_TRAILER},
	[HEAD_SEC_WEBSOCKET_EXTENSIONS] = {STR_INIT("Sec-WebSocket-Extensions"),
					   STR_INIT("sec-websocket-extensions"), HEAD_LOST_TRAILER},
	[HEAD_SEC_WEBSOCKET_KEY] = {STR_INIT("Sec-WebSocket-Key"), STR_INIT("sec-websocket-key"),
				    HEAD_LOST_TRAILER},
	[HEAD_SEC_WEBSOCKET_PROTOCOL] = {STR_INIT("Sec-WebSocket-Protocol"),
					 STR_INIT("sec-websocket-protocol"), HEAD_LOST_TRAILER},
	[HEAD_SEC_WEBSOCKET_VERSION] = {STR_INIT("Sec-WebSocket-Version"),
					STR_INIT("sec-websocket-version"), HEAD_LOST_TRAILER},
	[HEAD_SERVER] = {STR_INIT("Server"), STR_INIT("server"), 0},
	[HEAD_SET_COOKIE] = {STR_INIT("Set-Cookie"), STR_INIT("set-cookie"), HEAD_LOST_TRAILER},
	[HEAD_STRICT_TRANSPORT_SECURITY] = {STR_INIT("Strict-Transport-Security"),
					    STR_INIT("strict-transport-security"),
					    HEAD_LOST_TRAILER},
	[HEAD_TE] = {STR_INIT("TE"), STR_INIT("te"), HEAD_IS_HOP | HEAD_NO_TRAILER},
	[HEAD_TRACEPARENT] = {STR_INIT("traceparent"), STR_INIT("traceparent"), 0},
	[HEAD_TRACESTATE] = {STR_INIT("tracestate"), STR_INIT("tracestate"), 0},
	[HEAD_TRAILER] = {STR_INIT("Trailer"), STR_INIT("trailer"), HEAD_LOST_TRAILER},
	[HEAD_TRANSFER_ENCODING] = {STR_INIT("Transfer-Encoding"), STR_INIT("transfer-encoding"),
				    HEAD_IS_HOP | HEAD_IS_KEPT | HEAD_NO_TRAILER},
	[HEAD_UPGRADE] = {STR_INIT("Upgrade"), STR_INIT("upgrade"), HEAD_IS_HOP | HEAD_NO_TRAILER},
	[HEAD_USER_AGENT] = {STR_INIT("User-Agent"), STR_INIT("user-agent"), 0},
	[HEAD_VARY] = {STR_INIT("Vary"), STR_INIT("vary"), HEAD_LOST_TRAILER},
	[HEAD_VIA] = {STR_INIT("Via"), STR_INIT("via"), HEAD_LOST_TRAILER},
	[HEAD_WWW_AUTHENTICATE] = {STR_INIT("WWW-Authenticate"), STR_INIT("www-authenticate"),
				   HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_FOR] = {STR_INIT("X-Forwarded-For"), STR_INIT("x-forwarded-for"),
				  HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_HOST] = {STR_INIT("X-Forwarded-Host"), STR_INIT("x-forwarded-host"),
				   HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_PORT] = {STR_INIT("X-Forwarded-Port"), STR_INIT("x-forwarded-port"),
				   HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_PREFIX] = {STR_INIT("X-Forwarded-Prefix"), STR_INIT("x-forwarded-prefix"),
				     HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_PROTO] = {STR_INIT("X-Forwarded-Proto"), STR_INIT("x-forwarded-proto"),
				    HEAD_LOST_TRAILER},
	[HEAD_X_FORWARDED_SCHEME] = {STR_INIT("X-Forwarded-Scheme"), STR_INIT("x-forwarded-scheme"),
				     HEAD_LOST_TRAILER},
	[HEAD_X_ORIGINAL_FORWARDED_FOR] = {STR_INIT("X-Original-Forwarded-For"),
					   STR_INIT("x-original-forwarded-for"), HEAD_LOST_TRAILER},
	[HEAD_X_ORIGINAL_FORWARDED_HOST] = {STR_INIT("X-Original-Forwarded-Host"),
					    STR_INIT("x-original-forwarded-host"),
					    HEAD_LOST_TRAILER},
	[HEAD_X_REAL_IP] = {STR_INIT("X-Real-IP"), STR_INIT("x-real-ip"), HEAD_LOST_TRAILER},
	[HEAD_X_REQUEST_ID] = {STR_INIT("X-Request-ID"), STR_INIT("x-request-id"),
			       HEAD_LOST_TRAILER},
	[HEAD_X_SCHEME] = {STR_INIT("X-Scheme"), STR_INIT("x-scheme"), HEAD_LOST_TRAILER},
};

/* Number of the name at each value of the hash below; test_proxy_head.c finds every name. */
static const uint8_t slots[256] = {
	10, 0,  0,  40, 0,  54, 52, 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  21, 0,  0,  41, 0,
	0,  0,  0,  0,  39, 0,  0,  11, 65, 0,  0,  0,  0,  0,  25, 0,  0,  0,  6,  0,  0,  0,
	0,  0,  29, 46, 24, 0,  38, 0,  0,  0,  0,  0,  0,  67, 0,  0,  0,  0,  0,  61, 0,  0,
	0,  0,  0,  0,  19, 0,  0,  0,  0,  0,  0,  0,  44, 0,  66, 57, 0,  0,  2,  62, 0,  0,
	0,  0,  55, 48, 0,  47, 0,  0,  17, 0,  0,  0,  0,  0,  12, 0,  68, 63, 0,  0,  36, 0,
	0,  13, 0,  0,  0,  0,  0,  0,  0,  22, 0,  32, 0,  0,  0,  0,  0,  3,  0,  59, 8,  5,
	0,  0,  0,  0,  0,  0,  18, 0,  0,  14, 0,  33, 0,  0,  0,  0,  16, 0,  23, 0,  50, 4,
	0,  0,  9,  7,  0,  0,  0,  0,  0,  0,  26, 0,  0,  0,  0,  0,  0,  0,  37, 0,  0,  0,
	0,  0,  0,  0,  20, 0,  0,  45, 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  53, 0,  0,  0,
	0,  42, 0,  0,  0,  34, 0,  30, 0,  0,  0,  31, 35, 0,  0,  0,  0,  0,  1,  0,  43, 0,
	0,  0,  0,  0,  49, 0,  58, 0,  0,  0,  0,  0,  27, 0,  0,  0,  64, 0,  0,  0,  15, 51,
	28, 0,  0,  0,  0,  0,  0,  56, 0,  0,  0,  60, 0,  0,
};

/* Letters fold to lower case; "-" and digits stay what they are. */
static inline unsigned fold(char c)
{
	return (unsigned char)c | 0x20;
}

static inline unsigned slot(struct str name)
{
	unsigned value = (unsigned)name.len * 253 + fold(name.at[0]) * 156 +
			 fold(name.at[name.len / 2]) * 155 + fold(name.at[name.len - 2]) * 52;

	return (value ^ value >> 7) & 255;
}

static inline uint64_t word(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

/* Of names as long as each other, at least two octets; `lower` is one of the table. Octets that fold to a letter or
 * "-" without being one are no token characters. */
static bool is_same(const char *name, const char *lower, size_t len)
{
	const uint64_t folds = 0x2020202020202020u;
	size_t i = 0;

	if (len < sizeof folds) {
		while (i < len && fold(name[i]) == (unsigned char)lower[i])
			i++;
		return i == len;
	}
	for (; i + sizeof folds < len; i += sizeof folds)
		if ((word(name + i) | folds) != word(lower + i))
			return false;
	i = len - sizeof folds;
	return (word(name + i) | folds) == word(lower + i);
}

enum head_name head_name(struct str name)
{
	unsigned id;

	if (name.len < 2)
		return HEAD_OTHER;
	id = slots[slot(name)];
	if (head_names[id].lower.len != name.len ||
	    !is_same(name.at, head_names[id].lower.at, name.len))
		return HEAD_OTHER;
	return (enum head_name)id;
}

static const struct {
	struct str name;
	enum head_method id;
} methods[] = {
	{STR_INIT("CONNECT"), HEAD_METHOD_CONNECT}, {STR_INIT("DELETE"), HEAD_METHOD_DELETE},
	{STR_INIT("GET"), HEAD_METHOD_GET},         {STR_INIT("HEAD"), HEAD_METHOD_HEAD},
	{STR_INIT("OPTIONS"), HEAD_METHOD_OPTIONS}, {STR_INIT("PATCH"), HEAD_METHOD_PATCH},
	{STR_INIT("POST"), HEAD_METHOD_POST},       {STR_INIT("PUT"), HEAD_METHOD_PUT},
	{STR_INIT("TRACE"), HEAD_METHOD_TRACE},
};

enum head_method head_method(struct str method)
{
	if (str_eq(method, STR("GET")))
		return HEAD_METHOD_GET;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_eq(method, methods[i].name))
			return methods[i].id;
	return HEAD_METHOD_OTHER;
}

bool head_method_is_folded(struct str method)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_eq_nocase(method, methods[i].name))
			return true;
	return false;
}
