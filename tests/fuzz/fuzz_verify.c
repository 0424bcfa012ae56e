/* fuzz_verify.c - Ingresses that somebody sent, asked as their controller and as what they become.
 *
 * Whatever the bytes are: both sides compile, every request class is decided by both, and the same table
 * asked twice answers alike. What the conversion made of the input is not judged here; tests/prop does.
 */
#include "base/buf.h"
#include "base/bug.h"
#include "cli/worlds.h"
#include "route/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Enough for each kind of witness to be met by some input, and little enough for many inputs. */
enum { PER_HOST = 40, BYTES_MOST = 4096 };

static void keep_text(void *output, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(output, text);
}

static void verify_sides(const struct route_table *from, const struct route_table *to,
			 const struct findings *findings)
{
	const struct witness_options options = {.seed = 1, .per_host = PER_HOST};
	struct verify verify = {0};

	verify_run(&verify, from, to, findings, &options);
	BUG_UNLESS(verify.differing <= verify.tally.requests);
	verify_finish(&verify);
}

static void verify_all(const struct sides *sides, const struct gateway_world *world,
		       const struct findings *findings)
{
	for (size_t i = 0; i < sides->count; i++) {
		struct verify same = {0};

		verify_sides(sides->at[i].table, world->table, findings);
		verify_run(&same, sides->at[i].table, sides->at[i].table, NULL,
			   &(struct witness_options){.seed = 1, .per_host = PER_HOST});
		BUG_UNLESS(same.differing == 0);
		verify_finish(&same);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {size ? (const char *)data : "", size};
	const struct convert_options options = {
		.load.threads = 1,
		.allow_unguarded = size % 2,
		.plan = {.http_port = 80, .https_port = 443},
	};
	struct sources sources = {0};
	struct convert_result result = {0};
	struct gateway_world world = {0};
	struct sides sides = {0};
	struct buf output;
	const struct convert_sink sink = {&output, keep_text};
	struct error error;

	if (size > BYTES_MOST)
		return 0;
	sources_add(&sources, (struct source){.name = STR("input"), .text = text});
	buf_init(&output);
	BUG_UNLESS(convert_run(&result, &sources, &options, &sink, &error));
	if (result.set.ingress_count &&
	    gateway_world_converted(&world, buf_slice(&output), &result, &options, &error)) {
		sides_build(&sides, &result.set, &options);
		verify_all(&sides, &world, &result.findings);
	}
	sides_finish(&sides);
	gateway_world_finish(&world);
	convert_finish(&result);
	buf_finish(&output);
	sources_finish(&sources);
	return 0;
}
