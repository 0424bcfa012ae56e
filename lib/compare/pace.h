/* pace.h - how often one side may be asked. Pure: who asks says what time it is. */
#ifndef COMPARE_PACE_H
#define COMPARE_PACE_H

#include <stdint.h>

/* Time that was lost is made up for, but not more of it than this: what the other side gets in any `t` seconds are
 * at most 1 + rate * (t + 0.1) requests. */
enum { PACE_CATCH_UP_US = 100 * 1000 };

/* The zero value has no limit. */
struct pace {
	double rate;    /* requests a second, from PACE_LEAST; 0: as many as go */
	int64_t due_us; /* when the next one may be sent */
};

/* The slowest pace: one in a thousand seconds. */
#define PACE_LEAST 0.001

/* Microseconds until the next request may be sent; 0: now. Times are those of one clock that never goes back. */
int64_t pace_wait(const struct pace *pace, int64_t now_us);

/* A request is sent. */
void pace_take(struct pace *pace, int64_t now_us);

#endif
