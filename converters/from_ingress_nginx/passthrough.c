/* ssl-passthrough: TLS of a host goes to the backend as it is. */
#include "converters/from_ingress_nginx/nginx.h"
#include "converters/guards.h"

/* The Ingress that makes the server says whether TLS passes through it, and the root path says where to, whose
 * ever it is: createServers() takes the annotation of the first Ingress with a rule for the host, and
 * the backends are those of locations with the path "/". */
static const struct nginx_value *find_passthrough(const struct nginx_server *server,
						  struct nginx_location **root)
{
	const struct nginx_value *value;

	*root = map_get(&((struct nginx_server *)server)->seen, STR("P/"));
	if (!*root || !server->owner_count || server->owners[0]->canary)
		return NULL;
	value = nginx_get(server->owners[0], "ssl-passthrough");
	return value && nginx_parse_bool(value->pair->value) ? value : NULL;
}

/* The annotation on Ingresses that do not make the server, or say false, does nothing. */
static void mark_others(struct nginx *nginx, const struct nginx_server *server,
			const struct nginx_value *used)
{
	for (size_t i = 0; i < server->owner_count; i++) {
		const struct nginx_value *value = nginx_get(server->owners[i], "ssl-passthrough");

		if (!value || value == used || server->owners[i]->canary)
			continue;
		if (nginx_parse_bool(value->pair->value))
			nginx_note_inert(nginx, server->owners[i], value,
					 i ? STR("because an older Ingress makes the host")
					   : STR("without a path '/' on the host"));
		else
			ledger_mark(value->item, OUTCOME_INERT, NULL);
	}
}

static bool refuse(struct nginx *nginx, const struct nginx_ingress *owner,
		   const struct nginx_value *value, const char *why)
{
	nginx_note(nginx, owner, value, "I2G511", str_from(why), STR("name the host in the rule"));
	ledger_mark(value->item, OUTCOME_INERT, "I2G511");
	return false;
}

bool nginx_passthrough(struct nginx *nginx, struct nginx_server *server)
{
	struct nginx_location *root = NULL;
	const struct nginx_value *value = find_passthrough(server, &root);
	struct model_backend backend;

	mark_others(nginx, server, value);
	if (!value)
		return false;
	if (!server->name.len || str_starts(server->name, "*")) {
		nginx_note_inert(nginx, server->owners[0], value,
				 STR("without an exact host name"));
		return false;
	}
	if (!nginx_resolve(nginx, root, &backend))
		return refuse(
			nginx, server->owners[0], value,
			"the port of the backend cannot be resolved, so no TLSRoute is written");
	model_l4_add(nginx->model,
		     (struct model_l4){.kind = L4_TLS,
				       .hostname = server->name,
				       .port = 443,
				       .namespace = root->owner->ingress->meta.namespace,
				       .route_name = root->owner->ingress->meta.name,
				       .backend = backend,
				       .origin = root->origin,
				       .path_item = root->path_item,
				       .host_item = root->host_item});
	return true;
}

static void note_assumed(struct nginx *nginx, const struct nginx_ingress *owner,
			 const struct nginx_value *value)
{
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G506");
	nginx_note(
		nginx, owner, value, "I2G506",
		STR("the controller is assumed to run with --enable-ssl-passthrough; plain HTTP of "
		    "the host, which it sends to the backend as HTTPS, is written as plain HTTP"),
		STR("without that flag the annotation has no effect: remove it then"));
}

static bool is_guarded(const struct model_rule *rule)
{
	for (size_t i = 0; i < rule->feature_count; i++)
		if (feature_guards(rule->features[i]->feature) && !rule->features[i]->inert)
			return true;
	return rule->held || rule->deny || rule->ext_auth;
}

/* A controller without the flag checks, redirects or denies on HTTPS what a TLSRoute hands on. */
static bool has_guards(const struct nginx_server *server, const struct model_host *host)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (is_guarded(host->rules[i]))
			return true;
	for (size_t i = 0; i < server->location_count; i++)
		if (server->locations[i]->answers_itself)
			return true;
	for (size_t i = 0; i < server->namer_count; i++) {
		struct str mode = nginx_text(server->namers[i], "auth-tls-verify-client");

		if (nginx_text(server->namers[i], "auth-tls-secret").len && !str_is(mode, "off"))
			return true;
	}
	return false;
}

void nginx_passthrough_checks(struct nginx *nginx, const struct nginx_server *server,
			      const struct model_host *host)
{
	struct nginx_location *root = NULL;
	const struct nginx_value *value = find_passthrough(server, &root);
	struct model_l4 *l4 = &nginx->model->l4[nginx->model->l4_count - 1];

	if (!has_guards(server, host)) {
		note_assumed(nginx, server->owners[0], value);
		return;
	}
	l4->held = "I2G320";
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G320");
	guard_say(&(struct guard_talk){nginx->findings, nginx->run->unguarded},
		  (struct finding){
			  .code = "I2G320",
			  .object = kube_ref(&server->owners[0]->ingress->meta),
			  .path = str_format(nginx->arena, "metadata.annotations[%.*s]",
					     STR_ARG(value->pair->key)),
			  .span = value->pair->key_span,
			  .message = str_format(
				  nginx->arena,
				  "TLS passthrough for '%.*s' passes by what guards the host, and "
				  "only a controller with --enable-ssl-passthrough does it; by "
				  "default the guards are in force",
				  STR_ARG(server->name)),
			  .hint = STR("without that flag the annotation has no effect: remove it "
				      "then"),
		  });
}
