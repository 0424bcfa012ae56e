#include "gateway_case.h"

/* ---- host names ---- */

static void test_hostnames(void **state)
{
	static const struct {
		const char *listener, *route, *both; /* NULL: they never meet */
	} cases[] = {
		{"", "", ""},
		{"", "a.test", "a.test"},
		{"a.test", "", "a.test"},
		{"a.test", "a.test", "a.test"},
		{"a.test", "b.test", NULL},
		{"*.test", "a.test", "a.test"},
		{"*.test", "a.b.test", "a.b.test"},
		{"*.test", "test", NULL},
		{"*.b.test", "b.test", NULL},
		{"*.b.test", "ab.test", NULL},
		{"a.test", "*.test", "a.test"},
		{"test", "*.test", NULL},
		{"*.test", "*.test", "*.test"},
		{"*.a.test", "*.test", "*.a.test"},
		{"*.test", "*.a.test", "*.a.test"},
		{"*.a.test", "*.b.test", NULL},
	};
	struct str both;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool met = attach_hostname(str_from(cases[i].listener), str_from(cases[i].route),
					   &both);

		assert_int_equal(met, cases[i].both != NULL);
		if (met)
			assert_str(both, cases[i].both);
	}
}

/* ---- small writers of input ---- */

#define NAMESPACE(name, labels)                                                                    \
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: " name ", labels: {" labels "}}\n---\n"
#define SERVICE(name, namespace)                                                                   \
	"apiVersion: v1\nkind: Service\nmetadata: {name: " name                                    \
	", namespace: " namespace "}\nspec: {ports: [{port: 80}]}\n---\n"
#define GATEWAY(more, listeners)                                                                   \
	HEAD("Gateway")                                                                            \
	"metadata: {name: gw, namespace: infra}\nspec:\n  gatewayClassName: c\n" more              \
	"  listeners:\n" listeners "---\n"
#define ROUTE(kind, name, namespace, parent, more)                                                 \
	HEAD(kind)                                                                                 \
	"metadata: {name: " name ", namespace: " namespace "}\nspec:\n  parentRefs: [{name: gw, "  \
							   "namespace: infra" parent "}]\n" more   \
							   "---\n"
#define SET(name, namespace, listeners)                                                            \
	HEAD("ListenerSet")                                                                        \
	"metadata: {name: " name                                                                   \
	", namespace: " namespace "}\nspec:\n  parentRef: {name: gw, namespace: infra}\n  "        \
				  "listeners:\n" listeners "---\n"

static const struct attach_options strict = {.external = ATTACH_EXTERNAL_DENY};

static void assert_status(const char *text, struct attach_options options, const char *status)
{
	struct gateway_case kase;

	gateway_attach(&kase, text, options);
	gateway_print_status(&kase);
	assert_said(&kase.kube, status);
	gateway_finish(&kase);
}

/* ---- routes ---- */

static void test_outcomes(void **state)
{
	(void)state;
	assert_status(
		GATEWAY("", "  - {name: http, port: 80, protocol: HTTP, hostname: '*.test'}\n"
			    "  - {name: tcp, port: 90, protocol: TCP, allowedRoutes: {namespaces: "
			    "{from: All}}}\n") ROUTE("HTTPRoute", "ok", "infra", "",
						     "  hostnames: [a.test]\n")
			ROUTE("HTTPRoute", "far", "shop", "",
			      "") ROUTE("HTTPRoute", "other", "infra", "", "  hostnames: [a.org]\n")
				ROUTE("HTTPRoute", "nosection", "infra", ", sectionName: x",
				      "") ROUTE("HTTPRoute", "port", "infra",
						", sectionName: http, port: 90",
						"") ROUTE("TCPRoute", "wrongkind", "infra",
							  ", port: 80", "  rules: [{}]\n")
					ROUTE("TCPRoute", "tcp", "shop", "", "  rules: [{}]\n")
						ROUTE("HTTPRoute", "noparent", "infra",
						      ", kind: "
						      "ListenerSet",
						      ""),
		strict,
		"Gateway infra/gw||yes yes yes||\n"
		"Gateway infra/gw|listener http|yes yes yes|1|\n"
		"Gateway infra/gw|listener tcp|yes yes yes|1|\n"
		"HTTPRoute infra/ok|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute shop/far|Gateway infra/gw|no yes -||NotAllowedByListeners: listener "
		"\"http\" does not take routes of namespace shop (allowedRoutes.namespaces.from: "
		"Same)\n"
		"HTTPRoute infra/other|Gateway infra/gw|no yes -||NoMatchingListenerHostname: no "
		"host name of the route meets *.test of listener \"http\"\n"
		"HTTPRoute infra/nosection|Gateway infra/gw x|no yes -||NoMatchingParent: no "
		"listener has the name \"x\"\n"
		"HTTPRoute infra/port|Gateway infra/gw http :90|no yes -||NoMatchingParent: no "
		"listener has the name \"http\" and port 90\n"
		"TCPRoute infra/wrongkind|Gateway infra/gw :80|no yes -||NotAllowedByListeners: "
		"listener \"http\" of protocol HTTP takes no TCPRoute\n"
		"TCPRoute shop/tcp|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute infra/noparent|ListenerSet infra/gw|no yes -||NoMatchingParent: "
		"ListenerSet infra/gw does not exist\n");
}

