/* The API server's steps, one by one, on small CRDs; and the built-in kinds. */
#include "schema_case.h"

#include "kube/names.h"
#include "schema/pattern.h"

/* ---- the steps ---- */

static void types_are_told_in_the_servers_words(void **state)
{
	(void)state;
	define("{type: object, properties: {s: {type: string}, i: {type: integer}, n: {type: "
	       "number}, "
	       "b: {type: boolean}, l: {type: array, items: {type: string}}, o: {type: object}, "
	       "x: {x-kubernetes-int-or-string: true}}}");
	expect("{s: a, i: 1, n: 1.5, b: true, l: [a], o: {}, x: 5}", "");
	expect("{x: a, n: 1, i: 1e3}", "");
	expect("{s: 1}", "4:11 spec.s: Invalid value: \"integer\": spec.s in body must be of type "
			 "string: \"integer\"\n");
	expect("{i: 1.5}", "4:11 spec.i: Invalid value: \"number\": spec.i in body must be of type "
			   "integer: \"number\"\n");
	expect("{l: [a, [b]]}",
	       "4:15 spec.l[1]: Invalid value: \"array\": spec.l[1] in body must be of "
	       "type string: \"array\"\n");
	expect("{x: true}",
	       "4:11 spec.x: Invalid value: \"boolean\": spec.x in body must be of type "
	       "integer,string: \"boolean\"\n");
	expect("{o: {}, b: yes, s: \"yes\"}", "");
	expect("{l: [null]}",
	       "4:12 spec.l[0]: Invalid value: \"null\": spec.l[0] in body must be of "
	       "type string: \"null\"\n");
	expect("[]", "4:1 spec: Invalid value: \"array\": spec in body must be of type object: "
		     "\"array\"\n");
}

static void bounds(void **state)
{
	(void)state;
	define("{type: object, required: [r], maxProperties: 3, properties: {r: {type: string, "
	       "minLength: 2, maxLength: 3}, i: {type: integer, minimum: 1, maximum: 5}, "
	       "x: {type: number, minimum: 0, exclusiveMinimum: true, multipleOf: 0.5}, "
	       "l: {type: array, minItems: 1, maxItems: 2, items: {type: integer, format: int32}}, "
	       "e: {type: string, enum: [a, B c]}}}");
	expect("{r: \u20ac\u20ac\u20ac, i: 5, l: [1, 2]}", "");
	expect("{}", "4:1 spec.r: Required value\n");
	expect("{r: \u20ac\u20ac\u20ac\u20ac}",
	       "4:11 spec.r: Too long: may not be more than 3 bytes\n");
	expect("{r: a}",
	       "4:11 spec.r: Invalid value: \"a\": spec.r in body should be at least 2 chars "
	       "long\n");
	expect("{r: ab, i: 6}",
	       "4:18 spec.i: Invalid value: 6: spec.i in body should be less than or "
	       "equal to 5\n");
	expect("{r: ab, i: 0}",
	       "4:18 spec.i: Invalid value: 0: spec.i in body should be greater than "
	       "or equal to 1\n");
	expect("{r: ab, x: 0}",
	       "4:18 spec.x: Invalid value: 0: spec.x in body should be greater than "
	       "0\n");
	expect("{r: ab, x: 0.7}", "4:18 spec.x: Invalid value: 0.7: spec.x in body should be a "
				  "multiple of 0.5\n");
	/* kubectl turns 0x2 into 2 before anybody looks at it. */
	expect("{r: ab, i: 0x2}", "");
	expect("{r: ab, l: [0x7fffffff, 1_000]}", "");
	expect("{r: ab, l: []}",
	       "4:15 spec.l: Invalid value: \"array\": spec.l in body should have at "
	       "least 1 items\n");
	expect("{r: ab, l: [1, 2, 3]}", "4:15 spec.l: Too many: 3: must have at most 2 items\n");
	expect("{r: ab, l: [2147483648]}", "4:19 spec.l[0]: Invalid value: 2147483648: Checked "
					   "value must be of type integer with "
					   "format int32\n");
	expect("{r: ab, e: b}",
	       "4:18 spec.e: Unsupported value: \"b\": supported values: \"a\", \"B "
	       "c\"\n");
	expect("{r: ab, i: 1, x: 1, e: a}", "4:1 spec: Too many: 4: must have at most 3 items\n");
}

