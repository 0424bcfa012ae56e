#include "gateway/pack.h"

#include "base/arena.h"
#include "base/buf.h"

/* Texts in the table: those that came twice before it was full, and are neither so short that their
 * number is no gain nor so long that they hardly come again. */
enum { WORDS_MOST = 1024, WORD_SHORTEST = 3, WORD_LONGEST = 64, RECENT = 256 };

struct gateway_packs {
	struct arena *arena;
	struct map numbers; /* of a text in `words`, from 1 */
	struct str words[WORDS_MOST];
	size_t word_count;
	uint64_t recent[RECENT]; /* hashes of texts that came once */
	struct buf out;
	size_t size;
};

/* One pass over a route, in either direction: one description of the fields serves both, so that they
 * cannot drift apart. Writing leaves the route as it is. */
struct pack {
	struct gateway_packs *packs;
	struct arena *arena;       /* reading: owns lists */
	const unsigned char *from; /* reading; NULL: writing */
	struct span last;          /* the place before */
};

/* ---- numbers: seven bits a byte, the lowest first ---- */

static void write_number(struct buf *out, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		buf_char(out, (char)(number | 0x80));
	buf_char(out, (char)number);
}

static uint64_t read_number(struct pack *pack)
{
	uint64_t number = 0;

	for (unsigned shift = 0;; shift += 7) {
		unsigned char byte = *pack->from++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
}

static uint64_t number(struct pack *pack, uint64_t value)
{
	if (pack->from)
		return read_number(pack);
	write_number(&pack->packs->out, value);
	return value;
}

/* Small negative numbers are short as well. */
static int64_t signed_number(struct pack *pack, int64_t value)
{
	uint64_t folded = number(pack, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));

	return (int64_t)(folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0));
}

#define PACK_UNSIGNED(pack, field) ((field) = (uint32_t)number((pack), (field)))
#define PACK_SIGNED(pack, field) ((field) = signed_number((pack), (field)))
#define PACK_BOOL(pack, field) ((field) = number((pack), (field)) != 0)
#define PACK_ENUM(pack, field, type) ((field) = (enum type)number((pack), (uint64_t)(field)))

/* A list and its count, with a function for one of its items. */
#define PACK_LIST(pack, items, count, one)                                                         \
	do {                                                                                       \
		(count) = (size_t)number((pack), (count));                                         \
		if ((pack)->from)                                                                  \
			(items) = (count) ? arena_alloc((pack)->arena, sizeof *(items) * (count))  \
					  : NULL;                                                  \
		for (size_t i_ = 0; i_ < (count); i_++)                                            \
			one((pack), &(items)[i_]);                                                 \
	} while (0)

/* ---- texts ---- */

/* Number of a text in the table, which it enters when it comes for the second time; 0: it has none. */
static size_t word_of(struct gateway_packs *packs, struct str text)
{
	uint64_t hash, *recent;
	void *known;

	if (text.len < WORD_SHORTEST || text.len > WORD_LONGEST)
		return 0;
	known = map_get(&packs->numbers, text);
	if (known)
		return (size_t)((struct str *)known - packs->words) + 1;
	hash = str_hash(text);
	recent = &packs->recent[hash % RECENT];
	if (*recent != hash || packs->word_count == WORDS_MOST) {
		*recent = hash;
		return 0;
	}
	packs->words[packs->word_count] = str_dup(packs->arena, text);
	packs->size += text.len;
	*map_at(&packs->numbers, packs->words[packs->word_count]) =
		&packs->words[packs->word_count];
	return ++packs->word_count;
}

/* 0 is no text at all; odd numbers are words, even ones lengths, from 2. */
static void write_text(struct gateway_packs *packs, struct str text)
{
	size_t word;

	if (!text.at) {
		write_number(&packs->out, 0);
		return;
	}
	word = word_of(packs, text);
	if (word) {
		write_number(&packs->out, (word - 1) << 1 | 1);
		return;
	}
	write_number(&packs->out, (text.len + 1) << 1);
	buf_str(&packs->out, text);
}

