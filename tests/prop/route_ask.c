/* route_ask.c - asks the Gateway side about requests; see route_cases.py.
 *
 * usage: route_ask FILE...
 *
 * The files are all there is (options.complete). Each line of standard input is a request: fields
 * NAME=VALUE with tabs between them (gateway=ns/name port= tls= transport= sni= version= method= target=
 * authority= header=Name:value client-certificate=good|bad). For each, one line of JSON.
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/decision.h"
#include "route/gateway.h"

enum { HEADERS_MOST = 64 };

struct asked {
	struct route_request request;
	struct route_header headers[HEADERS_MOST];
};

static unsigned word_of(struct str value, const char *const *words)
{
	unsigned index = 0;

	while (words[index] && !str_is(value, words[index]))
		index++;
	return words[index] ? index : 0;
}

static void read_header(struct asked *asked, struct str value)
{
	size_t colon = str_find(value, ':');

	if (asked->request.header_count == HEADERS_MOST)
		exit(2);
	asked->headers[asked->request.header_count++] = (struct route_header){
		str_sub(value, 0, colon), str_trim(str_from_pos(value, colon + 1))};
}

static void read_field(struct asked *asked, struct str name, struct str value)
{
	static const char *const transports[] = {"http", "tls", "tcp", "udp", NULL};
	static const char *const versions[] = {"1.1", "1.0", "2", "3", NULL};
	static const char *const certificates[] = {"none", "good", "bad", NULL};
	struct route_request *request = &asked->request;
	int64_t number = 0;

	if (str_is(name, "gateway")) {
		size_t slash = str_find(value, '/');

		request->gateway_namespace = str_sub(value, 0, slash);
		request->gateway = str_from_pos(value, slash + 1);
	} else if (str_is(name, "port")) {
		str_to_int(value, &number);
		request->port = (uint32_t)number;
	} else if (str_is(name, "tls")) {
		request->tls = str_is(value, "1");
	} else if (str_is(name, "transport")) {
		request->transport = word_of(value, transports);
	} else if (str_is(name, "version")) {
		request->version = word_of(value, versions);
	} else if (str_is(name, "client-certificate")) {
		request->client_certificate = word_of(value, certificates);
	} else if (str_is(name, "sni")) {
		request->sni = value;
	} else if (str_is(name, "method")) {
		request->method = value;
	} else if (str_is(name, "target")) {
		request->target = value;
	} else if (str_is(name, "authority")) {
		request->authority = value;
	} else if (str_is(name, "header")) {
		read_header(asked, value);
	} else {
		fprintf(stderr, "unknown field '%.*s'\n", STR_ARG(name));
		exit(2);
	}
}

static void ask(const struct route_table *table, struct route_scratch *scratch, struct str line,
		const struct sources *sources)
{
	struct asked asked = {0};
	struct route_decision decision;
	struct str field;
	struct buf buf;
	bool more = true;

	asked.request.headers = asked.headers;
	while (str_split(&line, '\t', &more, &field)) {
		size_t equal = str_find(field, '=');

		read_field(&asked, str_sub(field, 0, equal), str_from_pos(field, equal + 1));
	}
	route_decide(table, &asked.request, scratch, &decision);
	buf_init(&buf);
	decision_json(&buf, &decision, sources);
	for (size_t i = 0; i < buf.len; i++)
		if (buf.at[i] == '\n')
			buf.at[i] = ' ';
	buf_char(&buf, '\n');
	fwrite(buf.at, 1, buf.len, stdout);
	fflush(stdout);
	buf_finish(&buf);
}

static void ask_all(const struct gateway_set *set, const struct sources *sources)
{
	struct route_gateway_options options = {.complete = true};
	struct route_table *table = route_gateway_new(set, &options);
	struct route_scratch scratch;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	route_scratch_init(&scratch, true);
	while ((len = getline(&line, &room, stdin)) > 0)
		ask(table, &scratch, str_trim((struct str){line, (size_t)len}), sources);
	free(line);
	route_scratch_finish(&scratch);
	route_table_destroy(table);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct sources sources = {0};
	struct findings findings;
	struct gateway_set set;
	struct kube_set kube;
	struct error error;

	arena_init(&arena);
	findings_init(&findings, &arena);
	for (int i = 1; i < argc; i++)
		sources_add(&sources, (struct source){.name = str_from(argv[i]), .path = argv[i]});
	if (!gateway_load(&set, &kube, &arena, &sources, &(struct kube_load_options){.threads = 1},
			  &findings, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 2;
	}
	ask_all(&set, &sources);
	kube_set_finish(&kube);
	sources_finish(&sources);
	arena_finish(&arena);
	return 0;
}