static void unknown_fields_are_pruned_and_told(void **state)
{
	(void)state;
	define("{type: object, properties: {a: {type: object, properties: {b: {type: string}}}, "
	       "m: {type: object, additionalProperties: {type: integer}}, "
	       "p: {type: object, x-kubernetes-preserve-unknown-fields: true}, e: {type: "
	       "object}}}");
	expect("{a: {b: x}, m: {any: 1}, p: {what: {ever: 1}}}", "");
	expect("{z: 1, a: {c: 1}}", "4:8 spec.z: unknown field \"spec.z\"\n"
				    "4:18 spec.a.c: unknown field \"spec.a.c\"\n");
	expect("{e: {x: 1}}", "4:12 spec.e.x: unknown field \"spec.e.x\"\n");
	expect("{m: {a.b/c: x}}", "4:19 spec.m[a.b/c]: Invalid value: \"string\": spec.m[a.b/c] in "
				  "body must be of type "
				  "integer: \"string\"\n");
	assert_true(last.refused);
	expect("{z: 1}", "4:8 spec.z: unknown field \"spec.z\"\n");
	assert_false(last.refused);
}

static void nulls_go_and_defaults_come(void **state)
{
	(void)state;
	define("{type: object, required: [d], properties: {d: {type: object, default: {x: [{}]}, "
	       "properties: {x: {type: array, items: {type: object, properties: {k: {type: string, "
	       "default: abc, maxLength: 2}}}}}}, n: {type: string, nullable: true}, s: {type: "
	       "string}}}");
	expect("{s: null, n: null, d: {}}", "");
	/* What a default brings in is marked where it was put. */
	expect("{}", "4:1 spec.d.x[0].k: Too long: may not be more than 2 bytes\n");
	expect("{d: null}", "4:1 spec.d.x[0].k: Too long: may not be more than 2 bytes\n");
	expect("{d: {x: [{k: a}, {}]}}",
	       "4:24 spec.d.x[1].k: Too long: may not be more than 2 bytes\n");
}

static void lists_of_type_set_and_map(void **state)
{
	(void)state;
	define("{type: object, properties: {s: {type: array, x-kubernetes-list-type: set, items: "
	       "{type: string}}, m: {type: array, x-kubernetes-list-type: map, "
	       "x-kubernetes-list-map-keys: [a, b], items: {type: object, properties: {a: {type: "
	       "string}, b: {type: integer, default: 1}, c: {type: string}}}}}}");
	expect("{s: [a, b], m: [{a: x}, {a: x, b: 2}, {a: z}]}", "");
	expect("{s: [a, b, a]}", "4:18 spec.s[2]: Duplicate value: \"a\"\n");
	expect("{m: [{a: x, c: p}, {a: x, b: 1, c: q}]}",
	       "4:26 spec.m[1]: Duplicate value: {\"a\":\"x\",\"b\":1}\n");
}

static void formats_and_patterns(void **state)
{
	(void)state;
	define("{type: object, properties: {p: {type: string, pattern: 'a+b'}, four: {type: "
	       "string, "
	       "format: ipv4}, six: {type: string, format: ipv6}, t: {type: string, format: "
	       "date-time}, b: {type: string, format: byte}, bad: {type: string, pattern: "
	       "'(?=a)'}}}");
	expect("{p: xaabx, four: 1.2.3.4, six: '::1', t: '2024-02-29T00:00:00.5Z', b: YQ==}", "");
	expect("{p: ba}",
	       "4:11 spec.p: Invalid value: \"ba\": spec.p in body should match 'a+b'\n");
	expect("{four: '::1'}",
	       "4:14 spec.four: Invalid value: \"::1\": spec.four in body must be of "
	       "type ipv4: \"::1\"\n");
	expect("{t: '2023-02-29T00:00:00Z'}",
	       "4:11 spec.t: Invalid value: \"2023-02-29T00:00:00Z\": spec.t in body must be of "
	       "type "
	       "date-time: \"2023-02-29T00:00:00Z\"\n");
	expect("{b: YQ=}",
	       "4:11 spec.b: Invalid value: \"YQ=\": spec.b in body must be of type byte: "
	       "\"YQ=\"\n");
	/* What cannot be checked is said, and is no error. */
	expect("{bad: a}",
	       "4:13 spec.bad: the pattern '(?=a)' was not checked: RE2 has no lookaround "
	       "and no such group\n");
	assert_false(last.refused);
}

