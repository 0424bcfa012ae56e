/* diff_world.h - what diff knows of the input: the tables that say which requests to ask and what to expect,
 * and, unless a Gateway is running elsewhere, the converted routes served in this program.
 */
#ifndef CLI_DIFF_WORLD_H
#define CLI_DIFF_WORLD_H

#include "cli/cli.h"
#include "cli/inputs.h"
#include "cli/worlds.h"
#include "compare/ask.h"
#include "compare/diff.h"
#include "proxy/proxy.h"

struct diff_world {
	struct sources sources, against; /* of the input; of Gateway API objects in files */
	struct convert_result result;
	struct buf output;
	struct sides sides;
	struct gateway_world after;
	struct diff_models models;
	const struct route_table *tables[2];
	size_t table_count;
	struct proxy *proxy; /* NULL: none was started */
	struct proxy_world served;
	struct proxy_options options;
	bool lost; /* documents could not be read */
};

/* Reads and converts. `against`: Gateway API objects instead of what convert writes; may be empty. False after a
 * message. Finish in any case. */
bool diff_world_read(struct diff_world *world, struct cli *cli, const struct input_values *input,
		     const struct texts *against, const struct convert_options *options);

/* Notes what both sides may do otherwise without that it shows, for each Ingress: which endpoint of a Service a hash
 * chooses. */
void diff_world_note_unseen(const struct diff_world *world, struct ignore *ignore);

/* Serves the candidate on ports of 127.0.0.1 that are free; `target` is filled in. Services without one of the
 * `backends` ("[NS/]NAME[:PORT]=ADDR") are answered by the echo. False after a message. */
bool diff_world_serve(struct diff_world *world, struct cli *cli, const struct texts *backends,
		      struct ask_target *target);

/* Stops what is served, and frees. */
void diff_world_finish(struct diff_world *world);

#endif
