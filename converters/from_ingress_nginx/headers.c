/* Header edits: custom-headers, upstream-vhost, and what the ConfigMap sets everywhere. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/limits.h"
#include "gateway/name.h"

static void add_all(struct arena *arena, struct model_header_edits **place,
		    const struct model_header_edits *from)
{
	struct model_header_edits *to;

	if (!from->remove_count && !from->set_count && !from->add_count)
		return;
	to = model_edits(arena, place);
	for (size_t i = 0; i < from->remove_count; i++)
		model_header_remove(arena, to, from->remove[i]);
	for (size_t i = 0; i < from->set_count; i++)
		model_header_set(arena, to, from->set[i].name, from->set[i].value);
	for (size_t i = 0; i < from->add_count; i++)
		model_header_add(arena, to, from->add[i].name, from->add[i].value);
}

/* ---- custom-headers ---- */

/* The ConfigMap is looked up in the Ingress's namespace when the value names none. */
static const struct kube_config_map *headers_map(const struct nginx_draft *draft,
						 const struct nginx_value *value)
{
	struct str reference = str_trim(value->pair->value);
	size_t slash = str_find(reference, '/');
	struct str namespace = draft->location->owner->ingress->meta.namespace;

	if (slash != SIZE_MAX) {
		namespace = str_sub(reference, 0, slash);
		reference = str_from_pos(reference, slash + 1);
	}
	return kube_config_map(draft->nginx->run->set, namespace, reference);
}

static void custom_headers(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "custom-headers");

	if (!value)
		return;
	if (nginx_is_off(value)) {
		ledger_mark(value->item, OUTCOME_INERT, NULL);
		return;
	}

	const struct kube_config_map *map = headers_map(draft, value);

	if (!map) {
		nginx_note(
			nginx, owner, value, "I2G411",
			str_format(nginx->arena,
				   "ConfigMap '%.*s' is not in the input, so its response headers "
				   "are not written",
				   STR_ARG(str_trim(value->pair->value))),
			STR("add it to the input"));
		ledger_mark(value->item, OUTCOME_REFUSED, "I2G411");
		return;
	}
	nginx->edits_responses |= map->data.count > 0;
	for (size_t i = 0; i < map->data.count; i++)
		model_header_set(nginx->arena,
				 model_edits(nginx->arena, &draft->rule.response_headers),
				 map->data.at[i].key, str_trim(map->data.at[i].value));
	ledger_mark(value->item, OUTCOME_EXACT, NULL);
}

/* A redirect of nginx carries what the location sets on its answers, that of a Gateway does not: I2G425. */
void nginx_redirect_headers(const struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "custom-headers");
	const struct kube_config_map *map =
		value && !nginx_is_off(value) ? headers_map(draft, value) : NULL;

	draft->nginx->edits_responses |=
		(map && map->data.count) || nginx_bool(owner, "enable-cors", false);
}

/* ---- upstream-vhost ---- */

/* The variables that are constant for a location. */
static struct str expand(struct nginx_draft *draft, struct str text)
{
	struct arena *arena = draft->nginx->arena;
	const struct nginx_location *location = draft->location;
	const struct {
		const char *name;
		struct str value;
	} variables[] = {
		{"$service_name", location->backend->name.text},
		{"$service_port", location->backend->port
					  ? str_format(arena, "%u", location->backend->port)
					  : location->backend->port_name},
		{"$namespace", location->owner->ingress->meta.namespace},
		{"$ingress_name", location->owner->ingress->meta.name},
	};

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		size_t at = str_find_str(text, variables[i].name);

		if (at == SIZE_MAX)
			continue;

		struct str rest = str_from_pos(text, at + strlen(variables[i].name));

		text = str_format(arena, "%.*s%.*s%.*s", (int)at, text.at,
				  STR_ARG(variables[i].value), STR_ARG(rest));
		i = (size_t)-1; /* again: it may stand there twice */
	}
	return text;
}

static void upstream_vhost(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "upstream-vhost");

	if (!value)
		return;

	struct str host = expand(draft, str_trim(value->pair->value));

	/* $host and $http_host are what is sent anyway. */
	if (!host.len || str_is(host, "$host") || str_is(host, "$http_host")) {
		ledger_mark(value->item, OUTCOME_INERT, NULL);
		return;
	}
	host = str_lower(nginx->arena, host);
	if (!name_is_subdomain(host)) {
		nginx_note(
			nginx, owner, value, "I2G410",
			str_format(nginx->arena,
				   "the Host '%.*s' is no DNS name, which is all that URLRewrite "
				   "takes",
				   STR_ARG(host)),
			STR("write a plain host name without port and variables"));
		ledger_mark(value->item, OUTCOME_REFUSED, "I2G410");
		return;
	}
	if (!draft->rule.rewrite)
		draft->rule.rewrite = arena_new(nginx->arena, struct model_rewrite);
	draft->rule.rewrite->hostname = host;
	if (draft->also_rewrite)
		draft->also_rewrite->hostname = host;
	ledger_mark(value->item, OUTCOME_EXACT, NULL);
}

void nginx_headers(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;

	add_all(nginx->arena, &draft->rule.request_headers, &nginx->config.request_headers);
	add_all(nginx->arena, &draft->rule.response_headers, &nginx->config.response_headers);
	custom_headers(draft);
	upstream_vhost(draft);
}
