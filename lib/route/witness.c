#include "route/witness.h"

enum { PER_HOST = 100000, VALUES_MOST = 8, CASES_MOST = 64, HEADERS = 8, FRONTS_MOST = 8 };

/* ---- headers: one set of them is a case ---- */

struct variant {
	struct route_header header; /* empty name: the header is absent */
};

/* What the tables look at by one name: its values, and being absent. */
struct dimension {
	enum route_field_kind kind;
	struct str name;
	struct variant at[VALUES_MOST];
	size_t count;
};

struct one_case {
	struct route_header headers[HEADERS];
	size_t count;
	struct str query;
};

/* A port that a host is asked on. */
struct front {
	uint32_t port;
	bool tls;
};

struct maker {
	struct witness_hosts hosts;
	const struct witness_options *options;
	bool (*take)(void *user, const struct witness *witness);
	void *user;
	struct witness_tally *tally;
	bool stopped;

	/* of the host at hand */
	struct arena scratch;
	const struct witness_host *host;
	struct dimension *dimensions;
	size_t dimension_count;
	struct one_case *cases;
	size_t case_count;
	struct str *methods;
	size_t method_count;
	struct str *origins;
	size_t origin_count;
	struct front fronts[FRONTS_MOST];
	size_t front_count;
	struct map edges; /* terms whose edges were asked */
	bool dotted;      /* "a.example." may be another host than "a.example" */
	size_t made;
};

static void add_variant(struct dimension *dimension, struct variant variant)
{
	for (size_t i = 0; i < dimension->count; i++)
		if (str_eq(dimension->at[i].header.value, variant.header.value) &&
		    str_eq(dimension->at[i].header.name, variant.header.name))
			return;
	if (dimension->count < VALUES_MOST)
		dimension->at[dimension->count++] = variant;
}

static void add_value(struct maker *maker, struct dimension *dimension, struct str value)
{
	struct str name = dimension->name;

	if (dimension->kind == ROUTE_FIELD_COOKIE) {
		value = str_format(&maker->scratch, "a=b; %.*s=%.*s", STR_ARG(name),
				   STR_ARG(value));
		name = STR("Cookie");
	}
	add_variant(dimension, (struct variant){{name, value}});
}

static struct dimension *dimension_of(struct maker *maker, const struct route_field_term *term)
{
	struct dimension *dimension;

	for (size_t i = 0; i < maker->dimension_count; i++) {
		dimension = &maker->dimensions[i];
		if (dimension->kind == term->kind && str_eq_nocase(dimension->name, term->name))
			return dimension;
	}
	ARENA_PUSH(&maker->scratch, maker->dimensions, maker->dimension_count,
		   (struct dimension){.kind = term->kind, .name = term->name});
	dimension = &maker->dimensions[maker->dimension_count - 1];
	add_variant(dimension, (struct variant){0});
	add_value(maker, dimension, STR("other"));
	return dimension;
}

static void add_pattern_values(struct maker *maker, struct dimension *dimension, struct str pattern)
{
	struct witness_paths texts = {.arena = &maker->scratch,
				      .random = maker->options->seed * 2 + 1};

	map_init(&texts.seen, &maker->scratch);
	witness_sample(&texts, pattern);
	for (size_t i = 0; i < texts.count && i < 3; i++)
		add_value(maker, dimension, str_from_pos(texts.at[i].text, 1));
}

static void add_term_field(struct maker *maker, const struct route_field_term *term)
{
	struct dimension *dimension;

	if (witness_is_host(term))
		return;
	dimension = dimension_of(maker, term);
	if (term->regex) {
		add_pattern_values(maker, dimension, term->value);
		return;
	}
	add_value(maker, dimension, term->value);
	if (dimension->kind != ROUTE_FIELD_COOKIE)
		return;
	add_value(maker, dimension, STR("never"));
}

/* ---- the product of the dimensions ---- */

static void add_to_case(struct one_case *one, const struct dimension *dimension,
			const struct variant *variant)
{
	if (!variant->header.name.len)
		return;
	if (dimension->kind == ROUTE_FIELD_QUERY) {
		one->query = variant->header.value;
		return;
	}
	if (one->count < HEADERS)
		one->headers[one->count++] = variant->header;
}

