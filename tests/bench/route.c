/* route.c - decisions a second of the Gateway side, and two floors: hashing host and path, and the same
 * with one look into a table that holds 128 bytes a route (two lines of the cache), wherever the hash says.
 *
 * usage: route [-n ROUNDS] [-m LINE]
 *
 * -m measures one line of the table only, from 1: for tools that count instructions.
 *
 * Every line asks the same number of requests, which are made before the clock runs and drawn evenly from
 * all routes, so that the largest table is asked for all of it. Processor time of this thread; the best
 * round counts, because whatever else runs on the machine only ever adds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "route/gateway.h"
#include "route/hash.h"
#include "route/index.h"

enum { REQUESTS = 1 << 16, REGEX_REQUESTS = 1 << 13 };

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
		buf_format(buf, "{type: PathPrefix, value: /api/service-%u}", path);
	else if (mix == &mixes[BLIND])
		buf_format(buf, "{type: RegularExpression, value: '.*/service-%u/[0-9]+'}", path);
	else
		buf_format(buf,
			   "{type: RegularExpression, value: '/(?i)api/service-%u(/|$)(.*).*'}",
			   path);
}

static void add_route(struct buf *buf, const struct mix *mix, unsigned host, unsigned from)
{
	buf_format(buf,
		   "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
		   "metadata: {name: host-%u-%u, namespace: web}\nspec:\n"
		   "  parentRefs: [{name: gw}]\n"
		   "  hostnames: [host-%u.example.com]\n  rules:\n",
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

static struct route_request *make_requests(struct arena *arena, const struct mix *mix)
{
	struct route_request *requests = arena_array(arena, struct route_request, REQUESTS);

	for (unsigned i = 0; i < REQUESTS; i++)
		requests[i] = (struct route_request){
			.port = 80,
			.authority = str_format(arena, "host-%u.example.com", below(mix->hosts)),
			.target = str_format(arena, "/api/service-%u/%u?page=2", below(mix->paths),
					     i),
			.headers = headers,
			.header_count = sizeof headers / sizeof *headers,
		};
	return requests;
}

/* ---- rounds ---- */

struct run {
	const struct mix *mix;
	struct route_table *table;
	struct route_request *requests;
	unsigned count;
	struct route_scratch scratch;
	double best, floor, look; /* seconds for all requests */
	uint64_t (*records)[16];
};

static void ask(struct run *run)
{
	struct route_decision decision;
	double start = now(), took;

	for (unsigned i = 0; i < run->count; i++) {
		route_decide(run->table, &run->requests[i], &run->scratch, &decision);
		if (decision.action != ROUTE_FORWARD) {
			fprintf(stderr, "a request found no route\n");
			exit(1);
		}
	}
	took = now() - start;
	if (!run->best || took < run->best)
		run->best = took;
}

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
	double start = now(), took;

	for (unsigned i = 0; i < run->count; i++)
		sum += hash_of(&run->requests[i]);
	sink = sum;
	took = now() - start;
	if (!run->floor || took < run->floor)
		run->floor = took;
}

static void look(struct run *run)
{
	uint64_t sum = 0;
	double start = now(), took;
	uint32_t routes = run->mix->hosts * run->mix->paths;

	for (unsigned i = 0; i < run->count; i++) {
		uint32_t place = index_scaled((uint32_t)(hash_of(&run->requests[i]) >> 32), routes);

		sum += run->records[place][0] ^ run->records[place][15];
	}
	sink = sum;
	took = now() - start;
	if (!run->look || took < run->look)
		run->look = took;
}

/* Seconds a request. */
struct times {
	double decide, look;
};

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
	double start;

	arena_init(&arena);
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
	run.requests = make_requests(&arena, mix);
	run.records = index_records(&(struct index){.place_count = mix->hosts * mix->paths}, &arena,
				    sizeof *run.records);
	memset(run.records, 1, mix->hosts * mix->paths * sizeof *run.records);
	route_scratch_init(&run.scratch, false);
	for (unsigned i = 0; i < rounds; i++) {
		hash(&run);
		look(&run);
		ask(&run);
	}
	printf("%-30s %8u %9.3f %10.2f %8.1f %8.1f %8.1f\n", mix->name, mix->hosts * mix->paths,
	       start, run.count / run.best / 1e6, run.best / run.count * 1e9,
	       run.floor / run.count * 1e9, run.look / run.count * 1e9);
	fflush(stdout);
	route_scratch_finish(&run.scratch);
	route_table_destroy(run.table);
	kube_set_finish(&kube);
	sources_finish(&sources);
	buf_finish(&buf);
	arena_finish(&arena);
	return (struct times){run.best / run.count, run.look / run.count};
}

int main(int argc, char **argv)
{
	unsigned rounds = 9, only = 0;
	struct times took[MIXES] = {0};

	for (int i = 1; i + 1 < argc; i += 2)
		*(str_is(str_from(argv[i]), "-m") ? &only : &rounds) = (unsigned)atoi(argv[i + 1]);
	printf("%-30s %8s %9s %10s %8s %8s %8s\n", "table", "routes", "compile s", "million/s",
	       "ns", "hash ns", "look ns");
	for (unsigned i = 0; i < MIXES; i++)
		if (!only || only == i + 1)
			took[i] = measure(&mixes[i], rounds);
	if (!only)
		printf("100,000 routes take %.2f times as long as 100: %.0f ns more; a look alone "
		       "%.2f times: %.0f ns more\n",
		       took[LARGE].decide / took[BASE].decide,
		       (took[LARGE].decide - took[BASE].decide) * 1e9,
		       took[LARGE].look / took[BASE].look,
		       (took[LARGE].look - took[BASE].look) * 1e9);
	return 0;
}
