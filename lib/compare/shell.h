/* shell.h - the words of commands as a POSIX shell or bash would give them to a program, as far as a text alone
 * can say: quotes, escapes, "$'...'", continued lines, comments. What only a running shell knows (variables,
 * substitutions, globs) marks the word. Private to lib/compare. */
#ifndef COMPARE_SHELL_H
#define COMPARE_SHELL_H

#include "base/arena.h"
#include "base/str.h"

enum shell_kind {
	SHELL_END,
	SHELL_WORD,
	SHELL_BREAK,    /* the command ends: a line end, ";", "&", "&&", "||" */
	SHELL_PIPE,     /* the same, and the next one reads what it writes */
	SHELL_REDIRECT, /* ">", "<", ...: the next word is a file */
	SHELL_OPEN,     /* a quote has no end; reading goes on behind its line */
};

struct shell {
	const char *at, *end;
	uint32_t line; /* from 1, of what comes next */
};

struct shell_word {
	struct str text; /* a slice, or in the arena */
	uint32_t line;   /* where it begins */
	bool unknown;    /* there is something in it that only a shell can fill in */
};

/* Reads from the beginning of the text, which must outlive the words. */
void shell_init(struct shell *shell, struct str text);

/* The next token; `word` is filled in for SHELL_WORD. */
enum shell_kind shell_next(struct shell *shell, struct arena *arena, struct shell_word *word);

#endif
