/* Content: by length, in chunks, up to the end of the connection. */
#include "proxy/h1_parts.h"

/* A chunk line is walked with a table; the other states are counters. */
enum body_state {
	/* of the chunk line, columns of `steps` */
	IN_SIZE,
	AFTER_SIZE, /* blanks, after which only an extension may come */
	NAME_FIRST,
	IN_NAME,
	AFTER_NAME,
	VALUE_FIRST,
	IN_VALUE,
	IN_QUOTED,
	ESCAPED,
	AFTER_QUOTED,
	AFTER_VALUE,
	LINE_STATES,

	LINE_LF = LINE_STATES,
	IN_DATA, /* `left` bytes, also of a body with a length */
	DATA_CR,
	DATA_LF,
	IN_TRAILERS,
	UNTIL_CLOSE,
	AT_END,
	NONE, /* a fault */
};

enum octet { OF_TOKEN, SEMICOLON, EQUALS, QUOTE, BACKSLASH, BLANK, CR, OF_VALUE, OCTETS };

/* chunk-ext of RFC 9112 7.1.1, with the blanks that recipients have to take. A quoted value cannot hold a line
 * end. Unknown extensions are all there are: they are read to find their end. */
static const uint8_t steps[LINE_STATES][OCTETS] = {
	/* in the order of enum octet: token ; = " \\ blank CR other */
	[IN_SIZE] = {NONE, NAME_FIRST, NONE, NONE, NONE, AFTER_SIZE, LINE_LF, NONE},
	[AFTER_SIZE] = {NONE, NAME_FIRST, NONE, NONE, NONE, AFTER_SIZE, NONE, NONE},
	[NAME_FIRST] = {IN_NAME, NONE, NONE, NONE, NONE, NAME_FIRST, NONE, NONE},
	[IN_NAME] = {IN_NAME, NAME_FIRST, VALUE_FIRST, NONE, NONE, AFTER_NAME, LINE_LF, NONE},
	[AFTER_NAME] = {NONE, NAME_FIRST, VALUE_FIRST, NONE, NONE, AFTER_NAME, NONE, NONE},
	[VALUE_FIRST] = {IN_VALUE, NONE, NONE, IN_QUOTED, NONE, VALUE_FIRST, NONE, NONE},
	[IN_VALUE] = {IN_VALUE, NAME_FIRST, NONE, NONE, NONE, AFTER_VALUE, LINE_LF, NONE},
	[IN_QUOTED] = {IN_QUOTED, IN_QUOTED, IN_QUOTED, AFTER_QUOTED, ESCAPED, IN_QUOTED, NONE,
		       IN_QUOTED},
	[ESCAPED] = {IN_QUOTED, IN_QUOTED, IN_QUOTED, IN_QUOTED, IN_QUOTED, IN_QUOTED, NONE,
		     IN_QUOTED},
	[AFTER_QUOTED] = {NONE, NAME_FIRST, NONE, NONE, NONE, AFTER_VALUE, LINE_LF, NONE},
	[AFTER_VALUE] = {NONE, NAME_FIRST, NONE, NONE, NONE, AFTER_VALUE, NONE, NONE},
};

static enum octet octet_of(char c)
{
	switch (c) {
	case ';':
		return SEMICOLON;
	case '=':
		return EQUALS;
	case '"':
		return QUOTE;
	case '\\':
		return BACKSLASH;
	case ' ':
	case '\t':
		return BLANK;
	case '\r':
		return CR;
	default:
		break;
	}
	if (grammar_is(c, GRAMMAR_TOKEN))
		return OF_TOKEN;
	return grammar_is(c, GRAMMAR_VALUE) ? OF_VALUE : OCTETS;
}

static void begin_line(struct h1_body *body)
{
	body->state = IN_SIZE;
	body->left = 0;
	body->digits = 0;
	body->line = 0;
}

void h1_body_start(struct h1_body *body, const struct head *head, bool response,
		   const struct h1_limits *limits)
{
	*body = (struct h1_body){.limits = limits ? limits : &h1_limits,
				 .kind = head->body,
				 .response = response,
				 .state = AT_END};
	head_init(&body->trailers, head->arena);
	if (head->body == HEAD_CHUNKED) {
		begin_line(body);
	} else if (head->body == HEAD_UNTIL_CLOSE) {
		body->state = UNTIL_CLOSE;
	} else if (head->body == HEAD_LENGTH) {
		body->state = IN_DATA;
		body->left = head->length;
	}
}

uint64_t h1_body_left(const struct h1_body *body)
{
	return body->state == IN_DATA ? body->left : 0;
}

/* ---- chunk lines ---- */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return grammar_is(c, GRAMMAR_HEX) ? (c | 0x20) - 'a' + 10 : -1;
}

/* At most 16 digits, so that nothing wraps; a size above INT64_MAX is no size. */
static enum h1_fault take_digit(struct h1_body *body, int digit)
{
	if (++body->digits > 16 || body->left > (uint64_t)INT64_MAX >> 4)
		return H1_CHUNK_SIZE;
	body->left = body->left << 4 | (unsigned)digit;
	return H1_OK;
}

