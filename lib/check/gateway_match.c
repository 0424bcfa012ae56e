#include <stdlib.h>

#include "base/buf.h"
#include "check/gateway_parts.h"

/* Where a match stands. */
struct owner {
	const struct attach_route *route;
	size_t rule, match;
};

/* Who takes requests that fit one meaning on one site. */
struct entry {
	struct owner owner;
	size_t path_len; /* a longer path wins, also when it is longer by a "/" without meaning */
};

/* What one host name on one port has. */
struct host {
	struct str name;
	const struct attach_listener *listener;
	struct owner all;  /* takes every request for it; route NULL: none */
	struct owner some; /* of the routes that ask for a path, the first */
	struct str some_key;
};

/* ---- meanings ---- */

/* "/a/" and "/a" are one prefix. */
static struct str prefix_of(const struct gateway_match *match)
{
	struct str path = match->path.text;

	if (match->path_type == GATEWAY_MATCH_PREFIX && path.len > 1 && str_ends(path, "/"))
		path.len--;
	return path;
}

/* A header or parameter by the name that it is compared by. */
struct named {
	struct str name;
	const struct gateway_value_match *value;
};

/* Entries with one name stay in their order. */
static int compare_named(const void *a, const void *b)
{
	const struct named *left = a, *right = b;
	int order = str_cmp(left->name, right->name);

	return order ? order : (left->value > right->value) - (left->value < right->value);
}

/* Names of headers have no case; of entries with one name the first counts. */
static void add_values(struct gateway_run *run, struct buf *buf,
		       const struct gateway_value_matches *values, bool headers)
{
	struct named *order = arena_array(run->arena, struct named, values->count);

	for (size_t i = 0; i < values->count; i++)
		order[i] = (struct named){headers ? str_lower(run->arena, values->at[i].name.text)
						  : values->at[i].name.text,
					  &values->at[i]};
	qsort(order, values->count, sizeof *order, compare_named);
	for (size_t i = 0; i < values->count; i++)
		if (!i || !str_eq(order[i].name, order[i - 1].name))
			buf_format(buf, "\n%c%d%.*s=%.*s", headers ? 'h' : 'q',
				   order[i].value->type, STR_ARG(order[i].name),
				   STR_ARG(order[i].value->value.text));
}

