#include "cli/repository.h"

#include <limits.h>
#include <unistd.h>

#include "base/arena.h"

static bool has_git(struct arena *arena, struct str directory)
{
	return access(str_format(arena, "%.*s/.git", STR_ARG(directory)).at, F_OK) == 0;
}

static struct str parent_of(struct str directory)
{
	while (directory.len && directory.at[directory.len - 1] != '/')
		directory.len--;
	return str_sub(directory, 0, directory.len ? directory.len - 1 : 0);
}

struct repository repository_find(struct arena *arena)
{
	char path[PATH_MAX];
	struct repository found = {{NULL, 0}, {NULL, 0}};

	if (!getcwd(path, sizeof path))
		return found;
	found.directory = str_dup(arena, str_from(path));
	for (struct str at = found.directory; at.len; at = parent_of(at))
		if (has_git(arena, at)) {
			found.root = at;
			break;
		}
	return found;
}
