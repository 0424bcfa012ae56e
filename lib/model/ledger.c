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
}

/* Orders are numbers without gaps, so a table by them is shorter than any map. */
static void note_annotation(struct ledger *ledger, const struct kube_meta *owner)
{
	size_t room = ledger->annotation_room;

	if (owner->order >= room) {
		uint32_t *old = ledger->annotations;

		while (owner->order >= ledger->annotation_room)
			ledger->annotation_room += ledger->annotation_room + 64;
		ledger->annotations = arena_array(ledger->arena, uint32_t, ledger->annotation_room);
		if (room)
			memcpy(ledger->annotations, old, room * sizeof *old);
		arena_release(ledger->arena, old, room * sizeof *old);
	}
	if (!ledger->annotations[owner->order])
		ledger->annotations[owner->order] = (uint32_t)ledger->count;
}

struct ledger_item *ledger_add(struct ledger *ledger, struct ledger_item item)
{
	struct ledger_item *added;

	BUG_UNLESS(ledger->count < UINT32_MAX);
	if (ledger->count % LEDGER_BLOCK == 0)
		ARENA_PUSH(ledger->arena, ledger->blocks, ledger->block_count,
			   arena_array(ledger->arena, struct ledger_item, LEDGER_BLOCK));
	added = ledger_at(ledger, ledger->count++);
	*added = item;
	if (item.kind == ITEM_ANNOTATION && item.owner)
		note_annotation(ledger, item.owner);
	return added;
}

struct ledger_item *ledger_find(const struct ledger *ledger, const struct kube_meta *owner,
				struct str key)
{
	uint32_t first =
		owner->order < ledger->annotation_room ? ledger->annotations[owner->order] : 0;
	const struct kube_pair *pair = first ? kube_pair_find(&owner->annotations, key) : NULL;

	return pair ? ledger_at(ledger, first - 1 + (size_t)(pair - owner->annotations.at)) : NULL;
}

/* ---- what the owner has ---- */

static struct kube_text text_of_pair(const struct kube_pairs *pairs, const struct ledger_item *item)
{
	const struct kube_pair *pair = &pairs->at[item->rule];

	return (struct kube_text){pair->key, pair->key_span};
}

/* What is not written stands where its parent does. */
static struct kube_text text_or(struct kube_text text, struct span parent)
{
	if (!text.span.line)
		text.span = parent;
	return text;
}

static struct kube_text text_of_ingress(const struct kube_ingress *ingress,
					const struct ledger_item *item)
{
	switch (item->kind) {
	case ITEM_CLASS:
		return ingress->class_name;
	case ITEM_HOST:
		return text_or(ingress->rules[item->rule].host, ingress->rules[item->rule].span);
	case ITEM_DEFAULT_BACKEND:
		return text_or(ingress->default_backend.name, ingress->default_backend.span);
	case ITEM_TLS:
		return (struct kube_text){ingress->tls[item->rule].secret.text,
					  ingress->tls[item->rule].span};
	default:
		break;
	}

	const struct kube_path *path = &ingress->rules[item->rule].paths[item->path];

	return item->kind == ITEM_BACKEND ? text_or(path->backend.name, path->backend.span)
					  : text_or(path->path, path->span);
}

static struct kube_text text_of(const struct ledger_item *item)
{
	/* The head is the first member of every object. */
	const void *object = item->owner;

	if (!object)
		return (struct kube_text){0};
	if (item->kind == ITEM_ANNOTATION)
		return text_of_pair(&item->owner->annotations, item);
	if (item->kind == ITEM_OPTION)
		return text_of_pair(&((const struct kube_config_map *)object)->data, item);
	return text_of_ingress(object, item);
}

struct str ledger_name(const struct ledger_item *item)
{
	return text_of(item).text;
}

struct span ledger_span(const struct ledger_item *item)
{
	return text_of(item).span;
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

const char *target_field_text(enum target_field field)
{
	static const char *const texts[TARGET_FIELDS] = {
		[TARGET_ANNOTATIONS] = "metadata.annotations",
		[TARGET_CLIENT_CERTIFICATES] = "spec.tls.frontend",
		[TARGET_LISTENER_TLS] = "spec.listeners[%u].tls",
		[TARGET_RULE] = "spec.rules[%u]",
	};

	return texts[field];
}

void ledger_target(struct ledger_item *item, const struct target *target, enum target_field field,
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
		const struct ledger_item *item = ledger_at(ledger, i);

		if (item->outcome == OUTCOME_OPEN)
			BUG("%s '%.*s' of %.*s/%.*s is not accounted for",
			    item_kind_name(item->kind), STR_ARG(ledger_name(item)),
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
