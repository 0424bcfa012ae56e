#include <stdarg.h>
#include <stdio.h>

#include "check/gateway_parts.h"

struct str gateway_text(struct gateway_run *run, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return str_dup(&run->scratch, str_from(text));
}

void gateway_say(struct gateway_run *run, const struct kube_meta *meta, struct finding finding)
{
	struct arena *arena = run->attach->arena;

	/* As the other findings about the object name it: with the namespace that it says. */
	finding.object = (struct object_ref){
		.kind = str_from(meta->kind),
		.namespace = meta->namespace_given ? str_dup(arena, meta->namespace) : STR(""),
		.name = str_dup(arena, meta->name),
	};
	finding.path = str_dup(arena, finding.path);
	finding.message = str_dup(arena, finding.message);
	finding.hint = str_dup(arena, finding.hint);
	findings_add(run->findings, finding);
}

/* ---- rules about every kind ---- */

void gateway_check_version(struct gateway_run *run, const struct kube_meta *meta)
{
	if (str_is(meta->version, GATEWAY_GROUP "/v1"))
		return;
	gateway_say(run, meta,
		    (struct finding){
			    .code = "I2G626",
			    .path = STR("apiVersion"),
			    .span = meta->span,
			    .message = gateway_text(run, "%.*s of %s is an old version",
						    STR_ARG(meta->version), meta->kind),
			    .hint = STR("write apiVersion: " GATEWAY_GROUP "/v1"),
		    });
}

void gateway_check_bound(struct gateway_run *run, const struct gateway_place *place, size_t count,
			 size_t bound)
{
	/* Nine tenths: room for one or two more in the short lists, for a dozen in the long ones. */
	if (count * 10 < bound * 9)
		return;
	gateway_say(run, place->meta,
		    (struct finding){
			    .code = "I2G627",
			    .path = place->path,
			    .span = place->ref ? place->ref->span : place->meta->name_span,
			    .message = gateway_text(run, "%.*s: %zu of at most %zu",
						    STR_ARG(place->path), count, bound),
		    });
}

/* ---- references ---- */

static const char *code_of(enum attach_ref_state state, const char *missing_code)
{
	switch (state) {
	case ATTACH_REF_DENIED:
		return "I2G623";
	case ATTACH_REF_KIND:
		return "I2G624";
	case ATTACH_REF_PORT:
		return "I2G619";
	default:
		return missing_code;
	}
}

static struct str grant_hint(struct gateway_run *run, const struct gateway_place *place)
{
	return gateway_text(
		run, "a ReferenceGrant in namespace %.*s, from %s in %.*s to %.*s, allows it",
		STR_ARG(place->ref->namespace), place->meta->kind, STR_ARG(place->meta->namespace),
		STR_ARG(place->ref->kind));
}

static struct str ref_name(struct gateway_run *run, const struct gateway_ref *ref)
{
	return gateway_text(run, "%.*s %.*s/%.*s", STR_ARG(ref->kind), STR_ARG(ref->namespace),
			    STR_ARG(ref->name.text));
}

void gateway_say_ref(struct gateway_run *run, const struct gateway_place *place,
		     enum attach_ref_state state, const char *missing_code)
{
	const struct gateway_ref *ref = place->ref;
	struct finding finding = {
		.code = code_of(state, missing_code), .path = place->path, .span = ref->name.span};

	if (state == ATTACH_REF_OK)
		return;
	if (state == ATTACH_REF_DENIED)
		finding.hint = grant_hint(run, place);
	if (state == ATTACH_REF_PORT) {
		finding.span = ref->port_span;
		finding.message = gateway_text(run, "%.*s has no port %u",
					       STR_ARG(ref_name(run, ref)), ref->port);
	} else {
		finding.message = gateway_text(run, "%.*s %s", STR_ARG(ref_name(run, ref)),
					       attach_ref_words(state));
	}
	gateway_say(run, place->meta, finding);
}

/* ---- all rules ---- */

static void check_class(struct gateway_run *run, size_t i)
{
	gateway_check_version(run, &run->attach->set->classes[i]->meta);
}

static void check_gateway(struct gateway_run *run, size_t i)
{
	gateway_check_gateway(run, &run->attach->gateways[i]);
}

static void check_set(struct gateway_run *run, size_t i)
{
	gateway_check_set(run, &run->attach->sets[i]);
}

static void check_route(struct gateway_run *run, size_t i)
{
	const struct attach_route *route = attach_route_at(run->attach, i, &run->scratch);

	gateway_check_version(run, &route->spec->meta);
	gateway_check_parents(run, route);
	gateway_check_references(run, route);
	gateway_check_rules(run, route);
	gateway_check_redirects(run, route);
}

static void check_policy(struct gateway_run *run, size_t i)
{
	gateway_check_policy(run, &run->attach->policies[i]);
}

static void check_grant(struct gateway_run *run, size_t i)
{
	gateway_check_version(run, &run->attach->set->grants[i]->meta);
}

void gateway_each(struct gateway_run *run, size_t count,
		  void (*check)(struct gateway_run *run, size_t i))
{
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(&run->scratch);

		check(run, i);
		arena_rewind(&run->scratch, mark);
	}
}

static void check_objects(struct gateway_run *run)
{
	const struct gateway_set *set = run->attach->set;

	gateway_each(run, set->class_count, check_class);
	gateway_each(run, set->gateway_count, check_gateway);
	gateway_each(run, set->listener_set_count, check_set);
	gateway_each(run, set->route_count, check_route);
	gateway_each(run, set->policy_count, check_policy);
	gateway_each(run, set->grant_count, check_grant);
}

static void say_full(struct findings *findings)
{
	findings_add(findings, (struct finding){
				       .code = "I2G102",
				       .message = STR("there are more matches of routes than are "
						      "compared with each other; some duplicates "
						      "may not be found"),
			       });
}

void gateway_check(struct attach *attach, struct findings *findings)
{
	struct gateway_run run = {.attach = attach, .findings = findings};

	arena_init(&run.kept);
	arena_init(&run.scratch);
	map_init(&run.entries, &run.kept);
	map_init(&run.paths, &run.kept);
	map_init(&run.sites, &run.kept);
	gateway_enter_matches(&run);
	check_objects(&run);
	gateway_check_matches(&run);
	if (run.full)
		say_full(findings);
	arena_finish(&run.scratch);
	arena_finish(&run.kept);
}
