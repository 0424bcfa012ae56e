/* ingress-nginx, the controller of kubernetes/ingress-nginx. */
#include "converters/from_ingress_nginx/nginx.h"
#include "converters/from_ingress_nginx/side.h"

#include <stdlib.h>

/* Keys that change nothing in any release, or only what a handshake that fails cannot show. */
static void account_inert_keys(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	const struct nginx_value *behavior = nginx_get(ingress, "affinity-canary-behavior");

	static const char *const inert[] = {"auth-tls-error-page", "auth-tls-verify-depth",
					    "http2-push-preload"};

	for (size_t i = 0; i < sizeof inert / sizeof *inert; i++)
		nginx_mark(ingress, inert[i], OUTCOME_INERT, NULL);
	if (behavior)
		nginx_note_inert(nginx, ingress, behavior, STR("without a canary"));
}

/* auth-tls-error-page and -verify-depth have no counterpart once the handshake fails. */
static void account_tls_keys(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	static const char *const keys[] = {"auth-tls-error-page", "auth-tls-verify-depth"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct nginx_value *value = nginx_get(ingress, keys[i]);

		if (!value || !nginx_get(ingress, "auth-tls-secret"))
			continue;
		nginx_note(nginx, ingress, value, "I2G510",
			   str_format(nginx->arena,
				      "'%s' has no equivalent: a Gateway ends the "
				      "handshake by its own rules",
				      keys[i]),
			   (struct str){0});
		ledger_mark(value->item, OUTCOME_REFUSED, "I2G510");
	}
}

/* An Ingress none of whose paths is served: its annotations have nothing to act on. The same goes
 * for features of locations that a redirect answers. */
static void account_unused(const struct nginx_ingress *ingress)
{
	/* All of its paths are exempt from authentication. */
	for (size_t i = 0; i < ingress->value_count; i++) {
		const struct nginx_value *value = &ingress->values[i];
		struct str key = str_from(value->row->key);

		if (ingress->features_used && !ingress->auth_used &&
		    value->item->outcome == OUTCOME_OPEN && str_starts(key, "auth-") &&
		    !str_starts(key, "auth-tls-"))
			ledger_mark(value->item, OUTCOME_INERT, NULL);
	}

	const char *denied = ingress->denied ? ingress->denied : ingress->host_denied;

	for (size_t i = 0; i < ingress->value_count; i++) {
		const struct nginx_value *value = &ingress->values[i];

		if (value->item->outcome != OUTCOME_OPEN ||
		    (ingress->locations && ingress->features_used))
			continue;
		ledger_mark(value->item, denied ? OUTCOME_REFUSED : OUTCOME_INERT, denied);
	}
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (ingress->view->hosts[r]->outcome == OUTCOME_OPEN && !ingress->locations)
			ledger_mark(ingress->view->hosts[r], OUTCOME_INERT, NULL);
}

/* Options that no rule carries: nothing is served, or every location has its own setting. */
static void account_options(const struct nginx_config *config)
{
	for (size_t i = 0; i < config->feature_count && !config->features_used; i++)
		ledger_mark(config->features[i]->item, OUTCOME_INERT, NULL);
	for (size_t i = 0; i < config->raw_count; i++)
		if (config->raws[i].item->outcome == OUTCOME_OPEN)
			ledger_mark(config->raws[i].item, OUTCOME_INERT, NULL);
	if (config->global_auth && !config->global_auth_used)
		ledger_mark(config->global_auth->item, OUTCOME_INERT, NULL);
	if (config->global_auth_headers && !config->global_auth_used)
		ledger_mark(config->global_auth_headers->item, OUTCOME_INERT, NULL);
}

static void read_ingresses(struct provider_run *run)
{
	struct nginx nginx = {.run = run,
			      .arena = run->model->arena,
			      .model = run->model,
			      .findings = run->findings};

	arena_init(&nginx.own);
	map_init(&nginx.paths, &nginx.own);
	nginx_read_config(&nginx);
	nginx_read_ingresses(&nginx);
	nginx_build_servers(&nginx);
	nginx_find_certificates(&nginx);
	nginx_client_certificates(&nginx);
	nginx_write_rules(&nginx);
	nginx_stream_snippets(&nginx);
	nginx_note_unused_tls(&nginx);
	nginx_note_defaults(&nginx);
	for (size_t i = 0; i < nginx.ingress_count; i++) {
		account_tls_keys(&nginx, nginx.ingresses[i]);
		account_inert_keys(&nginx, nginx.ingresses[i]);
		account_unused(nginx.ingresses[i]);
	}
	account_options(&nginx.config);
	arena_finish(&nginx.own);
}

static const char *const prefixes[] = {NGINX_PREFIX, NULL};
static const char *const class_names[] = {"nginx", "ingress-nginx", "k8s.io/ingress-nginx", NULL};
static const char *const controllers[] = {"k8s.io/ingress-nginx", NULL};

extern const struct provider provider_ingress_nginx;

const struct provider provider_ingress_nginx = {
	.name = "ingress-nginx",
	.title = "ingress-nginx",
	.retired = "March 2026",
	.prefixes = prefixes,
	.class_names = class_names,
	.controllers = controllers,
	.by_controller = true,
	.annotations = ingress_nginx_annotations,
	.annotation_count = &ingress_nginx_annotation_count,
	.options = ingress_nginx_options,
	.option_count = &ingress_nginx_option_count,
	.legacy = ingress_nginx_legacy,
	.legacy_count = &ingress_nginx_legacy_count,
	.read = read_ingresses,
	.side = nginx_side,
};
