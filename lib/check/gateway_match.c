#include <stdlib.h>

#include "base/buf.h"
#include "check/gateway_parts.h"

/* Where a match stands. Routes are known by their number in the set, from 1: most are packed, and looked
 * at only when something is to be said of them. */
struct owner {
	uint32_t route, rule, match; /* route 0: none */
};

/* Who takes requests that fit one meaning on one site. */
struct entry {
	struct owner owner;
	uint32_t path_len; /* a longer path wins, also when it is longer by a "/" without meaning */
};

/* What one host name on one port of a Gateway has. */
struct site {
	uint32_t number;
	struct owner all;  /* takes every request for it */
	struct owner some; /* of the routes that ask for a path, the first */
	struct str some_meaning;
};

/* The match at hand. For routes of layer 4, which have none, the whole route. */
struct here {
	struct owner owner;
	const struct attach_route *route;
	const struct gateway_match *match; /* NULL: layer 4 */
	struct str meaning;
	uint32_t path_len;
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
	struct named *order = arena_array(&run->scratch, struct named, values->count);

	for (size_t i = 0; i < values->count; i++)
		order[i] =
			(struct named){headers ? str_lower(&run->scratch, values->at[i].name.text)
					       : values->at[i].name.text,
				       &values->at[i]};
	qsort(order, values->count, sizeof *order, compare_named);
	for (size_t i = 0; i < values->count; i++)
		if (!i || !str_eq(order[i].name, order[i - 1].name))
			buf_format(buf, "\n%c%d%.*s=%.*s", headers ? 'h' : 'q',
				   order[i].value->type, STR_ARG(order[i].name),
				   STR_ARG(order[i].value->value.text));
}

