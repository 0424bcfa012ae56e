#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/say.h"

bool file_is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
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

bool file_write(const char *path, struct str text)
{
	if (file_is_dash(path))
		return say_bytes(STDOUT_FILENO, "standard output", text);
	return write_with(path, text, O_TRUNC);
}

bool file_append(const char *path, struct str text)
{
	return write_with(path, text, O_APPEND);
}
