/* stream-snippet: a server that listens on a port and passes it to a Service is a TCPRoute or a
 * UDPRoute. */
#include "converters/from_ingress_nginx/snippet_rules.h"
#include "converters/from_ingress_nginx/url.h"

/* Directives of a plain server that no client can tell apart from a gateway's own way. */
static const char *const plain[] = {
	"access_log",
	"error_log",
	"preread_buffer_size",
	"preread_timeout",
	"proxy_buffer_size",
	"proxy_connect_timeout",
	"proxy_socket_keepalive",
	"proxy_timeout",
	"tcp_nodelay",
};

static bool is_plain(struct str name)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (str_is(name, plain[i]))
			return true;
	return false;
}

/* "9000", "*:9000", "0.0.0.0:9000", "[::]:9000" with "udp", "reuseport", "so_keepalive=..." and
 * "ipv6only=..." behind it. */
static bool parse_listen(const struct snippet_directive *listen, struct model_l4 *l4)
{
	struct str address = snippet_arg(listen, 0);
	int64_t port;

	for (size_t i = address.len; i-- > 0;) {
		if (address.at[i] != ':')
			continue;
		struct str host = str_sub(address, 0, i);

		if (!str_is(host, "*") && !str_is(host, "0.0.0.0") && !str_is(host, "[::]"))
			return false;
		address = str_from_pos(address, i + 1);
		break;
	}
	if (!str_to_int(address, &port) || port < 1 || port > 65535)
		return false;
	*l4 = (struct model_l4){.kind = L4_TCP, .port = (uint32_t)port};
	for (size_t i = 1; i < listen->arg_count; i++) {
		struct str option = listen->args[i];

		if (str_is(option, "udp"))
			l4->kind = L4_UDP;
		else if (!str_is(option, "reuseport") && !str_starts(option, "so_keepalive=") &&
			 !str_starts(option, "ipv6only=") && !str_starts(option, "backlog="))
			return false;
	}
	return true;
}

/* The one server of `upstream NAME { server HOST:PORT; }` among the siblings; else the name. */
static struct str resolve_upstream(const struct snippet_run *run, struct str name)
{
	for (size_t i = 0; i < run->sibling_count; i++) {
		const struct snippet_directive *upstream = &run->siblings[i];

		if (!str_is(upstream->name, "upstream") || !str_eq(snippet_arg(upstream, 0), name))
			continue;
		if (upstream->child_count == 1 && str_is(upstream->children[0].name, "server") &&
		    upstream->children[0].arg_count == 1)
			return upstream->children[0].args[0];
		return (struct str){0};
	}
	return name;
}

static const char *parse_backend(struct snippet_run *run, struct str pass,
				 struct model_backend *backend)
{
	struct url url;
	struct url_service service;
	bool bare;

	pass = resolve_upstream(run, pass);
	if (pass.len == 0)
		return "passes to a group of servers";
	if (!url_parse(&url, str_format(run->arena, "//%.*s", STR_ARG(pass)), NULL) ||
	    url.port == 0 || url.path.len > 0 || url.has_query || url.has_fragment)
		return "passes to an address without a port";
	if (!url_service(url.host, (struct str){0}, &service, &bare, NULL))
		return "passes to a host that is no Service";
	if (bare)
		return "passes to a host without a namespace, which is looked up where the "
		       "controller "
		       "runs";
	*backend = (struct model_backend){
		.group = "",
		.kind = "Service",
		.namespace = service.namespace,
		.name = service.name,
		.port = url.port,
		.weight = 1,
	};
	return NULL;
}

/* NULL when every directive of the server is listen, proxy_pass (once) or plain. */
static const char *check_server(const struct snippet_directive *server, struct str *pass)
{
	size_t listens = 0, passes = 0;

	for (size_t i = 0; i < server->child_count; i++) {
		const struct snippet_directive *child = &server->children[i];

		if (str_is(child->name, "listen")) {
			listens++;
		} else if (str_is(child->name, "proxy_pass")) {
			*pass = snippet_arg(child, 0);
			passes++;
		} else if (!is_plain(child->name)) {
			return "does more than pass a port to a Service";
		}
	}
	return listens > 0 && passes == 1 ? NULL : "does not pass a port to one Service";
}

/* Whether an action for the same port stands there already: `listen 53; listen [::]:53;`. */
static bool is_listed(const struct snippet_run *run, const struct model_l4 *l4)
{
	for (size_t i = 0; i < run->actions->count; i++) {
		const struct snippet_action *action = &run->actions->at[i];

		if (action->kind == SNIPPET_L4 && action->directive == run->directive &&
		    action->l4.kind == l4->kind && action->l4.port == l4->port)
			return true;
	}
	return false;
}

static void listen_action(struct snippet_run *run, const struct snippet_directive *listen,
			  const struct model_backend *backend)
{
	struct snippet_action action = {.kind = SNIPPET_L4};

	if (!parse_listen(listen, &action.l4)) {
		snippet_refuse(run, "listens in a way that no listener can say", NULL);
		return;
	}
	action.l4.backend = *backend;
	if (!is_listed(run, &action.l4))
		snippet_act(run, action,
			    action.l4.kind == L4_UDP ? STR("becomes a UDPRoute")
						     : STR("becomes a TCPRoute"));
}

static void server(struct snippet_run *run)
{
	const struct snippet_directive *directive = run->directive;
	struct model_backend backend;
	struct str pass = {0};
	const char *why = check_server(directive, &pass);

	if (snippet_denies(directive)) {
		snippet_hold(run, FEATURE_SNIPPET, "is a server that denies connections");
		return;
	}
	if (!why)
		why = parse_backend(run, pass, &backend);
	if (why) {
		snippet_refuse(run, why, NULL);
		return;
	}
	for (size_t i = 0; i < directive->child_count; i++)
		if (str_is(directive->children[i].name, "listen"))
			listen_action(run, &directive->children[i], &backend);
}

void snippet_stream(struct snippet_run *run)
{
	if (str_is(run->directive->name, "server") && run->directive->block)
		server(run);
	else if (str_is(run->directive->name, "upstream"))
		snippet_inert(run, "the servers that pass to it say what becomes of it");
	else if (is_plain(run->directive->name))
		snippet_inert(run, "no client can tell");
	else if (snippet_denies(run->directive))
		snippet_hold(run, FEATURE_SNIPPET, "denies connections");
	else
		snippet_refuse(run, "acts on all connections of the controller", NULL);
}
