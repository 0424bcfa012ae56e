#include "yaml/write.h"

#include <math.h>

#include "yaml/scalar.h"
#include "yaml/utf8.h"

/* A key longer than this is written as "? key": readers look 1,024 characters ahead for its ':'. */
enum { KEY_MOST = 1000, INDENT = 2, JSON_INDENT = 4 };

enum style { STYLE_PLAIN, STYLE_SINGLE, STYLE_DOUBLE, STYLE_LITERAL };

/* What a text contains, as far as its style depends on it. */
struct traits {
	bool special;        /* control characters, invalid UTF-8, line breaks other than \n, BOM */
	bool wide;           /* beyond ASCII */
	bool lines;          /* has \n */
	bool blank_line_end; /* blank in front of \n or at the end */
};

static bool is_special(uint32_t c)
{
	return (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
	       c == 0xfeff || c == 0xfffe || c == 0xffff;
}

static struct traits look_at(struct str text)
{
	struct traits traits = {0};

	for (size_t i = 0; i < text.len;) {
		uint32_t c = (unsigned char)text.at[i];

		if (c >= 0x20 && c < 0x7f) {
			i++;
			continue;
		}
		if (c == '\n') {
			traits.lines = true;
			if (i && text.at[i - 1] == ' ')
				traits.blank_line_end = true;
		}
		traits.wide |= c >= 0x80;
		size_t len = utf8_decode(text, i, &c);

		if (len == 0 || is_special(c))
			traits.special = true;
		i += len ? len : 1;
	}
	if (text.len && text.at[text.len - 1] == ' ')
		traits.blank_line_end = true;
	return traits;
}

static bool has_indicator(struct str text)
{
	if (strchr("-?:,[]{}#&*!|>'\"%@`", text.at[0]))
		return true;
	if (text.at[0] == ' ' || text.at[text.len - 1] == ' ' || text.at[text.len - 1] == ':')
		return true;
	if (str_starts(text, "..."))
		return true;
	for (size_t i = 0; i + 1 < text.len; i++)
		if ((text.at[i] == ':' && text.at[i + 1] == ' ') ||
		    (text.at[i] == ' ' && text.at[i + 1] == '#'))
			return true;
	return false;
}

/* Most texts of Gateway API objects are names: they begin with a letter or slash, so they are no number
 * or date, and are too long for a word of YAML's. */
static bool is_surely_plain(struct str text)
{
	/* By character code: letters, digits and "-./_" are marked. */
	static const char plain[256] = "                                "
				       "             #############      "
				       " ##########################    #"
				       " ##########################     ";

	if (text.len <= SCALAR_WORD || ((text.at[0] | 0x20) < 'a' && text.at[0] != '/'))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (plain[(unsigned char)text.at[i]] != '#')
			return false;
	return true;
}

static enum style style_of(struct str text, bool key)
{
	struct traits traits;

	if (is_surely_plain(text))
		return STYLE_PLAIN;
	traits = look_at(text);
	if (text.len == 0 || traits.special)
		return STYLE_DOUBLE;
	if (traits.lines) {
		bool literal =
			!key && text.at[0] != ' ' && text.at[0] != '\n' && !traits.blank_line_end;

		return literal ? STYLE_LITERAL : STYLE_DOUBLE;
	}
	if (scalar_needs_quotes(text) || traits.wide)
		return STYLE_DOUBLE;
	return has_indicator(text) ? STYLE_SINGLE : STYLE_PLAIN;
}

static void write_single(struct buf *buf, struct str text)
{
	buf_char(buf, '\'');
	for (size_t i = 0; i < text.len; i++) {
		buf_char(buf, text.at[i]);
		if (text.at[i] == '\'')
			buf_char(buf, '\'');
	}
	buf_char(buf, '\'');
}

static void write_escape(struct buf *buf, uint32_t c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_char(buf, '\\');
		buf_char(buf, (char)c);
		break;
	case '\n':
		buf_text(buf, "\\n");
		break;
	case '\t':
		buf_text(buf, "\\t");
		break;
	case '\r':
		buf_text(buf, "\\r");
		break;
	default:
		buf_format(buf, "\\u%04x", (unsigned)c);
	}
}

