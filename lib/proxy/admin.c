#include "proxy/admin.h"

#include "proxy/exchange.h"
#include "proxy/worker.h"
#include "report/markup.h"

/* ---- adding up ---- */

struct total {
	uint64_t requests, microseconds, buckets[STATS_BUCKETS + 1];
	uint64_t bytes_in, bytes_out, accepted;
	size_t connections, idle_backends;
	struct arena arena;
	struct map series; /* labels -> uint64_t * */
};

static void add_series(struct total *total, const struct stats *stats)
{
	for (const struct stats_series *at = stats->series; at; at = at->next) {
		uint64_t **count = (uint64_t **)map_at(
			&total->series, str_dup(&total->arena, str_from(at->labels)));

		if (!*count)
			*count = arena_new(&total->arena, uint64_t);
		**count += at->count;
	}
}

static void add(struct total *total, struct stats *stats)
{
	pthread_mutex_lock(&stats->lock);
	total->requests += stats->requests;
	total->microseconds += stats->microseconds;
	for (size_t i = 0; i <= STATS_BUCKETS; i++)
		total->buckets[i] += stats->buckets[i];
	total->bytes_in += stats->bytes_in;
	total->bytes_out += stats->bytes_out;
	total->accepted += stats->accepted;
	total->connections += stats->connections;
	total->idle_backends += stats->idle_backends;
	add_series(total, stats);
	pthread_mutex_unlock(&stats->lock);
}

static void total_init(struct total *total, const struct overview *overview)
{
	*total = (struct total){0};
	arena_init(&total->arena);
	map_init(&total->series, &total->arena);
	for (unsigned i = 0; i < overview->worker_count; i++)
		add(total, &overview->workers[i]->stats);
}

/* ---- /metrics ---- */

static void metric(struct buf *out, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	buf_format(out, "# HELP ingress2gw_%s %s\n# TYPE ingress2gw_%s %s\n", name, help, name,
		   type);
	buf_format(out, "ingress2gw_%s %llu\n", name, (unsigned long long)value);
}

static void write_series(struct buf *out, const struct total *total)
{
	buf_text(out, "# HELP ingress2gw_requests_total Requests that were answered.\n"
		      "# TYPE ingress2gw_requests_total counter\n");
	for (size_t i = 0; i < total->series.room; i++) {
		const struct map_entry *entry = &total->series.entries[i];

		if (entry->key)
			buf_format(out, "ingress2gw_requests_total{%.*s} %llu\n", (int)entry->len,
				   entry->key, (unsigned long long)*(uint64_t *)entry->value);
	}
}

static void write_histogram(struct buf *out, const struct total *total)
{
	uint64_t sum = 0;

	buf_text(out,
		 "# HELP ingress2gw_request_duration_seconds From the head of a request to the "
		 "end of its answer.\n"
		 "# TYPE ingress2gw_request_duration_seconds histogram\n");
	for (size_t i = 0; i < STATS_BUCKETS; i++) {
		sum += total->buckets[i];
		buf_format(out, "ingress2gw_request_duration_seconds_bucket{le=\"%g\"} %llu\n",
			   (double)stats_bounds[i] / 1e6, (unsigned long long)sum);
	}
	buf_format(out, "ingress2gw_request_duration_seconds_bucket{le=\"+Inf\"} %llu\n",
		   (unsigned long long)total->requests);
	buf_format(out, "ingress2gw_request_duration_seconds_sum %.6f\n",
		   (double)total->microseconds / 1e6);
	buf_format(out, "ingress2gw_request_duration_seconds_count %llu\n",
		   (unsigned long long)total->requests);
}

static void metrics(struct buf *out, struct overview *overview, struct exchange *exchange)
{
	struct total total;

	(void)exchange;
	total_init(&total, overview);
	write_series(out, &total);
	write_histogram(out, &total);
	metric(out, "request_bytes_total", "counter", "Bytes of bodies from clients.",
	       total.bytes_in);
	metric(out, "response_bytes_total", "counter", "Bytes of bodies to clients.",
	       total.bytes_out);
	metric(out, "connections_total", "counter", "Connections of clients.", total.accepted);
	metric(out, "connections", "gauge", "Connections of clients that are open.",
	       total.connections);
	metric(out, "idle_backend_connections", "gauge", "Connections to backends that wait.",
	       total.idle_backends);
	pthread_mutex_lock(&overview->lock);
	metric(out, "reloads_total", "counter", "Reloads that went well.", overview->reloads);
	metric(out, "reload_failures_total", "counter", "Reloads that changed nothing.",
	       overview->failures);
	metric(out, "loaded_timestamp_seconds", "gauge", "When the routes were read.",
	       (uint64_t)overview->loaded);
	pthread_mutex_unlock(&overview->lock);
	arena_finish(&total.arena);
}

/* ---- /routes ---- */

struct list {
	struct buf *out;
	size_t count;
	const struct proxy_world *world;
	struct arena *arena; /* of what is said of one route */
};