/* A route that asks for it attaches to Gateways that nobody named, where they take it. */
static void test_default_gateways(void **state)
{
	(void)state;
	assert_status(
		GATEWAY("  defaultScope: All\n", "  - {name: l, port: 80, protocol: HTTP}\n") HEAD(
			"HTTPRoute") "metadata: {name: r, namespace: infra}\nspec: "
				     "{useDefaultGateways: All}\n---\n" HEAD(
					     "HTTPRoute") "metadata: {name: far, namespace: "
							  "shop}\nspec: {useDefaultGateways: "
							  "All}\n---\n" HEAD(
								  "HTTPRoute") "metadata: {name: "
									       "none, namespace: "
									       "infra}\nspec: "
									       "{useDefaultGateways"
									       ": None}\n",
		strict,
		"Gateway infra/gw||yes yes yes||\n"
		"Gateway infra/gw|listener l|yes yes yes|1|\n"
		"HTTPRoute infra/r|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute shop/far||- - -||it has no parentRefs\n"
		"HTTPRoute infra/none||- - -||it has no parentRefs\n");
}

/* What is left of host names is what the router matches. */
static void test_bindings(void **state)
{
	struct gateway_case kase;
	const struct attach_parent *parent;

	(void)state;
	gateway_attach(
		&kase,
		GATEWAY("", "  - {name: one, port: 80, protocol: HTTP, hostname: "
			    "'*.a.test'}\n"
			    "  - {name: all, port: 81, protocol: HTTP}\n"
			    "  - {name: third, port: 82, protocol: HTTP, hostname: b.test}\n")
			ROUTE("HTTPRoute", "r", "infra", "",
			      "  hostnames: ['*.test', x.a.test, c.test]\n")
				ROUTE("HTTPRoute", "every", "infra", ", sectionName: one", ""),
		strict);
	parent = &kase.attach.routes[0].parents[0];
	assert_int_equal(parent->binding_count, 3);
	assert_int_equal(parent->bindings[0].hostnames.count, 2);
	assert_str(parent->bindings[0].hostnames.at[0].text, "*.a.test");
	assert_str(parent->bindings[0].hostnames.at[1].text, "x.a.test");
	assert_int_equal(parent->bindings[1].hostnames.count, 3);
	/* "*.test" is cut down to the name of the listener. */
	assert_str(parent->bindings[2].hostnames.at[0].text, "b.test");
	parent = &kase.attach.routes[1].parents[0];
	assert_int_equal(parent->binding_count, 1);
	assert_str(parent->bindings[0].hostnames.at[0].text, "*.a.test");
	gateway_finish(&kase);
}

/* Two parentRefs, one listener: one route. */
static void test_counted_once(void **state)
{
	struct gateway_case kase;

	(void)state;
	gateway_attach(&kase,
		       GATEWAY("", "  - {name: one, port: 80, protocol: HTTP}\n"
				   "  - {name: two, port: 81, protocol: HTTP}\n")
			       HEAD("HTTPRoute") "metadata: {name: r, namespace: infra}\n"
						 "spec: {parentRefs: [{name: gw}, {name: gw, "
						 "sectionName: one}]}\n",
		       strict);
	assert_int_equal(kase.attach.gateways[0].own.at[0].routes, 1);
	assert_int_equal(kase.attach.gateways[0].own.at[1].routes, 1);
	gateway_finish(&kase);
}

