/* Steps that change nothing that serves requests: keep, decide, install, prove, convert. */
#include "check/rules.h"
#include "cli/rollover.h"
#include "cli/rollover_names.h"
#include "report/report.h"

enum { BLOCKERS_MOST = 50 };

static struct str quoted(struct rollover *r, struct str text)
{
	return rollover_quote(r->arena, text);
}

/* ---- keep ---- */

static void add_keep(struct rollover *r)
{
	struct rollover_step *step = rollover_step(r, "keep", STR("Keep what there is today"));

	step->text = STR("The Ingresses as the cluster has them are what every way back applies "
			 "again. From here on a change of an Ingress has to be converted again.");
	for (size_t i = 0; i < r->namespace_count; i++) {
		struct str namespace = quoted(r, r->namespaces[i]);

		rollover_line(r, &step->commands,
			      "kubectl get ingress -n %.*s -o yaml > ingress-before-%.*s.yaml",
			      STR_ARG(namespace), STR_ARG(namespace));
	}
	if (r->input->from_pipe)
		rollover_line(
			r, &step->items,
			"The input came through a pipe; the commands below read it from %.*s.",
			STR_ARG(r->input->paths));
}

/* ---- decide ---- */

static void add_finding(struct rollover *r, struct rollover_step *step,
			const struct finding *finding)
{
	struct str place = rollover_place(r, finding->span);

	rollover_line(r, &step->items, "%s %s: %.*s%s%.*s", finding->code, rule_of(finding)->name,
		      STR_ARG(finding->message), place.len ? ", " : "", STR_ARG(place));
}

static void add_blockers(struct rollover *r)
{
	const struct findings *findings = &r->input->result->findings;
	struct rollover_step *step;
	size_t shown = 0;

	if (!r->errors)
		return;
	step = rollover_step(r, "blockers",
			     rollover_words(r, "Decide about %.*s",
					    STR_ARG(rollover_number(r, r->errors, "blocker"))));
	step->text =
		STR("Something would be lost. Each needs another emitter or channel, an object of "
		    "the implementation written by hand, or the decision to do without.");
	for (size_t i = 0; i < findings->count; i++)
		if (rule_of(&findings->at[i])->severity == SEVERITY_ERROR &&
		    shown++ < BLOCKERS_MOST)
			add_finding(r, step, &findings->at[i]);
	if (shown > BLOCKERS_MOST)
		rollover_line(r, &step->items, "and %zu more", shown - BLOCKERS_MOST);
	rollover_line(r, &step->checks, "ingress2gw lint%.*s %.*s", STR_ARG(r->input->flags),
		      STR_ARG(r->input->paths));
}

static void add_stays(struct rollover *r)
{
	const struct convert_result *result = r->input->result;
	struct rollover_step *step;

	if (!r->stay_count)
		return;
	step = rollover_step(r, "held-back",
			     rollover_words(r, "Know what stays behind: %.*s",
					    STR_ARG(rollover_number(r, r->stay_count, "Ingress"))));
	step->text =
		STR("Rules of these Ingresses guard access in a way that the target has no place "
		    "for. They were held back, and the Gateway answers an error in their place; do "
		    "not move their hosts until the guard is there.");
	for (size_t i = 0; i < result->ingress_count; i++) {
		const struct kube_meta *meta = &result->ingresses[i].ingress->meta;

		if (rollover_stays(r, meta))
			rollover_line(r, &step->items, "Ingress %.*s/%.*s",
				      STR_ARG(meta->namespace), STR_ARG(meta->name));
	}
	rollover_line(r, &step->checks, "ingress2gw lint%.*s --select=I2G3 %.*s",
		      STR_ARG(r->input->flags), STR_ARG(r->input->paths));
}

/* Codes of warnings with how often they were raised, in the order of codes. */
static void add_review(struct rollover *r)
{
	const struct findings *findings = &r->input->result->findings;
	size_t *counts = arena_array(r->arena, size_t, rule_count);
	struct rollover_step *step;

	if (!r->warnings)
		return;
	step = rollover_step(r, "review",
			     rollover_words(r, "Review %.*s",
					    STR_ARG(rollover_number(r, r->warnings, "warning"))));
	step->text = STR("Nothing is lost, but requests may be answered differently.");
	for (size_t i = 0; i < findings->count; i++)
		counts[rule_of(&findings->at[i]) - rules]++;
	for (size_t i = 0; i < rule_count; i++)
		if (counts[i] && rules[i].severity == SEVERITY_WARNING)
			rollover_line(r, &step->items, "%s %s (%zu): %s", rules[i].code,
				      rules[i].name, counts[i], rules[i].title);
	rollover_line(r, &step->checks, "ingress2gw lint%.*s %.*s", STR_ARG(r->input->flags),
		      STR_ARG(r->input->paths));
}