static void make_cases(struct maker *maker)
{
	size_t total = 1;

	for (size_t i = 0; i < maker->dimension_count && total <= CASES_MOST; i++)
		total *= maker->dimensions[i].count;
	if (total > CASES_MOST) {
		maker->tally->capped++;
		total = CASES_MOST;
	}
	maker->cases = arena_array(&maker->scratch, struct one_case, total);
	maker->case_count = total;
	for (size_t i = 0; i < total; i++) {
		size_t rest = i;

		for (size_t d = 0; d < maker->dimension_count; d++) {
			const struct dimension *dimension = &maker->dimensions[d];

			add_to_case(&maker->cases[i], dimension,
				    &dimension->at[rest % dimension->count]);
			rest /= dimension->count;
		}
	}
}

/* "name=value" in the query instead of a header. */
static void make_queries(struct maker *maker)
{
	for (size_t d = 0; d < maker->dimension_count; d++) {
		struct dimension *dimension = &maker->dimensions[d];

		for (size_t i = 0; i < dimension->count; i++) {
			struct route_header *header = &dimension->at[i].header;

			if (dimension->kind == ROUTE_FIELD_QUERY && header->name.len)
				header->value =
					str_format(&maker->scratch, "%.*s=%.*s",
						   STR_ARG(header->name), STR_ARG(header->value));
		}
	}
}

/* ---- what else the terms of a host ask for ---- */

static void add_unique(struct maker *maker, struct str **list, size_t *count, struct str text)
{
	for (size_t i = 0; i < *count; i++)
		if (str_eq((*list)[i], text))
			return;
	ARENA_PUSH(&maker->scratch, *list, *count, text);
}

/* A side that looks at one cookie and one that matches the whole header look at the same thing. */
static void join_cookies(struct maker *maker)
{
	size_t kept = 0;
	bool cookies = false;

	for (size_t i = 0; i < maker->dimension_count; i++)
		cookies |= maker->dimensions[i].kind == ROUTE_FIELD_COOKIE;
	for (size_t i = 0; i < maker->dimension_count; i++)
		if (!cookies || maker->dimensions[i].kind != ROUTE_FIELD_HEADER ||
		    !str_is_nocase(maker->dimensions[i].name, "Cookie"))
			maker->dimensions[kept++] = maker->dimensions[i];
	maker->dimension_count = kept;
}

static void add_front(struct maker *maker, uint32_t port, bool tls)
{
	for (size_t i = 0; i < maker->front_count; i++)
		if (maker->fronts[i].port == port && maker->fronts[i].tls == tls)
			return;
	if (maker->front_count < FRONTS_MOST)
		maker->fronts[maker->front_count++] = (struct front){port, tls};
	else
		maker->tally->capped++;
}

/* The usual ports, which a client tries by itself, and those that a table listens on. */
static void read_fronts(struct maker *maker)
{
	const struct witness_host *host = maker->host;

	maker->front_count = 0;
	add_front(maker, 80, false);
	add_front(maker, 443, true);
	for (size_t i = 0; i < host->term_count; i++)
		if (host->terms[i]->transport == ROUTE_HTTP ||
		    host->terms[i]->transport == ROUTE_TLS)
			add_front(maker, host->terms[i]->port, host->terms[i]->tls);
}

static void read_terms(struct maker *maker)
{
	const struct witness_host *host = maker->host;

	maker->dimensions = NULL;
	maker->methods = maker->origins = NULL;
	maker->dimension_count = maker->method_count = maker->origin_count = maker->made = 0;
	add_unique(maker, &maker->methods, &maker->method_count, STR("GET"));
	for (size_t i = 0; i < host->term_count; i++) {
		const struct route_term *term = host->terms[i];

		for (size_t f = 0; !term->alone && f < term->field_count; f++)
			add_term_field(maker, &term->fields[f]);
		if (term->method.len)
			add_unique(maker, &maker->methods, &maker->method_count, term->method);
		for (size_t o = 0; o < term->origin_count; o++)
			add_unique(maker, &maker->origins, &maker->origin_count, term->origins[o]);
	}
	if (maker->origin_count)
		add_unique(maker, &maker->origins, &maker->origin_count,
			   STR("https://unknown.example"));
	join_cookies(maker);
	make_queries(maker);
	make_cases(maker);
}

