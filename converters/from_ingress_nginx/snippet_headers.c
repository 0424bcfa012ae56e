/* Header directives of nginx's core and of the headers-more module. */
#include "converters/from_ingress_nginx/snippet_rules.h"
#include "converters/from_ingress_nginx/url.h"
#include "gateway/limits.h"

static bool is_token(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		bool alnum =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!alnum && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return name.len > 0 && name.len <= GATEWAY_HEADER_NAME;
}

static bool is_printable(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c != '\t' && (c < 0x20 || c > 0x7e))
			return false;
	}
	return true;
}

/* Runs of blanks become one and the ends are cut: the experimental channel takes single inner blanks
 * only. */
static struct str squeeze(struct arena *arena, struct str value)
{
	char *out = arena_bytes(arena, value.len + 1);
	size_t len = 0;

	value = str_trim(value);
	for (size_t i = 0; i < value.len; i++) {
		bool blank = value.at[i] == ' ' || value.at[i] == '\t';

		if (!blank || (out[len - 1] != ' ' && out[len - 1] != '\t'))
			out[len++] = value.at[i];
	}
	return (struct str){out, len};
}

/* Why a header cannot be written in a header modifier; NULL when it can. */
static const char *unfit(struct str name, struct str value)
{
	if (url_has_variable(name) || url_has_variable(value))
		return "uses a variable, and header modifiers hold fixed text only";
	if (!is_token(name))
		return "names a header that Gateway API does not take";
	if (!is_printable(value))
		return "has a value with other than printable ASCII characters";
	if (value.len > GATEWAY_HEADER_VALUE)
		return "has a value longer than 4096 bytes";
	return NULL;
}

static const char *kind_words(enum snippet_kind kind)
{
	switch (kind) {
	case SNIPPET_RESPONSE_SET:
		return "a response header that is set";
	case SNIPPET_RESPONSE_ADD:
		return "a response header that is added";
	case SNIPPET_RESPONSE_REMOVE:
		return "a response header that is removed";
	case SNIPPET_REQUEST_SET:
		return "a request header that is set";
	default:
		return "a request header that is removed";
	}
}

/* The header edit, or a refusal. `differs` is a phrase, or NULL when the edit is exact. */
static void edit(struct snippet_run *run, enum snippet_kind kind, struct model_header header,
		 const char *differs)
{
	struct snippet_action action = {.kind = kind, .name = header.name};
	const char *why = unfit(header.name, header.value);

	if (why) {
		snippet_refuse(run, why, NULL);
		return;
	}
	action.value = squeeze(run->arena, header.value);
	if (!differs && action.value.len < str_trim(header.value).len)
		differs = "runs of blanks in the value become one blank";
	action.approximate = differs != NULL;
	snippet_act(run, action,
		    str_format(run->arena, "becomes %s%s%s", kind_words(kind), differs ? "; " : "",
			       differs ? differs : ""));
}

/* "Name: value" of the headers-more module; the value is empty when there is no colon. */
static struct model_header split_header(struct str text)
{
	size_t colon = str_find(text, ':');

	return (struct model_header){
		.name = str_trim(str_sub(text, 0, colon)),
		.value = colon == SIZE_MAX ? (struct str){0}
					   : str_trim(str_from_pos(text, colon + 1)),
	};
}

static bool has_option(const struct snippet_directive *directive)
{
	for (size_t i = 0; i < directive->arg_count; i++)
		if (str_starts(directive->args[i], "-"))
			return true;
	return false;
}

/* The options -s (status), -t (content type), -r (only when present) and -a (append) make an edit
 * depend on the message; a modifier does not look at it. */
static bool refuse_options(struct snippet_run *run)
{
	if (run->directive->arg_count == 0) {
		snippet_refuse(run, "names no header", NULL);
		return true;
	}
	if (!has_option(run->directive))
		return false;
	snippet_refuse(run, "edits headers of some messages only", NULL);
	return true;
}

