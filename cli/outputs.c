#include "cli/outputs.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/say.h"

static bool find(const struct output_formats *formats, struct str name, size_t *index)
{
	for (*index = 0; formats->name(*index); ++*index)
		if (str_is(name, formats->name(*index)))
			return true;
	return false;
}

static void unknown(const struct output_formats *formats, const char *flag, struct str name)
{
	const char *names[OUTPUT_FORMATS];
	size_t count = 0;
	const char *near;
	struct buf list;

	while (count < OUTPUT_FORMATS && (names[count] = formats->name(count)))
		count++;
	near = flags_nearest(names, count, name);
	buf_init(&list);
	for (size_t i = 0; i < count; i++)
		buf_format(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
	if (near)
		say_error("%s: %s no format '%.*s'; did you mean '%s'?", flag, formats->says,
			  STR_ARG(name), near);
	else
		say_error("%s: %s no format '%.*s'; it can be %.*s", flag, formats->says,
			  STR_ARG(name), STR_ARG(buf_slice(&list)));
	buf_finish(&list);
}

size_t output_format_find(const struct output_formats *formats, const char *flag, struct str name)
{
	size_t index;

	if (find(formats, name, &index))
		return index;
	unknown(formats, flag, name);
	return SIZE_MAX;
}

static bool takes_stdout(const struct outputs *outputs, const struct output_formats *formats,
			 const struct output *output)
{
	const char *name = formats->name(output->format);

	for (size_t i = 0; i < outputs->count && file_is_dash(output->path); i++)
		if (file_is_dash(outputs->at[i].path)) {
			say_error("-o: standard output is for one format; give %s or %s a file, as "
				  "in -o %s=FILE",
				  formats->name(outputs->at[i].format), name, name);
			return false;
		}
	return true;
}

bool outputs_add(struct outputs *outputs, const char *text, const struct output_formats *formats,
		 struct arena *arena)
{
	struct str whole = str_from(text);
	size_t equals = str_find(whole, '=');
	struct output output = {output_format_find(formats, "-o", str_sub(whole, 0, equals)),
				equals == SIZE_MAX ? "-" : text + equals + 1};

	if (output.format == SIZE_MAX)
		return false;
	if (!*output.path) {
		say_error("-o %s needs the name of a file behind the equals sign", text);
		return false;
	}
	if (!takes_stdout(outputs, formats, &output))
		return false;
	ARENA_PUSH(arena, outputs->at, outputs->count, output);
	return true;
}

bool outputs_read(struct outputs *outputs, const struct texts *values,
		  const struct output_formats *formats, struct arena *arena)
{
	for (size_t i = 0; i < values->count; i++)
		if (!outputs_add(outputs, values->at[i], formats, arena))
			return false;
	return values->count || outputs_add(outputs, formats->name(0), formats, arena);
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

const char *output_side(const char *variable)
{
	const char *path = variable ? getenv(variable) : NULL;

	return path && *path ? path : NULL;
}

int64_t output_date(void)
{
	const char *given = getenv("SOURCE_DATE_EPOCH");
	int64_t date;

	return given && str_to_int(str_from(given), &date) ? date : (int64_t)time(NULL);
}
