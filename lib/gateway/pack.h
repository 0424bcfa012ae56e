/* pack.h - routes as few bytes, for runs that look at many and at each of them only for a moment.
 *
 * A view of a route (api.h) takes kilobytes, most of them padding, pointers and absent fields. Packed, it
 * is what the file said: numbers of one or two bytes, places as the distance from the place before, and
 * texts, of which those that come again and again (namespaces, kinds, parents) stand in a table once.
 * Nothing is lost: what is unpacked has every field of what was packed but `order` and `doubts` of
 * the metadata, which nobody asks of routes.
 */
#ifndef GATEWAY_PACK_H
#define GATEWAY_PACK_H

#include "gateway/api.h"

/* One writer at a time; any number of readers when nobody writes. */
struct gateway_packs;

/* An empty table of texts in `arena`, which also owns what is packed. */
struct gateway_packs *gateway_packs_new(struct arena *arena);

/* The bytes of a route, in the arena of the packs. */
const unsigned char *gateway_pack(struct gateway_packs *packs, const struct gateway_route *route);

/* The route in `arena`. Its texts are slices of the packs, without NUL, and live as long as those. */
struct gateway_route *gateway_unpack(const struct gateway_packs *packs, const unsigned char *bytes,
				     struct arena *arena);

/* Namespace and name of a packed route; they live as long as the packs. */
void gateway_packed_name(const struct gateway_packs *packs, const unsigned char *bytes,
			 struct str *namespace, struct str *name);

/* Bytes handed out so far, the table of texts included: for tests and measuring. */
size_t gateway_packs_size(const struct gateway_packs *packs);

#endif
