#include "gateway/limits.h"
#include "gateway/planner.h"

/* ---- texts that the API takes ---- */

/* RFC 9110 token. */
static bool is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && !(c >= '0' && c <= '9') && !(c && strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return text.len && text.len <= GATEWAY_HEADER_NAME;
}

/* The experimental channel wants printable ASCII with single inner blanks; a control character ends
 * the header in any channel. */
static bool is_header_value(struct str text, bool strict)
{
	bool blank = true;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		bool is_blank = c == ' ' || c == '\t';

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
		if (strict && (c >= 0x80 || (is_blank && blank)))
			return false;
		blank = is_blank;
	}
	return text.len && text.len <= GATEWAY_HEADER_VALUE && !(strict && blank);
}

static struct node *add_filter(struct arena *arena, struct node *rule, const char *type,
			       const char *field)
{
	struct node *filters = node_get(rule, "filters");

	if (!filters)
		filters = node_set_list(arena, rule, "filters");

	struct node *filter = node_push_map(arena, filters);

	node_set_string(arena, filter, "type", str_from(type));
	return node_set_map(arena, filter, field);
}

/* ---- header edits ---- */

struct edit_run {
	struct planner *planner;
	const struct model_rule *rule;
	const char *where; /* "request", "response" */
};

static bool takes_edit(const struct edit_run *run, struct str name, struct str value, size_t count)
{
	bool strict = run->planner->options->experimental;

	if (count >= GATEWAY_HEADER_EDITS)
		planner_say(run->planner, "I2G410", &run->rule->origin, STR(""),
			    "more than 16 %s headers are changed at once; '%.*s' was left out",
			    run->where, STR_ARG(name));
	else if (!is_token(name) || !is_header_value(value, strict))
		planner_say(run->planner, "I2G410", &run->rule->origin, STR(""),
			    "%s header '%.*s' has a name or value that Gateway API does not take, "
			    "so it was left out",
			    run->where, STR_ARG(name));
	else
		return true;
	return false;
}

static size_t count_taken(const struct edit_run *run, const struct model_header *headers,
			  size_t count)
{
	size_t taken = 0;

	for (size_t i = 0; i < count; i++)
		taken += takes_edit(run, headers[i].name, headers[i].value, taken);
	return taken;
}

static void write_headers(const struct edit_run *run, struct node *map, const char *key,
			  const struct model_header *headers, size_t count)
{
	struct arena *arena = &run->planner->scratch;
	struct node *list = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!takes_edit(run, headers[i].name, headers[i].value, list ? list->count : 0))
			continue;
		if (!list)
			list = node_set_list(arena, map, key);

		struct node *item = node_push_map(arena, list);

		node_set_string(arena, item, "name", headers[i].name);
		node_set_string(arena, item, "value", headers[i].value);
	}
}

static size_t count_removed(const struct edit_run *run, const struct model_header_edits *edits)
{
	size_t taken = 0;

	for (size_t i = 0; i < edits->remove_count; i++)
		taken += takes_edit(run, edits->remove[i], STR("-"), taken);
	return taken;
}

static void write_removed(const struct edit_run *run, struct node *map,
			  const struct model_header_edits *edits)
{
	struct arena *arena = &run->planner->scratch;
	struct node *list = NULL;

	for (size_t i = 0; i < edits->remove_count; i++) {
		if (!takes_edit(run, edits->remove[i], STR("-"), list ? list->count : 0))
			continue;
		if (!list)
			list = node_set_list(arena, map, "remove");
		node_push_string(arena, list, edits->remove[i]);
	}
}

static void write_edits(const struct edit_run *run, struct node *rule, const char *type,
			const char *field, const struct model_header_edits *edits)
{
	if (!edits)
		return;
	if (!count_taken(run, edits->set, edits->set_count) &&
	    !count_taken(run, edits->add, edits->add_count) && !count_removed(run, edits))
		return;

	struct node *map = add_filter(&run->planner->scratch, rule, type, field);

	write_headers(run, map, "set", edits->set, edits->set_count);
	write_headers(run, map, "add", edits->add, edits->add_count);
	write_removed(run, map, edits);
}

/* ---- CORS ---- */

