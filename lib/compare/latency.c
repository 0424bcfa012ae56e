#include "compare/diff_parts.h"

/* Up to 1023 each microsecond has a count of its own; above, each doubling has 512. */
enum { EXACT = 1024, STEPS = 512, DOUBLINGS = 30, COUNTS = EXACT + STEPS * DOUBLINGS };

static size_t place_of(int64_t micros)
{
	unsigned shift = 0;

	if (micros < EXACT)
		return micros < 0 ? 0 : (size_t)micros;
	while (micros >> shift >= EXACT)
		shift++;
	if (shift > DOUBLINGS)
		return COUNTS - 1;
	return EXACT + (size_t)(shift - 1) * STEPS + ((size_t)(micros >> shift) - STEPS);
}

static int64_t value_at(size_t place)
{
	size_t step;

	if (place < EXACT)
		return (int64_t)place;
	step = place - EXACT;
	return (int64_t)(step % STEPS + STEPS) << (step / STEPS + 1);
}

void latency_take(struct latency *latency, struct arena *arena, int64_t micros)
{
	if (!latency->counts)
		latency->counts = arena_array(arena, uint32_t, COUNTS);
	latency->counts[place_of(micros)]++;
	latency->total++;
	if (micros > latency->most)
		latency->most = micros;
}

static int64_t percentile(const struct latency *latency, unsigned percent)
{
	uint64_t rank = (latency->total * percent + 99) / 100, seen = 0;
	size_t place = 0;

	for (; place < COUNTS; place++) {
		seen += latency->counts[place];
		if (seen >= rank)
			break;
	}
	return value_at(place);
}

struct diff_latency latency_end(const struct latency *latency)
{
	if (!latency->total)
		return (struct diff_latency){0};
	return (struct diff_latency){
		.p50 = percentile(latency, 50),
		.p90 = percentile(latency, 90),
		.p99 = percentile(latency, 99),
		.most = latency->most,
	};
}
