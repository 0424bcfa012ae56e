/* decide - what the source side of manifests decides about requests, as JSON, one line a request.
 *
 * usage: decide FILE... < requests
 *
 * A request is a line of tab-separated fields: scheme, method, target, host ("-": none), version
 * ("1.0", "1.1", "2"), client address ("-": not known), bytes of the body, then headers as
 * "Name: value".
 */
#include <stdio.h>

#include "converters/sides.h"

enum { LINE = 65536, FIELDS = 64 };

static void out_str(const char *name, struct str text)
{
	printf(", \"%s\": \"", name);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void out_edits(const char *name, struct route_edits edits)
{
	static const char *const kinds[] = {"set", "add", "remove", "default"};

	printf(", \"%s\": [", name);
	for (size_t i = 0; i < edits.count; i++) {
		printf("%s{\"kind\": \"%s\"", i ? ", " : "", kinds[edits.at[i].kind]);
		out_str("name", edits.at[i].name);
		out_str("value", edits.at[i].value);
		putchar('}');
	}
	putchar(']');
}

static void out_backends(const struct route_decision *decision)
{
	printf(", \"backends\": [");
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *backend = &decision->backends[i];

		printf("%s{\"weight\": %u, \"port\": %u, \"status\": %u", i ? ", " : "",
		       backend->weight, backend->port, backend->status);
		out_str("namespace", backend->namespace);
		out_str("kind", backend->kind);
		out_str("name", backend->name);
		out_str("protocol", str_from(route_protocol_name(backend->protocol)));
		printf(", \"tls\": %s}", backend->tls ? "true" : "false");
	}
	putchar(']');
}

static void out_facts(const struct route_policy *policy)
{
	printf(", \"facts\": [");
	for (size_t i = 0; i < policy->fact_count; i++)
		printf("%s\"%s\"", i ? ", " : "", feature_name(policy->facts[i].feature));
	putchar(']');
}

/* Statuses of backends that a page replaces. */
static void out_pages(const struct route_pages *pages)
{
	printf(", \"pages\": [");
	for (size_t i = 0; pages && i < pages->code_count; i++)
		printf("%s%u", i ? ", " : "", pages->codes[i]);
	putchar(']');
}

static void out_decision(const char *side, const struct route_decision *decision)
{
	char field[ROUTE_FIELD];

	printf("{\"side\": \"%s\", \"action\": \"%s\", \"status\": %u", side,
	       route_action_name(decision->action), decision->status);
	out_str("location", decision->location);
	out_str("path", decision->sent.path);
	out_str("query", decision->sent.query);
	printf(", \"has_query\": %s", decision->sent.has_query ? "true" : "false");
	out_str("host", decision->sent.host);
	out_str("object", decision->place.object ? decision->place.object->name : STR(""));
	out_str("field", route_place_field(&decision->place, field));
	out_backends(decision);
	out_edits("request", decision->request);
	out_edits("response", decision->response);
	out_edits("late", decision->late);
	out_facts(decision->policy);
	out_pages(decision->policy->pages);
	if (decision->tls) {
		out_str("certificate", decision->tls->name);
		printf(", \"passthrough\": %s", decision->tls->passthrough ? "true" : "false");
	}
	printf("}");
}

/* ---- requests ---- */

static struct route_header parse_header(struct str text)
{
	size_t colon = str_find(text, ':');

	return (struct route_header){str_sub(text, 0, colon),
				     str_trim(str_from_pos(text, colon + 1))};
}

static bool parse_request(struct str line, struct route_request *request,
			  struct route_header headers[static FIELDS])
{
	struct str field[7], part;
	bool more = true;
	size_t count = 0;

	*request = (struct route_request){.headers = headers};
	while (str_split(&line, '\t', &more, &part)) {
		if (count < 7)
			field[count] = part;
		else if (request->header_count < FIELDS)
			headers[request->header_count++] = parse_header(part);
		count++;
	}
	if (count < 7 || !str_to_int(field[6], &request->body_length))
		return false;
	request->tls = str_is(field[0], "https");
	request->port = request->tls ? 443 : 80;
	request->method = field[1];
	request->target = field[2];
	request->authority = str_is(field[3], "-") ? (struct str){0} : field[3];
	request->sni = request->tls ? route_host(request->authority) : (struct str){0};
	request->version = str_is(field[4], "1.0") ? ROUTE_HTTP_1_0
			   : str_is(field[4], "2") ? ROUTE_HTTP_2
						   : ROUTE_HTTP_1_1;
	return str_is(field[5], "-") || route_address_parse(field[5], &request->client);
}

static int answer_all(const struct sides *sides)
{
	static char line[LINE];
	struct route_header headers[FIELDS];
	struct route_scratch scratch;
	struct route_decision decision;
	struct route_request request;
	int status = 0;

	route_scratch_init(&scratch, false);
	while (!status && fgets(line, sizeof line, stdin)) {
		struct str text = {line, strcspn(line, "\n")};

		if (!parse_request(text, &request, headers)) {
			fprintf(stderr, "decide: no request: %s", line);
			status = 2;
			break;
		}
		putchar('[');
		for (size_t i = 0; i < sides->count; i++) {
			route_decide(sides->at[i].table, &request, &scratch, &decision);
			if (i)
				printf(", ");
			out_decision(sides->at[i].table->side->name, &decision);
		}
		printf("]\n");
	}
	route_scratch_finish(&scratch);
	return status;
}

int main(int argc, char **argv)
{
	struct convert_options options = {0};
	struct sources sources = {0};
	struct kube_set set;
	struct arena arena;
	struct findings findings;
	struct error error;
	struct sides sides;
	int status = 2;

	arena_init(&arena);
	findings_init(&findings, &arena);
	for (int i = 1; i < argc; i++)
		sources_add(&sources, (struct source){.name = str_from(argv[i]), .path = argv[i]});
	if (kube_load(&set, &arena, &sources, &options.load, &findings, &error)) {
		sides_build(&sides, &set, &options);
		status = answer_all(&sides);
		sides_finish(&sides);
	} else {
		fprintf(stderr, "decide: %s\n", error.text);
	}
	kube_set_finish(&set);
	sources_finish(&sources);
	arena_finish(&arena);
	return status;
}
