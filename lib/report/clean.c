#include "report/clean.h"

#include <stdio.h>

struct range {
	uint32_t first, last;
};

/* Invisible or direction-changing: Unicode's bidi controls, zero-width characters, line separators,
 * the byte order mark, C1 controls, and code points that no text may contain. */
static const struct range unsafe[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x061c, 0x061c}, {0x180e, 0x180e},
	{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfdd0, 0xfdef}, {0xfeff, 0xfeff},
	{0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

/* The common blocks of combining marks. */
static const struct range narrow[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f}, {0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

/* East Asian Width W and F (Unicode Annex 11), block by block. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c},
	{0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
};

#define IN(code, ranges) in_ranges((code), (ranges), sizeof(ranges) / sizeof *(ranges))

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count && ranges[i].first <= code; i++)
		if (code <= ranges[i].last)
			return true;
	return false;
}

/* Bytes of the sequence at the front, 0 when it is not UTF-8 (overlong forms and surrogates are
 * not). */
static size_t decode(struct str text, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *at = (const unsigned char *)text.at;
	size_t len = *at < 0x80   ? 1
		     : *at < 0xc2 ? 0
		     : *at < 0xe0 ? 2
		     : *at < 0xf0 ? 3
		     : *at < 0xf5 ? 4
				  : 0;

	if (len == 0 || len > text.len)
		return 0;
	*code = len == 1 ? *at : *at & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3f);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return len;
}

/* \t and \n, \x1b for a byte, \u202e for a larger code point. */
static struct glyph escape(uint32_t code)
{
	struct glyph glyph = {0};
	char text[sizeof glyph.text + 1];
	int len;

	if (code == '\t' || code == '\n')
		len = snprintf(text, sizeof text, "\\%c", code == '\t' ? 't' : 'n');
	else if (code < 0x100)
		len = snprintf(text, sizeof text, "\\x%02x", code);
	else
		len = snprintf(text, sizeof text, "\\u%04x", code);
	glyph.len = glyph.cells = (unsigned char)len;
	memcpy(glyph.text, text, (size_t)len);
	return glyph;
}

/* Most text is this, and needs no look at the tables. */
static bool is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

struct glyph glyph_next(struct str *rest)
{
	struct glyph glyph = {.cells = 1};
	uint32_t code = 0;
	size_t len;
	const char *at = rest->at;

	if (is_plain(*at)) {
		glyph.text[0] = *at;
		glyph.len = 1;
		*rest = str_from_pos(*rest, 1);
		return glyph;
	}
	len = decode(*rest, &code);
	*rest = str_from_pos(*rest, len ? len : 1);
	if (len == 0)
		return escape((unsigned char)*at);
	if (IN(code, unsafe))
		return escape(code);
	memcpy(glyph.text, at, len);
	glyph.len = (unsigned char)len;
	if (IN(code, narrow))
		glyph.cells = 0;
	else if (IN(code, wide))
		glyph.cells = 2;
	return glyph;
}

void clean_add(struct buf *buf, struct str text)
{
	while (text.len) {
		struct glyph glyph;
		size_t plain = 0;

		while (plain < text.len && is_plain(text.at[plain]))
			plain++;
		buf_add(buf, text.at, plain);
		text = str_from_pos(text, plain);
		if (!text.len)
			return;
		glyph = glyph_next(&text);
		buf_add(buf, glyph.text, glyph.len);
	}
}
