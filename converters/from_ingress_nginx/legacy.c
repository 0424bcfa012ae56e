/* Keys under the controller's prefix that do nothing: those that older versions had, and those that
 * people made up. By key. */
#include "converters/from_ingress_nginx/nginx.h"

#define REMOVED_TRACING                                                                            \
	"was removed in 1.10 with OpenTracing; enable-opentelemetry is what current controllers "  \
	"have"
#define REMOVED_INFLUXDB "was removed in 1.9 with the InfluxDB module, and has no successor"
#define REMOVED_GLOBAL_LIMIT                                                                       \
	"was removed in 1.12 with the limit shared by all replicas; limit-rps and limit-rpm "      \
	"count in each replica"

const struct legacy_row ingress_nginx_legacy[] = {
	{"add-base-url", "was removed in 0.22; rewrite the links in the application instead"},
	{"auth-proxy-set-header", "is spelled auth-proxy-set-headers"},
	{"base-url-scheme", "was removed in 0.22 together with add-base-url"},
	{"client-max-body-size", "is called proxy-body-size here; this is the name of nginx and of "
				 "another controller"},
	{"custom-response-headers", "custom-headers names a ConfigMap with response headers"},
	{"enable-dynamic-tls-records", "was removed in 0.20, and has no successor"},
	{"enable-influxdb", REMOVED_INFLUXDB},
	{"enable-opentracing", REMOVED_TRACING},
	{"from-to-www", "is spelled from-to-www-redirect"},
	{"global-rate-limit", REMOVED_GLOBAL_LIMIT},
	{"global-rate-limit-header-based", "never existed; limit-rps and limit-rpm count by client "
					   "address"},
	{"global-rate-limit-ignored-cidrs", REMOVED_GLOBAL_LIMIT},
	{"global-rate-limit-key", REMOVED_GLOBAL_LIMIT},
	{"global-rate-limit-window", REMOVED_GLOBAL_LIMIT},
	{"grpc-backend", "was replaced by backend-protocol: GRPC in 0.20"},
	{"influxdb-host", REMOVED_INFLUXDB},
	{"influxdb-measurement", REMOVED_INFLUXDB},
	{"influxdb-port", REMOVED_INFLUXDB},
	{"influxdb-server-name", REMOVED_INFLUXDB},
	{"lua-resty-waf", "was removed in 0.27; enable-modsecurity is what current controllers "
			  "have"},
	{"mirror-uri", "was replaced by mirror-target in 0.29"},
	{"more_set_headers", "is a directive for configuration-snippet, not an annotation; "
			     "custom-headers names a ConfigMap with response headers"},
	{"opentracing-operation-name", REMOVED_TRACING},
	{"opentracing-trust-incoming-span", REMOVED_TRACING},
	{"priority", "does not exist: longer paths go before shorter ones, and the oldest Ingress "
		     "wins among equals"},
	{"rate-limit", "never existed, so there is no limit; limit-rps and limit-rpm are meant"},
	{"rate-limit-connections", "never existed, so there is no limit; limit-connections is "
				   "meant"},
	{"rate-limit-window", "never existed; limit-rps counts by the second and limit-rpm by the "
			      "minute"},
	{"secure-backends", "was replaced by backend-protocol: HTTPS in 0.20, so the backend is "
			    "asked in plain HTTP"},
	{"secure-verify-ca-secret", "was removed in 0.20; proxy-ssl-secret with proxy-ssl-verify "
				    "is meant"},
	{"session-cookie-hash", "was removed in 0.24: cookies no longer hold a hash of the "
				"endpoint's address"},
	{"ssl-services", "belongs to another controller; backend-protocol: HTTPS is meant"},
	{"upstream-fail-timeout", "was removed in 0.18: endpoints are chosen by Lua and not by "
				  "nginx"},
	{"upstream-max-fails", "was removed in 0.18: endpoints are chosen by Lua and not by nginx"},
	{"user-regex", "is spelled use-regex, so the paths are not regular expressions"},
	{"vts-filter-key", "was removed in 0.18 with the traffic status module"},
	{"websocket-services", "belongs to another controller; websockets need no annotation here"},
};

const size_t ingress_nginx_legacy_count =
	sizeof ingress_nginx_legacy / sizeof *ingress_nginx_legacy;
