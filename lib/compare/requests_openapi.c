/* Descriptions of APIs: OpenAPI 3.x and Swagger 2, in YAML or JSON. Each operation gives one request, with the
 * first server there is, and for its parameters what the description gives as an example, a default or the
 * first of an enum; else the least that fits the type. References within the file are followed. */
#include "base/map.h"
#include "compare/requests_read.h"
#include "yaml/stream.h"

enum {
	HOPS_MOST = 16,        /* references to references */
	PARAMETERS_MOST = 200, /* of an operation */
	INDEX_FROM = 16,       /* members from which on an object gets an index */
};

/* References make few bytes stand for many. Bytes of URLs and members of objects count; the rest of a description
 * that goes beyond is left out. */
#define WORK_MOST ((size_t)64 * 1024 * 1024)

struct openapi {
	struct requests_reader *reader;
	const struct node *root;
	bool swagger;
	size_t work;
	struct str swagger_base;
	struct arena arena; /* of the document */
	struct map indexes; /* object -> struct map * of its members */
};

static bool is_scalar(const struct node *node)
{
	return node && node->kind != NODE_LIST && node->kind != NODE_MAP && node->kind != NODE_NULL;
}

/* As it is written: these files are YAML 1.2, in which "n", "on" and "0777" are texts. */
static struct str text_of(const struct node *map, const char *key)
{
	const struct node *node = node_get(map, key);

	return is_scalar(node) ? node->text : (struct str){0};
}

/* ---- references ---- */

/* RFC 6901: "~1" is a slash, "~0" a tilde. */
static struct str unescape(struct arena *arena, struct str token)
{
	char *to = arena_bytes(arena, token.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < token.len; i++) {
		bool slash = token.at[i] == '~' && i + 1 < token.len && token.at[i + 1] == '1';
		bool tilde = token.at[i] == '~' && i + 1 < token.len && token.at[i + 1] == '0';

		to[len++] = slash ? '/' : token.at[i];
		i += slash || tilde;
	}
	to[len] = '\0';
	return (struct str){to, len};
}

/* A member of an object that many references may lead to. */
static const struct node *member(struct openapi *api, const struct node *map, struct str key)
{
	const struct str name = {(const char *)&map, sizeof map};
	struct map **index;

	if (!map || map->kind != NODE_MAP || map->count < INDEX_FROM)
		return node_get(map, key.at);
	index = (struct map **)map_at(
		&api->indexes, map_get(&api->indexes, name) ? name : str_dup(&api->arena, name));
	if (!*index) {
		*index = arena_new(&api->arena, struct map);
		map_init(*index, &api->arena);
		node_each(child, map) * map_at(*index, child->text) = child->value;
	}
	return map_get(*index, key);
}

static const struct node *resolve(struct openapi *api, const struct node *node)
{
	for (int hops = 0; hops < HOPS_MOST; hops++) {
		struct str ref = text_of(node, "$ref"), token;
		bool more = true;

		if (!ref.len)
			return node;
		if (!str_starts(ref, "#/"))
			return NULL;
		ref = str_from_pos(ref, 2);
		node = api->root;
		while (str_split(&ref, '/', &more, &token))
			node = member(api, node, unescape(&api->reader->scratch, token));
	}
	return NULL;
}

static const struct node *get(struct openapi *api, const struct node *map, const char *key)
{
	return resolve(api, node_get(map, key));
}

/* ---- values of parameters ---- */

static const struct node *first_item(const struct node *list)
{
	return list && list->kind == NODE_LIST ? list->first : NULL;
}

static const struct node *given(struct openapi *api, const struct node *parameter)
{
	const struct node *schema = get(api, parameter, "schema");
	const struct node *examples = get(api, parameter, "examples");
	const struct node *candidates[] = {
		node_get(parameter, "example"),
		examples && examples->kind == NODE_MAP && examples->first
			? node_get(resolve(api, examples->first->value), "value")
			: NULL,
		node_get(parameter, "x-example"),
		node_get(schema, "example"),
		first_item(node_get(schema, "examples")),
		node_get(schema, "default"),
		first_item(node_get(schema, "enum")),
		node_get(parameter, "default"), /* Swagger 2 has no schema there */
		first_item(node_get(parameter, "enum")),
	};

	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		const struct node *node = candidates[i];

		if (node && node->kind == NODE_LIST)
			node = node->first;
		if (is_scalar(node))
			return node;
	}
	return NULL;
}

