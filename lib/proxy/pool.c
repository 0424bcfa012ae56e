#include "proxy/pool.h"

#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/str.h"

static size_t slot_of(const struct net_address *address, const SSL_CTX *tls)
{
	uint64_t hash = str_hash((struct str){(const char *)&address->any, address->len});

	return (hash ^ (uintptr_t)tls >> 4) % POOL_PLACES;
}

struct pool_place *pool_place(struct pool *pool, const struct net_address *address, SSL_CTX *tls)
{
	size_t slot = slot_of(address, tls);
	struct pool_place *place = pool->slots[slot];

	while (place && (place->tls != tls || !net_equal(&place->address, address)))
		place = place->next;
	if (place)
		return place;
	place = malloc(sizeof *place);
	if (!place)
		bug_out_of_memory(sizeof *place);
	if (tls)
		SSL_CTX_up_ref(tls);
	*place = (struct pool_place){
		.next = pool->slots[slot], .pool = pool, .address = *address, .tls = tls};
	return pool->slots[slot] = place;
}

void pool_join(struct pool_place *place)
{
	place->users++;
}

void pool_leave(struct pool *pool, struct pool_place *place)
{
	struct pool_place **at = &pool->slots[slot_of(&place->address, place->tls)];

	if (--place->users || !place->tls)
		return;
	while (*at != place)
		at = &(*at)->next;
	*at = place->next;
	SSL_CTX_free(place->tls);
	free(place);
}

void pool_remove(struct pooled *pooled)
{
	if (!pooled->link)
		return;
	*pooled->link = pooled->next;
	if (pooled->next)
		pooled->next->link = pooled->link;
	pooled->link = NULL;
	pooled->place->count--;
	pooled->place->pool->idle--;
}

struct pooled *pool_take(struct pool_place *place)
{
	struct pooled *pooled = place->first;

	if (pooled)
		pool_remove(pooled);
	return pooled;
}

bool pool_put(struct pool_place *place, struct pooled *pooled)
{
	if (place->count >= POOL_KEPT)
		return false;
	*pooled = (struct pooled){.next = place->first, .link = &place->first, .place = place};
	if (pooled->next)
		pooled->next->link = &pooled->next;
	place->first = pooled;
	place->count++;
	place->pool->idle++;
	return true;
}

void pool_finish(struct pool *pool)
{
	for (size_t i = 0; i < POOL_PLACES; i++) {
		while (pool->slots[i]) {
			struct pool_place *place = pool->slots[i];

			pool->slots[i] = place->next;
			SSL_CTX_free(place->tls);
			free(place);
		}
	}
}
