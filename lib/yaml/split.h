/* split.h - where documents begin, by lines alone.
 *
 * In a valid stream a line that starts with "---" or "..." (and then a blank or its end) is a document
 * marker wherever it stands: YAML forbids it inside quoted, flow and block content. In a broken
 * stream cutting there keeps one broken document from taking others with it.
 */
#ifndef YAML_SPLIT_H
#define YAML_SPLIT_H

#include "yaml/tree.h"

/* Offset of the last place in `text` where it may be cut between documents; 0 when there is none.
 * Text may follow behind the end of `text`. */
size_t split_last(struct str text);

/* Cuts the first document, with the directives in front of it, off *rest. False at the end. */
bool split_next(struct str *rest, struct str *document);

/* Number of \n in a text. */
uint32_t split_newlines(struct str text);

/* Line ends in a text: \n, \r\n, and a lone \r. */
uint32_t split_lines(struct str text);

/* Length of what libyaml (YAML 1.1) takes for a line break at text.at[i]: also NEL, LS and PS; 0 when
 * there is none. */
size_t split_break(struct str text, size_t i);

/* True when libyaml would count lines differently or would not see a marker where split_next does:
 * lone \r, the breaks NEL, LS, PS, or a byte order mark in the middle. */
bool split_is_odd(struct str text);

/* Lines that start with '%'. */
unsigned split_directives(struct str text);

/* Length of the byte order mark at the start of the text; 0 when there is none. */
size_t split_bom(struct str text);

/* A line of the root map, `line` without indentation: notes kind, apiVersion and items. */
struct split_head {
	struct str kind, version; /* slices of the line */
	bool items;
};
void split_head_line(struct split_head *head, struct str line);

/* True for a line "---" or "..." as above. */
bool split_is_marker(struct str line);

#endif
