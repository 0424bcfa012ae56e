#include "proxy/h1.h"

#include "base/bug.h"
#include "proxy/grammar.h"

/* ---- framing of the next hop ---- */

struct h1_frame h1_frame(const struct head *head, bool old)
{
	struct h1_frame frame = {
		.body = head->body, .has_length = head->has_length, .length = head->length};

	if (head->body == HEAD_UNTIL_CLOSE || (head->body == HEAD_CHUNKED && old))
		frame.body = old ? HEAD_UNTIL_CLOSE : HEAD_CHUNKED;
	if (frame.body == HEAD_CHUNKED || frame.body == HEAD_UNTIL_CLOSE)
		frame.has_length = false;
	frame.close = frame.body == HEAD_UNTIL_CLOSE;
	return frame;
}

/* ---- lines ---- */

static char *put(char *to, struct str text)
{
	if (text.len)
		memcpy(to, text.at, text.len);
	return to + text.len;
}

static char *put_line(char *to, struct str name, struct str value)
{
	to = put(put(put(to, name), STR(": ")), value);
	return put(to, STR("\r\n"));
}

static void line(struct buf *out, struct str name, struct str value)
{
	size_t len = name.len + value.len + 4;
	char *to = buf_reserve(out, len);

	if (!to)
		return;
	put_line(to, name, value);
	out->len += len;
}

/* A field that would break its line must never leave this process: the last place to see it. Names that have a number
 * are names. */
static void check(enum head_name id, const struct route_header *header)
{
	if ((id == HEAD_OTHER && !grammar_is_token(header->name)) ||
	    !grammar_is_value(header->value))
		BUG("a field that is none is about to be written: %.*s", STR_ARG(header->name));
}

/* Room is made once for all of them. */
static void fields(struct buf *out, const struct head *head)
{
	size_t len = 0;
	char *to;

	for (uint32_t i = 0; i < head->count; i++)
		len += head->fields[i].name.len + head->fields[i].value.len + 4;
	to = buf_reserve(out, len);
	for (uint32_t i = 0; to && i < head->count; i++) {
		if (!head_goes_on(head, i))
			continue;
		check((enum head_name)head->ids[i], &head->fields[i]);
		to = put_line(to, head->fields[i].name, head->fields[i].value);
	}
	if (to)
		out->len = (size_t)(to - out->at);
}

static void length(struct buf *out, uint64_t bytes)
{
	char text[STR_DIGITS];

	line(out, head_names[HEAD_CONTENT_LENGTH].text, str_digits(text, bytes));
}

/* Connection options, of which any number can come together. */
static void connection(struct buf *out, const struct h1_frame *frame, bool trailers)
{
	static const struct str names[] = {STR_INIT("close"), STR_INIT("keep-alive"),
					   STR_INIT("Upgrade"), STR_INIT("TE")};
	const bool wanted[] = {frame->close, frame->keep && !frame->close, frame->upgrade,
			       trailers};
	bool any = false;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!wanted[i])
			continue;
		buf_str(out, any ? STR(", ") : STR("Connection: "));
		buf_str(out, names[i]);
		any = true;
	}
	if (any)
		buf_str(out, STR("\r\n"));
}

static void framing(struct buf *out, const struct h1_frame *frame, bool trailers)
{
	if (frame->body == HEAD_CHUNKED)
		buf_str(out, STR("Transfer-Encoding: chunked\r\n"));
	else if (frame->has_length)
		length(out, frame->length);
	if (frame->upgrade)
		buf_str(out, STR("Upgrade: websocket\r\n"));
	if (trailers)
		buf_str(out, STR("TE: trailers\r\n"));
	connection(out, frame, trailers);
	buf_str(out, STR("\r\n"));
}

/* ---- heads ---- */

void h1_request_write(struct buf *out, const struct head *head, struct str target,
		      const struct h1_frame *frame)
{
	if (!target.len)
		target = head->target;
	BUG_UNLESS(grammar_is_token(head->method));
	BUG_UNLESS(target.len && grammar_all(target, GRAMMAR_TARGET));
	BUG_UNLESS(grammar_is_value(head->authority));
	buf_str(out, head->method);
	buf_char(out, ' ');
	buf_str(out, target);
	buf_str(out, STR(" HTTP/1.1\r\n"));
	line(out, head_names[HEAD_HOST].text, head->authority);
	fields(out, head);
	framing(out, frame, head->trailers);
}

void h1_response_write(struct buf *out, const struct head *head, const struct h1_frame *frame)
{
	char digits[STR_DIGITS];

	BUG_UNLESS(head->status >= 100 && head->status <= 999 && grammar_is_value(head->reason));
	buf_str(out, STR("HTTP/1.1 "));
	buf_str(out, str_digits(digits, head->status));
	buf_char(out, ' ');
	if (head->reason.len)
		buf_str(out, head->reason);
	else
		buf_text(out, h1_reason(head->status));
	buf_str(out, STR("\r\n"));
	fields(out, head);
	framing(out, frame, false);
}

/* ---- chunks ---- */

struct str h1_chunk_head(char text[static H1_CHUNK_HEAD], uint64_t len)
{
	char *at = text + H1_CHUNK_HEAD;

	*--at = '\n';
	*--at = '\r';
	do
		*--at = "0123456789abcdef"[len & 15];
	while (len >>= 4);
	return (struct str){at, (size_t)(text + H1_CHUNK_HEAD - at)};
}

void h1_chunk_last(struct buf *out, const struct head *trailers)
{
	buf_str(out, STR("0\r\n"));
	if (trailers)
		fields(out, trailers);
	buf_str(out, STR("\r\n"));
}

/* ---- reasons ---- */

static const struct {
	unsigned status;
	const char *text;
} reasons[] = {
	{100, "Continue"},
	{101, "Switching Protocols"},
	{103, "Early Hints"},
	{200, "OK"},
	{201, "Created"},
	{202, "Accepted"},
	{204, "No Content"},
	{206, "Partial Content"},
	{301, "Moved Permanently"},
	{302, "Found"},
	{303, "See Other"},
	{304, "Not Modified"},
	{307, "Temporary Redirect"},
	{308, "Permanent Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{408, "Request Timeout"},
	{411, "Length Required"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{417, "Expectation Failed"},
	{421, "Misdirected Request"},
	{426, "Upgrade Required"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
	{505, "HTTP Version Not Supported"},
};

const char *h1_reason(unsigned status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "";
}
