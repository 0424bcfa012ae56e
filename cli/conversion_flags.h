/* conversion_flags.h - the flags of every command that converts, and how they become options.
 */
#ifndef CLI_CONVERSION_FLAGS_H
#define CLI_CONVERSION_FLAGS_H

#include "cli/cli.h"
#include "converters/convert.h"

struct conversion_values {
	/* which objects */
	const char *namespace, *selector;
	bool all_namespaces;
	struct texts classes, providers, controller_configs;
	const char *default_certificate;
	/* what they become */
	struct texts gateways, gateway_classes;
	const char *emitter, *gateway_namespace;
	int channel, topology, listeners, threads;
	bool allow_unguarded;
};

extern const struct flag_group selection_flags; /* "Selection" */
extern const struct flag_group target_flags;    /* "Conversion" */

/* Checks the values against each other and against the tables before anything is read. False after a
 * message on standard error. The options point into values and arena. */
bool conversion_read(const struct conversion_values *values, struct convert_options *options,
		     struct arena *arena);

/* Whether some objects of the input are left out. */
bool conversion_is_partial(const struct conversion_values *values);

#endif
