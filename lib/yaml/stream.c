#include "yaml/stream.h"

#include <pthread.h>

#include "yaml/feed.h"
#include "yaml/json.h"
#include "yaml/lines.h"
#include "yaml/read.h"
#include "yaml/split.h"
#include "yaml/utf8.h"

enum {
	THREADS_FROM = 512 * 1024, /* smaller sources are not worth a thread */
	EXCERPT = 64 * 1024,       /* text around an error in a document that is streamed */
	EXCERPT_LINES = 50,
	BROKEN_MOST = 1000, /* broken JSON values behind which the next one is looked for */
};

/* A source that is being read; shared by the workers. `lock` guards feed and helm. */
struct reading {
	const struct yaml_sink *sink;
	struct yaml_limits limits;
	struct input input;
	uint32_t source;

	pthread_mutex_t lock;
	struct feed feed;

	/* The finding "Helm template" stands once in a source: in its first batch that has one. */
	struct {
		bool found;
		size_t batch;
		void *user;
		struct problem problem;
	} helm;
};

struct worker {
	struct reading *reading;
	unsigned number;
	struct tree tree;
	struct batch batch;
	void *user;  /* the sink's, for this batch */
	size_t skip; /* items of this batch that were handed out before it was read again */
};

/* Offset where the line of offset `at` starts. */
static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.at[at - 1] != '\n')
		at--;
	return at;
}

/* ---- findings ---- */

static struct finding finding_of(const struct reading *reading, const struct problem *problem)
{
	return (struct finding){
		.code = problem->code,
		.span = {.source = reading->source,
			 .line = problem->line,
			 .column = problem->column,
			 .length = problem->length ? problem->length : 1},
		.message = problem->message,
		.hint = problem->hint,
	};
}

static void add_finding(struct worker *worker, const struct problem *problem)
{
	tree_report(&worker->tree, finding_of(worker->reading, problem));
}

static void report_helm(struct worker *worker, struct problem problem)
{
	struct reading *reading = worker->reading;

	problem.code = "I2G101";
	problem.message =
		STR("this is a Helm template, which is YAML only after Helm has rendered it");
	problem.hint = STR("render it first: helm template . | ingress2gw lint -");
	pthread_mutex_lock(&reading->lock);
	if (!reading->helm.found || worker->batch.number < reading->helm.batch) {
		reading->helm.found = true;
		reading->helm.batch = worker->batch.number;
		reading->helm.user = worker->user;
		reading->helm.problem = problem;
	}
	pthread_mutex_unlock(&reading->lock);
}

/* The place of the first "{{" of a text that begins on line `line`; false when there is none. */
static bool find_template(struct str text, uint32_t line, struct problem *problem)
{
	size_t at = str_find_str(text, "{{");

	if (at == SIZE_MAX)
		return false;

	struct str behind = str_from_pos(text, at);
	size_t start = line_start(text, at), end = str_find_str(behind, "}}");

	end = end == SIZE_MAX || end > str_find(behind, '\n') ? 2 : end + 2;
	problem->line = line + split_lines(str_sub(text, 0, start));
	problem->column = utf8_count(text.at + start, at - start) + 1;
	problem->length = utf8_count(behind.at, end);
	return true;
}

/* `text` is the broken document, which begins on line `line`. */
static void report(struct worker *worker, struct problem problem, struct str text, uint32_t line)
{
	if (strcmp(problem.code, "I2G100") == 0 && find_template(text, line, &problem))
		report_helm(worker, problem);
	else
		add_finding(worker, &problem);
}

static void take(void *user, const struct yaml_item *item)
{
	struct worker *worker = user;

	worker->reading->sink->take(worker->user, item);
}

/* ---- one document ---- */

static struct reader new_reader(struct worker *worker, struct str text, uint32_t line)
{
	return (struct reader){
		.tree = &worker->tree,
		.text = text,
		.line = line,
		.skip = worker->skip,
	};
}