static void combinations(void **state)
{
	(void)state;
	define("{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: "
	       "[{required: "
	       "[a]}, {required: [b]}], not: {properties: {a: {enum: [bad]}}, required: [a]}}");
	expect("{a: x}", "");
	expect("{a: bad}", "4:1 spec: Invalid value: \"\": \"spec\" must not validate the schema "
			   "(not)\n");
	expect("{a: x, b: z}",
	       "4:1 spec: Invalid value: \"\": \"spec\" must validate one and only one "
	       "schema (oneOf). Found 2 valid alternatives\n");
	expect("{}",
	       "4:1 spec.a: Required value\n4:1 spec: Invalid value: \"\": \"spec\" must validate "
	       "one and only one schema (oneOf). Found none valid\n");
}

static void rules_run_when_nothing_blocks_them(void **state)
{
	(void)state;
	define("{type: object, properties: {a: {type: integer}, p: {type: string, pattern: '^x'}, "
	       "e: "
	       "{type: string, enum: [k]}, l: {type: array, items: {type: string, "
	       "x-kubernetes-validations: [{rule: \"self != 'bad'\", messageExpression: \"'not ' + "
	       "self\"}]}}}, x-kubernetes-validations: [{rule: 'self.a > 1', message: ' a is too "
	       "small "
	       "'}, {rule: 'self.a == oldSelf.a'}, {rule: 'frob(self)', message: m}]}");
	expect("{a: 2}",
	       "4:1 spec: function 'frob()' is not supported, so this rule was not checked: "
	       "m\n");
	expect("{a: 1, p: q, l: [good, bad]}",
	       "4:17 spec.p: Invalid value: \"q\": spec.p in body should match '^x'\n"
	       "4:1 spec: Invalid value: \"object\": a is too small\n"
	       "4:1 spec: function 'frob()' is not supported, so this rule was not checked: m\n"
	       "4:30 spec.l[1]: Invalid value: \"bad\": not bad\n");
	assert_false(last.rules_skipped);
	expect("{a: 1, e: x}", "4:17 spec.e: Unsupported value: \"x\": supported values: \"k\"\n");
	assert_true(last.rules_skipped);
	expect("{}",
	       "4:1 spec: Invalid value: \"object\": no such key: a evaluating rule: a is too "
	       "small\n4:1 spec: function 'frob()' is not supported, so this rule was not "
	       "checked: m\n");
}

static void reasons_and_places_of_rules(void **state)
{
	(void)state;
	define("{type: object, properties: {a: {type: string}}, x-kubernetes-validations: [{rule: "
	       "'!has(self.a)', reason: FieldValueForbidden, fieldPath: .a, message: go away}, "
	       "{rule: "
	       "'false'}]}");
	expect("{a: x}", "4:1 spec.a: Forbidden: go away\n"
			 "4:1 spec: Invalid value: \"object\": failed rule: false\n");
}

static void status_is_dropped_and_metadata_checked(void **state)
{
	(void)state;
	define("{type: object}");
	expect_text(
		"apiVersion: g/v1\nkind: Test\nmetadata:\n  name: Aa\n  labels: {a: b c}\n"
		"  frob: 1\nstatus: {y: 1}\n",
		"4:9 metadata.name: Invalid value: \"Aa\": a lowercase RFC 1123 subdomain must "
		"consist of lower case alphanumeric characters, '-' or '.', and must start and end "
		"with an alphanumeric character (e.g. 'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n"
		"5:15 metadata.labels.a: Invalid value: \"b c\": a valid label must be an empty "
		"string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
		"end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345', "
		"regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n"
		"6:3 metadata.frob: unknown field \"metadata.frob\"\n");
	expect_text("{apiVersion: g/v1, kind: Test, metadata: {}}",
		    "1:32 metadata.name: Required value: name or generateName is required\n");
	expect_text("{apiVersion: g/v1, kind: Test, metadata: {generateName: a-}}", "");
}

