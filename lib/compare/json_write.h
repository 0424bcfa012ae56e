/* json_write.h - bytes in JSON, so that they come back as they were. Private to lib/compare. */
#ifndef COMPARE_JSON_WRITE_H
#define COMPARE_JSON_WRITE_H

#include "base/buf.h"

/* A JSON string; the text must be UTF-8. */
void json_text(struct buf *buf, struct str text);

/* A JSON string, or {"base64":"..."} when the bytes are no UTF-8. */
void json_bytes(struct buf *buf, struct str bytes);

#endif
