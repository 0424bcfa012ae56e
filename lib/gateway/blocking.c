#include "gateway/blocking.h"

#include "gateway/limits.h"
#include "gateway/planner.h"
#include "gateway/precedence.h"

static struct model_path widen_literal(struct model_path path)
{
	struct str value = path.value;

	if (value.len <= GATEWAY_PATH / 3) /* an escape is three characters */
		return path;
	value.len = GATEWAY_PATH / 3;
	while (value.len > 1 && value.at[value.len - 1] != '/')
		value.len--;
	if (value.len > 1)
		value.len--;
	return (struct model_path){PATH_PREFIX, value};
}

static struct model_path widen_regex(struct arena *arena, struct model_path path,
				     enum regex_dialect dialect)
{
	struct str head = str_sub(path_literal_head(&path), 0, GATEWAY_PATH / 3);
	const char *why;

	path.value = regex_escape(arena, head);
	path_value(arena, &path, dialect, &why);
	if (why || !str_starts(head, "/"))
		return (struct model_path){PATH_PREFIX, STR("/")};
	return path;
}

struct model_path blocking_path(struct arena *arena, const struct model_rule *rule,
				enum regex_dialect dialect)
{
	struct model_path path = rule->source_path ? *rule->source_path : rule->match.path;
	const char *why;

	path_value(arena, &path, dialect, &why);
	if (!why)
		return path;
	return path.kind == PATH_REGEX ? widen_regex(arena, path, dialect) : widen_literal(path);
}
