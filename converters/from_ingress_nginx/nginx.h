/* nginx.h - the ingress-nginx provider, seen from its own files.
 *
 * The controller makes one nginx `server` of every host and one `location` of every path; this
 * provider rebuilds both and then says in the model what each location does. Behaviour is that of
 * controller 1.15 on nginx 1.27, read from its source and measured.
 *
 *   settings.c   annotations -> checked values; which Ingresses the controller drops
 *   features.c   checked values -> features, as far as no theme decides more
 *   findings.c   findings with their places
 *   needs.c      keys that need another key or a Secret
 *   config.c     the ConfigMap
 *   server.c     Ingresses -> servers and locations; regex mode; order (and server.h: upstream.c, merge.c, alias.c)
 *   shadows.c    locations that nginx does not tell apart
 *   tls.c        certificates, redirect to HTTPS
 *   rules.c      locations -> rules of the model
 *   slash.c      paths with a slash at their end: those without
 *   https.c      redirects of plain HTTP
 *   rewrite.c    rewrite-target     redirect.c   permanent-redirect and its relatives
 *   canary.c     canary-*           headers.c    header edits, HSTS
 *   cors.c       cors-*             backend.c    ports, protocols, TLS to the backend, mirrors
 *   auth.c       auth-url, client certificates
 *   traffic.c    session, retry     snippets.c   raw directives
 *   notes.c      what differs for every Ingress: controller defaults
 */
#ifndef FROM_INGRESS_NGINX_NGINX_H
#define FROM_INGRESS_NGINX_NGINX_H

#include "converters/provider.h"

#define NGINX_PREFIX "nginx.ingress.kubernetes.io/"

extern const struct annotation_row ingress_nginx_annotations[];
extern const size_t ingress_nginx_annotation_count;
extern const struct option_row ingress_nginx_options[];
extern const size_t ingress_nginx_option_count;
extern const struct legacy_row ingress_nginx_legacy[];
extern const size_t ingress_nginx_legacy_count;

/* An annotation that is set, known and valid. */
struct nginx_value {
	const struct annotation_row *row;
	const struct kube_pair *pair;
	struct ledger_item *item;
};

struct nginx_ingress {
	const struct ingress_view *view;
	const struct kube_ingress *ingress;
	const struct object_ref *ref; /* what places in the source side point to; else NULL */
	struct nginx_value *values;
	size_t value_count;
	uint64_t keys;                   /* of the values: what nginx_get() need not look for */
	struct model_feature **features; /* shared by all rules of the Ingress */
	size_t feature_count;
	const char *dropped;     /* code: the controller ignores the whole Ingress */
	const char *denied;      /* code: its locations answer 503 */
	const char *host_denied; /* code: its hosts answer 403 */
	const char *held;        /* code: a guard that no feature names could not be converted */
	bool canary;
	bool has_tls;
	unsigned locations; /* of which the controller makes something */
	bool features_used; /* a rule of the model carries them */
	bool auth_used;     /* and those of its authentication */
	bool forwards;      /* it was said that its redirect to HTTPS goes by X-Forwarded-Proto */
	bool cors_read;
	struct model_cors *cors; /* the same for all locations; NULL: none */
	struct nginx_server *
		*servers; /* of its rules; of one without rules that of no host. None of a canary */
	struct nginx_location *room; /* for its locations */
	size_t room_left;
};

struct nginx_location {
	struct nginx_ingress *owner;
	struct str path; /* "/" when the Ingress says none */
	const struct kube_backend *backend;
	struct ledger_item *path_item, *backend_item, *host_item;
	struct origin origin;
	struct nginx_location *canary; /* the alternative backend; only the oldest counts */
	const char *held;              /* code: an Ingress that may be older guards the path */
	struct model_path match;       /* what it became; for the check of the order */
	struct model_rule *to_https;   /* its redirect on plain HTTP; NULL: none */
	uint32_t added;                /* its place among those of the server when it was found */
	uint32_t written;              /* bytes of its value in the route; set by that check */
	uint32_t rules_end; /* of the host's rules: behind the last one of the location */
	bool exact;         /* else Prefix: ImplementationSpecific is treated as Prefix */
	bool is_catch_all;  /* "/" of the default server, made of spec.defaultBackend */
	bool unserved; /* its Service is a canary's, so the controller makes no location of it */
	bool lost;     /* never reached: nginx does not tell it from another */
	bool answers_itself; /* with a redirect or an error; known once written */
};