/* ---- install ---- */

/* CRDs and controller are part of the cluster there. */
static bool is_gke(const struct rollover *r)
{
	return strcmp(rollover_emitter(r)->name, "gke") == 0;
}

static void add_crds(struct rollover *r)
{
	const char *channel = r->input->options->plan.experimental ? "experimental" : "standard";
	struct rollover_step *step = rollover_step(
		r, "crds",
		rollover_words(r, "Install the CRDs of Gateway API v1.6.1, %s channel", channel));

	if (is_gke(r)) {
		step->text = STR("GKE brings them; an older cluster has to switch them on.");
		rollover_line(r, &step->commands,
			      "gcloud container clusters update \"$CLUSTER\" "
			      "--gateway-api=standard");
	} else {
		step->text = STR("Implementations that bring their own say which version they were "
				 "tested with; do not go below it.");
		rollover_line(r, &step->commands,
			      "kubectl apply --server-side -f https://github.com/kubernetes-sigs/"
			      "gateway-api/releases/download/v1.6.1/%s-install.yaml",
			      channel);
	}
	rollover_line(r, &step->checks,
		      "kubectl get crd gateways.gateway.networking.k8s.io -o "
		      "jsonpath='{.metadata.annotations}'");
}

static bool is_made(const struct rollover_gateway *gateway)
{
	return gateway->gateway != NULL;
}

bool rollover_makes_gateways(const struct rollover *r)
{
	for (size_t i = 0; i < r->gateway_count; i++)
		if (is_made(&r->gateways[i]))
			return true;
	return false;
}

/* Each GatewayClass once. One that is among the objects is there when they have been applied. */
static void check_classes(struct rollover *r, struct rollover_step *step)
{
	for (size_t i = 0; i < r->gateway_count; i++) {
		struct str class;
		bool seen = false;

		if (!is_made(&r->gateways[i]))
			continue;
		class = r->gateways[i].gateway->class_name.text;
		for (size_t before = 0; before < i; before++)
			seen |= is_made(&r->gateways[before]) &&
				str_eq(r->gateways[before].gateway->class_name.text, class);
		if (!seen)
			rollover_line(r, &step->checks,
				      "kubectl get gatewayclass %.*s -o "
				      "jsonpath='{.status.conditions[?(@.type==\"Accepted\")]."
				      "status}'",
				      STR_ARG(quoted(r, class)));
	}
}

/* A release that knows no ListenerSet leaves it alone: no listener, no route, no certificate. */
static void add_listener_sets(struct rollover *r, struct rollover_step *step)
{
	const struct emitter *emitter = rollover_emitter(r);

	if (!r->input->set->listener_set_count)
		return;
	if (emitter->listener_sets)
		rollover_line(r, &step->items, "%s %s or later: it serves ListenerSets",
			      emitter->title, emitter->listener_sets);
	else if (emitter->capabilities)
		rollover_line(r, &step->items,
			      "ListenerSets are written, and no release of %s is known that serves "
			      "them: see that yours does before you go on",
			      emitter->title);
	else
		rollover_line(r, &step->items,
			      "one that serves ListenerSets, which are standard since Gateway API "
			      "v1.5: they are written");
}

static void add_controller(struct rollover *r)
{
	const struct emitter *emitter = rollover_emitter(r);
	struct rollover_step *step;

	if (!rollover_makes_gateways(r))
		return;
	step = rollover_step(r, "controller", STR("Install an implementation of Gateway API"));
	step->text =
		STR("No flag names one: --emitter=NAME makes this step and the objects fit one "
		    "(ingress2gw list emitters).");
	if (is_gke(r)) {
		step->title = STR("See that the GatewayClass is there");
		step->text = STR("The controller belongs to the cluster.");
	} else if (emitter->capabilities) {
		step->title = rollover_words(r, "Install %s", emitter->title);
		step->text =
			STR("As its documentation says, beside the controller that serves today. "
			    "Its load balancer gets an address of its own.");
	}
	if (emitter->controller_name)
		rollover_line(r, &step->items, "controllerName %s", emitter->controller_name);
	add_listener_sets(r, step);
	if (is_gke(r) || !rollover_has_class(r))
		check_classes(r, step);
}