static void test_other_parent(void **state)
{
	(void)state;
	assert_status(
		HEAD("HTTPRoute") "metadata: {name: mesh}\n"
				  "spec: {parentRefs: [{group: '', kind: Service, name: s}]}\n",
		strict,
		"HTTPRoute default/mesh|Service default/s|no yes -||NoMatchingParent: the "
		"parent is no Gateway\n");
}

static void test_namespaces(void **state)
{
	(void)state;
	assert_status(
		NAMESPACE("a", "team: web") NAMESPACE("b", "team: db") GATEWAY(
			"", "  - {name: l, port: 80, protocol: HTTP, allowedRoutes: {namespaces: "
			    "{from: Selector, selector: {matchLabels: {team: web}}}}}\n"
			    "  - {name: m, port: 81, protocol: HTTP, allowedRoutes: {namespaces: "
			    "{from: Selector, selector: {matchExpressions: [{key: "
			    "kubernetes.io/metadata.name, operator: In, values: [b, c]}]}}}}\n"
			    "  - {name: o, port: 82, protocol: HTTP, allowedRoutes: {namespaces: "
			    "{from: Selector}}}\n") ROUTE("HTTPRoute", "r", "a", "", "")
			ROUTE("HTTPRoute", "r", "b", "", "") ROUTE("HTTPRoute", "r", "c", "", ""),
		strict,
		"Gateway infra/gw||yes yes yes||\n"
		"Gateway infra/gw|listener l|yes yes yes|1|\n"
		"Gateway infra/gw|listener m|yes yes yes|2|\n"
		"Gateway infra/gw|listener o|yes yes yes|0|\n"
		"HTTPRoute a/r|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute b/r|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute c/r|Gateway infra/gw|yes yes -||\n");
}

static void test_references(void **state)
{
	(void)state;
	assert_status(
		SERVICE("web", "infra") SERVICE("far", "shop")
			GATEWAY("", "  - {name: l, port: 80, protocol: HTTP}\n") ROUTE(
				"HTTPRoute", "ok", "infra", "",
				"  rules: [{backendRefs: [{name: web, port: 80}]}]\n")
				ROUTE("HTTPRoute", "port", "infra", "",
				      "  rules: [{backendRefs: [{name: web, port: 81}]}]\n")
					ROUTE("HTTPRoute", "gone", "infra", "",
					      "  rules: [{backendRefs: [{name: x, port: 1}]}]\n")
						ROUTE("HTTPRoute", "far", "infra", "",
						      "  rules: [{backendRefs: [{name: far, "
						      "namespace: shop, port: 80}]}]\n")
							ROUTE("HTTPRoute", "kind", "infra", "",
							      "  rules: [{backendRefs: [{name: a, "
							      "kind: Nothing, port: 80}]}]\n")
								ROUTE("HTTPRoute", "mirror",
								      "infra", "",
								      "  rules: [{filters: "
								      "[{type: RequestMirror, "
								      "requestMirror: "
								      "{backendRef: {name: lost, "
								      "port: 1}}}]}]\n"),
		strict,
		"Gateway infra/gw||yes yes yes||\n"
		"Gateway infra/gw|listener l|yes yes yes|6|\n"
		"HTTPRoute infra/ok|Gateway infra/gw|yes yes -||\n"
		"HTTPRoute infra/port|Gateway infra/gw|yes no -||BackendNotFound: Service "
		"infra/web has no such port\n"
		"HTTPRoute infra/gone|Gateway infra/gw|yes no -||BackendNotFound: Service infra/x "
		"does not exist\n"
		"HTTPRoute infra/far|Gateway infra/gw|yes no -||RefNotPermitted: Service shop/far "
		"is in another namespace, and no ReferenceGrant there allows it\n"
		"HTTPRoute infra/kind|Gateway infra/gw|yes no -||InvalidKind: Nothing infra/a is "
		"of a kind that is not supported\n"
		"HTTPRoute infra/mirror|Gateway infra/gw|yes no -||BackendNotFound: Service "
		"infra/lost does not exist\n");
}

