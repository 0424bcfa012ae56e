/* to_kgateway.c - kgateway 2.3 with its Envoy gateways. */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_POLICY, "ListenerPolicy spec.httpSettings.accessLog"},
	[FEATURE_AUTH_BASIC] = {SUPPORT_POLICY, "TrafficPolicy spec.basicAuth"},
	[FEATURE_AUTH_EXTERNAL] = {SUPPORT_POLICY,
				   "TrafficPolicy spec.extAuth with a GatewayExtension"},
	[FEATURE_AUTH_OPTIONS] = {SUPPORT_APPROXIMATE,
				  "GatewayExtension spec.extAuth (headers only)"},
	[FEATURE_AUTH_SIGN_IN] = {SUPPORT_APPROXIMATE, "TrafficPolicy spec.oauth2"},
	[FEATURE_BACKEND_TLS] = {SUPPORT_POLICY, "BackendConfigPolicy spec.tls.insecureSkipVerify"},
	[FEATURE_BACKEND_TLS_CLIENT] = {SUPPORT_POLICY, "BackendConfigPolicy spec.tls.secretRef"},
	[FEATURE_BACKEND_TLS_OPTIONS] = {SUPPORT_POLICY, "BackendConfigPolicy spec.tls.parameters"},
	[FEATURE_BODY_SIZE] = {SUPPORT_APPROXIMATE,
			       "TrafficPolicy spec.buffer.maxRequestSize (buffers the whole body)"},
	[FEATURE_BUFFER_SIZE] = {SUPPORT_BUILT_IN, "its own limit of 60 KiB on headers"},
	[FEATURE_CLIENT_CERT] = {SUPPORT_APPROXIMATE,
				 "Gateway spec.tls.frontend (of a port, not of a host)"},
	[FEATURE_CLIENT_IP] =
		{SUPPORT_POLICY,
		 "ListenerPolicy spec.httpSettings.xffNumTrustedHops, spec.proxyProtocol"},
	[FEATURE_CLIENT_LIMITS] = {SUPPORT_POLICY, "ListenerPolicy spec.httpSettings"},
	[FEATURE_COOKIE_REWRITE] = {SUPPORT_APPROXIMATE, "TrafficPolicy spec.transformation"},
	[FEATURE_HASH_BALANCING] = {SUPPORT_POLICY,
				    "BackendConfigPolicy spec.loadBalancer.ringHash.hashPolicies"},
	[FEATURE_HOST_REWRITE] = {SUPPORT_APPROXIMATE, "TrafficPolicy spec.autoHostRewrite"},
	[FEATURE_IP_ALLOW] = {SUPPORT_POLICY, "TrafficPolicy spec.acl"},
	[FEATURE_IP_DENY] = {SUPPORT_POLICY, "TrafficPolicy spec.acl"},
	[FEATURE_LOAD_BALANCING] = {SUPPORT_POLICY, "BackendConfigPolicy spec.loadBalancer"},
	[FEATURE_RATE_LIMIT] =
		{SUPPORT_APPROXIMATE,
		 "TrafficPolicy spec.rateLimit.local.tokenBucket (all clients together)"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_POLICY, "TrafficPolicy spec.urlRewrite.pathRegex"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_RETRY] = {SUPPORT_POLICY, "TrafficPolicy spec.retry"},
	[FEATURE_RETRY_TIMEOUT] = {SUPPORT_APPROXIMATE,
				   "TrafficPolicy spec.retry.perTryTimeout (of each try)"},
	[FEATURE_SESSION] =
		{SUPPORT_POLICY,
		 "BackendConfigPolicy spec.loadBalancer.ringHash.hashPolicies[].cookie"},
	[FEATURE_SESSION_COOKIE] =
		{SUPPORT_POLICY,
		 "BackendConfigPolicy spec.loadBalancer.ringHash.hashPolicies[].cookie"},
	[FEATURE_SNIPPET] =
		{SUPPORT_APPROXIMATE,
		 "TrafficPolicy spec.transformation and spec.headerModifiers, written by hand"},
	[FEATURE_TIMEOUT_CONNECT] = {SUPPORT_POLICY, "BackendConfigPolicy spec.connectTimeout"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_POLICY, "TrafficPolicy spec.timeouts.streamIdle"},
	[FEATURE_TIMEOUT_SEND] = {SUPPORT_POLICY, "TrafficPolicy spec.timeouts.streamIdle"},
	[FEATURE_TLS_CIPHERS] = {SUPPORT_POLICY,
				 "Gateway spec.listeners[].tls.options kgateway.dev/cipher-suites"},
	[FEATURE_TRACING] = {SUPPORT_POLICY, "ListenerPolicy spec.httpSettings.tracing"},
	[FEATURE_USER_AGENT_BLOCK] = {SUPPORT_APPROXIMATE,
				      "TrafficPolicy spec.rbac on request headers"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE, "TrafficPolicy spec.extProc with a firewall"},
};

const struct emitter emitter_kgateway = {
	.name = "kgateway",
	.title = "kgateway",
	.gateway_class = "kgateway",
	.controller_name = "kgateway.dev/kgateway",
	.dialect = REGEX_RE2_FULL,
	.capabilities = capabilities,
};
