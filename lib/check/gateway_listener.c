#include "check/gateway_parts.h"
#include "gateway/limits.h"

/* ---- listeners ---- */

static struct str field(struct gateway_run *run, size_t i, const char *name)
{
	return gateway_text(run, "spec.listeners[%zu]%s%s", i, *name ? "." : "", name);
}

static void check_conflict(struct gateway_run *run, const struct attach_listener *listener,
			   size_t i)
{
	const struct gateway_listener *spec = listener->spec;
	bool by_name = listener->conflict && strcmp(listener->conflict, "HostnameConflict") == 0;

	if (!listener->conflict)
		return;
	gateway_say(
		run, listener->owner,
		(struct finding){
			.code = "I2G269",
			.path = field(run, i, "port"),
			.span = spec->port_span,
			.message = gateway_text(
				run,
				"listener \"%.*s\" is dropped: port %u is taken by another "
				"listener of the Gateway with %s",
				STR_ARG(spec->name.text), spec->port,
				by_name ? "the same host name" : "a protocol that cannot share it"),
		});
}

static bool is_terminating(const struct gateway_listener *spec)
{
	return str_is(spec->protocol.text, "HTTPS") ||
	       (str_is(spec->protocol.text, "TLS") && spec->mode == GATEWAY_TLS_TERMINATE);
}

/* A certificate's wildcard stands for exactly one label (RFC 6125); a listener's for any number. */
static bool covers(struct str name, struct str hostname)
{
	size_t dot = str_find(hostname, '.');

	if (str_eq_nocase(name, hostname))
		return true;
	return str_starts(name, "*.") && dot != SIZE_MAX &&
	       str_eq_nocase(str_from_pos(name, 1), str_from_pos(hostname, dot));
}

/* Names of certificates whose Secret is there. False when none is. */
static bool has_known_names(struct gateway_run *run, const struct gateway_refs *refs,
			    struct str hostname, bool *covered)
{
	bool known = false;

	*covered = false;
	for (size_t i = 0; i < refs->count; i++) {
		const struct kube_secret *secret = kube_secret(
			run->attach->set->kube, refs->at[i].namespace, refs->at[i].name.text);

		/* One that cannot be seen may have the name. */
		if (!secret || !secret->has_certificate)
			return false;
		known = true;
		for (size_t j = 0; j < secret->name_count; j++)
			*covered |= covers(secret->names[j], hostname);
	}
	return known;
}

static void check_names(struct gateway_run *run, const struct attach_listener *listener, size_t i)
{
	const struct gateway_listener *spec = listener->spec;
	bool covered;

	if (!spec->hostname.text.len ||
	    !has_known_names(run, &spec->certificates, spec->hostname.text, &covered) || covered)
		return;
	gateway_say(run, listener->owner,
		    (struct finding){
			    .code = "I2G521",
			    .path = field(run, i, "hostname"),
			    .span = spec->hostname.span,
			    .message = gateway_text(run,
						    "no certificate of listener \"%.*s\" is for "
						    "%.*s",
						    STR_ARG(spec->name.text),
						    STR_ARG(spec->hostname.text)),
		    });
}

static void check_certificates(struct gateway_run *run, const struct attach_listener *listener,
			       size_t i)
{
	const struct gateway_listener *spec = listener->spec;
	const char *kind = listener->set ? "ListenerSet" : "Gateway";

	if (!is_terminating(spec))
		return;
	for (size_t j = 0; j < spec->certificates.count; j++) {
		const struct gateway_place place = {
			listener->owner,
			gateway_text(run, "spec.listeners[%zu].tls.certificateRefs[%zu]", i, j),
			&spec->certificates.at[j]};

		gateway_say_ref(run, &place,
				attach_certificate(run->attach, kind, listener->owner->namespace,
						   place.ref),
				"I2G622");
	}
	if (!spec->certificates.count && !spec->tls_options.count)
		gateway_say(run, listener->owner,
			    (struct finding){
				    .code = "I2G520",
				    .path = field(run, i, "protocol"),
				    .span = spec->protocol.span,
				    .message = gateway_text(run,
							    "listener \"%.*s\" terminates TLS and "
							    "has no certificate",
							    STR_ARG(spec->name.text)),
			    });
	check_names(run, listener, i);
}

static void check_overlap(struct gateway_run *run, const struct attach_listener *listener, size_t i)
{
	const struct gateway_listener *spec = listener->spec;
	bool has_name = spec->hostname.text.len > 0;

	if (!listener->overlap)
		return;
	gateway_say(run, listener->owner,
		    (struct finding){
			    .code = "I2G522",
			    .path = field(run, i, has_name ? "hostname" : "name"),
			    .span = has_name ? spec->hostname.span : spec->name.span,
			    .message = gateway_text(
				    run,
				    "listener \"%.*s\" and another one on port %u %s: a browser "
				    "may use a connection of one for requests of the other",
				    STR_ARG(spec->name.text), spec->port,
				    strcmp(listener->overlap, "OverlappingCertificates") == 0
					    ? "have a certificate that is good for both"
					    : "have host names that overlap"),
		    });
}

