/* Which finding covers which difference. A row says in what aspects a finding of that code may make the
 * sides differ, on which requests, and whose finding it must be. Rows are as narrow as the text of the
 * rule: what is wider hides mistakes of the conversion. */
#include "route/verify.h"

/* Whose finding counts. */
enum scope {
	SCOPE_OWN,  /* of the object that decides today */
	SCOPE_HOST, /* of any object that has to do with the host */
	SCOPE_RUN,  /* about the run or an option of the controller */
};

struct row {
	const char *code;
	enum scope scope;
	unsigned aspects;
	bool (*explains)(const struct verify_case *one);
};

/* ---- predicates ---- */

static bool always(const struct verify_case *one)
{
	(void)one;
	return true;
}

static bool is_error(const struct route_decision *decision)
{
	return decision->action == ROUTE_CLOSE ||
	       (decision->action == ROUTE_ANSWER && decision->status >= 400);
}

/* The route was left out, or answers an error in its place. */
static bool is_refused(const struct verify_case *one)
{
	/* The redirect to HTTPS comes first on the new side; there the error follows. */
	if (!one->request->tls && one->to->action == ROUTE_REDIRECT)
		return str_starts(one->to->location, "https://");
	return is_error(one->to);
}

static bool differs_by_case(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_CASE;
}

static bool is_not_normal(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_NORMAL;
}

static bool is_deep(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_HOST_DEEP;
}

static struct str without_query(struct str url)
{
	return str_sub(url, 0, str_find(url, '?'));
}

/* nginx drops the query, the Gateway keeps it. */
static bool keeps_query(const struct verify_case *one)
{
	return one->from->action == ROUTE_REDIRECT && one->to->action == ROUTE_REDIRECT &&
	       route_same_location(without_query(one->from->location),
				   without_query(one->to->location));
}

static struct str without_slash(struct str url)
{
	return str_sub(url, 0, url.len - str_ends(url, "/"));
}

/* Nothing but the slash that nginx takes off the end. */
static bool keeps_slash(const struct verify_case *one)
{
	return one->to->location.len == one->from->location.len + 1 &&
	       str_eq_nocase(without_slash(one->to->location), one->from->location);
}

/* Nothing but a port that is usual for the scheme, and the slash. */
static bool drops_port(const struct verify_case *one)
{
	struct str from = one->from->location;
	size_t at = str_find_str(from, ":80/"), len = 3;
	struct arena arena;
	bool same;

	if (at == SIZE_MAX) {
		at = str_find_str(from, ":443");
		len = 4;
	}
	if (at == SIZE_MAX && str_ends(from, ":80")) {
		at = from.len - 3;
		len = 3;
	}
	if (at == SIZE_MAX)
		return false;
	arena_init(&arena);
	from = str_format(&arena, "%.*s%.*s", (int)at, from.at,
			  STR_ARG(str_from_pos(from, at + len)));
	same = route_same_location(without_slash(from), without_slash(one->to->location));
	arena_finish(&arena);
	return same;
}

/* Behind a proxy that ends TLS: requests without X-Forwarded-Proto. */
static bool is_forwarded(const struct verify_case *one)
{
	struct str scheme;

	return keeps_slash(one) ||
	       (one->from->action == ROUTE_REDIRECT && !one->request->tls &&
		str_starts(one->from->location, "https://") &&
		!(route_header_find(one->request, STR("X-Forwarded-Proto"), &scheme) &&
		  str_is(scheme, "http")));
}

/* The same path, with scheme and host in front. */
static bool is_relative(const struct verify_case *one)
{
	struct str from = one->from->location, to = one->to->location;

	return str_starts(from, "/") && to.len > from.len &&
	       str_eq(str_from_pos(to, to.len - from.len), from);
}

/* Where the controller shows its own certificate. */
static bool shows_default(const struct verify_case *one)
{
	return one->request->tls && one->from->tls && !one->from->tls->name.len;
}

/* Port 443 of a host without a certificate of its own. */
static bool has_no_listener(const struct verify_case *one)
{
	return shows_default(one) && (one->to->action == ROUTE_CLOSE ||
				      (one->to->status == 404 && !one->to->place.object));
}

