/* fuzz_gateway.c - sets of Gateway API objects through reading, attachment, status and rules.
 *
 * Bytes are YAML, or, when the first of them is 'G', choices of a small grammar that writes sets in which
 * names, ports and hosts meet often. Whatever comes in: counts and verdicts must fit together, every
 * finding has its row, and the status can be written.
 */
#include <stdio.h>

#include "base/bug.h"
#include "check/gateway.h"
#include "check/rules.h"
#include "gateway/status.h"
#include "yaml/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the grammar ---- */

struct choices {
	const uint8_t *at, *end;
	struct buf *out;
};

static unsigned choose(struct choices *choices, unsigned below)
{
	return choices->at < choices->end ? *choices->at++ % below : 0;
}

static void pick(struct choices *choices, const char *const *words, unsigned count)
{
	buf_text(choices->out, words[choose(choices, count)]);
}

#define PICK(choices, ...)                                                                         \
	pick((choices), (const char *const[]){__VA_ARGS__},                                        \
	     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void head(struct choices *choices, const char *version, const char *kind)
{
	buf_format(choices->out, "---\napiVersion: %s\nkind: %s\nmetadata: {name: ", version, kind);
	PICK(choices, "a", "b", "c");
	PICK(choices, "", ", namespace: p", ", namespace: q",
	     ", creationTimestamp: 2024-01-01T00:00:00Z");
	buf_text(choices->out, "}\n");
}

static void listener(struct choices *choices, unsigned number)
{
	buf_format(choices->out, "  - {name: l%u, port: ", number);
	PICK(choices, "80", "443", "8443");
	buf_text(choices->out, ", protocol: ");
	PICK(choices, "HTTP", "HTTPS", "TLS", "TCP", "UDP", "x.test/y");
	PICK(choices, "", ", hostname: a.test", ", hostname: '*.test'", ", hostname: '*.a.test'");
	PICK(choices, "", ", tls: {certificateRefs: [{name: a}, {name: b, namespace: q}]}",
	     ", tls: {mode: Passthrough}", ", tls: {options: {a/b: c}}");
	PICK(choices, "", ", allowedRoutes: {namespaces: {from: All}}",
	     ", allowedRoutes: {kinds: [{kind: HTTPRoute}, {kind: TCPRoute}]}",
	     ", allowedRoutes: {namespaces: {from: Selector, selector: {matchExpressions: [{key: "
	     "team, operator: Exists}]}}}");
	buf_text(choices->out, "}\n");
}

static void listeners(struct choices *choices)
{
	unsigned count = 1 + choose(choices, 4);

	buf_text(choices->out, "  listeners:\n");
	for (unsigned i = 0; i < count; i++)
		listener(choices, i);
}

static void gateway(struct choices *choices)
{
	head(choices, GATEWAY_GROUP "/v1", "Gateway");
	buf_text(choices->out, "spec:\n  gatewayClassName: c\n");
	PICK(choices, "", "  allowedListeners: {namespaces: {from: All}}\n",
	     "  addresses: [{value: 192.0.2.1}]\n",
	     "  tls: {frontend: {default: {validation: {mode: AllowInsecureFallback, "
	     "caCertificateRefs: [{group: '', kind: ConfigMap, name: a}]}}}}\n");
	listeners(choices);
}

static void listener_set(struct choices *choices)
{
	head(choices, GATEWAY_GROUP "/v1", "ListenerSet");
	buf_text(choices->out, "spec:\n  parentRef: {name: ");
	PICK(choices, "a", "b", "c, namespace: p");
	buf_text(choices->out, "}\n");
	listeners(choices);
}

static void filters(struct choices *choices)
{
	PICK(choices, "",
	     "    filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]\n",
	     "    filters: [{type: RequestRedirect, requestRedirect: {path: {type: "
	     "ReplacePrefixMatch, replacePrefixMatch: /a/b}}}]\n",
	     "    filters: [{type: RequestRedirect, requestRedirect: {hostname: a.test, path: "
	     "{type: ReplaceFullPath, replaceFullPath: /b}}}]\n",
	     "    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: a, port: "
	     "80}}}]\n",
	     "    filters: [{type: ExtensionRef, extensionRef: {group: x, kind: Y, name: z}}]\n");
}

static void match(struct choices *choices)
{
	buf_text(choices->out, "    - ");
	PICK(choices, "{path: {value: /}", "{path: {value: /a}", "{path: {value: /a/}",
	     "{path: {type: Exact, value: /a}", "{path: {type: RegularExpression, value: '(a'}",
	     "{path: {type: RegularExpression, value: '/a+'}", "{method: GET",
	     "{headers: [{name: X, value: v}, {name: x, value: w}]");
	PICK(choices, "}\n", ", queryParams: [{name: q, value: v}]}\n");
}

static void rule(struct choices *choices)
{
	unsigned count = choose(choices, 3);

	buf_text(choices->out, "  - name: r\n");
	if (count)
		buf_text(choices->out, "    matches:\n");
	while (count--)
		match(choices);
	filters(choices);
	PICK(choices, "", "    backendRefs: [{name: a, port: 80}]\n",
	     "    backendRefs: [{name: b, port: 81, namespace: q, weight: 0}]\n",
	     "    backendRefs: [{name: a, kind: X, group: y, port: 1}, {name: c, port: 80}]\n");
	PICK(choices, "", "    timeouts: {request: 1s, backendRequest: 1s}\n    retry: {}\n");
}

static void route(struct choices *choices)
{
	static const char *const kinds[] = {"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute",
					    "UDPRoute"};
	unsigned kind = choose(choices, 8), count = 1 + choose(choices, 3);

	head(choices, GATEWAY_GROUP "/v1", kinds[kind > 4 ? 0 : kind]);
	buf_text(choices->out, "spec:\n  parentRefs:\n  - {name: ");
	PICK(choices, "a", "b", "c", "a, kind: ListenerSet", "b, kind: Service, group: ''");
	PICK(choices, "}\n", ", sectionName: l0}\n", ", port: 443}\n",
	     ", namespace: p}\n  - {name: a, namespace: default}\n");
	PICK(choices, "", "  hostnames: [a.test]\n", "  hostnames: ['*.test', b.a.test]\n",
	     "  hostnames: [c.org]\n");
	buf_text(choices->out, "  rules:\n");
	while (count--)
		rule(choices);
}

static void others(struct choices *choices)
{
	switch (choose(choices, 4)) {
	case 0:
		head(choices, "v1", "Service");
		buf_text(choices->out, "spec: {ports: [{port: 80}]}\n");
		break;
	case 1:
		head(choices, "v1", "Secret");
		buf_text(choices->out, "stringData: {tls.crt: a, tls.key: b}\n");
		break;
	case 2:
		head(choices, GATEWAY_GROUP "/v1", "BackendTLSPolicy");
		buf_text(choices->out,
			 "spec: {targetRefs: [{group: '', kind: Service, name: a}], validation: "
			 "{hostname: h, wellKnownCACertificates: System}}\n");
		break;
	default:
		head(choices, GATEWAY_GROUP "/v1beta1", "ReferenceGrant");
		buf_text(choices->out, "spec: {from: [{group: " GATEWAY_GROUP
				       ", kind: HTTPRoute, namespace: default}], to: [{group: "
				       "'', kind: Service}]}\n");
	}
}

static void write_set(const uint8_t *data, size_t size, struct buf *out)
{
	struct choices choices = {data, data + size, out};

	while (choices.at < choices.end)
		switch (choose(&choices, 6)) {
		case 0:
			gateway(&choices);
			break;
		case 1:
			listener_set(&choices);
			break;
		case 2:
			others(&choices);
			break;
		default:
			route(&choices);
		}
}

/* ---- what must hold ---- */

static void check_listeners(const struct attach_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct attach_listener *one = &listeners->at[i];

		BUG_UNLESS(!one->programmed || (!one->accepted.reason && !one->conflict));
		BUG_UNLESS(one->spec && one->owner);
	}
}