static struct str made_up(struct openapi *api, const struct node *parameter)
{
	static const char *const formats[][2] = {
		{"date", "2026-01-01"},
		{"date-time", "2026-01-01T00:00:00Z"},
		{"email", "user@example.com"},
		{"ipv4", "192.0.2.1"},
		{"uuid", "00000000-0000-4000-8000-000000000000"},
	};
	const struct node *schema = get(api, parameter, "schema");
	struct str type, format;

	schema = schema ? schema : parameter;
	type = text_of(schema, "type");
	format = text_of(schema, "format");
	if (str_is(type, "integer") || str_is(type, "number")) {
		const struct node *least = node_get(schema, "minimum");

		return is_scalar(least) ? least->text : STR("1");
	}
	if (str_is(type, "boolean"))
		return STR("true");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (str_is(format, formats[i][0]))
			return str_from(formats[i][1]);
	return STR("x");
}

static struct str value_of(struct openapi *api, const struct node *parameter)
{
	const struct node *node = given(api, parameter);

	return node ? node->text : made_up(api, parameter);
}

/* ---- parameters of an operation ---- */

struct parameters {
	const struct node *at[PARAMETERS_MOST];
	size_t count;
};

/* Those of the operation stand for those of the path with the same name and place. */
static void add_parameters(struct openapi *api, struct parameters *parameters,
			   const struct node *list)
{
	node_each(item, list && list->kind == NODE_LIST ? list : NULL)
	{
		const struct node *parameter = resolve(api, item);
		size_t i;

		for (i = 0; i < parameters->count; i++)
			if (str_eq(text_of(parameters->at[i], "name"),
				   text_of(parameter, "name")) &&
			    str_eq(text_of(parameters->at[i], "in"), text_of(parameter, "in")))
				break;
		if (parameter && i < PARAMETERS_MOST) {
			parameters->at[i] = parameter;
			parameters->count += i == parameters->count;
		}
	}
}

