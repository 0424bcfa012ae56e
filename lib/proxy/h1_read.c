/* Reading heads: a state machine over octets. Within a state whole runs are looked at at once. */
#include "proxy/h1_parts.h"

const struct h1_limits h1_limits = {
	.method = 64,
	.target = 8 * 1024,
	.head = 64 * 1024,
	.fields = 100,
	.empty_lines = 4,
	.chunk_line = 1024,
	.extensions = 4 * 1024,
	.trailers = 16 * 1024,
	.interim = 16,
};

static void start(struct h1_reader *reader, struct head *head, const struct h1_limits *limits,
		  enum h1_state state)
{
	*reader = (struct h1_reader){
		.head = head, .limits = limits ? limits : &h1_limits, .state = (uint8_t)state};
}

void h1_request_start(struct h1_reader *reader, struct head *head, const struct h1_limits *limits)
{
	start(reader, head, limits, H1_AT_START);
}

void h1_response_start(struct h1_reader *reader, struct head *head, const struct h1_limits *limits,
		       struct h1_asked asked)
{
	start(reader, head, limits, H1_IN_STATUS);
	reader->response = true;
	reader->asked = asked;
}

void h1_response_next(struct h1_reader *reader, struct head *head)
{
	uint32_t interim = reader->interim;

	h1_response_start(reader, head, reader->limits, reader->asked);
	reader->interim = interim;
}

bool h1_is_idle(const struct h1_reader *reader)
{
	return !reader->response && reader->state <= H1_AT_START_LF;
}

/* ---- a buffer that has moved ---- */

static void shift(const char **at, const char *from, const char *to)
{
	if (*at)
		*at = to + (*at - from);
}

static void rebase(struct h1_reader *reader, const char *bytes)
{
	const char *old = reader->base;
	struct head *head = reader->head;
	const char **pointers[] = {&reader->at,      &reader->start,   &reader->first,
				   &reader->name.at, &reader->host.at, &head->method.at,
				   &head->target.at, &head->reason.at};

	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		shift(pointers[i], old, bytes);
	for (uint32_t i = 0; i < head->count; i++) {
		shift(&head->fields[i].name.at, old, bytes);
		shift(&head->fields[i].value.at, old, bytes);
	}
	reader->base = bytes;
}

/* ---- steps ----
 * Each looks at [reader->at, end), which is not empty, and says H1_DONE when it has come to a new state. */

static enum h1_result to(struct h1_reader *reader, enum h1_state state)
{
	reader->state = (uint8_t)state;
	reader->start = reader->at;
	return H1_DONE;
}

/* An octet that cannot stand here. */
static enum h1_result odd(struct h1_reader *reader, enum h1_fault otherwise)
{
	if (*reader->at == '\n')
		return h1_refuse(reader, H1_BARE_LF);
	return h1_refuse(reader, *reader->at == '\r' ? H1_LONE_CR : otherwise);
}

static enum h1_result at_start(struct h1_reader *reader)
{
	if (*reader->at == '\r') {
		reader->at++;
		return to(reader, H1_AT_START_LF);
	}
	reader->first = reader->at;
	return to(reader, H1_IN_METHOD);
}

static enum h1_result at_start_lf(struct h1_reader *reader)
{
	if (*reader->at != '\n')
		return h1_refuse(reader, H1_LONE_CR);
	reader->at++;
	if ((size_t)(reader->at - reader->base) > 2 * (size_t)reader->limits->empty_lines)
		return h1_refuse(reader, H1_EMPTY_LINES);
	return to(reader, H1_AT_START);
}

static enum h1_result in_method(struct h1_reader *reader, const char *end)
{
	struct head *head = reader->head;
	const char *at = reader->at;

	while (at < end && grammar_is(*at, GRAMMAR_TOKEN))
		at++;
	reader->at = at;
	if ((size_t)(at - reader->start) > reader->limits->method)
		return h1_refuse(reader, H1_METHOD_LONG);
	if (at == end)
		return H1_MORE;
	if (*at != ' ' || at == reader->start)
		return odd(reader, H1_METHOD);
	head->method = (struct str){reader->start, (size_t)(at - reader->start)};
	head->method_id = head_method(head->method);
	if (head->method_id == HEAD_METHOD_OTHER && head_method_is_folded(head->method))
		return h1_refuse(reader, H1_METHOD_CASE);
	reader->at++;
	return to(reader, H1_IN_TARGET);
}

static enum h1_result in_target(struct h1_reader *reader, const char *end)
{
	const char *at = reader->at;
	enum h1_fault fault;

	while (at < end && grammar_is(*at, GRAMMAR_TARGET))
		at++;
	reader->at = at;
	if ((size_t)(at - reader->start) > reader->limits->target)
		return h1_refuse(reader, H1_TARGET_LONG);
	if (at == end)
		return H1_MORE;
	/* A line that ends here has no version: HTTP/0.9. */
	if (*at == '\r')
		return h1_refuse(reader, H1_VERSION);
	if (*at != ' ' || at == reader->start)
		return odd(reader, H1_TARGET);
	reader->head->target = (struct str){reader->start, (size_t)(at - reader->start)};
	fault = h1_target_check(reader->head);
	if (fault)
		return h1_refuse(reader, fault);
	reader->at++;
	return to(reader, H1_IN_VERSION);
}

