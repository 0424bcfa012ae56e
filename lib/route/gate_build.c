/* Fronts, hosts and paths put together from what is attached to what. */
#include <stdlib.h>

#include "route/gate.h"
#include "route/gate_build.h"

void gate_builder_init(struct gate_builder *builder, struct gate_table *table)
{
	*builder = (struct gate_builder){.table = table};
	arena_init(&builder->scratch);
	arena_init(&builder->growing);
	map_init(&builder->rules, &builder->scratch);
	map_init(&builder->front_map, &builder->scratch);
}

/* ---- fronts and their names while they grow ---- */

struct gate_growing *gate_growing_front(struct gate_builder *builder, const struct gateway *gateway,
					uint32_t port, bool udp)
{
	struct arena *arena = &builder->table->arena;
	struct str name =
		str_format(&builder->scratch, "%.*s/%.*s %u %d", STR_ARG(gateway->meta.namespace),
			   STR_ARG(gateway->meta.name), port, udp);
	void **place = map_at(&builder->front_map, name);
	struct gate_growing *front = *place;

	if (front)
		return front;
	*place = front = arena_new(arena, struct gate_growing);
	front->front = (struct gate_front){
		.gateway = gateway,
		.object = kube_ref(&gateway->meta),
		.port = port,
		.udp = udp,
	};
	map_init(&front->names, &builder->scratch);
	ARENA_PUSH(arena, builder->fronts, builder->count, front);
	return front;
}

static struct gate_host *name_of(struct gate_builder *builder, struct gate_growing *front,
				 struct str name)
{
	void **place = map_at(&front->names, name.at ? name : STR(""));
	struct gate_host *host;

	if (*place)
		return *place;
	*place = host = arena_new(&builder->table->arena, struct gate_host);
	host->wildcard = str_starts(name, "*.");
	host->key = host->wildcard ? str_from_pos(name, 1) : name;
	ARENA_PUSH(&builder->table->arena, front->hosts, front->count, host);
	return host;
}

void gate_grow_listener(struct gate_builder *builder, struct gate_growing *front,
			const struct gate_listener *listener)
{
	if (listener->protocol == GATE_TCP || listener->protocol == GATE_UDP) {
		front->front.stream = listener;
		return;
	}
	name_of(builder, front, listener->host)->own = listener;
}

/* The most specific listener that covers a name; NULL when none does. */
static const struct gate_listener *covering(const struct gate_growing *front, struct str name)
{
	const struct gate_host *host = map_get(&front->names, name.at ? name : STR(""));
	bool wildcard = str_starts(name, "*.");
	struct str rest = wildcard ? str_from_pos(name, 1) : name;

	if (host && host->own)
		return host->own;
	for (size_t i = 1; i < rest.len; i++) {
		char star[2 + 253 + 1];
		struct str suffix = str_from_pos(rest, i);

		if (rest.at[i] != '.' || suffix.len > 253)
			continue;
		star[0] = '*';
		memcpy(star + 1, suffix.at, suffix.len);
		host = map_get(&front->names, (struct str){star, suffix.len + 1});
		if (host && host->own)
			return host->own;
	}
	host = map_get(&front->names, STR(""));
	return host ? host->own : NULL;
}

/* ---- routes ---- */

static const struct gate_rule **rules_of(struct gate_builder *builder,
					 const struct gateway_route *route,
					 const struct gateway *gateway)
{
	/* Only the client certificate of a Gateway makes a difference to rules. */
	const void *parts[2] = {route, gateway->has_client_certificate ? gateway : NULL};
	struct arena *arena = &builder->table->arena;
	struct str key = {(const char *)parts, sizeof parts};
	const struct gate_rule **rules = map_get(&builder->rules, key);

	if (rules)
		return rules;
	rules = arena_array(arena, const struct gate_rule *, route->rule_count + 1);
	for (size_t i = 0; i < route->rule_count; i++)
		rules[i] = gate_rule_new(builder->table, route, i, gateway);
	*map_at(&builder->rules, str_dup(&builder->scratch, key)) = rules;
	return rules;
}

static void offer_stream(const struct gate_rule **place, const struct gate_rule *rule)
{
	if (!*place || gateway_precedence(&rule->route->meta, &(*place)->route->meta) < 0)
		*place = rule;
}

static void add_matches(struct gate_builder *builder, struct gate_host *host,
			const struct gate_rule *rule)
{
	for (size_t i = 0; i < rule->match_count; i++)
		ARENA_PUSH(&builder->table->arena, host->matches, host->match_count,
			   &rule->matches[i]);
}