/* Controllers have addresses of different kinds, and so must their Gateways. */
static void add_addresses(struct rollover *r)
{
	const struct controllers *controllers = &r->input->result->controllers;
	struct rollover_step *step;

	if (controllers->count < 2)
		return;
	step = rollover_step(r, "addresses", STR("Decide which Gateway is reachable from where"));
	step->text = STR("Each takes the place of one controller, which has a public or an "
			 "internal address today; what a Gateway gets is up to its GatewayClass, "
			 "or asked for as the implementation documents it.");
	for (size_t i = 0; i < r->gateway_count; i++)
		rollover_line(
			r, &step->items, "Gateway %.*s/%.*s: as %.*s",
			STR_ARG(r->gateways[i].namespace), STR_ARG(r->gateways[i].name),
			STR_ARG(controller_words(controllers->at[r->gateways[i].realm], r->arena)));
	rollover_line(r, &step->checks,
		      "kubectl get service -A --field-selector "
		      "spec.type=LoadBalancer");
}

static void add_existing_one(struct rollover *r, const struct rollover_gateway *gateway)
{
	struct rollover_step *step =
		rollover_step(r, "gateway-ready",
			      rollover_words(r, "Let routes attach to Gateway %.*s/%.*s",
					     STR_ARG(gateway->namespace), STR_ARG(gateway->name)));

	step->text = STR("It must take ListenerSets of their namespaces (spec.allowedListeners).");
	add_listener_sets(r, step);
	rollover_line(r, &step->checks,
		      "kubectl get gateway -n %.*s %.*s -o jsonpath='{.spec.allowedListeners}'",
		      STR_ARG(quoted(r, gateway->namespace)), STR_ARG(quoted(r, gateway->name)));
}

/* With a Gateway for each namespace as well, one that exists is there once. */
static void add_existing(struct rollover *r)
{
	for (size_t i = 0; i < r->gateway_count; i++)
		if (!is_made(&r->gateways[i]))
			add_existing_one(r, &r->gateways[i]);
}

/* ---- prove ---- */

static void add_verify(struct rollover *r)
{
	const struct rollover_input *input = r->input;
	struct rollover_step *step;

	if (!input->verified)
		return;
	step = rollover_step(r, "verify", STR("Prove offline that requests are answered alike"));
	rollover_line(r, &step->items, "%.*s asked of both: %zu agree, %zu differ",
		      STR_ARG(rollover_number(r, input->requests, "request class")),
		      input->requests - input->differing, input->differing);
	if (input->uncovered)
		rollover_line(
			r, &step->items,
			"%zu of the differences: no finding announces them. Do not go on before "
			"they are understood.",
			input->uncovered);
	if (input->unguarded)
		rollover_line(r, &step->items,
			      "%zu of the differences: a guard is lost. Do not apply these routes.",
			      input->unguarded);
	rollover_line(r, &step->checks, "ingress2gw verify%.*s %.*s", STR_ARG(input->flags),
		      STR_ARG(input->paths));
}

static void add_convert(struct rollover *r)
{
	const struct convert_result *result = r->input->result;
	struct rollover_step *step =
		rollover_step(r, "convert", STR("Write the Gateway API objects, and review them"));

	step->text = STR("One file an object, in one directory a role.");
	for (size_t i = 0; i < result->kind_count; i++)
		rollover_line(
			r, &step->items, "%.*s",
			STR_ARG(rollover_number(r, result->kinds[i].count, result->kinds[i].kind)));
	rollover_line(r, &step->commands,
		      "ingress2gw convert%.*s --split=role --output-dir=gateway-api %.*s",
		      STR_ARG(r->input->flags), STR_ARG(r->input->paths));
	rollover_line(r, &step->checks, "ingress2gw validate gateway-api/");
	rollover_line(r, &step->back, "rm -r gateway-api/");
}

void rollover_before(struct rollover *r)
{
	rollover_phase(r, "decide", "Decide");
	add_blockers(r);
	add_addresses(r);
	add_stays(r);
	add_review(r);
	rollover_phase(r, "prepare", "Prepare");
	add_keep(r);
	add_crds(r);
	add_controller(r);
	add_existing(r);
	add_convert(r);
	add_verify(r);
}
