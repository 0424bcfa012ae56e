#include "converters/legal.h"

/* Of one object; more help nobody. */
enum { SAID_MOST = 5 };

void legal_init(struct legal *legal, bool experimental, struct findings *findings)
{
	*legal = (struct legal){
		.channel = experimental ? SCHEMA_EXPERIMENTAL : SCHEMA_STANDARD,
		.findings = findings,
	};
	arena_init(&legal->arena);
}

void legal_finish(struct legal *legal)
{
	for (unsigned i = 0; i < CREW_THREADS; i++) {
		struct legal_look *look = &legal->looks[i];

		if (!look->ready)
			continue;
		schema_set_finish(&look->set);
		arena_finish(&look->scratch);
		arena_finish(&look->texts);
		arena_finish(&look->arena);
	}
	arena_finish(&legal->arena);
	*legal = (struct legal){0};
}

static struct legal_look *look_of(struct legal *legal, unsigned worker)
{
	struct legal_look *look = &legal->looks[worker];

	if (look->ready)
		return look;
	arena_init(&look->arena);
	arena_init(&look->texts);
	arena_init(&look->scratch);
	schema_set_init(&look->set, &look->arena);
	look->set.one_channel = true;
	schema_set_add_gateway_api(&look->set, legal->channel);
	schema_set_add_core(&look->set);
	look->ready = true;
	return look;
}

/* ---- one object ---- */

/* Texts of the result live until the next look of the same thread. */
static enum schema_known look_at(struct legal_look *look, const struct node *root,
				 struct schema_result *result)
{
	const struct schema_kind *kind;
	enum schema_known known = schema_find(&look->set, node_text(root, "apiVersion"),
					      node_text(root, "kind"), &kind);

	arena_rewind(&look->texts, (struct arena_mark){0});
	*result = (struct schema_result){.arena = &look->texts};
	if (known == SCHEMA_KNOWN)
		schema_check(&look->set, kind, root, &look->scratch, result);
	arena_rewind(&look->scratch, (struct arena_mark){0});
	return known;
}

bool legal_is_clean(struct legal *legal, unsigned worker, const struct node *root)
{
	struct schema_result result;

	return look_at(look_of(legal, worker), root, &result) == SCHEMA_KNOWN && !result.count;
}

/* ---- what is wrong with an object ---- */

static struct object_ref reference(struct arena *arena, const struct plan_object *object)
{
	return (struct object_ref){
		.kind = str_from(object->kind),
		.namespace = str_dup(arena, object->namespace),
		.name = str_dup(arena, object->name),
	};
}

static void say(const struct legal *legal, const struct plan_object *object,
		const struct schema_violation *violation)
{
	struct arena *arena = legal->findings->arena;
	bool refused = violation->kind != SCHEMA_UNSUPPORTED_RULE;
	struct str path = str_dup(arena, violation->path);
	const char *channel = legal->channel == SCHEMA_EXPERIMENTAL ? "experimental" : "standard";
	struct finding finding = {
		.code = refused ? "I2G690" : "I2G691",
		.object = reference(arena, object),
		.path = path,
	};

	if (refused) {
		finding.message = str_format(
			arena, "not written, because it is not legal in the %s channel: %.*s%s%.*s",
			channel, STR_ARG(path), path.len ? ": " : "", STR_ARG(violation->message));
		finding.hint = STR("this is a mistake of ingress2gw: please report it, with the "
				   "Ingress that it was made from");
	} else {
		finding.message =
			str_format(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(violation->message));
	}
	findings_add(legal->findings, finding);
}

static void refuse(struct legal *legal, const struct plan_object *object)
{
	ARENA_PUSH(&legal->arena, legal->refused, legal->refused_count,
		   (struct target){
			   .kind = object->kind,
			   .namespace = str_dup(&legal->arena, object->namespace),
			   .name = str_dup(&legal->arena, object->name),
		   });
}

/* A rule that could not be decided, because its pattern takes too long on this text, is said and is no
 * reason to refuse. */
