#include "cli/cmd.h"

#include <unistd.h>

#include "cli/conversion_flags.h"
#include "cli/inputs.h"
#include "cli/match_request.h"
#include "cli/serve_world.h"

static const char *const worlds[] = {"gateway", "ingress", NULL};
static const char *const address_kinds[] = {"shared", "loopback", NULL};
static const char *const logs[] = {"text", "json", "off", NULL};

struct serve_values {
	struct texts listens, backends, addresses;
	const char *backend_status, *workers, *admin, *client_timeout, *client_rate;
	int as, gateway_addresses, log;
	bool watch, resolve_dns;
};

struct command_values {
	struct input_values input;
	struct conversion_values conversion;
	struct serve_values serve;
};

#define AT(field) .offset = offsetof(struct serve_values, field)

static const struct flag flags[] = {
	{
		.name = "listen",
		.kind = FLAG_LIST,
		.argument = "[[NS/GATEWAY:]PORT=]ADDR",
		.help = "listen on this address",
		.more = "For every listener, or for those of one port or Gateway. Without a port "
			"in "
			"ADDR, the port of the listener is bound, those below 1024 moved up by "
			"8000; port 0 leaves the choice to the system. Redirects and routes know "
			"the listener's own port in any case. May be given several times; without "
			"it, 127.0.0.1.",
		AT(listens),
	},
	{
		.name = "gateway-addresses",
		.kind = FLAG_CHOICE,
		.choices = address_kinds,
		.help = "one address for all Gateways, or a loopback address for each",
		.more = "Gateways that share an address and a port are told apart by host, as DNS "
			"would lead to them. With loopback they get 127.0.0.1, 127.0.0.2 and so "
			"on.",
		AT(gateway_addresses),
	},
	{
		.name = "backend",
		.kind = FLAG_LIST,
		.argument = "[NS/]NAME[:PORT]=ADDR",
		.help = "where a Service is",
		.more = "Without a port, for all its ports. May be given several times, also for "
			"the same Service: then requests go to each address in turn. Services "
			"without an address are answered by a built-in echo.",
		AT(backends),
	},
	{
		.name = "backends",
		.kind = FLAG_LIST,
		.argument = "FILE",
		.help = "where Services are: EndpointSlices, and the Services they belong to",
		AT(addresses),
	},
	{
		.name = "backend-status",
		.kind = FLAG_TEXT,
		.argument = "STATUS",
		.help = "answer this for Services without an address, instead of the echo",
		AT(backend_status),
	},
	{
		.name = "resolve-dns",
		.kind = FLAG_SWITCH,
		.help = "look up the hosts of Services of type ExternalName, and of auth-url",
		.more = "Once when the inputs are read, and again with each reload; several "
			"addresses are asked in turn.",
		AT(resolve_dns),
	},
	{
		.name = "as",
		.kind = FLAG_CHOICE,
		.choices = worlds,
		.help = "what to answer as: the Gateway, or today's controller",
		AT(as),
	},
	{
		.name = "client-timeout",
		.kind = FLAG_TEXT,
		.argument = "SECONDS",
		.help = "how long a client may take",
		.more = "For the head of a request, without a byte of a body or of an answer that "
			"waits for it, and between two requests; without it 10, 60 and 75 seconds.",
		AT(client_timeout),
	},
	{
		.name = "client-rate",
		.kind = FLAG_TEXT,
		.argument = "NUMBER",
		.help = "requests a second that one connection may send; more are answered 429",
		AT(client_rate),
	},
	{
		.name = "workers",
		.kind = FLAG_TEXT,
		.argument = "NUMBER",
		.help = "threads; without it, one for each processor",
		AT(workers),
	},
	{
		.name = "watch",
		.kind = FLAG_SWITCH,
		.help = "read the inputs again when a file changes, as SIGHUP does",
		AT(watch),
	},
	{
		.name = "admin",
		.kind = FLAG_TEXT,
		.argument = "ADDR",
		.help = "serve a status page, metrics and health checks at this address",
		.more = "/ is the page; /healthz, /readyz, /metrics (Prometheus), /routes and "
			"/status (JSON), /match?url=http://shop.example.com/cart (what the routes "
			"make of a request, with method=, header=, from= and sni=). Whoever "
			"reaches it can read it: 127.0.0.1:9901 is reached "
			"from this machine only.",
		AT(admin),
	},
	{
		.name = "access-log",
		.kind = FLAG_CHOICE,
		.choices = logs,
		.help = "a line for each request on standard output",
		AT(log),
	},
};

