#include "h1_case.h"

#include <stdlib.h>

#include "base/bug.h"
#include "pieces.h"

static size_t next(uint64_t *seed, size_t left)
{
	return *seed && left ? piece_next(seed, left) : left;
}

static char *copy(struct str bytes)
{
	char *at = malloc(bytes.len ? bytes.len : 1);

	if (!at)
		bug_out_of_memory(bytes.len);
	if (bytes.len)
		memcpy(at, bytes.at, bytes.len);
	return at;
}

static void read_head(struct h1_case *one, struct str bytes, bool response, struct h1_asked asked,
		      uint64_t *seed)
{
	struct h1_reader reader;
	size_t len = 0;

	head_init(&one->head, &one->arena);
	if (response)
		h1_response_start(&reader, &one->head, NULL, asked);
	else
		h1_request_start(&reader, &one->head, NULL);
	do {
		char *before = one->bytes;

		len += next(seed, bytes.len - len);
		one->bytes = copy(str_sub(bytes, 0, len));
		one->result = response ? h1_response_read(&reader, one->bytes, len)
				       : h1_request_read(&reader, one->bytes, len);
		free(before);
	} while (one->result == H1_MORE && len < bytes.len);
	one->fault = reader.fault;
	one->headed = one->result == H1_DONE;
	one->head_len = one->len = reader.used;
}

static void read_content(struct h1_case *one, struct str bytes, bool response, uint64_t *seed)
{
	struct h1_body body;
	struct h1_piece piece;

	h1_body_start(&body, &one->head, response, NULL);
	do {
		size_t len = next(seed, bytes.len - one->len);
		char *at = copy(str_sub(bytes, one->len, len));

		one->result = h1_body_read(&body, at, len, &piece);
		BUG_UNLESS(piece.used <= len && piece.data.len <= piece.used);
		BUG_UNLESS(!piece.data.len ||
			   (piece.data.at >= at && piece.data.at + piece.data.len <= at + len));
		BUG_UNLESS(one->result != H1_MORE || piece.used == len);
		buf_str(&one->content, piece.data);
		one->len += piece.used;
		free(at);
	} while (one->result == H1_MORE && one->len < bytes.len);
	if (one->result == H1_MORE && one->head.body == HEAD_UNTIL_CLOSE)
		one->result = h1_body_closed(&body);
	one->fault = body.fault;
	one->trailers = body.trailers;
}

void h1_case_read(struct h1_case *one, struct str bytes, bool response, struct h1_asked asked,
		  uint64_t seed)
{
	*one = (struct h1_case){0};
	arena_init(&one->arena);
	buf_init(&one->content);
	read_head(one, bytes, response, asked, &seed);
	if (one->headed)
		read_content(one, bytes, response, &seed);
	BUG_UNLESS((one->result == H1_BAD) == (one->fault != H1_OK));
}

void h1_case_finish(struct h1_case *one)
{
	free(one->bytes);
	buf_finish(&one->content);
	arena_finish(&one->arena);
}

static void same_fields(const struct head *a, const struct head *b)
{
	BUG_UNLESS(a->count == b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		BUG_UNLESS(a->ids[i] == b->ids[i]);
		BUG_UNLESS(str_eq(a->fields[i].name, b->fields[i].name));
		BUG_UNLESS(str_eq(a->fields[i].value, b->fields[i].value));
	}
}

void h1_case_same(const struct h1_case *a, const struct h1_case *b)
{
	BUG_UNLESS(a->result == b->result && a->fault == b->fault && a->headed == b->headed);
	BUG_UNLESS(str_eq(buf_slice(&a->content), buf_slice(&b->content)));
	if (!a->headed)
		return;
	BUG_UNLESS(a->head_len == b->head_len);
	BUG_UNLESS(a->result == H1_BAD || a->len == b->len);
	BUG_UNLESS(str_eq(a->head.method, b->head.method));
	BUG_UNLESS(str_eq(a->head.target, b->head.target));
	BUG_UNLESS(str_eq(a->head.authority, b->head.authority));
	BUG_UNLESS(a->head.status == b->head.status && a->head.body == b->head.body);
	same_fields(&a->head, &b->head);
	if (a->result == H1_DONE)
		same_fields(&a->trailers, &b->trailers);
}

void h1_case_plain(const struct h1_case *one, struct str bytes)
{
	struct str head = str_sub(bytes, 0, one->head_len);
	size_t start = 0, lines = 0;

	while (str_starts(str_from_pos(head, start), "\r\n"))
		start += 2;
	head = str_from_pos(head, start);
	BUG_UNLESS(str_find_str(head, "\r\n\r\n") == head.len - 4);
	for (size_t i = 0; i < head.len; i++) {
		bool cr = i && head.at[i - 1] == '\r';

		BUG_UNLESS(head.at[i] && (head.at[i] == '\n') == cr);
		lines += head.at[i] == '\n';
		if (cr && i + 1 < head.len)
			BUG_UNLESS(!memchr(" \t:", head.at[i + 1], 3));
	}
	/* The start line and the empty one are none; Host is kept apart. */
	BUG_UNLESS(lines - 2 == one->head.count ||
		   (lines - 3 == one->head.count && one->head.authority.at));
}
