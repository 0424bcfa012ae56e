#include "gateway/blocking.h"
#include "gateway/limits.h"
#include "gateway/planner.h"

/* ---- refusing ---- */

static void refuse_item(struct ledger_item *item, const char *code)
{
	ledger_mark(item, OUTCOME_REFUSED, code);
}

void rule_refuse(const struct model_rule *rule, const char *code)
{
	refuse_item(rule->path_item, code);
	for (size_t i = 0; i < rule->backend_count; i++)
		refuse_item(rule->backends[i].item, code);
	for (size_t i = 0; i < rule->mirror_count; i++)
		refuse_item(rule->mirrors[i].backend.item, code);
	if (rule->ext_auth)
		refuse_item(rule->ext_auth->backend.item, code);
}

static void refuse_host(struct planner *planner, const struct model_host *host)
{
	struct origin origin = host->origin;

	planner_say(planner, "I2G227", &origin,
		    STR("a host is lower-case letters, digits, '-' and '.', or '*.' in front of "
			"such a name"),
		    "'%.*s' is no host name that Gateway API takes, so nothing on it was converted",
		    STR_ARG(host->name));
	for (size_t i = 0; i < host->rule_count; i++) {
		rule_refuse(host->rules[i], "I2G227");
		refuse_item(host->rules[i]->host_item, "I2G227");
	}
	for (size_t i = 0; i < host->certificate_count; i++)
		refuse_item(host->certificates[i].item, "I2G227");
}

/* ---- legality of a rule ---- */

/* Says why a rule cannot be written; the code, or NULL when it can. */
struct verdict {
	const char *code;
	struct str words;
};

static struct verdict bad(const char *code, struct str words)
{
	return (struct verdict){code, words};
}

static struct verdict check_path(struct planner *planner, struct planned_rule *planned)
{
	const struct model_path *path = &planned->rule->match.path;
	const char *why;

	planned->path = path_value(&planner->arena, path, planner->options->dialect, &why);
	if (!why)
		return bad(NULL, STR(""));
	return bad(path->kind == PATH_REGEX ? "I2G241" : "I2G218",
		   str_format(&planner->arena, "path '%.*s' %s", STR_ARG(path->value), why));
}

/* Values of header and query matches: `most` is the longest that the field takes. */
static struct verdict check_fields(struct planner *planner, struct model_field_match *fields,
				   size_t count, size_t most)
{
	if (count > 16)
		return bad("I2G607", STR("it matches more than 16 headers or query parameters"));
	for (size_t i = 0; i < count; i++) {
		const char *why = NULL;

		if (fields[i].regex)
			fields[i].value = regex_search(&planner->arena, fields[i].value,
						       planner->options->dialect, &why);
		if (why)
			return bad("I2G241",
				   str_format(&planner->arena, "the pattern for '%.*s' %s",
					      STR_ARG(fields[i].name), why));
		if (!fields[i].value.len || fields[i].value.len > most)
			return bad("I2G607", str_format(&planner->arena,
							"the value for '%.*s' is empty or too long",
							STR_ARG(fields[i].name)));
		for (size_t j = 0; j < i; j++)
			if (str_eq_nocase(fields[i].name, fields[j].name))
				return bad("I2G607", STR("it matches one header or query parameter "
							 "twice"));
	}
	return bad(NULL, STR(""));
}

static struct model_field_match *copy_fields(struct planner *planner,
					     const struct model_field_match *fields, size_t count)
{
	struct model_field_match *copy =
		arena_array(&planner->arena, struct model_field_match, count);

	if (count)
		memcpy(copy, fields, count * sizeof *copy);
	return copy;
}

static struct verdict check_match(struct planner *planner, struct planned_rule *planned)
{
	const struct model_match *match = &planned->rule->match;

	planned->headers = copy_fields(planner, match->headers, match->header_count);
	planned->query = copy_fields(planner, match->query, match->query_count);

	struct verdict verdict = check_path(planner, planned);

	if (!verdict.code)
		verdict = check_fields(planner, planned->headers, match->header_count,
				       GATEWAY_HEADER_VALUE);
	if (!verdict.code)
		verdict = check_fields(planner, planned->query, match->query_count, GATEWAY_PATH);
	return verdict;
}

static bool edit_fits(const struct model_rule *rule, enum path_edit edit, struct str path)
{
	if (edit == PATH_REPLACE_PREFIX && rule->match.path.kind != PATH_PREFIX)
		return false;
	return path.len <= GATEWAY_PATH;
}

static struct verdict check_edits(const struct model_rule *rule)
{
	const struct model_redirect *redirect = rule->redirect;
	const struct model_rewrite *rewrite = rule->rewrite;

	if (redirect && ((redirect->hostname.len && !name_is_subdomain(redirect->hostname)) ||
			 !edit_fits(rule, redirect->edit, redirect->path)))
		return bad("I2G224", STR("its redirect has a host or path that Gateway API does "
					 "not take"));
	if (rewrite && ((rewrite->hostname.len && !name_is_subdomain(rewrite->hostname)) ||
			!edit_fits(rule, rewrite->edit, rewrite->path)))
		return bad("I2G212", STR("its rewrite has a host or path that Gateway API does "
					 "not take"));
	return bad(NULL, STR(""));
}

