/* Which findings have to do with a request: those about an element that took part in a decision. A finding
 * says by object, field path, host and Service what it is about. */
#include "route/verify.h"

#include <stdarg.h>

enum { KEY = 640 };

/* What is known of the host at hand. */
struct verify_host {
	struct verify_found found; /* of the Ingresses that make it up */
	struct map canaries;       /* key of a place -> struct verify_found * */
	bool has_canaries;
	struct route_place place; /* that the parts are of */
	struct verify_parts parts;
	bool has_parts;
};

/* ---- keys: "ns/name", "ns/name#2", "ns/name#2.1", "@host" ---- */

struct key {
	char text[KEY];
	size_t len; /* 0: the names are too long for any object */
};

static void key_add(struct key *key, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void key_add(struct key *key, const char *format, ...)
{
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(key->text + key->len, sizeof key->text - key->len, format, arguments);
	va_end(arguments);
	key->len =
		len < 0 || (size_t)len >= sizeof key->text - key->len ? 0 : key->len + (size_t)len;
}

static struct key key_of(const struct object_ref *object)
{
	struct key key = {.len = 0};

	key_add(&key, "%.*s/%.*s", STR_ARG(object->namespace), STR_ARG(object->name));
	return key;
}

static struct str key_str(const struct key *key)
{
	return (struct str){(char *)key->text, key->len};
}

/* The number behind `name` in a field path, as 3 of "rules[3]"; -1: there is none. A key of the input can look like that,
 * too. */
static int index_in(struct str path, const char *name)
{
	enum { MOST = 100000000 };
	size_t at = str_find_str(path, name);
	int number = 0;

	if (at == SIZE_MAX)
		return -1;
	for (at += strlen(name); at < path.len && path.at[at] != ']'; at++) {
		if (path.at[at] < '0' || path.at[at] > '9' || number >= MOST)
			return -1;
		number = number * 10 + (path.at[at] - '0');
	}
	return number;
}

static struct key key_of_finding(const struct finding *finding, const struct finding_scope *scope)
{
	struct key key = key_of(&finding->object);
	struct str path = scope->part.len ? scope->part : finding->path;

	if (str_starts(path, "spec.defaultBackend")) {
		key_add(&key, "#-");
	} else if (str_starts(path, "spec.rules[")) {
		int match = index_in(path, ".paths[");

		key_add(&key, "#%d", index_in(path, "rules["));
		if (match >= 0)
			key_add(&key, ".%d", match);
	}
	return key;
}

/* ---- the index ---- */

static void add_found(struct arena *arena, struct verify_found *found,
		      const struct finding *finding)
{
	ARENA_PUSH(arena, found->at, found->count, finding);
}

static struct verify_found *found_at(struct verify *verify, struct str key)
{
	void **place = map_at(&verify->by_object, str_dup(&verify->arena, key));

	if (!*place)
		*place = arena_new(&verify->arena, struct verify_found);
	return *place;
}

static struct key key_of_host(struct str host)
{
	struct key key = {.len = 0};

	key_add(&key, "@%.*s", STR_ARG(host));
	return key;
}

static bool is_indexed(const struct finding *finding)
{
	return str_is(finding->object.kind, "Ingress") || str_is(finding->object.kind, "Service");
}

/* Those about a host are found by it alone. */
static struct key key_in_index(const struct finding *finding, const struct finding_scope *scope)
{
	struct key key =
		scope->host.len ? key_of_host(scope->host) : key_of_finding(finding, scope);

	if (str_is(finding->object.kind, "Service"))
		key_add(&key, "$");
	return key;
}

static void index_finding(struct verify *verify, const struct finding *finding)
{
	for (const struct finding_scope *scope = finding_scope(finding); scope;
	     scope = scope->also) {
		struct key key = key_in_index(finding, scope);

		add_found(&verify->arena, found_at(verify, key_str(&key)), finding);
	}
}

void verify_index_init(struct verify *verify)
{
	map_init(&verify->by_object, &verify->arena);
	arena_init(&verify->host_arena);
	verify->about_run = arena_new(&verify->arena, struct verify_found);
	verify->about_options = arena_new(&verify->arena, struct verify_found);
	for (size_t i = 0; verify->findings && i < verify->findings->count; i++) {
		const struct finding *finding = &verify->findings->at[i];
		struct verify_found *rest =
			finding->object.kind.len ? verify->about_options : verify->about_run;

		verify->about_services |= str_is(finding->object.kind, "Service");
		if (is_indexed(finding))
			index_finding(verify, finding);
		else
			add_found(&verify->arena, rest, finding);
	}
}

void verify_index_finish(struct verify *verify)
{
	arena_finish(&verify->host_arena);
}

/* ---- looking up ---- */

struct search {
	struct verify *verify;
	struct arena *arena;
	struct str host; /* of the request */
	struct verify_found *into;
};

static void take_key(const struct search *search, const struct key *key)
{
	const struct verify_found *found =
		key->len ? map_get(&search->verify->by_object, key_str(key)) : NULL;

	for (size_t i = 0; found && i < found->count; i++)
		add_found(search->arena, search->into, found->at[i]);
}

/* Findings about this host: by its name, by each wildcard above it, and those about any. */
static void take_host(const struct search *search)
{
	struct str rest = search->host;
	struct key key = key_of_host(rest);

	take_key(search, &key);
	for (size_t dot; (dot = str_find(rest, '.')) != SIZE_MAX;) {
		rest = str_from_pos(rest, dot + 1);
		key = (struct key){.len = 0};
		key_add(&key, "@*.%.*s", STR_ARG(rest));
		take_key(search, &key);
	}
	key = key_of_host(STR("*"));
	take_key(search, &key);
}

static void take_object(const struct search *search, const struct object_ref *object)
{
	struct key key = key_of(object);

	take_key(search, &key);
}

/* Findings about the path that no rule names: spec.defaultBackend. */
static void take_made_up(const struct search *search, const struct route_place *place)
{
	struct key key = key_of(place->object);

	key_add(&key, "#-");
	take_key(search, &key);
}

static void take_rule(const struct search *search, const struct route_place *place)
{
	struct key key = key_of(place->object);

	if (place->match < 0)
		take_made_up(search, place);
	if (place->rule < 0)
		return;
	key_add(&key, "#%d", place->rule);
	take_key(search, &key);
	if (place->match < 0)
		return;
	key_add(&key, ".%d", place->match);
	take_key(search, &key);
}

static bool is_ingress(const struct route_place *place)
{
	return place->object && str_is(place->object->kind, "Ingress");
}

/* ---- the host ---- */

/* True the first time that it is asked of a key. */
static bool is_new(struct map *seen, struct arena *arena, const struct key *key)
{
	void **place = map_at(seen, str_dup(arena, key_str(key)));
	bool known = *place != NULL;

	*place = seen;
	return !known;
}

static struct key key_of_place(const struct route_place *place)
{
	struct key key = key_of(place->object);

	key_add(&key, "#%d.%d", place->rule, place->match);
	return key;
}

static void find_host(struct verify *verify, const struct witness_host *host)
{
	struct search search = {verify, &verify->host_arena, host->name,
				&verify->about_host->found};
	struct map objects, rules;

	take_host(&search);
	map_init(&objects, &verify->host_arena);
	map_init(&rules, &verify->host_arena);
	for (size_t i = 0; i < host->term_count; i++) {
		const struct route_place *place = &host->terms[i]->place;
		struct key key;

		if (!is_ingress(place))
			continue;
		key = key_of(place->object);
		if (is_new(&objects, &verify->host_arena, &key))
			take_object(&search, place->object);
		if (place->rule < 0) {
			take_made_up(&search, place);
			continue;
		}
		key_add(&key, "#%d", place->rule);
		if (is_new(&rules, &verify->host_arena, &key))
			take_key(&search, &key);
		key_add(&key, ".%d", place->match);
		if (place->match >= 0 && is_new(&rules, &verify->host_arena, &key))
			take_key(&search, &key);
	}
}

/* Findings about all objects that make up a host, collected when it first differs. */
static struct verify_host *about_host(struct verify *verify, const struct witness_host *host)
{
	if (verify->host == host)
		return verify->about_host;
	arena_finish(&verify->host_arena);
	arena_init(&verify->host_arena);
	verify->host = host;
	verify->about_host = arena_new(&verify->host_arena, struct verify_host);
	find_host(verify, host);
	return verify->about_host;
}

/* ---- canaries ---- */

/* Paths of a host as terms write them; a canary has the term of the path that it shares. */
static struct str path_key(struct arena *arena, const struct route_term *term)
{
	return str_format(arena, "%.*s %d %.*s", STR_ARG(term->host), (int)term->path_kind,
			  STR_ARG(term->path));
}

struct sharers {
	const struct route_place **at;
	size_t count;
};

static bool is_same_place(const struct route_place *a, const struct route_place *b)
{
	return a->object == b->object && a->rule == b->rule && a->match == b->match;
}

static void find_canaries_of(struct verify *verify, const struct witness_host *host,
			     const struct sharers *sharers)
{
	struct verify_host *about = verify->about_host;

	for (size_t i = 0; i < sharers->count; i++) {
		struct key key = key_of_place(sharers->at[i]);
		void **place =
			map_at(&about->canaries, str_dup(&verify->host_arena, key_str(&key)));
		struct search search = {verify, &verify->host_arena, host->name, NULL};

		if (*place)
			continue;
		search.into = *place = arena_new(&verify->host_arena, struct verify_found);
		for (size_t k = 0; k < sharers->count; k++) {
			const struct object_ref *object = sharers->at[k]->object;

			const struct route_place *last = k ? sharers->at[k - 1] : NULL;

			if (object == sharers->at[i]->object ||
			    (last && is_same_place(last, sharers->at[k])))
				continue;
			if (!last || last->object != object)
				take_object(&search, object);
			take_rule(&search, sharers->at[k]);
		}
	}
}

static void find_canaries(struct verify *verify, const struct witness_host *host)
{
	struct arena *arena = &verify->host_arena;
	struct sharers **all = arena_array(arena, struct sharers *, host->term_count + 1);
	size_t count = 0;
	struct map by_path;

	map_init(&by_path, arena);
	map_init(&verify->about_host->canaries, arena);
	verify->about_host->has_canaries = true;
	for (size_t i = 0; i < host->term_count; i++) {
		const struct route_term *term = host->terms[i];
		struct sharers **sharers;

		if (!is_ingress(&term->place) || !term->path.len)
			continue;
		sharers = (struct sharers **)map_at(&by_path, path_key(arena, term));
		if (!*sharers)
			all[count++] = *sharers = arena_new(arena, struct sharers);
		ARENA_PUSH(arena, (*sharers)->at, (*sharers)->count, &term->place);
	}
	for (size_t i = 0; i < count; i++)
		if (all[i]->count > 1)
			find_canaries_of(verify, host, all[i]);
}

static const struct verify_found *
canaries_of(struct verify *verify, const struct witness_host *host, const struct route_place *place)
{
	struct verify_host *about = about_host(verify, host);
	struct key key = key_of_place(place);

	if (!about->has_canaries)
		find_canaries(verify, host);
	return map_get(&about->canaries, key_str(&key));
}

/* ---- all ---- */

static void find_services(const struct verify_case *one, struct verify_found *into)
{
	const struct search search = {one->verify, one->arena, one->witness->host->name, into};
	const struct route_decision *const both[] = {one->from, one->to};

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < both[side]->backend_count; i++) {
			const struct route_backend *backend = &both[side]->backends[i];
			const struct object_ref object = {backend->kind, backend->namespace,
							  backend->name};
			struct key key = key_of(&object);

			key_add(&key, "$");
			take_key(&search, &key);
		}
}

