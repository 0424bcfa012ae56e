#include "compare/ask_tls.h"

#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/buf.h"

enum { HEX = 2 * SHA256_DIGEST_LENGTH, NAMES = 256 };

static struct str one_line(struct arena *arena, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;
	struct str line = {NULL, 0};

	if (!bio)
		return line;
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
	len = BIO_get_mem_data(bio, &text);
	if (len > 0)
		line = str_dup(arena, (struct str){text, (size_t)len});
	BIO_free(bio);
	return line;
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str alternative(struct arena *arena, const GENERAL_NAME *name)
{
	const ASN1_STRING *value = name->d.ia5;

	if (name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL)
		return str_dup(arena, (struct str){(const char *)ASN1_STRING_get0_data(value),
						   (size_t)ASN1_STRING_length(value)});
	if (name->type == GEN_IPADD) {
		char *text = NULL;
		struct str address;
		ASN1_OCTET_STRING *octets = name->d.iPAddress;

		text = i2s_ASN1_OCTET_STRING(NULL, octets);
		address = str_dup(arena, str_from(text));
		OPENSSL_free(text);
		return STR_JOIN(arena, STR("IP:"), address);
	}
	return (struct str){NULL, 0};
}

/* Sorted: an order that means nothing must not look like a difference. */
static struct str names_of(struct arena *arena, X509 *leaf)
{
	GENERAL_NAMES *list = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	int count = list ? sk_GENERAL_NAME_num(list) : 0;
	struct str *names, text;
	struct buf buf;
	size_t used = 0;

	if (count > NAMES)
		count = NAMES;
	names = arena_array(arena, struct str, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		names[used] = alternative(arena, sk_GENERAL_NAME_value(list, i));
		used += names[used].len > 0;
	}
	GENERAL_NAMES_free(list);
	qsort(names, used, sizeof *names, compare_names);
	buf_init(&buf);
	for (size_t i = 0; i < used; i++) {
		buf_text(&buf, i ? ", " : "");
		buf_str(&buf, names[i]);
	}
	text = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static struct str fingerprint_of(X509 *leaf, char hex[static HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_DIGEST_LENGTH];

	if (!X509_digest(leaf, EVP_sha256(), hash, NULL))
		return (struct str){NULL, 0};
	for (size_t i = 0; i < sizeof hash; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	return (struct str){hex, HEX};
}

static const struct answer_tls *certificate(struct ask_certificates *seen, X509 *leaf,
					    struct str fingerprint)
{
	struct answer_tls *tls = map_get(&seen->by_fingerprint, fingerprint);

	if (tls)
		return tls;
	tls = arena_new(seen->arena, struct answer_tls);
	tls->fingerprint = str_dup(seen->arena, fingerprint);
	tls->subject = one_line(seen->arena, X509_get_subject_name(leaf));
	tls->issuer = one_line(seen->arena, X509_get_issuer_name(leaf));
	tls->names = names_of(seen->arena, leaf);
	*map_at(&seen->by_fingerprint, tls->fingerprint) = tls;
	return tls;
}

/* What was agreed on, as text that outlives the connection. */
static struct str alpn_of(struct arena *arena, const SSL *ssl)
{
	const unsigned char *alpn;
	unsigned len;

	SSL_get0_alpn_selected(ssl, &alpn, &len);
	if (len == 2 && memcmp(alpn, "h2", 2) == 0)
		return STR("h2");
	if (len == 8 && memcmp(alpn, "http/1.1", 8) == 0)
		return STR("http/1.1");
	return len ? str_dup(arena, (struct str){(const char *)alpn, len}) : (struct str){NULL, 0};
}

struct answer_tls ask_tls(struct ask_certificates *seen, SSL *ssl)
{
	struct answer_tls tls = {0};
	X509 *leaf = SSL_get0_peer_certificate(ssl);
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	char hex[HEX];
	struct str fingerprint;

	if (leaf) {
		fingerprint = fingerprint_of(leaf, hex);
		if (fingerprint.len)
			tls = *certificate(seen, leaf, fingerprint);
	}
	tls.chain = chain ? (unsigned)sk_X509_num(chain) : 0;
	tls.version = str_from(SSL_get_version(ssl));
	tls.alpn = alpn_of(seen->arena, ssl);
	return tls;
}
