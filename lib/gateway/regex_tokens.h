/* regex_tokens.h - the state of a translation, shared by the readers of the kinds of tokens.
 *
 *   regex_translate.c  the loop, literals, quantifiers
 *   regex_escape.c     what follows a backslash
 *   regex_class.c      [...]
 *   regex_group.c      (...)
 */
#ifndef GATEWAY_REGEX_TOKENS_H
#define GATEWAY_REGEX_TOKENS_H

#include "base/arena.h"
#include "base/buf.h"
#include "gateway/regex_translate.h"

/* PCRE2 allows 250 nested parentheses. */
enum { REGEX_DEPTH_MOST = 250, REGEX_NO_ATOM = -1 };

struct group {
	long start;   /* where it begins in the output */
	long repeats; /* largest product of nested bounded repeats inside so far */
	bool captures;
};

struct translator {
	struct str in;
	size_t at;
	struct buf out;
	enum regex_dialect dialect;
	bool path;

	long atom;         /* where the atom before begins in the output, or REGEX_NO_ATOM */
	long atom_repeats; /* product of bounded repeats inside that atom */
	bool needs_group;  /* a quantifier would not take all of that atom */
	bool atom_captures;

	struct group groups[REGEX_DEPTH_MOST + 1]; /* [0] is the whole pattern */
	unsigned depth;
	bool alternation, references;
	size_t slash;

	struct arena *arena;
	const char *why;
};

/* RE2, Go and Rust match in linear time: no backtracking, no references. */
static inline bool is_linear(const struct translator *t)
{
	return t->dialect != REGEX_PCRE_START;
}

/* Bytes that follow, '\0' past the end. A NUL inside the pattern reads the same and is a literal. */
static inline char peek(const struct translator *t, size_t ahead)
{
	return t->at + ahead < t->in.len ? t->in.at[t->at + ahead] : '\0';
}

static inline bool looking_at(const struct translator *t, const char *text)
{
	return str_starts(str_from_pos(t->in, t->at), text);
}

static inline bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Name of the engine for messages. */
const char *regex_engine(const struct translator *t);

/* Ends the translation with a phrase; the first one counts. "uses WHAT, which ENGINE does not have" /
 * for what PCRE itself refuses. */
void regex_refuse(struct translator *t, const char *reason);
void regex_lacks(struct translator *t, const char *what);
void regex_invalid(struct translator *t);

/* What is written next is one atom: a quantifier may follow / nothing that a quantifier may follow. */
void regex_begin_atom(struct translator *t);
void regex_no_atom(struct translator *t);

/* A byte that stands for itself; `escaped` says that the pattern had a backslash before it. */
void regex_literal(struct translator *t, char c, bool escaped);

/* A character by its code. */
void regex_put_code(struct translator *t, unsigned code);

/* Whether nginx's configuration gives the byte a meaning of its own (NGF writes the value bare) /
 * whether it is special in every engine. */
bool regex_breaks_nginx(char c);
bool regex_is_meta(char c);

/* Readers; `at` stands behind the "\\", "[", "(" or ")". */
void regex_read_escape(struct translator *t);
void regex_read_class(struct translator *t);
void regex_open_group(struct translator *t);
void regex_close_group(struct translator *t);

/* Escapes for one character, the same inside and outside of classes. `e` is the letter, already
 * read. False when it is none of them. */
bool regex_read_code(struct translator *t, char e, unsigned *code);

/* Up to `most` octal digits. */
unsigned regex_read_octal(struct translator *t, unsigned most);

/* \p{Greek}, \pL; `at` stands behind the p. */
void regex_property(struct translator *t, char letter);

/* Escapes for sets that other engines lack. */
struct class_escape {
	char letter;
	const char *outside; /* what engines without this escape understand */
	const char *inside;  /* the same in a class; NULL when a class cannot hold it */
};

/* NULL when it is none of them. */
const struct class_escape *regex_class_escape(char letter);

#endif
