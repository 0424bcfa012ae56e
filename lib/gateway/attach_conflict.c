#include "gateway/attach_parts.h"

/* What a port can be asked to speak. Modes of TLS count as protocols of their own. */
enum family {
	FAMILY_HTTP = 1,
	FAMILY_HTTPS = 2,
	FAMILY_TLS_TERMINATE = 4,
	FAMILY_TLS_PASSTHROUGH = 8,
	FAMILY_TCP = 16,
	FAMILY_UDP = 32,
	FAMILY_BY_SNI = FAMILY_HTTPS | FAMILY_TLS_TERMINATE | FAMILY_TLS_PASSTHROUGH,
};

/* A port of a Gateway: what stands there already, and what the group that is looked at wants there. */
struct slot {
	unsigned taken, wanted;
	size_t group; /* that `wanted` is of */
};

/* A host name on a port. */
struct name {
	bool taken;
	size_t wanted, group;
};

struct search {
	struct attach *attach;
	struct map slots, names;
	size_t group; /* number of the Gateway or ListenerSet, from 1 */
	bool deciding;
};

static unsigned family_of(const struct gateway_listener *spec)
{
	struct str protocol = spec->protocol.text;

	if (str_is(protocol, "HTTP"))
		return FAMILY_HTTP;
	if (str_is(protocol, "HTTPS"))
		return FAMILY_HTTPS;
	if (str_is(protocol, "TLS"))
		return spec->mode == GATEWAY_TLS_PASSTHROUGH ? FAMILY_TLS_PASSTHROUGH
							     : FAMILY_TLS_TERMINATE;
	return str_is(protocol, "TCP") ? FAMILY_TCP : FAMILY_UDP;
}

/* HTTPS and TLS are told apart by the server name. Both modes of TLS on one port are an extended
 * feature. UDP ports are no TCP ports. */
static bool can_share(const struct search *search, unsigned families)
{
	const unsigned modes = FAMILY_TLS_TERMINATE | FAMILY_TLS_PASSTHROUGH;

	if ((families & modes) == modes && (search->attach->options.lacking & ATTACH_TLS_MIXED))
		return false;
	return (families & (families - 1)) == 0 || !(families & ~(unsigned)FAMILY_BY_SNI);
}

static struct slot *slot_of(struct search *search, const struct gateway_listener *spec)
{
	const char *transport = family_of(spec) == FAMILY_UDP ? "udp" : "tcp";
	void **place = map_at(&search->slots,
			      str_format(search->attach->arena, "%s/%u", transport, spec->port));
	struct slot *slot = *place;

	if (!slot)
		*place = slot = arena_new(search->attach->arena, struct slot);
	if (slot->group != search->group) {
		slot->group = search->group;
		slot->wanted = 0;
	}
	return slot;
}

static struct name *name_of(struct search *search, const struct gateway_listener *spec)
{
	const char *transport = family_of(spec) == FAMILY_UDP ? "udp" : "tcp";
	struct str key = str_format(search->attach->arena, "%s/%u/%.*s", transport, spec->port,
				    STR_ARG(spec->hostname.text));
	void **place = map_at(&search->names, str_lower(search->attach->arena, key));
	struct name *name = *place;

	if (!name)
		*place = name = arena_new(search->attach->arena, struct name);
	if (name->group != search->group) {
		name->group = search->group;
		name->wanted = 0;
	}
	return name;
}

/* First what the group wants, then, when that is known, who cannot have it. What came before wins over
 * the group; within the group there is no winner (Gateway.spec.listeners). */
static void visit(struct search *search, struct attach_listener *listener)
{
	const struct gateway_listener *spec = listener->spec;
	struct slot *slot = slot_of(search, spec);
	struct name *name = name_of(search, spec);
	unsigned family = family_of(spec);

	if (!can_share(search, slot->taken | family)) {
		listener->conflict = "ProtocolConflict";
	} else if (name->taken) {
		listener->conflict = "HostnameConflict";
	} else if (!search->deciding) {
		slot->wanted |= family;
		name->wanted++;
	} else if (!can_share(search, slot->taken | slot->wanted)) {
		listener->conflict = "ProtocolConflict";
	} else if (name->wanted > 1) {
		listener->conflict = "HostnameConflict";
	}
}

/* What the group got is taken for those that come later. */
static void take(struct search *search, const struct attach_listeners *group)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct attach_listener *listener = &group->at[i];

		if (listener->conflict || listener->accepted.reason)
			continue;
		slot_of(search, listener->spec)->taken |= family_of(listener->spec);
		name_of(search, listener->spec)->taken = true;
	}
}

static bool is_protocol(const struct attach_listener *listener)
{
	return !listener->accepted.reason ||
	       !str_is(str_from(listener->accepted.reason), "UnsupportedProtocol");
}

static void decide(struct search *search, struct attach_listeners *group)
{
	search->group++;
	for (int pass = 0; pass < 2; pass++) {
		search->deciding = pass;
		for (size_t i = 0; i < group->count; i++)
			if (is_protocol(&group->at[i]))
				visit(search, &group->at[i]);
	}
	take(search, group);
}

void attach_find_conflicts(struct attach *attach, struct attach_gateway *gateway)
{
	struct search search = {.attach = attach};

	map_init(&search.slots, attach->arena);
	map_init(&search.names, attach->arena);
	decide(&search, &gateway->own);
	for (size_t i = 0; i < gateway->set_count; i++)
		decide(&search, &gateway->sets[i]->own);
}
