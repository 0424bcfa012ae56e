#include "cli/diff_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/say.h"
#include "compare/report.h"
#include "gateway/api.h"

#define AT(field) .offset = offsetof(struct diff_values, field)

static const char *word_diff_format(size_t index)
{
	return diff_formats[index].name;
}

static const char *word_requests_format(size_t index)
{
	return requests_formats[index];
}

static const struct flag flags[] = {
	{
		.name = "live",
		.kind = FLAG_LIST,
		.argument = "ADDR|URL",
		.help = "the Ingress controller that answers today",
		.more = "Only its address counts: hosts and server names are those of the "
			"requests. "
			"An address stands for all its ports; http://ADDR:PORT and "
			"https://ADDR:PORT say where requests to port 80 and 443 go instead, and "
			"may both be given.",
		AT(live),
	},
	{
		.name = "candidate",
		.kind = FLAG_LIST,
		.argument = "ADDR|URL",
		.help = "the running Gateway to compare with",
		.more = "As for --live. Without it, the converted routes are served by this "
			"program while it asks.",
		AT(candidate),
	},
	{
		.name = "against",
		.kind = FLAG_LIST,
		.argument = "PATH",
		.help = "Gateway API objects of the candidate, when they are not those that "
			"convert writes",
		AT(against),
	},
	{
		.name = "backend",
		.kind = FLAG_LIST,
		.argument = "[NS/]NAME[:PORT]=ADDR",
		.help = "where a Service is, for routes that this program serves",
		.more = "Services without an address are answered by an echo; then it is compared "
			"which backend is asked, and what proxies add, but not what applications "
			"answer.",
		AT(backends),
	},
	{
		.name = "yes",
		.kind = FLAG_SWITCH,
		.help = "ask addresses that are not this machine without being asked back",
		AT(yes),
	},
	{
		.name = "every",
		.kind = FLAG_TEXT,
		.argument = "TIME",
		.help = "ask again and again, and print what changes (60s, 5m)",
		AT(every),
	},
	{
		.name = "admin",
		.kind = FLAG_TEXT,
		.argument = "ADDR",
		.help = "with --every: /metrics (Prometheus) and /healthz at this address",
		AT(admin),
	},
};
const struct flag_group diff_group = {"Comparison", flags, sizeof flags / sizeof *flags};

