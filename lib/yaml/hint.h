/* hint.h - what libyaml says about broken text becomes a sentence, a place and a way out. */
#ifndef YAML_HINT_H
#define YAML_HINT_H

#include <yaml.h>

#include "yaml/tree.h"

/* What the parser read, as far as it is at hand. */
struct hint_text {
	struct str text; /* empty: then message and place are libyaml's */
	size_t skipped;  /* lines in front of the text */
	uint32_t line;   /* number of the first line, the skipped ones included, for messages */
};

/* Explains the error of `parser`. The place counts lines as libyaml does, from 1 at the start of what
 * was read. */
void hint_explain(struct problem *problem, struct arena *arena, const yaml_parser_t *parser,
		  struct hint_text text);

#endif