/* Reads YAML; on failure the problem is left in the tree. */
static bool read_yaml(struct worker *worker, struct str text, uint32_t line)
{
	struct input memory = {.fd = -1, .text = text, .size = text.len};
	struct reader reader = new_reader(worker, text, line);

	/* Only Lists come here that large: their items are measured as they are read. */
	if (text.len > worker->reading->limits.document_bytes) {
		reader.input = &memory;
		reader.to = text.len;
	}

	bool fine = read_documents(&reader);

	if (!fine)
		read_problem(&reader, text, 1);
	worker->skip = reader.skip;
	read_finish(&reader);
	return fine;
}

/* Offset of the first character of content, behind comments, directives and "---". */
static size_t content_start(struct str text)
{
	size_t at = 0;

	while (at < text.len) {
		struct str rest = str_from_pos(text, at);

		if (split_is_marker(str_sub(rest, 0, 4)) && rest.at[0] == '-')
			at += 3;
		else if (rest.at[0] == '#' ||
			 (rest.at[0] == '%' && (at == 0 || rest.at[-1] == '\n')))
			at += str_sub(rest, 0, str_find(rest, '\n')).len;
		else if (strchr(" \t\r\n", rest.at[0]) && rest.at[0])
			at++;
		else
			break;
	}
	return at;
}

static bool is_flow(struct str text, size_t at)
{
	return at < text.len && (text.at[at] == '{' || text.at[at] == '[');
}

/* Hands out values as long as they are JSON; what is neither that nor YAML between them is a finding. */
static enum json_result read_json(struct worker *worker, struct json *json)
{
	enum json_result result;
	bool some = false;

	for (;;) {
		result = json_next(json, &worker->skip);
		if (result == JSON_LIMIT)
			add_finding(worker, &json->problem);
		else if (result == JSON_REFUSED && some && !json_resume(json))
			add_finding(worker, &json->problem);
		else if (result != JSON_VALUE)
			return result;
		some = true;
	}
}

/* Reads the JSON values at offset *at, as far as they are JSON; *at is behind them then. The problem
 * of the one that is none is left in *problem. */
static bool read_values(struct worker *worker, struct str text, size_t *at, uint32_t line,
			struct problem *problem)
{
	struct json json = {.tree = &worker->tree};
	enum json_result result;
	size_t start = line_start(text, *at);

	json_init(&json, str_from_pos(text, *at), NULL, 0,
		  line + split_lines(str_sub(text, 0, start)));
	json_set_column(&json, utf8_count(text.at + start, *at - start) + 1);
	result = read_json(worker, &json);
	*problem = json.problem;
	*at += (size_t)json_here(&json).offset;
	json_finish(&json);
	return result == JSON_END;
}

/* Whichever reader got further understood the text better; a limit counts before grammar. */
static struct problem furthest(struct problem json, struct problem yaml)
{
	bool further =
		json.line > yaml.line || (json.line == yaml.line && json.column >= yaml.column);

	return json.code && further && strcmp(yaml.code, "I2G102") != 0 ? json : yaml;
}

/* Behind a broken value: offset of the next line that begins with '{'. */
static size_t next_value(struct str text, size_t at)
{
	for (at++; at < text.len; at++) {
		const char *newline = memchr(text.at + at, '\n', text.len - at);

		if (!newline)
			break;
		at = (size_t)(newline - text.at);
		if (at + 1 < text.len && text.at[at + 1] == '{')
			return at + 1;
	}
	return text.len;
}

/* A document that begins with '{' or '[' at `at`: JSON values, flow YAML, or neither. */
static void read_flow(struct worker *worker, struct str text, size_t at, uint32_t line)
{
	for (int broken = 0; broken < BROKEN_MOST && is_flow(text, at); broken++) {
		struct problem json = {0};
		size_t from = at, behind = at;

		if (read_values(worker, text, &behind, line, &json))
			return;
		/* When nothing was JSON, libyaml gets the directives and "---" in front, too. */
		from = behind == at ? 0 : line_start(text, behind);
		line += split_lines(str_sub(text, 0, from));
		text = str_from_pos(text, from);
		if (read_yaml(worker, str_from_pos(text, behind == at ? 0 : behind - from), line))
			return;

		struct problem yaml = worker->tree.problem;

		if (behind != at && yaml.line == line)
			yaml.column += utf8_count(text.at, behind - from);

		size_t next = next_value(text, behind - from);

		report(worker, furthest(json, yaml), str_sub(text, 0, next), line);
		line += split_lines(str_sub(text, 0, next));
		text = str_from_pos(text, next);
		at = 0;
	}
}

