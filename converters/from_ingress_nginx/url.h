/* url.h - URLs in annotations, as the controller takes them apart.
 *
 * auth-url, auth-signin, mirror-target, permanent-redirect and their like go through Go's net/url
 * first and into the nginx configuration next, where "$name" is a variable. All slices point into
 * the text that was parsed.
 */
#ifndef CONVERTERS_FROM_INGRESS_NGINX_URL_H
#define CONVERTERS_FROM_INGRESS_NGINX_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct url {
	struct str scheme;   /* as written, without ":"; empty: a relative reference */
	struct str userinfo; /* "user:password"; empty for none */
	struct str host;     /* as written, without port and without [ ] */
	uint32_t port;       /* 0: none given */
	struct str path;     /* as written, escapes kept; "" when there is none */
	struct str query;    /* after "?" */
	struct str fragment; /* after "#" */
	bool has_authority;  /* "//" was there, even when host is empty */
	bool has_query, has_fragment;
	bool is_ip;          /* the host is an IPv4 or IPv6 address */
	bool has_variables;  /* "$name" or "${name}" anywhere */
	bool host_variables; /* ... in the host */
};

/* Whether Go's url.Parse takes the text. False with a phrase in *why ("has an invalid port"), which
 * is static text; *why may be NULL. Ports above 65535, which Go lets through and nginx refuses, are
 * refused as well. */
bool url_parse(struct url *url, struct str text, const char **why);

/* The controller's StringToURL: url_parse, and a scheme and a host must be there, and no ".." may
 * stand in the host. auth-url that fails here makes the location answer 503. */
bool url_parse_absolute(struct url *url, struct str text, const char **why);

/* The port, or the default of the scheme: 80 for http, 443 for https, else 0. */
uint32_t url_port(const struct url *url);

/* "$name", "${name}" or "$1" somewhere in the text: nginx would expand it. */
bool url_has_variable(struct str text);

struct url_service {
	struct str namespace, name;
};

/* A host name that the cluster's DNS gives to a Service: name.ns.svc.cluster.local, name.ns.svc,
 * name.ns, and a bare name, which nginx resolves in the controller's namespace and not in the
 * Ingress's: *service gets `own_namespace` and *bare is set. False for an IP address, a name with
 * variables and a name that is no Service name. "name.ns" looks like any two-label domain
 * ("example.com"), and name.ns.svc below another domain may be one of a cluster or anybody's:
 * *guessed is set for them, and the caller asks the object set whether there is such a Service.
 * `bare` may be NULL, and `guessed` where no other domain than cluster.local is to be taken. */
bool url_service(struct str host, struct str own_namespace, struct url_service *service, bool *bare,
		 bool *guessed);

#endif
