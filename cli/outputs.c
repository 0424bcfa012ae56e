#include "cli/outputs.h"

#include <unistd.h>

#include "cli/files.h"
#include "cli/say.h"

enum { FORMATS_MOST = 16 };

static size_t find(const struct output_formats *formats, struct str name)
{
	for (size_t i = 0; formats->name(i); i++)
		if (str_is(name, formats->name(i)))
			return i;
	return SIZE_MAX;
}

static bool unknown(const struct output_formats *formats, struct str name)
{
	const char *names[FORMATS_MOST];
	size_t count = 0;
	const char *near;
	struct buf list;

	while (count < FORMATS_MOST && (names[count] = formats->name(count)))
		count++;
	near = flags_nearest(names, count, name);
	buf_init(&list);
	for (size_t i = 0; i < count; i++)
		buf_format(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
	if (near)
		say_error("-o: %s has no format '%.*s'; did you mean '%s'?", formats->what,
			  STR_ARG(name), near);
	else
		say_error("-o: %s has no format '%.*s'; it can be %.*s", formats->what,
			  STR_ARG(name), STR_ARG(buf_slice(&list)));
	buf_finish(&list);
	return false;
}

static bool read_one(struct outputs *outputs, const char *text,
		     const struct output_formats *formats, struct arena *arena)
{
	struct str whole = str_from(text);
	size_t equals = str_find(whole, '=');
	struct output output = {find(formats, str_sub(whole, 0, equals)),
				equals == SIZE_MAX ? "-" : text + equals + 1};

	if (output.format == SIZE_MAX)
		return unknown(formats, str_sub(whole, 0, equals));
	if (!*output.path) {
		say_error("-o %s needs the name of a file behind the equals sign", text);
		return false;
	}
	for (size_t i = 0; i < outputs->count && file_is_dash(output.path); i++)
		if (file_is_dash(outputs->at[i].path)) {
			say_error("-o: standard output is for one format; give %s or %s a file",
				  formats->name(outputs->at[i].format),
				  formats->name(output.format));
			return false;
		}
	ARENA_PUSH(arena, outputs->at, outputs->count, output);
	return true;
}

bool outputs_read(struct outputs *outputs, const struct texts *values,
		  const struct output_formats *formats, struct arena *arena)
{
	for (size_t i = 0; i < values->count; i++)
		if (!read_one(outputs, values->at[i], formats, arena))
			return false;
	return values->count || read_one(outputs, formats->name(0), formats, arena);
}

bool output_write(const struct output *output, struct str text, bool quiet)
{
	struct buf line;

	if (!file_write(output->path, text))
		return false;
	if (file_is_dash(output->path) || quiet)
		return true;
	buf_init(&line);
	buf_format(&line, "Wrote %s.\n", output->path);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&line));
	buf_finish(&line);
	return true;
}
