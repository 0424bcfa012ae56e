/* fuzz_h2.c - an HTTP/2 session, as a server and as a client, whose peer says anything.
 *
 * The first octet says which side, the second how to cut; the rest are frames. Whatever the peer does, the owner is told
 * of a stream in order (head, content, end, closed once), heads are in order, and output stays bounded. The owner
 * answers, holds, resets and ends by the numbers it sees.
 */
#include <stdlib.h>

#include "base/bug.h"
#include "pieces.h"
#include "proxy/grammar.h"
#include "proxy/h2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STREAMS = 200 };

struct side {
	uint64_t seed;
	unsigned open;
};

struct one {
	struct arena arena;
	struct head head;
	bool headed, ended, refused, answered;
};

static unsigned chance(struct side *side, unsigned of)
{
	side->seed = side->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(side->seed >> 33) % of;
}

static struct one *one_new(struct side *side)
{
	struct one *one = calloc(1, sizeof *one);

	arena_init(&one->arena);
	head_init(&one->head, &one->arena);
	side->open++;
	return one;
}

static struct head *begin(struct h2 *h2, struct h2_stream *stream)
{
	struct side *side = h2_owner(h2);
	struct one *one;

	if (!chance(side, 16))
		return NULL;
	one = one_new(side);
	h2_set_user(stream, one);
	return &one->head;
}

static void check_head(const struct head *head)
{
	for (uint32_t i = 0; i < head->count; i++) {
		BUG_UNLESS(grammar_is_token(head->fields[i].name));
		BUG_UNLESS(grammar_is_value(head->fields[i].value));
		BUG_UNLESS(head->ids[i] != HEAD_HOST);
	}
	if (head->status) {
		BUG_UNLESS(head->status >= 100 && head->status <= 599);
		return;
	}
	BUG_UNLESS(grammar_is_token(head->method) && grammar_is_authority(head->authority));
	BUG_UNLESS(head->method_id != HEAD_METHOD_CONNECT);
	BUG_UNLESS(str_is(head->target, "*") || grammar_is_path(head->target));
	BUG_UNLESS(grammar_all(head->target, GRAMMAR_TARGET));
}

static void answer(struct h2 *h2, struct h2_stream *stream, unsigned status)
{
	struct side *side = h2_owner(h2);
	struct one *one = h2_user(stream);
	struct head *head = arena_new(&one->arena, struct head);
	static char lump[100 * 1024];

	head_init(head, &one->arena);
	head_add(head, STR("X-A"), STR("b"));
	head->status = status;
	one->answered = true;
	if (!chance(side, 3)) {
		h2_answer(stream, head, true);
		return;
	}
	h2_answer(stream, head, false);
	h2_send(stream, (struct str){lump, chance(side, sizeof lump)});
	h2_end(stream, chance(side, 2) ? NULL : head);
}

static void head(struct h2 *h2, struct h2_stream *stream)
{
	struct side *side = h2_owner(h2);
	struct one *one = h2_user(stream);

	BUG_UNLESS(!one->headed && !one->ended && !one->refused);
	check_head(&one->head);
	one->headed = one->head.status == 0 || one->head.status >= 200 || one->head.status == 101;
	if (one->head.status)
		return;
	switch (chance(side, 4)) {
	case 0:
		answer(h2, stream, 200);
		break;
	case 1:
		h2_reset(stream, H2_CANCEL);
		break;
	default:
		break;
	}
}

static void refused(struct h2 *h2, struct h2_stream *stream, unsigned status, const char *why)
{
	struct one *one = h2_user(stream);

	BUG_UNLESS(!one->headed && status >= 400 && *why);
	one->headed = one->refused = true;
	answer(h2, stream, status);
}

static bool data(struct h2 *h2, struct h2_stream *stream, struct str bytes)
{
	struct side *side = h2_owner(h2);
	struct one *one = h2_user(stream);

	(void)bytes;
	BUG_UNLESS(one->headed && !one->ended);
	switch (chance(side, 8)) {
	case 0:
		h2_reset(stream, H2_CANCEL);
		return true;
	case 1:
	case 2:
		return false;
	case 3:
		h2_resume(stream);
		return true;
	default:
		return true;
	}
}

static void end(struct h2 *h2, struct h2_stream *stream, const struct head *trailers)
{
	struct one *one = h2_user(stream);

	BUG_UNLESS(one->headed && !one->ended);
	one->ended = true;
	if (trailers)
		check_head(&(struct head){.fields = trailers->fields,
					  .ids = trailers->ids,
					  .count = trailers->count,
					  .status = 200});
	if (!one->head.status && !one->answered)
		answer(h2, stream, 200);
}

static void ready(struct h2 *h2, struct h2_stream *stream)
{
	(void)h2;
	BUG_UNLESS(h2_user(stream) != NULL);
}

static void closed(struct h2 *h2, struct h2_stream *stream, enum h2_code code)
{
	struct side *side = h2_owner(h2);
	struct one *one = h2_user(stream);

	(void)code;
	side->open--;
	arena_finish(&one->arena);
	free(one);
}

static void going(struct h2 *h2)
{
	(void)h2;
}

static const struct h2_ops ops = {begin, head, refused, data, end, ready, closed, going};

/* ---- running ---- */

static void ask(struct h2 *h2, struct side *side, struct arena *arena)
{
	struct head request;
	struct one *one = one_new(side);
	struct h2_stream *stream;

	head_init(&request, arena);
	request.method = chance(side, 2) ? STR("GET") : STR("HEAD");
	request.method_id = head_method(request.method);
	request.target = STR("/");
	request.authority = STR("a.test");
	stream = h2_ask(h2, &request, (struct str){0}, &one->head, true);
	if (stream) {
		h2_set_user(stream, one);
		return;
	}
	side->open--;
	arena_finish(&one->arena);
	free(one);
}

static void drain_output(struct h2 *h2)
{
	while (h2_output(h2).len)
		BUG_UNLESS(h2_output(h2).len < h2_limits.output + 64 * 1024);
}

static bool feed(struct h2 *h2, struct side *side, const uint8_t *bytes, size_t len)
{
	char *copy = malloc(len);
	bool alive;

	memcpy(copy, bytes, len);
	alive = h2_input(h2, copy, len, 0);
	free(copy);
	if (!chance(side, 3))
		drain_output(h2);
	return alive && !h2_is_over(h2);
}

static void run(struct h2 *h2, struct side *side, const uint8_t *bytes, size_t size)
{
	uint64_t cuts = side->seed;
	struct arena arena;
	bool alive = true;

	arena_init(&arena);
	while (size && alive) {
		size_t len = piece_next(&cuts, size);

		alive = feed(h2, side, bytes, len);
		bytes += len;
		size -= len;
		if (alive && h2_can_ask(h2) && side->open < STREAMS)
			ask(h2, side, &arena);
		if (!chance(side, 64))
			h2_drain(h2);
	}
	drain_output(h2);
	h2_gone(h2);
	BUG_UNLESS(side->open == 0 && h2_streams(h2) == 0);
	arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	struct side side = {0};
	struct h2_config config = {.ops = &ops, .owner = &side};
	struct h2 *h2;

	if (size < 2)
		return 0;
	side.seed = data[1];
	config.server = data[0] & 1;
	config.websocket = data[0] & 2;
	h2 = h2_create(&config);
	if (config.server && !(data[0] & 4))
		h2_input(h2, preface, sizeof preface - 1, 0);
	run(h2, &side, data + 2, size - 2);
	h2_destroy(h2);
	return 0;
}