static void complaints_are_bounded(void **state)
{
	struct buf text;

	(void)state;
	define("{type: object}");
	buf_init(&text);
	buf_text(&text, "apiVersion: g/v1\nkind: Test\nmetadata: {name: t}\nspec:\n");
	for (unsigned i = 0; i < 5000; i++)
		buf_format(&text, "  k%u: 1\n", i);
	buf_char(&text, '\0');
	buf_clear(&got);
	read_text(text.at, take_object);
	assert_int_equal(last.count, SCHEMA_VIOLATIONS_MOST);
	assert_true(last.more);
	buf_finish(&text);
}

/* ---- CRDs ---- */

static char refusal[512];

static void take_bad_crd(void *batch, const struct yaml_item *item)
{
	struct error error;

	(void)batch;
	assert_false(schema_set_add_crd(&set, item->root, &error));
	snprintf(refusal, sizeof refusal, "%s", error.text);
}

static void bad_crds_are_refused(void **state)
{
	(void)state;
	read_text("kind: Service", take_bad_crd);
	assert_string_equal(refusal,
			    "this is no CustomResourceDefinition of apiextensions.k8s.io/v1");
	read_text("{kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, spec: "
		  "{group: "
		  "g, names: {kind: K}, versions: [{name: v1, schema: {openAPIV3Schema: {type: "
		  "frob}}}]}}",
		  take_bad_crd);
	assert_string_equal(refusal, "the schema of K cannot be used: an unknown type 'frob'");
	read_text("{kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, spec: "
		  "{group: "
		  "g, names: {kind: K}, versions: [{name: v1, schema: {openAPIV3Schema: {items: "
		  "7}}}]}}",
		  take_bad_crd);
	assert_string_equal(refusal,
			    "the schema of K cannot be used: an object is expected, not '7'");
}

static void what_is_not_checked_is_noted(void **state)
{
	size_t before = set.note_count;

	(void)state;
	define("{type: object, properties: {i: {type: string, format: isbn}}, frob: 1}");
	assert_int_equal(set.note_count, before + 2);
	assert_str(set.notes[before].what, "format 'isbn' is not checked");
	assert_str(set.notes[before + 1].what, "keyword 'frob' is not checked");
}

static void built_in_kinds(void **state)
{
	const struct schema_kind *kind;
	struct schema_set standard, experimental;
	struct str group = STR("gateway.networking.k8s.io/v1"),
		   x = STR("gateway.networking.x-k8s.io/v1alpha1");

	(void)state;
	schema_set_init(&standard, &arena);
	schema_set_init(&experimental, &arena);
	schema_set_add_gateway_api(&standard, SCHEMA_STANDARD);
	schema_set_add_gateway_api(&experimental, SCHEMA_EXPERIMENTAL);
	assert_int_equal(schema_find(&standard, group, STR("HTTPRoute"), &kind), SCHEMA_KNOWN);
	assert_true(kind->status && !kind->cluster);
	assert_int_equal(schema_find(&standard, group, STR("GatewayClass"), &kind), SCHEMA_KNOWN);
	assert_true(kind->cluster);
	assert_int_equal(schema_find(&standard, x, STR("XMesh"), &kind), SCHEMA_OTHER_CHANNEL);
	assert_int_equal(schema_find(&experimental, x, STR("XMesh"), &kind), SCHEMA_KNOWN);
	assert_int_equal(schema_find(&standard, STR("gateway.networking.k8s.io/v1alpha2"),
				     STR("TLSRoute"), &kind),
			 SCHEMA_NOT_SERVED);
	assert_str(kind->version, "v1");
	assert_int_equal(schema_find(&standard, STR("v1"), STR("Service"), &kind), SCHEMA_UNKNOWN);
	schema_set_finish(&standard);
	schema_set_finish(&experimental);
}

/* ---- patterns and names ---- */

static bool finds(const char *pattern, const char *text)
{
	const struct pattern *compiled = pattern_of(set.patterns, str_from(pattern));

	if (compiled->why.len)
		fail_msg("%s: %.*s", pattern, STR_ARG(compiled->why));
	return pattern_search(set.patterns, compiled, str_from(text)) == PATTERN_YES;
}

