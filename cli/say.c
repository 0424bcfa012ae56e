#include "cli/say.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void __attribute__((format(printf, 2, 0)))
say(const char *before, const char *format, va_list args)
{
	fputs(before, stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("ingress2gw: ", format, args);
	va_end(args);
	return STATUS_INCOMPLETE;
}

int say_hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("  try: ", format, args);
	va_end(args);
	return STATUS_INCOMPLETE;
}

bool say_bytes(int fd, const char *name, struct str bytes)
{
	while (bytes.len) {
		ssize_t written = write(fd, bytes.at, bytes.len);

		if (written < 0 && errno == EINTR)
			continue;
		/* Some parents ignore SIGPIPE, and children inherit that. */
		if (written < 0 && errno == EPIPE)
			_exit(128 + SIGPIPE);
		if (written < 0) {
			say_error("cannot write %s: %s", name, strerror(errno));
			return false;
		}
		bytes = str_from_pos(bytes, (size_t)written);
	}
	return true;
}