/* "/p" of a Prefix "/p/" that the controller denies: nginx has no redirect for it then, and a rule that blocks the prefix
 * in a Gateway would take it. */
struct nginx_bare {
	struct str path;
	const struct nginx_location *taker; /* who answers it; NULL: the host's own "/" */
};

struct nginx_server {
	struct str name; /* "" is the default server */
	struct nginx_location **locations;
	size_t location_count;
	struct nginx_ingress **owners; /* oldest first, canaries last */
	size_t owner_count;
	/* All that have a rule for the host, canaries as well, oldest first: any of them may set what
	 * concerns client certificates of the server. The default server has those of canaries
	 * whose host has no server. */
	struct nginx_ingress **namers;
	size_t namer_count;
	const struct nginx_value *regex_cause; /* what switched regex mode on; NULL: off */
	struct nginx_ingress *regex_owner;
	/* Whose app-root counts for the host, also when it is shadowed. */
	struct nginx_location *app_root;
	struct nginx_location
		*www;  /* first that asks for from-to-www-redirect, also when it is shadowed */
	bool written;  /* it has a host in the model */
	bool eclipsed; /* an alias takes all requests for the name, a wildcard, so it has none */
	bool unmatched_answered; /* a redirect of the oldest Ingress takes unmatched paths */
	bool inherits_tls;       /* the certificate is that of a wildcard server */
	bool shows_default;      /* the controller shows its own; `certificate` stands in for it */
	bool shares_certificate; /* of a listener that would take its requests: not for aliases */
	const char *held;        /* code: client certificates that could not be converted */
	bool tls;                /* an Ingress of the host has a tls section */
	struct model_certificate certificate;
	bool has_certificate;
	const struct nginx_value *alias_cause;
	struct nginx_ingress *alias_owner;
	struct str *aliases;
	size_t alias_count;
	struct nginx_bare *bares;
	size_t bare_count;
	struct map seen;        /* "E/path" and "P/path" of its locations */
	struct map route_names; /* namespace -> struct str *: first Ingress there */
};

/* Values of the controller's ConfigMap that decide behaviour. */
/* Raw directives of the ConfigMap that act on every location. */
struct nginx_raw {
	const struct kube_pair *pair;
	struct ledger_item *item;
	struct snippet_actions *actions; /* NULL until they are asked for */
};

struct nginx_config {
	bool known;
	const char *held; /* code: an option may guard access and cannot be known */
	bool ssl_redirect, force_ssl_redirect, use_port_in_redirects, use_forwarded_headers;
	bool appends_forwarded_for; /* X-Forwarded-For, as most gateways do */
	bool underscores;           /* headers with them pass */
	bool preserve_slash;
	bool tls_location_only; /* proxy-ssl-* of an Ingress reach its own paths only */
	bool hsts, hsts_subdomains, hsts_preload;
	bool snippets_allowed;
	bool cross_namespace; /* Secrets and ConfigMaps of other namespaces may be named */
	bool address_lists;   /* an allow or deny list of addresses for every location */
	enum risk risk;
	unsigned redirect_code;
	struct str hsts_max_age;
	struct model_header_edits *hsts_only; /* of a rule that edits nothing else */
	struct str no_redirect_locations;     /* comma list of location path prefixes */
	struct model_header_edits request_headers, response_headers; /* of every location */
	struct model_feature **features;                             /* of every location */
	size_t feature_count;
	struct nginx_raw *raws;
	size_t raw_count;
	struct model_feature *global_auth;         /* global-auth-url; NULL when not set */
	struct model_feature *global_auth_headers; /* global-auth-response-headers; or NULL */
	struct model_ext_auth *global_ext_auth;    /* made of both for the first rule; or NULL */
	bool features_used, global_auth_used;      /* by a rule of the model */
	struct str no_auth_locations;
};

/* Places in lists that are met again and again. */
enum { NGINX_FIELDS = 8 };

