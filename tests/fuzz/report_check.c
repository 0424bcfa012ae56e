#include "report_check.h"

#include "base/arena.h"
#include "yaml/json.h"
#include "yaml/utf8.h"

/* UTF-8 without control characters other than these. */
void report_check_characters(struct str text, const char *control)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t c;
		size_t len = utf8_decode(text, i, &c);

		HOLDS(len > 0, text);
		HOLDS(c >= 0x20 || (c && strchr(control, (int)c)), text);
		HOLDS(c < 0x7f || c > 0x9f, text);
		HOLDS(c < 0x202a || c > 0x202e, text);
		i += len;
	}
}

void report_check_text(struct str text)
{
	report_check_characters(text, "\n");
	HOLDS(!text.len || text.at[text.len - 1] == '\n', text);
}

/* ---- JSON ---- */

static void take_value(void *user, const struct yaml_item *item)
{
	(void)item;
	++*(unsigned *)user;
}

void report_check_json(struct str text)
{
	struct yaml_limits limits = {1 << 28, 1 << 28, 1 << 28, 100, 1 << 28, 1000, 16};
	struct arena arena;
	struct findings findings;
	unsigned values = 0;
	struct tree tree = {
		.limits = &limits, .take = take_value, .user = &values, .findings = &findings};
	struct json json = {.tree = &tree};
	size_t skip = 0;

	arena_init(&arena);
	findings_init(&findings, &arena);
	tree_init(&tree);
	json_init(&json, text, NULL, 0, 1);
	HOLDS(json_next(&json, &skip) == JSON_VALUE, text);
	HOLDS(values == 1, text);
	HOLDS(findings.count == 0, text); /* no key is given twice */
	HOLDS(json_next(&json, &skip) == JSON_END, text);
	json_finish(&json);
	tree_finish(&tree);
	arena_finish(&arena);
}

/* ---- XML ---- */

enum { DEPTH = 16 };

struct xml {
	struct str text, rest;
	struct str open[DEPTH];
	size_t depth;
};

static struct str take_until(struct xml *xml, const char *end)
{
	size_t at = str_find_str(xml->rest, end);
	struct str part = str_sub(xml->rest, 0, at);

	HOLDS(at != SIZE_MAX, xml->text);
	xml->rest = str_from_pos(xml->rest, at + strlen(end));
	return part;
}

/* Text without "<", and "&" only in front of one of the five entities. */
static void check_escaped(const struct xml *xml, struct str text)
{
	static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (; text.len; text = str_from_pos(text, 1)) {
		bool known = text.at[0] != '&';

		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			known |= str_starts(text, entities[i]);
		HOLDS(known, xml->text);
		HOLDS(text.at[0] != '<' && text.at[0] != '>', xml->text);
	}
}

/* name="value" pairs behind the name of an element. */
static void check_attributes(struct xml *xml, struct str attributes)
{
	bool hidden = str_ends(attributes, " hidden");
	struct xml inner = {
		.text = xml->text,
		.rest = str_trim(str_sub(attributes, 0, attributes.len - (hidden ? 7 : 0)))};

	while (inner.rest.len) {
		struct str name = take_until(&inner, "=\"");

		for (size_t i = 0; i < name.len; i++)
			HOLDS((name.at[i] | 0x20) >= 'a' || name.at[i] == '-', xml->text);
		check_escaped(xml, take_until(&inner, "\""));
		inner.rest = str_trim(inner.rest);
	}
}

static bool is_void(struct str tag)
{
	return str_ends(tag, "/") || str_starts(tag, "meta ") || str_starts(tag, "input ");
}

static void check_element(struct xml *xml)
{
	struct str tag = take_until(xml, ">");
	bool closed = is_void(tag);
	struct str inside = str_sub(tag, 0, tag.len - str_ends(tag, "/"));
	size_t blank = str_find(inside, ' ');
	struct str name = str_sub(inside, 0, blank);

	if (str_starts(tag, "/")) {
		HOLDS(xml->depth > 0, xml->text);
		HOLDS(str_eq(xml->open[--xml->depth], str_from_pos(tag, 1)), xml->text);
		return;
	}
	if (blank != SIZE_MAX)
		check_attributes(xml, str_from_pos(inside, blank));
	HOLDS(xml->depth < DEPTH, xml->text);
	if (!closed)
		xml->open[xml->depth++] = name;
}

void report_check_xml(struct str text)
{
	struct xml xml = {.text = text, .rest = text};

	report_check_text(text);
	take_until(&xml, "?>\n");
	while (str_find(xml.rest, '<') != SIZE_MAX) {
		check_escaped(&xml, take_until(&xml, "<"));
		check_element(&xml);
	}
	check_escaped(&xml, xml.rest);
	HOLDS(xml.depth == 0, text);
}

/* Our pages are as strict as XML, but for elements without an end and for style and script, whose text
 * is that of the build, or JSON without "<". */
void report_check_html(struct str text)
{
	static const char doctype[] = "<!doctype html>\n";
	struct xml xml = {.text = text, .rest = str_from_pos(text, strlen(doctype))};

	report_check_characters(str_sub(text, 0, str_find_str(text, "<script ")), "\n\t");
	HOLDS(str_starts(text, doctype), text);
	while (str_find(xml.rest, '<') != SIZE_MAX) {
		check_escaped(&xml, take_until(&xml, "<"));
		if (str_starts(xml.rest, "style>")) {
			take_until(&xml, "</style>");
		} else if (str_starts(xml.rest, "script>")) {
			take_until(&xml, "</script>");
		} else if (str_starts(xml.rest, "script ")) {
			take_until(&xml, ">");
			report_check_json(take_until(&xml, "</script>"));
		} else {
			check_element(&xml);
		}
	}
	HOLDS(xml.depth == 0, text);
}

/* ---- lines ---- */

static bool starts_with_any(struct str line, const char *const *words)
{
	for (; *words; words++)
		if (str_starts(line, *words))
			return true;
	return false;
}

void report_check_lines(struct str text, const char *const *starts)
{
	struct str rest = text, line;
	bool more = true;

	report_check_text(text);
	while (str_split(&rest, '\n', &more, &line))
		HOLDS(!line.len || starts_with_any(line, starts), text);
}

void report_check_github(struct str text)
{
	static const char *const starts[] = {"::error ", "::warning ", "::notice ", "0", "1",
					     "2",        "3",          "4",         "5", "6",
					     "7",        "8",          "9",         NULL};

	report_check_lines(text, starts);
}
