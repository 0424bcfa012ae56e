#include "check/rules.h"

#include "base/bug.h"

/* ERROR: behaviour or protection is lost, or the API server would not take the input. WARNING: some
 * requests may be answered differently. INFO: hardly anybody can tell, or it was done on purpose. */
#define ERROR SEVERITY_ERROR
#define WARNING SEVERITY_WARNING
#define INFO SEVERITY_INFO

/* In what the answers may differ that a finding explains. */
#define NOTHING 0
#define ANSWER ROUTE_DIFFERS_ANSWER
#define LOCATION ROUTE_DIFFERS_LOCATION
#define BACKENDS ROUTE_DIFFERS_BACKENDS
#define PATH ROUTE_DIFFERS_PATH
#define HOST ROUTE_DIFFERS_HOST
#define QUERY ROUTE_DIFFERS_QUERY
#define REQUEST ROUTE_DIFFERS_REQUEST
#define RESPONSE ROUTE_DIFFERS_RESPONSE
#define PROTOCOL ROUTE_DIFFERS_PROTOCOL
#define CERTIFICATE ROUTE_DIFFERS_CERTIFICATE
#define GUARD ROUTE_DIFFERS_GUARD
#define MIRROR ROUTE_DIFFERS_MIRROR
#define TIMEOUTS ROUTE_DIFFERS_TIMEOUTS
#define BODY ROUTE_DIFFERS_BODY
#define RETRY ROUTE_DIFFERS_RETRY
#define SESSION ROUTE_DIFFERS_SESSION
#define CORS ROUTE_DIFFERS_CORS
#define WEIGHTS ROUTE_DIFFERS_WEIGHTS
#define PAGES ROUTE_DIFFERS_PAGES
/* Another rule, or none. */
#define ROUTED                                                                                     \
	(ANSWER | LOCATION | BACKENDS | WEIGHTS | PATH | HOST | QUERY | REQUEST | RESPONSE |       \
	 CORS | PROTOCOL | MIRROR | ROUTE_DIFFERS_POLICY)

