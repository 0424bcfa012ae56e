/* status.h - validate --status: what a controller would report, as a table, YAML or JSON.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "cli/cli.h"
#include "gateway/attach.h"

enum status_format {
	STATUS_TABLE,
	STATUS_YAML,
	STATUS_JSON,
};

/* Writes the status of all objects to standard output. False after a message. */
bool status_print(struct attach *attach, enum status_format format, struct arena *arena);

#endif