static bool is_https(const struct verify_case *one)
{
	return one->request->tls;
}

/* nginx answers 503 where nobody is there, a Gateway 500. */
static bool is_backend_missing(const struct verify_case *one)
{
	if (one->from->action == ROUTE_ANSWER && one->from->status == 503)
		return true;
	for (size_t i = 0; i < one->to->backend_count; i++)
		if (one->to->backends[i].state != ROUTE_BACKEND_OK)
			return true;
	return one->to->action == ROUTE_ANSWER &&
	       (one->to->status == 500 || one->to->status == 503);
}

static bool has_cookie(const struct verify_case *one)
{
	struct str cookie;

	return route_header_find(one->request, STR("Cookie"), &cookie);
}

static bool has_headers(const struct verify_case *one)
{
	return one->request->header_count > 0;
}

/* CORS headers on every answer, and no other header. */
static bool is_cors(const struct verify_case *one)
{
	return route_same_response(one->from, one->to, "Access-Control-");
}

/* OPTIONS is answered by itself. */
static bool is_options(const struct verify_case *one)
{
	return str_is(route_method(one->request), "OPTIONS") &&
	       (one->from->cors == ROUTE_CORS_PREFLIGHT || one->to->cors == ROUTE_CORS_PREFLIGHT);
}

/* A redirect to an address with nginx variables. */
static bool has_variable(const struct verify_case *one)
{
	return one->from->action == ROUTE_REDIRECT &&
	       str_find(one->from->location, '$') != SIZE_MAX;
}

/* Both sides found a rule, and not one that was made of the other. */
static bool took_another(const struct verify_case *one)
{
	return one->from->place.object && one->to->place.object;
}

static bool is_made_up(const struct verify_case *one)
{
	return one->from->place.object && one->from->place.match < 0 && is_refused(one);
}

/* The prefix takes more or less than the pattern did, or rewrites its bare form otherwise. */
static bool is_approximate(const struct verify_case *one)
{
	return (is_error(one->from) || one->from->action == ROUTE_FORWARD) &&
	       (is_error(one->to) || one->to->action == ROUTE_FORWARD);
}

/* A host without HTTPS listener, whose requests one for all hosts takes. */
static bool falls_through(const struct verify_case *one)
{
	return shows_default(one) && is_error(one->from);
}

/* The same where the source has no certificate to show at all. */
static bool opens_https(const struct verify_case *one)
{
	return one->request->tls && one->from->action == ROUTE_CLOSE && one->to->place.object;
}

static bool is_denied(const struct verify_case *one)
{
	return is_error(one->from) && is_refused(one);
}

/* A rule that answers in the place of a more general one. */
static bool is_blocked(const struct verify_case *one)
{
	return one->to->action == ROUTE_ANSWER && one->to->status == 500;
}

static bool is_redirect_refused(const struct verify_case *one)
{
	return one->from->action == ROUTE_REDIRECT &&
	       (is_refused(one) || one->to->action == ROUTE_REDIRECT);
}

static bool is_guard_refused(const struct verify_case *one)
{
	return route_is_guarded(one->from) && is_refused(one);
}

static bool is_client_refused(const struct verify_case *one)
{
	return is_refused(one) &&
	       (!one->request->tls || (one->from->tls && one->from->tls->validation));
}

static bool is_client_check(const struct verify_case *one)
{
	return one->request->tls && one->from->status == 400 && one->from->phase == ROUTE_PHASE_TLS;
}

/* Above the limit, or one byte: nginx reads Content-Length before it does anything else. */
static bool is_too_large(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_BODY && one->from->action == ROUTE_ANSWER &&
	       one->from->status == 413;
}

/* A port that a snippet for streams listens on. */
static bool is_connection(const struct verify_case *one)
{
	return one->request->transport == ROUTE_TCP || one->request->transport == ROUTE_UDP;
}

/* ---- the rows ---- */

