/* validation.h - whether the API server would take the objects that are read: the part that validate and
 * lint share.
 */
#ifndef CLI_VALIDATION_H
#define CLI_VALIDATION_H

#include <pthread.h>

#include "check/suppress.h"
#include "cli/flags.h"
#include "gateway/attach.h"
#include "report/report.h"
#include "schema/schema.h"
#include "yaml/stream.h"

struct validation {
	struct arena *arena; /* owns the list of objects */
	struct schema_set set;
	struct arena scratch;
	pthread_mutex_t lock; /* a schema set compiles what it needs when it first needs it */

	/* Set by the caller after validation_init. */
	struct attach_options attach;

	/* What validation_read() made of the objects that the API server takes. */
	struct kube_set kube;
	struct gateway_set gateway;
	struct attach attached;

	/* Set by the caller after validation_init: objects without a schema are somebody else's, and
	 * neither counted nor complained about. */
	bool known_only;
	struct str namespace;              /* only objects of this one; empty: all */
	struct suppressions *suppressions; /* gets the annotations; NULL: nobody asks for them */

	/* What was examined, documents without a kind left out. */
	struct report_object *at;
	size_t count;
	size_t objects;  /* documents and List items that were seen */
	size_t checked;  /* those that have a schema */
	size_t left_out; /* that have one, and are in another namespace */
};

/* Knows the kinds of Gateway API in one channel. Finish it in any case. */
void validation_init(struct validation *validation, enum schema_channel channel,
		     struct arena *arena);
void validation_finish(struct validation *validation);

/* Adds the CustomResourceDefinitions in these files and directories. What of them cannot be checked is
 * finding I2G613. False after messages on standard error when one cannot be read or used. */
bool validation_read_crds(struct validation *validation, const struct texts *paths,
			  struct findings *findings);

/* Checks one object; texts of findings live in the arena of `findings`. False when the API server
 * refuses it. May be called by several threads. */
bool validation_take(struct validation *validation, const struct yaml_item *item,
		     struct findings *findings);

/* Looks at how the objects of `gateway` fit together: fills in `attached` and adds findings. */
void validation_connect(struct validation *validation, struct findings *findings);

/* Reads all sources on this thread and takes every object; then looks at how those of Gateway API fit
 * together (check/gateway.h). False after a message when one cannot be read. */
bool validation_read(struct validation *validation, const struct sources *sources,
		     struct findings *findings);

#endif
