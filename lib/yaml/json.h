/* json.h - JSON (RFC 8259, strictly) becomes trees.
 *
 * Every value is read twice: first it is checked to its end, which also finds out whether it is a
 * List; then it is built, items of Lists one by one. So a text that is almost JSON (KYAML, comments,
 * trailing commas) is refused before anything of it was handed out, and goes to the YAML reader.
 */
#ifndef YAML_JSON_H
#define YAML_JSON_H

#include "base/buf.h"
#include "yaml/input.h"
#include "yaml/tree.h"

enum json_result {
	JSON_END,     /* nothing but blanks is left */
	JSON_VALUE,   /* a value was handed out */
	JSON_REFUSED, /* no JSON: `problem` says why; the position is the value's start again */
	JSON_LIMIT, /* a limit was hit (also that of numbers): `problem` says which; the position is
	                 behind the value */
	JSON_FAILED, /* the input cannot be read: `error` says why */
};

struct json_place {
	uint64_t offset;
	uint32_t line, column; /* from 1 */
};

struct json {
	/* Set by json_init's caller. */
	struct tree *tree;
	struct error *error;
	size_t room; /* bytes of the window over an input; 0: the default */

	struct problem problem; /* place and message of JSON_REFUSED and JSON_LIMIT */

	/* Private. */
	const struct input *input;
	struct str text; /* when input is NULL */
	char *buffer;    /* window of the input; heap */
	uint64_t start;  /* offset of the window */
	const char *window, *at, *end;
	const char *mark; /* up to here line and column are counted */
	uint32_t line, column;
	bool failed;
	struct buf scratch;
	bool building;
};

/* Reads `text`, or `input` from byte `offset` when text.at is NULL. `line` is that of the first byte. */
void json_init(struct json *json, struct str text, const struct input *input, uint64_t offset,
	       uint32_t line);
void json_finish(struct json *json);

/* The text begins in this column (default 1). */
void json_set_column(struct json *json, uint32_t column);

/* The next value. The first *skip items are not handed out; *skip counts them down. */
enum json_result json_next(struct json *json, size_t *skip);

/* Behind the values before JSON_REFUSED. True when what follows may be YAML's: another value in braces or
 * brackets, "---" or "...", comments, nothing. Else `problem` says where the text is that nobody reads,
 * and the position is the next line that begins with '{' or such a marker, or the end. */
bool json_resume(struct json *json);

/* Where json_next will go on. */
struct json_place json_here(struct json *json);

#endif
