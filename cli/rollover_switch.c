/* Steps that serve requests another way: apply, compare, switch the names, watch, remove. */
#include "cli/rollover.h"
#include "cli/rollover_names.h"

enum { METRICS_PORT = 9900 }; /* of the first comparison that goes on */

static struct str quoted(struct rollover *r, struct str text)
{
	return rollover_quote(r->arena, text);
}

static bool has_role(const struct rollover *r, enum role role)
{
	for (size_t i = 0; i < r->input->object_count; i++)
		if (r->input->objects[i].role == role)
			return true;
	return false;
}

static void add_objects(struct rollover *r, struct rollover_step *step, enum role role)
{
	for (size_t i = 0; i < r->input->object_count; i++) {
		const struct rollover_object *object = &r->input->objects[i];

		if (object->role == role)
			rollover_line(r, &step->items, "%s %.*s%s%.*s", object->kind,
				      STR_ARG(object->namespace), object->namespace.len ? "/" : "",
				      STR_ARG(object->name));
	}
}

/* ---- the Gateway ---- */

/* The line that lets later commands say "$GATEWAY". */
static struct str address_of(struct rollover *r, const struct rollover_gateway *gateway)
{
	struct str name = str_from_pos(gateway->variable, 1);

	if (gateway->address.len)
		return rollover_words(r, "%.*s=%.*s", STR_ARG(name),
				      STR_ARG(quoted(r, gateway->address)));
	return rollover_words(r,
			      "%.*s=$(kubectl get gateway -n %.*s %.*s -o "
			      "jsonpath='{.status.addresses[0].value}')",
			      STR_ARG(name), STR_ARG(quoted(r, gateway->namespace)),
			      STR_ARG(quoted(r, gateway->name)));
}

static void apply_role(struct rollover *r, struct rollover_step *step, enum role role)
{
	if (!has_role(r, role))
		return;
	add_objects(r, step, role);
	rollover_line(r, &step->commands, "kubectl apply -f gateway-api/%s/", role_name(role));
}

/* A GatewayClass has a finalizer as long as Gateways use it: kubectl would wait for them. */
static void take_role_back(struct rollover *r, struct rollover_step *step, enum role role)
{
	if (has_role(r, role))
		rollover_line(r, &step->back, "kubectl delete -f gateway-api/%s/", role_name(role));
}

static struct str gateway_title(const struct rollover *r)
{
	if (!rollover_makes_gateways(r))
		return STR("Apply the listeners");
	if (rollover_has_class(r))
		return r->gateway_count > 1 ? STR("Apply the GatewayClass and the Gateways")
					    : STR("Apply the GatewayClass and the Gateway");
	return r->gateway_count > 1 ? STR("Apply the Gateways") : STR("Apply the Gateway");
}

static void check_classes(struct rollover *r, struct rollover_step *step)
{
	for (size_t i = 0; i < r->input->object_count; i++) {
		const struct rollover_object *object = &r->input->objects[i];

		if (rollover_is_class(object))
			rollover_line(r, &step->checks,
				      "kubectl wait --for=condition=Accepted --timeout=5m "
				      "gatewayclass/%.*s",
				      STR_ARG(quoted(r, object->name)));
	}
}

/* Something of the input is in it, or says that it is there. */
static bool is_known(const struct rollover *r, struct str namespace)
{
	if (str_is(namespace, "default") || kube_namespace(&r->input->result->set, namespace))
		return true;
	for (size_t i = 0; i < r->namespace_count; i++)
		if (str_eq(r->namespaces[i], namespace))
			return true;
	return false;
}

/* Whether a Gateway before this one goes to the same namespace. */
static bool is_made_before(const struct rollover *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (r->gateways[i].gateway &&
		    str_eq(r->gateways[i].namespace, r->gateways[at].namespace))
			return true;
	return false;
}

