/* legal.h - nothing is written that the API server would refuse.
 *
 * Every object of a conversion is checked against schema and rules of its kind, in the channel that was
 * asked for, before it becomes text. One that is not legal is a mistake of this program: it is not written,
 * finding I2G690 says what is wrong with it, and the run fails. A kind without a built-in schema is
 * written, and I2G691 says that it was not checked.
 */
#ifndef CONVERTERS_LEGAL_H
#define CONVERTERS_LEGAL_H

#include "base/crew.h"
#include "base/error.h"
#include "gateway/plan.h"
#include "model/ledger.h"
#include "schema/schema.h"

struct legal_unchecked {
	struct str version, kind;
	size_t count;
};

/* What a thread needs to check objects; made when it checks the first one. */
struct legal_look {
	bool ready;
	struct arena arena;   /* of the schemas */
	struct arena texts;   /* of what is wrong, until it is said */
	struct arena scratch; /* of one object */
	struct schema_set set;
};

struct legal {
	struct legal_look looks[CREW_THREADS];
	enum schema_channel channel;
	struct findings *findings;
	struct arena arena;                /* of the lists below */
	struct legal_unchecked *unchecked; /* a row a kind */
	size_t unchecked_count;
	struct target *refused; /* objects that are not legal */
	size_t refused_count;
};

void legal_init(struct legal *legal, bool experimental, struct findings *findings);
void legal_finish(struct legal *legal);

/* Whether nothing at all is to be said about an object. On any thread of a crew. */
bool legal_is_clean(struct legal *legal, unsigned worker, const struct node *root);

/* For an object about which something is to be said: says it, and whether it may be written all the
 * same. On the owner's thread. */
bool legal_check(struct legal *legal, const struct plan_object *object);

/* Says what was not checked, and takes back what the ledger says about objects that were not written.
 * False, with an error that names the first one, when there are such. */
bool legal_settle(struct legal *legal, struct ledger *ledger, struct error *error);

#endif
