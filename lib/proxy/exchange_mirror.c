/* Copies of requests for RequestMirror: exchanges whose answers nobody sees. */
#include "proxy/exchange.h"

#include "proxy/worker.h"

static void discard_head(struct front *front, const struct head *answer)
{
	(void)front;
	(void)answer;
}

static bool discard_data(struct front *front, struct str bytes, bool last)
{
	(void)front;
	(void)bytes;
	(void)last;
	return true;
}

static void discard_end(struct front *front, const struct head *trailers)
{
	(void)front;
	(void)trailers;
}

static void discard(struct front *front)
{
	(void)front;
}

static void discard_hold(struct front *front, bool hold)
{
	(void)front;
	(void)hold;
}

static const struct front_ops discarding = {
	.head = discard_head,
	.data = discard_data,
	.end = discard_end,
	.flush = discard,
	.cut = discard,
	.hold = discard_hold,
};

static void keep(struct str *text, struct arena *arena)
{
	if (text->at)
		*text = str_dup(arena, *text);
}

/* The copy may outlive the request, whose texts lie in the client's buffer and its exchange's arena, and still be
 * sent once more: it has texts of its own. */
static void copy_head(struct exchange *copy, const struct exchange *exchange)
{
	struct head *ask = &copy->ask;

	exchange_copy_head(ask, &exchange->ask, &copy->arena);
	keep(&ask->method, ask->arena);
	keep(&ask->target, ask->arena);
	keep(&ask->authority, ask->arena);
	keep(&ask->scheme, ask->arena);
	for (uint32_t i = 0; i < ask->count; i++) {
		keep(&ask->fields[i].name, ask->arena);
		keep(&ask->fields[i].value, ask->arena);
	}
	copy->request = *ask;
	copy->request.body = exchange->request.body;
}

/* As much of the request as there was before the copy, when guards or bodies were waited for. */
static void copy_start(struct exchange *copy, const struct exchange *exchange)
{
	copy->delayed = exchange->delayed;
	copy->requested = exchange->requested;
	exchange_keep_trailers(copy, exchange->trailers);
	for (const struct slab *slab = exchange->kept.first; slab; slab = slab->next)
		queue_add(&copy->worker->slabs, &copy->kept, slab->bytes + slab->from,
			  slab->to - slab->from);
}

static void copy_to(struct exchange *exchange, const struct route_mirror *mirror)
{
	struct exchange *copy = exchange_new(exchange->worker);
	struct route_backend *share = arena_new(&copy->arena, struct route_backend);

	*share = (struct route_backend){
		.kind = mirror->kind,
		.namespace = mirror->namespace,
		.name = mirror->name,
		.port = mirror->port,
		.protocol = mirror->protocol,
		.tls = mirror->tls,
	};
	copy->discard = (struct front){&discarding, copy};
	exchange_open_inner(copy, exchange, &copy->discard, share);
	copy_head(copy, exchange);
	copy_start(copy, exchange);
	copy->mirror_of = exchange;
	copy->next = exchange->mirrors;
	exchange->mirrors = copy;
	exchange_try(copy);
	queue_clear(&copy->worker->slabs, &copy->kept);
}

static void copy_to_all(struct exchange *exchange, const struct route_mirror *mirrors, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct route_mirror *mirror = &mirrors[i];

		if (mirror->state == ROUTE_BACKEND_OK && mirror->denominator &&
		    balance_next(&exchange->worker->mirrors, balance_key(mirror, 0),
				 mirror->denominator) < mirror->numerator)
			copy_to(exchange, mirror);
	}
}

void exchange_mirror(struct exchange *exchange)
{
	const struct route_policy *policy = exchange->policy;
	const struct route_backend *share = exchange->share;

	if (exchange->ask.websocket)
		return;
	if (policy->mirror_count)
		copy_to_all(exchange, policy->mirrors, policy->mirror_count);
	if (share->mirror_count)
		copy_to_all(exchange, share->mirrors, share->mirror_count);
}
