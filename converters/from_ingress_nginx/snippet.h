/* snippet.h - raw nginx configuration in annotations: what of it can be said in Gateway API.
 *
 * configuration-snippet, server-snippet, stream-snippet, auth-snippet and the ConfigMap's snippets
 * are parsed as nginx parses its configuration, and each directive becomes one or more actions. No
 * directive is left out: what has no equivalent becomes an action of kind SNIPPET_REFUSED that
 * quotes it. Such an action is a guard when the directive may keep requests from the backend.
 *
 * The parser refuses nothing that nginx takes, except by its bounds (64 KiB, 16 levels, 1,000
 * directives). A snippet that cannot be parsed is a guard: nobody knows what it would have denied.
 */
#ifndef CONVERTERS_FROM_INGRESS_NGINX_SNIPPET_H
#define CONVERTERS_FROM_INGRESS_NGINX_SNIPPET_H

#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"
#include "model/model.h"

/* ---- the parser ---- */

#define SNIPPET_BYTES 65536
#define SNIPPET_DEPTH 16
#define SNIPPET_DIRECTIVES 1000

struct snippet_directive {
	struct str name;
	struct str *args; /* quotes and escapes taken away */
	size_t arg_count;
	struct snippet_directive *children; /* of a block */
	size_t child_count;
	bool block;            /* ended by { } and not by ; */
	struct str lua;        /* text of a *_by_lua_block, braces excluded */
	struct str raw;        /* as written, from the name to the ; or } */
	size_t offset;         /* of the name in the snippet, bytes */
	uint32_t line, column; /* of the name in the snippet, from 0, code points */
};

struct snippet {
	struct snippet_directive *at;
	size_t count;
};

/* Why a snippet could not be parsed. `text` is static: "a { is never closed". */
struct snippet_fault {
	const char *text;
	size_t offset;
	uint32_t line, column; /* from 0 */
};

/* False with *fault set. Slices point into `text` where nothing had to be unescaped, else into the
 * arena. */
bool snippet_parse(struct snippet *snippet, struct arena *arena, struct str text,
		   struct snippet_fault *fault);

/* ---- the meaning ---- */

/* Where the controller puts the text. */
enum snippet_place {
	SNIPPET_LOCATION, /* configuration-snippet, ConfigMap location-snippet */
	SNIPPET_SERVER,   /* server-snippet, of the Ingress and of the ConfigMap */
	SNIPPET_AUTH,     /* auth-snippet: the location of the authentication request */
	SNIPPET_HTTP,     /* ConfigMap http-snippet */
	SNIPPET_MAIN,     /* ConfigMap main-snippet */
	SNIPPET_STREAM,   /* stream-snippet */
};

enum snippet_kind {
	SNIPPET_REFUSED,      /* no equivalent; when `guard` is set the rules must be held back */
	SNIPPET_INERT,        /* has no effect that a request could tell from what gateways do */
	SNIPPET_RESPONSE_SET, /* `name`, `value` */
	SNIPPET_RESPONSE_ADD,
	SNIPPET_RESPONSE_REMOVE, /* `name` */
	SNIPPET_REQUEST_SET,
	SNIPPET_REQUEST_REMOVE,
	SNIPPET_REDIRECT, /* `redirect`, on the paths of `match` */
	SNIPPET_REWRITE,  /* `rewrite`, on the paths of `match` */
	SNIPPET_DENY,     /* every request is answered with `status` */
	SNIPPET_FEATURE,  /* `feature` with `value`: the emitter knows a place for it or not */
	SNIPPET_L4,       /* `l4`: kind, port, backend.namespace, backend.name, backend.port */
};

struct snippet_action {
	enum snippet_kind kind;
	const char *code; /* I2G248 converted, I2G307 guard, I2G243 no equivalent; NULL: inert */
	bool guard;       /* it protects access: without it the rule may not be written */
	bool approximate; /* converted, and `message` states the difference */
	enum feature feature;
	struct str name, value;
	struct model_path match; /* REDIRECT, REWRITE: only these paths; value empty: wherever the
	                            snippet applies */
	struct model_redirect redirect;
	struct model_rewrite rewrite;
	unsigned status;
	struct model_l4 l4;
	struct str message; /* a sentence for a finding; quotes the directive */
	struct str hint;    /* may be empty */
	struct span span;   /* of the directive's first line */
	bool in_block;      /* the span's column is that of struct finding's `in_block` */
	const struct snippet_directive *directive; /* NULL for a snippet that cannot be parsed */
};

struct snippet_actions {
	struct snippet_action *at;
	size_t count;
};

/* The value of an annotation or option, and where it stands. */
struct snippet_value {
	struct str text;
	enum snippet_place place;
	struct span first; /* of the value as the reader gives it */
	bool literal; /* a "|" block: line n of the text (from 0) is line first.line + 1 + n of the
	                      file. Else all actions get `first` */
	uint32_t
		indent; /* blanks in front of the lines of the block; 0: not known, then actions are
	                    `in_block` */
};

/* Takes the directives of a parsed snippet apart into actions, in their order. */
struct snippet_actions snippet_classify(struct arena *arena, const struct snippet *snippet,
					const struct snippet_value *value);

/* Parses and classifies. A text that cannot be parsed gives one action: refused, a guard, with the
 * reason. */
struct snippet_actions snippet_read(struct arena *arena, const struct snippet_value *value);

/* ---- a redirect or rewrite within a rule ---- */

enum snippet_cover {
	SNIPPET_COVERS_NONE,    /* no request of the rule is concerned */
	SNIPPET_COVERS_ALL,     /* all are: the rule itself gets the edit */
	SNIPPET_COVERS_SOME,    /* a rule with `match` goes in front of it */
	SNIPPET_COVERS_UNKNOWN, /* the rule's path is a regex: cannot be said */
};

struct snippet_narrowed {
	enum snippet_cover cover;
	struct model_path match;
	enum path_edit edit;
	struct str path;
};

/* What an action of kind SNIPPET_REDIRECT or SNIPPET_REWRITE does to the requests of a rule with that
 * path: /old -> /new in a rule for /old/sub replaces the prefix /old/sub by /new/sub. */
struct snippet_narrowed snippet_narrow(struct arena *arena, const struct snippet_action *action,
				       struct model_path rule);

#endif
