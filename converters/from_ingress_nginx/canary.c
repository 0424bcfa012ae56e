/* A canary is an alternative backend: by header, by cookie, by weight, in this order. Each step
 * becomes a variant of the rules of its primary, with the same paths and filters and in the same HTTPRoute; a
 * header match more makes it win over the weighted rule, and the order within the route settles the rest. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/limits.h"
#include "gateway/regex.h"

struct canary_draft {
	struct nginx_draft *draft;
	const struct nginx_ingress *owner;
	struct model_backend backend;
};

static void add_variant(struct canary_draft *canary, struct model_field_match header,
			bool to_canary)
{
	struct nginx_draft *draft = canary->draft;
	struct model_rule rule = draft->rule;

	rule.match.headers = arena_new(draft->nginx->arena, struct model_field_match);
	*rule.match.headers = header;
	rule.match.header_count = 1;
	if (to_canary) {
		rule.backends = arena_new(draft->nginx->arena, struct model_backend);
		*rule.backends = canary->backend;
		rule.backend_count = 1;
	}
	ARENA_PUSH(&draft->nginx->own, draft->variants, draft->variant_count, rule);
}

static void no_effect(struct canary_draft *canary, const char *key, const char *why)
{
	const struct nginx_value *value = nginx_get(canary->owner, key);

	if (value)
		nginx_note_inert(canary->draft->nginx, canary->owner, value, str_from(why));
}

/* The balancer then sends everybody with the header to the primary, without a look at cookies and
 * weights. */
static void broken_pattern(struct canary_draft *canary, struct str name, const char *why)
{
	struct nginx *nginx = canary->draft->nginx;

	add_variant(canary, (struct model_field_match){name, STR(".*"), true}, false);
	nginx_note(nginx, canary->owner, nginx_get(canary->owner, "canary-by-header-pattern"),
		   "I2G247",
		   str_format(nginx->arena,
			      "the pattern is broken (%s): every request with the header "
			      "'%.*s' goes to the primary, and is written so",
			      why, STR_ARG(name)),
		   STR("repair the pattern, or remove it"));
	nginx_mark(canary->owner, "canary-by-header-pattern", OUTCOME_EXACT, NULL);
}

/* The controller takes blanks, "/" and ":", with which no request has a header. */
static struct str header_name(const struct nginx_ingress *owner)
{
	struct str name = nginx_text(owner, "canary-by-header");

	for (size_t i = 0; i < name.len; i++)
		if (strchr(" \t/:", name.at[i]))
			return STR("");
	return name.len <= GATEWAY_HEADER_NAME ? name : STR("");
}

static void by_header(struct canary_draft *canary)
{
	const struct nginx_ingress *owner = canary->owner;
	struct str name = header_name(owner);
	struct str value = nginx_text(owner, "canary-by-header-value");
	struct str pattern = nginx_text(owner, "canary-by-header-pattern");
	const char *why = NULL;

	if (!name.len) {
		no_effect(canary, "canary-by-header",
			  "because no request has a header of that name");
		no_effect(canary, "canary-by-header-value", "without canary-by-header");
		no_effect(canary, "canary-by-header-pattern", "without canary-by-header");
		return;
	}
	nginx_mark(owner, "canary-by-header", OUTCOME_EXACT, NULL);
	if (value.len) {
		add_variant(canary, (struct model_field_match){name, value, false}, true);
		nginx_mark(owner, "canary-by-header-value", OUTCOME_EXACT, NULL);
		no_effect(canary, "canary-by-header-pattern", "beside canary-by-header-value");
	} else if (pattern.len && !regex_compiles(canary->draft->nginx->arena, pattern, &why)) {
		broken_pattern(canary, name, why);
	} else if (pattern.len) {
		add_variant(canary, (struct model_field_match){name, pattern, true}, true);
		nginx_mark(owner, "canary-by-header-pattern", OUTCOME_APPROXIMATE, "I2G247");
		nginx_note(
			canary->draft->nginx, owner, nginx_get(owner, "canary-by-header-pattern"),
			"I2G247",
			STR("the pattern is written in the dialect of the target; a pattern that "
			    "fails there has no fallback to the primary"),
			(struct str){0});
	} else {
		add_variant(canary, (struct model_field_match){name, STR("always"), false}, true);
		add_variant(canary, (struct model_field_match){name, STR("never"), false}, false);
	}
}

