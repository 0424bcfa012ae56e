/* The short way through a schema: it knows what is plain, and what it knows is so. */
#include "schema_case.h"

/* Nothing is wrong, and the short way knows. */
static void expect_known(const char *spec)
{
	expect(spec, "");
	if (!known)
		fail_msg("not known: %s", spec);
}

/* Nothing is wrong, but that is for the general way to find out. */
static void expect_general(const char *spec)
{
	expect(spec, "");
	assert_false(known);
}

static void plain_values_are_known(void **state)
{
	(void)state;
	define("{type: object, required: [s], properties: {s: {type: string, minLength: 1, "
	       "maxLength: 4, pattern: '^[a-z]', enum: [ab, cd\u20ac]}, i: {type: integer, format: "
	       "int32, minimum: -5, maximum: 5}, e: {type: integer, enum: [1, 0x10]}, b: {type: "
	       "boolean}, l: {type: array, maxItems: 2, items: {type: string, format: ipv4}}, m: "
	       "{type: object, maxProperties: 2, additionalProperties: {type: integer}}, p: {type: "
	       "object, x-kubernetes-preserve-unknown-fields: true}}}");
	expect_known("{s: ab, i: -5, e: 16, b: yes, l: [1.2.3.4], m: {a: 1, b: 2}, p: {x: [~]}}");
	expect_known("{s: cd\u20ac, i: 0x5}");
	expect("{s: ab, e: 17}", "4:18 spec.e: Unsupported value: 17: supported values: 1, 0x10\n");
	expect("{i: 1}", "4:1 spec.s: Required value\n");
}

static void odd_values_are_for_the_general_way(void **state)
{
	(void)state;
	define("{type: object, properties: {s: {type: string}, o: {type: string, nullable: true}, "
	       "x: {x-kubernetes-int-or-string: true}, d: {type: number}, a: {anyOf: [{type: "
	       "string}, {type: integer}], x-kubernetes-int-or-string: true}}}");
	expect_known("{s: a, o: b}");
	expect_general("{s: ~}");
	expect_general("{o: ~}");
	expect_general("{x: 1}");
	expect_general("{d: 1.5}");
	expect_general("{a: b}");
}

static void defaults_are_seen_by_rules(void **state)
{
	(void)state;
	define("{type: object, properties: {k: {type: string, default: Service}, p: {type: "
	       "integer}, o: {type: object, default: {}, properties: {w: {type: integer, default: "
	       "7}}}}, x-kubernetes-validations: [{rule: \"self.k == 'Service' ? has(self.p) && "
	       "self.o.w == 7 : size(self) == 2\", message: bad}]}");
	expect_known("{p: 1}");
	expect_known("{p: 1, o: {}}");
	expect_known("{k: Other}");
	expect("{}", "4:1 spec: Invalid value: \"object\": bad\n");
	expect("{p: 1, o: {w: 8}}", "4:1 spec: Invalid value: \"object\": bad\n");
	expect("{k: Other, p: 1}", "4:1 spec: Invalid value: \"object\": bad\n");
}

static void lists_without_duplicates(void **state)
{
	(void)state;
	define("{type: object, properties: {s: {type: array, x-kubernetes-list-type: set, items: "
	       "{type: string}}, m: {type: array, x-kubernetes-list-type: map, "
	       "x-kubernetes-list-map-keys: [a, b], items: {type: object, properties: {a: {type: "
	       "string}, b: {type: integer}}}}}}");
	expect_known("{s: [a, b, ''], m: [{a: x}, {a: x, b: 1}, {a: x, b: 2}, {b: 2}]}");
	expect("{s: [a, b, b]}", "4:18 spec.s[2]: Duplicate value: \"b\"\n");
	expect("{m: [{a: x, b: 2}, {b: 2, a: x}]}",
	       "4:26 spec.m[1]: Duplicate value: {\"a\":\"x\",\"b\":2}\n");
}

