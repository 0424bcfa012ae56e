#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sort.h"
#include "gateway/planner.h"

enum { COMMENT_OWNERS = 4 };

struct target *target_new(struct planner *planner, const char *kind, struct str namespace,
			  struct str name)
{
	/* The ledger points at it after the plan is gone. Namespaces are those of objects and options. */
	struct arena *arena = planner->model->arena;
	struct target *target = arena_new(arena, struct target);

	*target = (struct target){kind, namespace, str_dup(arena, name)};
	return target;
}

int target_compare(const struct target *a, const struct target *b)
{
	int order = str_cmp(a->namespace, b->namespace);

	return order ? order : str_cmp(a->name, b->name);
}

struct node *object_new(struct planner *planner, const char *version, const struct target *target)
{
	struct arena *arena = &planner->scratch;
	struct node *root = node_map_new(arena);

	node_set_string(arena, root, "apiVersion", str_from(version));
	node_set_string(arena, root, "kind", str_from(target->kind));

	struct node *metadata = node_set_map(arena, root, "metadata");

	node_set_string(arena, metadata, "name", target->name);
	if (target->namespace.len)
		node_set_string(arena, metadata, "namespace", target->namespace);
	return root;
}

void object_write(struct planner *planner, const struct target *target, enum role role,
		  struct node *root)
{
	const struct plan_object object = {
		.kind = target->kind,
		.namespace = target->namespace,
		.name = target->name,
		.role = role,
		.root = root,
		.planner = planner,
		.trees = &planner->scratch,
	};

	planner->sink->object(planner->sink->user, &object);
}

const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_INFRASTRUCTURE] = "infrastructure",
		[ROLE_OPERATOR] = "operator",
		[ROLE_DEVELOPER] = "developer",
	};

	return names[role];
}

/* ---- comments ---- */

/* Length of a sequence that a YAML reader may take for a line break or that a terminal obeys: C0,
 * DEL, C1, U+2028, U+2029, a byte order mark. 0 for harmless text. */
static size_t dangerous(struct str text, size_t at)
{
	const unsigned char *byte = (const unsigned char *)text.at + at;
	size_t left = text.len - at;

	if (byte[0] < ' ' || byte[0] == 0x7f)
		return 1;
	if (left >= 2 && byte[0] == 0xc2 && byte[1] < 0xa0)
		return 2;
	if (left >= 3 && byte[0] == 0xe2 && byte[1] == 0x80 && (byte[2] | 1) == 0xa9)
		return 3;
	if (left >= 3 && byte[0] == 0xef && byte[1] == 0xbb && byte[2] == 0xbf)
		return 3;
	return 0;
}

static struct str escape_line(struct arena *arena, struct str line)
{
	char *out = arena_bytes(arena, line.len * 4 + 1);
	size_t len = 0;

	for (size_t i = 0; i < line.len; i++) {
		size_t bad = dangerous(line, i);

		if (!bad)
			out[len++] = line.at[i];
		for (size_t last = i + bad; bad && i < last; i++)
			len += (size_t)snprintf(out + len, 5, "\\x%02x", (unsigned char)line.at[i]);
		i -= bad > 0;
	}
	return (struct str){out, len};
}

void comment_add(struct planner *planner, struct node *node, struct str line)
{
	if (!planner->options->comments || !line.len)
		return;
	line = escape_line(&planner->scratch, line);
	node->comment = node->comment.len
				? STR_JOIN(&planner->scratch, node->comment, STR("\n"), line)
				: line;
}

void owners_add(struct arena *arena, struct owners *owners, const struct kube_meta *owner)
{
	if (!owner || (owners->count && owners->at[owners->count - 1] == owner))
		return;
	ARENA_PUSH(arena, owners->at, owners->count, owner);
}

static int compare_owners(const void *a, const void *b)
{
	const struct kube_meta *const *x = a, *const *y = b;
	int order = str_cmp((*x)->namespace, (*y)->namespace);

	order = order ? order : str_cmp((*x)->name, (*y)->name);
	return order ? order : ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

void owners_sort(struct owners *owners)
{
	size_t kept = 0;

	if (!owners->count)
		return;
	sort(owners->at, owners->count, sizeof *owners->at, compare_owners);
	for (size_t i = 1; i < owners->count; i++)
		if (owners->at[i] != owners->at[kept])
			owners->at[++kept] = owners->at[i];
	owners->count = kept + 1;
}

struct str origin_words(struct planner *planner, const struct kube_meta *owner, struct span span)
{
	struct arena *arena = &planner->scratch;
	struct str kind = owner->kind ? str_from(owner->kind) : STR("Ingress");
	const struct sources *sources = planner->options->sources;
	char digits[STR_DIGITS];

	if (!sources || !span.line)
		return STR_JOIN(arena, STR("from "), kind, STR(" "), owner->namespace, STR("/"),
				owner->name);
	return STR_JOIN(arena, STR("from "), source_name(sources, span.source), STR(":"),
			str_digits(digits, span.line), STR(" "), kind, STR(" "), owner->namespace,
			STR("/"), owner->name);
}

void comment_owners(struct planner *planner, struct node *root, struct owners *owners)
{
	if (!planner->options->comments)
		return;
	owners_sort(owners);
	for (size_t i = 0; i < owners->count && i < COMMENT_OWNERS; i++)
		comment_add(planner, root,
			    origin_words(planner, owners->at[i], owners->at[i]->span));
	if (owners->count > COMMENT_OWNERS)
		comment_add(planner, root,
			    str_format(&planner->scratch, "and %zu more",
				       owners->count - COMMENT_OWNERS));
}

/* ---- findings ---- */

void planner_say(struct planner *planner, const char *code, const struct origin *origin,
		 struct str hint, const char *format, ...)
{
	const struct kube_meta *object = origin->object;
	char text[1024];
	va_list args;

	if (planner->apart) {
		planner->gave_up = true;
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);

	struct str identity =
		str_format(&planner->arena, "%s %.*s/%.*s %.*s %s", code,
			   STR_ARG(object ? object->namespace : STR("")),
			   STR_ARG(object ? object->name : STR("")), STR_ARG(origin->field), text);
	void **said = map_at(&planner->said, identity);

	if (*said)
		return;
	*said = planner;

	planner_add(planner, code, origin, str_dup(planner->findings->arena, str_from(text)), hint);
}

void planner_add(struct planner *planner, const char *code, const struct origin *origin,
		 struct str message, struct str hint)
{
	struct finding finding = {
		.code = code,
		.path = origin->field,
		.span = origin->span,
		.message = message,
		.hint = hint,
	};

	if (origin->object)
		finding.object = kube_ref(origin->object);
	findings_add(planner->findings, finding);
}

/* ---- texts ---- */

struct str planner_text(struct planner *planner, struct str text)
{
	const char *known = map_get(&planner->texts, text);

	if (!known) {
		text = str_dup(&planner->arena, text);
		*map_at(&planner->texts, text) = (void *)text.at;
		known = text.at;
	}
	return (struct str){known, text.len};
}

static int compare_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

size_t sort_unique(struct str *texts, size_t count)
{
	size_t kept = 0;

	if (!count)
		return 0;
	qsort(texts, count, sizeof *texts, compare_texts);
	for (size_t i = 1; i < count; i++)
		if (!str_eq(texts[i], texts[kept]))
			texts[++kept] = texts[i];
	return kept + 1;
}
