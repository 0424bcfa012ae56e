/* One request a line: "GET https://host/path", the method may be missing. Indented lines below are its
 * headers; "#" begins a comment. */
#include "compare/requests_read.h"

static bool is_method(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!(word.at[i] >= 'A' && word.at[i] <= 'Z') && word.at[i] != '-' &&
		    word.at[i] != '_')
			return false;
	return word.len > 0 && word.len <= 32;
}

static struct str next_word(struct str *rest)
{
	struct str word;
	size_t end = 0;

	*rest = str_trim(*rest);
	while (end < rest->len && rest->at[end] != ' ' && rest->at[end] != '\t')
		end++;
	word = str_sub(*rest, 0, end);
	*rest = str_from_pos(*rest, end);
	return word;
}

static bool is_url(struct str word)
{
	return str_starts(word, "/") || str_starts(word, "http://") ||
	       str_starts(word, "https://") || str_is(word, "*");
}

static bool is_comment(struct str line)
{
	line = str_trim(line);
	return !line.len || line.at[0] == '#';
}

static bool is_indented(struct str line)
{
	return line.len && (line.at[0] == ' ' || line.at[0] == '\t');
}

static void read_request(struct requests_reader *reader, struct requests_one *one, struct str line)
{
	struct str word = next_word(&line), version;

	if (is_method(word) && line.len) {
		one->request.method = word;
		word = next_word(&line);
	}
	version = next_word(&line);
	if (str_starts(version, "HTTP/"))
		one->request.version = requests_version(version);
	else if (version.len)
		requests_wrong(one, "something follows the URL; blanks in it are written %20");
	if (str_is(word, "*"))
		one->request.target = word;
	else if (!is_url(word))
		requests_wrong(one, "a line is METHOD URL, and the URL begins with https://, "
				    "http:// or a slash");
	else
		requests_url(reader, one, word, false);
}

static void read_header(struct requests_reader *reader, struct requests_one *one, struct str line)
{
	size_t colon = str_find(line, ':');

	if (colon == SIZE_MAX)
		requests_wrong(one, "an indented line below it is no header");
	else
		requests_header(reader, one, str_sub(line, 0, colon),
				str_from_pos(line, colon + 1));
}

void lines_read(struct requests_reader *reader)
{
	struct requests_one one;
	bool open = false;
	uint32_t number = 0;
	struct str line;

	while (requests_next(reader, &line, &number)) {
		if (is_comment(line))
			continue;
		if (open && is_indented(line)) {
			read_header(reader, &one, str_dup(&reader->scratch, line));
			continue;
		}
		if (open)
			requests_take(reader, &one);
		requests_blank(reader, &one, number);
		read_request(reader, &one, str_dup(&reader->scratch, line));
		open = true;
	}
	if (open)
		requests_take(reader, &one);
}

unsigned lines_recognise(struct str head)
{
	uint32_t number = 0;
	unsigned all = 0, good = 0;
	struct str line;

	while (requests_line(&head, &line, &number) && all < 20) {
		struct str word;

		if (is_comment(line) || is_indented(line))
			continue;
		all++;
		word = next_word(&line);
		if (is_method(word) && line.len)
			word = next_word(&line);
		good += is_url(word);
	}
	return all ? good * 60 / all : 0;
}
