#include "converters/from_ingress_nginx/cursor.h"

bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool char_is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

bool char_is_alpha(char c)
{
	return char_is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool char_is_alnum(char c)
{
	return char_is_alpha(c) || char_is_digit(c);
}

bool char_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

bool char_is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

char cursor_peek(struct cursor *cursor)
{
	while (cursor->rest.len && cursor->rest.at[0] == ' ')
		cursor->rest = str_from_pos(cursor->rest, 1);
	return cursor->rest.len ? cursor->rest.at[0] : '\0';
}

char cursor_next(struct cursor *cursor)
{
	char c = cursor_peek(cursor);

	cursor->rest = str_from_pos(cursor->rest, 1);
	cursor->last = c;
	return c;
}

bool cursor_at_end(struct cursor *cursor)
{
	cursor_peek(cursor);
	return cursor->rest.len == 0;
}

bool cursor_take(struct cursor *cursor, const char *word)
{
	struct cursor ahead = *cursor;

	for (; *word; word++)
		if (cursor_next(&ahead) != *word)
			return false;
	*cursor = ahead;
	return true;
}

bool cursor_take_in(struct cursor *cursor, const char *set)
{
	char c = cursor_peek(cursor);

	if (!char_is_alnum(c) && !char_is_in(c, set))
		return false;
	cursor_next(cursor);
	return true;
}

bool cursor_take_digits(struct cursor *cursor)
{
	if (!char_is_digit(cursor_peek(cursor)))
		return false;
	while (char_is_digit(cursor_peek(cursor)))
		cursor_next(cursor);
	return true;
}
