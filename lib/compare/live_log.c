/* The access log of a live ingress-nginx, in the default format of the controller (log-format-upstream):
 *
 *   $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"
 *   "$http_user_agent" $request_length $request_time [$proxy_upstream_name]
 *   [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length
 *   $upstream_response_time $upstream_status $req_id
 *
 * Names of upstreams are "namespace-service-port" (upstreamName() of the controller), whose parts have dashes
 * themselves: all names that the input can give are known beforehand. The alternative stands there when a
 * canary was chosen (balancer.lua). Whoever was asked several times, addresses with ", " between them, is
 * still one Service; "-" means that nobody was asked, and nginx answered by itself. */
#include "base/map.h"
#include "compare/log_line.h"
#include "compare/requests.h"

enum {
	LINE_MOST = 64 * 1024,
	IDS_MOST = 1000 * 1000,
};

#define OWN_IDS "i2g-"

struct live_log {
	struct arena *arena;
	struct map upstreams; /* name -> struct str *, "ns/service"; empty: it may be several */
	struct map ids;       /* -> struct str * of `upstreams` */
	struct str part;      /* of a line whose end is to come; LINE_MOST bytes of room */
	bool skipping;        /* a line that is too long, to its end */
};

/* ---- names of upstreams ---- */

static void add_name(struct live_log *log, struct str namespace, struct str service,
		     struct str port)
{
	struct str name = STR_JOIN(log->arena, namespace, STR("-"), service, STR("-"), port);
	struct str backend = STR_JOIN(log->arena, namespace, STR("/"), service);
	struct str **place = (struct str **)map_at(&log->upstreams, name);

	if (!port.len || !service.len)
		return;
	if (!*place) {
		*place = arena_new(log->arena, struct str);
		**place = backend;
	} else if (!str_eq(**place, backend)) {
		**place = (struct str){0};
	}
}

static void add_backend(struct live_log *log, struct str namespace,
			const struct kube_backend *backend)
{
	char digits[STR_DIGITS];

	if (backend->type != KUBE_BACKEND_SERVICE)
		return;
	add_name(log, namespace, backend->name.text,
		 backend->port ? str_digits(digits, backend->port) : backend->port_name);
}

static void add_ingress(struct live_log *log, const struct kube_ingress *ingress)
{
	struct str namespace = ingress->meta.namespace;

	add_backend(log, namespace, &ingress->default_backend);
	for (size_t r = 0; r < ingress->rule_count; r++)
		for (size_t p = 0; p < ingress->rules[r].path_count; p++)
			add_backend(log, namespace, &ingress->rules[r].paths[p].backend);
}

static void add_service(struct live_log *log, const struct kube_service *service)
{
	char digits[STR_DIGITS];

	for (size_t i = 0; i < service->port_count; i++) {
		const struct kube_service_port *port = &service->ports[i];

		add_name(log, service->meta.namespace, service->meta.name,
			 str_digits(digits, port->number));
		add_name(log, service->meta.namespace, service->meta.name, port->name);
	}
}

struct live_log *live_log_new(struct arena *arena, const struct kube_set *set)
{
	struct live_log *log = arena_new(arena, struct live_log);

	log->arena = arena;
	log->part.at = arena_bytes(arena, LINE_MOST);
	map_init(&log->upstreams, arena);
	map_init(&log->ids, arena);
	for (size_t i = 0; i < set->service_count; i++)
		add_service(log, set->services[i]);
	for (size_t i = 0; i < set->ingress_count; i++)
		add_ingress(log, set->ingresses[i]);
	return log;
}

/* ---- lines ---- */

/* "[name] " off the front of the text. */
static bool take_name(struct str *text, struct str *name)
{
	size_t end = str_find(*text, ']');

	if (!str_starts(*text, "[") || end == SIZE_MAX)
		return false;
	*name = str_sub(*text, 1, end - 1);
	*text = str_trim(str_from_pos(*text, end + 1));
	return true;
}

/* What the last line says of this id counts: it may have been asked again. */
static void keep(struct live_log *log, struct str id, struct str upstream)
{
	struct str *backend = map_get(&log->upstreams, upstream);

	if (!map_get(&log->ids, id)) {
		if (!backend || log->ids.count >= IDS_MOST)
			return;
		id = str_dup(log->arena, id);
	}
	*map_at(&log->ids, id) = backend;
}

static void read_line(struct live_log *log, struct str line)
{
	struct str rest, id, name, other;
	struct log_line parts;
	size_t at;

	line = str_trim(line);
	for (at = line.len; at && line.at[at - 1] != ' '; at--)
		;
	id = str_from_pos(line, at);
	if (!str_starts(id, OWN_IDS) || !log_line_split(line, &parts))
		return;
	rest = parts.rest;
	/* Behind the user agent, the second text within quotes. */
	for (int i = 0; i < 2; i++) {
		size_t quote = str_find(rest, '"'), end;

		rest = str_from_pos(rest, quote);
		end = rest.len ? log_quoted_end(rest) : 0;
		if (!end)
			return;
		rest = str_from_pos(rest, end);
	}
	rest = str_from_pos(rest, str_find(rest, '['));
	if (!take_name(&rest, &name) || !take_name(&rest, &other))
		return;
	if (str_is(str_sub(rest, 0, str_find(rest, ' ')), "-"))
		name = other = (struct str){0};
	keep(log, id, other.len ? other : name);
}

static void take_part(struct live_log *log, struct str bytes)
{
	if (log->skipping || log->part.len + bytes.len > LINE_MOST) {
		log->skipping = true;
		return;
	}
	if (bytes.len)
		memcpy((char *)log->part.at + log->part.len, bytes.at, bytes.len);
	log->part.len += bytes.len;
}

void live_log_feed(struct live_log *log, struct str bytes)
{
	while (bytes.len) {
		const char *end = memchr(bytes.at, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.at) : bytes.len;

		take_part(log, str_sub(bytes, 0, len));
		bytes = str_from_pos(bytes, len + 1);
		if (!end)
			return;
		if (!log->skipping)
			read_line(log, log->part);
		log->part.len = 0;
		log->skipping = false;
	}
}

struct str live_log_backend(const struct live_log *log, struct str id)
{
	const struct str *backend = map_get(&log->ids, id);

	return backend ? *backend : (struct str){0};
}
