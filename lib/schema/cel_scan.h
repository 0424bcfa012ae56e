/* cel_scan.h - texts as Go's standard library reads them, for the functions of CEL.
 */
#ifndef SCHEMA_CEL_SCAN_H
#define SCHEMA_CEL_SCAN_H

#include "base/str.h"

/* time.ParseDuration: "1h15m30.5s", in nanoseconds. False for anything else, and beyond int64. */
bool cel_scan_duration(struct str text, int64_t *nanoseconds);

/* A finite decimal number. */
bool cel_scan_double(struct str text, double *value);

struct cel_url {
	struct str scheme, host, hostname, port; /* slices of the text; empty when absent */
};

/* url.ParseRequestURI, and as Kubernetes adds: absolute with a host-like part, or an absolute path. */
bool cel_scan_url(struct str text, struct cel_url *url);

/* Without white space, Unicode's included, at both ends. */
struct str cel_trim(struct str text);

#endif
