/* fuzz_chunked.c - the chunked coding alone, against a decoder that was written to be read.
 *
 * The first octet of the input says how to cut.
 */
#include <stdlib.h>

#include "base/bug.h"
#include "base/buf.h"
#include "pieces.h"
#include "proxy/h1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct decoded {
	enum h1_result result;
	struct buf content;
	size_t used;
};

static void decode(struct decoded *to, struct str bytes, uint64_t seed)
{
	struct arena arena;
	struct head head;
	struct h1_body body;
	struct h1_piece piece;

	*to = (struct decoded){.result = H1_MORE};
	buf_init(&to->content);
	arena_init(&arena);
	head_init(&head, &arena);
	head.body = HEAD_CHUNKED;
	h1_body_start(&body, &head, false, NULL);
	while (to->result == H1_MORE && to->used < bytes.len) {
		size_t left = bytes.len - to->used, len = seed ? piece_next(&seed, left) : left;
		char *at = malloc(len);

		memcpy(at, bytes.at + to->used, len);
		to->result = h1_body_read(&body, at, len, &piece);
		buf_str(&to->content, piece.data);
		to->used += piece.used;
		free(at);
	}
	arena_finish(&arena);
}

/* ---- the other decoder: whole lines only ---- */

static struct str line(struct str *rest)
{
	size_t end = str_find_str(*rest, "\r\n");
	struct str line;

	BUG_UNLESS(end != SIZE_MAX);
	line = str_sub(*rest, 0, end);
	*rest = str_from_pos(*rest, end + 2);
	BUG_UNLESS(str_find(line, '\n') == SIZE_MAX && str_find(line, '\r') == SIZE_MAX);
	return line;
}

static size_t size_of(struct str line)
{
	char text[20] = {0}, *end;
	size_t semicolon = str_find(line, ';');

	line = str_trim(str_sub(line, 0, semicolon));
	BUG_UNLESS(line.len && line.len <= 16);
	memcpy(text, line.at, line.len);
	BUG_UNLESS(strspn(text, "0123456789abcdefABCDEF") == line.len);
	return (size_t)strtoull(text, &end, 16);
}

/* What was accepted is that, and nothing else. */
static void check(const struct decoded *decoded, struct str bytes)
{
	struct str rest = str_sub(bytes, 0, decoded->used), content = buf_slice(&decoded->content);
	size_t size;

	while ((size = size_of(line(&rest)))) {
		BUG_UNLESS(size <= rest.len && size <= content.len);
		BUG_UNLESS(str_eq(str_sub(rest, 0, size), str_sub(content, 0, size)));
		rest = str_from_pos(rest, size);
		content = str_from_pos(content, size);
		BUG_UNLESS(line(&rest).len == 0);
	}
	BUG_UNLESS(!content.len);
	while (line(&rest).len)
		;
	BUG_UNLESS(!rest.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoded whole, cut;
	struct str bytes = {(const char *)data + 1, size - 1};

	if (!size)
		return 0;
	decode(&whole, bytes, 0);
	decode(&cut, bytes, 1 + data[0]);
	BUG_UNLESS(whole.result == cut.result);
	BUG_UNLESS(str_eq(buf_slice(&whole.content), buf_slice(&cut.content)));
	if (whole.result == H1_DONE) {
		BUG_UNLESS(whole.used == cut.used);
		check(&whole, bytes);
	}
	buf_finish(&whole.content);
	buf_finish(&cut.content);
	return 0;
}
