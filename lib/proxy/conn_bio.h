/* conn_bio.h - the descriptor of a connection, as OpenSSL reads and writes it. */
#ifndef PROXY_CONN_BIO_H
#define PROXY_CONN_BIO_H

#include <openssl/types.h>

struct conn;

/* Reads and writes conn->watch.fd. Unlike OpenSSL's own it keeps conn->readable up to date: a read that got less
 * than there was room for has emptied the socket, and none is needed to find that out. The connection stays the
 * caller's. */
BIO *conn_bio_new(struct conn *conn);

/* The connection is at another address now. */
void conn_bio_move(BIO *bio, struct conn *conn);

#endif
