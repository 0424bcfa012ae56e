#include "proxy/balance.h"

static uint32_t *counter(struct balance *balance, uint64_t key)
{
	return &balance->at[key % BALANCE_COUNTERS];
}

uint64_t balance_key(const void *of, uint64_t number)
{
	uint64_t key = ((uintptr_t)of >> 4) * 0x9e3779b97f4a7c15u + number;

	return key ^ key >> 32;
}

uint64_t balance_next(struct balance *balance, uint64_t key, uint64_t total)
{
	/* The golden ratio as a fraction of 2^32; the product of two numbers below 2^32 and 2^32 is in
	 * range, and weights are below 10^6 (HTTPBackendRef), sums of 16 of them. */
	uint32_t point = (*counter(balance, key))++ * 0x9e3779b9u;

	return (uint64_t)point * (total & UINT32_MAX) >> 32;
}

size_t balance_turn(struct balance *balance, uint64_t key, size_t count)
{
	return (*counter(balance, key))++ % count;
}