static bool too_large(struct worker *worker, uint64_t len, bool is_list, uint32_t line)
{
	const struct yaml_limits *limits = &worker->reading->limits;
	size_t most = is_list ? limits->list_bytes : limits->document_bytes;

	if (len <= most)
		return false;
	add_finding(
		worker,
		&(struct problem){
			.code = "I2G102",
			.message = str_format(worker->tree.findings->arena,
					      "this %s of %llu bytes is larger than the limit "
					      "of %zu",
					      is_list ? "List" : "document",
					      (unsigned long long)len, most),
			.hint = is_list ? (struct str){0}
					: STR("only Lists in block style with a key 'items' in the "
					      "first column may be larger"),
			.line = line,
			.column = 1,
		});
	return true;
}

static bool too_many_directives(struct worker *worker, struct str text, uint32_t line)
{
	if (split_directives(text) <= worker->reading->limits.directives)
		return false;
	add_finding(worker, &(struct problem){
				    .code = "I2G102",
				    .message = str_format(worker->tree.findings->arena,
							  "more than %u lines begin with '%%'",
							  worker->reading->limits.directives),
				    .line = line,
				    .column = 1,
			    });
	return true;
}

/* A byte order mark behind "---" (files put together) counts as a column for libyaml: what stands in
 * front of it is moved over it. */
static struct str without_inner_bom(struct batch *batch, struct str text, size_t at)
{
	size_t len = split_bom(str_from_pos(text, at));

	if (len == 0)
		return text;
	memmove(batch->buffer + (text.at - batch->buffer) + len, text.at, at);
	return str_from_pos(text, len);
}

/* Nothing but comments and markers, content starting at `at`. Directives need a document: libyaml
 * shall tell. */
static bool is_empty(struct str text, size_t at)
{
	struct str content = str_from_pos(text, at);

	return (content.len == 0 || split_is_marker(str_sub(content, 0, 4))) &&
	       split_directives(text) == 0;
}

static void read_document(struct worker *worker, struct str text, uint32_t line)
{
	size_t most = worker->reading->limits.document_bytes, at;

	text = str_from_pos(text, split_bom(text));
	at = content_start(text);
	text = without_inner_bom(&worker->batch, text, at);
	if (is_empty(text, at) || too_many_directives(worker, text, line))
		return;
	if (text.len > most && too_large(worker, text.len, feed_looks_like_list(text), line))
		return;
	if (is_flow(text, at))
		read_flow(worker, text, at, line);
	else if (!read_yaml(worker, text, line))
		report(worker, worker->tree.problem, text, line);
}

/* ---- batches ---- */

/* Document by document, so that a broken one is alone. Those that begin above `from` were read
 * before. */
static void read_one_by_one(struct worker *worker, uint32_t from)
{
	struct str rest = worker->batch.text, text;
	uint32_t line = worker->batch.line;

	while (split_next(&rest, &text)) {
		uint32_t next = line + split_lines(text);

		if (next > from)
			read_document(worker, text, line);
		line = next;
	}
}

/* One parser for all documents of the batch; on the first failure the rest is read one by one. */
static void read_batch(struct worker *worker)
{
	struct batch *batch = &worker->batch;
	const struct yaml_limits *limits = &worker->reading->limits;
	uint32_t from = 0;

	worker->skip = 0;
	if (!split_is_odd(batch->text) && batch->text.len <= limits->document_bytes &&
	    split_directives(batch->text) <= limits->directives) {
		struct reader reader = new_reader(worker, batch->text, batch->line);
		bool fine = read_documents(&reader);

		read_finish(&reader);
		if (fine)
			return;
		/* The last complete document is read again, with what stands behind it. */
		from = reader.complete_line;
		worker->skip = reader.complete_taken + reader.taken;
	}
	read_one_by_one(worker, from);
}

