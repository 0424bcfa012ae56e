/* Lists item by item, large sources, limits, and two threads that give what one gives. */
#include "yaml/split.h"
#include "yaml_case.h"

static void lists_are_handed_out_by_item(void **state)
{
	(void)state;
	EXPECT("apiVersion: v1\nitems:\n- a: 1\n- b: 2\n- null\n- c\nkind: List\nmetadata: {}\n",
	       "{\"a\":1}\n{\"b\":2}\n\"c\"\n", "");
	EXPECT("kind: List\nitems:\n  - a: 1\n  - b: 2\n", "{\"a\":1}\n{\"b\":2}\n", "");
	EXPECT("kind: List\nitems: []\n---\nkind: List\nitems:\n---\na: 1\n",
	       "{\"kind\":\"List\",\"items\":null}\n{\"a\":1}\n", "");
	EXPECT("---\n  kind: List\n  items:\n  - a: 1\n", "{\"a\":1}\n", "");
}

static void typed_lists_tell_the_kind_of_their_items(void **state)
{
	(void)state;
	EXPECT("apiVersion: networking.k8s.io/v1\nitems:\n- a: 1\n- b: |\n    kind: x\nkind: "
	       "IngressList\n",
	       "Ingress networking.k8s.io/v1: {\"a\":1}\nIngress networking.k8s.io/v1: "
	       "{\"b\":\"kind: x\\n\"}\n",
	       "");
	EXPECT("items:\n- a: 1\nkind: \"IngressList\" # c\napiVersion: v1\n---\nkind: X\n",
	       "Ingress v1: {\"a\":1}\n{\"kind\":\"X\"}\n", "");
	EXPECT("  items:\n  - a: 1\n  apiVersion: v1\n  kind: IngressList\n",
	       "Ingress v1: {\"a\":1}\n", "");
	EXPECT("{items: [{a: 1}], kind: IngressList, apiVersion: v1}\n", "Ingress v1: {\"a\":1}\n",
	       "");
	EXPECT("{\"items\":[{\"a\":1}],\"kind\":\"IngressList\",\"apiVersion\":\"v1\"}",
	       "Ingress v1: {\"a\":1}\n", "");
}

static void what_only_looks_like_a_list_is_a_document(void **state)
{
	(void)state;
	EXPECT("kind: ConfigMap\nitems:\n- a: 1\n",
	       "{\"kind\":\"ConfigMap\",\"items\":[{\"a\":1}]}\n", "");
	EXPECT("items:\n- a: 1\n---\nkind: List\n",
	       "{\"items\":[{\"a\":1}]}\n{\"kind\":\"List\"}\n", "");
	EXPECT("kind: AllowList\nspec:\n  items:\n  - a: 1\n",
	       "{\"kind\":\"AllowList\",\"spec\":{\"items\":[{\"a\":1}]}}\n", "");
	EXPECT("{\"kind\":\"FooList\",\"items\":{\"a\":1}}",
	       "{\"kind\":\"FooList\",\"items\":{\"a\":1}}\n", "");
}

static void lists_in_lists_are_opened(void **state)
{
	(void)state;
	EXPECT("kind: List\nitems:\n- kind: IngressList\n  apiVersion: v1\n  items:\n  - a: 1\n  - "
	       "b: 2\n- c: 3\n",
	       "Ingress v1: {\"a\":1}\nIngress v1: {\"b\":2}\n{\"c\":3}\n", "");
}

static void a_broken_list_gives_the_items_above(void **state)
{
	(void)state;
	EXPECT("x: 0\n---\nkind: List\nitems:\n- a: 1\n- b: [\n- c: 3\n---\nz: 1\n",
	       "{\"x\":0}\n{\"a\":1}\n{\"z\":1}\n",
	       "I2G100 7:1+6 a list item '- ' cannot stand inside brackets\n");
}

static void anchors_reach_over_items(void **state)
{
	(void)state;
	EXPECT("kind: List\nitems:\n- a: &x {b: 1}\n- c: *x\n- &y d\n- *y\n",
	       "{\"a\":{\"b\":1}}\n{\"c\":{\"b\":1}}\n\"d\"\n\"d\"\n", "");
	EXPECT("t: &x {b: 1}\nkind: List\nitems:\n- <<: *x\n- c: *x\n",
	       "{\"b\":1}\n{\"c\":{\"b\":1}}\n", "");
	EXPECT("kind: List\nitems: &x\n- a: 1\n- b: 2\n", "{\"a\":1}\n{\"b\":2}\n", "");
}