static struct str read_text(struct pack *pack)
{
	uint64_t code = read_number(pack);
	struct str text = {(const char *)pack->from, code ? (size_t)(code >> 1) - 1 : 0};

	if (!code)
		return (struct str){NULL, 0};
	if (code & 1)
		return pack->packs->words[code >> 1];
	pack->from += text.len;
	return text;
}

static void pack_str(struct pack *pack, struct str *text)
{
	if (pack->from)
		*text = read_text(pack);
	else
		write_text(pack->packs, *text);
}

/* ---- places ---- */

/* 0 is no place; else the distance in lines, and whether the source is another one. */
static void pack_span(struct pack *pack, struct span *span)
{
	int64_t lines = (int64_t)span->line - pack->last.line;
	bool moved = span->source != pack->last.source;
	uint64_t folded = (uint64_t)lines << 1 ^ (lines < 0 ? UINT64_MAX : 0);
	uint64_t code = number(pack, span->line ? (folded << 1 | moved) + 1 : 0);

	if (!code) {
		*span = (struct span){0};
		return;
	}
	folded = (code - 1) >> 1;
	lines = (int64_t)(folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0));
	span->line = (uint32_t)(pack->last.line + lines);
	if ((code - 1) & 1)
		PACK_UNSIGNED(pack, span->source);
	else
		span->source = pack->last.source;
	PACK_UNSIGNED(pack, span->column);
	PACK_UNSIGNED(pack, span->length);
	pack->last = *span;
}

static void pack_text(struct pack *pack, struct kube_text *text)
{
	pack_str(pack, &text->text);
	if (text->text.at)
		pack_span(pack, &text->span);
	else
		text->span = (struct span){0};
}

static void pack_texts(struct pack *pack, struct gateway_texts *texts)
{
	PACK_LIST(pack, texts->at, texts->count, pack_text);
}

/* ---- metadata ---- */

static void pack_pair(struct pack *pack, struct kube_pair *pair)
{
	pack_str(pack, &pair->key);
	pack_str(pack, &pair->value);
	pack_span(pack, &pair->key_span);
	pack_span(pack, &pair->value_span);
}

static void pack_meta(struct pack *pack, struct kube_meta *meta)
{
	/* These two first: gateway_packed_name(). */
	pack_str(pack, &meta->namespace);
	pack_str(pack, &meta->name);
	pack_str(pack, &meta->version);
	PACK_BOOL(pack, meta->namespace_given);
	PACK_BOOL(pack, meta->name_generated);
	PACK_SIGNED(pack, meta->created);
	PACK_LIST(pack, meta->labels.at, meta->labels.count, pack_pair);
	PACK_LIST(pack, meta->annotations.at, meta->annotations.count, pack_pair);
	pack_span(pack, &meta->span);
	pack_span(pack, &meta->name_span);
}

static void pack_ref(struct pack *pack, struct gateway_ref *ref)
{
	pack_span(pack, &ref->span);
	pack_str(pack, &ref->group);
	pack_str(pack, &ref->kind);
	pack_text(pack, &ref->name);
	pack_str(pack, &ref->namespace);
	PACK_BOOL(pack, ref->namespace_given);
	pack_text(pack, &ref->section);
	PACK_UNSIGNED(pack, ref->port);
	pack_span(pack, &ref->port_span);
}

/* ---- filters ---- */

static void pack_header(struct pack *pack, struct gateway_header *header)
{
	pack_text(pack, &header->name);
	pack_text(pack, &header->value);
}

static void pack_headers(struct pack *pack, struct gateway_filter *filter)
{
	struct gateway_header_edits *edits = &filter->headers;

	PACK_LIST(pack, edits->set.at, edits->set.count, pack_header);
	PACK_LIST(pack, edits->add.at, edits->add.count, pack_header);
	pack_texts(pack, &edits->remove);
}

static void pack_mirror(struct pack *pack, struct gateway_filter *filter)
{
	pack_ref(pack, &filter->mirror.backend);
	PACK_UNSIGNED(pack, filter->mirror.numerator);
	PACK_UNSIGNED(pack, filter->mirror.denominator);
}

