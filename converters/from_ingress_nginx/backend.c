/* The Service of a location: its port, its protocol, its mirror. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/url.h"
#include "converters/places.h"

/* ---- ports ---- */

static bool refuse_backend(struct nginx *nginx, const struct nginx_location *location,
			   struct str message)
{
	nginx_note_location(
		nginx, location, "I2G220", message,
		STR("a backendRef needs the number of a Service port: add the Service to "
		    "the input, or write port.number"));
	ledger_mark(location->backend_item, OUTCOME_REFUSED, "I2G220");
	return false;
}

/* The controller compares number or name with port, targetPort and name; the first fit wins. */
static const struct kube_service_port *find_port(const struct kube_service *service,
						 const struct kube_backend *backend)
{
	for (size_t i = 0; i < service->port_count; i++) {
		const struct kube_service_port *port = &service->ports[i];

		if (backend->port
			    ? port->number == backend->port || port->target_number == backend->port
			    : str_eq(port->name, backend->port_name) ||
				      str_eq(port->target_name, backend->port_name))
			return port;
	}
	return NULL;
}

static void note_missing(struct nginx *nginx, const struct nginx_location *location,
			 struct str message)
{
	nginx_note_location(nginx, location, "I2G221", message,
			    STR("ingress-nginx answers 503 for it, a Gateway 500"));
	ledger_mark(location->backend_item, OUTCOME_APPROXIMATE, "I2G221");
}

static bool resolve_without_service(struct nginx *nginx, const struct nginx_location *location,
				    struct model_backend *out)
{
	const struct kube_backend *backend = location->backend;

	if (!backend->port && !backend->port_name.len)
		return refuse_backend(nginx, location,
				      str_format(nginx->arena,
						 "the path names no port of Service '%.*s'",
						 STR_ARG(backend->name.text)));
	if (!backend->port)
		return refuse_backend(
			nginx, location,
			str_format(nginx->arena,
				   "port '%.*s' of Service '%.*s' cannot be resolved: the "
				   "Service is not in the input",
				   STR_ARG(backend->port_name), STR_ARG(backend->name.text)));
	if (kube_has_services(nginx->run->set, out->namespace))
		note_missing(
			nginx, location,
			str_format(nginx->arena,
				   "the input holds other Services of namespace '%.*s', but not "
				   "'%.*s'",
				   STR_ARG(out->namespace), STR_ARG(backend->name.text)));
	out->port = backend->port;
	return true;
}

static void note_external(struct nginx *nginx, const struct nginx_location *location,
			  const struct kube_service *service)
{
	if (!str_is(service->type, "ExternalName"))
		return;
	nginx_note_location(
		nginx, location, "I2G221",
		str_format(nginx->arena,
			   "Service '%.*s' is an ExternalName: Envoy Gateway and Traefik refuse it "
			   "as a backend",
			   STR_ARG(service->meta.name)),
		STR("check the target's documentation, or point the Service at endpoints"));
	ledger_mark(location->backend_item, OUTCOME_APPROXIMATE, "I2G221");
}

bool nginx_resolve(struct nginx *nginx, const struct nginx_location *location,
		   struct model_backend *backend)
{
	const struct kube_backend *from = location->backend;
	struct str namespace = location->owner->ingress->meta.namespace;
	const struct kube_service *service =
		kube_service(nginx->run->set, namespace, from->name.text);

	*backend = (struct model_backend){.group = "",
					  .kind = "Service",
					  .namespace = namespace,
					  .name = from->name.text,
					  .weight = 1,
					  .item = location->backend_item,
					  .span = from->span};
	if (!service)
		return resolve_without_service(nginx, location, backend);
	note_external(nginx, location, service);

	const struct kube_service_port *port = find_port(service, from);

	if (!port && !from->port)
		return refuse_backend(
			nginx, location,
			str_format(nginx->arena, "Service '%.*s' has no port named '%.*s'",
				   STR_ARG(from->name.text), STR_ARG(from->port_name)));
	backend->port = port ? port->number : from->port;
	if (!port)
		note_missing(nginx, location,
			     str_format(nginx->arena, "Service '%.*s' has no port %u",
					STR_ARG(from->name.text), from->port));
	else if (from->port && from->port != port->number)
		nginx_note_location(nginx, location, "I2G219",
				    str_format(nginx->arena,
					       "%u is the targetPort of Service '%.*s', not its "
					       "port: %u is written",
					       from->port, STR_ARG(from->name.text), port->number),
				    STR("ingress-nginx takes either, Gateway API the port only"));
	return true;
}

