#include "cli/convert_flags.h"

static const char *const splits[] = {"none", "role", NULL};
static const char *const object_formats[] = {"yaml", "json", "name", NULL};

const char *convert_object_format(size_t index)
{
	return object_formats[index];
}

static const char *word_findings(size_t index)
{
	return index == 0 ? "summary" : word_format(index - 1);
}

#define AT(field) .offset = offsetof(struct convert_values, field)

static const struct flag output_flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_LIST,
		.argument = "FORMAT",
		.word = convert_object_format,
		.help = "format of the objects: yaml (default), json or name",
		.more = "With a file, as in sarif=FILE, the findings are written there, in one of "
			"the formats of 'ingress2gw help formats'. May be given several times.",
		AT(outputs),
	},
	{
		.name = "output-dir",
		.kind = FLAG_TEXT,
		.argument = "DIR",
		.help = "write one file an object into this new or empty directory",
		.more = "It is written whole or not at all.",
		AT(output_dir),
	},
	{
		.name = "split",
		.kind = FLAG_CHOICE,
		.choices = splits,
		.help = "role: separate folders in --output-dir for infrastructure, operator and "
			"developer",
		AT(split),
	},
	{
		.name = "copy-labels",
		.kind = FLAG_SWITCH,
		.help = "copy the labels of an Ingress to its routes",
		AT(copy_labels),
	},
	{
		.name = "no-comments",
		.kind = FLAG_SWITCH,
		.help = "write no comments that say where an object came from",
		AT(no_comments),
	},
	{
		.name = "report",
		.kind = FLAG_LIST,
		.argument = "FILE",
		.help = "write what became of every item of the input: FILE.json or FILE.txt",
		.more = "With --output-dir, - is standard output. May be given several times.",
		AT(reports),
	},
	{
		.name = "findings",
		.kind = FLAG_TEXT,
		.argument = "FORMAT",
		.word = word_findings,
		.help = "format of the findings on standard error: summary (default), or one of "
			"'ingress2gw help formats'",
		AT(findings),
	},
};

static const struct flag_group output_group = {"Output", output_flags,
					       sizeof output_flags / sizeof *output_flags};

const struct flag_section convert_sections[] = {
	{&input_flags, offsetof(struct convert_values, input)},
	{&selection_flags, offsetof(struct convert_values, conversion)},
	{&target_flags, offsetof(struct convert_values, conversion)},
	{&output_group, 0},
	{&judging_flags, offsetof(struct convert_values, judging)},
	{NULL, 0},
};
