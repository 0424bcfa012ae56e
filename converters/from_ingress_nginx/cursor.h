/* cursor.h - reads an annotation value character by character, passing over its blanks.
 *
 * The controller takes the spaces out of most values before it compares them; this reads a value as
 * if they were not there. Line feeds and tabs are characters like others.
 */
#ifndef FROM_INGRESS_NGINX_CURSOR_H
#define FROM_INGRESS_NGINX_CURSOR_H

#include "base/str.h"

struct cursor {
	struct str rest;
	char last; /* what was read before; '\0' at the start */
};

/* The next character, '\0' at the end. A NUL byte in the value reads as '\0' too, but it is not the
 * end: cursor_at_end() tells them apart. */
char cursor_peek(struct cursor *cursor);
char cursor_next(struct cursor *cursor);
bool cursor_at_end(struct cursor *cursor);

/* Each reads over what it names if that comes next, and says whether it did. */
bool cursor_take(struct cursor *cursor, const char *word);
bool cursor_take_in(struct cursor *cursor, const char *set); /* a letter, a digit or one of `set` */
bool cursor_take_digits(struct cursor *cursor);              /* at least one digit */

/* ASCII classes. */
bool char_is_digit(char c);
bool char_is_lower(char c);
bool char_is_alpha(char c);
bool char_is_alnum(char c);
bool char_is_space(char c); /* Go's \s */
bool char_is_in(char c, const char *set);

#endif