static bool is_origin_host(struct str host)
{
	if (str_is(host, "*"))
		return true;
	if (str_starts(host, "*."))
		host = str_from_pos(host, 2);
	for (size_t i = 0; i < host.len; i++) {
		char c = host.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool inner_dot = c == '.' && i && i + 1 < host.len && host.at[i - 1] != '.';

		if (!letter && !(c >= '0' && c <= '9') && c != '-' && !inner_dot)
			return false;
	}
	return host.len;
}

/* "*", or http(s)://HOST[:PORT] where HOST may begin with "*.". */
static bool is_origin(struct str text)
{
	size_t scheme = str_starts(text, "https://") ? 8 : str_starts(text, "http://") ? 7 : 0;
	int64_t port = 0;

	if (str_is(text, "*"))
		return true;
	if (!scheme || text.len > GATEWAY_NAME)
		return false;

	struct str host = str_from_pos(text, scheme);
	size_t colon = str_find(host, ':');

	if (colon != SIZE_MAX) {
		struct str digits = str_from_pos(host, colon + 1);

		if (digits.len > 5 || !str_to_int(digits, &port) || port < 0 ||
		    digits.at[0] == '+' || digits.at[0] == '-')
			return false;
	}
	return is_origin_host(str_sub(host, 0, colon));
}

