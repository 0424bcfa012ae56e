/* Fields of HTTP/2 and struct head. */
#include <stddef.h>

#include "base/bug.h"
#include "proxy/grammar.h"
#include "proxy/h1.h"
#include "proxy/h2_parts.h"

enum { FIELD_COST = 32 }; /* RFC 9113 6.5.2 */

/* ---- receiving ---- */

void h2_section_begin(struct h2_stream *stream)
{
	struct arena *arena = stream->head->arena;

	stream->section = (struct h2_section){0};
	head_init(stream->headed ? &stream->trailers : stream->head, arena);
}

static struct str *pseudo(struct h2_section *section, struct str name)
{
	static const struct {
		struct str name;
		size_t at;
	} rows[] = {
		{STR_INIT(":method"), offsetof(struct h2_section, method)},
		{STR_INIT(":scheme"), offsetof(struct h2_section, scheme)},
		{STR_INIT(":path"), offsetof(struct h2_section, path)},
		{STR_INIT(":authority"), offsetof(struct h2_section, authority)},
		{STR_INIT(":protocol"), offsetof(struct h2_section, protocol)},
		{STR_INIT(":status"), offsetof(struct h2_section, status)},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq(name, rows[i].name))
			return (struct str *)(void *)((char *)section + rows[i].at);
	return NULL;
}

/* Host is kept apart, as :authority; which of the two counts is decided at the end. */
static void take(struct h2_stream *stream, struct head *head, struct str name, struct str value)
{
	struct h2_section *section = &stream->section;
	enum head_name id = head_name(name);

	if (id == HEAD_HOST) {
		section->malformed |=
			section->host.at || (stream->headed && stream->h2->config.server);
		section->host = value;
		return;
	}
	head_push(head, id, id == HEAD_OTHER ? str_dup(head->arena, name) : head_names[id].text,
		  value);
}

void h2_section_field(struct h2_stream *stream, struct str name, struct str value)
{
	struct h2_section *section = &stream->section;
	const struct h2_limits *limits = stream->h2->limits;
	struct head *head = stream->headed ? &stream->trailers : stream->head;
	struct str *to;

	if (section->bytes <= limits->head)
		section->bytes += (uint32_t)(name.len + value.len) + FIELD_COST;
	if (section->bytes > limits->head || ++section->fields > limits->fields)
		return;
	if (!grammar_is_value(value)) {
		section->malformed = true;
		return;
	}
	value = str_dup(head->arena, value);
	to = name.len && name.at[0] == ':' ? pseudo(section, name) : NULL;
	if (to)
		*to = value;
	else if (grammar_is_token(name))
		take(stream, head, name, value);
	else
		section->malformed = true;
}

/* ---- requests ---- */

#define MALFORMED ((struct h2_verdict){.malformed = true})
#define REFUSED(code, text) ((struct h2_verdict){.status = (code), .why = (text)})
#define IN_ORDER ((struct h2_verdict){0})

/* As for HTTP/1 (h1_faults), but what RFC 9113 8.1.1 calls malformed resets the stream. */
static struct h2_verdict refused_as(enum h1_fault fault)
{
	return REFUSED(h1_faults[fault].status, h1_faults[fault].text);
}

static struct h2_verdict check_method(struct h2_stream *stream)
{
	struct head *head = stream->head;

	head->method = stream->section.method;
	if (!grammar_is_token(head->method))
		return MALFORMED;
	head->method_id = head_method(head->method);
	if (head->method.len > h1_limits.method)
		return refused_as(H1_METHOD_LONG);
	if (head->method_id == HEAD_METHOD_OTHER && head_method_is_folded(head->method))
		return refused_as(H1_METHOD_CASE);
	if (head->method_id != HEAD_METHOD_CONNECT)
		return IN_ORDER;
	if (!stream->section.protocol.at)
		return refused_as(H1_CONNECT);
	if (!str_is(stream->section.protocol, "websocket"))
		return REFUSED(501, "the protocol of an extended CONNECT is not websocket");
	return IN_ORDER;
}

static struct h2_verdict check_target(struct h2_stream *stream)
{
	struct head *head = stream->head;
	struct str scheme = stream->section.scheme, path = stream->section.path;