static struct model_field_match cookie_match(struct arena *arena, struct str name,
					     const char *value)
{
	return (struct model_field_match){
		.name = STR("Cookie"),
		.value = str_format(arena, "(?:^|;\\s*)%.*s=%s(?:;|$)",
				    STR_ARG(regex_escape(arena, name)), value),
		.regex = true,
	};
}

static void by_cookie(struct canary_draft *canary)
{
	struct nginx *nginx = canary->draft->nginx;
	const struct nginx_ingress *owner = canary->owner;
	struct str name = nginx_text(owner, "canary-by-cookie");

	if (!name.len)
		return;
	add_variant(canary, cookie_match(nginx->arena, name, "always"), true);
	add_variant(canary, cookie_match(nginx->arena, name, "never"), false);
	nginx_mark(owner, "canary-by-cookie", OUTCOME_APPROXIMATE, "I2G232");
	nginx_note(nginx, owner, nginx_get(owner, "canary-by-cookie"), "I2G232",
		   STR("the cookie is matched by a regular expression on the Cookie header, which "
		       "targets support in their own way"),
		   (struct str){0});
}

static void set_weights(struct canary_draft *canary)
{
	struct nginx_draft *draft = canary->draft;
	const struct nginx_ingress *owner = canary->owner;
	int64_t weight = nginx_int(owner, "canary-weight", 0);
	int64_t total = nginx_int(owner, "canary-weight-total", 100);

	/* The Lua balancer draws from 1 to max(100, total). */
	if (total < 100)
		total = 100;
	if (weight > total)
		weight = total;
	if (total > GATEWAY_WEIGHT) {
		weight = (int64_t)((double)weight / (double)total * GATEWAY_WEIGHT);
		total = GATEWAY_WEIGHT;
	}
	nginx_mark(owner, "canary-weight", weight > 0 ? OUTCOME_EXACT : OUTCOME_INERT, NULL);
	nginx_mark(owner, "canary-weight-total",
		   weight > 0 && nginx_int(owner, "canary-weight-total", 100) >= 100
			   ? OUTCOME_EXACT
			   : OUTCOME_INERT,
		   NULL);
	if (weight <= 0)
		return;

	struct model_rule *rule = &draft->rule;
	struct model_backend *backends =
		arena_array(draft->nginx->arena, struct model_backend, rule->backend_count + 1);

	for (size_t i = 0; i < rule->backend_count; i++) {
		backends[i] = rule->backends[i];
		backends[i].weight = (uint32_t)(total - weight);
	}
	backends[rule->backend_count] = canary->backend;
	backends[rule->backend_count].weight = (uint32_t)weight;
	rule->backends = backends;
	rule->backend_count++;
}

/* State lives on the primary's upstream, which other hosts and paths may share. */
static void note_shared(struct canary_draft *canary)
{
	struct nginx *nginx = canary->draft->nginx;
	const struct nginx_location *primary = canary->draft->location;
	unsigned primaries = nginx_upstream_users(nginx, primary);

	if (primaries < 2)
		return;
	nginx_note(nginx, canary->owner, nginx_get(canary->owner, "canary"), "I2G228",
		   str_format(nginx->arena,
			      "in ingress-nginx this canary takes its share of all %u paths "
			      "that use Service '%.*s'; it is written for this path only",
			      primaries, STR_ARG(primary->backend->name.text)),
		   STR("give the primary a Service of its own if that is what you want"));
	nginx_mark(canary->owner, "canary", OUTCOME_APPROXIMATE, "I2G228");
}

void nginx_canary_is_elsewhere(struct nginx *nginx, const struct nginx_location *primary)
{
	const struct nginx_ingress *owner = primary->canary->owner;

	if (nginx_upstream_users(nginx, primary) < 2)
		return;
	nginx_note(
		nginx, owner, nginx_get(owner, "canary"), "I2G228",
		str_format(nginx->arena,
			   "in ingress-nginx this canary takes its share of the other paths that "
			   "use Service '%.*s'; it is written for none of them",
			   STR_ARG(primary->backend->name.text)),
		STR("give it the path of one of them if that is what you want"));
}

static bool has_rules_of(const struct nginx_ingress *canary, const struct nginx_ingress *other)
{
	static const char *const keys[] = {
		"canary-by-header", "canary-by-header-value", "canary-by-header-pattern",
		"canary-by-cookie", "canary-weight",          "canary-weight-total"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!str_eq(nginx_text(canary, keys[i]), nginx_text(other, keys[i])))
			return false;
	return true;
}

/* The rules stand at the upstream of the canary, and are those of the Ingress that was the first to have its
 * Service (createUpstreams()); that of a primary has none, and the canary then gets nothing. */
