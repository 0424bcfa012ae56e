#include "model/ledger.h"

#include "base/bug.h"

static const char *const kind_names[ITEM_KINDS] = {
	[ITEM_CLASS] = "class",
	[ITEM_HOST] = "host",
	[ITEM_PATH] = "path",
	[ITEM_BACKEND] = "backend",
	[ITEM_DEFAULT_BACKEND] = "default backend",
	[ITEM_TLS] = "tls",
	[ITEM_ANNOTATION] = "annotation",
	[ITEM_OPTION] = "option",
};

static const char *const outcome_names[OUTCOME_KINDS] = {
	[OUTCOME_OPEN] = "open",     [OUTCOME_INERT] = "inert",
	[OUTCOME_EXACT] = "exact",   [OUTCOME_APPROXIMATE] = "approximate",
	[OUTCOME_POLICY] = "policy", [OUTCOME_REFUSED] = "refused",
};

const char *item_kind_name(enum item_kind kind)
{
	return kind_names[kind];
}

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

void ledger_init(struct ledger *ledger, struct arena *arena)
{
	*ledger = (struct ledger){.arena = arena};
	map_init(&ledger->annotations, arena);
}

/* "/" cannot stand in a namespace or name, so the three parts cannot run into each other. */
static struct str annotation_key(struct arena *arena, const struct kube_meta *owner,
				 struct str name)
{
	return str_format(arena, "%.*s/%.*s/%.*s", STR_ARG(owner->namespace), STR_ARG(owner->name),
			  STR_ARG(name));
}

struct ledger_item *ledger_add(struct ledger *ledger, struct ledger_item item)
{
	struct ledger_item *added = arena_new(ledger->arena, struct ledger_item);

	*added = item;
	ARENA_PUSH(ledger->arena, ledger->items, ledger->count, added);
	if (item.kind == ITEM_ANNOTATION && item.owner)
		*map_at(&ledger->annotations,
			annotation_key(ledger->arena, item.owner, item.name)) = added;
	return added;
}

struct ledger_item *ledger_find(const struct ledger *ledger, const struct kube_meta *owner,
				struct str name)
{
	struct arena_mark mark = arena_mark(ledger->arena);
	struct ledger_item *item =
		map_get(&ledger->annotations, annotation_key(ledger->arena, owner, name));

	arena_rewind(ledger->arena, mark);
	return item;
}

void ledger_mark(struct ledger_item *item, enum outcome outcome, const char *code)
{
	if (!item || outcome < item->outcome)
		return;
	if (outcome > item->outcome)
		item->code = code;
	else if (!item->code)
		item->code = code;
	item->outcome = outcome;
}

void ledger_target(struct ledger_item *item, const struct target *target, const char *field,
		   unsigned index)
{
	if (!item || item->target)
		return;
	item->target = target;
	item->target_field = field;
	item->index = index;
}

void ledger_count(const struct ledger *ledger, size_t counts[OUTCOME_KINDS])
{
	memset(counts, 0, sizeof counts[0] * OUTCOME_KINDS);
	for (size_t i = 0; i < ledger->count; i++) {
		const struct ledger_item *item = ledger->items[i];

		if (item->outcome == OUTCOME_OPEN)
			BUG("%s '%.*s' of %.*s/%.*s is not accounted for",
			    item_kind_name(item->kind), STR_ARG(item->name),
			    STR_ARG(item->owner ? item->owner->namespace : STR("")),
			    STR_ARG(item->owner ? item->owner->name : STR("")));
		counts[item->outcome]++;
	}
}
