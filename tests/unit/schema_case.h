/* schema_case.h - a schema and an object as text; what is wrong is compared as text. Every object goes both
 * ways: the short one must not say "clean" when the general one has something to say.
 */
#ifndef TESTS_SCHEMA_CASE_H
#define TESTS_SCHEMA_CASE_H

#include "test.h"

#include <stdio.h>

#include "base/buf.h"
#include "schema/quick.h"
#include "yaml/stream.h"

static struct arena arena;
static struct schema_set set;

/* One line a violation: "line:column path: message". */
static struct buf got;
static struct schema_result last;

/* Whether the short way knew that nothing is wrong. */
static bool known;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	schema_set_init(&set, &arena);
	buf_init(&got);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_finish(&got);
	schema_set_finish(&set);
	arena_finish(&arena);
	return 0;
}

/* ---- reading ---- */

static struct findings *findings_of(void *batch)
{
	return batch;
}

static void read_text(const char *text, void (*take)(void *batch, const struct yaml_item *item))
{
	struct findings findings;
	const struct yaml_sink sink = {
		.user = &findings, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct sources sources = {0};
	struct error error;

	findings_init(&findings, &arena);
	sources_add(&sources, (struct source){.name = STR("x"), .text = str_from(text)});
	if (!yaml_read(&sources, 0, NULL, 1, &sink, &error))
		fail_msg("%s", error.text);
	if (findings.count)
		fail_msg("%.*s", STR_ARG(findings.at[0].message));
	sources_finish(&sources);
}

static void take_crd(void *batch, const struct yaml_item *item)
{
	struct error error;

	(void)batch;
	if (!schema_set_add_crd(&set, item->root, &error))
		fail_msg("%s", error.text);
}

/* A kind Test of group g whose spec has this schema. */
static void define(const char *spec)
{
	struct str crd = str_format(
		&arena,
		"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
		"spec:\n  group: g\n  scope: Namespaced\n  names: {kind: Test}\n  versions:\n"
		"  - name: v1\n    served: true\n    subresources: {status: {}}\n    schema:\n"
		"      openAPIV3Schema:\n        type: object\n        properties:\n"
		"          apiVersion: {type: string}\n          kind: {type: string}\n"
		"          metadata: {type: object}\n"
		"          status: {type: object, required: [x]}\n"
		"          spec: %s\n",
		spec);

	read_text(crd.at, take_crd);
}

static void take_object(void *batch, const struct yaml_item *item)
{
	const struct schema_kind *kind;
	struct arena scratch;

	(void)batch;
	assert_int_equal(schema_find(&set, node_text(item->root, "apiVersion"),
				     node_text(item->root, "kind"), &kind),
			 SCHEMA_KNOWN);
	arena_init(&scratch);
	last = (struct schema_result){.arena = &arena};
	set.general_only = true;
	schema_check(&set, kind, item->root, &scratch, &last);
	known = quick_is_clean(&set, kind, item->root, &scratch);
	if (known && (last.count || last.rules_skipped))
		fail_msg("the short way says clean");
	for (size_t i = 0; i < last.count; i++)
		buf_format(&got, "%u:%u %.*s: %.*s\n", last.violations[i].span.line,
			   last.violations[i].span.column, STR_ARG(last.violations[i].path),
			   STR_ARG(last.violations[i].message));
	arena_finish(&scratch);
}

static void expect_text(const char *object, const char *want)
{
	buf_clear(&got);
	read_text(object, take_object);
	buf_char(&got, '\0');
	assert_string_equal(got.at, want);
}

/* `spec` stands behind "spec: " in line 4. */
static void expect(const char *spec, const char *want)
{
	expect_text(str_format(&arena,
			       "apiVersion: g/v1\nkind: Test\nmetadata: {name: t}\nspec: %s\n",
			       spec)
			    .at,
		    want);
}

#endif
