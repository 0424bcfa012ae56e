#include "compare/json_write.h"

#include "compare/encode.h"

void json_text(struct buf *buf, struct str text)
{
	buf_char(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '"' || c == '\\')
			buf_format(buf, "\\%c", c);
		else if (c == '\n')
			buf_text(buf, "\\n");
		else if (c < ' ' || c == 0x7f)
			buf_format(buf, "\\u%04x", c);
		else
			buf_char(buf, (char)c);
	}
	buf_char(buf, '"');
}

void json_bytes(struct buf *buf, struct str bytes)
{
	if (encode_is_utf8(bytes)) {
		json_text(buf, bytes);
		return;
	}
	buf_text(buf, "{\"base64\":\"");
	encode_base64(buf, bytes);
	buf_text(buf, "\"}");
}
