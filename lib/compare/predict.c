#include "base/buf.h"
#include "compare/diff_parts.h"
#include "route/compare.h"
#include "check/rules.h"
#include "route/verify_explain.h"

/* ---- routes, for noise ---- */

static uint64_t mix(uint64_t hash, struct str text)
{
	return (hash ^ str_hash(text)) * 0x9e3779b97f4a7c15u;
}

static uint64_t hash_place(const struct route_place *place)
{
	uint64_t hash = mix(mix(mix(1, place->object->kind), place->object->namespace),
			    place->object->name);

	return (hash ^ (unsigned)place->rule) * 0x9e3779b97f4a7c15u ^ (unsigned)place->match;
}

/* A number, or a name with two digits or more: "42", "1f3a90b2", but not "v1". */
static bool is_variable(struct str part)
{
	unsigned digits = 0;

	for (size_t i = 0; i < part.len; i++)
		digits += part.at[i] >= '0' && part.at[i] <= '9';
	return digits && (digits == part.len || digits > 2);
}

/* Host and path without what is variable, three elements deep. */
static uint64_t hash_template(struct arena *arena, const struct route_request *request)
{
	struct str path = route_target(request->target).path, part;
	uint64_t hash = mix(2, str_lower(arena, route_host(request->authority)));
	bool more = true;

	for (unsigned depth = 0; depth < 4 && str_split(&path, '/', &more, &part); depth++)
		hash = mix(hash, is_variable(part) ? STR("*") : part);
	return hash;
}

/* ---- decisions ---- */

static bool is_by_lot(const struct route_decision *decision)
{
	size_t shares = 0;

	if (decision->action != ROUTE_FORWARD)
		return false;
	for (size_t i = 0; i < decision->backend_count; i++)
		shares += decision->backends[i].weight > 0;
	return shares > 1;
}

void forecast_make(struct diff_state *state, const struct probe *probe, struct forecast *forecast)
{
	*forecast = (struct forecast){.has_from = state->models.from != NULL};
	if (forecast->has_from)
		route_decide(state->models.from, &probe->request, &state->route[0],
			     &forecast->from);
	forecast->by_lot = forecast->has_from && is_by_lot(&forecast->from);
	forecast->route = forecast->has_from && forecast->from.place.object
				  ? hash_place(&forecast->from.place)
				  : hash_template(&state->scratch, &probe->request);
}

void forecast_to(struct diff_state *state, const struct probe *probe, struct forecast *forecast)
{
	if (forecast->has_to || !state->models.to)
		return;
	route_decide(state->models.to, &probe->request, &state->route[1], &forecast->to);
	forecast->has_to = true;
}

static bool is_own(const struct route_decision *decision)
{
	if (decision->action != ROUTE_FORWARD)
		return true;
	/* Shares without a backend answer by themselves: 503, 500. */
	for (size_t i = 0; i < decision->backend_count; i++)
		if (decision->backends[i].weight && !decision->backends[i].status)
			return false;
	return true;
}

bool forecast_own_answers(const struct forecast *forecast)
{
	return forecast->has_from && forecast->has_to && is_own(&forecast->from) &&
	       is_own(&forecast->to);
}

bool forecast_no_service(const struct forecast *forecast)
{
	return forecast->has_from && forecast->has_to && forecast->to.action == ROUTE_CLOSE &&
	       !(route_compare(&forecast->from, &forecast->to) & ROUTE_DIFFERS_ANSWER);
}

bool forecast_elsewhere(const struct forecast *forecast, const struct probe *probe,
			const struct answer *candidate)
{
	const struct route_decision *to = &forecast->to;
	bool as_said = candidate->failure != ANSWER_CAME ? to->action == ROUTE_CLOSE
		       : to->action == ROUTE_FORWARD     ? true
							 : to->status == candidate->status;

	return forecast->has_from && forecast->has_to && as_said &&
	       verify_is_alike_elsewhere(&probe->request, &forecast->from, to);
}

/* ---- what was announced ---- */

enum {
	ANSWERED = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_GUARD,
	SENT = ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_QUERY |
	       ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_PROTOCOL,
	SHARED = ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_WEIGHTS,
	RETURNED = ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS,
};

static unsigned aspects_seen(struct str name)
{
	if (str_is(name, "path"))
		return ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_QUERY | ROUTE_DIFFERS_BACKENDS;
	if (str_is(name, "host"))
		return ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_BACKENDS;
	if (str_is(name, "proto") || str_is(name, "port"))
		return ROUTE_DIFFERS_PROTOCOL | ROUTE_DIFFERS_BACKENDS;
	return ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_BACKENDS;
}

/* The aspects of decisions that a fact may come from. */
static unsigned aspects_of(const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_REACH:
		return ANSWERED | ROUTE_DIFFERS_CERTIFICATE;
	case FACT_STATUS:
		return ANSWERED | SENT | SHARED | ROUTE_DIFFERS_CERTIFICATE | ROUTE_DIFFERS_POLICY;
	case FACT_LOCATION:
		return ANSWERED | SENT | ROUTE_DIFFERS_LOCATION | SHARED;
	case FACT_BACKEND:
	case FACT_SHARE:
		return ANSWERED | SHARED;
	case FACT_SEEN:
		return aspects_seen(fact->name);
	case FACT_HEADER:
		return ANSWERED | RETURNED | SHARED;
	case FACT_COOKIE:
		return ANSWERED | RETURNED | ROUTE_DIFFERS_POLICY | SHARED;
	case FACT_TLS:
		return ROUTE_DIFFERS_CERTIFICATE;
	case FACT_BODY:
		return ANSWERED | SENT | SHARED;
	case FACT_SESSION:
		return ROUTE_DIFFERS_POLICY;
	}
	return 0;
}

