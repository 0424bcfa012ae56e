#include "gateway/status.h"

#include "gateway/attach_parts.h"

static void add(struct status_conditions *conditions, const char *type, bool is_true,
		const char *reason, struct str message)
{
	conditions->at[conditions->count++] =
		(struct status_condition){type, is_true, reason, message};
}

/* True for the reason that is named like the type, or False for the problem. */
static void add_problem(struct status_conditions *conditions, const char *type,
			const struct attach_problem *problem)
{
	if (problem->reason)
		add(conditions, type, false, problem->reason, problem->message);
	else
		add(conditions, type, true, type, STR(""));
}

const struct status_condition *status_find(const struct status_conditions *conditions,
					   const char *type)
{
	for (size_t i = 0; i < conditions->count; i++)
		if (strcmp(conditions->at[i].type, type) == 0)
			return &conditions->at[i];
	return NULL;
}

/* ---- GatewayClass ---- */

void status_of_class(struct attach *attach, const struct gateway_class *class,
		     struct status_conditions *conditions)
{
	const struct gateway_ref *ref = &class->parameters;
	struct attach_problem problem = {0};

	*conditions = (struct status_conditions){0};
	if (class->has_parameters && !attach_has_parameters(attach, ref))
		problem = attach_problem(attach, "InvalidParameters", ref->span,
					 "%.*s does not exist",
					 STR_ARG(attach_ref_text(attach, ref)));
	add_problem(conditions, "Accepted", &problem);
}

/* ---- Gateway ---- */

struct tally {
	size_t refused, unresolved, programmed;
	const struct attach_listener *first_refused, *first_unresolved;
};

static bool is_refused(const struct attach_listener *listener)
{
	return listener->accepted.reason || listener->conflict;
}

static struct tally tally_of(const struct attach_listeners *listeners)
{
	struct tally tally = {0};

	for (size_t i = 0; i < listeners->count; i++) {
		const struct attach_listener *listener = &listeners->at[i];

		if (is_refused(listener) && !tally.refused++)
			tally.first_refused = listener;
		if (listener->resolved.reason && !tally.unresolved++)
			tally.first_unresolved = listener;
		tally.programmed += listener->programmed;
	}
	return tally;
}

static struct str about_listener(struct attach *attach, const struct attach_listener *listener,
				 const char *what)
{
	return str_format(attach->arena, "listener \"%.*s\" %s", STR_ARG(listener->spec->name.text),
			  what);
}

static void add_accepted(struct attach *attach, const struct attach_problem *problem,
			 const struct tally *tally, struct status_conditions *conditions)
{
	if (problem->reason)
		add(conditions, "Accepted", false, problem->reason, problem->message);
	else if (tally->refused)
		add(conditions, "Accepted", true, "ListenersNotValid",
		    about_listener(attach, tally->first_refused, "is not accepted"));
	else
		add(conditions, "Accepted", true, "Accepted", STR(""));
}

/* Reasons of Programmed: what keeps the Gateway from being accepted makes it "Invalid". */
static void add_programmed(struct status_conditions *conditions, const struct tally *tally,
			   const struct attach_gateway *gateway)
{
	if (gateway->accepted.reason)
		add(conditions, "Programmed", false, "Invalid", gateway->accepted.message);
	else if (gateway->address.reason)
		add(conditions, "Programmed", false, gateway->address.reason,
		    gateway->address.message);
	else if (!tally->programmed)
		add(conditions, "Programmed", false, "Invalid",
		    STR("none of its listeners can take traffic"));
	else
		add(conditions, "Programmed", true, "Programmed", STR(""));
}

void status_of_gateway(struct attach *attach, const struct attach_gateway *gateway,
		       struct status_conditions *conditions)
{
	struct tally tally = tally_of(&gateway->own);

	*conditions = (struct status_conditions){0};
	add_accepted(attach, &gateway->accepted, &tally, conditions);
	add_programmed(conditions, &tally, gateway);
	if (!gateway->resolved.reason && tally.unresolved)
		add(conditions, "ResolvedRefs", false, "ListenersNotResolved",
		    about_listener(attach, tally.first_unresolved,
				   "has a reference that does not resolve"));
	else
		add_problem(conditions, "ResolvedRefs", &gateway->resolved);
	if (gateway->insecure_frontend)
		add(conditions, "InsecureFrontendValidationMode", true, "ConfigurationChanged",
		    STR("clients without a valid certificate are let in"));
}

/* ---- ListenerSet ---- */

void status_of_set(struct attach *attach, const struct attach_set *set,
		   struct status_conditions *conditions)
{
	struct tally tally = tally_of(&set->own);
	struct attach_problem programmed = set->refused;

	*conditions = (struct status_conditions){0};
	add_accepted(attach, &set->refused, &tally, conditions);
	if (!programmed.reason && set->gateway->address.reason)
		programmed = (struct attach_problem){.reason = "ParentNotProgrammed",
						     .message = set->gateway->address.message};
	else if (!programmed.reason && !tally.programmed)
		programmed = (struct attach_problem){
			.reason = "Invalid",
			.message = STR("none of its listeners can take traffic")};
	add_problem(conditions, "Programmed", &programmed);
}

/* ---- listeners ---- */

static struct str conflict_message(const struct attach_listener *listener)
{
	return strcmp(listener->conflict, "ProtocolConflict") == 0
		       ? STR("another listener of the Gateway has this port with a protocol that "
			     "cannot share it")
		       : STR("another listener of the Gateway has this port and host name");
}

/* A listener of a ListenerSet that did not join, or of a Gateway that is not accepted. */
static struct attach_problem owner_problem(const struct attach_listener *listener)
{
	if (listener->set && listener->set->refused.reason)
		return listener->set->refused;
	return listener->gateway ? listener->gateway->accepted : (struct attach_problem){0};
}