/* kubectl apply makes no namespaces. */
static void add_namespace(struct rollover *r, size_t at)
{
	const struct rollover_gateway *gateway = &r->gateways[at];
	struct rollover_step *step;
	struct str name = quoted(r, gateway->namespace);

	if (!gateway->gateway || is_known(r, gateway->namespace) || is_made_before(r, at))
		return;
	step = rollover_step(
		r, "namespace",
		rollover_words(r, "Make the namespace %.*s", STR_ARG(gateway->namespace)));
	step->text = STR("The Gateway goes there, and nothing of the input says that it exists.");
	rollover_line(r, &step->commands,
		      "kubectl get namespace %.*s || kubectl create namespace %.*s", STR_ARG(name),
		      STR_ARG(name));
	rollover_line(r, &step->checks, "kubectl get namespace %.*s", STR_ARG(name));
	rollover_line(r, &step->back, "# only if it was made here");
	rollover_line(r, &step->back, "kubectl delete namespace %.*s", STR_ARG(name));
}

static void add_gateway(struct rollover *r)
{
	struct rollover_step *step;

	if (!has_role(r, ROLE_INFRASTRUCTURE) && !has_role(r, ROLE_OPERATOR))
		return;
	step = rollover_step(r, "gateway", gateway_title(r));
	step->text = STR("Nothing points at it yet: no request goes another way.");
	apply_role(r, step, ROLE_INFRASTRUCTURE);
	apply_role(r, step, ROLE_OPERATOR);
	take_role_back(r, step, ROLE_OPERATOR);
	if (rollover_has_class(r))
		rollover_line(r, &step->back, "# the GatewayClass only if it was not there before");
	take_role_back(r, step, ROLE_INFRASTRUCTURE);
	check_classes(r, step);
	for (size_t i = 0; i < r->gateway_count; i++) {
		struct str address = address_of(r, &r->gateways[i]);

		rollover_line(r, &step->checks,
			      "kubectl wait --for=condition=Programmed --timeout=5m -n %.*s "
			      "gateway/%.*s",
			      STR_ARG(quoted(r, r->gateways[i].namespace)),
			      STR_ARG(quoted(r, r->gateways[i].name)));
		rollover_line(r, &step->checks, "%.*s", STR_ARG(address));
	}
}

/* ---- certificates ---- */

static struct str joined(struct rollover *r, const struct rollover_lines *lines)
{
	struct str words;
	struct buf buf;

	buf_init(&buf);
	for (size_t i = 0; i < lines->count; i++) {
		buf_text(&buf, i ? ", " : "");
		buf_str(&buf, lines->at[i]);
	}
	words = str_dup(r->arena, buf_slice(&buf));
	buf_finish(&buf);
	return words;
}

static void add_secrets(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "certificates",
			      rollover_words(r, "See that %.*s there",
					     STR_ARG(rollover_number(r, r->certificate_count,
								     r->certificate_count == 1
									     ? "certificate is"
									     : "certificate"))));

	if (r->certificate_count != 1)
		step->title = rollover_words(r, "See that %zu certificates are there",
					     r->certificate_count);
	step->text = STR("The listeners use the Secrets of today. One that is missing takes its "
			 "listener down, not the others.");
	for (size_t i = 0; i < r->certificate_count; i++) {
		const struct rollover_certificate *certificate = &r->certificates[i];

		rollover_line(r, &step->items, "Secret %.*s/%.*s for %.*s%s",
			      STR_ARG(certificate->namespace), STR_ARG(certificate->name),
			      STR_ARG(joined(r, &certificate->hosts)),
			      certificate->given ? "" : ", not in the input");
		rollover_line(r, &step->checks, "kubectl get secret -n %.*s %.*s",
			      STR_ARG(quoted(r, certificate->namespace)),
			      STR_ARG(quoted(r, certificate->name)));
	}
}

/* cert-manager's gateway-shim leaves a Certificate alone that another object controls, and deleting an Ingress
 * deletes the Certificate that it controls (not the Secret, unless --enable-certificate-owner-ref). */
