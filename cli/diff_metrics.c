#include "cli/diff_metrics.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bug.h"
#include "proxy/h1.h"
#include "proxy/net.h"

/* One client at a time, which has so long to ask and to take the answer, byte by byte or at once: nothing here is
 * worth more. */
enum { CLIENT_MS = 2000, HEAD_MOST = 8 * 1024 };

struct diff_metrics {
	pthread_t thread;
	pthread_mutex_t lock;
	int listener, wake[2];
	char address[NET_TEXT];
	/* Behind the lock. */
	uint64_t rounds;
	time_t last;
	size_t equal, different, flaky, unasked, live_failed, candidate_failed;
	struct diff_latency live, candidate;
};

/* ---- what is said ---- */

static void gauge(struct buf *buf, const char *name, const char *help)
{
	buf_format(buf, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void latency(struct buf *buf, const char *side, const struct diff_latency *latency)
{
	const char *name = "ingress2gw_diff_latency_seconds";

	buf_format(buf, "%s{side=\"%s\",quantile=\"0.5\"} %.6f\n", name, side,
		   (double)latency->p50 / 1e6);
	buf_format(buf, "%s{side=\"%s\",quantile=\"0.9\"} %.6f\n", name, side,
		   (double)latency->p90 / 1e6);
	buf_format(buf, "%s{side=\"%s\",quantile=\"0.99\"} %.6f\n", name, side,
		   (double)latency->p99 / 1e6);
}

static void write_metrics(struct buf *buf, struct diff_metrics *metrics)
{
	pthread_mutex_lock(&metrics->lock);
	buf_text(buf, "# HELP ingress2gw_diff_rounds_total Rounds that ended.\n"
		      "# TYPE ingress2gw_diff_rounds_total counter\n");
	buf_format(buf, "ingress2gw_diff_rounds_total %llu\n", (unsigned long long)metrics->rounds);
	gauge(buf, "ingress2gw_diff_last_round_timestamp_seconds", "When the last round ended.");
	buf_format(buf, "ingress2gw_diff_last_round_timestamp_seconds %lld\n",
		   (long long)metrics->last);
	gauge(buf, "ingress2gw_diff_requests", "Requests of the last round, by verdict.");
	buf_format(buf, "ingress2gw_diff_requests{verdict=\"equal\"} %zu\n", metrics->equal);
	buf_format(buf, "ingress2gw_diff_requests{verdict=\"different\"} %zu\n",
		   metrics->different);
	buf_format(buf, "ingress2gw_diff_requests{verdict=\"flaky\"} %zu\n", metrics->flaky);
	buf_format(buf, "ingress2gw_diff_requests{verdict=\"unasked\"} %zu\n", metrics->unasked);
	gauge(buf, "ingress2gw_diff_unanswered",
	      "Requests of the last round to which nothing came back.");
	buf_format(buf, "ingress2gw_diff_unanswered{side=\"live\"} %zu\n", metrics->live_failed);
	buf_format(buf, "ingress2gw_diff_unanswered{side=\"candidate\"} %zu\n",
		   metrics->candidate_failed);
	gauge(buf, "ingress2gw_diff_latency_seconds", "To the last byte, in the last round.");
	latency(buf, "live", &metrics->live);
	latency(buf, "candidate", &metrics->candidate);
	pthread_mutex_unlock(&metrics->lock);
}

static void write_answer(struct buf *buf, struct diff_metrics *metrics, const struct head *head)
{
	struct str path = route_target(head->target).path;
	const char *status = "200 OK", *type = "text/plain; charset=utf-8";
	struct buf body;

	buf_init(&body);
	if (!str_is(head->method, "GET") && !str_is(head->method, "HEAD")) {
		status = "405 Method Not Allowed";
		buf_text(&body, "GET only\n");
	} else if (str_is(path, "/metrics")) {
		type = "text/plain; version=0.0.4; charset=utf-8";
		write_metrics(&body, metrics);
	} else if (str_is(path, "/healthz")) {
		buf_text(&body, "ok\n");
	} else {
		status = "404 Not Found";
		buf_text(&body, "here are /metrics and /healthz\n");
	}
	buf_format(buf,
		   "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		   "Connection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n",
		   status, type, body.len);
	if (!str_is(head->method, "HEAD"))
		buf_str(buf, buf_slice(&body));
	buf_finish(&body);
}

/* ---- one client ---- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False when its time is over, or the run is. */
static bool await(const struct diff_metrics *metrics, int fd, short events, int64_t end)
{
	struct pollfd polls[2] = {{.fd = fd, .events = events},
				  {.fd = metrics->wake[0], .events = POLLIN}};
	int64_t left = end - now_ms();

	return left > 0 && poll(polls, 2, (int)left) > 0 && !polls[1].revents;
}

static void send_all(const struct diff_metrics *metrics, int fd, struct str bytes, int64_t end)
{
	while (bytes.len && await(metrics, fd, POLLOUT, end)) {
		ssize_t len = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (len < 0 && errno != EAGAIN && errno != EINTR)
			return;
		bytes = str_from_pos(bytes, len > 0 ? (size_t)len : 0);
	}
}

/* The head is made of slices of `bytes`. */
static enum h1_result read_request(const struct diff_metrics *metrics, int fd, struct head *head,
				   char bytes[static HEAD_MOST], int64_t end)
{
	enum h1_result result = H1_MORE;
	struct h1_reader reader;
	size_t len = 0;

	h1_request_start(&reader, head, NULL);
	while (result == H1_MORE && len < HEAD_MOST && await(metrics, fd, POLLIN, end)) {
		ssize_t got = recv(fd, bytes + len, HEAD_MOST - len, MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
		result = h1_request_read(&reader, bytes, len);
	}
	return result;
}

static void answer(struct diff_metrics *metrics, int fd)
{
	int64_t end = now_ms() + CLIENT_MS;
	char bytes[HEAD_MOST];
	struct arena arena;
	struct head head;
	struct buf buf;

	arena_init(&arena);
	head_init(&head, &arena);
	buf_init(&buf);
	if (read_request(metrics, fd, &head, bytes, end) == H1_DONE)
		write_answer(&buf, metrics, &head);
	else
		buf_text(&buf, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
			       "Connection: close\r\n\r\n");
	send_all(metrics, fd, buf_slice(&buf), end);
	buf_finish(&buf);
	arena_finish(&arena);
	close(fd);
}

static void *serve(void *user)
{
	struct diff_metrics *metrics = user;
	struct pollfd polls[2] = {{.fd = metrics->listener, .events = POLLIN},
				  {.fd = metrics->wake[0], .events = POLLIN}};

	for (;;) {
		int fd;

		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (polls[1].revents)
			return NULL;
		fd = polls[0].revents ? accept(metrics->listener, NULL, NULL) : -1;
		if (fd >= 0)
			answer(metrics, fd);
	}
}

/* ---- beginning and end ---- */

static void close_all(struct diff_metrics *metrics)
{
	close(metrics->listener);
	close(metrics->wake[0]);
	close(metrics->wake[1]);
	pthread_mutex_destroy(&metrics->lock);
	free(metrics);
}

struct diff_metrics *diff_metrics_start(struct str address, struct error *error)
{
	struct diff_metrics *metrics = calloc(1, sizeof *metrics);
	struct net_address at;

	if (!metrics)
		bug_out_of_memory(sizeof *metrics);
	pthread_mutex_init(&metrics->lock, NULL);
	metrics->listener = metrics->wake[0] = metrics->wake[1] = -1;
	if (!net_parse(&at, address, 0, error) || !net_is_free(&at, SOCK_STREAM, error) ||
	    (metrics->listener = net_listen(&at, SOCK_STREAM, error)) < 0) {
		close_all(metrics);
		return NULL;
	}
	net_text(&at, metrics->address);
	if (pipe(metrics->wake) != 0 ||
	    pthread_create(&metrics->thread, NULL, serve, metrics) != 0) {
		error_set(error, "cannot serve metrics: %s", strerror(errno));
		close_all(metrics);
		return NULL;
	}
	return metrics;
}

void diff_metrics_round(struct diff_metrics *metrics, const struct diff_run *run)
{
	if (!metrics)
		return;
	pthread_mutex_lock(&metrics->lock);
	metrics->rounds++;
	metrics->last = time(NULL);
	metrics->equal = run->equal;
	metrics->different = run->different;
	metrics->flaky = run->flaky;
	metrics->unasked = run->unasked;
	metrics->live_failed = run->live.failed;
	metrics->candidate_failed = run->candidate.failed;
	metrics->live = run->live.latency;
	metrics->candidate = run->candidate.latency;
	pthread_mutex_unlock(&metrics->lock);
}

const char *diff_metrics_address(const struct diff_metrics *metrics)
{
	return metrics->address;
}

void diff_metrics_stop(struct diff_metrics *metrics)
{
	if (!metrics)
		return;
	if (write(metrics->wake[1], "", 1) == 1)
		pthread_join(metrics->thread, NULL);
	close_all(metrics);
}
