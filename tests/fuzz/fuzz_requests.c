/* fuzz_requests.c - request files that somebody sent.
 *
 * The first byte chooses the format, or that it is to be recognised; bit 3 gives a host to requests without one.
 * Whatever the bytes are: what comes out can be sent, is found again when it is read twice, and is shown
 * without a control byte. The same bytes are also fed to the reader of a live log.
 */
#include "base/bug.h"
#include "compare/requests.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
			return true;
	return false;
}

static bool is_sendable(struct str text)
{
	return text.len && !has_control(text) && str_find(text, ' ') == SIZE_MAX;
}

static void check_probe(const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	struct buf buf;

	BUG_UNLESS(is_sendable(request->method) && is_sendable(request->target));
	BUG_UNLESS(is_sendable(request->authority));
	BUG_UNLESS(request->port > 0 && request->port < 65536);
	BUG_UNLESS(request->tls || !request->sni.len);
	BUG_UNLESS(request->body_length == (int64_t)probe->body.len);
	BUG_UNLESS(probe->times > 0 && probe->origin.len);
	for (size_t i = 0; i < request->header_count; i++) {
		BUG_UNLESS(is_sendable(request->headers[i].name));
		BUG_UNLESS(str_find(request->headers[i].value, '\n') == SIZE_MAX);
		BUG_UNLESS(str_find(request->headers[i].value, '\r') == SIZE_MAX);
	}
	buf_init(&buf);
	probe_describe(&buf, probe);
	BUG_UNLESS(!has_control(buf_slice(&buf)));
	probe_curl(&buf, probe);
	buf_finish(&buf);
}

static void feed_log(struct str text, struct arena *arena)
{
	struct kube_service_port port = {.number = 80};
	struct kube_service service = {.meta = {.namespace = STR("web"), .name = STR("cart")},
				       .ports = &port,
				       .port_count = 1};
	struct kube_service *services[] = {&service};
	const struct kube_set set = {.services = services, .service_count = 1};
	struct live_log *log = live_log_new(arena, &set);
	struct str backend;

	for (size_t at = 0; at < text.len; at += 13)
		live_log_feed(log, str_sub(text, at, 13));
	backend = live_log_backend(log, STR("i2g-1"));
	BUG_UNLESS(!backend.len || str_is(backend, "web/cart"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct requests_options options = {
		.scheme = STR("https"), .port_http = 80, .port_https = 443};
	struct probes probes;
	struct findings findings;
	struct source source = {.name = STR("input")};
	struct arena arena;
	struct error error;
	size_t count;
	bool good;

	if (!size)
		return 0;
	source.text = (struct str){size > 1 ? (const char *)data + 1 : "", size - 1};
	options.format = data[0] % 8 < 7 ? requests_formats[data[0] % 8] : NULL;
	options.host = data[0] & 8 ? STR("a.example") : (struct str){0};
	arena_init(&arena);
	probes_init(&probes);
	findings_init(&findings, &arena);
	good = requests_read(&probes, &source, 0, &options, &findings, &error);
	count = probes.count;
	for (size_t i = 0; i < count; i++)
		check_probe(&probes.at[i]);
	BUG_UNLESS(good == (count > 0));
	BUG_UNLESS(requests_read(&probes, &source, 0, &options, &findings, &error) == good);
	BUG_UNLESS(probes.count == count);
	probes_choose(&probes, &(struct choose_options){.sample = 3, .seed = size});
	BUG_UNLESS(probes.count <= 3);
	feed_log(source.text, &arena);
	probes_finish(&probes);
	arena_finish(&arena);
	return 0;
}
