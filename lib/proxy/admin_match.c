/* /match: what becomes of a request, and which rules were considered, as the router says it. */
#include "proxy/admin.h"

#include "base/buf.h"
#include "proxy/exchange.h"
#include "proxy/worker.h"
#include "report/decision.h"

enum { HEADERS_MOST = 64 };

/* ---- the question ---- */

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Of a form (application/x-www-form-urlencoded); a broken escape stays as it is. */
static struct str decode(struct str text, struct arena *arena)
{
	char *made = arena_bytes(arena, text.len);
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len ? digit(text.at[i + 1]) : -1;
		int low = i + 2 < text.len ? digit(text.at[i + 2]) : -1;

		if (text.at[i] == '%' && high >= 0 && low >= 0) {
			made[used++] = (char)(high << 4 | low);
			i += 2;
		} else {
			made[used++] = text.at[i] == '+' ? ' ' : text.at[i];
		}
	}
	return (struct str){made, used};
}

static bool read_question(struct proxy_question *question, struct str query, struct arena *arena,
			  struct error *error)
{
	struct str *headers = arena_array(arena, struct str, HEADERS_MOST), part;
	bool more = query.len > 0;

	*question = (struct proxy_question){.headers = headers};
	while (more && str_split(&query, '&', &more, &part)) {
		struct str name = str_sub(part, 0, str_find(part, '='));
		struct str value = decode(str_from_pos(part, name.len + 1), arena);

		if (str_is(name, "url"))
			question->url = value;
		else if (str_is(name, "method"))
			question->method = value;
		else if (str_is(name, "from"))
			question->from = value;
		else if (str_is(name, "sni"))
			question->sni = value;
		else if (str_is(name, "header") && question->header_count < HEADERS_MOST)
			headers[question->header_count++] = value;
		else
			return error_set(
				error,
				"'%.*s' is not asked for here: url, method, header, from, sni",
				STR_ARG(name));
	}
	return question->url.len || error_set(error, "url= is missing");
}

/* ---- the answer ---- */

static void explain(struct buf *out, const struct proxy_world *world,
		    const struct route_request *request)
{
	struct route_scratch scratch;
	struct route_decision decision;

	route_scratch_init(&scratch, true);
	buf_text(out, "{\"version\":1,\"decisions\":[");
	for (size_t i = 0; i < world->table_count; i++) {
		route_decide(world->tables[i], request, &scratch, &decision);
		buf_format(out, "%s\n {\"side\":\"%s\",\"decision\":", i ? "," : "",
			   world->tables[i]->side->name);
		decision_json(out, &decision, world->sources);
		buf_char(out, '}');
	}
	buf_text(out, "\n]}\n");
	route_scratch_finish(&scratch);
}

void admin_match(struct exchange *exchange)
{
	const struct proxy_options *options = exchange->worker->options;
	struct str query = route_target(exchange->request.target).query;
	struct proxy_question question;
	struct route_request request;
	struct error error;
	struct buf out;

	if (!options->read_question) {
		exchange_answer_own(exchange, 404, "there is no such page");
		return;
	}
	if (!read_question(&question, query, &exchange->arena, &error) ||
	    !options->read_question(&question, &request, &exchange->arena, &error)) {
		exchange_answer_own(exchange, 400,
				    str_format(&exchange->arena, "%s", error.text).at);
		return;
	}
	buf_init(&out);
	explain(&out, exchange->use->snapshot->world, &request);
	exchange_answer_text(exchange, 200, "application/json",
			     str_dup(&exchange->arena, buf_slice(&out)));
	buf_finish(&out);
}