enum {
	SENT = ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_QUERY,
	ROUTED = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION | ROUTE_DIFFERS_BACKENDS | SENT |
		 ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_PROTOCOL |
		 ROUTE_DIFFERS_MIRROR | ROUTE_DIFFERS_POLICY,
	ANSWER = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_CERTIFICATE,
};

/* Narrow rows first: the first that explains gives the cause. */
static const struct row rows[] = {
	{"I2G204", SCOPE_HOST, ROUTED, differs_by_case},
	{"I2G216", SCOPE_RUN, ROUTED | ROUTE_DIFFERS_GUARD, is_not_normal},
	{"I2G213", SCOPE_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE | ROUTE_DIFFERS_GUARD, is_deep},
	{"I2G244", SCOPE_RUN, ROUTE_DIFFERS_LOCATION, keeps_slash},
	{"I2G244", SCOPE_OWN, ANSWER | ROUTE_DIFFERS_LOCATION, is_forwarded},
	{"I2G223", SCOPE_OWN, ROUTE_DIFFERS_LOCATION, keeps_query},
	{"I2G225", SCOPE_HOST, ROUTE_DIFFERS_LOCATION, keeps_query},
	{"I2G225", SCOPE_HOST, ROUTE_DIFFERS_LOCATION, drops_port},
	{"I2G226", SCOPE_HOST, ROUTE_DIFFERS_LOCATION | ROUTE_DIFFERS_CERTIFICATE, drops_port},
	{"I2G244", SCOPE_HOST, ROUTE_DIFFERS_LOCATION, drops_port},
	{"I2G249", SCOPE_HOST, ROUTE_DIFFERS_LOCATION, is_relative},
	/* TLS */
	{"I2G503", SCOPE_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default},
	{"I2G503", SCOPE_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener},
	{"I2G501", SCOPE_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default},
	{"I2G501", SCOPE_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener},
	{"I2G502", SCOPE_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default},
	{"I2G502", SCOPE_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener},
	{"I2G504", SCOPE_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default},
	{"I2G504", SCOPE_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener},
	{"I2G509", SCOPE_RUN, ANSWER, has_no_listener},
	{"I2G506", SCOPE_HOST, ANSWER | ROUTE_DIFFERS_PROTOCOL, always},
	{"I2G510", SCOPE_HOST, ANSWER, is_client_check},
	{"I2G507", SCOPE_OWN, ROUTE_DIFFERS_PROTOCOL, always},
	{"I2G508", SCOPE_OWN, ROUTE_DIFFERS_PROTOCOL, always},
	{"I2G513", SCOPE_OWN, ROUTE_DIFFERS_PROTOCOL, always},
	{"I2G237", SCOPE_OWN, ROUTE_DIFFERS_PROTOCOL, always},
	/* routes that were left out or held back */
	{"I2G117", SCOPE_HOST, ROUTED, is_denied},
	{"I2G212", SCOPE_OWN, ROUTED, is_refused},
	{"I2G218", SCOPE_OWN, ROUTED, always},
	{"I2G220", SCOPE_OWN, ROUTED, is_refused},
	{"I2G224", SCOPE_OWN, ROUTED, is_redirect_refused},
	{"I2G224", SCOPE_HOST, ANSWER, has_variable},
	{"I2G227", SCOPE_HOST, ROUTED, is_refused},
	{"I2G234", SCOPE_HOST, ROUTED, is_refused},
	{"I2G235", SCOPE_HOST, ROUTED, is_refused},
	{"I2G239", SCOPE_OWN, ROUTED, is_refused},
	{"I2G241", SCOPE_HOST, ROUTED, is_refused},
	{"I2G243", SCOPE_OWN, ROUTED, is_refused},
	{"I2G301", SCOPE_OWN, ROUTED, is_refused},
	{"I2G302", SCOPE_OWN, ROUTED, is_refused},
	{"I2G303", SCOPE_OWN, ROUTED, is_refused},
	{"I2G304", SCOPE_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE, is_client_refused},
	{"I2G305", SCOPE_OWN, ROUTED, is_refused},
	{"I2G306", SCOPE_OWN, ROUTED, is_refused},
	{"I2G307", SCOPE_HOST, ROUTED, is_guard_refused},
	{"I2G308", SCOPE_OWN, ROUTED, is_refused},
	{"I2G309", SCOPE_OWN, ROUTED, is_refused},
	{"I2G317", SCOPE_HOST, ROUTED, is_blocked},
	{"I2G318", SCOPE_OWN, ROUTED, is_refused},
	{"I2G319", SCOPE_OWN, ROUTED, is_refused},
	{"I2G320", SCOPE_HOST, ROUTED, is_refused},
	{"I2G321", SCOPE_HOST, ROUTED, is_refused},
	{"I2G512", SCOPE_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE, is_client_refused},
	{"I2G511", SCOPE_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE, is_https},
	{"I2G303", SCOPE_RUN, ROUTED, is_guard_refused},
	{"I2G318", SCOPE_RUN, ROUTED, is_guard_refused},
	{"I2G301", SCOPE_RUN, ROUTED, is_guard_refused},
	{"I2G319", SCOPE_RUN, ROUTED, is_refused},
	{"I2G305", SCOPE_RUN, ROUTED, is_guard_refused},
	{"I2G307", SCOPE_RUN, ROUTED, is_guard_refused},
	/* choice of the rule */
	{"I2G208", SCOPE_HOST, ROUTED, took_another},
	{"I2G210", SCOPE_HOST, ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_PATH,
	 is_approximate},
	{"I2G214", SCOPE_RUN, ANSWER, falls_through},
	{"I2G214", SCOPE_RUN, ANSWER, opens_https},
	{"I2G215", SCOPE_HOST, ROUTED, is_made_up},
	{"I2G217", SCOPE_HOST, ROUTED, took_another},
	{"I2G221", SCOPE_HOST, ROUTED, is_backend_missing},
	{"I2G228", SCOPE_HOST, ROUTE_DIFFERS_BACKENDS, always},
	{"I2G230", SCOPE_HOST, ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_ANSWER, is_backend_missing},
	{"I2G232", SCOPE_HOST, ROUTE_DIFFERS_BACKENDS, has_cookie},
	{"I2G247", SCOPE_HOST, ROUTE_DIFFERS_BACKENDS, has_headers},
	{"I2G236", SCOPE_OWN, ROUTED, is_backend_missing},
	/* what is sent, and what comes back */
	{"I2G410", SCOPE_OWN, ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_REQUEST, always},
	{"I2G240", SCOPE_OWN, ROUTE_DIFFERS_MIRROR, always},
	{"I2G246", SCOPE_OWN, ROUTE_DIFFERS_MIRROR, always},
	{"I2G411", SCOPE_OWN, ROUTE_DIFFERS_RESPONSE, always},
	{"I2G248", SCOPE_OWN, ROUTED, always},
	{"I2G248", SCOPE_HOST, ROUTE_DIFFERS_ANSWER, is_connection},
	{"I2G243", SCOPE_OWN, ROUTED, always},
	{"I2G310", SCOPE_OWN, ROUTE_DIFFERS_RESPONSE, is_cors},
	{"I2G311", SCOPE_OWN, ROUTE_DIFFERS_RESPONSE, is_cors},
	{"I2G311", SCOPE_OWN, ANSWER, is_options},
	/* limits */
	{"I2G401", SCOPE_OWN, ROUTE_DIFFERS_ANSWER, is_too_large},
	{"I2G401", SCOPE_RUN, ROUTE_DIFFERS_ANSWER, is_too_large},
	{"I2G413", SCOPE_RUN, ROUTE_DIFFERS_ANSWER, is_too_large},
	{"I2G401", SCOPE_OWN, ROUTE_DIFFERS_POLICY, always},
	{"I2G401", SCOPE_RUN, ROUTE_DIFFERS_POLICY, always},
	{"I2G402", SCOPE_OWN, ROUTE_DIFFERS_POLICY, always},
	{"I2G402", SCOPE_RUN, ROUTE_DIFFERS_POLICY, always},
	{"I2G403", SCOPE_OWN, ROUTE_DIFFERS_POLICY, always},
	{"I2G404", SCOPE_OWN, ROUTE_DIFFERS_POLICY, always},
	{"I2G313", SCOPE_OWN, ROUTE_DIFFERS_POLICY, always},
};

