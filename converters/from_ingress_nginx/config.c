/* The controller's ConfigMap: defaults of annotations, and what applies to every location. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/values.h"
#include "converters/guards.h"

static struct str option(const struct nginx *nginx, const char *key)
{
	const struct kube_config_map *map = nginx->run->config;
	const struct kube_pair *pair = map ? kube_pair_find(&map->data, str_from(key)) : NULL;

	return pair ? str_trim(pair->value) : (struct str){0};
}

static bool option_bool(const struct nginx *nginx, const char *key, bool fallback)
{
	bool on = fallback;

	/* A value that is no bool leaves the default in place. */
	return nginx_read_bool(option(nginx, key), &on) ? on : fallback;
}

void nginx_note_option(struct nginx *nginx, const struct ledger_item *item, const char *code,
		       struct str message, struct str hint)
{
	findings_add(nginx->findings, (struct finding){
					      .code = code,
					      .object = kube_ref(item->owner),
					      .path = str_format(nginx->arena, "data[%.*s]",
								 STR_ARG(ledger_name(item))),
					      .span = ledger_span(item),
					      .message = message,
					      .hint = hint,
				      });
}

static void note_option(struct nginx *nginx, size_t i, const char *code, struct str message,
			struct str hint)
{
	nginx_note_option(nginx, nginx->run->options[i], code, message, hint);
}

static enum risk parse_risk(struct str text)
{
	if (str_is_nocase(text, "critical"))
		return RISK_CRITICAL;
	if (str_is_nocase(text, "medium"))
		return RISK_MEDIUM;
	return str_is_nocase(text, "low") ? RISK_LOW : RISK_HIGH;
}

/* Values with nginx variables mean something else on every request. */
static bool is_static(struct str value)
{
	return str_find(value, '$') == SIZE_MAX;
}

/* add-headers and proxy-set-headers name a ConfigMap whose entries are headers. */
static bool headers_from_map(struct nginx *nginx, struct str reference,
			     struct model_header_edits *edits)
{
	size_t slash = str_find(reference, '/');
	const struct kube_config_map *map =
		slash == SIZE_MAX ? NULL
				  : kube_config_map(nginx->run->set, str_sub(reference, 0, slash),
						    str_from_pos(reference, slash + 1));

	if (!map)
		return false;
	for (size_t i = 0; i < map->data.count; i++)
		if (!is_static(map->data.at[i].value))
			return false;
	for (size_t i = 0; i < map->data.count; i++)
		model_header_set(nginx->arena, edits, map->data.at[i].key,
				 str_trim(map->data.at[i].value));
	return true;
}

static bool take_headers(struct nginx *nginx, struct str key, struct str value)
{
	struct nginx_config *config = &nginx->config;

	if (str_is(key, "add-headers"))
		return headers_from_map(nginx, value, &config->response_headers);
	if (str_is(key, "proxy-set-headers"))
		return headers_from_map(nginx, value, &config->request_headers);

	struct str part;
	bool more = true;

	while (str_split(&value, ',', &more, &part))
		if (str_trim(part).len)
			model_header_remove(nginx->arena, &config->response_headers,
					    str_trim(part));
	return true;
}

