#include "converters/resolve.h"

#include "converters/deeper.h"
#include "converters/overtake.h"
#include "converters/places.h"

struct resolver {
	const struct convert_options *options;
	const struct emitter *emitter;
	struct findings *findings;
	const struct model_rule *rule; /* at hand */
	/* Texts that are the same for every use of a feature, made once. */
	struct str *hints; /* FEATURE_KINDS */
	struct map *words; /* item name -> struct words */
};

struct words {
	struct str field;
	struct str message; /* of report_gap(), about: */
	enum feature feature;
	const char *code;
};

static struct str make_hint(const struct resolver *resolver, const struct model_feature *feature)
{
	struct arena *arena = resolver->findings->arena;
	struct capability cell = emitter_capability(resolver->emitter, feature->feature);
	struct str places;

	if (resolver->emitter->capabilities) {
		if (cell.support == SUPPORT_POLICY || cell.support == SUPPORT_APPROXIMATE)
			return str_format(arena, "write %s by hand; it is not written yet",
					  cell.where);
		return str_format(arena, "%s has no place for it", resolver->emitter->title);
	}
	places = feature_places(arena, feature->feature);
	return places.len ? str_format(arena, "targets have it in %.*s", STR_ARG(places))
			  : STR("no target is known to have it");
}

static struct str hint_of(const struct resolver *resolver, const struct model_feature *feature)
{
	struct str *hint = &resolver->hints[feature->feature];

	if (!hint->at)
		*hint = make_hint(resolver, feature);
	return *hint;
}

static struct words *words_of(const struct resolver *resolver, const struct ledger_item *item)
{
	struct words **place = (struct words **)map_at(resolver->words, ledger_name(item));

	if (!*place) {
		*place = arena_new(resolver->findings->arena, struct words);
		(*place)->field = str_format(
			resolver->findings->arena,
			item->kind == ITEM_OPTION ? "data[%.*s]" : "metadata.annotations[%.*s]",
			STR_ARG(ledger_name(item)));
	}
	return *place;
}

static struct finding_scope *guarded_value(const struct resolver *resolver,
					   const struct model_feature *feature)
{
	if (!feature_guards(feature->feature) || !feature->value.len)
		return NULL;
	return finding_scope_new(resolver->findings->arena,
				 (struct finding_scope){.value = feature->value});
}

static void note(const struct resolver *resolver, const struct model_feature *feature,
		 const char *code, struct str message, struct str hint)
{
	const struct ledger_item *item = feature->item;

	findings_add(resolver->findings, (struct finding){
						 .code = code,
						 .object = kube_ref(item->owner),
						 .path = words_of(resolver, item)->field,
						 .span = ledger_span(item),
						 .message = message,
						 .hint = hint,
						 .scope = guarded_value(resolver, feature),
					 });
}

/* The last part of the key is what people call it. */
static struct str short_name(struct str key)
{
	size_t slash = str_find(key, '/');

	return slash == SIZE_MAX ? key : str_from_pos(key, slash + 1);
}

static void report_gap(const struct resolver *resolver, const struct model_feature *feature)
{
	struct arena *arena = resolver->findings->arena;
	bool guard = feature_guards(feature->feature);
	const char *what = !guard ? "has no field in Gateway API"
			   : resolver->options->allow_unguarded
				   ? "would be lost: the routes are written without it, as "
				     "--allow-unguarded asks for"
				   : "would be lost, so the routes it guards are held back";
	struct str key = short_name(ledger_name(feature->item));
	const char *code = guard && resolver->options->allow_unguarded ? "I2G314" : feature->code;

	struct words *words = words_of(resolver, feature->item);

	if (words->feature != feature->feature || words->code != code) {
		words->feature = feature->feature;
		words->code = code;
		words->message = str_format(arena, "'%.*s' (%s) %s", STR_ARG(key),
					    feature_words(feature->feature), what);
	}
	note(resolver, feature, code, words->message, hint_of(resolver, feature));
}

