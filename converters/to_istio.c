/* to_istio.c - Istio with its Envoy gateways.
 *
 * Istio installs its class itself; writing it again changes nothing.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_POLICY, "Telemetry spec.accessLogging"},
	[FEATURE_AUTH_BASIC] = {SUPPORT_APPROXIMATE,
				"EnvoyFilter with envoy.filters.http.basic_auth"},
	[FEATURE_AUTH_EXTERNAL] = {SUPPORT_POLICY,
				   "AuthorizationPolicy action CUSTOM with an extensionProvider"},
	[FEATURE_AUTH_OPTIONS] = {SUPPORT_APPROXIMATE,
				  "extensionProviders[].envoyExtAuthzHttp (headers only)"},
	[FEATURE_BACKEND_TLS] = {SUPPORT_POLICY,
				 "DestinationRule spec.trafficPolicy.tls.insecureSkipVerify"},
	[FEATURE_BACKEND_TLS_CLIENT] =
		{SUPPORT_POLICY,
		 "DestinationRule spec.trafficPolicy.tls.credentialName, mode MUTUAL"},
	[FEATURE_BACKEND_TLS_OPTIONS] = {SUPPORT_APPROXIMATE, "EnvoyFilter on the cluster"},
	[FEATURE_BODY_SIZE] =
		{SUPPORT_APPROXIMATE,
		 "EnvoyFilter with envoy.filters.http.buffer (buffers the whole body)"},
	[FEATURE_BUFFER_SIZE] = {SUPPORT_BUILT_IN, "its own limit of 60 KiB on headers"},
	[FEATURE_CLIENT_CERT] = {SUPPORT_POLICY, "Gateway spec.listeners[].tls.options "
						 "gateway.istio.io/tls-terminate-mode: MUTUAL"},
	[FEATURE_CLIENT_CERT_HEADERS] =
		{SUPPORT_APPROXIMATE,
		 "meshConfig forwardClientCertDetails (X-Forwarded-Client-Cert)"},
	[FEATURE_CLIENT_CERT_MATCH] = {SUPPORT_APPROXIMATE,
				       "AuthorizationPolicy on X-Forwarded-Client-Cert"},
	[FEATURE_CLIENT_IP] = {SUPPORT_POLICY, "meshConfig gatewayTopology"},
	[FEATURE_CLIENT_LIMITS] = {SUPPORT_APPROXIMATE,
				   "EnvoyFilter on the HTTP connection manager"},
	[FEATURE_COMPRESSION] = {SUPPORT_APPROXIMATE,
				 "EnvoyFilter with envoy.filters.http.compressor"},
	[FEATURE_CONNECTION_HEADER] =
		{SUPPORT_APPROXIMATE,
		 "DestinationRule spec.trafficPolicy.connectionPool.http.maxRequestsPerConnection: "
		 "1"},
	[FEATURE_COOKIE_REWRITE] = {SUPPORT_APPROXIMATE, "EnvoyFilter with envoy.filters.http.lua"},
	[FEATURE_ERROR_PAGES] = {SUPPORT_APPROXIMATE,
				 "EnvoyFilter with local_reply_config (fixed bodies)"},
	[FEATURE_FALLBACK_BACKEND] =
		{SUPPORT_APPROXIMATE,
		 "DestinationRule spec.trafficPolicy.outlierDetection with failover"},
	[FEATURE_HASH_BALANCING] =
		{SUPPORT_POLICY, "DestinationRule spec.trafficPolicy.loadBalancer.consistentHash"},
	[FEATURE_HTTP2] = {SUPPORT_APPROXIMATE, "EnvoyFilter on the HTTP connection manager"},
	[FEATURE_IP_ALLOW] =
		{SUPPORT_POLICY,
		 "AuthorizationPolicy spec.rules[].from[].source.remoteIpBlocks, action ALLOW"},
	[FEATURE_IP_DENY] =
		{SUPPORT_POLICY,
		 "AuthorizationPolicy spec.rules[].from[].source.remoteIpBlocks, action DENY"},
	[FEATURE_LOAD_BALANCING] = {SUPPORT_POLICY,
				    "DestinationRule spec.trafficPolicy.loadBalancer.simple"},
	[FEATURE_RATE_LIMIT] =
		{SUPPORT_APPROXIMATE,
		 "EnvoyFilter with envoy.filters.http.local_ratelimit (all clients together)"},
	[FEATURE_REDIRECT_LITERAL] = {SUPPORT_APPROXIMATE, "EnvoyFilter on the route"},
	[FEATURE_REDIRECT_REWRITE] = {SUPPORT_APPROXIMATE,
				      "EnvoyFilter with envoy.filters.http.lua"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_POLICY,
				   "VirtualService spec.http[].rewrite.uriRegexRewrite, or "
				   "EnvoyFilter regex_rewrite on the route"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_RETRY] = {SUPPORT_POLICY, "VirtualService spec.http[].retries"},
	[FEATURE_RETRY_TIMEOUT] =
		{SUPPORT_APPROXIMATE,
		 "VirtualService spec.http[].retries.perTryTimeout (of each try)"},
	[FEATURE_SERVICE_VIP] = {SUPPORT_APPROXIMATE, "the sidecars of the mesh decide"},
	[FEATURE_SESSION] =
		{SUPPORT_POLICY,
		 "DestinationRule spec.trafficPolicy.loadBalancer.consistentHash.httpCookie"},
	[FEATURE_SESSION_COOKIE] =
		{SUPPORT_APPROXIMATE,
		 "DestinationRule spec.trafficPolicy.loadBalancer.consistentHash.httpCookie (name, "
		 "path, ttl)"},
	[FEATURE_SNIPPET] = {SUPPORT_APPROXIMATE, "EnvoyFilter, written by hand"},
	[FEATURE_TIMEOUT_CONNECT] =
		{SUPPORT_POLICY,
		 "DestinationRule spec.trafficPolicy.connectionPool.tcp.connectTimeout"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_APPROXIMATE,
				  "EnvoyFilter stream_idle_timeout on the route"},
	[FEATURE_TIMEOUT_SEND] = {SUPPORT_APPROXIMATE,
				  "EnvoyFilter stream_idle_timeout on the route"},
	[FEATURE_TLS_CIPHERS] =
		{SUPPORT_POLICY,
		 "Gateway spec.listeners[].tls.options gateway.istio.io/tls-cipher-suites"},
	[FEATURE_TRACING] = {SUPPORT_POLICY, "Telemetry spec.tracing"},
	[FEATURE_USER_AGENT_BLOCK] =
		{SUPPORT_POLICY,
		 "AuthorizationPolicy action DENY with spec.rules[].when request.headers"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE, "WasmPlugin with Coraza"},
};

const struct emitter emitter_istio = {
	.name = "istio",
	.title = "Istio",
	.gateway_class = "istio",
	.controller_name = "istio.io/gateway-controller",
	.listener_sets =
		"1.30", /* openshift/cluster-ingress-operator pull request 1587; status is complete since 1.30.5 */
	.dialect = REGEX_RE2_FULL,
	.capabilities = capabilities,
};
