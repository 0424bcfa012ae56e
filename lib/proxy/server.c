/* The main thread: starts workers, reloads, and ends in order. */
#define _GNU_SOURCE /* sched_getaffinity */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/bug.h"
#include "proxy/admin.h"
#include "proxy/lacks.h"
#include "proxy/worker.h"
#include "report/clean.h"

enum { WORKERS_MOST = 64, WATCH_MS = 500, MAIL_S = 5 };

const struct proxy_options proxy_defaults = {
	.connect_ms = 10 * 1000,
	.backend_idle_ms = 300 * 1000,
	.head_ms = 10 * 1000,
	.body_ms = 60 * 1000,
	.idle_ms = 75 * 1000,
	.drain_ms = 30 * 1000,
	.connections = 16 * 1024,
};

/* Known to others as struct proxy. */
struct proxy {
	const struct proxy_options *options;
	struct binds binds;
	struct overview overview;
	struct worker *workers[WORKERS_MOST];
	unsigned count;
	int signals;
};

/* ---- what is said ---- */

static void say(const struct proxy *server, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct proxy *server, const char *format, ...)
{
	char line[1024];
	struct buf shown;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	buf_init(&shown);
	clean_add(&shown, str_from(line)); /* names of objects are other people's */
	server->options->say(server->options->user, buf_slice(&shown));
	buf_finish(&shown);
}

static void say_bind(const struct proxy *server, const struct bind *bind)
{
	char text[BIND_TEXT];

	if (bind->admin)
		say(server, "status page on %s", bind_text(bind, text));
	else if (bind->gateway[0])
		say(server, "listening on %s (port %u of Gateway %s/%s)", bind_text(bind, text),
		    bind->port, bind->namespace, bind->gateway);
	else
		say(server, "listening on %s (port %u%s%s)", bind_text(bind, text), bind->port,
		    bind->title[0] ? " of " : "", bind->title);
}

/* ---- certificates that are made up ---- */

struct unsigned_names {
	const struct proxy *server;
	const struct snapshot *snapshot;
	const struct route_table *table;
	struct route_scratch scratch;
	struct map said;
};

/* The host of a term as a client would name it. */
static struct str name_of(struct unsigned_names *names, struct str host)
{
	if (str_starts(host, "*."))
		return STR_JOIN(&names->scratch.arena, STR("any"), str_from_pos(host, 1));
	return host;
}

static void say_self_signed(void *user, const struct route_term *term)
{
	struct unsigned_names *names = user;
	struct route_decision decision;
	struct route_request request = {
		.transport = ROUTE_TLS,
		.gateway_namespace = term->gateway_namespace,
		.gateway = term->gateway,
		.port = term->port,
		.tls = true,
		.client_certificate = ROUTE_CERTIFICATE_GOOD,
	};
	void **said;

	if (!term->tls)
		return;
	said = map_at(&names->said, term->host);
	if (*said)
		return;
	request.sni = str_dup(names->said.arena, name_of(names, term->host));
	route_decide(names->table, &request, &names->scratch, &decision);
	if (!decision.tls || decision.tls->passthrough ||
	    tls_has_certificate(names->snapshot->world->kube, decision.tls))
		return;
	*said = names;
	say(names->server, "no certificate for %.*s in the input: a self-signed one is shown",
	    STR_ARG(term->host.len ? term->host : STR("any host")));
}

static void say_certificates(const struct proxy *server, const struct snapshot *snapshot)
{
	struct unsigned_names names = {.server = server, .snapshot = snapshot};
	struct arena arena;

	arena_init(&arena);
	map_init(&names.said, &arena);
	route_scratch_init(&names.scratch, false);
	for (size_t i = 0; i < snapshot->world->table_count; i++) {
		names.table = snapshot->world->tables[i];
		names.table->side->terms(names.table, say_self_signed, &names);
	}
	route_scratch_finish(&names.scratch);
	arena_finish(&arena);
}

/* ---- what is not carried out ---- */

static void say_lack(void *user, struct str line)
{
	say(user, "%.*s", STR_ARG(line));
}

static void say_lacks(const struct proxy *server, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->world->table_count; i++)
		lacks_say(snapshot->world->tables[i], &snapshot->backends, say_lack,
			  (void *)server);
}

/* ---- workers ---- */

static void wake(struct worker *worker)
{
	worker->mail.sent++;
	pthread_mutex_unlock(&worker->mail.lock);
	loop_wake(&worker->loop);
}

static struct mail *mail_to(struct worker *worker)
{
	pthread_mutex_lock(&worker->mail.lock);
	return &worker->mail;
}

static void push_bind(struct mail *mail, struct bind *bind)
{
	mail->fresh = realloc(mail->fresh, (mail->fresh_count + 1) * sizeof *mail->fresh);
	if (!mail->fresh)
		bug_out_of_memory(mail->fresh_count * sizeof *mail->fresh);
	mail->fresh[mail->fresh_count++] = bind;
}

/* Until all workers have read their mail: then every new connection is decided about by the new routes. One that is held up
 * is not waited for without end, since signals wait meanwhile. */
