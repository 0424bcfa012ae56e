/* An exchange between a client and backends that are all in memory, on a clock that the test moves. */
#include "test.h"

#include "proxy/worker.h"
#include "route/gateway.h"

/* ---- a client ---- */

struct client_side {
	struct front front; /* first */
	struct buf said;    /* "200 {body}." and so on */
	bool full, held, flushed;
};

static void client_head(struct front *front, const struct head *answer)
{
	struct client_side *client = (struct client_side *)front;

	buf_format(&client->said, "%u ", answer->status);
	for (uint32_t i = 0; i < answer->count; i++)
		if (str_starts(answer->fields[i].name, "X-"))
			buf_format(&client->said, "%.*s=%.*s ", STR_ARG(answer->fields[i].name),
				   STR_ARG(answer->fields[i].value));
}

static bool client_data(struct front *front, struct str bytes, bool last)
{
	struct client_side *client = (struct client_side *)front;

	(void)last;
	buf_str(&client->said, bytes);
	return !client->full;
}

static void client_end(struct front *front, const struct head *trailers)
{
	(void)trailers;
	buf_char(&((struct client_side *)front)->said, '.');
}

static void client_flush(struct front *front)
{
	((struct client_side *)front)->flushed = true;
}

static void client_cut(struct front *front)
{
	buf_char(&((struct client_side *)front)->said, '!');
}

static void client_hold(struct front *front, bool hold)
{
	((struct client_side *)front)->held = hold;
}

static const struct front_ops client_ops = {
	.head = client_head,
	.data = client_data,
	.end = client_end,
	.flush = client_flush,
	.cut = client_cut,
	.hold = client_hold,
};

/* ---- backends ---- */

enum { BACKS = 8 };

struct back_side {
	struct back back; /* first */
	struct buf heard;
	bool full, held, dropped;
	bool unsent; /* something was said since the last flush */
};

static struct back_side backs[BACKS];
static size_t back_count;
static bool refusing; /* there is no connection to be had */
static bool picky;    /* they speak HTTP/2 */
static struct str last_name;

static void back_head(struct back *back, const struct head *request)
{
	struct back_side *side = (struct back_side *)back;

	side->unsent = true;
	buf_format(&side->heard, "%.*s %.*s ", STR_ARG(request->method), STR_ARG(request->target));
}

static bool back_data(struct back *back, struct str bytes, bool last)
{
	(void)last;
	((struct back_side *)back)->unsent = true;
	buf_str(&((struct back_side *)back)->heard, bytes);
	return !((struct back_side *)back)->full;
}

static void back_end(struct back *back, const struct head *trailers)
{
	struct buf *heard = &((struct back_side *)back)->heard;

	for (uint32_t i = 0; trailers && i < trailers->count; i++)
		buf_format(heard, "+%.*s=%.*s", STR_ARG(trailers->fields[i].name),
			   STR_ARG(trailers->fields[i].value));
	((struct back_side *)back)->unsent = true;
	buf_char(&((struct back_side *)back)->heard, '.');
}

static void back_flush(struct back *back)
{
	((struct back_side *)back)->unsent = false;
}

static void back_hold(struct back *back, bool hold)
{
	((struct back_side *)back)->held = hold;
}

static void back_drop(struct back *back)
{
	((struct back_side *)back)->dropped = true;
}

static const struct back_ops back_ops = {
	.head = back_head,
	.data = back_data,
	.end = back_end,
	.flush = back_flush,
	.hold = back_hold,
	.drop = back_drop,
};

static struct back *ask(struct worker *worker, struct exchange *exchange, bool fresh,
			unsigned *status)
{
	struct back_side *side;

	(void)worker;
	(void)fresh;
	(void)status;
	if (refusing)
		return NULL;
	assert_true(back_count < BACKS);
	side = &backs[back_count++];
	side->back = (struct back){.ops = &back_ops, .exchange = exchange, .picky = picky};
	last_name = exchange->share->name;
	return &side->back;
}