/* "HTTP/" DIGIT "." DIGIT, octet by octet. */
static bool version_fits(const char *start, const char *end)
{
	static const char form[] = "HTTP/d.d";

	for (size_t i = 0; start + i < end; i++) {
		bool digit = start[i] >= '0' && start[i] <= '9';

		if (form[i] == 'd' ? !digit : start[i] != form[i])
			return false;
	}
	return true;
}

enum { VERSION_LEN = 8, STATUS_LEN = VERSION_LEN + 4 };

static enum h1_result version_take(struct h1_reader *reader, enum h1_fault malformed)
{
	const char *start = reader->start;

	if (start[5] != '1')
		return h1_refuse(reader, malformed == H1_VERSION ? H1_VERSION_OTHER : malformed);
	reader->head->version = start[7] == '0' ? ROUTE_HTTP_1_0 : ROUTE_HTTP_1_1;
	return H1_DONE;
}

static enum h1_result in_version(struct h1_reader *reader, const char *end)
{
	const char *stop = reader->start + VERSION_LEN;

	if (!version_fits(reader->start, end < stop ? end : stop))
		return h1_refuse(reader, H1_VERSION);
	if (end < stop) {
		reader->at = end;
		return H1_MORE;
	}
	reader->at = stop;
	if (version_take(reader, H1_VERSION) != H1_DONE)
		return H1_BAD;
	return to(reader, H1_AT_LINE_CR);
}

static enum h1_result in_status(struct h1_reader *reader, const char *end)
{
	const char *start = reader->start, *stop = start + STATUS_LEN;
	const char *version_end = start + VERSION_LEN;

	if (!version_fits(start, end < version_end ? end : version_end))
		return h1_refuse(reader, H1_STATUS_LINE);
	for (const char *at = version_end; at < end && at < stop; at++)
		if (at == version_end ? *at != ' ' : *at < '0' || *at > '9')
			return h1_refuse(reader, H1_STATUS_LINE);
	if (end < stop) {
		reader->at = end;
		return H1_MORE;
	}
	reader->at = stop;
	if (version_take(reader, H1_STATUS_LINE) != H1_DONE)
		return H1_BAD;
	reader->head->status = (unsigned)(stop[-3] - '0') * 100 + (unsigned)(stop[-2] - '0') * 10 +
			       (unsigned)(stop[-1] - '0');
	if (reader->head->status < 100 || reader->head->status > 599)
		return h1_refuse(reader, H1_STATUS);
	return to(reader, H1_IN_REASON);
}

/* The space before the reason may be missing together with it; no client needs the phrase. */
static enum h1_result in_reason(struct h1_reader *reader, const char *end)
{
	if (*reader->start != ' ' && *reader->start != '\r')
		return odd(reader, H1_STATUS_LINE);
	reader->at = scan_value(reader->at, end);
	if (reader->at == end)
		return H1_MORE;
	if (*reader->at != '\r')
		return odd(reader, H1_FIELD_VALUE);
	if (reader->at > reader->start)
		reader->head->reason =
			(struct str){reader->start + 1, (size_t)(reader->at - reader->start - 1)};
	return to(reader, H1_AT_LINE_CR);
}

static enum h1_result at_line_cr(struct h1_reader *reader)
{
	if (*reader->at != '\r')
		return odd(reader, H1_VERSION);
	reader->at++;
	return to(reader, H1_AT_LINE_LF);
}

/* The LF that a CR has announced. */
static enum h1_result line_feed(struct h1_reader *reader, enum h1_state next)
{
	if (*reader->at != '\n')
		return h1_refuse(reader, H1_LONE_CR);
	reader->at++;
	return to(reader, next);
}

static enum h1_result at_field(struct h1_reader *reader)
{
	if (*reader->at == '\r') {
		reader->at++;
		return to(reader, H1_AT_END_LF);
	}
	if (*reader->at == ' ' || *reader->at == '\t')
		return h1_refuse(reader, H1_FIELD_FOLDED);
	return to(reader, H1_IN_NAME);
}

static enum h1_result in_name(struct h1_reader *reader, const char *end)
{
	const char *at = reader->at;

	while (at < end && grammar_is(*at, GRAMMAR_TOKEN))
		at++;
	reader->at = at;
	if (at == end)
		return H1_MORE;
	if (at == reader->start)
		return odd(reader, H1_FIELD_NAME);
	reader->name = (struct str){reader->start, (size_t)(at - reader->start)};
	if (*at == ':') {
		reader->at++;
		return to(reader, H1_BEFORE_VALUE);
	}
	if (*at == ' ' || *at == '\t')
		return reader->response ? to(reader, H1_BEFORE_COLON)
					: h1_refuse(reader, H1_FIELD_BLANK);
	return h1_refuse(reader, *at == '\r' ? H1_FIELD_NO_COLON
					     : (*at == '\n' ? H1_BARE_LF : H1_FIELD_NAME));
}