static void await_workers(const struct proxy *server)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += MAIL_S;
	for (unsigned i = 0; i < server->count; i++) {
		struct worker *worker = server->workers[i];
		struct mail *mail = mail_to(worker);
		int late = 0;

		while (mail->taken != mail->sent && !late)
			late = pthread_cond_timedwait(&worker->mail_taken, &mail->lock, &end);
		pthread_mutex_unlock(&mail->lock);
	}
}

/* Binds that no worker has yet. */
static void hand_out(struct proxy *server)
{
	for (unsigned i = 0; i < server->count; i++) {
		struct worker *worker = server->workers[i];
		struct mail *mail = mail_to(worker);

		for (struct bind *bind = server->binds.first; bind; bind = bind->next)
			if (bind->wanted && i < bind->fd_count && !bind->handed_out)
				push_bind(mail, bind);
		mail->prune = true;
		wake(worker);
	}
	for (struct bind *bind = server->binds.first; bind; bind = bind->next)
		bind->handed_out = true;
}

static unsigned worker_count(const struct proxy_options *options)
{
	cpu_set_t set;
	int count = 1;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		count = CPU_COUNT(&set);
	if (options->workers)
		count = (int)options->workers;
	return count > WORKERS_MOST ? WORKERS_MOST : (unsigned)count;
}

static bool start_workers(struct proxy *server, struct snapshot *snapshot, unsigned count,
			  struct error *error)
{
	while (server->count < count) {
		struct worker *worker = worker_new(server->options, server->count,
						   snapshot_use(snapshot), &server->overview);

		if (!worker || !worker_start(worker))
			return error_set(error, "cannot start a worker: %s", strerror(errno));
		server->workers[server->count++] = worker;
		server->overview.worker_count = server->count;
	}
	return true;
}

/* ---- loading ---- */

static struct snapshot *load(const struct proxy *server, struct error *error)
{
	struct proxy_world *world = server->options->load(server->options->user, error);

	return world ? snapshot_new(world, server->options, error) : NULL;
}

static void publish(struct proxy *server, struct snapshot *snapshot)
{
	for (unsigned i = 0; i < server->count; i++) {
		struct worker *worker = server->workers[i];
		struct mail *mail = mail_to(worker);
		struct snapshot_use *old = mail->use;

		mail->use = snapshot_use(snapshot);
		wake(worker);
		if (old) /* the worker had not come to it */
			snapshot_leave(old);
	}
}

static void note_reload(struct proxy *server, const char *failure)
{
	struct overview *overview = &server->overview;

	pthread_mutex_lock(&overview->lock);
	snprintf(overview->failure, sizeof overview->failure, "%s", failure ? failure : "");
	if (failure) {
		overview->failures++;
	} else {
		overview->reloads++;
		overview->loaded = time(NULL);
	}
	pthread_mutex_unlock(&overview->lock);
	if (failure)
		say(server, "not reloaded, the routes from before go on: %s", failure);
}

/* Addresses of the snapshot: the pages of --admin list them. */
static bool update_binds(struct proxy *server, const struct snapshot *snapshot, unsigned workers,
			 struct error *error)
{
	bool updated;

	pthread_mutex_lock(&server->overview.lock);
	updated = binds_update(&server->binds, snapshot->world, server->options, workers, error);
	pthread_mutex_unlock(&server->overview.lock);
	return updated;
}

/* What cannot be served changes nothing: the routes that were there go on. */
static void reload(struct proxy *server)
{
	struct error error;
	struct snapshot *snapshot = load(server, &error);
	const struct bind *before = server->binds.first;

	if (!snapshot) {
		note_reload(server, error.text);
		return;
	}
	if (!update_binds(server, snapshot, server->count, &error)) {
		note_reload(server, error.text);
		snapshot_release(snapshot);
		return;
	}
	publish(server, snapshot);
	for (const struct bind *bind = server->binds.first; bind != before; bind = bind->next)
		say_bind(server, bind);
	say_certificates(server, snapshot);
	say_lacks(server, snapshot);
	hand_out(server);
	await_workers(server);
	note_reload(server, NULL);
	say(server, "reloaded: %zu route%s", snapshot->world->routes,
	    snapshot->world->routes == 1 ? "" : "s");
	snapshot_release(snapshot);
}

/* ---- the end ---- */

static void tell_all(struct proxy *server, bool at_once)
{
	for (unsigned i = 0; i < server->count; i++) {
		struct mail *mail = mail_to(server->workers[i]);

		mail->drain = true;
		mail->end = at_once;
		wake(server->workers[i]);
	}
}

static void join_all(struct proxy *server)
{
	for (unsigned i = 0; i < server->count; i++)
		worker_join(server->workers[i]);
}

/* After all have been joined: until then, tell_all() writes to them. */
static void finish_all(struct proxy *server)
{
	for (unsigned i = 0; i < server->count; i++)
		worker_finish(server->workers[i]);
	server->count = 0;
}

struct ending {
	struct proxy *server;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool done;
};

