/* parse.c - what the HTTP/1 codec costs, and the floor: memchr for every line end.
 *
 * usage: parse [-n ROUNDS] [-m LINE]
 *
 * -m measures one line of the table only, from 1: for tools that count instructions.
 *
 * Heads are what browsers and services send. Processor time of this thread; the best round counts, because
 * whatever else runs on the machine only ever adds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/bug.h"
#include "base/buf.h"
#include "proxy/h1.h"
#include "proxy/policy.h"

enum { TIMES = 20000 };

static const char browser[] =
	"GET /shop/items/4711?page=2&sort=price HTTP/1.1\r\n"
	"Host: shop.example.com\r\n"
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
	"Accept-Language: en-US,en;q=0.5\r\n"
	"Accept-Encoding: gzip, deflate, br, zstd\r\n"
	"Referer: https://shop.example.com/shop/items?page=1\r\n"
	"Connection: keep-alive\r\n"
	"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes\r\n"
	"Upgrade-Insecure-Requests: 1\r\n"
	"\r\n";

static const char plain[] = "GET / HTTP/1.1\r\n"
			    "Host: shop.example.com\r\n"
			    "User-Agent: wrk/4.1\r\n"
			    "Accept: */*\r\n"
			    "Accept-Encoding: gzip\r\n"
			    "Cookie: a=b; c=d\r\n"
			    "\r\n";

static const char answer[] = "HTTP/1.1 200 OK\r\n"
			     "Date: Sat, 01 Aug 2026 12:00:00 GMT\r\n"
			     "Server: backend\r\n"
			     "Content-Type: application/json; charset=utf-8\r\n"
			     "Cache-Control: private, max-age=0\r\n"
			     "ETag: \"0123456789abcdef\"\r\n"
			     "Vary: Accept-Encoding\r\n"
			     "Content-Length: 1024\r\n"
			     "\r\n";

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- what is measured ---- */

struct work {
	struct arena arena;
	struct buf out;
	struct str text;
	char *body;
	size_t body_len;
	size_t sum; /* so that nothing is left out */
};

static void floor_of(struct work *work)
{
	const char *at = work->text.at, *end = at + work->text.len;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		work->sum++;
		at++;
	}
}

static void request_in(struct work *work, struct head *head, size_t first)
{
	struct h1_reader reader;

	head_init(head, &work->arena);
	h1_request_start(&reader, head, NULL);
	if (first && h1_request_read(&reader, work->text.at, first) != H1_MORE)
		BUG("a part of a head is a head");
	if (h1_request_read(&reader, work->text.at, work->text.len) != H1_DONE)
		BUG("a head is none");
	work->sum += reader.used;
}

static void read_request(struct work *work)
{
	struct head head;

	request_in(work, &head, 0);
}

static void read_in_two(struct work *work)
{
	struct head head;

	request_in(work, &head, work->text.len / 2);
}

static void pass_request(struct work *work)
{
	static const struct policy_facts facts = {
		.peer = STR_INIT("192.0.2.1"),
		.tls = true,
		.port = STR_INIT("443"),
		.request_id = STR_INIT("0123456789abcdef0123456789abcdef")};
	struct head head;
	struct h1_frame frame;

	request_in(work, &head, 0);
	policy_request(&head, POLICY_GATEWAY, &facts);
	frame = h1_frame(&head, false);
	buf_clear(&work->out);
	h1_request_write(&work->out, &head, (struct str){0}, &frame);
	work->sum += work->out.len;
}

static void response_in(struct work *work, struct head *head)
{
	struct h1_reader reader;

	head_init(head, &work->arena);
	h1_response_start(&reader, head, NULL, (struct h1_asked){HEAD_METHOD_GET, false});
	if (h1_response_read(&reader, work->text.at, work->text.len) != H1_DONE)
		BUG("a head is none");
	work->sum += reader.used;
}

static void read_response(struct work *work)
{
	struct head head;

	response_in(work, &head);
}