/* What both notations share: \" \\ \n \t \r \uXXXX mean the same in YAML and JSON. */
static void write_double(struct buf *buf, struct str text)
{
	size_t done = 0;

	buf_char(buf, '"');
	for (size_t i = 0; i < text.len;) {
		uint32_t c = (unsigned char)text.at[i];
		size_t len = 1;

		if (c >= 0x80)
			len = utf8_decode(text, i, &c);
		if (c >= 0x20 && len && c != '"' && c != '\\' && !is_special(c)) {
			i += len;
			continue;
		}
		buf_add(buf, text.at + done, i - done);
		if (len)
			write_escape(buf, c);
		else
			buf_text(buf, "\xef\xbf\xbd");
		i += len ? len : 1;
		done = i;
	}
	if (done < text.len)
		buf_add(buf, text.at + done, text.len - done);
	buf_char(buf, '"');
}

/* Lines of a block scalar at `indent`; the buffer ends behind its last character, without newline. */
static void write_literal(struct buf *buf, struct str text, unsigned indent)
{
	size_t end = text.len;

	while (end && text.at[end - 1] == '\n')
		end--;
	buf_text(buf, end == text.len ? "|-" : end + 1 == text.len ? "|" : "|+");
	if (text.at[text.len - 1] == '\n')
		text.len--;

	struct str line;
	bool more = true;

	while (str_split(&text, '\n', &more, &line)) {
		buf_char(buf, '\n');
		if (line.len)
			buf_fill(buf, ' ', indent);
		buf_str(buf, line);
	}
}

static void write_string(struct buf *buf, struct str text, unsigned indent, bool key)
{
	switch (style_of(text, key)) {
	case STYLE_PLAIN:
		buf_str(buf, text);
		break;
	case STYLE_SINGLE:
		write_single(buf, text);
		break;
	case STYLE_DOUBLE:
		write_double(buf, text);
		break;
	case STYLE_LITERAL:
		write_literal(buf, text, indent);
		break;
	}
}

void yaml_write_scalar(struct buf *buf, const struct node *scalar, unsigned indent)
{
	if (scalar->kind == NODE_STRING)
		write_string(buf, scalar->text, indent, false);
	else if (scalar->kind == NODE_NULL)
		buf_text(buf, "null");
	else
		buf_str(buf, scalar->text);
}

/* Printable ASCII characters from `at` on. */
static size_t ascii_run(struct str text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] >= 0x20 && text.at[end] < 0x7f)
		end++;
	return end - at;
}

static void write_comment(struct buf *buf, struct str comment, unsigned indent)
{
	struct str line;
	bool more = true;

	while (str_split(&comment, '\n', &more, &line)) {
		buf_fill(buf, ' ', indent);
		buf_text(buf, line.len ? "# " : "#");
		for (size_t i = 0; i < line.len;) {
			uint32_t c = 0;
			size_t run = ascii_run(line, i);
			size_t len = run ? run : utf8_decode(line, i, &c);

			if (run || (len && !is_special(c)))
				buf_add(buf, line.at + i, len);
			else
				buf_text(buf, "\xef\xbf\xbd");
			i += len ? len : 1;
		}
		buf_char(buf, '\n');
	}
}

static bool is_block(const struct node *node)
{
	return (node->kind == NODE_MAP || node->kind == NODE_LIST) && node->first;
}

struct writer {
	struct buf *buf;
	bool comments;
};

static void write_node(struct writer *writer, const struct node *node, unsigned indent);

static void write_flow(struct writer *writer, const struct node *node, unsigned indent)
{
	if (node->kind == NODE_MAP)
		buf_text(writer->buf, "{}");
	else if (node->kind == NODE_LIST)
		buf_text(writer->buf, "[]");
	else
		yaml_write_scalar(writer->buf, node, indent);
	buf_char(writer->buf, '\n');
}

static void comment_on(struct writer *writer, const struct node *node, unsigned indent)
{
	if (writer->comments && node->comment.len)
		write_comment(writer->buf, node->comment, indent);
}

/* Comments that belong in front of a line: those of the node that starts there, and of what follows
 * on the same line ("- - key: ..."). */
static void comment_in_front(struct writer *writer, const struct node *item, unsigned indent)
{
	comment_on(writer, item, indent);
	if (!is_block(item))
		return;
	if (item->kind == NODE_MAP)
		comment_on(writer, item->first, indent);
	else
		comment_in_front(writer, item->first, indent);
}

static bool is_long_key(struct str key)
{
	struct buf probe;

	if (key.len * 6 + 2 <= KEY_MOST)
		return false;
	buf_init(&probe);
	write_string(&probe, key, 0, true);

	bool is_long = probe.len > KEY_MOST;

	buf_finish(&probe);
	return is_long;
}

