#include "proxy/credentials.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bug.h"
#include "base/buf.h"
#include "proxy/htpasswd.h"

enum { BUDGET_US = 1000 * 1000, PARTS = 4 /* of what a verdict is kept under */ };

void credentials_finish(struct credentials *credentials)
{
	free(credentials->at);
	credentials->at = NULL;
}

/* False when the system has no randomness: then nothing is kept. */
static bool make_table(struct credentials *credentials, int64_t now)
{
	if (credentials->at)
		return true;
	if (getrandom(credentials->key, sizeof credentials->key, 0) !=
	    (ssize_t)sizeof credentials->key)
		return false;
	credentials->at = calloc(CREDENTIALS, sizeof *credentials->at);
	if (!credentials->at)
		bug_out_of_memory(CREDENTIALS * sizeof *credentials->at);
	credentials->budget_us = BUDGET_US;
	credentials->filled_us = now;
	return true;
}

/* Lengths go along, or "a" and "bc" would be "ab" and "c". */
static bool digest_of(const struct credentials *credentials, const struct str parts[PARTS],
		      uint8_t digest[CREDENTIALS_DIGEST])
{
	struct buf text;
	unsigned len = 0;
	bool done;

	buf_init(&text);
	for (size_t i = 0; i < PARTS; i++) {
		buf_format(&text, "%zu:", parts[i].len);
		buf_str(&text, parts[i]);
	}
	done = HMAC(EVP_sha256(), credentials->key, sizeof credentials->key,
		    (const unsigned char *)text.at, text.len, digest, &len) &&
	       len == CREDENTIALS_DIGEST;
	OPENSSL_cleanse(text.at, text.len);
	buf_finish(&text);
	return done;
}

static struct credential *slot_of(struct credentials *credentials,
				  const uint8_t digest[CREDENTIALS_DIGEST])
{
	return &credentials->at[digest[0] % CREDENTIALS];
}

static bool spend(struct credentials *credentials, int64_t now)
{
	credentials->budget_us += (now - credentials->filled_us) / 2;
	if (credentials->budget_us > BUDGET_US)
		credentials->budget_us = BUDGET_US;
	credentials->filled_us = now;
	return credentials->budget_us > 0;
}

static enum credentials_verdict look(const struct credentials_claim *claim)
{
	bool right = htpasswd_matches(claim->hash, claim->password);

	return right && !claim->stranger ? CREDENTIALS_RIGHT : CREDENTIALS_WRONG;
}

static enum credentials_verdict compute(struct credentials *credentials,
					const struct credentials_claim *claim, int64_t now,
					int64_t (*clock)(void))
{
	enum credentials_verdict verdict;

	if (!spend(credentials, now))
		return CREDENTIALS_BUSY;
	verdict = look(claim);
	credentials->budget_us -= clock() - now;
	return verdict;
}

enum credentials_verdict credentials_check(struct credentials *credentials,
					   const struct credentials_claim *claim,
					   int64_t (*clock)(void))
{
	const struct str parts[PARTS] = {claim->hash, claim->user, claim->password,
					 claim->stranger ? STR("stranger") : STR("")};
	uint8_t digest[CREDENTIALS_DIGEST];
	enum credentials_verdict verdict;
	struct credential *slot;
	int64_t now;

	switch (htpasswd_kind(claim->hash)) {
	case HTPASSWD_UNKNOWN:
		return CREDENTIALS_WRONG;
	case HTPASSWD_CHEAP:
		return look(claim);
	case HTPASSWD_TOO_DEAR:
		return CREDENTIALS_TOO_DEAR;
	case HTPASSWD_DEAR:
		break;
	}
	now = clock();
	if (!make_table(credentials, now) || !digest_of(credentials, parts, digest))
		return CREDENTIALS_BUSY;
	slot = slot_of(credentials, digest);
	if (slot->known && CRYPTO_memcmp(slot->digest, digest, sizeof digest) == 0)
		return slot->right ? CREDENTIALS_RIGHT : CREDENTIALS_WRONG;
	verdict = compute(credentials, claim, now, clock);
	/* Somebody who guesses does not push out who is known. */
	if (verdict == CREDENTIALS_RIGHT ||
	    (verdict == CREDENTIALS_WRONG && !(slot->known && slot->right))) {
		slot->known = true;
		slot->right = verdict == CREDENTIALS_RIGHT;
		memcpy(slot->digest, digest, sizeof digest);
	}
	return verdict;
}