static bool is_method(struct str text)
{
	static const char *const methods[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
					      "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_is(text, methods[i]))
			return true;
	return false;
}

struct cors_list {
	const char *field, *words;
	bool (*legal)(struct str);
	const struct str *items;
	size_t count;
	bool star_alone; /* "*" cannot stand beside others */
};

static bool listed(const struct node *list, struct str text)
{
	node_each(item, list) if (str_eq(item->text, text)) return true;
	return false;
}

static bool has_star(const struct cors_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (str_is(from->items[i], "*"))
			return true;
	return false;
}

static void write_cors_list(struct planner *planner, struct node *cors,
			    const struct model_rule *rule, const struct cors_list *from)
{
	struct arena *arena = &planner->scratch;
	bool star = from->star_alone && has_star(from);
	struct node *list = node_list_new(arena);

	for (size_t i = 0; i < from->count; i++) {
		struct str item = from->items[i];

		if (star && !str_is(item, "*"))
			continue;
		if (listed(list, item))
			continue;
		if (list->count == GATEWAY_CORS_ITEMS || !from->legal(item))
			planner_say(planner, "I2G311", &rule->origin, STR(""),
				    "CORS %s '%.*s' does not fit Gateway API and was left out",
				    from->words, STR_ARG(item));
		else
			node_push_string(arena, list, item);
	}
	if (list->count)
		node_set(arena, cors, from->field, list);
}

static void write_cors(struct planner *planner, struct node *rule, const struct model_rule *from)
{
	const struct model_cors *cors = from->cors;
	struct arena *arena = &planner->scratch;
	struct node *map = add_filter(arena, rule, "CORS", "cors");
	const struct cors_list lists[] = {
		{"allowOrigins", "origin", is_origin, cors->origins, cors->origin_count, true},
		{"allowMethods", "method", is_method, cors->methods, cors->method_count, true},
		{"allowHeaders", "header", is_token, cors->headers, cors->header_count, true},
		{"exposeHeaders", "exposed header", is_token, cors->expose, cors->expose_count,
		 false},
	};

	write_cors_list(planner, map, from, &lists[0]);
	if (cors->credentials)
		node_set_bool(arena, map, "allowCredentials", true);
	for (size_t i = 1; i < sizeof lists / sizeof *lists; i++)
		write_cors_list(planner, map, from, &lists[i]);
	if (cors->max_age >= 1 && cors->max_age <= INT32_MAX)
		node_set_int(arena, map, "maxAge", cors->max_age);
}

/* ---- backends ---- */

void backend_write(struct planner *planner, struct node *ref, const struct model_backend *backend,
		   struct str namespace)
{
	struct arena *arena = &planner->scratch;

	if (*backend->group)
		node_set_string(arena, ref, "group", str_from(backend->group));
	if (strcmp(backend->kind, "Service") != 0 || *backend->group)
		node_set_string(arena, ref, "kind", str_from(backend->kind));
	node_set_string(arena, ref, "name", backend->name);
	if (!str_eq(backend->namespace, namespace))
		node_set_string(arena, ref, "namespace", backend->namespace);
	if (backend->port)
		node_set_int(arena, ref, "port", backend->port);
}

void backend_grant(struct planner *planner, const struct model_backend *backend,
		   const char *route_kind, struct str namespace)
{
	grants_need(planner, (struct reference){
				     .from_kind = route_kind,
				     .from_namespace = namespace,
				     .to_group = backend->group,
				     .to_kind = backend->kind,
				     .to_namespace = backend->namespace,
				     .to_name = backend->name,
			     });
}

static void write_mirrors(struct planner *planner, struct node *rule, const struct model_rule *from,
			  struct str namespace)
{
	struct arena *arena = &planner->scratch;

	for (size_t i = 0; i < from->mirror_count; i++) {
		struct node *mirror = add_filter(arena, rule, "RequestMirror", "requestMirror");

		backend_write(planner, node_set_map(arena, mirror, "backendRef"),
			      &from->mirrors[i].backend, namespace);
	}
}

/* ---- redirect, rewrite, authentication ---- */

static void write_path_edit(struct arena *arena, struct node *map, enum path_edit edit,
			    struct str path)
{
	bool full = edit == PATH_REPLACE_FULL;

	if (edit == PATH_KEEP)
		return;

	struct node *node = node_set_map(arena, map, "path");

	node_set_string(arena, node, "type",
			full ? STR("ReplaceFullPath") : STR("ReplacePrefixMatch"));
	node_set_string(arena, node, full ? "replaceFullPath" : "replacePrefixMatch", path);
}

static void write_rewrite(struct arena *arena, struct node *rule,
			  const struct model_rewrite *rewrite)
{
	if (!rewrite->hostname.len && rewrite->edit == PATH_KEEP)
		return;

	struct node *map = add_filter(arena, rule, "URLRewrite", "urlRewrite");

	if (rewrite->hostname.len)
		node_set_string(arena, map, "hostname", rewrite->hostname);
	write_path_edit(arena, map, rewrite->edit, rewrite->path);
}

static void write_redirect(struct arena *arena, struct node *rule,
			   const struct model_redirect *redirect)
{
	struct node *map = add_filter(arena, rule, "RequestRedirect", "requestRedirect");

	if (redirect->scheme.len)
		node_set_string(arena, map, "scheme", redirect->scheme);
	if (redirect->hostname.len)
		node_set_string(arena, map, "hostname", redirect->hostname);
	write_path_edit(arena, map, redirect->edit, redirect->path);
	if (redirect->port)
		node_set_int(arena, map, "port", redirect->port);
	node_set_int(arena, map, "statusCode", redirect->status);
}

static void write_strings(struct arena *arena, struct node *map, const char *key,
			  const struct str *texts, size_t count)
{
	struct node *list = node_list_new(arena);

	for (size_t i = 0; i < count && list->count < GATEWAY_CORS_ITEMS; i++)
		if (!listed(list, texts[i]))
			node_push_string(arena, list, texts[i]);
	if (list->count)
		node_set(arena, map, key, list);
}

static void write_ext_auth(struct planner *planner, struct node *rule,
			   const struct model_ext_auth *auth, struct str namespace)
{
	struct arena *arena = &planner->scratch;
	struct node *map = add_filter(arena, rule, "ExternalAuth", "externalAuth");

	node_set_string(arena, map, "protocol", STR("HTTP"));
	backend_write(planner, node_set_map(arena, map, "backendRef"), &auth->backend, namespace);

	struct node *http = node_set_map(arena, map, "http");

	if (auth->path.len)
		node_set_string(arena, http, "path", auth->path);
	write_strings(arena, http, "allowedHeaders", auth->request_headers,
		      auth->request_header_count);
	write_strings(arena, http, "allowedResponseHeaders", auth->response_headers,
		      auth->response_header_count);
}

void filters_write(struct planner *planner, struct node *rule, const struct model_rule *from,
		   struct str namespace)
{
	struct arena *arena = &planner->scratch;
	struct edit_run run = {planner, from, "request"};

	write_edits(&run, rule, "RequestHeaderModifier", "requestHeaderModifier",
		    from->request_headers);
	run.where = "response";
	write_edits(&run, rule, "ResponseHeaderModifier", "responseHeaderModifier",
		    from->response_headers);
	if (from->cors)
		write_cors(planner, rule, from);
	write_mirrors(planner, rule, from, namespace);
	if (from->rewrite && !from->redirect)
		write_rewrite(arena, rule, from->rewrite);
	if (from->redirect)
		write_redirect(arena, rule, from->redirect);
	if (from->ext_auth && planner->options->experimental)
		write_ext_auth(planner, rule, from->ext_auth, namespace);
}