/* Text around libyaml's line `line` (from 0) of a streamed document; *start is where it begins. */
static struct str excerpt(struct worker *worker, size_t line, struct lines *start)
{
	struct batch *batch = &worker->batch;
	const struct input *input = &worker->reading->input;
	size_t want = line > EXCERPT_LINES ? line - EXCERPT_LINES : 0;
	size_t most = batch->room < EXCERPT ? batch->room : EXCERPT;
	uint64_t offset = batch->from;
	ssize_t got;

	while (start->line < want && offset < batch->to) {
		got = input_read(input, offset, batch->buffer, most, NULL);
		if (got <= 0)
			return (struct str){0};
		offset += lines_take(start, (struct str){batch->buffer, (size_t)got}, want);
	}
	got = input_read(input, offset, batch->buffer,
			 batch->to - offset < most ? (size_t)(batch->to - offset) : most, NULL);
	return (struct str){batch->buffer, got > 0 ? (size_t)got : 0};
}

static void report_streamed(struct worker *worker, struct reader *reader)
{
	struct lines start = {0};
	struct str text = excerpt(worker, reader->failed_line - 1, &start);

	read_problem(reader, text, (uint32_t)start.line + 1);
	report(worker, worker->tree.problem, text, reader->line + start.here.line);
	lines_finish(&start);
}

static void read_streamed(struct worker *worker)
{
	struct reading *reading = worker->reading;
	struct batch *batch = &worker->batch;
	struct error error = {0};

	worker->skip = 0;
	if (too_large(worker, batch->to - batch->from, batch->is_list, batch->line))
		return;

	struct reader reader = new_reader(worker, (struct str){0}, batch->line);

	reader.input = &reading->input;
	reader.from = batch->from;
	reader.to = batch->to;
	reader.head = (struct list_head){
		.known = batch->kind[0] != '\0',
		.kind = str_from(batch->kind),
		.version = str_from(batch->version),
	};
	reader.error = &error;
	if (!read_documents(&reader))
		report_streamed(worker, &reader);
	if (error.text[0]) {
		pthread_mutex_lock(&reading->lock);
		reading->feed.failed = true;
		reading->feed.error = error;
		pthread_mutex_unlock(&reading->lock);
	}
	read_finish(&reader);
}

/* ---- sources ---- */

static void open_batch(struct worker *worker, size_t number)
{
	const struct yaml_sink *sink = worker->reading->sink;

	worker->user = sink->open(sink->user, worker->number, number);
	worker->tree.findings = sink->findings(worker->user);
	worker->tree.reported = 0;
}

static void read_all(struct worker *worker)
{
	struct reading *reading = worker->reading;

	for (;;) {
		pthread_mutex_lock(&reading->lock);
		bool more = !reading->feed.failed && feed_next(&reading->feed, &worker->batch);

		if (more)
			open_batch(worker, worker->batch.number);
		pthread_mutex_unlock(&reading->lock);
		if (!more)
			return;
		if (worker->batch.streamed)
			read_streamed(worker);
		else
			read_batch(worker);
	}
}

static void *run_thread(void *worker)
{
	read_all(worker);
	return NULL;
}

/* A source that begins with '{' or '[' is read as JSON as far as it is JSON, as batch 0. What is left
 * is for the YAML reader. */
static void read_json_source(struct worker *worker)
{
	struct reading *reading = worker->reading;
	struct json json = {.tree = &worker->tree, .error = &reading->feed.error};
	enum json_result result;

	open_batch(worker, reading->feed.batches++);
	json_init(&json, (struct str){0}, &reading->input, reading->feed.offset, 1);
	result = read_json(worker, &json);
	reading->feed.failed = result == JSON_FAILED || json.failed;

	struct json_place here = json_here(&json);

	/* Whole lines go on, so that columns stay right: "{...} # comment" is one. */
	reading->feed.offset = here.offset;
	reading->feed.line = here.line;
	json_finish(&json);
}

