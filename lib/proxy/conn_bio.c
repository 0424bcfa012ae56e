#include "proxy/conn_bio.h"

#include <errno.h>
#include <openssl/bio.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/bug.h"
#include "proxy/conn.h"

static BIO_METHOD *method;

/* 1: done; 0: not now, or never again. */
static int result_of(BIO *bio, ssize_t count, int retry, size_t *done)
{
	if (count > 0) {
		*done = (size_t)count;
		return 1;
	}
	if (count < 0 && errno == EAGAIN)
		BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
	return 0;
}

static int take(BIO *bio, char *bytes, size_t room, size_t *done)
{
	struct conn *conn = BIO_get_data(bio);
	ssize_t got = conn_receive(conn, bytes, room);

	BIO_clear_retry_flags(bio);
	return result_of(bio, got, BIO_FLAGS_READ, done);
}

static int put(BIO *bio, const char *bytes, size_t len, size_t *done)
{
	const struct conn *conn = BIO_get_data(bio);
	ssize_t sent;

	BIO_clear_retry_flags(bio);
	do
		sent = send(conn->watch.fd, bytes, len, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return result_of(bio, sent, BIO_FLAGS_WRITE, done);
}

static long control(BIO *bio, int what, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return what == BIO_CTRL_FLUSH; /* nothing is held back; and nothing else is known here */
}

static void make_method(void)
{
	method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR,
			      "connection");
	if (!method || !BIO_meth_set_read_ex(method, take) || !BIO_meth_set_write_ex(method, put) ||
	    !BIO_meth_set_ctrl(method, control))
		bug_out_of_memory(sizeof(void *));
}

BIO *conn_bio_new(struct conn *conn)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	BIO *bio;

	pthread_once(&once, make_method);
	bio = BIO_new(method);
	if (!bio)
		bug_out_of_memory(sizeof(void *));
	conn_bio_move(bio, conn);
	BIO_set_init(bio, 1);
	return bio;
}

void conn_bio_move(BIO *bio, struct conn *conn)
{
	BIO_set_data(bio, conn);
}
