#include <arpa/inet.h>
#include <stdlib.h>

#include "gateway/attach_parts.h"
#include "kube/read.h"

/* ---- Gateways and the ListenerSets that join them ---- */

static struct str key_of(struct attach *attach, const struct kube_meta *meta)
{
	return str_format(attach->arena, "%.*s/%.*s", STR_ARG(meta->namespace),
			  STR_ARG(meta->name));
}

static struct attach_listeners listeners_of(struct attach *attach,
					    const struct gateway_listeners *specs,
					    struct attach_listener like)
{
	struct attach_listeners listeners = {0};

	if (!specs->count)
		return listeners;
	listeners.at = arena_array(attach->arena, struct attach_listener, specs->count);
	for (; listeners.count < specs->count; listeners.count++) {
		listeners.at[listeners.count] = like;
		listeners.at[listeners.count].spec = &specs->at[listeners.count];
	}
	return listeners;
}

static void add_gateway(struct attach *attach, size_t i)
{
	struct attach_gateway *gateway = &attach->gateways[i];
	const struct gateway *spec = attach->set->gateways[i];

	gateway->spec = spec;
	gateway->class = gateway_class(attach->set, spec->class_name.text);
	gateway->own =
		listeners_of(attach, &spec->listeners,
			     (struct attach_listener){.gateway = gateway, .owner = &spec->meta});
	*map_at(&attach->gateway_map, key_of(attach, &spec->meta)) = gateway;
}

static bool is_gateway(const struct gateway_ref *ref)
{
	return str_is(ref->group, GATEWAY_GROUP) && str_is(ref->kind, "Gateway");
}

static void add_set(struct attach *attach, size_t i)
{
	struct attach_set *set = &attach->sets[i];
	const struct gateway_listener_set *spec = attach->set->listener_sets[i];

	set->spec = spec;
	if (is_gateway(&spec->parent))
		set->gateway = kube_map_get(&attach->gateway_map, spec->parent.namespace,
					    spec->parent.name.text);
	set->own = listeners_of(attach, &spec->listeners,
				(struct attach_listener){
					.gateway = set->gateway, .set = set, .owner = &spec->meta});
	*map_at(&attach->set_map, key_of(attach, &spec->meta)) = set;
	if (!set->gateway)
		return;
	set->joined = attach_namespace(attach->set, &set->gateway->spec->allowed_listeners,
				       set->gateway->spec->meta.namespace, spec->meta.namespace);
	if (!set->joined)
		set->refused = attach_problem(
			attach, "NotAllowed", spec->parent.span,
			"allowedListeners of the Gateway does not take ListenerSets of "
			"namespace %.*s",
			STR_ARG(spec->meta.namespace));
}

static int by_precedence(const void *a, const void *b)
{
	return gateway_precedence(&(*(struct attach_set *const *)a)->spec->meta,
				  &(*(struct attach_set *const *)b)->spec->meta);
}

void attach_gateways(struct attach *attach)
{
	size_t gateways = attach->set->gateway_count, sets = attach->set->listener_set_count;
	struct attach_set **order = arena_array(attach->arena, struct attach_set *, sets + 1);

	attach->gateways = arena_array(attach->arena, struct attach_gateway, gateways + 1);
	attach->sets = arena_array(attach->arena, struct attach_set, sets + 1);
	for (size_t i = 0; i < gateways; i++)
		add_gateway(attach, i);
	for (size_t i = 0; i < sets; i++) {
		add_set(attach, i);
		order[i] = &attach->sets[i];
	}
	if (sets)
		qsort(order, sets, sizeof *order, by_precedence);
	for (size_t i = 0; i < sets; i++) {
		struct attach_gateway *gateway = order[i]->gateway;

		if (order[i]->joined)
			ARENA_PUSH(attach->arena, gateway->sets, gateway->set_count, order[i]);
	}
}

/* ---- protocols and kinds of routes ---- */

static const struct protocol_row {
	const char *name;
	unsigned kinds; /* bits of enum gateway_route_kind */
} protocols[] = {
	{"HTTP", 1u << GATEWAY_HTTP_ROUTE | 1u << GATEWAY_GRPC_ROUTE},
	{"HTTPS", 1u << GATEWAY_HTTP_ROUTE | 1u << GATEWAY_GRPC_ROUTE},
	{"TCP", 1u << GATEWAY_TCP_ROUTE},
	{"TLS", 1u << GATEWAY_TLS_ROUTE},
	{"UDP", 1u << GATEWAY_UDP_ROUTE},
};