/* What files do not have is held against a reference when they have others of its kind there. */
static void test_external(void **state)
{
	static const char text[] = GATEWAY("", "  - {name: l, port: 80, protocol: HTTP}\n") ROUTE(
		"HTTPRoute", "r", "infra", "", "  rules: [{backendRefs: [{name: x, port: 80}]}]\n");
	static const char found[] = "HTTPRoute infra/r|Gateway infra/gw|yes yes -||\n";
	struct gateway_case kase;
	char with[800];

	(void)state;
	snprintf(with, sizeof with, "%s%s", SERVICE("web", "infra"), text);
	for (int external = 0; external < 3; external++)
		for (int services = 0; services < 2; services++) {
			bool resolved = external == ATTACH_EXTERNAL_ALLOW ||
					(external == ATTACH_EXTERNAL_AUTO && !services);

			gateway_attach(&kase, services ? with : text,
				       (struct attach_options){
					       .external = (enum attach_external)external});
			gateway_print_status(&kase);
			buf_char(&kase.kube.said, '\0');
			assert_int_equal(strstr(kase.kube.said.at, found) != NULL, resolved);
			gateway_finish(&kase);
		}
}

static void test_broken_rules(void **state)
{

	(void)state;

	assert_status(
		GATEWAY("", "  - {name: l, port: 80, protocol: HTTP}\n") ROUTE(
			"HTTPRoute", "some", "infra", "",
			"  rules: [{}, {matches: [{path: {type: RegularExpression, value: "
			"'/(a'}}]}]\n")
			ROUTE("HTTPRoute", "all", "infra", "",
			      "  rules: [{matches: [{headers: [{name: x, type: RegularExpression, "
			      "value: '['}]}]}]\n"),
		strict,
		"Gateway infra/gw||yes yes yes||\n"
		"Gateway infra/gw|listener l|yes yes yes|2|\n"
		"HTTPRoute infra/some|Gateway infra/gw|yes yes -||UnsupportedValue: Dropped Rule: "
		"rule 1: \"/(a\" is no regular expression\n"
		"HTTPRoute infra/all|Gateway infra/gw|no yes -||UnsupportedValue: rule 0: \"[\" "
		"is no regular expression\n");
}

/* ---- listeners ---- */

static void test_conflicts(void **state)
{
	(void)state;
	assert_status(
		GATEWAY("  allowedListeners: {namespaces: {from: Same}}\n",
			"  - {name: a, port: 80, protocol: HTTP, hostname: a.test}\n"
			"  - {name: b, port: 81, protocol: HTTP}\n"
			"  - {name: c, port: 81, protocol: TCP}\n"
			"  - {name: d, port: 53, protocol: UDP}\n"
			"  - {name: e, port: 53, protocol: TCP}\n") SET("z", "infra",
									"  - {name: a, port: 80, "
									"protocol: HTTP, "
									"hostname: a.test}\n"
									"  - {name: b, port: 80, "
									"protocol: HTTP, "
									"hostname: b.test}\n")
			SET("w", "infra",
			    "  - {name: b, port: 80, protocol: HTTP, hostname: "
			    "b.test}\n") SET("x", "shop",
					     "  - {name: b, port: 90, protocol: "
					     "HTTP}\n"),
		strict,
		"Gateway infra/gw||yes yes yes||ListenersNotValid: listener \"b\" is not "
		"accepted\n"
		"Gateway infra/gw|listener a|yes yes yes|0|\n"
		"Gateway infra/gw|listener b|no yes no|0|ProtocolConflict: another listener of "
		"the Gateway has this port with a protocol that cannot share it\n"
		"Gateway infra/gw|listener c|no yes no|0|ProtocolConflict: another listener of "
		"the Gateway has this port with a protocol that cannot share it\n"
		"Gateway infra/gw|listener d|yes yes yes|0|\n"
		"Gateway infra/gw|listener e|yes yes yes|0|\n"
		"ListenerSet infra/z||no - no||ListenersNotValid: none of its listeners can be "
		"used\n"
		"ListenerSet infra/z|listener a|no yes no|0|HostnameConflict: another listener of "
		"the Gateway has this port and host name\n"
		"ListenerSet infra/z|listener b|no yes no|0|HostnameConflict: another listener of "
		"the Gateway has this port and host name\n"
		"ListenerSet infra/w||yes - yes||\n"
		"ListenerSet infra/w|listener b|yes yes yes|0|\n"
		"ListenerSet shop/x||no - no||NotAllowed: allowedListeners of the Gateway does "
		"not take ListenerSets of namespace shop\n"
		"ListenerSet shop/x|listener b|yes yes no|0|Invalid: allowedListeners of the "
		"Gateway does not take ListenerSets of namespace shop\n");
}

