/* Access logs for people: NCSA common and combined, as Apache and nginx write them, with a virtual host in
 * front (Apache's vhost_combined), and what ingress-nginx puts behind:
 *
 *   [vhost[:port]] address ident user [time] "request line" status bytes ["referer" "user agent"] ...
 *
 * User agent and referer are not taken over: the same request of two browsers is one request. */
#include "compare/requests_read.h"

#include "compare/encode.h"
#include "compare/log_line.h"

/* "\x22" of nginx, and "\"", "\\", "\n", "\t" of Apache, as the bytes they stand for. */
static struct str unescape(struct arena *arena, struct str text)
{
	char *to;
	size_t len = 0;

	if (str_find(text, '\\') == SIZE_MAX)
		return text;
	to = arena_bytes(arena, text.len);
	for (size_t i = 0; i < text.len; i++) {
		int high = -1, low = -1;

		if (text.at[i] != '\\' || i + 1 == text.len) {
			to[len++] = text.at[i];
			continue;
		}
		i++;
		if (text.at[i] == 'x' && i + 2 < text.len) {
			high = encode_hex(text.at[i + 1]);
			low = encode_hex(text.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			to[len++] = (char)(high << 4 | low);
			i += 2;
		} else {
			to[len++] = text.at[i] == 'n'   ? '\n'
				    : text.at[i] == 't' ? '\t'
				    : text.at[i] == 'r' ? '\r'
							: text.at[i];
		}
	}
	return (struct str){to, len};
}

static bool read_status(struct str rest, unsigned *status)
{
	int64_t number;

	rest = str_sub(rest, 0, str_find(rest, ' '));
	if (str_is(rest, "-")) {
		*status = 0;
		return true;
	}
	if (!str_to_int(rest, &number) || number < 0 || number > 999)
		return false;
	*status = number >= 100 ? (unsigned)number : 0;
	return true;
}

/* "2026-11-27T10:00:00.123Z stdout F " of a container's log file, or the time alone of kubectl logs
 * --timestamps. */
static struct str without_stamp(struct str before)
{
	struct str stamp = str_sub(before, 0, str_find(before, ' '));

	if (stamp.len < 20 || stamp.at[4] != '-' || stamp.at[10] != 'T')
		return before;
	before = str_from_pos(before, stamp.len + 1);
	if (str_starts(before, "stdout F ") || str_starts(before, "stderr F "))
		before = str_from_pos(before, 9);
	return before;
}

/* Four words before the time: the first one is the host that was asked. */
static struct str virtual_host(struct str before)
{
	struct str rest = without_stamp(before), word, first = {0};
	bool more = true;
	size_t count = 0;

	while (str_split(&rest, ' ', &more, &word)) {
		if (!count++)
			first = word;
	}
	return count >= 4 ? first : (struct str){0};
}

/* The port is that of the server, not of the request: the usual ones are not in Host. */
static void set_host(struct requests_one *one, struct str host)
{
	struct str name = route_host(host), port = str_from_pos(host, name.len + 1);

	if (!host.len || str_is(name, "-"))
		return;
	if (str_is(port, "80") || str_is(port, "443")) {
		one->has_scheme = true;
		one->request.tls = str_is(port, "443");
		host = name;
	}
	one->request.authority = host;
}

bool log_take_line(struct requests_reader *reader, struct requests_one *one, struct str line)
{
	struct log_line parts;

	if (!log_line_split(line, &parts) || !read_status(parts.rest, &one->status))
		return requests_wrong(one, "no line of an access log looks so");
	set_host(one, virtual_host(parts.before));
	if (!parts.request.len || str_is(parts.request, "-"))
		return requests_wrong(one, "the client sent none before the connection ended");
	return requests_request_line(reader, one, unescape(&reader->scratch, parts.request));
}

void log_read(struct requests_reader *reader)
{
	struct str line;
	struct requests_one one;
	uint32_t number = 0;

	while (requests_next(reader, &line, &number)) {
		if (!str_trim(line).len)
			continue;
		requests_blank(reader, &one, number);
		log_take_line(reader, &one, line);
		requests_take(reader, &one);
	}
}

/* ---- recognition ---- */

/* How many in a hundred of the first lines are of a log; *hosts: how many of them have a host in front. */
static unsigned share_of_lines(struct str head, unsigned *hosts)
{
	unsigned all = 0, good = 0, status;
	uint32_t number = 0;
	struct str line;

	*hosts = 0;
	while (requests_line(&head, &line, &number) && all < 20) {
		struct log_line parts;

		if (!str_trim(line).len)
			continue;
		all++;
		if (!log_line_split(line, &parts) || !read_status(parts.rest, &status))
			continue;
		good++;
		*hosts += virtual_host(parts.before).len > 0;
	}
	return all ? good * 100 / all : 0;
}

unsigned nginx_recognise(struct str head)
{
	unsigned hosts;

	return share_of_lines(head, &hosts);
}

/* The two write the same lines, but for a host in front. */
unsigned apache_recognise(struct str head)
{
	unsigned hosts, share = share_of_lines(head, &hosts);

	return hosts ? share + 1 : share / 2;
}
