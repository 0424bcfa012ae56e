#include "converters/convert.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/sort.h"
#include "converters/absent.h"
#include "converters/detect.h"
#include "converters/items.h"
#include "converters/legal.h"
#include "converters/output.h"
#include "converters/resolve.h"

/* Ingresses of one controller that one provider reads, in input order. */
struct claims {
	struct ingress_view **views;
	size_t count;
};

/* One run while it goes on. */
struct run {
	struct convert_result *result;
	const struct convert_options *options;
	const struct convert_sink *sink;
	struct arena reading;  /* views: until everything is in the model */
	struct claims *claims; /* by controller and provider, in the order of providers[] */
	size_t provider_count;
	const struct kube_config_map *config; /* that was accounted for last, and its items */
	struct ledger_item **options_of_config;
	const struct emitter *emitter;
};

static size_t provider_index(const struct provider *provider)
{
	for (size_t i = 0; providers[i]; i++)
		if (providers[i] == provider)
			return i;
	BUG("provider %s is not in the table", provider->name);
}

static struct claims *claims_of(const struct run *run, uint32_t realm,
				const struct provider *provider)
{
	return &run->claims[realm * run->provider_count + provider_index(provider)];
}

static void mark_class(const struct ingress_view *view)
{
	ledger_mark(view->class, OUTCOME_EXACT, NULL);
}

static bool has_content(const struct kube_ingress *ingress)
{
	return ingress->rule_count || ingress->default_backend.type != KUBE_BACKEND_NONE;
}

static void claim_ingress(struct run *run, const struct kube_ingress *ingress)
{
	struct convert_result *result = run->result;
	const struct provider *provider =
		detect_provider(&result->set, ingress, run->options, &result->findings);

	if (provider)
		ARENA_PUSH(&result->arena, result->ingresses, result->ingress_count,
			   (struct convert_ingress){.ingress = ingress, .provider = provider});
}

static void view_ingress(struct run *run, const struct convert_ingress *claimed)
{
	struct convert_result *result = run->result;
	const struct kube_ingress *ingress = claimed->ingress;
	struct ingress_view *view = view_new(&run->reading, &result->model.ledger, ingress);

	mark_class(view);
	view->held = view_account_metadata(
		view, claimed->provider,
		&(struct guard_talk){&result->findings, run->options->allow_unguarded});
	if (!has_content(ingress)) {
		/* A patch or a stub: I2G111 was said when it was read. */
		view_mark_open(view, OUTCOME_INERT, "I2G111");
	} else if (claimed->realm >= result->controllers.count) {
		view_mark_open(view, OUTCOME_REFUSED, "I2G128");
	} else {
		struct claims *claims = claims_of(run, claimed->realm, claimed->provider);

		ARENA_PUSH(&run->reading, claims->views, claims->count, view);
	}
}

/* One ConfigMap may be that of several controllers. */
static struct ledger_item **option_items(struct run *run, const struct kube_config_map *config)
{
	struct ledger *ledger = &run->result->model.ledger;
	struct ledger_item **items;

	if (!config)
		return NULL;
	if (config == run->config)
		return run->options_of_config;
	items = arena_array(&run->result->arena, struct ledger_item *, config->data.count);
	for (size_t i = 0; i < config->data.count; i++)
		items[i] = ledger_add(ledger, (struct ledger_item){
						      .kind = ITEM_OPTION,
						      .owner = &config->meta,
						      .rule = (uint32_t)i,
					      });
	run->config = config;
	return run->options_of_config = items;
}

static void note_missing_config(struct run *run, const struct controller *controller)
{
	const struct kube_install *install = controller->install;

	findings_add(&run->result->findings,
		     (struct finding){
			     .code = "I2G108",
			     .span = install ? install->span : (struct span){0},
			     .message = str_format(&run->result->arena,
						   "the ConfigMap '%.*s' of %s is not in the input",
						   STR_ARG(controller->config),
						   install ? "the controller's --configmap"
							   : "--controller-config"),
			     .hint = STR("the controller's defaults are assumed"),
		     });
}

