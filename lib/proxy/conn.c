#include "proxy/conn.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "proxy/conn_bio.h"

enum { PIECES = 16, RECORD = 16 * 1024 };

static void fail(struct conn *conn)
{
	conn->failed = true;
	queue_clear(conn->slabs, &conn->out);
	loop_post(conn->loop, &conn->again);
}

/* ---- TLS ---- */

static void shake(struct conn *conn)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(conn->ssl);
	if (result == 1) {
		conn->shaking = false;
		conn->readable = true;
		conn->ops->ready(conn);
		return;
	}
	switch (SSL_get_error(conn->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		conn->readable = false;
		break;
	case SSL_ERROR_WANT_WRITE:
		conn->writable = false;
		break;
	default:
		fail(conn);
	}
}

void conn_secure(struct conn *conn, SSL *ssl)
{
	BIO *bio = conn_bio_new(conn);

	conn->ssl = ssl;
	conn->shaking = true;
	SSL_set_bio(ssl, bio, bio);
	SSL_set_read_ahead(ssl, 1); /* head and body of a record in one read */
	SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	if (!conn->connecting)
		shake(conn);
}

static ssize_t read_secure(struct conn *conn, char *bytes, size_t room)
{
	int got;

	ERR_clear_error();
	got = SSL_read(conn->ssl, bytes, room > INT32_MAX ? INT32_MAX : (int)room);
	if (got > 0) {
		conn->received += (uint64_t)got;
		conn->readable |= SSL_has_pending(conn->ssl) == 1;
		return got;
	}
	switch (SSL_get_error(conn->ssl, got)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		conn->readable = false;
		return CONN_WAIT;
	case SSL_ERROR_ZERO_RETURN:
		return CONN_END;
	default: /* also an end without close_notify: a body may be cut there (RFC 8446 6.1) */
		return CONN_BROKEN;
	}
}

/* Number of bytes taken; 0: none now; -1: broken. */
static ssize_t write_secure(struct conn *conn, const char *bytes, size_t len)
{
	int sent;

	ERR_clear_error();
	sent = SSL_write(conn->ssl, bytes, len > RECORD ? RECORD : (int)len);
	if (sent > 0)
		return sent;
	switch (SSL_get_error(conn->ssl, sent)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		conn->writable = false;
		return 0;
	default:
		return -1;
	}
}

/* ---- reading ---- */

ssize_t conn_receive(struct conn *conn, char *bytes, size_t room)
{
	ssize_t got;

	do
		got = recv(conn->watch.fd, bytes, room, 0);
	while (got < 0 && errno == EINTR);
	/* Less than there was room for: the socket is empty, and the next edge is announced, unless the end is
	 * there as well. */
	if (got > 0)
		conn->readable = (size_t)got == room || conn->hangup;
	else if (got < 0 && errno == EAGAIN)
		conn->readable = false;
	return got;
}

ssize_t conn_read(struct conn *conn, char *bytes, size_t room)
{
	ssize_t got;

	if (!conn->readable || conn->shaking || conn->connecting)
		return CONN_WAIT;
	if (conn->ssl)
		return read_secure(conn, bytes, room);
	got = conn_receive(conn, bytes, room);
	if (got > 0)
		conn->received += (uint64_t)got;
	if (got >= 0)
		return got; /* 0 is CONN_END */
	return errno == EAGAIN ? CONN_WAIT : CONN_BROKEN;
}

ssize_t conn_peek(struct conn *conn, char *bytes, size_t room)
{
	ssize_t got = recv(conn->watch.fd, bytes, room, MSG_PEEK);

	if (got >= 0)
		return got;
	return errno == EAGAIN || errno == EINTR ? CONN_WAIT : CONN_BROKEN;
}

static bool is_gone_secure(struct conn *conn)
{
	char byte;
	int got;

	ERR_clear_error();
	got = SSL_peek(conn->ssl, &byte, 1);
	if (got > 0)
		return false;
	got = SSL_get_error(conn->ssl, got);
	return got != SSL_ERROR_WANT_READ && got != SSL_ERROR_WANT_WRITE;
}