static void pack_path_edit(struct pack *pack, struct gateway_path_edit *edit)
{
	PACK_ENUM(pack, edit->change, gateway_path_change);
	pack_text(pack, &edit->value);
}

static void pack_redirect(struct pack *pack, struct gateway_filter *filter)
{
	struct gateway_redirect *redirect = &filter->redirect;

	pack_text(pack, &redirect->scheme);
	pack_text(pack, &redirect->hostname);
	pack_path_edit(pack, &redirect->path);
	PACK_UNSIGNED(pack, redirect->port);
	PACK_UNSIGNED(pack, redirect->status);
}

static void pack_rewrite(struct pack *pack, struct gateway_filter *filter)
{
	pack_text(pack, &filter->rewrite.hostname);
	pack_path_edit(pack, &filter->rewrite.path);
}

static void pack_cors(struct pack *pack, struct gateway_filter *filter)
{
	struct gateway_cors *cors = &filter->cors;

	PACK_BOOL(pack, cors->allow_credentials);
	pack_texts(pack, &cors->origins);
	pack_texts(pack, &cors->methods);
	pack_texts(pack, &cors->headers);
	pack_texts(pack, &cors->expose);
	PACK_UNSIGNED(pack, cors->max_age);
}

static void pack_auth(struct pack *pack, struct gateway_filter *filter)
{
	struct gateway_auth *auth = &filter->auth;

	pack_ref(pack, &auth->backend);
	PACK_BOOL(pack, auth->grpc);
	pack_text(pack, &auth->path);
	pack_texts(pack, &auth->headers);
	pack_texts(pack, &auth->response_headers);
	PACK_BOOL(pack, auth->forwards_body);
	PACK_SIGNED(pack, auth->body_size);
}

static void pack_extension(struct pack *pack, struct gateway_filter *filter)
{
	pack_ref(pack, &filter->extension);
}

static void pack_filter(struct pack *pack, struct gateway_filter *filter)
{
	static void (*const settings[])(struct pack *, struct gateway_filter *) = {
		[GATEWAY_FILTER_REQUEST_HEADERS] = pack_headers,
		[GATEWAY_FILTER_RESPONSE_HEADERS] = pack_headers,
		[GATEWAY_FILTER_MIRROR] = pack_mirror,
		[GATEWAY_FILTER_REDIRECT] = pack_redirect,
		[GATEWAY_FILTER_REWRITE] = pack_rewrite,
		[GATEWAY_FILTER_CORS] = pack_cors,
		[GATEWAY_FILTER_AUTH] = pack_auth,
		[GATEWAY_FILTER_EXTENSION] = pack_extension,
	};

	PACK_ENUM(pack, filter->type, gateway_filter_type);
	pack_span(pack, &filter->span);
	settings[filter->type](pack, filter);
}

static void pack_filters(struct pack *pack, struct gateway_filters *filters)
{
	PACK_LIST(pack, filters->at, filters->count, pack_filter);
}

/* ---- rules ---- */

static void pack_value(struct pack *pack, struct gateway_value_match *value)
{
	pack_text(pack, &value->name);
	pack_text(pack, &value->value);
	PACK_ENUM(pack, value->type, gateway_match_type);
}

static void pack_match(struct pack *pack, struct gateway_match *match)
{
	pack_span(pack, &match->span);
	PACK_ENUM(pack, match->path_type, gateway_match_type);
	pack_text(pack, &match->path);
	pack_text(pack, &match->method);
	PACK_LIST(pack, match->params.at, match->params.count, pack_value);
	PACK_ENUM(pack, match->rpc_type, gateway_match_type);
	pack_text(pack, &match->service);
	pack_text(pack, &match->rpc);
	PACK_LIST(pack, match->headers.at, match->headers.count, pack_value);
}