	if (!scheme.len || !grammar_all(scheme, GRAMMAR_HOST))
		return MALFORMED;
	if (!str_is_nocase(scheme, "http") && !str_is_nocase(scheme, "https"))
		return refused_as(H1_SCHEME);
	if (!path.len || !grammar_all(path, GRAMMAR_TARGET))
		return MALFORMED;
	if (path.at[0] != '/' && !(str_is(path, "*") && head->method_id == HEAD_METHOD_OPTIONS))
		return MALFORMED;
	if (path.len > stream->h2->limits->target)
		return refused_as(H1_TARGET_LONG);
	if (path.at[0] == '/' && !grammar_is_path(path))
		return refused_as(H1_TARGET);
	head->scheme = scheme;
	head->target = path;
	return IN_ORDER;
}

/* RFC 9113 8.3.1: Host beside :authority has to say the same. */
static struct h2_verdict check_authority(struct h2_stream *stream)
{
	struct h2_section *section = &stream->section;
	struct str authority = section->authority.at ? section->authority : section->host;

	if (section->authority.at && section->host.at &&
	    !str_eq_nocase(section->authority, section->host))
		return MALFORMED;
	if (!authority.at)
		return refused_as(H1_HOST_MISSING);
	if (!grammar_is_authority(authority))
		return MALFORMED;
	stream->head->authority = authority;
	return IN_ORDER;
}

/* RFC 9113 8.2.3. */
static void join_cookies(struct head *head)
{
	uint32_t first = head_find(head, HEAD_COOKIE, 0);
	uint32_t i = head_find(head, HEAD_COOKIE, first + 1);
	struct str joined = head_value(head, HEAD_COOKIE);

	if (i >= head->count)
		return;
	for (; i < head->count; i = head_find(head, HEAD_COOKIE, i + 1))
		joined = STR_JOIN(head->arena, joined, STR("; "), head->fields[i].value);
	head_set_known(head, HEAD_COOKIE, joined);
}

/* A length of 0 without the end of the stream has yet to be kept: written as it is, a backend would take the
 * request for complete (h2-cl-too-small). */
static void take_framing(struct head *head, bool last)
{
	head->has_length = grammar_number(head_value(head, HEAD_CONTENT_LENGTH), &head->length);
	if (last)
		head->body = HEAD_NO_BODY;
	else
		head->body = head->has_length && head->length ? HEAD_LENGTH : HEAD_CHUNKED;
	head->version = ROUTE_HTTP_2;
	head->persists = true;
}

/* An extended CONNECT becomes the GET that stands for it in HTTP/1.1, with a key, which HTTP/2 has not. */
static void take_websocket(struct h2_stream *stream)
{
	struct head *head = stream->head;
	struct str key = websocket_key(arena_bytes(head->arena, WEBSOCKET_KEY + 1));

	stream->websocket = head->websocket = true;
	head->method = STR("GET");
	head->method_id = HEAD_METHOD_GET;
	head->body = HEAD_NO_BODY;
	head->has_length = false;
	head_set_known(head, HEAD_SEC_WEBSOCKET_KEY, key);
	websocket_accept(key, stream->accept);
}

static struct h2_verdict finish_request(struct h2_stream *stream, bool last)
{
	static struct h2_verdict (*const checks[])(struct h2_stream *) = {
		check_method, check_target, check_authority};
	struct head *head = stream->head;
	struct h2_verdict verdict = IN_ORDER;

	take_framing(head, last);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		verdict = checks[i](stream);
		if (verdict.malformed || verdict.status)
			return verdict;
	}
	join_cookies(head);
	head_read_te(head);
	head_read_expect(head);
	if (stream->section.protocol.at)
		take_websocket(stream);
	return verdict;
}

/* ---- responses ---- */

static void grant_websocket(struct h2_stream *stream)
{
	struct head *head = stream->head;

	head->websocket = true;
	head->status = 101;
	head->body = HEAD_NO_BODY;
	head->has_length = false;
	head_set_known(head, HEAD_SEC_WEBSOCKET_ACCEPT, str_from(stream->accept));
}

static struct h2_verdict finish_response(struct h2_stream *stream, bool last)
{
	struct head *head = stream->head;
	uint64_t status = 0;

