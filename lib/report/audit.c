#include "report/audit.h"

#include <stdlib.h>

#include "base/map.h"
#include "kube/load.h"

const char *readiness_name(enum readiness readiness)
{
	static const char *const names[] = {"READY", "REVIEW", "BLOCKED"};

	return names[readiness];
}

const char *readiness_style(enum readiness readiness)
{
	static const char *const styles[] = {"ok", "warning", "error"};

	return styles[readiness];
}

/* One audit while it is made. */
struct auditing {
	struct audit *audit;
	const struct audit_input *input;
	struct map by_name;        /* "namespace/name" -> struct audit_object */
	enum severity *severities; /* by index into rules[]: what the code counts as */
	bool **seen;               /* by object: codes of its findings, set aside or not */
};

static struct str object_key(struct arena *arena, struct str namespace, struct str name)
{
	return str_format(arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
}

/* ---- what an Ingress is ---- */

static struct str class_of(const struct kube_ingress *ingress)
{
	const struct kube_pair *old =
		kube_annotation(&ingress->meta, "kubernetes.io/ingress.class");
	struct str name = ingress->class_name.text.len ? ingress->class_name.text
			  : old                        ? str_trim(old->value)
						       : STR("");

	return name.len ? name : STR("(none)");
}

static struct str label_of(const struct kube_meta *meta, struct str key)
{
	const struct kube_pair *label = meta ? kube_pair_find(&meta->labels, key) : NULL;

	return label ? str_trim(label->value) : STR("");
}

/* A label of the Ingress, else of its namespace: teams often own namespaces. */
static struct str owner_of(const struct audit_input *input, const struct kube_ingress *ingress)
{
	const struct kube_namespace *namespace =
		input->set ? kube_namespace(input->set, ingress->meta.namespace) : NULL;

	for (size_t i = 0; i < input->owner_label_count; i++) {
		struct str own = label_of(&ingress->meta, input->owner_labels[i]);

		if (!own.len && namespace)
			own = label_of(&namespace->meta, input->owner_labels[i]);
		if (own.len)
			return own;
	}
	return STR("(none)");
}

static void add_objects(struct auditing *a)
{
	struct audit *audit = a->audit;

	audit->count = a->input->count;
	audit->objects = arena_array(audit->arena, struct audit_object, audit->count + 1);
	a->seen = arena_array(audit->arena, bool *, audit->count + 1);
	for (size_t i = 0; i < audit->count; i++) {
		const struct kube_ingress *ingress = a->input->ingresses[i].ingress;
		struct audit_object *object = &audit->objects[i];

		*object = (struct audit_object){
			.of = &a->input->ingresses[i],
			.class = class_of(ingress),
			.owner = owner_of(a->input, ingress),
		};
		audit->has_owners |= !str_is(object->owner, "(none)");
		a->seen[i] = arena_array(audit->arena, bool, rule_count);
		*map_at(&a->by_name, object_key(audit->arena, ingress->meta.namespace,
						ingress->meta.name)) = object;
	}
}

static struct audit_object *object_of(struct auditing *a, const struct object_ref *ref)
{
	if (!str_is(ref->kind, "Ingress"))
		return NULL;
	return map_get(&a->by_name, object_key(a->audit->arena, ref->namespace, ref->name));
}

/* ---- why it is not ready ---- */

static bool has_code(const struct audit_object *object, const struct rule *rule)
{
	for (size_t i = 0; i < object->code_count; i++)
		if (object->codes[i] == rule)
			return true;
	return false;
}

static void add_code(struct auditing *a, struct audit_object *object, const struct rule *rule)
{
	enum severity severity = a->severities[rule - rules];

	if ((enum readiness)severity > object->readiness)
		object->readiness = (enum readiness)severity;
	if (!has_code(object, rule))
		ARENA_PUSH(a->audit->arena, object->codes, object->code_count, rule);
}

_Static_assert((int)SEVERITY_INFO == (int)READINESS_READY &&
		       (int)SEVERITY_WARNING == (int)READINESS_REVIEW &&
		       (int)SEVERITY_ERROR == (int)READINESS_BLOCKED,
	       "a severity is how ready it leaves an Ingress");

static void add_findings(struct auditing *a)
{
	const struct report *report = a->audit->report;
	struct report_list list = report_list(report, a->audit->arena);
	struct report_list aside = report_list_aside(report, a->audit->arena);

	for (size_t i = 0; i < list.count; i++)
		a->severities[list.at[i].rule - rules] = list.at[i].verdict.severity;
	for (size_t i = 0; i < list.count; i++) {
		struct audit_object *object = object_of(a, &list.at[i].finding->object);

		if (!object) {
			a->audit->elsewhere += list.at[i].verdict.severity > SEVERITY_INFO;
			continue;
		}
		object->findings++;
		a->seen[object - a->audit->objects][list.at[i].rule - rules] = true;
		add_code(a, object, list.at[i].rule);
	}
	for (size_t i = 0; i < aside.count; i++) {
		struct audit_object *object = object_of(a, &aside.at[i].finding->object);

		if (object)
			a->seen[object - a->audit->objects][aside.at[i].rule - rules] = true;
	}
}

/* An item can be lost for a reason that was said of another Ingress of the same host. */
static void add_items(struct auditing *a)
{
	for (size_t i = 0; i < a->input->ledger->count; i++) {
		const struct ledger_item *item = ledger_at(a->input->ledger, i);
		struct object_ref owner = kube_ref(item->owner);
		struct audit_object *object = object_of(a, &owner);
		const struct rule *rule = item->code ? rule_find(str_from(item->code)) : NULL;

		if (object && rule && item->outcome >= OUTCOME_APPROXIMATE &&
		    !a->seen[object - a->audit->objects][rule - rules])
			add_code(a, object, rule);
	}
}

/* ---- groups ---- */

static struct audit_group *group_at(struct audit *audit, struct audit_groups *groups,
				    struct map *map, struct str name)
{
	void **slot = map_at(map, name);