struct nginx {
	struct provider_run *run;
	struct arena *arena; /* of the model */
	struct arena own; /* until everything is in the model: servers, locations, values, maps */
	struct model *model;
	struct findings *findings;
	struct nginx_config config;
	struct nginx_ingress **ingresses; /* live ones, oldest first */
	size_t ingress_count;
	struct nginx_server **servers;
	size_t server_count;
	struct map server_map;
	struct map alias_map; /* alias -> server that has it: the first by name, as in nginx */
	struct map
		alias_holders; /* alias -> server whose certificate it has: the last that lists it */
	struct model_redirect *to_https[2]; /* of all that redirect: without and with the port */
	bool has_canaries;
	struct map upstreams; /* "ns/service/port" -> how many paths use it; only for canaries */
	struct map
		makers; /* the same -> struct nginx_ingress that makes the upstream; only for canaries */
	struct map deleted; /* the same -> the canary with a path that has no primary */
	bool dialect_noted;
	bool sends_hsts;         /* a rule carries the header */
	bool edits_responses;    /* a location has headers of its own, or those of CORS */
	bool redirects_plain;    /* a rule redirects on the HTTP listener */
	bool redirects_secure;   /* one does on the HTTPS listener */
	bool option_forwards;    /* it was said that force-ssl-redirect of the ConfigMap goes by
				    X-Forwarded-Proto */
	bool cuts_slash;         /* a redirect to HTTPS drops a slash at the end */
	bool redirects_to_https; /* a rule on the HTTP listener does */
	struct map paths; /* annotation key -> struct str *: its field path, shared by findings */
	struct str path_fields[NGINX_FIELDS][NGINX_FIELDS], host_fields[NGINX_FIELDS];
};

/* ---- settings.c, config.c ---- */

void nginx_read_config(struct nginx *nginx);
void nginx_read_ingresses(struct nginx *nginx);

/* Into the order in which the controller goes through them; they are read in that of the input. */
void nginx_sort_by_age(struct nginx *nginx);

/* Adds a finding about an option of the ConfigMap. */
void nginx_note_option(struct nginx *nginx, const struct ledger_item *item, const char *code,
		       struct str message, struct str hint);

/* Value of a key; NULL when it is not set, not known or not valid. */
const struct nginx_value *nginx_get(const struct nginx_ingress *ingress, const char *key);

/* The value's text, or empty. */
struct str nginx_text(const struct nginx_ingress *ingress, const char *key);
bool nginx_bool(const struct nginx_ingress *ingress, const char *key, bool fallback);
int64_t nginx_int(const struct nginx_ingress *ingress, const char *key, int64_t fallback);

/* Whether an annotation of the Ingress replaces the value of this option of the ConfigMap. */
bool nginx_overrides(const struct nginx_ingress *ingress, const struct model_feature *option);

/* strconv.ParseBool of a value that passed validation. */
bool nginx_parse_bool(struct str text);

/* Marks the item of a key when it is set. */
void nginx_mark(const struct nginx_ingress *ingress, const char *key, enum outcome outcome,
		const char *code);

/* ---- findings.c ---- */

/* Field path of an annotation: "metadata.annotations[key]". One text a key: a run with 10,000
 * Ingresses says the same of each. */
struct str nginx_annotation_field(struct nginx *nginx, struct str key);

/* Adds a finding about an annotation of an Ingress (object, field path and span filled in). */
void nginx_note(struct nginx *nginx, const struct nginx_ingress *ingress,
		const struct nginx_value *value, const char *code, struct str message,
		struct str hint);

/* Of the finding that was added last, to say that it is about less than its place. */
struct finding_scope *nginx_last_scope(const struct nginx *nginx);

/* The same, about one Service, or one host, that the annotation applies to. */
void nginx_note_backend(struct nginx *nginx, const struct nginx_location *location,
			const struct nginx_value *value, const char *code, struct str message,
			struct str hint);
void nginx_note_host(struct nginx *nginx, const struct nginx_ingress *ingress,
		     const struct nginx_value *value, struct str host, struct finding said);

/* Says that a value has no effect, and why ("without auth-url"): I2G125, and its item is inert.
 * Nothing when the item is marked already. */
void nginx_note_inert(struct nginx *nginx, const struct nginx_ingress *ingress,
		      const struct nginx_value *value, struct str why);

/* Adds a finding about a location (its path's place). */
void nginx_note_location(struct nginx *nginx, const struct nginx_location *location,
			 const char *code, struct str message, struct str hint);

/* ---- features.c ---- */

/* Adds the features of an Ingress, and marks or notes the values that do nothing. */
void nginx_collect_features(struct nginx *nginx, struct nginx_ingress *ingress);

/* Adds a behaviour that the emitter has to find a place for, once an item. */
void nginx_add_feature(struct nginx *nginx, struct nginx_ingress *ingress, enum feature feature,
		       const struct nginx_value *value, const char *code);

