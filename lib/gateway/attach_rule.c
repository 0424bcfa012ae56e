#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "gateway/attach_parts.h"

/* ---- rules that cannot be served ---- */

/* The bound of the CRD for values that may be regular expressions. */
enum { REGEX_LONGEST = 4096 };

/* Dialects differ, but what PCRE2 cannot read (an open bracket, say) none can. */
static bool is_regex(struct str text)
{
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code;

	if (text.len > REGEX_LONGEST)
		return false;
	code = pcre2_compile((PCRE2_SPTR)text.at, text.len, 0, &error, &offset, NULL);
	pcre2_code_free(code);
	return code;
}

static const struct kube_text *broken_value(const struct gateway_value_matches *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->at[i].type == GATEWAY_MATCH_REGEX &&
		    !is_regex(values->at[i].value.text))
			return &values->at[i].value;
	return NULL;
}

/* The first regular expression of a match that does not read; NULL: none. */
static const struct kube_text *broken_regex(const struct gateway_match *match)
{
	const struct kube_text *broken;

	if (match->path_type == GATEWAY_MATCH_REGEX && !is_regex(match->path.text))
		return &match->path;
	if (match->rpc_type == GATEWAY_MATCH_REGEX && !is_regex(match->service.text))
		return &match->service;
	if (match->rpc_type == GATEWAY_MATCH_REGEX && !is_regex(match->rpc.text))
		return &match->rpc;
	broken = broken_value(&match->headers);
	return broken ? broken : broken_value(&match->params);
}

static const struct kube_text *broken_rule(const struct gateway_rule *rule)
{
	const struct kube_text *broken = NULL;

	for (size_t i = 0; !broken && i < rule->match_count; i++)
		broken = broken_regex(&rule->matches[i]);
	return broken;
}

static void drop_rule(struct attach *attach, struct attach_route *route, size_t i,
		      const struct kube_text *broken)
{
	if (!route->dropped)
		route->dropped = arena_array(attach->arena, bool, route->spec->rule_count);
	route->dropped[i] = true;
	if (!route->dropped_count++)
		route->rules = attach_problem(attach, "UnsupportedValue", broken->span,
					      "rule %zu: \"%.*s\" is no regular expression", i,
					      STR_ARG(str_sub(broken->text, 0, 80)));
}

/* ---- references ---- */

static const char *reason_of(enum attach_ref_state state)
{
	switch (state) {
	case ATTACH_REF_KIND:
		return "InvalidKind";
	case ATTACH_REF_DENIED:
		return "RefNotPermitted";
	default:
		return "BackendNotFound";
	}
}

static void check_ref(struct attach *attach, struct attach_route *route,
		      const struct gateway_ref *ref)
{
	enum attach_ref_state state;

	if (route->refs.reason)
		return;
	state = attach_backend(attach, route->spec, ref);
	if (state != ATTACH_REF_OK)
		route->refs = attach_problem(attach, reason_of(state), ref->span, "%.*s %s",
					     STR_ARG(attach_ref_text(attach, ref)),
					     attach_ref_words(state));
}

static void check_extension(struct attach *attach, struct attach_route *route,
			    const struct gateway_ref *ref)
{
	if (route->refs.reason || attach_is_known(attach, ref))
		return;
	route->refs =
		attach_problem(attach, "InvalidKind", ref->span, "the filter %.*s is not known",
			       STR_ARG(attach_ref_text(attach, ref)));
}

static void check_filters(struct attach *attach, struct attach_route *route,
			  const struct gateway_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct gateway_filter *filter = &filters->at[i];

		if (filter->type == GATEWAY_FILTER_MIRROR)
			check_ref(attach, route, &filter->mirror.backend);
		else if (filter->type == GATEWAY_FILTER_AUTH)
			check_ref(attach, route, &filter->auth.backend);
		else if (filter->type == GATEWAY_FILTER_EXTENSION)
			check_extension(attach, route, &filter->extension);
	}
}

void attach_check_rules(struct attach *attach, struct attach_route *route)
{
	for (size_t i = 0; i < route->spec->rule_count; i++) {
		const struct gateway_rule *rule = &route->spec->rules[i];
		const struct kube_text *broken = broken_rule(rule);

		if (broken)
			drop_rule(attach, route, i, broken);
		for (size_t j = 0; j < rule->backend_count; j++) {
			check_ref(attach, route, &rule->backends[j].ref);
			check_filters(attach, route, &rule->backends[j].filters);
		}
		check_filters(attach, route, &rule->filters);
	}
}