static void write_entry(struct writer *writer, const struct node *key, unsigned indent)
{
	const struct node *value = key->value;

	if (is_long_key(key->text)) {
		buf_text(writer->buf, "? ");
		write_string(writer->buf, key->text, 0, true);
		buf_char(writer->buf, '\n');
		buf_fill(writer->buf, ' ', indent);
	} else {
		write_string(writer->buf, key->text, 0, true);
	}
	buf_char(writer->buf, ':');
	if (!is_block(value)) {
		buf_char(writer->buf, ' ');
		write_flow(writer, value, indent + INDENT);
		return;
	}
	buf_char(writer->buf, '\n');
	/* kubectl's layout: a list stands at the column of its key. */
	indent += value->kind == NODE_LIST ? 0 : INDENT;
	comment_in_front(writer, value, indent);
	buf_fill(writer->buf, ' ', indent);
	write_node(writer, value, indent);
}

static void write_map(struct writer *writer, const struct node *map, unsigned indent)
{
	for (const struct node *key = map->first; key; key = key->next) {
		if (key != map->first) {
			comment_on(writer, key, indent);
			buf_fill(writer->buf, ' ', indent);
		}
		write_entry(writer, key, indent);
	}
}

static void write_list(struct writer *writer, const struct node *list, unsigned indent)
{
	for (const struct node *item = list->first; item; item = item->next) {
		if (item != list->first) {
			comment_in_front(writer, item, indent);
			buf_fill(writer->buf, ' ', indent);
		}
		buf_text(writer->buf, "- ");
		write_node(writer, item, indent + INDENT);
	}
}

/* Writes a node whose first line is already indented. */
static void write_node(struct writer *writer, const struct node *node, unsigned indent)
{
	if (!is_block(node))
		write_flow(writer, node, indent);
	else if (node->kind == NODE_MAP)
		write_map(writer, node, indent);
	else
		write_list(writer, node, indent);
}

void yaml_write(struct buf *buf, const struct node *root, bool comments)
{
	struct writer writer = {buf, comments};

	comment_in_front(&writer, root, 0);
	write_node(&writer, root, is_block(root) ? 0 : INDENT);
}

void json_write_string(struct buf *buf, struct str text)
{
	write_double(buf, text);
}

/* RFC 8259's number grammar, which is narrower than YAML's. */
static bool is_json_number(struct str text)
{
	size_t i = text.len && text.at[0] == '-';
	size_t digits = i;

	while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
		i++;
	if (i == digits || (text.at[digits] == '0' && i > digits + 1))
		return false;
	return i == text.len;
}

static void write_json_number(struct buf *buf, const struct node *node)
{
	int64_t value = 0;

	if (is_json_number(node->text)) {
		buf_str(buf, node->text);
	} else if (node_to_int(node, &value)) {
		buf_format(buf, "%lld", (long long)value);
	} else {
		/* JSON has no infinities: the API server refuses them as well. */
		if (isfinite(scalar_float(node->text)))
			buf_text(buf, scalar_print(scalar_float(node->text)).text);
		else
			buf_text(buf, "null");
	}
}

static void json_break(struct buf *buf, bool pretty, unsigned indent)
{
	if (!pretty)
		return;
	buf_char(buf, '\n');
	buf_fill(buf, ' ', indent);
}

static void write_json_children(struct buf *buf, const struct node *node, bool pretty,
				unsigned indent)
{
	for (const struct node *child = node->first; child; child = child->next) {
		json_break(buf, pretty, indent + JSON_INDENT);
		if (node->kind == NODE_MAP) {
			json_write_string(buf, child->text);
			buf_text(buf, pretty ? ": " : ":");
		}
		json_write(buf, node->kind == NODE_MAP ? child->value : child, pretty,
			   indent + JSON_INDENT);
		if (child->next)
			buf_char(buf, ',');
	}
	if (node->first)
		json_break(buf, pretty, indent);
}

void json_write(struct buf *buf, const struct node *root, bool pretty, unsigned indent)
{
	bool value = false;

	switch ((enum node_kind)root->kind) {
	case NODE_NULL:
		buf_text(buf, "null");
		break;
	case NODE_STRING:
		json_write_string(buf, root->text);
		break;
	case NODE_BOOL:
		node_to_bool(root, &value);
		buf_text(buf, value ? "true" : "false");
		break;
	case NODE_INT:
	case NODE_FLOAT:
		write_json_number(buf, root);
		break;
	case NODE_LIST:
	case NODE_MAP:
		buf_char(buf, root->kind == NODE_MAP ? '{' : '[');
		write_json_children(buf, root, pretty, indent);
		buf_char(buf, root->kind == NODE_MAP ? '}' : ']');
		break;
	}
}