static void add_issuers(struct rollover *r)
{
	struct rollover_step *step;

	if (!r->has_issuer)
		return;
	step = rollover_step(r, "cert-manager", STR("Let cert-manager read Gateways"));
	step->text = STR(
		"It has to run with enableGatewayAPI (gatewayAPI.enabled from 1.21 on), and be "
		"restarted if the CRDs came after it. While the Ingress is there, the Certificate "
		"of "
		"the same name belongs to it and goes on being renewed; when the Ingress goes, its "
		"Certificate goes too, the Secret stays, and cert-manager makes the Certificate "
		"again "
		"for the new owner. An ACME issuer that solves HTTP-01 through an ingress needs a "
		"gatewayHTTPRoute solver before the names are switched.");
	/* Release notes of cert-manager 1.20.0 (alpha); switches as in its pull requests 8394 and 8501. */
	if (r->issuer_on_set)
		rollover_line(
			r, &step->items,
			"Issuers stand on ListenerSets: cert-manager 1.20 or later, with the "
			"feature gate ListenerSets=true and enableGatewayAPIListenerSet "
			"(gatewayAPI.enableListenerSet from 1.21 on). Otherwise nobody renews "
			"these certificates once the Ingress is gone.");
	for (size_t i = 0; i < r->certificate_count; i++) {
		const struct rollover_certificate *certificate = &r->certificates[i];

		if (certificate->issuer.len)
			rollover_line(r, &step->items, "%.*s now stands on %.*s (Secret %.*s/%.*s)",
				      STR_ARG(certificate->issuer), STR_ARG(certificate->holder),
				      STR_ARG(certificate->namespace), STR_ARG(certificate->name));
	}
	rollover_line(r, &step->checks, "kubectl get certificate -A");
}

/* ---- routes ---- */

static bool is_of(const struct rollover_object *object, struct str namespace)
{
	return object->role == ROLE_DEVELOPER && str_eq(object->namespace, namespace);
}

static const char *resource_of(const char *kind, char name[static 40])
{
	size_t len = 0;

	for (; kind[len] && len < 39; len++)
		name[len] =
			(char)(kind[len] >= 'A' && kind[len] <= 'Z' ? kind[len] + 32 : kind[len]);
	name[len] = '\0';
	return name;
}

static bool is_route(const char *kind)
{
	return str_ends(str_from(kind), "Route");
}

static void add_routes_of(struct rollover *r, struct str namespace)
{
	const struct rollover_input *input = r->input;
	struct rollover_step *step = rollover_step(
		r, "routes",
		rollover_words(r, "Apply the routes of namespace %.*s", STR_ARG(namespace)));
	struct str shell = quoted(r, namespace);
	const char *last = "";

	rollover_line(r, &step->commands,
		      "for file in gateway-api/developer/*_%.*s_*.yaml; do kubectl apply -f "
		      "\"$file\"; done",
		      STR_ARG(shell));
	for (size_t i = 0; i < input->object_count; i++) {
		const struct rollover_object *object = &input->objects[i];
		char name[40];

		if (!is_of(object, namespace))
			continue;
		rollover_line(r, &step->items, "%s %.*s", object->kind, STR_ARG(object->name));
		if (is_route(object->kind) && strcmp(object->kind, last) != 0)
			rollover_line(r, &step->checks,
				      "kubectl get %s -n %.*s -o jsonpath='{range .items[*]}"
				      "{.metadata.name}{\" \"}{.status.parents[*].conditions[?(@."
				      "status==\"False\")].reason}{\"\\n\"}{end}'",
				      resource_of(object->kind, name), STR_ARG(shell));
		last = object->kind;
	}
	rollover_line(r, &step->back,
		      "for file in gateway-api/developer/*_%.*s_*.yaml; do kubectl delete -f "
		      "\"$file\"; done",
		      STR_ARG(shell));
}

static void add_routes(struct rollover *r)
{
	const struct rollover_input *input = r->input;
	struct map seen;

	map_init(&seen, r->arena);
	for (size_t i = 0; i < input->object_count; i++) {
		const struct rollover_object *object = &input->objects[i];
		void **at;

		if (object->role != ROLE_DEVELOPER)
			continue;
		at = map_at(&seen, object->namespace);
		if (*at)
			continue;
		*at = r;
		add_routes_of(r, object->namespace);
	}
}

/* ---- both in parallel ---- */

static bool moves(const struct rollover_host *host)
{
	return !host->held;
}

static struct str probe_of(struct rollover *r, const struct rollover_host *host)
{
	struct str name = rollover_asked(r, host->name), url;
	const char *scheme = host->https ? "https" : "http";
	unsigned port = host->https ? 443 : 80;

