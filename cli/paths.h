/* paths.h - names of files, as they look from another directory. Links are not followed: names are
 * changed as texts.
 */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

#include "base/str.h"

/* "/work/deploy/shop.yaml" for "./deploy//x/../shop.yaml"; relative to the current directory. */
struct str path_absolute(struct arena *arena, struct str path);

/* The absolute path without its last part: "/" at the least. */
struct str path_directory(struct arena *arena, struct str path);

/* How `path` is written in the directory `base` (absolute): "deploy/shop.yaml", "../other.yaml". The
 * name of standard input stays "-". */
struct str path_from(struct arena *arena, struct str base, struct str path);

#endif
