/* repository.h - the repository that the program runs in.
 */
#ifndef CLI_REPOSITORY_H
#define CLI_REPOSITORY_H

#include "base/str.h"

struct repository {
	struct str directory; /* the current one, absolute; empty when it has no name */
	struct str root;      /* the nearest one above (or itself) that has a .git; empty: none */
};

struct repository repository_find(struct arena *arena);

#endif
