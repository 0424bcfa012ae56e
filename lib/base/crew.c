#define _GNU_SOURCE /* _SC_NPROCESSORS_ONLN */

#include "base/crew.h"

#include <unistd.h>

#include "base/bug.h"

unsigned crew_threads(unsigned wanted)
{
	if (!wanted)
		return sysconf(_SC_NPROCESSORS_ONLN) >= CREW_THREADS ? CREW_THREADS : 1;
	return wanted > CREW_THREADS ? CREW_THREADS : wanted;
}

void crew_init(struct crew *crew, unsigned threads, void (*work)(void *job, unsigned worker))
{
	*crew = (struct crew){.work = work, .threads = threads};
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->change, NULL);
}

/* Does the oldest job that nobody has started, with the lock given up meanwhile. */
static void do_next(struct crew *crew, unsigned worker)
{
	unsigned place = crew->started++ % CREW_JOBS;

	pthread_mutex_unlock(&crew->lock);
	crew->work(crew->jobs[place], worker);
	pthread_mutex_lock(&crew->lock);
	crew->done[place] = true;
}

static void *help(void *argument)
{
	struct crew *crew = argument;

	pthread_mutex_lock(&crew->lock);
	while (!crew->ending) {
		if (crew->started == crew->given) {
			pthread_cond_wait(&crew->change, &crew->lock);
			continue;
		}
		do_next(crew, 1);
		pthread_cond_signal(&crew->change);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

void crew_finish(struct crew *crew)
{
	BUG_UNLESS(crew->taken == crew->given);
	if (crew->has_helper) {
		pthread_mutex_lock(&crew->lock);
		crew->ending = true;
		pthread_cond_signal(&crew->change);
		pthread_mutex_unlock(&crew->lock);
		pthread_join(crew->helper, NULL);
	}
	pthread_cond_destroy(&crew->change);
	pthread_mutex_destroy(&crew->lock);
}

void crew_give(struct crew *crew, void *job)
{
	BUG_UNLESS(crew->given - crew->taken < CREW_JOBS);
	pthread_mutex_lock(&crew->lock);
	crew->jobs[crew->given % CREW_JOBS] = job;
	crew->done[crew->given++ % CREW_JOBS] = false;
	pthread_cond_signal(&crew->change);
	pthread_mutex_unlock(&crew->lock);
	if (!crew->has_helper && crew->threads > 1) {
		crew->has_helper = !pthread_create(&crew->helper, NULL, help, crew);
		crew->threads = crew->has_helper ? crew->threads : 1;
	}
}

void *crew_take(struct crew *crew)
{
	void *job = NULL;

	pthread_mutex_lock(&crew->lock);
	while (crew->taken != crew->given && !job) {
		if (crew->done[crew->taken % CREW_JOBS])
			job = crew->jobs[crew->taken++ % CREW_JOBS];
		else if (crew->started != crew->given)
			do_next(crew, 0);
		else
			pthread_cond_wait(&crew->change, &crew->lock);
	}
	pthread_mutex_unlock(&crew->lock);
	return job;
}
