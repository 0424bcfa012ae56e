/* Certificates: the controller's extractTLSSecretName() and what its Lua code looks up; client
 * certificates; TLS towards backends. */
#include "converters/from_ingress_nginx/side.h"

/* ---- which Secret ---- */

static bool one_label_below(struct str wildcard, struct str host)
{
	size_t dot = str_find(host, '.');

	return str_starts(wildcard, "*.") && dot != SIZE_MAX && dot > 0 &&
	       str_eq_nocase(str_from_pos(wildcard, 1), str_from_pos(host, dot));
}

static bool names(const struct kube_text *hosts, size_t count, struct str host, bool wildcards)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(hosts[i].text, host) ||
		    (wildcards && one_label_below(hosts[i].text, host)))
			return true;
	return false;
}

static bool names_host(const struct kube_secret *secret, struct str host)
{
	for (size_t i = 0; i < secret->name_count; i++)
		if (str_eq_nocase(secret->names[i], host) ||
		    one_label_below(secret->names[i], host))
			return true;
	return false;
}

/* Whether the certificate names the host. What is not in the input is taken to name what its entry
 * lists, and everything when it lists nothing. */
static bool is_for(const struct side *side, const struct nginx_ingress *owner,
		   const struct kube_tls *tls, struct str host)
{
	const struct kube_secret *secret =
		kube_secret(side->nginx.run->set, owner->ingress->meta.namespace, tls->secret.text);

	if (!secret || !secret->has_certificate)
		return !tls->host_count || names(tls->hosts, tls->host_count, host, true);
	return names_host(secret, host);
}

/* The entry that lists the host, else one whose certificate names it; NULL: none. */
static const struct kube_tls *entry_for(const struct side *side, const struct nginx_ingress *owner,
					struct str host)
{
	const struct kube_ingress *ingress = owner->ingress;

	for (size_t i = 0; i < ingress->tls_count; i++)
		if (names(ingress->tls[i].hosts, ingress->tls[i].host_count, host, false))
			return &ingress->tls[i];
	for (size_t i = 0; i < ingress->tls_count; i++)
		if (ingress->tls[i].secret.text.len && is_for(side, owner, &ingress->tls[i], host))
			return &ingress->tls[i];
	return NULL;
}

/* What is shown for a host: the Secret of the entry if it is one for the host, else the controller's own
 * certificate. */
static struct route_front_tls shown(const struct side *side, const struct nginx_ingress *owner,
				    struct str host)
{
	const struct kube_tls *tls = entry_for(side, owner, host);

	if (!tls || !tls->secret.text.len || !is_for(side, owner, tls, host))
		return side->table->own;
	return (struct route_front_tls){.namespace = owner->ingress->meta.namespace,
					.name = tls->secret.text};
}

/* Whether the certificate that is shown for a host names the alias, too. Without its data nobody can tell: it is
 * taken to be one for all names of the host. What the controller generates for itself names nobody. */
static bool covers(const struct side *side, const struct nginx_ingress *owner, struct str host,
		   struct str alias)
{
	const struct route_front_tls tls = shown(side, owner, host);
	const struct kube_secret *secret =
		kube_secret(side->nginx.run->set, tls.namespace, tls.name);

	if (!tls.name.len)
		return false;
	return !secret || !secret->has_certificate || names_host(secret, alias);
}

static void add_certificate(struct side *side, struct str name, struct route_front_tls tls)
{
	void **place = map_at(&side->table->certificates, name);
	struct route_front_tls *kept;

	if (*place)
		return;
	kept = arena_new(&side->table->arena, struct route_front_tls);
	*kept = tls;
	*place = kept;
}

/* Aliases that the certificate names have it, too; where two servers list one, it has that of the last. */
static void cover_aliases(struct side *side, const struct side_server *server,
			  const struct nginx_ingress *owner, struct route_front_tls tls)
{
	for (size_t i = 0; i < side->aliases.room; i++) {
		const struct map_entry *entry = &side->aliases.entries[i];
		struct str name = {entry->key, entry->len};

		if (name.at && entry->value == server && covers(side, owner, server->name, name))
			add_certificate(side, str_dup(&side->table->arena, name), tls);
	}
}

/* The first Ingress of the host with spec.tls decides, whether it lists the host or not. */
static void find_certificate(struct side *side, struct side_server *server)
{
	for (size_t i = 0; server->name.len && i < server->owner_count; i++) {
		const struct nginx_ingress *owner = server->owners[i];

		if (!owner->has_tls)
			continue;

		struct route_front_tls tls = shown(side, owner, server->name);

		add_certificate(side, server->name, tls);
		cover_aliases(side, server, owner, tls);
		return;
	}
}

/* ---- client certificates ---- */