/* ---- one request ---- */

static void emit(struct maker *maker, const struct witness *witness)
{
	size_t most = maker->options->per_host ? maker->options->per_host : PER_HOST;

	if (maker->stopped || maker->made++ >= most)
		return;
	maker->tally->requests++;
	maker->stopped = !maker->take(maker->user, witness);
}

static struct witness plain_witness(struct maker *maker, const struct witness_path *path,
				    const struct front *front)
{
	return (struct witness){.request = {.transport = ROUTE_HTTP,
					    .port = front->port,
					    .tls = front->tls,
					    .sni = front->tls ? maker->host->name : (struct str){0},
					    .target = path->text,
					    .authority = maker->host->name},
				.host = maker->host,
				.twist = path->twist | maker->host->twist,
				.plain = path->plain};
}

static void emit_case(struct maker *maker, struct witness witness, const struct one_case *one)
{
	witness.request.headers = one->headers;
	witness.request.header_count = one->count;
	if (one->query.len)
		witness.request.target =
			str_format(&maker->scratch, "%.*s?%.*s", STR_ARG(witness.request.target),
				   STR_ARG(one->query));
	for (size_t i = 0; i < maker->method_count; i++) {
		witness.request.method = maker->methods[i];
		emit(maker, &witness);
	}
}

/* A cross-origin request and its preflight. */
static void emit_origin(struct maker *maker, struct witness witness, struct str origin)
{
	struct route_header headers[] = {{STR("Origin"), origin},
					 {STR("Access-Control-Request-Method"), STR("GET")}};

	witness.request.headers = headers;
	witness.request.header_count = 1;
	emit(maker, &witness);
	witness.request.method = STR("OPTIONS");
	witness.request.header_count = 2;
	emit(maker, &witness);
}

/* nginx drops a dot behind the host, a Gateway need not: there it is a name that nobody knows. */
static void emit_dotted(struct maker *maker, struct witness witness)
{
	witness.twist |= WITNESS_HOST_FORM;
	witness.request.authority =
		str_format(&maker->scratch, "%.*s.", STR_ARG(maker->host->name));
	emit(maker, &witness);
}

/* Where a later table has something for any host. */
static bool is_dotted(const struct maker *maker)
{
	const struct route_term *later;

	if (!maker->hosts.terms)
		return false;
	later = maker->hosts.terms + maker->hosts.first_count;
	for (size_t i = 0; i < maker->host->term_count; i++)
		if (!maker->host->terms[i]->host.len && maker->host->terms[i] >= later)
			return !(maker->host->twist & WITNESS_HOST_UNKNOWN);
	return false;
}

static void emit_path(struct maker *maker, const struct witness_path *path,
		      const struct front *front)
{
	struct witness witness = plain_witness(maker, path, front);
	size_t cases = witness.twist & (WITNESS_NORMAL | WITNESS_CASE) ? 1 : maker->case_count;

	for (size_t i = 0; i < cases; i++)
		emit_case(maker, witness, &maker->cases[i]);
	if (maker->dotted && !path->twist)
		emit_dotted(maker, witness);
	for (size_t i = 0; i < maker->origin_count && cases > 0 && !path->twist; i++)
		emit_origin(maker, witness, maker->origins[i]);
}

/* Forms of the host that mean the same host, a query, and no server name: once each, on one path. */
static void emit_forms(struct maker *maker, const struct witness_path *path,
		       const struct front *front)
{
	struct arena *arena = &maker->scratch;
	struct str name = maker->host->name;
	struct str upper = str_dup(arena, name);
	struct witness witness = plain_witness(maker, path, front);

	for (size_t i = 0; i < upper.len; i++)
		if (upper.at[i] >= 'a' && upper.at[i] <= 'z')
			((char *)upper.at)[i] ^= 0x20;
	witness.request.target = str_format(arena, "%.*s?a=b&c", STR_ARG(path->text));
	emit(maker, &witness);
	witness.request.target = path->text;
	witness.request.method = STR("POST");
	emit(maker, &witness);
	witness.request.method = (struct str){0};
	witness.twist |= WITNESS_HOST_FORM;
	witness.request.authority = upper;
	emit(maker, &witness);
	witness.request.authority = str_format(arena, "%.*s:%u", STR_ARG(name), front->port);
	emit(maker, &witness);
}

