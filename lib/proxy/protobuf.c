#include "proxy/protobuf.h"

enum { VARINT, FIXED64, TEXT, FIXED32 = 5 };

/* ---- writing ---- */

static void varint(struct buf *out, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		buf_char(out, (char)(value | 0x80));
	buf_char(out, (char)value);
}

void protobuf_number(struct buf *out, unsigned field, uint64_t value)
{
	if (!value)
		return;
	varint(out, field << 3 | VARINT);
	varint(out, value);
}

static void text(struct buf *out, unsigned field, struct str value)
{
	varint(out, field << 3 | TEXT);
	varint(out, value.len);
	buf_str(out, value);
}

void protobuf_text(struct buf *out, unsigned field, struct str value)
{
	if (value.len)
		text(out, field, value);
}

void protobuf_pair(struct buf *out, unsigned field, struct str key, struct str value)
{
	struct buf pair;

	buf_init(&pair);
	text(&pair, 1, key);
	text(&pair, 2, value);
	text(out, field, buf_slice(&pair));
	buf_finish(&pair);
}

/* ---- reading ---- */

static bool broken(struct protobuf *message)
{
	message->broken = true;
	message->rest = (struct str){0};
	return false;
}

static bool read_varint(struct protobuf *message, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 70 && message->rest.len; shift += 7) {
		unsigned char c = (unsigned char)message->rest.at[0];

		message->rest = str_from_pos(message->rest, 1);
		if (shift < 64)
			*value |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return broken(message);
}

static bool read_fixed(struct protobuf *message, unsigned bytes)
{
	message->number = 0;
	if (message->rest.len < bytes)
		return broken(message);
	for (unsigned i = 0; i < bytes; i++)
		message->number |= (uint64_t)(unsigned char)message->rest.at[i] << 8 * i;
	message->rest = str_from_pos(message->rest, bytes);
	return true;
}

static bool read_text(struct protobuf *message)
{
	uint64_t len;

	if (!read_varint(message, &len))
		return false;
	if (len > message->rest.len)
		return broken(message);
	message->is_text = true;
	message->text = str_sub(message->rest, 0, (size_t)len);
	message->rest = str_from_pos(message->rest, (size_t)len);
	return true;
}

bool protobuf_next(struct protobuf *message)
{
	uint64_t tag;

	message->is_text = false;
	message->text = (struct str){0};
	if (!message->rest.len || !read_varint(message, &tag))
		return false;
	message->field = (unsigned)(tag >> 3);
	switch (tag & 7) {
	case VARINT:
		return read_varint(message, &message->number);
	case FIXED64:
		return read_fixed(message, 8);
	case TEXT:
		return read_text(message);
	case FIXED32:
		return read_fixed(message, 4);
	default:
		return broken(message);
	}
}

struct str protobuf_find(struct str message, unsigned field)
{
	struct protobuf at = {.rest = message};
	struct str found = {0};

	while (protobuf_next(&at))
		if (at.field == field && at.is_text)
			found = at.text;
	return found;
}

uint64_t protobuf_find_number(struct str message, unsigned field, uint64_t otherwise)
{
	struct protobuf at = {.rest = message};

	while (protobuf_next(&at))
		if (at.field == field && !at.is_text)
			otherwise = at.number;
	return otherwise;
}
