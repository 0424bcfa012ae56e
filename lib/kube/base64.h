/* base64.h - RFC 4648 section 4, as the API server reads Secret data. */
#ifndef KUBE_BASE64_H
#define KUBE_BASE64_H

#include <stdbool.h>

#include "base/str.h"

struct arena;

/* Decodes into the arena; line ends are skipped, as Go does. False when the text is not base64. */
bool kube_base64_decode(struct arena *arena, struct str text, struct str *bytes);

#endif
