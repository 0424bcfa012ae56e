/* write.h - a tree becomes text: kubectl's layout, or JSON.
 *
 * YAML: two spaces, sequences not indented under their key, {} and [] when empty, no folding.
 * Scalars are quoted by what any YAML 1.1 or 1.2 reader would make of them, so strings stay strings:
 * plain only when certain, "..." for number-like or word-like text and control characters, '...' for
 * indicator trouble, |-blocks for several lines.
 */
#ifndef YAML_WRITE_H
#define YAML_WRITE_H

#include "base/buf.h"
#include "yaml/node.h"

/* One document body, with a final newline; the caller writes "---\n" between documents. Comments of
 * nodes are written as "# " lines at the node's indentation when `comments` is true. */
void yaml_write(struct buf *buf, const struct node *root, bool comments);

/* One scalar as it would be written as a map value at the given indentation (for tests and for text
 * shown to people). */
void yaml_write_scalar(struct buf *buf, const struct node *scalar, unsigned indent);

/* RFC 8259, indented by four blanks as kubectl does (`pretty`), or on one line. No final newline. */
void json_write(struct buf *buf, const struct node *root, bool pretty, unsigned indent);

/* One JSON string with quotes and escapes; invalid UTF-8 becomes U+FFFD. */
void json_write_string(struct buf *buf, struct str text);

#endif