static enum h1_fault line_octet(struct h1_body *body, char c)
{
	int digit = body->state == IN_SIZE ? digit_of(c) : -1;
	enum octet octet = octet_of(c);

	if (digit >= 0)
		return take_digit(body, digit);
	if (!body->digits)
		return H1_CHUNK_SIZE;
	if (octet == OCTETS || steps[body->state][octet] == NONE)
		return body->state == IN_SIZE && octet == OF_TOKEN ? H1_CHUNK_SIZE : H1_CHUNK_LINE;
	body->state = steps[body->state][octet];
	if (body->state != LINE_LF && ++body->extensions > body->limits->extensions)
		return H1_CHUNK_LINE;
	return ++body->line > body->limits->chunk_line ? H1_CHUNK_LINE : H1_OK;
}

static enum h1_fault end_line(struct h1_body *body, char c)
{
	if (c != '\n')
		return H1_CHUNK_LINE;
	body->state = body->left ? IN_DATA : IN_TRAILERS;
	return H1_OK;
}

static enum h1_fault end_chunk(struct h1_body *body, char c)
{
	if (c != (body->state == DATA_CR ? '\r' : '\n'))
		return H1_CHUNK_END;
	if (body->state == DATA_CR)
		body->state = DATA_LF;
	else
		begin_line(body);
	return H1_OK;
}

static enum h1_fault framing_octet(struct h1_body *body, char c)
{
	if (body->state < LINE_STATES)
		return line_octet(body, c);
	return body->state == LINE_LF ? end_line(body, c) : end_chunk(body, c);
}

/* ---- trailers ---- */

/* The section is kept in the arena, since its bytes come with any number of reads. */
static void keep(struct h1_body *body, const char *bytes, size_t len)
{
	uint32_t room = body->section_room ? body->section_room : 256;
	char *section;

	while (room - body->section_len < len)
		room *= 2;
	if (room != body->section_room) {
		section = arena_bytes(body->trailers.arena, room);
		if (body->section_len)
			memcpy(section, body->section, body->section_len);
		body->section = section;
		body->section_room = room;
	}
	memcpy(body->section + body->section_len, bytes, len);
	body->section_len += (uint32_t)len;
}

static enum h1_fault read_trailers(struct h1_body *body, const char *bytes, size_t len,
				   size_t *used)
{
	size_t before = body->section_len, most = body->limits->trailers;
	size_t part = len < most - before ? len : most - before;
	enum h1_result result;

	if (!before)
		body->fields = (struct h1_reader){.head = &body->trailers,
						  .limits = body->limits,
						  .state = H1_AT_FIELD,
						  .response = body->response};
	keep(body, bytes, part);
	result = h1_fields_read(&body->fields, body->section, body->section_len);
	*used = part;
	if (result == H1_BAD)
		return body->fields.fault == H1_FIELDS_MANY ? H1_TRAILERS_LARGE : H1_TRAILER;
	if (result == H1_MORE)
		return body->section_len == most ? H1_TRAILERS_LARGE : H1_OK;
	*used = (size_t)(body->fields.at - body->section) - before;
	body->state = AT_END;
	return (head_sift_trailers(&body->trailers) && !body->fields.hosted) || body->response
		       ? H1_OK
		       : H1_TRAILER;
}

/* ---- all of it ---- */

static size_t take_data(struct h1_body *body, size_t len)
{
	if (body->state == UNTIL_CLOSE)
		return len;
	if (len > body->left)
		len = (size_t)body->left;
	body->left -= len;
	if (!body->left)
		body->state = body->kind == HEAD_CHUNKED ? DATA_CR : AT_END;
	return len;
}

/* Puts content behind what was found before. The first piece stays where it is. */
static void gather(struct h1_piece *piece, char *at, size_t len)
{
	if (!piece->data.len)
		piece->data.at = at;
	else
		memmove((char *)piece->data.at + piece->data.len, at, len);
	piece->data.len += len;
}

static enum h1_fault read_some(struct h1_body *body, char *bytes, size_t len,
			       struct h1_piece *piece)
{
	size_t part;
	enum h1_fault fault;

	if (body->state == IN_DATA || body->state == UNTIL_CLOSE) {
		part = take_data(body, len);
		gather(piece, bytes, part);
		piece->used += part;
		return H1_OK;
	}
	if (body->state == IN_TRAILERS) {
		fault = read_trailers(body, bytes, len, &part);
		piece->used += part;
		return fault;
	}
	piece->used++;
	return framing_octet(body, *bytes);
}

enum h1_result h1_body_read(struct h1_body *body, char *bytes, size_t len, struct h1_piece *piece)
{
	*piece = (struct h1_piece){0};
	while (!body->fault && body->state != AT_END && piece->used < len)
		body->fault = read_some(body, bytes + piece->used, len - piece->used, piece);
	if (body->fault)
		return H1_BAD;
	return body->state == AT_END ? H1_DONE : H1_MORE;
}

enum h1_result h1_body_closed(struct h1_body *body)
{
	if (body->state == UNTIL_CLOSE)
		body->state = AT_END;
	if (!body->fault && body->state != AT_END)
		body->fault = H1_CUT_SHORT;
	return body->fault ? H1_BAD : H1_DONE;
}