/* ---- the world ---- */

static struct arena arena;
static struct sources sources;
static struct kube_set kube;
static struct gateway_set set;
static struct findings findings;
static const struct route_table *table;
static struct proxy_world world;
static struct proxy_options options;
static struct worker *worker;
static struct client_side client;
static struct front_place place;
static int64_t now;

static void no_finish(struct proxy_world *of)
{
	(void)of;
}

static void load(const char *rules)
{
	static const char gateway[] = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
				      "metadata: {name: gw, namespace: web}\n"
				      "spec:\n  gatewayClassName: x\n  listeners:\n"
				      "  - {name: http, port: 80, protocol: HTTP}\n---\n"
				      "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
				      "metadata: {name: r, namespace: web}\n"
				      "spec:\n  parentRefs: [{name: gw}]\n  rules:\n";
	struct error error;
	struct snapshot *snapshot;

	findings_init(&findings, &arena);
	sources_add(&sources,
		    (struct source){.name = STR("in"),
				    .text = STR_JOIN(&arena, STR(gateway), str_from(rules))});
	assert_true(gateway_load(&set, &kube, &arena, &sources,
				 &(struct kube_load_options){.threads = 1}, &findings, &error));
	assert_int_equal(findings.count, 0);
	table = route_gateway_new(&set, &(struct route_gateway_options){.complete = false});
	world = (struct proxy_world){.tables = &table, .table_count = 1, .finish = no_finish};
	options = proxy_defaults;
	options.log = PROXY_LOG_OFF;
	snapshot = snapshot_new(&world, &options, &error);
	assert_non_null(snapshot);
	worker = worker_new(&options, 0, snapshot_use(snapshot), NULL);
	snapshot_release(snapshot);
	worker->ask = ask;
	now = worker->loop.now;
	place = (struct front_place){.port = 80, .client_text = "192.0.2.1"};
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	client = (struct client_side){.front.ops = &client_ops};
	buf_init(&client.said);
	memset(backs, 0, sizeof backs);
	for (size_t i = 0; i < BACKS; i++)
		buf_init(&backs[i].heard);
	back_count = 0;
	refusing = picky = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_step(&worker->loop, now);
	worker_finish(worker);
	route_table_destroy((struct route_table *)table);
	kube_set_finish(&kube);
	sources_finish(&sources);
	arena_finish(&arena);
	buf_finish(&client.said);
	for (size_t i = 0; i < BACKS; i++)
		buf_finish(&backs[i].heard);
	return 0;
}

/* ---- what happens ---- */

static struct exchange *make(const char *method, const char *target, enum head_body body)
{
	struct exchange *exchange = exchange_new(worker);
	struct head *head = &exchange->request;

	head_init(head, &exchange->arena);
	head->method = str_from(method);
	head->method_id = head_method(head->method);
	head->target = str_from(target);
	head->authority = STR("a.test");
	head->body = body;
	return exchange;
}

static struct exchange *begin(const char *method, const char *target, enum head_body body)
{
	struct exchange *exchange = make(method, target, body);

	exchange_begin(exchange, &client.front, &place);
	if (client.front.exchange && body == HEAD_NO_BODY)
		exchange_end(exchange, NULL);
	return exchange;
}

static void pass(int64_t ms)
{
	now += ms;
	loop_step(&worker->loop, now);
}

static void answer_head(size_t of, unsigned status)
{
	struct exchange *exchange = backs[of].back.exchange;
	struct head head;

	head_init(&head, &exchange->arena);
	head.status = status;
	head.body = HEAD_CHUNKED;
	exchange_answer(exchange, &head);
}

static void answer_rest(size_t of, const char *text)
{
	struct exchange *exchange = backs[of].back.exchange;

	exchange_more(exchange, str_from(text), true);
	exchange_answered(exchange, NULL);
}

