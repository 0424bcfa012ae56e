/* outdir.h - convert --output-dir: one file an object.
 */
#ifndef CLI_OUTDIR_H
#define CLI_OUTDIR_H

#include "base/buf.h"
#include "converters/convert.h"

/* Whether the directory may be written: it does not exist yet, or is empty. */
bool outdir_check(const char *dir, struct error *error);

/* Objects go into files of a new directory beside `dir`, which is renamed when all are there: `dir` is
 * complete, or untouched. Without an object there is no directory. */
struct outdir {
	const char *dir, *extension;
	bool split; /* a folder a role */

	/* Private. */
	char *base;      /* the new directory; NULL: none yet */
	char *target;    /* private: what `dir` is once links are followed */
	struct buf path; /* of the object last asked for, NUL-terminated */
	struct buf file;
	bool failed;
	struct error error; /* the first one */
};

/* Writes an object into <kind>_<namespace>_<name><extension>; a convert_sink whose user is an outdir. */
void outdir_write(void *outdir, const struct convert_object *object, struct str text);

/* Renames the directory, or removes it after an error, which is then told. */
bool outdir_finish(struct outdir *outdir, struct error *error);

#endif
