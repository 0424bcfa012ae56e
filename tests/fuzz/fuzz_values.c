/* fuzz_values.c - values of annotations: every validator, every parser, and URLs.
 *
 * Validators that the controller has as one regular expression are written by hand in the product;
 * here PCRE2 says whether both accept the same.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/bug.h"
#include "converters/from_ingress_nginx/url.h"
#include "converters/from_ingress_nginx/values.h"
#include "converters/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The controller's basic characters. */
#define B "A-Za-z0-9\\-._~/:"

struct oracle {
	bool (*valid)(struct str value);
	const char *pattern;
	bool squeezed; /* blanks are taken out first */
	pcre2_code *code;
};

static struct oracle oracles[] = {
	{nginx_valid_size, "^(?i)\\d+[bkmg]?$", true, NULL},
	{nginx_valid_seconds, "(^0|-?[1-9]\\d*$)", false, NULL},
	{nginx_valid_basic, "^[" B "]*$", true, NULL},
	{nginx_valid_realm, "^[" B " ]*$", false, NULL},
	{nginx_valid_url, "^[" B ",?&=]*$", true, NULL},
	{nginx_valid_redirect, "^[" B ",?&=]*$", false, NULL},
	{nginx_valid_url_variable, "^[" B ",?&=$]*$", true, NULL},
	{nginx_valid_capture_path, "^/?[" B "$]*$", false, NULL},
	{nginx_valid_prefix_path, "^/?[" B "$]*$", true, NULL},
	{nginx_valid_variable, "^[A-Za-z0-9\\-_${}]*$", true, NULL},
	{nginx_valid_word, "^[A-Za-z0-9_\\-]*$", true, NULL},
	{nginx_valid_file, "^[A-Za-z0-9.\\-_]+$", true, NULL},
	{nginx_valid_regex, "^[" B "^$\\[\\](){}*+?|&=\\\\]*$", false, NULL},
	{nginx_valid_cache, "^[" B ", ]*$", false, NULL},
	{nginx_valid_cors_headers, "^[A-Za-z0-9\\-_, ]*$", false, NULL},
	{nginx_valid_cors_methods, "^([A-Za-z]+,?\\s?)+$", true, NULL},
	{nginx_valid_cors_expose, "^(([A-Za-z0-9\\-_]+|\\*),?\\s?)+$", true, NULL},
	{nginx_valid_cors_origins,
	 "^((((([a-z]+://)?(\\*\\.)?[A-Za-z0-9\\-.]*(:\\d+)?,?)|null)+)|\\*)?$", true, NULL},
	{nginx_valid_error_codes, "^(?:[4,5]\\d{2},?)*$", true, NULL},
	{nginx_valid_error_page,
	 "^(@[A-Za-z0-9_-]+|((https?://)?[A-Za-z0-9\\-.]+(:\\d+)?)?(/[A-Za-z0-9\\-_.]+)*/?)$", true,
	 NULL},
	{nginx_valid_proxy_ciphers, "^[A-Za-z0-9+:_\\-!]*$", true, NULL},
	{nginx_valid_protocols, "^(TLSv1\\.2|TLSv1\\.3| )*$", true, NULL},
	{nginx_valid_cookie_domain, "^(off|[" B "]+\\s+[" B "]+)$", false, NULL},
	{nginx_is_origin, "^([a-z]+://(\\*\\.)?[A-Za-z0-9\\-.]*(:\\d+)?|\\*|null)?$", false, NULL},
};

/* Longer texts would only tell how PCRE2's workspace grows. */
enum { ORACLE_BYTES = 256, WORKSPACE = 4096 };