	if (!name.len) {
		url = rollover_words(r, "%.*s", STR_ARG(quoted(r, host->path)));
		return rollover_words(r,
				      "curl -sS -o /dev/null -w '%%{http_code}\\n' "
				      "%s://\"%.*s\"%.*s",
				      scheme, STR_ARG(host->gateway->variable), STR_ARG(url));
	}
	url = rollover_words(r, "%s://%.*s%.*s", scheme, STR_ARG(name), STR_ARG(host->path));
	return rollover_words(r,
			      "curl -sS -o /dev/null -w '%%{http_code}\\n' --connect-to "
			      "\"%.*s:%u:%.*s:%u\" %.*s",
			      STR_ARG(name), port, STR_ARG(host->gateway->variable), port,
			      STR_ARG(quoted(r, url)));
}

static void add_try(struct rollover *r)
{
	struct rollover_step *step;

	if (!r->host_count)
		return;
	step = rollover_step(r, "try", STR("Ask the Gateway for each host"));
	step->text =
		STR("Names still lead to the controller of today; these requests go to the "
		    "Gateway's address. Each prints a status, which should be today's: 404 where "
		    "the application answers otherwise says that no route is attached, 500 or 503 "
		    "that the backend is not reached, 000 that nothing listens.");
	for (size_t i = 0; i < r->host_count; i++)
		if (moves(&r->hosts[i]))
			rollover_line(r, &step->checks, "%.*s", STR_ARG(probe_of(r, &r->hosts[i])));
	if (!step->checks.count)
		r->phases[r->count - 1].count--;
}

/* The line that lets later ones say "$LIVE". */
static void add_live_line(struct rollover *r, struct rollover_lines *lines,
			  const struct rollover_live *live)
{
	rollover_line(r, lines,
		      "%.*s=$(kubectl get ingress -n %.*s %.*s -o jsonpath='{.status."
		      "loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0]."
		      "hostname}')",
		      STR_ARG(str_from_pos(live->variable, 1)),
		      STR_ARG(quoted(r, live->ingress->namespace)),
		      STR_ARG(quoted(r, live->ingress->name)));
}

static struct str classes_of(struct rollover *r, const struct rollover_live *live)
{
	struct rollover_lines words = {0};

	for (size_t i = 0; i < live->classes.count; i++)
		if (live->classes.at[i].len)
			rollover_line(r, &words, "class %.*s", STR_ARG(live->classes.at[i]));
		else
			rollover_line(r, &words, "no class");
	return joined(r, &words);
}

/* "ingress-nginx", "ingress-nginx (class internal)" among several. */
static struct str live_words(struct rollover *r, const struct rollover_live *live)
{
	const struct provider *provider = live->provider;

	if (strcmp(provider->name, "ingress") == 0)
		return rollover_words(r, "the controller of today (%.*s)",
				      STR_ARG(classes_of(r, live)));
	if (r->live_count == 1)
		return str_from(provider->title);
	return rollover_words(r, "%s (%.*s)", provider->title, STR_ARG(classes_of(r, live)));
}

/* diff asks one controller: it is told which Ingresses are that one's. */
static struct str flags_for(struct rollover *r, const struct rollover_live *live)
{
	struct str flags = r->input->flags_of_all;

	if (r->live_count == 1)
		return r->input->flags;
	for (size_t i = 0; i < live->classes.count; i++)
		flags = rollover_words(r, "%.*s --ingress-class=%.*s", STR_ARG(flags),
				       STR_ARG(quoted(r, live->classes.at[i])));
	return flags;
}

/* With a Gateway for each namespace: then each namespace is a comparison of its own. */
static bool has_namespaces(const struct rollover *r, const struct rollover_gateway *gateway)
{
	return r->input->result->model.realms[gateway->realm]->gateway_count > 1;
}

/* Each controller is compared with the Gateways that take its place. */
static bool is_compared(const struct rollover *r, const struct rollover_live *live,
			const struct rollover_gateway *gateway)
{
	return live->realm == gateway->realm &&
	       (!has_namespaces(r, gateway) || rollover_serves(r, live, gateway->namespace));
}

