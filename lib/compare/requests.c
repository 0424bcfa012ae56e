#include "compare/requests.h"

#include <stdlib.h>

#include "base/bug.h"
#include "compare/requests_read.h"
#include "yaml/input.h"

/* Most bytes of a source: it is in memory while it is read. */
#define SOURCE_MOST ((uint64_t)1 << 30)

struct format {
	const char *name;
	unsigned (*recognise)(struct str head);
	void (*read)(struct requests_reader *reader);
};

/* Sorted; the rows and the names below go together. */
static const struct format formats[] = {
	{"apache", apache_recognise, log_read},
	{"curl", curl_recognise, curl_read},
	{"har", har_recognise, har_read},
	{"json", json_recognise, json_read},
	{"lines", lines_recognise, lines_read},
	{"nginx", nginx_recognise, log_read},
	{"openapi", openapi_recognise, openapi_read},
};

const char *const requests_formats[] = {"apache", "curl",  "har",     "json",
					"lines",  "nginx", "openapi", NULL};

_Static_assert(sizeof formats / sizeof *formats ==
		       sizeof requests_formats / sizeof *requests_formats - 1,
	       "a row has its name in the list");

static const struct format *format_of(const struct requests_options *options, struct str text)
{
	const struct format *best = NULL;
	struct str head = str_sub(text, 0, REQUESTS_HEAD);
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

/* All of a source on the heap. */
static bool read_text(const struct source *source, char **bytes, struct str *text,
		      struct error *error)
{
	struct error why = {""};
	struct input input;
	ssize_t got;

	if (!input_open(&input, source, &why))
		return error_set(error, "cannot read %.*s: %s", STR_ARG(source->name), why.text);
	if (input.size > SOURCE_MOST) {
		input_close(&input);
		return error_set(error, "%.*s is larger than 1 GiB: split it",
				 STR_ARG(source->name));
	}
	*bytes = malloc((size_t)input.size + 1);
	if (!*bytes)
		bug_out_of_memory((size_t)input.size);
	got = input_read(&input, 0, *bytes, (size_t)input.size, &why);
	input_close(&input);
	if (got < 0)
		return error_set(error, "cannot read %.*s: %s", STR_ARG(source->name), why.text);
	*text = (struct str){*bytes, (size_t)got};
	/* A byte order mark says nothing here. */
	if (str_starts(*text, "\xef\xbb\xbf"))
		*text = str_from_pos(*text, 3);
	return true;
}

static bool read_format(struct requests_reader *reader, struct error *error)
{
	const struct format *format = format_of(reader->options, reader->text);

	if (!format && reader->options->format)
		return error_set(error, "'%s' is no format of requests", reader->options->format);
	if (!format)
		return error_set(error,
				 "%.*s holds no requests that are known by their form: say "
				 "its format",
				 STR_ARG(reader->name));
	arena_init(&reader->scratch);
	reader->start = arena_mark(&reader->scratch);
	format->read(reader);
	arena_finish(&reader->scratch);
	if (!reader->taken)
		return error_set(error, "%.*s, read as %s, holds no request that can be asked",
				 STR_ARG(reader->name), format->name);
	return true;
}

bool requests_read(struct probes *probes, const struct source *source, uint32_t number,
		   const struct requests_options *options, struct findings *findings,
		   struct error *error)
{
	struct requests_reader reader = {
		.probes = probes,
		.options = options,
		.findings = findings,
		.name = source->name,
		.source = number,
	};
	char *bytes = NULL;
	bool good = read_text(source, &bytes, &reader.text, error) && read_format(&reader, error);

	free(bytes);
	return good;
}
