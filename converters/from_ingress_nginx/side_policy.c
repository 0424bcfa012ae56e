/* What holds for all requests of a location and cannot be decided offline: limits, guards. Only what
 * somebody set is said; what the controller does to everybody (1 MiB bodies, 60 s between reads) is in
 * ngx_decide.c or in the findings about defaults. */
#include "converters/from_ingress_nginx/side.h"

#include <stdlib.h>

#include "converters/from_ingress_nginx/snippet.h"

/* ---- numbers ---- */

static int64_t seconds(const struct nginx_ingress *owner, const char *key)
{
	int64_t value = nginx_int(owner, key, ROUTE_UNSET);

	return value < 0 || value > INT64_MAX / 1000 ? ROUTE_UNSET : value * 1000;
}

/* "8m": KiB, MiB, GiB; without suffix bytes. "b" passes the controller's validation and not nginx's: the
 * default stays. */
static int64_t size_of(struct str text)
{
	static const char suffixes[] = "kmg";
	const char *suffix = text.len ? strchr(suffixes, text.at[text.len - 1] | 0x20) : NULL;
	int64_t value;

	if (suffix && *suffix)
		text.len--;
	if (!str_to_int(text, &value) || value < 0)
		return ROUTE_UNSET;
	for (const char *c = suffix; c && *suffix && c >= suffixes; c--) {
		if (value > INT64_MAX / 1024)
			return ROUTE_UNSET;
		value *= 1024;
	}
	return value;
}

static int64_t body_bytes(const struct side *side, const struct nginx_ingress *owner)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *option =
		config ? kube_pair_find(&config->data, STR("proxy-body-size")) : NULL;
	struct str text = nginx_text(owner, "proxy-body-size");

	return size_of(text.len || !option ? text : str_trim(option->value));
}

/* ---- guards and other facts ---- */

static void add_fact(struct side *side, struct route_policy *policy, struct route_fact fact)
{
	struct route_fact *facts = (struct route_fact *)policy->facts;

	for (size_t i = 0; i < policy->fact_count; i++) {
		if (facts[i].feature != fact.feature || !str_eq(facts[i].value, fact.value))
			continue;
		facts[i].raw |= fact.raw;
		return;
	}
	ARENA_PUSH(&side->table->arena, facts, policy->fact_count, fact);
	policy->facts = facts;
}

static struct route_place value_place(const struct nginx_ingress *owner,
				      const struct nginx_value *value)
{
	return side_place(owner, -1, -1, value->pair->key_span);
}

/* Guards that the provider takes care of one by one, and so does not collect. */
static void add_handled(struct side *side, struct route_policy *policy,
			const struct nginx_ingress *owner, bool exempt)
{
	static const struct {
		const char *key;
		enum feature feature;
	} keys[] = {
		{"auth-url", FEATURE_AUTH_EXTERNAL},
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct nginx_value *value = nginx_get(owner, keys[i].key);
		struct str text = value ? str_trim(value->pair->value) : (struct str){0};

		if (text.len && !(exempt && nginx_is_authentication(keys[i].feature)))
			add_fact(side, policy,
				 (struct route_fact){.feature = keys[i].feature,
						     .value = text,
						     .place = value_place(owner, value)});
	}
}

/* Raw directives that keep requests out. What the others do is said by findings. */
static void add_actions(struct side *side, struct route_policy *policy,
			const struct snippet_actions *actions, struct route_place place, bool raw)
{
	for (size_t i = 0; i < actions->count; i++) {
		const struct snippet_action *action = &actions->at[i];

		if (action->guard)
			add_fact(side, policy,
				 (struct route_fact){
					 .feature = action->kind == SNIPPET_FEATURE
							    ? action->feature
							    : FEATURE_SNIPPET,
					 .value = str_dup(&side->table->arena, action->value),
					 .place = place,
					 .raw = raw});
	}
}

static void add_snippet(struct side *side, struct route_policy *policy,
			const struct nginx_ingress *owner, const char *key,
			enum snippet_place place)
{
	const struct nginx_value *value = nginx_get(owner, key);
	struct snippet_value text = {.place = place};
	struct snippet_actions actions;

	/* The text is taken out unless the controller allows it. */
	if (!value || (side->nginx.config.known && !side->nginx.config.snippets_allowed))
		return;
	text.text = value->pair->value;
	text.first = value->pair->value_span;
	actions = snippet_read(side->own, &text);
	add_actions(side, policy, &actions, value_place(owner, value),
		    !side_raw_read(side, text.text, &(struct route_raw){0}));
}