static void pack_backend(struct pack *pack, struct gateway_backend *backend)
{
	pack_ref(pack, &backend->ref);
	PACK_UNSIGNED(pack, backend->weight);
	pack_span(pack, &backend->weight_span);
	pack_filters(pack, &backend->filters);
}

static void pack_timeouts(struct pack *pack, struct gateway_timeouts *timeouts)
{
	PACK_SIGNED(pack, timeouts->request);
	PACK_SIGNED(pack, timeouts->backend_request);
	pack_span(pack, &timeouts->request_span);
	pack_span(pack, &timeouts->backend_request_span);
}

static void pack_code(struct pack *pack, uint32_t *code)
{
	PACK_UNSIGNED(pack, *code);
}

static void pack_retry(struct pack *pack, struct gateway_retry *retry)
{
	PACK_BOOL(pack, retry->given);
	PACK_LIST(pack, retry->codes, retry->code_count, pack_code);
	PACK_UNSIGNED(pack, retry->attempts);
	PACK_SIGNED(pack, retry->backoff);
}

static void pack_session(struct pack *pack, struct gateway_session *session)
{
	PACK_BOOL(pack, session->given);
	pack_text(pack, &session->name);
	PACK_BOOL(pack, session->by_header);
	PACK_BOOL(pack, session->permanent);
	PACK_SIGNED(pack, session->absolute_timeout);
}

static void pack_rule(struct pack *pack, struct gateway_rule *rule)
{
	pack_span(pack, &rule->span);
	pack_text(pack, &rule->name);
	PACK_LIST(pack, rule->matches, rule->match_count, pack_match);
	pack_filters(pack, &rule->filters);
	PACK_LIST(pack, rule->backends, rule->backend_count, pack_backend);
	pack_timeouts(pack, &rule->timeouts);
	pack_retry(pack, &rule->retry);
	pack_session(pack, &rule->session);
}

static void pack_route(struct pack *pack, struct gateway_route *route)
{
	PACK_ENUM(pack, route->kind, gateway_route_kind);
	route->meta.kind = gateway_route_kind_name(route->kind);
	pack_meta(pack, &route->meta);
	PACK_LIST(pack, route->parents.at, route->parents.count, pack_ref);
	pack_texts(pack, &route->hostnames);
	PACK_LIST(pack, route->rules, route->rule_count, pack_rule);
	pack_str(pack, &route->use_default_gateways);
}

/* ---- both ways ---- */

struct gateway_packs *gateway_packs_new(struct arena *arena)
{
	struct gateway_packs *packs = arena_new(arena, struct gateway_packs);

	packs->arena = arena;
	map_init(&packs->numbers, arena);
	return packs;
}

const unsigned char *gateway_pack(struct gateway_packs *packs, const struct gateway_route *route)
{
	struct pack pack = {.packs = packs};
	struct gateway_route same = *route;
	struct str bytes;
	char *at;

	buf_init(&packs->out);
	pack_route(&pack, &same);
	bytes = buf_slice(&packs->out);
	at = arena_bytes(packs->arena, bytes.len);
	memcpy(at, bytes.at, bytes.len);
	packs->size += bytes.len;
	buf_finish(&packs->out);
	return (const unsigned char *)at;
}

struct gateway_route *gateway_unpack(const struct gateway_packs *packs, const unsigned char *bytes,
				     struct arena *arena)
{
	struct pack pack = {.packs = (struct gateway_packs *)packs, .arena = arena, .from = bytes};
	struct gateway_route *route = arena_new(arena, struct gateway_route);

	pack_route(&pack, route);
	return route;
}

void gateway_packed_name(const struct gateway_packs *packs, const unsigned char *bytes,
			 struct str *namespace, struct str *name)
{
	struct pack pack = {.packs = (struct gateway_packs *)packs, .from = bytes};
	enum gateway_route_kind kind = GATEWAY_HTTP_ROUTE;

	PACK_ENUM(&pack, kind, gateway_route_kind);
	pack_str(&pack, namespace);
	pack_str(&pack, name);
}

size_t gateway_packs_size(const struct gateway_packs *packs)
{
	return packs->size;
}
