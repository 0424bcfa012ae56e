/* tally.h - how often each of many numbers was seen: a hash table on the heap. Private to lib/compare. */
#ifndef COMPARE_TALLY_H
#define COMPARE_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally_slot {
	uint64_t key;
	uint32_t seen; /* 0: free */
};

struct tally {
	struct tally_slot *slots;
	size_t count, room; /* room is 0 or a power of two */
};

/* Counts the key; how often it was seen before. The zero value is an empty tally. */
uint32_t tally_count(struct tally *tally, uint64_t key);

/* Frees the slots. */
void tally_finish(struct tally *tally);

/* Takes a number into a hash; the last step, after which all bits of it depend on all bits of the input. */
uint64_t tally_mix(uint64_t hash, uint64_t number);

#endif
