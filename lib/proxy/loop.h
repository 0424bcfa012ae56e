/* loop.h - one event loop a worker: readiness of descriptors, timers, and the time.
 *
 * Descriptors are registered once, edge-triggered, for both directions (reference: nginx adds a connection
 * to epoll once and never again); owners remember what is ready. Nothing here is thread-safe but
 * loop_wake().
 */
#ifndef PROXY_LOOP_H
#define PROXY_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened to a descriptor. */
enum {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_HANGUP = 4, /* the peer will send no more: a read must go on until it says so */
	LOOP_ERROR = 8,
};

/* A descriptor that is watched; the first member of its owner. */
struct watch {
	int fd;
	void (*ready)(struct watch *watch, unsigned events); /* NULL: no longer watched */
};

/* A moment at which something is done; a member of its owner. */
struct timer {
	struct timer *next, **link; /* private; `link` NULL: not set */
	int64_t at;                 /* loop time in ms */
	void (*fire)(struct timer *timer);
};

/* Memory of an object whose events may still be under way in this turn of the loop. */
struct grave {
	struct grave *next;
	void (*bury)(struct grave *grave);
};

/* Something to be done in a later turn; a member of its owner. */
struct task {
	struct task *next;
	void (*run)(struct task *task);
	struct tasks *list; /* where it waits; NULL: nowhere */
};

/* Tasks, in the order in which they were posted. */
struct tasks {
	struct task *first, **end;
};

enum { LOOP_SLOTS = 512, LOOP_TICK = 8 /* ms a slot of the wheel */ };

/* us of a turn after which no further long task begins: a handshake takes some 400. */
enum { LOOP_LONG_US = 500 };

struct loop {
	int epoll, wake_fd;
	int64_t now; /* ms, of CLOCK_MONOTONIC, when the turn began */
	bool stop;   /* set by anybody on the loop's thread */
	void (*woken)(struct loop *loop);
	void (*turned)(struct loop *loop); /* after each turn; may be NULL */
	struct watch wake;
	struct timer *slots[LOOP_SLOTS];
	uint64_t used[LOOP_SLOTS / 64]; /* which slots have timers */
	int64_t tick;                   /* the last one that was looked at */
	struct grave *graves;
	struct tasks tasks, long_tasks;
};

/* False when the system has no descriptors left. */
bool loop_init(struct loop *loop);
void loop_finish(struct loop *loop);

/* Runs until `stop`. */
void loop_run(struct loop *loop);

/* One turn: waits for descriptors or a timer unless there are tasks, then does what is due. */
void loop_turn(struct loop *loop);

/* What a turn does besides waiting for descriptors, at a time of the caller's: for tests. */
void loop_step(struct loop *loop, int64_t now);

/* Hands out what descriptors have ready now, without waiting and at the time that it is: for tests. */
void loop_poll(struct loop *loop);

/* Makes `woken` be called on the loop's thread, soon. From any thread or signal handler. */
void loop_wake(struct loop *loop);

/* Watches watch->fd, in both directions. */
bool loop_add(struct loop *loop, struct watch *watch);

/* Watches it for readiness to read as long as there is something to read (listeners: another worker may
 * take what this one leaves). */
bool loop_add_listener(struct loop *loop, struct watch *watch);
void loop_pause_listener(struct loop *loop, struct watch *watch, bool pause);

/* The watch of a descriptor is at another address now. */
void loop_moved(struct loop *loop, struct watch *watch);

/* No more events, then closes the descriptor. */
void loop_close(struct loop *loop, struct watch *watch);

/* Sets or moves a timer; `fire` is set by the owner. Timers fire up to LOOP_TICK ms late. Moving one into
 * the future, which every byte of a connection does, only stores the time. */
void timer_set(struct loop *loop, struct timer *timer, int64_t at);
void timer_stop(struct loop *loop, struct timer *timer);

static inline bool timer_is_set(const struct timer *timer)
{
	return timer->link != NULL;
}

/* Frees an object when no event of this turn can reach it any more. */
void loop_bury(struct loop *loop, struct grave *grave, void (*bury)(struct grave *grave));

/* It runs in the next turn. One that waits already keeps its place. */
void loop_post(struct loop *loop, struct task *task);

/* The same for what takes so long that others would notice if many were done in a row: a turn runs the first
 * one, and more until LOOP_LONG_US have passed. The rest waits, and everybody else's events come between. */
void loop_post_long(struct loop *loop, struct task *task);

void loop_cancel(struct loop *loop, struct task *task);

#endif
