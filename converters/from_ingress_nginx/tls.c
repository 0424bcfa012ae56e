/* Certificates of hosts, and who is redirected to HTTPS. */
#include "converters/from_ingress_nginx/nginx.h"

/* "*.example.com" covers exactly one label more, for nginx as for certificates. */
static bool wildcard_covers(struct str wildcard, struct str host)
{
	size_t dot = str_find(host, '.');

	return str_starts(wildcard, "*.") && dot != SIZE_MAX && dot > 0 &&
	       str_eq_nocase(str_from_pos(wildcard, 1), str_from_pos(host, dot));
}

static bool lists(const struct kube_tls *tls, struct str host, bool wildcards)
{
	for (size_t i = 0; i < tls->host_count; i++)
		if (wildcards ? wildcard_covers(tls->hosts[i].text, host)
			      : str_eq_nocase(tls->hosts[i].text, host))
			return true;
	return false;
}

/* Whether the Secret's certificate names the host; -1 when the data is not in the input. */
static int certificate_covers(const struct nginx *nginx, struct str namespace, struct str secret,
			      struct str host)
{
	const struct kube_secret *object = kube_secret(nginx->run->set, namespace, secret);

	if (!object || !object->has_certificate)
		return -1;
	for (size_t i = 0; i < object->name_count; i++)
		if (str_eq_nocase(object->names[i], host) ||
		    wildcard_covers(object->names[i], host))
			return 1;
	return 0;
}

/* The entry the controller takes: one that lists the host, else one whose certificate covers it.
 * Where the certificate is not in the input, a listed wildcard or an entry without hosts stands for
 * what it covers. SIZE_MAX for none. */
static size_t find_entry(const struct nginx *nginx, const struct kube_ingress *ingress,
			 struct str host)
{
	for (size_t i = 0; i < ingress->tls_count; i++)
		if (lists(&ingress->tls[i], host, false))
			return i;
	for (size_t i = 0; i < ingress->tls_count; i++) {
		const struct kube_tls *tls = &ingress->tls[i];
		int covers =
			certificate_covers(nginx, ingress->meta.namespace, tls->secret.text, host);

		if (covers > 0 || (covers < 0 && (lists(tls, host, true) || !tls->host_count)))
			return i;
	}
	return SIZE_MAX;
}

static bool default_certificate(const struct nginx *nginx, struct model_certificate *certificate)
{
	struct str given = nginx->run->default_certificate;
	size_t slash = str_find(given, '/');

	if (slash == SIZE_MAX)
		return false;
	certificate->namespace = str_sub(given, 0, slash);
	certificate->secret = str_from_pos(given, slash + 1);
	return true;
}

/* What the controller generates for itself names nobody. */
static int default_covers(const struct nginx *nginx, struct str alias)
{
	struct model_certificate own;

	return default_certificate(nginx, &own)
		       ? certificate_covers(nginx, own.namespace, own.secret, alias)
		       : 0;
}

/* Of two servers with one alias nginx takes the first, and the list of certificates the last
 * (configureCertificates()). */
const struct nginx_server *nginx_alias_holder(const struct nginx *nginx, struct str alias)
{
	return map_get(&nginx->alias_holders, alias);
}

int nginx_covers_alias(const struct nginx *nginx, struct str alias)
{
	const struct nginx_server *server = nginx_alias_holder(nginx, alias);

	if (!server || !server->tls)
		return 0;
	/* Aliases are entered with the certificate of the server itself only. */
	if (server->inherits_tls)
		return 0;
	if (server->shows_default)
		return default_covers(nginx, alias);

	const struct model_certificate *certificate = &server->certificate;
	int covers = server->has_certificate ? certificate_covers(nginx, certificate->namespace,
								  certificate->secret, alias)
					     : 0;

	for (size_t i = 0; covers < 0 && i < server->owner_count; i++) {
		const struct kube_ingress *ingress = server->owners[i]->ingress;

		for (size_t t = 0; t < ingress->tls_count; t++)
			if (str_eq(ingress->tls[t].secret.text, certificate->secret) &&
			    (lists(&ingress->tls[t], alias, false) ||
			     lists(&ingress->tls[t], alias, true)))
				return 1;
	}
	return covers;
}

