#include "compare/ask.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bug.h"
#include "compare/transfer.h"

enum { SLOTS_MOST = 256, POLL_MS = 100, CONNECTIONS_KEPT = 512 };

/* One probe under way: twice to the live side, once to the candidate. */
enum question { LIVE, AGAIN, CANDIDATE, QUESTIONS };

struct slot {
	const struct probe *probe; /* NULL: free */
	uint32_t draws;            /* that are still to come */
	struct transfer transfers[QUESTIONS];
};

/* Requests to one side that wait for their turn, in the order in which they are sent. */
struct queue {
	struct pace *pace;
	struct transfer *first, **last;
};

enum side { LIVE_SIDE, CANDIDATE_SIDE, SIDES };

struct asker {
	const struct ask_options *options;
	const struct probes *probes;
	struct transfer_kit kit;
	struct arena arena;
	CURLM *multi;
	struct slot *slots;
	unsigned slot_count, busy;
	struct queue queues[SIDES];
	size_t next, asked, failures;
	int64_t start_us; /* of the run */
	bool ended;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- turns ---- */

/* Every request goes through here, also one that is sent again: the pace holds for all of them. */
static void queue_up(struct asker *asker, struct transfer *transfer)
{
	struct queue *queue = &asker->queues[transfer->is_candidate ? CANDIDATE_SIDE : LIVE_SIDE];

	transfer->state = TRANSFER_WAITING;
	transfer->next = NULL;
	*queue->last = transfer;
	queue->last = &transfer->next;
}

static struct transfer *take_first(struct queue *queue)
{
	struct transfer *first = queue->first;

