/* record.h - a record of a case that a fuzzer or a reader of reports makes up: fields with a unit separator (0x1f)
 * between them.
 */
#ifndef FUZZ_RECORD_H
#define FUZZ_RECORD_H

#include "base/str.h"

enum { RECORD_FIELDS = 24 };

struct record {
	struct str fields[RECORD_FIELDS]; /* what is missing is empty */
	size_t count;
};

static inline struct record record_cut(struct str text)
{
	struct record record = {.count = 0};
	struct str part;
	bool more = true;

	while (record.count < RECORD_FIELDS && str_split(&text, '\x1f', &more, &part))
		record.fields[record.count++] = part;
	return record;
}

/* A number below `most`; 0 for a text that is none. */
static inline unsigned record_number(struct str text, unsigned most)
{
	int64_t value;

	return str_to_int(text, &value) && value >= 0 ? (unsigned)(value % most) : 0;
}

#endif
