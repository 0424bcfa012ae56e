/* transfer.h - one request of libcurl, and the answer that is put together from it. Private to ask*.c. */
#ifndef COMPARE_TRANSFER_H
#define COMPARE_TRANSFER_H

#include <openssl/evp.h>

#include "compare/ask.h"
#include "compare/ask_tls.h"
#include "compare/curl.h"

/* What all transfers share. */
struct transfer_kit {
	const struct curl_api *curl;
	const struct ask_options *options;
	struct ask_certificates certificates;
	struct curl_slist *live_route, *candidate_route; /* where connections go, by port */
};

enum transfer_state { TRANSFER_IDLE, TRANSFER_WAITING, TRANSFER_UNDER_WAY, TRANSFER_DONE };

struct transfer {
	struct transfer_kit *kit;
	CURL *easy;
	enum transfer_state state;
	bool is_candidate;
	struct transfer *next; /* that waits after this one, while WAITING */
	unsigned tries;        /* that failed */
	unsigned id;           /* 1, 2: which of the probe's questions to this side */
	struct str cookies;    /* sent on top of those of the probe; in `kept` */
	struct arena arena;    /* of the answer; emptied with each one */
	struct arena kept;     /* of the cookies; emptied with each probe */
	struct curl_slist *headers;
	EVP_MD_CTX *hash;
	struct answer answer; /* valid when DONE */
	struct answer_header *list;
	size_t count, room_left; /* bytes of headers that are still taken */
	size_t body_room;
	char *body;
	int64_t zeros, all_zeros; /* of a body: still to be sent; from its beginning */
	char why[CURL_ERROR_SIZE];
};

/* A handle that is idle. The kit must outlive it. False when a library has no memory; finish it in any case. */
bool transfer_init(struct transfer *transfer, struct transfer_kit *kit, bool is_candidate);
void transfer_finish(struct transfer *transfer);

/* Whether a probe can be asked by libcurl at all: a line that would break the request is not sent. */
bool transfer_can_ask(const struct probe *probe);

/* Sets the handle up for a probe; the caller adds it to its multi handle. */
void transfer_begin(struct transfer *transfer, const struct probe *probe);

/* Instead of asking: nothing listens on that port. */
void transfer_refuse(struct transfer *transfer, uint32_t port);

/* Takes the result; false when it failed in a way that another try may mend. */
bool transfer_end(struct transfer *transfer, CURLcode result);

/* Keeps the cookies that the answer set, for the next question of the same client. */
void transfer_keep_cookies(struct transfer *transfer);

#endif