void gate_grow_route(struct gate_builder *builder, struct gate_listener *listener,
		     const struct gateway_route *route, struct str name)
{
	struct gate_growing *front = listener->front;
	const struct gate_rule **rules = rules_of(builder, route, front->front.gateway);
	struct gate_host *host;

	if (!route->rule_count)
		return;
	if (listener->protocol == GATE_TCP || listener->protocol == GATE_UDP) {
		offer_stream(&listener->stream, rules[0]);
		return;
	}
	/* Requests for this name are never given to this listener. */
	if (covering(front, name) != listener)
		return;
	host = name_of(builder, front, name);
	if (listener->protocol == GATE_TLS) {
		offer_stream(&host->stream, rules[0]);
		return;
	}
	for (size_t i = 0; i < route->rule_count; i++)
		add_matches(builder, host, rules[i]);
}

/* ---- finishing ---- */

/* A host at its place, or behind the first one that has it. `used` counts those beyond the places. */
static struct gate_host *put_host(struct gate_front *front, const struct gate_host *from,
				  uint32_t *used)
{
	uint32_t place = index_place(&front->names, hash_name(from->key));
	struct gate_host *host = &front->hosts[place];

	if (host->paths.id) {
		uint32_t number = front->names.place_count + ++*used;

		gate_host(front, number)->next = host->next;
		host->next = number;
		host = gate_host(front, number);
	}

	uint32_t next = host->next;

	*host = *from;
	host->next = next;
	if (host->key.len && host->key.len <= GATE_SHORT) {
		memcpy(host->text, host->key.at, host->key.len);
		host->key.at = host->text;
	}
	return host;
}

static void index_hosts(struct gate_builder *builder, struct gate_growing *growing)
{
	struct arena *arena = &builder->table->arena;
	struct arena_mark mark = arena_mark(&builder->scratch);
	struct gate_front *front = &growing->front;
	uint64_t *keys = arena_array(&builder->scratch, uint64_t, growing->count + 1);
	uint32_t used = 0;

	for (size_t i = 0; i < growing->count; i++)
		keys[i] = hash_name(growing->hosts[i]->key);
	index_build(&front->names, arena, keys, growing->count);
	front->hosts = index_records(&front->names, arena, sizeof *front->hosts);
	front->order = arena_array(arena, uint32_t, growing->count + 1);
	front->host_count = growing->count;
	for (size_t i = 0; i < growing->count; i++) {
		struct gate_host *host = put_host(front, growing->hosts[i], &used);

		front->order[i] = (uint32_t)(host - front->hosts) + 1;
		front->wildcards |= host->wildcard;
		if (!host->key.len)
			front->any = front->order[i];
	}
	arena_rewind(&builder->scratch, mark);
}

/* The next name above: of "a.b.c" it is the one that the walk finds for any host below it. */
static uint32_t name_above(const struct gate_front *front, const struct gate_host *host)
{
	const struct gate_host *above = NULL;

	if (!host->key.len)
		return 0;
	for (size_t i = 1; i < host->key.len && !above; i++)
		if (host->key.at[i] == '.')
			above = gate_wildcard_get(front, str_from_pos(host->key, i));
	return above ? (uint32_t)(above - front->hosts) + 1 : front->any;
}

static int compare_matches(const void *a, const void *b)
{
	return gate_match_compare(*(const struct gate_match *const *)a,
				  *(const struct gate_match *const *)b);
}

/* Forwards as it came, and fits into the fields of an entry. */
static bool is_simple(const struct gate_rule *rule)
{
	return !rule->broken && !rule->status && !rule->turn && !rule->turns &&
	       !rule->request.count && !rule->response.count && rule->weight <= UINT32_MAX &&
	       rule->backend_count <= UINT16_MAX;
}

static struct gate_entry entry_of(const struct gate_match *match)
{
	const struct gate_rule *rule = match->rule;

	return (struct gate_entry){
		.match = match,
		.backends = rule->backends,
		.policy = rule->policy,
		.place = {rule->object, match->span, rule->index, match->index},
		.weight = (uint32_t)rule->weight,
		.backend_count = (uint16_t)rule->backend_count,
		.plain = !match->method.len && !match->condition_count && !match->grpc,
		.simple = is_simple(rule),
	};
}