/* ---- protocols ---- */

static const struct kube_service_port *service_port(const struct nginx *nginx,
						    const struct nginx_location *location)
{
	const struct kube_service *service =
		kube_service(nginx->run->set, location->owner->ingress->meta.namespace,
			     location->backend->name.text);

	return service ? find_port(service, location->backend) : NULL;
}

/* The controller does not look at appProtocol, a Gateway does. */
static void note_ignored_protocol(struct nginx *nginx, const struct nginx_location *location)
{
	const struct kube_service_port *port = service_port(nginx, location);
	struct str word = port ? port->app_protocol : STR("");
	bool tls = str_is(word, "kubernetes.io/wss");

	if (!tls && !str_is(word, "kubernetes.io/h2c"))
		return;
	nginx_note_location(
		nginx, location, tls ? "I2G508" : "I2G237",
		str_format(nginx->arena,
			   "ingress-nginx speaks plain HTTP/1.1 to Service '%.*s'; a Gateway heeds "
			   "its appProtocol '%.*s' and speaks %s",
			   STR_ARG(location->backend->name.text), STR_ARG(word),
			   tls ? "TLS, and nothing says how to verify its certificate" : "HTTP/2"),
		STR("see that the Service can do that, or remove appProtocol"));
	nginx_last_scope(nginx)->backend = location->backend->name.text;
}

static void note_app_protocol(struct nginx_draft *draft, const struct nginx_value *value)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_location *location = draft->location;
	const struct kube_service_port *port = service_port(nginx, location);

	if (port && str_is(port->app_protocol, "kubernetes.io/h2c")) {
		ledger_mark(value->item, OUTCOME_EXACT, NULL);
		return;
	}
	nginx_note_backend(
		nginx, location, value, "I2G237",
		str_format(nginx->arena,
			   "a Gateway learns from the Service that '%.*s' speaks gRPC: set "
			   "appProtocol: kubernetes.io/h2c on its port",
			   STR_ARG(location->backend->name.text)),
		str_format(nginx->arena,
			   "kubectl -n %.*s patch service %.*s (spec.ports[].appProtocol)",
			   STR_ARG(location->owner->ingress->meta.namespace),
			   STR_ARG(location->backend->name.text)));
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G237");
}

static bool has_key(const struct kube_secret *secret, const char *key)
{
	for (size_t i = 0; secret && i < secret->key_count; i++)
		if (str_is(secret->keys[i], key))
			return true;
	return false;
}

