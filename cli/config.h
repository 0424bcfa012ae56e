/* config.h - a configuration file becomes values of flags.
 *
 * Every key stands for a flag and takes what the flag takes (ingress2gw.yaml(5)). A key that is not in
 * the table is an error: a slip must not pass for a setting.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"

/* One value. Lists and maps are several settings of one key, in the order of the file. */
struct config_setting {
	const char *key;             /* "lint.fail-on" */
	const char *const *commands; /* that it is for, NULL-ended; NULL: all that have the flag */
	const char *flag;            /* "fail-on" */
	const char *value;           /* as on the command line: "I2G401=error" */
	struct span span;            /* of the value */
};

struct config {
	struct sources sources; /* the file; config_finish() closes it */
	struct arena *arena;
	struct config_setting *settings;
	size_t count;

	/* Why it cannot be used. */
	struct str message;
	struct span span;
};

/* Reads a file. Paths in it are made relative to the current directory. False with message and span when
 * it cannot be used. Finish it in any case. */
bool config_read(struct config *config, const struct source *source, struct arena *arena);
void config_finish(struct config *config);

/* Sets message and span; false, so that `return config_refuse(...)` reads well. */
bool config_refuse(struct config *config, struct span span, struct str message);

/* "FILE:5:3: unknown key 'fail_on'; did you mean 'fail-on'?" and the line with a caret. */
void config_explain(struct buf *buf, const struct config *config, unsigned width, bool colour);

/* The keys, as "lint.fail-on", and the flags they stand for; NULL behind the last. */
const char *config_key(size_t index);
const char *config_flag(size_t index);

#endif
