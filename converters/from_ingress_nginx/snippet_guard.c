/* Directives that keep requests out. What cannot be said of them holds the rule back. */
#include "converters/from_ingress_nginx/snippet_rules.h"

static bool returns_error(const struct snippet_directive *directive)
{
	int64_t status;

	return str_is(directive->name, "return") &&
	       str_to_int(snippet_arg(directive, 0), &status) && status >= 400;
}

bool snippet_denies(const struct snippet_directive *directive)
{
	const struct snippet_row *row = snippet_row(directive->name);

	if (returns_error(directive))
		return true;
	if (row && row->guard && !str_is(snippet_arg(directive, 0), "off"))
		return true;
	for (size_t i = 0; i < directive->child_count; i++)
		if (snippet_denies(&directive->children[i]))
			return true;
	return false;
}

/* `error_page 404 =200 /x` turns an answer into another; without "=" it only has another body. */
static bool changes_status(const struct snippet_directive *directive)
{
	for (size_t i = 0; i < directive->arg_count; i++)
		if (str_starts(directive->args[i], "="))
			return true;
	return false;
}

bool snippet_diverts(const struct snippet_directive *directive)
{
	const struct snippet_row *row = snippet_row(directive->name);

	if (!row)
		return true;
	if (row->diverts)
		return row->feature != FEATURE_ERROR_PAGES || changes_status(directive);
	/* The children of other blocks are no directives, as those of `types` and `map`. */
	for (size_t i = 0; row->apply == snippet_if && i < directive->child_count; i++)
		if (snippet_diverts(&directive->children[i]))
			return true;
	return false;
}

/* The feature by what an `if` looks at. */
static enum feature condition_feature(struct str condition)
{
	static const struct {
		const char *variable;
		enum feature feature;
	} variables[] = {
		{"$http_user_agent", FEATURE_USER_AGENT_BLOCK},
		{"$http_referer", FEATURE_USER_AGENT_BLOCK},
		{"$invalid_referer", FEATURE_USER_AGENT_BLOCK},
		{"$geoip", FEATURE_GEO},
		{"$ssl_client_", FEATURE_CLIENT_CERT_MATCH},
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		if (str_find_str(condition, variables[i].variable) != SIZE_MAX)
			return variables[i].feature;
	return FEATURE_SNIPPET;
}

static bool mentions(const struct snippet_directive *directive, const char *text)
{
	return str_find_str(directive->raw, text) != SIZE_MAX;
}

/* What people write an `if` for, and what does it instead. */
static const char *if_hint(const struct snippet_directive *directive)
{
	if (mentions(directive, "$scheme") || mentions(directive, "$http_x_forwarded_proto"))
		return "the annotations ssl-redirect and force-ssl-redirect redirect to https and "
		       "are "
		       "converted";
	if (mentions(directive, "OPTIONS"))
		return "the annotation enable-cors answers preflight requests and is converted";
	if (mentions(directive, "$host") || mentions(directive, "$http_host"))
		return "an Ingress rule for that host with its own annotations is converted";
	return NULL;
}

void snippet_if(struct snippet_run *run, const struct snippet_row *row)
{
	const struct snippet_directive *directive = run->directive;
	size_t body = str_find(directive->raw, '{');

	(void)row;
	if (snippet_denies(directive)) {
		snippet_hold(run, condition_feature(str_sub(directive->raw, 0, body)),
			     "denies the requests that its condition fits");
		return;
	}
	snippet_refuse(run, "acts on some requests only, by a condition that no match can say",
		       if_hint(directive));
}

void snippet_location(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (snippet_denies(run->directive))
		snippet_hold(run, FEATURE_SNIPPET, "is a block that denies requests");
	else
		snippet_refuse(run, "is a block with its own way of answering",
			       "a path in the Ingress with its own annotations is converted");
}

/* Whether the list allows some addresses, so that `deny all` ends an allow list. */
static bool allows_some(const struct snippet_run *run)
{
	for (size_t i = 0; i < run->sibling_count; i++)
		if (str_is(run->siblings[i].name, "allow") &&
		    !str_is(snippet_arg(&run->siblings[i], 0), "all"))
			return true;
	return false;
}

static bool denies_all(const struct snippet_run *run)
{
	for (size_t i = 0; i < run->sibling_count; i++)
		if (str_is(run->siblings[i].name, "deny") &&
		    str_is(snippet_arg(&run->siblings[i], 0), "all"))
			return true;
	return false;
}

static void address_list(struct snippet_run *run, enum feature feature, const char *what)
{
	snippet_act(run,
		    (struct snippet_action){.kind = SNIPPET_FEATURE,
					    .guard = true,
					    .feature = feature,
					    .value = snippet_arg(run->directive, 0)},
		    str_from(what));
}

void snippet_allow(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (str_is(snippet_arg(run->directive, 0), "all") || !denies_all(run))
		snippet_inert(run, "nginx allows what is not denied");
	else
		address_list(run, FEATURE_IP_ALLOW, "is part of an IP allow list");
}

void snippet_deny(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (!str_is(snippet_arg(run->directive, 0), "all")) {
		address_list(run, FEATURE_IP_DENY, "is part of an IP deny list");
		return;
	}
	if (allows_some(run)) {
		address_list(run, FEATURE_IP_ALLOW, "is the end of an IP allow list");
		return;
	}
	snippet_act(run,
		    (struct snippet_action){.kind = SNIPPET_DENY, .guard = true, .status = 403},
		    STR("denies every request"));
}

/* The row's feature, which protects unless it is switched off here. */
void snippet_guard(struct snippet_run *run, const struct snippet_row *row)
{
	if (str_is(snippet_arg(run->directive, 0), "off")) {
		snippet_refuse(run, "switches off a check of an outer level", NULL);
		return;
	}
	snippet_hold(run, row->feature, row->note);
	run->actions->at[run->actions->count - 1].hint = snippet_hint(run, row);
}

void snippet_satisfy(struct snippet_run *run, const struct snippet_row *row)
{
	if (str_is(snippet_arg(run->directive, 0), "any"))
		snippet_guard(run, row);
	else
		snippet_inert(run, "it is nginx's default");
}
