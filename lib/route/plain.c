#include "route/plain.h"

/* ---- filling ---- */

struct plain_table *plain_table_new(void)
{
	struct arena arena;
	struct plain_table *table;

	arena_init(&arena);
	table = arena_new(&arena, struct plain_table);
	table->arena = arena;
	table->base.side = &plain_side;
	table->http_port = 80;
	table->https_port = 443;
	map_init(&table->names, &table->arena);
	return table;
}

struct plain_host *plain_host(struct plain_table *table, struct str name)
{
	struct str lower = str_lower(&table->arena, name);
	struct plain_host **place = (struct plain_host **)map_at(&table->names, lower);

	if (*place)
		return *place;
	*place = arena_new(&table->arena, struct plain_host);
	(*place)->name = lower;
	map_init(&(*place)->exact, &table->arena);
	map_init(&(*place)->prefix, &table->arena);
	ARENA_PUSH(&table->arena, table->hosts, table->host_count, *place);
	return *place;
}

/* "Currently it can contain characters disallowed from the conventional "path" part of a URL" (path of
 * HTTPIngressPath): no client sends those, which RFC 3986 3.3 does not allow, as they are. */
static struct str on_the_line(struct arena *arena, struct str path)
{
	return route_percent(path, "\"#%<>?[\\]^`{|}", arena);
}

bool plain_rule_add(struct plain_table *table, struct plain_host *host, struct plain_rule rule)
{
	struct plain_rule *kept = arena_new(&table->arena, struct plain_rule);
	struct map *map = rule.kind == PLAIN_EXACT ? &host->exact : &host->prefix;
	void **place;

	rule.path = on_the_line(&table->arena, rule.path);
	if (rule.kind == PLAIN_PREFIX)
		rule.path.len -= str_ends(rule.path, "/");
	place = map_at(map, rule.path);
	if (*place)
		return false;
	*kept = rule;
	*place = kept;
	ARENA_PUSH(&table->arena, host->rules, host->rule_count, rule);
	return true;
}

/* ---- choosing ---- */

/* "The wildcard character '*' must appear by itself as the first DNS label and matches only a single
 * label" (host of IngressRule). */
static const struct plain_host *host_find(const struct plain_table *table, struct str name,
					  struct arena *arena)
{
	struct str lower = str_lower(arena, name);
	const struct plain_host *host = map_get(&table->names, lower);
	size_t dot = str_find(lower, '.');

	if (!host && dot != SIZE_MAX && dot > 0)
		host = map_get(&table->names,
			       str_format(arena, "*%.*s", STR_ARG(str_from_pos(lower, dot))));
	return host ? host : map_get(&table->names, STR(""));
}

/* "Precedence will be given first to the longest matching path. If two paths are still equally matched,
 * precedence will be given to paths with an exact path type over prefix path type." An exact one is as
 * long as the path of the request; prefixes are tried from there down, element by element. */
static const struct plain_rule *rule_find(const struct plain_host *host, struct str path)
{
	const struct plain_rule *rule = map_get(&host->exact, path);
	size_t len = path.len;

	while (!rule) {
		rule = map_get(&host->prefix, str_sub(path, 0, len));
		if (!len)
			break;
		do
			len--;
		while (len && path.at[len] != '/');
	}
	return rule;
}

/* ---- explaining ---- */

static struct str words_of(struct arena *arena, const struct plain_rule *rule)
{
	if (rule->is_default)
		return STR("default backend");
	return str_format(arena, "%s %.*s", rule->kind == PLAIN_EXACT ? "Exact" : "Prefix",
			  STR_ARG(rule->path.len ? rule->path : STR("/")));
}

static const char *why_not(const struct plain_rule *rule, const struct plain_rule *taken,
			   struct str path)
{
	struct str head = str_sub(path, 0, rule->path.len);

	if (str_eq(path, rule->path))
		return rule->kind == PLAIN_EXACT ? "another path comes first"
						 : "Exact goes before Prefix";
	if (rule->kind == PLAIN_PREFIX && str_eq(head, rule->path))
		return path.at[head.len] != '/'     ? "the path element goes on"
		       : taken->kind == PLAIN_EXACT ? "Exact goes before Prefix"
						    : "a longer path fits";
	if (str_eq_nocase(rule->kind == PLAIN_EXACT ? path : head, rule->path))
		return "case differs";
	return "another path";
}

static void explain(const struct plain_host *host, const struct plain_rule *taken, struct str path,
		    struct route_scratch *scratch, struct route_decision *decision)
{
	for (size_t i = 0; i < host->rule_count; i++) {
		const struct plain_rule *rule = &host->rules[i];
		bool is_taken =
			taken && taken->kind == rule->kind && str_eq(taken->path, rule->path);
		struct str what = words_of(&scratch->arena, rule);

		route_explain(
			scratch, decision,
			(struct route_step){
				.kind = ROUTE_STEP_MATCH,
				.taken = is_taken,
				.place = rule->place,
				.what = what,
				.why = is_taken ? STR("") : str_from(why_not(rule, taken, path))});
		if (is_taken)
			decision->what = what;
	}
}

/* ---- deciding ---- */