static bool covers_all(const struct diff_result *result, unsigned aspects)
{
	for (size_t i = 0; i < result->fact_count; i++)
		if (!(aspects_of(&result->facts[i]) & aspects))
			return false;
	return result->fact_count > 0;
}

static bool same_object(const struct object_ref *a, const struct object_ref *b)
{
	return str_eq(a->kind, b->kind) && str_eq(a->namespace, b->namespace) &&
	       str_eq(a->name, b->name);
}

/* A setting that the tables do not simulate explains nothing, but whoever reads of a difference there wants to
 * hear what was said of it. */
static const struct finding *finding_of_gap(struct diff_state *state,
					    const struct route_request *request,
					    const struct route_decision *from)
{
	const struct route_table *table = state->models.from;
	const struct findings *findings = state->models.findings;

	for (size_t g = 0; g < table->gap_count; g++) {
		const struct route_gap *gap = &table->gaps[g];

		if (!gap->place.object || !gap->field.len ||
		    !route_gap_concerns(table, gap, request, from))
			continue;
		for (size_t i = 0; i < findings->count; i++)
			if (str_eq(findings->at[i].path, gap->field) &&
			    same_object(&findings->at[i].object, gap->place.object))
				return &findings->at[i];
	}
	return NULL;
}

static unsigned aspects_of_all(const struct diff_result *result)
{
	unsigned aspects = 0;

	for (size_t i = 0; i < result->fact_count; i++)
		aspects |= aspects_of(&result->facts[i]);
	return aspects;
}

/* The main cause, if findings explain all of what was seen: a timeout that differs too is no part of it. */
static const struct finding *first_cover(const struct verify_question *question, unsigned seen)
{
	struct verify_covers covers;

	verify_explain(question, &covers);
	if (covers.left & seen)
		return NULL;
	for (size_t i = 0; i < covers.count; i++)
		if (covers.at[i].aspects & seen)
			return covers.at[i].finding;
	return NULL;
}

static void find_finding(struct diff_state *state, struct diff_result *result,
			 const struct forecast *forecast)
{
	const struct verify_question question = {
		.from = state->models.from,
		.to = state->models.to,
		.findings = state->models.findings,
		.explains = rule_explains,
		.request = &result->probe.request,
		.decisions = {&forecast->from, &forecast->to},
	};

	if (!state->models.findings)
		return;
	if (result->predicted)
		result->finding = first_cover(&question, aspects_of_all(result));
	if (!result->finding)
		result->finding = finding_of_gap(state, &result->probe.request, &forecast->from);
}

/* ---- in words ---- */

static struct str describe(struct arena *arena, const struct route_decision *decision,
			   const struct route_decision *other, unsigned aspects)
{
	struct buf words = {.ceiling = 4096};
	struct str copy;

	route_describe(&words, decision, other, aspects);
	copy = str_dup(arena, buf_slice(&words));
	buf_finish(&words);
	return copy;
}

static const struct object_ref *copy_object(struct arena *arena, const struct object_ref *object)
{
	struct object_ref *copy = arena_new(arena, struct object_ref);

	copy->kind = str_dup(arena, object->kind);
	copy->namespace = str_dup(arena, object->namespace);
	copy->name = str_dup(arena, object->name);
	return copy;
}

static struct str route_words(struct arena *arena, const struct object_ref *object)
{
	return STR_JOIN(arena, object->kind, STR(" "), object->namespace,
			object->namespace.len ? STR("/") : STR(""), object->name);
}

/* As in verify, no finding excuses that: what a guard answers today, and somebody else then. */
static bool loses_guard(const struct diff_result *result, unsigned aspects)
{
	if (result->verdict != DIFF_DIFFERENT || !(aspects & ROUTE_DIFFERS_GUARD) ||
	    !result->live || result->live->status < 300)
		return false;
	for (size_t i = 0; i < result->fact_count; i++)
		if (result->facts[i].kind == FACT_STATUS)
			return true;
	return false;
}

void predict(struct diff_state *state, struct diff_result *result)
{
	struct arena *arena = &state->run->arena;
	struct forecast forecast;
	unsigned aspects = 0;

	forecast_make(state, &result->probe, &forecast);
	forecast_to(state, &result->probe, &forecast);
	if (forecast.has_from && forecast.has_to) {
		aspects = route_compare(&forecast.from, &forecast.to);
		result->guard_lost = loses_guard(result, aspects);
		result->predicted = result->guard_lost || (result->verdict == DIFF_DIFFERENT &&
							   covers_all(result, aspects));
		if (result->verdict == DIFF_DIFFERENT && !result->guard_lost)
			find_finding(state, result, &forecast);
	}
	if (forecast.has_from)
		result->from = describe(arena, &forecast.from, &forecast.to, aspects);
	if (forecast.has_to)
		result->to = describe(arena, &forecast.to, &forecast.from, aspects);
	if (forecast.has_from && forecast.from.place.object) {
		result->object = copy_object(arena, forecast.from.place.object);
		result->span = forecast.from.place.span;
	}
	if (forecast.has_to && forecast.to.place.object)
		result->route = route_words(arena, forecast.to.place.object);
}