/* The older ListenerSet has the slot, whatever its name. */
static void test_age(void **state)
{
	struct gateway_case kase;

	(void)state;
	gateway_attach(
		&kase,
		GATEWAY("  allowedListeners: {namespaces: {from: All}}\n",
			"  - {name: a, port: 80, protocol: HTTP}\n")
			HEAD("ListenerSet") "metadata: {name: a, namespace: infra, "
					    "creationTimestamp: "
					    "2024-01-02T00:00:00Z}\n"
					    "spec: {parentRef: {name: gw}, listeners: [{name: l, "
					    "port: 81, protocol: "
					    "HTTP}]}\n---\n" HEAD(
						    "ListenerSet") "metadata: {name: z, namespace: "
								   "infra, creationTimestamp: "
								   "2024-01-01T00:00:00Z}\n"
								   "spec: {parentRef: {name: gw}, "
								   "listeners: [{name: l, port: "
								   "81, "
								   "protocol: HTTP}]}\n",
		strict);
	assert_string_equal(kase.attach.sets[0].own.at[0].conflict, "HostnameConflict");
	assert_null(kase.attach.sets[1].own.at[0].conflict);
	assert_int_equal(kase.attach.gateways[0].attached_sets, 1);
	assert_ptr_equal(kase.attach.gateways[0].sets[0], &kase.attach.sets[1]);
	gateway_finish(&kase);
}

static const char *overlap_of(const struct gateway_case *kase, size_t i)
{
	return kase->attach.gateways[0].own.at[i].overlap;
}

static void test_overlaps(void **state)
{
	struct gateway_case kase;

	(void)state;
	gateway_attach(&kase,
		       GATEWAY("", "  - {name: a, port: 443, protocol: HTTPS, hostname: "
				   "foo.example.com}\n"
				   "  - {name: b, port: 443, protocol: HTTPS, hostname: "
				   "foo.example.org}\n"
				   "  - {name: c, port: 443, protocol: HTTPS, hostname: "
				   "'*.example.com'}\n"
				   "  - {name: d, port: 8443, protocol: HTTPS, hostname: "
				   "foo.example.com}\n"
				   "  - {name: e, port: 80, protocol: HTTP}\n"),
		       (struct attach_options){0});
	assert_string_equal(overlap_of(&kase, 0), "OverlappingHostnames");
	assert_null(overlap_of(&kase, 1));
	assert_string_equal(overlap_of(&kase, 2), "OverlappingHostnames");
	assert_null(overlap_of(&kase, 3));
	assert_null(overlap_of(&kase, 4));
	gateway_finish(&kase);
}

