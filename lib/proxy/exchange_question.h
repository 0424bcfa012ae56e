/* exchange_question.h - another server is asked about a request before its backend is. Private to exchange_*.c.
 *
 * The question is an exchange of its own, whose front keeps the answer. Whatever goes wrong is no verdict.
 */
#ifndef PROXY_EXCHANGE_QUESTION_H
#define PROXY_EXCHANGE_QUESTION_H

#include "base/buf.h"
#include "proxy/exchange.h"

struct question {
	struct front front; /* first */
	struct exchange *about;
	struct exchange *exchange;
	const void *guard;  /* of whoever asks; NULL: none, and the built-in echo may answer */
	struct head answer; /* in the arena of `about` */
	struct buf body;
	bool answered;
	bool grpc_ok; /* with the status OK of gRPC */
	/* The answer is there, or there is none (answered: false); `exchange` waits for what becomes of it. */
	void (*verdict)(struct exchange *exchange, struct question *question);
};

/* A question about an exchange, which waits from now on. Its exchange's `ask` is the caller's, then it is sent. */
struct question *question_new(struct exchange *about, const struct route_backend *to,
			      const void *guard,
			      void (*verdict)(struct exchange *, struct question *));
void question_send(struct question *question, struct str body);

/* The question is what the client is answered. */
void question_pass_on(struct exchange *exchange, struct question *question, const char *why);

bool question_lists(const struct str *names, size_t count, struct str name);

#endif
