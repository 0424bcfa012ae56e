/* Commands of curl, as people keep them in notes and scripts and as browsers copy them. Options that say what
 * is sent are followed; those that say how it is shown, where it goes or whom to trust are not. */
#include "compare/requests_read.h"
#include "compare/shell.h"

enum { URLS_MOST = 64 };

struct command {
	struct requests_reader *reader;
	struct requests_one *one;
	struct str urls[URLS_MOST];
	size_t url_count;
	struct buf data;
	bool has_data, has_json, as_query, head, as_is, no_glob;
	struct str method, target;
};

/* ---- options ---- */

enum option_id {
	OPTION_OTHER, /* nothing of it is sent */
	OPTION_AGENT,
	OPTION_BEARER,
	OPTION_COOKIE,
	OPTION_DATA,
	OPTION_DATA_RAW,
	OPTION_DATA_ENCODE,
	OPTION_FORM,
	OPTION_GET,
	OPTION_HEAD,
	OPTION_HEADER,
	OPTION_HTTP_1_0,
	OPTION_HTTP_2,
	OPTION_JSON,
	OPTION_NEXT,
	OPTION_NO_GLOB,
	OPTION_PATH_AS_IS,
	OPTION_REFERER,
	OPTION_REQUEST,
	OPTION_TARGET,
	OPTION_UPLOAD,
	OPTION_URL,
	OPTION_USER,
};

struct option {
	const char *name;
	char letter; /* '\0': none */
	bool argument;
	enum option_id id;
};

