#include "gateway/api_read.h"

static const struct api_ref_defaults service = {"", "Service"};
static const struct api_ref_defaults none = {NULL, NULL};

static struct gateway_headers headers(struct api_reader *reader, const struct node *map,
				      const char *key)
{
	const struct node *list = api_list(reader, map, key);
	struct gateway_headers headers = {0};

	if (!list || !list->count)
		return headers;
	headers.at = arena_array(reader->base->arena, struct gateway_header, list->count);
	node_each(item, list) headers.at[headers.count++] = (struct gateway_header){
		.name = api_need_text(reader, item, "name"),
		.value = api_need_text(reader, item, "value"),
	};
	return headers;
}

static void read_headers(struct api_reader *reader, const struct node *map,
			 struct gateway_filter *filter)
{
	filter->headers.set = headers(reader, map, "set");
	filter->headers.add = headers(reader, map, "add");
	filter->headers.remove = api_texts(reader, map, "remove");
}

static struct gateway_ref backend(struct api_reader *reader, const struct node *map)
{
	const struct node *node = api_map(reader, map, "backendRef");

	if (node)
		return api_ref(reader, node, service);
	api_misfit(reader, map, STR("backendRef is missing"));
	return (struct gateway_ref){0};
}

static void read_mirror(struct api_reader *reader, const struct node *map,
			struct gateway_filter *filter)
{
	const struct node *fraction = api_map(reader, map, "fraction");
	struct gateway_mirror *mirror = &filter->mirror;

	mirror->backend = backend(reader, map);
	mirror->denominator = 100;
	mirror->numerator = (uint32_t)api_number(reader, map, "percent",
						 (struct api_bounds){0, 100, 100}, NULL);
	if (!fraction)
		return;
	mirror->numerator = (uint32_t)api_number(reader, fraction, "numerator",
						 (struct api_bounds){0, INT32_MAX, 0}, NULL);
	mirror->denominator = (uint32_t)api_number(reader, fraction, "denominator",
						   (struct api_bounds){1, INT32_MAX, 100}, NULL);
}

static struct gateway_path_edit path_edit(struct api_reader *reader, const struct node *map)
{
	static const char *const types[] = {"ReplaceFullPath", "ReplacePrefixMatch", NULL};
	static const char *const fields[] = {"replaceFullPath", "replacePrefixMatch"};
	const struct node *path = api_map(reader, map, "path");
	struct gateway_path_edit edit = {GATEWAY_PATH_KEPT, {{NULL, 0}, {0}}};
	int type;

	if (!path)
		return edit;
	type = api_choice(reader, path, "type", types, 0);
	edit.value = api_text(reader, path, fields[type]);
	edit.change = type ? GATEWAY_PATH_PREFIX_REPLACED : GATEWAY_PATH_REPLACED;
	return edit;
}

static void read_redirect(struct api_reader *reader, const struct node *map,
			  struct gateway_filter *filter)
{
	struct gateway_redirect *redirect = &filter->redirect;

	redirect->scheme = api_text(reader, map, "scheme");
	redirect->hostname = api_text(reader, map, "hostname");
	redirect->path = path_edit(reader, map);
	redirect->port = api_port(reader, map, "port", NULL);
	redirect->status = (uint32_t)api_number(reader, map, "statusCode",
						(struct api_bounds){300, 399, 302}, NULL);
}

static void read_rewrite(struct api_reader *reader, const struct node *map,
			 struct gateway_filter *filter)
{
	filter->rewrite.hostname = api_text(reader, map, "hostname");
	filter->rewrite.path = path_edit(reader, map);
}

static void read_cors(struct api_reader *reader, const struct node *map,
		      struct gateway_filter *filter)
{
	struct gateway_cors *cors = &filter->cors;

	cors->allow_credentials = api_bool(reader, map, "allowCredentials");
	cors->origins = api_texts(reader, map, "allowOrigins");
	cors->methods = api_texts(reader, map, "allowMethods");
	cors->headers = api_texts(reader, map, "allowHeaders");
	cors->expose = api_texts(reader, map, "exposeHeaders");
	cors->max_age = (uint32_t)api_number(reader, map, "maxAge",
					     (struct api_bounds){1, INT32_MAX, 5}, NULL);
}

static void read_auth(struct api_reader *reader, const struct node *map,
		      struct gateway_filter *filter)
{
	static const char *const protocols[] = {"HTTP", "GRPC", NULL};
	struct gateway_auth *auth = &filter->auth;
	const struct node *body = api_map(reader, map, "forwardBody"), *settings;

	auth->backend = backend(reader, map);
	auth->grpc = api_choice(reader, map, "protocol", protocols, 0) == 1;
	settings = api_map(reader, map, auth->grpc ? "grpc" : "http");
	auth->path = api_text(reader, settings, "path");
	auth->headers = api_texts(reader, settings, "allowedHeaders");
	auth->response_headers = api_texts(reader, settings, "allowedResponseHeaders");
	auth->forwards_body = body;
	auth->body_size =
		api_number(reader, body, "maxSize", (struct api_bounds){0, INT64_MAX, 0}, NULL);
}

static void read_extension(struct api_reader *reader, const struct node *map,
			   struct gateway_filter *filter)
{
	filter->extension = api_ref(reader, map, none);
}

/* In the order of enum gateway_filter_type. */
static const struct filter_row {
	const char *type, *field;
	void (*read)(struct api_reader *reader, const struct node *map,
		     struct gateway_filter *filter);
} rows[] = {
	{"RequestHeaderModifier", "requestHeaderModifier", read_headers},
	{"ResponseHeaderModifier", "responseHeaderModifier", read_headers},
	{"RequestMirror", "requestMirror", read_mirror},
	{"RequestRedirect", "requestRedirect", read_redirect},
	{"URLRewrite", "urlRewrite", read_rewrite},
	{"CORS", "cors", read_cors},
	{"ExternalAuth", "externalAuth", read_auth},
	{"ExtensionRef", "extensionRef", read_extension},
};

enum { ROWS = sizeof rows / sizeof *rows };

static void read_filter(struct api_reader *reader, const struct node *node,
			struct gateway_filter *filter)
{
	struct kube_text type = api_need_text(reader, node, "type");
	const struct node *map;
	size_t i = 0;

	while (i < ROWS && !str_is(type.text, rows[i].type))
		i++;
	filter->span = type.span;
	if (i == ROWS) {
		api_misfit(reader, node, STR("the type of the filter is not known"));
		return;
	}
	filter->type = (enum gateway_filter_type)i;
	map = api_map(reader, node, rows[i].field);
	if (map)
		rows[i].read(reader, map, filter);
	else
		api_misfit(reader, node,
			   str_format(reader->base->arena, "%s is missing", rows[i].field));
}

struct gateway_filters api_filters(struct api_reader *reader, const struct node *map)
{
	const struct node *list = api_list(reader, map, "filters");
	struct gateway_filters filters = {0};

	if (!list || !list->count)
		return filters;
	filters.at = arena_array(reader->base->arena, struct gateway_filter, list->count);
	node_each(item, list) read_filter(reader, item, &filters.at[filters.count++]);
	return filters;
}