/* Two matches with the same text take the same requests. What an HTTPRoute asks of the path comes first,
 * so that it is a key by itself: path_part(). */
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
	text = str_dup(&run->scratch, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

/* ---- sites ---- */

static struct str site_name(struct gateway_run *run, const struct gateway_site *site)
{
	size_t gateway = (size_t)(site->listener->gateway - run->attach->gateways);

	return gateway_text(run, "%zu/%u/%.*s", gateway, site->listener->spec->port,
			    STR_ARG(site->host));
}

static struct site *find_site(struct gateway_run *run, const struct gateway_site *site)
{
	return map_get(&run->sites, site_name(run, site));
}

static struct site *enter_site(struct gateway_run *run, const struct gateway_site *site)
{
	struct str name = site_name(run, site);
	struct site *found = map_get(&run->sites, name);

	if (found)
		return found;
	found = arena_new(&run->kept, struct site);
	found->number = (uint32_t)run->sites.count;
	*map_at(&run->sites, str_dup(&run->kept, name)) = found;
	return found;
}

/* Something on a site: the number of the site in front of it. */
static struct str key_of(struct arena *arena, const struct site *site, struct str what)
{
	const struct str number = {(const char *)&site->number, sizeof site->number};

	return STR_JOIN(arena, number, what);
}

/* Of a key, the part that says which path is asked for. */
static struct str path_part(struct str key, const struct gateway_match *match)
{
	return str_sub(key, 0, sizeof(uint32_t) + 1 + prefix_of(match).len);
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

static void note_reach(struct site *site, const struct here *here, struct str key)
{
	if (is_catch_all(here->match)) {
		if (!site->all.route)
			site->all = here->owner;
	} else if (!is_root(here->match) && !site->some.route) {
		site->some = here->owner;
		site->some_meaning = str_from_pos(key, sizeof site->number);
	}
}

/* ---- entering ---- */

struct walk {
	struct gateway_run *run;
	size_t steps;
	void (*visit)(struct walk *walk, const struct gateway_site *site, const struct here *here);
	void (*done)(struct walk *walk, const struct here *here); /* with a match; may be NULL */
	struct verdict *verdict;                                  /* about it */
};

static void walk_sites(struct walk *walk, const struct here *here)
{
	for (size_t i = 0; i < here->route->parent_count; i++) {
		const struct attach_parent *parent = &here->route->parents[i];

		for (size_t j = 0; j < parent->binding_count; j++) {
			const struct attach_binding *binding = &parent->bindings[j];
			size_t count = binding->hostnames.count;

			for (size_t k = 0; k < (count ? count : 1); k++) {
				const struct gateway_site site = {
					binding->listener,
					count ? binding->hostnames.at[k].text : STR("")};

				if (++walk->steps > GATEWAY_COMPARED_MOST) {
					walk->run->full = true;
					return;
				}
				walk->visit(walk, &site, here);
			}
		}
	}
}

static void walk_match(struct walk *walk, const struct here *here)
{
	walk_sites(walk, here);
	if (walk->done)
		walk->done(walk, here);
}

static void walk_matches(struct walk *walk, struct here *here, const struct gateway_route *spec)
{
	for (size_t i = 0; i < spec->rule_count; i++)
		for (size_t j = 0; j < spec->rules[i].match_count; j++) {
			here->owner.rule = (uint32_t)i;
			here->owner.match = (uint32_t)j;
			here->match = &spec->rules[i].matches[j];
			here->meaning = meaning(walk->run, spec->kind, here->match);
			here->path_len = spec->kind == GATEWAY_HTTP_ROUTE
						 ? (uint32_t)here->match->path.text.len
						 : 0;
			walk_match(walk, here);
		}
}

static void walk_route(struct walk *walk, size_t i)
{
	struct arena_mark mark = arena_mark(&walk->run->scratch);
	struct here here = {
		.owner = {.route = (uint32_t)i + 1},
		.route = attach_route_at(walk->run->attach, i, &walk->run->scratch),
	};
	const struct gateway_route *spec = here.route->spec;

	if (spec->kind > GATEWAY_GRPC_ROUTE) {
		/* What decides is the port, and with TLS the server name. */
		here.meaning = str_from(gateway_route_kind_name(spec->kind));
		walk_match(walk, &here);
	} else {
		walk_matches(walk, &here, spec);
	}
	arena_rewind(&walk->run->scratch, mark);
}

static void enter(struct walk *walk, const struct gateway_site *place, const struct here *here)
{
	struct gateway_run *run = walk->run;
	struct site *site = enter_site(run, place);
	struct str key = key_of(&run->scratch, site, here->meaning);
	struct entry *entry = map_get(&run->entries, key);

	if (!entry) {
		entry = arena_new(&run->kept, struct entry);
		key = str_dup(&run->kept, key);
		*map_at(&run->entries, key) = entry;
		if (here->route->spec->kind == GATEWAY_HTTP_ROUTE) {
			if (here->match->path_type != GATEWAY_MATCH_REGEX)
				*map_at(&run->paths, path_part(key, here->match)) = run;
			note_reach(site, here, key);
		}
	}
	if (!entry->owner.route || here->path_len > entry->path_len)
		*entry = (struct entry){here->owner, here->path_len};
}

static int by_precedence(const void *a, const void *b)
{
	return gateway_precedence(*(const struct kube_meta *const *)a,
				  *(const struct kube_meta *const *)b);
}

/* Numbers of the routes, in the order in which they win. */
static size_t *order_of(struct gateway_run *run, size_t count)
{
	size_t *numbers = arena_array(&run->kept, size_t, count + 1);
	struct arena arena;
	struct kube_meta *metas;
	const struct kube_meta **order;

	arena_init(&arena);
	metas = arena_array(&arena, struct kube_meta, count + 1);
	order = arena_array(&arena, const struct kube_meta *, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(&run->scratch);

		metas[i] = gateway_route_at(run->attach->set, i, &run->scratch)->meta;
		order[i] = &metas[i];
		arena_rewind(&run->scratch, mark);
	}
	qsort(order, count, sizeof *order, by_precedence);
	for (size_t i = 0; i < count; i++)
		numbers[i] = (size_t)(order[i] - metas);
	arena_finish(&arena);
	return numbers;
}

void gateway_enter_matches(struct gateway_run *run)
{
	size_t count = run->attach->set->route_count;
	const size_t *numbers = order_of(run, count);
	struct walk walk = {.run = run, .visit = enter};

	for (size_t i = 0; i < count; i++)
		walk_route(&walk, numbers[i]);
}

static bool has_path(struct gateway_run *run, const struct site *site, enum gateway_match_type type,
		     struct str path)
{
	struct str what = gateway_text(run, "%d", type);

	return map_get(&run->paths,
		       key_of(&run->scratch, site, STR_JOIN(&run->scratch, what, path)));
}

bool gateway_has_nearer_path(struct gateway_run *run, const struct gateway_site *place,
			     struct str target, struct str than)
{
	const struct site *site = find_site(run, place);
	struct str path = target;

	if (!site)
		return false;
	if (has_path(run, site, GATEWAY_MATCH_EXACT, target))
		return true;
	while (path.len > than.len) {
		if (has_path(run, site, GATEWAY_MATCH_PREFIX, path))
			return true;
		while (path.len && path.at[--path.len] != '/')
			;
	}
	return false;
}

/* ---- asking ---- */

/* The first other match that takes the requests of the match at hand, and on how many of its sites. */
struct verdict {
	const struct here *here;
	struct entry winner;
	const struct gateway_route *winning; /* its route, once somebody asks */
	struct str host;
	size_t sites, lost;
};

static struct str place_of(struct gateway_run *run, const struct owner *owner, const char *what)
{
	return gateway_text(run, "spec.rules[%u].%s[%u]", owner->rule, what, owner->match);
}

static const struct kube_meta *meta_of(const struct verdict *verdict)
{
	return &verdict->here->route->spec->meta;
}

static const char *why_first(const struct verdict *verdict)
{
	if (verdict->winning->meta.created != meta_of(verdict)->created)
		return "it is older";
	return verdict->winner.path_len != verdict->here->path_len ? "its path is longer"
								   : "its name comes first";
}

static struct str lost_where(struct gateway_run *run, const struct verdict *verdict)
{
	if (verdict->lost == verdict->sites)
		return STR("never wins");
	return gateway_text(run, "does not win for %.*s",
			    STR_ARG(verdict->host.len ? verdict->host
						      : STR("requests of one of its listeners")));
}

static void say_own(struct gateway_run *run, const struct verdict *verdict, struct span span)
{
	gateway_say(run, meta_of(verdict),
		    (struct finding){
			    .code = "I2G261",
			    .path = place_of(run, &verdict->here->owner, "matches"),
			    .span = span,
			    .message = gateway_text(
				    run,
				    "this match %.*s: %.*s takes the same requests "
				    "first",
				    STR_ARG(lost_where(run, verdict)),
				    STR_ARG(place_of(run, &verdict->winner.owner, "matches"))),
		    });
}

static void say_other(struct gateway_run *run, const struct verdict *verdict, struct span span)
{
	const struct kube_meta *winner = &verdict->winning->meta;

	gateway_say(run, meta_of(verdict),
		    (struct finding){
			    .code = "I2G262",
			    .path = place_of(run, &verdict->here->owner, "matches"),
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
	const struct gateway_route *spec = verdict->here->route->spec;
	const struct kube_meta *winner = &verdict->winning->meta;
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

static struct span span_of(const struct gateway_route *spec, const struct owner *owner)
{
	const struct gateway_rule *rule = &spec->rules[owner->rule];
	const struct gateway_match *match = &rule->matches[owner->match];

	if (match->path.span.line)
		return match->path.span;
	if (match->span.line)
		return match->span;
	return rule->span.line ? rule->span : spec->meta.name_span;
}

static const struct gateway_route *route_of(struct gateway_run *run, const struct owner *owner)
{
	return gateway_route_at(run->attach->set, owner->route - 1, &run->scratch);
}

static void tell(struct gateway_run *run, struct verdict *verdict)
{
	const struct here *here = verdict->here;
	struct span span;

	verdict->winning = route_of(run, &verdict->winner.owner);
	if (!here->match) {
		say_l4(run, verdict);
		return;
	}
	span = span_of(here->route->spec, &here->owner);
	if (verdict->winner.owner.route == here->owner.route)
		say_own(run, verdict, span);
	else
		say_other(run, verdict, span);
}

/* The last thing that is done with a match. */
static void judge(struct walk *walk, const struct here *here)
{
	walk->verdict->here = here;
	if (walk->verdict->lost)
		tell(walk->run, walk->verdict);
	*walk->verdict = (struct verdict){.lost = 0};
}

static bool is_same(const struct owner *a, const struct owner *b)
{
	return a->route == b->route && a->rule == b->rule && a->match == b->match;
}

static void ask(struct walk *walk, const struct gateway_site *place, const struct here *here)
{
	struct gateway_run *run = walk->run;
	struct verdict *verdict = walk->verdict;
	const struct site *site = find_site(run, place);
	/* Beyond the bound not everything was entered. */
	const struct entry *entry =
		site ? map_get(&run->entries, key_of(&run->scratch, site, here->meaning)) : NULL;

	verdict->sites++;
	if (!entry || is_same(&entry->owner, &here->owner))
		return;
	if (!verdict->lost++) {
		verdict->winner = *entry;
		verdict->host = place->host;
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

/* A site whose catch-all `all` hides what the site `above`, of the host `above_host`, has. */
struct hiding {
	struct str host, above_host;
	const struct site *site, *above;
};

static void say_hides(struct gateway_run *run, const struct hiding *hiding)
{
	const struct owner *all = &hiding->site->all, *some = &hiding->above->some;
	const struct gateway_route *hider = route_of(run, all), *hidden = route_of(run, some);
	const struct gateway_match *match = &hidden->rules[some->rule].matches[some->match];

	gateway_say(
		run, &hider->meta,
		(struct finding){
			.code = "I2G263",
			.path = place_of(run, all, "matches"),
			.span = span_of(hider, all),
			.message = gateway_text(
				run,
				"every request for %.*s comes here: those for %.*s, which %s "
				"%.*s/%.*s takes for %.*s, too",
				STR_ARG(hiding->host), STR_ARG(match->path.text), hidden->meta.kind,
				STR_ARG(hidden->meta.namespace), STR_ARG(hidden->meta.name),
				STR_ARG(hiding->above_host.len ? hiding->above_host
							       : STR("every host"))),
		});
}

static void check_site(struct gateway_run *run, const struct gateway_site *place,
		       const struct site *site)
{
	struct gateway_site above = *place;

	while (next_above(&above.host, run)) {
		struct hiding hiding = {place->host, above.host, site, find_site(run, &above)};

		if (!hiding.above || !hiding.above->some.route ||
		    hiding.above->some.route == site->all.route ||
		    map_get(&run->entries, key_of(&run->scratch, site, hiding.above->some_meaning)))
			continue;
		say_hides(run, &hiding);
		return;
	}
}

/* By route, so that findings stand in the order of the input. */
static void check_catch_alls(struct gateway_run *run, size_t i)
{
	const struct attach_route *route = attach_route_at(run->attach, i, &run->scratch);

	for (size_t j = 0; j < route->parent_count; j++)
		for (size_t k = 0; k < route->parents[j].binding_count; k++) {
			const struct attach_binding *binding = &route->parents[j].bindings[k];

			for (size_t l = 0; l < binding->hostnames.count; l++) {
				const struct gateway_site place = {binding->listener,
								   binding->hostnames.at[l].text};
				struct site *site = find_site(run, &place);

				if (!site || site->all.route != i + 1)
					continue;
				check_site(run, &place, site);
				site->all.route = 0;
			}
		}
}

void gateway_check_matches(struct gateway_run *run)
{
	size_t count = run->attach->set->route_count;
	struct verdict verdict = {.lost = 0};
	struct walk walk = {.run = run, .visit = ask, .done = judge, .verdict = &verdict};

	for (size_t i = 0; i < count; i++)
		walk_route(&walk, i);
	gateway_each(run, count, check_catch_alls);
}
