/* side.h - the source side of ingress-nginx: Ingresses as the nginx configuration they become.
 *
 * An oracle of the conversion: it shares with it how values of annotations and options are read
 * (settings.c, config.c, needs.c), and nothing of what the conversion makes of them. It goes by the
 * controller's createServers(), getBackendServers() and template.
 *
 *   side.c           the whole of it
 *   side_servers.c   servers, locations, upstreams, canaries
 *   side_entries.c   regex mode, names of locations, aliases, www
 *   side_settings.c  annotations -> what a location does
 *   side_lists.c     addresses, CORS, header edits
 *   side_pages.c     error pages, default-backend, block lists, the session cookie
 *   side_policy.c    limits, guards: what is compared and not decided
 *   side_guards.c    how guards are carried out
 *   side_raw.c       snippets, as far as they are understood
 *   side_gaps.c      what is not simulated
 *   side_tls.c       certificates, client certificates, TLS towards backends
 */
#ifndef FROM_INGRESS_NGINX_SIDE_H
#define FROM_INGRESS_NGINX_SIDE_H

#include "converters/from_ingress_nginx/nginx.h"
#include "route/guards.h"
#include "route/ngx.h"

/* An upstream while the table is built. */
struct side_upstream {
	struct ngx_upstream made;
	uint32_t port;                     /* as the first Ingress gives it */
	const struct nginx_ingress *maker; /* a canary: no location gets it ("NoServer") */
	struct ngx_canary canary;          /* then: its rules */
	struct side_upstream *alternative; /* the first that was merged into it */
	bool deleted; /* no location was found for a canary with it, so it is nobody's alternative */
	const struct nginx_ingress *session; /* the newest with affinity: its cookie; NULL: none */
};

/* One path of a server, as the controller holds it before it writes the template. */
struct side_location {
	struct nginx_ingress *owner;
	struct str path;
	bool exact;
	bool is_default;                /* the "/" that the controller makes for a host */
	bool bare;                      /* redirect and rewrite of the owner do not apply */
	struct side_upstream *upstream; /* NULL: the controller's default backend */
	size_t arrival;
	struct route_place place;
	struct route_place
		canary; /* that has its host, path and type, whether it gets anything or not */
};

struct side_server {
	struct str name;
	struct side_location **locations;
	size_t location_count;
	struct map seen;               /* "E/path", "P/path" -> struct side_location * */
	struct nginx_ingress **owners; /* Ingresses with a rule for the host, oldest first */
	size_t owner_count;
	struct nginx_ingress **namers; /* the same with canaries */
	size_t namer_count;
	struct ngx_server *made;
};

struct side {
	struct nginx nginx;
	struct arena *own; /* until the table is made */
	struct ngx_table *table;
	struct side_server **servers;
	size_t server_count;
	struct map server_map; /* name -> struct side_server * */
	struct map aliases;    /* alias -> struct side_server *, the last that lists it */
	struct map upstreams;  /* "ns/service/port" -> struct side_upstream * */
	struct map settings;   /* address of an Ingress -> struct ngx_settings * */
	struct map policies;   /* the same, and whether global-auth-url applies */
};

/* Ingress, rule and path of a place. */
struct route_place side_place(const struct nginx_ingress *owner, int rule, int path,
			      struct span span);

/* Builds servers of all live Ingresses, then their locations and canaries. */
void side_build_servers(struct side *side);

/* Writes the entries of all servers into the table. */
void side_write_entries(struct side *side);

/* What the locations of an Ingress do. `bare`: without redirect and rewrite. `server_tls`: whose
 * proxy-ssl settings stand in the server, or NULL. Never NULL. */
const struct ngx_settings *side_settings(struct side *side, const struct nginx_ingress *owner,
					 bool bare, const struct nginx_ingress *server_tls);

/* Redirect to HTTPS of a location with that path. */
enum ngx_https side_https(const struct side *side, const struct nginx_ingress *owner,
			  struct str path);

/* Limits and guards of a location by that name. `server_snippet`: the first Ingress of the host that has
 * one, or NULL. Never NULL. */
const struct route_policy *side_policy(struct side *side, const struct side_location *location,
				       const struct nginx_ingress *server_snippet, struct str name);

/* block-user-agents, block-referers, block-cidrs and custom-http-errors of the ConfigMap, into the table. */
void side_read_lists(struct side *side);

/* The Service of default-backend; NULL when there is none that can be asked. */
const struct route_backend *side_default_backend(struct side *side,
						 const struct nginx_ingress *owner);

/* custom-http-errors of an Ingress; NULL: none of its own. */
const struct route_pages *side_pages(struct side *side, const struct nginx_ingress *owner);

/* Those that replace answers of the backend too. `own`: what side_pages() made; NULL: none are. */
const struct route_pages *side_intercepts(const struct side *side,
					  const struct nginx_ingress *owner,
					  const struct route_pages *own);

/* Headers that tell a page which location failed. */
struct route_edits side_names(struct side *side, const struct side_location *location);

/* The cookie that a location sets; NULL: none. */
const struct route_session *side_session(struct side *side, const struct side_location *location);

/* Only "cookie" is valid. */
static inline bool side_has_affinity(const struct nginx_ingress *owner)
{
	return nginx_text(owner, "affinity").len > 0;
}

/* What carries the guards of an Ingress out; NULL: nothing can. `exempt`: from authentication; `global_auth`: the
 * controller's own URL is asked. */
const struct route_guards *side_guards(struct side *side, const struct nginx_ingress *owner,
				       const struct route_raw *raw, bool exempt, bool global_auth);

/* Adds what raw configuration does. False when there is something in it that is not understood. */
bool side_raw_read(struct side *side, struct str text, struct route_raw *raw);

/* What the snippets of an Ingress, and the server's, do; NULL: nothing that is understood. */
const struct route_raw *side_raw(struct side *side, const struct nginx_ingress *owner,
				 const struct nginx_ingress *server_snippet);

/* Parses a comma list of addresses and networks into the table. */
void side_networks(struct side *side, struct str list, const struct route_network **networks,
		   size_t *count);
const struct ngx_cors *side_cors(struct side *side, const struct nginx_ingress *owner);

/* What the controller believes of clients. */
void side_trust(struct side *side);

/* Header edits of an Ingress: towards the backend, and on answers without and with HTTPS. */
void side_headers(struct side *side, const struct nginx_ingress *owner,
		  struct ngx_settings *settings);

/* Says what the table does not simulate. */
void side_find_gaps(struct side *side);

void side_find_certificates(struct side *side);
const struct route_backend_tls *side_backend_tls(struct side *side,
						 const struct nginx_ingress *owner,
						 const struct nginx_ingress *server_tls);

/* Whose proxy-ssl settings the controller puts into the server: NULL for none. */
const struct nginx_ingress *side_server_tls(const struct side *side,
					    const struct side_server *server);

/* The table of a run; struct provider's `side`. */
struct route_table *nginx_side(struct provider_run *run);

#endif
