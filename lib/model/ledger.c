#include "model/ledger.h"

#include <stdio.h>

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
	map_init(&ledger->owners, arena);
}

/* The key is the address itself, as it stands in an item. */
static struct str owner_key(const struct kube_meta *const *owner)
{
	return (struct str){(const char *)owner, sizeof *owner};
}

struct ledger_item *ledger_add(struct ledger *ledger, struct ledger_item item)
{
	struct ledger_item *added = arena_new(ledger->arena, struct ledger_item);

	*added = item;
	ARENA_PUSH(ledger->arena, ledger->items, ledger->count, added);
	if (item.kind == ITEM_ANNOTATION && item.owner) {
		void **first = map_at(&ledger->owners, owner_key(&added->owner));

		if (!*first)
			*first = (void *)(uintptr_t)ledger->count;
	}
	return added;
}

struct ledger_item *ledger_find(const struct ledger *ledger, const struct kube_meta *owner,
				struct str name)
{
	uintptr_t first = (uintptr_t)map_get(&ledger->owners, owner_key(&owner));

	for (size_t i = first ? first - 1 : ledger->count; i < ledger->count; i++) {
		struct ledger_item *item = ledger->items[i];

		if (item->owner != owner)
			break;
		if (item->kind == ITEM_ANNOTATION && str_eq(item->name, name))
			return item;
	}
	return NULL;
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

struct str ledger_field(const struct ledger_item *item, char text[static LEDGER_FIELD])
{
	switch (item->kind) {
	case ITEM_CLASS:
		return STR("spec.ingressClassName");
	case ITEM_HOST:
		snprintf(text, LEDGER_FIELD, "spec.rules[%u].host", item->rule);
		break;
	case ITEM_PATH:
	case ITEM_BACKEND:
		snprintf(text, LEDGER_FIELD, "spec.rules[%u].http.paths[%u]", item->rule,
			 item->path);
		break;
	case ITEM_DEFAULT_BACKEND:
		return STR("spec.defaultBackend");
	case ITEM_TLS:
		snprintf(text, LEDGER_FIELD, "spec.tls[%u]", item->rule);
		break;
	case ITEM_ANNOTATION:
		return STR("metadata.annotations");
	case ITEM_OPTION:
		return STR("data");
	case ITEM_KINDS:
		BUG("an item of no kind");
	}
	return str_from(text);
}