static struct str origin_of(const struct list *list, const struct route_place *place)
{
	return list->world->origin ? list->world->origin(list->world, place, list->arena)
				   : (struct str){NULL, 0};
}

static void member(struct buf *out, const char *name, struct str value)
{
	buf_format(out, ",\"%s\":", name);
	markup_json(out, value);
}

static void say_term(void *user, const struct route_term *term)
{
	static const char *const kinds[] = {"exact", "prefix", "elements", "regex"};
	static const char *const transports[] = {"http", "tls", "tcp", "udp"};
	struct list *list = user;
	struct buf *out = list->out;
	struct arena_mark mark = arena_mark(list->arena);
	struct str from = origin_of(list, &term->place);
	const struct object_ref *object = term->place.object;

	buf_format(out, "%s\n{\"transport\":\"%s\",\"port\":%u,\"tls\":%s",
		   list->count++ ? "," : "", transports[term->transport], term->port,
		   term->tls ? "true" : "false");
	if (term->gateway.len) {
		member(out, "gatewayNamespace", term->gateway_namespace);
		member(out, "gateway", term->gateway);
	}
	member(out, "host", term->host);
	if (term->path.len) {
		member(out, "pathKind", str_from(kinds[term->path_kind]));
		member(out, "path", term->path);
	}
	if (term->method.len)
		member(out, "method", term->method);
	if (object) {
		member(out, "kind", object->kind);
		member(out, "namespace", object->namespace);
		member(out, "name", object->name);
		buf_format(out, ",\"rule\":%d,\"match\":%d", term->place.rule, term->place.match);
	}
	if (from.len)
		member(out, "from", from);
	buf_char(out, '}');
	arena_rewind(list->arena, mark);
}

static void routes(struct buf *out, struct overview *overview, struct exchange *exchange)
{
	const struct proxy_world *world = exchange->use->snapshot->world;
	struct list list = {out, 0, world, &exchange->arena};

	(void)overview;
	buf_text(out, "{\"version\":1,\"routes\":[");
	for (size_t i = 0; i < world->table_count; i++)
		world->tables[i]->side->terms(world->tables[i], say_term, &list);
	buf_text(out, "\n]}\n");
}

/* ---- /status ---- */

static void listeners_json(struct buf *out, const struct overview *overview)
{
	char text[BIND_TEXT];
	bool more = false;

	buf_text(out, ",\"listeners\":[");
	for (const struct bind *bind = overview->binds->first; bind; bind = bind->next) {
		if (!bind->wanted || bind->admin)
			continue;
		buf_format(out, "%s{\"port\":%u", more ? "," : "", bind->port);
		member(out, "address", str_from(bind_text(bind, text)));
		if (bind->gateway[0]) {
			member(out, "gatewayNamespace", str_from(bind->namespace));
			member(out, "gateway", str_from(bind->gateway));
		}
		buf_char(out, '}');
		more = true;
	}
	buf_char(out, ']');
}

static void status(struct buf *out, struct overview *overview, struct exchange *exchange)
{
	struct total total;

	total_init(&total, overview);
	buf_format(out,
		   "{\"version\":1,\"requests\":%llu,\"connections\":%zu,"
		   "\"idleBackendConnections\":%zu,\"routes\":%zu,\"workers\":%u",
		   (unsigned long long)total.requests, total.connections, total.idle_backends,
		   exchange->use->snapshot->world->routes, overview->worker_count);
	pthread_mutex_lock(&overview->lock);
	buf_format(out, ",\"started\":%lld,\"loaded\":%lld,\"reloads\":%u,\"reloadFailures\":%u",
		   (long long)overview->started, (long long)overview->loaded, overview->reloads,
		   overview->failures);
	if (overview->failure[0])
		member(out, "reloadFailure", str_from(overview->failure));
	listeners_json(out, overview);
	pthread_mutex_unlock(&overview->lock);
	buf_text(out, "}\n");
	arena_finish(&total.arena);
}

/* ---- the page ---- */

static void cell(struct buf *out, struct str text)
{
	buf_text(out, "<td>");
	markup_xml(out, text);
	buf_text(out, "</td>");
}

static void page_listeners(struct buf *out, const struct overview *overview)
{
	char text[BIND_TEXT];

	buf_text(out,
		 "<h2>Listeners</h2><table><tr><th>address</th><th>port</th><th>Gateway</th></tr>");
	for (const struct bind *bind = overview->binds->first; bind; bind = bind->next) {
		if (!bind->wanted || bind->admin)
			continue;
		buf_text(out, "<tr>");
		cell(out, str_from(bind_text(bind, text)));
		buf_format(out, "<td>%u</td><td>", bind->port);
		markup_xml(out, str_from(bind->namespace));
		buf_text(out, bind->gateway[0] ? "/" : "");
		markup_xml(out, str_from(bind->gateway));
		buf_text(out, "</td></tr>\n");
	}
	buf_text(out, "</table>");
}