/* About one host that the entry serves; an empty one: about all. */
static void note_tls(struct nginx *nginx, const struct nginx_ingress *owner, size_t entry,
		     struct str host, struct finding said)
{
	findings_add(nginx->findings,
		     (struct finding){
			     .code = said.code,
			     .object = kube_ref(&owner->ingress->meta),
			     .path = str_format(nginx->arena, "spec.tls[%zu]", entry),
			     .span = owner->ingress->tls[entry].span,
			     .message = said.message,
			     .hint = said.hint,
			     .scope = finding_scope_new(nginx->arena,
							(struct finding_scope){.host = host}),
		     });
}

/* About the rule of the Ingress that names the host of the server. */
static void note_host(struct nginx *nginx, const struct nginx_server *server,
		      const struct nginx_ingress *owner, const char *code, struct str message,
		      struct str hint)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++) {
		const struct kube_rule *rule = &owner->ingress->rules[r];

		if (!str_eq_nocase(rule->host.text, server->name))
			continue;
		findings_add(
			nginx->findings,
			(struct finding){
				.code = code,
				.object = kube_ref(&owner->ingress->meta),
				.path = nginx_host_field(nginx, r),
				.span = rule->host.span,
				.message = message,
				.hint = hint,
				.scope = finding_scope_new(
					nginx->arena, (struct finding_scope){.host = server->name}),
			});
		ledger_mark(owner->view->hosts[r], OUTCOME_APPROXIMATE, code);
		return;
	}
}

/* An entry without secretName means the controller's default certificate. When that is not known
 * the listener names a Secret that has to be made: it serves nothing until then, which is safer than
 * serving in the clear what was redirected to HTTPS. */
static void use_default(struct nginx *nginx, struct nginx_server *server,
			const struct nginx_ingress *owner, size_t entry)
{
	struct model_certificate *certificate = &server->certificate;

	server->shows_default = true;
	certificate->item = owner->view->tls[entry];
	if (default_certificate(nginx, certificate))
		return;
	certificate->namespace = owner->ingress->meta.namespace;
	certificate->secret = STR("default-ssl-certificate");
	note_tls(nginx, owner, entry, server->name,
		 (struct finding){
			 .code = "I2G503",
			 .message = str_format(nginx->arena,
					       "no certificate is known for '%.*s': the controller "
					       "uses its default one "
					       "here",
					       STR_ARG(server->name)),
			 .hint = str_format(
				 nginx->arena,
				 "name it with --default-ssl-certificate=NS/NAME; the listener now "
				 "refers to "
				 "a Secret '%.*s/default-ssl-certificate' that does not exist yet",
				 STR_ARG(certificate->namespace))});
	ledger_mark(certificate->item, OUTCOME_APPROXIMATE, "I2G503");
}

/* A host that no entry covers is redirected to HTTPS all the same, and gets the default
 * certificate there; clients see a name mismatch. */
static void use_mismatch(struct nginx *nginx, struct nginx_server *server,
			 const struct nginx_ingress *owner)
{
	const struct kube_tls *tls = owner->ingress->tls;

	server->shows_default = true;
	if (default_certificate(nginx, &server->certificate)) {
		server->certificate.item = NULL;
	} else if (tls[0].secret.text.len == 0) {
		use_default(nginx, server, owner, 0);
		return;
	} else {
		server->certificate.namespace = owner->ingress->meta.namespace;
		server->certificate.secret = tls[0].secret.text;
	}
	note_host(nginx, server, owner, "I2G501",
		  str_format(nginx->arena,
			     "no TLS entry covers '%.*s': ingress-nginx redirects it to HTTPS all "
			     "the same and shows its default certificate",
			     STR_ARG(server->name)),
		  str_format(nginx->arena,
			     "the HTTPS listener for it refers to Secret '%.*s/%.*s'; add the host "
			     "to a TLS entry with a certificate for it",
			     STR_ARG(server->certificate.namespace),
			     STR_ARG(server->certificate.secret)));
}