/* Headers that the controller's own proxy_set_header lines send, and the variables that say the same
 * or what every gateway sends by itself. */
static const struct {
	const char *name, *variables;
} own_headers[] = {
	{"Connection", " $connection_upgrade $http_connection upgrade Upgrade  "},
	{"Host", " $best_http_host $host $http_host "},
	{"Proxy", "  "},
	{"Upgrade", " $http_upgrade websocket "},
	{"X-Forwarded-For",
	 " $full_x_forwarded_for $http_x_forwarded_for $proxy_add_x_forwarded_for "
	 "$remote_addr "},
	{"X-Forwarded-Host", " $best_http_host $host $http_host "},
	{"X-Forwarded-Port", " $pass_port $pass_server_port $server_port "},
	{"X-Forwarded-Proto", " $http_x_forwarded_proto $pass_access_scheme $scheme "},
	{"X-Forwarded-Scheme", " $pass_access_scheme $scheme "},
	{"X-Original-Forwarded-For", " $http_x_forwarded_for "},
	{"X-Real-IP", " $remote_addr "},
	{"X-Request-ID", " $req_id $request_id "},
	{"X-Scheme", " $pass_access_scheme $scheme "},
};

/* Position in own_headers, or -1. */
static int own_header(struct str name)
{
	for (size_t i = 0; i < sizeof(own_headers) / sizeof(*own_headers); i++)
		if (str_is_nocase(name, own_headers[i].name))
			return (int)i;
	return -1;
}

static bool is_repetition(int own, struct str value)
{
	char word[64];

	if (value.len + 3 > sizeof(word))
		return false;
	word[0] = ' ';
	if (value.len > 0)
		memcpy(word + 1, value.at, value.len);
	memcpy(word + 1 + value.len, " ", 2);
	return strstr(own_headers[own].variables, word) != NULL;
}

static void set_request(struct snippet_run *run, struct model_header header, const char *differs)
{
	enum snippet_kind kind =
		header.value.len > 0 ? SNIPPET_REQUEST_SET : SNIPPET_REQUEST_REMOVE;

	if (!str_is_nocase(header.name, "Host")) {
		edit(run, kind, header, differs);
		return;
	}
	snippet_refuse(run, "changes the Host header, which a header modifier may not touch",
		       "the annotation upstream-vhost sets the Host header and is converted");
}

void snippet_proxy_set_header(struct snippet_run *run, const struct snippet_row *row)
{
	struct model_header header = {snippet_arg(run->directive, 0),
				      str_trim(snippet_arg(run->directive, 1))};
	int own = own_header(header.name);

	(void)row;
	if (run->directive->arg_count != 2) {
		snippet_refuse(run, "has not the two arguments nginx wants", NULL);
		return;
	}
	/* nginx inherits these lines only into a location that has none of its own, and every location
	 * of the controller has some. */
	if (run->value->place == SNIPPET_SERVER || run->value->place == SNIPPET_HTTP) {
		snippet_inert(run, "the controller's own lines in each location replace it");
		return;
	}
	if (own >= 0 && is_repetition(own, header.value)) {
		snippet_inert(run, "it repeats what the controller sends with every request");
		return;
	}
	if (str_is_nocase(header.name, "Connection")) {
		snippet_act(
			run,
			(struct snippet_action){.kind = SNIPPET_FEATURE,
						.feature = FEATURE_CONNECTION_HEADER,
						.value = header.value},
			STR("sends a fixed Connection header, which gateways manage themselves"));
		return;
	}
	set_request(
		run, header,
		own < 0 ? NULL
			: "the controller sends its own header of that name as well, so backends "
			  "got two and now get this one");
}

static void set_unless_own(struct snippet_run *run, struct model_header header)
{
	if (own_header(header.name) >= 0 && !str_is_nocase(header.name, "Host"))
		snippet_inert(run, "the controller overwrites that header afterwards");
	else
		set_request(run, header, NULL);
}

