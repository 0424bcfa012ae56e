#include "proxy/stats.h"

#include <stdio.h>

#include "proxy/log.h"
#include "proxy/worker.h"

const int64_t stats_bounds[STATS_BUCKETS] = {500,   1000,   2500,   5000,    10000,   25000,
					     50000, 100000, 250000, 1000000, 5000000, 30000000};

void stats_init(struct stats *stats)
{
	*stats = (struct stats){0};
	pthread_mutex_init(&stats->lock, NULL);
	arena_init(&stats->arena);
	map_init(&stats->map, &stats->arena);
}

void stats_finish(struct stats *stats)
{
	pthread_mutex_destroy(&stats->lock);
	arena_finish(&stats->arena);
}

/* A label's value (https://prometheus.io/docs/instrumenting/exposition_formats): names of objects hold
 * neither quotes nor backslashes once the API server has seen them, but files may. */
static void label(struct buf *out, const char *name, struct str value)
{
	buf_format(out, "%s%s=\"", out->len ? "," : "", name);
	for (size_t i = 0; i < value.len; i++)
		buf_char(out, value.at[i] == '"' || value.at[i] == '\\' || value.at[i] < ' '
				      ? '_'
				      : value.at[i]);
	buf_char(out, '"');
}

static void write_labels(struct buf *out, const struct exchange *exchange)
{
	const struct route_place *place = &exchange->decision.place;
	const struct route_backend *share = exchange->share;
	char text[16];

	buf_clear(out);
	if (place->object) {
		label(out, "kind", place->object->kind);
		label(out, "namespace", place->object->namespace);
		label(out, "route", place->object->name);
	}
	if (share) {
		label(out, "backend_namespace", share->namespace);
		label(out, "backend", share->name);
		snprintf(text, sizeof text, "%u", share->port);
		label(out, "backend_port", str_from(text));
	}
	snprintf(text, sizeof text, "%u", exchange->status);
	label(out, "code", str_from(text));
}

static struct stats_series *series_of(struct stats *stats, struct str labels)
{
	struct stats_series *series = map_get(&stats->map, labels);
	struct str kept;

	if (series)
		return series;
	if (stats->series_count >= STATS_SERIES)
		labels = STR("route=\"(others)\"");
	series = map_get(&stats->map, labels);
	if (series)
		return series;
	kept = str_dup(&stats->arena, labels);
	series = arena_new(&stats->arena, struct stats_series);
	*series = (struct stats_series){.next = stats->series, .labels = kept.at};
	stats->series = series;
	stats->series_count++;
	*map_at(&stats->map, kept) = series;
	return series;
}

static void remember(struct stats *stats, struct worker *worker, const struct exchange *exchange)
{
	char *line = stats->last[stats->last_count++ % STATS_LAST];
	size_t len;

	buf_clear(&worker->text);
	log_text(&worker->text, exchange);
	len = worker->text.len - 1 < STATS_LINE - 1 ? worker->text.len - 1 : STATS_LINE - 1;
	memcpy(line, worker->text.at, len);
	line[len] = '\0';
}

void stats_exchange(struct worker *worker, const struct exchange *exchange)
{
	struct stats *stats = &worker->stats;
	int64_t took = worker_clock() - exchange->start_us;
	size_t bucket = 0;

	if (!worker->options->admin.len || exchange->place->admin)
		return;
	while (bucket < STATS_BUCKETS && took > stats_bounds[bucket])
		bucket++;
	write_labels(&worker->text, exchange);
	pthread_mutex_lock(&stats->lock);
	series_of(stats, buf_slice(&worker->text))->count++;
	stats->requests++;
	stats->microseconds += (uint64_t)took;
	stats->buckets[bucket]++;
	stats->bytes_in += exchange->bytes_in;
	stats->bytes_out += exchange->bytes_out;
	remember(stats, worker, exchange);
	pthread_mutex_unlock(&stats->lock);
}

void stats_turn(struct worker *worker)
{
	struct stats *stats = &worker->stats;

	if (!worker->options->admin.len)
		return;
	pthread_mutex_lock(&stats->lock);
	stats->connections = worker->client_count;
	stats->accepted = worker->accepted;
	stats->idle_backends = worker->pool.idle;
	pthread_mutex_unlock(&stats->lock);
}
