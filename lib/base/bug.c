#include "base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void bug_abort(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "ingress2gw: BUG at %s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\nThis is a defect of ingress2gw, not of your files; please report it.\n", stderr);
	abort();
}

void bug_out_of_memory(size_t size)
{
	fprintf(stderr, "ingress2gw: out of memory (%zu bytes asked for)\n", size);
	exit(2);
}
