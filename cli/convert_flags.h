/* convert_flags.h - the flags of convert, and how they become options.
 */
#ifndef CLI_CONVERT_FLAGS_H
#define CLI_CONVERT_FLAGS_H

#include "cli/conversion_flags.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"

struct convert_values {
	struct input_values input;
	struct conversion_values conversion;
	struct finding_values judging;
	/* how objects are written, and where to */
	struct texts outputs, reports;
	const char *output_dir, *findings;
	int split;
	bool copy_labels, no_comments;
};

extern const struct flag_section convert_sections[];

/* Name of a format of objects, NULL behind the last. */
const char *convert_object_format(size_t index);

/* What the flags ask for. */
struct convert_request {
	const struct convert_values *values;
	struct convert_options options;
	struct finding_request findings;
	const struct report_format *format; /* of the findings on standard error; NULL: summary */
};

/* Checks the values against each other and against the tables before anything is read. False
 * after a message on standard error. */
bool convert_read_flags(struct convert_request *request, const struct convert_values *values,
			struct cli *cli);

#endif