bool conn_is_gone(struct conn *conn)
{
	char byte;
	ssize_t got;

	if (conn->lost || !conn->hangup || conn->shaking)
		return conn->lost;
	if (conn->ssl)
		return is_gone_secure(conn);
	got = conn_peek(conn, &byte, 1);
	return got == CONN_END || got == CONN_BROKEN;
}

void conn_resume(struct conn *conn)
{
	if (conn->readable && !conn->failed && conn->watch.ready)
		loop_post(conn->loop, &conn->again);
}

/* ---- writing ---- */

static int gather(const struct conn *conn, const struct iovec *pieces, int count,
		  struct iovec all[static PIECES])
{
	int used = 0;

	for (struct slab *slab = conn->out.first; slab && used < PIECES; slab = slab->next)
		all[used++] = (struct iovec){slab->bytes + slab->from, slab->to - slab->from};
	for (int i = 0; i < count && used < PIECES; i++)
		all[used++] = pieces[i];
	return used;
}

/* Sends some of what is there; -1: broken, 0: nothing now. */
static ssize_t write_plain(struct conn *conn, const struct iovec *pieces, int count)
{
	struct iovec all[PIECES];
	struct msghdr message = {.msg_iov = all};
	ssize_t sent;
	size_t wanted = 0;

	message.msg_iovlen = (size_t)gather(conn, pieces, count, all);
	for (size_t i = 0; i < message.msg_iovlen; i++)
		wanted += all[i].iov_len;
	do
		sent = sendmsg(conn->watch.fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) {
		conn->writable = (size_t)sent == wanted;
		return sent;
	}
	conn->writable = false;
	return errno == EAGAIN ? 0 : -1;
}

static bool send_plain(struct conn *conn, const struct iovec *pieces, int count)
{
	ssize_t sent = write_plain(conn, pieces, count);
	size_t rest;

	if (sent < 0)
		return false;
	conn->sent += (uint64_t)sent;
	rest = (size_t)sent;
	if (rest < conn->out.bytes) {
		queue_drop(conn->slabs, &conn->out, rest);
		rest = 0;
	} else {
		rest -= conn->out.bytes;
		queue_clear(conn->slabs, &conn->out);
	}
	for (int i = 0; i < count; i++) {
		size_t skip = rest < pieces[i].iov_len ? rest : pieces[i].iov_len;

		rest -= skip;
		queue_add(conn->slabs, &conn->out, (const char *)pieces[i].iov_base + skip,
			  pieces[i].iov_len - skip);
	}
	return true;
}

/* Records are made of whole slabs; a large piece need not be copied into them. */
static bool send_secure(struct conn *conn)
{
	while (conn->out.first && conn->writable) {
		struct slab *slab = conn->out.first;
		ssize_t sent = write_secure(conn, slab->bytes + slab->from, slab->to - slab->from);

		if (sent < 0)
			return false;
		conn->sent += (uint64_t)sent;
		queue_drop(conn->slabs, &conn->out, (size_t)sent);
	}
	return true;
}

static bool send_some(struct conn *conn, const struct iovec *pieces, int count)
{
	bool waits = !conn->writable || conn->shaking || conn->connecting;

	if (!waits && !conn->ssl) {
		bool ok = send_plain(conn, pieces, count);

		while (ok && conn->out.bytes && conn->writable)
			ok = send_plain(conn, NULL, 0);
		return ok;
	}
	for (int i = 0; i < count; i++)
		queue_add(conn->slabs, &conn->out, pieces[i].iov_base, pieces[i].iov_len);
	return waits || send_secure(conn);
}

static void finish_shut(struct conn *conn)
{
	if (conn->ssl)
		SSL_shutdown(conn->ssl);
	shutdown(conn->watch.fd, SHUT_WR);
}

bool conn_send(struct conn *conn, const struct iovec *pieces, int count)
{
	if (conn->failed || !conn->watch.ready)
		return false;
	if (!send_some(conn, pieces, count)) {
		fail(conn);
		return false;
	}
	/* No event will say so when the socket took everything at once. */
	if (conn->high && conn->out.bytes <= CONN_LOW)
		loop_post(conn->loop, &conn->again);
	if (conn->closing && !conn->out.bytes)
		finish_shut(conn);
	return true;
}