static void mark_tls_keys(const struct nginx_ingress *owner, enum outcome outcome, const char *code)
{
	static const char *const keys[] = {"proxy-ssl-secret", "proxy-ssl-verify", "proxy-ssl-name",
					   "proxy-ssl-server-name"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		nginx_mark(owner, keys[i], outcome, code);
}

static bool is_on(const struct nginx_ingress *owner, const char *key)
{
	return str_is(nginx_text(owner, key), "on");
}

static const struct kube_secret *secret_of(const struct nginx *nginx, struct str reference)
{
	size_t slash = str_find(reference, '/');

	return slash == SIZE_MAX ? NULL
				 : kube_secret(nginx->run->set, str_sub(reference, 0, slash),
					       str_from_pos(reference, slash + 1));
}

/* The proxy-ssl settings of the first Ingress of a host that has a CA stand in the server as well, and
 * nginx hands them down to locations without. NULL: nothing is handed down. */
static const struct nginx_ingress *server_tls(const struct nginx_draft *draft)
{
	const struct nginx_server *server = draft->server;

	for (size_t i = 0; i < server->owner_count && !draft->nginx->config.tls_location_only;
	     i++) {
		struct str reference = nginx_text(server->owners[i], "proxy-ssl-secret");
		const struct kube_secret *secret = secret_of(draft->nginx, reference);

		if (reference.len && !server->owners[i]->denied && (!secret || secret->ca.len))
			return server->owners[i];
	}
	return NULL;
}

/* False when the Service has a policy already, which asks for something else. */
static bool add_backend_tls(struct nginx_draft *draft, struct str name,
			    const struct kube_secret *secret, struct str secret_name)
{
	struct model *model = draft->nginx->model;
	struct str namespace = draft->location->owner->ingress->meta.namespace;
	struct str service = draft->location->backend->name.text;

	for (size_t i = 0; i < model->backend_tls_count; i++)
		if (str_eq(model->backend_tls[i].namespace, namespace) &&
		    str_eq(model->backend_tls[i].service, service))
			return str_eq(model->backend_tls[i].hostname, name) &&
			       str_eq(model->backend_tls[i].ca_config_map, secret_name);
	ARENA_PUSH(model->arena, model->backend_tls, model->backend_tls_count,
		   (struct model_backend_tls){.namespace = namespace,
					      .service = service,
					      .hostname = name,
					      .ca_config_map = secret_name,
					      .ca = secret ? secret->ca : (struct str){0},
					      .origin = draft->location->origin});
	return true;
}

/* Two Ingresses ask the same Service for different certificates. */
static void refuse_second_tls(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;

	nginx_note(nginx, owner, nginx_get(owner, "backend-protocol"), "I2G508",
		   str_format(nginx->arena,
			      "Service '%.*s' has a BackendTLSPolicy with another name or CA "
			      "already, which holds for every route to it: the certificate is "
			      "checked by that one here",
			      STR_ARG(draft->location->backend->name.text)),
		   STR("give the Ingresses the same proxy-ssl-secret and proxy-ssl-name, or the "
		       "routes Services of their own"));
	nginx_mark(owner, "backend-protocol", OUTCOME_REFUSED, "I2G508");
	mark_tls_keys(owner, OUTCOME_REFUSED, "I2G508");
}

/* proxy-ssl-verify: on, with a secret and a name, is a BackendTLSPolicy. `from` has the secret: the
 * Ingress of the location, or the one that its host's settings come from. */
static void verified_tls(struct nginx_draft *draft, const struct nginx_ingress *from,
			 struct str name)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(from, "proxy-ssl-secret");
	struct str reference = str_trim(value->pair->value);
	size_t slash = str_find(reference, '/');
	struct str secret_name = slash == SIZE_MAX ? reference : str_from_pos(reference, slash + 1);
	const struct kube_secret *secret = secret_of(nginx, reference);

	if (!add_backend_tls(draft, str_lower(nginx->arena, name), secret, secret_name)) {
		refuse_second_tls(draft);
		return;
	}
	if (from == owner)
		mark_tls_keys(owner, OUTCOME_EXACT, NULL);
	nginx_mark(owner, "backend-protocol", OUTCOME_EXACT, NULL);
	if (!secret || !secret->ca.len) {
		nginx_note(
			nginx, from, value, "I2G514",
			str_format(
				nginx->arena,
				"the CA of the backend must be in a ConfigMap '%.*s' with the key "
				"ca.crt in namespace '%.*s'",
				STR_ARG(secret_name), STR_ARG(owner->ingress->meta.namespace)),
			STR("create it from ca.crt of the Secret, or add the Secret to the input"));
		ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G514");
	}
	if (has_key(secret, "tls.crt"))
		nginx_add_feature(nginx, owner, FEATURE_BACKEND_TLS_CLIENT, value, "I2G513");
}