	queue->first = first->next;
	if (!queue->first)
		queue->last = &queue->first;
	return first;
}

static bool is_somebody_waiting(const struct asker *asker)
{
	return asker->queues[LIVE_SIDE].first || asker->queues[CANDIDATE_SIDE].first;
}

/* ---- what is asked ---- */

static bool is_asked(const struct asker *asker, const struct slot *slot, enum question which)
{
	if (which == CANDIDATE)
		return asker->options->candidate.address.len > 0;
	if (asker->options->no_live)
		return false;
	/* Shares are told apart by many draws, not by asking each of them twice. */
	return which == LIVE || !slot->probe->draws;
}

static bool has_port(const struct ask_target *target, uint32_t port)
{
	for (size_t i = 0; i < target->port_count; i++)
		if (target->ports[i].port == port)
			return true;
	return !target->port_count;
}

/* Without an address for the port, nobody is asked: the name must not be looked up instead. */
static void want(struct asker *asker, struct slot *slot, enum question which)
{
	struct transfer *transfer = &slot->transfers[which];
	const struct ask_target *target =
		which == CANDIDATE ? &asker->options->candidate : &asker->options->live;
	uint32_t port = slot->probe->request.port;

	transfer->id = which == AGAIN ? 2 : 1;
	transfer->tries = 0;
	if (has_port(target, port))
		queue_up(asker, transfer);
	else
		transfer_refuse(transfer, port);
}

static bool is_under_way(const struct slot *slot)
{
	for (int i = 0; i < QUESTIONS; i++)
		if (slot->transfers[i].state == TRANSFER_WAITING ||
		    slot->transfers[i].state == TRANSFER_UNDER_WAY)
			return true;
	return false;
}

static bool is_next(const struct asker *asker, const struct slot *slot, enum question which)
{
	if (slot->transfers[which].state != TRANSFER_IDLE || !is_asked(asker, slot, which))
		return false;
	if (which == CANDIDATE)
		return slot->transfers[LIVE].state != TRANSFER_WAITING;
	return which == LIVE || !is_under_way(slot);
}

/* The candidate is asked as soon as the live side was, and the live side again when both have answered: what
 * changed meanwhile, by itself or because somebody asked, shows as noise and not as a difference. */
static void want_next(struct asker *asker, struct slot *slot)
{
	static const enum question order[] = {LIVE, CANDIDATE, AGAIN};

	for (int i = 0; i < QUESTIONS && !asker->ended; i++)
		if (is_next(asker, slot, order[i]))
			want(asker, slot, order[i]);
}

/* ---- taking answers ---- */

static const struct answer *answer_of(const struct slot *slot, enum question which)
{
	const struct transfer *transfer = &slot->transfers[which];

	return transfer->state == TRANSFER_DONE ? &transfer->answer : NULL;
}

/* The end of the run may leave a question unasked; what was answered then proves nothing. */
static bool is_whole(const struct asker *asker, const struct slot *slot)
{
	for (int i = 0; i < QUESTIONS; i++)
		if (is_asked(asker, slot, (enum question)i) &&
		    slot->transfers[i].state != TRANSFER_DONE)
			return false;
	return true;
}

static void begin_draw(struct slot *slot)
{
	for (int i = 0; i < QUESTIONS; i++)
		slot->transfers[i].state = TRANSFER_IDLE;
}

static void note_failure(struct asker *asker)
{
	asker->failures++;
	if (asker->options->max_errors && asker->failures >= asker->options->max_errors)
		asker->ended = true;
}

/* Takes the answers; false when the slot is free, true when the next draw is to be asked. */
static bool end_probe(struct asker *asker, struct slot *slot)
{
	const struct answer *live = answer_of(slot, LIVE);
	bool whole = is_whole(asker, slot);

	if (whole)
		asker->options->take(asker->options->user, slot->probe, live,
				     answer_of(slot, AGAIN), answer_of(slot, CANDIDATE));
	else
		asker->options->take(asker->options->user, slot->probe, NULL, NULL, NULL);
	if (live && live->failure != ANSWER_CAME)
		note_failure(asker);
	if (slot->draws && !asker->ended) {
		slot->draws--;
		for (int i = 0; i < QUESTIONS && slot->probe->follows; i++)
			if (slot->transfers[i].state == TRANSFER_DONE)
				transfer_keep_cookies(&slot->transfers[i]);
		begin_draw(slot);
		return true;
	}
	asker->asked += whole && !slot->draws;
	asker->busy--;
	slot->probe = NULL;
	return false;
}

/* What comes next for a slot, now that something of it was sent, answered or given up. */
static void go_on(struct asker *asker, struct slot *slot)
{
	do
		want_next(asker, slot);
	while (!is_under_way(slot) && end_probe(asker, slot));
}

static struct slot *slot_of(const struct asker *asker, const struct transfer *transfer)
{
	for (unsigned i = 0; i < asker->slot_count; i++)
		for (int k = 0; k < QUESTIONS; k++)
			if (&asker->slots[i].transfers[k] == transfer)
				return &asker->slots[i];
	BUG("a transfer without a slot");
}

static void take_result(struct asker *asker, CURL *easy, CURLcode result)
{
	struct transfer *transfer = NULL;

	asker->kit.curl->easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	asker->kit.curl->multi_remove_handle(asker->multi, easy);
	if (!transfer_end(transfer, result) && transfer->tries <= asker->options->retries &&
	    !asker->ended)
		queue_up(asker, transfer);
	else
		go_on(asker, slot_of(asker, transfer));
}

static void take_results(struct asker *asker)
{
	const CURLMsg *message;
	int left;

	while ((message = asker->kit.curl->multi_info_read(asker->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			take_result(asker, message->easy_handle, message->data.result);
}

/* ---- sending ---- */

/* The live side comes first: what is sent to it lets its candidate wait for its turn. */
static void send_waiting(struct asker *asker)
{
	for (int i = 0; i < SIDES; i++) {
		struct queue *queue = &asker->queues[i];

		while (queue->first && !asker->ended && !pace_wait(queue->pace, now_us())) {
			struct transfer *transfer = take_first(queue);
			struct slot *slot = slot_of(asker, transfer);

			pace_take(queue->pace, now_us());
			transfer_begin(transfer, slot->probe);
			asker->kit.curl->multi_add_handle(asker->multi, transfer->easy);
			go_on(asker, slot);
		}
	}
}

/* The run has ended: nobody gets a turn any more. What is to be sent again has an answer: that it failed. */
static void send_nothing_more(struct asker *asker)
{
	for (int i = 0; i < SIDES; i++)
		while (asker->queues[i].first) {
			struct transfer *transfer = take_first(&asker->queues[i]);

			transfer->state = transfer->tries ? TRANSFER_DONE : TRANSFER_IDLE;
			go_on(asker, slot_of(asker, transfer));
		}
}

static struct slot *free_slot(struct asker *asker)
{
	for (unsigned i = 0; i < asker->slot_count; i++)
		if (!asker->slots[i].probe)
			return &asker->slots[i];
	return NULL;
}

static void begin_probe(struct asker *asker, struct slot *slot, const struct probe *probe)
{
	const struct arena_mark none = {0};

	slot->probe = probe;
	slot->draws = probe->draws ? probe->draws - 1 : 0;
	for (int i = 0; i < QUESTIONS; i++) {
		slot->transfers[i].cookies = (struct str){NULL, 0};
		arena_rewind(&slot->transfers[i].kept, none);
	}
	asker->busy++;
	begin_draw(slot);
	go_on(asker, slot);
}

/* A probe that libcurl cannot say has no answers: it counts as not asked. */
static void pass_over(struct asker *asker, const struct probe *probe)
{
	asker->options->take(asker->options->user, probe, NULL, NULL, NULL);
	asker->asked++;
}

/* No probe is begun as long as something of others waits: the answers to one are not far from each other. */
static void begin_probes(struct asker *asker)
{
	struct slot *slot;

	send_waiting(asker);
	while (!asker->ended && asker->next < asker->probes->count && !is_somebody_waiting(asker) &&
	       (slot = free_slot(asker))) {
		const struct probe *probe = &asker->probes->at[asker->next++];

		if (transfer_can_ask(probe))
			begin_probe(asker, slot, probe);
		else
			pass_over(asker, probe);
		send_waiting(asker);
	}
}

/* ---- the loop ---- */

static int time_to_wait(const struct asker *asker)
{
	int64_t wait = POLL_MS * 1000, now = now_us();

	for (int i = 0; i < SIDES; i++)
		if (asker->queues[i].first && pace_wait(asker->queues[i].pace, now) < wait)
			wait = pace_wait(asker->queues[i].pace, now);
	return (int)((wait + 999) / 1000);
}

static bool is_time_to_end(const struct asker *asker)
{
	const struct ask_options *options = asker->options;

	return (options->max_ms && now_us() - asker->start_us >= options->max_ms * 1000) ||
	       !options->go_on(options->user, asker->asked, asker->failures);
}

static void look_for_end(struct asker *asker, int64_t *looked)
{
	if (asker->ended || now_us() - *looked <= POLL_MS * 1000 / 2)
		return;
	*looked = now_us();
	asker->ended = is_time_to_end(asker);
}

static bool is_at_work(const struct asker *asker)
{
	return asker->busy || (!asker->ended && asker->next < asker->probes->count);
}

static bool run(struct asker *asker, struct error *error)
{
	const struct curl_api *curl = asker->kit.curl;
	int64_t looked = 0;

	while (is_at_work(asker)) {
		int running;
		CURLMcode code;

		look_for_end(asker, &looked);
		if (asker->ended)
			send_nothing_more(asker);
		begin_probes(asker);
		code = curl->multi_perform(asker->multi, &running);
		if (code == CURLM_OK) {
			take_results(asker);
			begin_probes(asker);
			if (is_at_work(asker))
				code = curl->multi_poll(asker->multi, NULL, 0, time_to_wait(asker),
							NULL);
		}
		if (code != CURLM_OK)
			return error_set(error, "cannot ask: %s", curl->multi_strerror(code));
	}
	return true;
}

/* ---- beginning and end ---- */

static struct curl_slist *add_way(const struct asker *asker, struct curl_slist *route,
				  struct str way)
{
	struct curl_slist *longer = asker->kit.curl->slist_append(route, way.at);

	if (!longer)
		bug_out_of_memory(way.len);
	return longer;
}

/* Whatever the host is, connections to a port go there: ":80:127.0.0.1:8080"; to any port, "::127.0.0.1:". */
static struct curl_slist *route_to(struct asker *asker, const struct ask_target *target)
{
	struct curl_slist *route = NULL;

	if (!target->port_count && target->address.len)
		return add_way(asker, NULL,
			       str_format(&asker->arena, "::%.*s:", STR_ARG(target->address)));
	for (size_t i = 0; i < target->port_count; i++)
		route = add_way(asker, route,
				str_format(&asker->arena, ":%u:%.*s:%u", target->ports[i].port,
					   STR_ARG(target->address), target->ports[i].to));
	return route;
}

static bool init_slots(struct asker *asker)
{
	unsigned count = asker->options->concurrency;

	asker->slot_count = count < 1 ? 1 : count > SLOTS_MOST ? SLOTS_MOST : count;
	asker->slots = arena_array(&asker->arena, struct slot, asker->slot_count);
	for (unsigned i = 0; i < asker->slot_count; i++)
		for (int k = 0; k < QUESTIONS; k++)
			if (!transfer_init(&asker->slots[i].transfers[k], &asker->kit,
					   k == CANDIDATE))
				return false;
	return true;
}

static bool init(struct asker *asker, struct error *error)
{
	const struct curl_api *curl = curl_load(error);

	if (!curl)
		return false;
	asker->kit = (struct transfer_kit){.curl = curl, .options = asker->options};
	asker->kit.certificates.arena = &asker->arena;
	map_init(&asker->kit.certificates.by_fingerprint, &asker->arena);
	asker->kit.live_route = route_to(asker, &asker->options->live);
	asker->kit.candidate_route = route_to(asker, &asker->options->candidate);
	asker->multi = curl->multi_init();
	if (!asker->multi || !init_slots(asker))
		return error_set(error, "libcurl has no handle for a request");
	curl->multi_setopt(asker->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	return true;
}

static void finish(struct asker *asker)
{
	const struct curl_api *curl = asker->kit.curl;

	for (unsigned i = 0; i < asker->slot_count && asker->slots; i++)
		for (int k = 0; k < QUESTIONS; k++)
			if (asker->slots[i].transfers[k].kit)
				transfer_finish(&asker->slots[i].transfers[k]);
	if (curl) {
		curl->multi_cleanup(asker->multi);
		curl->slist_free_all(asker->kit.live_route);
		curl->slist_free_all(asker->kit.candidate_route);
	}
	arena_finish(&asker->arena);
}

bool ask_all(struct ask_options *options, const struct probes *probes, size_t *asked,
	     struct error *error)
{
	struct asker asker = {
		.options = options,
		.probes = probes,
		.queues = {{.pace = &options->live.pace}, {.pace = &options->candidate.pace}},
	};
	bool ran;

	arena_init(&asker.arena);
	for (int i = 0; i < SIDES; i++)
		asker.queues[i].last = &asker.queues[i].first;
	asker.start_us = now_us();
	ran = init(&asker, error) && run(&asker, error);
	*asked = asker.asked;
	finish(&asker);
	return ran;
}