void conn_shut(struct conn *conn)
{
	if (conn->closing || conn->failed || !conn->watch.ready)
		return;
	conn->closing = true;
	conn_send(conn, NULL, 0);
}

/* ---- events ---- */

static void connected(struct conn *conn)
{
	int why = 0;
	socklen_t len = sizeof why;

	if (getsockopt(conn->watch.fd, SOL_SOCKET, SO_ERROR, &why, &len) != 0 || why) {
		fail(conn);
		return;
	}
	conn->connecting = false;
	if (conn->ssl)
		shake(conn);
	else
		conn->ops->ready(conn);
}

/* Whether the connection is still there. */
static bool is_open(const struct conn *conn)
{
	return conn->watch.ready != NULL;
}

static void say_drained(struct conn *conn)
{
	if (!conn->high || conn->out.bytes > CONN_LOW)
		return;
	conn->high = false;
	conn->ops->drained(conn);
}

static void on_event(struct watch *watch, unsigned events)
{
	struct conn *conn = (struct conn *)watch;

	conn->readable |= (events & (LOOP_READ | LOOP_HANGUP | LOOP_ERROR)) != 0;
	conn->hangup |= (events & LOOP_HANGUP) != 0;
	conn->lost |= (events & LOOP_ERROR) != 0;
	conn->writable |= (events & (LOOP_WRITE | LOOP_ERROR)) != 0;
	if (conn->failed)
		return;
	if (conn->connecting) {
		if (events & (LOOP_WRITE | LOOP_ERROR | LOOP_HANGUP))
			connected(conn);
	} else if (conn->shaking) {
		shake(conn);
	}
	if (!is_open(conn) || conn->failed || conn->connecting || conn->shaking)
		return;
	if (conn->writable && conn_flush(conn))
		say_drained(conn);
	if (is_open(conn) && conn->readable)
		conn->ops->readable(conn);
}

static void on_again(struct task *task)
{
	struct conn *conn = (struct conn *)((char *)task - offsetof(struct conn, again));

	if (conn->failed) {
		conn->ops->broken(conn);
		return;
	}
	say_drained(conn);
	if (is_open(conn) && conn->readable && !conn->shaking && !conn->connecting)
		conn->ops->readable(conn);
}

bool conn_open(struct conn *conn, struct loop *loop, struct slabs *slabs, int fd, bool connecting)
{
	const struct conn_ops *ops = conn->ops;

	*conn = (struct conn){.watch = {fd, on_event},
			      .loop = loop,
			      .slabs = slabs,
			      .ops = ops,
			      .again = {.run = on_again},
			      .writable = true,
			      .connecting = connecting};
	if (loop_add(loop, &conn->watch))
		return true;
	loop_close(loop, &conn->watch);
	return false;
}

void conn_move(struct conn *to, struct conn *from)
{
	const struct conn_ops *ops = to->ops;

	loop_cancel(from->loop, &from->again);
	*to = *from;
	to->ops = ops;
	if (to->ssl)
		conn_bio_move(SSL_get_rbio(to->ssl), to);
	from->watch = (struct watch){-1, NULL};
	from->ssl = NULL;
	from->out = (struct queue){0};
	to->readable = true;
	loop_moved(to->loop, &to->watch);
	loop_post(to->loop, &to->again);
}

void conn_close(struct conn *conn, bool reset)
{
	const struct linger at_once = {.l_onoff = 1};

	if (!is_open(conn))
		return;
	if (reset && !conn->ssl)
		setsockopt(conn->watch.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	if (conn->ssl && !reset && !conn->shaking && !conn->failed && !conn->closing)
		SSL_shutdown(conn->ssl);
	SSL_free(conn->ssl);
	conn->ssl = NULL;
	loop_cancel(conn->loop, &conn->again);
	queue_clear(conn->slabs, &conn->out);
	loop_close(conn->loop, &conn->watch);
}
