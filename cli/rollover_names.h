/* rollover_names.h - how steps name things. Private to rollover_before.c and rollover_switch.c.
 */
#ifndef CLI_ROLLOVER_NAMES_H
#define CLI_ROLLOVER_NAMES_H

#include "cli/rollover.h"

static inline const struct emitter *rollover_emitter(const struct rollover *r)
{
	return r->input->options->emitter ? r->input->options->emitter
					  : emitter_find(STR("standard"));
}

/* "deploy/shop.yaml:12"; empty without a place. */
static inline struct str rollover_place(struct rollover *r, struct span span)
{
	struct str name = source_name(r->input->sources, span.source);

	return span.line && name.len ? rollover_words(r, "%.*s:%u", STR_ARG(name), span.line)
				     : STR("");
}

#endif