static const struct flag request_flags[] = {
	{
		.name = "requests",
		.kind = FLAG_LIST,
		.argument = "FILE",
		.help = "ask these requests instead of generated ones",
		.more = "Access logs (nginx, ingress-nginx, Apache, JSON), HAR, curl commands, "
			"OpenAPI, or one request a line: GET https://shop.example.com/cart. May be "
			"given several times.",
		AT(requests),
	},
	{
		.name = "requests-format",
		.kind = FLAG_TEXT,
		.argument = "FORMAT",
		.word = word_requests_format,
		.help = "what these files are, when that cannot be seen",
		AT(requests_format),
	},
	{
		.name = "request-host",
		.kind = FLAG_TEXT,
		.argument = "URL",
		.help = "scheme and host of requests that do not name them: "
			"https://shop.example.com",
		AT(request_host),
	},
	{
		.name = "method",
		.kind = FLAG_COMMAS,
		.argument = "METHOD",
		.help = "only requests of these methods",
		AT(methods),
	},
	{
		.name = "unsafe-methods",
		.kind = FLAG_SWITCH,
		.help = "also send what may change something: POST, PUT, DELETE, ...",
		AT(unsafe_methods),
	},
	{
		.name = "sample",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "at most so many requests, taken from all hosts",
		AT(sample),
	},
	{
		.name = "seed",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "number that decides which ones (1)",
		AT(seed),
	},
	{
		.name = "shard",
		.kind = FLAG_TEXT,
		.argument = "I/N",
		.help = "only the I-th of N parts of them; --merge joins the results",
		AT(shard),
	},
	{
		.name = "header",
		.letter = 'H',
		.kind = FLAG_LIST,
		.argument = "'NAME: VALUE'",
		.help = "send this header too; values are never printed",
		AT(headers),
	},
	{
		.name = "rate",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "requests a second that each side is sent at most",
		.more = "Whatever they are for: the second one to the live side, those that tell "
			"shares apart, and what is sent again. 20 unless all addresses are this "
			"machine; 0 is as fast as it goes.",
		AT(rate),
	},
	{
		.name = "concurrency",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "requests to each side under way at a time (8)",
		AT(concurrency),
	},
	{
		.name = "timeout",
		.kind = FLAG_TEXT,
		.argument = "TIME",
		.help = "for one request (10s)",
		AT(timeout),
	},
	{
		.name = "retries",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "tries again when nothing came back (1)",
		AT(retries),
	},
	{
		.name = "max-time",
		.kind = FLAG_TEXT,
		.argument = "TIME",
		.help = "end after this time; what was asked is reported, with status 2",
		AT(max_time),
	},
	{
		.name = "max-errors",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "end when the live side did not answer so often (20); 0: never",
		AT(max_errors),
	},
	{
		.name = "http2",
		.kind = FLAG_SWITCH,
		.help = "use HTTP/2 where TLS is used and the other side can",
		AT(http2),
	},
	{
		.name = "cacert",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "authorities that must have signed the certificates",
		.more = "Without it, a certificate is compared, not verified, unless something "
			"secret is sent: then the system's authorities count.",
		AT(ca),
	},
	{
		.name = "cert",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "certificate of the client (PEM)",
		AT(certificate),
	},
	{
		.name = "key",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "its key (PEM)",
		AT(key),
	},
	{
		.name = "insecure",
		.kind = FLAG_SWITCH,
		.help = "send secrets to servers whose certificate cannot be verified",
		AT(insecure),
	},
};
const struct flag_group diff_request_group = {"Requests", request_flags,
					      sizeof request_flags / sizeof *request_flags};

static const struct flag answer_flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_LIST,
		.argument = "FORMAT[=FILE]",
		.word = word_diff_format,
		.help = "text (default), json, junit, markdown, github or html",
		.more = "With a file, as in html=diff.html, it is written there. May be given "
			"several times; one format may go to standard output.",
		AT(outputs),
	},
	{
		.name = "ignore-header",
		.kind = FLAG_LIST,
		.argument = "NAME",
		.help = "do not compare this header of answers",
		AT(ignore_headers),
	},
	{
		.name = "ignore",
		.kind = FLAG_LIST,
		.argument = "KIND[:NAME]",
		.help = "do not compare this: tls, body, body:$.time, cookie:sid, ...",
		AT(ignore),
	},
	{
		.name = "backend-header",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.help = "the header of answers that names the backend",
		AT(backend_header),
	},
	{
		.name = "live-log",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "the access log of the live ingress-nginx, which names the backends",
		.more = "Lines that are added while diff runs, in the controller's default format; "
			"- is standard input: kubectl logs -f ... | ingress2gw diff --live-log=- "
			"...",
		AT(live_log),
	},
	{
		.name = "record",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "keep the answers of the live side, without secrets",
		AT(record),
	},
	{
		.name = "replay",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "compare with answers that were kept, instead of --live",
		AT(replay),
	},
	{
		.name = "merge",
		.kind = FLAG_SWITCH,
		.help = "join results of shards: diff --merge 1.json 2.json ...",
		AT(merge),
	},
};
const struct flag_group diff_answer_group = {"Answers", answer_flags,
					     sizeof answer_flags / sizeof *answer_flags};

/* ---- numbers and times ---- */

static bool refuse(const char *flag, const char *value, const char *wants)
{
	say_error("--%s=%s: it takes %s", flag, value, wants);
	return false;
}

