#include "model/model.h"

#include "base/sort.h"

static const char *const path_kind_names[] = {
	[PATH_EXACT] = "Exact",
	[PATH_PREFIX] = "PathPrefix",
	[PATH_REGEX] = "RegularExpression",
};

const char *path_kind_name(enum path_kind kind)
{
	return path_kind_names[kind];
}

void model_init(struct model *model, struct arena *arena)
{
	*model = (struct model){.arena = arena};
	ledger_init(&model->ledger, arena);
	model_realm_begin(model);
}

void model_realm_begin(struct model *model)
{
	struct model_realm *realm = arena_new(model->arena, struct model_realm);

	map_init(&realm->hosts, model->arena);
	model->realm = model->realm_count;
	ARENA_PUSH(model->arena, model->realms, model->realm_count, realm);
}

struct model_host *model_host(struct model *model, struct str name)
{
	struct model_host **place = (struct model_host **)map_at(&model_realm(model)->hosts, name);

	if (*place)
		return *place;

	struct model_host *host = arena_new(model->arena, struct model_host);

	host->name = name;
	host->realm = model->realm;
	*place = host;
	ARENA_PUSH(model->arena, model->hosts, model->host_count, host);
	return host;
}

struct model_rule *model_rule_add(struct model *model, struct model_host *host,
				  struct model_rule rule)
{
	struct model_rule *added = arena_new(model->arena, struct model_rule);

	*added = rule;
	added->source = (uint8_t)model->source;
	ARENA_PUSH(model->arena, host->rules, host->rule_count, added);
	return added;
}

struct model_l4 *model_l4_add(struct model *model, struct model_l4 l4)
{
	l4.realm = model->realm;
	ARENA_PUSH(model->arena, model->l4, model->l4_count, l4);
	return &model->l4[model->l4_count - 1];
}

/* The empty name is the least of all, which puts the hostless host first. */
static int compare_hosts(const void *a, const void *b)
{
	const struct model_host *const *x = a, *const *y = b;

	if ((*x)->realm != (*y)->realm)
		return (*x)->realm < (*y)->realm ? -1 : 1;
	return str_cmp((*x)->name, (*y)->name);
}

void model_sort(struct model *model)
{
	sort(model->hosts, model->host_count, sizeof *model->hosts, compare_hosts);
	for (size_t i = 0; i < model->host_count; i++)
		model->hosts[i]->place = (uint32_t)i;
}

/* ---- header edits ---- */

struct model_header_edits *model_edits(struct arena *arena, struct model_header_edits **place)
{
	if (!*place)
		*place = arena_new(arena, struct model_header_edits);
	return *place;
}

/* Field names are compared without regard to case (RFC 9110, 5.1). */
static size_t find_header(const struct model_header *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(list[i].name, name))
			return i;
	return SIZE_MAX;
}

static size_t find_removed(const struct model_header_edits *edits, struct str name)
{
	for (size_t i = 0; i < edits->remove_count; i++)
		if (str_eq_nocase(edits->remove[i], name))
			return i;
	return SIZE_MAX;
}

static void drop_header(struct model_header *list, uint32_t *count, struct str name)
{
	size_t at = find_header(list, *count, name);

	if (at == SIZE_MAX)
		return;
	memmove(list + at, list + at + 1, (*count - at - 1) * sizeof *list);
	--*count;
}

/* Whether the name was on the list. */
static bool drop_removed(struct model_header_edits *edits, struct str name)
{
	size_t at = find_removed(edits, name);

	if (at == SIZE_MAX)
		return false;
	memmove(edits->remove + at, edits->remove + at + 1,
		(edits->remove_count - at - 1) * sizeof *edits->remove);
	edits->remove_count--;
	return true;
}

void model_header_set(struct arena *arena, struct model_header_edits *edits, struct str name,
		      struct str value)
{
	size_t at = find_header(edits->set, edits->set_count, name);

	drop_removed(edits, name);
	drop_header(edits->add, &edits->add_count, name);
	if (at == SIZE_MAX)
		ARENA_PUSH(arena, edits->set, edits->set_count, (struct model_header){name, value});
	else
		edits->set[at].value = value;
}

/* RFC 9110, 5.3: several field lines mean the same as one with the values joined by commas. */
static void join_value(struct arena *arena, struct model_header *header, struct str value)
{
	header->value = str_format(arena, "%.*s, %.*s", STR_ARG(header->value), STR_ARG(value));
}

void model_header_add(struct arena *arena, struct model_header_edits *edits, struct str name,
		      struct str value)
{
	size_t set = find_header(edits->set, edits->set_count, name);
	size_t add = find_header(edits->add, edits->add_count, name);

	if (set != SIZE_MAX)
		join_value(arena, &edits->set[set], value);
	else if (add != SIZE_MAX)
		join_value(arena, &edits->add[add], value);
	else if (drop_removed(edits, name))
		ARENA_PUSH(arena, edits->set, edits->set_count, (struct model_header){name, value});
	else
		ARENA_PUSH(arena, edits->add, edits->add_count, (struct model_header){name, value});
}

void model_header_remove(struct arena *arena, struct model_header_edits *edits, struct str name)
{
	drop_header(edits->set, &edits->set_count, name);
	drop_header(edits->add, &edits->add_count, name);
	if (find_removed(edits, name) == SIZE_MAX)
		ARENA_PUSH(arena, edits->remove, edits->remove_count, name);
}

struct model_header_edits *model_edits_copy(struct arena *arena,
					    const struct model_header_edits *from)
{
	struct model_header_edits *to = arena_new(arena, struct model_header_edits);

	for (size_t i = 0; from && i < from->set_count; i++)
		model_header_set(arena, to, from->set[i].name, from->set[i].value);
	for (size_t i = 0; from && i < from->add_count; i++)
		model_header_add(arena, to, from->add[i].name, from->add[i].value);
	for (size_t i = 0; from && i < from->remove_count; i++)
		model_header_remove(arena, to, from->remove[i]);
	return to;
}

bool model_same_backend(const struct model_backend *a, const struct model_backend *b)
{
	return strcmp(a->group, b->group) == 0 && strcmp(a->kind, b->kind) == 0 &&
	       str_eq(a->namespace, b->namespace) && str_eq(a->name, b->name) && a->port == b->port;
}

bool model_same_ext_auth(const struct model_ext_auth *a, const struct model_ext_auth *b)
{
	if (!a || !b || a == b)
		return a == b;
	return model_same_backend(&a->backend, &b->backend) && str_eq(a->path, b->path) &&
	       str_eq_all(a->request_headers, a->request_header_count, b->request_headers,
			  b->request_header_count) &&
	       str_eq_all(a->response_headers, a->response_header_count, b->response_headers,
			  b->response_header_count);
}
