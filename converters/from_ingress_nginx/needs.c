/* Annotations that lean on something else: on another annotation, or on a Secret.
 *
 * A key without the one it needs does nothing, and people should know. A Secret that is missing
 * makes the controller refuse requests, which a converted route must not undo. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/values.h"

/* ---- keys that only say how another one works ---- */

struct dependent {
	const char *key;
	const char *needs[3]; /* one of them */
	bool unread;          /* without it the controller does not even look at the value */
};

static const struct dependent dependents[] = {
	{"affinity-canary-behavior", {"affinity"}, false},
	{"affinity-mode", {"affinity"}, false},
	{"auth-always-set-cookie", {"auth-url"}, true},
	{"auth-cache-duration", {"auth-url"}, true},
	{"auth-cache-key", {"auth-url"}, true},
	{"auth-keepalive", {"auth-url"}, true},
	{"auth-keepalive-requests", {"auth-url"}, true},
	{"auth-keepalive-share-vars", {"auth-url"}, true},
	{"auth-keepalive-timeout", {"auth-url"}, true},
	{"auth-method", {"auth-url"}, true},
	{"auth-proxy-set-headers", {"auth-url"}, true},
	{"auth-realm", {"auth-type"}, true},
	{"auth-request-redirect", {"auth-url"}, true},
	{"auth-response-headers", {"auth-url"}, true},
	{"auth-secret", {"auth-type"}, true},
	{"auth-secret-type", {"auth-type"}, true},
	{"auth-signin", {"auth-url"}, true},
	{"auth-signin-redirect-param", {"auth-signin"}, false},
	{"auth-snippet", {"auth-url"}, true},
	{"auth-tls-error-page", {"auth-tls-secret"}, true},
	{"auth-tls-match-cn", {"auth-tls-secret"}, true},
	{"auth-tls-pass-certificate-to-upstream", {"auth-tls-secret"}, true},
	{"auth-tls-verify-client", {"auth-tls-secret"}, true},
	{"auth-tls-verify-depth", {"auth-tls-secret"}, true},
	{"disable-proxy-intercept-errors", {"custom-http-errors"}, false},
	{"enable-owasp-core-rules", {"enable-modsecurity"}, false},
	{"limit-allowlist", {"limit-rps", "limit-rpm", "limit-connections"}, false},
	{"limit-burst-multiplier", {"limit-rps", "limit-rpm"}, false},
	{"limit-rate-after", {"limit-rate"}, false},
	{"limit-whitelist", {"limit-rps", "limit-rpm", "limit-connections"}, false},
	{"mirror-host", {"mirror-target"}, false},
	{"mirror-request-body", {"mirror-target"}, false},
	{"modsecurity-snippet", {"enable-modsecurity"}, false},
	{"modsecurity-transaction-id", {"enable-modsecurity"}, false},
	{"permanent-redirect-code", {"permanent-redirect"}, false},
	{"proxy-redirect-to", {"proxy-redirect-from"}, false},
	{"proxy-ssl-ciphers", {"proxy-ssl-secret"}, true},
	{"proxy-ssl-name", {"proxy-ssl-secret"}, true},
	{"proxy-ssl-protocols", {"proxy-ssl-secret"}, true},
	{"proxy-ssl-server-name", {"proxy-ssl-secret"}, true},
	{"proxy-ssl-verify", {"proxy-ssl-secret"}, true},
	{"proxy-ssl-verify-depth", {"proxy-ssl-secret"}, true},
	{"session-cookie-change-on-failure", {"affinity"}, false},
	{"session-cookie-conditional-samesite-none", {"affinity"}, false},
	{"session-cookie-domain", {"affinity"}, false},
	{"session-cookie-expires", {"affinity"}, false},
	{"session-cookie-max-age", {"affinity"}, false},
	{"session-cookie-name", {"affinity"}, false},
	{"session-cookie-path", {"affinity"}, false},
	{"session-cookie-samesite", {"affinity"}, false},
	{"session-cookie-secure", {"affinity"}, false},
	{"temporal-redirect-code", {"temporal-redirect"}, false},
	{"upstream-hash-by-subset", {"upstream-hash-by"}, false},
	{"upstream-hash-by-subset-size", {"upstream-hash-by-subset"}, false},
	{"x-forwarded-prefix", {"rewrite-target"}, false},
};