static const struct protocol_row *protocol_of(const struct attach_listener *listener)
{
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (str_is(listener->spec->protocol.text, protocols[i].name))
			return &protocols[i];
	return NULL;
}

static bool is_kind(const struct gateway_route_group_kind *kind, int i)
{
	return str_is(kind->group, GATEWAY_GROUP) &&
	       str_is(kind->kind, gateway_route_kind_name((enum gateway_route_kind)i));
}

static void set_resolved(struct attach_listener *listener, struct attach_problem problem)
{
	if (!listener->resolved.reason)
		listener->resolved = problem;
}

static void check_kind(struct attach *attach, struct attach_listener *listener, unsigned possible,
		       const struct gateway_route_group_kind *kind)
{
	for (int i = 0; i < GATEWAY_ROUTE_KINDS; i++)
		if ((possible >> i & 1) && is_kind(kind, i)) {
			listener->kinds[i] = true;
			return;
		}
	set_resolved(listener,
		     attach_problem(attach, "InvalidRouteKinds", kind->span,
				    "%.*s cannot be attached to a listener of protocol %.*s",
				    STR_ARG(kind->kind), STR_ARG(listener->spec->protocol.text)));
}

static void check_protocol(struct attach *attach, struct attach_listener *listener)
{
	const struct gateway_listener *spec = listener->spec;
	const struct protocol_row *row = protocol_of(listener);

	if (!row) {
		listener->accepted =
			attach_problem(attach, "UnsupportedProtocol", spec->protocol.span,
				       "%.*s is no protocol of Gateway API",
				       STR_ARG(kube_excerpt(spec->protocol.text)));
		return;
	}
	for (size_t i = 0; i < spec->kind_count; i++)
		check_kind(attach, listener, row->kinds, &spec->kinds[i]);
	for (int i = 0; i < GATEWAY_ROUTE_KINDS && !spec->kind_count; i++)
		listener->kinds[i] = row->kinds >> i & 1;
	if (str_is(spec->protocol.text, "TLS") && spec->mode == GATEWAY_TLS_TERMINATE &&
	    (attach->options.lacking & ATTACH_TLS_TERMINATE))
		listener->accepted =
			attach_problem(attach, "UnsupportedValue", spec->mode_span,
				       "TLS listeners of mode Terminate are not supported");
}

/* ---- certificates ---- */

static bool terminates(const struct gateway_listener *spec)
{
	return str_is(spec->protocol.text, "HTTPS") ||
	       (str_is(spec->protocol.text, "TLS") && spec->mode == GATEWAY_TLS_TERMINATE);
}

static const char *owner_kind(const struct attach_listener *listener)
{
	return listener->set ? "ListenerSet" : "Gateway";
}

/* Number of certificates that can be used. */
static size_t check_certificates(struct attach *attach, struct attach_listener *listener)
{
	const struct gateway_refs *refs = &listener->spec->certificates;
	size_t usable = 0;

	for (size_t i = 0; i < refs->count; i++) {
		const struct gateway_ref *ref = &refs->at[i];
		enum attach_ref_state state = attach_certificate(attach, owner_kind(listener),
								 listener->owner->namespace, ref);

		usable += state == ATTACH_REF_OK;
		if (state == ATTACH_REF_OK || listener->resolved.reason)
			continue;
		set_resolved(listener,
			     attach_problem(attach,
					    state == ATTACH_REF_DENIED ? "RefNotPermitted"
								       : "InvalidCertificateRef",
					    ref->span, "%.*s %s",
					    STR_ARG(attach_ref_text(attach, ref)),
					    attach_ref_words(state)));
	}
	return usable;
}

/* Options may name where the certificate comes from; what they mean is the vendor's. */
static bool has_certificate(struct attach *attach, struct attach_listener *listener)
{
	const struct gateway_listener *spec = listener->spec;

	if (!terminates(spec))
		return true;
	if (spec->certificates.count)
		return check_certificates(attach, listener) > 0;
	if (spec->tls_options.count)
		return true;
	set_resolved(listener, attach_problem(attach, "InvalidCertificateRef", spec->span,
					      "the listener terminates TLS and has no "
					      "certificateRefs"));
	return false;
}

