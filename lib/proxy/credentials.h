/* credentials.h - passwords that were looked at, so that the hashes which are made to take time are not computed for
 * every request, and not without end.
 *
 * A verdict is kept under a keyed digest of what was claimed: nothing of them stays in memory, and a hash
 * that changes has no verdicts. Computing has a budget: half a second of each second. Who comes beyond it, with
 * a password that is not known, is told to come again; who is known is not held up by those who guess.
 */
#ifndef PROXY_CREDENTIALS_H
#define PROXY_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { CREDENTIALS = 256, CREDENTIALS_DIGEST = 32 };

struct credential {
	uint8_t digest[CREDENTIALS_DIGEST];
	bool known, right;
};

struct credentials {
	struct credential *at; /* CREDENTIALS of them, when the first comes; malloc */
	uint8_t key[CREDENTIALS_DIGEST];
	int64_t budget_us, filled_us;
};

void credentials_finish(struct credentials *credentials);

enum credentials_verdict {
	CREDENTIALS_RIGHT,
	CREDENTIALS_WRONG,
	CREDENTIALS_TOO_DEAR, /* htpasswd.h */
	CREDENTIALS_BUSY,     /* the budget is used up */
};

/* What a client says, and what it is held against. */
struct credentials_claim {
	struct str user, password;
	struct str hash; /* empty: nobody gets in */
	bool stranger; /* no such user: `hash` stands in, and the verdict is not CREDENTIALS_RIGHT */
};

/* Takes the same time and budget for a stranger as for the user whose hash stands in: who may sign in cannot be
 * found out by waiting. `clock` gives microseconds. */
enum credentials_verdict credentials_check(struct credentials *credentials,
					   const struct credentials_claim *claim,
					   int64_t (*clock)(void));

#endif
