#include "yaml/split.h"

size_t split_bom(struct str text)
{
	return str_starts(text, "\xef\xbb\xbf") ? 3 : 0;
}

static bool is_marker(struct str text, const char *three)
{
	if (!str_starts(text, three))
		return false;
	if (text.len == 3)
		return true;
	return text.at[3] == ' ' || text.at[3] == '\t' || text.at[3] == '\r' || text.at[3] == '\n';
}

bool split_is_marker(struct str line)
{
	return is_marker(line, "---") || is_marker(line, "...");
}

/* Length of the first line with its line end. */
static size_t line_length(struct str text)
{
	const char *newline = memchr(text.at, '\n', text.len);
	size_t len = newline ? (size_t)(newline - text.at) + 1 : text.len;
	const char *cr = memchr(text.at, '\r', len);

	if (!cr || (newline && cr + 1 == newline))
		return len;
	return (size_t)(cr - text.at) + 1;
}

/* Blank lines, comments and directives: they may stand in front of "---". */
static bool is_preamble(struct str line)
{
	line = str_trim(line);
	return line.len == 0 || line.at[0] == '#' || line.at[0] == '%';
}

bool split_next(struct str *rest, struct str *document)
{
	size_t at = 0;
	bool content = false;

	if (rest->len == 0)
		return false;
	while (at < rest->len) {
		struct str line = str_from_pos(*rest, at);

		line = str_from_pos(line, split_bom(line));
		if (is_marker(line, "---")) {
			if (content)
				break;
			content = true;
		} else if (is_marker(line, "...")) {
			at = rest->len - line.len + line_length(line);
			break;
		} else if (!content && line.len) {
			content = !is_preamble(str_sub(line, 0, line_length(line)));
		}
		at = rest->len - line.len;
		if (line.len)
			at += line_length(line);
	}
	*document = str_sub(*rest, 0, at);
	*rest = str_from_pos(*rest, at);
	return true;
}

/* Offset of the line that ends at `end`. */
static size_t line_before(struct str text, size_t end)
{
	size_t start = end ? end - 1 : 0;

	while (start > 0 && text.at[start - 1] != '\n')
		start--;
	return start;
}

/* Directives in front of the "---" at `at` belong to it; so does what stands between them. */
static size_t with_directives(struct str text, size_t at)
{
	size_t first = at;

	for (size_t line = at; line > 0;) {
		size_t before = line_before(text, line);
		struct str content = str_sub(text, before, line - before);

		if (!is_preamble(content))
			break;
		if (content.at[0] == '%')
			first = before;
		line = before;
	}
	return first;
}

size_t split_last(struct str text)
{
	for (size_t end = text.len; end > 0;) {
		size_t start = line_before(text, end);
		struct str line = str_sub(text, start, end - start);

		if (line.len >= 4 && is_marker(line, "---"))
			return with_directives(text, start);
		if (line.len >= 4 && is_marker(line, "...") && line.at[line.len - 1] == '\n')
			return end;
		end = start;
	}
	return 0;
}

/* Both loops below stand on the way of every byte: blocks of a fixed size let the compiler use vector
 * instructions. */
enum { LANES = 16, ROUNDS = 255 };

uint32_t split_newlines(struct str text)
{
	uint32_t count = 0;

	while (text.len >= LANES) {
		unsigned char lanes[LANES] = {0};
		size_t rounds = text.len / LANES < ROUNDS ? text.len / LANES : ROUNDS;

		for (size_t i = 0; i < rounds; i++)
			for (size_t k = 0; k < LANES; k++)
				lanes[k] += text.at[i * LANES + k] == '\n';
		for (size_t k = 0; k < LANES; k++)
			count += lanes[k];
		text = str_from_pos(text, rounds * LANES);
	}
	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == '\n';
	return count;
}

static bool is_ascii(struct str text)
{
	unsigned char lanes[LANES] = {0}, all = 0;
	size_t i = 0;

	for (; i + LANES <= text.len; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			lanes[k] |= (unsigned char)text.at[i + k];
	for (size_t k = 0; k < LANES; k++)
		all |= lanes[k];
	for (; i < text.len; i++)
		all |= (unsigned char)text.at[i];
	return all < 0x80;
}

uint32_t split_lines(struct str text)
{
	uint32_t lines = split_newlines(text);

	if (text.len && memchr(text.at, '\r', text.len))
		for (size_t i = 0; i < text.len; i++)
			lines +=
				text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n');
	return lines;
}

size_t split_break(struct str text, size_t i)
{
	struct str rest = str_sub(text, i, 3);

	if (rest.at[0] == '\n')
		return 1;
	if (rest.at[0] == '\r')
		return rest.len > 1 && rest.at[1] == '\n' ? 2 : 1;
	if (str_starts(rest, "\xc2\x85"))
		return 2;
	return str_starts(rest, "\xe2\x80\xa8") || str_starts(rest, "\xe2\x80\xa9") ? 3 : 0;
}

static bool has_lone_cr(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *cr = memchr(text.at + i, '\r', text.len - i);

		if (!cr)
			return false;
		i = (size_t)(cr - text.at);
		if (i + 1 == text.len || text.at[i + 1] != '\n')
			return true;
	}
	return false;
}

bool split_is_odd(struct str text)
{
	if (!is_ascii(text)) {
		struct str behind = str_from_pos(text, split_bom(text));

		if (str_find_str(behind, "\xef\xbb\xbf") != SIZE_MAX ||
		    str_find_str(text, "\xc2\x85") != SIZE_MAX ||
		    str_find_str(text, "\xe2\x80\xa8") != SIZE_MAX ||
		    str_find_str(text, "\xe2\x80\xa9") != SIZE_MAX)
			return true;
	}
	return has_lone_cr(text);
}

unsigned split_directives(struct str text)
{
	unsigned count = 0;
	const char *end = text.at + text.len;

	for (const char *at = text.at; at < end; at++) {
		at = memchr(at, '%', (size_t)(end - at));
		if (!at)
			break;
		count += at == text.at || at[-1] == '\n' || at[-1] == '\r';
	}
	return count;
}

/* The text of a simple one-line value: without quotes, comment and blanks. */
static struct str simple_value(struct str value)
{
	size_t comment = str_find_str(value, " #");

	value = str_trim(str_sub(value, 0, comment));
	if (value.len >= 2 && (value.at[0] == '"' || value.at[0] == '\'') &&
	    value.at[value.len - 1] == value.at[0])
		value = str_sub(value, 1, value.len - 2);
	return value;
}

void split_head_line(struct split_head *head, struct str line)
{
	if (str_starts(line, "kind:"))
		head->kind = simple_value(str_from_pos(line, 5));
	else if (str_starts(line, "apiVersion:"))
		head->version = simple_value(str_from_pos(line, 11));
	else if (str_starts(line, "items:"))
		head->items = true;
}
