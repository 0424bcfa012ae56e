#include "proxy/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256 };

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_wake(struct watch *watch, unsigned events)
{
	struct loop *loop = (struct loop *)((char *)watch - offsetof(struct loop, wake));
	uint64_t count;

	(void)events;
	if (read(watch->fd, &count, sizeof count) > 0 && loop->woken)
		loop->woken(loop);
}

bool loop_init(struct loop *loop)
{
	*loop = (struct loop){.epoll = epoll_create1(EPOLL_CLOEXEC),
			      .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	loop->tasks.end = &loop->tasks.first;
	loop->long_tasks.end = &loop->long_tasks.first;
	loop->now = clock_us() / 1000;
	loop->tick = loop->now / LOOP_TICK;
	loop->wake = (struct watch){loop->wake_fd, on_wake};
	return loop->epoll >= 0 && loop->wake_fd >= 0 && loop_add(loop, &loop->wake);
}

static void empty_graves(struct loop *loop)
{
	while (loop->graves) {
		struct grave *grave = loop->graves;

		loop->graves = grave->next;
		grave->bury(grave);
	}
}

void loop_finish(struct loop *loop)
{
	empty_graves(loop);
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	if (loop->epoll >= 0)
		close(loop->epoll);
}

void loop_wake(struct loop *loop)
{
	const uint64_t one = 1;
	ssize_t written = write(loop->wake_fd, &one, sizeof one);

	(void)written; /* a full counter wakes as well */
}

/* ---- descriptors ---- */

static bool add(struct loop *loop, struct watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

bool loop_add(struct loop *loop, struct watch *watch)
{
	return add(loop, watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void loop_moved(struct loop *loop, struct watch *watch)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				    .data.ptr = watch};

	epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

bool loop_add_listener(struct loop *loop, struct watch *watch)
{
	return add(loop, watch, EPOLLIN);
}

void loop_pause_listener(struct loop *loop, struct watch *watch, bool pause)
{
	struct epoll_event event = {.events = pause ? 0 : EPOLLIN, .data.ptr = watch};

	epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void loop_close(struct loop *loop, struct watch *watch)
{
	(void)loop; /* a closed descriptor leaves the epoll set by itself */
	watch->ready = NULL;
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

static unsigned events_of(uint32_t events)
{
	return (events & EPOLLIN ? (unsigned)LOOP_READ : 0) |
	       (events & EPOLLOUT ? (unsigned)LOOP_WRITE : 0) |
	       (events & (EPOLLRDHUP | EPOLLHUP) ? (unsigned)LOOP_HANGUP : 0) |
	       (events & EPOLLERR ? (unsigned)LOOP_ERROR : 0);
}

/* ---- timers: a hashed wheel ---- */

static void unlink_timer(struct timer *timer)
{
	*timer->link = timer->next;
	if (timer->next)
		timer->next->link = timer->link;
	timer->link = NULL;
}

static void insert(struct loop *loop, struct timer *timer)
{
	int64_t tick = timer->at / LOOP_TICK + 1;
	size_t slot;

	if (tick <= loop->tick)
		tick = loop->tick + 1;
	slot = (uint64_t)tick % LOOP_SLOTS;
	timer->next = loop->slots[slot];
	timer->link = &loop->slots[slot];
	if (timer->next)
		timer->next->link = &timer->next;
	loop->slots[slot] = timer;
	loop->used[slot / 64] |= (uint64_t)1 << slot % 64;
}

void timer_set(struct loop *loop, struct timer *timer, int64_t at)
{
	/* Later than before: the old slot will send it on. */
	if (timer->link && at >= timer->at) {
		timer->at = at;
		return;
	}
	if (timer->link)
		unlink_timer(timer);
	timer->at = at;
	insert(loop, timer);
}

void timer_stop(struct loop *loop, struct timer *timer)
{
	(void)loop;
	if (timer->link)
		unlink_timer(timer);
}

static void turn_slot(struct loop *loop, size_t slot)
{
	struct timer *list = loop->slots[slot];

	/* Taken off first, so that what fires may set and stop any timer. */
	loop->slots[slot] = NULL;
	loop->used[slot / 64] &= ~((uint64_t)1 << slot % 64);
	if (list)
		list->link = &list;
	while (list) {
		struct timer *timer = list;

		unlink_timer(timer);
		if (timer->at > loop->now)
			insert(loop, timer);
		else
			timer->fire(timer);
	}
}

static void turn_wheel(struct loop *loop)
{
	int64_t until = loop->now / LOOP_TICK;

	if (until - loop->tick > LOOP_SLOTS)
		loop->tick = until - LOOP_SLOTS;
	while (loop->tick < until) {
		loop->tick++;
		turn_slot(loop, (uint64_t)loop->tick % LOOP_SLOTS);
	}
}

/* Milliseconds until the next slot with timers; -1: there are none. */
static int next_timer(const struct loop *loop)
{
	for (int64_t ahead = 1; ahead <= LOOP_SLOTS; ahead++) {
		size_t slot = (uint64_t)(loop->tick + ahead) % LOOP_SLOTS;

		if (!loop->used[slot / 64] && slot % 64 == 0)
			ahead += 63;
		else if (loop->used[slot / 64] >> slot % 64 & 1) {
			int64_t wait = (loop->tick + ahead) * LOOP_TICK - loop->now;

			return wait > 0 ? (int)wait : 0;
		}
	}
	return -1;
}

/* ---- tasks and graves ---- */

void loop_bury(struct loop *loop, struct grave *grave, void (*bury)(struct grave *grave))
{
	grave->bury = bury;
	grave->next = loop->graves;
	loop->graves = grave;
}

static void post(struct tasks *list, struct task *task)
{
	if (task->list)
		return;
	task->list = list;
	task->next = NULL;
	*list->end = task;
	list->end = &task->next;
}

void loop_post(struct loop *loop, struct task *task)
{
	post(&loop->tasks, task);
}

void loop_post_long(struct loop *loop, struct task *task)
{
	post(&loop->long_tasks, task);
}

void loop_cancel(struct loop *loop, struct task *task)
{
	struct tasks *list = task->list;
	struct task **at;

	(void)loop;
	if (!list)
		return;
	for (at = &list->first; *at != task;)
		at = &(*at)->next;
	*at = task->next;
	if (list->end == &task->next)
		list->end = at;
	task->list = NULL;
}

static void run_first(struct loop *loop, struct tasks *list)
{
	struct task *task = list->first;

	loop_cancel(loop, task);
	task->run(task);
}

/* Those that are posted meanwhile wait for the next turn. */
static void run_tasks(struct loop *loop)
{
	size_t count = 0;

	for (const struct task *task = loop->tasks.first; task; task = task->next)
		count++;
	while (count-- && loop->tasks.first)
		run_first(loop, &loop->tasks);
}

static void run_long_tasks(struct loop *loop)
{
	int64_t from = loop->long_tasks.first ? clock_us() : 0;

	while (loop->long_tasks.first) {
		run_first(loop, &loop->long_tasks);
		if (clock_us() - from >= LOOP_LONG_US)
			return;
	}
}

/* ---- turning ---- */

static void finish_turn(struct loop *loop)
{
	turn_wheel(loop);
	run_tasks(loop);
	run_long_tasks(loop);
	if (loop->turned)
		loop->turned(loop);
	empty_graves(loop);
}

void loop_step(struct loop *loop, int64_t now)
{
	loop->now = now;
	finish_turn(loop);
}

static void hand_out(const struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++) {
		struct watch *watch = events[i].data.ptr;

		if (watch->ready)
			watch->ready(watch, events_of(events[i].events));
	}
}

void loop_poll(struct loop *loop)
{
	struct epoll_event events[EVENTS];

	hand_out(events, epoll_wait(loop->epoll, events, EVENTS, 0));
}

void loop_turn(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	bool waits = !loop->tasks.first && !loop->long_tasks.first;
	int count = epoll_wait(loop->epoll, events, EVENTS, waits ? next_timer(loop) : 0);

	loop->now = clock_us() / 1000;
	hand_out(events, count);
	finish_turn(loop);
}

void loop_run(struct loop *loop)
{
	while (!loop->stop)
		loop_turn(loop);
}