static void check_parent(const struct attach_route *attached, const struct attach_parent *parent)
{
	BUG_UNLESS((parent->outcome == ATTACH_OK) == (parent->binding_count > 0));
	for (size_t i = 0; i < parent->binding_count; i++) {
		const struct attach_binding *binding = &parent->bindings[i];

		BUG_UNLESS(binding->listener->kinds[attached->spec->kind]);
		BUG_UNLESS(binding->listener->routes > 0);
		BUG_UNLESS(binding->listener->gateway == parent->gateway);
	}
}

static void check_attached(const struct attach *attach)
{
	for (size_t i = 0; i < attach->set->gateway_count; i++)
		check_listeners(&attach->gateways[i].own);
	for (size_t i = 0; i < attach->set->listener_set_count; i++)
		check_listeners(&attach->sets[i].own);
	for (size_t i = 0; i < attach->set->route_count; i++)
		for (size_t j = 0; j < attach->routes[i].parent_count; j++)
			check_parent(&attach->routes[i], &attach->routes[i].parents[j]);
}

static void write_object(void *user, const struct node *object)
{
	yaml_write(user, object, false);
}

static void write_line(void *user, const struct status_line *line)
{
	buf_str(user, line->why);
}

static void write_status(struct attach *attach, struct arena *scratch, struct buf *out)
{
	status_objects(attach, scratch, write_object, out);
	status_lines(attach, write_line, out);
}

