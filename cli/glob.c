#include "cli/glob.h"

#include <stddef.h>
#include <string.h>

bool glob_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* Compares a character with the class at `pattern` (behind the bracket); *end is set behind the
 * class, to NULL when it has no end. */
static bool fits_class(const char *pattern, char c, const char **end)
{
	bool negated = *pattern == '!' || *pattern == '^', fits = false;
	const char *at = pattern + negated;

	do {
		char low = *at, high = low;

		if (!low) {
			*end = NULL;
			return false;
		}
		if (at[1] == '-' && at[2] && at[2] != ']') {
			high = at[2];
			at += 2;
		}
		if (c >= low && c <= high)
			fits = true;
		at++;
	} while (*at != ']');
	*end = at + 1;
	return fits != negated && c != '/';
}

/* One character of the path against one element of the pattern; *next is set behind it. */
static bool fits_one(const char *pattern, char c, const char **next)
{
	*next = pattern + 1;
	if (*pattern == '?')
		return c != '/';
	if (*pattern == '[') {
		const char *end;
		bool fits = fits_class(pattern + 1, c, &end);

		if (!end)
			return c == '[';
		*next = end;
		return fits;
	}
	if (*pattern == '\\' && pattern[1]) {
		*next = pattern + 2;
		return c == pattern[1];
	}
	return c == *pattern;
}

/* A star remembers where to go on when the rest does not fit; only the last star of each kind can
 * matter, so the cost is at most pattern times path. */
struct retry {
	const char *pattern, *path;
	bool whole; /* whole directories: go on behind a slash only */
};

static bool step_back(struct retry *star, struct retry *stars, const char **pattern,
		      const char **path)
{
	if (star->pattern && *star->path && *star->path != '/') {
		*path = ++star->path;
		*pattern = star->pattern;
		return true;
	}
	star->pattern = NULL;
	if (!stars->pattern)
		return false;

	const char *at = stars->whole ? strchr(stars->path, '/') : stars->path;

	if (!at || !*at)
		return false;
	*path = stars->path = at + 1;
	*pattern = stars->pattern;
	return true;
}

bool glob_fits(const char *pattern, const char *path)
{
	const char *start = pattern;
	struct retry star = {0}, stars = {0};

	for (;;) {
		const char *next;

		if (pattern[0] == '*' && pattern[1] == '*') {
			bool whole = (pattern == start || pattern[-1] == '/') && pattern[2] == '/';

			pattern += whole ? 3 : 2; /* the slash too: no directory fits as well */
			stars = (struct retry){pattern, path, whole};
			star.pattern = NULL;
			continue;
		}
		if (*pattern == '*') {
			star = (struct retry){++pattern, path, false};
			continue;
		}
		if (!*path && (!*pattern || strcmp(pattern, "/") == 0))
			return true;
		if (*path && *pattern && fits_one(pattern, *path, &next)) {
			pattern = next;
			path++;
			continue;
		}
		if (!step_back(&star, &stars, &pattern, &path))
			return false;
	}
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool glob_excludes(const char *pattern, const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	while (pattern[0] == '.' && pattern[1] == '/')
		pattern += 2;

	const char *slash = strchr(pattern, '/');

	if (!slash || !slash[1])
		path = last_part(path);
	return glob_fits(pattern, path);
}