static void duplicates_belong_to_their_item(void **state)
{
	(void)state;
	EXPECT("kind: List\nitems:\n- metadata: {name: p}\n- metadata: {name: q}\n  spec: {a: 1, "
	       "a: 2}\n",
	       "{\"metadata\":{\"name\":\"p\"}}\n{\"metadata\":{\"name\":\"q\"},\"spec\":{\"a\":2}}"
	       "\n",
	       "I2G104 5:16+1 duplicate key 'a': kubectl takes this value and drops the one on "
	       "line 5\n");
	assert_string_equal(result.last_path, "spec.a");
}

/* ---- limits ---- */

static void read_limited(const char *text, struct yaml_limits limits)
{
	case_read_source((struct source){.text = str_from(text)}, &limits, 1);
}

static void depth_is_limited(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	for (int i = 0; i < 2; i++) {
		buf_clear(&text);
		for (int k = 0; k < 10000; k++)
			buf_text(&text, i ? "[" : "{a: ");
		buf_text(&text, "\n---\na: 1\n");
		case_read(buf_slice(&text));
		assert_string_equal(result.items.at, "{\"a\":1}\n");
		assert_string_equal(
			result.findings.at,
			i ? "I2G102 1:101+1 maps and lists are nested deeper than 100 levels\n"
			  : "I2G102 1:401+1 maps and lists are nested deeper than 100 levels\n");
	}
	buf_clear(&text);
	for (int i = 0; i < 10000; i++)
		buf_text(&text, "- ");
	case_read(buf_slice(&text));
	assert_string_equal(result.findings.at,
			    "I2G102 1:201+1 maps and lists are nested deeper than 100 levels\n");
	buf_finish(&text);
	read_limited("a: {b: {c: d}}\n---\na: {b: c}\n", (struct yaml_limits){.depth = 2});
	assert_string_equal(result.items.at, "{\"a\":{\"b\":\"c\"}}\n");
	assert_string_equal(result.findings.at,
			    "I2G102 1:8+1 maps and lists are nested deeper than 2 levels\n");
}

static void aliases_add_to_the_depth(void **state)
{
	(void)state;
	struct yaml_limits limits = {.depth = 4};

	read_limited("a: &a [[x]]\nb: [*a]\n", limits);
	assert_string_equal(result.findings.at, "");
	read_limited("a: &a [[x]]\nb: &b [*a]\nc: [*b]\n", limits);
	assert_string_equal(result.findings.at,
			    "I2G102 3:5+2 maps and lists are nested deeper than 4 levels\n");
}

static void json_depth_is_limited(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	buf_fill(&text, '[', 10000);
	buf_fill(&text, ']', 10000);
	buf_text(&text, "{\"a\":1}");
	case_read(buf_slice(&text));
	assert_string_equal(result.items.at, "{\"a\":1}\n");
	assert_string_equal(result.findings.at,
			    "I2G102 1:101+1 maps and lists are nested deeper than 100 levels\n");
	buf_finish(&text);
}

static void nodes_are_limited(void **state)
{
	(void)state;
	read_limited("a: [1, 2, 3, 4, 5, 6, 7]\n---\nb: 1\n", (struct yaml_limits){.nodes = 8});
	assert_string_equal(result.items.at, "{\"b\":1}\n");
	assert_string_equal(result.last.code, "I2G102");
	/* Of a List every item counts for itself. */
	read_limited("kind: List\nitems:\n- [1, 2, 3]\n- [1, 2, 3]\n- [1, 2, 3]\n",
		     (struct yaml_limits){.nodes = 10});
	assert_int_equal(result.item_count, 3);
	assert_string_equal(result.findings.at, "");
}

static void scalars_are_limited(void **state)
{
	(void)state;
	struct buf text;

	for (size_t size = 1 << 20; size <= 8 << 20; size *= 8) {
		for (int json = 0; json < 2; json++) {
			buf_init(&text);
			buf_text(&text, json ? "{\"a\": \"" : "a: ");
			buf_fill(&text, 'x', size);
			buf_text(&text, json ? "\"}\n" : "\n---\nb: 1\n");
			case_read(buf_slice(&text));
			if (size > (4 << 20))
				assert_string_equal(result.last.code, "I2G102");
			else
				assert_string_equal(result.findings.at, "");
			assert_int_equal(result.item_count, (size <= (4 << 20)) + !json);
			buf_finish(&text);
		}
	}
}