static void take_edge(void *user, const struct witness *witness)
{
	emit(user, witness);
}

/* Tables say a term once for each of its reasons; its edges are the same. */
static bool is_new_edge(struct maker *maker, const struct route_term *term)
{
	void **place;

	if (!term->field_count && !term->network_count && term->body_bytes <= 0)
		return false;
	place = map_at(&maker->edges,
		       str_format(&maker->scratch, "%u %d %d %zu %zu %lld %.*s %.*s %.*s",
				  term->port, term->tls, (int)term->path_kind, term->field_count,
				  term->network_count, (long long)term->body_bytes,
				  STR_ARG(term->method), STR_ARG(term->path),
				  STR_ARG(term->alone ? term->fields[0].value : STR(""))));
	if (*place)
		return false;
	*place = maker;
	return true;
}

static void make_edges(struct maker *maker)
{
	const struct witness_taker taker = {&maker->scratch, take_edge, maker};
	const struct witness_path root = {.text = STR("/")};

	map_init(&maker->edges, &maker->scratch);
	for (size_t i = 0; i < maker->host->term_count; i++) {
		const struct route_term *term = maker->host->terms[i];
		const struct front front = {term->port, term->tls};

		if (term->transport == ROUTE_HTTP && is_new_edge(maker, term))
			witness_edges(&taker, term, plain_witness(maker, &root, &front));
	}
	for (size_t i = 0; i < maker->front_count; i++)
		if (maker->fronts[i].tls)
			witness_connections(&taker, &maker->hosts,
					    plain_witness(maker, &root, &maker->fronts[i]));
}

static void make_host(struct maker *maker, const struct witness_host *host)
{
	struct arena_mark mark = arena_mark(&maker->scratch);
	struct witness_paths paths = {.arena = &maker->scratch,
				      .random = maker->options->seed * 2 + 1};

	maker->host = host;
	maker->dotted = is_dotted(maker);
	map_init(&paths.seen, &maker->scratch);
	witness_find_paths(&paths, host);
	read_fronts(maker);
	read_terms(maker);
	for (size_t i = 0; i < paths.count; i++)
		for (size_t k = 0; k < maker->front_count; k++)
			emit_path(maker, &paths.at[i], &maker->fronts[k]);
	for (size_t k = 0; k < maker->front_count; k++)
		emit_forms(maker, &paths.at[paths.count > 2 ? 2 : 0], &maker->fronts[k]);
	make_edges(maker);
	maker->tally->patterns += paths.patterns;
	maker->tally->capped +=
		maker->made > (maker->options->per_host ? maker->options->per_host : PER_HOST);
	arena_rewind(&maker->scratch, mark);
}

void witness_each(const struct route_table *const *tables, size_t table_count,
		  const struct witness_options *options,
		  bool (*take)(void *user, const struct witness *witness), void *user,
		  struct witness_tally *tally)
{
	struct arena arena;
	struct maker maker = {.hosts = {.arena = &arena},
			      .options = options,
			      .take = take,
			      .user = user,
			      .tally = tally};

	*tally = (struct witness_tally){0};
	arena_init(&arena);
	arena_init(&maker.scratch);
	witness_find_hosts(&maker.hosts, tables, table_count);
	tally->hosts = maker.hosts.count;
	for (size_t i = 0; i < maker.hosts.count && !maker.stopped; i++)
		if (!options->known_only || maker.hosts.at[i].known)
			make_host(&maker, &maker.hosts.at[i]);
	maker.made = 0;
	if (!options->known_only)
		witness_streams(&(struct witness_taker){&maker.scratch, take_edge, &maker},
				&maker.hosts);
	arena_finish(&maker.scratch);
	arena_finish(&arena);
}
