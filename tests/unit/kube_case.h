/* kube_case.h - one input text, read into a set, with its findings as text. */
#ifndef TESTS_KUBE_CASE_H
#define TESTS_KUBE_CASE_H

#include "base/buf.h"
#include "kube/load.h"
#include "test.h"

struct kube_case {
	struct arena arena;
	struct sources sources;
	struct findings findings;
	struct kube_set set;
	struct buf said;
};

static inline void case_init(struct kube_case *kase)
{
	*kase = (struct kube_case){0};
	arena_init(&kase->arena);
	findings_init(&kase->findings, &kase->arena);
	buf_init(&kase->said);
}

static inline void case_add(struct kube_case *kase, const char *name, struct str text)
{
	sources_add(&kase->sources, (struct source){.name = str_from(name), .text = text});
}

/* One line a finding: "I2G105 3:9 spec.rules: message [hint]", in case->said. */
static inline void case_print(struct kube_case *kase)
{
	buf_clear(&kase->said);
	for (size_t i = 0; i < kase->findings.count; i++) {
		const struct finding *finding = &kase->findings.at[i];

		buf_format(&kase->said, "%s %u:%u %.*s: %.*s", finding->code, finding->span.line,
			   finding->span.column, STR_ARG(finding->path), STR_ARG(finding->message));
		if (finding->hint.len)
			buf_format(&kase->said, " [%.*s]", STR_ARG(finding->hint));
		buf_char(&kase->said, '\n');
	}
}

static inline void case_load(struct kube_case *kase, struct kube_load_options options)
{
	struct error error = {""};

	assert_true(kube_load(&kase->set, &kase->arena, &kase->sources, &options, &kase->findings,
			      &error));
	case_print(kase);
}

/* Reads one text with default options. */
static inline void case_text(struct kube_case *kase, const char *text)
{
	case_init(kase);
	case_add(kase, "in.yaml", str_from(text));
	case_load(kase, (struct kube_load_options){0});
}

static inline void case_finish(struct kube_case *kase)
{
	kube_set_finish(&kase->set);
	sources_finish(&kase->sources);
	buf_finish(&kase->said);
	arena_finish(&kase->arena);
}

#define assert_said(kase, text) assert_str(buf_slice(&(kase)->said), text)

#define assert_span(place, at_line, at_column, of_length)                                          \
	do {                                                                                       \
		assert_int_equal((place).line, (at_line));                                         \
		assert_int_equal((place).column, (at_column));                                     \
		assert_int_equal((place).length, (of_length));                                     \
	} while (0)

#define assert_text(got, text_, line_, column_)                                                    \
	do {                                                                                       \
		assert_str((got).text, (text_));                                                   \
		assert_int_equal((got).span.line, (line_));                                        \
		assert_int_equal((got).span.column, (column_));                                    \
	} while (0)

#endif
