/* to_envoy_gateway.c - Envoy Gateway 1.9.
 *
 * BackendTrafficPolicy and SecurityPolicy attach to a rule of a route, ClientTrafficPolicy to a
 * listener.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_POLICY, "EnvoyProxy spec.telemetry.accessLog"},
	[FEATURE_AUTH_BASIC] = {SUPPORT_POLICY,
				"SecurityPolicy spec.basicAuth (hashes in the {SHA} form only)"},
	[FEATURE_AUTH_EXTERNAL] = {SUPPORT_POLICY, "SecurityPolicy spec.extAuth.http"},
	[FEATURE_AUTH_OPTIONS] = {SUPPORT_APPROXIMATE,
				  "SecurityPolicy spec.extAuth (headers only)"},
	[FEATURE_AUTH_SIGN_IN] = {SUPPORT_APPROXIMATE, "SecurityPolicy spec.oidc"},
	[FEATURE_BACKEND_TLS] = {SUPPORT_POLICY, "Backend spec.tls.insecureSkipVerify"},
	[FEATURE_BACKEND_TLS_CLIENT] = {SUPPORT_POLICY, "Backend spec.tls.clientCertificateRef"},
	[FEATURE_BACKEND_TLS_OPTIONS] = {SUPPORT_POLICY,
					 "Backend spec.tls.{ciphers,minVersion,maxVersion}"},
	[FEATURE_BANDWIDTH_LIMIT] =
		{SUPPORT_APPROXIMATE,
		 "BackendTrafficPolicy spec.bandwidthLimit.response (shared by all clients)"},
	[FEATURE_BODY_SIZE] =
		{SUPPORT_APPROXIMATE,
		 "BackendTrafficPolicy spec.requestBuffer.limit (buffers the whole body)"},
	[FEATURE_BUFFER_SIZE] = {SUPPORT_BUILT_IN, "its own limit of 60 KiB on headers"},
	[FEATURE_CLIENT_CERT] =
		{SUPPORT_POLICY,
		 "ClientTrafficPolicy spec.tls.clientValidation on the listener of the host"},
	[FEATURE_CLIENT_CERT_HEADERS] = {SUPPORT_APPROXIMATE,
					 "ClientTrafficPolicy spec.headers.xForwardedClientCert"},
	[FEATURE_CLIENT_CERT_MATCH] =
		{SUPPORT_APPROXIMATE,
		 "ClientTrafficPolicy spec.tls.clientValidation.subjectAltNames"},
	[FEATURE_CLIENT_IP] = {SUPPORT_POLICY,
			       "ClientTrafficPolicy spec.clientIPDetection, spec.proxyProtocol"},
	[FEATURE_CLIENT_LIMITS] = {SUPPORT_POLICY,
				   "ClientTrafficPolicy spec.timeout.http, spec.http1, spec.http2"},
	[FEATURE_COMPRESSION] = {SUPPORT_POLICY, "BackendTrafficPolicy spec.compressor"},
	[FEATURE_CONNECTION_HEADER] =
		{SUPPORT_APPROXIMATE,
		 "BackendTrafficPolicy spec.circuitBreaker.maxRequestsPerConnection: 1"},
	[FEATURE_CONNECTION_LIMIT] = {SUPPORT_APPROXIMATE,
				      "ClientTrafficPolicy spec.connection.connectionLimit (all "
				      "clients of a listener together)"},
	[FEATURE_COOKIE_REWRITE] = {SUPPORT_APPROXIMATE, "EnvoyExtensionPolicy spec.lua"},
	[FEATURE_ERROR_PAGES] = {SUPPORT_APPROXIMATE,
				 "BackendTrafficPolicy spec.responseOverride (fixed bodies)"},
	[FEATURE_FALLBACK_BACKEND] = {SUPPORT_POLICY, "Backend spec.fallback"},
	[FEATURE_GEO] = {SUPPORT_POLICY,
			 "SecurityPolicy spec.authorization with EnvoyProxy spec.geoIP"},
	[FEATURE_HASH_BALANCING] = {SUPPORT_POLICY,
				    "BackendTrafficPolicy spec.loadBalancer.consistentHash"},
	[FEATURE_HOST_REWRITE] = {SUPPORT_POLICY, "HTTPRouteFilter spec.urlRewrite.hostname"},
	[FEATURE_HTTP2] = {SUPPORT_POLICY,
			   "ClientTrafficPolicy spec.http2, spec.tls.alpnProtocols"},
	[FEATURE_IP_ALLOW] = {SUPPORT_POLICY,
			      "SecurityPolicy spec.authorization.rules[].principal.clientCIDRs, "
			      "defaultAction Deny"},
	[FEATURE_IP_DENY] =
		{SUPPORT_POLICY,
		 "SecurityPolicy spec.authorization.rules[].principal.clientCIDRs, action Deny"},
	[FEATURE_LOAD_BALANCING] = {SUPPORT_POLICY, "BackendTrafficPolicy spec.loadBalancer.type"},
	[FEATURE_RATE_LIMIT] = {SUPPORT_POLICY, "BackendTrafficPolicy spec.rateLimit.local"},
	[FEATURE_REDIRECT_LITERAL] = {SUPPORT_POLICY,
				      "HTTPRouteFilter spec.directResponse with a Location header"},
	[FEATURE_REDIRECT_REWRITE] = {SUPPORT_APPROXIMATE, "EnvoyExtensionPolicy spec.lua"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_POLICY,
				   "HTTPRouteFilter spec.urlRewrite.path.replaceRegexMatch"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_RETRY] = {SUPPORT_POLICY, "BackendTrafficPolicy spec.retry"},
	[FEATURE_RETRY_TIMEOUT] =
		{SUPPORT_APPROXIMATE,
		 "BackendTrafficPolicy spec.retry.perRetry.timeout (of each try)"},
	[FEATURE_SERVICE_VIP] = {SUPPORT_POLICY, "BackendTrafficPolicy spec.routingType: Service"},
	[FEATURE_SESSION] = {SUPPORT_POLICY,
			     "BackendTrafficPolicy spec.loadBalancer.consistentHash.cookie"},
	[FEATURE_SESSION_COOKIE] =
		{SUPPORT_POLICY,
		 "BackendTrafficPolicy spec.loadBalancer.consistentHash.cookie.attributes"},
	[FEATURE_SNIPPET] = {SUPPORT_APPROXIMATE,
			     "EnvoyExtensionPolicy spec.lua or EnvoyPatchPolicy, written by hand"},
	[FEATURE_TIMEOUT_CONNECT] = {SUPPORT_POLICY,
				     "BackendTrafficPolicy spec.timeout.tcp.connectTimeout"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_POLICY,
				  "BackendTrafficPolicy spec.timeout.http.streamIdleTimeout"},
	[FEATURE_TIMEOUT_SEND] = {SUPPORT_POLICY,
				  "BackendTrafficPolicy spec.timeout.http.streamIdleTimeout"},
	[FEATURE_TLS_CIPHERS] = {SUPPORT_POLICY,
				 "ClientTrafficPolicy spec.tls.{ciphers,minVersion,maxVersion}"},
	[FEATURE_TRACING] = {SUPPORT_POLICY, "EnvoyProxy spec.telemetry.tracing"},
	[FEATURE_UNDERSCORE_HEADERS] =
		{SUPPORT_POLICY,
		 "ClientTrafficPolicy spec.headers.withUnderscoresAction: DropHeader"},
	[FEATURE_USER_AGENT_BLOCK] =
		{SUPPORT_POLICY, "SecurityPolicy spec.authorization.rules[].principal.headers"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE, "EnvoyExtensionPolicy spec.wasm with Coraza"},
};

const struct emitter emitter_envoy_gateway = {
	.name = "envoy-gateway",
	.title = "Envoy Gateway",
	.gateway_class = "eg",
	.controller_name = "gateway.envoyproxy.io/gatewayclass-controller",
	.listener_sets = "1.8", /* envoyproxy/gateway release-notes/v1.8.0.yaml */
	.dialect = REGEX_RE2_FULL,
	.cuts_requests = true, /* after 15 s, which ends downloads and websockets */
	.capabilities = capabilities,
};