static bool judge(struct legal *legal, const struct plan_object *object,
		  const struct schema_result *result)
{
	bool good = true;

	for (size_t i = 0; i < result->count && i < SAID_MOST; i++) {
		say(legal, object, &result->violations[i]);
		good &= result->violations[i].kind == SCHEMA_UNSUPPORTED_RULE;
	}
	if (!good)
		refuse(legal, object);
	return good;
}

/* ---- kinds without a schema ---- */

static void count_unchecked(struct legal *legal, struct str version, struct str kind)
{
	for (size_t i = 0; i < legal->unchecked_count; i++)
		if (str_eq(legal->unchecked[i].kind, kind) &&
		    str_eq(legal->unchecked[i].version, version)) {
			legal->unchecked[i].count++;
			return;
		}
	ARENA_PUSH(&legal->arena, legal->unchecked, legal->unchecked_count,
		   (struct legal_unchecked){str_dup(&legal->arena, version),
					    str_dup(&legal->arena, kind), 1});
}

static void say_unchecked(const struct legal *legal, const struct legal_unchecked *row)
{
	findings_add(legal->findings,
		     (struct finding){
			     .code = "I2G691",
			     .message = str_format(
				     legal->findings->arena,
				     "%zu %s of kind %.*s (%.*s) %s not checked: no schema for it "
				     "is built in",
				     row->count, row->count == 1 ? "object" : "objects",
				     STR_ARG(row->kind), STR_ARG(row->version),
				     row->count == 1 ? "was" : "were"),
			     .hint = STR("ingress2gw validate --crds=PATH checks it against the "
					 "CustomResourceDefinition"),
		     });
}

static void say_not_served(struct legal *legal, const struct plan_object *object)
{
	const struct schema_violation violation = {
		.path = STR("apiVersion"),
		.message = STR("this channel does not serve the kind"),
	};

	say(legal, object, &violation);
	refuse(legal, object);
}

bool legal_check(struct legal *legal, const struct plan_object *object)
{
	struct schema_result result;

	switch (look_at(look_of(legal, 0), object->root, &result)) {
	case SCHEMA_KNOWN:
		return judge(legal, object, &result);
	case SCHEMA_UNKNOWN:
		count_unchecked(legal, node_text(object->root, "apiVersion"),
				node_text(object->root, "kind"));
		return true;
	default:
		say_not_served(legal, object);
		return false;
	}
}

/* ---- the end ---- */

static bool was_refused(const struct legal *legal, const struct target *target)
{
	for (size_t i = 0; i < legal->refused_count; i++) {
		const struct target *refused = &legal->refused[i];

		if (strcmp(refused->kind, target->kind) == 0 &&
		    str_eq(refused->namespace, target->namespace) &&
		    str_eq(refused->name, target->name))
			return true;
	}
	return false;
}

static void take_back(const struct legal *legal, struct ledger_item *item)
{
	if (!item->target || !was_refused(legal, item->target))
		return;
	item->target = NULL;
	ledger_mark(item, OUTCOME_REFUSED, "I2G690");
}

bool legal_settle(struct legal *legal, struct ledger *ledger, struct error *error)
{
	const struct target *first = legal->refused;

	for (size_t i = 0; i < legal->unchecked_count; i++)
		say_unchecked(legal, &legal->unchecked[i]);
	if (!first)
		return true;
	for (size_t i = 0; i < ledger->count; i++)
		take_back(legal, ledger_at(ledger, i));
	return error_set(error,
			 "%zu of the objects %s not legal, so %s not written: the first is %s "
			 "%.*s%s%.*s; this is a mistake of ingress2gw, please report it",
			 legal->refused_count, legal->refused_count == 1 ? "was" : "were",
			 legal->refused_count == 1 ? "it was" : "they were", first->kind,
			 STR_ARG(first->namespace), first->namespace.len ? "/" : "",
			 STR_ARG(first->name));
}