#define ITEMS                                                                                      \
	"{type: object, properties: {l: {type: array, items: {type: object, properties: {name: "   \
	"{type: string}, p: {type: integer}, h: {type: string}}}, x-kubernetes-validations: "      \
	"[{message: pairs, rule: '"

/* Pairs of items that a field decides are not looked at; the answer stays the same. */
static void rules_about_pairs(void **state)
{
	(void)state;
	define(ITEMS "self.all(a, self.exists_one(b, a.p == b.p && (has(a.h) && has(b.h) ? a.h == "
		     "b.h : !has(a.h) && !has(b.h))))'}]}}}");
	expect_known("{l: [{p: 1}, {p: 2}, {p: 3}, {p: 1, h: a}, {p: 1, h: b}, {p: 2, h: a}]}");
	expect("{l: [{p: 1}, {p: 2}, {p: 3, h: x}, {p: 4}, {p: 3, h: x}]}",
	       "4:8 spec.l: Invalid value: \"array\": pairs\n");
	expect("{l: [{p: 1}, {p: 2}, {p: 3}, {p: 4}, {p: 1}]}",
	       "4:8 spec.l: Invalid value: \"array\": pairs\n");
	define(ITEMS
	       "self.all(a, self.all(b, a.name == b.name && a.p == b.p ? has(a.h) == has(b.h) : "
	       "true))'}]}}}");
	expect_known(
		"{l: [{name: a, p: 1}, {name: b, p: 1, h: x}, {name: a, p: 2}, {name: a, p: 1}]}");
	expect("{l: [{name: a, p: 1}, {name: b, p: 1}, {name: a, p: 2}, {name: a, p: 1, h: x}]}",
	       "4:8 spec.l: Invalid value: \"array\": pairs\n");
}

/* A field that is absent is an error, and not another value. */
static void rules_about_pairs_that_lack_the_field(void **state)
{
	(void)state;
	define(ITEMS "self.all(a, self.exists_one(b, a.name == b.name))'}]}}}");
	expect_known("{l: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}]}");
	expect("{l: [{name: a}, {name: b}, {name: c}, {name: d}, {}]}",
	       "4:8 spec.l: Invalid value: \"array\": no such key: name evaluating rule: pairs\n");
	define(ITEMS "self.exists(a, self.exists(b, a.p != b.p && a.name == b.name))'}]}}}");
	expect_known("{l: [{name: a, p: 1}, {name: b, p: 1}, {name: c, p: 1}, {name: a, p: 2}]}");
	expect("{l: [{name: a, p: 1}, {name: b, p: 1}, {name: c, p: 1}, {name: a, p: 1}]}",
	       "4:8 spec.l: Invalid value: \"array\": pairs\n");
	define(ITEMS "self.all(a, !self.exists(b, a.p != b.p && a.name == b.name))'}]}}}");
	expect_known("{l: [{name: a, p: 1}, {name: b, p: 2}, {name: c, p: 3}, {name: a, p: 1}]}");
	expect("{l: [{name: a, p: 1}, {name: b, p: 2}, {name: c, p: 3}, {p: 4}]}",
	       "4:8 spec.l: Invalid value: \"array\": no such key: name evaluating rule: pairs\n");
}