/* ---- client certificates ---- */

const struct gateway_frontend *attach_frontend(const struct attach_listener *listener)
{
	const struct gateway *gateway = listener->gateway ? listener->gateway->spec : NULL;
	const struct gateway_frontend *found = NULL;

	if (!gateway || !str_is(listener->spec->protocol.text, "HTTPS"))
		return NULL;
	for (size_t i = 0; i < gateway->frontend_count; i++)
		if (gateway->frontends[i].port == listener->spec->port)
			return &gateway->frontends[i];
		else if (!gateway->frontends[i].port)
			found = &gateway->frontends[i];
	return found;
}

static const char *ca_reason(enum attach_ref_state state)
{
	switch (state) {
	case ATTACH_REF_KIND:
		return "InvalidCACertificateKind";
	case ATTACH_REF_DENIED:
		return "RefNotPermitted";
	default:
		return "InvalidCACertificateRef";
	}
}

/* CAs are references of the Gateway, also where they guard a listener of a ListenerSet. */
static void check_cas(struct attach *attach, struct attach_listener *listener)
{
	const struct gateway_frontend *frontend = attach_frontend(listener);
	const struct attach_gateway *gateway = listener->gateway;
	size_t usable = 0;

	if (!frontend || !frontend->validates)
		return;
	for (size_t i = 0; i < frontend->cas.count; i++) {
		const struct gateway_ref *ref = &frontend->cas.at[i];
		enum attach_ref_state state =
			attach_ca(attach, "Gateway", gateway->spec->meta.namespace, ref);

		usable += state == ATTACH_REF_OK;
		if (state == ATTACH_REF_OK || listener->resolved.reason)
			continue;
		set_resolved(listener,
			     attach_problem(attach, ca_reason(state), ref->span, "%.*s %s",
					    STR_ARG(attach_ref_text(attach, ref)),
					    attach_ref_words(state)));
	}
	if (!usable && frontend->cas.count && !listener->accepted.reason)
		listener->accepted =
			attach_problem(attach, "NoValidCACertificate", frontend->span,
				       "no CA to check client certificates with can be used");
}

static bool takes_any_kind(const struct attach_listener *listener)
{
	for (int i = 0; i < GATEWAY_ROUTE_KINDS; i++)
		if (listener->kinds[i])
			return true;
	return false;
}

static void check_listeners(struct attach *attach, struct attach_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		struct attach_listener *listener = &listeners->at[i];

		check_protocol(attach, listener);
		listener->programmed =
			has_certificate(attach, listener) && takes_any_kind(listener);
		check_cas(attach, listener);
	}
}

void attach_check_listeners(struct attach *attach)
{
	for (size_t i = 0; i < attach->set->gateway_count; i++)
		check_listeners(attach, &attach->gateways[i].own);
	for (size_t i = 0; i < attach->set->listener_set_count; i++)
		check_listeners(attach, &attach->sets[i].own);
}

/* ---- what follows for Gateways ---- */

static bool is_supported_address(struct str type)
{
	return str_is(type, "IPAddress") || str_is(type, "Hostname") ||
	       str_is(type, "NamedAddress");
}

/* Addresses that no host can have: "this network", multicast, reserved, documentation (RFC 1122, 5771,
 * 5737, 4291, 3849). What else an installation cannot use, files do not say. */
static bool is_unusable(struct str text)
{
	static const struct {
		uint32_t address, mask;
	} blocks[] = {
		{0x00000000, 0xff000000}, {0xc0000200, 0xffffff00}, {0xc6336400, 0xffffff00},
		{0xcb007100, 0xffffff00}, {0xe0000000, 0xe0000000},
	};
	char name[INET6_ADDRSTRLEN + 1];
	struct in_addr v4;
	struct in6_addr v6;

	if (text.len >= sizeof name)
		return true;
	memcpy(name, text.at, text.len);
	name[text.len] = '\0';
	if (inet_pton(AF_INET6, name, &v6) == 1)
		return v6.s6_addr[0] == 0xff || IN6_IS_ADDR_UNSPECIFIED(&v6) ||
		       memcmp(v6.s6_addr, "\x20\x01\x0d\xb8", 4) == 0;
	if (inet_pton(AF_INET, name, &v4) != 1)
		return true;
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		if ((ntohl(v4.s_addr) & blocks[i].mask) == blocks[i].address)
			return true;
	return false;
}