static bool read_number(const char *flag, const char *text, int64_t usual, int64_t most,
			int64_t *number)
{
	char wants[64];

	*number = usual;
	if (!text)
		return true;
	if (str_to_int(str_from(text), number) && *number >= 0 && *number <= most)
		return true;
	snprintf(wants, sizeof wants, "a whole number up to %lld", (long long)most);
	return refuse(flag, text, most == INT64_MAX ? "a whole number" : wants);
}

/* "10s", "1m30s", "500ms", and seconds without a unit. */
static bool read_time(const char *flag, const char *text, int64_t usual, int64_t *ms)
{
	int64_t seconds;

	*ms = usual;
	if (!text)
		return true;
	if (str_to_int(str_from(text), &seconds) && seconds >= 0 && seconds <= 1000000) {
		*ms = seconds * 1000;
		return true;
	}
	return gateway_duration_parse(str_from(text), ms) ||
	       refuse(flag, text, "a time, as in 10s");
}

/* No time at all would be no end, or no pause. */
static bool read_some_time(const char *flag, const char *text, int64_t usual, int64_t *ms)
{
	return read_time(flag, text, usual, ms) &&
	       (!text || *ms > 0 || refuse(flag, text, "a time above zero, as in 10s"));
}

static bool read_rate(const char *text, double *rate)
{
	char *end;

	*rate = -1;
	if (!text)
		return true;
	*rate = strtod(text, &end);
	if (*text && !*end && (*rate == 0 || *rate >= PACE_LEAST) && *rate <= 1e6)
		return true;
	return refuse("rate", text, "a number of requests a second, from 0.001 to 1000000, or 0");
}

static bool read_shard(const char *text, struct choose_options *choose)
{
	struct str all = str_from(text);
	size_t slash = str_find(all, '/');
	int64_t part = 0, parts = 0;

	if (!text)
		return true;
	if (slash == SIZE_MAX || !str_to_int(str_sub(all, 0, slash), &part) ||
	    !str_to_int(str_from_pos(all, slash + 1), &parts) || part < 1 || part > parts ||
	    parts > 100000)
		return refuse("shard", text, "I/N with I from 1 to N, as in 1/4");
	choose->shard = (uint32_t)part;
	choose->shards = (uint32_t)parts;
	return true;
}

/* ---- texts ---- */

static bool read_headers(const struct texts *texts, struct ask_options *ask, struct arena *arena)
{
	struct route_header *list = arena_array(arena, struct route_header, texts->count + 1);

	for (size_t i = 0; i < texts->count; i++) {
		struct str line = str_from(texts->at[i]);
		size_t colon = str_find(line, ':');

		list[i] = (struct route_header){str_trim(str_sub(line, 0, colon)),
						str_trim(str_from_pos(line, colon + 1))};
		/* What was typed may be a secret: it is not repeated. */
		if (colon == SIZE_MAX || !list[i].name.len || str_find(line, '\n') != SIZE_MAX ||
		    str_find(line, '\r') != SIZE_MAX || str_find(list[i].name, ' ') != SIZE_MAX) {
			say_error("-H number %zu: it takes 'NAME: VALUE'", i + 1);
			return false;
		}
		if (str_is_nocase(list[i].name, "content-length") ||
		    str_is_nocase(list[i].name, "transfer-encoding")) {
			say_error("-H number %zu: where a request ends is not for a header to say",
				  i + 1);
			return false;
		}
	}
	ask->headers = list;
	ask->header_count = texts->count;
	return true;
}

static bool read_ignores(const struct diff_values *values, struct diff_request *request,
			 struct arena *arena)
{
	struct error error;

	request->ignore = ignore_new(arena);
	for (size_t i = 0; i < values->ignore_headers.count; i++)
		ignore_header(request->ignore, str_from(values->ignore_headers.at[i]));
	for (size_t i = 0; i < values->ignore.count; i++)
		if (!ignore_fact(request->ignore, str_from(values->ignore.at[i]), &error)) {
			say_error("--ignore=%s: %s", values->ignore.at[i], error.text);
			return false;
		}
	return true;
}

