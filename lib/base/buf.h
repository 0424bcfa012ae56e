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

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_str(struct buf *buf, struct str s);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_fill(struct buf *buf, char c, size_t count);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `len` more bytes to be written by hand at buf->at + buf->len; NULL when full. */
char *buf_reserve(struct buf *buf, size_t len);

static inline struct str buf_slice(const struct buf *buf)
{
	return (struct str){buf->at, buf->len};
}

#endif