static void https_backend(struct nginx_draft *draft, const struct nginx_value *value)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_ingress *server = server_tls(draft);
	bool secret = nginx_text(owner, "proxy-ssl-secret").len;
	const struct nginx_ingress *from = secret ? owner : server;
	struct str name = from ? nginx_text(from, "proxy-ssl-name") : (struct str){0};
	bool verify = from && is_on(from, "proxy-ssl-verify");

	if (!name.len && server)
		name = nginx_text(server, "proxy-ssl-name");
	if (verify && name.len) {
		verified_tls(draft, from, name);
		return;
	}
	if (verify) {
		nginx_note(
			nginx, owner, secret ? nginx_get(owner, "proxy-ssl-verify") : value,
			"I2G508",
			STR("without proxy-ssl-name nginx checks the certificate against the name "
			    "of its upstream, which practically always fails; the route as written "
			    "speaks plain HTTP to this backend"),
			STR("add proxy-ssl-name with the name in the backend's certificate"));
		ledger_mark(value->item, OUTCOME_REFUSED, "I2G508");
		mark_tls_keys(owner, OUTCOME_REFUSED, "I2G508");
		return;
	}

	struct str places = feature_places(nginx->arena, FEATURE_BACKEND_TLS);

	nginx_note(
		nginx, owner, value, "I2G507",
		STR("ingress-nginx speaks TLS to this backend without checking its certificate; "
		    "Gateway API always checks, so the route as written speaks plain HTTP to it"),
		places.len
			? str_format(
				  nginx->arena,
				  "set proxy-ssl-secret, proxy-ssl-verify and proxy-ssl-name, or "
				  "use %.*s",
				  STR_ARG(places))
			: STR("set proxy-ssl-secret, proxy-ssl-verify and proxy-ssl-name"));
	ledger_mark(value->item, OUTCOME_POLICY, "I2G507");
	mark_tls_keys(owner, secret ? OUTCOME_POLICY : OUTCOME_INERT, secret ? "I2G507" : NULL);
}

static void refuse_fcgi(struct nginx_draft *draft, const struct nginx_value *value)
{
	nginx_note(draft->nginx, draft->location->owner, value, "I2G239",
		   STR("no Gateway implementation speaks FastCGI; the route is left out"),
		   STR("put an HTTP server in front of the FastCGI process, in its pod"));
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G239");
	nginx_mark(draft->location->owner, "fastcgi-index", OUTCOME_REFUSED, "I2G239");
	nginx_mark(draft->location->owner, "fastcgi-params-configmap", OUTCOME_REFUSED, "I2G239");
	draft->rule.held = "I2G239";
}

static void set_protocol(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "backend-protocol");
	struct str protocol = nginx_text(owner, "backend-protocol");
	bool grpc = str_is_nocase(protocol, "GRPC"), grpcs = str_is_nocase(protocol, "GRPCS");

	if (!value || (!str_is_nocase(protocol, "HTTPS") && !grpcs))
		mark_tls_keys(owner, OUTCOME_INERT, NULL);
	if (!grpc && !grpcs)
		note_ignored_protocol(nginx, draft->location);
	if (!value)
		return;
	if (str_is_nocase(protocol, "FCGI")) {
		refuse_fcgi(draft, value);
		return;
	}
	nginx_mark(owner, "fastcgi-index", OUTCOME_INERT, NULL);
	nginx_mark(owner, "fastcgi-params-configmap", OUTCOME_INERT, NULL);
	if ((grpc || grpcs) && !str_is(protocol, grpc ? "GRPC" : "GRPCS"))
		nginx_note(nginx, owner, value, "I2G238",
			   STR("in lower case the controller sends gRPC without Host and "
			       "X-Forwarded headers; the route is written as for GRPC"),
			   STR("write GRPC or GRPCS"));
	if (grpc || grpcs)
		note_app_protocol(draft, value);
	if (grpcs || str_is_nocase(protocol, "HTTPS")) {
		https_backend(draft, value);
	} else if (str_is_nocase(protocol, "AUTO_HTTP")) {
		nginx_note(nginx, owner, value, "I2G507",
			   STR("AUTO_HTTP speaks TLS to the backend for requests that came by "
			       "HTTPS; the "
			       "route as written speaks plain HTTP to it"),
			   STR("choose HTTP or HTTPS"));
		ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G507");
	} else if (!grpc) {
		ledger_mark(value->item, OUTCOME_EXACT, NULL);
	}
}

void nginx_backend(struct nginx_draft *draft)
{
	struct model_rule *rule = &draft->rule;

	rule->backends = arena_new(draft->nginx->arena, struct model_backend);
	if (nginx_resolve(draft->nginx, draft->location, rule->backends))
		rule->backend_count = 1;
	else
		rule->held = "I2G220";
	set_protocol(draft);
	nginx_mark(draft->location->owner, "fastcgi-index", OUTCOME_INERT, NULL);
	nginx_mark(draft->location->owner, "fastcgi-params-configmap", OUTCOME_INERT, NULL);
}

