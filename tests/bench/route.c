/* route.c - decisions a second of the Gateway side, and two floors: hashing host and path, and the same
 * with one look into a table that holds 128 bytes a route (two lines of the cache), wherever the hash says.
 * Decisions and looks are made twice: one after the other, and each announced while the one before is made
 * (route_expect()), as a proxy does that has read the next request or has something to do in between.
 *
 * usage: route [-n ROUNDS] [-m LINE]
 *
 * -m measures one line of the table only, from 1: for tools that count instructions.
 *
 * Every line asks the same number of requests, drawn evenly from all routes, so that the largest table is
 * asked for all of it. They are made before the clock runs, a few at a time in the same memory: what a proxy
 * decides about it has just read, and 65,536 of them would drive the table out of the caches. Names are as
 * long in small tables as in large ones. Processor time of this thread; the best round counts, because
 * whatever else runs on the machine only ever adds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "route/gateway.h"
#include "route/hash.h"
#include "route/index.h"

enum { REQUESTS = 1 << 16, REGEX_REQUESTS = 1 << 13, AT_ONCE = 256 };

struct mix {
	const char *name;
	unsigned hosts, paths;
	bool regex;
};

static const struct mix mixes[] = {
	{"1 host x 1 path", 1, 1, false},
	{"10 hosts x 10 paths", 10, 10, false},
	{"100 hosts x 100 paths", 100, 100, false},
	{"1,000 hosts x 100 paths", 1000, 100, false},
	{"10,000 hosts x 10 paths", 10000, 10, false},
	{"1 host x 10,000 paths", 1, 10000, false},
	{"1 host x 1,000 regexes", 1, 1000, true},
	{"1 host x 1,000 blind regexes", 1, 1000, true},
};
enum { MIXES = sizeof mixes / sizeof *mixes, BASE = 1, LARGE = 3, BLIND = 7 };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t state_of_random = 42;

static unsigned below(unsigned limit)
{
	state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((state_of_random >> 33) % limit);
}

/* ---- a world ---- */

static void add_path(struct buf *buf, const struct mix *mix, unsigned path)
{
	if (!mix->regex)
		buf_format(buf, "{type: PathPrefix, value: /api/service-%05u}", path);
	else if (mix == &mixes[BLIND])
		buf_format(buf, "{type: RegularExpression, value: '.*/service-%05u/[0-9]+'}", path);
	else
		buf_format(buf,
			   "{type: RegularExpression, value: '/(?i)api/service-%05u(/|$)(.*).*'}",
			   path);
}

static void add_route(struct buf *buf, const struct mix *mix, unsigned host, unsigned from)
{
	buf_format(buf,
		   "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
		   "metadata: {name: host-%05u-%u, namespace: web}\nspec:\n"
		   "  parentRefs: [{name: gw}]\n"
		   "  hostnames: [host-%05u.example.com]\n  rules:\n",
		   host, from, host);
	for (unsigned i = from; i < from + 16 && i < mix->paths; i++) {
		buf_text(buf, "  - matches: [{path: ");
		add_path(buf, mix, i);
		buf_format(buf, "}]\n    backendRefs: [{name: backend-%u, port: 8080}]\n", i);
	}
}

static void write_world(struct buf *buf, const struct mix *mix)
{
	buf_text(buf, "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
		      "metadata: {name: gw, namespace: web}\nspec:\n  gatewayClassName: x\n"
		      "  listeners: [{name: http, port: 80, protocol: HTTP}]\n");
	for (unsigned host = 0; host < mix->hosts; host++)
		for (unsigned path = 0; path < mix->paths; path += 16)
			add_route(buf, mix, host, path);
}

/* ---- requests ---- */

static const struct route_header headers[] = {
	{STR_INIT("User-Agent"), STR_INIT("Mozilla/5.0 (X11; Linux x86_64; rv:128.0)")},
	{STR_INIT("Accept"), STR_INIT("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")},
	{STR_INIT("Accept-Encoding"), STR_INIT("gzip, deflate, br")},
	{STR_INIT("Cookie"), STR_INIT("session=0123456789abcdef0123456789abcdef")},
};

/* The next few requests, in the memory of those before. */
static void make_requests(struct arena *arena, const struct mix *mix,
			  struct route_request requests[static AT_ONCE])
{
	arena_rewind(arena, (struct arena_mark){0});
	for (unsigned i = 0; i < AT_ONCE; i++)
		requests[i] = (struct route_request){
			.port = 80,
			.authority = str_format(arena, "host-%05u.example.com", below(mix->hosts)),
			.target = str_format(arena, "/api/service-%05u/%u?page=2",
					     below(mix->paths), 10000 + i),
			.headers = headers,
			.header_count = sizeof headers / sizeof *headers,
		};
}

/* ---- rounds ---- */

struct run {
	const struct mix *mix;
	struct route_table *table;
	struct route_request requests[AT_ONCE];
	struct arena texts;
	unsigned count;
	struct route_scratch scratch;
	uint64_t (*records)[16];
};

static uint64_t hash_of(const struct route_request *request)
{
	struct hash_walk walk = hash_walk(request->target);

	while (hash_step(&walk))
		;
	return hash_mix(walk.hash, hash_name(request->authority));
}

static volatile uint64_t sink; /* what is put there was not worked out in vain */

static void hash(struct run *run)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < AT_ONCE; i++)
		sum += hash_of(&run->requests[i]);
	sink = sum;
}

static uint64_t *record_of(const struct run *run, unsigned i)
{
	uint32_t routes = run->mix->hosts * run->mix->paths;

	return run->records[index_scaled((uint32_t)(hash_of(&run->requests[i]) >> 32), routes)];
}

