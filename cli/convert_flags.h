/* convert_flags.h - the flags of convert, and how they become options.
 */
#ifndef CLI_CONVERT_FLAGS_H
#define CLI_CONVERT_FLAGS_H

#include "cli/cli.h"
#include "cli/inputs.h"
#include "converters/convert.h"
#include "report/report.h"

enum { FINDINGS_SUMMARY, FINDINGS_TEXT, FINDINGS_CONCISE, FINDINGS_JSON };
enum { FAIL_ERROR, FAIL_WARNING, FAIL_INFO, FAIL_NEVER };

struct convert_values {
	struct input_values input;
	/* which objects */
	const char *namespace, *selector;
	bool all_namespaces;
	struct texts classes, providers;
	const char *controller_config, *default_certificate;
	/* what is written */
	const char *emitter, *gateway, *gateway_class, *gateway_namespace;
	int channel, topology, listeners, split;
	bool copy_labels, no_comments, allow_unguarded;
	/* where to */
	struct texts outputs, reports;
	const char *output_dir;
	int findings, fail_on, threads;
};

extern const struct flag_section convert_sections[];

/* Name of a choice of --findings / of a format of objects, NULL behind the last. */
const char *convert_findings_name(int findings);
const char *convert_object_format(size_t index);

/* Findings that go into a file: -o concise=FILE. */
struct findings_file {
	const struct report_format *format;
	const char *path;
};

/* What the flags ask for. */
struct convert_request {
	const struct convert_values *values;
	struct arena *arena;
	struct convert_options options;
	struct findings_file *files;
	size_t file_count;
};

/* Checks the values against each other and against the tables before anything is read. False
 * after a message on standard error. */
bool convert_read_flags(struct convert_request *request, const struct convert_values *values,
			struct arena *arena);

#endif