/* Agrees to a handshake. */
static void answer_switched(size_t of)
{
	struct exchange *exchange = backs[of].back.exchange;
	struct head head;

	head_init(&head, &exchange->arena);
	head.status = 101;
	head.websocket = true;
	exchange_answer(exchange, &head);
}

static void begin_websocket(void)
{
	struct exchange *exchange = make("GET", "/ws", HEAD_NO_BODY);

	exchange->request.websocket = true;
	exchange_begin(exchange, &client.front, &place);
	exchange_flush(client.front.exchange);
}

/* A server that was asked says yes. */
static void lets_pass(size_t of)
{
	answer_head(of, 200);
	exchange_answered(backs[of].back.exchange, NULL);
}

/* A backend that is gone says so once it has forgotten the exchange. */
static void fails(size_t of, enum back_failure failure)
{
	struct exchange *exchange = backs[of].back.exchange;

	backs[of].back.exchange = NULL;
	exchange_failed(exchange, failure);
}

#define assert_client(text) assert_str(buf_slice(&client.said), text)
#define assert_back(of, text) assert_str(buf_slice(&backs[of].heard), text)

/* ---- tests ---- */

static void passes_both_ways(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n"
	     "    filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: "
	     "X-A, value: b}]}}]\n");
	begin("POST", "/x", HEAD_CHUNKED);
	assert_true(exchange_data(client.front.exchange, STR("one"), false));
	backs[0].full = true;
	assert_false(exchange_data(client.front.exchange, STR("two"), false));
	client.held = true;
	exchange_back_ready(client.front.exchange);
	assert_false(client.held);
	exchange_end(client.front.exchange, NULL);
	assert_back(0, "POST /x onetwo.");
	answer_head(0, 200);
	client.full = true;
	assert_false(exchange_more(backs[0].back.exchange, STR("hel"), false));
	backs[0].held = true;
	exchange_front_ready(client.front.exchange);
	assert_false(backs[0].held);
	answer_rest(0, "lo");
	assert_client("200 X-A=b hello.");
	assert_true(backs[0].dropped);
	assert_null(client.front.exchange);
}

static void limits_the_time_of_a_try(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    timeouts: {backendRequest: 1s}\n");
	begin("GET", "/", HEAD_NO_BODY);
	pass(900);
	assert_client("");
	pass(200);
	assert_true(str_starts(buf_slice(&client.said), "504 "));
	assert_true(backs[0].dropped);
}

static void cuts_an_answer_that_takes_too_long(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    timeouts: {request: 1s}\n");
	begin("GET", "/", HEAD_NO_BODY);
	answer_head(0, 200);
	exchange_more(backs[0].back.exchange, STR("half"), false);
	pass(1100);
	assert_client("200 half!");
	assert_true(backs[0].dropped);
}

static void tries_again_after_a_while(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n"
	     "    retry: {attempts: 2, codes: [503], backoff: 100ms}\n");
	begin("PUT", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("body"), false);
	answer_head(0, 503);
	assert_true(backs[0].dropped);
	/* What comes meanwhile waits for the next try. */
	assert_false(exchange_data(client.front.exchange, STR("more"), false));
	client.held = true;
	pass(90);
	assert_int_equal(back_count, 1);
	pass(30);
	assert_int_equal(back_count, 2);
	assert_false(client.held);
	exchange_end(client.front.exchange, NULL);
	assert_back(1, "PUT / bodymore.");
	fails(1, BACK_CLOSED);
	pass(120);
	assert_back(2, "PUT / bodymore.");
	answer_head(2, 503); /* the last try: its answer is handed on */
	answer_rest(2, "no");
	assert_client("503 no.");
}

/* Ends the request with one, which nobody may look at afterwards. */
static void end_with_trailer(void)
{
	char name[] = "X-Sum", value[] = "7";
	struct head trailers;

	head_init(&trailers, &client.front.exchange->arena);
	head_push(&trailers, HEAD_OTHER, str_from(name), str_from(value));
	exchange_end(client.front.exchange, &trailers);
	memset(name, 'z', sizeof name);
	memset(value, 'z', sizeof value);
}