static void look(struct run *run)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < AT_ONCE; i++) {
		const uint64_t *record = record_of(run, i);

		sum += record[0] ^ record[15];
	}
	sink = sum;
}

static void look_ahead(struct run *run)
{
	const uint64_t *next = record_of(run, 0), *record;
	uint64_t sum = 0;

	for (unsigned i = 0; i < AT_ONCE; i++) {
		record = next;
		next = record_of(run, i + 1 < AT_ONCE ? i + 1 : i);
		index_expect(next);
		sum += record[0] ^ record[15];
	}
	sink = sum;
}

static void decide(struct run *run, unsigned i)
{
	struct route_decision decision;

	route_decide(run->table, &run->requests[i], &run->scratch, &decision);
	if (decision.action != ROUTE_FORWARD) {
		fprintf(stderr, "a request found no route\n");
		exit(1);
	}
}

static void ask(struct run *run)
{
	for (unsigned i = 0; i < AT_ONCE; i++)
		decide(run, i);
}

static void ask_ahead(struct run *run)
{
	for (unsigned i = 0; i < AT_ONCE; i++) {
		if (i + 1 < AT_ONCE)
			route_expect(run->table, &run->requests[i + 1]);
		decide(run, i);
	}
}

static const struct {
	const char *name;
	void (*work)(struct run *run);
} ways[] = {
	{"hash", hash},  {"look", look},       {"ahead", look_ahead},
	{"decide", ask}, {"ahead", ask_ahead},
};
enum { WAYS = sizeof ways / sizeof *ways, LOOK = 1, LOOK_AHEAD, DECIDE, DECIDE_AHEAD };

/* Seconds a request, by way. */
struct times {
	double of[WAYS];
};

static void measure_round(struct run *run, struct times *best)
{
	for (unsigned way = 0; way < WAYS; way++) {
		double took = 0;

		for (unsigned done = 0; done < run->count; done += AT_ONCE) {
			double start;

			make_requests(&run->texts, run->mix, run->requests);
			start = now();
			ways[way].work(run);
			took += now() - start;
		}
		took /= run->count;
		if (!best->of[way] || took < best->of[way])
			best->of[way] = took;
	}
}

static void print_times(const struct mix *mix, double compile, const struct times *best)
{
	printf("%-30s %8u %9.3f", mix->name, mix->hosts * mix->paths, compile);
	for (unsigned way = 0; way < WAYS; way++)
		printf(" %8.1f", best->of[way] * 1e9);
	printf(" %10.2f %10.2f\n", 1e-6 / best->of[DECIDE], 1e-6 / best->of[DECIDE_AHEAD]);
	fflush(stdout);
}

static struct times measure(const struct mix *mix, unsigned rounds)
{
	struct arena arena;
	struct sources sources = {0};
	struct findings findings;
	struct gateway_set set;
	struct kube_set kube;
	struct error error;
	struct buf buf;
	struct run run = {.mix = mix, .count = mix->regex ? REGEX_REQUESTS : REQUESTS};
	struct times best = {0};
	uint32_t routes = mix->hosts * mix->paths;
	double start;

	arena_init(&arena);
	arena_init(&run.texts);
	findings_init(&findings, &arena);
	buf_init(&buf);
	write_world(&buf, mix);
	sources_add(&sources, (struct source){.name = STR("world"), .text = buf_slice(&buf)});
	if (!gateway_load(&set, &kube, &arena, &sources, &(struct kube_load_options){.threads = 1},
			  &findings, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	start = now();
	run.table = route_gateway_new(&set, &(struct route_gateway_options){0});
	start = now() - start;
	run.records =
		index_records(&(struct index){.place_count = routes}, &arena, sizeof *run.records);
	memset(run.records, 1, routes * sizeof *run.records);
	route_scratch_init(&run.scratch, false);
	for (unsigned i = 0; i < rounds; i++)
		measure_round(&run, &best);
	print_times(mix, start, &best);
	route_scratch_finish(&run.scratch);
	route_table_destroy(run.table);
	kube_set_finish(&kube);
	sources_finish(&sources);
	buf_finish(&buf);
	arena_finish(&run.texts);
	arena_finish(&arena);
	return best;
}

static void print_growth(const char *what, unsigned way, const struct times took[static MIXES])
{
	double small = took[BASE].of[way], large = took[LARGE].of[way];

	printf("%-20s %5.2f times as long with 100,000 routes as with 100: %.0f ns more\n", what,
	       large / small, (large - small) * 1e9);
}

int main(int argc, char **argv)
{
	unsigned rounds = 9, only = 0;
	struct times took[MIXES] = {0};

	for (int i = 1; i + 1 < argc; i += 2)
		*(str_is(str_from(argv[i]), "-m") ? &only : &rounds) = (unsigned)atoi(argv[i + 1]);
	printf("%-30s %8s %9s", "table", "routes", "compile s");
	for (unsigned way = 0; way < WAYS; way++)
		printf(" %5s ns", ways[way].name);
	printf(" %10s %10s\n", "million/s", "ahead");
	for (unsigned i = 0; i < MIXES; i++)
		if (!only || only == i + 1)
			took[i] = measure(&mixes[i], rounds);
	if (only)
		return 0;
	print_growth("decide", DECIDE, took);
	print_growth("decide, announced", DECIDE_AHEAD, took);
	print_growth("look", LOOK, took);
	print_growth("look, announced", LOOK_AHEAD, took);
	return 0;
}
