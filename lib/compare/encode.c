#include "compare/encode.h"

#include "yaml/utf8.h"

void encode_base64(struct buf *buf, struct str bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t bits = (uint32_t)(unsigned char)bytes.at[i] << 16;

		bits |= left > 1 ? (uint32_t)(unsigned char)bytes.at[i + 1] << 8 : 0;
		bits |= left > 2 ? (uint32_t)(unsigned char)bytes.at[i + 2] : 0;
		buf_char(buf, digits[bits >> 18]);
		buf_char(buf, digits[bits >> 12 & 63]);
		buf_char(buf, left > 1 ? digits[bits >> 6 & 63] : '=');
		buf_char(buf, left > 2 ? digits[bits & 63] : '=');
	}
}

void encode_hex_bytes(struct buf *buf, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		buf_format(buf, "%02x", at[i]);
}

int encode_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool encode_is_utf8(struct str text)
{
	size_t i = 0;

	while (i < text.len) {
		uint32_t c;
		size_t len = utf8_decode(text, i, &c);

		if (!len)
			return false;
		i += len;
	}
	return true;
}
