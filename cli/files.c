#define _GNU_SOURCE /* realpath */

#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/say.h"

bool file_is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

bool file_read(const char *path, struct buf *buf, struct error *error)
{
	enum { PIECE = 64 * 1024 };
	int fd = file_is_dash(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = 0;
	char *room;

	if (fd < 0)
		return error_set(error, "cannot read %s: %s", path, strerror(errno));
	while ((room = buf_reserve(buf, PIECE)) && (len = read(fd, room, PIECE)) != 0) {
		if (len > 0)
			buf->len += (size_t)len;
		else if (errno != EINTR)
			break;
	}
	if (len < 0)
		error_set(error, "cannot read %s: %s", path, strerror(errno));
	else if (!room)
		error_set(error, "cannot read %s: it is too large", path);
	if (fd != STDIN_FILENO)
		close(fd);
	return room && len == 0;
}

static bool write_with(const char *path, struct str text, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	bool ok;

	if (fd < 0) {
		say_error("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	ok = say_bytes(fd, path, text);
	if (close(fd) != 0 && ok) {
		say_error("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	return ok;
}

bool file_append(const char *path, struct str text)
{
	return write_with(path, text, O_APPEND);
}

/* ---- whole or not at all ---- */

static bool write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t written = write(fd, text.at, text.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text = str_from_pos(text, (size_t)written);
	}
	return true;
}

/* The mode of the file that is replaced, or that of a new one. */
static mode_t mode_for(const char *path)
{
	struct stat info;
	mode_t mask;

	if (stat(path, &info) == 0)
		return info.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static bool replace(const char *path, const char *fresh, int fd, struct str text, bool lasting)
{
	bool ok = fchmod(fd, mode_for(path)) == 0 && write_all(fd, text) &&
		  (!lasting || fsync(fd) == 0);
	int why = errno;

	if (close(fd) != 0 && ok) {
		why = errno;
		ok = false;
	}
	if (ok && rename(fresh, path) != 0) {
		why = errno;
		ok = false;
	}
	if (!ok)
		unlink(fresh);
	errno = why;
	return ok;
}

/* `lasting`: also when the machine loses its power. */
static bool replace_file(const char *path, struct str text, bool lasting, struct error *error)
{
	char *real = realpath(path, NULL); /* NULL for a new file */
	char fresh[4096];
	int fd = -1;
	bool ok;

	if (snprintf(fresh, sizeof fresh, "%s.XXXXXX", real ? real : path) < (int)sizeof fresh)
		fd = mkstemp(fresh);
	else
		errno = ENAMETOOLONG;
	ok = fd >= 0 && replace(real ? real : path, fresh, fd, text, lasting);
	if (!ok)
		error_set(error, "cannot write %s: %s", path, strerror(errno));
	free(real);
	return ok;
}

bool file_replace(const char *path, struct str text, struct error *error)
{
	return replace_file(path, text, true, error);
}

/* ---- writing ---- */

/* The directory that a path stands in. */
static void directory_of(const char *path, char directory[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);

	snprintf(directory, PATH_MAX, "%.*s", len ? (int)len : 1, len ? path : ".");
}

static bool may_be_made(const char *path)
{
	char directory[PATH_MAX];

	directory_of(path, directory);
	return access(directory, W_OK | X_OK) == 0;
}

/* A file, there or not, for which another one can be made beside it. What the system has for open files looks like the
 * file, and who opened it would not see the new one. */
static bool is_replaceable(const char *path)
{
	struct stat info;
	bool there = stat(path, &info) == 0;

	if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
		return false;
	return (there ? S_ISREG(info.st_mode) : errno == ENOENT) && may_be_made(path);
}

bool file_write(const char *path, struct str text)
{
	struct error error;

	if (file_is_dash(path))
		return say_bytes(STDOUT_FILENO, "standard output", text);
	if (!is_replaceable(path))
		return write_with(path, text, O_TRUNC);
	if (replace_file(path, text, false, &error))
		return true;
	say_error("%s", error.text);
	return false;
}

bool file_may_be_written(const char *path)
{
	struct stat info;

	if (file_is_dash(path))
		return true;
	if (stat(path, &info) == 0) {
		if (!S_ISDIR(info.st_mode) && access(path, W_OK) == 0)
			return true;
		errno = S_ISDIR(info.st_mode) ? EISDIR : errno;
	} else if (errno == ENOENT && may_be_made(path)) {
		return true;
	}
	say_error("cannot write %s: %s", path, strerror(errno));
	return false;
}
