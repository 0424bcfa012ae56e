/* Access logs in JSON, one object a line: nginx with escape=json, and what others write by default (Envoy,
 * Traefik, Caddy, HAProxy, Google Cloud, ECS). A field is known by its name, in whatever object of the line it
 * stands; a line of text within one ("log" of container runtimes) is read as a line of an access log. */
#include "compare/pull.h"
#include "compare/requests_read.h"

enum field {
	FIELD_NONE,
	FIELD_ARGS, /* query without "?" */
	FIELD_HOST, /* Host as sent, or the name without port */
	FIELD_LINE, /* "GET /x HTTP/1.1" */
	FIELD_METHOD,
	FIELD_PATH, /* with or without query, or a whole URL */
	FIELD_PROTOCOL,
	FIELD_SCHEME,
	FIELD_STATUS,
	FIELD_TEXT, /* a whole line of a log */
	FIELDS,
};

struct name {
	const char *name;
	enum field field;
};

/* Sorted by name, compared without case; of two names for one field the first that has a value counts. */
static const struct name names[] = {
	{":authority", FIELD_HOST},
	{":method", FIELD_METHOD},
	{":path", FIELD_PATH},
	{"args", FIELD_ARGS},
	{"authority", FIELD_HOST},
	{"code", FIELD_STATUS},
	{"domain", FIELD_HOST},
	{"downstreamstatus", FIELD_STATUS},
	{"host", FIELD_HOST},
	{"http_host", FIELD_HOST},
	{"http_method", FIELD_METHOD},
	{"log", FIELD_TEXT},
	{"message", FIELD_TEXT},
	{"method", FIELD_METHOD},
	{"msg", FIELD_TEXT},
	{"original", FIELD_PATH},
	{"path", FIELD_PATH},
	{"proto", FIELD_PROTOCOL},
	{"protocol", FIELD_PROTOCOL},
	{"query", FIELD_ARGS},
	{"query_string", FIELD_ARGS},
	{"request", FIELD_LINE},
	{"request_host", FIELD_HOST},
	{"request_method", FIELD_METHOD},
	{"request_path", FIELD_PATH},
	{"request_uri", FIELD_PATH},
	{"request_url", FIELD_PATH},
	{"requesthost", FIELD_HOST},
	{"requestmethod", FIELD_METHOD},
	{"requestpath", FIELD_PATH},
	{"requestprotocol", FIELD_PROTOCOL},
	{"requestscheme", FIELD_SCHEME},
	{"requesturl", FIELD_PATH},
	{"response_code", FIELD_STATUS},
	{"response_status", FIELD_STATUS},
	{"scheme", FIELD_SCHEME},
	{"server_protocol", FIELD_PROTOCOL},
	{"status", FIELD_STATUS},
	{"status_code", FIELD_STATUS},
	{"target", FIELD_PATH},
	{"uri", FIELD_PATH},
	{"url", FIELD_PATH},
	{"verb", FIELD_METHOD},
	{"vhost", FIELD_HOST},
	{"x_forwarded_proto", FIELD_SCHEME},
};

static enum field field_of(struct str name)
{
	size_t from = 0, to = sizeof names / sizeof *names;

	while (from < to) {
		size_t middle = (from + to) / 2;
		const char *other = names[middle].name;
		int order = 0;
		size_t i;

		for (i = 0; i < name.len && other[i] && !order; i++) {
			char c = name.at[i];

			c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
			order = (unsigned char)c - (unsigned char)other[i];
		}
		if (!order)
			order = i < name.len ? 1 : other[i] ? -1 : 0;
		if (!order)
			return names[middle].field;
		if (order > 0)
			from = middle + 1;
		else
			to = middle;
	}
	return FIELD_NONE;
}

struct values {
	struct str at[FIELDS];
};

static void read_value(struct pull *pull, struct values *values, struct str name)
{
	enum field field = field_of(name);
	struct str text;

	if (pull_kind(pull) == PULL_STRING && field)
		text = pull_string(pull);
	else if (pull_kind(pull) == PULL_NUMBER && field == FIELD_STATUS)
		text = pull_number(pull);
	else {
		pull_skip(pull);
		return;
	}
	/* "-" is what logs write for nothing. */
	if (!values->at[field].len && !str_is(text, "-"))
		values->at[field] = text;
}

