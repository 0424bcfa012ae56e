#include "compare/log_line.h"

size_t log_quoted_end(struct str text)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '"')
			return i + 1;
	}
	return 0;
}

/* A user name may hold anything but the end of a line: what is looked for is '] "' with a '[' before. */
bool log_line_split(struct str line, struct log_line *parts)
{
	size_t close = str_find_str(line, "] \""), open;
	struct str quoted;
	size_t end;

	if (close == SIZE_MAX)
		return false;
	for (open = close; open && line.at[open] != '['; open--)
		;
	if (line.at[open] != '[')
		return false;
	quoted = str_from_pos(line, close + 2);
	end = log_quoted_end(quoted);
	if (!end)
		return false;
	parts->before = str_trim(str_sub(line, 0, open));
	parts->request = str_sub(quoted, 1, end - 2);
	parts->rest = str_trim(str_from_pos(quoted, end));
	return true;
}