static void add_escaped(struct buf *buf, struct str text)
{
	/* Longer than a request may be is long enough to be refused. */
	for (size_t i = 0; i < text.len && buf->len <= REQUESTS_LINE; i++) {
		char c = text.at[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
			     c == '~' || c == ':' || c == '@' || c == ',';

		if (plain)
			buf_char(buf, c);
		else
			buf_format(buf, "%%%02X", (unsigned char)c);
	}
}

static const struct node *parameter_of(const struct parameters *parameters, const char *place,
				       struct str name)
{
	for (size_t i = 0; i < parameters->count; i++)
		if (str_is(text_of(parameters->at[i], "in"), place) &&
		    str_eq(text_of(parameters->at[i], "name"), name))
			return parameters->at[i];
	return NULL;
}

/* "{name}" of the path becomes a value. */
static void add_path(struct openapi *api, struct buf *buf, struct str path,
		     const struct parameters *parameters)
{
	while (path.len) {
		size_t open = str_find(path, '{');
		struct str rest = str_from_pos(path, open), name;
		size_t close = str_find(rest, '}');

		if (close == SIZE_MAX) {
			buf_str(buf, path);
			return;
		}
		buf_str(buf, str_sub(path, 0, open));
		name = str_sub(rest, 1, close - 1);
		add_escaped(buf, value_of(api, parameter_of(parameters, "path", name)));
		path = str_from_pos(rest, close + 1);
	}
}

/* Those that must be there, and those the description gives a value for. */
static bool is_sent(struct openapi *api, const struct node *parameter)
{
	bool required = false;

	node_to_bool(node_get(parameter, "required"), &required);
	return required || given(api, parameter);
}

static void add_query(struct openapi *api, struct buf *buf, const struct parameters *parameters)
{
	bool first = true;

	for (size_t i = 0; i < parameters->count; i++) {
		const struct node *parameter = parameters->at[i];

		if (!str_is(text_of(parameter, "in"), "query") || !is_sent(api, parameter))
			continue;
		buf_char(buf, first ? '?' : '&');
		first = false;
		add_escaped(buf, text_of(parameter, "name"));
		buf_char(buf, '=');
		add_escaped(buf, value_of(api, parameter));
	}
}

static void add_headers(struct openapi *api, struct requests_one *one,
			const struct parameters *parameters)
{
	struct arena *arena = &api->reader->scratch;
	struct str cookies = {0};

	for (size_t i = 0; i < parameters->count; i++) {
		const struct node *parameter = parameters->at[i];
		struct str in = text_of(parameter, "in"), name = text_of(parameter, "name");
		struct str value;

		if (!is_sent(api, parameter) || cookies.len > REQUESTS_LINE)
			continue;
		value = value_of(api, parameter);
		if (str_is(in, "header"))
			requests_header(api->reader, one, name, value);
		else if (str_is(in, "cookie"))
			cookies = STR_JOIN(arena, cookies, cookies.len ? STR("; ") : STR(""), name,
					   STR("="), value);
	}
	if (cookies.len)
		requests_header(api->reader, one, STR("Cookie"), cookies);
}

/* ---- servers ---- */

/* "{variable}" becomes its default. */
static struct str server_url(struct openapi *api, const struct node *server)
{
	struct str url = text_of(server, "url"), made;
	const struct node *variables = node_get(server, "variables");
	struct buf buf;

	buf_init(&buf);
	while (url.len && buf.len <= REQUESTS_LINE) {
		size_t open = str_find(url, '{');
		struct str rest = str_from_pos(url, open), name;
		size_t close = str_find(rest, '}');

		if (close == SIZE_MAX) {
			buf_str(&buf, url);
			break;
		}
		buf_str(&buf, str_sub(url, 0, open));
		name = str_dup(&api->reader->scratch, str_sub(rest, 1, close - 1));
		buf_str(&buf, text_of(node_get(variables, name.at), "default"));
		url = str_from_pos(rest, close + 1);
	}
	made = str_dup(&api->reader->scratch, buf_slice(&buf));
	buf_finish(&buf);
	return made;
}

/* Swagger 2: scheme, host and basePath; https when it is among the schemes. */
static struct str swagger_url(struct openapi *api)
{
	struct arena *arena = &api->arena;
	struct str host = text_of(api->root, "host"), scheme = {0};
	const struct node *schemes = node_get(api->root, "schemes");

	if (!host.len)
		return text_of(api->root, "basePath");
	node_each(item, schemes && schemes->kind == NODE_LIST
				? schemes
				: NULL) if (!scheme.len || str_is(item->text, "https")) scheme =
		item->text;
	if (!scheme.len)
		scheme = api->reader->options->scheme.len ? api->reader->options->scheme
							  : STR("https");
	return STR_JOIN(arena, scheme, STR("://"), host, text_of(api->root, "basePath"));
}

static struct str base_url(struct openapi *api, const struct node *path,
			   const struct node *operation)
{
	const struct node *places[] = {operation, path, api->root};

	if (api->swagger)
		return api->swagger_base;
	for (size_t i = 0; i < 3; i++) {
		const struct node *server = first_item(node_get(places[i], "servers"));

		if (server)
			return server_url(api, server);
	}
	return (struct str){0};
}

/* ---- operations ---- */

/* A JSON object without members is the least that is a body; what an example holds beyond a text is not
 * written out. */
static void set_body(struct openapi *api, struct requests_one *one, const struct node *operation)
{
	const struct node *content = node_get(get(api, operation, "requestBody"), "content");
	const struct node *type = content && content->kind == NODE_MAP ? content->first : NULL;
	const struct node *example = type ? node_get(resolve(api, type->value), "example") : NULL;

	if (!type)
		return;
	requests_header(api->reader, one, STR("Content-Type"), type->text);
	if (example && example->kind == NODE_STRING)
		one->body = example->text;
	else if (str_find_str(type->text, "json") != SIZE_MAX)
		one->body = STR("{}");
}

static void take_operation(struct openapi *api, const struct node *path, const struct node *method)
{
	struct requests_reader *reader = api->reader;
	struct parameters parameters = {.count = 0};
	const struct node *item = resolve(api, path->value), *operation = method->value;
	struct requests_one one;
	struct str base;
	struct buf url;
	char *name;

	requests_blank(reader, &one, method->line);
	name = (char *)str_dup(&reader->scratch, method->text).at;
	for (size_t i = 0; i < method->text.len; i++)
		name[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] & ~0x20) : name[i];
	one.request.method = (struct str){name, method->text.len};
	one.entry = STR_JOIN(&reader->scratch, one.request.method, STR(" "), path->text);
	add_parameters(api, &parameters, node_get(item, "parameters"));
	add_parameters(api, &parameters, node_get(operation, "parameters"));
	base = base_url(api, item, operation);
	while (str_ends(base, "/"))
		base.len--;
	buf_init(&url);
	/* "//host/path" has the scheme of wherever the description was found. */
	if (str_starts(base, "//"))
		buf_text(&url, str_is(reader->options->scheme, "http") ? "http:" : "https:");
	buf_str(&url, base);
	add_path(api, &url, path->text, &parameters);
	add_query(api, &url, &parameters);
	api->work += url.len;
	requests_url(reader, &one, str_dup(&reader->scratch, buf_slice(&url)), false);
	buf_finish(&url);
	add_headers(api, &one, &parameters);
	set_body(api, &one, operation);
	requests_take(reader, &one);
}

