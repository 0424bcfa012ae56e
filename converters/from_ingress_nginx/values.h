/* values.h - which annotation values the ingress-nginx controller accepts.
 *
 * Each predicate is one validator of the controller, written by hand. It is applied to the value as
 * it stands in the Ingress. The empty value is always accepted: the controller does not validate
 * it and, but for the lists of addresses (settings.c), treats the annotation as not set. "Blanks removed" means that every space (not tabs, not
 * line feeds) is taken out before the comparison; what the controller uses afterwards still has them.
 *
 * B below stands for the controller's basic characters: A-Z a-z 0-9 - . _ ~ / :
 */
#ifndef FROM_INGRESS_NGINX_VALUES_H
#define FROM_INGRESS_NGINX_VALUES_H

#include "base/str.h"

/* ---- parsers ---- */

/* Go's strconv.ParseBool: 1 t T TRUE true True, 0 f F FALSE false False. False: none of these. */
bool nginx_read_bool(struct str value, bool *on);

/* One item of cors-allow-origin as the controller takes it; others are skipped:
 * ^([a-z]+://(\*\.)?[A-Za-z0-9\-.]*(:\d+)?|\*|null)?$ */
bool nginx_is_origin(struct str item);

/* One item of auth-cache-duration, "200 202 10m": codes first, at least one time.
 * code ^\d{3}$, time ^\d+(ms|s|m|h|d|w|M|y)$; a bad item makes the location answer 503. */
bool nginx_is_cache_duration(struct str item);

/* An address or a network as Go's net.ParseIP and net.ParseCIDR read them. */
bool nginx_is_address(struct str item);

/* A size as the controller's template prints it: ^(?i)\d+[kmg]?$. What is none leaves nginx its own
 * default. */
bool nginx_is_size(struct str value);

/* client_max_body_size of 0, whatever its unit: nginx looks at no body's size then. */
bool nginx_is_unlimited(struct str value);

/* ---- validators ---- */

bool nginx_valid_any(struct str value);           /* never refused */
bool nginx_valid_bool(struct str value);          /* strconv.ParseBool */
bool nginx_valid_int(struct str value);           /* strconv.Atoi: [+-]?\d+ within 64 bits */
bool nginx_valid_size(struct str value);          /* ^(?i)\d+[bkmg]?$, blanks removed */
bool nginx_valid_seconds(struct str value);       /* (^0|-?[1-9]\d*$), as session-cookie-max-age */
bool nginx_valid_basic(struct str value);         /* ^[B]*$, blanks removed */
bool nginx_valid_pair(struct str value);          /* as basic, and "namespace/name" */
bool nginx_valid_realm(struct str value);         /* ^[B ]*$ */
bool nginx_valid_url(struct str value);           /* ^[B,?&=]*$, blanks removed */
bool nginx_valid_redirect(struct str value);      /* ^[B,?&=]*$ */
bool nginx_valid_url_variable(struct str value);  /* ^[B,?&=$]*$, blanks removed */
bool nginx_valid_capture_path(struct str value);  /* ^/?[B$]*$ */
bool nginx_valid_prefix_path(struct str value);   /* ^/?[B$]*$, blanks removed */
bool nginx_valid_app_root(struct str value);      /* ^/?[B$]*$ and a path, not a whole URL */
bool nginx_valid_variable(struct str value);      /* ^[A-Za-z0-9\-_${}]*$, blanks removed */
bool nginx_valid_word(struct str value);          /* ^[A-Za-z0-9_\-]*$, blanks removed */
bool nginx_valid_file(struct str value);          /* ^[A-Za-z0-9.\-_]+$, blanks removed */
bool nginx_valid_regex(struct str value);         /* ^[B^$[\](){}*+?|&=\\]*$ */
bool nginx_valid_server_name(struct str value);   /* as regex, outer white space removed */
bool nginx_valid_server_names(struct str value);  /* comma list of server names */
bool nginx_valid_service(struct str value);       /* DNS-1035 label, at most 63 characters */
bool nginx_valid_cidrs(struct str value);         /* comma list of addresses and networks */
bool nginx_valid_cache(struct str value);         /* ^[B, ]*$ */
bool nginx_valid_header_list(struct str value);   /* comma list of [A-Za-z0-9\-_]+ */
bool nginx_valid_cors_headers(struct str value);  /* ^[A-Za-z0-9-_, ]*$ */
bool nginx_valid_cors_methods(struct str value);  /* ^([A-Za-z]+,?\s?)+$, blanks removed */
bool nginx_valid_cors_expose(struct str value);   /* ^(([A-Za-z0-9\-_]+|\*),?\s?)+$, bl. removed */
bool nginx_valid_cors_origins(struct str value);  /* see values.c, blanks removed */
bool nginx_valid_error_codes(struct str value);   /* ^(?:[4,5]\d{2},?)*$, blanks removed */
bool nginx_valid_error_page(struct str value);    /* see values.c, blanks removed */
bool nginx_valid_common_name(struct str value);   /* "CN=" and a regular expression */
bool nginx_valid_ciphers(struct str value);       /* see values.c, blanks removed */
bool nginx_valid_proxy_ciphers(struct str value); /* ^[A-Za-z0-9+:_\-!]*$, blanks removed */
bool nginx_valid_protocols(struct str value);     /* ^(TLSv1\.2|TLSv1\.3| )*$, blanks removed */
bool nginx_valid_cookie_domain(struct str value); /* ^(off|[B]+\s+[B]+)$ */
bool nginx_valid_next_upstream(struct str value); /* ^((error|timeout|...)\s?)+$ */

/* One of a few words. Outer white space is ignored where the controller trims it, all blanks where
 * it removes them; case counts unless noted. */
bool nginx_valid_on_off(struct str value);
bool nginx_valid_verify_client(struct str value);    /* on off optional optional_no_ca */
bool nginx_valid_affinity(struct str value);         /* cookie */
bool nginx_valid_affinity_mode(struct str value);    /* balanced persistent */
bool nginx_valid_canary_behavior(struct str value);  /* sticky legacy */
bool nginx_valid_samesite(struct str value);         /* None Lax Strict, any case */
bool nginx_valid_backend_protocol(struct str value); /* AUTO_HTTP HTTP HTTPS GRPC GRPCS FCGI, any
                                                        case */
bool nginx_valid_load_balance(struct str value);     /* round_robin chash chashsubset ... */
bool nginx_valid_http_version(struct str value);     /* 1.0 1.1 */
bool nginx_valid_connection(struct str value);       /* close keep-alive */
bool nginx_valid_method(struct str value);           /* GET HEAD POST ... */
bool nginx_valid_satisfy(struct str value);          /* any all */
bool nginx_valid_auth_type(struct str value);        /* contains basic or digest */
bool nginx_valid_secret_type(struct str value);      /* contains auth-file or auth-map */

#endif