static void documents_are_limited(void **state)
{
	(void)state;
	struct yaml_limits limits = {.document_bytes = 40};

	read_limited("a: 1\n---\nb: 3333333333333333333333333333333333333333333\n---\nc: 1\n",
		     limits);
	assert_string_equal(result.items.at, "{\"a\":1}\n{\"c\":1}\n");
	assert_string_equal(
		result.findings.at,
		"I2G102 2:1+1 this document of 51 bytes is larger than the limit of 40\n");
	read_limited("{\"a\": \"3333333333333333333333333333333333333333333\"}{\"b\": 1}", limits);
	assert_string_equal(result.items.at, "{\"b\":1}\n");
	assert_string_equal(result.last.code, "I2G102");
	/* A List may be larger, an item of it may not. */
	read_limited("kind: List\nitems:\n- a: 11111111\n- b: 22222222\n- c: 33333333\n", limits);
	assert_int_equal(result.item_count, 3);
	limits.list_bytes = 50;
	read_limited("kind: List\nitems:\n- a: 11111111\n- b: 22222222\n- c: 33333333\n", limits);
	assert_string_equal(result.findings.at,
			    "I2G102 1:1+1 this List of 60 bytes is larger than the limit of 50\n");
}

static void aliases_are_bounded(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	buf_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 20; i++) {
		buf_format(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++)
			buf_format(&text, "%s*a%d", k ? ", " : "", i - 1);
		buf_text(&text, "]\n");
	}
	buf_text(&text, "---\nb: 1\n");
	case_read(buf_slice(&text));
	assert_string_equal(result.items.at, "{\"b\":1}\n");
	assert_string_equal(result.last.code, "I2G102");
	assert_true(result.last.span.line < 6);

	/* The same with merge keys, which copy. */
	buf_clear(&text);
	buf_text(&text, "a: &a {");
	for (int i = 0; i < 5000; i++)
		buf_format(&text, "k%d: v, ", i);
	buf_text(&text, "}\nb: [");
	for (int i = 0; i < 50000; i++)
		buf_text(&text, "{<<: *a}, ");
	buf_text(&text, "]\n");
	case_read(buf_slice(&text));
	assert_string_equal(result.last.code, "I2G102");
	buf_finish(&text);
}

static void directives_are_limited(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	for (int i = 0; i < 40000; i++)
		buf_format(&text, "%%TAG !%d! tag:x,%d:\n", i, i);
	buf_text(&text, "---\na: 1\n---\nb: 1\n");
	case_read(buf_slice(&text));
	assert_string_equal(result.items.at, "{\"b\":1}\n");
	assert_string_equal(result.findings.at, "I2G102 1:1+1 more than 16 lines begin with '%'\n");
	buf_finish(&text);
}

static void findings_are_limited(void **state)
{
	(void)state;
	struct buf text;
	unsigned lines = 0;

	for (int round = 0; round < 3; round++) {
		buf_init(&text);
		for (int i = 0; i < 2000; i++)
			buf_text(&text, round == 0   ? "---\na: [\n"
					: round == 1 ? "---\na: 1\na: 2\n"
						     : "a: 1\n");
		buf_text(&text, "---\nz: 1\n");
		case_read(buf_slice(&text));
		lines = 0;
		for (const char *at = result.findings.at; *at; at++)
			lines += *at == '\n';
		assert_int_equal(lines, 101);
		assert_non_null(strstr(result.findings.at, "so much is wrong"));
		assert_int_equal(result.item_count, round == 0 ? 1 : round == 1 ? 2001 : 2);
		buf_finish(&text);
	}
}

static void duplicates_cost_little(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	for (int i = 0; i < 200000; i++)
		buf_format(&text, "k%d: v\n", i < 100000 ? i : 199999 - i);
	case_read(buf_slice(&text));
	assert_int_equal(result.item_count, 1);
	assert_non_null(strstr(result.findings.at, "I2G104 100001:1+6 duplicate key 'k99999'"));
	buf_finish(&text);
}

/* ---- size and threads ---- */

