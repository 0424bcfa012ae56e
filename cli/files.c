#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/say.h"

bool file_is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

bool file_write(const char *path, struct str text)
{
	int fd;
	bool ok;

	if (file_is_dash(path))
		return say_bytes(STDOUT_FILENO, "standard output", text);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
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
