/* snippet_rules.h - shared by the files that give snippet directives their meaning. */
#ifndef CONVERTERS_FROM_INGRESS_NGINX_SNIPPET_RULES_H
#define CONVERTERS_FROM_INGRESS_NGINX_SNIPPET_RULES_H

#include "converters/from_ingress_nginx/snippet.h"

struct snippet_run {
	struct arena *arena;
	const struct snippet_value *value;
	struct snippet_actions *actions;
	const struct snippet_directive *siblings; /* the list the directive stands in */
	size_t sibling_count;
	const struct snippet_directive *directive;
};

struct snippet_row {
	const char *name;
	void (*apply)(struct snippet_run *run, const struct snippet_row *row);
	const char *note; /* a phrase for the message: what it does, or why it is inert; or NULL */
	const char *annotation; /* that does the same, for the hint; or NULL */
	enum feature feature;
	bool guard; /* denies requests wherever it stands */
	bool diverts; /* may keep requests from the backend: it answers them, or changes where they go */
	bool own; /* the controller writes a line of its own into every location */
};

/* Sorted by name. */
extern const struct snippet_row snippet_rows[];
extern const size_t snippet_row_count;

const struct snippet_row *snippet_row(struct str name);

/* Appends an action for the run's directive: place and directive are filled in, and the code by the
 * kind unless it is set. `what` completes the sentence "'add_header X 1;' ..." */
struct snippet_action *snippet_act(struct snippet_run *run, struct snippet_action action,
				   struct str what);

/* Actions that carry nothing but their sentence; snippet_hold() adds the feature that guards. */
void snippet_hold(struct snippet_run *run, enum feature feature, const char *why);
void snippet_refuse(struct snippet_run *run, const char *why, const char *hint);
void snippet_inert(struct snippet_run *run, const char *why);

/* Names the annotation that does the same; empty when the row has none. */
struct str snippet_hint(struct snippet_run *run, const struct snippet_row *row);

/* Whether the directive, or any below it, may answer with an error status or ask for credentials. */
bool snippet_denies(const struct snippet_directive *directive);

/* Whether the directive, or any in an `if`, may keep requests from the backend without denying them
 * in so many words: by another answer, another path or another backend. Nobody knows what those
 * without a row do, so they may as well. */
bool snippet_diverts(const struct snippet_directive *directive);

/* Argument by number; empty when there are fewer. */
struct str snippet_arg(const struct snippet_directive *directive, size_t index);

/* snippet_headers.c */
void snippet_more_set(struct snippet_run *run, const struct snippet_row *row);
void snippet_more_clear(struct snippet_run *run, const struct snippet_row *row);
void snippet_more_set_input(struct snippet_run *run, const struct snippet_row *row);
void snippet_more_clear_input(struct snippet_run *run, const struct snippet_row *row);
void snippet_add_header(struct snippet_run *run, const struct snippet_row *row);
void snippet_hide_header(struct snippet_run *run, const struct snippet_row *row);
void snippet_proxy_set_header(struct snippet_run *run, const struct snippet_row *row);

/* proxy_hide_header and add_header of one name are a replacement: no name may be removed and added. */
void snippet_join_headers(struct snippet_actions *actions);

/* snippet_redirect.c */
void snippet_return(struct snippet_run *run, const struct snippet_row *row);
void snippet_rewrite(struct snippet_run *run, const struct snippet_row *row);

/* snippet_guard.c */
void snippet_if(struct snippet_run *run, const struct snippet_row *row);
void snippet_location(struct snippet_run *run, const struct snippet_row *row);
void snippet_allow(struct snippet_run *run, const struct snippet_row *row);
void snippet_deny(struct snippet_run *run, const struct snippet_row *row);
void snippet_guard(struct snippet_run *run, const struct snippet_row *row);
void snippet_satisfy(struct snippet_run *run, const struct snippet_row *row);

/* snippet_stream.c */
void snippet_stream(struct snippet_run *run);

#endif