static void note_shared_rules(struct canary_draft *canary, const struct nginx_location *location)
{
	struct nginx *nginx = canary->draft->nginx;
	const struct nginx_ingress *maker = nginx_canary_maker(nginx, location);
	const struct kube_meta *meta = &maker->ingress->meta;

	if (maker == canary->owner || (maker->canary && has_rules_of(canary->owner, maker)))
		return;
	nginx_note(nginx, canary->owner, nginx_get(canary->owner, "canary"), "I2G228",
		   str_format(nginx->arena,
			      maker->canary
				      ? "Service '%.*s' is first that of the canary %.*s/%.*s, "
					"whose rules ingress-nginx takes for this one as well; it "
					"is written with its own"
				      : "Service '%.*s' is first that of Ingress %.*s/%.*s, so "
					"ingress-nginx sends nothing to this canary; it is written "
					"with its own rules",
			      STR_ARG(location->backend->name.text), STR_ARG(meta->namespace),
			      STR_ARG(meta->name)),
		   STR("give the canary a Service of its own"));
	nginx_mark(canary->owner, "canary", OUTCOME_APPROXIMATE, "I2G228");
}

static void note_fallback(struct canary_draft *canary)
{
	struct nginx *nginx = canary->draft->nginx;
	const struct nginx_ingress *primary = canary->draft->location->owner;

	nginx_note(
		nginx, canary->owner, nginx_get(canary->owner, "canary"), "I2G230",
		STR("while the canary has no ready endpoint, ingress-nginx sends everything to the "
		    "primary; a Gateway fails the canary's share"),
		STR("set its weight to 0 before scaling it down"));
	nginx_last_scope(nginx)->backend = canary->backend.name;
	nginx_mark(canary->owner, "canary", OUTCOME_APPROXIMATE, "I2G230");
	if (!str_is(nginx_text(primary, "affinity"), "cookie"))
		return;
	nginx_note(nginx, canary->owner, nginx_get(canary->owner, "canary"), "I2G229",
		   STR("in ingress-nginx a client with an affinity cookie stays where it is "
		       "whatever the canary rules say; in a Gateway the rules come first"),
		   (struct str){0});
}

/* The canary goes the way of its primary, or cannot be written itself. */
static void account_unwritten(const struct nginx_location *location, enum outcome outcome,
			      const char *code)
{
	for (size_t i = 0; i < location->owner->value_count; i++)
		if (strncmp(location->owner->values[i].row->key, "canary", 6) == 0)
			ledger_mark(location->owner->values[i].item, outcome, code);
	ledger_mark(location->path_item, outcome, code);
	ledger_mark(location->host_item, outcome, code);
	ledger_mark(location->backend_item, outcome, code);
}

static bool gets_nothing(const struct nginx_ingress *owner)
{
	return !header_name(owner).len && !nginx_text(owner, "canary-by-cookie").len &&
	       nginx_int(owner, "canary-weight", 0) <= 0;
}

void nginx_canary(struct nginx_draft *draft)
{
	struct nginx_location *location = draft->location->canary;
	struct canary_draft canary = {.draft = draft, .owner = location->owner};

	if (nginx_canary_is_deleted(draft->nginx, location)) {
		account_unwritten(location, OUTCOME_INERT, NULL);
		return;
	}
	if (draft->no_backend || draft->rule.deny) {
		nginx_canary_is_elsewhere(draft->nginx, draft->location);
		account_unwritten(location, OUTCOME_INERT, NULL);
		return;
	}
	if (gets_nothing(canary.owner)) {
		note_shared_rules(&canary, location);
		no_effect(&canary, "canary", "without a header, cookie or weight that uses it");
		account_unwritten(location, OUTCOME_INERT, NULL);
		return;
	}
	if (!nginx_resolve(draft->nginx, location, &canary.backend)) {
		account_unwritten(location, OUTCOME_REFUSED, "I2G220");
		return;
	}
	nginx_mark(canary.owner, "canary", OUTCOME_APPROXIMATE, "I2G230");
	ledger_mark(location->path_item, OUTCOME_EXACT, NULL);
	ledger_mark(location->host_item, OUTCOME_EXACT, NULL);
	ledger_mark(location->backend_item, OUTCOME_EXACT, NULL);
	by_header(&canary);
	by_cookie(&canary);
	set_weights(&canary);
	nginx_canary_backend(draft, location);
	note_shared(&canary);
	note_shared_rules(&canary, location);
	note_fallback(&canary);
}
