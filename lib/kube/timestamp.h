/* timestamp.h - timestamps of the API server. Private to lib/kube. */
#ifndef KUBE_TIMESTAMP_H
#define KUBE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* RFC 3339 ("2024-02-29T08:00:00Z", with fraction or offset) to seconds since 1970; a fraction is cut.
 * False when it is no such text. */
bool kube_timestamp_parse(struct str text, int64_t *seconds);

#endif
