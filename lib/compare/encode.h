/* encode.h - bytes as text: base64, hex. Private to lib/compare. */
#ifndef COMPARE_ENCODE_H
#define COMPARE_ENCODE_H

#include "base/buf.h"

/* RFC 4648 section 4, with padding. */
void encode_base64(struct buf *buf, struct str bytes);

/* Two digits a byte, in lower case. */
void encode_hex_bytes(struct buf *buf, const void *bytes, size_t len);

/* Value of a hexadecimal digit; -1: it is none. */
int encode_hex(char c);

/* Whether all of it is UTF-8. */
bool encode_is_utf8(struct str text);

#endif
