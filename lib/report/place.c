/* Where a source stands in its repository: CI systems want paths from the repository's root. */
#include "report/report.h"

/* Takes the last part off a path whose parts end in "/". What is above "/" is "/"; false when a
 * relative path has none left. */
static bool drop_part(struct buf *path)
{
	if (path->len == 1 && path->at[0] == '/')
		return true;
	if (!path->len)
		return false;
	path->len--;
	while (path->len && path->at[path->len - 1] != '/')
		path->len--;
	return true;
}

static bool add_parts(struct buf *path, struct str name)
{
	struct str part;
	bool more = true;

	while (str_split(&name, '/', &more, &part)) {
		if (!part.len || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (!drop_part(path))
				return false;
			continue;
		}
		buf_str(path, part);
		buf_char(path, '/');
	}
	return true;
}

/* Without the root in front; the whole path when it is outside of the repository. */
static struct str below(struct str path, struct str root)
{
	bool inside = root.len && path.len > root.len && path.at[root.len] == '/' &&
		      str_eq(str_sub(path, 0, root.len), root);

	return inside ? str_from_pos(path, root.len + 1) : path;
}

struct str report_path(const struct report *report, uint32_t source, struct arena *arena)
{
	struct str name = source_name(report->sources, source), found = name;
	bool absolute = str_starts(name, "/");
	struct buf path;

	if (str_is(name, "-"))
		return STR("stdin");
	buf_init(&path);
	if (absolute || report->root.len)
		buf_char(&path, '/');
	if (!absolute && report->root.len)
		add_parts(&path, report->directory);
	if (add_parts(&path, name) && path.len > 1) {
		path.len--; /* the "/" behind the last part */
		found = below(buf_slice(&path), report->root);
	}
	found = str_dup(arena, found);
	buf_finish(&path);
	return found;
}

static bool same_object(const struct object_ref *a, const struct object_ref *b)
{
	return str_eq(a->name, b->name) && str_eq(a->namespace, b->namespace) &&
	       str_eq(a->kind, b->kind);
}

struct span report_place(const struct report *report, const struct finding *finding)
{
	if (finding->span.line || !finding->object.name.len)
		return finding->span;
	for (size_t i = 0; i < report->object_count; i++)
		if (same_object(&report->objects[i].ref, &finding->object))
			return report->objects[i].span;
	return finding->span;
}
