/* listing.h - a table of texts, printed with aligned columns or as JSON.
 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "base/arena.h"
#include "base/buf.h"

enum { LISTING_COLUMNS = 8 };

struct listing_row {
	struct str cells[LISTING_COLUMNS];
};

struct listing {
	struct arena *arena;
	const char *name;                   /* of the list, in JSON */
	const char *keys[LISTING_COLUMNS];  /* in JSON: "gatewayApi" */
	const char *heads[LISTING_COLUMNS]; /* in text: "GATEWAY API"; NULL: in JSON only */
	size_t columns;
	bool whole; /* long cells are not cut */
	struct listing_row *rows;
	size_t count;
};

/* Texts are not copied. */
void listing_add(struct listing *listing, struct listing_row row);

void listing_text(struct buf *buf, const struct listing *listing);

/* {"version":1,"annotations":[{"annotation":"app-root", ...}]} */
void listing_json(struct buf *buf, const struct listing *listing);

#endif