static void tries_again_with_trailers(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n"
	     "    retry: {attempts: 1, codes: [503], backoff: 100ms}\n");
	begin("PUT", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("body"), true);
	end_with_trailer();
	assert_back(0, "PUT / body+X-Sum=7.");
	answer_head(0, 503);
	pass(120);
	assert_back(1, "PUT / body+X-Sum=7.");
	exchange_gone(client.front.exchange, 0, NULL);
}

static void replaces_a_kept_connection_once(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin("GET", "/", HEAD_NO_BODY);
	backs[0].back.reused = true;
	fails(0, BACK_CLOSED);
	assert_back(1, "GET / .");
	backs[1].back.reused = true;
	fails(1, BACK_CLOSED);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
	assert_int_equal(back_count, 2);
}

static void asks_nobody_twice_about_a_post(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin("POST", "/", HEAD_NO_BODY);
	backs[0].back.reused = true;
	fails(0, BACK_CLOSED);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
	assert_int_equal(back_count, 1);
}

/* RFC 9113 8.7: it was not processed, whatever it is. */
static void sends_what_was_refused_again(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	picky = true;
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("one"), false);
	backs[0].full = client.held = true;
	assert_false(exchange_data(client.front.exchange, STR("two"), false));
	fails(0, BACK_REFUSED_REQUEST);
	assert_false(client.held);
	assert_true(exchange_data(client.front.exchange, STR("three"), false));
	exchange_end(client.front.exchange, NULL);
	assert_back(1, "POST / onetwothree.");
	answer_head(1, 200);
	assert_int_equal(client.front.exchange->kept.bytes, 0);
	answer_rest(1, "yes");
	assert_client("200 yes.");
}

static void sends_what_was_refused_again_once(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	picky = true;
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("one"), true);
	exchange_end(client.front.exchange, NULL);
	fails(0, BACK_REFUSED_REQUEST);
	assert_back(1, "POST / one.");
	fails(1, BACK_REFUSED_REQUEST);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
	assert_int_equal(back_count, 2);
}

static void what_is_too_long_to_be_kept_is_sent_once(void **state)
{
	static const char text[EXCHANGE_KEPT / 2] = "text";

	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	picky = true;
	begin("POST", "/", HEAD_CHUNKED);
	for (int i = 0; i < 2; i++)
		exchange_data(client.front.exchange, (struct str){text, sizeof text}, false);
	assert_int_equal(client.front.exchange->kept.bytes, EXCHANGE_KEPT);
	exchange_data(client.front.exchange, STR("more"), false);
	assert_int_equal(client.front.exchange->kept.bytes, 0);
	fails(0, BACK_REFUSED_REQUEST);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
	assert_int_equal(back_count, 1);
}

static void bodies_are_not_kept_for_nothing(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("one"), false);
	assert_int_equal(client.front.exchange->kept.bytes, 0);
	fails(0, BACK_CLOSED);
	assert_int_equal(back_count, 1);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
}

static void gives_up_without_a_connection(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	refusing = true;
	begin("GET", "/", HEAD_NO_BODY);
	assert_true(str_starts(buf_slice(&client.said), "502 "));
}

static void copies_for_mirrors(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n"
	     "    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: "
	     "80}}}]\n");
	begin("POST", "/m", HEAD_CHUNKED);
	assert_int_equal(back_count, 2);
	assert_str(last_name, "copy");
	exchange_data(client.front.exchange, STR("body"), false);
	backs[1].full = true; /* a mirror that does not keep up loses its copy */
	exchange_data(client.front.exchange, STR(" and more"), false);
	assert_true(backs[1].dropped);
	exchange_end(client.front.exchange, NULL);
	assert_back(0, "POST /m body and more.");
	answer_head(0, 204);
	exchange_answered(backs[0].back.exchange, NULL);
	assert_client("204 .");
}

