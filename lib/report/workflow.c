#include "report/workflow.h"

#include "report/clean.h"
#include "report/markup.h"

enum { MESSAGE_MOST = 4096 }; /* bytes: an annotation is read in a margin */

/* As the runner's toolkit escapes them: data, and values of properties, which end at ":" and ",". */
static void add_escaped(struct buf *buf, struct str text, const char *special)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c && strchr(special, c))
			buf_format(buf, "%%%02X", (unsigned char)c);
		else
			buf_char(buf, c);
	}
}

static void add_property(struct buf *buf, const char *name, struct str value)
{
	struct buf clean;

	buf_init(&clean);
	clean_add(&clean, value);
	buf_text(buf, name);
	add_escaped(buf, buf_slice(&clean), "%\r\n:,");
	buf_finish(&clean);
}

void workflow_place(struct buf *buf, struct str path, struct span span)
{
	add_property(buf, "file=", path);
	buf_format(buf, ",line=%u,endLine=%u,", span.line, span.line);
	if (span.column && span.length)
		buf_format(buf, "col=%u,endColumn=%u,", span.column, span.column + span.length);
}

void workflow_title(struct buf *buf, struct str title)
{
	add_property(buf, "title=", title);
}

static void add_data(struct buf *buf, struct str text)
{
	add_escaped(buf, text, "%\r\n");
}

void workflow_message(struct buf *buf, struct str clean)
{
	markup_clipped(buf, add_data, clean, MESSAGE_MOST);
}
