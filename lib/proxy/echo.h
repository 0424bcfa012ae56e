/* echo.h - the backend of Services without an address: it says what it was asked, as JSON.
 *
 * The shape is that of the echo server of the Gateway API conformance tests, so that what is written for it
 * understands this one: path, host, method, proto, headers, namespace, service, pod. The pod is called
 * "<service>-echo-0". X-Echo-Backend names the Service too, for answers without a body. A request can shape the answer:
 *
 *   X-Echo-Set-Header: NAME:VALUE,...   fields of the answer
 *   ?delay=1500ms                       the answer comes later
 *   /status/NNN                         that status, as the last elements of the path
 */
#ifndef PROXY_ECHO_H
#define PROXY_ECHO_H

#include "proxy/exchange.h"

struct back *echo_ask(struct worker *worker, struct exchange *exchange);

#endif