#define GUARD                                                                                      \
	"{type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: auth, port: 80}, " \
	"http: {}}}"
#define GUARD_OF_BODIES                                                                            \
	"{type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: auth, port: 80}, " \
	"http: {}, forwardBody: {maxSize: 3}}}"
#define MIRROR "{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}}"

/* What comes behind a handshake is no request, but is one to a backend that does not agree. */
static void handshakes_are_agreed_to_first(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin_websocket();
	assert_false(exchange_data(client.front.exchange, STR("GET /admin"), false));
	exchange_flush(client.front.exchange);
	assert_back(0, "GET /ws ");
	assert_false(backs[0].unsent);
	client.held = true;
	answer_switched(0);
	assert_back(0, "GET /ws GET /admin");
	assert_false(client.held);
	assert_true(exchange_data(client.front.exchange, STR(" and"), false));
	exchange_end(client.front.exchange, NULL);
	assert_back(0, "GET /ws GET /admin and.");
	exchange_answered(backs[0].back.exchange, NULL);
	assert_client("101 .");
}

static void what_follows_a_declined_handshake_is_lost(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin_websocket();
	exchange_data(client.front.exchange, STR("GET /admin"), false);
	exchange_end(client.front.exchange, NULL);
	answer_head(0, 403);
	assert_false(exchange_data(client.front.exchange, STR("more"), false));
	answer_rest(0, "no");
	assert_client("403 no.");
	assert_back(0, "GET /ws ");
}

/* The client has closed its side before the backend agreed. */
static void handshakes_of_clients_that_say_no_more(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin_websocket();
	exchange_data(client.front.exchange, STR("bye"), false);
	exchange_end(client.front.exchange, NULL);
	assert_back(0, "GET /ws ");
	answer_switched(0);
	assert_back(0, "GET /ws bye.");
	answer_rest(0, "bye");
	assert_client("101 bye.");
}

static void handshakes_are_tried_again(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n"
	     "    retry: {attempts: 1, codes: [503], backoff: 100ms}\n");
	begin_websocket();
	exchange_data(client.front.exchange, STR("early"), false);
	answer_head(0, 503);
	pass(120);
	assert_back(1, "GET /ws ");
	assert_false(backs[1].unsent);
	answer_switched(1);
	assert_back(1, "GET /ws early");
	exchange_gone(client.front.exchange, 0, NULL);
}

static void handshakes_behind_a_guard(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    filters: [" GUARD ", " MIRROR "]\n");
	begin_websocket();
	assert_false(exchange_data(client.front.exchange, STR("early"), false));
	lets_pass(0);
	assert_back(1, "GET /ws ");
	assert_false(backs[1].unsent);
	answer_switched(1);
	assert_back(1, "GET /ws early");
	assert_int_equal(back_count, 2);
	exchange_gone(client.front.exchange, 0, NULL);
}

static void copies_behind_a_guard_are_whole(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    filters: [" GUARD ", " MIRROR "]\n");
	begin("GET", "/", HEAD_NO_BODY);
	lets_pass(0);
	assert_back(1, "GET / .");
	assert_back(2, "GET / .");
	assert_false(backs[2].unsent);
	exchange_gone(client.front.exchange, 0, NULL);
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("one"), false);
	lets_pass(3);
	assert_back(5, "POST / one");
	assert_false(backs[5].unsent);
	exchange_data(client.front.exchange, STR("two"), true);
	exchange_end(client.front.exchange, NULL);
	assert_back(4, "POST / onetwo.");
	assert_back(5, "POST / onetwo.");
	exchange_gone(client.front.exchange, 0, NULL);
}

static void trailers_wait_for_a_guard(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    filters: [" GUARD ", " MIRROR "]\n");
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("body"), true);
	end_with_trailer();
	lets_pass(0);
	assert_back(1, "POST / body+X-Sum=7.");
	assert_back(2, "POST / body+X-Sum=7.");
	exchange_gone(client.front.exchange, 0, NULL);
}

