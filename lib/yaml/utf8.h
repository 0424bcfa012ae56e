/* utf8.h - code points out of bytes, strictly (RFC 3629: no surrogates, no overlong forms). */
#ifndef YAML_UTF8_H
#define YAML_UTF8_H

#include "base/str.h"

/* Decodes the character at text.at[i], i < text.len; its length in bytes, or 0 when the bytes there
 * are no character. */
static inline size_t utf8_decode(struct str text, size_t i, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *at = (const unsigned char *)text.at + i;
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (len == 0 || at[0] > 0xf4 || text.len - i < len)
		return 0;
	*c = len == 1 ? at[0] : at[0] & (0x7fu >> len);
	for (size_t k = 1; k < len; k++) {
		if ((at[k] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (at[k] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

/* Writes the character to `to` (4 bytes of room); its length in bytes. */
static inline size_t utf8_encode(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Code points in a piece of text: bytes that do not continue a character. */
static inline uint32_t utf8_count(const char *at, size_t len)
{
	uint32_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += (at[i] & 0xc0) != 0x80;
	return count;
}

#endif
