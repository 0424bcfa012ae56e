/* diff_values.h - the flags of diff, and what they come to.
 */
#ifndef CLI_DIFF_VALUES_H
#define CLI_DIFF_VALUES_H

#include "cli/cli.h"
#include "cli/outputs.h"
#include "compare/ask.h"
#include "compare/requests.h"

/* As they are given: a text or a list for each flag, NULL or empty where it is not. */
struct diff_values {
	struct texts live, candidate, against, backends;
	struct texts requests, methods, headers, ignore, ignore_headers, outputs;
	const char *requests_format, *request_host, *sample, *seed, *shard;
	const char *rate, *concurrency, *timeout, *retries, *max_time, *max_errors;
	const char *ca, *certificate, *key, *backend_header, *live_log;
	const char *record, *replay, *every, *admin;
	bool unsafe_methods, insecure, http2, yes, merge;
};

extern const struct flag_group diff_group, diff_request_group, diff_answer_group;

/* What they come to, but for the targets. */
struct diff_request {
	struct ask_options ask;
	struct choose_options choose;
	struct requests_options reading;
	struct ignore *ignore;
	struct outputs outputs;
	int64_t every_ms; /* 0: once */
	double rate;      /* of each side (pace.h); -1: it depends on who is asked */
	uint64_t seed;
};

/* Checks the values. False after a message. Texts live in the arena. */
bool diff_values_read(struct diff_request *request, const struct diff_values *values,
		      struct cli *cli);

#endif
