/* glob.h - file name patterns, for --exclude and for quoted PATHs.
 */
#ifndef CLI_GLOB_H
#define CLI_GLOB_H

#include <stdbool.h>

/* Whether the whole path fits the pattern: * and ? stand for anything but a slash, [a-z] and
 * [!a-z] for one character, a ** between slashes for any number of directories, backslash for the
 * next character itself. */
bool glob_fits(const char *pattern, const char *path);

/* Whether the text holds one of the characters * ? [ */
bool glob_is_pattern(const char *text);

/* --exclude: a pattern without a slash is compared with the last part of the path, another one with
 * the whole path. A leading "./" of either and a trailing slash of the pattern do not count. */
bool glob_excludes(const char *pattern, const char *path);

#endif
