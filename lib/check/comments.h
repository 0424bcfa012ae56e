/* comments.h - "# ingress2gw: VERB TEXT" in the text of a source.
 *
 * YAML parsers throw comments away, so the text is looked through line by line. A # counts when it
 * begins the line or stands behind a blank, and not inside quotes that were opened on its line; quoted
 * texts of several lines are not recognised as such. In block texts (a snippet) the comment counts as
 * well: there it is one of the language inside.
 */
#ifndef CHECK_COMMENTS_H
#define CHECK_COMMENTS_H

#include "base/error.h"
#include "base/source.h"

struct comment {
	struct str verb, text; /* "ignore", and what follows; until take() returns */
	struct span span;      /* from the # to the end of the line */
	uint32_t
		line; /* the line that it is about: its own, or the next one that is neither blank nor
	                  a comment when it stands alone; 0 when no such line follows */
};

/* Calls take() for each comment of a source whose verb is "ignore" or looks like a slip of it; prose
 * that begins with the program's name is left alone. At most 10,000 comments of one source are taken.
 * False when the source cannot be read. */
bool comments_scan(const struct sources *sources, uint32_t source,
		   void (*take)(void *user, const struct comment *comment), void *user,
		   struct error *error);

#endif
