#include "compare/requests.h"

#include <stdlib.h>

#include "base/bug.h"
#include "compare/requests_read.h"
#include "yaml/input.h"

/* Most bytes of a source that is in memory while it is read. */
#define WHOLE_MOST ((uint64_t)1 << 29)

/* Whole lines of a source, a piece at a time. */
struct requests_window {
	const struct input *input;
	struct error *error;
	char *bytes;
	size_t room; /* more than REQUESTS_HEAD, and than a line that is taken */
	size_t at, len;
	uint64_t offset; /* of what is read next */
	bool failed;
};

struct format {
	const char *name;
	unsigned (*recognise)(struct str head);
	void (*read)(struct requests_reader *reader);
	bool whole; /* it is no format of lines */
};

/* Sorted; the rows and the names below go together. */
static const struct format formats[] = {
	{"apache", apache_recognise, log_read, false},
	{"curl", curl_recognise, curl_read, true},
	{"har", har_recognise, har_read, true},
	{"json", json_recognise, json_read, false},
	{"lines", lines_recognise, lines_read, false},
	{"nginx", nginx_recognise, log_read, false},
	{"openapi", openapi_recognise, openapi_read, true},
};

const char *const requests_formats[] = {"apache", "curl",  "har",     "json",
					"lines",  "nginx", "openapi", NULL};

_Static_assert(sizeof formats / sizeof *formats ==
		       sizeof requests_formats / sizeof *requests_formats - 1,
	       "a row has its name in the list");

static const struct format *format_of(const struct requests_options *options, struct str head)
{
	const struct format *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		unsigned sure;

		if (options->format) {
			if (!strcmp(options->format, formats[i].name))
				return &formats[i];
			continue;
		}
		sure = formats[i].recognise(head);
		if (sure > most) {
			most = sure;
			best = &formats[i];
		}
	}
	return best;
}

/* ---- lines ---- */

/* A byte order mark says nothing here. */
static struct str without_mark(struct str text)
{
	return str_starts(text, "\xef\xbb\xbf") ? str_from_pos(text, 3) : text;
}

/* More of the source behind what is left of the window; false at its end. */
static bool refill(struct requests_window *window)
{
	bool start = window->offset == 0;
	ssize_t got;

	window->len -= window->at;
	memmove(window->bytes, window->bytes + window->at, window->len);
	window->at = 0;
	got = input_read(window->input, window->offset, window->bytes + window->len,
			 window->room - window->len, window->error);
	window->failed |= got < 0;
	if (got <= 0)
		return false;
	window->offset += (uint64_t)got;
	window->len += (size_t)got;
	if (start)
		window->at =
			window->len - without_mark((struct str){window->bytes, window->len}).len;
	return true;
}

bool requests_next(struct requests_reader *reader, struct str *line, uint32_t *number)
{
	struct requests_window *window = reader->window;
	bool long_one = false;

	++*number;
	for (;;) {
		char *from = window->bytes + window->at;
		size_t left = window->len - window->at;
		char *end = left ? memchr(from, '\n', left) : NULL;
		size_t len = end ? (size_t)(end - from) : left;

		if (!end && left > REQUESTS_LINE) {
			long_one = true;
			window->at = window->len;
		}
		if (!end && refill(window))
			continue;
		if (!end && !left && !long_one)
			return false;
		from = window->bytes + window->at;
		window->at += end ? len + 1 : window->len - window->at;
		*line = (struct str){from, long_one && !end ? 0 : len};
		if (str_ends(*line, "\r"))
			line->len--;
		if (!long_one && len <= REQUESTS_LINE)
			return true;
		requests_refuse(reader, *number, "its line is longer than 1 MiB");
		long_one = false;
		++*number;
	}
}

/* ---- a source ---- */

static bool read_whole(struct requests_reader *reader, const struct format *format,
		       struct error *error)
{
	const struct input *input = reader->window->input;
	char *bytes;
	ssize_t got;

	if (input->size > WHOLE_MOST)
		return error_set(error, "it is larger than 512 MiB: split it");
	bytes = malloc((size_t)input->size + 1);
	if (!bytes)
		bug_out_of_memory((size_t)input->size);
	got = input_read(input, 0, bytes, (size_t)input->size, error);
	if (got >= 0) {
		reader->text = without_mark((struct str){bytes, (size_t)got});
		format->read(reader);
	}
	free(bytes);
	return got >= 0;
}

/* Finds out the format, and reads. False with a sentence that does not name the source. */
static bool read_source(struct requests_reader *reader, struct error *error)
{
	struct requests_window *window = reader->window;
	const struct format *format;
	ssize_t got = input_read(window->input, 0, window->bytes, REQUESTS_HEAD, error);

	if (got < 0)
		return false;
	format = format_of(reader->options, without_mark((struct str){window->bytes, (size_t)got}));
	if (!format && reader->options->format)
		return error_set(error, "'%s' is no format of requests", reader->options->format);
	if (!format)
		return error_set(error, "its form is none of a file of requests; if it is one, "
					"name its format");
	if (format->whole) {
		if (!read_whole(reader, format, error))
			return false;
	} else {
		format->read(reader);
		if (window->failed)
			return false;
	}
	return reader->taken ||
	       error_set(error, "read as %s, it holds no request that can be asked", format->name);
}

bool requests_read(struct probes *probes, const struct source *source, uint32_t number,
		   const struct requests_options *options, struct findings *findings,
		   struct error *error)
{
	struct error why = {""};
	struct input input;
	struct requests_window window = {.input = &input, .error = &why};
	struct requests_reader reader = {
		.probes = probes,
		.options = options,
		.findings = findings,
		.name = source->name,
		.source = number,
		.window = &window,
	};
	bool good = input_open(&input, source, &why);

	if (good) {
		window.room = (input.size < REQUESTS_LINE ? (size_t)input.size : REQUESTS_LINE) +
			      2 * REQUESTS_HEAD;
		window.bytes = malloc(window.room);
		if (!window.bytes)
			bug_out_of_memory(window.room);
		arena_init(&reader.scratch);
		reader.start = arena_mark(&reader.scratch);
		good = read_source(&reader, &why);
		arena_finish(&reader.scratch);
		free(window.bytes);
		input_close(&input);
	}
	return good || error_set(error, "cannot read requests from %.*s: %s", STR_ARG(source->name),
				 why.text);
}