static struct str *one_name(struct side *side, const char *kind, struct str name)
{
	struct str *list = arena_new(&side->table->arena, struct str);

	*list = str_format(&side->table->arena, "%s %.*s", kind, STR_ARG(name));
	return list;
}

static enum route_client_validation validation_of(struct str mode)
{
	if (str_is(mode, "off"))
		return ROUTE_CLIENT_UNASKED;
	return str_starts(mode, "optional") ? ROUTE_CLIENT_OPTIONAL : ROUTE_CLIENT_REQUIRED;
}

/* The first Ingress of the host with auth-tls-secret decides, be it a canary. */
static void find_clients(struct side *side, struct side_server *server)
{
	for (size_t i = 0; i < server->namer_count; i++) {
		const struct nginx_ingress *owner = server->namers[i];
		struct str secret = nginx_text(owner, "auth-tls-secret");
		struct route_front_tls *clients;

		if (!secret.len || owner->host_denied)
			continue;
		clients = arena_new(&side->table->arena, struct route_front_tls);
		clients->validation = validation_of(nginx_text(owner, "auth-tls-verify-client"));
		clients->authorities = one_name(side, "Secret", secret);
		clients->authority_count = 1;
		server->made->clients =
			clients->validation == ROUTE_CLIENT_UNASKED ? NULL : clients;
		return;
	}
}

/* ---- passthrough ---- */

/* By word of the Ingress that makes the server, to the Service of the Prefix path "/", whose ever that is;
 * --enable-ssl-passthrough is taken to be set. */
static void find_passthrough(struct side *side, struct side_server *server)
{
	const struct side_location *root = map_get(&server->seen, STR("P/"));

	(void)side;
	if (server->name.len && !str_starts(server->name, "*") && root && root->upstream &&
	    server->owner_count && nginx_bool(server->owners[0], "ssl-passthrough", false))
		server->made->passthrough = &root->upstream->made;
}

static void read_own(struct side *side)
{
	struct str given = side->nginx.run->default_certificate;
	size_t slash = str_find(given, '/');

	if (slash == SIZE_MAX)
		return;
	side->table->own.namespace = str_sub(given, 0, slash);
	side->table->own.name = str_from_pos(given, slash + 1);
}

void side_find_certificates(struct side *side)
{
	read_own(side);
	for (size_t i = 0; i < side->server_count; i++) {
		find_certificate(side, side->servers[i]);
		find_clients(side, side->servers[i]);
		find_passthrough(side, side->servers[i]);
	}
}

/* ---- towards the backend ---- */

/* The controller overwrites the server's settings with those of each Ingress until they have a CA. */
const struct nginx_ingress *side_server_tls(const struct side *side,
					    const struct side_server *server)
{
	if (side->nginx.config.tls_location_only)
		return NULL;
	for (size_t i = 0; i < server->owner_count; i++) {
		struct str secret = nginx_text(server->owners[i], "proxy-ssl-secret");
		size_t slash = str_find(secret, '/');
		const struct kube_secret *known;

		if (slash == SIZE_MAX || server->owners[i]->denied)
			continue;
		known = kube_secret(side->nginx.run->set, str_sub(secret, 0, slash),
				    str_from_pos(secret, slash + 1));
		if (!known || known->ca.len)
			return server->owners[i];
	}
	return NULL;
}

/* Without proxy-ssl-secret all other keys are ignored, and the location has what stands in the server;
 * proxy_ssl_name it has from there as well when it sets none. */
const struct route_backend_tls *side_backend_tls(struct side *side,
						 const struct nginx_ingress *owner,
						 const struct nginx_ingress *server_tls)
{
	struct route_backend_tls *tls = arena_new(&side->table->arena, struct route_backend_tls);
	const struct nginx_ingress *from =
		nginx_text(owner, "proxy-ssl-secret").len || !server_tls ? owner : server_tls;
	const struct nginx_value *value = nginx_get(from, "proxy-ssl-secret");
	struct str secret = nginx_text(from, "proxy-ssl-secret"), name;

	tls->place =
		side_place(from, -1, -1, value ? value->pair->key_span : owner->ingress->meta.span);
	if (!secret.len)
		return tls;
	name = nginx_text(from, "proxy-ssl-name");
	if (!name.len && server_tls)
		name = nginx_text(server_tls, "proxy-ssl-name");
	tls->verify = str_is(nginx_text(from, "proxy-ssl-verify"), "on");
	if (str_is(nginx_text(from, "proxy-ssl-server-name"), "on") || tls->verify)
		tls->sni = name;
	if (tls->verify) {
		tls->authorities = one_name(side, "Secret", secret);
		tls->authority_count = 1;
	}
	return tls;
}
