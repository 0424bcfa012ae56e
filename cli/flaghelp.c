/* Flag tables as text: help and man pages. */
#include "cli/flags.h"

enum { HELP_COLUMN = 34 };

void text_wrap(struct buf *buf, struct str text, size_t column, unsigned indent, unsigned width)
{
	bool more = true, first = true;
	struct str word;

	while (str_split(&text, ' ', &more, &word)) {
		if (!first && column + 1 + word.len > width) {
			buf_char(buf, '\n');
			buf_fill(buf, ' ', indent);
			column = indent;
		} else if (!first) {
			buf_char(buf, ' ');
			column++;
		}
		buf_str(buf, word);
		column += word.len;
		first = false;
	}
	buf_char(buf, '\n');
}

/* "error|warning" for choices, else the argument's name. */
static void add_argument(struct buf *buf, const struct flag *flag)
{
	if (flag->kind != FLAG_CHOICE) {
		buf_text(buf, flag->argument);
		return;
	}
	for (size_t i = 0; flag->choices[i]; i++)
		buf_format(buf, "%s%s", i ? "|" : "", flag->choices[i]);
}

static bool has_argument(const struct flag *flag)
{
	return flag->argument || flag->kind == FLAG_CHOICE;
}

static void add_name(struct buf *buf, const struct flag *flag)
{
	if (flag->letter)
		buf_format(buf, "  -%c, ", flag->letter);
	else
		buf_fill(buf, ' ', 6);
	buf_format(buf, "--%s", flag->name);
	if (has_argument(flag)) {
		buf_char(buf, '=');
		add_argument(buf, flag);
	}
}

static void add_flag(struct buf *buf, const struct flag *flag, unsigned width, bool more)
{
	size_t start = buf->len;

	add_name(buf, flag);
	if (buf->len - start + 2 > HELP_COLUMN) {
		buf_char(buf, '\n');
		buf_fill(buf, ' ', HELP_COLUMN);
	} else {
		buf_fill(buf, ' ', HELP_COLUMN - (buf->len - start));
	}
	text_wrap(buf, str_from(flag->help), HELP_COLUMN, HELP_COLUMN, width);
	if (more && flag->more) {
		buf_fill(buf, ' ', HELP_COLUMN);
		text_wrap(buf, str_from(flag->more), HELP_COLUMN, HELP_COLUMN, width);
	}
}

void flags_help(struct buf *buf, const struct flag_group *group, unsigned width, bool more)
{
	buf_format(buf, "%s\n", group->title);
	for (size_t i = 0; i < group->count; i++)
		if (!group->flags[i].hidden)
			add_flag(buf, &group->flags[i], width, more);
}

/* scdoc reads _ and * as markup, and \ as an escape. */
static void add_scd(struct buf *buf, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\_*[]#~", *text))
			buf_char(buf, '\\');
		buf_char(buf, *text);
	}
}

static void add_sentence(struct buf *buf, const char *help)
{
	char first[] = {help[0], '\0'};

	if (first[0] >= 'a' && first[0] <= 'z')
		first[0] = (char)(first[0] - 'a' + 'A');
	add_scd(buf, first);
	add_scd(buf, help + 1);
	buf_char(buf, '.');
}

static void scd_flag(struct buf *buf, const struct flag *flag)
{
	if (flag->letter)
		buf_format(buf, "*-%c*, ", flag->letter);
	buf_text(buf, "*--");
	add_scd(buf, flag->name);
	buf_char(buf, '*');
	if (flag->kind == FLAG_CHOICE) {
		buf_char(buf, '=');
		for (size_t i = 0; flag->choices[i]; i++)
			buf_format(buf, "%s*%s*", i ? "|" : "", flag->choices[i]);
	} else if (flag->argument) {
		buf_text(buf, "=_");
		add_scd(buf, flag->argument);
		buf_char(buf, '_');
	}
	buf_text(buf, "\n\t");
	add_sentence(buf, flag->help);
	if (flag->more) {
		buf_char(buf, ' ');
		add_scd(buf, flag->more);
	}
	buf_text(buf, "\n\n");
}

void flags_scd(struct buf *buf, const struct flag_group *group)
{
	buf_format(buf, "## %s\n\n", group->title);
	for (size_t i = 0; i < group->count; i++)
		if (!group->flags[i].hidden)
			scd_flag(buf, &group->flags[i]);
}