static bool begins_with_json(struct reading *reading)
{
	char start[4096];
	ssize_t got = input_read(&reading->input, reading->feed.offset, start, sizeof start,
				 &reading->feed.error);
	struct str text = {start, got > 0 ? (size_t)got : 0};

	reading->feed.failed = got < 0;
	if (split_bom(text)) {
		reading->feed.offset += split_bom(text);
		text = str_from_pos(text, split_bom(text));
	}
	text = str_trim(text);
	return is_flow(text, 0);
}

static struct yaml_limits with_defaults(const struct yaml_limits *given)
{
	struct yaml_limits limits = given ? *given : (struct yaml_limits){0};

	if (!limits.document_bytes)
		limits.document_bytes = (size_t)16 << 20;
	if (!limits.list_bytes)
		limits.list_bytes = (size_t)1 << 30;
	if (!limits.scalar_bytes)
		limits.scalar_bytes = (size_t)4 << 20;
	if (!limits.depth)
		limits.depth = 100;
	if (!limits.nodes)
		limits.nodes = 1000000;
	if (!limits.alias_nodes)
		limits.alias_nodes = 10000;
	if (!limits.directives)
		limits.directives = 16;
	return limits;
}

static void worker_init(struct worker *worker, struct reading *reading, unsigned number)
{
	*worker = (struct worker){.reading = reading, .number = number};
	worker->tree = (struct tree){
		.limits = &reading->limits,
		.source = reading->source,
		.take = take,
		.user = worker,
	};
	tree_init(&worker->tree);
}

static void worker_finish(struct worker *worker)
{
	tree_finish(&worker->tree);
	batch_finish(&worker->batch);
}

/* Without a second thread the first one does all the work. */
static void read_by_two(struct worker *first)
{
	struct worker second;
	pthread_t thread = {0};

	worker_init(&second, first->reading, 1);

	bool two = !pthread_create(&thread, NULL, run_thread, &second);

	read_all(first);
	if (two)
		pthread_join(thread, NULL);
	worker_finish(&second);
}

static void read_source(struct reading *reading, unsigned threads)
{
	struct worker worker;

	worker_init(&worker, reading, 0);
	if (begins_with_json(reading))
		read_json_source(&worker);
	if (threads > 1 && reading->input.size - reading->feed.offset >= THREADS_FROM)
		read_by_two(&worker);
	else
		read_all(&worker);
	if (reading->helm.found)
		findings_add(reading->sink->findings(reading->helm.user),
			     finding_of(reading, &reading->helm.problem));
	worker_finish(&worker);
}

void *yaml_one_batch(void *user, unsigned worker, size_t number)
{
	(void)worker;
	(void)number;
	return user;
}

bool yaml_read(const struct sources *sources, uint32_t source, const struct yaml_limits *limits,
	       unsigned threads, const struct yaml_sink *sink, struct error *error)
{
	struct reading reading = {
		.sink = sink,
		.limits = with_defaults(limits),
		.source = source,
	};
	struct str name = source_name(sources, source);
	struct error why = {0};

	if (!input_open(&reading.input, &sources->at[source], &why))
		return error_set(error, "cannot read %.*s: %s", STR_ARG(name), why.text);
	pthread_mutex_init(&reading.lock, NULL);
	reading.feed = (struct feed){
		.input = &reading.input,
		.document_bytes = reading.limits.document_bytes,
		.line = 1,
	};
	read_source(&reading, threads);
	pthread_mutex_destroy(&reading.lock);
	input_close(&reading.input);
	if (reading.feed.failed)
		return error_set(error, "cannot read %.*s: %s", STR_ARG(name),
				 reading.feed.error.text);
	return true;
}
