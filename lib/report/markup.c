#include "report/markup.h"

#include "report/clean.h"
#include "yaml/write.h"

static void add_xml(struct buf *buf, char c)
{
	switch (c) {
	case '&':
		buf_text(buf, "&amp;");
		break;
	case '<':
		buf_text(buf, "&lt;");
		break;
	case '>': /* "]]>" may not stand in content */
		buf_text(buf, "&gt;");
		break;
	case '"':
		buf_text(buf, "&quot;");
		break;
	case '\'':
		buf_text(buf, "&#39;");
		break;
	default:
		buf_char(buf, c);
	}
}

void markup_xml(struct buf *buf, struct str text)
{
	while (text.len) {
		struct glyph glyph = glyph_next(&text);

		for (size_t i = 0; i < glyph.len; i++)
			add_xml(buf, glyph.text[i]);
	}
}

/* "://" would become a link, and a backslash does not stop a mention. */
static void add_markdown(struct buf *buf, char c, struct str rest)
{
	if (c == '@' || (c == ':' && str_starts(rest, "//")))
		buf_format(buf, "&#%d;", c);
	else if (c == '&' || c == '<' || c == '>')
		add_xml(buf, c);
	else if (c && strchr("\\`*_[]#|~$", c))
		buf_format(buf, "\\%c", c);
	else
		buf_char(buf, c);
}

void markup_markdown(struct buf *buf, struct str text)
{
	while (text.len) {
		struct glyph glyph = glyph_next(&text);

		for (size_t i = 0; i < glyph.len; i++)
			add_markdown(buf, glyph.text[i], text);
	}
}

static size_t longest_run(struct str text, char c)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.at[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* A table is cut into cells before code spans are looked for, so "|" needs its backslash here too. */
void markup_code(struct buf *buf, struct str text)
{
	struct buf clean;
	size_t fence = longest_run(text, '`') + 1;
	bool pad = fence > 1;

	if (!text.len)
		return;
	buf_init(&clean);
	clean_add(&clean, text);
	buf_fill(buf, '`', fence);
	if (pad)
		buf_char(buf, ' ');
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.at[i] == '|')
			buf_char(buf, '\\');
		buf_char(buf, clean.at[i]);
	}
	if (pad)
		buf_char(buf, ' ');
	buf_fill(buf, '`', fence);
	buf_finish(&clean);
}

void markup_json(struct buf *buf, struct str text)
{
	struct buf clean;

	buf_init(&clean);
	clean_add(&clean, text);
	json_write_string(buf, buf_slice(&clean));
	buf_finish(&clean);
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~/", c));
}

void markup_uri(struct buf *buf, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.at[i];

		if (is_unreserved(c))
			buf_char(buf, (char)c);
		else
			buf_format(buf, "%%%02X", c);
	}
}

struct str markup_clip(struct str text, size_t most, bool *cut)
{
	*cut = text.len > most;
	if (!*cut)
		return text;
	while (most && ((unsigned char)text.at[most] & 0xc0) == 0x80)
		most--;
	return str_sub(text, 0, most);
}

void markup_clipped(struct buf *buf, void (*write)(struct buf *buf, struct str text),
		    struct str text, size_t most)
{
	bool cut;

	write(buf, markup_clip(text, most, &cut));
	if (cut)
		buf_text(buf, "...");
}
