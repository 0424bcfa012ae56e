/* buf.h - a growing byte buffer with a ceiling.
 *
 * Reaching the ceiling sets `full` and drops what does not fit; callers check once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
	char *at;
	size_t len, room;
	size_t ceiling; /* bytes; 0 means BUF_CEILING */
	bool full;
};

/* 4 GiB: more than any output of bounded inputs. */
#define BUF_CEILING ((size_t)1 << 32)

void buf_init(struct buf *buf);
void buf_finish(struct buf *buf);
void buf_clear(struct buf *buf);

/* Room for `len` more bytes to be written by hand at buf->at + buf->len; NULL when full. */
char *buf_reserve(struct buf *buf, size_t len);

void buf_fill(struct buf *buf, char c, size_t count);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Short texts are what a writer mostly adds: they are copied where they are added. */
static inline void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *to;

	if (!len)
		return;
	to = buf->room - buf->len >= len ? buf->at + buf->len : buf_reserve(buf, len);
	if (!to)
		return;
	memcpy(to, bytes, len);
	buf->len += len;
}

static inline void buf_str(struct buf *buf, struct str s)
{
	buf_add(buf, s.at, s.len);
}

static inline void buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

static inline void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

static inline struct str buf_slice(const struct buf *buf)
{
	return (struct str){buf->at, buf->len};
}

#endif
