/* Annotations -> behaviours that the emitter has to find a place for (features), as far as no theme of its own
 * decides more. */
#include "converters/from_ingress_nginx/nginx.h"
#include "converters/from_ingress_nginx/values.h"

/* Most keys are told apart by their first letter, and this is asked of every one. */
#define IS(word) (*key == *(word) && strcmp(key, word) == 0)

bool nginx_is_off(const struct nginx_value *value)
{
	struct str text = str_trim(value->pair->value);
	const char *key = value->row->key;
	int64_t number = 0;

	if (IS("satisfy"))
		return !str_is(text, "any");
	if (IS("proxy-http-version"))
		return str_is(text, "1.1");
	if (IS("proxy-next-upstream-timeout"))
		return str_to_int(text, &number) && number <= 0;
	if (IS("enable-rewrite-log") || IS("enable-opentelemetry") || IS("enable-modsecurity") ||
	    IS("enable-owasp-core-rules") || IS("upstream-hash-by-subset") ||
	    IS("service-upstream") || IS("disable-proxy-intercept-errors") ||
	    IS("auth-always-set-cookie") || IS("auth-tls-pass-certificate-to-upstream"))
		return !nginx_parse_bool(text);
	if (IS("enable-access-log") || IS("enable-global-auth"))
		return nginx_parse_bool(text);
	if (strncmp(key, "limit-r", 7) == 0 || IS("limit-connections"))
		return str_to_int(text, &number) && number <= 0;
	if (IS("proxy-cookie-path") || IS("proxy-cookie-domain") || IS("proxy-redirect-from") ||
	    IS("proxy-redirect-to"))
		return str_is(text, "off") || str_is(text, "default");
	return text.len == 0;
}

#undef IS

/* Keys whose provider code decides more than "the target has a place for it or not". */
static bool is_handled(const struct annotation_row *row)
{
	switch (row->feature) {
	case FEATURE_NONE:
	case FEATURE_SNIPPET:
	case FEATURE_AUTH_EXTERNAL:
	case FEATURE_CLIENT_CERT:
	case FEATURE_SESSION:
	case FEATURE_SESSION_COOKIE:
	case FEATURE_RETRY:
	case FEATURE_REGEX_REWRITE:
	case FEATURE_REDIRECT_LITERAL:
	case FEATURE_HOST_REWRITE:
	case FEATURE_BACKEND_TLS:
	case FEATURE_BACKEND_FASTCGI:
		return true;
	default:
		return strncmp(row->key, "mirror-", 7) == 0 ||
		       strcmp(row->key, "auth-response-headers") == 0;
	}
}

/* The new name that hides an old one; NULL when it does not. */
static const char *hiding_alias(const struct nginx_ingress *ingress, const char *key)
{
	const char *name = strcmp(key, "whitelist-source-range") == 0 ? "allowlist-source-range"
			   : strcmp(key, "limit-whitelist") == 0      ? "limit-allowlist"
								      : NULL;

	return name && nginx_text(ingress, name).len ? name : NULL;
}

void nginx_add_feature(struct nginx *nginx, struct nginx_ingress *ingress, enum feature feature,
		       const struct nginx_value *value, const char *code)
{
	for (size_t i = 0; i < ingress->feature_count; i++)
		if (ingress->features[i]->item == value->item &&
		    ingress->features[i]->feature == feature)
			return;

	struct model_feature *added = arena_new(nginx->arena, struct model_feature);
	struct str text = str_trim(value->pair->value);

	*added = (struct model_feature){
		.feature = feature,
		.item = value->item,
		.code = code,
		.value = text,
		.unlimited =
			strcmp(value->row->key, "proxy-body-size") == 0 && nginx_is_unlimited(text),
	};
	ARENA_PUSH(nginx->arena, ingress->features, ingress->feature_count, added);
}

/* satisfy: any loosens nothing where there is one check only. */
static bool is_lonely_satisfy(const struct nginx *nginx, const struct nginx_ingress *ingress,
			      const struct annotation_row *row)
{
	bool addresses = nginx_text(ingress, "allowlist-source-range").len ||
			 nginx_text(ingress, "whitelist-source-range").len ||
			 nginx_text(ingress, "denylist-source-range").len ||
			 nginx->config.address_lists;
	bool external = nginx_text(ingress, "auth-url").len || nginx->config.global_auth;

	return strcmp(row->key, "satisfy") == 0 &&
	       addresses + external + (nginx_text(ingress, "auth-type").len > 0) < 2;
}

/* Digest or basic is one annotation for the controller, and two behaviours for targets. */
static enum feature feature_of(const struct nginx_ingress *ingress, const struct nginx_value *value)
{
	bool digest = value->row->feature == FEATURE_AUTH_BASIC &&
		      str_find_str(nginx_text(ingress, "auth-type"), "basic") == SIZE_MAX;

	if (digest)
		return FEATURE_AUTH_DIGEST;
	if (value->row->feature == FEATURE_RATE_LIMIT && nginx_int(ingress, "limit-rps", 0) <= 0 &&
	    nginx_int(ingress, "limit-rpm", 0) <= 0)
		return FEATURE_CONNECTION_LIMIT;
	return value->row->feature;
}

/* An allow list that names every address of both families keeps nobody out. */
static bool allows_everybody(const struct nginx_value *value)
{
	struct str rest = value->pair->value, part;
	bool more = true, four = false, six = false;

	if (value->row->feature != FEATURE_IP_ALLOW)
		return false;
	while (str_split(&rest, ',', &more, &part)) {
		four |= str_is(str_trim(part), "0.0.0.0/0");
		six |= str_is(str_trim(part), "::/0");
	}
	return four && six;
}

/* Keys of a canary have their own words. */
static void note_unneeded(struct nginx *nginx, const struct nginx_ingress *ingress,
			  const struct nginx_value *value, struct str needs)
{
	if (ingress->canary)
		return;
	nginx_note_inert(nginx, ingress, value,
			 str_format(nginx->arena, "without %.*s", STR_ARG(needs)));
}

static void collect_feature(struct nginx *nginx, struct nginx_ingress *ingress,
			    const struct nginx_value *value)
{
	struct str needs;

	if (nginx_lacks_master(nginx, ingress, value->row->key, &needs)) {
		note_unneeded(nginx, ingress, value, needs);
		return;
	}
	if (is_handled(value->row))
		return;
	if (nginx_is_off(value) || is_lonely_satisfy(nginx, ingress, value->row))
		ledger_mark(value->item, OUTCOME_INERT, NULL);
	else if (hiding_alias(ingress, value->row->key))
		nginx_note_inert(nginx, ingress, value,
				 str_format(nginx->arena, "beside %s",
					    hiding_alias(ingress, value->row->key)));
	else if (allows_everybody(value))
		nginx_note_inert(nginx, ingress, value, STR("because it lists every address"));
	else
		nginx_add_feature(nginx, ingress, feature_of(ingress, value), value,
				  value->row->code);
}

/* The key that people look for (limit-rps) speaks before those that only refine it. */
void nginx_collect_features(struct nginx *nginx, struct nginx_ingress *ingress)
{
	size_t refining = 0;

	for (size_t i = 0; i < ingress->value_count; i++)
		if (nginx_is_dependent(ingress->values[i].row->key))
			refining++;
		else
			collect_feature(nginx, ingress, &ingress->values[i]);
	for (size_t i = 0; refining && i < ingress->value_count; i++)
		if (nginx_is_dependent(ingress->values[i].row->key))
			collect_feature(nginx, ingress, &ingress->values[i]);
}
