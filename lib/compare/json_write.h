/* json_write.h - bytes in JSON, so that they come back as they were. Private to lib/compare. */
#ifndef COMPARE_JSON_WRITE_H
#define COMPARE_JSON_WRITE_H

#include "base/buf.h"
#include "route/request.h"

/* A JSON string; the text must be UTF-8. */
void json_text(struct buf *buf, struct str text);

/* A JSON string, or {"base64":"..."} when the bytes are no UTF-8. */
void json_bytes(struct buf *buf, struct str bytes);

/* A member behind another one: ,"key":bytes. The second leaves out one without bytes. */
void json_member(struct buf *buf, const char *key, struct str bytes);
void json_member_if(struct buf *buf, const char *key, struct str bytes);

/* A header in a list of them: ["name","value"]. */
void json_header(struct buf *buf, struct str name, struct str value);

/* "1.1", "2". */
const char *json_version(enum route_version version);

/* The version of that name; false when it is none. */
bool json_version_find(struct str name, enum route_version *version);

#endif
