#include "proxy/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/bug.h"

enum { TICKET_KEYS = 80, DAYS = 365 };

/* ---- PEM ---- */

static int no_password(char *buf, int size, int writing, void *user)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)user;
	return -1;
}

static BIO *bio_of(struct str pem)
{
	return pem.len && pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
}

static bool use_chain(SSL_CTX *context, struct str pem)
{
	BIO *bio = bio_of(pem);
	X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
	bool used = leaf && SSL_CTX_use_certificate(context, leaf) == 1;
	X509 *next;

	while (used && (next = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		used = SSL_CTX_add1_chain_cert(context, next) == 1;
		X509_free(next);
	}
	X509_free(leaf);
	BIO_free(bio);
	ERR_clear_error();
	return used;
}

static bool use_key(SSL_CTX *context, struct str pem)
{
	BIO *bio = bio_of(pem);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	bool used = key && SSL_CTX_use_PrivateKey(context, key) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return used;
}

static bool use_secret(SSL_CTX *context, const struct kube_secret *secret)
{
	return secret && use_chain(context, secret->certificate) && use_key(context, secret->key) &&
	       SSL_CTX_check_private_key(context) == 1;
}

/* ---- authorities ---- */

/* "ConfigMap web/ca", "Secret web/ca". */
static struct str authority_text(const struct kube_set *kube, struct str name)
{
	size_t blank = str_find(name, ' '), slash = str_find(name, '/');
	struct str namespace = str_sub(name, blank + 1, slash - blank - 1);
	struct str object = str_from_pos(name, slash + 1);
	const struct kube_config_map *map;
	const struct kube_secret *secret;
	const struct kube_pair *pair;

	if (!kube || blank == SIZE_MAX || slash == SIZE_MAX)
		return (struct str){0};
	if (str_starts(name, "Secret ")) {
		secret = kube_secret(kube, namespace, object);
		return secret ? secret->ca : (struct str){0};
	}
	map = kube_config_map(kube, namespace, object);
	pair = map ? kube_pair_find(&map->data, STR("ca.crt")) : NULL;
	return pair ? pair->value : (struct str){0};
}

static bool trust(SSL_CTX *context, struct str pem, bool tell_clients)
{
	BIO *bio = bio_of(pem);
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	X509 *certificate;
	bool any = false;

	while (bio && (certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		any |= X509_STORE_add_cert(store, certificate) == 1;
		if (tell_clients)
			SSL_CTX_add_client_CA(context, certificate);
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	return any;
}

/* What is named as an authority is one, whoever signed it (as Go and Envoy have it). */
static bool trust_all(SSL_CTX *context, const struct kube_set *kube, const struct str *names,
		      size_t count, bool tell_clients)
{
	bool any = false;

	X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
	for (size_t i = 0; i < count; i++) {
		if (str_is(names[i], "System"))
			any |= SSL_CTX_set_default_verify_paths(context) == 1;
		else
			any |= trust(context, authority_text(kube, names[i]), tell_clients);
	}
	return any;
}

/* ---- self-signed certificates ---- */

static bool name_certificate(X509 *certificate, const char *name)
{
	char text[300];
	X509_EXTENSION *names;
	X509_NAME *subject = X509_get_subject_name(certificate);
	bool done;

	snprintf(text, sizeof text, "DNS:%s", name);
	names = X509V3_EXT_nconf_nid(NULL, NULL, NID_subject_alt_name, text);
	done = names && X509_add_ext(certificate, names, -1) == 1 &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
					  (const unsigned char *)"ingress2gw serve", -1, -1,
					  0) == 1 &&
	       X509_set_issuer_name(certificate, subject) == 1;
	X509_EXTENSION_free(names);
	return done;
}

static bool use_self_signed(SSL_CTX *context, struct str name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	char text[254] = "localhost";
	uint64_t serial;
	bool done;

	if (name.len && name.len < sizeof text) {
		memcpy(text, name.at, name.len);
		text[name.len] = '\0';
	}
	done = key && certificate && RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
	       X509_set_version(certificate, 2) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * DAYS) &&
	       X509_set_pubkey(certificate, key) == 1 && name_certificate(certificate, text) &&
	       X509_sign(certificate, key, EVP_sha256()) > 0 &&
	       SSL_CTX_use_certificate(context, certificate) == 1 &&
	       SSL_CTX_use_PrivateKey(context, key) == 1;
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return done;
}

/* ---- contexts for clients ---- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
			   const unsigned char *in, unsigned in_len, void *user)
{
	static const unsigned char ours[] = "\x02h2\x08http/1.1";

	(void)ssl;
	(void)user;
	if (SSL_select_next_proto((unsigned char **)out, out_len, ours, sizeof ours - 1, in,
				  in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 3.2 */
	return SSL_TLSEXT_ERR_OK;
}

/* A certificate that does not verify is looked at after the handshake. */
static int let_through(int verified, X509_STORE_CTX *store)
{
	(void)verified;
	(void)store;
	return 1;
}

