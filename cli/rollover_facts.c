#include "cli/rollover.h"

#include <stdlib.h>
#include <string.h>

#include "check/rules.h"
#include "converters/detect.h"

static const char *const issuer_keys[] = {"cert-manager.io/cluster-issuer",
					  "cert-manager.io/issuer", NULL};

/* ---- Gateways ---- */

static void add_gateway(struct rollover *r, struct rollover_gateway gateway)
{
	ARENA_PUSH(r->arena, r->gateways, r->gateway_count, gateway);
}

static const struct gateway *gateway_at(const struct rollover *r, const struct target *target)
{
	const struct gateway_set *set = r->input->set;

	for (size_t i = 0; i < set->gateway_count; i++)
		if (str_eq(set->gateways[i]->meta.name, target->name) &&
		    str_eq(set->gateways[i]->meta.namespace, target->namespace))
			return set->gateways[i];
	return NULL;
}

static void find_gateways_of(struct rollover *r, uint32_t number)
{
	const struct model_realm *realm = r->input->result->model.realms[number];

	for (size_t i = 0; i < realm->gateway_count; i++) {
		const struct target *target = realm->gateways[i];
		const struct gateway *gateway = gateway_at(r, target);

		add_gateway(r, (struct rollover_gateway){
				       .gateway = gateway,
				       .namespace = target->namespace,
				       .name = target->name,
				       .address = gateway && gateway->address_count
							  ? gateway->addresses[0].value.text
							  : STR(""),
				       .realm = number,
			       });
	}
}

static int compare_gateways(const void *left, const void *right)
{
	const struct rollover_gateway *a = left, *b = right;
	int order = str_cmp(a->namespace, b->namespace);

	return order ? order : str_cmp(a->name, b->name);
}

static void find_gateways(struct rollover *r)
{
	const struct plan_options *plan = &r->input->options->plan;

	for (uint32_t i = 0; i < r->input->result->model.realm_count; i++)
		find_gateways_of(r, i);
	if (!r->gateway_count)
		add_gateway(r, (struct rollover_gateway){.namespace = plan->gateway_namespace,
							 .name = plan->gateway_name});
	qsort(r->gateways, r->gateway_count, sizeof *r->gateways, compare_gateways);
	for (size_t i = 0; i < r->gateway_count; i++)
		r->gateways[i].variable =
			i ? rollover_words(r, "$GATEWAY_%zu", i + 1) : STR("$GATEWAY");
}

static bool has_host(const struct gateway_listeners *listeners, struct str host)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (str_eq(listeners->at[i].hostname.text, host))
			return true;
	return false;
}

static bool serves(const struct rollover *r, const struct rollover_gateway *gateway,
		   struct str host)
{
	const struct gateway_set *set = r->input->set;

	if (gateway->gateway && has_host(&gateway->gateway->listeners, host))
		return true;
	for (size_t i = 0; i < set->listener_set_count; i++)
		if (str_eq(set->listener_sets[i]->parent.name.text, gateway->name) &&
		    str_eq(set->listener_sets[i]->parent.namespace, gateway->namespace) &&
		    has_host(&set->listener_sets[i]->listeners, host))
			return true;
	return false;
}

/* Of those that take the place of the host's controller, the one that has a listener of this very name. */
static const struct rollover_gateway *gateway_of(const struct rollover *r,
						 const struct model_host *host)
{
	const struct rollover_gateway *first = NULL;

	for (size_t i = 0; i < r->gateway_count; i++) {
		if (r->gateways[i].realm != host->realm)
			continue;
		if (serves(r, &r->gateways[i], host->name))
			return &r->gateways[i];
		first = first ? first : &r->gateways[i];
	}
	return first ? first : &r->gateways[0];
}

/* ---- controllers that serve today ---- */

/* Where --gateway joins several on one Gateway, each still has an address of its own; one that names no class
 * is served by whoever takes the others of its make. */
static bool is_same_live(const struct rollover *r, const struct rollover_live *live,
			 const struct convert_ingress *of)
{
	const struct convert_result *result = r->input->result;
	struct str class = detect_class(of->ingress);

	if (live->provider != of->provider || live->realm != of->realm)
		return false;
	return result->controllers.at[of->realm]->joined_count < 2 || !class.len ||
	       !live->controller.len ||
	       str_eq(live->controller, detect_controller(&result->set, class));
}