/* ---- whose findings ---- */

static void add_found(struct arena *arena, struct verify_found **found,
		      const struct finding *finding)
{
	if (!*found)
		*found = arena_new(arena, struct verify_found);
	ARENA_PUSH(arena, (*found)->at, (*found)->count, finding);
}

static struct str object_key(struct arena *arena, const struct object_ref *object)
{
	return str_format(arena, "%.*s/%.*s", STR_ARG(object->namespace), STR_ARG(object->name));
}

void verify_index_findings(struct verify *verify)
{
	verify->about_run = arena_new(&verify->arena, struct verify_found);
	for (size_t i = 0; verify->findings && i < verify->findings->count; i++) {
		const struct finding *finding = &verify->findings->at[i];
		struct verify_found **place = &verify->about_run;

		if (str_is(finding->object.kind, "Ingress"))
			place = (struct verify_found **)map_at(
				&verify->by_object, object_key(&verify->arena, &finding->object));
		add_found(&verify->arena, place, finding);
	}
}

static const struct verify_found *about(struct verify *verify, const struct object_ref *object)
{
	char key[320];
	struct str namespace = object->namespace, name = object->name;

	if (namespace.len + name.len + 1 > sizeof key)
		return NULL;
	memcpy(key, namespace.at, namespace.len);
	key[namespace.len] = '/';
	memcpy(key + namespace.len + 1, name.at, name.len);
	return map_get(&verify->by_object, (struct str){key, namespace.len + 1 + name.len});
}

