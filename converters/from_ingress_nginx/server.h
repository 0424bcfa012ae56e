/* server.h - servers and locations while they are built: server.c seen from the files that it is made of.
 *
 *   server.c     rules of Ingresses -> servers and locations
 *   upstream.c   Services -> who makes an upstream
 *   merge.c      canaries -> the locations that they are merged into
 *   alias.c      server-alias
 */
#ifndef FROM_INGRESS_NGINX_SERVER_H
#define FROM_INGRESS_NGINX_SERVER_H

#include "converters/from_ingress_nginx/nginx.h"

/* ---- server.c ---- */

/* The server of a host, in any case; it is made when there is none. */
struct nginx_server *nginx_server_get(struct nginx *nginx, struct str host);

/* Notes that an Ingress has a rule for the host; they come one after the other. */
void nginx_add_owner(struct nginx *nginx, struct nginx_server *server,
		     struct nginx_ingress *ingress);

/* What a location is called in nginx_server.seen. */
struct str nginx_seen_key(struct arena *arena, const struct nginx_location *location);

/* Path `p` of rule `r` as a location, which no server has yet. */
struct nginx_location nginx_location_at(struct nginx *nginx, struct nginx_ingress *ingress,
					size_t r, size_t p);

/* Gives the server a location, or says and marks why it gets none. */
void nginx_add_location(struct nginx *nginx, struct nginx_server *server,
			struct nginx_location location);

/* I2G234 for a rule without paths. */
void nginx_note_empty_rule(struct nginx *nginx, struct nginx_ingress *ingress, size_t r);

/* ---- upstream.c ---- */

/* "namespace/service/port" of the backend of a location. */
struct str nginx_upstream_key(struct arena *arena, const struct nginx_location *location);

/* Fills `makers`, when there are canaries. */
void nginx_find_makers(struct nginx *nginx);

/* Whether Service and port are the same, in one namespace. */
bool nginx_same_backend(const struct kube_backend *a, const struct kube_backend *b);

/* Whether the input does not say that the maker of the location's upstream was there first. */
bool nginx_is_undecided(const struct nginx_ingress *maker, const struct nginx_location *location);

/* Holds a path back whose Service is that of an older canary (I2G327). */
void nginx_hold_shared(struct nginx *nginx, struct nginx_location *location);

/* Counts a location for nginx_upstream_users(). */
void nginx_count_upstream(struct nginx *nginx, const struct nginx_location *location);

/* ---- merge.c ---- */

/* Paths of a canary whose Service another Ingress has made its own: locations like others, held back (I2G327). */
void nginx_serve_taken(struct nginx *nginx, struct nginx_ingress *ingress);

/* Merges the paths of a canary, and its default backend, into locations; says which are merged into none. */
void nginx_attach_canaries(struct nginx *nginx, struct nginx_ingress *ingress);

/* Marks keys that a canary has no use for, and canary keys of what is none (I2G125). */
void nginx_note_canary_keys(struct nginx *nginx, const struct nginx_ingress *ingress);

/* ---- alias.c ---- */

/* Fills `aliases` of a server, and the maps of all aliases. */
void nginx_find_aliases(struct nginx *nginx, struct nginx_server *server);

/* Marks a server with a wildcard host that an alias takes all requests of. */
void nginx_eclipse(struct nginx *nginx, struct nginx_server *server);

#endif
