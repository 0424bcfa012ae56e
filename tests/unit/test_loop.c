/* What a turn of the loop runs, in which order, and what it leaves for the next one. */
#include "test.h"

#include <time.h>

#include "base/buf.h"
#include "proxy/loop.h"

struct job {
	struct task task; /* first */
	struct loop *loop;
	struct buf *said;
	char name;
	struct job *then; /* is posted when this one runs */
	int64_t us;       /* that it takes */
};

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void run(struct task *task)
{
	struct job *job = (struct job *)task;
	int64_t from = clock_us();

	buf_char(job->said, job->name);
	if (job->then)
		loop_post(job->loop, &job->then->task);
	while (clock_us() - from < job->us)
		;
}

static void check_turn(struct loop *loop, struct buf *said, const char *expected)
{
	buf_clear(said);
	loop_step(loop, loop->now);
	assert_int_equal(said->len, strlen(expected));
	assert_memory_equal(said->at, expected, said->len);
}

static void begin(struct loop *loop, struct buf *said, struct job *jobs, size_t count)
{
	assert_true(loop_init(loop));
	buf_init(said);
	buf_char(said, ' ');
	for (size_t i = 0; i < count; i++)
		jobs[i] = (struct job){
			.task.run = run, .loop = loop, .said = said, .name = (char)('a' + i)};
}

static void tasks_run_once_in_order(void **state)
{
	struct loop loop;
	struct buf said;
	struct job jobs[4];

	(void)state;
	begin(&loop, &said, jobs, 4);
	loop_post(&loop, &jobs[1].task);
	loop_post(&loop, &jobs[0].task);
	loop_post(&loop, &jobs[1].task);
	loop_post(&loop, &jobs[3].task);
	loop_post(&loop, &jobs[2].task);
	loop_cancel(&loop, &jobs[3].task);
	check_turn(&loop, &said, "bac");
	check_turn(&loop, &said, "");
	loop_post(&loop, &jobs[3].task);
	loop_cancel(&loop, &jobs[3].task); /* the last one, and the only one */
	loop_post(&loop, &jobs[0].task);
	check_turn(&loop, &said, "a");
	buf_finish(&said);
	loop_finish(&loop);
}

static void what_is_posted_meanwhile_waits(void **state)
{
	struct loop loop;
	struct buf said;
	struct job jobs[2];

	(void)state;
	begin(&loop, &said, jobs, 2);
	jobs[0].then = &jobs[1];
	loop_post(&loop, &jobs[0].task);
	check_turn(&loop, &said, "a");
	check_turn(&loop, &said, "b");
	buf_finish(&said);
	loop_finish(&loop);
}

/* Each takes all that a turn has for long tasks: the others' turn comes in between. */
static void long_tasks_take_turns(void **state)
{
	struct loop loop;
	struct buf said;
	struct job jobs[4];

	(void)state;
	begin(&loop, &said, jobs, 4);
	for (int i = 0; i < 3; i++) {
		jobs[i].us = LOOP_LONG_US;
		loop_post_long(&loop, &jobs[i].task);
	}
	loop_post_long(&loop, &jobs[0].task);
	loop_post(&loop, &jobs[3].task);
	check_turn(&loop, &said, "da");
	loop_post(&loop, &jobs[3].task);
	loop_cancel(&loop, &jobs[1].task);
	check_turn(&loop, &said, "dc");
	check_turn(&loop, &said, "");
	buf_finish(&said);
	loop_finish(&loop);
}

/* A loop that has some does not sleep over them. */
static void long_tasks_keep_the_loop_awake(void **state)
{
	struct loop loop;
	struct buf said;
	struct job jobs[2];

	(void)state;
	begin(&loop, &said, jobs, 2);
	jobs[0].us = LOOP_LONG_US;
	loop_post_long(&loop, &jobs[0].task);
	loop_post_long(&loop, &jobs[1].task);
	loop_turn(&loop);
	assert_int_equal(said.len, 2);
	loop_turn(&loop);
	assert_int_equal(said.len, 3);
	assert_memory_equal(said.at, " ab", 3);
	buf_finish(&said);
	loop_finish(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_run_once_in_order),
		cmocka_unit_test(what_is_posted_meanwhile_waits),
		cmocka_unit_test(long_tasks_take_turns),
		cmocka_unit_test(long_tasks_keep_the_loop_awake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