static void test_features(void **state)
{
	static const char text[] =
		GATEWAY("", "  - {name: t, port: 443, protocol: TLS, hostname: a.test, tls: {mode: "
			    "Terminate, options: {a/b: c}}}\n"
			    "  - {name: p, port: 443, protocol: TLS, hostname: b.test, tls: {mode: "
			    "Passthrough}}\n");
	struct attach_options lacking = strict;

	(void)state;
	assert_status(text, strict,
		      "Gateway infra/gw||yes yes yes||\n"
		      "Gateway infra/gw|listener t|yes yes yes|0|\n"
		      "Gateway infra/gw|listener p|yes yes yes|0|\n");
	lacking.lacking = attach_feature_find(STR("TLSRouteModeTerminate"));
	assert_status(text, lacking,
		      "Gateway infra/gw||yes yes yes||ListenersNotValid: listener \"t\" is not "
		      "accepted\n"
		      "Gateway infra/gw|listener t|no yes no|0|UnsupportedValue: TLS listeners of "
		      "mode Terminate are not supported\n"
		      "Gateway infra/gw|listener p|yes yes yes|0|\n");
	lacking.lacking = attach_feature_find(STR("TLSRouteModeMixed"));
	assert_status(text, lacking,
		      "Gateway infra/gw||no yes no||ListenersNotValid: none of its listeners can "
		      "be used\n"
		      "Gateway infra/gw|listener t|no yes no|0|ProtocolConflict: another listener "
		      "of the Gateway has this port with a protocol that cannot share it\n"
		      "Gateway infra/gw|listener p|no yes no|0|ProtocolConflict: another listener "
		      "of the Gateway has this port with a protocol that cannot share it\n");
	assert_int_equal(attach_feature_find(STR("HTTPRouteRetry")), 0);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *addresses, *status;
	} cases[] = {
		{"[{value: 10.0.0.1}]", "yes yes yes||"},
		{"[{type: IPAddress}]", "yes yes yes||"},
		{"[{type: a.test/x, value: v}]",
		 "no yes no||UnsupportedAddress: addresses of type a.test/x are not supported"},
		{"[{value: 192.0.2.1}]",
		 "yes yes no||AddressNotUsable: 192.0.2.1 is an address that no host can have"},
		{"[{value: 2001:db8::1}]",
		 "yes yes no||AddressNotUsable: 2001:db8::1 is an address that no host can have"},
		{"[{value: '::1'}]", "yes yes yes||"},
		{"[{value: 239.1.1.1}]",
		 "yes yes no||AddressNotUsable: 239.1.1.1 is an address that no host can have"},
	};
	char text[400], status[300];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool accepted = cases[i].status[0] == 'y';

		snprintf(text, sizeof text,
			 HEAD("Gateway") "metadata: {name: gw, namespace: infra}\n"
					 "spec: {gatewayClassName: c, addresses: %s, listeners: "
					 "[{name: l, port: 80, protocol: HTTP}]}\n",
			 cases[i].addresses);
		snprintf(status, sizeof status,
			 "Gateway infra/gw||%s\nGateway infra/gw|listener l|yes yes %s\n",
			 cases[i].status,
			 accepted ? "yes|0|"
				  : "no|0|Invalid: addresses of type a.test/x are not supported");
		assert_status(text, strict, status);
	}
}

/* ---- policies ---- */

#define POLICY(name, section, hostname)                                                            \
	HEAD("BackendTLSPolicy")                                                                   \
	"metadata: {name: " name ", namespace: infra}\nspec: {targetRefs: [{group: '', kind: "     \
	"Service, name: web" section "}], validation: {hostname: " hostname                        \
	", wellKnownCACertificates: System}}\n---\n"

static void test_policies(void **state)
{
	struct gateway_case kase;
	const struct attach_policy *policy;

	(void)state;
	gateway_attach(&kase,
		       SERVICE("web", "infra") GATEWAY("", "  - {name: l, port: 80, protocol: "
							   "HTTP}\n")
			       ROUTE("HTTPRoute", "r", "infra", "",
				     "  rules: [{backendRefs: [{name: web, port: 80}]}]\n")
				       POLICY("b", "", "b.test") POLICY("a", "", "a.test")
					       POLICY("c", ", sectionName: https", "c.test"),
		       strict);
	gateway_print_status(&kase);
	assert_said(&kase.kube,
		    "Gateway infra/gw||yes yes yes||\n"
		    "Gateway infra/gw|listener l|yes yes yes|1|\n"
		    "HTTPRoute infra/r|Gateway infra/gw|yes yes -||\n"
		    "BackendTLSPolicy infra/b|Gateway infra/gw|no yes -||Conflicted: a has the "
		    "same target and comes first\n"
		    "BackendTLSPolicy infra/a|Gateway infra/gw|yes yes -||\n"
		    "BackendTLSPolicy infra/c|Gateway infra/gw|yes yes -||\n");
	policy = attach_policy_for(&kase.attach, STR("infra"), STR("web"), STR("https"));
	assert_str(policy->spec->meta.name, "c");
	policy = attach_policy_for(&kase.attach, STR("infra"), STR("web"), STR("http"));
	assert_str(policy->spec->meta.name, "a");
	assert_null(attach_policy_for(&kase.attach, STR("infra"), STR("db"), STR("")));
	gateway_finish(&kase);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostnames),        cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_default_gateways), cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_counted_once),     cmocka_unit_test(test_other_parent),
		cmocka_unit_test(test_namespaces),       cmocka_unit_test(test_references),
		cmocka_unit_test(test_external),         cmocka_unit_test(test_broken_rules),
		cmocka_unit_test(test_conflicts),        cmocka_unit_test(test_age),
		cmocka_unit_test(test_overlaps),         cmocka_unit_test(test_features),
		cmocka_unit_test(test_addresses),        cmocka_unit_test(test_policies),
	};

	return cmocka_run_group_tests_name("gateway_attach", tests, NULL, NULL);
}