static void add_listener_programmed(const struct attach_listener *listener,
				    struct status_conditions *conditions)
{
	struct attach_problem owner = owner_problem(listener);

	if (listener->programmed)
		add(conditions, "Programmed", true, "Programmed", STR(""));
	else if (listener->conflict)
		add(conditions, "Programmed", false, listener->conflict,
		    conflict_message(listener));
	else if (listener->accepted.reason)
		add(conditions, "Programmed", false, "Invalid", listener->accepted.message);
	else if (listener->resolved.reason)
		add(conditions, "Programmed", false, "Invalid", listener->resolved.message);
	else
		add(conditions, "Programmed", false, "Invalid", owner.message);
}

void status_of_listener(struct attach *attach, const struct attach_listener *listener,
			struct status_conditions *conditions)
{
	(void)attach;
	*conditions = (struct status_conditions){0};
	if (listener->conflict)
		add(conditions, "Accepted", false, listener->conflict, conflict_message(listener));
	else
		add_problem(conditions, "Accepted", &listener->accepted);
	add_problem(conditions, "ResolvedRefs", &listener->resolved);
	add_listener_programmed(listener, conditions);
	if (listener->conflict)
		add(conditions, "Conflicted", true, listener->conflict, conflict_message(listener));
	else
		add(conditions, "Conflicted", false, "NoConflicts", STR(""));
	if (listener->overlap)
		add(conditions, "OverlappingTLSConfig", true, listener->overlap,
		    STR("clients may reuse a connection for another listener"));
}

/* ---- routes ---- */

static struct str no_listener(struct attach *attach, const struct attach_parent *parent)
{
	const struct gateway_ref *ref = parent->ref;
	struct str name = ref->section.text, port = STR("");

	if (parent->set && !parent->set->joined)
		return parent->set->gateway ? STR("the ListenerSet may not join its Gateway")
					    : STR("the Gateway of the ListenerSet does not exist");
	if (ref->port)
		port = str_format(attach->arena, "%s port %u", name.len ? " and" : "", ref->port);
	return str_format(attach->arena, "no listener has %s%.*s%s%.*s",
			  name.len ? "the name \"" : "the", STR_ARG(name), name.len ? "\"" : "",
			  STR_ARG(port));
}

static struct str wrong_kind(struct attach *attach, const struct attach_route *route,
			     const struct attach_listener *listener)
{
	return str_format(attach->arena, "listener \"%.*s\" of protocol %.*s takes no %s",
			  STR_ARG(listener->spec->name.text),
			  STR_ARG(listener->spec->protocol.text),
			  gateway_route_kind_name(route->spec->kind));
}

static struct str not_allowed(struct attach *attach, const struct attach_route *route,
			      const struct attach_listener *listener)
{
	static const char *const from[] = {"None", "Same", "All", "Selector"};

	if (!listener->kinds[route->spec->kind])
		return wrong_kind(attach, route, listener);
	return str_format(attach->arena,
			  "listener \"%.*s\" does not take routes of namespace %.*s "
			  "(allowedRoutes.namespaces.from: %s)",
			  STR_ARG(listener->spec->name.text), STR_ARG(route->spec->meta.namespace),
			  from[listener->spec->allowed.from]);
}

static struct attach_problem outcome_problem(struct attach *attach,
					     const struct attach_route *route,
					     const struct attach_parent *parent)
{
	const struct attach_listener *listener = parent->refusing;

	switch (parent->outcome) {
	case ATTACH_OK:
		break;
	case ATTACH_OTHER:
		return (struct attach_problem){.reason = "NoMatchingParent",
					       .message = STR("the parent is no Gateway")};
	case ATTACH_NO_PARENT:
		return attach_problem(attach, "NoMatchingParent", parent->ref->span,
				      "%.*s does not exist",
				      STR_ARG(attach_ref_text(attach, parent->ref)));
	case ATTACH_NO_LISTENER:
		return (struct attach_problem){.reason = "NoMatchingParent",
					       .message = no_listener(attach, parent)};
	case ATTACH_NOT_ALLOWED:
		return (struct attach_problem){.reason = "NotAllowedByListeners",
					       .message = not_allowed(attach, route, listener)};
	case ATTACH_NO_HOSTNAME:
		return attach_problem(attach, "NoMatchingListenerHostname", parent->ref->span,
				      "no host name of the route meets %.*s of listener \"%.*s\"",
				      STR_ARG(listener->spec->hostname.text),
				      STR_ARG(listener->spec->name.text));
	}
	return (struct attach_problem){0};
}

void status_of_parent(struct attach *attach, const struct attach_route *route,
		      const struct attach_parent *parent, struct status_conditions *conditions)
{
	struct attach_problem problem = outcome_problem(attach, route, parent);
	bool none_left = route->dropped_count && route->dropped_count == route->spec->rule_count;

	*conditions = (struct status_conditions){0};
	if (!problem.reason && none_left)
		problem = route->rules;
	add_problem(conditions, "Accepted", &problem);
	add_problem(conditions, "ResolvedRefs", &route->refs);
	/* The message begins as the specification of PartiallyInvalid wants it. */
	if (!problem.reason && route->dropped_count)
		add(conditions, "PartiallyInvalid", true, route->rules.reason,
		    str_format(attach->arena, "Dropped Rule: %.*s", STR_ARG(route->rules.message)));
}

/* ---- policies ---- */

void status_of_policy(struct attach *attach, const struct attach_policy *policy,
		      struct status_conditions *conditions)
{
	(void)attach;
	*conditions = (struct status_conditions){0};
	add_problem(conditions, "Accepted", &policy->accepted);
	add_problem(conditions, "ResolvedRefs", &policy->resolved);
}