/* ---- canaries ---- */

/* The location speaks to the canary as to its primary; a Gateway asks the Service of each. */
static void note_canary_protocol(struct nginx *nginx, const struct nginx_location *canary)
{
	const struct kube_service_port *port = service_port(nginx, canary);

	if (port && str_is(port->app_protocol, "kubernetes.io/h2c"))
		return;
	nginx_note_location(
		nginx, canary, "I2G237",
		str_format(nginx->arena,
			   "ingress-nginx speaks gRPC to the canary '%.*s' as to its primary; a "
			   "Gateway learns it from the Service: set appProtocol: kubernetes.io/h2c "
			   "on its port",
			   STR_ARG(canary->backend->name.text)),
		str_format(nginx->arena,
			   "kubectl -n %.*s patch service %.*s (spec.ports[].appProtocol)",
			   STR_ARG(canary->owner->ingress->meta.namespace),
			   STR_ARG(canary->backend->name.text)));
	nginx_last_scope(nginx)->backend = canary->backend->name.text;
}

static const struct model_backend_tls *backend_tls(const struct model *model,
						   const struct nginx_location *location)
{
	for (size_t i = 0; i < model->backend_tls_count; i++)
		if (str_eq(model->backend_tls[i].namespace,
			   location->owner->ingress->meta.namespace) &&
		    str_eq(model->backend_tls[i].service, location->backend->name.text))
			return &model->backend_tls[i];
	return NULL;
}

static bool speaks_tls(const struct nginx_ingress *owner)
{
	struct str protocol = nginx_text(owner, "backend-protocol");

	return str_is_nocase(protocol, "HTTPS") || str_is_nocase(protocol, "GRPCS");
}

void nginx_note_shared_tls(struct nginx *nginx, const struct nginx_location *location)
{
	if (location->answers_itself || speaks_tls(location->owner) ||
	    !backend_tls(nginx->model, location))
		return;
	nginx_note_location(
		nginx, location, "I2G508",
		str_format(
			nginx->arena,
			"ingress-nginx speaks plain HTTP to Service '%.*s' for this path; it has a "
			"BackendTLSPolicy for another path, which holds for every route to it",
			STR_ARG(location->backend->name.text)),
		STR("give the paths Services of their own, or the same backend-protocol"));
	nginx_last_scope(nginx)->backend = location->backend->name.text;
}

/* The certificate of the canary is checked as that of its primary. */
static void share_backend_tls(struct nginx_draft *draft, const struct nginx_location *canary)
{
	struct nginx *nginx = draft->nginx;
	const struct model_backend_tls *of = backend_tls(nginx->model, draft->location);
	const struct model_backend_tls *own = backend_tls(nginx->model, canary);

	if (!of)
		return;
	if (!own) {
		struct model_backend_tls made = *of;

		made.namespace = canary->owner->ingress->meta.namespace;
		made.service = canary->backend->name.text;
		made.origin = canary->origin;
		ARENA_PUSH(nginx->model->arena, nginx->model->backend_tls,
			   nginx->model->backend_tls_count, made);
	} else if (!str_eq(own->hostname, of->hostname) ||
		   !str_eq(own->ca_config_map, of->ca_config_map)) {
		nginx_note_location(
			nginx, canary, "I2G508",
			str_format(nginx->arena,
				   "Service '%.*s' has a BackendTLSPolicy with another name or CA "
				   "than the primary of this canary: its certificate is checked by "
				   "that one here",
				   STR_ARG(canary->backend->name.text)),
			STR("give the Ingresses the same proxy-ssl-secret and proxy-ssl-name"));
		nginx_last_scope(nginx)->backend = canary->backend->name.text;
	}
}

void nginx_canary_backend(struct nginx_draft *draft, const struct nginx_location *canary)
{
	struct str protocol = nginx_text(draft->location->owner, "backend-protocol");
	bool grpcs = str_is_nocase(protocol, "GRPCS");

	if (grpcs || str_is_nocase(protocol, "GRPC"))
		note_canary_protocol(draft->nginx, canary);
	else
		note_ignored_protocol(draft->nginx, canary);
	if (grpcs || str_is_nocase(protocol, "HTTPS"))
		share_backend_tls(draft, canary);
}

