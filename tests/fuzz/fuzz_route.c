/* fuzz_route.c - worlds and requests out of bytes: the router and one that looks at everything agree. */
#include <stdio.h>
#include <stdlib.h>

#include "route_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct naive_bytes bytes = {.at = data, .left = size};
	const char *wrong = naive_compare(&bytes, 8);

	if (!wrong)
		return 0;
	fprintf(stderr, "%s\n", wrong);
	abort();
}
