/* tls.h - contexts of OpenSSL for what routes say: certificates to show, clients and backends to verify.
 *
 * Contexts are made when they are first needed and live as long as the snapshot whose Secrets they are made
 * of. All functions may be called by any worker.
 */
#ifndef PROXY_TLS_H
#define PROXY_TLS_H

#include <openssl/types.h>
#include <pthread.h>

#include "base/map.h"
#include "kube/load.h"
#include "route/decision.h"
#include "route/request.h"

enum {
	TLS_SELF_SIGNED = 1000 /* certificates that are made up for names, before they share one */
};

struct tls_store {
	const struct kube_set *kube; /* where Secrets and ConfigMaps are; may be NULL */
	struct arena arena;
	pthread_mutex_t lock;
	struct map contexts; /* SSL_CTX * by what they were made for */
	size_t self_signed;
};

void tls_store_init(struct tls_store *store, const struct kube_set *kube);
void tls_store_finish(struct tls_store *store);

/* The context for a handshake with a client that asks for `name`. A certificate that is not in the input is
 * replaced by a self-signed one for the name. NULL: no handshake can be made, the authorities of clients
 * cannot be read. TLS 1.2 and 1.3; ALPN h2 and http/1.1 when `http`. */
SSL_CTX *tls_server(struct tls_store *store, const struct route_front_tls *front, struct str name,
		    bool http);

/* Whether the Secret has a certificate and a key that can be shown. */
bool tls_has_certificate(const struct kube_set *kube, const struct route_front_tls *front);

/* The certificate of the client after a handshake. */
enum route_client_certificate tls_client_certificate(const SSL *ssl,
						     const struct route_front_tls *front);

/* The context for connections to a backend; NULL when its authorities or its certificate cannot be read. */
SSL_CTX *tls_client(struct tls_store *store, const struct route_backend_tls *backend);

/* A connection of such a context, with server name and ALPN; NULL: out of memory. */
SSL *tls_connect(SSL_CTX *context, const struct route_backend_tls *backend, bool h2);

/* Whether the certificate that was shown is for one of the names that the policy wants. */
bool tls_is_for(const SSL *ssl, const struct route_backend_tls *backend);

#endif
