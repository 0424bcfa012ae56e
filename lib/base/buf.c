#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"

void buf_init(struct buf *buf)
{
	*buf = (struct buf){0};
}

void buf_finish(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->full = false;
}

char *buf_reserve(struct buf *buf, size_t len)
{
	size_t ceiling = buf->ceiling ? buf->ceiling : BUF_CEILING;

	if (len > ceiling - buf->len) {
		buf->full = true;
		return NULL;
	}
	if (!buf->at || buf->room - buf->len < len) {
		size_t room = buf->room ? buf->room * 2 : 256;

		while (room - buf->len < len)
			room *= 2;
		room = room < ceiling ? room : ceiling; /* so room alone says what may be added */
		buf->at = realloc(buf->at, room);
		if (!buf->at)
			bug_out_of_memory(room);
		buf->room = room;
	}
	return buf->at + buf->len;
}

void buf_fill(struct buf *buf, char c, size_t count)
{
	char *to = buf_reserve(buf, count);

	if (!to)
		return;
	memset(to, c, count);
	buf->len += count;
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		return;

	char *to = buf_reserve(buf, (size_t)len + 1);

	if (!to)
		return;
	va_start(args, format);
	vsnprintf(to, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}
