/* to_traefik.c - Traefik 3.7.
 *
 * A Middleware is a filter of a rule (ExtensionRef); what depends on the backend needs a
 * TraefikService in backendRefs.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_APPROXIMATE, "accessLog of the static configuration"},
	[FEATURE_AUTH_BASIC] = {SUPPORT_POLICY, "Middleware spec.basicAuth"},
	[FEATURE_AUTH_DIGEST] = {SUPPORT_POLICY, "Middleware spec.digestAuth"},
	[FEATURE_AUTH_EXTERNAL] = {SUPPORT_POLICY, "Middleware spec.forwardAuth"},
	[FEATURE_AUTH_OPTIONS] = {SUPPORT_APPROXIMATE,
				  "Middleware spec.forwardAuth (headers, cookies)"},
	[FEATURE_AUTH_REALM] = {SUPPORT_POLICY, "Middleware spec.basicAuth.realm"},
	[FEATURE_AUTH_SIGN_IN] = {SUPPORT_POLICY, "Middleware spec.errors for status 401"},
	[FEATURE_BACKEND_TLS] =
		{SUPPORT_POLICY,
		 "ServersTransport spec.insecureSkipVerify through a TraefikService"},
	[FEATURE_BACKEND_TLS_CLIENT] =
		{SUPPORT_POLICY,
		 "ServersTransport spec.certificatesSecrets through a TraefikService"},
	[FEATURE_BACKEND_TLS_OPTIONS] =
		{SUPPORT_POLICY, "ServersTransport spec.{cipherSuites,minVersion,maxVersion} "
				 "through a TraefikService"},
	[FEATURE_BODY_SIZE] =
		{SUPPORT_APPROXIMATE,
		 "Middleware spec.buffering.maxRequestBodyBytes (buffers the whole body)"},
	[FEATURE_BUFFER_SIZE] = {SUPPORT_APPROXIMATE,
				 "Middleware spec.buffering.memRequestBodyBytes"},
	[FEATURE_CLIENT_CERT_HEADERS] =
		{SUPPORT_APPROXIMATE,
		 "Middleware spec.passTLSClientCert (X-Forwarded-Tls-Client-Cert)"},
	[FEATURE_CLIENT_IP] = {SUPPORT_POLICY,
			       "entryPoints.forwardedHeaders and entryPoints.proxyProtocol of the "
			       "static configuration"},
	[FEATURE_CLIENT_LIMITS] =
		{SUPPORT_POLICY,
		 "entryPoints.transport.respondingTimeouts of the static configuration"},
	[FEATURE_COMPRESSION] = {SUPPORT_POLICY, "Middleware spec.compress"},
	[FEATURE_CONNECTION_HEADER] =
		{SUPPORT_APPROXIMATE,
		 "ServersTransport spec.maxIdleConnsPerHost: -1 through a TraefikService"},
	[FEATURE_CONNECTION_LIMIT] = {SUPPORT_POLICY, "Middleware spec.inFlightReq"},
	[FEATURE_ERROR_PAGES] = {SUPPORT_APPROXIMATE, "Middleware spec.errors (keeps the status)"},
	[FEATURE_FALLBACK_BACKEND] = {SUPPORT_POLICY, "TraefikService spec.failover"},
	[FEATURE_HASH_BALANCING] =
		{SUPPORT_APPROXIMATE,
		 "TraefikService spec.highestRandomWeight (client address only)"},
	[FEATURE_HOST_REWRITE] = {SUPPORT_APPROXIMATE,
				  "Middleware spec.headers.customRequestHeaders"},
	[FEATURE_HTTP2] = {SUPPORT_APPROXIMATE, "entryPoints.http2 of the static configuration"},
	[FEATURE_IP_ALLOW] = {SUPPORT_POLICY, "Middleware spec.ipAllowList.sourceRange"},
	[FEATURE_MIRROR_OPTIONS] = {SUPPORT_APPROXIMATE,
				    "TraefikService spec.mirroring.mirrorBody"},
	[FEATURE_RATE_LIMIT] = {SUPPORT_POLICY, "Middleware spec.rateLimit"},
	[FEATURE_REDIRECT_LITERAL] = {SUPPORT_POLICY, "Middleware spec.redirectRegex"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_POLICY, "Middleware spec.replacePathRegex"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_RETRY] = {SUPPORT_APPROXIMATE, "Middleware spec.retry (failed connections)"},
	[FEATURE_RETRY_TIMEOUT] = {SUPPORT_POLICY, "Middleware spec.retry.timeout"},
	[FEATURE_SERVICE_VIP] = {SUPPORT_POLICY,
				 "Service annotation traefik.io/service.nativelb: \"true\""},
	[FEATURE_SESSION] = {SUPPORT_POLICY,
			     "TraefikService spec.weighted.services[].sticky.cookie"},
	[FEATURE_SESSION_COOKIE] = {SUPPORT_POLICY,
				    "TraefikService spec.weighted.services[].sticky.cookie"},
	[FEATURE_TIMEOUT_CONNECT] =
		{SUPPORT_POLICY,
		 "ServersTransport spec.forwardingTimeouts.dialTimeout through a TraefikService"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_APPROXIMATE,
				  "ServersTransport spec.forwardingTimeouts.responseHeaderTimeout "
				  "(until the first header)"},
	[FEATURE_TIMEOUT_SEND] =
		{SUPPORT_APPROXIMATE,
		 "entryPoints.transport.respondingTimeouts of the static configuration"},
	[FEATURE_TLS_CIPHERS] = {SUPPORT_APPROXIMATE, "TLSOption named default (for all)"},
	[FEATURE_TRACING] = {SUPPORT_POLICY, "tracing of the static configuration"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE, "a plugin with Coraza"},
};

const struct emitter emitter_traefik = {
	.name = "traefik",
	.title = "Traefik",
	.gateway_class = "traefik",
	.controller_name = "traefik.io/gateway-controller",
	.listener_sets = "3.8", /* doc.traefik.io/traefik/v3.8, kubernetes-gateway */
	.dialect = REGEX_GO_SEARCH,
	.capabilities = capabilities,
};