/* An error that && or || absorbs, a function that has no short form, a rule that costs too much. */
static void what_is_not_known(void **state)
{
	struct buf spec;

	(void)state;
	define("{type: object, properties: {a: {type: integer}, b: {type: integer}}, "
	       "x-kubernetes-validations: [{rule: 'self.a == 1 || self.b == 1'}]}");
	expect_known("{a: 1}");
	expect_known("{a: 2, b: 1}");
	expect_general("{b: 1}");
	define("{type: object, properties: {a: {type: string}}, x-kubernetes-validations: "
	       "[{rule: \"self.a.split('/').size() == 2\"}]}");
	expect_general("{a: x/y}");
	define("{type: object, properties: {l: {type: array, items: {type: string}, "
	       "x-kubernetes-validations: [{rule: 'self.all(a, self.all(b, self.all(c, "
	       "true)))'}]}}}");
	expect_known("{l: [a, b, c]}");
	buf_init(&spec);
	for (unsigned i = 0; i < 120; i++)
		buf_format(&spec, "%s%u", i ? ", " : "{l: [", i);
	buf_text(&spec, "]}");
	buf_char(&spec, '\0');
	for (char *c = spec.at; *c; c++)
		*c = *c >= '0' && *c <= '9' ? (char)(*c - '0' + 'a') : *c;
	buf_clear(&got);
	expect(spec.at,
	       "4:8 spec.l: Invalid value: \"array\": 'operation cancelled: actual cost limit "
	       "exceeded': no further validation rules will be run due to call cost exceeds limit "
	       "for rule: self.all(a, self.all(b, self.all(c, true)))\n");
	buf_finish(&spec);
}

static void operators_and_functions(void **state)
{
	static const char *const rules[] = {
		"self.i + 2 * self.i - 1 == 8 && -self.i < 0 && self.i >= 3 && 2 <= self.i",
		"!(self.s == self.t) && self.s != \"x\" && (self.i > 2 ? self.s : self.t) == "
		"\"abc\"",
		"self.s in [\"q\", \"abc\"] && !(\"z\" in self.l) && \"b\" in self.l",
		"self.s.startsWith(\"ab\") && self.s.endsWith(\"bc\") && self.s.contains(\"b\") && "
		"!self.s.contains(\"cb\") && self.s.contains(\"\")",
		"self.s.matches(\"^[a-c]+$\") && self.s.substring(1) == \"bc\" && size(self.s) == "
		"3",
		"self.l.filter(x, x != \"b\").size() == 1 && self.l[1] == \"b\" && self.l.size() "
		"== 2",
		"duration(self.d) > duration(\"1s\") && duration(self.d) <= duration(\"2s\")",
		"self.m.all(k, k.startsWith(\"k\")) && self.m.exists(k, k == \"k2\") && "
		"size(self.m) == 2",
		"isIP(self.ip) && !isCIDR(self.ip) && self.b && self.b == true && has(self.b)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		define(str_format(
			       &arena,
			       "{type: object, properties: {i: {type: integer}, s: {type: string}, "
			       "t: {type: string}, l: {type: array, items: {type: string}}, d: "
			       "{type: string}, ip: {type: string}, b: {type: boolean}, m: {type: "
			       "object, additionalProperties: {type: string}}}, "
			       "x-kubernetes-validations: [{rule: '%s'}]}",
			       rules[i])
			       .at);
		expect_known("{i: 3, s: abc, t: x, l: [a, b], d: 1500ms, ip: '::1', b: true, m: "
			     "{k1: x, k2: z}}");
		define(str_format(
			       &arena,
			       "{type: object, properties: {i: {type: integer}, s: {type: string}, "
			       "t: {type: string}, l: {type: array, items: {type: string}}, d: "
			       "{type: string}, ip: {type: string}, b: {type: boolean}, m: {type: "
			       "object, additionalProperties: {type: string}}}, "
			       "x-kubernetes-validations: [{rule: '!(%s)', message: not}]}",
			       rules[i])
			       .at);
		expect("{i: 3, s: abc, t: x, l: [a, b], d: 1500ms, ip: '::1', b: true, m: {k1: x, "
		       "k2: z}}",
		       "4:1 spec: Invalid value: \"object\": not\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_values_are_known),
		cmocka_unit_test(odd_values_are_for_the_general_way),
		cmocka_unit_test(defaults_are_seen_by_rules),
		cmocka_unit_test(lists_without_duplicates),
		cmocka_unit_test(rules_about_pairs),
		cmocka_unit_test(rules_about_pairs_that_lack_the_field),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(operators_and_functions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