/* Two ConfigMaps look like the controller's, and neither is read. */
static void note_unread(struct run *run, const struct provider *provider)
{
	struct arena *arena = &run->result->arena;
	const struct kube_config_map *rivals[2];
	size_t count = detect_rivals(&run->result->set, provider, rivals);
	struct str others = STR("");

	if (count < 2)
		return;
	if (count > 2)
		others = str_format(arena, " and %zu more", count - 2);
	findings_add(
		&run->result->findings,
		(struct finding){
			.code = "I2G132",
			.object = kube_ref(&rivals[0]->meta),
			.path = STR("metadata.name"),
			.span = rivals[0]->meta.name_span,
			.message = str_format(
				arena,
				"ConfigMaps %.*s/%.*s, %.*s/%.*s%.*s look like the controller's: "
				"none is read, and its defaults are assumed",
				STR_ARG(rivals[0]->meta.namespace), STR_ARG(rivals[0]->meta.name),
				STR_ARG(rivals[1]->meta.namespace), STR_ARG(rivals[1]->meta.name),
				STR_ARG(others)),
			.hint = STR("name the right one with --controller-config=NS/NAME"),
		});
}

/* Two ConfigMaps look like the controller's: an option that guards every host may be in force. Returns
 * the code to hold the routes with. */
static const char *note_rivals(struct run *run, const struct provider *provider)
{
	const struct guard_talk talk = {&run->result->findings, run->options->allow_unguarded};
	struct arena *arena = &run->result->arena;
	const struct kube_config_map *where = NULL;
	const struct kube_pair *guard =
		provider->options ? detect_rival_guard(&run->result->set, provider, &where) : NULL;

	if (provider->options)
		note_unread(run, provider);
	if (!guard)
		return NULL;
	guard_say(&talk, (struct finding){
				 .code = "I2G319",
				 .object = kube_ref(&where->meta),
				 .path = str_format(arena, "data[%.*s]", STR_ARG(guard->key)),
				 .span = guard->key_span,
				 .message = str_format(
					 arena,
					 "'%.*s' may guard access: several ConfigMaps of the "
					 "input look like the controller's",
					 STR_ARG(guard->key)),
				 .hint = STR("name the right one with --controller-config=NS/NAME"),
			 });
	return "I2G319";
}

/* Whether several controllers are of the provider's make. */
static bool serves_several(const struct run *run, const struct provider *provider)
{
	size_t count = 0;

	for (uint32_t realm = 0; realm < run->result->controllers.count; realm++)
		count += claims_of(run, realm, provider)->count > 0;
	return count > 1;
}

/* It was not named, and each controller has one of its own. */
static void note_shared_config(struct run *run, const struct kube_config_map *config)
{
	findings_add(
		&run->result->findings,
		(struct finding){
			.code = "I2G131",
			.object = kube_ref(&config->meta),
			.span = config->meta.name_span,
			.message = STR("which of several controllers this ConfigMap configures "
				       "is not known: it is taken for that of all"),
			.hint = STR("say it with --controller-config=CLASS=NS/NAME"),
		});
}

/* Of Ingresses that the provider has read. */
static void note_ignored(struct run *run, const struct provider *provider,
			 const struct claims *claims)
{
	struct convert_result *result = run->result;

	for (size_t i = 0; i < claims->count; i++)
		if (claims->views[i]->ignored)
			ARENA_PUSH(&result->arena, result->ignored, result->ignored_count,
				   (struct convert_ingress){claims->views[i]->ingress, provider,
							    result->model.realm});
}

static void read_provider(struct run *run, const struct provider *provider,
			  const struct claims *claims)
{
	struct convert_result *result = run->result;
	const struct controller *controller = result->controllers.at[result->model.realm];
	const struct kube_config_map *config =
		provider->options ? detect_config(&result->set, provider, controller->config)
				  : NULL;
	struct provider_run provider_run = {
		.provider = provider,
		.set = &result->set,
		.views = claims->views,
		.view_count = claims->count,
		.config = config,
		.options = option_items(run, config),
		.default_certificate = run->options->default_certificate,
		.experimental = run->options->plan.experimental,
		.external_auth = run->options->plan.experimental && run->emitter->external_auth,
		.dialect = run->emitter->dialect,
		.unguarded = run->options->allow_unguarded,
		.model = &result->model,
		.findings = &result->findings,
	};

	if (provider->options && controller->config.len && !config)
		note_missing_config(run, controller);
	if (config && !controller->config.len && serves_several(run, provider))
		note_shared_config(run, config);
	if (!config && !controller->config.len)
		provider_run.held = note_rivals(run, provider);
	provider->read(&provider_run);
	note_ignored(run, provider, claims);
}

/* ---- hosts that two controllers serve today ---- */

