/* Connections, and requests on connections that were made for something else. */
#include "route/witness.h"

enum { NEIGHBOURS = 3 };

static struct str in_upper_case(struct arena *arena, struct str name)
{
	struct str upper = str_dup(arena, name);
	char *at = (char *)upper.at;

	for (size_t i = 0; i < upper.len; i++)
		if (at[i] >= 'a' && at[i] <= 'z')
			at[i] = (char)(at[i] ^ 0x20);
	return upper;
}

/* ---- one host ---- */

/* Where a listener looks at the server name and nothing else. */
static bool is_stream(const struct witness *witness)
{
	const struct witness_host *host = witness->host;

	for (size_t i = 0; i < host->term_count; i++)
		if (host->terms[i]->transport == ROUTE_TLS &&
		    host->terms[i]->port == witness->request.port)
			return true;
	return false;
}

static void shake_hands(const struct witness_taker *taker, struct witness witness)
{
	witness.request.transport = ROUTE_TLS;
	witness.request.target = witness.request.authority = (struct str){0};
	taker->take(taker->user, &witness);
}

/* The hosts behind it in the list and around its end: whoever else may own the connection. */
static void misdirect(const struct witness_taker *taker, const struct witness_hosts *hosts,
		      struct witness witness)
{
	size_t at = (size_t)(witness.host - hosts->at);

	witness.twist |= WITNESS_OTHER_SNI;
	for (size_t i = 1; i <= NEIGHBOURS && i < hosts->count; i++) {
		witness.request.sni = hosts->at[(at + i) % hosts->count].name;
		taker->take(taker->user, &witness);
	}
}

void witness_connections(const struct witness_taker *taker, const struct witness_hosts *hosts,
			 struct witness base)
{
	struct witness upper = base;

	upper.twist |= WITNESS_HOST_FORM;
	upper.request.sni = in_upper_case(taker->arena, base.request.sni);
	taker->take(taker->user, &upper);
	if (is_stream(&base)) {
		shake_hands(taker, base);
		shake_hands(taker, upper);
	}
	misdirect(taker, hosts, base);
	base.twist |= WITNESS_NO_SNI;
	base.request.sni = (struct str){0};
	taker->take(taker->user, &base);
}

/* ---- no host ---- */

static bool was_seen(struct map *seen, const struct route_term *term)
{
	uint32_t key[2] = {term->transport, term->port};
	void **place =
		map_at(seen, str_dup(seen->arena, (struct str){(const char *)key, sizeof key}));
	bool known = *place;

	*place = seen;
	return known;
}

/* A connection without a name has to do with everybody. */
static struct witness_host *everybody(const struct witness_hosts *hosts)
{
	struct witness_host *host = arena_new(hosts->arena, struct witness_host);

	host->terms = arena_array(hosts->arena, const struct route_term *, hosts->term_count);
	host->term_count = hosts->term_count;
	for (size_t i = 0; i < hosts->term_count; i++)
		host->terms[i] = &hosts->terms[i];
	return host;
}

void witness_streams(const struct witness_taker *taker, const struct witness_hosts *hosts)
{
	struct witness witness = {.host = everybody(hosts)};
	struct map seen;

	map_init(&seen, taker->arena);
	for (size_t i = 0; i < hosts->term_count; i++) {
		const struct route_term *term = &hosts->terms[i];

		if (term->transport == ROUTE_HTTP || was_seen(&seen, term))
			continue;
		witness.request.transport = term->transport;
		witness.request.port = term->port;
		witness.request.tls = term->transport == ROUTE_TLS;
		witness.twist = term->transport == ROUTE_TLS ? WITNESS_NO_SNI : 0;
		taker->take(taker->user, &witness);
	}
}
