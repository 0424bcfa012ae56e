/* gateway_case.h - one input text, read into a set of Gateway API objects, attached. */
#ifndef TESTS_GATEWAY_CASE_H
#define TESTS_GATEWAY_CASE_H

#include "gateway/status.h"
#include "kube_case.h"

#define HEAD(kind) "apiVersion: gateway.networking.k8s.io/v1\nkind: " kind "\n"

struct gateway_case {
	struct kube_case kube;
	struct gateway_set set;
	struct attach attach;
};

static inline void gateway_load_text(struct gateway_case *kase, const char *text,
				     const struct kube_load_options *options)
{
	struct error error = {""};

	case_init(&kase->kube);
	case_add(&kase->kube, "in.yaml", str_from(text));
	assert_true(gateway_load(&kase->set, &kase->kube.set, &kase->kube.arena,
				 &kase->kube.sources, options, &kase->kube.findings, &error));
	case_print(&kase->kube);
}

static inline void gateway_text(struct gateway_case *kase, const char *text)
{
	gateway_load_text(kase, text, &(struct kube_load_options){0});
}

/* Reads a text that nothing is wrong with, and attaches it. */
static inline void gateway_attach(struct gateway_case *kase, const char *text,
				  struct attach_options options)
{
	gateway_text(kase, text);
	assert_said(&kase->kube, "");
	attach_run(&kase->attach, &kase->kube.arena, &kase->set, &options);
}

static inline void gateway_print_line(void *user, const struct status_line *line)
{
	buf_format(user, "%.*s %.*s|%.*s|%s %s %s|%.*s|%.*s\n", STR_ARG(line->kind),
		   STR_ARG(line->object), STR_ARG(line->part), line->accepted, line->resolved,
		   line->programmed, STR_ARG(line->count), STR_ARG(line->why));
}

/* The status of all objects, one line each, in kase->kube.said. */
static inline void gateway_print_status(struct gateway_case *kase)
{
	buf_clear(&kase->kube.said);
	status_lines(&kase->attach, gateway_print_line, &kase->kube.said);
}

static inline void gateway_finish(struct gateway_case *kase)
{
	case_finish(&kase->kube);
}

#endif