/* RFC 9112 5.1: a proxy removes blanks there from responses. */
static enum h1_result before_colon(struct h1_reader *reader, const char *end)
{
	while (reader->at < end && (*reader->at == ' ' || *reader->at == '\t'))
		reader->at++;
	if (reader->at == end)
		return H1_MORE;
	if (*reader->at != ':')
		return odd(reader, H1_FIELD_NO_COLON);
	reader->at++;
	return to(reader, H1_BEFORE_VALUE);
}

static enum h1_result before_value(struct h1_reader *reader, const char *end)
{
	while (reader->at < end && (*reader->at == ' ' || *reader->at == '\t'))
		reader->at++;
	return reader->at == end ? H1_MORE : to(reader, H1_IN_VALUE);
}

/* A field is taken where its value ends; should a fold follow, the message is refused anyway. */
static enum h1_result take(struct h1_reader *reader, struct str value)
{
	enum head_name id = head_name(reader->name);

	if (id == HEAD_HOST && reader->response)
		id = HEAD_OTHER;
	if (id == HEAD_HOST) {
		if (reader->hosted)
			return h1_refuse(reader, H1_HOST_TWICE);
		reader->hosted = true;
		reader->host = value;
		return H1_DONE;
	}
	if (reader->head->count == reader->limits->fields)
		return h1_refuse(reader, H1_FIELDS_MANY);
	head_push(reader->head, id, reader->name, value);
	return H1_DONE;
}

static enum h1_result in_value(struct h1_reader *reader, const char *end)
{
	const char *last;

	reader->at = scan_value(reader->at, end);
	if (reader->at == end)
		return H1_MORE;
	if (*reader->at != '\r')
		return odd(reader, H1_FIELD_VALUE);
	for (last = reader->at; last > reader->start; last--)
		if (last[-1] != ' ' && last[-1] != '\t')
			break;
	if (take(reader, (struct str){reader->start, (size_t)(last - reader->start)}) != H1_DONE)
		return H1_BAD;
	reader->at++;
	return to(reader, H1_AT_FIELD_LF);
}

static enum h1_result step(struct h1_reader *reader, const char *end)
{
	switch ((enum h1_state)reader->state) {
	case H1_AT_START:
		return at_start(reader);
	case H1_AT_START_LF:
		return at_start_lf(reader);
	case H1_IN_METHOD:
		return in_method(reader, end);
	case H1_IN_TARGET:
		return in_target(reader, end);
	case H1_IN_VERSION:
		return in_version(reader, end);
	case H1_IN_STATUS:
		return in_status(reader, end);
	case H1_IN_REASON:
		return in_reason(reader, end);
	case H1_AT_LINE_CR:
		return at_line_cr(reader);
	case H1_AT_LINE_LF:
	case H1_AT_FIELD_LF:
		return line_feed(reader, H1_AT_FIELD);
	case H1_AT_FIELD:
		return at_field(reader);
	case H1_IN_NAME:
		return in_name(reader, end);
	case H1_BEFORE_COLON:
		return before_colon(reader, end);
	case H1_BEFORE_VALUE:
		return before_value(reader, end);
	case H1_IN_VALUE:
		return in_value(reader, end);
	case H1_AT_END_LF:
		return line_feed(reader, H1_AT_END);
	case H1_AT_END:
		break;
	}
	return H1_MORE;
}

enum h1_result h1_fields_read(struct h1_reader *reader, const char *bytes, size_t len)
{
	enum h1_result result = H1_DONE;

	if (!reader->base)
		reader->base = reader->at = reader->start = bytes;
	else if (reader->base != bytes)
		rebase(reader, bytes);
	while (result == H1_DONE && reader->state != H1_AT_END && reader->at < bytes + len)
		result = step(reader, bytes + len);
	if (result == H1_BAD)
		return H1_BAD;
	return reader->state == H1_AT_END ? H1_DONE : H1_MORE;
}

/* ---- heads ---- */

static enum h1_result read_head(struct h1_reader *reader, const char *bytes, size_t len)
{
	size_t most = reader->limits->head;
	enum h1_result result;

	if (reader->fault)
		return H1_BAD;
	result = h1_fields_read(reader, bytes, len < most ? len : most);
	if (result == H1_MORE && len >= most)
		return h1_refuse(reader,
				 reader->state == H1_IN_TARGET ? H1_TARGET_LONG : H1_HEAD_LARGE);
	if (result == H1_DONE)
		reader->used = (size_t)(reader->at - bytes);
	return result;
}

enum h1_result h1_request_read(struct h1_reader *reader, const char *bytes, size_t len)
{
	enum h1_result result = read_head(reader, bytes, len);
	enum h1_fault fault;

	if (result != H1_DONE)
		return result;
	fault = h1_request_check(reader);
	return fault ? h1_refuse(reader, fault) : H1_DONE;
}

enum h1_result h1_response_read(struct h1_reader *reader, const char *bytes, size_t len)
{
	enum h1_result result = read_head(reader, bytes, len);
	enum h1_fault fault;

	if (result != H1_DONE)
		return result;
	fault = h1_response_check(reader);
	return fault ? h1_refuse(reader, fault) : H1_DONE;
}
