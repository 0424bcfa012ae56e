/* name.h - names of what is written: stable, unique, legal, and equal to ingress2gateway's where
 * those are unique (people have them in their Git history). */
#ifndef GATEWAY_NAME_H
#define GATEWAY_NAME_H

#include "base/map.h"
#include "base/str.h"

struct arena;

/* "shop.example.com" -> "shop-example-com"; "" and "*" -> "all-hosts"; "*.example.com" ->
 * "wildcard-example-com" (ingress2gateway: "example-com", which collides with the apex). */
struct str name_from_host(struct arena *arena, struct str host);

/* Joins the parts with "-" (empty parts are left out), makes it a DNS-1123 subdomain, and cuts it to
 * `most` characters: what is cut off is replaced by "-" and 8 hex digits of its hash. */
struct str name_join(struct arena *arena, unsigned most, struct str first, struct str second,
		     struct str third);

/* Hands out names once. The same wish for a different `identity` gets a hash of the identity
 * appended; the same identity always gets the same name, whatever the order of the wishes was, as
 * long as all wishes are known to names_wish() before the first names_get(). */
struct names {
	struct arena *arena;
	struct map wishes; /* wish -> its identity, or a mark when several had it */
	struct map given;  /* names with a hash -> identity */
};

void names_init(struct names *names, struct arena *arena);
void names_wish(struct names *names, struct str wish, struct str identity);

/* The same for an identity that wishes nothing twice: then it need not be known yet. False when another
 * one had the wish. */
bool names_wish_once(struct names *names, struct str wish);
struct str names_get(struct names *names, unsigned most, struct str wish, struct str identity);

/* Whether only one identity had the wish / the name that a shared wish gets: for families of names
 * (parts "x", "x-02") that must change together. */
bool names_unique(const struct names *names, struct str wish);
struct str names_hashed(struct names *names, unsigned most, struct str wish, struct str identity);

/* Whether the text is a DNS-1123 subdomain of at most 253 characters / a label of at most 63. */
bool name_is_subdomain(struct str name);
bool name_is_label(struct str name);

/* Whether Gateway API takes it as listener or route hostname: a subdomain, or "*." and one. */
bool name_is_hostname(struct str name);

/* The wildcard that a request goes to where nothing has the name: "*.b.c" for "a.b.c" and for "*.a.b.c", ""
 * (every host) for what has no dot left. From the arena. */
struct str name_wildcard_above(struct arena *arena, struct str name);

#endif