enum { NEEDS = sizeof dependents[0].needs / sizeof *dependents[0].needs };

static const struct dependent *find_dependent(const char *key)
{
	for (size_t i = 0; i < sizeof dependents / sizeof *dependents; i++)
		if (dependents[i].key[0] == key[0] && strcmp(dependents[i].key, key) == 0)
			return &dependents[i];
	return NULL;
}

/* "limit-rps, limit-rpm or limit-connections" */
static struct str needs_words(struct arena *arena, const struct dependent *dependent)
{
	struct str words = str_from(dependent->needs[0]);

	for (size_t i = 1; i < NEEDS && dependent->needs[i]; i++)
		words = str_format(arena, "%.*s%s%s", STR_ARG(words),
				   i + 1 < NEEDS && dependent->needs[i + 1] ? ", " : " or ",
				   dependent->needs[i]);
	return words;
}

static bool is_switched_off(struct str text)
{
	return !text.len || str_is(text, "false") || str_is(text, "off") || str_is(text, "0");
}

/* A ConfigMap option of the same name stands in for an annotation. */
static bool is_on(struct nginx *nginx, const struct nginx_ingress *ingress, const char *key)
{
	const struct nginx_value *value = nginx_get(ingress, key);
	const struct kube_config_map *map = nginx->run->config;
	const struct kube_pair *option =
		!value && map ? kube_pair_find(&map->data, str_from(key)) : NULL;

	if (value) {
		struct str unused;

		return !nginx_is_off(value) && !nginx_lacks_master(nginx, ingress, key, &unused);
	}
	return option && !is_switched_off(str_trim(option->value));
}

bool nginx_is_dependent(const char *key)
{
	return find_dependent(key) != NULL;
}

/* Settings of TLS towards backends that are spoken to in the clear. */
static bool lacks_backend_tls(const struct nginx_ingress *ingress, const char *key)
{
	struct str protocol;

	if (strncmp(key, "proxy-ssl-", 10) != 0)
		return false;
	protocol = nginx_text(ingress, "backend-protocol");
	return !str_is_nocase(protocol, "HTTPS") && !str_is_nocase(protocol, "GRPCS") &&
	       !str_is_nocase(protocol, "AUTO_HTTP");
}

static bool lacks_fastcgi(const struct nginx_ingress *ingress, const char *key)
{
	return strncmp(key, "fastcgi-", 8) == 0 &&
	       !str_is_nocase(nginx_text(ingress, "backend-protocol"), "FCGI");
}

bool nginx_lacks_master(struct nginx *nginx, const struct nginx_ingress *ingress, const char *key,
			struct str *needs)
{
	const struct dependent *dependent = find_dependent(key);

	if (lacks_backend_tls(ingress, key) || lacks_fastcgi(ingress, key)) {
		*needs = *key == 'f' ? STR("backend-protocol: FCGI")
				     : STR("backend-protocol: HTTPS");
		return true;
	}
	if (!dependent)
		return false;
	for (size_t i = 0; i < NEEDS && dependent->needs[i]; i++)
		if (is_on(nginx, ingress, dependent->needs[i]))
			return false;
	*needs = needs_words(nginx->arena, dependent);
	return true;
}

bool nginx_is_unread(struct nginx *nginx, const struct nginx_ingress *ingress, const char *key,
		     struct str *needs)
{
	const struct dependent *dependent = find_dependent(key);
	const struct kube_pair *master;

	if (!dependent || !dependent->unread)
		return false;
	master = kube_pair_find(&ingress->ingress->meta.annotations,
				str_format(nginx->arena, NGINX_PREFIX "%s", dependent->needs[0]));
	if (master && str_trim(master->value).len)
		return false;
	*needs = needs_words(nginx->arena, dependent);
	return true;
}