/* "https://shop.example.com", or the host alone. */
static bool read_host(const char *text, struct requests_options *reading)
{
	struct str url = str_from(text);
	size_t colon = str_find_str(url, "://");

	*reading = (struct requests_options){
		.scheme = STR("https"), .host = url, .port_http = 80, .port_https = 443};
	if (!text || colon == SIZE_MAX)
		return true;
	reading->scheme = str_sub(url, 0, colon);
	reading->host = str_from_pos(url, colon + 3);
	if (str_ends(reading->host, "/"))
		reading->host = str_sub(reading->host, 0, reading->host.len - 1);
	if ((str_is(reading->scheme, "http") || str_is(reading->scheme, "https")) &&
	    reading->host.len && str_find(reading->host, '/') == SIZE_MAX)
		return true;
	return refuse("request-host", text, "http:// or https:// and a host");
}

static bool read_format(const char *text, struct requests_options *reading)
{
	reading->format = text;
	for (size_t i = 0; text && requests_formats[i]; i++)
		if (strcmp(text, requests_formats[i]) == 0)
			return true;
	return !text ||
	       refuse("requests-format", text, "har, nginx, apache, json, lines, curl or openapi");
}

/* Different in each run: the id of a request must not be found in an old log. */
static struct str make_run_id(struct arena *arena)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return str_format(arena, "%llx%05lx",
			  (unsigned long long)now.tv_sec ^ ((unsigned long long)getpid() << 24),
			  (unsigned long)now.tv_nsec & 0xfffff);
}

static void read_methods(const struct diff_values *values, struct choose_options *choose,
			 struct arena *arena)
{
	struct str *methods = arena_array(arena, struct str, values->methods.count + 1);

	for (size_t i = 0; i < values->methods.count; i++)
		methods[i] = str_from(values->methods.at[i]);
	choose->methods = methods;
	choose->method_count = values->methods.count;
	choose->unsafe_methods = values->unsafe_methods;
}

static bool read_limits(const struct diff_values *values, struct diff_request *request)
{
	struct ask_options *ask = &request->ask;
	int64_t concurrency, retries, errors, sample, seed;

	if (!read_number("concurrency", values->concurrency, 8, 256, &concurrency) ||
	    !read_number("retries", values->retries, 1, 100, &retries) ||
	    !read_number("max-errors", values->max_errors, 20, INT64_MAX, &errors) ||
	    !read_number("sample", values->sample, 0, INT64_MAX, &sample) ||
	    !read_number("seed", values->seed, 1, INT64_MAX, &seed) ||
	    !read_some_time("timeout", values->timeout, 10000, &ask->timeout_ms) ||
	    !read_time("max-time", values->max_time, 0, &ask->max_ms) ||
	    !read_some_time("every", values->every, 0, &request->every_ms) ||
	    !read_rate(values->rate, &request->rate))
		return false;
	ask->concurrency = (unsigned)concurrency;
	ask->retries = (unsigned)retries;
	ask->max_errors = (size_t)errors;
	request->choose.sample = (size_t)sample;
	request->choose.seed = request->seed = (uint64_t)seed;
	return true;
}

bool diff_values_read(struct diff_request *request, const struct diff_values *values,
		      struct cli *cli)
{
	static const struct output_formats formats = {"a comparison has", word_diff_format};
	struct arena *arena = &cli->arena;

	*request = (struct diff_request){0};
	read_methods(values, &request->choose, arena);
	request->ask.http2 = values->http2;
	request->ask.run_id = make_run_id(arena);
	request->ask.backend_header = str_lower(arena, str_from(values->backend_header));
	return read_limits(values, request) && read_shard(values->shard, &request->choose) &&
	       read_headers(&values->headers, &request->ask, arena) &&
	       read_host(values->request_host, &request->reading) &&
	       read_format(values->requests_format, &request->reading) &&
	       read_ignores(values, request, arena) &&
	       outputs_read(&request->outputs, &values->outputs, &formats, arena);
}
