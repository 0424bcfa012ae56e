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

void json_member(struct buf *buf, const char *key, struct str bytes)
{
	buf_format(buf, ",\"%s\":", key);
	json_bytes(buf, bytes);
}

void json_member_if(struct buf *buf, const char *key, struct str bytes)
{
	if (bytes.len)
		json_member(buf, key, bytes);
}

void json_header(struct buf *buf, struct str name, struct str value)
{
	buf_char(buf, '[');
	json_bytes(buf, name);
	buf_char(buf, ',');
	json_bytes(buf, value);
	buf_char(buf, ']');
}

static const char *const versions[] = {
	[ROUTE_HTTP_1_1] = "1.1",
	[ROUTE_HTTP_1_0] = "1.0",
	[ROUTE_HTTP_2] = "2",
	[ROUTE_HTTP_3] = "3",
};

const char *json_version(enum route_version version)
{
	return versions[version];
}

bool json_version_find(struct str name, enum route_version *version)
{
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (str_is(name, versions[i])) {
			*version = (enum route_version)i;
			return true;
		}
	return false;
}
