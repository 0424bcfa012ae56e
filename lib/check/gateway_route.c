#include "check/gateway_parts.h"
#include "gateway/limits.h"
#include "gateway/status.h"

/* ---- parents ---- */

static void say_of_parent(struct gateway_run *run, const struct attach_route *route, size_t i,
			  struct finding finding)
{
	const struct gateway_ref *ref = route->parents[i].ref;

	finding.path = gateway_text(run, "spec.parentRefs[%zu]", i);
	if (!finding.span.line)
		finding.span = ref->name.span;
	gateway_say(run, &route->spec->meta, finding);
}

/* Status has the words for it. */
static struct str reason_text(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	struct status_conditions conditions;

	status_of_parent(run->attach, route, &route->parents[i], &conditions);
	return status_find(&conditions, "Accepted")->message;
}

static void check_parent(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	const struct attach_parent *parent = &route->parents[i];
	const struct gateway_ref *ref = parent->ref;
	struct finding finding = {.code = NULL};

	switch (parent->outcome) {
	case ATTACH_OK:
	case ATTACH_OTHER:
		return;
	case ATTACH_NO_PARENT:
		if (attach_may_exist(run->attach, ref))
			return;
		finding.code = "I2G620";
		break;
	case ATTACH_NO_LISTENER:
		/* What keeps the ListenerSet from its Gateway is told where that stands. */
		if (parent->set && !parent->set->joined)
			return;
		finding.code = "I2G621";
		finding.span = ref->section.text.len ? ref->section.span : ref->port_span;
		break;
	case ATTACH_NOT_ALLOWED:
		finding.code = "I2G625";
		break;
	case ATTACH_NO_HOSTNAME:
		finding.code = "I2G260";
		finding.span = route->spec->hostnames.at[0].span;
		break;
	}
	finding.message = reason_text(run, route, i);
	say_of_parent(run, route, i, finding);
}

/* ---- host names ---- */

/* Listeners that a route may use, whatever their host names are. */
static bool name_meets(const struct attach_route *route, struct str name, bool *asked)
{
	struct str both;

	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++) {
			const struct attach_binding *binding = &route->parents[i].bindings[j];

			*asked = true;
			if (attach_hostname(binding->listener->spec->hostname.text, name, &both))
				return true;
		}
	return false;
}

/* When no name meets, the parent says so. */
static void check_hostnames(struct gateway_run *run, const struct attach_route *route)
{
	const struct gateway_texts *names = &route->spec->hostnames;

	for (size_t i = 0; i < names->count; i++) {
		bool asked = false;

		if (name_meets(route, names->at[i].text, &asked) || !asked)
			continue;
		gateway_say(run, &route->spec->meta,
			    (struct finding){
				    .code = "I2G260",
				    .path = gateway_text(run, "spec.hostnames[%zu]", i),
				    .span = names->at[i].span,
				    .message = gateway_text(run,
							    "%.*s meets no listener that takes "
							    "this route",
							    STR_ARG(names->at[i].text)),
			    });
	}
}

void gateway_check_parents(struct gateway_run *run, const struct attach_route *route)
{
	for (size_t i = 0; i < route->parent_count; i++)
		check_parent(run, route, i);
	check_hostnames(run, route);
}

/* ---- references ---- */

/* The fields that a path of a reference consists of. */
struct at {
	size_t rule;
	struct str list; /* "" or ".backendRefs[1]" */
};

static void check_backend(struct gateway_run *run, const struct attach_route *route,
			  const struct gateway_ref *ref, struct str path)
{
	const struct gateway_place place = {&route->spec->meta, path, ref};

	gateway_say_ref(run, &place, attach_backend(run->attach, route->spec, ref), "I2G618");
}

