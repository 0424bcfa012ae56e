/* fuzz_report.c - every report writer: whatever the texts are, the output parses back.
 *
 * The input is a case of report_case.h. JSON goes through our own strict reader; XML and HTML through a
 * small one that knows no way out of an error; lines are held against the grammar of their format.
 */
#include "base/bug.h"
#include "report_case.h"
#include "yaml/json.h"
#include "yaml/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(what, text)                                                                          \
	do {                                                                                       \
		if (!(what))                                                                       \
			BUG("does not hold: %s\n%.*s", #what, STR_ARG(str_sub(text, 0, 4000)));    \
	} while (0)

/* UTF-8 without control characters other than these. */
static void check_characters(struct str text, const char *control)
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

static void check_text(struct str text)
{
	check_characters(text, "\n");
	HOLDS(!text.len || text.at[text.len - 1] == '\n', text);
}

/* ---- JSON ---- */

static void take_value(void *user, const struct yaml_item *item)
{
	(void)item;
	++*(unsigned *)user;
}

static void check_json(struct str text)
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

static void check_xml(struct str text)
{
	struct xml xml = {.text = text, .rest = text};

	check_text(text);
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
static void check_html(struct str text)
{
	static const char doctype[] = "<!doctype html>\n";
	struct xml xml = {.text = text, .rest = str_from_pos(text, strlen(doctype))};

	check_characters(str_sub(text, 0, str_find_str(text, "<script ")), "\n\t");
	HOLDS(str_starts(text, doctype), text);
	while (str_find(xml.rest, '<') != SIZE_MAX) {
		check_escaped(&xml, take_until(&xml, "<"));
		if (str_starts(xml.rest, "style>")) {
			take_until(&xml, "</style>");
		} else if (str_starts(xml.rest, "script>")) {
			take_until(&xml, "</script>");
		} else if (str_starts(xml.rest, "script ")) {
			take_until(&xml, ">");
			check_json(take_until(&xml, "</script>"));
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

static void check_lines(struct str text, const char *const *starts)
{
	struct str rest = text, line;
	bool more = true;

	check_text(text);
	while (str_split(&rest, '\n', &more, &line))
		HOLDS(!line.len || starts_with_any(line, starts), text);
}

static void check_github(struct str text)
{
	static const char *const starts[] = {"::error ", "::warning ", "::notice ", "0", "1",
					     "2",        "3",          "4",         "5", "6",
					     "7",        "8",          "9",         NULL};

	check_lines(text, starts);
}

static void check_tap(struct str text)
{
	static const char *const starts[] = {
		"TAP version 14",  "1..",    "ok ",   "not ok ", "  ---", "  findings:",
		"    - code: I2G", "      ", "  ...", NULL};

	check_lines(text, starts);
	HOLDS(str_starts(text, "TAP version 14\n1.."), text);
}

static void check_markdown(struct str text)
{
	static const char *const starts[] = {
		"| ", "|---", "- **", "<details><summary>", "</details>", "### ingress2gw", NULL};
	struct str rest = text, line;
	bool more = true;

	/* The counts, in the third line, begin with a text of the command. */
	for (int i = 0; i < 3; i++)
		str_split(&rest, '\n', &more, &line);
	check_text(text);
	while (str_split(&rest, '\n', &more, &line))
		HOLDS(!line.len || starts_with_any(line, starts) || str_ends(line, " here."), text);
}

static const struct {
	const char *format;
	void (*check)(struct str text);
} checks[] = {
	{"concise", check_text},      {"github", check_github}, {"gitlab", check_json},
	{"html", check_html},         {"json", check_json},     {"junit", check_xml},
	{"markdown", check_markdown}, {"sarif", check_json},    {"tap", check_tap},
	{"text", check_text},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_case made;
	struct buf buf;

	report_case_init(&made, (struct str){size ? (const char *)data : "", size});
	buf_init(&buf);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		report_format_find(str_from(checks[i].format))->write(&buf, &made.report);
		checks[i].check(buf_slice(&buf));
		buf_clear(&buf);
	}
	HOLDS(sizeof checks / sizeof *checks == report_format_count, STR("a format has no check"));
	buf_finish(&buf);
	report_case_finish(&made);
	return 0;
}