void gateway_check_listeners(struct gateway_run *run, const struct attach_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		check_conflict(run, &listeners->at[i], i);
		check_certificates(run, &listeners->at[i], i);
		check_overlap(run, &listeners->at[i], i);
	}
}

/* ---- Gateways ---- */

static void check_cas(struct gateway_run *run, const struct gateway *spec)
{
	for (size_t i = 0; i < spec->frontend_count; i++)
		for (size_t j = 0; j < spec->frontends[i].cas.count; j++) {
			const struct gateway_place place = {
				&spec->meta,
				spec->frontends[i].port
					? gateway_text(run,
						       "spec.tls.frontend.perPort[%u].tls."
						       "validation.caCertificateRefs[%zu]",
						       spec->frontends[i].port, j)
					: gateway_text(run,
						       "spec.tls.frontend.default.validation."
						       "caCertificateRefs[%zu]",
						       j),
				&spec->frontends[i].cas.at[j]};

			gateway_say_ref(
				run, &place,
				attach_ca(run->attach, "Gateway", spec->meta.namespace, place.ref),
				"I2G622");
		}
}

void gateway_check_gateway(struct gateway_run *run, const struct attach_gateway *gateway)
{
	const struct gateway *spec = gateway->spec;
	const struct gateway_place listeners = {&spec->meta, STR("spec.listeners"), NULL};
	const struct gateway_place client = {&spec->meta,
					     STR("spec.tls.backend.clientCertificateRef"),
					     &spec->client_certificate};

	gateway_check_version(run, &spec->meta);
	gateway_check_bound(run, &listeners, spec->listeners.count, GATEWAY_LISTENERS);
	gateway_check_listeners(run, &gateway->own);
	check_cas(run, spec);
	if (spec->has_client_certificate)
		gateway_say_ref(run, &client,
				attach_certificate(run->attach, "Gateway", spec->meta.namespace,
						   &spec->client_certificate),
				"I2G622");
}

void gateway_check_set(struct gateway_run *run, const struct attach_set *set)
{
	const struct gateway_listener_set *spec = set->spec;
	const struct gateway_place parent = {&spec->meta, STR("spec.parentRef"), &spec->parent};
	const struct gateway_place listeners = {&spec->meta, STR("spec.listeners"), NULL};

	gateway_check_version(run, &spec->meta);
	gateway_check_bound(run, &listeners, spec->listeners.count, GATEWAY_LISTENERS);
	if (!set->gateway && !attach_may_exist(run->attach, &spec->parent))
		gateway_say_ref(run, &parent, ATTACH_REF_MISSING, "I2G620");
	else if (set->gateway && !set->joined)
		gateway_say(run, &spec->meta,
			    (struct finding){
				    .code = "I2G625",
				    .path = parent.path,
				    .span = spec->parent.name.span,
				    .message = set->refused.message,
			    });
	gateway_check_listeners(run, &set->own);
}

/* ---- policies ---- */

static void check_target(struct gateway_run *run, const struct gateway_place *place)
{
	const struct gateway_ref *ref = place->ref;

	if (ref->group.len || !str_is(ref->kind, "Service") ||
	    kube_service(run->attach->set->kube, ref->namespace, ref->name.text) ||
	    attach_may_exist(run->attach, ref))
		return;
	gateway_say_ref(run, place, ATTACH_REF_MISSING, "I2G628");
}

void gateway_check_policy(struct gateway_run *run, const struct attach_policy *policy)
{
	const struct gateway_tls_policy *spec = policy->spec;
	const struct kube_meta *meta = &spec->meta;

	gateway_check_version(run, meta);
	for (size_t i = 0; i < spec->targets.count; i++)
		check_target(run, &(struct gateway_place){
					  meta, gateway_text(run, "spec.targetRefs[%zu]", i),
					  &spec->targets.at[i]});
	for (size_t i = 0; i < spec->cas.count; i++) {
		const struct gateway_place place = {
			meta, gateway_text(run, "spec.validation.caCertificateRefs[%zu]", i),
			&spec->cas.at[i]};

		gateway_say_ref(
			run, &place,
			attach_ca(run->attach, "BackendTLSPolicy", meta->namespace, place.ref),
			"I2G622");
	}
	if (policy->winner)
		gateway_say(run, meta,
			    (struct finding){
				    .code = "I2G523",
				    .path = STR("spec.targetRefs[0]"),
				    .span = spec->targets.at[0].name.span,
				    .message = policy->accepted.reason ? policy->accepted.message
								       : STR(""),
			    });
}
