/* What one term looks at beside host and path, at its edges. The product of all values is witness.c's;
 * here each is varied alone, while the others are what the term asks for. */
#include "route/witness.h"

enum { FIELDS_MOST = 16, NETWORKS_MOST = 64 };

/* ---- fields ---- */

/* Headers and query of a request that has all fields of a term, one of them in a form of its own. */
struct request_parts {
	struct route_header headers[FIELDS_MOST + 1];
	size_t count;
	struct buf query;
};

/* How a field is written: %1 is the name, %2 the value. */
enum form { FORM_PLAIN, FORM_OTHER_BEHIND, FORM_OTHER_BEFORE, FORM_EMPTY, FORM_BARE, FORMS };

static struct str value_of(struct arena *arena, const struct route_field_term *field)
{
	const struct route_term pattern = {.path_kind = ROUTE_PATH_REGEX, .path = field->value};

	if (!field->regex)
		return field->value;
	return str_from_pos(witness_path_of(arena, &pattern), 1);
}

static void add_header(struct request_parts *parts, struct str name, struct str value)
{
	if (parts->count < FIELDS_MOST + 1)
		parts->headers[parts->count++] = (struct route_header){name, value};
}

static void write_header(struct request_parts *parts, struct str name, struct str value,
			 enum form form)
{
	if (form == FORM_OTHER_BEFORE)
		add_header(parts, name, STR("other"));
	add_header(parts, name, form == FORM_EMPTY || form == FORM_BARE ? STR("") : value);
	if (form == FORM_OTHER_BEHIND)
		add_header(parts, name, STR("other"));
}

static void add_pair(struct buf *buf, struct str name, struct str value, const char *between)
{
	buf_format(buf, "%s%.*s=%.*s", buf->len ? between : "", STR_ARG(name), STR_ARG(value));
}

static void write_pairs(struct buf *buf, struct str name, struct str value, enum form form,
			const char *between)
{
	if (form == FORM_OTHER_BEFORE)
		add_pair(buf, name, STR("other"), between);
	if (form == FORM_BARE)
		buf_format(buf, "%s%.*s", buf->len ? between : "", STR_ARG(name));
	else
		add_pair(buf, name, form == FORM_EMPTY ? STR("") : value, between);
	if (form == FORM_OTHER_BEHIND)
		add_pair(buf, name, STR("other"), between);
}

static void write_field(struct arena *arena, struct request_parts *parts,
			const struct route_field_term *field, enum form form)
{
	struct str value = value_of(arena, field);
	struct buf cookie;

	if (witness_is_host(field))
		return;
	switch (field->kind) {
	case ROUTE_FIELD_HEADER:
		write_header(parts, field->name, value, form);
		break;
	case ROUTE_FIELD_QUERY:
		write_pairs(&parts->query, field->name, value, form, "&");
		break;
	case ROUTE_FIELD_COOKIE:
		buf_init(&cookie);
		write_pairs(&cookie, field->name, value, form, "; ");
		add_header(parts, STR("Cookie"), str_dup(arena, buf_slice(&cookie)));
		buf_finish(&cookie);
		break;
	}
}

static void ask_with(const struct witness_taker *taker, const struct route_term *term,
		     struct witness witness, size_t varied, enum form form)
{
	struct request_parts parts = {.count = 0};

	buf_init(&parts.query);
	for (size_t i = 0; i < term->field_count && i < FIELDS_MOST; i++)
		write_field(taker->arena, &parts, &term->fields[i],
			    i == varied ? form : FORM_PLAIN);
	witness.request.headers = parts.headers;
	witness.request.header_count = parts.count;
	if (parts.query.len)
		witness.request.target =
			str_format(taker->arena, "%.*s?%.*s", STR_ARG(witness.request.target),
				   STR_ARG(buf_slice(&parts.query)));
	taker->take(taker->user, &witness);
	buf_finish(&parts.query);
}

static void ask_fields(const struct witness_taker *taker, const struct route_term *term,
		       const struct witness *base)
{
	int first = term->alone ? FORM_PLAIN : FORM_OTHER_BEHIND;

	for (size_t i = 0; i < term->field_count && i < FIELDS_MOST; i++)
		for (int form = first; form < FORMS; form++)
			ask_with(taker, term, *base, i, (enum form)form);
}

/* ---- bodies ---- */

static void ask_bodies(const struct witness_taker *taker, const struct route_term *term,
		       struct witness witness)
{
	if (!witness.request.method.len)
		witness.request.method = STR("POST");
	witness.twist |= WITNESS_BODY;
	for (int64_t i = 0; i < 2; i++) {
		witness.request.body_length = term->body_bytes + i;
		taker->take(taker->user, &witness);
	}
}

/* ---- addresses ---- */

/* One further or one back; all ones and all zeros are neighbours. */
static void move(uint8_t at[static 16], int by)
{
	for (int i = 15; i >= 0; i--) {
		at[i] = (uint8_t)(at[i] + by);
		if (at[i] != (by > 0 ? 0 : 0xff))
			return;
	}
}

/* The first or the last address of a network. */
static struct route_address edge_of(const struct route_network *network, bool last)
{
	struct route_address address = {.known = true};

	for (unsigned i = 0; i < 128; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);
		bool set = i < network->bits ? network->at[i / 8] & bit : last;

		address.at[i / 8] |= set ? bit : 0;
	}
	return address;
}

static void ask_networks(const struct witness_taker *taker, const struct route_term *term,
			 struct witness witness)
{
	witness.twist |= WITNESS_ADDRESS;
	for (size_t i = 0; i < term->network_count && i < NETWORKS_MOST; i++)
		for (int last = 0; last < 2; last++) {
			witness.request.client = edge_of(&term->networks[i], last);
			taker->take(taker->user, &witness);
			move(witness.request.client.at, last ? 1 : -1);
			taker->take(taker->user, &witness);
		}
}

void witness_edges(const struct witness_taker *taker, const struct route_term *term,
		   struct witness base)
{
	base.request.target = witness_path_of(taker->arena, term);
	base.request.method = term->method;
	ask_fields(taker, term, &base);
	/* A preflight carries no body. */
	if (term->body_bytes > 0 && !str_is(term->method, "OPTIONS"))
		ask_bodies(taker, term, base);
	ask_networks(taker, term, base);
}