void snippet_more_set_input(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (refuse_options(run))
		return;
	for (size_t i = 0; i < run->directive->arg_count; i++) {
		struct model_header header = split_header(run->directive->args[i]);

		set_unless_own(run, header);
	}
}

void snippet_more_clear_input(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (refuse_options(run))
		return;
	for (size_t i = 0; i < run->directive->arg_count; i++) {
		struct model_header header = split_header(run->directive->args[i]);

		header.value = (struct str){0};
		if (str_ends(header.name, "*"))
			snippet_refuse(run, "removes headers by a pattern", NULL);
		else
			set_unless_own(run, header);
	}
}

/* Gateways write Server after a route's filters have run. */
static const char *server_differs(struct str name)
{
	return str_is_nocase(name, "Server")
		       ? "some gateways write their own Server header afterwards"
		       : NULL;
}

void snippet_more_set(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (refuse_options(run))
		return;
	for (size_t i = 0; i < run->directive->arg_count; i++) {
		struct model_header header = split_header(run->directive->args[i]);
		/* A name without value is cleared. */
		enum snippet_kind kind =
			header.value.len > 0 ? SNIPPET_RESPONSE_SET : SNIPPET_RESPONSE_REMOVE;

		edit(run, kind, header, server_differs(header.name));
	}
}

void snippet_more_clear(struct snippet_run *run, const struct snippet_row *row)
{
	(void)row;
	if (refuse_options(run))
		return;
	for (size_t i = 0; i < run->directive->arg_count; i++) {
		struct model_header header = split_header(run->directive->args[i]);

		header.value = (struct str){0};
		if (str_ends(header.name, "*"))
			snippet_refuse(run, "removes headers by a pattern", NULL);
		else
			edit(run, SNIPPET_RESPONSE_REMOVE, header, server_differs(header.name));
	}
}

void snippet_add_header(struct snippet_run *run, const struct snippet_row *row)
{
	const struct snippet_directive *directive = run->directive;
	struct model_header header = {snippet_arg(directive, 0), snippet_arg(directive, 1)};
	const char *differs = NULL;

	(void)row;
	if (directive->arg_count < 2 || directive->arg_count > 3) {
		snippet_refuse(run, "has not the two or three arguments nginx wants", NULL);
		return;
	}
	if (str_trim(header.value).len == 0) {
		snippet_inert(run, "nginx leaves out a header with an empty value");
		return;
	}
	/* Without `always` nginx adds it to 200, 201, 204, 206, 301-304, 307 and 308 only. */
	if (!str_is(snippet_arg(directive, 2), "always"))
		differs =
			"nginx adds it to answers with status 2xx and 3xx only, Gateway API to all";
	else if (run->value->place != SNIPPET_LOCATION)
		differs = "nginx leaves it out in locations that have an add_header of their own";
	edit(run, SNIPPET_RESPONSE_ADD, header, differs);
}

void snippet_hide_header(struct snippet_run *run, const struct snippet_row *row)
{
	struct model_header header = {.name = snippet_arg(run->directive, 0)};

	(void)row;
	edit(run, SNIPPET_RESPONSE_REMOVE, header, server_differs(header.name));
}

void snippet_join_headers(struct snippet_actions *actions)
{
	for (size_t i = 0; i < actions->count; i++) {
		struct snippet_action *remove = &actions->at[i];

		if (remove->kind != SNIPPET_RESPONSE_REMOVE ||
		    !str_is(remove->directive->name, "proxy_hide_header"))
			continue;
		for (size_t j = 0; j < actions->count; j++) {
			struct snippet_action *add = &actions->at[j];

			if (add->kind != SNIPPET_RESPONSE_ADD ||
			    !str_eq_nocase(add->name, remove->name))
				continue;
			add->kind = SNIPPET_RESPONSE_SET;
			remove->kind = SNIPPET_INERT;
			remove->code = NULL;
			remove->approximate = false;
			break;
		}
	}
}
