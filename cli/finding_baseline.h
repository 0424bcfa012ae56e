/* finding_baseline.h - the file of --baseline. Private to finding_flags.c and finding_report.c.
 */
#ifndef CLI_FINDING_BASELINE_H
#define CLI_FINDING_BASELINE_H

#include "cli/finding_flags.h"

/* Reads the baseline that the flags name, and puts it into the gate. False after a message. */
bool finding_baseline_read(struct finding_request *request);

/* Names of the sources as the baseline writes them, by index; NULL without a baseline. Adds the file of
 * the baseline to the sources, so that findings about it have a place. */
struct str *finding_baseline_files(struct finding_request *request, struct finding_run *run);

/* Writes it when --update-baseline or --prune-baseline asks for that. False after a message. */
bool finding_baseline_write(const struct finding_request *request, const struct finding_run *run);

#endif
