#include "report/audit_formats.h"

const struct audit_format audit_formats[] = {
	{"text", "tables", audit_text_write},
	{"html", "one page with charts", audit_html_write},
	{"json", "for programs", audit_json_write},
	{"markdown", "tables for an issue or a pull request", audit_markdown_write},
};

const size_t audit_format_count = sizeof audit_formats / sizeof *audit_formats;