static void check_filters(struct gateway_run *run, const struct attach_route *route,
			  const struct gateway_filters *filters, const struct at *at)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct gateway_filter *filter = &filters->at[i];
		struct str path = gateway_text(run, "spec.rules[%zu]%.*s.filters[%zu]", at->rule,
					       STR_ARG(at->list), i);

		if (filter->type == GATEWAY_FILTER_MIRROR)
			check_backend(
				run, route, &filter->mirror.backend,
				gateway_text(run, "%.*s.requestMirror.backendRef", STR_ARG(path)));
		else if (filter->type == GATEWAY_FILTER_AUTH)
			check_backend(
				run, route, &filter->auth.backend,
				gateway_text(run, "%.*s.externalAuth.backendRef", STR_ARG(path)));
		else if (filter->type == GATEWAY_FILTER_EXTENSION &&
			 !attach_is_known(run->attach, &filter->extension))
			gateway_say_ref(run,
					&(struct gateway_place){&route->spec->meta, path,
								&filter->extension},
					ATTACH_REF_KIND, "I2G624");
	}
}

void gateway_check_references(struct gateway_run *run, const struct attach_route *route)
{
	for (size_t i = 0; i < route->spec->rule_count; i++) {
		const struct gateway_rule *rule = &route->spec->rules[i];

		check_filters(run, route, &rule->filters, &(struct at){i, STR("")});
		for (size_t j = 0; j < rule->backend_count; j++) {
			const struct gateway_backend *backend = &rule->backends[j];

			check_backend(run, route, &backend->ref,
				      gateway_text(run, "spec.rules[%zu].backendRefs[%zu]", i, j));
			if (backend->filters.count)
				check_filters(
					run, route, &backend->filters,
					&(struct at){i, gateway_text(run, ".backendRefs[%zu]", j)});
		}
	}
}

/* ---- rules by themselves ---- */

static void say_of_rule(struct gateway_run *run, const struct attach_route *route, size_t i,
			const char *field, struct finding finding)
{
	finding.path = gateway_text(run, "spec.rules[%zu]%s%s", i, *field ? "." : "", field);
	if (!finding.span.line)
		finding.span = route->spec->meta.name_span;
	gateway_say(run, &route->spec->meta, finding);
}

static void check_weights(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	const struct gateway_rule *rule = &route->spec->rules[i];

	for (size_t j = 0; j < rule->backend_count; j++)
		if (rule->backends[j].weight)
			return;
	if (!rule->backend_count)
		return;
	say_of_rule(run, route, i, "backendRefs",
		    (struct finding){
			    .code = "I2G265",
			    .span = rule->backends[0].weight_span,
			    .message = STR("all weights of the rule are 0: it has no backend, and "
					   "its requests are answered with an error"),
		    });
}

static bool answers_itself(const struct gateway_rule *rule)
{
	for (size_t i = 0; i < rule->filters.count; i++)
		if (rule->filters.at[i].type == GATEWAY_FILTER_REDIRECT ||
		    rule->filters.at[i].type == GATEWAY_FILTER_EXTENSION)
			return true;
	return false;
}

static void check_backends(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	const struct gateway_rule *rule = &route->spec->rules[i];

	if (rule->backend_count || answers_itself(rule))
		return;
	say_of_rule(run, route, i, "",
		    (struct finding){
			    .code = "I2G271",
			    .span = rule->span,
			    .message = STR("the rule has no backend and no redirect: its requests "
					   "are answered with 500"),
		    });
}

static bool is_set(int64_t duration)
{
	return duration > 0;
}

static void check_timeouts(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	const struct gateway_rule *rule = &route->spec->rules[i];
	const struct gateway_timeouts *timeouts = &rule->timeouts;
	struct finding finding = {.code = "I2G267", .span = timeouts->backend_request_span};

	if (!is_set(timeouts->request))
		return;
	if (timeouts->backend_request > timeouts->request)
		finding.message = STR("one try may take longer than the whole request");
	else if (rule->retry.given && timeouts->backend_request == timeouts->request)
		finding.message = STR("one try may take as long as the whole request: after a try "
				      "that timed out there is no time for another one");
	else if (rule->retry.given && !is_set(timeouts->backend_request))
		finding = (struct finding){
			.code = "I2G267",
			.span = timeouts->request_span,
			.message = STR("without backendRequest one try may take as long as the "
				       "whole request: after a try that timed out there is no "
				       "time for another one"),
		};
	else
		return;
	say_of_rule(run, route, i, "timeouts", finding);
}

/* ---- regular expressions ---- */

struct regex_at {
	size_t rule, match;
	const char *field;
};