/* Whether the value switches its feature off ("false", "0", "off", empty: as the key has it). */
bool nginx_is_off(const struct nginx_value *value);

/* ---- needs.c ---- */

/* Whether the controller takes the value. False: *effect is what it does instead. */
bool nginx_accepts(const struct annotation_row *row, struct str value, enum on_invalid *effect);

/* Whether a key only says how another one works. */
bool nginx_is_dependent(const char *key);

/* Whether a key does nothing because the one it belongs to is not set; *needs then names that one,
 * for people. */
bool nginx_lacks_master(struct nginx *nginx, const struct nginx_ingress *ingress, const char *key,
			struct str *needs);

/* The same for keys whose value the controller does not even read then, so that it cannot be
 * invalid. Looks at the annotations as they stand, not at the values taken so far. */
bool nginx_is_unread(struct nginx *nginx, const struct nginx_ingress *ingress, const char *key,
		     struct str *needs);

/* Secrets and ConfigMaps that an annotation names and the controller cannot use: it then refuses all
 * requests. */
void nginx_check_references(struct nginx *nginx, struct nginx_ingress *ingress);

/* ---- server.c ---- */

/* Whether nobody can tell which of two Ingresses is older: the objects do not say when they were made. */
bool nginx_same_age(const struct nginx_ingress *a, const struct nginx_ingress *b);

/* Holds `winner` back when the one that loses to it has a guard; `why` says what leaves open which of them is served.
 * With `host` the finding is about its requests, for a loser whose path nobody answers with. */
void nginx_doubt_winner(struct nginx *nginx, struct nginx_location *winner,
			const struct nginx_location *loser, struct str why, struct str host);

void nginx_build_servers(struct nginx *nginx);

/* Field paths: "spec.rules[0].http.paths[1].path" / "spec.rules[0].host". */
struct str nginx_path_field(struct nginx *nginx, size_t rule, size_t path);
struct str nginx_host_field(struct nginx *nginx, size_t rule);

/* Whether some path of the server is "/", Prefix or by the controller's default. */
bool nginx_has_root(const struct nginx_server *server);

/* Whether what an Ingress says of client certificates reaches the host of a rule: getBackendServers() passes by rules
 * without http, but for those of any host. */
static inline bool nginx_sets_host(const struct kube_rule *rule)
{
	return rule->has_http || !rule->host.text.len;
}

/* Whether it reaches any host. */
bool nginx_sets_hosts(const struct nginx_ingress *ingress);

/* Says that a canary has no effect, and why, and marks its parts so. */
void nginx_canary_is_inert(struct nginx *nginx, const struct nginx_location *canary,
			   struct str why);

/* The same where the controller deletes the upstream of the canary, for want of a primary of some path with it. */
bool nginx_canary_is_deleted(struct nginx *nginx, const struct nginx_location *canary);

/* ---- shadows.c ---- */

/* Marks the parts of a location that is never reached, and of its canary: inert, I2G217. */
void nginx_lose(struct nginx *nginx, struct nginx_location *loser);

/* In regex mode: paths that take only what is below them, because an Exact path has their name. Locations are in nginx's
 * order, here and below. */
void nginx_narrow_twins(struct nginx *nginx, struct nginx_server *server);

/* Of locations that are one for nginx all but the first leave the server, with finding I2G217. */
void nginx_drop_shadowed(struct nginx *nginx, struct nginx_server *server);

/* ---- tls.c ---- */

void nginx_find_certificates(struct nginx *nginx);

/* The server "*.rest" of a host "label.rest" when it has TLS: its certificate covers the host. NULL
 * when there is none. */
const struct nginx_server *nginx_tls_wildcard(const struct nginx *nginx, struct str host);

/* The server as it answers for its alias, with the certificate shown there: that of the wildcard host one
 * label up where the server's own does not name the alias. */
struct nginx_server nginx_as_alias(const struct nginx *nginx, const struct nginx_server *server,
				   struct str alias);

/* What answers for a name that is written: a server, or one as its alias. False when nothing does. */
bool nginx_server_at(const struct nginx *nginx, struct str name, struct nginx_server *server);

/* A certificate for a host that must have HTTPS although nothing names one (force-ssl-redirect). */
void nginx_require_certificate(struct nginx *nginx, struct nginx_server *server,
			       const struct nginx_value *cause, struct nginx_ingress *owner);