/* What the target makes of it when it needs no guard. */
static enum outcome outcome_of(const struct resolver *resolver, const struct model_feature *feature)
{
	struct capability cell = emitter_capability(resolver->emitter, feature->feature);

	if (!resolver->emitter->capabilities)
		return feature_has_place(feature->feature) ? OUTCOME_POLICY : OUTCOME_REFUSED;
	switch (cell.support) {
	case SUPPORT_BUILT_IN:
		return OUTCOME_INERT;
	case SUPPORT_POLICY:
	case SUPPORT_APPROXIMATE:
		return OUTCOME_POLICY;
	case SUPPORT_NONE:
		break;
	}
	return OUTCOME_REFUSED;
}

/* Several keys of one Ingress can mean the same guard (auth-type, auth-secret): one error tells.
 * Each raw text is a guard of its own. */
static bool was_said(const struct resolver *resolver, const struct model_feature *feature)
{
	const struct model_rule *rule = resolver->rule;

	if (feature->feature == FEATURE_SNIPPET)
		return false;
	for (size_t i = 0; i < rule->feature_count; i++) {
		const struct model_feature *other = rule->features[i];

		if (other == feature)
			return false;
		if (other->feature == feature->feature && other->resolved && !other->inert &&
		    other->item->owner == feature->item->owner && feature_guards(feature->feature))
			return true;
	}
	return false;
}

/* Set, and what the target does by itself. */
static bool is_inert(const struct resolver *resolver, const struct model_feature *feature)
{
	return feature->inert || (feature->unlimited && !resolver->emitter->limits_bodies);
}

static void resolve(const struct resolver *resolver, struct model_feature *feature)
{
	enum outcome outcome;

	if (feature->resolved)
		return;
	feature->resolved = true;
	outcome = outcome_of(resolver, feature);
	if (is_inert(resolver, feature) || outcome == OUTCOME_INERT) {
		ledger_mark(feature->item, OUTCOME_INERT, NULL);
		return;
	}
	if (feature_guards(feature->feature))
		outcome = OUTCOME_REFUSED;
	ledger_mark(feature->item, outcome, feature->code);
	if (!was_said(resolver, feature))
		report_gap(resolver, feature);
}

/* A guard that has no place holds its rules back. */
static const char *held_by(const struct resolver *resolver, const struct model_feature *feature)
{
	if (!feature_guards(feature->feature) || feature->inert ||
	    emitter_capability(resolver->emitter, feature->feature).support == SUPPORT_BUILT_IN ||
	    resolver->options->allow_unguarded)
		return NULL;
	return feature->code;
}

static void resolve_rule(struct resolver *resolver, struct model_rule *rule)
{
	resolver->rule = rule;
	for (size_t i = 0; i < rule->feature_count; i++) {
		const char *held = held_by(resolver, rule->features[i]);

		resolve(resolver, rule->features[i]);
		if (held && !rule->held)
			rule->held = held;
	}
}

size_t resolve_features(struct model *model, const struct convert_options *options,
			struct findings *findings)
{
	struct map words;
	struct resolver resolver = {
		.options = options,
		.emitter = options->emitter ? options->emitter : emitter_find(STR("standard")),
		.findings = findings,
		.hints = arena_array(findings->arena, struct str, FEATURE_KINDS),
		.words = &words,
	};
	size_t held = 0;

	map_init(&words, findings->arena);
	for (size_t h = 0; h < model->host_count; h++)
		for (size_t r = 0; r < model->hosts[h]->rule_count; r++) {
			struct model_rule *rule = model->hosts[h]->rules[r];

			/* Guards that no feature stands for: foreign keys, snippets, client certificates. */
			if (rule->held && options->allow_unguarded && is_guard_code(rule->held))
				rule->held = NULL;
			resolve_rule(&resolver, rule);
			held += rule->held != NULL;
		}
	held += overtake_hold(model, options, findings);
	held += deeper_hold(model, options, findings);
	for (size_t i = 0; i < model->l4_count; i++) {
		if (options->allow_unguarded)
			model->l4[i].held = NULL;
		held += model->l4[i].held != NULL;
	}
	return held;
}