static struct rollover_live *live_at(const struct rollover *r, const struct convert_ingress *of)
{
	for (size_t i = 0; i < r->live_count; i++)
		if (is_same_live(r, &r->lives[i], of))
			return &r->lives[i];
	return NULL;
}

static bool has_line(const struct rollover_lines *lines, struct str line)
{
	for (size_t i = 0; i < lines->count; i++)
		if (str_eq(lines->at[i], line))
			return true;
	return false;
}

static void add_live(struct rollover *r, const struct convert_ingress *of)
{
	struct str class = detect_class(of->ingress);
	struct rollover_live *live = live_at(r, of);

	if (!live) {
		const struct rollover_live fresh = {
			.provider = of->provider,
			.realm = of->realm,
			.ingress = &of->ingress->meta,
			.variable = r->live_count
					    ? rollover_words(r, "$LIVE_%zu", r->live_count + 1)
					    : STR("$LIVE"),
		};

		ARENA_PUSH(r->arena, r->lives, r->live_count, fresh);
		live = &r->lives[r->live_count - 1];
	}
	if (!live->controller.len)
		live->controller = detect_controller(&r->input->result->set, class);
	if (!has_line(&live->classes, class))
		rollover_line(r, &live->classes, "%.*s", STR_ARG(class));
}

const struct rollover_live *rollover_live_of(const struct rollover *r,
					     const struct kube_meta *ingress)
{
	const struct convert_result *result = r->input->result;

	for (size_t i = 0; i < result->ingress_count; i++)
		if (&result->ingresses[i].ingress->meta == ingress)
			return live_at(r, &result->ingresses[i]);
	return &r->lives[0];
}

bool rollover_serves(const struct rollover *r, const struct rollover_live *live,
		     struct str namespace)
{
	const struct convert_result *result = r->input->result;

	for (size_t i = 0; i < result->ingress_count; i++) {
		const struct convert_ingress *of = &result->ingresses[i];

		if (str_eq(of->ingress->meta.namespace, namespace) && live_at(r, of) == live)
			return true;
	}
	return false;
}

static void find_lives(struct rollover *r)
{
	for (size_t i = 0; i < r->input->result->ingress_count; i++)
		if (r->input->result->ingresses[i].realm < r->input->result->controllers.count)
			add_live(r, &r->input->result->ingresses[i]);
}

/* ---- hosts ---- */

/* A path that can be asked for as it stands; "/" when there is none. */
static struct str path_of(const struct model_host *host)
{
	for (size_t i = 0; i < host->rule_count; i++) {
		const struct model_rule *rule = host->rules[i];

		if (!rule->deny && !rule->held && rule->match.path.kind != PATH_REGEX &&
		    rule->match.path.value.len && !rule->match.header_count &&
		    (rule->backend_count || rule->redirect))
			return rule->match.path.value;
	}
	return STR("/");
}

static void find_hosts(struct rollover *r)
{
	const struct model *model = &r->input->result->model;
	struct map names;

	map_init(&names, r->arena);
	for (size_t i = 0; i < model->host_count; i++) {
		const struct model_host *of = model->hosts[i];
		struct rollover_host host = {
			.name = of->name,
			.https = (of->listen & LISTEN_HTTPS) != 0,
			.path = path_of(of),
			.gateway = gateway_of(r, of),
			.live = rollover_live_of(r, of->owner_count ? of->owners[0]
								    : of->origin.object),
			.host = of,
			.record = map_get(&r->record_map, of->name),
			.again = map_get(&names, of->name) != NULL,
		};

		*map_at(&names, of->name) = r;

		for (size_t rule = 0; rule < of->rule_count; rule++)
			host.held |= of->rules[rule]->held != NULL;
		ARENA_PUSH(r->arena, r->hosts, r->host_count, host);
	}
}

/* ---- certificates ---- */

static struct str issuer_of(struct rollover *r, const struct kube_meta *meta)
{
	for (size_t i = 0; issuer_keys[i]; i++) {
		const struct kube_pair *pair = kube_annotation(meta, issuer_keys[i]);

		if (pair)
			return rollover_words(r, "%s=%.*s", issuer_keys[i], STR_ARG(pair->value));
	}
	return STR("");
}