static void patterns_are_re2(void **state)
{
	(void)state;
	assert_true(finds("^a$", "a") && !finds("^a$", "a\n") && finds("b|c", "xc"));
	assert_false(finds("^\\s$", "\v"));
	assert_true(finds("^\\v$", "\v") && finds("^[\\v]$", "\v") && !finds("^\\v$", "\n"));
	assert_true(finds("^[]a]+$", "]a") && finds("^[[&]$", "[") && finds("^[[:alpha:]]$", "z"));
	assert_true(finds("^[a-z0-9-_]+$", "a-_") && finds("^a{,2}$", "a{,2}"));
	assert_true(finds("^\\x60\\x{20ac}\\101$", "`\u20acA") && finds("^\\Qa.b\\E$", "a.b"));
	assert_false(finds("^\\Qa.b\\E$", "axb"));
	assert_true(finds("^(?P<n>a)(?:b)(?i)C$", "abc") && finds("^\\pL$", "\u00e9"));
	assert_false(finds("^\\d$", "\u0663"));
	assert_true(finds("^.$", "\u00e9") && finds("^$", ""));
}

static void patterns_that_re2_refuses(void **state)
{
	static const char *const bad[] = {"(?=a)", "(?<!a)", "a*+", "a++", "\\1",     "(?>a)",
					  "*a",    "\\h",    "\\K", "\\R", "(*UTF)a", "a{1001}",
					  "[a",    "\\",     "(a",  "\\Z", "a**"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (!pattern_of(set.patterns, str_from(bad[i]))->why.len)
			fail_msg("'%s' should be refused", bad[i]);
}

/* RE2 is linear; a backtracking engine would never come back. */
static void patterns_do_not_explode(void **state)
{
	char text[4097];

	(void)state;
	memset(text, 'a', sizeof text - 2);
	strcpy(text + sizeof text - 2, "\x01");
	assert_false(finds("^[!-~]+([\\t ]?[!-~]+)*$", text));
	assert_false(finds("^(([a-z])+.)+[A-Z]([a-z])+$", text));
	assert_true(finds("^(a+)+\\x01$", text));
}

static void names_of_kubernetes(void **state)
{
	(void)state;
	assert_null(names_wrong_label(STR("a-1")));
	assert_non_null(names_wrong_label(STR("a.b")));
	assert_non_null(names_wrong_label(STR("")));
	assert_null(names_wrong_subdomain(STR("a.b-c.1")));
	assert_non_null(names_wrong_subdomain(STR("a..b")));
	assert_non_null(names_wrong_1035_label(STR("1a")));
	assert_null(names_wrong_label_value(STR("")));
	assert_non_null(names_wrong_label_value(STR("-a")));
	assert_null(names_wrong_qualified(STR("example.com/A_b.c")));
	assert_non_null(names_wrong_qualified(STR("/a")));
	assert_non_null(names_wrong_qualified(STR("Example.com/a")));
	assert_non_null(names_wrong_qualified(STR("a/b/c")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_told_in_the_servers_words),
		cmocka_unit_test(bounds),
		cmocka_unit_test(unknown_fields_are_pruned_and_told),
		cmocka_unit_test(nulls_go_and_defaults_come),
		cmocka_unit_test(lists_of_type_set_and_map),
		cmocka_unit_test(formats_and_patterns),
		cmocka_unit_test(combinations),
		cmocka_unit_test(rules_run_when_nothing_blocks_them),
		cmocka_unit_test(reasons_and_places_of_rules),
		cmocka_unit_test(status_is_dropped_and_metadata_checked),
		cmocka_unit_test(complaints_are_bounded),
		cmocka_unit_test(bad_crds_are_refused),
		cmocka_unit_test(what_is_not_checked_is_noted),
		cmocka_unit_test(built_in_kinds),
		cmocka_unit_test(patterns_are_re2),
		cmocka_unit_test(patterns_that_re2_refuses),
		cmocka_unit_test(patterns_do_not_explode),
		cmocka_unit_test(names_of_kubernetes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
