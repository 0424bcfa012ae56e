/* fuzz_json.c - the JSON reader alone.
 *
 * In memory and through a window of a few bytes it must see the same; what it accepts is written and
 * accepted again as the same; and it accepts exactly what a second, simpler grammar does.
 */
#include "base/bug.h"
#include "yaml/json.h"
#include "yaml/utf8.h"
#include "yaml/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 100 };

/* What one value of a text gave. */
struct value {
	struct arena arena;
	struct findings findings;
	struct buf json;
	enum json_result result;
	struct json_place end, resumed; /* behind the value; where reading goes on */
	bool fits;                      /* what follows may be YAML's */
	struct problem problem;
};

static void take(void *user, const struct yaml_item *item)
{
	struct value *value = user;

	json_write(&value->json, item->root, false, 0);
	buf_char(&value->json, '\n');
}

static void read_value(struct value *value, struct str text, size_t room)
{
	struct yaml_limits limits = {1 << 24, 1 << 24, 1 << 22, DEPTH, 1000000, 1000, 16};
	struct input input = {.fd = -1, .text = text, .size = text.len};
	struct tree tree = {.limits = &limits, .take = take, .user = value};
	struct json json = {.tree = &tree, .room = room};
	size_t skip = 0;

	*value = (struct value){0};
	arena_init(&value->arena);
	findings_init(&value->findings, &value->arena);
	tree.findings = &value->findings;
	tree_init(&tree);
	json_init(&json, room ? (struct str){0} : text, &input, 0, 1);
	value->result = json_next(&json, &skip);
	value->problem = json.problem;
	value->end = json_here(&json);
	value->fits = json_resume(&json);
	value->resumed = json_here(&json);
	json_finish(&json);
	tree_finish(&tree);
}

static void finish(struct value *value)
{
	buf_finish(&value->json);
	arena_finish(&value->arena);
}

/* ---- RFC 8259 once more, by recursive descent; NULL: no value here ---- */

static const char *value_end(const char *at, const char *end, int depth);

static const char *blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *string_end(const char *at, const char *end)
{
	for (at++; at < end && *at != '"';) {
		size_t len = 1;
		uint32_t c;

		if (*at == '\\' && end - at > 5 && at[1] == 'u') {
			for (int i = 2; i < 6; i++)
				if (!is_hex(at[i]))
					return NULL;
			len = 6;
		} else if (*at == '\\') {
			if (end - at < 2 || !at[1] || !strchr("\"\\/bfnrt", at[1]))
				return NULL;
			len = 2;
		} else {
			len = utf8_decode((struct str){at, (size_t)(end - at)}, 0, &c);
			if (len == 0 || c < 0x20)
				return NULL;
		}
		at += len;
	}
	return at < end ? at + 1 : NULL;
}

static const char *digits_end(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > start ? at : NULL;
}

static const char *number_end(const char *at, const char *end)
{
	at += *at == '-';
	at = at < end && *at == '0' ? at + 1 : digits_end(at, end);
	if (at && at < end && *at == '.')
		at = digits_end(at + 1, end);
	if (at && at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at = digits_end(at + (at < end && (*at == '+' || *at == '-')), end);
	}
	return at;
}

static const char *collection_end(const char *at, const char *end, int depth)
{
	bool object = *at == '{';
	char close = object ? '}' : ']';

	at = blanks(at + 1, end);
	if (at < end && *at == close)
		return at + 1;
	for (;;) {
		if (object) {
			at = at < end && *at == '"' ? string_end(at, end) : NULL;
			at = at ? blanks(at, end) : NULL;
			if (!at || at == end || *at != ':')
				return NULL;
			at++;
		}
		at = value_end(at, end, depth);
		at = at ? blanks(at, end) : NULL;
		if (!at || at == end)
			return NULL;
		if (*at == close)
			return at + 1;
		if (*at != ',')
			return NULL;
		at = blanks(at + 1, end);
	}
}

static const char *word_end(const char *at, const char *end)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_starts((struct str){at, (size_t)(end - at)}, words[i]))
			return at + strlen(words[i]);
	return NULL;
}

static const char *value_end(const char *at, const char *end, int depth)
{
	at = blanks(at, end);
	if (at == end || depth == 0)
		return NULL;
	switch (*at) {
	case '{':
	case '[':
		return collection_end(at, end, depth - 1);
	case '"':
		return string_end(at, end);
	default:
		return *at == '-' || (*at >= '0' && *at <= '9') ? number_end(at, end)
								: word_end(at, end);
	}
}

/* ---- checks ---- */

static void check_grammar(const struct value *value, struct str text)
{
	const char *end = text.at + text.len;
	const char *at = value_end(text.at, end, DEPTH);
	char first = '\0';

	if (value->result == JSON_LIMIT)
		return;
	if (value->result == JSON_END) {
		BUG_UNLESS(blanks(text.at, end) == end);
		return;
	}
	/* Of scalars at the top the reader wants a blank behind them. */
	first = *blanks(text.at, end);
	if (at && first != '{' && first != '[' && at < end && blanks(at, at + 1) == at)
		at = NULL;
	BUG_UNLESS((value->result == JSON_VALUE) == (at != NULL));
	if (at)
		BUG_UNLESS(value->end.offset == (uint64_t)(at - text.at));
}

static void check_same(const struct value *value, struct str text, size_t room)
{
	struct value other;

	read_value(&other, text, room);
	BUG_UNLESS(other.result == value->result);
	BUG_UNLESS(other.end.offset == value->end.offset && other.end.line == value->end.line &&
		   other.end.column == value->end.column);
	BUG_UNLESS(other.fits == value->fits && other.resumed.offset == value->resumed.offset &&
		   other.resumed.line == value->resumed.line);
	BUG_UNLESS(value->fits ? value->resumed.offset == value->end.offset
			       : value->resumed.offset > value->end.offset);
	BUG_UNLESS(other.problem.line == value->problem.line &&
		   other.problem.column == value->problem.column);
	BUG_UNLESS(str_eq(buf_slice(&other.json), buf_slice(&value->json)));
	finish(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct value value, again;

	if (size == 0)
		return 0;
	read_value(&value, text, 0);
	check_grammar(&value, text);
	check_same(&value, text, 1);
	check_same(&value, text, 1 + str_hash(text) % 16);
	if (value.result == JSON_VALUE && value.json.len &&
	    str_find_str(text, "List") == SIZE_MAX) {
		read_value(&again, buf_slice(&value.json), 0);
		BUG_UNLESS(str_eq(buf_slice(&again.json), buf_slice(&value.json)));
		finish(&again);
	}
	finish(&value);
	return 0;
}
