/* conn.h - a stream of bytes in both directions, plain or in TLS, on the loop.
 *
 * Reading: when `readable` is called, conn_read() until it has nothing more (CONN_WAIT), or stop before
 * that and call conn_resume() when there is room again. Writing: what the socket does not take waits in
 * slabs; beyond CONN_HIGH bytes the owner should stop making more until `drained` is called.
 */
#ifndef PROXY_CONN_H
#define PROXY_CONN_H

#include <openssl/types.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "proxy/loop.h"
#include "proxy/slab.h"

enum {
	CONN_HIGH = 128 * 1024, /* bytes waiting from which on nothing more should come */
	CONN_LOW = 32 * 1024,   /* and to which it must fall before more may */
};

/* Results of conn_read() other than a number of bytes. */
enum { CONN_END = 0, CONN_WAIT = -1, CONN_BROKEN = -2 };

struct conn;

struct conn_ops {
	/* Bytes, the end or an error can be read. */
	void (*readable)(struct conn *conn);
	/* What waited has fallen to CONN_LOW. */
	void (*drained)(struct conn *conn);
	/* Writing failed; nothing will arrive any more. What was received can still be read. */
	void (*broken)(struct conn *conn);
	/* The connection was made, or the TLS handshake is done. */
	void (*ready)(struct conn *conn);
};

struct conn {
	struct watch watch; /* first */
	struct loop *loop;
	struct slabs *slabs;
	const struct conn_ops *ops;
	SSL *ssl; /* NULL: plain */
	struct queue out;
	struct task again;
	bool readable;   /* there may be something to read */
	bool hangup;     /* the peer closed its side: read until the end */
	bool lost;       /* by a reset, or without a word: nothing reaches the peer any more */
	bool connecting; /* TCP */
	bool shaking;    /* TLS */
	bool writable;
	bool high;    /* `drained` is owed */
	bool failed;  /* `broken` was or will be said */
	bool closing; /* nothing will be written behind what waits */
	uint64_t sent, received;
};

/* Takes over a descriptor. `connecting`: `ready` will say when it is connected. False: no room in epoll;
 * the descriptor is closed. */
bool conn_open(struct conn *conn, struct loop *loop, struct slabs *slabs, int fd, bool connecting);

/* Moves an open connection to another place, which keeps its own operations. */
void conn_move(struct conn *to, struct conn *from);

/* Begins a handshake, as server or client as `ssl` was told; takes the reference over. */
void conn_secure(struct conn *conn, SSL *ssl);

/* Bytes read, or one of the results above. After CONN_WAIT `readable` will be called again. */
ssize_t conn_read(struct conn *conn, char *bytes, size_t room);

/* Bytes that the descriptor has, whatever they mean: 0 at the end, -1 with errno. Notes whether there may be
 * more. For conn_bio.h. */
ssize_t conn_receive(struct conn *conn, char *bytes, size_t room);

/* Looks at what has come without taking it (plain connections). */
ssize_t conn_peek(struct conn *conn, char *bytes, size_t room);

/* Whether the peer has left, and nothing of what it sent before is unread; of a broken connection, whatever is. */
bool conn_is_gone(struct conn *conn);

/* Reads on in the next turn of the loop, if there may be something. */
void conn_resume(struct conn *conn);

/* Queues bytes without sending them: the head of a message waits for its first piece of body. */
static inline void conn_queue(struct conn *conn, const char *bytes, size_t len)
{
	queue_add(conn->slabs, &conn->out, bytes, len);
}

/* Sends what waits and the pieces behind it; what is not taken waits. False: broken, which `broken` will
 * say in the next turn. */
bool conn_send(struct conn *conn, const struct iovec *pieces, int count);

static inline bool conn_flush(struct conn *conn)
{
	return !conn->out.bytes || conn_send(conn, NULL, 0);
}

/* Whether more should be made now; if not, `drained` will be called. */
static inline bool conn_has_room(struct conn *conn)
{
	if (conn->out.bytes < CONN_HIGH)
		return true;
	conn->high = true;
	return false;
}

/* Says the end to the peer once everything is sent; reading goes on. */
void conn_shut(struct conn *conn);

/* Closes at once. With `reset` the peer is told that it was no orderly end. */
void conn_close(struct conn *conn, bool reset);

#endif