static void pass_response(struct work *work)
{
	struct head head;
	struct h1_frame frame;

	response_in(work, &head);
	policy_response(&head, POLICY_GATEWAY, STR("now"));
	frame = h1_frame(&head, false);
	buf_clear(&work->out);
	h1_response_write(&work->out, &head, &frame);
	work->sum += work->out.len;
}

/* The body is decoded in place, so that it has to be made anew: the floor is that copy. */
static void copy_chunks(struct work *work)
{
	memcpy(work->body, work->text.at, work->text.len);
	work->sum += (unsigned char)work->body[work->text.len / 2];
}

static void decode_chunks(struct work *work)
{
	struct h1_body body;
	struct h1_piece piece;
	struct head head;

	copy_chunks(work);
	head_init(&head, &work->arena);
	head.body = HEAD_CHUNKED;
	h1_body_start(&body, &head, false, NULL);
	if (h1_body_read(&body, work->body, work->text.len, &piece) != H1_DONE)
		BUG("chunks are none");
	work->sum += piece.data.len;
}

/* ---- the table ---- */

static double measure(struct work *work, void (*what)(struct work *work), unsigned rounds)
{
	struct arena_mark mark = arena_mark(&work->arena);
	double best = 1e9;

	for (unsigned round = 0; round < rounds; round++) {
		double start = now(), took;

		for (unsigned i = 0; i < TIMES; i++) {
			what(work);
			arena_rewind(&work->arena, mark);
		}
		took = (now() - start) / TIMES * 1e9;
		best = took < best ? took : best;
	}
	return best;
}

static struct str chunks(struct arena *arena, size_t size, size_t count)
{
	struct buf buf;
	char text[H1_CHUNK_HEAD];
	struct str copy;

	buf_init(&buf);
	while (count--) {
		buf_str(&buf, h1_chunk_head(text, size));
		buf_fill(&buf, 'x', size);
		buf_text(&buf, H1_CHUNK_TAIL);
	}
	h1_chunk_last(&buf, NULL);
	copy = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return copy;
}

static unsigned option(int argc, char **argv, const char *name, unsigned otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return (unsigned)strtoul(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	struct work work = {0};
	unsigned rounds = option(argc, argv, "-n", 15), only = option(argc, argv, "-m", 0);

	arena_init(&work.arena);
	buf_init(&work.out);
	work.body = malloc(1 << 20);

	const struct {
		const char *name;
		struct str text;
		void (*what)(struct work *work), (*floor)(struct work *work);
	} lines[] = {
		{"request of a benchmark, read", STR(plain), read_request, floor_of},
		{"request of a benchmark, passed on", STR(plain), pass_request, floor_of},
		{"request of a browser, read", STR(browser), read_request, floor_of},
		{"request of a browser, in two reads", STR(browser), read_in_two, floor_of},
		{"request of a browser, passed on", STR(browser), pass_request, floor_of},
		{"response, read", STR(answer), read_response, floor_of},
		{"response, passed on", STR(answer), pass_response, floor_of},
		{"16 KiB in chunks of 4 KiB", chunks(&work.arena, 4096, 4), decode_chunks,
		 copy_chunks},
		{"16 KiB in chunks of 64 B", chunks(&work.arena, 64, 256), decode_chunks,
		 copy_chunks},
	};

	if (!work.body || !rounds)
		return 2;
	printf("%-36s %6s %8s %8s %7s %8s\n", "", "bytes", "ns", "floor ns", "ratio", "MB/s");
	for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
		double ns, least;

		if (only && i + 1 != only)
			continue;
		work.text = lines[i].text;
		least = measure(&work, lines[i].floor, rounds);
		ns = measure(&work, lines[i].what, rounds);
		printf("%-36s %6zu %8.0f %8.0f %7.1f %8.0f\n", lines[i].name, work.text.len, ns,
		       least, ns / least, (double)work.text.len / ns * 1e3);
	}
	buf_finish(&work.out);
	arena_finish(&work.arena);
	free(work.body);
	return work.sum == 0;
}
