#include "converters/from_ingress_nginx/snippet.h"

/* Whether `path` is `prefix` or stands below it, by path element. */
static bool is_below(struct str path, struct str prefix)
{
	if (str_is(prefix, "/"))
		return true;
	if (path.len < prefix.len || !str_eq(str_sub(path, 0, prefix.len), prefix))
		return false;
	return path.len == prefix.len || path.at[prefix.len] == '/';
}

/* `prefix` of `path` replaced: /old/sub with /old -> /new gives /new/sub. */
static struct str replace_prefix(struct arena *arena, struct str path, struct str prefix,
				 struct str replacement)
{
	struct str suffix = str_is(prefix, "/") ? path : str_from_pos(path, prefix.len);

	if (str_is(suffix, "/") || suffix.len == 0)
		return replacement;
	if (str_is(replacement, "/"))
		return suffix;
	return str_format(arena, "%.*s%.*s", STR_ARG(replacement), STR_ARG(suffix));
}

static struct snippet_narrowed narrow_to_rule(struct arena *arena, struct snippet_narrowed action,
					      struct model_path rule)
{
	struct snippet_narrowed narrowed = action;

	narrowed.cover = SNIPPET_COVERS_ALL;
	narrowed.match = rule;
	if (action.edit != PATH_REPLACE_PREFIX)
		return narrowed;
	narrowed.path = replace_prefix(arena, rule.value, action.match.value, action.path);
	if (rule.kind == PATH_EXACT)
		narrowed.edit = PATH_REPLACE_FULL;
	return narrowed;
}

struct snippet_narrowed snippet_narrow(struct arena *arena, const struct snippet_action *action,
				       struct model_path rule)
{
	bool redirects = action->kind == SNIPPET_REDIRECT;
	struct snippet_narrowed narrowed = {
		.match = action->match,
		.edit = redirects ? action->redirect.edit : action->rewrite.edit,
		.path = redirects ? action->redirect.path : action->rewrite.path,
	};
	struct model_path match = action->match;

	if (match.value.len == 0)
		return narrow_to_rule(arena, narrowed, rule);
	if (rule.kind == PATH_REGEX) {
		narrowed.cover = SNIPPET_COVERS_UNKNOWN;
		return narrowed;
	}
	if (match.kind == PATH_PREFIX && is_below(rule.value, match.value))
		return narrow_to_rule(arena, narrowed, rule);
	if (match.kind == PATH_EXACT && rule.kind == PATH_EXACT && str_eq(match.value, rule.value))
		return narrow_to_rule(arena, narrowed, rule);
	if (rule.kind == PATH_PREFIX && is_below(match.value, rule.value))
		narrowed.cover = SNIPPET_COVERS_SOME;
	return narrowed;
}
