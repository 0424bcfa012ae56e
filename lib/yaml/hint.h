/* hint.h - what libyaml says about broken text becomes a sentence, a place and a way out. */
#ifndef YAML_HINT_H
#define YAML_HINT_H

#include <yaml.h>

#include "yaml/tree.h"

/* Explains the error of `parser`. `text` is what it read, without the first `skipped` lines (empty:
 * not at hand, then message and place are libyaml's). Lines are counted as libyaml does, from 1 at
 * the start of what was read. */
void hint_explain(struct problem *problem, struct arena *arena, const yaml_parser_t *parser,
		  struct str text, size_t skipped);

#endif
