#include "kube/select.h"

#include "base/arena.h"

static bool is_made_of(struct str text, const char *others)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    (!c || !strchr(others, c)))
			return false;
	}
	return true;
}

static bool is_key(struct str key)
{
	return key.len && is_made_of(key, "-_./");
}

/* Up to the next comma outside of parentheses; advances *rest behind it. */
static struct str next_requirement(struct str *rest, bool *more)
{
	bool inside = false;
	size_t end = 0;

	for (; end < rest->len && (inside || rest->at[end] != ','); end++) {
		if (rest->at[end] == '(')
			inside = true;
		if (rest->at[end] == ')')
			inside = false;
	}

	struct str part = str_trim(str_sub(*rest, 0, end));

	*more = end < rest->len;
	*rest = str_from_pos(*rest, end + 1);
	return part;
}

static bool add_value(struct arena *arena, struct kube_requirement *requirement, struct str value)
{
	value = str_trim(value);
	if (!is_made_of(value, "-_."))
		return false;
	ARENA_PUSH(arena, requirement->values, requirement->value_count, value);
	return true;
}

/* "key in (a, b)", "key notin (a, b)"; `open` is the place of the parenthesis. */
static bool parse_set(struct arena *arena, struct str text, size_t open,
		      struct kube_requirement *requirement)
{
	struct str head = str_trim(str_sub(text, 0, open)), part;
	struct str list = str_from_pos(text, open + 1);
	bool more = true;

	if (!str_ends(list, ")"))
		return false;
	list.len--;
	requirement->op = str_ends(head, " notin") ? KUBE_SELECT_NOT_IN : KUBE_SELECT_IN;
	if (!str_ends(head, " notin") && !str_ends(head, " in"))
		return false;
	head.len -= requirement->op == KUBE_SELECT_IN ? 3 : 6;
	requirement->key = str_trim(head);
	while (str_split(&list, ',', &more, &part))
		if (!add_value(arena, requirement, part))
			return false;
	return is_key(requirement->key);
}

/* "key=value", "key==value", "key!=value"; `equals` is the place of the first "=". */
static bool parse_equality(struct arena *arena, struct str text, size_t equals,
			   struct kube_requirement *requirement)
{
	bool not_equal = equals > 0 && text.at[equals - 1] == '!';
	struct str value = str_from_pos(text, equals + 1);

	if (!not_equal && str_starts(value, "="))
		value = str_from_pos(value, 1);
	requirement->op = not_equal ? KUBE_SELECT_NOT_IN : KUBE_SELECT_IN;
	requirement->key = str_trim(str_sub(text, 0, equals - not_equal));
	return is_key(requirement->key) && add_value(arena, requirement, value);
}

static bool parse_one(struct arena *arena, struct str text, struct kube_requirement *requirement)
{
	size_t open = str_find(text, '('), equals = str_find(text, '=');

	if (open < text.len)
		return parse_set(arena, text, open, requirement);
	if (equals < text.len)
		return parse_equality(arena, text, equals, requirement);
	requirement->op = str_starts(text, "!") ? KUBE_SELECT_ABSENT : KUBE_SELECT_EXISTS;
	requirement->key = str_trim(str_from_pos(text, requirement->op == KUBE_SELECT_ABSENT));
	return is_key(requirement->key);
}

bool kube_selector_parse(struct kube_selector *selector, struct arena *arena, struct str text,
			 struct error *error)
{
	bool more = str_trim(text).len > 0;

	*selector = (struct kube_selector){0};
	while (more) {
		struct kube_requirement requirement = {0};
		struct str part = next_requirement(&text, &more);

		if (!parse_one(arena, part, &requirement))
			return error_set(error,
					 "\"%.*s\" is no label selector: write key=value, "
					 "key!=value, key in (a, b), key notin (a, b), key or !key",
					 STR_ARG(str_sub(part, 0, 120)));
		ARENA_PUSH(arena, selector->at, selector->count, requirement);
	}
	return true;
}

static bool holds(const struct kube_requirement *requirement, const struct kube_pairs *labels)
{
	const struct kube_pair *label = kube_pair_find(labels, requirement->key);
	bool listed = false;

	for (size_t i = 0; label && i < requirement->value_count; i++)
		listed |= str_eq(requirement->values[i], label->value);
	switch (requirement->op) {
	case KUBE_SELECT_EXISTS:
		return label;
	case KUBE_SELECT_ABSENT:
		return !label;
	case KUBE_SELECT_IN:
		return listed;
	case KUBE_SELECT_NOT_IN:
		return !listed;
	}
	return false;
}

bool kube_selector_matches(const struct kube_selector *selector, const struct kube_pairs *labels)
{
	for (size_t i = 0; i < selector->count; i++)
		if (!holds(&selector->at[i], labels))
			return false;
	return true;
}
