/* The access log of a live controller: which Service answered which request. */
#include "test.h"

#include "compare/requests.h"

static struct arena arena;
static struct kube_set set;

#define LINE(upstream, other, address, id)                                                         \
	"10.1.2.3 - - [27/Nov/2026:10:00:01 +0000] \"GET /c?x=[a] HTTP/2.0\" 200 12 \"-\" "        \
	"\"curl \\x22[odd] [names]\\x22\" 35 0.004 [" upstream "] [" other "] " address            \
	" 12 0.003 200 " id "\n"

static int setup(void **state)
{
	static struct kube_service_port ports[2] = {{.name = STR_INIT("http"), .number = 80},
						    {.name = STR_INIT(""), .number = 8080}};
	static const char *const names[][2] = {
		{"web", "cart"}, {"web", "cart-v2"}, {"a-b", "c"}, {"a", "b-c"}};

	(void)state;
	arena_init(&arena);
	set.services = arena_array(&arena, struct kube_service *, 4);
	for (size_t i = 0; i < 4; i++) {
		struct kube_service *service = arena_new(&arena, struct kube_service);

		service->meta.namespace = str_from(names[i][0]);
		service->meta.name = str_from(names[i][1]);
		service->ports = ports;
		service->port_count = 2;
		set.services[set.service_count++] = service;
	}
	set.ingresses = arena_array(&arena, struct kube_ingress *, 1);
	set.ingresses[0] = arena_new(&arena, struct kube_ingress);
	set.ingress_count = 1;
	set.ingresses[0]->meta.namespace = STR("web");
	set.ingresses[0]->default_backend =
		(struct kube_backend){.type = KUBE_BACKEND_SERVICE,
				      .name.text = STR("no-service-file"),
				      .port_name = STR("http-x")};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static void upstreams_are_services(void **state)
{
	struct live_log *log = live_log_new(&arena, &set);

	(void)state;
	live_log_feed(log, STR(LINE("web-cart-80", "", "10.2.0.1:80", "i2g-r-1")
				       LINE("web-cart-v2-http", "", "10.2.0.1:80", "i2g-r-2")
					       LINE("web-no-service-file-http-x", "", "10.2.0.1:80",
						    "i2g-r-3")));
	assert_str(live_log_backend(log, STR("i2g-r-1")), "web/cart");
	assert_str(live_log_backend(log, STR("i2g-r-2")), "web/cart-v2");
	assert_str(live_log_backend(log, STR("i2g-r-3")), "web/no-service-file");
	assert_str(live_log_backend(log, STR("i2g-r-4")), "");
}

static void what_cannot_be_told_is_not_said(void **state)
{
	struct live_log *log = live_log_new(&arena, &set);

	(void)state;
	/* Two Services give this name. */
	live_log_feed(log, STR(LINE("a-b-c-80", "", "10.2.0.1:80", "i2g-r-1")));
	/* Nobody was asked. */
	live_log_feed(log, STR(LINE("web-cart-80", "", "-", "i2g-r-2")));
	live_log_feed(log, STR(LINE("upstream-default-backend", "", "10.2.0.1:80", "i2g-r-3")));
	live_log_feed(log, STR(LINE("web-cart-80", "", "10.2.0.1:80", "8f2a6c1d9b7e")));
	assert_str(live_log_backend(log, STR("i2g-r-1")), "");
	assert_str(live_log_backend(log, STR("i2g-r-2")), "");
	assert_str(live_log_backend(log, STR("i2g-r-3")), "");
	assert_str(live_log_backend(log, STR("8f2a6c1d9b7e")), "");
}

static void canaries_and_retries(void **state)
{
	struct live_log *log = live_log_new(&arena, &set);

	(void)state;
	live_log_feed(log, STR(LINE("web-cart-80", "web-cart-v2-80", "10.2.0.1:80", "i2g-r-1") LINE(
				   "web-cart-80", "", "10.2.0.1:80, 10.2.0.2:80", "i2g-r-2")));
	assert_str(live_log_backend(log, STR("i2g-r-1")), "web/cart-v2");
	assert_str(live_log_backend(log, STR("i2g-r-2")), "web/cart");
	live_log_feed(log, STR(LINE("web-cart-v2-80", "", "10.2.0.1:80", "i2g-r-2")));
	assert_str(live_log_backend(log, STR("i2g-r-2")), "web/cart-v2");
}

static void any_pieces_and_any_bytes(void **state)
{
	static const char text[] = LINE("web-cart-80", "", "10.2.0.1:80", "i2g-r-1")
		LINE("web-cart-v2-80", "", "10.2.0.1:80", "i2g-r-2");
	struct str all = {text, sizeof text - 1};
	char *noise = arena_bytes(&arena, 200000);

	(void)state;
	for (size_t cut = 1; cut < all.len; cut += 7) {
		struct live_log *log = live_log_new(&arena, &set);

		live_log_feed(log, str_sub(all, 0, cut));
		live_log_feed(log, str_from_pos(all, cut));
		assert_str(live_log_backend(log, STR("i2g-r-1")), "web/cart");
		assert_str(live_log_backend(log, STR("i2g-r-2")), "web/cart-v2");
	}
	/* A line that never ends, then one that is good. */
	memset(noise, 'x', 200000);
	noise[150000] = '\n';
	memcpy(noise + 199999 - all.len, all.at, all.len);
	noise[199999 - all.len - 1] = '\n';
	struct live_log *log = live_log_new(&arena, &set);

	live_log_feed(log, (struct str){noise, 199999});
	assert_str(live_log_backend(log, STR("i2g-r-1")), "web/cart");
	/* Every part may be missing. */
	for (size_t len = 0; len < all.len / 2; len++) {
		live_log_feed(log, str_sub(all, 0, len));
		live_log_feed(log, STR(" i2g-r-9\n"));
	}
	assert_str(live_log_backend(log, STR("i2g-r-9")), "web/cart");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(upstreams_are_services),
		cmocka_unit_test(what_cannot_be_told_is_not_said),
		cmocka_unit_test(canaries_and_retries),
		cmocka_unit_test(any_pieces_and_any_bytes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
