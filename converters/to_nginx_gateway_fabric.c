/* to_nginx_gateway_fabric.c - NGINX Gateway Fabric 2.6.
 *
 * It is the same proxy, so most directives have a place, if only as a snippet.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] =
		{SUPPORT_POLICY,
		 "NginxProxy spec.logging, or SnippetsFilter http.server.location: access_log"},
	[FEATURE_AUTH_BASIC] = {SUPPORT_POLICY, "AuthenticationFilter spec.basic"},
	[FEATURE_AUTH_CACHE] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server: proxy_cache of the authentication location"},
	[FEATURE_AUTH_EXTERNAL] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server: auth_request with an internal location"},
	[FEATURE_AUTH_OPTIONS] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server: directives of the authentication location"},
	[FEATURE_AUTH_REALM] = {SUPPORT_POLICY, "AuthenticationFilter spec.basic.realm"},
	[FEATURE_AUTH_SATISFY_ANY] = {SUPPORT_POLICY,
				      "SnippetsFilter http.server.location: satisfy any"},
	[FEATURE_AUTH_SIGN_IN] = {SUPPORT_POLICY,
				  "SnippetsFilter http.server.location: error_page 401"},
	[FEATURE_BACKEND_TLS_CLIENT] = {SUPPORT_POLICY,
					"Gateway spec.tls.backend.clientCertificateRef"},
	[FEATURE_BACKEND_TLS_OPTIONS] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: proxy_ssl_ciphers, proxy_ssl_protocols"},
	[FEATURE_BANDWIDTH_LIMIT] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: limit_rate, limit_rate_after"},
	[FEATURE_BODY_SIZE] = {SUPPORT_POLICY, "ClientSettingsPolicy spec.body.maxSize"},
	[FEATURE_BUFFER_SIZE] =
		{SUPPORT_POLICY,
		 "ProxySettingsPolicy spec.buffering, ClientSettingsPolicy spec.body.bufferSize"},
	[FEATURE_CLIENT_CERT] = {SUPPORT_APPROXIMATE,
				 "Gateway spec.tls.frontend (of a port, not of a host)"},
	[FEATURE_CLIENT_CERT_HEADERS] = {SUPPORT_POLICY,
					 "SnippetsFilter http.server.location: proxy_set_header "
					 "with $ssl_client_escaped_cert"},
	[FEATURE_CLIENT_CERT_MATCH] = {SUPPORT_POLICY, "SnippetsFilter http.server.location: if "
						       "($ssl_client_s_dn !~ ...) { return 403; }"},
	[FEATURE_CLIENT_IP] = {SUPPORT_POLICY, "NginxProxy spec.rewriteClientIP"},
	[FEATURE_CLIENT_LIMITS] = {SUPPORT_POLICY,
				   "ClientSettingsPolicy spec.body.timeout, spec.keepAlive"},
	[FEATURE_COMPRESSION] = {SUPPORT_POLICY, "SnippetsFilter http: gzip"},
	[FEATURE_CONNECTION_HEADER] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: proxy_set_header Connection"},
	[FEATURE_CONNECTION_LIMIT] = {SUPPORT_POLICY,
				      "SnippetsFilter http.server.location: limit_conn, with "
				      "limit_conn_zone in the http context"},
	[FEATURE_COOKIE_REWRITE] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: proxy_cookie_domain, proxy_cookie_path"},
	[FEATURE_ERROR_PAGES] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: proxy_intercept_errors, error_page"},
	[FEATURE_FALLBACK_BACKEND] = {SUPPORT_POLICY,
				      "SnippetsFilter http.server.location: error_page"},
	[FEATURE_HASH_BALANCING] =
		{SUPPORT_POLICY,
		 "UpstreamSettingsPolicy spec.loadBalancingMethod: hash consistent"},
	[FEATURE_HOST_REWRITE] = {SUPPORT_APPROXIMATE,
				  "SnippetsFilter http.server.location: proxy_set_header Host"},
	[FEATURE_HTTP2] = {SUPPORT_POLICY, "NginxProxy spec.disableHTTP2"},
	[FEATURE_HTTP_VERSION] = {SUPPORT_POLICY,
				  "SnippetsFilter http.server.location: proxy_http_version"},
	[FEATURE_IP_ALLOW] = {SUPPORT_POLICY,
			      "SnippetsFilter http.server.location: allow, deny all"},
	[FEATURE_IP_DENY] = {SUPPORT_POLICY, "SnippetsFilter http.server.location: deny"},
	[FEATURE_LOAD_BALANCING] = {SUPPORT_POLICY,
				    "UpstreamSettingsPolicy spec.loadBalancingMethod"},
	[FEATURE_RATE_LIMIT] = {SUPPORT_POLICY, "RateLimitPolicy spec.rateLimit.local"},
	[FEATURE_REDIRECT_LITERAL] = {SUPPORT_POLICY,
				      "SnippetsFilter http.server.location: return"},
	[FEATURE_REDIRECT_REWRITE] = {SUPPORT_POLICY,
				      "SnippetsFilter http.server.location: proxy_redirect"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_POLICY,
				   "SnippetsFilter http.server.location: rewrite ... break"},
	[FEATURE_REQUEST_BUFFERING] =
		{SUPPORT_POLICY, "SnippetsFilter http.server.location: proxy_request_buffering"},
	[FEATURE_RESPONSE_BUFFERING] = {SUPPORT_POLICY,
					"ProxySettingsPolicy spec.buffering.disable"},
	[FEATURE_RETRY] = {SUPPORT_POLICY, "SnippetsFilter http.server.location: "
					   "proxy_next_upstream, proxy_next_upstream_tries"},
	[FEATURE_RETRY_TIMEOUT] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: proxy_next_upstream_timeout"},
	[FEATURE_SERVICE_VIP] = {SUPPORT_POLICY, "UpstreamSettingsPolicy spec.useClusterIP"},
	[FEATURE_SESSION] = {SUPPORT_APPROXIMATE,
			     "HTTPRoute spec.rules[].sessionPersistence with NGINX Plus, or "
			     "UpstreamSettingsPolicy spec.loadBalancingMethod: ip_hash"},
	[FEATURE_SESSION_COOKIE] = {SUPPORT_APPROXIMATE,
				    "HTTPRoute spec.rules[].sessionPersistence with NGINX Plus"},
	[FEATURE_SNIPPET] =
		{SUPPORT_APPROXIMATE,
		 "SnippetsFilter, or SnippetsPolicy for whole servers, reviewed by hand"},
	[FEATURE_TIMEOUT_CONNECT] = {SUPPORT_POLICY, "ProxySettingsPolicy spec.timeout.connect"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_POLICY, "ProxySettingsPolicy spec.timeout.read"},
	[FEATURE_TIMEOUT_SEND] = {SUPPORT_POLICY, "ProxySettingsPolicy spec.timeout.send"},
	[FEATURE_TLS_CIPHERS] = {SUPPORT_POLICY,
				 "SnippetsPolicy http.server: ssl_ciphers, ssl_protocols"},
	[FEATURE_TRACING] = {SUPPORT_POLICY, "ObservabilityPolicy spec.tracing"},
	[FEATURE_USER_AGENT_BLOCK] =
		{SUPPORT_POLICY,
		 "SnippetsFilter http.server.location: if ($http_user_agent ...) { return 403; }"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE, "WAFPolicy with NGINX Plus"},
};

const struct emitter emitter_nginx_gateway_fabric = {
	.name = "nginx-gateway-fabric",
	.title = "NGINX Gateway Fabric",
	.gateway_class = "nginx",
	.controller_name = "gateway.nginx.org/nginx-gateway-controller",
	.listener_sets =
		"2.6", /* docs.nginx.com/nginx-gateway-fabric/traffic-management/listener-sets, nginx-gateway-fabric issue 5346 */
	.dialect = REGEX_PCRE_START,
	.external_auth = true, /* after 2.6.7 */
	.limits_bodies = true,
	.capabilities = capabilities,
};