static void build_patterns(struct gate_builder *builder, struct gate_host *host)
{
	struct arena *arena = &builder->table->arena;
	struct gate_patterns *patterns = arena_new(arena, struct gate_patterns);
	struct str *heads = NULL;
	size_t count = 0, head_count = 0;

	for (size_t i = 0; i < host->match_count; i++) {
		if (host->matches[i]->class != GATE_REGEX)
			continue;
		ARENA_PUSH(arena, patterns->entries, count, entry_of(host->matches[i]));
		ARENA_PUSH(arena, heads, head_count, host->matches[i]->matcher->head);
	}
	if (!count)
		return;
	heads_build(&patterns->heads, arena, heads, count);
	host->patterns = patterns;
}

struct literal {
	struct str text;
	const struct gate_match **matches;
	size_t count, exact_count;
};

static void add_literal(struct gate_builder *builder, struct gate_host *host,
			const struct literal *literal)
{
	struct gate_entry *entries = NULL;
	size_t count = 0;
	struct gate_spot spot = {.only = entry_of(literal->matches[0]),
				 .exact_count = (uint32_t)literal->exact_count,
				 .count = (uint32_t)literal->count};
	struct paths_literal out = {literal->text, host->paths, {0}};

	for (size_t i = 0; literal->count > 1 && i < literal->count; i++)
		ARENA_PUSH(&builder->table->arena, entries, count, entry_of(literal->matches[i]));
	spot.entries = entries;
	memcpy(out.values, &spot, sizeof spot);
	ARENA_PUSH(&builder->growing, builder->literals, builder->literal_count, out);
}

/* Matches are in order of precedence, so those of one literal come in theirs. */
static void build_literals(struct gate_builder *builder, struct gate_host *host)
{
	struct arena_mark mark = arena_mark(&builder->scratch);
	struct literal *literals = NULL;
	size_t count = 0;
	struct map texts;

	map_init(&texts, &builder->scratch);
	for (size_t i = 0; i < host->match_count; i++) {
		const struct gate_match *match = host->matches[i];
		void **place;
		struct literal *literal;

		if (match->class == GATE_REGEX)
			continue;
		place = map_at(&texts, match->path.at ? match->path : STR(""));
		if (!*place) {
			ARENA_PUSH(&builder->scratch, literals, count,
				   (struct literal){.text = match->path});
			*place = (void *)(uintptr_t)count;
		}
		literal = &literals[(uintptr_t)*place - 1];
		ARENA_PUSH(&builder->scratch, literal->matches, literal->count, match);
		literal->exact_count += match->class == GATE_EXACT;
	}
	for (size_t i = 0; i < count; i++)
		add_literal(builder, host, &literals[i]);
	arena_rewind(&builder->scratch, mark);
}

static struct str host_name(struct arena *arena, const struct gate_host *host)
{
	return host->wildcard ? str_format(arena, "*%.*s", STR_ARG(host->key)) : host->key;
}

static void finish_host(struct gate_builder *builder, const struct gate_front *front,
			struct gate_host *host)
{
	host->up = name_above(front, host);
	if (host->match_count)
		qsort(host->matches, host->match_count, sizeof *host->matches, compare_matches);
	build_patterns(builder, host);
	build_literals(builder, host);
}

static void finish_front(struct gate_builder *builder, struct gate_growing *growing)
{
	struct gate_front *front = &growing->front;

	front->salt = builder->host_ids + 1;
	for (size_t i = 0; i < growing->count; i++) {
		struct gate_host *host = growing->hosts[i];

		host->listener = covering(growing, host_name(&builder->scratch, host));
		host->paths.id = ++builder->host_ids;
		host->paths.salt = gate_salt(front, hash_name(host->key));
	}
	index_hosts(builder, growing);
	for (size_t i = 0; i < front->host_count; i++)
		finish_host(builder, front, gate_host(front, front->order[i]));
}

static int compare_fronts(const void *a, const void *b)
{
	const struct gate_front *x = a, *y = b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->udp != y->udp)
		return x->udp ? 1 : -1;
	return gateway_precedence(&x->gateway->meta, &y->gateway->meta);
}

void gate_builder_finish(struct gate_builder *builder)
{
	struct gate_table *table = builder->table;

	table->front_count = builder->count;
	table->fronts = arena_array(&table->arena, struct gate_front, builder->count);
	for (size_t i = 0; i < builder->count; i++) {
		finish_front(builder, builder->fronts[i]);
		table->fronts[i] = builder->fronts[i]->front;
	}
	if (builder->count)
		qsort(table->fronts, builder->count, sizeof *table->fronts, compare_fronts);
	paths_build(&table->paths, &table->arena, builder->literals, builder->literal_count);
	arena_finish(&builder->scratch);
	arena_finish(&builder->growing);
}