static const struct flag_group serve_group = {"Serving", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct command_values, input)},
	{&serve_group, offsetof(struct command_values, serve)},
	{&selection_flags, offsetof(struct command_values, conversion)},
	{&target_flags, offsetof(struct command_values, conversion)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	struct serve_inputs inputs;
};

/* ---- flags ---- */

static bool read_number(const char *flag, const char *text, int64_t most, int64_t *number)
{
	*number = 0;
	if (!text || (str_to_int(str_from(text), number) && *number > 0 && *number <= most))
		return true;
	say_error("--%s wants a number from 1 to %lld, not '%s'", flag, (long long)most, text);
	return false;
}

/* "[[NS/]GATEWAY:]PORT=ADDR" or "ADDR". */
static bool read_listen(const char *text, struct proxy_listen *listen)
{
	struct str all = str_from(text), left;
	size_t equal = str_find(all, '='), colon, slash;
	int64_t port;

	*listen = (struct proxy_listen){.address = all};
	/* Else the number would be an address: 0.0.0.80. */
	if (equal == SIZE_MAX && str_to_int(all, &port)) {
		say_error("--listen=%s: an address is missing", text);
		say_hint("--listen=%s=127.0.0.1:8080 for the listeners of port %s, "
			 "--listen=127.0.0.1 for all",
			 text, text);
		return false;
	}
	if (equal == SIZE_MAX)
		return true;
	left = str_sub(all, 0, equal);
	listen->address = str_from_pos(all, equal + 1);
	colon = str_find(left, ':');
	if (colon != SIZE_MAX) {
		listen->gateway = str_sub(left, 0, colon);
		left = str_from_pos(left, colon + 1);
		slash = str_find(listen->gateway, '/');
		listen->namespace =
			slash == SIZE_MAX ? STR("default") : str_sub(listen->gateway, 0, slash);
		listen->gateway = slash == SIZE_MAX ? listen->gateway
						    : str_from_pos(listen->gateway, slash + 1);
	}
	if (!str_to_int(left, &port) || port < 1 || port > 65535) {
		say_error("--listen=%s: '%.*s' is no port", text, STR_ARG(left));
		return false;
	}
	listen->port = (uint32_t)port;
	return true;
}

static bool read_listens(const struct serve_values *values, struct proxy_options *options,
			 struct arena *arena)
{
	struct proxy_listen *list = arena_array(arena, struct proxy_listen, values->listens.count);

	for (size_t i = 0; i < values->listens.count; i++)
		if (!read_listen(values->listens.at[i], &list[i]))
			return false;
	options->listens = list;
	options->listen_count = values->listens.count;
	return true;
}

static void read_backends(const struct serve_values *values, struct proxy_options *options,
			  struct arena *arena)
{
	struct str *list = arena_array(arena, struct str, values->backends.count);

	for (size_t i = 0; i < values->backends.count; i++)
		list[i] = str_from(values->backends.at[i]);
	options->backends = list;
	options->backend_count = values->backends.count;
}

static bool read_options(const struct serve_values *values, struct proxy_options *options,
			 struct arena *arena)
{
	int64_t status, workers, client, rate;