static void add_diff_lines(struct rollover *r, struct rollover_lines *lines, bool goes_on)
{
	const size_t before = lines->count;

	for (size_t i = 0; i < r->live_count * r->gateway_count; i++) {
		const struct rollover_live *live = &r->lives[i / r->gateway_count];
		const struct rollover_gateway *gateway = &r->gateways[i % r->gateway_count];
		struct str only = STR(""), more = STR("");

		if (!is_compared(r, live, gateway))
			continue;
		if (has_namespaces(r, gateway))
			only = rollover_words(r, " -n %.*s",
					      STR_ARG(quoted(r, gateway->namespace)));
		if (goes_on)
			more = rollover_words(r, " --yes --every=60s --admin=127.0.0.1:%zu",
					      METRICS_PORT + lines->count - before);
		rollover_line(r, lines,
			      "ingress2gw diff%.*s%.*s --live=\"%.*s\" --candidate=\"%.*s\"%.*s "
			      "%.*s",
			      STR_ARG(flags_for(r, live)), STR_ARG(only), STR_ARG(live->variable),
			      STR_ARG(gateway->variable), STR_ARG(more), STR_ARG(r->input->paths));
	}
}

static void add_diff(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "diff", STR("Run both in parallel and compare their answers"));

	step->text =
		STR("Only safe methods are sent, and nothing is written to the cluster. Add "
		    "--requests=access.log for real traffic. Where Ingresses of one class have "
		    "addresses of their own (a load balancer each), compare them one by one: -n "
		    "and -l choose.");
	for (size_t i = 0; i < r->live_count; i++) {
		if (r->live_count > 1)
			rollover_line(r, &step->items, "%.*s is %.*s",
				      STR_ARG(r->lives[i].variable),
				      STR_ARG(live_words(r, &r->lives[i])));
		add_live_line(r, &step->commands, &r->lives[i]);
	}
	rollover_line(r, &step->commands, "kubectl get ingress -A");
	add_diff_lines(r, &step->checks, false);
}

/* ---- names ---- */

static void add_records(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "dns", STR("Switch the DNS records, host by host"));

	step->text = STR("Begin with a host that few people use. A record that leads to an address "
			 "leads to the Gateway's, a CNAME to its name. Back: the old value.");
	for (size_t i = 0; i < r->host_count; i++) {
		const struct rollover_host *host = &r->hosts[i];

		if (host->record || !moves(host))
			continue;
		rollover_line(r, &step->items, "%.*s: from %.*s to %.*s",
			      STR_ARG(host->name.len ? host->name
						     : STR("every other name that leads here")),
			      STR_ARG(host->live->variable), STR_ARG(host->gateway->variable));
		if (host->name.len && !host->again)
			rollover_line(r, &step->checks, "dig +short %.*s",
				      STR_ARG(quoted(r, rollover_asked(r, host->name))));
		if (host->name.len)
			rollover_line(r, &step->back, "# %.*s: back to %.*s", STR_ARG(host->name),
				      STR_ARG(host->live->variable));
	}
	if (!step->items.count)
		r->phases[r->count - 1].count--;
}

static void add_kept(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "kept", STR("Leave these names with the Ingress"));

	step->text = STR("Something of them was held back.");
	for (size_t i = 0; i < r->host_count; i++)
		if (r->hosts[i].held)
			rollover_line(r, &step->items, "%.*s",
				      STR_ARG(r->hosts[i].name.len ? r->hosts[i].name
								   : STR("every other name")));
	rollover_kept_records(r, &step->items);
	if (!step->items.count)
		r->phases[r->count - 1].count--;
}

/* ---- watch ---- */

static bool has_provider(const struct rollover *r, const char *name)
{
	for (size_t i = 0; i < r->live_count; i++)
		if (strcmp(r->lives[i].provider->name, name) == 0)
			return true;
	return false;
}

static void add_watch(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "watch", STR("Watch until the old TTL has passed twice"));

	step->text =
		STR("The comparison goes on and prints only changes; /metrics of --admin has its "
		    "counts for Prometheus.");
	add_diff_lines(r, &step->commands, true);
	for (size_t i = 0; i < r->host_count; i++)
		if (moves(&r->hosts[i]))
			rollover_line(r, &step->checks, "%.*s", STR_ARG(probe_of(r, &r->hosts[i])));
	if (has_provider(r, "ingress-nginx"))
		rollover_line(r, &step->items,
			      "nginx_ingress_controller_requests of each host falls to zero");
	rollover_line(r, &step->items, "answers with status 500 and above do not rise");
}