static void lose_rule(struct run *run, const struct model_rule *winner, struct model_rule *loser)
{
	const struct kube_meta *first = winner->origin.object, *second = loser->origin.object;

	ledger_mark(loser->path_item, OUTCOME_REFUSED, "I2G217");
	ledger_mark(loser->host_item, OUTCOME_INERT, NULL);
	for (size_t i = 0; i < loser->backend_count; i++)
		ledger_mark(loser->backends[i].item, OUTCOME_REFUSED, "I2G217");
	if (!first || !second)
		return;
	findings_add(
		&run->result->findings,
		(struct finding){
			.code = "I2G217",
			.object = kube_ref(second),
			.path = loser->origin.field,
			.span = loser->origin.span,
			.message = str_format(
				&run->result->arena,
				"Ingress %.*s/%.*s of another controller has the same host and "
				"path: today both answer, on two addresses; on one Gateway that "
				"one "
				"wins, and this path is not written",
				STR_ARG(first->namespace), STR_ARG(first->name)),
			.hint = STR("convert each controller's Ingresses to a Gateway of its own "
				    "(--ingress-class, --gateway)"),
		});
}

static struct str match_key(struct run *run, const struct model_rule *rule)
{
	return str_format(&run->result->arena, "%d%.*s", (int)rule->match.path.kind,
			  STR_ARG(rule->match.path.value));
}

/* Two controllers have two addresses, and may serve one path each on its own. A provider that knows
 * its controller wins over the plain one, which stands first in the table. */
static void settle_shared_host(struct run *run, struct model_host *host)
{
	struct map winners;
	size_t kept = 0;

	map_init(&winners, &run->result->arena);
	for (size_t i = 0; i < host->rule_count; i++) {
		void **place = map_at(&winners, match_key(run, host->rules[i]));
		const struct model_rule *best = *place;

		if (!best || host->rules[i]->source > best->source)
			*place = host->rules[i];
	}
	for (size_t i = 0; i < host->rule_count; i++) {
		struct model_rule *rule = host->rules[i];
		const struct model_rule *best = map_get(&winners, match_key(run, rule));

		if (best->source == rule->source)
			host->rules[kept++] = rule;
		else
			lose_rule(run, best, rule);
	}
	host->rule_count = kept;
}

static void settle_shared_hosts(struct run *run)
{
	const struct model *model = &run->result->model;

	for (size_t h = 0; h < model->host_count; h++) {
		struct model_host *host = model->hosts[h];

		if (host->rule_count &&
		    host->rules[0]->source != host->rules[host->rule_count - 1]->source)
			settle_shared_host(run, host);
	}
}

/* What is said of the run by who reads one realm is about no other one. */
static void limit_findings(struct run *run, size_t from, uint32_t realm)
{
	struct findings *findings = &run->result->findings;

	for (size_t i = from; i < findings->count; i++) {
		struct finding *finding = &findings->at[i];

		if (finding->object.kind.len)
			continue;
		if (!finding->scope)
			finding->scope = finding_scope_new(findings->arena,
							   (struct finding_scope){.realms = 0});
		finding->scope->realms = (uint64_t)1 << realm;
	}
}

/* One after the other: what one provider reads of a realm must not show in another realm. */
static void read_realm(struct run *run, uint32_t realm)
{
	size_t said = run->result->findings.count;

	if (realm)
		model_realm_begin(&run->result->model);
	for (size_t i = 0; providers[i]; i++) {
		const struct claims *claims = claims_of(run, realm, providers[i]);

		run->result->model.source = (unsigned)i;
		if (claims->count)
			read_provider(run, providers[i], claims);
	}
	if (run->result->controllers.count > 1)
		limit_findings(run, said, realm);
}

/* Titles of the providers that have something to read. */
static bool name_providers(struct run *run)
{
	size_t named = 0;

	for (size_t i = 0; providers[i]; i++) {
		size_t count = 0;

		for (uint32_t realm = 0; realm < run->result->controllers.count; realm++)
			count += claims_of(run, realm, providers[i])->count;
		if (count)
			run->result->provider_names[named++] = providers[i]->title;
	}
	return named > 1;
}