static const struct option options[] = {
	{"abstract-unix-socket", 0, true, OPTION_OTHER},
	{"alt-svc", 0, true, OPTION_OTHER},
	{"aws-sigv4", 0, true, OPTION_OTHER},
	{"cacert", 0, true, OPTION_OTHER},
	{"capath", 0, true, OPTION_OTHER},
	{"cert", 'E', true, OPTION_OTHER},
	{"cert-type", 0, true, OPTION_OTHER},
	{"ciphers", 0, true, OPTION_OTHER},
	{"config", 'K', true, OPTION_OTHER},
	{"connect-timeout", 0, true, OPTION_OTHER},
	{"connect-to", 0, true, OPTION_OTHER},
	{"continue-at", 'C', true, OPTION_OTHER},
	{"cookie", 'b', true, OPTION_COOKIE},
	{"cookie-jar", 'c', true, OPTION_OTHER},
	{"curves", 0, true, OPTION_OTHER},
	{"data", 'd', true, OPTION_DATA},
	{"data-ascii", 0, true, OPTION_DATA},
	{"data-binary", 0, true, OPTION_DATA},
	{"data-raw", 0, true, OPTION_DATA_RAW},
	{"data-urlencode", 0, true, OPTION_DATA_ENCODE},
	{"dns-servers", 0, true, OPTION_OTHER},
	{"doh-url", 0, true, OPTION_OTHER},
	{"dump-header", 'D', true, OPTION_OTHER},
	{"expect100-timeout", 0, true, OPTION_OTHER},
	{"form", 'F', true, OPTION_FORM},
	{"form-string", 0, true, OPTION_FORM},
	{"get", 'G', false, OPTION_GET},
	{"globoff", 'g', false, OPTION_NO_GLOB},
	{"haproxy-clientip", 0, true, OPTION_OTHER},
	{"head", 'I', false, OPTION_HEAD},
	{"header", 'H', true, OPTION_HEADER},
	{"hostpubmd5", 0, true, OPTION_OTHER},
	{"http1.0", '0', false, OPTION_HTTP_1_0},
	{"http2", 0, false, OPTION_HTTP_2},
	{"http2-prior-knowledge", 0, false, OPTION_HTTP_2},
	{"http3", 0, false, OPTION_HTTP_2},
	{"http3-only", 0, false, OPTION_HTTP_2},
	{"interface", 0, true, OPTION_OTHER},
	{"json", 0, true, OPTION_JSON},
	{"keepalive-time", 0, true, OPTION_OTHER},
	{"key", 0, true, OPTION_OTHER},
	{"key-type", 0, true, OPTION_OTHER},
	{"limit-rate", 0, true, OPTION_OTHER},
	{"local-port", 0, true, OPTION_OTHER},
	{"max-filesize", 0, true, OPTION_OTHER},
	{"max-redirs", 0, true, OPTION_OTHER},
	{"max-time", 'm', true, OPTION_OTHER},
	{"netrc-file", 0, true, OPTION_OTHER},
	{"next", ':', false, OPTION_NEXT},
	{"noproxy", 0, true, OPTION_OTHER},
	{"oauth2-bearer", 0, true, OPTION_BEARER},
	{"output", 'o', true, OPTION_OTHER},
	{"output-dir", 0, true, OPTION_OTHER},
	{"parallel-max", 0, true, OPTION_OTHER},
	{"pass", 0, true, OPTION_OTHER},
	{"path-as-is", 0, false, OPTION_PATH_AS_IS},
	{"pinnedpubkey", 0, true, OPTION_OTHER},
	{"preproxy", 0, true, OPTION_OTHER},
	{"proto", 0, true, OPTION_OTHER},
	{"proto-default", 0, true, OPTION_OTHER},
	{"proto-redir", 0, true, OPTION_OTHER},
	{"proxy", 'x', true, OPTION_OTHER},
	{"proxy-header", 0, true, OPTION_OTHER},
	{"proxy-user", 'U', true, OPTION_OTHER},
	{"range", 'r', true, OPTION_OTHER},
	{"rate", 0, true, OPTION_OTHER},
	{"referer", 'e', true, OPTION_REFERER},
	{"request", 'X', true, OPTION_REQUEST},
	{"request-target", 0, true, OPTION_TARGET},
	{"resolve", 0, true, OPTION_OTHER},
	{"retry", 0, true, OPTION_OTHER},
	{"retry-delay", 0, true, OPTION_OTHER},
	{"retry-max-time", 0, true, OPTION_OTHER},
	{"socks5", 0, true, OPTION_OTHER},
	{"socks5-hostname", 0, true, OPTION_OTHER},
	{"speed-limit", 'Y', true, OPTION_OTHER},
	{"speed-time", 'y', true, OPTION_OTHER},
	{"stderr", 0, true, OPTION_OTHER},
	{"time-cond", 'z', true, OPTION_OTHER},
	{"tls-max", 0, true, OPTION_OTHER},
	{"tls13-ciphers", 0, true, OPTION_OTHER},
	{"trace", 0, true, OPTION_OTHER},
	{"trace-ascii", 0, true, OPTION_OTHER},
	{"unix-socket", 0, true, OPTION_OTHER},
	{"upload-file", 'T', true, OPTION_UPLOAD},
	{"url", 0, true, OPTION_URL},
	{"user", 'u', true, OPTION_USER},
	{"user-agent", 'A', true, OPTION_AGENT},
	{"write-out", 'w', true, OPTION_OTHER},
};