/* ---- the end ---- */

static void add_names_of(struct rollover *r, struct rollover_step *step, struct str namespace)
{
	const struct convert_result *result = r->input->result;
	struct buf names;

	buf_init(&names);
	for (size_t i = 0; i < result->ingress_count; i++) {
		const struct kube_meta *meta = &result->ingresses[i].ingress->meta;

		if (!str_eq(meta->namespace, namespace) || rollover_stays(r, meta))
			continue;
		buf_char(&names, ' ');
		buf_str(&names, quoted(r, meta->name));
	}
	if (names.len) {
		struct str shell = quoted(r, namespace);

		rollover_line(r, &step->commands, "kubectl delete ingress -n %.*s%.*s",
			      STR_ARG(shell), STR_ARG(buf_slice(&names)));
		rollover_line(r, &step->back, "kubectl apply -f ingress-before-%.*s.yaml",
			      STR_ARG(shell));
	}
	buf_finish(&names);
}

static void add_ingresses(struct rollover *r)
{
	struct rollover_step *step = rollover_step(r, "ingresses", STR("Delete the Ingresses"));

	step->text =
		STR("No request has reached them for a while. What keeps them in the cluster (a "
		    "chart, a repository) has to stop first.");
	for (size_t i = 0; i < r->namespace_count; i++)
		add_names_of(r, step, r->namespaces[i]);
	if (!step->commands.count)
		r->phases[r->count - 1].count--;
}

static void add_old_controller(struct rollover *r, const struct rollover_live *live)
{
	const struct kube_set *set = &r->input->result->set;
	struct rollover_step *step =
		rollover_step(r, "old-controller",
			      rollover_words(r, "Remove %.*s", STR_ARG(live_words(r, live))));

	step->text =
		STR("When no Ingress of its class is left in any namespace. Its load balancer, "
		    "and the address, go with it.");
	rollover_line(r, &step->checks, "kubectl get ingress -A");
	for (size_t i = 0; i < set->class_count; i++)
		if (str_eq(set->classes[i]->controller, live->controller))
			rollover_line(r, &step->commands, "kubectl delete ingressclass %.*s",
				      STR_ARG(quoted(r, set->classes[i]->meta.name)));
}

/* Records that external-dns keeps get theirs from the routes by now. */
static void add_ttl_back(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "ttl-back", STR("Give the DNS records their old TTL again"));

	step->text = STR("A quick way back is not needed any more.");
	for (size_t i = 0; i < r->host_count; i++)
		if (r->hosts[i].name.len && moves(&r->hosts[i]) && !r->hosts[i].record &&
		    !r->hosts[i].again)
			rollover_line(r, &step->items, "%.*s", STR_ARG(r->hosts[i].name));
	if (!step->items.count)
		r->phases[r->count - 1].count--;
}

static void add_removal(struct rollover *r)
{
	add_ttl_back(r);
	add_ingresses(r);
	if (r->stay_count)
		return;
	for (size_t i = 0; i < r->live_count; i++)
		add_old_controller(r, &r->lives[i]);
}

void rollover_switch(struct rollover *r)
{
	rollover_phase(r, "apply", "Apply");
	for (size_t i = 0; i < r->gateway_count; i++)
		add_namespace(r, i);
	add_gateway(r);
	if (r->certificate_count)
		add_secrets(r);
	add_issuers(r);
	add_routes(r);
	rollover_phase(r, "parallel", "Run both in parallel");
	add_try(r);
	if (r->input->result->ingress_count)
		add_diff(r);
	rollover_phase(r, "switch", "Switch");
	rollover_ttl(r);
	rollover_external_dns(r);
	add_records(r);
	add_kept(r);
	rollover_phase(r, "watch", "Watch");
	if (r->input->result->ingress_count)
		add_watch(r);
	rollover_phase(r, "remove", "Remove");
	add_removal(r);
}