/* Findings about all objects that have to do with a host, collected when it first differs. */
static const struct verify_found *about_host(struct verify *verify, const struct witness_host *host)
{
	const struct object_ref *last = NULL;
	struct map seen;

	if (verify->host == host)
		return verify->about_host;
	verify->host = host;
	verify->about_host = arena_new(&verify->arena, struct verify_found);
	map_init(&seen, &verify->arena);
	for (size_t i = 0; i < host->term_count; i++) {
		const struct object_ref *object = host->terms[i]->place.object;
		const struct verify_found *found;
		void **place;

		if (!object || object == last)
			continue;
		last = object;
		place = map_at(&seen, object_key(&verify->arena, object));
		found = *place ? NULL : about(verify, object);
		*place = (void *)object;
		for (size_t k = 0; found && k < found->count; k++)
			add_found(&verify->arena, &verify->about_host, found->at[k]);
	}
	return verify->about_host;
}

static const struct finding *find_code(const struct verify_found *found, const char *code)
{
	for (size_t i = 0; found && i < found->count; i++)
		if (strcmp(found->at[i]->code, code) == 0)
			return found->at[i];
	return NULL;
}

static const struct finding *find_for(const struct verify_case *one, const struct row *row)
{
	const struct object_ref *own = one->from->place.object;

	switch (row->scope) {
	case SCOPE_OWN:
		return own ? find_code(about(one->verify, own), row->code) : NULL;
	case SCOPE_HOST:
		return find_code(about_host(one->verify, one->witness->host), row->code);
	case SCOPE_RUN:
		break;
	}
	return find_code(one->verify->about_run, row->code);
}

/* A twist explains what the plain request does not show. */
static unsigned explained(const struct verify_case *one, const struct row *row)
{
	bool by_twist = row->explains == differs_by_case || row->explains == is_not_normal;

	return by_twist ? row->aspects & ~one->plainly : row->aspects;
}

const struct finding *verify_cover(const struct verify_case *one)
{
	const struct finding *first = NULL;
	unsigned left = one->aspects;

	for (size_t i = 0; left && i < sizeof rows / sizeof *rows; i++) {
		const struct finding *finding;

		if (!(explained(one, &rows[i]) & left) || !rows[i].explains(one))
			continue;
		finding = find_for(one, &rows[i]);
		if (!finding)
			continue;
		left &= ~explained(one, &rows[i]);
		if (!first)
			first = finding;
	}
	return left ? NULL : first;
}
