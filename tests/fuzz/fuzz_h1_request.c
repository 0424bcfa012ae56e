/* fuzz_h1_request.c - a request of HTTP/1, from its first octet to the end of its content.
 *
 * However it is cut, it is read alike. One that is accepted looks the same to a careless reader, and what
 * is written to the next hop for it is accepted again, as the same request and exactly as long as it is.
 * The first octet of the input says how to cut.
 */
#include "base/bug.h"
#include "h1_case.h"
#include "proxy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct policy_facts facts = {.peer = STR_INIT("192.0.2.1"),
					  .tls = true,
					  .port = STR_INIT("443"),
					  .request_id = STR_INIT("id")};

static void write_on(struct buf *out, const struct h1_case *one, struct head *head)
{
	struct h1_frame frame = h1_frame(head, false);
	char text[H1_CHUNK_HEAD];

	frame.upgrade = head->websocket;
	h1_request_write(out, head, (struct str){0}, &frame);
	if (frame.body != HEAD_CHUNKED) {
		buf_str(out, buf_slice(&one->content));
		return;
	}
	if (one->content.len) {
		buf_str(out, h1_chunk_head(text, one->content.len));
		buf_str(out, buf_slice(&one->content));
		buf_text(out, H1_CHUNK_TAIL);
	}
	h1_chunk_last(out, &one->trailers);
}

/* What the proxy adds (and a body of 16 MiB) stays within the limits of a backend like itself. */
static bool is_small(const struct h1_case *one)
{
	return one->head.count < 80 && one->head_len < 60000;
}

static void check_onward(struct h1_case *one, enum policy_side side)
{
	struct h1_case again;
	struct buf out;

	if (!one->head.authority.at) /* HTTP/1.0 without Host: nobody to send it to */
		return;
	buf_init(&out);
	policy_request(&one->head, side, &facts);
	write_on(&out, one, &one->head);
	h1_case_read(&again, buf_slice(&out), false, (struct h1_asked){0}, 0);
	BUG_UNLESS(again.result == H1_DONE && again.len == out.len);
	BUG_UNLESS(str_eq(again.head.method, one->head.method));
	BUG_UNLESS(str_eq(again.head.target, one->head.target));
	BUG_UNLESS(str_eq(again.head.authority, one->head.authority));
	BUG_UNLESS(again.head.websocket == one->head.websocket);
	BUG_UNLESS(again.head.trailers == one->head.trailers);
	BUG_UNLESS(str_eq(buf_slice(&again.content), buf_slice(&one->content)));
	h1_case_plain(&again, buf_slice(&out));
	h1_case_finish(&again);
	buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct h1_case one, other;
	struct str bytes = {(const char *)data + 1, size - 1};

	if (!size)
		return 0;
	h1_case_read(&one, bytes, false, (struct h1_asked){0}, 0);
	h1_case_read(&other, bytes, false, (struct h1_asked){0}, 1 + data[0]);
	h1_case_same(&one, &other);
	if (one.headed)
		h1_case_plain(&one, bytes);
	if (one.result == H1_DONE && is_small(&one))
		check_onward(&one, data[0] & 1 ? POLICY_GATEWAY : POLICY_INGRESS_NGINX);
	h1_case_finish(&one);
	h1_case_finish(&other);
	return 0;
}