	if (!read_number("backend-status", values->backend_status, 599, &status) ||
	    !read_number("workers", values->workers, 64, &workers) ||
	    !read_number("client-rate", values->client_rate, 1000 * 1000, &rate) ||
	    !read_number("client-timeout", values->client_timeout, 86400, &client) ||
	    !read_listens(values, options, arena))
		return false;
	if (status && status < 200) {
		say_error("--backend-status wants a status from 200 to 599, not '%s'",
			  values->backend_status);
		return false;
	}
	read_backends(values, options, arena);
	options->backend_status = (unsigned)status;
	options->workers = (unsigned)workers;
	if (client)
		options->head_ms = options->body_ms = options->idle_ms = client * 1000;
	options->client_rate = (uint32_t)rate;
	options->resolve_dns = values->resolve_dns;
	options->admin = str_from(values->admin);
	options->own_addresses = values->gateway_addresses == 1;
	options->side = values->as == 1 ? POLICY_INGRESS_NGINX : POLICY_GATEWAY;
	options->log = (enum proxy_log)values->log;
	return true;
}

/* ---- running ---- */

static const char *text_of(struct str text, struct arena *arena)
{
	return text.len ? str_format(arena, "%.*s", STR_ARG(text)).at : NULL;
}

/* As `match` reads its arguments. */
static bool read_question(const struct proxy_question *question, struct route_request *request,
			  struct arena *arena, struct error *error)
{
	const char *args[2] = {text_of(question->method, arena), text_of(question->url, arena)};
	const char **headers = arena_array(arena, const char *, question->header_count);
	const struct texts texts = {args[0] ? args : args + 1, args[0] ? 2 : 1};
	struct match_values values = {.headers = {headers, question->header_count},
				      .sni = text_of(question->sni, arena),
				      .from = text_of(question->from, arena)};

	for (size_t i = 0; i < question->header_count; i++)
		headers[i] = str_format(arena, "%.*s", STR_ARG(question->headers[i])).at;
	return match_request_read(request, &texts, &values, arena, error);
}

static struct proxy_world *load(void *user, struct error *error)
{
	return serve_world_load(&((struct job *)user)->inputs, error);
}

static bool changed(void *user)
{
	return serve_world_changed(&((struct job *)user)->inputs);
}

static void say(void *user, struct str line)
{
	const struct job *job = user;
	struct buf buf;

	if (job->cli->global.quiet)
		return;
	buf_init(&buf);
	buf_str(&buf, line);
	buf_char(&buf, '\n');
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

static int run(struct cli *cli, const void *given)
{
	const struct command_values *values = given;
	struct job job = {.cli = cli,
			  .inputs = {.values = &values->input,
				     .paths = &cli->args,
				     .addresses = &values->serve.addresses,
				     .ingress = values->serve.as == 1,
				     .quiet = cli->global.quiet,
				     .origins = values->serve.admin != NULL}};
	struct proxy_options options = proxy_defaults;
	struct error error;

	if (!inputs_given(&values->input, &cli->args))
		return help_no_input(cli, &cmd_serve);
	if (!conversion_read(&values->conversion, &job.inputs.options, &cli->arena) ||
	    !read_options(&values->serve, &options, &cli->arena))
		return STATUS_INCOMPLETE;
	job.inputs.own_addresses = options.own_addresses;
	options.load = load;
	options.changed = values->serve.watch ? changed : NULL;
	options.say = say;
	options.read_question = read_question;
	options.user = &job;
	if (!proxy_run(&options, &error))
		return say_error("%s", error.text);
	return STATUS_DONE;
}

const struct command cmd_serve = {
	.name = "serve",
	.summary = "run the converted routes in a local proxy",
	.usage = "[flags] PATH...",
	.description =
		"Converts Ingresses on the fly and serves the routes on this machine, as a Gateway "
		"would; Gateway API objects are served as they are; with --as=ingress, requests "
		"are answered as today's controller does. Services without an address are "
		"answered by an echo that says what it was asked. Serves until SIGTERM or SIGINT; "
		"SIGHUP reads the inputs again, and when they are broken the routes from before "
		"go on.",
	.examples = "ingress2gw serve deploy/\n"
		    "ingress2gw serve deploy/ --backend web/cart:8080=127.0.0.1:9000\n"
		    "ingress2gw serve --as=ingress --listen=80=127.0.0.1:8081 deploy/",
	.sections = sections,
	.values_size = sizeof(struct command_values),
	.run = run,
};
