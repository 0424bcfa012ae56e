/* pieces.h - cuts bytes into pieces, as reads from a socket do. */
#ifndef TESTS_FUZZ_PIECES_H
#define TESTS_FUZZ_PIECES_H

#include <stddef.h>
#include <stdint.h>

/* Length of the next piece of `left` bytes (not 0): from 1 byte to all of them, small ones more often. */
static inline size_t piece_next(uint64_t *seed, size_t left)
{
	size_t most;

	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	most = (size_t)1 << (*seed >> 60);
	most = 1 + (size_t)(*seed >> 33) % most;
	return most < left ? most : left;
}

#endif