/* Of the ConfigMap, for every location. */
static void add_raws(struct side *side, struct route_policy *policy, bool global_auth)
{
	struct nginx_config *config = &side->nginx.config;

	for (size_t i = 0; i < config->raw_count; i++)
		if (global_auth || !str_is(config->raws[i].pair->key, "global-auth-snippet"))
			add_actions(side, policy, nginx_raw_actions(&side->nginx, &config->raws[i]),
				    (struct route_place){.rule = -1, .match = -1}, true);
}

static bool needs_global_auth(const struct side *side, const struct nginx_ingress *owner)
{
	return side->nginx.config.global_auth && !nginx_text(owner, "auth-url").len &&
	       nginx_bool(owner, "enable-global-auth", true);
}

static void add_features(struct side *side, struct route_policy *policy,
			 const struct nginx_ingress *owner, bool exempt)
{
	const struct nginx_config *config = &side->nginx.config;

	for (size_t i = 0; i < owner->feature_count; i++) {
		if (exempt && nginx_is_authentication(owner->features[i]->feature))
			continue;
		add_fact(side, policy,
			 (struct route_fact){
				 .feature = owner->features[i]->feature,
				 .value = owner->features[i]->value,
				 .place = side_place(owner, -1, -1,
						     ledger_span(owner->features[i]->item))});
	}
	for (size_t i = 0; i < config->feature_count; i++)
		if (!nginx_overrides(owner, config->features[i]))
			add_fact(side, policy,
				 (struct route_fact){.feature = config->features[i]->feature,
						     .value = config->features[i]->value,
						     .place = {.rule = -1, .match = -1}});
	if (!exempt && needs_global_auth(side, owner))
		add_fact(side, policy,
			 (struct route_fact){.feature = FEATURE_AUTH_EXTERNAL,
					     .value = config->global_auth->value,
					     .place = {.rule = -1, .match = -1}});
}

static int compare_facts(const void *a, const void *b)
{
	const struct route_fact *left = a, *right = b;

	if (left->feature != right->feature)
		return left->feature < right->feature ? -1 : 1;
	return str_cmp(left->value, right->value);
}

static struct route_policy *read_policy(struct side *side, const struct side_location *location,
					const struct nginx_ingress *server_snippet, bool exempt)
{
	const struct nginx_ingress *owner = location->owner;
	struct route_policy *policy = arena_new(&side->table->arena, struct route_policy);
	const struct ngx_settings *settings = side_settings(side, owner, false, NULL);

	*policy = route_no_policy;
	policy->connect_ms = seconds(owner, "proxy-connect-timeout");
	policy->read_ms = seconds(owner, "proxy-read-timeout");
	policy->send_ms = seconds(owner, "proxy-send-timeout");
	policy->body_bytes = body_bytes(side, owner);
	policy->mirrors = settings->mirrors;
	policy->mirror_count = settings->mirror_count;
	policy->session = side_session(side, location);
	policy->pages = side_intercepts(side, owner, settings->pages);
	add_features(side, policy, owner, exempt);
	add_handled(side, policy, owner, exempt);
	add_raws(side, policy, !exempt && needs_global_auth(side, owner));
	add_snippet(side, policy, owner, "configuration-snippet", SNIPPET_LOCATION);
	if (server_snippet)
		add_snippet(side, policy, server_snippet, "server-snippet", SNIPPET_SERVER);
	policy->guards = side_guards(side, owner, side_raw(side, owner, server_snippet), exempt,
				     !exempt && needs_global_auth(side, owner));
	if (policy->fact_count)
		qsort((void *)policy->facts, policy->fact_count, sizeof *policy->facts,
		      compare_facts);
	return policy;
}

/* A session cookie has the path of its location, and what the Service says. */
static struct str session_key(struct side *side, const struct side_location *location)
{
	if (!side_has_affinity(location->owner))
		return STR("");
	return str_format(side->own, "%p%.*s", (const void *)location->upstream,
			  STR_ARG(location->path));
}

const struct route_policy *side_policy(struct side *side, const struct side_location *location,
				       const struct nginx_ingress *server_snippet, struct str name)
{
	bool exempt = nginx_is_exempt(&side->nginx.config, name);
	struct str key = str_format(side->own, "%p %p %d %.*s", (const void *)location->owner,
				    (const void *)server_snippet, exempt,
				    STR_ARG(session_key(side, location)));
	void **place = map_at(&side->policies, key);

	if (!*place)
		*place = read_policy(side, location, server_snippet, exempt);
	return *place;
}