static void add_document(struct buf *text, unsigned i, unsigned *seed)
{
	buf_format(text, "---\napiVersion: v1\nkind: Thing\nmetadata:\n  name: n%u\n  x: &a %u\n",
		   i, i);
	*seed = *seed * 1103515245u + 12345u;
	switch (*seed >> 16 & 63) {
	case 0:
		buf_text(text, "broken: [\n");
		break;
	case 1:
		buf_text(text, "twice: 1\ntwice: *a\n");
		break;
	case 2:
		buf_text(text, "---\n{\"json\": [1, 2, \"\\ud83d\\ude00\"]}\n");
		break;
	case 3:
		buf_text(text, "---\nkind: List\nitems:\n- a: 1\n- b: 2\n- c: 3\n");
		break;
	case 4:
		buf_text(text, "v: {{ .Values.v }}\n");
		break;
	case 5:
		buf_text(text, "...\n%YAML 1.1\n");
		break;
	case 6:
		buf_text(text, "lone: \"a\rb\"\n");
		break;
	default:
		buf_text(text, "text: |\n  --- no marker\n");
		for (unsigned k = *seed >> 24; k > 0; k--)
			buf_format(text, "  line %u\n", k);
	}
}

static void two_threads_give_what_one_gives(void **state)
{
	(void)state;
	struct buf text;
	unsigned seed = 7;

	buf_init(&text);
	for (unsigned i = 0; text.len < 10 << 20; i++)
		add_document(&text, i, &seed);
	case_read_source((struct source){.text = buf_slice(&text)}, NULL, 1);

	struct buf items = result.items, findings = result.findings;
	size_t batches = result.count;

	result.items = result.findings = (struct buf){0};
	assert_true(batches > 30);
	assert_true(items.len > 8 << 20);
	assert_true(findings.len > 1000);
	for (int round = 0; round < 3; round++) {
		case_read_source((struct source){.text = buf_slice(&text)}, NULL, 2);
		assert_int_equal(result.count, batches);
		assert_true(str_eq(buf_slice(&result.items), buf_slice(&items)));
		assert_true(str_eq(buf_slice(&result.findings), buf_slice(&findings)));
	}
	/* The template stands in several batches; the finding stands once, at the first. */
	const char *helm = strstr(findings.at, "I2G101");

	assert_non_null(helm);
	assert_null(strstr(helm + 1, "I2G101"));
	buf_finish(&items);
	buf_finish(&findings);
	buf_finish(&text);
}

static void add_item(struct buf *text, unsigned i)
{
	buf_format(text, "- apiVersion: v1\n  kind: Thing\n  metadata:\n    name: n%u\n  text: |\n",
		   i);
	for (unsigned k = 0; k < 50; k++)
		buf_format(text, "    line %u of %u\n", k, i);
}

static void large_lists_are_streamed(void **state)
{
	(void)state;
	struct yaml_limits limits = {.document_bytes = 64 << 10};
	struct buf text;
	unsigned count = 0;

	buf_init(&text);
	buf_text(&text, "a: 0\n---\napiVersion: x/v1\nitems:\n");
	while (text.len < 20 << 20)
		add_item(&text, count++);
	buf_text(&text, "kind: ThingList\n---\nz: 1\n");
	case_read_source((struct source){.text = buf_slice(&text)}, &limits, 2);
	assert_string_equal(result.findings.at, "");
	assert_int_equal(result.item_count, count + 2);
	assert_non_null(strstr(result.items.at,
			       "Thing x/v1: {\"apiVersion\":\"v1\",\"kind\":\"Thing\","
			       "\"metadata\":{\"name\":\"n0\"}"));
	assert_non_null(strstr(result.items.at, "\n{\"z\":1}\n"));

	/* A mistake deep inside has its place and hint; what stands above is handed out. */
	buf_clear(&text);
	buf_text(&text, "a: 0\n---\napiVersion: x/v1\nitems:\n");
	for (count = 0; text.len < 3 << 20; count++)
		add_item(&text, count);
	buf_text(&text, "- host: *.example.com\n- b: 1\nkind: ThingList\n---\nz: 1\n");
	case_read_source((struct source){.text = buf_slice(&text)}, NULL, 1);
	assert_int_equal(result.item_count, count + 2);
	assert_string_equal(result.last_hint, "write \"*.example.com\"");
	assert_int_equal(result.last.span.line, 5 + count * 55);
	assert_int_equal(result.last.span.column, 9);

	/* So has an item that is too large. */
	buf_clear(&text);
	buf_text(&text, "apiVersion: x/v1\nitems:\n- a: 1\n- ");
	buf_fill(&text, 'x', 4 << 20);
	buf_text(&text, "\nkind: ThingList\n---\nz: 1\n");
	limits.document_bytes = 2 << 20;
	case_read_source((struct source){.text = buf_slice(&text)}, &limits, 1);
	assert_string_equal(result.items.at, "Thing x/v1: {\"a\":1}\n{\"z\":1}\n");
	assert_string_equal(result.findings.at,
			    "I2G102 4:1+1 an item of the List is larger than 2097152 bytes\n");
	buf_finish(&text);
}