/* ---- Secrets and ConfigMaps ---- */

static const struct {
	const char *key;
	const char *master; /* NULL: the key is read by itself */
	bool host;          /* 403 on the whole host, else 503 on the paths */
} secrets[] = {
	{"auth-secret", "auth-type", false},
	{"auth-tls-secret", NULL, true},
	{"proxy-ssl-secret", NULL, false},
};

static void deny(struct nginx *nginx, struct nginx_ingress *ingress,
		 const struct nginx_value *value, bool host, struct str why)
{
	nginx_note(nginx, ingress, value, "I2G117",
		   str_format(nginx->arena, "the controller answers %s: %.*s",
			      host ? "403 on the whole host" : "503 on these paths", STR_ARG(why)),
		   STR("repair it on the old controller first; nothing is served here today"));
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G117");
	if (host)
		ingress->host_denied = "I2G117";
	else
		ingress->denied = "I2G117";
}

static bool knows_secrets_of(const struct kube_set *set, struct str namespace)
{
	for (size_t i = 0; i < set->secret_count; i++)
		if (str_eq(set->secrets[i]->meta.namespace, namespace))
			return true;
	return false;
}

static bool has_key(const struct kube_secret *secret, const char *key)
{
	for (size_t i = 0; i < secret->key_count; i++)
		if (str_is(secret->keys[i], key))
			return true;
	return false;
}

/* Why the controller cannot use the Secret; empty when it can, or when nobody can tell. */
static struct str complaint(struct nginx *nginx, const struct nginx_ingress *ingress,
			    const struct nginx_value *value)
{
	struct str reference = str_trim(value->pair->value);
	struct str own = ingress->ingress->meta.namespace, namespace = own, name = reference;
	size_t slash = str_find(reference, '/');

	if (slash != SIZE_MAX) {
		namespace = str_sub(reference, 0, slash);
		name = str_from_pos(reference, slash + 1);
	}
	if (!str_eq(namespace, own) && !nginx->config.cross_namespace)
		return str_format(nginx->arena,
				  "Secret '%.*s' is in another namespace, which "
				  "allow-cross-namespace-resources does not permit by default",
				  STR_ARG(reference));

	const struct kube_secret *secret = kube_secret(nginx->run->set, namespace, name);

	if (!secret)
		return knows_secrets_of(nginx->run->set, namespace)
			       ? str_format(nginx->arena,
					    "the input holds other Secrets of namespace '%.*s', "
					    "but not '%.*s'",
					    STR_ARG(namespace), STR_ARG(name))
			       : (struct str){0};
	if (strcmp(value->row->key, "auth-secret") == 0 && secret->key_count &&
	    !has_key(secret, "auth") &&
	    !str_is(nginx_text(ingress, "auth-secret-type"), "auth-map"))
		return str_format(nginx->arena, "Secret '%.*s/%.*s' has no key 'auth'",
				  STR_ARG(namespace), STR_ARG(name));
	return (struct str){0};
}

static bool knows_maps_of(const struct kube_set *set, struct str namespace)
{
	for (size_t i = 0; i < set->config_map_count; i++)
		if (str_eq(set->config_maps[i]->meta.namespace, namespace))
			return true;
	return false;
}

/* global-allowed-response-headers; only the ConfigMap of the controller tells. */
static bool is_allowed_header(const struct nginx *nginx, struct str name)
{
	const struct kube_config_map *config = nginx->run->config;
	const struct kube_pair *pair =
		config ? kube_pair_find(&config->data, STR("global-allowed-response-headers"))
		       : NULL;
	struct str rest = pair ? pair->value : (struct str){0}, part;
	bool more = true;

	if (!config)
		return true;
	while (str_split(&rest, ',', &more, &part))
		if (str_eq_nocase(str_trim(part), name))
			return true;
	return false;
}

/* The ConfigMap that an annotation names; NULL when it is not in the input. Where the input knows
 * the namespace, the controller would not find it either, and answers 503. */