static void *join_in_time(void *user)
{
	struct ending *ending = user;

	join_all(ending->server);
	pthread_mutex_lock(&ending->lock);
	ending->done = true;
	pthread_cond_signal(&ending->change);
	pthread_mutex_unlock(&ending->lock);
	return NULL;
}

static bool is_signalled(const struct proxy *server, int wait)
{
	struct pollfd poller = {.fd = server->signals, .events = POLLIN};

	return poll(&poller, 1, wait) > 0;
}

/* Requests under way get their time; a second signal or the end of the time cuts them off. */
static void drain(struct proxy *server)
{
	struct ending ending = {.server = server};
	pthread_t joiner;
	int64_t left = server->options->drain_ms;
	bool done = false;

	tell_all(server, false);
	pthread_mutex_init(&ending.lock, NULL);
	pthread_cond_init(&ending.change, NULL);
	if (pthread_create(&joiner, NULL, join_in_time, &ending) != 0) {
		tell_all(server, true);
		join_all(server);
		finish_all(server);
		return;
	}
	while (!done) {
		bool asked = is_signalled(server, 20);

		left -= 20;
		pthread_mutex_lock(&ending.lock);
		done = ending.done;
		pthread_mutex_unlock(&ending.lock);
		if (!done && (asked || left <= 0)) {
			tell_all(server, true);
			break;
		}
	}
	pthread_join(joiner, NULL);
	finish_all(server);
	pthread_mutex_destroy(&ending.lock);
	pthread_cond_destroy(&ending.change);
}

/* ---- the main loop ---- */

static bool open_signals(struct proxy *server, struct error *error)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return server->signals >= 0 ||
	       error_set(error, "cannot wait for signals: %s", strerror(errno));
}

/* False: it is time to end. */
static bool take_signals(struct proxy *server)
{
	struct signalfd_siginfo info;
	bool again = false, end = false;

	while (read(server->signals, &info, sizeof info) == sizeof info) {
		again |= info.ssi_signo == SIGHUP;
		end |= info.ssi_signo != SIGHUP;
	}
	if (again && !end)
		reload(server);
	return !end;
}

static void watch(struct proxy *server)
{
	const struct proxy_options *options = server->options;

	for (;;) {
		if (is_signalled(server, options->changed ? WATCH_MS : -1)) {
			if (!take_signals(server))
				return;
		} else if (options->changed && options->changed(options->user)) {
			reload(server);
		}
	}
}

/* As many descriptors as the system allows: two for each request. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool start(struct proxy *server, struct error *error)
{
	struct snapshot *snapshot = load(server, error);
	unsigned count = worker_count(server->options);
	bool started;

	if (!snapshot)
		return false;
	started = update_binds(server, snapshot, count, error) &&
		  (!server->options->admin.len ||
		   binds_add_admin(&server->binds, server->options->admin, error)) &&
		  start_workers(server, snapshot, count, error);
	if (started) {
		for (const struct bind *bind = server->binds.first; bind; bind = bind->next)
			say_bind(server, bind);
		say_certificates(server, snapshot);
		say_lacks(server, snapshot);
		hand_out(server);
		say(server, "serving %zu route%s", snapshot->world->routes,
		    snapshot->world->routes == 1 ? "" : "s");
	}
	snapshot_release(snapshot);
	return started;
}

static void init(struct proxy *server, const struct proxy_options *options)
{
	*server = (struct proxy){.options = options, .signals = -1};
	server->overview = (struct overview){.workers = server->workers,
					     .binds = &server->binds,
					     .started = time(NULL),
					     .loaded = time(NULL)};
	pthread_mutex_init(&server->overview.lock, NULL);
	limits_init(&server->overview.limits);
	raise_limit();
}

static void finish(struct proxy *server)
{
	drain(server);
	binds_finish(&server->binds);
	limits_finish(&server->overview.limits);
	pthread_mutex_destroy(&server->overview.lock);
	if (server->signals >= 0)
		close(server->signals);
}

bool proxy_run(const struct proxy_options *options, struct error *error)
{
	struct proxy server;
	bool started;

	init(&server, options);
	started = open_signals(&server, error) && start(&server, error);
	if (started)
		watch(&server);
	finish(&server);
	return started;
}

/* ---- beside something else ---- */

struct proxy *proxy_start(const struct proxy_options *options, struct error *error)
{
	struct proxy *proxy = calloc(1, sizeof *proxy);

	if (!proxy)
		bug_out_of_memory(sizeof *proxy);
	init(proxy, options);
	if (start(proxy, error))
		return proxy;
	proxy_stop(proxy);
	return NULL;
}

void proxy_fronts(const struct proxy *proxy,
		  void (*take)(void *user, const struct proxy_front *front), void *user)
{
	for (const struct bind *bind = proxy->binds.first; bind; bind = bind->next) {
		struct proxy_front front = {.port = bind->port,
					    .bound = net_port(&bind->address),
					    .tls = bind->protocol == ROUTE_FRONT_TLS};

		if (bind->wanted && !bind->admin)
			take(user, &front);
	}
}

void proxy_stop(struct proxy *proxy)
{
	if (!proxy)
		return;
	finish(proxy);
	free(proxy);
}