/* NEL and LS are line breaks to libyaml, but not to an editor; also where text comes in pieces. */
static void lines_of_what_is_streamed(void **state)
{
	(void)state;
	struct yaml_limits limits = {.document_bytes = 20000};
	struct buf text = {0};

	/* In memory as a whole, because it must be looked at for such breaks. */
	buf_text(&text, "apiVersion: \"x\xe2\x80\xa8/v1\"\nkind: List\nitems:\n- a: 1\n- ");
	buf_fill(&text, 'b', 100000);
	case_read_source((struct source){.text = buf_slice(&text)}, &limits, 1);
	assert_string_equal(result.findings.at,
			    "I2G102 5:1+1 an item of the List is larger than 20000 bytes\n");
	buf_clear(&text);
	buf_text(&text, "a: 0\n---\napiVersion: x/v1\nitems:\n");
	for (size_t count = 0; text.len < 3 << 20; count++) {
		add_item(&text, count);
		buf_text(&text, "  odd: \"\xc2\x85\xe2\x80\xa8\"\n  old: 1\r\n  mac: 2\r");
	}

	uint32_t lines = split_lines(buf_slice(&text));

	buf_text(&text, "- b: \"\xe2\x80\xa9\" @\nkind: ThingList\n---\nz: 1\n");
	case_read_source((struct source){.text = buf_slice(&text)}, NULL, 1);
	assert_string_equal(result.last.code, "I2G100");
	assert_int_equal(result.last.span.line, lines + 1);
	assert_int_equal(result.last.span.column, 10);
	buf_finish(&text);
}

static void large_json_lists_are_streamed(void **state)
{
	(void)state;
	struct yaml_limits limits = {.document_bytes = 64 << 10};
	struct buf text;
	unsigned count = 0;

	buf_init(&text);
	buf_text(&text, "{\"items\": [\n");
	for (; text.len < 5 << 20; count++)
		buf_format(&text,
			   "%s{\"name\": \"n%u\", \"text\": \"\xc3\xa4\xc3\xb6 \\n \\u00e4\", "
			   "\"n\": [1, 2.5, -3e4]}",
			   count ? ",\n" : "", count);
	buf_text(&text, "], \"kind\": \"ThingList\", \"apiVersion\": \"v1\"}\n{\"z\":1}\n");
	case_read_source((struct source){.text = buf_slice(&text)}, &limits, 2);
	assert_string_equal(result.findings.at, "");
	assert_int_equal(result.item_count, count + 1);
	assert_non_null(strstr(result.items.at, "\nThing v1: {\"name\":\"n77\","));
	buf_finish(&text);
}

static void large_documents_are_skipped(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	buf_text(&text, "a: 1\n---\nb: |\n");
	while (text.len < 40 << 20)
		buf_text(&text, "  some text that goes on and on\n");
	buf_text(&text, "---\nc: [\n---\nz: 1\n");
	case_read(buf_slice(&text));
	assert_string_equal(result.items.at, "{\"a\":1}\n{\"z\":1}\n");
	assert_non_null(strstr(result.findings.at, "I2G102 2:1+1 this document of "));
	assert_non_null(strstr(result.findings.at, "larger than the limit of 16777216\nI2G100 "));
	buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_handed_out_by_item),
		cmocka_unit_test(typed_lists_tell_the_kind_of_their_items),
		cmocka_unit_test(what_only_looks_like_a_list_is_a_document),
		cmocka_unit_test(lists_in_lists_are_opened),
		cmocka_unit_test(a_broken_list_gives_the_items_above),
		cmocka_unit_test(anchors_reach_over_items),
		cmocka_unit_test(duplicates_belong_to_their_item),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(aliases_add_to_the_depth),
		cmocka_unit_test(json_depth_is_limited),
		cmocka_unit_test(nodes_are_limited),
		cmocka_unit_test(scalars_are_limited),
		cmocka_unit_test(documents_are_limited),
		cmocka_unit_test(aliases_are_bounded),
		cmocka_unit_test(directives_are_limited),
		cmocka_unit_test(findings_are_limited),
		cmocka_unit_test(duplicates_cost_little),
		cmocka_unit_test(two_threads_give_what_one_gives),
		cmocka_unit_test(large_lists_are_streamed),
		cmocka_unit_test(lines_of_what_is_streamed),
		cmocka_unit_test(large_json_lists_are_streamed),
		cmocka_unit_test(large_documents_are_skipped),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	case_finish();
	return failed;
}