/* Extensions that RE2 (Envoy, Go) does not have and PCRE (nginx) does. */
static bool needs_backtracking(struct str text)
{
	static const char *const marks[] = {"(?=", "(?!", "(?<=", "(?<!", "(?>", "*+", "++", "\\1"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find_str(text, marks[i]) != SIZE_MAX)
			return true;
	return false;
}

static void check_regex(struct gateway_run *run, const struct attach_route *route,
			const struct kube_text *text, struct regex_at at)
{
	bool hard = needs_backtracking(text->text);

	if (!text->text.len || (!hard && kube_annotation(&route->spec->meta, GATEWAY_DIALECT)))
		return;
	gateway_say(
		run, &route->spec->meta,
		(struct finding){
			.code = "I2G268",
			.path = gateway_text(run, "spec.rules[%zu].matches[%zu].%s", at.rule,
					     at.match, at.field),
			.span = text->span,
			.message = hard ? STR("the regular expression has parts that only a "
					      "backtracking engine knows; implementations with RE2 "
					      "refuse it")
					: STR("Gateway API does not say what a regular expression "
					      "means: neither its dialect nor whether it must fit "
					      "the whole text"),
			.hint = STR("say it with the annotation " GATEWAY_DIALECT
				    ", and test the route where it will run"),
		});
}

static void check_regexes(struct gateway_run *run, const struct attach_route *route, size_t i)
{
	const struct gateway_rule *rule = &route->spec->rules[i];

	for (size_t j = 0; j < rule->match_count; j++) {
		const struct gateway_match *match = &rule->matches[j];

		if (match->path_type == GATEWAY_MATCH_REGEX)
			check_regex(run, route, &match->path, (struct regex_at){i, j, "path"});
		if (match->rpc_type == GATEWAY_MATCH_REGEX) {
			check_regex(run, route, &match->service,
				    (struct regex_at){i, j, "method.service"});
			check_regex(run, route, &match->rpc,
				    (struct regex_at){i, j, "method.method"});
		}
		for (size_t k = 0; k < match->headers.count; k++)
			if (match->headers.at[k].type == GATEWAY_MATCH_REGEX)
				check_regex(run, route, &match->headers.at[k].value,
					    (struct regex_at){i, j, "headers"});
		for (size_t k = 0; k < match->params.count; k++)
			if (match->params.at[k].type == GATEWAY_MATCH_REGEX)
				check_regex(run, route, &match->params.at[k].value,
					    (struct regex_at){i, j, "queryParams"});
	}
}

/* ---- bounds ---- */

static size_t hostname_bound(const struct gateway_route *route)
{
	enum { TLS_HOSTNAMES = 1024 };

	return route->kind == GATEWAY_TLS_ROUTE ? TLS_HOSTNAMES : GATEWAY_HOSTNAMES;
}

static void check_bounds(struct gateway_run *run, const struct attach_route *route)
{
	const struct gateway_route *spec = route->spec;
	struct gateway_place place = {&spec->meta, STR("spec.hostnames"), NULL};
	size_t matches = 0;

	gateway_check_bound(run, &place, spec->hostnames.count, hostname_bound(spec));
	place.path = STR("spec.parentRefs");
	gateway_check_bound(run, &place, spec->parents.count, GATEWAY_PARENTS);
	if (spec->kind > GATEWAY_GRPC_ROUTE)
		return;
	place.path = STR("spec.rules");
	gateway_check_bound(run, &place, spec->rule_count, GATEWAY_RULES);
	for (size_t i = 0; i < spec->rule_count; i++)
		matches += spec->rules[i].match_count;
	place.path = STR("matches of all rules");
	gateway_check_bound(run, &place, matches, GATEWAY_ROUTE_MATCHES);
}

void gateway_check_rules(struct gateway_run *run, const struct attach_route *route)
{
	check_bounds(run, route);
	for (size_t i = 0; i < route->spec->rule_count; i++) {
		check_weights(run, route, i);
		check_backends(run, route, i);
		check_timeouts(run, route, i);
		check_regexes(run, route, i);
	}
	if (!route->dropped_count)
		return;
	gateway_say(run, &route->spec->meta,
		    (struct finding){
			    .code = "I2G270",
			    .path = STR("spec.rules"),
			    .span = route->rules.span,
			    .message = route->rules.message,
		    });
}
