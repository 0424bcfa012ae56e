#include "kube/read.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* A DNS name has at most 253 characters; a certificate with more names than this is an attack. */
enum { NAME_LONGEST = 253, NAMES_MOST = 1000 };

/* Certificates are not encrypted. Without this OpenSSL asks on the terminal when one claims to be. */
static int no_password(char *buf, int size, int writing, void *user)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)user;
	return -1;
}

/* Names are printed and compared: bytes that no host name has (a NUL in front of all) disqualify. */
static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~')
			return false;
	return name.len > 0 && name.len <= NAME_LONGEST;
}

static void add_name(struct arena *arena, const ASN1_STRING *string, struct kube_secret *secret)
{
	struct str name = {(const char *)ASN1_STRING_get0_data(string),
			   (size_t)ASN1_STRING_length(string)};

	if (is_name(name) && secret->name_count < NAMES_MOST)
		ARENA_PUSH(arena, secret->names, secret->name_count, str_dup(arena, name));
}

static bool add_alternative_names(struct arena *arena, const X509 *certificate,
				  struct kube_secret *secret)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

	if (!names)
		return false;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			add_name(arena, name->d.dNSName, secret);
	}
	GENERAL_NAMES_free(names);
	return true;
}

static void add_common_name(struct arena *arena, const X509 *certificate,
			    struct kube_secret *secret)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	if (position >= 0)
		add_name(arena, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position)),
			 secret);
}

/* NULL when it does not read. */
static X509 *first_certificate(struct str pem)
{
	X509 *certificate = NULL;

	if (pem.len && pem.len <= KUBE_PEM_LONGEST) {
		BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);

		certificate = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
		BIO_free(bio);
		ERR_clear_error();
	}
	return certificate;
}

bool kube_is_certificate(struct str pem)
{
	X509 *certificate = first_certificate(pem);

	X509_free(certificate);
	return certificate;
}

void kube_read_certificate(struct arena *arena, struct str pem, struct kube_secret *secret)
{
	X509 *certificate = first_certificate(pem);

	if (certificate) {
		secret->has_certificate = true;
		if (!add_alternative_names(arena, certificate, secret))
			add_common_name(arena, certificate, secret);
		X509_free(certificate);
	}
	ERR_clear_error();
}
