#define _GNU_SOURCE /* get_current_dir_name */

#include "cli/paths.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

/* Takes the last part off. */
static void drop_part(struct buf *buf)
{
	while (buf->len > 1 && buf->at[buf->len - 1] != '/')
		buf->len--;
	if (buf->len > 1)
		buf->len--;
}

static void add_parts(struct buf *buf, struct str path)
{
	struct str part;
	bool more = true;

	while (str_split(&path, '/', &more, &part)) {
		if (!part.len || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			drop_part(buf);
			continue;
		}
		if (buf->len > 1)
			buf_char(buf, '/');
		buf_str(buf, part);
	}
}

struct str path_absolute(struct arena *arena, struct str path)
{
	struct buf buf;
	struct str absolute;

	buf_init(&buf);
	buf_char(&buf, '/');
	if (!str_starts(path, "/")) {
		char *current = get_current_dir_name();

		add_parts(&buf, str_from(current));
		free(current);
	}
	add_parts(&buf, path);
	absolute = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return absolute;
}

struct str path_directory(struct arena *arena, struct str path)
{
	struct str absolute = path_absolute(arena, path);

	while (absolute.len > 1 && absolute.at[absolute.len - 1] != '/')
		absolute.len--;
	return str_dup(arena, str_sub(absolute, 0, absolute.len > 1 ? absolute.len - 1 : 1));
}

/* Length of what both have in common, ending where a part of both ends. */
static size_t common(struct str base, struct str path)
{
	size_t end = 0;

	for (size_t i = 0; i <= base.len && i <= path.len; i++) {
		bool base_ends = i == base.len || base.at[i] == '/';
		bool path_ends = i == path.len || path.at[i] == '/';

		if (base_ends && path_ends)
			end = i;
		if (i == base.len || i == path.len || base.at[i] != path.at[i])
			break;
	}
	return end;
}

struct str path_from(struct arena *arena, struct str base, struct str path)
{
	struct str absolute, left;
	struct buf buf;
	size_t end;

	if (str_is(path, "-"))
		return path;
	absolute = path_absolute(arena, path);
	end = common(base, absolute);
	left = str_from_pos(base, end);
	buf_init(&buf);
	for (size_t i = 0; i < left.len; i++)
		if (left.at[i] == '/' && i + 1 < left.len)
			buf_text(&buf, "../");
	buf_str(&buf, str_from_pos(absolute, end + 1));
	absolute = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return absolute;
}