/* The certificate of `other`, a wildcard whose HTTPS listener would take the requests for `name` of the
 * server, which has none; `forcing`: who asks for that listener, where nothing names a certificate. */
void nginx_share_certificate(struct nginx *nginx, struct nginx_server *server, struct str name,
			     const struct nginx_server *other, const struct nginx_ingress *forcing);

/* The server whose certificate an alias has, if that names it. */
const struct nginx_server *nginx_alias_holder(const struct nginx *nginx, struct str alias);

/* Whether that certificate names the alias: -1 when it is not known. */
int nginx_covers_alias(const struct nginx *nginx, struct str alias);

/* I2G505 for TLS entries that no host uses. */
void nginx_note_unused_tls(struct nginx *nginx);

/* Whether the controller redirects plain HTTP requests for this location to HTTPS. */
bool nginx_redirects_to_https(const struct nginx *nginx, const struct nginx_server *server,
			      const struct nginx_ingress *owner, struct str path);

/* ---- rules.c ---- */

void nginx_write_rules(struct nginx *nginx);

/* Gives a server without certificate one for `name` when a Gateway would give its HTTPS requests to the listener of a
 * wildcard, or of no name at all, and to the routes there. */
void nginx_close_https(struct nginx *nginx, struct nginx_server *server, struct str name);

/* One location becomes rules; what they share while that happens. */
struct nginx_draft {
	struct nginx *nginx;
	struct nginx_server *server;
	struct model_host *host;
	struct nginx_location *location;
	struct model_rule rule; /* the location's main rule, copied into the host at the end */
	bool no_backend;        /* a redirect answers */
	/* A second rule that differs in path and rewrite only; kind and value of `also` empty: none. */
	struct model_path also;
	struct model_rewrite *also_rewrite;
	struct str also_prefix; /* X-Forwarded-Prefix that the second rule alone sets */
	/* What the location takes and the rule does not; empty: nothing. */
	struct model_path beyond;
	/* What the canary makes of the main rule, by header and cookie; they go in front of it, on each of its
	 * paths. Their memory is that of `nginx->own`. */
	struct model_rule *variants;
	size_t variant_count;
	bool quiet; /* an alias host: everything was said for the host itself */
};

/* Adds a rule to the host of the draft: `rule` with the draft's names and origin. */
struct model_rule *nginx_add_rule(struct nginx_draft *draft, struct model_rule rule);

/* The same for a redirect that comes before the checks of a location. That of client certificates comes
 * first: where it could not be converted, the redirect is held on HTTPS. Returns the rule that is not
 * held; NULL for none. */
struct model_rule *nginx_add_redirect(struct nginx_draft *draft, struct model_rule rule);

/* Whether all of a host answers 403: an Ingress of it names client certificates that the controller
 * cannot check. */
bool nginx_host_is_denied(const struct nginx_server *server);

/* The same for its listeners: HTTPS differs from HTTP by the HSTS header. */
void nginx_finish_rule(struct nginx_draft *draft, struct model_rule rule);

/* ---- https.c ---- */

/* Adds the rules that send requests of the draft's location to HTTPS which came to a proxy in front by plain HTTP, as
 * X-Forwarded-Proto says (force-ssl-redirect without a certificate). */
void nginx_forwarded_redirect(struct nginx_draft *draft);

/* Adds the rules that send plain HTTP requests of the draft's host to HTTPS. Its locations have been written. */
void nginx_https_redirects(struct nginx_draft *draft);

/* Whether paths that no location of the host matches go to HTTPS, too. */
bool nginx_unmatched_redirects(const struct nginx *nginx, const struct nginx_server *server);

/* ---- slash.c ---- */

/* Adds the rule for the path without the slash at the end of the draft's location, where nginx redirects it. */
void nginx_slash_redirect(struct nginx_draft *draft);

/* Fills `bares` of a server. */
void nginx_find_bares(struct nginx *nginx, struct nginx_server *server);

/* ---- one theme each; called in the order of nginx's phases ---- */

/* Sets the path match of the draft: literal, regex or, with rewrite-target, what the ladder of
 * rewrites allows. */
void nginx_match(struct nginx_draft *draft);

/* The oldest Ingress of a host that has no "/": the controller makes one up, with the annotations of
 * that Ingress. NULL when the host has a "/", and for the default server, which exists before all
 * Ingresses and inherits nothing. */
