#define _GNU_SOURCE /* explicit_bzero() */
#include "proxy/htpasswd.h"

#include <crypt.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"

enum {
	LONGEST = 256, /* of a password and of a hash; bcrypt looks at 72 octets */
	BCRYPT_MOST = 12,
	ROUNDS_MOST = 100 * 1000,
	SHA1 = 20,
	MD5 = 16,
};

/* Takes the next line that has a user off the front of the file; false when there is none. */
static bool next_user(struct str *file, struct str *user, struct str *hash)
{
	struct str line;
	bool more = file->len > 0;

	while (more && str_split(file, '\n', &more, &line)) {
		size_t colon = str_find(line, ':');

		if (!line.len || line.at[0] == '#' || colon == SIZE_MAX)
			continue;
		*user = str_sub(line, 0, colon);
		*hash = str_from_pos(line, colon + 1);
		*hash = str_trim(str_sub(*hash, 0, str_find(*hash, ':')));
		if (!more)
			file->len = 0;
		return true;
	}
	return false;
}

struct str htpasswd_find(struct str file, struct str user)
{
	struct str name, hash;

	while (next_user(&file, &name, &hash))
		if (str_eq(name, user))
			return hash;
	return (struct str){0};
}

struct str htpasswd_stand_in(struct str file)
{
	struct str name, hash, first = {0};

	while (next_user(&file, &name, &hash)) {
		if (htpasswd_kind(hash) == HTPASSWD_DEAR)
			return hash;
		if (!first.len)
			first = hash;
	}
	return first;
}

/* ---- kinds ---- */

static enum htpasswd_kind bcrypt_kind(struct str hash)
{
	int64_t cost;

	if (hash.len != 60 || !str_to_int(str_sub(hash, 4, 2), &cost))
		return HTPASSWD_UNKNOWN;
	return cost > BCRYPT_MOST ? HTPASSWD_TOO_DEAR : HTPASSWD_DEAR;
}

/* "$5$rounds=5000$salt$..." */
static enum htpasswd_kind sha2_kind(struct str hash)
{
	struct str rest = str_from_pos(hash, 3);
	int64_t rounds;

	if (!str_starts(rest, "rounds="))
		return HTPASSWD_DEAR;
	rest = str_from_pos(rest, 7);
	if (!str_to_int(str_sub(rest, 0, str_find(rest, '$')), &rounds))
		return HTPASSWD_UNKNOWN;
	return rounds > ROUNDS_MOST ? HTPASSWD_TOO_DEAR : HTPASSWD_DEAR;
}

static bool is_des(struct str hash)
{
	static const char alphabet[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i < hash.len; i++)
		if (!memchr(alphabet, hash.at[i], sizeof alphabet - 1))
			return false;
	return hash.len == 13;
}

enum htpasswd_kind htpasswd_kind(struct str hash)
{
	if (hash.len >= LONGEST)
		return HTPASSWD_UNKNOWN;
	if (str_starts(hash, "{PLAIN}") || str_starts(hash, "{SHA}") || str_starts(hash, "{SSHA}"))
		return HTPASSWD_CHEAP;
	if (str_starts(hash, "$apr1$") || str_starts(hash, "$1$") || is_des(hash))
		return HTPASSWD_DEAR;
	if (str_starts(hash, "$2a$") || str_starts(hash, "$2b$") || str_starts(hash, "$2y$"))
		return bcrypt_kind(hash);
	if (str_starts(hash, "$5$") || str_starts(hash, "$6$"))
		return sha2_kind(hash);
	return HTPASSWD_UNKNOWN;
}

/* ---- comparing ---- */

static bool is_same(struct str a, struct str b)
{
	return a.len == b.len && CRYPTO_memcmp(a.at, b.at, a.len) == 0;
}

/* Digest of two pieces. */
static bool digest(const EVP_MD *kind, struct str a, struct str b, unsigned char *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context && EVP_DigestInit_ex(context, kind, NULL) &&
		    EVP_DigestUpdate(context, a.at, a.len) &&
		    (!b.len || EVP_DigestUpdate(context, b.at, b.len)) &&
		    EVP_DigestFinal_ex(context, out, NULL);

	EVP_MD_CTX_free(context);
	return done;
}

bool htpasswd_base64(struct str text, unsigned char *bytes, size_t *len)
{
	size_t pad = 0;
	int got;

	if (text.len % 4 || text.len > INT_MAX)
		return false;
	while (pad < 2 && pad < text.len && text.at[text.len - 1 - pad] == '=')
		pad++;
	got = EVP_DecodeBlock(bytes, (const unsigned char *)text.at, (int)text.len);
	*len = got < 0 ? 0 : (size_t)got - pad;
	return got >= 0;
}

/* base64 of SHA-1 of the password and, for {SSHA}, of the salt that stands behind the digest. */
static bool matches_sha1(struct str encoded, struct str password, bool salted)
{
	unsigned char bytes[LONGEST], made[SHA1];
	size_t len;

	if (encoded.len >= LONGEST || !htpasswd_base64(encoded, bytes, &len) || len < SHA1 ||
	    (!salted && len != SHA1))
		return false;
	return digest(EVP_sha1(), password, (struct str){(const char *)bytes + SHA1, len - SHA1},
		      made) &&
	       CRYPTO_memcmp(made, bytes, SHA1) == 0;
}

