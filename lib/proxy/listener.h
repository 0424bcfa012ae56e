/* listener.h - a bound socket of one worker: takes connections in. */
#ifndef PROXY_LISTENER_H
#define PROXY_LISTENER_H

#include "proxy/binds.h"
#include "proxy/loop.h"

struct worker;
struct udp_sessions;

struct listener {
	struct watch watch; /* first */
	struct listener *next;
	struct grave grave;
	struct worker *worker;
	struct bind *bind;
	struct udp_sessions *sessions; /* of a UDP port */
};

/* Begins to listen; the descriptor of the worker's number is taken over, or the listener that the bind is heir to. */
void listener_open(struct worker *worker, struct bind *bind);

/* Ends the listeners that are not wanted any more; with `all`, every one. */
void listeners_close(struct worker *worker, bool all);

/* Stops taking connections while there are as many as may be, or no descriptors; goes on when some have
 * gone. */
void listeners_pause(struct worker *worker, bool pause);

/* Accepts again: worker->breath, some time after descriptors ran out. */
void listeners_breathe(struct timer *timer);

#endif
