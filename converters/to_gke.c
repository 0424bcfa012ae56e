/* to_gke.c - the Gateway controller of GKE with the global external load balancer.
 *
 * GKE installs its classes itself; writing one again changes nothing.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_POLICY, "GCPBackendPolicy spec.default.logging"},
	[FEATURE_AUTH_EXTERNAL] = {SUPPORT_APPROXIMATE,
				   "GCPBackendPolicy spec.default.iap (Identity-Aware Proxy)"},
	[FEATURE_BACKEND_TLS] =
		{SUPPORT_BUILT_IN,
		 "certificates of backends are not verified with appProtocol HTTPS"},
	[FEATURE_GEO] = {SUPPORT_APPROXIMATE,
			 "GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
	[FEATURE_IP_ALLOW] = {SUPPORT_POLICY,
			      "GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
	[FEATURE_IP_DENY] = {SUPPORT_POLICY,
			     "GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
	[FEATURE_RATE_LIMIT] = {SUPPORT_APPROXIMATE,
				"GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_SESSION] = {SUPPORT_POLICY,
			     "GCPBackendPolicy spec.default.sessionAffinity: GENERATED_COOKIE"},
	[FEATURE_SESSION_COOKIE] = {SUPPORT_APPROXIMATE,
				    "GCPBackendPolicy spec.default.sessionAffinity.cookieTtlSec"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_APPROXIMATE,
				  "GCPBackendPolicy spec.default.timeoutSec (of the whole answer)"},
	[FEATURE_TLS_CIPHERS] = {SUPPORT_POLICY, "GCPGatewayPolicy spec.default.sslPolicy"},
	[FEATURE_USER_AGENT_BLOCK] = {SUPPORT_APPROXIMATE,
				      "GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
	[FEATURE_WAF] = {SUPPORT_APPROXIMATE,
			 "GCPBackendPolicy spec.default.securityPolicy (Cloud Armor)"},
};

const struct emitter emitter_gke = {
	.name = "gke",
	.title = "Google Kubernetes Engine",
	.gateway_class = "gke-l7-global-external-managed",
	.controller_name = "networking.gke.io/gateway",
	.dialect = REGEX_RE2_FULL,
	.capabilities = capabilities,
};