static void compile_oracles(void)
{
	for (size_t i = 0; i < sizeof(oracles) / sizeof(*oracles); i++) {
		int error;
		PCRE2_SIZE offset;

		/* "$" without a flag is the end of the text in Go. */
		oracles[i].code =
			pcre2_compile((PCRE2_SPTR)oracles[i].pattern, PCRE2_ZERO_TERMINATED,
				      PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
		if (!oracles[i].code)
			BUG("oracle %zu does not compile: error %d at %zu", i, error,
			    (size_t)offset);
	}
}

/* Go's \s has no vertical tab; PCRE2's has. */
static bool is_comparable(struct str value)
{
	return value.len > 0 && value.len <= ORACLE_BYTES && str_find(value, '\v') == SIZE_MAX;
}

static struct str squeeze(struct str value, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] != ' ')
			out[len++] = value.at[i];
	return (struct str){out, len};
}

static void ask_oracles(struct str value)
{
	static int workspace[WORKSPACE];
	static pcre2_match_data *match;
	char copy[ORACLE_BYTES];

	if (!oracles[0].code) {
		compile_oracles();
		match = pcre2_match_data_create(1, NULL);
	}
	for (size_t i = 0; is_comparable(value) && i < sizeof(oracles) / sizeof(*oracles); i++) {
		const struct oracle *oracle = &oracles[i];
		struct str text = oracle->squeezed ? squeeze(value, copy) : value;
		/* No backtracking: some of these patterns are exponential. */
		int found = pcre2_dfa_match(oracle->code, (PCRE2_SPTR)text.at, text.len, 0, 0,
					    match, NULL, workspace, WORKSPACE);

		if (found == PCRE2_ERROR_DFA_WSSIZE)
			continue;
		BUG_UNLESS(found >= 0 || found == PCRE2_ERROR_NOMATCH);
		if ((found >= 0) != oracle->valid(value))
			BUG("'%.*s': %s says %s", STR_ARG(value), oracle->pattern,
			    found >= 0 ? "yes" : "no");
	}
}

/* Each row judges any text, and accepts the empty one: the controller takes it for "not set". */
static void ask_rows(const struct provider *provider, struct str value)
{
	for (size_t i = 0; i < *provider->annotation_count; i++) {
		BUG_UNLESS(provider->annotations[i].valid((struct str){0}));
		provider->annotations[i].valid(value);
	}
}

static void ask_parsers(struct str value)
{
	bool on = false;

	BUG_UNLESS(value.len == 0 || nginx_read_bool(value, &on) == nginx_valid_bool(value));
	if (value.len > 0 && nginx_is_address(value))
		BUG_UNLESS(nginx_valid_cidrs(value));
	nginx_is_cache_duration(value);
}

static void check_part(struct str part, struct str text)
{
	BUG_UNLESS(part.len == 0 ||
		   (part.at >= text.at && part.at + part.len <= text.at + text.len));
}

static void ask_url(struct str text)
{
	struct url url;
	struct url_service service;
	const char *why = NULL;
	bool ok = url_parse(&url, text, &why);

	BUG_UNLESS(ok || why);
	if (!ok) {
		BUG_UNLESS(!url_parse_absolute(&url, text, NULL));
		return;
	}
	check_part(url.scheme, text);
	check_part(url.userinfo, text);
	check_part(url.host, text);
	check_part(url.path, text);
	check_part(url.query, text);
	check_part(url.fragment, text);
	BUG_UNLESS(url.port <= 65535);
	BUG_UNLESS(url.has_variables == url_has_variable(text));
	BUG_UNLESS(url.has_variables || !url.host_variables);
	BUG_UNLESS(url.has_authority || url.host.len + url.userinfo.len + url.port == 0);
	/* "[p9]" is an address for Go, whatever stands in the brackets. */
	if (!url.is_ip && url_service(url.host, STR("default"), &service, NULL, NULL))
		BUG_UNLESS(!url.host_variables && service.name.len > 0 &&
			   service.namespace.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str value = {size ? (const char *)data : "", size};

	ask_rows(provider_find(STR("ingress-nginx")), value);
	ask_parsers(value);
	ask_oracles(value);
	ask_url(value);
	return 0;
}