static const struct kube_config_map *find_map(struct nginx *nginx, struct nginx_ingress *ingress,
					      const struct nginx_value *value)
{
	struct str reference = str_trim(value->pair->value);
	size_t slash = str_find(reference, '/');
	struct str namespace =
		slash == SIZE_MAX ? ingress->ingress->meta.namespace : str_sub(reference, 0, slash);
	struct str name = slash == SIZE_MAX ? reference : str_from_pos(reference, slash + 1);
	const struct kube_config_map *map = kube_config_map(nginx->run->set, namespace, name);

	if (!map && knows_maps_of(nginx->run->set, namespace))
		deny(nginx, ingress, value, false,
		     str_format(nginx->arena,
				"the input holds other ConfigMaps of namespace '%.*s', but not "
				"'%.*s'",
				STR_ARG(namespace), STR_ARG(name)));
	return map;
}

static void check_maps(struct nginx *nginx, struct nginx_ingress *ingress)
{
	const struct nginx_value *headers = nginx_get(ingress, "custom-headers");
	const struct nginx_value *auth = nginx_get(ingress, "auth-proxy-set-headers");
	const struct kube_config_map *map = NULL;

	if (headers && !nginx_is_off(headers))
		map = find_map(nginx, ingress, headers);
	for (size_t i = 0; map && i < map->data.count && !ingress->denied; i++)
		if (!is_allowed_header(nginx, map->data.at[i].key))
			deny(nginx, ingress, headers, false,
			     str_format(nginx->arena,
					"the header '%.*s' is not in "
					"global-allowed-response-headers",
					STR_ARG(map->data.at[i].key)));
	if (auth && !nginx_is_off(auth) && nginx_text(ingress, "auth-url").len)
		find_map(nginx, ingress, auth);
}

void nginx_check_references(struct nginx *nginx, struct nginx_ingress *ingress)
{
	const struct nginx_value *type = nginx_get(ingress, "auth-type");

	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		const struct nginx_value *value = nginx_get(ingress, secrets[i].key);

		if (!value || nginx_is_off(value) ||
		    (secrets[i].master && !nginx_get(ingress, secrets[i].master)))
			continue;
		if (secrets[i].host && !nginx_sets_hosts(ingress))
			continue;

		struct str why = complaint(nginx, ingress, value);

		if (why.len)
			deny(nginx, ingress, value, secrets[i].host, why);
	}
	if (type && !nginx_is_off(type) && !nginx_text(ingress, "auth-secret").len)
		deny(nginx, ingress, type, false, STR("auth-type needs auth-secret"));
	check_maps(nginx, ingress);
}

/* ---- values that pass the check and fail later ---- */

static bool are_numbers(struct str list)
{
	struct str part;
	bool more = true;
	int64_t number;

	while (str_split(&list, ',', &more, &part))
		if (!str_to_int(part, &number))
			return false;
	return true;
}

static bool are_durations(struct str list)
{
	struct str part;
	bool more = true;

	while (str_split(&list, ',', &more, &part))
		if (!nginx_is_cache_duration(str_trim(part)))
			return false;
	return true;
}

bool nginx_accepts(const struct annotation_row *row, struct str value, enum on_invalid *effect)
{
	*effect = row->on_invalid;
	if (!row->valid(value)) {
		/* The validation looks at the characters; what is missing shows up later. */
		if (row->valid == nginx_valid_pair && !nginx_valid_basic(value))
			*effect = INVALID_DROP;
		return false;
	}
	if (!value.len)
		return true;
	if (row->valid == nginx_valid_error_codes) {
		*effect = INVALID_DEFAULT;
		return are_numbers(value);
	}
	/* The template does not know the unit "b" and blanks within, and leaves nginx its own 1m. */
	if (strcmp(row->key, "proxy-body-size") == 0 && !nginx_is_size(str_trim(value))) {
		*effect = INVALID_DEFAULT;
		return false;
	}
	if (row->valid == nginx_valid_cache) {
		*effect = INVALID_503;
		return are_durations(value);
	}
	return true;
}
