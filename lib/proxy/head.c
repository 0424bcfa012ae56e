#include "proxy/head.h"

enum { ROOM_FIRST = 24 };

void head_init(struct head *head, struct arena *arena)
{
	*head = (struct head){.arena = arena};
}

static void grow(struct head *head)
{
	uint32_t room = head->room ? head->room * 2 : ROOM_FIRST;
	struct route_header *fields = arena_alloc(head->arena, room * sizeof *fields);
	uint8_t *ids = arena_bytes(head->arena, room);

	if (head->count) {
		memcpy(fields, head->fields, head->count * sizeof *fields);
		memcpy(ids, head->ids, head->count);
	}
	head->fields = fields;
	head->ids = ids;
	head->room = room;
}

void head_push(struct head *head, enum head_name id, struct str name, struct str value)
{
	head->seen[id >> 6] |= (uint64_t)1 << (id & 63);
	if (id == HEAD_HOST) {
		head->authority = value;
		return;
	}
	if (head->count == head->room)
		grow(head);
	head->fields[head->count] = (struct route_header){.name = name, .value = value};
	head->ids[head->count++] = (uint8_t)id;
}

uint32_t head_find(const struct head *head, enum head_name id, uint32_t from)
{
	const uint8_t *at;

	if (!head_saw(head, id) || from >= head->count)
		return head->count;
	at = memchr(head->ids + from, id, head->count - from);
	return at ? (uint32_t)(at - head->ids) : head->count;
}

uint32_t head_find_name(const struct head *head, struct str name, uint32_t from)
{
	while (from < head->count &&
	       (head->ids[from] != HEAD_OTHER || !str_eq_nocase(head->fields[from].name, name)))
		from++;
	return from < head->count ? from : head->count;
}

struct str head_value(const struct head *head, enum head_name id)
{
	uint32_t at = head_find(head, id, 0);

	return at < head->count ? head->fields[at].value : (struct str){0};
}

static uint32_t next(const struct head *head, enum head_name id, struct str name, uint32_t from)
{
	return id == HEAD_OTHER ? head_find_name(head, name, from) : head_find(head, id, from);
}

static void drop(struct head *head, enum head_name id, struct str name, uint32_t from)
{
	for (uint32_t i = next(head, id, name, from); i < head->count;
	     i = next(head, id, name, i + 1))
		head->ids[i] = HEAD_GONE;
}

static void set(struct head *head, enum head_name id, struct str name, struct str value)
{
	uint32_t at = id == HEAD_HOST ? head->count : next(head, id, name, 0);

	if (at == head->count) {
		head_push(head, id, name, value);
		return;
	}
	head->fields[at] = (struct route_header){.name = name, .value = value};
	drop(head, id, name, at + 1);
}

void head_set(struct head *head, struct str name, struct str value)
{
	set(head, head_name(name), name, value);
}

void head_set_known(struct head *head, enum head_name id, struct str value)
{
	set(head, id, head_names[id].text, value);
}

void head_add(struct head *head, struct str name, struct str value)
{
	head_push(head, head_name(name), name, value);
}

void head_remove(struct head *head, struct str name)
{
	enum head_name id = head_name(name);

	if (id == HEAD_HOST)
		head->authority = (struct str){0};
	else
		drop(head, id, name, 0);
}

void head_read_expect(struct head *head)
{
	uint32_t i = head_find(head, HEAD_EXPECT, 0);

	if (i == head->count || head->version == ROUTE_HTTP_1_0)
		return;
	if (!str_is_nocase(head->fields[i].value, "100-continue") ||
	    head_find(head, HEAD_EXPECT, i + 1) < head->count)
		head->expects_other = true;
	else
		head->expects_continue = head->body != HEAD_NO_BODY;
}

void head_read_te(struct head *head)
{
	uint32_t i = head_find(head, HEAD_TE, 0);

	for (; i < head->count; i = head_find(head, HEAD_TE, i + 1))
		head->trailers |= head_list_has(head->fields[i].value, "trailers");
}

bool head_sift_trailers(struct head *trailers)
{
	bool refused = false;

	for (uint32_t i = 0; i < trailers->count; i++) {
		unsigned id = trailers->ids[i], kinds = id < HEAD_NAMES ? head_names[id].kinds : 0;

		refused |= kinds & HEAD_NO_TRAILER;
		if (kinds & (HEAD_NO_TRAILER | HEAD_LOST_TRAILER))
			trailers->ids[i] = HEAD_GONE;
	}
	return !refused;
}

bool head_list_next(struct str *rest, struct str *member)
{
	while (rest->len) {
		size_t comma = str_find(*rest, ',');
		size_t len = comma == SIZE_MAX ? rest->len : comma;

		*member = str_trim((struct str){rest->at, len});
		*rest = str_from_pos(*rest, comma == SIZE_MAX ? len : len + 1);
		if (member->len)
			return true;
	}
	return false;
}

bool head_list_has(struct str list, const char *token)
{
	struct str member;

	while (head_list_next(&list, &member))
		if (str_is_nocase(member, token))
			return true;
	return false;
}
