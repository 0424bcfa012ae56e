#include "report/formats.h"

const struct report_format report_formats[] = {
	{.name = "concise", .title = "one line a finding", .write = concise_write},
	{.name = "json", .title = "for programs", .write = json_report_write},
	{.name = "text", .title = "source lines with carets", .write = text_write, .counts = true},
};

const size_t report_format_count = sizeof report_formats / sizeof *report_formats;

const struct report_format *report_format_find(struct str name)
{
	for (size_t i = 0; i < report_format_count; i++)
		if (str_is(name, report_formats[i].name))
			return &report_formats[i];
	return NULL;
}