	if (!*slot) {
		ARENA_PUSH(audit->arena, groups->at, groups->count,
			   (struct audit_group){
				   .name = name,
				   .by_rule = arena_array(audit->arena, unsigned, rule_count),
			   });
		*slot = (void *)groups->count; /* the array moves: its number, plus 1 */
	}
	return &groups->at[(uintptr_t)*slot - 1];
}

static bool is_worse(const struct auditing *a, const struct audit_group *group, size_t left,
		     size_t right)
{
	if (a->severities[left] != a->severities[right])
		return a->severities[left] > a->severities[right];
	return group->by_rule[left] > group->by_rule[right];
}

static void find_top(const struct auditing *a, struct audit_group *group)
{
	size_t best = rule_count;

	for (size_t i = 0; i < rule_count; i++)
		if (group->by_rule[i] && a->severities[i] > SEVERITY_INFO &&
		    (best == rule_count || is_worse(a, group, i, best)))
			best = i;
	if (best == rule_count)
		return;
	group->top = &rules[best];
	group->top_count = group->by_rule[best];
}

static size_t group_size(const struct audit_group *group)
{
	return group->counts[READINESS_READY] + group->counts[READINESS_REVIEW] +
	       group->counts[READINESS_BLOCKED];
}

static int compare_groups(const void *left, const void *right)
{
	const struct audit_group *a = left, *b = right;

	if (group_size(a) != group_size(b))
		return group_size(a) > group_size(b) ? -1 : 1;
	return str_cmp(a->name, b->name);
}

/* Groups the objects by the text at `offset` of each. */
static void make_groups(struct auditing *a, struct audit_groups *groups,
			struct str (*name_of)(const struct audit_object *object))
{
	struct map map;