static void check_addresses(struct attach *attach, struct attach_gateway *gateway)
{
	for (size_t i = 0; i < gateway->spec->address_count; i++) {
		const struct gateway_address *address = &gateway->spec->addresses[i];
		struct str value = kube_excerpt(address->value.text);

		if (!is_supported_address(address->type.text)) {
			gateway->accepted =
				attach_problem(attach, "UnsupportedAddress", address->type.span,
					       "addresses of type %.*s are not supported",
					       STR_ARG(kube_excerpt(address->type.text)));
			return;
		}
		if (str_is(address->type.text, "IPAddress") && value.len && is_unusable(value) &&
		    !gateway->address.reason)
			gateway->address = attach_problem(
				attach, "AddressNotUsable", address->value.span,
				"%.*s is an address that no host can have", STR_ARG(value));
	}
}

static void check_gateway(struct attach *attach, struct attach_gateway *gateway)
{
	const struct gateway *spec = gateway->spec;
	enum attach_ref_state state;

	check_addresses(attach, gateway);
	if (spec->has_parameters && !attach_has_parameters(attach, &spec->parameters))
		gateway->accepted = attach_problem(
			attach, "InvalidParameters", spec->parameters.span, "%.*s does not exist",
			STR_ARG(attach_ref_text(attach, &spec->parameters)));
	for (size_t i = 0; i < spec->frontend_count; i++)
		gateway->insecure_frontend |= spec->frontends[i].insecure_fallback;
	if (!spec->has_client_certificate)
		return;
	state = attach_certificate(attach, "Gateway", spec->meta.namespace,
				   &spec->client_certificate);
	if (state != ATTACH_REF_OK)
		gateway->resolved =
			attach_problem(attach,
				       state == ATTACH_REF_DENIED ? "RefNotPermitted"
								  : "InvalidClientCertificateRef",
				       spec->client_certificate.span, "%.*s %s",
				       STR_ARG(attach_ref_text(attach, &spec->client_certificate)),
				       attach_ref_words(state));
}

/* Listeners that are accepted; those that are not are not programmed either. */
static size_t count_accepted(struct attach_listeners *listeners)
{
	size_t accepted = 0;

	for (size_t i = 0; i < listeners->count; i++) {
		struct attach_listener *listener = &listeners->at[i];

		accepted += !listener->accepted.reason && !listener->conflict;
		listener->programmed &= !listener->accepted.reason && !listener->conflict;
	}
	return accepted;
}

static void refuse_all(struct attach_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		listeners->at[i].programmed = false;
}

static void settle_set(struct attach *attach, struct attach_set *set)
{
	size_t accepted = count_accepted(&set->own);

	if (set->joined && set->gateway->accepted.reason)
		set->refused = attach_problem(attach, "ParentNotAccepted", set->spec->parent.span,
					      "the Gateway is not accepted");
	else if (set->joined && !accepted)
		set->refused = attach_problem(attach, "ListenersNotValid", set->spec->parent.span,
					      "none of its listeners can be used");
	if (!set->gateway || set->refused.reason)
		refuse_all(&set->own);
	else
		set->gateway->attached_sets++;
}

void attach_settle(struct attach *attach)
{
	for (size_t i = 0; i < attach->set->gateway_count; i++) {
		struct attach_gateway *gateway = &attach->gateways[i];

		check_gateway(attach, gateway);
		if (!count_accepted(&gateway->own) && !gateway->accepted.reason)
			gateway->accepted = attach_problem(attach, "ListenersNotValid",
							   gateway->spec->meta.name_span,
							   "none of its listeners can be used");
		if (gateway->accepted.reason)
			refuse_all(&gateway->own);
	}
	for (size_t i = 0; i < attach->set->listener_set_count; i++)
		settle_set(attach, &attach->sets[i]);
}