static void write_finding(const struct finding *finding, struct buf *out)
{
	buf_format(out, "%s %.*s %.*s/%.*s %.*s %u:%u+%u %.*s (%.*s)\n", finding->code,
		   STR_ARG(finding->object.kind), STR_ARG(finding->object.namespace),
		   STR_ARG(finding->object.name), STR_ARG(finding->path), finding->span.line,
		   finding->span.column, finding->span.length, STR_ARG(finding->message),
		   STR_ARG(finding->hint));
}

/* ---- the run ---- */

struct run {
	struct arena arena, scratch;
	struct sources sources;
	struct findings findings;
	struct kube_set kube;
	struct gateway_set set;
	struct attach attach;
	struct buf said; /* status and findings */
};

static bool admit_all(void *user, const struct yaml_item *item, struct findings *findings)
{
	(void)user;
	(void)item;
	(void)findings;
	return true;
}

static void load(struct run *run, struct str text, bool packed)
{
	const struct kube_load_options options = {.threads = 1, .gate = {admit_all, NULL}};
	struct error error;

	sources_add(&run->sources, (struct source){.name = STR("input"), .text = text});
	BUG_UNLESS((packed ? gateway_load_packed : gateway_load)(&run->set, &run->kube, &run->arena,
								 &run->sources, &options,
								 &run->findings, &error));
}

static void run_text(struct run *run, struct str text, bool packed)
{
	const struct attach_options options = {
		.lacking = (unsigned)(text.len % 4),
		.external = (enum attach_external)(text.len % 3),
	};

	load(run, text, packed);
	attach_run(&run->attach, &run->arena, &run->set, &options);
	if (!packed)
		check_attached(&run->attach);
	write_status(&run->attach, &run->scratch, &run->said);
	gateway_check(&run->attach, &run->findings);
	for (size_t i = 0; i < run->findings.count; i++) {
		rule_of(&run->findings.at[i]);
		write_finding(&run->findings.at[i], &run->said);
	}
}

static void run_init(struct run *run)
{
	*run = (struct run){0};
	arena_init(&run->arena);
	arena_init(&run->scratch);
	findings_init(&run->findings, &run->arena);
	buf_init(&run->said);
}

static void run_finish(struct run *run)
{
	kube_set_finish(&run->kube);
	sources_finish(&run->sources);
	buf_finish(&run->said);
	arena_finish(&run->scratch);
	arena_finish(&run->arena);
}

/* Routes that are packed are the same routes. */
static void run_both(struct str text)
{
	struct run kept, packed;

	run_init(&kept);
	run_init(&packed);
	run_text(&kept, text, false);
	run_text(&packed, text, true);
	BUG_UNLESS(str_eq(buf_slice(&kept.said), buf_slice(&packed.said)));
	run_finish(&kept);
	run_finish(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {size ? (const char *)data : "", size};
	struct buf made;

	buf_init(&made);
	if (size && data[0] == 'G') {
		write_set(data + 1, size - 1, &made);
		text = (struct str){made.len ? made.at : "", made.len};
	}
	run_both(text);
	buf_finish(&made);
	return 0;
}