static bool lacks_port(const struct model_backend *backend)
{
	return !*backend->group && strcmp(backend->kind, "Service") == 0 && !backend->port;
}

static struct verdict check_backends(struct planner *planner, const struct model_rule *rule)
{
	if (rule->backend_count > GATEWAY_BACKENDS)
		return bad("I2G607", STR("it has more than 16 backends"));
	for (size_t i = 0; i < rule->backend_count; i++)
		if (lacks_port(&rule->backends[i]))
			return bad("I2G220", str_format(&planner->arena,
							"the port of Service '%.*s' is not known",
							STR_ARG(rule->backends[i].name)));
	return bad(NULL, STR(""));
}

static struct verdict check_rule(struct planner *planner, struct planned_rule *planned)
{
	struct verdict verdict = check_match(planner, planned);

	/* A rule that blocks has neither filters nor backends. */
	if (!verdict.code && !planned->blocks)
		verdict = check_edits(planned->rule);
	if (!verdict.code && !planned->blocks)
		verdict = check_backends(planner, planned->rule);
	return verdict;
}

/* A guard that this run cannot write must not be left out: ExternalAuth is an experimental field,
 * and client certificates are checked by a Gateway that is not ours to change. */
static const char *lost_guard(const struct planner *planner, const struct planned_host *host,
			      const struct model_rule *rule)
{
	uint32_t realm = host->host->realm;

	if (rule->ext_auth && !planner->options->experimental)
		return "I2G301";
	if (planner->model->realms[realm]->client_validation &&
	    planner->realms[realm].gateway.exists && rule->listen & LISTEN_HTTPS)
		return "I2G304";
	return NULL;
}

static void hold(struct planner *planner, const struct planned_host *host, struct model_rule *rule)
{
	const char *code = rule->held ? NULL : lost_guard(planner, host, rule);

	if (!code)
		return;
	planner_say(planner, code, &rule->origin,
		    strcmp(code, "I2G301") == 0
			    ? STR("--channel=experimental has the field")
			    : STR("set spec.tls.frontend of that Gateway by hand, and use "
				  "--allow-unguarded"),
		    strcmp(code, "I2G301") == 0
			    ? "external authentication needs the experimental channel, so the "
			      "route was held back"
			    : "client certificates are checked by the Gateway, which is not "
			      "written in this run, so the route was held back");
	rule->held = code;
}

/* ---- hosts ---- */

/* The listeners that a host really gets. */
static unsigned real_listen(const struct model_host *host)
{
	unsigned listen = host->listen;

	if (host->passthrough || !host->certificate_count)
		listen &= ~(unsigned)LISTEN_HTTPS;
	return listen;
}

static bool same_fields(const struct model_field_match *a, const struct model_field_match *b,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!str_eq_nocase(a[i].name, b[i].name) || !str_eq(a[i].value, b[i].value) ||
		    a[i].regex != b[i].regex)
			return false;
	return true;
}

/* Whether the second rule has all conditions of the first, or more: fields are compared where the first has any. */
static bool takes_all_of(const struct planned_rule *a, const struct planned_rule *b)
{
	const struct model_match *left = &a->rule->match, *right = &b->rule->match;

	return left->path.kind == right->path.kind &&
	       (!left->method.len || str_eq(left->method, right->method)) &&
	       (!left->header_count || (left->header_count == right->header_count &&
					same_fields(a->headers, b->headers, left->header_count))) &&
	       (!left->query_count || (left->query_count == right->query_count &&
				       same_fields(a->query, b->query, left->query_count)));
}

/* Takes the listeners away on which an earlier rule of the host takes all requests of this one, by the same conditions or
 * by fewer: the source never gets as far as this one there. Returns the rule that took the last one; NULL when one is
 * left. */
static struct planned_rule *yield_to_earlier(struct planner *planner, struct planned_rule *planned)
{
	struct planned_rule *last = NULL;

	struct planned_rule **newest =
		(struct planned_rule **)map_at(&planner->paths, planned->path);

	for (struct planned_rule *other = *newest; other; other = other->same_path)
		if (planned->listen & other->listen && takes_all_of(other, planned)) {
			planned->listen &= ~other->listen;
			last = other;
		}
	planned->same_path = *newest;
	*newest = planned;
	return planned->listen ? NULL : last;
}

/* What is held back may be blocked by a rule that matches more than the source does. */
static void drop_blocked(struct planner *planner, const struct model_rule *rule,
			 const struct model_rule *held)
{
	if (rule->path_item->outcome == OUTCOME_OPEN)
		planner_say(planner, "I2G317", &rule->origin,
			    STR("write the held back path without a regular expression, or with "
				"one that the target has"),
			    "the rule that answers 500 for a path of Ingress %.*s/%.*s, held back "
			    "(%s), takes all requests for '%.*s', too",
			    STR_ARG(held->origin.object->namespace),
			    STR_ARG(held->origin.object->name), held->held,
			    STR_ARG(rule->match.path.value));
	rule_refuse(rule, "I2G317");
}

