/* Keys under the controller's prefix that do nothing: those that older versions had, those of other
 * controllers, and those that people made up. By key. */
#include "converters/from_ingress_nginx/nginx.h"

#define TRACING "use enable-opentelemetry: OpenTracing, with Jaeger and Zipkin, was removed in 1.10"
#define INFLUXDB "remove it: the module for InfluxDB was removed, and has no successor"
#define GLOBAL_LIMIT                                                                               \
	"use limit-rps or limit-rpm: the limit shared by all replicas was removed in 1.12, so "    \
	"there is no limit today"
#define LUA_WAF "use enable-modsecurity: the firewall in Lua was removed, so there is none today"
#define ENDPOINTS "remove it: endpoints are chosen by the controller's own code and not by nginx"

const struct legacy_row ingress_nginx_legacy[] = {
	{"add-base-url", "make the application write its links right; the key was removed"},
	{"auth-proxy-set-header", "use auth-proxy-set-headers"},
	{"base-url-scheme", "remove it: it belonged to add-base-url"},
	{"client-max-body-size", "use proxy-body-size; the limit is the default of 1m today"},
	{"cors-enable", "use enable-cors; there are no CORS headers today"},
	{"enable-influxdb", INFLUXDB},
	{"enable-opentracing", TRACING},
	{"global-rate-limit", GLOBAL_LIMIT},
	{"global-rate-limit-ignored-cidrs", GLOBAL_LIMIT},
	{"global-rate-limit-key", GLOBAL_LIMIT},
	{"global-rate-limit-window", GLOBAL_LIMIT},
	{"grpc-backend", "use backend-protocol: GRPC; the backend is asked over HTTP/1.1 today"},
	{"influxdb-host", INFLUXDB},
	{"influxdb-measurement", INFLUXDB},
	{"influxdb-port", INFLUXDB},
	{"influxdb-server-name", INFLUXDB},
	{"jaeger-collector-host", TRACING},
	{"jaeger-collector-port", TRACING},
	{"jaeger-propagation-format", TRACING},
	{"jaeger-sampler-param", TRACING},
	{"jaeger-sampler-type", TRACING},
	{"jaeger-service-name", TRACING},
	{"lua-resty-waf", LUA_WAF},
	{"lua-resty-waf-debug", LUA_WAF},
	{"mirror-target-service", "use mirror-target; nothing is mirrored today"},
	{"mirror-uri", "use mirror-target; nothing is mirrored today"},
	{"more_set_headers", "use custom-headers; more_set_headers is a directive of nginx, which "
			     "only a configuration-snippet can hold"},
	{"opentracing-operation-name", TRACING},
	{"opentracing-trust-incoming-span", TRACING},
	{"priority", "remove it: longer paths go first, and among equals the oldest Ingress"},
	{"rate-limit", "use limit-rps or limit-rpm; there is no limit today"},
	{"rate-limit-connections", "use limit-connections; there is no limit today"},
	{"rate-limit-window", "use limit-rps for a second or limit-rpm for a minute; there is no "
			      "limit today"},
	{"secure-backends",
	 "use backend-protocol: HTTPS; the backend is asked in plain HTTP today"},
	{"secure-verify-ca-secret", "use proxy-ssl-secret and proxy-ssl-verify; the backend is not "
				    "verified today"},
	{"session-cookie-hash", "remove it: session cookies hold no hash any more"},
	{"ssl-alpn", "remove it: the controller offers HTTP/2 by its option use-http2"},
	{"ssl-handshake-timeout", "remove it: the controller has no such setting"},
	{"ssl-services", "use backend-protocol: HTTPS; the key belongs to another controller"},
	{"upstream-fail-timeout", ENDPOINTS},
	{"upstream-max-fails", ENDPOINTS},
	{"user-regex", "use use-regex; the paths are no regular expressions today"},
	{"vts-filter-key", "remove it: the module for traffic status was removed"},
	{"websocket-services", "remove it: websockets need no annotation here"},
	{"zipkin-collector-host", TRACING},
	{"zipkin-collector-port", TRACING},
	{"zipkin-service-name", TRACING},
};

const size_t ingress_nginx_legacy_count =
	sizeof ingress_nginx_legacy / sizeof *ingress_nginx_legacy;
