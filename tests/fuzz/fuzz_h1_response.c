/* fuzz_h1_response.c - a response of HTTP/1, read as the answer to any kind of request.
 *
 * However it is cut, it is read alike, and what goes to the client is read by the client as the same answer. The
 * first octet of the input is the request that it answers, and how to cut.
 */
#include "base/bug.h"
#include "h1_case.h"
#include "proxy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_back(struct buf *out, const struct h1_case *one, bool old)
{
	struct h1_frame frame = h1_frame(&one->head, old);
	char text[H1_CHUNK_HEAD];

	frame.upgrade = one->head.status == 101;
	h1_response_write(out, &one->head, &frame);
	if (frame.body == HEAD_CHUNKED && one->content.len)
		buf_str(out, h1_chunk_head(text, one->content.len));
	buf_str(out, buf_slice(&one->content));
	if (frame.body == HEAD_CHUNKED && one->content.len)
		buf_text(out, H1_CHUNK_TAIL);
	if (frame.body == HEAD_CHUNKED)
		h1_chunk_last(out, &one->trailers);
}

static void check_back(struct h1_case *one, struct h1_asked asked, bool old)
{
	struct h1_case again;
	struct buf out;

	if (one->head.count > 90 || one->head_len > 60000)
		return;
	buf_init(&out);
	policy_response(&one->head, old ? POLICY_GATEWAY : POLICY_INGRESS_NGINX, STR("now"));
	write_back(&out, one, old);
	h1_case_read(&again, buf_slice(&out), true, asked, 0);
	BUG_UNLESS(again.result == H1_DONE && again.len == out.len);
	BUG_UNLESS(again.head.status == one->head.status);
	BUG_UNLESS(again.head.websocket == one->head.websocket);
	BUG_UNLESS(str_eq(buf_slice(&again.content), buf_slice(&one->content)));
	h1_case_finish(&again);
	buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct h1_case one, other;
	struct h1_asked asked;
	struct str bytes = {(const char *)data + 1, size - 1};

	if (!size)
		return 0;
	asked = (struct h1_asked){data[0] & 1 ? HEAD_METHOD_HEAD : HEAD_METHOD_GET, data[0] & 2};
	h1_case_read(&one, bytes, true, asked, 0);
	h1_case_read(&other, bytes, true, asked, 1 + data[0]);
	h1_case_same(&one, &other);
	if (one.result == H1_DONE)
		check_back(&one, asked, data[0] & 4);
	h1_case_finish(&one);
	h1_case_finish(&other);
	return 0;
}