static void use_entry(struct nginx *nginx, struct nginx_server *server,
		      const struct nginx_ingress *owner, size_t entry)
{
	const struct kube_tls *tls = &owner->ingress->tls[entry];
	struct str namespace = owner->ingress->meta.namespace;

	if (!tls->secret.text.len) {
		use_default(nginx, server, owner, entry);
		return;
	}
	server->certificate = (struct model_certificate){
		.namespace = namespace,
		.secret = tls->secret.text,
		.item = owner->view->tls[entry],
	};
	server->shows_default =
		certificate_covers(nginx, namespace, tls->secret.text, server->name) == 0;
	if (server->shows_default)
		note_tls(
			nginx, owner, entry, server->name,
			(struct finding){.code = "I2G502",
					 .message = str_format(
						 nginx->arena,
						 "the certificate in Secret '%.*s/%.*s' does not "
						 "name '%.*s': "
						 "ingress-nginx then shows its default certificate",
						 STR_ARG(namespace), STR_ARG(tls->secret.text),
						 STR_ARG(server->name)),
					 .hint = STR("a Gateway shows the certificate it was "
						     "given; renew it for this "
						     "host")});
}

static void find_own_certificate(struct nginx *nginx, struct nginx_server *server)
{
	for (size_t i = 0; i < server->owner_count && !server->tls; i++) {
		struct nginx_ingress *owner = server->owners[i];

		if (!owner->has_tls || owner->canary)
			continue;

		size_t entry = find_entry(nginx, owner->ingress, server->name);

		server->tls = true;
		server->has_certificate = true;
		if (entry == SIZE_MAX)
			use_mismatch(nginx, server, owner);
		else
			use_entry(nginx, server, owner, entry);
	}
}

const struct nginx_server *nginx_tls_wildcard(const struct nginx *nginx, struct str host)
{
	size_t dot = str_find(host, '.');

	if (dot == SIZE_MAX || str_starts(host, "*."))
		return NULL;

	struct str name = str_format(nginx->arena, "*%.*s", STR_ARG(str_from_pos(host, dot)));
	const struct nginx_server *wildcard = map_get(&nginx->server_map, name);

	if (wildcard && wildcard->tls)
		return wildcard;
	return nginx_covers_alias(nginx, name) ? nginx_alias_holder(nginx, name) : NULL;
}

struct nginx_server nginx_as_alias(const struct nginx *nginx, const struct nginx_server *server,
				   struct str alias)
{
	const struct nginx_server *wildcard = nginx_tls_wildcard(nginx, alias);
	const struct nginx_server *holder =
		nginx_covers_alias(nginx, alias) ? nginx_alias_holder(nginx, alias) : NULL;
	struct nginx_server bare = *server;

	if (holder && holder != server) {
		bare.tls = bare.has_certificate = true;
		bare.certificate = holder->certificate;
	} else if (wildcard && !holder) {
		bare.tls = bare.has_certificate = true;
		bare.certificate = wildcard->certificate;
	} else if ((server->tls || server->shares_certificate) && !holder) {
		bare.tls = bare.has_certificate = false;
	}
	return bare;
}

bool nginx_server_at(const struct nginx *nginx, struct str name, struct nginx_server *server)
{
	const struct nginx_server *own = map_get(&nginx->server_map, name);
	const struct nginx_server *other = map_get(&nginx->alias_map, name);

	if (own && own->location_count && !own->eclipsed) {
		*server = *own;
		return true;
	}
	if (!other || !other->location_count)
		return false;
	*server = nginx_as_alias(nginx, other, name);
	server->name = name;
	return true;
}

/* Certificates are looked up by SNI: exact name, then the wildcard one label up. So a host without
 * TLS below a wildcard with TLS has its certificate, and its redirect. */