/* Options that a field of nginx_config holds; read by read_fields(). */
static bool is_field(struct str key)
{
	static const char *const fields[] = {
		"allow-cross-namespace-resources",
		"allow-snippet-annotations",
		"annotations-risk-level",
		"force-ssl-redirect",
		"global-allowed-response-headers",
		"hsts",
		"hsts-include-subdomains",
		"hsts-max-age",
		"hsts-preload",
		"http-redirect-code",
		"no-auth-locations",
		"no-tls-redirect-locations",
		"preserve-trailing-slash",
		"proxy-ssl-location-only",
		"ssl-redirect",
		"use-port-in-redirects",
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (str_is(key, fields[i]))
			return true;
	return false;
}

static bool is_redirect_code(struct str text)
{
	return str_is(text, "301") || str_is(text, "302") || str_is(text, "307") ||
	       str_is(text, "308");
}

/* What the controller cannot read leaves its default in place. */
static bool is_readable(const struct option_row *row, struct str value)
{
	bool on;

	if (strcmp(row->key, "http-redirect-code") == 0)
		return is_redirect_code(value);
	if (strcmp(row->key, "proxy-body-size") == 0)
		return nginx_is_size(value);
	if (strcmp(row->default_value, "true") != 0 && strcmp(row->default_value, "false") != 0)
		return true;
	return nginx_read_bool(value, &on);
}

static void note_unreadable(struct nginx *nginx, size_t i, const struct option_row *row)
{
	note_option(nginx, i, "I2G115",
		    str_format(nginx->arena,
			       "'%.*s' is no valid value of %s: the controller uses its default "
			       "'%s'",
			       STR_ARG(str_trim(nginx->run->config->data.at[i].value)), row->key,
			       row->default_value),
		    STR("write a valid value, or remove the option"));
	ledger_mark(nginx->run->options[i], OUTCOME_INERT, "I2G115");
}

static void note_port(struct nginx *nginx, size_t i)
{
	note_option(
		nginx, i, "I2G244",
		STR("use-port-in-redirects prints the port 443 into the Location; most Gateways "
		    "leave out the usual port of a scheme"),
		(struct str){0});
	ledger_mark(nginx->run->options[i], OUTCOME_APPROXIMATE, "I2G244");
}

/* Headers of a ConfigMap that is missing, or has nginx variables in it. */
static void note_headers(struct nginx *nginx, size_t i, struct str reference)
{
	size_t slash = str_find(reference, '/');
	bool missing =
		slash == SIZE_MAX || !kube_config_map(nginx->run->set, str_sub(reference, 0, slash),
						      str_from_pos(reference, slash + 1));

	note_option(nginx, i, "I2G123",
		    str_format(nginx->arena,
			       missing ? "ConfigMap '%.*s' is not in the input, so its headers are "
					 "not written"
				       : "a header in ConfigMap '%.*s' has nginx variables, so its "
					 "headers are not written",
			       STR_ARG(reference)),
		    missing ? STR("add it to the input") : STR("write fixed values"));
	ledger_mark(nginx->run->options[i], OUTCOME_REFUSED, "I2G123");
}

static void note_without_field(struct nginx *nginx, size_t i, const struct option_row *row)
{
	const char *code = row->code ? row->code : "I2G123";

	note_option(nginx, i, code,
		    str_format(nginx->arena, "'%s' has no equivalent in Gateway API", row->key),
		    str_from(row->text));
	ledger_mark(nginx->run->options[i],
		    row->mapping == MAPPING_LOSSY ? OUTCOME_APPROXIMATE : OUTCOME_REFUSED, code);
}

static void note_inert_option(struct nginx *nginx, size_t i, const struct option_row *row)
{
	note_option(nginx, i, "I2G124",
		    str_format(nginx->arena, "'%s' tunes the controller only", row->key),
		    str_from(row->text));
	ledger_mark(nginx->run->options[i], OUTCOME_INERT, "I2G124");
}

static void take_option(struct nginx *nginx, size_t i)
{
	const struct kube_pair *pair = &nginx->run->config->data.at[i];
	struct ledger_item *item = nginx->run->options[i];
	const struct option_row *row = option_find(nginx->run->provider, pair->key);
	struct str value = str_trim(pair->value);

	if (!row) {
		note_option(nginx, i, "I2G122",
			    str_format(nginx->arena,
				       "the controller does not know the option '%.*s'",
				       STR_ARG(pair->key)),
			    STR("it has no effect"));
		ledger_mark(item, OUTCOME_INERT, "I2G122");
	} else if (value.len && !is_readable(row, value)) {
		note_unreadable(nginx, i, row);
	} else if (is_field(pair->key)) {
		if (str_is(pair->key, "use-port-in-redirects") && nginx_parse_bool(value))
			note_port(nginx, i);
		ledger_mark(item, OUTCOME_EXACT, NULL);
	} else if (str_is(value, row->default_value)) {
		ledger_mark(item, OUTCOME_INERT, NULL);
	} else if (nginx_is_raw(pair->key)) {
		ARENA_PUSH(nginx->arena, nginx->config.raws, nginx->config.raw_count,
			   (struct nginx_raw){.pair = pair, .item = item});
	} else if (row->inert) {
		note_inert_option(nginx, i, row);
	} else if ((str_is(pair->key, "add-headers") || str_is(pair->key, "proxy-set-headers") ||
		    str_is(pair->key, "hide-headers")) &&
		   take_headers(nginx, pair->key, value)) {
		ledger_mark(item, OUTCOME_EXACT, NULL);
	} else if (row->feature != FEATURE_NONE) {
		struct model_feature *feature = arena_new(nginx->arena, struct model_feature);

		*feature = (struct model_feature){
			.feature = row->feature,
			.item = item,
			.code = row->code ? row->code : "I2G123",
			.value = value,
			.unlimited = row->feature == FEATURE_BODY_SIZE && nginx_is_unlimited(value),
		};
		if (str_is(pair->key, "global-auth-url"))
			nginx->config.global_auth = feature;
		else if (str_is(pair->key, "global-auth-response-headers"))
			nginx->config.global_auth_headers = feature;
		else
			ARENA_PUSH(nginx->arena, nginx->config.features,
				   nginx->config.feature_count, feature);
	} else if (str_is(pair->key, "add-headers") || str_is(pair->key, "proxy-set-headers")) {
		note_headers(nginx, i, value);
	} else {
		note_without_field(nginx, i, row);
	}
}

static unsigned redirect_code(const struct nginx *nginx)
{
	int64_t code = 308;
	struct str text = option(nginx, "http-redirect-code");

	return is_redirect_code(text) && str_to_int(text, &code) ? (unsigned)code : 308;
}

static void read_fields(struct nginx *nginx)
{
	struct nginx_config *config = &nginx->config;
	struct str max_age = option(nginx, "hsts-max-age");
	struct str no_redirect = option(nginx, "no-tls-redirect-locations");

	config->known = nginx->run->config != NULL;
	config->ssl_redirect = option_bool(nginx, "ssl-redirect", true);
	config->force_ssl_redirect = option_bool(nginx, "force-ssl-redirect", false);
	config->use_port_in_redirects = option_bool(nginx, "use-port-in-redirects", false);
	config->use_forwarded_headers = option_bool(nginx, "use-forwarded-headers", false);
	config->appends_forwarded_for = config->use_forwarded_headers &&
					option_bool(nginx, "compute-full-forwarded-for", false);
	config->underscores = option_bool(nginx, "enable-underscores-in-headers", false);
	config->preserve_slash = option_bool(nginx, "preserve-trailing-slash", false);
	config->tls_location_only = option_bool(nginx, "proxy-ssl-location-only", false);
	config->hsts = option_bool(nginx, "hsts", true);
	config->hsts_subdomains = option_bool(nginx, "hsts-include-subdomains", true);
	config->hsts_preload = option_bool(nginx, "hsts-preload", false);
	config->hsts_max_age = max_age.len ? max_age : STR("31536000");
	config->snippets_allowed = option_bool(nginx, "allow-snippet-annotations", false);
	config->cross_namespace = option_bool(nginx, "allow-cross-namespace-resources", false);
	config->address_lists = option(nginx, "whitelist-source-range").len ||
				option(nginx, "denylist-source-range").len;
	config->risk = parse_risk(option(nginx, "annotations-risk-level"));
	config->redirect_code = redirect_code(nginx);
	config->no_redirect_locations =
		no_redirect.len ? no_redirect : STR("/.well-known/acme-challenge");
	config->no_auth_locations = option(nginx, "no-auth-locations");
}

void nginx_read_config(struct nginx *nginx)
{
	const struct provider_run *run = nginx->run;

	read_fields(nginx);
	nginx->config.held = run->held;
	if (run->config)
		nginx->config.held =
			guard_doubts(&(struct guard_talk){nginx->findings, run->unguarded},
				     &run->config->meta, run->provider, true);
	for (size_t i = 0; nginx->run->config && i < nginx->run->config->data.count; i++)
		take_option(nginx, i);
}