static void answer(struct route_decision *decision, enum route_phase phase, unsigned status)
{
	decision->action = ROUTE_ANSWER;
	decision->phase = phase;
	decision->status = status;
}

/* "The Ingress only supports a single TLS port, 443" (tls of IngressSpec): a name without an entry is not
 * served there. False: that is the end of it. */
static bool connect(const struct plain_table *table, const struct route_request *request,
		    struct arena *arena, struct route_decision *decision)
{
	bool tls = request->tls || request->transport == ROUTE_TLS;
	const struct plain_host *host;

	decision->action = ROUTE_CLOSE;
	decision->phase = ROUTE_PHASE_CONNECT;
	if ((request->transport != ROUTE_HTTP && request->transport != ROUTE_TLS) ||
	    request->port != (tls ? table->https_port : table->http_port))
		return false;
	if (!tls)
		return true;
	decision->phase = ROUTE_PHASE_TLS;
	host = host_find(table, request->sni, arena);
	if (!host || !host->tls)
		return false;
	decision->tls = host->tls;
	if (request->transport == ROUTE_HTTP)
		return true;
	answer(decision, ROUTE_PHASE_TLS, 0);
	return false;
}

static void forward(const struct plain_rule *rule, const struct route_request *request,
		    const struct route_target *target, struct route_decision *decision)
{
	decision->place = rule->place;
	decision->policy = rule->policy;
	/* The API does not say what is answered then; 503 is usual. */
	if (!rule->backend || rule->backend->state != ROUTE_BACKEND_OK) {
		answer(decision, ROUTE_PHASE_BACKEND, 503);
		return;
	}
	decision->action = ROUTE_FORWARD;
	decision->phase = ROUTE_PHASE_BACKEND;
	decision->status = 0;
	decision->backends = rule->backend;
	decision->backend_count = 1;
	decision->weight = 1;
	decision->sent = (struct route_sent){.path = target->path,
					     .query = target->query,
					     .has_query = target->has_query,
					     .host = target->authority.len ? target->authority
									   : request->authority};
}

static void decide(const struct route_table *base, const struct route_request *request,
		   struct route_scratch *scratch, struct route_decision *decision)
{
	const struct plain_table *table = (const struct plain_table *)base;
	struct route_target target = route_target(request->target);
	const struct plain_host *host;
	const struct plain_rule *rule;

	*decision = (struct route_decision){.policy = &route_no_policy, .grpc_status = ROUTE_UNSET};
	if (!connect(table, request, &scratch->arena, decision))
		return;
	if (!str_starts(target.path, "/")) {
		answer(decision, ROUTE_PHASE_REQUEST, 400);
		return;
	}
	host = host_find(table,
			 route_host(target.authority.len ? target.authority : request->authority),
			 &scratch->arena);
	answer(decision, ROUTE_PHASE_HOST, 404);
	if (!host)
		return;
	decision->phase = ROUTE_PHASE_ROUTE;
	decision->listener = host->name.len ? host->name : STR("*");
	decision->host = host->place;
	rule = rule_find(host, target.path);
	if (scratch->explain)
		explain(host, rule, target.path, scratch, decision);
	if (rule)
		forward(rule, request, &target, decision);
}

/* ---- terms ---- */

static void terms(const struct route_table *base,
		  void (*say)(void *user, const struct route_term *term), void *user)
{
	const struct plain_table *table = (const struct plain_table *)base;

	for (size_t h = 0; h < table->host_count; h++)
		for (int tls = 0; tls < 2; tls++) {
			const struct plain_host *host = table->hosts[h];
			struct route_term term = {.tls = tls,
						  .port = tls ? table->https_port
							      : table->http_port,
						  .host = host->name,
						  .place = host->place};

			say(user, &term);
			if (tls && host->tls) {
				term.place = host->tls_place;
				say(user, &term);
			}
			for (size_t r = 0; r < host->rule_count; r++) {
				const struct plain_rule *rule = &host->rules[r];

				term.path_kind = rule->kind == PLAIN_EXACT ? ROUTE_PATH_EXACT
									   : ROUTE_PATH_ELEMENTS;
				term.path = rule->path.len ? rule->path : STR("/");
				term.place = rule->place;
				say(user, &term);
			}
		}
}

/* Port 80, and 443 ("the only TLS port", tls of IngressSpec) once an Ingress has an entry for it. */
static void fronts(const struct route_table *base,
		   void (*say)(void *user, const struct route_front *front), void *user)
{
	const struct plain_table *table = (const struct plain_table *)base;
	bool tls = false;

	for (size_t i = 0; i < table->host_count; i++)
		tls |= table->hosts[i]->tls != NULL;
	say(user, &(struct route_front){.protocol = ROUTE_FRONT_HTTP, .port = table->http_port});
	if (tls)
		say(user,
		    &(struct route_front){.protocol = ROUTE_FRONT_TLS, .port = table->https_port});
}

static void destroy(struct route_table *base)
{
	struct arena arena = ((struct plain_table *)base)->arena;

	arena_finish(&arena);
}

const struct route_side plain_side = {
	.name = "ingress",
	.title = "Ingress (by its API)",
	.premise = "the controller keeps to the words of the Ingress API",
	.decide = decide,
	.terms = terms,
	.fronts = fronts,
	.destroy = destroy,
};
