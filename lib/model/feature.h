/* feature.h - behaviours that Gateway API has no field for, or only in its experimental channel.
 *
 * A provider names the behaviour; the emitter's capability table says whether the target has a
 * place for it. Add a feature as one row of FEATURES and one cell in the emitters that have it.
 */
#ifndef MODEL_FEATURE_H
#define MODEL_FEATURE_H

#include <stdbool.h>

#include "model/ledger.h"

/* id, words for people, whether it guards access (fail closed: no place, no route) */
#define FEATURES(ROW)                                                                              \
	ROW(ACCESS_LOG, "access log settings", false)                                              \
	ROW(AUTH_BASIC, "basic authentication", true)                                              \
	ROW(AUTH_CACHE, "caching of authentication answers", false)                                \
	ROW(AUTH_DIGEST, "digest authentication", true)                                            \
	ROW(AUTH_EXTERNAL, "external authentication", true)                                        \
	ROW(AUTH_OPTIONS, "an option of authentication", false)                                    \
	ROW(AUTH_REALM, "the realm of basic authentication", false)                                \
	ROW(AUTH_SATISFY_ANY, "access by any one of several checks", true)                         \
	ROW(AUTH_SIGN_IN, "redirect to a sign-in page", false)                                     \
	ROW(BACKEND_FASTCGI, "FastCGI backends", false)                                            \
	ROW(BACKEND_TLS, "TLS to the backend without verification", false)                         \
	ROW(BACKEND_TLS_CLIENT, "a client certificate for the backend", false)                     \
	ROW(BACKEND_TLS_OPTIONS, "TLS versions and ciphers towards the backend", false)            \
	ROW(BANDWIDTH_LIMIT, "response bandwidth limit", false)                                    \
	ROW(BODY_SIZE, "request body size limit", false)                                           \
	ROW(BUFFER_SIZE, "proxy buffer sizes", false)                                              \
	ROW(CLIENT_CERT, "client certificate check", true)                                         \
	ROW(CLIENT_CERT_HEADERS, "client certificate details for the backend", false)              \
	ROW(CLIENT_CERT_MATCH, "check of the client certificate's subject", true)                  \
	ROW(CLIENT_IP, "client address from a header or the PROXY protocol", false)                \
	ROW(CLIENT_LIMITS, "timeouts and header limits towards clients", false)                    \
	ROW(COMPRESSION, "response compression", false)                                            \
	ROW(CONNECTION_HEADER, "a fixed Connection header", false)                                 \
	ROW(CONNECTION_LIMIT, "limit of concurrent connections", true)                             \
	ROW(COOKIE_REWRITE, "rewriting of Set-Cookie", false)                                      \
	ROW(ERROR_PAGES, "custom error pages", false)                                              \
	ROW(FALLBACK_BACKEND, "a fallback backend", false)                                         \
	ROW(FOREIGN_GUARD, "what may be an access check of another controller", true)              \
	ROW(GEO, "decisions by the client's country", true)                                        \
	ROW(HASH_BALANCING, "consistent hashing over endpoints", false)                            \
	ROW(HASH_SUBSET, "hashing to a subset of endpoints", false)                                \
	ROW(HOST_REWRITE, "a Host header made from variables", false)                              \
	ROW(HTTP2, "HTTP/2 settings", false)                                                       \
	ROW(HTTP_VERSION, "HTTP version towards the backend", false)                               \
	ROW(IP_ALLOW, "IP allow list", true)                                                       \
	ROW(IP_DENY, "IP deny list", true)                                                         \
	ROW(LOAD_BALANCING, "load-balancing algorithm", false)                                     \
	ROW(MIRROR_OPTIONS, "options of request mirroring", false)                                 \
	ROW(RATE_LIMIT, "rate limit", true)                                                        \
	ROW(REDIRECT_LITERAL, "a redirect to a fixed URL with a query or variables", false)        \
	ROW(REDIRECT_REWRITE, "rewriting of Location", false)                                      \
	ROW(REGEX_REWRITE, "a rewrite by regular expression", false)                               \
	ROW(REQUEST_BUFFERING, "request buffering", false)                                         \
	ROW(RESPONSE_BUFFERING, "response buffering", false)                                       \
	ROW(RETRY, "retries on another endpoint", false)                                           \
	ROW(RETRY_TIMEOUT, "a time budget for retries", false)                                     \
	ROW(SERVICE_VIP, "routing to the Service address instead of endpoints", false)             \
	ROW(SESSION, "session affinity by cookie", false)                                          \
	ROW(SESSION_COOKIE, "attributes of the session cookie", false)                             \
	ROW(SNIPPET, "raw controller configuration", true)                                         \
	ROW(TIMEOUT_CONNECT, "connect timeout", false)                                             \
	ROW(TIMEOUT_READ, "idle timeout while reading from the backend", false)                    \
	ROW(TIMEOUT_SEND, "idle timeout while sending to the backend", false)                      \
	ROW(TLS_CIPHERS, "TLS versions and ciphers towards clients", false)                        \
	ROW(TRACING, "tracing", false)                                                             \
	ROW(UNDERSCORE_HEADERS, "treatment of odd header names", false)                            \
	ROW(USER_AGENT_BLOCK, "blocking by User-Agent or Referer", true)                           \
	ROW(WAF, "web application firewall", true)

#define FEATURE_ID(id, words, guard) FEATURE_##id,
enum feature { FEATURE_NONE, FEATURES(FEATURE_ID) FEATURE_KINDS };
#undef FEATURE_ID

/* Use of a feature by one Ingress; shared by all rules it applies to. */
struct model_feature {
	enum feature feature;
	struct ledger_item *item; /* the annotation or option */
	const char *code;         /* finding to raise when the target has no field for it */
	struct str value;         /* for messages */
	bool inert;               /* set, but means what every target does anyway */
	bool unlimited;           /* lifts a limit: only targets with one of their own need it */
	bool resolved;            /* the emitter has dealt with it */
};

/* "rate limit" / whether it guards access / "RATE_LIMIT". */
const char *feature_words(enum feature feature);
bool feature_guards(enum feature feature);
const char *feature_name(enum feature feature);

#endif