/* All but those of Services, for what decides. */
static void make_parts(const struct verify_case *one, struct verify_host *about)
{
	struct verify *verify = one->verify;
	const struct witness_host *host = one->witness->host;
	struct verify_parts *parts = &about->parts;
	const struct search search = {verify, &verify->host_arena, host->name,
				      &parts->found[VERIFY_PATH]};
	const struct verify_found *canaries = NULL;

	*parts = (struct verify_parts){0};
	about->place = one->from->place;
	about->has_parts = true;
	parts->found[VERIFY_HOST] = about->found;
	parts->found[VERIFY_OPTION] = *verify->about_options;
	parts->found[VERIFY_RUN] = *verify->about_run;
	if (!is_ingress(&about->place))
		return;
	take_object(&search, about->place.object);
	take_rule(&search, &about->place);
	take_host(&search);
	canaries = canaries_of(verify, host, &about->place);
	if (canaries)
		parts->found[VERIFY_CANARY] = *canaries;
}

/* Requests come path by path: what was found for the last one mostly holds. */
void verify_find_parts(const struct verify_case *one, struct verify_parts *parts)
{
	struct verify_host *about = about_host(one->verify, one->witness->host);
	const struct route_place *place = &one->from->place;

	if (!about->has_parts || about->place.object != place->object ||
	    about->place.rule != place->rule || about->place.match != place->match)
		make_parts(one, about);
	*parts = about->parts;
	if (one->verify->about_services)
		find_services(one, &parts->found[VERIFY_SERVICE]);
}