const struct rule rules[] = {
	/* ---- 1xx: input ---- */
	{"I2G100", "yaml-syntax", ERROR, NOTHING, "The document is not valid YAML or JSON",
	 "kubectl would refuse this document as well. It is left out; all other documents of the "
	 "file and of the run are converted.",
	 "Correct the text at the marked place."},
	{"I2G101", "helm-template", ERROR, NOTHING, "The file is a Helm template, not a manifest",
	 "Template actions ({{ ... }}) are program text: which objects they yield is known only "
	 "after they were rendered.",
	 "Render the chart and pipe the result: helm template . | ingress2gw lint -"},
	{"I2G102", "input-limit", ERROR, NOTHING, "The document exceeds a limit on hostile input",
	 "Size, nesting depth, node count and alias expansion are bounded so that no file can "
	 "exhaust memory or time. The document is left out.",
	 "Split the document, or remove the aliases or nesting that make it so large."},
	{"I2G103", "unknown-annotation", WARNING, NOTHING,
	 "The controller does not know this annotation",
	 "Keys under the controller's prefix are not checked by the API server: a mistyped key "
	 "does nothing and nobody is told. What it was meant to do does not happen today either.",
	 "Correct the key as suggested, or remove it."},
	{"I2G104", "duplicate-key", WARNING, NOTHING, "A key is given twice in the same map",
	 "kubectl keeps the last value without a word, and so does this conversion. The earlier "
	 "value was never in force.",
	 "Remove the value that is not meant."},
	{"I2G105", "wrong-type", ERROR, NOTHING, "The API server would refuse this value",
	 "A field or annotation has a type or value that the Kubernetes API does not accept, such "
	 "as an annotation that is a number or a pathType that does not exist. The manifest cannot "
	 "be what runs in the cluster.",
	 "Write the value in the form that the message asks for; annotation values are strings and "
	 "may need quotes."},
	{"I2G106", "old-api-version", WARNING, NOTHING,
	 "The Ingress uses an API version that is no longer served",
	 "extensions/v1beta1 and networking.k8s.io/v1beta1 went away with Kubernetes 1.22. The "
	 "object is read as if it had been upgraded: backends become backend.service, a missing "
	 "pathType becomes ImplementationSpecific.",
	 "Upgrade the manifest to networking.k8s.io/v1."},
	{"I2G107", "unknown-field", WARNING, NOTHING, "The Kubernetes API has no such field",
	 "The API server drops unknown fields or, with strict validation, refuses the object. "
	 "Nothing that depends on the field happens.",
	 "Move the value to the field that is meant, or remove it."},
	{"I2G108", "missing-field", ERROR, NOTHING,
	 "A field that the Kubernetes API requires is missing",
	 "The API server refuses such an object, so it cannot be what runs in the cluster. The "
	 "part that depends on the field is left out.",
	 "Add the field."},
	{"I2G109", "placeholder", ERROR, NOTHING, "A placeholder was left in a name or host",
	 "The text looks like a variable of a template or deployment tool that was not replaced. A "
	 "route for it would never match a request.",
	 "Run the tool that replaces the placeholders and convert its output."},
	{"I2G110", "no-class", INFO, NOTHING, "The Ingress names no class",
	 "An Ingress without a class is served only by the cluster's default IngressClass, or by a "
	 "controller that watches classless Ingresses. It is converted for the controller whose "
	 "annotations it carries.",
	 "Set spec.ingressClassName, or name the controller with --provider."},
	{"I2G111", "no-rules", WARNING, NOTHING,
	 "The Ingress has neither rules nor a default backend",
	 "Such an object routes nothing. It is often a kustomize patch or a stub that only makes "
	 "sense after it was merged.",
	 "Convert the built result: kubectl kustomize DIR | ingress2gw convert -"},
	{"I2G112", "duplicate-object", WARNING, NOTHING, "The same object is in the input twice",
	 "kubectl apply would let the later one replace the earlier one; so does this conversion. "
	 "Overlays of several environments read together are the usual cause.",
	 "Convert one environment at a time, or leave out the copies with --exclude."},
	{"I2G113", "merge-key", INFO, NOTHING, "The document uses YAML aliases or merge keys",
	 "They are resolved while reading, as kubectl does. The written objects contain the full "
	 "values.",
	 "Nothing needs to be done."},
	{"I2G114", "foreign-group", INFO, NOTHING, "This kind Ingress belongs to another API group",
	 "Only Ingresses of networking.k8s.io and extensions describe HTTP routes of an ingress "
	 "controller. Other products use the same kind name for their own configuration.",
	 "Nothing needs to be done, unless the apiVersion is mistyped."},
	{"I2G115", "annotation-invalid", WARNING, NOTHING,
	 "The controller ignores the value of this annotation",
	 "The value does not pass the controller's own validation, so its default is in force "
	 "today. The conversion follows the controller, not the intention.",
	 "Correct the value if the intended behaviour is wanted, or remove the annotation."},
	{"I2G116", "ingress-dropped", ERROR, NOTHING, "The controller ignores this whole Ingress",
	 "A value of this kind makes the controller refuse the Ingress, or keep the last good "
	 "version until it restarts. What the cluster answers today is not described by this "
	 "manifest.",
	 "Correct or remove the annotation, and check what is live before the migration."},
	{"I2G117", "annotation-denies", ERROR, ANSWER | LOCATION,
	 "This value makes the controller refuse requests",
	 "The controller answers 503 on the location, or 403 on the whole host, until the "
	 "annotation is repaired. A converted route would be reachable where the old one is not.",
	 "Repair the annotation (usually a missing or misnamed Secret or ConfigMap), then convert "
	 "again."},
	{"I2G118", "legacy-annotation", WARNING, NOTHING,
	 "Current controllers do nothing with this annotation",
	 "The key belonged to a feature that was removed or renamed. It has no effect in the "
	 "controller, and none after the conversion.",
	 "Remove it, or use the replacement that the hint names."},
	{"I2G119", "foreign-annotation", WARNING, NOTHING,
	 "The annotation belongs to a controller that is not converted yet",
	 "Routes are converted as plain Ingress; the behaviour that this key asks for is not "
	 "carried over.",
	 "Express the behaviour by hand with the policy objects of the new gateway."},
	{"I2G120", "other-class", INFO, NOTHING, "The Ingress was left out because of its class",
	 "It belongs to a class that was not asked for, or whose IngressClass names another "
	 "controller.",
	 "Convert it with --ingress-class or --provider, if it is wanted."},
	{"I2G121", "class-conflict", WARNING, NOTHING,
	 "Class annotation and ingressClassName name different classes",
	 "The API server refuses both on creation; older objects may still have them. "
	 "ingress-nginx "
	 "looks at ingressClassName, and at the annotation only when the field is absent.",
	 "Keep spec.ingressClassName only."},
	{"I2G122", "unknown-option", WARNING, NOTHING,
	 "The controller does not know this option of its ConfigMap",
	 "Unknown keys of the controller's ConfigMap are ignored without an error, so the setting "
	 "is not in force today.",
	 "Correct the key as suggested, or remove it."},
	{"I2G123", "option-not-portable", WARNING, NOTHING,
	 "An option of the controller has no place in Gateway API",
	 "The option changes how every host is served. Gateway API has no field for it, so the new "
	 "gateway uses its own default.",
	 "Configure the new gateway by its own means, as the message says."},
	{"I2G124", "option-inert", INFO, NOTHING, "An option tunes the old controller only",
	 "Worker processes, buffers, logs and reload settings belong to the old controller's "
	 "process; no request is answered differently because of them.",
	 "Nothing needs to be done."},
	{"I2G125", "annotation-inert", INFO, NOTHING,
	 "The annotation is set but has no effect here",
	 "It repeats the default, or depends on another annotation or controller flag that is not "
	 "set. Nothing is converted for it, because nothing happens today.",
	 "Remove it."},
	{"I2G126", "unknown-class", WARNING, NOTHING,
	 "The IngressClass of this Ingress is not in the input",
	 "Which controller serves the class cannot be told from its name alone. The controller was "
	 "guessed from the name and the annotations.",
	 "Add the IngressClass to the input, or name the controller with --provider."},
	{"I2G127", "host-in-part", WARNING, NOTHING, "An Ingress of the same host was left out",
	 "All Ingresses of a host make up one server of the controller. One that --namespace or "
	 "--selector leaves out takes its guards, its paths and its settings for the host with it: "
	 "what is written may answer requests that it guards today.",
	 "Convert all Ingresses of a host together."},
	{"I2G128", "several-controllers", ERROR, NOTHING,
	 "Ingresses of several controllers share one Gateway",
	 "Each controller has an address of its own today, one of them often an internal one. On "
	 "one Gateway, which --gateway names, all their routes are reachable at the same address.",
	 "Leave out --gateway: then each controller gets a Gateway of its own. Or name one for "
	 "each "
	 "class: --gateway=CLASS=NS/NAME."},
	{"I2G129", "no-request", WARNING, NOTHING,
	 "An entry of a request file is no request that can be sent",
	 "Files of requests (access logs, HAR, curl commands, OpenAPI, one request a line) are "
	 "read "
	 "entry by entry. What is no request, or names no host, is left out and counted; the first "
	 "few of a file are shown.",
	 "Correct the entry, or say how the file is to be read: its format, and the host of "
	 "requests "
	 "that name none."},

	{"I2G130", "gateway-per-controller", INFO, NOTHING,
	 "Each of several controllers gets a Gateway of its own",
	 "Each controller has an address of its own today, one of them often an internal one. What "
	 "it serves goes to a Gateway that nothing else is attached to, so that nothing becomes "
	 "reachable at another address.",
	 "See that each Gateway gets the kind of address that its controller has: by its "
	 "GatewayClass (--gateway-class=CLASS=NAME), or as the target documents it."},
	{"I2G131", "controller-not-sure", WARNING, NOTHING,
	 "Which controller serves these Ingresses is not sure",
	 "How controllers were started is not in the input. ingress-nginx serves all classes with "
	 "the controller string of its --controller-class, but installs may divide them by "
	 "namespace, and by annotation each takes one class only. What shares a Gateway, and what "
	 "does not, rests on that.",
	 "Compare with the arguments of the controllers. Ingresses that must not share an address "
	 "are converted one class at a time (--ingress-class); installs that should not share "
	 "Ingresses need a --controller-class each."},
	{"I2G132", "controller-config-not-sure", WARNING, NOTHING,
	 "Which ConfigMap is the controller's is not sure",
	 "Several ConfigMaps of the input look like that of the controller. Its options change "
	 "what "
	 "every Ingress does, so none of them is guessed: all are left out, and the controller's "
	 "defaults are assumed. Nothing is proven about what runs in the cluster then.",
	 "Name the right one with --controller-config=NS/NAME."},

	/* ---- 2xx: routing ---- */
	{"I2G201", "regex-dialect", INFO, NOTHING,
	 "Regular expressions were written for one engine",
	 "Gateway API leaves dialect and anchoring of RegularExpression matches to the "
	 "implementation. The pattern was rewritten so that the named engine accepts the same "
	 "paths as nginx.",
	 "Choose the gateway you run with --emitter, so that its dialect is used."},
	{"I2G202", "regex-host-wide", WARNING, NOTHING,
	 "Another Ingress turns this path into a regular expression",
	 "One use-regex on a host makes ingress-nginx match every path of that host, Exact ones "
	 "and other namespaces included, as a case-insensitive pattern that is open at its end. "
	 "The route keeps that behaviour.",
	 "Check whether clients depend on it; if not, remove use-regex from the host and convert "
	 "again."},
	{"I2G203", "rewrite-implies-regex", WARNING, NOTHING,
	 "rewrite-target turns all paths of the host into regular expressions",
	 "A rewrite-target that differs from its path has the effect of use-regex on the whole "
	 "host, although nobody asked for regular expressions.",
	 "Check the other paths of the host; give the rewriting Ingress a host of its own if they "
	 "must stay literal."},
	{"I2G204", "path-case", WARNING, ROUTED,
	 "The path is matched without regard to case today, but not by the new route",
	 "In regex mode ingress-nginx ignores letter case. PathPrefix and Exact matches of Gateway "
	 "API do not, so a request in another case gets 404.",
	 "Make sure that clients use the case as written, or keep a RegularExpression match."},
	{"I2G205", "rewrite-noop-regex", WARNING, NOTHING,
	 "A rewrite-target equal to its path still rewrites",
	 "For a Prefix path other than / the controller compares the target with a renamed "
	 "location, so regex mode is switched on and everything below the path is rewritten to the "
	 "path itself.",
	 "Remove the annotation if no rewrite was meant."},
	{"I2G206", "regex-metachar-in-literal", WARNING, NOTHING,
	 "A literal path is used as a pattern",
	 "On a host in regex mode the controller does not escape paths: the dot of /v1.0 matches "
	 "any character. The route keeps that behaviour.",
	 "Escape the character in the Ingress if only the literal path is meant."},
	{"I2G207", "regex-alternation", WARNING, NOTHING,
	 "Only the first alternative of the pattern is anchored",
	 "nginx compiles ^PATH, so in ^/a|/b the second branch matches anywhere in the path, as in "
	 "/x/b. The route keeps that behaviour.",
	 "Write the alternatives in a group, as in /(a|b)."},
	{"I2G208", "regex-length-order", WARNING, ROUTED,
	 "Which pattern wins depends on the length of its text",
	 "ingress-nginx tries patterns by descending text length, and regex syntax counts. "
	 "Gateways order regular expressions in their own way, so requests that match several "
	 "patterns may go elsewhere.",
	 "Make the patterns exclude each other, or test the overlapping requests against the new "
	 "gateway."},
	{"I2G209", "auto-trailing-slash", INFO, NOTHING,
	 "A redirect to the trailing slash was written out",
	 "nginx answers 301 to PATH/ when a path is written with a trailing slash and the request "
	 "lacks it; Gateway API matches such a request directly. A rule was added that redirects "
	 "as before.",
	 "Remove the rule if nobody needs the redirect."},
	{"I2G210", "rewrite-approximate", WARNING, ROUTED,
	 "The rewrite was replaced by the nearest Gateway API filter",
	 "Rewrites by capture groups have an equal only where they drop or replace a fixed prefix. "
	 "For some requests the backend sees another path than before; the message says which.",
	 "Check those requests, or write the rewrite by hand with the policy of a gateway "
	 "that rewrites by regular expression."},
	{"I2G211", "rewrite-drops-suffix", WARNING, NOTHING,
	 "The rewrite drops everything behind the prefix",
	 "Without a capture group rewrite-target replaces the entire path: /app/x becomes the "
	 "target alone. The route keeps that with ReplaceFullPath, though most authors meant to "
	 "strip the prefix.",
	 "Use ReplacePrefixMatch in the route if only the prefix should go."},
	{"I2G212", "rewrite-not-expressible", ERROR, ANSWER | LOCATION,
	 "The rewrite has no equivalent in Gateway API",
	 "URLRewrite can replace a full path or a fixed prefix; it cannot use capture groups. The "
	 "rule is not written, because the backend would see wrong paths.",
	 "Write the rewrite by hand with the policy of a gateway that rewrites by regular "
	 "expression (the hint names some), or let the application serve the original path."},
	{"I2G213", "wildcard-one-label", WARNING, ROUTED | CERTIFICATE | GUARD,
	 "The wildcard host matches more names than before",
	 "In ingress-nginx and by the Ingress API a wildcard covers exactly one label; in Gateway "
	 "API it covers any number of them. Deeper names got 404, or the answer of a broader host "
	 "or "
	 "of a rule without host; now they reach this route.",
	 "Make sure that no deeper name resolves to the gateway, or accept the wider match."},
	{"I2G214", "host-isolation", INFO, ROUTED | CERTIFICATE | GUARD,
	 "Unmatched requests stay with their host",
	 "Neither ingress-nginx nor the Ingress API falls back from a known host to a rule without "
	 "host. The same holds for a Gateway only with a listener a host and listener isolation, "
	 "which is an extended feature. Where only the rules without host have a certificate, "
	 "HTTPS "
	 "for the other hosts ends at their listener.",
	 "Check that the gateway supports GatewayHTTPListenerIsolation."},
	{"I2G215", "default-location-inherits", INFO, ANSWER | LOCATION,
	 "Paths without a rule are answered differently",
	 "The controller gives unmatched paths of a host the settings of its oldest Ingress, so "
	 "they may have been redirected or asked for a password. A gateway answers 404.",
	 "Nothing needs to be done unless a client depends on that answer."},
	{"I2G216", "uri-normalisation", INFO, ROUTED | GUARD,
	 "Gateways normalise paths in their own way",
	 "nginx decodes, merges slashes and resolves dots for matching, but sends the request line "
	 "unchanged. Other gateways may send the normalised path, or redirect or refuse an escaped "
	 "slash.",
	 "Test requests with %2F, // or dot segments if the backend uses them."},
	{"I2G217", "duplicate-path", WARNING, NOTHING, "Two Ingresses claim the same host and path",
	 "The oldest Ingress wins completely, annotations included; the other is ignored for this "
	 "path. Only the winner was converted.",
	 "Remove the path from the Ingress that loses."},
	{"I2G218", "impossible-path", ERROR, ROUTED, "Gateway API refuses this path",
	 "Exact and PathPrefix values start with a slash, have at most 1024 characters once they "
	 "are "
	 "escaped, and contain no // and no dot segments. The rule is not written.",
	 "Change the path; requests reach nginx normalised, so such a path seldom matches "
	 "anything."},
	{"I2G219", "port-by-targetport", WARNING, NOTHING,
	 "The backend names the container port instead of the Service port",
	 "ingress-nginx accepts a Service's targetPort where Gateway API takes the Service port "
	 "only. The Service port was written.",
	 "Use the Service port in the Ingress too."},
	{"I2G220", "port-unresolved", ERROR, ANSWER | LOCATION, "The named port cannot be resolved",
	 "Gateway API knows ports by number only, and the Service that gives the name a number is "
	 "not in the input or has no such port. The backend is not written.",
	 "Add the Service to the input, or write the number."},
	{"I2G221", "backend-missing", WARNING, ANSWER | LOCATION,
	 "The Service of this backend is not in the input",
	 "Whether it exists, and on which ports, could not be checked. For a missing Service "
	 "ingress-nginx answers 503 and a gateway 500, as it does for a resource whose kind it "
	 "does not know.",
	 "Add the Service to the input to have it checked."},
	{"I2G222", "resource-backend", ERROR, NOTHING, "The backend is not a Service",
	 "ingress-nginx ignores a path whose backend is a resource, so it answers 404 today. No "
	 "portable route can be written for it.",
	 "Refer to a Service, or write the backendRef that the new gateway supports by hand."},
	{"I2G223", "redirect-query", WARNING, LOCATION, "The redirect now keeps the query",
	 "nginx sends the redirect target as written, without the query of the request. "
	 "RequestRedirect keeps the query.",
	 "Check that the target copes with unexpected query parameters."},
	{"I2G224", "redirect-not-expressible", ERROR, ANSWER | LOCATION,
	 "The redirect has no equivalent in Gateway API",
	 "RequestRedirect takes scheme, host name, port, path and one of five status codes; a "
	 "target with a query, a fragment, variables or an IP address, or another status, cannot "
	 "be written.",
	 "Simplify the target, or write the redirect by hand with the policy of a gateway "
	 "that can answer with a fixed Location."},
	{"I2G225", "app-root", INFO, LOCATION, "app-root became a redirect of the exact path /",
	 "It applies to the whole host, before the redirect to HTTPS, so a rule for / was added on "
	 "every listener of the host. Gateways keep the query that nginx dropped.",
	 "Nothing needs to be done."},
	{"I2G226", "www-redirect", INFO, ANSWER | LOCATION | CERTIFICATE,
	 "The redirect between www and the bare name became a route",
	 "The controller makes a second server for the counterpart name, answering 308. A route "
	 "with a listener for that name was added; the port is no longer printed in Location. "
	 "Where "
	 "the Gateway checks client certificates, it does so for that name, too.",
	 "Make sure that a certificate covers the counterpart name."},
	{"I2G227", "host-invalid", ERROR, ANSWER | LOCATION,
	 "The host is not a name that Gateway API accepts",
	 "Hostnames are lower-case DNS names, with at most one leading *. label; no addresses and "
	 "no ports. The rules of this host are not written.",
	 "Correct the host."},
	{"I2G228", "canary-shared-upstream", WARNING, BACKENDS | WEIGHTS,
	 "The canary also takes traffic of other routes today",
	 "ingress-nginx attaches a canary to the Service port of the primary, so every host and "
	 "path that uses it is split. Only the host and path of the canary Ingress were converted.",
	 "Add the weights to the other routes if they should be split too."},
	{"I2G229", "canary-affinity", WARNING, NOTHING,
	 "Session affinity no longer beats the canary rules",
	 "The controller keeps a client with an affinity cookie on its backend before it looks at "
	 "canary headers. In Gateway API the route is chosen first.",
	 "Expect clients to change sides once during a canary release."},
	{"I2G230", "canary-fallback", WARNING, ANSWER | BACKENDS | WEIGHTS,
	 "An empty canary no longer falls back to the primary",
	 "When the canary Service has no endpoints, ingress-nginx sends everything to the primary. "
	 "A gateway answers 503 for the canary's share.",
	 "Set the canary's weight to 0 before its Service is scaled to zero."},
	{"I2G231", "canary-inert", WARNING, NOTHING, "The canary has no primary",
	 "A canary Ingress makes no routes; it only adds a backend to a rule with the same host, "
	 "path and pathType. There is no such rule in the input, so nothing was written.",
	 "Add the primary Ingress to the input, or correct host and path."},
	{"I2G232", "canary-cookie", WARNING, BACKENDS | WEIGHTS,
	 "The canary cookie became a pattern on the Cookie header",
	 "Gateway API has no cookie match. A RegularExpression match on the Cookie header is not "
	 "supported by every gateway, and its dialect is the gateway's own.",
	 "Test the cookie on the new gateway."},
	{"I2G233", "order-unknown", WARNING, NOTHING,
	 "The result depends on which Ingress is older",
	 "Conflicts are won by the oldest object, and these have no creationTimestamp. The order "
	 "of the input was taken.",
	 "Convert the live objects (kubectl get ingress -A -o yaml), or remove the conflict."},
	{"I2G234", "rule-without-http", WARNING, ANSWER | LOCATION,
	 "The rule has a host but no paths",
	 "All traffic of the host goes to the default backend of the Ingress, or to the "
	 "controller's, which answers 404.",
	 "Add the paths, or remove the rule."},
	{"I2G235", "alias-not-expressible", ERROR, ANSWER | LOCATION,
	 "The alias has no equivalent in Gateway API",
	 "server-alias takes nginx server names: regular expressions and wildcards at the end have "
	 "no counterpart among Gateway API hostnames. Requests for those names get 404.",
	 "List the names that are really used."},
	{"I2G236", "default-backend-annotation", WARNING,
	 ANSWER | LOCATION | BACKENDS | WEIGHTS | REQUEST,
	 "The default-backend annotation is a fallback, not a catch-all",
	 "The controller uses it when the Service of a path has no ready endpoints. Gateway API "
	 "has no such fallback; unmatched paths were never sent to it.",
	 "Use a fallback policy of the new gateway where it has one."},
	{"I2G237", "app-protocol", WARNING, PROTOCOL,
	 "The protocol of a backend comes from its Service",
	 "Gateway API takes the protocol of a backend from appProtocol of the Service port, where "
	 "ingress-nginx does not look. Without it the gateway speaks HTTP/1.1.",
	 "Set the appProtocol that the message names on the Service port, or remove the one that "
	 "does not fit."},
	{"I2G238", "backend-protocol-case", WARNING, NOTHING,
	 "The protocol name is not in upper case",
	 "The controller accepts it, but leaves out the headers and timeouts of the gRPC branch. "
	 "The route is written as for the upper-case name, so the backend now gets the usual "
	 "headers.",
	 "Write the value in upper case."},
	{"I2G239", "backend-protocol-none", ERROR, ANSWER | LOCATION,
	 "No gateway speaks this protocol to a backend",
	 "FastCGI is spoken by nginx only; Gateway API has no backend protocol for it. The rule is "
	 "not written.",
	 "Put a web server that speaks FastCGI in front of the application, in the same pod for "
	 "example."},
	{"I2G240", "mirror-approximate", WARNING, MIRROR, "Mirrored requests differ from before",
	 "RequestMirror has no own Host header, path or choice of the body. The message says what "
	 "is different in the copies.",
	 "Check that the mirror's receiver copes with it."},
	{"I2G241", "regex-not-expressible", ERROR, ANSWER | LOCATION,
	 "The pattern cannot be written for the target's engine",
	 "nginx uses PCRE; most gateways use engines without lookaround and back-references. The "
	 "rule is not written, because another pattern would match other paths.",
	 "Rewrite the pattern without these constructs, or choose an emitter whose gateway uses "
	 "PCRE."},
	{"I2G242", "snippet-dead", WARNING, NOTHING,
	 "An Ingress with snippets is not live under the controller's defaults",
	 "Since ingress-nginx 1.9 snippets are disabled by default, and since 1.12 their risk "
	 "level is above the allowed one: the Ingress is refused and its host may not exist.",
	 "Add the controller's ConfigMap to the input, or name it with --controller-config."},
	{"I2G243", "snippet-directive", ERROR, ANSWER | LOCATION,
	 "A directive of the snippet has no equivalent",
	 "Snippets are raw nginx configuration. Directives with an equal in Gateway API are "
	 "converted one by one; this one has none and is lost.",
	 "Express the behaviour by a filter or policy of the new gateway, or in the application."},
	{"I2G244", "redirect-slash", INFO, ANSWER | LOCATION | CERTIFICATE,
	 "The redirect to HTTPS keeps a trailing slash",
	 "The controller removes one trailing slash from the Location of its redirect to HTTPS, "
	 "unless preserve-trailing-slash is set. Gateways keep the path as it is.",
	 "Nothing needs to be done."},
	{"I2G245", "path-never-matches", WARNING, NOTHING, "The path can never match",
	 "nginx compares paths with the decoded request, so a path with percent escapes matches "
	 "nothing. The route matches what it says and may now answer requests that got 404.",
	 "Write the decoded character, or remove the path."},
	{"I2G246", "mirror-not-expressible", ERROR, MIRROR,
	 "The mirror has no equivalent in Gateway API",
	 "RequestMirror sends copies to a Service only; a URL outside the cluster or with "
	 "variables cannot be written. Requests are served, but no longer copied.",
	 "Make a Service for the receiver, or use a policy of the new gateway."},
	{"I2G247", "canary-pattern", WARNING, BACKENDS | WEIGHTS,
	 "The canary header pattern depends on the gateway's engine",
	 "ingress-nginx searches the header with PCRE. RegularExpression header matches are "
	 "implementation-specific, and most must match the whole value; the pattern was wrapped "
	 "accordingly.",
	 "Test the pattern on the new gateway."},
	{"I2G248", "snippet-converted", INFO, ANSWER | LOCATION | REQUEST | RESPONSE | CORS,
	 "A directive of the snippet was converted",
	 "The directive has an equal among the filters of Gateway API, which was written instead.",
	 "Nothing needs to be done."},
	{"I2G249", "relative-redirect", WARNING, LOCATION,
	 "Redirects now carry an absolute Location",
	 "relative-redirects makes nginx send Location without scheme and host. RequestRedirect "
	 "writes both, which matters behind a proxy that changes the scheme or the name.",
	 "Check redirects from the outside if another proxy stands in front of the gateway."},
	{"I2G250", "path-type-guess", WARNING, NOTHING, "What the path type means is not known",
	 "ImplementationSpecific leaves the meaning of a path to the controller: a prefix, a glob, "
	 "a "
	 "regular expression. For a controller without provider it is written as a prefix.",
	 "Write Prefix or Exact, or name the controller with --provider."},

	/* ---- 3xx: access and secrets ---- */
	{"I2G260", "hostname-outside-listener", WARNING, NOTHING,
	 "A host name of the route meets no listener",
	 "A route serves the names that it and the listener have in common. For this name there is "
	 "no such listener, so no request for it comes to the route.",
	 "Correct the name, or add a listener that has it."},
	{"I2G261", "match-never-wins", WARNING, NOTHING,
	 "Another match of the route takes the same requests",
	 "Of two matches with the same meaning the one that stands first wins (after a longer "
	 "path); "
	 "the other one is dead text, and what its rule says never happens.",
	 "Remove one of the two, or tell them apart."},
	{"I2G262", "duplicate-match", WARNING, NOTHING, "Another route takes the same requests",
	 "Routes on the same listener and host name have the same match. The older route wins, "
	 "then "
	 "the one whose namespace and name come first; the other one gets nothing, and which one "
	 "that is can change when an object is created anew.",
	 "Move the rule to one of the routes."},
	{"I2G263", "catch-all-hides-others", INFO, NOTHING,
	 "A route for one host hides paths of a wider one",
	 "The host name is compared before the path: a route that takes every path of a host keeps "
	 "all of its requests from routes of a wildcard, however long the paths of those are.",
	 "Repeat the paths in the route of the host if they should work there too."},
	{"I2G264", "route-without-traffic", WARNING, NOTHING, "Another route has this listener",
	 "TCP and UDP have nothing that tells requests apart: of several routes on a listener only "
	 "the oldest gets traffic, although all of them are accepted.",
	 "Give each route a listener of its own, or one route several backends with weights."},
	{"I2G265", "zero-weights", WARNING, NOTHING, "All weights are 0",
	 "A backend with weight 0 gets no requests. When all have it, there is no backend, and "
	 "requests are answered with 500.",
	 "Give one backend a weight."},
	{"I2G266", "redirect-loop", ERROR, NOTHING, "The redirect leads back to itself",
	 "Scheme, host, port and path of the new address come to the same rule again, so clients "
	 "follow the redirect until they give up.",
	 "Change what the redirect changes, or attach the route to another listener."},
	{"I2G267", "no-time-for-retry", WARNING, NOTHING,
	 "The timeouts leave no time for another try",
	 "The timeout of the request covers all tries. When one try may take as long, a try that "
	 "times out is the last one.",
	 "Set backendRequest to a part of request."},
	{"I2G268", "regex-unstated", INFO, NOTHING,
	 "The regular expression is in no stated dialect",
	 "Gateway API leaves the dialect, and whether the expression must fit the whole text, to "
	 "the "
	 "implementation: Envoy wants RE2 and the whole path, nginx takes PCRE and any part of it.",
	 "State the dialect in the annotation ingress2gw.dev/regex-dialect, or use Exact or "
	 "PathPrefix."},
	{"I2G269", "listener-conflict", ERROR, NOTHING,
	 "The listener is dropped because of another one",
	 "Listeners of a Gateway must differ in port, protocol or host name. Within an object all "
	 "that are in conflict are dropped; across ListenerSets the Gateway, and then the older "
	 "ListenerSet, wins.",
	 "Change the port, the protocol or the host name of one of them."},
	{"I2G270", "dropped-rule", ERROR, NOTHING, "A rule of the route cannot be served",
	 "A value in it has no meaning to any implementation. The rule is dropped; when all rules "
	 "are, the route is not accepted.",
	 "Correct the value."},
	{"I2G271", "rule-without-backend", INFO, NOTHING, "The rule has no backend",
	 "A rule without backendRefs that does not redirect answers every request with 500. Some "
	 "rules are meant to: they keep a path from a more general rule.",
	 "Name a backend, or remove the rule."},
	{"I2G301", "auth-not-portable", ERROR, ANSWER | LOCATION,
	 "External authentication would be lost",
	 "The controller asks another service before it lets a request through. The standard "
	 "channel of Gateway API has no place for that, and of the experimental channel's "
	 "ExternalAuth filter not every target makes use; so the route would become public, and "
	 "is held back.",
	 "Write the authentication policy of the new gateway by hand, or use "
	 "--channel=experimental (ExternalAuth filter) where the target has it; "
	 "--allow-unguarded writes the route without it."},
	{"I2G302", "basic-auth-not-portable", ERROR, ANSWER | LOCATION,
	 "The password check would be lost",
	 "Gateway API has no basic or digest authentication, and gateways that have it accept only "
	 "some of the hash formats that nginx reads. The route is held back.",
	 "Use the gateway's own authentication policy; passwords may have to be hashed again by "
	 "their owners."},
	{"I2G303", "ip-list-not-portable", ERROR, ANSWER | LOCATION,
	 "The list of allowed or denied addresses would be lost",
	 "Gateway API has no match and no filter for client addresses, so everybody could reach "
	 "the route. It is held back.",
	 "Use the authorization policy of the new gateway, and check which address it sees behind "
	 "a load balancer."},
	{"I2G304", "client-certificate", ERROR, ANSWER | LOCATION | CERTIFICATE,
	 "The client certificate check would be lost",
	 "The controller verifies client certificates for this host. The validation that Gateway "
	 "API has does not express this check, so the route is held back.",
	 "Use a Gateway or port of its own for the host, or the client policy of the new gateway."},
	{"I2G305", "waf-not-portable", ERROR, ANSWER | LOCATION,
	 "The web application firewall would be lost",
	 "ModSecurity runs inside the old controller. Gateway API has no firewall, so attacks it "
	 "stops today would reach the backend; the route is held back.",
	 "Put a firewall in front of the gateway, or use one that the new gateway offers."},
	{"I2G306", "rate-limit-not-portable", ERROR, ANSWER | LOCATION,
	 "The rate or connection limit would be lost",
	 "The controller answers 503 above the limit, a client address at a time and with a burst "
	 "of five times the rate. Gateway API has no rate limit in any channel; the route is held "
	 "back.",
	 "Use the rate limit policy of the new gateway, and compare how it counts clients and "
	 "bursts."},
	{"I2G307", "snippet-guard", ERROR, ANSWER | LOCATION,
	 "A snippet denies requests, or may deny them",
	 "The raw configuration contains a directive that refuses requests, answers them or sends "
	 "them elsewhere, or one that is not known, and it has no equivalent. The route could be "
	 "more open than before; it is held back.",
	 "Express the check by a policy of the new gateway."},
	{"I2G308", "fails-open", WARNING, ANSWER | LOCATION,
	 "A bad value switches the protection off today",
	 "The controller does not refuse this value: it ignores the setting and serves the route "
	 "without it. The manifest looks protected and is not.",
	 "Repair the value now, on the old controller; do not wait for the migration."},
	{"I2G309", "satisfy-any", ERROR, ANSWER | LOCATION,
	 "Access by any one of several checks has no equivalent",
	 "satisfy: any lets a request pass when the address list or one of the logins accepts it. "
	 "Gateways require all their checks, so the route is held back.",
	 "Decide on one check, or give each group of clients a host of its own."},
	{"I2G310", "cors-star-credentials", WARNING, CORS,
	 "Credentials for any origin were not carried over",
	 "ingress-nginx sends a literal * together with credentials, which browsers refuse. A "
	 "gateway would have to echo the origin, which opens the route to every site; credentials "
	 "were left out.",
	 "List the origins that may send credentials."},
	{"I2G311", "cors-approximate", WARNING, ANSWER | CORS,
	 "The CORS answer differs in a detail",
	 "Gateway API limits origins to http and https, methods to the registered ones and "
	 "wildcards to any depth, and gateways pass plain OPTIONS requests to the backend. The "
	 "message says which detail is lost.",
	 "Test the front end against the new gateway."},
	{"I2G312", "auth-header-spoof", WARNING, NOTHING,
	 "Clients may be able to forge identity headers",
	 "nginx overwrites auth-response-headers even when the authentication answer lacks them. "
	 "Other gateways leave the client's own value in place.",
	 "Remove these headers from requests before authentication, by the means of the new "
	 "gateway."},
	{"I2G313", "auth-url-prefix", WARNING, NOTHING,
	 "The authentication service is called with another path",
	 "nginx calls one fixed URL with GET and accepts every 2xx answer. The ExternalAuth filter "
	 "appends the path of the request to its prefix, and passes only on 200.",
	 "Make sure that the service answers below its path, and with 200."},
	{"I2G314", "unguarded", ERROR, ANSWER, "The route was written without its guard",
	 "--allow-unguarded was given, so a route whose access check could not be expressed was "
	 "written all the same. It is open to everybody who can reach the gateway.",
	 "Add the missing check to the new gateway before the route gets traffic."},
	{"I2G315", "auth-option", WARNING, NOTHING, "An option of the authentication is lost",
	 "The check itself is carried over or held back on its own; this option changes how the "
	 "authentication service is asked, or what becomes of its answer.",
	 "Configure it in the authentication service or in the new gateway's policy."},
	{"I2G316", "cors-inert", INFO, NOTHING, "CORS settings without enable-cors do nothing",
	 "The controller looks at cors-* annotations only when enable-cors is true. Nothing is "
	 "converted for them.",
	 "Set enable-cors, or remove them."},
	{"I2G317", "guard-shadow", INFO, ANSWER | LOCATION,
	 "A rule that blocks was written in the place of a held back rule",
	 "Without it, requests for the held back path would reach a less specific rule of the same "
	 "host. The rule matches the same requests and has no backend, so they are refused.",
	 "Replace the rule once the access check is expressed for the new gateway."},

	{"I2G318", "foreign-guard", ERROR, ANSWER | LOCATION,
	 "A key of another controller may guard access",
	 "The key belongs to a controller that has no provider yet, and its name lets one expect a "
	 "check of access. What is not understood must not lead to an open route, so the routes of "
	 "the Ingress, or to the Service that has the key, are held back.",
	 "Check what the key does; --allow-unguarded writes the routes without it."},
	{"I2G319", "guard-in-doubt", ERROR, ANSWER | LOCATION,
	 "The input does not say whether a guard is in force",
	 "An annotation or option that may guard access has a value that the API server refuses, "
	 "or "
	 "stands twice with two values. What the cluster has cannot be told from these files, and "
	 "a "
	 "guard that was meant must not be lost, so the routes are held back.",
	 "Write the value as a string, and keep one of two; of several ConfigMaps that look like "
	 "the "
	 "controller's, name the right one with --controller-config. --allow-unguarded writes the "
	 "routes as kubectl would read the file."},
	{"I2G320", "passthrough-past-guard", ERROR, ANSWER | LOCATION,
	 "TLS passthrough would pass a guard by",
	 "With ssl-passthrough nobody looks into the requests of a host, so its other annotations "
	 "do "
	 "not apply. But the controller obeys it only when it runs with --enable-ssl-passthrough, "
	 "which is off by default: the guards of the host are most likely in force, and a TLSRoute "
	 "would open them. It is held back.",
	 "Remove the annotation when the controller runs without the flag; else remove the guards, "
	 "or write the route with --allow-unguarded."},
	{"I2G321", "guard-by-age", ERROR, ANSWER | LOCATION,
	 "Whether a guard is in force depends on the age of two Ingresses",
	 "When two Ingresses define the same path, the older one wins with all of its annotations. "
	 "The "
	 "input does not say when they were made, and one of them guards the path, so the routes "
	 "are held "
	 "back.",
	 "Read the objects from the cluster, where they have a creationTimestamp, or remove one of "
	 "the two."},
	{"I2G322", "authentication-exempt", INFO, ANSWER | LOCATION,
	 "The path is exempt from authentication",
	 "no-auth-locations of the controller's ConfigMap switches off external and basic "
	 "authentication for every path that begins with one of its items, whatever the Ingress "
	 "says. "
	 "The route is written without the check, as it is served today. An item that ends in a "
	 "slash "
	 "exempts what is below a Prefix path and not the path itself; one route stands for both, "
	 "and "
	 "keeps the check.",
	 "Shorten the list, if the path is meant to be guarded."},
	{"I2G323", "guard-overtaken", ERROR, ANSWER | LOCATION,
	 "A rule without a guard would take requests of a guarded one",
	 "ingress-nginx tries patterns by descending text length; a Gateway orders them by what is "
	 "written for it. Where the guarded path comes first today and behind this one on the new "
	 "gateway, requests that fit both would be served without the guard, so the rule is held "
	 "back, too. A prefix that is written for a pattern takes other requests than that, such "
	 "as "
	 "the bare path or other letters: where those would pass a guard by, they are refused, or "
	 "the guarded rule is held back.",
	 "Make one of the two patterns exclude the other, or guard both alike; --allow-unguarded "
	 "writes the rule."},
	{"I2G324", "guard-below-wildcard", ERROR, ANSWER | LOCATION,
	 "A wildcard host would take requests of a guarded rule without host",
	 "In ingress-nginx and by the Ingress API a wildcard host covers exactly one label, and "
	 "deeper names go to the rules without host. A Gateway's wildcard covers any number of "
	 "labels, so it would answer for them without the guard that stands there. No listener and "
	 "no route can say one label: the path is held back on the wildcard host.",
	 "List the names of the wildcard host one by one, or guard it alike; --allow-unguarded "
	 "writes the rule."},
	{"I2G325", "redirect-before-block", INFO, ANSWER | LOCATION,
	 "Redirects no longer ask who the client is",
	 "block-user-agents and block-referers answer 403 before anything else, also before the "
	 "redirects that nginx makes to HTTPS or to a trailing slash. What those lead to is held "
	 "back; they hand out nothing that is protected, so they are written without.",
	 "Nothing needs to be done, unless a redirect itself must be kept from those clients."},
	{"I2G327", "canary-service-shared", ERROR, ANSWER | LOCATION,
	 "A canary has its Service in common with another path",
	 "ingress-nginx makes one upstream of a Service, with the settings of the Ingress that it "
	 "sees first. When that is a canary, paths of other Ingresses that lead to the Service are "
	 "not served at all, and requests go to broader paths with other guards; when it is not, "
	 "the "
	 "canary gets no share, and a path of its own that no other Ingress has is served as its "
	 "own. What is served depends on the age of Ingresses, so such paths are held back.",
	 "Give the canary a Service of its own, or leave the other path out; --allow-unguarded "
	 "writes the paths."},
	/* ---- 4xx: traffic policy ---- */
	{"I2G401", "body-size", WARNING, ANSWER | BODY,
	 "The request body limit has no place in Gateway API",
	 "nginx answers 413 above the limit. The new gateway uses its own limit, or none.",
	 "Set the limit by a policy of the new gateway, or in the application."},
	{"I2G402", "timeout", WARNING, TIMEOUTS, "The timeout has no exact equivalent",
	 "nginx counts the pause between two reads or writes; the timeouts of Gateway API count "
	 "the whole request and would cut long downloads and websockets. No such total was "
	 "written.",
	 "Set an idle timeout by a policy of the new gateway, and check its default total (15 "
	 "seconds in Envoy)."},
	{"I2G403", "retry", WARNING, RETRY, "The retry settings are not carried over",
	 "Retries are in the experimental channel only, as a number of attempts and status codes; "
	 "a time budget and the choice of another endpoint have no field.",
	 "Use --channel=experimental, or the retry policy of the new gateway."},
	{"I2G404", "affinity", WARNING, SESSION, "Session affinity is not carried over",
	 "sessionPersistence is in the experimental channel only. Without it each request may "
	 "reach another endpoint.",
	 "Use --channel=experimental, or the policy of the new gateway; cookies of the old "
	 "controller are not honoured by any other."},
	{"I2G405", "load-balance", WARNING, NOTHING,
	 "The load-balancing algorithm has no place in Gateway API",
	 "Each gateway has its own default, and chooses endpoints by it. Consistent hashing "
	 "spreads clients differently or not at all.",
	 "Set the algorithm by a policy of the new gateway if the application depends on it."},
	{"I2G406", "buffering", INFO, NOTHING, "Buffering settings have no place in Gateway API",
	 "They steer memory and disk use inside nginx. Gateways that stream pass bodies on as they "
	 "come, so slow clients hold backend connections longer.",
	 "Set buffering by a policy of the new gateway where it matters."},
	{"I2G407", "response-rewrite", ERROR, NOTHING,
	 "Cookies or redirects of the backend are no longer rewritten",
	 "nginx changes Set-Cookie or Location of the backend's answers here. Gateway API cannot, "
	 "so logins and redirects that depend on it break.",
	 "Let the application send the right values, or use a response policy of the new gateway."},
	{"I2G408", "error-pages", WARNING,
	 ANSWER | LOCATION | BACKENDS | WEIGHTS | PATH | HOST | REQUEST | RESPONSE | PAGES,
	 "Custom error pages are not carried over",
	 "The controller replaces answers of these statuses by those of the default backend. "
	 "Clients of the new gateway see the original answer.",
	 "Use an error page policy of the new gateway where it has one."},
	{"I2G409", "observability", INFO, NOTHING,
	 "Logging and tracing settings are not carried over",
	 "They do not change any answer. Gateway API leaves them to the implementation.",
	 "Configure them for the new gateway as a whole."},
	{"I2G410", "header-edits", WARNING, HOST | REQUEST, "Some header edits do not fit",
	 "A header filter of Gateway API holds 16 operations of each kind with static values; "
	 "nginx variables and more operations have no place.",
	 "Make the edit in the application, or by a policy of the new gateway."},
	{"I2G411", "custom-headers", ERROR, RESPONSE, "Custom response headers are lost",
	 "The headers stand in a ConfigMap that is not in the input, or one of them cannot be "
	 "written. The controller adds them to every answer of this route.",
	 "Add the ConfigMap to the input."},
	{"I2G412", "session-cookie", WARNING, NOTHING, "An attribute of the session cookie is lost",
	 "sessionPersistence knows the name and the lifetime of the cookie; path, domain, SameSite "
	 "and the choice on failure are left to the gateway.",
	 "Set the attribute by a policy of the new gateway if the application depends on it."},
	{"I2G413", "body-default", INFO, ANSWER | BODY,
	 "Requests larger than 1 MiB are no longer refused",
	 "Without an annotation ingress-nginx answers 413 above 1 MiB, before it redirects or "
	 "authenticates. Most gateways have no such limit.",
	 "Set a limit on the new gateway if the backends rely on it."},
	{"I2G414", "default-retry", INFO, NOTHING,
	 "Failed connections are no longer tried on another endpoint",
	 "By default ingress-nginx makes three attempts on connection errors and timeouts of "
	 "idempotent requests. Most gateways make one.",
	 "Set a retry policy limited to connect failures on the new gateway."},
	{"I2G415", "forwarded-for", INFO, NOTHING, "X-Forwarded-For is built in another way",
	 "ingress-nginx replaces the client's value by the peer's address. Most gateways append to "
	 "it, so an application that trusts the first entry can be deceived.",
	 "Set the number of trusted proxies on the new gateway, or remove the header early."},
	{"I2G416", "underscore-headers", INFO, NOTHING,
	 "Headers with underscores are treated differently",
	 "nginx drops them without a word. Other gateways pass them on, or refuse the request.",
	 "Set the behaviour on the new gateway if clients send such headers."},
	{"I2G417", "hsts", INFO, NOTHING, "Strict-Transport-Security is no longer added by itself",
	 "ingress-nginx sends the header with a year's age on every HTTPS answer; browsers "
	 "remember it. Gateways send it only when a filter says so.",
	 "Add it with a ResponseHeaderModifier, or accept that browsers forget it in time."},
	{"I2G418", "bandwidth", WARNING, NOTHING, "The bandwidth limit is not carried over",
	 "limit-rate slows each response down after limit-rate-after kibibytes. Gateway API has no "
	 "such limit.",
	 "Use a bandwidth policy of the new gateway where it has one."},
	{"I2G419", "http-version", INFO, NOTHING,
	 "The HTTP version towards the backend is not carried over",
	 "Gateways speak HTTP/1.1, or HTTP/2 where appProtocol says so. HTTP/1.0 without "
	 "keep-alive and chunked bodies has no equivalent.",
	 "Nothing needs to be done unless the backend cannot speak HTTP/1.1."},
	{"I2G420", "connection-header", INFO, NOTHING,
	 "The fixed Connection header is not carried over",
	 "Connection is a hop-by-hop header that gateways manage themselves. With close nginx "
	 "opened a new connection for each request.",
	 "Limit requests per connection by a policy of the new gateway if the backend needs it."},
	{"I2G421", "burst-zero", ERROR, NOTHING,
	 "The burst multiplier makes nginx refuse its whole configuration",
	 "With a burst of 0 or less nginx does not load the new configuration, so no later change "
	 "of any Ingress is in force. The cluster may serve something older than the manifests.",
	 "Correct the value and check what is live before the migration."},
	{"I2G422", "compression", INFO, NOTHING, "Response compression is not carried over",
	 "The controller compresses answers as its ConfigMap says. Gateway API leaves compression "
	 "to the implementation.",
	 "Switch it on at the new gateway."},
	{"I2G423", "vip", WARNING, NOTHING, "Requests no longer go through the Service address",
	 "service-upstream sends requests to the Service's own address, mostly for a service mesh. "
	 "Gateways choose among the endpoints themselves.",
	 "Use the routing setting of the new gateway if a mesh depends on it."},

	/* ---- 5xx: TLS ---- */
	{"I2G424", "client-headers", INFO, NOTHING,
	 "Some headers about the client are not sent to backends",
	 "ingress-nginx sets X-Real-IP, X-Forwarded-Port, X-Forwarded-Scheme and X-Scheme on every "
	 "request. Gateway API does not ask for them, and what a client sends under these names "
	 "may "
	 "get through.",
	 "Check that no backend relies on them, or have the new gateway set them."},
	{"I2G501", "tls-host-unlisted", WARNING, ANSWER | CERTIFICATE,
	 "The host gets HTTPS although no TLS entry lists it",
	 "One TLS entry makes all hosts of an Ingress redirect to HTTPS; hosts that no entry lists "
	 "are served with the default certificate, which browsers refuse.",
	 "List the host in spec.tls with a certificate that covers it."},
	{"I2G502", "certificate-mismatch", WARNING, ANSWER | CERTIFICATE,
	 "The certificate does not cover the host",
	 "The names in the Secret's certificate do not include this host. ingress-nginx then "
	 "serves its default certificate; a gateway serves the wrong one.",
	 "Issue a certificate for the host."},
	{"I2G503", "no-certificate", ERROR, ANSWER | CERTIFICATE,
	 "No certificate is known for this host",
	 "The TLS entry names no Secret, so the controller serves its default certificate. A "
	 "Gateway listener needs a certificate reference; the HTTPS listener is not written.",
	 "Name the Secret in spec.tls, or give the controller's default with "
	 "--default-ssl-certificate."},
	{"I2G504", "hostless-tls", WARNING, ANSWER | CERTIFICATE,
	 "TLS of an Ingress without host has no effect",
	 "The controller ignores spec.tls of rules without a host: HTTPS is served with the "
	 "default certificate, and plain HTTP is not redirected.",
	 "Name the hosts, or give the certificate as --default-ssl-certificate."},
	{"I2G505", "tls-host-unused", WARNING, NOTHING, "A host is listed for TLS but has no rule",
	 "No rule of the input serves this host, so no listener was written for it.",
	 "Remove the host from spec.tls, or add a rule."},
	{"I2G506", "passthrough-assumed", WARNING, ANSWER | PROTOCOL | CERTIFICATE,
	 "TLS passthrough was assumed to be switched on",
	 "ssl-passthrough works only when the controller runs with --enable-ssl-passthrough, which "
	 "the manifests do not show. A TLSRoute was written.",
	 "Check the controller's flags; without the flag the annotation does nothing and should "
	 "go."},
	{"I2G507", "backend-tls-unverified", ERROR, PROTOCOL,
	 "TLS to the backend without verification has no equivalent",
	 "For HTTPS and GRPCS backends ingress-nginx does not verify the certificate. "
	 "BackendTLSPolicy always does, and would refuse a self-signed one.",
	 "Give the CA with proxy-ssl-secret, or use a policy of the new gateway that skips "
	 "verification."},
	{"I2G508", "backend-tls-incomplete", ERROR, ANSWER | PROTOCOL,
	 "The backend's certificate cannot be verified as configured",
	 "BackendTLSPolicy needs a CA and the name in the certificate. Without proxy-ssl-name "
	 "nginx compares with an internal name, which practically always fails. A Service port "
	 "whose appProtocol asks for TLS, which ingress-nginx does not look at, needs them too.",
	 "Set proxy-ssl-name and a Secret with ca.crt, or remove an appProtocol that does not "
	 "fit."},
	{"I2G509", "implicit-https", INFO, ANSWER | CERTIFICATE,
	 "Hosts without TLS no longer answer on port 443",
	 "ingress-nginx serves every host on 443 with its default certificate. A Gateway serves "
	 "HTTPS only where a listener has a certificate.",
	 "Give the default certificate with --default-ssl-certificate if HTTPS should stay."},
	{"I2G510", "tls-options", WARNING, ANSWER | CERTIFICATE,
	 "TLS versions or ciphers are not carried over",
	 "Gateway API has no field for them; listeners have implementation-specific options. The "
	 "new gateway uses its own defaults.",
	 "Set them by the options or policy of the new gateway."},
	{"I2G511", "passthrough-not-expressible", ERROR, ANSWER | LOCATION | CERTIFICATE,
	 "The passthrough has no equivalent in Gateway API",
	 "Passthrough needs an exact host and a backend for the path /, as in the controller. "
	 "Without them no TLSRoute can be written.",
	 "Give the Ingress an exact host and a rule for /."},
	{"I2G512", "client-certificate-port", ERROR, ANSWER | LOCATION | CERTIFICATE,
	 "Client certificates are checked per port, not per host",
	 "The frontend validation of a Gateway applies to all hosts of a port: hosts without the "
	 "check would ask for certificates too, or this host would ask for none.",
	 "Give the host a Gateway or port of its own, or use the client policy of the new "
	 "gateway."},
	{"I2G513", "backend-client-certificate", ERROR, PROTOCOL,
	 "The client certificate for the backend is lost",
	 "Gateway API has one client certificate for a whole Gateway, where the controller has one "
	 "for each Ingress. Backends that ask for it will refuse the gateway.",
	 "Set spec.tls.backend.clientCertificateRef on the Gateway, or use the backend policy of "
	 "the new gateway."},
	{"I2G514", "ca-config-map", WARNING, ANSWER,
	 "The CA certificate was written as a ConfigMap",
	 "CA references of Gateway API point to ConfigMaps in the core conformance profile; "
	 "Secrets are optional. The certificate was copied and is no longer renewed with the "
	 "Secret.",
	 "Let the tool that renews the Secret write the ConfigMap too."},
	{"I2G520", "listener-without-certificate", ERROR, NOTHING,
	 "The listener has no certificate",
	 "A listener that terminates TLS needs a certificate; without one no handshake succeeds, "
	 "and "
	 "the listener is not programmed.",
	 "Name a Secret in tls.certificateRefs."},
	{"I2G521", "certificate-for-other-names", WARNING, NOTHING,
	 "The certificate is not for the host name of the listener",
	 "None of the names in the certificates of the listener is that of the listener, so "
	 "browsers "
	 "refuse the connection. A wildcard in a certificate stands for exactly one label.",
	 "Add the certificate for the name, or correct the host name."},
	{"I2G522", "overlapping-tls", INFO, NOTHING, "TLS settings of two listeners overlap",
	 "With HTTP/2 a client may use one connection for every name that its certificate is good "
	 "for. Requests then come to another listener than a new connection would; implementations "
	 "answer them from the wrong routes, or with 421.",
	 "Use certificates without names of other listeners, or expect 421."},
	{"I2G523", "tls-policy-conflict", WARNING, NOTHING,
	 "Another BackendTLSPolicy has this target",
	 "Of several policies for one Service and port the older one counts, then the one whose "
	 "name "
	 "comes first. The others are not accepted.",
	 "Keep one policy, or tell them apart by sectionName."},

	{"I2G524", "redirect-behind-proxy", WARNING, ROUTED,
	 "The redirect to HTTPS no longer heeds X-Forwarded-Proto",
	 "Where a load balancer ends TLS in front of ingress-nginx and use-forwarded-headers is "
	 "on, "
	 "requests that came by HTTPS are served. A Gateway redirects all that come to its HTTP "
	 "listener, so behind such a load balancer the redirect leads back to itself.",
	 "Let the load balancer pass TLS through or speak HTTPS to the gateway, or leave the "
	 "redirect out where TLS ends in front."},
	{"I2G525", "certificate-loses-name", WARNING, NOTHING,
	 "A certificate of cert-manager loses a name",
	 "For an Ingress cert-manager makes certificates for the hosts in spec.tls. For a Gateway "
	 "or "
	 "ListenerSet it makes them for the host names of the HTTPS listeners of that object, by "
	 "the Secret that they refer to. A host of spec.tls that none of them has falls out of the "
	 "certificate when it is made again.",
	 "Give the host a rule, or take the issuer off the listeners and write a Certificate with "
	 "all names."},

	/* ---- 6xx: output and target ---- */
	{"I2G602", "name-cut", INFO, NOTHING, "A name was shortened",
	 "Object names have at most 253 characters, listener names too. The name was cut and a "
	 "hash of the whole was appended, so it stays unique and stable.",
	 "Nothing needs to be done."},
	{"I2G603", "class-unknown", WARNING, NOTHING, "The gatewayClassName is a guess",
	 "No target was chosen, so the name of the GatewayClass is not known. The Gateway stays "
	 "without a controller until the class exists.",
	 "Choose the gateway with --emitter, or the class with --gateway-class."},
	{"I2G604", "metadata-moved", INFO, NOTHING, "An annotation moved to another object",
	 "Tools such as cert-manager and external-dns read their annotations from the Gateway or "
	 "the routes. They were put where the tool looks for them.",
	 "Check that the tool's Gateway API support is switched on."},
	{"I2G605", "metadata-dropped", INFO, NOTHING, "Metadata was not carried over",
	 "Annotations that belong to the old object, such as those of kubectl and deployment "
	 "tools, have no meaning on the new ones.",
	 "Use --copy-labels for labels; add annotations by hand if a tool needs them."},
	{"I2G606", "nothing-converted", WARNING, NOTHING, "Nothing was converted",
	 "The input has no Ingress, or all were left out by class, provider, namespace or "
	 "selector. No output was written.",
	 "Check the paths and filters."},
	{"I2G607", "too-many-items", WARNING, NOTHING, "More items than one object can hold",
	 "Gateway API limits rules, matches, host names and listeners of an object. What can be "
	 "split was split; this could not.",
	 "Divide the Ingress."},
	{"I2G608", "gateway-must-allow", INFO, NOTHING,
	 "The existing Gateway must allow the ListenerSet",
	 "A Gateway accepts ListenerSets only from the namespaces in its spec.allowedListeners, "
	 "and "
	 "from none by default. The Gateway named with --gateway is not written by this program.",
	 "Set spec.allowedListeners of that Gateway before the routes are needed."},
	{"I2G610", "schema-violation", ERROR, NOTHING, "The API server refuses this value",
	 "The schema of the CustomResourceDefinition does not allow it: a field is missing, has "
	 "the wrong type, or is out of its bounds. The whole object is refused.",
	 "Write the value in the form that the message asks for."},
	{"I2G611", "unknown-field-pruned", WARNING, NOTHING, "The API server drops this field",
	 "The schema has no such field. The API server prunes it in silence, and kubectl with "
	 "strict validation refuses the object. Fields of the experimental channel are dropped "
	 "like this in clusters that have the standard channel.",
	 "Correct the name of the field, remove it, or install the channel that has it."},
	{"I2G612", "rule-violation", ERROR, NOTHING, "The object breaks a rule of its kind",
	 "A validation rule of the CustomResourceDefinition does not hold, so the API server "
	 "refuses the object. Rules tell how several fields must fit together.",
	 "Change the fields that the message names."},
	{"I2G613", "unsupported-rule", WARNING, NOTHING, "A rule of the schema was not checked",
	 "The CustomResourceDefinition uses something that this program cannot evaluate. The API "
	 "server may refuse the object all the same.",
	 "Check the object against the cluster: kubectl apply --dry-run=server."},
	{"I2G614", "unknown-kind", INFO, NOTHING, "The kind of this object is not known",
	 "No schema for it is built in, and no CustomResourceDefinition was given, so nothing in "
	 "it was checked.",
	 "Give the definition with --crds, or correct apiVersion and kind."},
	{"I2G615", "version-not-served", ERROR, NOTHING,
	 "The API server does not serve this version",
	 "The kind exists, but not in this version, or only in a version that is switched off in "
	 "this channel. The object cannot be created.",
	 "Use the version that the hint names."},
	{"I2G616", "experimental-field", INFO, NOTHING,
	 "Only the experimental channel has this field",
	 "The object is legal where the experimental channel is installed. In a cluster with the "
	 "standard channel the field is dropped in silence.",
	 "Make sure that the experimental channel is installed."},
	{"I2G617", "unusable-object", ERROR, NOTHING, "A Gateway API object cannot be used",
	 "A field has another shape than its CustomResourceDefinition says, so the object was left "
	 "out: the API server refuses it, and guessing what it means would give wrong answers. "
	 "verify and match say this of the objects that they compare with; validate says more, by "
	 "the schema.",
	 "Correct the field that the message names."},
	{"I2G618", "dangling-backend", WARNING, NOTHING, "The backend does not exist",
	 "The route names a Service that the input does not have, although it has others in that "
	 "namespace. Requests for it are answered with 500.",
	 "Correct the name, add the Service, or say --external-refs=allow."},
	{"I2G619", "backend-port-missing", ERROR, NOTHING, "The Service has no such port",
	 "Ports of backends are ports of the Service, not of its pods. Requests for it are "
	 "answered "
	 "with 500.",
	 "Name a port of the Service."},
	{"I2G620", "dangling-parent", WARNING, NOTHING, "The parent does not exist",
	 "The route or ListenerSet names a Gateway that the input does not have, although it has "
	 "others in that namespace. Nothing is attached.",
	 "Correct the name, add the Gateway, or say --external-refs=allow."},
	{"I2G621", "no-such-listener", ERROR, NOTHING, "No listener has this name or port",
	 "sectionName and port pick a listener of the parent, and both must hold. Nothing is "
	 "attached.",
	 "Correct sectionName or port."},
	{"I2G622", "dangling-certificate", WARNING, NOTHING,
	 "The certificate does not exist or cannot be read",
	 "The Secret or ConfigMap is not in the input, although it has others in that namespace, "
	 "or "
	 "it holds no certificate that can be read.",
	 "Correct the name, add the object, or say --external-refs=allow."},
	{"I2G623", "missing-reference-grant", ERROR, NOTHING, "A ReferenceGrant is missing",
	 "References into another namespace must be allowed there. Without a ReferenceGrant the "
	 "reference does not resolve: routes answer 500, listeners have no certificate.",
	 "Add a ReferenceGrant to the namespace that is referred to."},
	{"I2G624", "unsupported-kind", WARNING, NOTHING, "The kind of the reference is not known",
	 "It is none that Gateway API defines for this place, and no object of it is in the input. "
	 "Implementations that do not have the kind answer with 500.",
	 "Correct group and kind, or say --external-refs=allow when the implementation has them."},
	{"I2G625", "attachment-not-allowed", ERROR, NOTHING, "The parent does not take this object",
	 "allowedRoutes of a listener says which kinds of routes from which namespaces it takes, "
	 "by "
	 "default those of its own namespace; allowedListeners of a Gateway says the same about "
	 "ListenerSets, by default none.",
	 "Change allowedRoutes or allowedListeners, or move the object."},
	{"I2G626", "old-version", INFO, NOTHING, "The object is written in an old version",
	 "Every kind of Gateway API has a version v1 since 1.5. The older versions are deprecated, "
	 "and some of them are no longer served.",
	 "Write apiVersion: gateway.networking.k8s.io/v1."},
	{"I2G627", "near-limit", INFO, NOTHING, "A list is almost as long as it may be",
	 "The CustomResourceDefinitions bound the lists of an object. The next additions will be "
	 "refused.",
	 "Split the object before it is full."},
	{"I2G628", "dangling-policy-target", WARNING, NOTHING,
	 "The target of the policy does not exist",
	 "The policy names a Service that the input does not have, although it has others in that "
	 "namespace. It has no effect.",
	 "Correct the name, or remove the policy."},
	{"I2G629", "issuer-on-listener-set", WARNING, NOTHING,
	 "Only a cert-manager that reads ListenerSets renews the certificate",
	 "The issuer moved to a ListenerSet, because the Gateway stands in another namespace than "
	 "the "
	 "Secret or has hosts whose certificates are not cert-manager's. cert-manager reads "
	 "ListenerSets from 1.20 on, with its feature gate ListenerSets and with "
	 "enableGatewayAPIListenerSet (gatewayAPI.enableListenerSet from 1.21 on), all off by "
	 "default. Without them the certificate runs out some time after the Ingress is deleted.",
	 "Switch them on before the Ingress goes, or let the Gateway carry the issuer: it stands "
	 "in "
	 "the namespace of the Secrets with --gateway-namespace or --topology=namespace."},
	{"I2G690", "own-output-illegal", ERROR, NOTHING,
	 "This program made an object that is not legal",
	 "Every object is checked against schema and rules of Gateway API before it is written. "
	 "This one would be refused, or lose a field in silence, so it was left out, and the run "
	 "ends with status 2.",
	 "Report it as a bug of ingress2gw, with the Ingress that the object was made from."},
	{"I2G691", "own-output-unchecked", INFO, NOTHING,
	 "Something that was written could not be checked",
	 "Objects are checked before they are written. No schema is built in for this kind, or a "
	 "pattern takes too long on this value, so the API server may refuse it.",
	 "Check it against the cluster: kubectl apply --dry-run=server."},

	/* ---- 9xx: suppressions and baseline ---- */
	/* 7xx: differences that verify finds */
	{"I2G700", "answer-differs", ERROR, NOTHING,
	 "A request is answered differently, and no finding says so",
	 "The two sides were asked the same request and decide differently, for a reason that no "
	 "finding of the conversion gives: the conversion, or what was written by hand, is wrong "
	 "there.",
	 "Compare the request on both sides with match; if the objects were converted, report it."},
	{"I2G701", "guard-lost", ERROR, NOTHING, "A guarded request is served without its guard",
	 "Today the request has to pass an access check: authentication, an address list, a client "
	 "certificate, a rate limit or a firewall. On the new side a backend answers it without.",
	 "Put the guard in place with the target's own policy before the route is applied."},
	{"I2G702", "answer-differs-as-announced", INFO, NOTHING,
	 "A request is answered differently, as another finding announces",
	 "The conversion could not keep this answer and said so; this is the shortest request that "
	 "shows it.",
	 "See the finding that it names."},
	{"I2G703", "guard-bypass", ERROR, NOTHING,
	 "A request in an unusual form may pass by a guard",
	 "ingress-nginx merges slashes, resolves dots and decodes escapes before it chooses a "
	 "location, drops a dot behind the host, and its wildcard hosts stand for one label. "
	 "Gateway "
	 "API says nothing about "
	 "paths "
	 "that are not in their normal form, and its wildcards stand for any number of labels: "
	 "such a "
	 "request may reach a rule without the guard.",
	 "Check how the target normalises paths before it matches, or guard the general rule as "
	 "well."},
	{"I2G705", "not-simulated", WARNING, NOTHING, "A setting of the input is not simulated",
	 "The answers of the two sides were compared, but for what this setting does: raw "
	 "configuration, a setting of a controller that this program knows only by the Ingress "
	 "API, "
	 "a kind of backend that only some Gateways know. Nothing is proven for the requests that "
	 "it "
	 "concerns.",
	 "Read what the conversion says about it (lint), and try those requests on both sides."},
	{"I2G901", "unused-suppression", WARNING, NOTHING, "A suppression matches no finding",
	 "An annotation or a comment sets aside a finding that is not raised. It was corrected, or "
	 "never there, and the next one of its kind would be hidden without a word.",
	 "Remove the code from the annotation or comment."},
	{"I2G902", "suppression-malformed", WARNING, NOTHING, "A suppression cannot be read",
	 "An annotation or a comment that is meant to set findings aside names no rule that "
	 "exists, "
	 "or is written in another way than this program reads. What it was meant for is shown.",
	 "Write CODE: reason, as in I2G204: clients never send upper case; semicolons separate "
	 "several."},
	{"I2G903", "baseline-stale", WARNING, NOTHING, "The baseline names a finding that is gone",
	 "The entry would hide a finding of the same kind if it came back.",
	 "Run the same command with --prune-baseline and commit the file."},
};

const size_t rule_count = sizeof rules / sizeof *rules;

const struct rule *rule_find(struct str code_or_name)
{
	for (size_t i = 0; i < rule_count; i++)
		if (str_is_nocase(code_or_name, rules[i].code) ||
		    str_is(code_or_name, rules[i].name))
			return &rules[i];
	return NULL;
}

/* Codes are sorted: reports ask for the row of every finding. */
static const struct rule *find_code(const char *code)
{
	size_t low = 0, high = rule_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(code, rules[middle].code);

		if (order == 0)
			return &rules[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct rule *rule_of(const struct finding *finding)
{
	const struct rule *rule = find_code(finding->code);

	if (!rule)
		BUG("no rule has the code %s", finding->code);
	return rule;
}

unsigned rule_explains(const char *code)
{
	const struct rule *rule = find_code(code);

	return rule ? rule->explains : 0;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[severity];
}

void findings_count(const struct findings *findings, size_t counts[3])
{
	counts[SEVERITY_INFO] = counts[SEVERITY_WARNING] = counts[SEVERITY_ERROR] = 0;
	for (size_t i = 0; i < findings->count; i++)
		counts[rule_of(&findings->at[i])->severity]++;
}