/* Two matches with the same text take the same requests. */
static struct str meaning(struct gateway_run *run, enum gateway_route_kind kind,
			  const struct gateway_match *match)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	if (kind == GATEWAY_HTTP_ROUTE)
		buf_format(&buf, "%d%.*s\nm%.*s", match->path_type, STR_ARG(prefix_of(match)),
			   STR_ARG(match->method.text));
	else
		buf_format(&buf, "g%d%.*s/%.*s", match->rpc_type, STR_ARG(match->service.text),
			   STR_ARG(match->rpc.text));
	if (match->headers.count)
		add_values(run, &buf, &match->headers, true);
	if (match->params.count)
		add_values(run, &buf, &match->params, false);
	text = str_dup(run->arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

/* ---- sites ---- */

static struct str site_key(struct gateway_run *run, const struct gateway_site *site,
			   struct str what)
{
	size_t gateway = (size_t)(site->listener->gateway - run->attach->gateways);

	return gateway_text(run, "%zu/%u/%.*s\n%.*s", gateway, site->listener->spec->port,
			    STR_ARG(site->host), STR_ARG(what));
}

static bool is_root(const struct gateway_match *match)
{
	return match->path_type == GATEWAY_MATCH_PREFIX && str_is(match->path.text, "/");
}

static bool is_catch_all(const struct gateway_match *match)
{
	return is_root(match) && !match->method.text.len && !match->headers.count &&
	       !match->params.count;
}

static void enter_host(struct gateway_run *run, const struct gateway_site *site,
		       const struct owner *owner, struct str key)
{
	const struct gateway_match *match =
		&owner->route->spec->rules[owner->rule].matches[owner->match];
	void **place = map_at(&run->hosts, site_key(run, site, STR("")));
	struct host *host = *place;

	if (!host) {
		*place = host = arena_new(run->arena, struct host);
		host->name = site->host;
		host->listener = site->listener;
	}
	if (is_catch_all(match)) {
		if (!host->all.route)
			host->all = *owner;
	} else if (!is_root(match) && !host->some.route) {
		host->some = *owner;
		host->some_key = key;
	}
}

static void enter_path(struct gateway_run *run, const struct gateway_site *site,
		       const struct gateway_match *match)
{
	const char *mark = match->path_type == GATEWAY_MATCH_EXACT ? "=" : "~";

	if (match->path_type == GATEWAY_MATCH_REGEX)
		return;
	*map_at(&run->paths,
		site_key(run, site, gateway_text(run, "%s%.*s", mark, STR_ARG(prefix_of(match))))) =
		run;
}

/* ---- entering ---- */

struct walk {
	struct gateway_run *run;
	size_t steps;
	void (*visit)(struct gateway_run *run, const struct gateway_site *site,
		      const struct owner *owner, struct str key);
};

static void walk_sites(struct walk *walk, const struct owner *owner, struct str key)
{
	static const struct kube_text any = {{NULL, 0}, {0}};

	for (size_t i = 0; i < owner->route->parent_count; i++) {
		const struct attach_parent *parent = &owner->route->parents[i];

		for (size_t j = 0; j < parent->binding_count; j++) {
			const struct attach_binding *binding = &parent->bindings[j];
			size_t count = binding->hostnames.count;

			for (size_t k = 0; k < (count ? count : 1); k++) {
				const struct gateway_site site = {
					binding->listener,
					count ? binding->hostnames.at[k].text : any.text};

				if (++walk->steps > GATEWAY_COMPARED_MOST) {
					walk->run->full = true;
					return;
				}
				walk->visit(walk->run, &site, owner, key);
			}
		}
	}
}

static void walk_route(struct walk *walk, const struct attach_route *route)
{
	const struct gateway_route *spec = route->spec;
	struct owner owner = {.route = route};

	if (spec->kind > GATEWAY_GRPC_ROUTE) {
		/* What decides is the port, and with TLS the server name. */
		walk_sites(walk, &owner, str_from(gateway_route_kind_name(spec->kind)));
		return;
	}
	for (owner.rule = 0; owner.rule < spec->rule_count; owner.rule++)
		for (owner.match = 0; owner.match < spec->rules[owner.rule].match_count;
		     owner.match++)
			walk_sites(walk, &owner,
				   meaning(walk->run, spec->kind,
					   &spec->rules[owner.rule].matches[owner.match]));
}

static size_t path_len(const struct owner *owner)
{
	return owner->route->spec->kind == GATEWAY_HTTP_ROUTE
		       ? owner->route->spec->rules[owner->rule].matches[owner->match].path.text.len
		       : 0;
}

static void enter(struct gateway_run *run, const struct gateway_site *site,
		  const struct owner *owner, struct str key)
{
	void **place = map_at(&run->entries, site_key(run, site, key));
	struct entry *entry = *place;

	if (!entry)
		*place = entry = arena_new(run->arena, struct entry);
	if (!entry->owner.route || path_len(owner) > entry->path_len)
		*entry = (struct entry){*owner, path_len(owner)};
	if (owner->route->spec->kind != GATEWAY_HTTP_ROUTE)
		return;
	enter_path(run, site, &owner->route->spec->rules[owner->rule].matches[owner->match]);
	enter_host(run, site, owner, key);
}

static int by_precedence(const void *a, const void *b)
{
	return gateway_precedence(&(*(const struct attach_route *const *)a)->spec->meta,
				  &(*(const struct attach_route *const *)b)->spec->meta);
}

void gateway_enter_matches(struct gateway_run *run)
{
	size_t count = run->attach->set->route_count;
	const struct attach_route **order =
		arena_array(run->arena, const struct attach_route *, count + 1);
	struct walk walk = {.run = run, .visit = enter};

	for (size_t i = 0; i < count; i++)
		order[i] = &run->attach->routes[i];
	qsort(order, count, sizeof *order, by_precedence);
	for (size_t i = 0; i < count; i++)
		walk_route(&walk, order[i]);
}

bool gateway_has_nearer_path(struct gateway_run *run, const struct gateway_site *site,
			     struct str target, struct str than)
{
	struct str path = target;

	if (map_get(&run->paths, site_key(run, site, gateway_text(run, "=%.*s", STR_ARG(target)))))
		return true;
	while (path.len > than.len) {
		if (map_get(&run->paths,
			    site_key(run, site, gateway_text(run, "~%.*s", STR_ARG(path)))))
			return true;
		while (path.len && path.at[--path.len] != '/')
			;
	}
	return false;
}

/* ---- asking ---- */

/* The first other match that takes the requests of the match at hand, and on how many of its sites. */
struct verdict {
	struct owner owner, winner;
	struct str host;
	size_t sites, lost;
};

static struct str place_of(struct gateway_run *run, const struct owner *owner, const char *what)
{
	return gateway_text(run, "spec.rules[%zu].%s[%zu]", owner->rule, what, owner->match);
}

static const char *why_first(const struct verdict *verdict)
{
	const struct kube_meta *a = &verdict->winner.route->spec->meta;
	const struct kube_meta *b = &verdict->owner.route->spec->meta;

	if (a->created != b->created)
		return "it is older";
	return path_len(&verdict->winner) != path_len(&verdict->owner) ? "its path is longer"
								       : "its name comes first";
}

static struct str lost_where(struct gateway_run *run, const struct verdict *verdict)
{
	if (verdict->lost == verdict->sites)
		return STR("never wins");
	return gateway_text(run, "does not win for %s",
			    verdict->host.len ? gateway_text(run, "%.*s", STR_ARG(verdict->host)).at
					      : "requests of one of its listeners");
}

static void say_own(struct gateway_run *run, const struct verdict *verdict, struct span span)
{
	gateway_say(run, &verdict->owner.route->spec->meta,
		    (struct finding){
			    .code = "I2G261",
			    .path = place_of(run, &verdict->owner, "matches"),
			    .span = span,
			    .message = gateway_text(
				    run,
				    "this match %.*s: %.*s takes the same requests "
				    "first",
				    STR_ARG(lost_where(run, verdict)),
				    STR_ARG(place_of(run, &verdict->winner, "matches"))),
		    });
}

static void say_other(struct gateway_run *run, const struct verdict *verdict, struct span span)
{
	const struct kube_meta *winner = &verdict->winner.route->spec->meta;

	gateway_say(run, &verdict->owner.route->spec->meta,
		    (struct finding){
			    .code = "I2G262",
			    .path = place_of(run, &verdict->owner, "matches"),
			    .span = span,
			    .message = gateway_text(run,
						    "this match %.*s: %s %.*s/%.*s takes the same "
						    "requests, and %s",
						    STR_ARG(lost_where(run, verdict)), winner->kind,
						    STR_ARG(winner->namespace),
						    STR_ARG(winner->name), why_first(verdict)),
		    });
}

static void say_l4(struct gateway_run *run, const struct verdict *verdict)
{
	const struct gateway_route *spec = verdict->owner.route->spec;
	const struct kube_meta *winner = &verdict->winner.route->spec->meta;
	bool by_name = spec->kind == GATEWAY_TLS_ROUTE;

	gateway_say(run, &spec->meta,
		    (struct finding){
			    .code = by_name ? "I2G262" : "I2G264",
			    .path = by_name ? STR("spec.hostnames") : STR("spec.parentRefs"),
			    .span = by_name && spec->hostnames.count ? spec->hostnames.at[0].span
								     : spec->meta.name_span,
			    .message = gateway_text(
				    run,
				    "%s %.*s/%.*s is on the same listener%s, and %s: "
				    "it gets all the traffic",
				    winner->kind, STR_ARG(winner->namespace), STR_ARG(winner->name),
				    by_name ? " with the same name" : "", why_first(verdict)),
		    });
}

static struct span span_of(const struct owner *owner)
{
	const struct gateway_rule *rule = &owner->route->spec->rules[owner->rule];
	const struct gateway_match *match = &rule->matches[owner->match];

	if (match->path.span.line)
		return match->path.span;
	if (match->span.line)
		return match->span;
	return rule->span.line ? rule->span : owner->route->spec->meta.name_span;
}

static void say(struct gateway_run *run, const struct verdict *verdict)
{
	if (verdict->owner.route->spec->kind > GATEWAY_GRPC_ROUTE)
		say_l4(run, verdict);
	else if (verdict->winner.route == verdict->owner.route)
		say_own(run, verdict, span_of(&verdict->owner));
	else
		say_other(run, verdict, span_of(&verdict->owner));
}

/* Verdicts are made one match after the other: the walk visits all sites of a match in a row. */
static struct verdict *current(struct gateway_run *run, const struct owner *owner)
{
	struct verdict *verdict = run->verdict;

	if (verdict && verdict->owner.route == owner->route && verdict->owner.rule == owner->rule &&
	    verdict->owner.match == owner->match)
		return verdict;
	if (verdict && verdict->lost)
		say(run, verdict);
	run->verdict = verdict = arena_new(run->arena, struct verdict);
	verdict->owner = *owner;
	return verdict;
}

static void ask(struct gateway_run *run, const struct gateway_site *site, const struct owner *owner,
		struct str key)
{
	const struct entry *entry = map_get(&run->entries, site_key(run, site, key));
	struct verdict *verdict = current(run, owner);
	/* Beyond the bound not everything was entered. */
	bool won =
		!entry || (entry->owner.route == owner->route && entry->owner.rule == owner->rule &&
			   entry->owner.match == owner->match);

	verdict->sites++;
	if (won)
		return;
	if (!verdict->lost++) {
		verdict->winner = entry->owner;
		verdict->host = site->host;
	}
}

/* ---- catch-alls ---- */

/* The next wildcard above a name: "*.test" of "a.test", "" of "*.test". False behind "". */
static bool next_above(struct str *name, struct gateway_run *run)
{
	struct str rest = str_starts(*name, "*.") ? str_from_pos(*name, 2) : *name;
	size_t dot = str_find(rest, '.');

	if (!name->len)
		return false;
	*name = dot == SIZE_MAX ? STR("")
				: gateway_text(run, "*%.*s", STR_ARG(str_from_pos(rest, dot)));
	return true;
}

static void say_hides(struct gateway_run *run, const struct host *host, const struct host *above)
{
	const struct gateway_route *hidden = above->some.route->spec;
	const struct gateway_match *match =
		&hidden->rules[above->some.rule].matches[above->some.match];

	gateway_say(
		run, &host->all.route->spec->meta,
		(struct finding){
			.code = "I2G263",
			.path = place_of(run, &host->all, "matches"),
			.span = span_of(&host->all),
			.message = gateway_text(
				run,
				"every request for %.*s comes here: those for %.*s, which %s "
				"%.*s/%.*s takes for %.*s, too",
				STR_ARG(host->name), STR_ARG(match->path.text), hidden->meta.kind,
				STR_ARG(hidden->meta.namespace), STR_ARG(hidden->meta.name),
				STR_ARG(above->name.len ? above->name : STR("every host"))),
		});
}

static void check_host(struct gateway_run *run, const struct host *host)
{
	struct gateway_site site = {host->listener, host->name};

	while (next_above(&site.host, run)) {
		const struct host *above = map_get(&run->hosts, site_key(run, &site, STR("")));
		const struct gateway_site own = {host->listener, host->name};

		if (!above || !above->some.route || above->some.route == host->all.route ||
		    map_get(&run->entries, site_key(run, &own, above->some_key)))
			continue;
		say_hides(run, host, above);
		return;
	}
}

/* By route, so that findings stand in the order of the input. */
static void check_catch_alls(struct gateway_run *run, const struct attach_route *route)
{
	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++) {
			const struct attach_binding *binding = &route->parents[i].bindings[j];

			for (size_t k = 0; k < binding->hostnames.count; k++) {
				const struct gateway_site site = {binding->listener,
								  binding->hostnames.at[k].text};
				struct host *host =
					map_get(&run->hosts, site_key(run, &site, STR("")));

				if (!host || host->all.route != route)
					continue;
				check_host(run, host);
				host->all.route = NULL;
			}
		}
}

void gateway_check_matches(struct gateway_run *run)
{
	const struct owner none = {NULL, 0, 0};
	struct walk walk = {.run = run, .visit = ask};

	for (size_t i = 0; i < run->attach->set->route_count; i++)
		walk_route(&walk, &run->attach->routes[i]);
	current(run, &none);
	for (size_t i = 0; i < run->attach->set->route_count; i++)
		check_catch_alls(run, &run->attach->routes[i]);
}