static bool ask_for_client(SSL_CTX *context, const struct kube_set *kube,
			   const struct route_front_tls *front)
{
	bool required = front->validation == ROUTE_CLIENT_REQUIRED;

	if (front->validation == ROUTE_CLIENT_UNASKED)
		return true;
	SSL_CTX_set_verify(context,
			   required ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
				    : SSL_VERIFY_PEER,
			   required ? NULL : let_through);
	return trust_all(context, kube, front->authorities, front->authority_count, true);
}

static bool add_text(EVP_MD_CTX *digest, struct str text)
{
	return EVP_DigestUpdate(digest, &text.len, sizeof text.len) == 1 &&
	       EVP_DigestUpdate(digest, text.at, text.len) == 1;
}

/* What a handshake was decided by: names of objects, and what stood in them. */
static bool digest_of(const struct kube_set *kube, const struct route_front_tls *front,
		      struct str key, unsigned char id[EVP_MAX_MD_SIZE], unsigned *len)
{
	const struct kube_secret *secret =
		kube ? kube_secret(kube, front->namespace, front->name) : NULL;
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	bool done = digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1 &&
		    add_text(digest, key) &&
		    add_text(digest, secret ? secret->certificate : (struct str){0});

	for (size_t i = 0; done && i < front->authority_count; i++)
		done = add_text(digest, authority_text(kube, front->authorities[i]));
	done = done && EVP_DigestFinal_ex(digest, id, len) == 1;
	EVP_MD_CTX_free(digest);
	return done;
}

/* A session is resumed where it would be made again: whom other authorities let in shakes hands anew. */
static void name_sessions(SSL_CTX *context, const struct kube_set *kube,
			  const struct route_front_tls *front, struct str key)
{
	unsigned char id[EVP_MAX_MD_SIZE];
	unsigned len;

	if (!digest_of(kube, front, key, id, &len) ||
	    SSL_CTX_set_session_id_context(context, id, len) != 1)
		BUG("SHA-256 is not available");
}

/* Keys of tickets are the process's: a session is resumed by whichever worker and after reloads. */
static void share_tickets(SSL_CTX *context)
{
	static unsigned char keys[TICKET_KEYS];
	static bool made; /* under the lock of a store; stores of two snapshots may race for it */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (!made)
		made = RAND_bytes(keys, sizeof keys) == 1;
	if (made)
		SSL_CTX_set_tlsext_ticket_keys(context, keys, sizeof keys);
	SSL_CTX_set_num_tickets(context, 1); /* a write each: the second one is hardly ever used */
	pthread_mutex_unlock(&lock);
}

static SSL_CTX *context_new(const SSL_METHOD *method)
{
	SSL_CTX *context = SSL_CTX_new(method);

	if (!context)
		bug_out_of_memory(sizeof(void *));
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	return context;
}

struct wanted {
	const struct route_front_tls *front;
	struct str name;
	bool http;
	bool own; /* self-signed */
};

static SSL_CTX *server_new(const struct tls_store *store, const struct wanted *wanted,
			   struct str key)
{
	const struct route_front_tls *front = wanted->front;
	SSL_CTX *context = context_new(TLS_server_method());
	bool ready = wanted->own ? use_self_signed(context, wanted->name)
				 : use_secret(context, kube_secret(store->kube, front->namespace,
								   front->name));

	if (!ready || !ask_for_client(context, store->kube, front)) {
		SSL_CTX_free(context);
		return NULL;
	}
	if (wanted->http)
		SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
	share_tickets(context);
	name_sessions(context, store->kube, front, key);
	return context;
}

bool tls_has_certificate(const struct kube_set *kube, const struct route_front_tls *front)
{
	const struct kube_secret *secret =
		kube ? kube_secret(kube, front->namespace, front->name) : NULL;

	return secret && secret->certificate.len && secret->key.len;
}

static struct str key_of(struct tls_store *store, const struct wanted *wanted)
{
	const struct route_front_tls *front = wanted->front;
	struct str key = str_format(
		&store->arena, "%.*s/%.*s %d %d %.*s", STR_ARG(front->namespace),
		STR_ARG(front->name), front->validation, wanted->http,
		wanted->own ? (int)wanted->name.len : 0, wanted->own ? wanted->name.at : "");

	for (size_t i = 0; i < front->authority_count; i++)
		key = STR_JOIN(&store->arena, key, STR(" "), front->authorities[i]);
	return key;
}

static SSL_CTX *find_server(struct tls_store *store, struct wanted *wanted)
{
	struct arena_mark mark = arena_mark(&store->arena);
	struct str key;
	void **place;
	SSL_CTX *found;

	if (wanted->own && store->self_signed >= TLS_SELF_SIGNED)
		wanted->name = (struct str){0};
	key = key_of(store, wanted);
	found = map_get(&store->contexts, key);
	if (found) {
		arena_rewind(&store->arena, mark);
		return found;
	}
	found = server_new(store, wanted, key);
	if (!found) {
		arena_rewind(&store->arena, mark);
		return NULL;
	}
	place = map_at(&store->contexts, key);
	*place = found;
	store->self_signed += wanted->own;
	return found;
}