static void inherit_from_wildcard(struct nginx *nginx, struct nginx_server *server)
{
	const struct nginx_server *wildcard =
		server->tls ? NULL : nginx_tls_wildcard(nginx, server->name);

	if (!wildcard)
		return;
	server->tls = true;
	server->has_certificate = true;
	server->certificate = wildcard->certificate;
	server->inherits_tls = true;
}

/* spec.tls of an Ingress whose rules name no host does nothing. */
static void note_hostless(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (ingress->ingress->rules[r].host.text.len)
			return;
	for (size_t i = 0; i < ingress->ingress->tls_count; i++) {
		note_tls(nginx, ingress, i, STR(""),
			 (struct finding){
				 .code = "I2G504",
				 .message = STR(
					 "ingress-nginx ignores spec.tls of an Ingress without "
					 "hosts: its own "
					 "default certificate is shown, and nothing is redirected"),
				 .hint = STR("name the host in the rule, or give "
					     "--default-ssl-certificate")});
		ledger_mark(ingress->view->tls[i], OUTCOME_INERT, "I2G504");
	}
}

static void use_default_everywhere(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];

		if (!server->has_certificate)
			server->has_certificate = default_certificate(nginx, &server->certificate);
	}
}

void nginx_find_certificates(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++)
		if (nginx->servers[s]->name.len)
			find_own_certificate(nginx, nginx->servers[s]);
	for (size_t s = 0; s < nginx->server_count; s++)
		inherit_from_wildcard(nginx, nginx->servers[s]);
	use_default_everywhere(nginx);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->has_tls)
			note_hostless(nginx, nginx->ingresses[i]);
}

void nginx_require_certificate(struct nginx *nginx, struct nginx_server *server,
			       const struct nginx_value *cause, struct nginx_ingress *owner)
{
	if (server->has_certificate)
		return;
	server->has_certificate = true;
	server->certificate = (struct model_certificate){
		.namespace = owner->ingress->meta.namespace,
		.secret = STR("default-ssl-certificate"),
	};
	if (cause)
		ledger_mark(cause->item, OUTCOME_APPROXIMATE, "I2G503");
	nginx_note_host(
		nginx, owner, cause, server->alias_count ? STR("") : server->name,
		(struct finding){
			.code = "I2G503",
			.message = str_format(nginx->arena,
					      "'%.*s' is redirected to HTTPS, but no certificate "
					      "is known for it: the "
					      "controller uses its default one",
					      STR_ARG(server->name)),
			.hint = STR("name it with --default-ssl-certificate=NS/NAME; if TLS ends "
				    "in front of the "
				    "controller, give its ConfigMap (use-forwarded-headers) with "
				    "--controller-config")});
}

void nginx_share_certificate(struct nginx *nginx, struct nginx_server *server, struct str name,
			     const struct nginx_server *other, const struct nginx_ingress *forcing)
{
	server->has_certificate = server->shares_certificate = true;
	server->certificate = forcing ? (struct model_certificate){
						.namespace = forcing->ingress->meta.namespace,
						.secret = STR("default-ssl-certificate"),
					}
				      : other->certificate;
	/* It is the wildcard's to account for. */
	server->certificate.item = NULL;
	nginx_note_host(
		nginx, server->owners[0], NULL, name,
		(struct finding){
			.code = "I2G503",
			.message = str_format(
				nginx->arena,
				"no certificate is known for '%.*s', and the HTTPS listener of "
				"'%.*s' would take its requests: it gets one of its own",
				STR_ARG(name),
				STR_ARG(other->name.len ? other->name : STR("any host"))),
			.hint = str_format(
				nginx->arena,
				"the controller shows its default certificate there; the listener "
				"refers to Secret '%.*s/%.*s'",
				STR_ARG(server->certificate.namespace),
				STR_ARG(server->certificate.secret))});
}

/* ---- redirect to HTTPS ---- */

