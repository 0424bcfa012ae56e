/* balance.h - which share of a rule gets the next request.
 *
 * Shares are drawn along a sequence that fills an interval evenly (multiples of the golden ratio): after any
 * number of requests each share has had what its weight says, to within a few requests, and without runs
 * that a random draw has. A worker counts for itself.
 */
#ifndef PROXY_BALANCE_H
#define PROXY_BALANCE_H

#include <stddef.h>
#include <stdint.h>

enum { BALANCE_COUNTERS = 4096 };

/* Rules share counters by hash. That costs nothing of the evenness: every regular part of the sequence is
 * as even as the whole. */
struct balance {
	uint32_t at[BALANCE_COUNTERS];
};

/* The next point of the sequence that belongs to `key`, below `total`. */
uint64_t balance_next(struct balance *balance, uint64_t key, uint64_t total);

/* The next of `count` in turn. */
size_t balance_turn(struct balance *balance, uint64_t key, size_t count);

/* A key of an address and a number. */
uint64_t balance_key(const void *of, uint64_t number);

#endif
