/* diff_metrics.h - what diff --every has seen, as Prometheus text: /metrics, and /healthz.
 */
#ifndef CLI_DIFF_METRICS_H
#define CLI_DIFF_METRICS_H

#include "base/error.h"
#include "compare/diff.h"

struct diff_metrics;

/* Answers at the address ("127.0.0.1:9902") from a thread of its own. NULL with a sentence. */
struct diff_metrics *diff_metrics_start(struct str address, struct error *error);

/* A round ended. NULL is allowed, here and below. */
void diff_metrics_round(struct diff_metrics *metrics, const struct diff_run *run);

/* Where it answers: "127.0.0.1:9902", with the port that the system chose when none was given. */
const char *diff_metrics_address(const struct diff_metrics *metrics);

/* Ends the thread, which is waited for, and frees. */
void diff_metrics_stop(struct diff_metrics *metrics);

#endif
