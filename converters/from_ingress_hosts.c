/* Plain Ingress: which hosts there are, on which ports, with which certificates. */
#include "converters/from_ingress_parts.h"

struct model_host *plain_host_of(struct plain *plain, const struct ingress_view *view,
				 struct str name)
{
	struct model_host *host = model_host(plain->run->model, str_lower(plain->arena, name));

	host->listen |= LISTEN_HTTP;
	host->one_label = str_starts(name, "*.");
	if (!host->origin.object) {
		host->origin.object = &view->ingress->meta;
		host->origin.span = view->ingress->meta.span;
	}
	if (!host->owner_count || host->owners[host->owner_count - 1] != &view->ingress->meta)
		ARENA_PUSH(plain->arena, host->owners, host->owner_count, &view->ingress->meta);
	return host;
}

static bool wildcard_covers(struct str wildcard, struct str host)
{
	size_t dot = str_find(host, '.');

	return str_starts(wildcard, "*.") && dot != SIZE_MAX &&
	       str_eq_nocase(str_from_pos(wildcard, 1), str_from_pos(host, dot));
}

static bool entry_covers(const struct kube_tls *tls, struct str host)
{
	for (size_t i = 0; i < tls->host_count; i++)
		if (str_eq_nocase(tls->hosts[i].text, host) ||
		    wildcard_covers(tls->hosts[i].text, host))
			return true;
	return tls->host_count == 0;
}

int plain_tls_entry(const struct kube_ingress *ingress, struct str host)
{
	for (size_t i = 0; i < ingress->tls_count; i++)
		if (entry_covers(&ingress->tls[i], host))
			return (int)i;
	return -1;
}

static void note_no_secret(struct plain *plain, const struct ingress_view *view, size_t entry,
			   struct str host)
{
	findings_add(plain->run->findings,
		     (struct finding){
			     .code = "I2G503",
			     .object = kube_ref(&view->ingress->meta),
			     .path = str_format(plain->arena, "spec.tls[%zu]", entry),
			     .span = view->ingress->tls[entry].span,
			     .message = str_format(plain->arena,
						   "no certificate is known for '%.*s': the entry "
						   "names no Secret",
						   STR_ARG(host.len ? host : STR("any host"))),
			     .hint = STR("name it with --default-ssl-certificate=NS/NAME"),
			     .scope = finding_scope_new(plain->arena,
							(struct finding_scope){.host = host}),
		     });
}

/* The Secret of an entry; without one the default certificate, or a Secret that has to be made. */
static struct model_certificate certificate_of(struct plain *plain, const struct ingress_view *view,
					       size_t entry, struct str host)
{
	const struct kube_tls *tls = &view->ingress->tls[entry];
	struct str given = plain->run->default_certificate;
	size_t slash = str_find(given, '/');
	struct model_certificate certificate = {.namespace = view->ingress->meta.namespace,
						.secret = tls->secret.text,
						.item = view->tls[entry]};

	if (certificate.secret.len)
		return certificate;
	if (slash != SIZE_MAX) {
		certificate.namespace = str_sub(given, 0, slash);
		certificate.secret = str_from_pos(given, slash + 1);
		return certificate;
	}
	note_no_secret(plain, view, entry, host);
	ledger_mark(certificate.item, OUTCOME_APPROXIMATE, "I2G503");
	certificate.secret = STR("default-ssl-certificate");
	return certificate;
}

static void add_certificate(struct plain *plain, const struct ingress_view *view,
			    struct model_host *host)
{
	int entry = plain_tls_entry(view->ingress, host->name);

	if (host->certificate_count || entry < 0)
		return;
	ARENA_PUSH(plain->arena, host->certificates, host->certificate_count,
		   certificate_of(plain, view, (size_t)entry, host->name));
	host->listen |= LISTEN_HTTPS;
}

void plain_open_hosts(struct plain *plain, const struct ingress_view *view)
{
	for (size_t r = 0; r < view->ingress->rule_count; r++) {
		struct model_host *host =
			plain_host_of(plain, view, view->ingress->rules[r].host.text);

		add_certificate(plain, view, host);
	}
	if (view->default_backend)
		add_certificate(plain, view, plain_host_of(plain, view, STR("")));
}