SSL_CTX *tls_server(struct tls_store *store, const struct route_front_tls *front, struct str name,
		    bool http)
{
	struct wanted wanted = {.front = front,
				.name = name,
				.http = http,
				.own = !tls_has_certificate(store->kube, front)};
	SSL_CTX *context;

	pthread_mutex_lock(&store->lock);
	context = find_server(store, &wanted);
	pthread_mutex_unlock(&store->lock);
	return context;
}

enum route_client_certificate tls_client_certificate(const SSL *ssl,
						     const struct route_front_tls *front)
{
	X509 *shown;

	if (front->validation == ROUTE_CLIENT_UNASKED)
		return ROUTE_CERTIFICATE_NONE;
	shown = SSL_get1_peer_certificate(ssl);
	if (!shown)
		return ROUTE_CERTIFICATE_NONE;
	X509_free(shown);
	return SSL_get_verify_result(ssl) == X509_V_OK ? ROUTE_CERTIFICATE_GOOD
						       : ROUTE_CERTIFICATE_BAD;
}

/* ---- contexts for backends ---- */

static bool use_client_certificate(SSL_CTX *context, const struct kube_set *kube, struct str name)
{
	size_t slash = str_find(name, '/');

	if (!name.len)
		return true;
	return kube && slash != SIZE_MAX &&
	       use_secret(context, kube_secret(kube, str_sub(name, 0, slash),
					       str_from_pos(name, slash + 1)));
}

static SSL_CTX *client_new(const struct tls_store *store, const struct route_backend_tls *backend)
{
	SSL_CTX *context = context_new(TLS_client_method());
	bool ready = use_client_certificate(context, store->kube, backend->client_certificate);

	if (ready && backend->verify) {
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
		ready = trust_all(context, store->kube, backend->authorities,
				  backend->authority_count, false);
	}
	if (ready)
		return context;
	SSL_CTX_free(context);
	return NULL;
}

SSL_CTX *tls_client(struct tls_store *store, const struct route_backend_tls *backend)
{
	char text[32];
	struct str key = {text, 0};
	SSL_CTX *context;

	/* Settings live as long as the table, and so as the snapshot. */
	key.len = (size_t)snprintf(text, sizeof text, "%p", (const void *)backend);
	pthread_mutex_lock(&store->lock);
	context = map_get(&store->contexts, key);
	if (!context) {
		context = client_new(store, backend);
		if (context)
			*map_at(&store->contexts, str_dup(&store->arena, key)) = context;
	}
	pthread_mutex_unlock(&store->lock);
	return context;
}

SSL *tls_connect(SSL_CTX *context, const struct route_backend_tls *backend, bool h2)
{
	static const unsigned char one[] = "\x08http/1.1", two[] = "\x02h2";
	SSL *ssl = SSL_new(context);
	char name[256];

	if (!ssl)
		return NULL;
	SSL_set_connect_state(ssl);
	SSL_set_alpn_protos(ssl, h2 ? two : one, (unsigned)(h2 ? sizeof two : sizeof one) - 1);
	if (backend->sni.len && backend->sni.len < sizeof name) {
		memcpy(name, backend->sni.at, backend->sni.len);
		name[backend->sni.len] = '\0';
		SSL_set_tlsext_host_name(ssl, name);
	}
	return ssl;
}

static bool has_uri(const X509 *certificate, struct str uri)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		found = name->type == GEN_URI &&
			str_eq(uri, (struct str){(const char *)ASN1_STRING_get0_data(
							 name->d.uniformResourceIdentifier),
						 (size_t)ASN1_STRING_length(
							 name->d.uniformResourceIdentifier)});
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool is_for(X509 *certificate, struct str name)
{
	return has_uri(certificate, name) ||
	       (name.len && X509_check_host(certificate, name.at, name.len,
					    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1);
}

bool tls_is_for(const SSL *ssl, const struct route_backend_tls *backend)
{
	X509 *shown;
	bool found = false;

	if (!backend->verify)
		return true;
	shown = SSL_get1_peer_certificate(ssl);
	if (shown && !backend->name_count)
		found = is_for(shown, backend->sni);
	for (size_t i = 0; shown && i < backend->name_count && !found; i++)
		found = is_for(shown, backend->names[i]);
	X509_free(shown);
	ERR_clear_error();
	return found;
}

/* ---- the store ---- */

void tls_store_init(struct tls_store *store, const struct kube_set *kube)
{
	*store = (struct tls_store){.kube = kube};
	arena_init(&store->arena);
	map_init(&store->contexts, &store->arena);
	pthread_mutex_init(&store->lock, NULL);
}

void tls_store_finish(struct tls_store *store)
{
	for (size_t i = 0; i < store->contexts.room; i++)
		if (store->contexts.entries[i].key)
			SSL_CTX_free(store->contexts.entries[i].value);
	pthread_mutex_destroy(&store->lock);
	arena_finish(&store->arena);
}
