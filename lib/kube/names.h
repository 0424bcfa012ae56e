/* names.h - the name formats of Kubernetes, with the words of the API server for what is wrong.
 */
#ifndef KUBE_NAMES_H
#define KUBE_NAMES_H

#include "base/str.h"

/* What is wrong with a name, as the API server says it; NULL when it is a DNS-1123 label of at most 63
 * characters / subdomain of at most 253 / DNS-1035 label / label value / qualified name. */
const char *names_wrong_label(struct str name);
const char *names_wrong_subdomain(struct str name);
const char *names_wrong_1035_label(struct str name);
const char *names_wrong_label_value(struct str value);
const char *names_wrong_qualified(struct str name);

/* An address in the form that Go's netip parses, without zone. */
bool names_is_ipv4(struct str text);
bool names_is_ipv6(struct str text);
/* "10.0.0.0/8" */
bool names_is_cidr(struct str text);

#endif
