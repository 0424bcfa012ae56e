/* grammar.h - what the parts of a message are made of, for every version of HTTP. Private to lib/proxy. */
#ifndef PROXY_GRAMMAR_H
#define PROXY_GRAMMAR_H

#include "base/str.h"
#include "proxy/scan.h"
#include "route/request.h"

enum {
	GRAMMAR_TOKEN = 1, /* tchar (RFC 9110 5.6.2): methods, field names */
	GRAMMAR_TARGET =
		2, /* what a request target may hold: printable ASCII without "#". RFC 3986 leaves
	                       out some more (quotes, braces, "|", "^"), which browsers do send in queries */
	GRAMMAR_VALUE = 4, /* field values: printable, SP, HTAB, octets above 0x7f (RFC 9110 5.5) */
	GRAMMAR_HOST =
		8, /* host names: unreserved (RFC 3986 2.3). Sub-delimiters and triplets, which
	                       reg-name has as well, occur in no DNS name and mean trouble */
	GRAMMAR_HEX = 16,
};
extern const uint8_t grammar_classes[256];

static inline bool grammar_is(char c, unsigned classes)
{
	return (grammar_classes[(unsigned char)c] & classes) != 0;
}

bool grammar_all(struct str s, unsigned classes);
bool grammar_is_token(struct str s);
bool grammar_is_value(struct str s);

/* Decimal digits and nothing else, at most INT64_MAX. */
bool grammar_number(struct str s, uint64_t *value);

/* host [":" port], without user information; an address of IPv6 in brackets. */
bool grammar_is_authority(struct str s);

/* Path and query of origin-form, all GRAMMAR_TARGET already: begins with "/"; in the path there is no
 * backslash, which some backends read as "/", no broken percent triplet, and no %00. */
bool grammar_is_path(struct str target);

#endif