static void read_all(struct run *run)
{
	struct convert_result *result = run->result;

	arena_init(&run->reading);
	for (size_t i = 0; i < result->set.ingress_count; i++)
		claim_ingress(run, result->set.ingresses[i]);
	controllers_find(&result->controllers, &result->arena, &result->set,
			 &(struct claimed){result->ingresses, result->ingress_count}, run->options);
	while (providers[run->provider_count])
		run->provider_count++;
	run->claims = arena_array(&run->reading, struct claims,
				  result->controllers.count * run->provider_count + 1);
	for (size_t i = 0; i < result->ingress_count; i++)
		view_ingress(run, &result->ingresses[i]);
	for (uint32_t i = 0; i < result->controllers.count; i++)
		read_realm(run, i);
	if (name_providers(run))
		settle_shared_hosts(run);
	model_sort(&result->model);
	arena_finish(&run->reading);
}

/* ---- findings ---- */

static struct str number_of(struct convert_result *result, size_t count, const char *noun)
{
	return str_format(&result->arena, "%zu %s%s", count, noun,
			  count == 1                      ? ""
			  : noun[strlen(noun) - 1] == 's' ? "es"
							  : "s");
}

static void note_nothing(struct run *run)
{
	struct convert_result *result = run->result;
	const struct kube_set *set = &result->set;
	struct finding finding = {.code = "I2G606", .hint = STR("the findings say why")};

	if (result->object_count)
		return;
	if (result->ingress_count) {
		finding.message =
			STR("nothing was written: no path of the Ingresses could be converted");
	} else if (set->ingress_count) {
		finding.message =
			str_format(&result->arena, "nothing was written: of %.*s none is converted",
				   STR_ARG(number_of(result, set->ingress_count, "Ingress")));
	} else if (set->left_out_count) {
		finding.message =
			str_format(&result->arena, "nothing was written: of %.*s none is chosen",
				   STR_ARG(number_of(result, set->left_out_count, "Ingress")));
		finding.hint = STR("--namespace and --selector choose");
	} else {
		finding.message = str_format(
			&result->arena, "nothing was written: no Ingress was found among %.*s",
			STR_ARG(number_of(result, set->document_count, "document")));
		finding.hint = STR("kinds read: Ingress of networking.k8s.io and extensions");
	}
	findings_add(&result->findings, finding);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x9e3779b97f4a7c15u;
}

/* Eight bytes at a time. */
static uint64_t mix_text(uint64_t hash, struct str text)
{
	uint64_t word;

	for (; text.len >= sizeof word; text.at += sizeof word, text.len -= sizeof word) {
		memcpy(&word, text.at, sizeof word);
		hash = mix(hash, word);
		hash ^= hash >> 32;
	}
	word = text.len;
	for (size_t i = 0; i < text.len; i++)
		word = word << 8 | (unsigned char)text.at[i];
	return mix(hash, word);
}

static uint64_t finding_hash(const struct finding *finding)
{
	uint64_t hash = mix_text(0, str_from(finding->code));

	hash = mix(hash, (uint64_t)finding->span.source << 32 | finding->span.line);
	hash = mix(hash, finding->span.column);
	hash = mix_text(hash, finding->path);
	hash = mix_text(hash, finding->message);
	return hash ^ hash >> 32;
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
	return strcmp(a->code, b->code) == 0 && a->span.source == b->span.source &&
	       a->span.line == b->span.line && a->span.column == b->span.column &&
	       str_eq(a->path, b->path) && str_eq(a->message, b->message) &&
	       str_eq(a->object.name, b->object.name) &&
	       str_eq(a->object.namespace, b->object.namespace);
}

static bool is_of_another_part(const struct finding_scope *a, const struct finding_scope *b)
{
	return a->part.len && b->part.len && !str_eq(a->part, b->part) &&
	       str_eq(a->host, b->host) && str_eq(a->backend, b->backend) &&
	       str_eq(a->below, b->below);
}

/* A finding that is there already, for other realms or another part of the object. */
static void widen(struct finding *known, const struct finding *again)
{
	uint64_t realms = finding_scope(again)->realms;
	struct finding_scope *last = known->scope;

	if (last && last->realms)
		last->realms = realms ? last->realms | realms : 0;
	while (last && again->scope && is_of_another_part(last, again->scope)) {
		if (!last->also)
			last->also = again->scope;
		last = last->also;
	}
}

/* The same thing is met once for every path it applies to. Identity is code, object, field path,
 * place and message. */