	take_framing(head, last);
	if (stream->section.status.len != 3 || !grammar_number(stream->section.status, &status) ||
	    status < 100 || status > 599 || status == 101)
		return MALFORMED;
	head->status = (unsigned)status;
	if (status < 200 || status == 204 || status == 304 || stream->asked == HEAD_METHOD_HEAD)
		head->body = HEAD_NO_BODY;
	if (status < 200 || status == 204)
		head->has_length = false;
	if (stream->websocket && status >= 200 && status < 300)
		grant_websocket(stream);
	return IN_ORDER;
}

struct h2_verdict h2_section_end(struct h2_stream *stream, bool last)
{
	struct h2_section *section = &stream->section;
	bool server = stream->h2->config.server;

	if (section->malformed)
		return MALFORMED;
	if (section->bytes > stream->h2->limits->head)
		return stream->headed || !server ? MALFORMED : refused_as(H1_HEAD_LARGE);
	if (section->fields > stream->h2->limits->fields)
		return stream->headed || !server ? MALFORMED : refused_as(H1_FIELDS_MANY);
	if (stream->headed)
		return head_sift_trailers(&stream->trailers) || !server ? IN_ORDER : MALFORMED;
	return server ? finish_request(stream, last) : finish_response(stream, last);
}

/* ---- sending ---- */

static void add(struct h2_list *list, struct str name, struct str value)
{
	/* nghttp2 copies both, and makes names lower-case. */
	list->at[list->count++] = (nghttp2_nv){.name = (uint8_t *)name.at,
					       .value = (uint8_t *)value.at,
					       .namelen = name.len,
					       .valuelen = value.len};
}

enum { LIST_MORE = 8 }; /* pseudo-fields, content-length, te */

static struct h2_list list_new(const struct head *head)
{
	size_t room = head->count + LIST_MORE;

	return (struct h2_list){.at = arena_alloc(head->arena, room * sizeof(nghttp2_nv))};
}

static void add_fields(struct h2_list *list, const struct head *head, bool websocket)
{
	for (uint32_t i = 0; i < head->count; i++) {
		bool handshake = head->ids[i] == HEAD_SEC_WEBSOCKET_KEY ||
				 head->ids[i] == HEAD_SEC_WEBSOCKET_ACCEPT;

		if (!head_goes_on(head, i) || (websocket && handshake))
			continue;
		BUG_UNLESS(grammar_is_token(head->fields[i].name) &&
			   grammar_is_value(head->fields[i].value));
		add(list, head->fields[i].name, head->fields[i].value);
	}
}

static void add_length(struct h2_list *list, const struct head *head)
{
	char *text;

	if (!head->has_length || head->body == HEAD_CHUNKED || head->body == HEAD_UNTIL_CLOSE)
		return;
	text = arena_bytes(head->arena, STR_DIGITS);
	add(list, head_names[HEAD_CONTENT_LENGTH].lower, str_digits(text, head->length));
}

struct h2_list h2_list_request(const struct head *head, struct str target)
{
	struct h2_list list = list_new(head);

	add(&list, STR(":method"), head->websocket ? STR("CONNECT") : head->method);
	if (head->websocket)
		add(&list, STR(":protocol"), STR("websocket"));
	add(&list, STR(":scheme"), head->scheme.len ? head->scheme : STR("http"));
	if (head->authority.len)
		add(&list, STR(":authority"), head->authority);
	add(&list, STR(":path"), target.len ? target : head->target);
	add_fields(&list, head, head->websocket);
	add_length(&list, head);
	if (head->trailers)
		add(&list, head_names[HEAD_TE].lower, STR("trailers"));
	return list;
}

struct h2_list h2_list_answer(const struct head *head, unsigned status)
{
	struct h2_list list = list_new(head);
	char *text = arena_bytes(head->arena, STR_DIGITS);

	add(&list, STR(":status"), str_digits(text, status));
	add_fields(&list, head, head->websocket);
	if (status >= 200 && status != 204)
		add_length(&list, head);
	return list;
}

struct h2_list h2_list_trailers(const struct head *trailers)
{
	struct h2_list list = list_new(trailers);

	add_fields(&list, trailers, false);
	return list;
}