/* Objects that are about something else than the request: they have hosts, paths and texts of their own. */
static bool is_elsewhere(struct str name)
{
	static const char *const elsewhere[] = {"agent",  "event",    "kubernetes",
						"labels", "resource", "user_agent"};

	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (str_is(name, elsewhere[i]))
			return true;
	return str_ends(name, "headers");
}

/* Other objects are gone through as if their members were the line's. */
static void read_object(struct pull *pull, struct values *values)
{
	unsigned base = pull->depth;
	struct str name;

	pull_object(pull);
	while (!pull->wrong && pull->depth > base) {
		if (!pull_key(pull, &name))
			continue;
		if (pull_kind(pull) == PULL_OBJECT && !is_elsewhere(name))
			pull_object(pull);
		else
			read_value(pull, values, name);
	}
}

static void set_status(struct requests_one *one, struct str text)
{
	int64_t number;

	text = str_sub(text, 0, str_find(text, '.'));
	if (str_to_int(text, &number) && number >= 100 && number <= 599)
		one->status = (unsigned)number;
}

static bool set_target(struct requests_reader *reader, struct requests_one *one,
		       const struct values *values)
{
	struct str path = values->at[FIELD_PATH], args = values->at[FIELD_ARGS];
	size_t scheme = str_find_str(path, "://");

	if (args.len && str_starts(args, "?"))
		args = str_from_pos(args, 1);
	if (args.len && str_find(path, '?') == SIZE_MAX)
		path = STR_JOIN(&reader->scratch, path, STR("?"), args);
	if (scheme != SIZE_MAX && !str_starts(path, "/"))
		return requests_url(reader, one, path, false);
	one->request.target = path;
	return true;
}

static void take_values(struct requests_reader *reader, struct requests_one *one,
			const struct values *values)
{
	struct str line = values->at[FIELD_LINE], text = str_trim(values->at[FIELD_TEXT]);

	if (line.len && str_find(line, ' ') != SIZE_MAX)
		requests_request_line(reader, one, line);
	else if (values->at[FIELD_PATH].len)
		set_target(reader, one, values);
	else if (text.len)
		log_take_line(reader, one, text);
	else
		requests_wrong(one, "no field of it says what was asked");
	if (!one->request.method.len)
		one->request.method = values->at[FIELD_METHOD];
	if (!one->request.authority.len)
		one->request.authority = values->at[FIELD_HOST];
	if (values->at[FIELD_PROTOCOL].len)
		one->request.version = requests_version(values->at[FIELD_PROTOCOL]);
	if (!one->has_scheme && values->at[FIELD_SCHEME].len) {
		one->has_scheme = true;
		one->request.tls = str_is_nocase(values->at[FIELD_SCHEME], "https");
	}
	if (!one->status)
		set_status(one, values->at[FIELD_STATUS]);
}

void json_read(struct requests_reader *reader)
{
	struct str line;
	uint32_t number = 0;

	while (requests_next(reader, &line, &number)) {
		struct values values = {{{0}}};
		struct requests_one one;
		struct pull pull;

		if (!str_trim(line).len)
			continue;
		requests_blank(reader, &one, number);
		pull_init(&pull, line, &reader->scratch);
		read_object(&pull, &values);
		if (!pull_end(&pull))
			requests_wrong(&one, pull.wrong ? pull.wrong : "text follows the object");
		else
			take_values(reader, &one, &values);
		requests_take(reader, &one);
	}
}

unsigned json_recognise(struct str head)
{
	unsigned all = 0, good = 0;
	uint32_t number = 0;
	struct arena arena;
	struct str line;

	arena_init(&arena);
	while (requests_line(&head, &line, &number) && all < 20) {
		struct values values = {{{0}}};
		struct pull pull;

		if (!str_trim(line).len)
			continue;
		all++;
		pull_init(&pull, line, &arena);
		read_object(&pull, &values);
		good += pull_end(&pull) && (values.at[FIELD_PATH].len ||
					    values.at[FIELD_LINE].len || values.at[FIELD_TEXT].len);
	}
	arena_finish(&arena);
	return all ? good * 90 / all : 0;
}
