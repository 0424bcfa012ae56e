/* crew.h - one thread with a helper: jobs are done by whoever is free, and come back in order.
 *
 * The owner gives jobs and takes them back finished; while it would have to wait, it does jobs itself.
 * Without a helper it does all of them, so results do not depend on the number of threads. All
 * functions are for the owner only.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <pthread.h>
#include <stdbool.h>

/* Threads that can work at a time, and jobs that can be under way. */
enum { CREW_THREADS = 2, CREW_JOBS = 4 };

struct crew {
	/* Does a job. `worker` is 0 on the owner's thread, 1 on the helper's. */
	void (*work)(void *job, unsigned worker);
	unsigned threads; /* 1 or 2 */

	/* Private. Jobs are numbered as they are given; number N is in place N % CREW_JOBS. */
	void *jobs[CREW_JOBS];
	bool done[CREW_JOBS];
	unsigned given, started, taken;
	bool has_helper, ending;
	pthread_t helper;
	pthread_mutex_t lock;
	pthread_cond_t change;
};

/* How many threads to use: `wanted` within bounds, or when it is 0 what the machine has. */
unsigned crew_threads(unsigned wanted);

void crew_init(struct crew *crew, unsigned threads, void (*work)(void *job, unsigned worker));

/* All jobs must have been taken. */
void crew_finish(struct crew *crew);

/* Adds a job; at most CREW_JOBS may wait to be taken. The helper starts with the first one; where the
 * system has no thread for it, the owner works alone. */
void crew_give(struct crew *crew, void *job);

/* The oldest job, done; NULL when there is none. */
void *crew_take(struct crew *crew);

#endif
