/* HTTP Archive 1.2, as browsers and proxies export it. Answers are skipped but for their status; they are most
 * of the file. */
#include "compare/pull.h"
#include "compare/requests_read.h"

#include "kube/base64.h"

struct har {
	struct requests_reader *reader;
	struct requests_one one;
	struct pull pull;
	const char *counted; /* up to here lines are counted */
	uint32_t line;
	uint32_t entry;
};

static uint32_t line_of(struct har *har)
{
	for (; har->counted < har->pull.at; har->counted++)
		har->line += *har->counted == '\n';
	return har->line;
}

/* [{"name":..., "value":...}]: headers; parameters of a form. */
static void read_pairs(struct har *har,
		       void (*take)(struct har *har, struct str name, struct str value))
{
	struct pull *pull = &har->pull;
	struct str key;

	pull_array(pull);
	while (pull_item(pull)) {
		struct str name = {0}, value = {0};

		pull_object(pull);
		while (pull_key(pull, &key)) {
			if (str_is(key, "name"))
				name = pull_string(pull);
			else if (str_is(key, "value") && pull_kind(pull) == PULL_STRING)
				value = pull_string(pull);
			else
				pull_skip(pull);
		}
		if (!pull->wrong)
			take(har, name, value);
	}
}

static void take_header(struct har *har, struct str name, struct str value)
{
	requests_header(har->reader, &har->one, name, value);
}

static void skip_pair(struct har *har, struct str name, struct str value)
{
	(void)har;
	(void)name;
	(void)value;
}

/* The text is what was sent. Without it there were only parameters: of a form they could be put together,
 * but files are not in the archive. */
static void read_post_data(struct har *har)
{
	struct pull *pull = &har->pull;
	struct str key, type = {0}, text = {0};
	bool is_base64 = false;

	if (pull_kind(pull) != PULL_OBJECT) {
		pull_skip(pull);
		return;
	}
	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "text"))
			text = pull_string(pull);
		else if (str_is(key, "mimeType") && pull_kind(pull) == PULL_STRING)
			type = pull_string(pull);
		else if (str_is(key, "encoding") && pull_kind(pull) == PULL_STRING)
			is_base64 = str_is(pull_string(pull), "base64");
		else if (str_is(key, "params") && pull_kind(pull) == PULL_ARRAY)
			read_pairs(har, skip_pair);
		else
			pull_skip(pull);
	}
	if (is_base64 && !kube_base64_decode(&har->reader->scratch, text, &text))
		requests_wrong(&har->one, "its body is no base64");
	har->one.body = text;
	if (text.len && type.len && !requests_has_header(&har->one, "content-type"))
		requests_header(har->reader, &har->one, STR("Content-Type"), type);
}

static void read_request(struct har *har)
{
	struct pull *pull = &har->pull;
	struct requests_one *one = &har->one;
	struct pull data = {0};
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "method"))
			one->request.method = pull_string(pull);
		else if (str_is(key, "url"))
			requests_url(har->reader, one, pull_string(pull), false);
		else if (str_is(key, "httpVersion") && pull_kind(pull) == PULL_STRING)
			one->request.version = requests_version(pull_string(pull));
		else if (str_is(key, "headers"))
			read_pairs(har, take_header);
		else if (str_is(key, "postData")) {
			/* Headers may stand behind it, and one of them the type. */
			data = *pull;
			pull_skip(pull);
		} else
			pull_skip(pull);
	}
	if (data.at && !pull->wrong) {
		struct pull behind = *pull;

		*pull = data;
		read_post_data(har);
		if (!pull->wrong)
			*pull = behind;
	}
}

static void read_response(struct har *har)
{
	struct pull *pull = &har->pull;
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "status") && pull_kind(pull) == PULL_NUMBER) {
			int64_t status = pull_int(pull);

			/* 0: no answer came (blocked, cut off). */
			har->one.status = status >= 100 && status <= 599 ? (unsigned)status : 0;
		} else {
			pull_skip(pull);
		}
	}
}

static void read_entry(struct har *har)
{
	struct pull *pull = &har->pull;
	struct str key;

	requests_blank(har->reader, &har->one, line_of(har));
	har->one.entry = str_format(&har->reader->scratch, "entry %u", ++har->entry);
	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (str_is(key, "request") && pull_kind(pull) == PULL_OBJECT)
			read_request(har);
		else if (str_is(key, "response") && pull_kind(pull) == PULL_OBJECT)
			read_response(har);
		else
			pull_skip(pull);
	}
	if (pull->wrong)
		return;
	/* What a browser does by itself is no request to anybody. */
	if (!har->one.request.target.len)
		requests_wrong(&har->one, "it has no URL");
	requests_take(har->reader, &har->one);
}

static void read_log(struct har *har)
{
	struct pull *pull = &har->pull;
	struct str key;

	pull_object(pull);
	while (pull_key(pull, &key)) {
		if (!str_is(key, "entries")) {
			pull_skip(pull);
			continue;
		}
		pull_array(pull);
		while (pull_item(pull))
			read_entry(har);
	}
}

void har_read(struct requests_reader *reader)
{
	struct har har = {.reader = reader, .counted = reader->text.at, .line = 1};
	struct str key;

	pull_init(&har.pull, reader->text, &reader->scratch);
	pull_object(&har.pull);
	while (pull_key(&har.pull, &key)) {
		if (str_is(key, "log"))
			read_log(&har);
		else
			pull_skip(&har.pull);
	}
	if (!pull_end(&har.pull))
		requests_refuse(reader, line_of(&har),
				har.pull.wrong ? har.pull.wrong : "text follows the archive");
}

unsigned har_recognise(struct str head)
{
	struct str text = str_trim(head);

	return str_starts(text, "{") && str_find_str(text, "\"log\"") != SIZE_MAX &&
			       (str_find_str(text, "\"entries\"") != SIZE_MAX ||
				str_find_str(text, "\"creator\"") != SIZE_MAX)
		       ? 100
		       : 0;
}
