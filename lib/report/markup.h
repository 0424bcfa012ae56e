/* markup.h - other people's text inside markup that somebody else will parse.
 *
 * Text first goes through clean.h: control bytes, invalid UTF-8, and characters that turn the writing
 * direction become visible escapes. What is left is escaped for the language at hand, so that a name
 * or a message can never become an element, a link, a command or a second line.
 */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/buf.h"

/* XML and HTML, as content and inside quoted attributes. */
void markup_xml(struct buf *buf, struct str text);

/* GitHub's and GitLab's Markdown, inline, also in table cells; HTML and mentions are dead. */
void markup_markdown(struct buf *buf, struct str text);

/* `text` as a code span that a table cell can hold. */
void markup_code(struct buf *buf, struct str text);

/* A JSON string of the cleaned text: for formats that are shown to people. */
void markup_json(struct buf *buf, struct str text);

/* A path as the path of a relative URI (RFC 3986): everything but unreserved characters and "/" as
 * percent escapes, byte by byte. */
void markup_uri(struct buf *buf, struct str path);

/* At most `most` bytes of the text, not cut inside of a character. *cut says whether it was. */
struct str markup_clip(struct str text, size_t most, bool *cut);

/* The text as one of the functions above writes it, but of a longer one only the first `most` bytes and "...". */
void markup_clipped(struct buf *buf, void (*write)(struct buf *buf, struct str text),
		    struct str text, size_t most);

#endif
