#include "report/style.h"

void style_begin(struct buf *buf, bool colour, enum style style)
{
	static const char *const codes[] = {
		[STYLE_INFO] = "\033[34m", [STYLE_WARNING] = "\033[33m", [STYLE_ERROR] = "\033[31m",
		[STYLE_PLACE] = "\033[1m", [STYLE_GUTTER] = "\033[2m",
	};

	if (colour)
		buf_text(buf, codes[style]);
}

void style_end(struct buf *buf, bool colour)
{
	if (colour)
		buf_text(buf, "\033[0m");
}