static struct rollover_certificate *certificate_at(struct rollover *r, struct str namespace,
						   struct str name)
{
	const struct rollover_certificate fresh = {.namespace = namespace, .name = name};

	for (size_t i = 0; i < r->certificate_count; i++)
		if (str_eq(r->certificates[i].namespace, namespace) &&
		    str_eq(r->certificates[i].name, name))
			return &r->certificates[i];
	ARENA_PUSH(r->arena, r->certificates, r->certificate_count, fresh);
	return &r->certificates[r->certificate_count - 1];
}

static void add_certificates(struct rollover *r, const struct gateway_listeners *listeners,
			     const struct kube_meta *holder)
{
	struct str issuer = issuer_of(r, holder);

	for (size_t i = 0; i < listeners->count; i++) {
		const struct gateway_listener *listener = &listeners->at[i];

		for (size_t c = 0; c < listener->certificates.count; c++) {
			const struct gateway_ref *ref = &listener->certificates.at[c];
			struct rollover_certificate *certificate =
				certificate_at(r, ref->namespace, ref->name.text);

			rollover_line(r, &certificate->hosts, "%.*s",
				      STR_ARG(listener->hostname.text.len ? listener->hostname.text
									  : STR("any host")));
			certificate->given = kube_secret(&r->input->result->set, ref->namespace,
							 ref->name.text) != NULL;
			certificate->issuer = issuer;
			certificate->holder =
				rollover_words(r, "%s %.*s/%.*s", holder->kind,
					       STR_ARG(holder->namespace), STR_ARG(holder->name));
			r->has_issuer |= issuer.len > 0;
			r->issuer_on_set |= issuer.len && strcmp(holder->kind, "ListenerSet") == 0;
		}
	}
}

static void find_certificates(struct rollover *r)
{
	const struct gateway_set *set = r->input->set;

	for (size_t i = 0; i < set->gateway_count; i++)
		add_certificates(r, &set->gateways[i]->listeners, &set->gateways[i]->meta);
	for (size_t i = 0; i < set->listener_set_count; i++)
		add_certificates(r, &set->listener_sets[i]->listeners,
				 &set->listener_sets[i]->meta);
}

/* ---- the rest ---- */

static int compare_names(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

static void find_namespaces(struct rollover *r)
{
	const struct convert_result *result = r->input->result;
	struct map seen;

	map_init(&seen, r->arena);
	for (size_t i = 0; i < result->ingress_count; i++) {
		struct str namespace = result->ingresses[i].ingress->meta.namespace;
		void **at = map_at(&seen, namespace);

		if (*at)
			continue;
		*at = r;
		ARENA_PUSH(r->arena, r->namespaces, r->namespace_count, namespace);
	}
	if (r->namespace_count)
		qsort(r->namespaces, r->namespace_count, sizeof *r->namespaces, compare_names);
}

bool rollover_is_class(const struct rollover_object *object)
{
	return strcmp(object->kind, "GatewayClass") == 0;
}

bool rollover_has_class(const struct rollover *r)
{
	for (size_t i = 0; i < r->input->object_count; i++)
		if (rollover_is_class(&r->input->objects[i]))
			return true;
	return false;
}

bool rollover_stays(const struct rollover *r, const struct kube_meta *ingress)
{
	const struct model *model = &r->input->result->model;

	for (size_t i = 0; i < model->host_count; i++)
		for (size_t rule = 0; rule < model->hosts[i]->rule_count; rule++)
			if (model->hosts[i]->rules[rule]->held &&
			    model->hosts[i]->rules[rule]->origin.object == ingress)
				return true;
	for (size_t i = 0; i < model->l4_count; i++)
		if (model->l4[i].held && model->l4[i].origin.object == ingress)
			return true;
	return false;
}

void rollover_find_facts(struct rollover *r)
{
	const struct convert_result *result = r->input->result;
	size_t counts[3];

	find_gateways(r);
	find_lives(r);
	rollover_find_records(r);
	find_hosts(r);
	rollover_match_records(r);
	find_certificates(r);
	find_namespaces(r);
	findings_count(&result->findings, counts);
	r->errors = counts[SEVERITY_ERROR];
	r->warnings = counts[SEVERITY_WARNING];
	for (size_t i = 0; i < result->ingress_count; i++)
		r->stay_count += rollover_stays(r, &result->ingresses[i].ingress->meta);
}