/* ---- $apr1$: Apache's MD5, 1000 rounds (apr_md5_encode()) ---- */

struct md5 {
	EVP_MD_CTX *context;
	bool failed;
};

static void md5_begin(struct md5 *md5)
{
	md5->failed |= !md5->context || !EVP_DigestInit_ex(md5->context, EVP_md5(), NULL);
}

static void md5_add(struct md5 *md5, const void *at, size_t len)
{
	md5->failed |= md5->failed || !EVP_DigestUpdate(md5->context, at, len);
}

static void md5_end(struct md5 *md5, unsigned char out[MD5])
{
	md5->failed |= md5->failed || !EVP_DigestFinal_ex(md5->context, out, NULL);
}

static void apr1_first(struct md5 *md5, struct str password, struct str salt,
		       unsigned char out[MD5])
{
	unsigned char inner[MD5];

	md5_begin(md5);
	md5_add(md5, password.at, password.len);
	md5_add(md5, salt.at, salt.len);
	md5_add(md5, password.at, password.len);
	md5_end(md5, inner);
	md5_begin(md5);
	md5_add(md5, password.at, password.len);
	md5_add(md5, "$apr1$", 6);
	md5_add(md5, salt.at, salt.len);
	for (size_t left = password.len; left; left -= left > MD5 ? MD5 : left)
		md5_add(md5, inner, left > MD5 ? MD5 : left);
	for (size_t bits = password.len; bits; bits >>= 1)
		md5_add(md5, bits & 1 ? "" : password.at, 1);
	md5_end(md5, out);
}

static void apr1_round(struct md5 *md5, struct str password, struct str salt, unsigned round,
		       unsigned char state[MD5])
{
	md5_begin(md5);
	if (round & 1)
		md5_add(md5, password.at, password.len);
	else
		md5_add(md5, state, MD5);
	if (round % 3)
		md5_add(md5, salt.at, salt.len);
	if (round % 7)
		md5_add(md5, password.at, password.len);
	if (round & 1)
		md5_add(md5, state, MD5);
	else
		md5_add(md5, password.at, password.len);
	md5_end(md5, state);
}

/* Six bits a sign, from the right. */
static char *to64(char *to, uint32_t value, unsigned count)
{
	static const char alphabet[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (; count; count--, value >>= 6)
		*to++ = alphabet[value & 63];
	return to;
}

static bool matches_apr1(struct str hash, struct str password)
{
	struct str rest = str_from_pos(hash, 6);
	struct str salt = str_sub(rest, 0, str_find(rest, '$'));
	struct md5 md5 = {.context = EVP_MD_CTX_new()};
	unsigned char state[MD5];
	char text[24], *to = text;

	if (salt.len > 8)
		salt.len = 8;
	apr1_first(&md5, password, salt, state);
	for (unsigned round = 0; round < 1000; round++)
		apr1_round(&md5, password, salt, round, state);
	EVP_MD_CTX_free(md5.context);
	if (md5.failed)
		return false;
	for (unsigned i = 0; i < 5; i++)
		to = to64(to,
			  (uint32_t)state[i] << 16 | (uint32_t)state[i + 6] << 8 |
				  state[i == 4 ? 5 : i + 12],
			  4);
	to = to64(to, state[11], 2);
	rest = str_from_pos(rest, str_find(rest, '$') + 1);
	return is_same((struct str){text, (size_t)(to - text)}, rest);
}

/* ---- the rest: crypt(3) of libxcrypt. Not crypt_r(): sanitizers put their own in its place, and the linker leaves the
 * library out then. ---- */

static bool matches_crypt(struct str hash, struct str password)
{
	struct crypt_data *data = calloc(1, sizeof *data);
	char phrase[LONGEST], setting[LONGEST];
	const char *made;
	bool same;

	if (!data)
		bug_out_of_memory(sizeof *data);
	memcpy(phrase, password.at, password.len);
	phrase[password.len] = '\0';
	memcpy(setting, hash.at, hash.len);
	setting[hash.len] = '\0';
	made = crypt_rn(phrase, setting, data, sizeof *data);
	same = made && is_same(str_from(made), hash);
	explicit_bzero(phrase, sizeof phrase);
	explicit_bzero(data, sizeof *data);
	free(data);
	return same;
}

bool htpasswd_matches(struct str hash, struct str password)
{
	enum htpasswd_kind kind = htpasswd_kind(hash);

	if ((kind != HTPASSWD_CHEAP && kind != HTPASSWD_DEAR) || password.len >= LONGEST ||
	    (password.len && memchr(password.at, '\0', password.len)))
		return false;
	if (str_starts(hash, "{PLAIN}"))
		return is_same(str_from_pos(hash, 7), password);
	if (str_starts(hash, "{SHA}"))
		return matches_sha1(str_from_pos(hash, 5), password, false);
	if (str_starts(hash, "{SSHA}"))
		return matches_sha1(str_from_pos(hash, 6), password, true);
	if (str_starts(hash, "$apr1$"))
		return matches_apr1(hash, password);
	return matches_crypt(hash, password);
}