/* ---- mirrors ---- */

static void refuse_mirror(struct nginx_draft *draft, const struct nginx_value *value,
			  const char *reason)
{
	nginx_note(draft->nginx, draft->location->owner, value, "I2G246",
		   str_format(draft->nginx->arena, "requests are not mirrored to '%.*s': %s",
			      STR_ARG(str_trim(value->pair->value)), reason),
		   STR("RequestMirror copies to a Service of the cluster"));
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G246");
	nginx_mark(draft->location->owner, "mirror-host", OUTCOME_REFUSED, "I2G246");
	nginx_mark(draft->location->owner, "mirror-request-body", OUTCOME_REFUSED, "I2G246");
}

static void note_mirror_option(struct nginx_draft *draft, const char *key, struct str message)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, key);

	if (!value)
		return;
	nginx_note(draft->nginx, owner, value, "I2G240", message, (struct str){0});
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G240");
}

static void note_mirror(struct nginx_draft *draft, const struct nginx_value *value,
			const struct url *url)
{
	const struct nginx_ingress *owner = draft->location->owner;
	struct str host = nginx_text(owner, "mirror-host");
	const char *why =
		"a Gateway does not wait for the copy, and implementations may change its "
		"Host";

	if (!str_is(url->path, "$request_uri") && !str_is(url->path, "/$request_uri"))
		why = "the copy keeps the path of the request, not the one given here";
	else if (str_is(url->scheme, "https"))
		why = "the copy is sent as plain HTTP unless the Service has a BackendTLSPolicy";
	nginx_note(draft->nginx, owner, value, "I2G240",
		   str_format(draft->nginx->arena, "the mirror is approximate: %s", why),
		   (struct str){0});
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G240");
	if (host.len && !str_eq_nocase(host, url->host))
		note_mirror_option(draft, "mirror-host",
				   STR("RequestMirror has no field for the Host of the copy"));
	else
		nginx_mark(owner, "mirror-host", OUTCOME_EXACT, NULL);
	if (is_on(owner, "mirror-request-body"))
		nginx_mark(owner, "mirror-request-body", OUTCOME_EXACT, NULL);
	else
		note_mirror_option(draft, "mirror-request-body",
				   STR("RequestMirror always copies the body as well"));
}

/* nginx variables end the part that is a URL. */
static struct str without_variables(struct str text, struct str *tail)
{
	size_t dollar = str_find(text, '$');

	*tail = str_from_pos(text, dollar);
	return str_sub(text, 0, dollar);
}

void nginx_mirror(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "mirror-target");
	struct str tail;
	struct url url;
	struct url_service service;
	bool bare = false, guessed = false;

	if (!value || !str_trim(value->pair->value).len) {
		nginx_mark(owner, "mirror-target", OUTCOME_INERT, NULL);
		nginx_mark(owner, "mirror-host", OUTCOME_INERT, NULL);
		nginx_mark(owner, "mirror-request-body", OUTCOME_INERT, NULL);
		return;
	}
	if (!url_parse_absolute(&url, without_variables(str_trim(value->pair->value), &tail),
				NULL)) {
		refuse_mirror(draft, value, "it is no URL of a host");
		return;
	}
	if (url.is_ip ||
	    !url_service(url.host, owner->ingress->meta.namespace, &service, &bare, &guessed) ||
	    (guessed && !kube_service(nginx->run->set, service.namespace, service.name))) {
		refuse_mirror(draft, value, "it is no Service of the cluster");
		return;
	}
	if (url.path.len <= 1 && str_is(tail, "$request_uri"))
		url.path = tail;
	ARENA_PUSH(nginx->arena, draft->rule.mirrors, draft->rule.mirror_count,
		   (struct model_mirror){.backend = {.group = "",
						     .kind = "Service",
						     .namespace = service.namespace,
						     .name = service.name,
						     .port = url_port(&url),
						     .weight = 1}});
	note_mirror(draft, value, &url);
}