	map_init(&map, a->audit->arena);
	for (size_t i = 0; i < a->audit->count; i++) {
		const struct audit_object *object = &a->audit->objects[i];
		struct audit_group *group = group_at(a->audit, groups, &map, name_of(object));

		group->counts[object->readiness]++;
		for (size_t c = 0; c < object->code_count; c++)
			group->by_rule[object->codes[c] - rules]++;
	}
	for (size_t i = 0; i < groups->count; i++)
		find_top(a, &groups->at[i]);
	if (groups->count)
		qsort(groups->at, groups->count, sizeof(*groups->at), compare_groups);
}

static struct str name_class(const struct audit_object *object)
{
	return object->class;
}

static struct str name_namespace(const struct audit_object *object)
{
	return object->of->ingress->meta.namespace;
}

static struct str name_owner(const struct audit_object *object)
{
	return object->owner;
}

/* ---- reasons ---- */

static int compare_reasons(const void *left, const void *right)
{
	const struct audit_reason *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->ingresses != b->ingresses)
		return a->ingresses > b->ingresses ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static void make_reasons(struct auditing *a)
{
	struct audit *audit = a->audit;
	struct audit_reason *all = arena_array(audit->arena, struct audit_reason, rule_count);
	struct report_list list = report_list(audit->report, audit->arena);

	for (size_t i = 0; i < audit->count; i++)
		for (size_t c = 0; c < audit->objects[i].code_count; c++)
			all[audit->objects[i].codes[c] - rules].ingresses++;
	for (size_t i = 0; i < list.count; i++)
		if (object_of(a, &list.at[i].finding->object))
			all[list.at[i].rule - rules].findings++;
	for (size_t i = 0; i < rule_count; i++) {
		all[i].rule = &rules[i];
		all[i].severity = a->severities[i];
		if (all[i].ingresses && all[i].severity > SEVERITY_INFO)
			ARENA_PUSH(audit->arena, audit->reasons, audit->reason_count, all[i]);
	}
	if (audit->reason_count)
		qsort(audit->reasons, audit->reason_count, sizeof(*audit->reasons),
		      compare_reasons);
}

/* ---- annotations ---- */

static int compare_annotations(const void *left, const void *right)
{
	const struct audit_annotation *a = left, *b = right;

	if (a->ingresses != b->ingresses)
		return a->ingresses > b->ingresses ? -1 : 1;
	return str_cmp(a->key, b->key);
}

/* Nothing happens for it today, and nobody knows what was meant: that is nothing to be kept. */
static bool is_unknown(const struct ledger_item *item)
{
	return item->code && strcmp(item->code, "I2G103") == 0;
}

static void make_annotations(struct auditing *a)
{
	struct audit *audit = a->audit;
	struct map map;

	map_init(&map, audit->arena);
	for (size_t i = 0; i < a->input->ledger->count; i++) {
		const struct ledger_item *item = ledger_at(a->input->ledger, i);
		struct audit_annotation *annotation;
		void **slot;

		if (item->kind != ITEM_ANNOTATION)
			continue;
		slot = map_at(&map, ledger_name(item));
		if (!*slot) {
			ARENA_PUSH(audit->arena, audit->annotations, audit->annotation_count,
				   (struct audit_annotation){.key = ledger_name(item)});
			*slot = (void *)audit->annotation_count;
		}
		annotation = &audit->annotations[(uintptr_t)*slot - 1];
		annotation->ingresses++;
		audit->annotation_uses++;
		if (is_unknown(item)) {
			annotation->unknown++;
			continue;
		}
		annotation->outcomes[item->outcome]++;
		audit->covered += item->outcome <= OUTCOME_EXACT;
	}
	if (audit->annotation_count)
		qsort(audit->annotations, audit->annotation_count, sizeof(*audit->annotations),
		      compare_annotations);
}

/* ---- the order of work ---- */

static int compare_objects(const void *left, const void *right)
{
	const struct audit_object *a = left, *b = right;
	const struct kube_meta *x = &a->of->ingress->meta, *y = &b->of->ingress->meta;
	int order;

	if (a->readiness != b->readiness)
		return a->readiness > b->readiness ? -1 : 1;
	order = str_cmp(x->namespace, y->namespace);
	return order ? order : str_cmp(x->name, y->name);
}

/* An insertion sort: an Ingress has few codes. */
static void sort_codes(const struct auditing *a, struct audit_object *object)
{
	for (size_t i = 1; i < object->code_count; i++)
		for (size_t k = i; k > 0; k--) {
			const struct rule *left = object->codes[k - 1], *right = object->codes[k];

			if (a->severities[left - rules] >= a->severities[right - rules])
				break;
			object->codes[k - 1] = right;
			object->codes[k] = left;
		}
}

static void sort_objects(struct auditing *a)
{
	struct audit *audit = a->audit;

	for (size_t i = 0; i < audit->count; i++) {
		sort_codes(a, &audit->objects[i]);
		audit->counts[audit->objects[i].readiness]++;
	}
	if (audit->count)
		qsort(audit->objects, audit->count, sizeof(*audit->objects), compare_objects);
}

void audit_init(struct audit *audit, const struct audit_input *input, struct arena *arena)
{
	struct auditing a = {.audit = audit, .input = input};

	*audit = (struct audit){.arena = arena, .report = input->report};
	map_init(&a.by_name, arena);
	a.severities = arena_array(arena, enum severity, rule_count);
	for (size_t i = 0; i < rule_count; i++)
		a.severities[i] = rules[i].severity;
	add_objects(&a);
	add_findings(&a);
	add_items(&a);
	make_groups(&a, &audit->classes, name_class);
	make_groups(&a, &audit->namespaces, name_namespace);
	make_groups(&a, &audit->owners, name_owner);
	make_reasons(&a);
	make_annotations(&a);
	sort_objects(&a); /* last: the map points into the array */
}
