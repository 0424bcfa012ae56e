/* serve_world.h - what `serve` serves: the inputs as a world of the proxy.
 */
#ifndef CLI_SERVE_WORLD_H
#define CLI_SERVE_WORLD_H

#include "cli/inputs.h"
#include "converters/convert.h"
#include "proxy/proxy.h"

struct serve_inputs {
	const struct input_values *values;
	const struct texts *paths;
	const struct texts *addresses; /* --backends */
	struct convert_options options;
	bool ingress; /* --as=ingress */
	bool quiet;
	bool own_addresses; /* --gateway-addresses=loopback */
	bool origins;   /* where converted routes come from will be asked: the pages of --admin */
	unsigned loads; /* so far */
	uint64_t stamp; /* of the files that were read last */
};

/* Reads everything anew. NULL with a sentence when something cannot be read: half of the routes would be
 * worse than those from before. */
struct proxy_world *serve_world_load(struct serve_inputs *inputs, struct error *error);

/* Whether a file that was read, or a directory it was found in, is not as it was. */
bool serve_world_changed(struct serve_inputs *inputs);

#endif