static void copies_behind_a_guard_of_bodies_are_whole(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    filters: [" GUARD_OF_BODIES ", " MIRROR
	     "]\n");
	begin("POST", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("body"), true);
	exchange_end(client.front.exchange, NULL);
	assert_back(0, "POST / bod.");
	lets_pass(0);
	assert_back(1, "POST / body.");
	assert_back(2, "POST / body.");
	exchange_gone(client.front.exchange, 0, NULL);
}

/* A kept connection to the server that is asked may close as any other. */
static void questions_are_sent_again_whole(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n    filters: [" GUARD_OF_BODIES "]\n");
	begin("PUT", "/", HEAD_CHUNKED);
	exchange_data(client.front.exchange, STR("body"), true);
	assert_back(0, "PUT / bod.");
	backs[0].back.reused = true;
	fails(0, BACK_CLOSED);
	assert_int_equal(back_count, 2);
	assert_back(1, "PUT / bod.");
	assert_false(backs[1].unsent);
	exchange_gone(client.front.exchange, 0, NULL);
}

static void forgets_a_client_that_goes(void **state)
{
	(void)state;
	load("  - backendRefs: [{name: app, port: 80}]\n");
	begin("GET", "/", HEAD_NO_BODY);
	exchange_gone(client.front.exchange, 0, NULL);
	assert_null(client.front.exchange);
	assert_true(backs[0].dropped);
	assert_client("");
}

static void shares_are_even(void **state)
{
	size_t counts[3] = {0};
	const char names[] = "abc";

	(void)state;
	load("  - backendRefs: [{name: a, port: 80, weight: 70}, {name: b, port: 80, weight: 29}, "
	     "{name: c, port: 80, weight: 1}]\n");
	for (size_t i = 0; i < 1000; i++) {
		back_count = 0;
		begin("GET", "/", HEAD_NO_BODY);
		counts[strchr(names, last_name.at[0]) - names]++;
		exchange_gone(client.front.exchange, 0, NULL);
		pass(0);
	}
	assert_in_range(counts[0], 698, 702);
	assert_in_range(counts[1], 288, 292);
	assert_in_range(counts[2], 9, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(passes_both_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(limits_the_time_of_a_try, setup, teardown),
		cmocka_unit_test_setup_teardown(cuts_an_answer_that_takes_too_long, setup,
						teardown),
		cmocka_unit_test_setup_teardown(tries_again_after_a_while, setup, teardown),
		cmocka_unit_test_setup_teardown(tries_again_with_trailers, setup, teardown),
		cmocka_unit_test_setup_teardown(replaces_a_kept_connection_once, setup, teardown),
		cmocka_unit_test_setup_teardown(asks_nobody_twice_about_a_post, setup, teardown),
		cmocka_unit_test_setup_teardown(sends_what_was_refused_again, setup, teardown),
		cmocka_unit_test_setup_teardown(sends_what_was_refused_again_once, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_too_long_to_be_kept_is_sent_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bodies_are_not_kept_for_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(gives_up_without_a_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(copies_for_mirrors, setup, teardown),
		cmocka_unit_test_setup_teardown(handshakes_are_agreed_to_first, setup, teardown),
		cmocka_unit_test_setup_teardown(what_follows_a_declined_handshake_is_lost, setup,
						teardown),
		cmocka_unit_test_setup_teardown(handshakes_of_clients_that_say_no_more, setup,
						teardown),
		cmocka_unit_test_setup_teardown(handshakes_are_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(handshakes_behind_a_guard, setup, teardown),
		cmocka_unit_test_setup_teardown(copies_behind_a_guard_are_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(trailers_wait_for_a_guard, setup, teardown),
		cmocka_unit_test_setup_teardown(copies_behind_a_guard_of_bodies_are_whole, setup,
						teardown),
		cmocka_unit_test_setup_teardown(questions_are_sent_again_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(forgets_a_client_that_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(shares_are_even, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
