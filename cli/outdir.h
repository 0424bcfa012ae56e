/* outdir.h - convert --output-dir: one file an object.
 */
#ifndef CLI_OUTDIR_H
#define CLI_OUTDIR_H

#include "converters/convert.h"

/* Whether the directory may be written: it does not exist yet, or is empty. */
bool outdir_check(const char *dir, struct error *error);

/* Writes each object into <kind>_<namespace>_<name><extension>, in a folder a role when `split` is
 * true. All files are written into a new directory beside `dir`, which is then renamed: `dir` is
 * complete, or untouched. */
bool outdir_write(const char *dir, const struct convert_result *result, bool split,
		  const char *extension, struct error *error);

#endif
