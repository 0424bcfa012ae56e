#include "report/formats.h"

const struct report_format report_formats[] = {
	{"concise", "one line a finding", concise_write},
	{"json", "for programs", json_report_write},
	{"text", "source lines with carets", text_write},
};

const size_t report_format_count = sizeof report_formats / sizeof *report_formats;

const struct report_format *report_format_find(struct str name)
{
	for (size_t i = 0; i < report_format_count; i++)
		if (str_is(name, report_formats[i].name))
			return &report_formats[i];
	return NULL;
}
