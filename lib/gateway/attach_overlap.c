#include "gateway/attach_parts.h"

/* Host names on the TLS ports of one Gateway. A name is filed under the port and itself, and under the
 * port and each wildcard above it, so that who overlaps whom is found without comparing all with all. */
struct entry {
	size_t exact;  /* listeners with this very name */
	size_t below;  /* listeners whose name this one, a wildcard, takes */
	size_t labels; /* listeners whose name is one label below this wildcard */
};

struct search {
	struct attach *attach;
	struct map names; /* by port and name: "443/a.test" */
};

static bool is_tls(const struct attach_listener *listener)
{
	struct str protocol = listener->spec->protocol.text;

	return !listener->conflict &&
	       (str_is(protocol, "HTTPS") ||
		(str_is(protocol, "TLS") && listener->spec->mode == GATEWAY_TLS_TERMINATE));
}

static struct entry *entry_of(struct search *search, uint32_t port, const char *before,
			      struct str name)
{
	struct arena *arena = search->attach->arena;
	struct str key = str_format(arena, "%u/%s%.*s", port, before, STR_ARG(name));
	void **place = map_at(&search->names, str_lower(arena, key));

	if (!*place)
		*place = arena_new(arena, struct entry);
	return *place;
}

/* Cuts the first label off: "a.b.test" becomes ".b.test". */
static bool next_parent(struct str *name)
{
	size_t dot = str_find(str_from_pos(*name, 1), '.');

	if (!name->len || dot == SIZE_MAX)
		return false;
	*name = str_from_pos(*name, dot + 1);
	return true;
}

/* A wildcard is not below itself. False for one. */
static bool skip_own(struct str *name)
{
	return !str_starts(*name, "*.") || !next_parent(name);
}

static void file(void *user, struct attach_listener *listener)
{
	struct search *search = user;
	struct str name = listener->spec->hostname.text;
	uint32_t port = listener->spec->port;
	struct entry *own = entry_of(search, port, "", name);

	if (!is_tls(listener))
		return;
	own->exact++;
	if (name.len)
		entry_of(search, port, "", STR(""))->below++;
	for (bool nearest = skip_own(&name); next_parent(&name); nearest = false) {
		struct entry *parent = entry_of(search, port, "*", name);

		parent->below++;
		parent->labels += nearest;
	}
}

static bool has_listener_above(struct search *search, const struct attach_listener *listener)
{
	struct str name = listener->spec->hostname.text;
	uint32_t port = listener->spec->port;

	if (name.len && entry_of(search, port, "", STR(""))->exact)
		return true;
	skip_own(&name);
	while (next_parent(&name))
		if (entry_of(search, port, "*", name)->exact)
			return true;
	return false;
}

/* A certificate that is good for the name of another listener lets clients reuse a connection for it. */
static bool name_reaches_others(struct search *search, const struct attach_listener *listener,
				struct str san)
{
	uint32_t port = listener->spec->port;
	const struct entry *entry = entry_of(search, port, "", san);
	struct str own = listener->spec->hostname.text, parent = own;
	bool is_below = skip_own(&parent) && str_starts(san, "*.") && next_parent(&parent) &&
			str_eq_nocase(parent, str_from_pos(san, 1));

	return entry->exact > (size_t)str_eq_nocase(own, san) ||
	       (str_starts(san, "*.") && entry->labels > (size_t)is_below);
}

static bool certificate_overlaps(struct search *search, const struct attach_listener *listener)
{
	const struct gateway_refs *refs = &listener->spec->certificates;

	for (size_t i = 0; i < refs->count; i++) {
		const struct kube_secret *secret = kube_secret(
			search->attach->set->kube, refs->at[i].namespace, refs->at[i].name.text);

		for (size_t j = 0; secret && j < secret->name_count; j++)
			if (name_reaches_others(search, listener, secret->names[j]))
				return true;
	}
	return false;
}

static void judge(void *user, struct attach_listener *listener)
{
	struct search *search = user;
	const struct entry *own;

	if (!is_tls(listener))
		return;
	own = entry_of(search, listener->spec->port, "", listener->spec->hostname.text);
	if (certificate_overlaps(search, listener))
		listener->overlap = "OverlappingCertificates";
	else if (own->exact > 1 || own->below || has_listener_above(search, listener))
		listener->overlap = "OverlappingHostnames";
}

void attach_find_overlaps(struct attach *attach, struct attach_gateway *gateway)
{
	struct search search = {.attach = attach};

	map_init(&search.names, attach->arena);
	attach_each_listener(gateway, file, &search);
	attach_each_listener(gateway, judge, &search);
}