static bool is_method(struct str key)
{
	static const char *const methods[] = {"delete", "get",  "head", "options",
					      "patch",  "post", "put",  "trace"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_is(key, methods[i]))
			return true;
	return false;
}

static void take_path(struct openapi *api, const struct node *path)
{
	const struct node *item = resolve(api, path->value);

	node_each(method, item && item->kind == NODE_MAP ? item : NULL)
	{
		if (++api->work > WORK_MOST)
			return;
		if (is_method(method->text))
			take_operation(api, path, method);
	}
}

static void take_document(void *user, const struct yaml_item *document)
{
	struct openapi *api = user;
	const struct node *paths = node_get(document->root, "paths");

	if (!paths || paths->kind != NODE_MAP) {
		requests_refuse(api->reader, 1, "the description has no paths");
		return;
	}
	api->root = document->root;
	api->swagger = node_get(document->root, "swagger") != NULL;
	arena_init(&api->arena);
	map_init(&api->indexes, &api->arena);
	api->swagger_base = swagger_url(api);
	node_each(path, paths) if (api->work <= WORK_MOST) take_path(api, path);
	if (api->work > WORK_MOST)
		requests_refuse(api->reader, 1, "the description stands for too much text");
	arena_finish(&api->arena);
}

/* ---- the file ---- */

static struct findings *findings_of(void *batch)
{
	struct openapi *api = batch;

	return api->reader->findings;
}

void openapi_read(struct requests_reader *reader)
{
	const struct yaml_limits limits = {.document_bytes = 64 * 1024 * 1024,
					   .nodes = 4 * 1000 * 1000};
	struct source source = {.name = reader->name, .text = reader->text};
	const struct sources sources = {.at = &source, .count = 1};
	struct openapi api = {.reader = reader};
	const struct yaml_sink sink = {&api, yaml_one_batch, take_document, findings_of};
	size_t before = reader->findings->count;
	struct error error;

	yaml_read(&sources, 0, &limits, 1, &sink, &error);
	/* The reader of YAML knows the source by another number. */
	for (size_t i = before; i < reader->findings->count; i++)
		reader->findings->at[i].span.source = reader->source;
}

unsigned openapi_recognise(struct str head)
{
	static const char *const marks[] = {"\nopenapi:", "\nswagger:", "\"openapi\"",
					    "\"swagger\""};
	struct str text = str_trim(head);

	if (str_starts(text, "openapi:") || str_starts(text, "swagger:"))
		return 100;
	for (size_t i = 0; i < 4; i++)
		if (str_find_str(head, marks[i]) != SIZE_MAX && (i < 2 || str_starts(text, "{")))
			return 99;
	return 0;
}
