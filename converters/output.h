/* output.h - planned objects become text, in order, and go to the caller's sink.
 *
 * Objects pile up until there is a batch of them, which a thread of the crew writes while the next
 * ones are planned. So nothing but a few batches is in memory, and the plan, which has one state, needs
 * one thread only. Trees of routes, of which there are most, are built by the thread that writes them:
 * they never leave its cache. The same thread checks that they are legal; what is not is not written.
 */
#ifndef CONVERTERS_OUTPUT_H
#define CONVERTERS_OUTPUT_H

#include "base/buf.h"
#include "base/crew.h"
#include "converters/convert.h"
#include "converters/legal.h"

/* An object whose tree, if it has one, waits in the arena of its batch. */
struct output_object {
	struct plan_object planned;
	size_t offset, length; /* in the text of the batch, once written */
	bool written;          /* else its tree must be built by the owner */
	bool clean;            /* legal, without a second look */
};

struct output_batch {
	const struct convert_options *options;
	struct legal *legal;
	struct arena *built; /* of each thread: the tree at hand */
	struct arena arena;  /* trees and list; the planner's until the batch is full */
	struct output_object *objects;
	size_t count;
	struct buf text; /* the objects, one behind the other */
};

enum { OUTPUT_BATCHES = CREW_JOBS }; /* one is filled, the others are under way */

struct output {
	struct convert_result *result; /* counts the objects */
	const struct convert_options *options;
	const struct convert_sink *sink;
	struct legal legal;
	struct crew crew;
	struct arena built[CREW_THREADS];
	struct output_batch batches[OUTPUT_BATCHES];
	size_t current;
};

void output_init(struct output *output, struct convert_result *result,
		 const struct convert_options *options, const struct convert_sink *sink);
void output_finish(struct output *output);

/* The functions of a plan_sink; `output` is its user. */
void output_object(void *output, const struct plan_object *object);
void output_end(void *output, struct arena *trees);

#endif