static void drop_late(struct planner *planner, struct planned_rule *planned,
		      struct planned_rule *winner)
{
	struct model_rule *rule = planned->rule;

	if (rule->held || !rule->path_item)
		return;
	if (winner->rule->held && winner->rule->origin.object) {
		drop_blocked(planner, rule, winner->rule);
		winner->takes_others = true;
		return;
	}
	if (rule->path_item->outcome == OUTCOME_OPEN)
		planner_say(
			planner, "I2G217", &rule->origin, STR("remove one of the two"),
			"another rule of the host takes all requests for '%.*s' before this one",
			STR_ARG(rule->match.path.value));
	ledger_mark(rule->path_item, OUTCOME_INERT, "I2G217");
	for (size_t i = 0; i < rule->backend_count; i++)
		ledger_mark(rule->backends[i].item, OUTCOME_INERT, "I2G217");
	ledger_mark(rule->host_item, OUTCOME_INERT, NULL);
}

static void push(struct planner *planner, struct planned_host *host, struct planned_rule *planned)
{
	struct planned_rule *winner = yield_to_earlier(planner, planned);

	if (winner) {
		drop_late(planner, planned, winner);
		return;
	}
	if (planned->rule->held)
		ARENA_PUSH(&planner->arena, host->held, host->held_count, planned);
	else
		host->rules[host->rule_count++] = planned;
}

/* No listener of the host carries the rule: port 443 is passed through, or has no certificate. */
static void plan_unreachable(struct planner *planner, const struct planned_host *host,
			     const struct model_rule *rule)
{
	if (!host->host->passthrough) {
		planner_say(planner, "I2G503", &rule->origin, STR(""),
			    "no certificate is known for '%.*s', so it gets no HTTPS listener and "
			    "the rule was not written",
			    STR_ARG(host->host->name));
		rule_refuse(rule, "I2G503");
		return;
	}
	ledger_mark(rule->path_item, OUTCOME_INERT, NULL);
	for (size_t i = 0; i < rule->backend_count; i++)
		ledger_mark(rule->backends[i].item, OUTCOME_INERT, NULL);
}

static void plan_rule(struct planner *planner, struct planned_host *host, struct model_rule *rule)
{
	struct planned_rule *planned = arena_new(&planner->arena, struct planned_rule);

	planned->rule = rule;
	planned->host = host;
	planned->listen = rule->listen & host->listen;
	if (!planned->listen) {
		plan_unreachable(planner, host, rule);
		return;
	}
	hold(planner, host, rule);
	planned->blocks = rule->deny || rule->held;
	if (rule->held) {
		rule_refuse(rule, rule->held);
		rule->match.path = blocking_path(&planner->arena, rule, planner->options->dialect);
	}

	struct verdict verdict = check_rule(planner, planned);

	if (!verdict.code) {
		push(planner, host, planned);
		return;
	}
	if (!rule->held) {
		planner_say(planner, verdict.code, &rule->origin,
			    STR("requests for it go to another rule of the host, if one fits"),
			    "%.*s, so the rule was not written", STR_ARG(verdict.words));
		rule_refuse(rule, verdict.code);
	}
}

static void plan_host(struct planner *planner, struct model_host *model_host)
{
	struct planned_host *host = &planner->hosts[planner->host_count++];
	struct arena_mark mark = arena_mark(&planner->scratch);

	*host = (struct planned_host){.host = model_host, .listen = real_listen(model_host)};
	host->rules = arena_array(&planner->arena, struct planned_rule *, model_host->rule_count);
	map_init(&planner->paths, &planner->scratch);
	*map_at(&planner->realms[model_host->realm].hosts, model_host->name) = host;
	for (size_t i = 0; i < model_host->rule_count; i++)
		plan_rule(planner, host, model_host->rules[i]);
	/* Where TLS is passed through, the source never uses its own certificate. */
	for (size_t i = 0; i < model_host->certificate_count && !(host->listen & LISTEN_HTTPS); i++)
		ledger_mark(model_host->certificates[i].item, OUTCOME_INERT, NULL);
	arena_rewind(&planner->scratch, mark);
}

void rules_plan(struct planner *planner)
{
	struct model *model = planner->model;

	planner->hosts = arena_array(&planner->arena, struct planned_host, model->host_count);
	for (size_t i = 0; i < model->realm_count; i++)
		map_reserve(&planner->realms[i].hosts, model->realms[i]->hosts.count);
	for (size_t i = 0; i < model->host_count; i++) {
		struct model_host *host = model->hosts[i];

		if (host->name.len && !name_is_hostname(host->name))
			refuse_host(planner, host);
		else
			plan_host(planner, host);
	}
}
