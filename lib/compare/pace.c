#include "compare/pace.h"

#include <math.h>

int64_t pace_wait(const struct pace *pace, int64_t now_us)
{
	return pace->rate > 0 && pace->due_us > now_us ? pace->due_us - now_us : 0;
}

void pace_take(struct pace *pace, int64_t now_us)
{
	if (pace->rate <= 0)
		return;
	if (pace->due_us < now_us - PACE_CATCH_UP_US)
		pace->due_us = now_us - PACE_CATCH_UP_US;
	pace->due_us += (int64_t)ceil(1e6 / pace->rate);
}