struct nginx_ingress *nginx_heir(const struct nginx_server *server);

/* A rewrite-target that is a URL answers what no path matches, too. */
void nginx_rewrite_unmatched(struct nginx_draft *draft);

/* Whether rewrite-target does something on this location. */
bool nginx_rewrites(const struct nginx_location *location);
/* A location for what no path of the host matches, owned by its oldest Ingress. */
struct nginx_location nginx_unmatched(const struct nginx_server *server);

void nginx_redirect(struct nginx_draft *draft);       /* temporal-, permanent-redirect */
void nginx_note_preflight(struct nginx_draft *draft); /* CORS in front of a redirect: I2G311 */
void nginx_app_root(struct nginx_draft *draft);       /* once a server */
void nginx_www_redirects(struct nginx *nginx);        /* whole servers */
void nginx_account_redirects(struct nginx *nginx);
void nginx_headers(struct nginx_draft *draft);
/* Of a location that redirects: none is written, and nginx_note_defaults() says so. */
void nginx_redirect_headers(const struct nginx_draft *draft);
void nginx_cors(struct nginx_draft *draft);
void nginx_mirror(struct nginx_draft *draft);
void nginx_backend(struct nginx_draft *draft);

/* How many paths lead to the Service port of a location, itself included. */
unsigned nginx_upstream_users(const struct nginx *nginx, const struct nginx_location *location);

/* The Ingress that the controller takes the rules of a canary's Service from: the first with it. */
const struct nginx_ingress *nginx_canary_maker(struct nginx *nginx,
					       const struct nginx_location *canary);

/* Says that a plain path has a Service with a BackendTLSPolicy, once all of these are known. */
void nginx_note_shared_tls(struct nginx *nginx, const struct nginx_location *location);

/* Protocol and TLS towards the canary of the draft's location. */
void nginx_canary_backend(struct nginx_draft *draft, const struct nginx_location *canary);
void nginx_auth(struct nginx_draft *draft);

/* Whether global-auth-url asks for the draft's location: no auth-url of its own, not exempted by
 * enable-global-auth or no-auth-locations. */
bool nginx_needs_global_auth(const struct nginx_draft *draft);

/* Whether no-auth-locations exempts a path from external, basic and digest authentication, whatever its
 * Ingress says: a prefix of the path as text (nginx.tmpl, isLocationInLocationList). Without a ConfigMap
 * nobody knows the list, and nothing is exempt. */
bool nginx_is_exempt(const struct nginx_config *config, struct str path);

/* Whether a feature is one of those that such a path is exempt from. */
bool nginx_is_authentication(enum feature feature);

void nginx_session(struct nginx_draft *draft);
void nginx_retry(struct nginx_draft *draft);
void nginx_snippets(struct nginx_draft *draft);

/* Writes the rules of the canary in front of the main rule. */
void nginx_canary(struct nginx_draft *draft);

/* Says that the canary of a location stands at its Service although the location never asks that: it has its share of
 * other paths with the Service. Nothing when there are none. */
void nginx_canary_is_elsewhere(struct nginx *nginx, const struct nginx_location *primary);

/* Resolves the backend of a location to a Service and port number; false (with findings and marks)
 * when it cannot be written. */
bool nginx_resolve(struct nginx *nginx, const struct nginx_location *location,
		   struct model_backend *backend);

/* Client certificates and passthrough change whole servers. */
void nginx_client_certificates(struct nginx *nginx);
bool nginx_passthrough(struct nginx *nginx, struct nginx_server *server);

/* Once the rules of a host that is passed through are written: says what was assumed, and holds its
 * TLSRoute, the newest of the model, when the host has guards. */
void nginx_passthrough_checks(struct nginx *nginx, const struct nginx_server *server,
			      const struct model_host *host);

/* stream-snippet: layer 4 servers. */
void nginx_stream_snippets(struct nginx *nginx);

/* Whether an option holds raw directives that act on locations. */
bool nginx_is_raw(struct str key);

/* Its directives: read when they are asked for first. */
const struct snippet_actions *nginx_raw_actions(struct nginx *nginx, struct nginx_raw *raw);

/* Order in which the target looks against the order in which nginx looks; I2G208. */
void nginx_check_order(struct nginx *nginx, struct nginx_server *server);

/* ---- notes.c ---- */

/* What the controller does to every request, and Gateway API does not: once a run. */
void nginx_note_defaults(struct nginx *nginx);

#endif