static const struct option *option_named(struct str name)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (str_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static const struct option *option_lettered(char letter)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (options[i].letter && options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* ---- what they mean ---- */

static void add_header(struct command *command, const char *name, struct str value)
{
	requests_header(command->reader, command->one, str_from(name), value);
}

/* "Name: value"; "Name;" sends it empty, "Name:" takes away what curl would send. */
static void take_header(struct command *command, struct str text)
{
	size_t colon = str_find(text, ':');

	if (str_starts(text, "@")) {
		requests_wrong(command->one, "its headers are in a file");
	} else if (colon != SIZE_MAX) {
		if (str_trim(str_from_pos(text, colon + 1)).len)
			requests_header(command->reader, command->one, str_sub(text, 0, colon),
					str_from_pos(text, colon + 1));
	} else if (str_ends(text, ";")) {
		requests_header(command->reader, command->one, str_sub(text, 0, text.len - 1),
				(struct str){0});
	}
}

static void add_encoded(struct buf *buf, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';

		if (plain)
			buf_char(buf, c);
		else
			buf_format(buf, "%%%02X", (unsigned char)c);
	}
}

static void take_data(struct command *command, struct str text, enum option_id id)
{
	size_t equal = str_find(text, '=');

	if ((id != OPTION_DATA_RAW && str_starts(text, "@")) ||
	    (id == OPTION_DATA_ENCODE && equal == SIZE_MAX && str_find(text, '@') != SIZE_MAX)) {
		requests_wrong(command->one, "its body is in a file");
		return;
	}
	if (command->has_data && id != OPTION_JSON)
		buf_char(&command->data, '&');
	command->has_data = true;
	command->has_json |= id == OPTION_JSON;
	if (id != OPTION_DATA_ENCODE) {
		buf_str(&command->data, text);
		return;
	}
	/* "name=content" and "=content": only the content is encoded. */
	if (equal != SIZE_MAX && equal)
		buf_str(&command->data, str_sub(text, 0, equal + 1));
	add_encoded(&command->data, equal == SIZE_MAX ? text : str_from_pos(text, equal + 1));
}

static void take_cookie(struct command *command, struct str text)
{
	/* Without "=" it names a file. */
	if (str_find(text, '=') != SIZE_MAX)
		add_header(command, "Cookie", text);
}

static void take_option(struct command *command, enum option_id id, struct str text)
{
	switch (id) {
	case OPTION_AGENT:
		if (text.len)
			add_header(command, "User-Agent", text);
		break;
	case OPTION_BEARER:
		add_header(command, "Authorization",
			   STR_JOIN(&command->reader->scratch, STR("Bearer "), text));
		break;
	case OPTION_COOKIE:
		take_cookie(command, text);
		break;
	case OPTION_DATA:
	case OPTION_DATA_RAW:
	case OPTION_DATA_ENCODE:
	case OPTION_JSON:
		take_data(command, text, id);
		break;
	case OPTION_FORM:
		requests_wrong(command->one, "forms of several parts (-F) are not read");
		break;
	case OPTION_HEADER:
		take_header(command, text);
		break;
	case OPTION_REFERER:
		add_header(command, "Referer", str_sub(text, 0, str_find_str(text, ";auto")));
		break;
	case OPTION_REQUEST:
		command->method = text;
		break;
	case OPTION_TARGET:
		command->target = text;
		break;
	case OPTION_UPLOAD:
		requests_wrong(command->one, "its body is in a file");
		break;
	case OPTION_URL:
		if (command->url_count < URLS_MOST)
			command->urls[command->url_count++] = text;
		break;
	case OPTION_USER:
		requests_basic(command->reader, command->one, text);
		break;
	default:
		break;
	}
}

static void take_switch(struct command *command, enum option_id id)
{
	command->as_query |= id == OPTION_GET;
	command->head |= id == OPTION_HEAD;
	command->as_is |= id == OPTION_PATH_AS_IS;
	command->no_glob |= id == OPTION_NO_GLOB;
	if (id == OPTION_HTTP_1_0)
		command->one->request.version = ROUTE_HTTP_1_0;
	if (id == OPTION_HTTP_2)
		command->one->request.version = ROUTE_HTTP_2;
}

/* ---- the URL ---- */

/* Without --globoff, "{a,b}" and "[1-3]" are several URLs, and a backslash takes that away. Brackets around
 * an IPv6 address are no pattern. */
static bool without_globs(struct command *command, struct str *url)
{
	char *to = arena_bytes(&command->reader->scratch, url->len + 1);
	size_t len = 0;

	for (size_t i = 0; i < url->len; i++) {
		char c = url->at[i];
		bool address = c == '[' && len >= 2 && to[len - 1] == '/' && to[len - 2] == '/';

		if (c == '\\' && i + 1 < url->len && strchr("[]{}", url->at[i + 1]) &&
		    url->at[i + 1]) {
			to[len++] = url->at[++i];
			continue;
		}
		if ((c == '[' && !address && i + 1 < url->len && url->at[i + 1] != ']') || c == '{')
			return requests_wrong(command->one,
					      "its URL is a pattern of several: write them out, or "
					      "say --globoff");
		to[len++] = c;
	}
	*url = (struct str){to, len};
	return true;
}

/* RFC 3986 5.2.4, which curl applies to paths unless --path-as-is is given. */
static struct str without_dots(struct arena *arena, struct str target)
{
	size_t end = str_find(target, '?'), len = 0;
	struct str path = str_sub(target, 0, end), segment;
	char *to;
	bool more = true;

	if (str_find_str(path, "/.") == SIZE_MAX)
		return target;
	to = arena_bytes(arena, path.len + 2);
	path = str_from_pos(path, 1);
	while (str_split(&path, '/', &more, &segment)) {
		bool up = str_is(segment, ".."), here = up || str_is(segment, ".");

		if (up)
			while (len && to[--len] != '/')
				;
		if (here && more)
			continue;
		to[len++] = '/';
		if (!here && segment.len)
			memcpy(to + len, segment.at, segment.len);
		len += here ? 0 : segment.len;
	}
	return STR_JOIN(arena, (struct str){to, len}, str_from_pos(target, end));
}

static void add_query(struct command *command)
{
	struct route_request *request = &command->one->request;
	bool has = str_find(request->target, '?') != SIZE_MAX;

	request->target = STR_JOIN(&command->reader->scratch, request->target,
				   has ? STR("&") : STR("?"), buf_slice(&command->data));
}

static void set_body(struct command *command)
{
	struct requests_one *one = command->one;

	one->body = buf_slice(&command->data);
	if (command->has_json && !requests_has_header(one, "accept"))
		add_header(command, "Accept", STR("application/json"));
	if (!requests_has_header(one, "content-type"))
		add_header(command, "Content-Type",
			   command->has_json ? STR("application/json")
					     : STR("application/x-www-form-urlencoded"));
}

/* One request of the command; the others share all but the URL. */
static void take_url(struct command *command, struct requests_one one, struct str url)
{
	bool data = command->has_data && !command->as_query;

	command->one = &one;
	if (!command->no_glob && !without_globs(command, &url))
		url = STR("");
	/* Without scheme curl takes http. */
	one.has_scheme = true;
	requests_url(command->reader, &one, url, true);
	if (!command->as_is)
		one.request.target = without_dots(&command->reader->scratch, one.request.target);
	if (data)
		set_body(command);
	else if (command->has_data)
		add_query(command);
	if (command->target.len)
		one.request.target = command->target;
	one.request.method = command->method.len ? command->method
			     : command->head     ? STR("HEAD")
			     : data              ? STR("POST")
						 : STR("GET");
	requests_take(command->reader, &one);
}

static void begin_command(struct command *command, uint32_t line)
{
	struct requests_one *one = command->one;
	struct requests_reader *reader = command->reader;
	struct buf data = command->data;

	requests_blank(reader, one, line);
	buf_clear(&data);
	*command = (struct command){.reader = reader, .one = one, .data = data};
}

static void end_command(struct command *command)
{
	struct requests_one *one = command->one;

	if (!command->url_count)
		requests_refuse(command->reader, one->line,
				one->wrong ? one->wrong : "curl is given no URL");
	for (size_t i = 0; i < command->url_count; i++) {
		take_url(command, *one, command->urls[i]);
		command->one = one;
	}
}

/* ---- the command line ---- */

struct line {
	struct shell shell;
	struct command command;
	const struct option *waits; /* for its argument in the next word */
	enum {
		LINE_BEGIN, /* of a command */
		LINE_CURL,
		LINE_OTHER, /* a command that is none of curl */
		LINE_PIPED, /* one that reads what curl wrote: not worth a word */
	} state;
	bool no_options; /* behind "--" */
};

static void take_known(struct line *line, const struct option *option, struct str rest,
		       bool attached)
{
	if (option->argument && !attached) {
		line->waits = option;
	} else if (option->argument) {
		take_option(&line->command, option->id, rest);
	} else if (option->id == OPTION_NEXT) {
		uint32_t number = line->command.one->line;

		end_command(&line->command);
		begin_command(&line->command, number);
	} else {
		take_switch(&line->command, option->id);
	}
}

/* "-sSXPOST": letters until one takes the rest. */
static void take_letters(struct line *line, struct str letters)
{
	for (size_t i = 0; i < letters.len; i++) {
		const struct option *option = option_lettered(letters.at[i]);
		struct str rest = str_from_pos(letters, i + 1);

		if (!option)
			continue;
		take_known(line, option, rest, rest.len > 0);
		if (option->argument)
			return;
	}
}

static void take_argument(struct line *line, const struct shell_word *word)
{
	const struct option *waits = line->waits, *option;
	struct str text = word->text;

	line->waits = NULL;
	if (word->unknown && !(waits && waits->id == OPTION_OTHER))
		requests_wrong(line->command.one,
			       "a shell has to fill in a variable or a command first");
	if (waits) {
		take_option(&line->command, waits->id, text);
	} else if (line->no_options || text.len < 2 || text.at[0] != '-') {
		take_option(&line->command, OPTION_URL, text);
	} else if (str_is(text, "--")) {
		line->no_options = true;
	} else if (text.at[1] == '-') {
		option = option_named(str_from_pos(text, 2));
		if (option)
			take_known(line, option, (struct str){0}, false);
	} else {
		take_letters(line, str_from_pos(text, 1));
	}
}

static bool is_curl(struct str word)
{
	return str_is(word, "curl") || str_ends(word, "/curl") || str_is(word, "curl.exe");
}

/* A prompt, or a variable that is set for the command. */
static bool is_before_command(struct str word)
{
	size_t equal = str_find(word, '=');

	if (str_is(word, "$") || str_is(word, "%") || str_is(word, "time") || str_is(word, "sudo"))
		return true;
	for (size_t i = 0; i < equal && i < word.len; i++)
		if (!((word.at[i] >= 'A' && word.at[i] <= 'Z') || word.at[i] == '_' ||
		      (word.at[i] >= 'a' && word.at[i] <= 'z') ||
		      (i && word.at[i] >= '0' && word.at[i] <= '9')))
			return false;
	return equal != SIZE_MAX && equal > 0;
}

static void take_word(struct line *line, const struct shell_word *word)
{
	if (line->state == LINE_CURL) {
		take_argument(line, word);
	} else if (line->state == LINE_BEGIN && is_curl(word->text)) {
		line->state = LINE_CURL;
		line->waits = NULL;
		line->no_options = false;
		begin_command(&line->command, word->line);
	} else if (line->state == LINE_BEGIN && !is_before_command(word->text)) {
		line->state = LINE_OTHER;
		requests_refuse(line->command.reader, word->line, "this is no command of curl");
	}
}

static void end_line(struct line *line, enum shell_kind kind, uint32_t number)
{
	if (line->state == LINE_CURL && kind == SHELL_OPEN)
		requests_wrong(line->command.one, "a quote has no end");
	if (line->state == LINE_CURL)
		end_command(&line->command);
	else if (kind == SHELL_OPEN)
		requests_refuse(line->command.reader, number, "a quote has no end");
	line->state = kind == SHELL_PIPE ? LINE_PIPED : LINE_BEGIN;
}

void curl_read(struct requests_reader *reader)
{
	struct requests_one one;
	struct line line = {.command = {.reader = reader, .one = &one}};
	struct arena_mark mark;
	struct shell_word word;
	enum shell_kind kind;
	struct arena words;

	buf_init(&line.command.data);
	arena_init(&words);
	mark = arena_mark(&words);
	shell_init(&line.shell, reader->text);
	do {
		kind = shell_next(&line.shell, &words, &word);
		if (kind == SHELL_WORD)
			take_word(&line, &word);
		else if (kind == SHELL_REDIRECT)
			shell_next(&line.shell, &words, &word);
		else
			end_line(&line, kind, word.line);
		if (line.state != LINE_CURL)
			arena_rewind(&words, mark);
	} while (kind != SHELL_END);
	arena_finish(&words);
	buf_finish(&line.command.data);
}

unsigned curl_recognise(struct str head)
{
	uint32_t number = 0;
	unsigned seen = 0;
	struct str line;

	while (requests_line(&head, &line, &number) && seen < 50) {
		line = str_trim(line);
		if (!line.len || line.at[0] == '#')
			continue;
		seen++;
		if (str_starts(line, "$ "))
			line = str_trim(str_from_pos(line, 2));
		if (str_starts(line, "curl ") || str_starts(line, "curl.exe "))
			return 95;
	}
	return 0;
}
