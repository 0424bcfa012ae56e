/* read.h - YAML text becomes trees: libyaml's events drive a struct tree. */
#ifndef YAML_READ_H
#define YAML_READ_H

#include <yaml.h>

#include "yaml/input.h"
#include "yaml/lines.h"
#include "yaml/tree.h"

struct reader {
	/* Set by the caller. */
	struct tree *tree;
	struct str text;           /* what to read; at == NULL: it is not in memory as a whole */
	const struct input *input; /* when set, libyaml is fed from here, and items are measured */
	uint64_t from, to;         /* bytes of the input */
	uint32_t line;             /* line number of the first line, from 1 */
	struct list_head head;     /* of a document without text: a look ahead by the caller */
	size_t skip;               /* items that were handed out before; counts down */
	struct error *error;       /* why the input could not be read */

	/* Results. */
	uint32_t complete_line; /* where the last complete document starts; 0: none was complete */
	size_t complete_taken;  /* items it handed out */
	size_t taken;           /* items handed out of the document that failed */
	uint32_t failed_line;   /* where it failed: libyaml's line, from 1 at the first one */

	/* Private. */
	yaml_parser_t parser;
	bool running;
	struct lines lines; /* of the text, or of what libyaml was fed with */
	bool odd;           /* split_is_odd(text) */
	size_t at, at_line; /* look ahead: an offset in text and its line */
	uint64_t item_from; /* offset in the input when the last item was taken */
	size_t item_taken;
	bool item_too_large;
};

/* Reads all documents. False on the first one that fails. The parser stays open until read_finish. */
bool read_documents(struct reader *reader);

/* After a failure: tells it in tree->problem, with place and hint. `text` is the text around the
 * place (may be empty), `first` libyaml's number of its first line, counted from 1 at reader->line. */
void read_problem(struct reader *reader, struct str text, uint32_t first);

void read_finish(struct reader *reader);

#endif