void plain_close_hosts(struct plain *plain, const struct ingress_view *view)
{
	for (size_t r = 0; r < view->ingress->rule_count; r++) {
		struct model_host *host =
			plain_host_of(plain, view, view->ingress->rules[r].host.text);

		if (!host->rule_count)
			host->listen = 0;
	}
}

static bool uses_entry(struct plain *plain, const struct ingress_view *view, struct str name,
		       size_t entry)
{
	const struct model_host *host = plain_host_of(plain, view, name);

	return host->rule_count && host->certificate_count &&
	       host->certificates[0].item == view->tls[entry];
}

/* An older Ingress of the host named the same Secret: the host is served as this entry asks. */
static bool repeats_entry(struct plain *plain, const struct ingress_view *view, struct str name,
			  size_t entry)
{
	const struct kube_tls *tls = &view->ingress->tls[entry];
	const struct model_host *host = plain_host_of(plain, view, name);

	return host->rule_count && host->certificate_count && tls->secret.text.len &&
	       entry_covers(tls, host->name) &&
	       str_eq(host->certificates[0].secret, tls->secret.text) &&
	       str_eq(host->certificates[0].namespace, view->ingress->meta.namespace);
}

static bool some_host(struct plain *plain, const struct ingress_view *view, size_t entry,
		      bool (*test)(struct plain *plain, const struct ingress_view *view,
				   struct str name, size_t entry))
{
	bool found = view->default_backend && test(plain, view, STR(""), entry);

	for (size_t r = 0; r < view->ingress->rule_count && !found; r++)
		found = test(plain, view, view->ingress->rules[r].host.text, entry);
	return found;
}

void plain_account_tls(struct plain *plain, const struct ingress_view *view)
{
	for (size_t i = 0; i < view->ingress->tls_count; i++) {
		if (some_host(plain, view, i, uses_entry))
			continue;
		if (some_host(plain, view, i, repeats_entry)) {
			ledger_mark(view->tls[i], OUTCOME_EXACT, NULL);
			continue;
		}
		findings_add(plain->run->findings,
			     (struct finding){
				     .code = "I2G505",
				     .object = kube_ref(&view->ingress->meta),
				     .path = str_format(plain->arena, "spec.tls[%zu]", i),
				     .span = view->ingress->tls[i].span,
				     .message = STR("no host is served with this TLS entry"),
				     .hint = STR("add a rule for the host, or remove the entry"),
			     });
		ledger_mark(view->tls[i], OUTCOME_INERT, "I2G505");
	}
}

/* The hosts that a Gateway looks at when this one has no listener: wildcards above it, then all hosts. */
static bool has_wider(const struct plain *plain, struct str name, bool with_certificate)
{
	const struct map *hosts = &model_realm(plain->run->model)->hosts;
	bool found = false;

	name = str_from_pos(name, str_starts(name, "*.") ? 2 : 0);
	for (size_t dot = str_find(name, '.'); name.len && !found; dot = str_find(name, '.')) {
		const struct model_host *host;

		name = dot == SIZE_MAX ? STR("") : str_from_pos(name, dot + 1);
		host = map_get(hosts,
			       name.len ? str_format(plain->arena, "*.%.*s", STR_ARG(name)) : name);
		found = host && host->rule_count && (host->certificate_count || !with_certificate);
	}
	return found;
}

/* By the API a request for a host that somebody names is for that host only, on both ports. */
void plain_note_isolation(struct plain *plain)
{
	const struct model *model = plain->run->model;
	bool wider = false, opens = false;

	for (size_t i = 0; i < model->host_count; i++) {
		const struct model_host *host = model->hosts[i];

		if (host->realm != model->realm || !host->name.len || !host->rule_count)
			continue;
		wider |= has_wider(plain, host->name, false);
		opens |= !host->certificate_count && has_wider(plain, host->name, true);
	}
	if (!wider)
		return;
	findings_add(
		plain->run->findings,
		(struct finding){
			.code = "I2G214",
			.message = str_format(
				plain->arena,
				"a request for a named host never falls through to a rule for more "
				"hosts; Gateways do the same only with listener isolation%s",
				opens ? ", and HTTPS for a host without certificate is answered by "
					"the listener for more hosts"
				      : ""),
			.hint = STR("check that the target supports the feature "
				    "GatewayHTTPListenerIsolation"),
		});
}
