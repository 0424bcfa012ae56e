#include "gateway/precedence.h"

unsigned precedence_rank(const struct model_path *path)
{
	switch (path->kind) {
	case PATH_EXACT:
		return 3;
	case PATH_REGEX:
		return 2;
	case PATH_PREFIX:
		break;
	}
	return 1;
}

size_t precedence_length(struct arena *arena, const struct model_path *path,
			 enum regex_dialect dialect)
{
	const char *why = NULL;

	if (path->kind != PATH_REGEX)
		return path->value.len;
	return regex_path(arena, path->value, dialect, &why).len;
}

struct str path_literal_head(const struct model_path *path)
{
	size_t end = 0;

	if (path->kind != PATH_REGEX)
		return path->value;
	/* Only the first alternative is anchored. */
	if (regex_has_alternatives(path->value))
		return STR("");
	while (end < path->value.len && !strchr("\\^$.*+?()[]{}|", path->value.at[end]))
		end++;
	/* A quantifier makes the character before it optional. */
	if (end < path->value.len && end > 0 && strchr("*?{", path->value.at[end]))
		end--;
	return str_sub(path->value, 0, end);
}

bool paths_may_overlap(const struct model_path *a, const struct model_path *b)
{
	struct str left = path_literal_head(a), right = path_literal_head(b);
	size_t shared = left.len < right.len ? left.len : right.len;

	if (a->kind == PATH_EXACT && b->kind == PATH_EXACT)
		return str_eq_nocase(left, right);
	return str_eq_nocase(str_sub(left, 0, shared), str_sub(right, 0, shared));
}