static void drop_repeated(struct convert_result *result)
{
	struct findings *findings = &result->findings;
	size_t room = 64, kept = 0;
	uint32_t *seen; /* index + 1 of the finding; 0: free */

	while (room < findings->count * 2)
		room *= 2;
	seen = calloc(room, sizeof *seen);
	if (!seen)
		bug_out_of_memory(room * sizeof *seen);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->at[i];
		size_t slot = finding_hash(finding) & (room - 1);

		while (seen[slot] && !same_finding(&findings->at[seen[slot] - 1], finding))
			slot = (slot + 1) & (room - 1);
		if (seen[slot]) {
			widen(&findings->at[seen[slot] - 1], finding);
			continue;
		}
		findings->at[kept++] = *finding;
		seen[slot] = (uint32_t)kept;
	}
	findings->count = kept;
	free(seen);
}

/* Input order, then position; what is about the whole run comes last. */
static int compare_findings(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;
	bool left_placed = left->span.line > 0, right_placed = right->span.line > 0;

	if (left_placed != right_placed)
		return left_placed ? -1 : 1;
	if (left->span.source != right->span.source)
		return left->span.source < right->span.source ? -1 : 1;
	if (left->span.line != right->span.line)
		return left->span.line < right->span.line ? -1 : 1;
	if (left->span.column != right->span.column)
		return left->span.column < right->span.column ? -1 : 1;

	int order = strcmp(left->code, right->code);

	if (!order)
		order = str_cmp(left->path, right->path);
	return order ? order : str_cmp(left->message, right->message);
}

static void sort_findings(struct convert_result *result)
{
	drop_repeated(result);
	sort(result->findings.at, result->findings.count, sizeof *result->findings.at,
	     compare_findings);
}

/* ---- the target ---- */

static struct plan_options target_options(struct run *run, const struct sources *sources)
{
	const struct controllers *controllers = &run->result->controllers;
	struct plan_options plan = run->options->plan;
	const struct emitter *emitter = run->options->emitter;
	struct plan_gateway *gateways =
		arena_array(&run->result->arena, struct plan_gateway, controllers->count + 1);

	plan.sources = sources;
	plan.http_port = plan.http_port ? plan.http_port : 80;
	plan.https_port = plan.https_port ? plan.https_port : 443;
	if (emitter) {
		plan.dialect = emitter->dialect;
		plan.unlimited_requests = emitter->cuts_requests;
	}
	for (size_t i = 0; i < controllers->count; i++)
		gateways[i] = controllers->at[i]->gateway;
	plan.gateways = controllers->count ? gateways : NULL;
	return plan;
}

/* ---- the run ---- */

static bool write_all(struct run *run, const struct plan_options *plan, struct error *error)
{
	struct convert_result *result = run->result;
	struct output output;
	const struct plan_sink sink = {&output, output_object, output_end, .builds = true};
	bool legal;

	output_init(&output, result, run->options, run->sink);
	plan_write(&result->model, &result->set, plan, &sink, &result->findings);
	legal = legal_settle(&output.legal, &result->model.ledger, error);
	output_finish(&output);
	return legal;
}

static bool convert(struct run *run, const struct sources *sources, struct error *error)
{
	struct convert_result *result = run->result;
	struct plan_options plan;
	size_t counts[OUTCOME_KINDS];
	bool legal;

	run->emitter =
		run->options->emitter ? run->options->emitter : emitter_find(STR("standard"));
	read_all(run);
	controllers_tell(result, run->options);
	absent_hold(result, run->options);
	plan = target_options(run, sources);
	result->held_count = resolve_features(&result->model, run->options, &result->findings);
	legal = write_all(run, &plan, error);
	note_nothing(run);
	ledger_count(&result->model.ledger, counts);
	sort_findings(result);
	findings_place(&result->findings, sources);
	return legal;
}

bool convert_run(struct convert_result *result, const struct sources *sources,
		 const struct convert_options *options, const struct convert_sink *sink,
		 struct error *error)
{
	struct run run = {.result = result, .options = options, .sink = sink};

	*result = (struct convert_result){0};
	arena_init(&result->objects);
	arena_init(&result->arena);
	findings_init(&result->findings, &result->arena);
	model_init(&result->model, &result->arena);

	bool complete = kube_load(&result->set, &result->objects, sources, &options->load,
				  &result->findings, error);

	/* What could not be read is the first thing to know. */
	return convert(&run, sources, complete ? error : NULL) && complete;
}

void convert_finish(struct convert_result *result)
{
	kube_set_finish(&result->set);
	arena_finish(&result->objects);
	arena_finish(&result->arena);
	*result = (struct convert_result){0};
}

void convert_forget(struct convert_result *result)
{
	arena_finish(&result->arena);
	*result = (struct convert_result){.objects = result->objects, .set = result->set};
}
