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

void diff_metrics_stop(struct diff_metrics *metrics);

#endif