static bool is_exempt(const struct nginx *nginx, struct str path)
{
	struct str rest = nginx->config.no_redirect_locations, part;
	bool more = true;

	while (str_split(&rest, ',', &more, &part)) {
		struct str prefix = str_trim(part);

		if (prefix.len && path.len >= prefix.len &&
		    str_eq(str_sub(path, 0, prefix.len), prefix))
			return true;
	}
	return false;
}

bool nginx_redirects_to_https(const struct nginx *nginx, const struct nginx_server *server,
			      const struct nginx_ingress *owner, struct str path)
{
	if (is_exempt(nginx, path))
		return false;
	if (nginx_bool(owner, "force-ssl-redirect", nginx->config.force_ssl_redirect))
		return true;
	return server->tls && nginx_bool(owner, "ssl-redirect", nginx->config.ssl_redirect);
}

/* ---- entries that nothing uses ---- */

/* Whether a host of the entry is served with its Secret, which an older Ingress of the host gave. */
static bool serves_entry(const struct nginx *nginx, const struct nginx_ingress *ingress,
			 const struct kube_tls *tls, const struct nginx_server **other)
{
	for (size_t i = 0; i < tls->host_count; i++) {
		struct str name = str_lower(nginx->arena, tls->hosts[i].text);
		const struct nginx_server *server = map_get(&nginx->server_map, name);

		if (!server || !server->written || !server->has_certificate)
			continue;
		*other = server;
		if (str_eq(server->certificate.secret, tls->secret.text) &&
		    str_eq(server->certificate.namespace, ingress->ingress->meta.namespace))
			return true;
	}
	return false;
}

static struct str unused_words(const struct nginx *nginx, const struct kube_tls *tls,
			       const struct nginx_server *other)
{
	if (other)
		return str_format(nginx->arena,
				  "'%.*s' is served with Secret '%.*s/%.*s' of an older Ingress, "
				  "not with this one",
				  STR_ARG(other->name), STR_ARG(other->certificate.namespace),
				  STR_ARG(other->certificate.secret));
	if (!tls->host_count)
		return STR("no host is served with this TLS entry");
	return str_format(nginx->arena, "no host is served with this TLS entry ('%.*s')",
			  STR_ARG(tls->hosts[0].text));
}

static void account_entry(struct nginx *nginx, const struct nginx_ingress *ingress, size_t entry)
{
	const struct kube_tls *tls = &ingress->ingress->tls[entry];
	struct ledger_item *item = ingress->view->tls[entry];
	const struct nginx_server *other = NULL;

	if (serves_entry(nginx, ingress, tls, &other)) {
		ledger_mark(item, OUTCOME_EXACT, NULL);
		return;
	}
	note_tls(nginx, ingress, entry, STR(""),
		 (struct finding){
			 .code = "I2G505",
			 .message = unused_words(nginx, tls, other),
			 .hint = other ? STR("remove the entry, or give the host one Secret")
				       : STR("add a rule for the host, or remove the entry"),
		 });
	ledger_mark(item, OUTCOME_INERT, "I2G505");
}

/* Notes entries whose certificates the writer will mark. A host that another controller serves as well
 * may have that one's. */
static void note_used_entries(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];
		struct ledger_item *item = server->certificate.item;

		if (!item || !server->location_count || server->eclipsed)
			continue;

		const struct model_host *host = model_host(nginx->model, server->name);

		for (size_t i = 0; i < host->certificate_count; i++)
			if (host->certificates[i].item == item)
				item->noted = true;
	}
}

/* An entry of which no host is served has no effect. Called last: the writer marks those in use. */
void nginx_note_unused_tls(struct nginx *nginx)
{
	note_used_entries(nginx);
	for (size_t i = 0; i < nginx->ingress_count; i++) {
		const struct nginx_ingress *ingress = nginx->ingresses[i];

		for (size_t t = 0; t < ingress->ingress->tls_count; t++) {
			struct ledger_item *item = ingress->view->tls[t];

			if (item->outcome == OUTCOME_OPEN && !item->noted)
				account_entry(nginx, ingress, t);
		}
	}
}