static void page_row(void *user, const struct route_term *term)
{
	const struct list *list = user;
	struct buf *out = list->out;
	struct arena_mark mark = arena_mark(list->arena);
	const struct object_ref *object = term->place.object;

	buf_format(out, "<tr><td>%u</td>", term->port);
	cell(out, term->host.len ? term->host : STR("(any)"));
	cell(out, term->method);
	cell(out, term->path);
	buf_text(out, "<td>");
	if (object) {
		markup_xml(out, object->kind);
		buf_char(out, ' ');
		markup_xml(out, object->namespace);
		buf_char(out, '/');
		markup_xml(out, object->name);
		buf_format(out, " rule %d", term->place.rule + 1);
	}
	buf_text(out, "</td>");
	cell(out, origin_of(list, &term->place));
	buf_text(out, "</tr>\n");
	arena_rewind(list->arena, mark);
}

static void page_routes(struct buf *out, const struct proxy_world *world, struct arena *arena)
{
	struct list list = {out, 0, world, arena};

	buf_text(out, "<h2>Routes</h2><table><tr><th>port</th><th>host</th><th>method</th>"
		      "<th>path</th><th>route</th><th>from</th></tr>");
	for (size_t i = 0; i < world->table_count; i++)
		world->tables[i]->side->terms(world->tables[i], page_row, &list);
	buf_text(out, "</table>");
}

static void page_requests(struct buf *out, const struct overview *overview)
{
	buf_text(out, "<h2>Last requests</h2><pre>");
	for (unsigned i = 0; i < overview->worker_count; i++) {
		struct stats *stats = &overview->workers[i]->stats;
		uint64_t first, at;

		pthread_mutex_lock(&stats->lock);
		first = stats->last_count > STATS_LAST ? stats->last_count - STATS_LAST : 0;
		for (at = stats->last_count; at-- > first;) {
			markup_xml(out, str_from(stats->last[at % STATS_LAST]));
			buf_char(out, '\n');
		}
		pthread_mutex_unlock(&stats->lock);
	}
	buf_text(out, "</pre>");
}

static void page(struct buf *out, struct overview *overview, struct exchange *exchange)
{
	const struct proxy_world *world = exchange->use->snapshot->world;
	struct total total;

	total_init(&total, overview);
	buf_text(out,
		 "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">"
		 "<meta http-equiv=\"Content-Security-Policy\" "
		 "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
		 "<meta name=\"viewport\" content=\"width=device-width\">"
		 "<title>ingress2gw serve</title><style>"
		 "body{font:14px sans-serif;margin:2em;color-scheme:light dark}"
		 "table,pre{display:block;overflow-x:auto}"
		 "table{border-collapse:collapse}th,td{text-align:left;padding:.2em 1em .2em 0}"
		 "</style><h1>ingress2gw serve</h1>");
	buf_format(out,
		   "<p>Requests: %llu. Connections: %zu; to backends, waiting: %zu. Routes: %zu. "
		   "Reloads: ",
		   (unsigned long long)total.requests, total.connections, total.idle_backends,
		   world->routes);
	pthread_mutex_lock(&overview->lock);
	buf_format(out, "%u", overview->reloads);
	if (overview->failure[0]) {
		buf_text(out, "; the last one failed: ");
		markup_xml(out, str_from(overview->failure));
	}
	buf_text(out, ".</p>");
	page_listeners(out, overview);
	pthread_mutex_unlock(&overview->lock);
	page_routes(out, world, &exchange->arena);
	page_requests(out, overview);
	buf_text(out, "</html>\n");
	arena_finish(&total.arena);
}

/* ---- all of them ---- */

static void health(struct buf *out, struct overview *overview, struct exchange *exchange)
{
	(void)overview;
	(void)exchange;
	buf_text(out, "ok\n");
}

static const struct {
	const char *path, *type;
	void (*write)(struct buf *out, struct overview *overview, struct exchange *exchange);
} pages[] = {
	{"/", "text/html; charset=utf-8", page},
	{"/healthz", "text/plain; charset=utf-8", health},
	{"/metrics", "text/plain; version=0.0.4; charset=utf-8", metrics},
	{"/readyz", "text/plain; charset=utf-8", health},
	{"/routes", "application/json", routes},
	{"/status", "application/json", status},
};

void admin_answer(struct exchange *exchange)
{
	struct worker *worker = exchange->worker;
	struct str path = route_target(exchange->request.target).path;
	enum head_method method = exchange->request.method_id;
	struct buf out;

	if (method != HEAD_METHOD_GET && method != HEAD_METHOD_HEAD) {
		exchange_answer_own(exchange, 405, "these pages are only read");
		return;
	}
	if (worker->draining && str_is(path, "/readyz")) {
		exchange_answer_own(exchange, 503, "the proxy ends");
		return;
	}
	if (str_is(path, "/match")) {
		admin_match(exchange);
		return;
	}
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (!str_is(path, pages[i].path))
			continue;
		buf_init(&out);
		pages[i].write(&out, worker->overview, exchange);
		exchange_answer_text(exchange, 200, pages[i].type,
				     str_dup(&exchange->arena, buf_slice(&out)));
		buf_finish(&out);
		return;
	}
	exchange_answer_own(exchange, 404, "there is no such page");
}
