/* to_cilium.c - Cilium.
 *
 * It has no policies for routes: what goes beyond Gateway API is Envoy configuration.
 */
#include "converters/emitter.h"

static const struct capability capabilities[FEATURE_KINDS] = {
	[FEATURE_ACCESS_LOG] = {SUPPORT_APPROXIMATE, "Hubble"},
	[FEATURE_BODY_SIZE] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_BUFFER_SIZE] = {SUPPORT_BUILT_IN, "its own limit of 60 KiB on headers"},
	[FEATURE_CLIENT_IP] =
		{SUPPORT_POLICY,
		 "Helm values gatewayAPI.xffNumTrustedHops, gatewayAPI.enableProxyProtocol"},
	[FEATURE_IP_ALLOW] = {SUPPORT_APPROXIMATE,
			      "CiliumNetworkPolicy (of the whole Gateway, not of a route)"},
	[FEATURE_IP_DENY] = {SUPPORT_APPROXIMATE,
			     "CiliumNetworkPolicy (of the whole Gateway, not of a route)"},
	[FEATURE_LOAD_BALANCING] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_RATE_LIMIT] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_REGEX_REWRITE] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_REQUEST_BUFFERING] = {SUPPORT_BUILT_IN, "it streams requests"},
	[FEATURE_SNIPPET] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_TIMEOUT_CONNECT] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_TIMEOUT_READ] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_TIMEOUT_SEND] = {SUPPORT_APPROXIMATE, "CiliumEnvoyConfig, written by hand"},
	[FEATURE_TRACING] = {SUPPORT_APPROXIMATE, "Hubble"},
};

const struct emitter emitter_cilium = {
	.name = "cilium",
	.title = "Cilium",
	.gateway_class = "cilium",
	.controller_name = "io.cilium/gateway-controller",
	.listener_sets = "1.20", /* cilium issue 42756; 1.20 follows Gateway API 1.6 */
	.dialect = REGEX_RE2_FULL,
	.external_auth = true, /* since cilium/cilium#45739 */
	.capabilities = capabilities,
};
