#include "compare/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bug.h"
#include "compare/encode.h"
#include "compare/hide.h"
#include "compare/json_write.h"

struct record_writer {
	const struct record_options *options;
	const char *path;
	int fd;
	struct buf line;
	struct arena scratch;
};

/* ---- lines ---- */

/* In one piece: the kernel takes a short line whole, or none of it once it was killed; what is left of a long
 * one is the broken last line of the file. */
static bool write_line(struct record_writer *writer, struct error *error)
{
	struct buf *line = &writer->line;
	size_t done = 0;

	buf_char(line, '\n');
	while (done < line->len) {
		ssize_t got = write(writer->fd, line->at + done, line->len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			return error_set(error, "cannot write %s: %s", writer->path,
					 strerror(got < 0 ? errno : ENOSPC));
		}
		done += (size_t)got;
	}
	buf_clear(line);
	return true;
}

/* ---- the request ---- */

static void add_headers(struct record_writer *writer, const struct probe *probe)
{
	struct buf *line = &writer->line;

	buf_text(line, ",\"headers\":[");
	for (size_t i = 0; i < probe->request.header_count; i++) {
		const struct route_header *header = &probe->request.headers[i];

		buf_text(line, i ? "," : "");
		json_header(line, header->name, probe_shown_value(probe, header, &writer->scratch));
	}
	buf_char(line, ']');
}

static void add_request(struct record_writer *writer, const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	struct buf *line = &writer->line;

	buf_text(line, ",\"request\":{\"method\":");
	json_bytes(line, probe_method(probe));
	buf_format(line, ",\"tls\":%s,\"port\":%u", request->tls ? "true" : "false", request->port);
	json_member_if(line, "sni", request->sni);
	if (request->authority.at)
		json_member(line, "authority", probe_shown_authority(probe, &writer->scratch));
	json_member(line, "target", probe_shown_target(probe, &writer->scratch));
	buf_format(line, ",\"version\":\"%s\"", json_version(request->version));
	add_headers(writer, probe);
	if (request->body_length)
		buf_format(line, ",\"bodyLength\":%lld", (long long)request->body_length);
	json_member_if(line, "body", probe_shown_body(probe, &writer->scratch));
	buf_char(line, '}');
}

/* ---- an answer ---- */

const struct answer *record_answer(struct arena *arena, const struct record_options *options,
				   const struct probe *probe, const struct answer *answer)
{
	struct hide hide;

	hide_init(&hide, arena);
	hide_headers(&hide, options->headers, options->header_count);
	hide_probe(&hide, probe);
	return hide_shown(&hide, answer);
}

static void add_tls(struct buf *line, const struct answer_tls *tls)
{
	if (!tls->version.len)
		return;
	buf_text(line, ",\"tls\":{\"version\":");
	json_bytes(line, tls->version);
	json_member_if(line, "alpn", tls->alpn);
	json_member_if(line, "fingerprint", tls->fingerprint);
	json_member_if(line, "subject", tls->subject);
	json_member_if(line, "issuer", tls->issuer);
	json_member_if(line, "names", tls->names);
	buf_format(line, ",\"chain\":%u}", tls->chain);
}

static void add_answer(struct record_writer *writer, const char *key, const struct answer *answer)
{
	struct buf *line = &writer->line;

	buf_format(line, ",\"%s\":{\"micros\":%lld", key, (long long)answer->micros);
	if (answer->failure != ANSWER_CAME) {
		buf_format(line, ",\"failure\":\"%s\"", record_failures[answer->failure]);
		json_member_if(line, "why", answer->why);
	}
	if (answer->status)
		buf_format(line, ",\"status\":%u,\"version\":\"%s\"", answer->status,
			   json_version(answer->version));
	buf_text(line, ",\"headers\":[");
	for (size_t i = 0; i < answer->header_count; i++) {
		buf_text(line, i ? "," : "");
		json_header(line, answer->headers[i].name, answer->headers[i].value);
	}
	buf_char(line, ']');
	add_tls(line, &answer->tls);
	json_member_if(line, "backend", answer->backend);
	buf_format(line, ",\"bodyLength\":%llu,\"bodySha256\":\"",
		   (unsigned long long)answer->body_length);
	encode_hex_bytes(line, answer->body_hash, sizeof answer->body_hash);
	buf_char(line, '"');
	json_member_if(line, "body", answer->body);
	buf_char(line, '}');
}

/* ---- the file ---- */

const char *const record_failures[] = {
	[ANSWER_CAME] = "",
	[ANSWER_REFUSED] = "refused",
	[ANSWER_HANDSHAKE] = "handshake",
	[ANSWER_TIMEOUT] = "timeout",
	[ANSWER_UNTRUSTED] = "untrusted",
	[ANSWER_CUT] = "cut",
	[ANSWER_WRONG] = "wrong",
	NULL,
};

struct record_writer *record_create(const char *path, const struct record_options *options,
				    struct error *error)
{
	struct record_writer *writer;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (options->replace ? O_TRUNC : O_EXCL),
		      0600);

	if (fd < 0) {
		error_set(error,
			  errno == EEXIST ? "%s is there already: name another file to record to"
					  : "cannot create %s: %s",
			  path, strerror(errno));
		return NULL;
	}
	writer = calloc(1, sizeof *writer);
	if (!writer)
		bug_out_of_memory(sizeof *writer);
	*writer = (struct record_writer){.options = options, .path = path, .fd = fd};
	buf_init(&writer->line);
	arena_init(&writer->scratch);
	buf_format(&writer->line, "{\"ingress2gw\":\"recording\",\"version\":%d", RECORD_VERSION);
	json_member_if(&writer->line, "live", options->live);
	buf_char(&writer->line, '}');
	if (write_line(writer, error))
		return writer;
	record_close(writer, NULL);
	return NULL;
}

bool record_add(struct record_writer *writer, const struct probe *probe, const struct answer *live,
		const struct answer *again, struct error *error)
{
	struct arena_mark mark = arena_mark(&writer->scratch);
	struct buf *line = &writer->line;

	buf_clear(line);
	buf_format(line, "{\"number\":%u,\"origin\":", probe->number);
	json_bytes(line, probe->origin);
	buf_format(line, ",\"times\":%u", probe->times);
	if (probe->recorded_status)
		buf_format(line, ",\"recordedStatus\":%u", probe->recorded_status);
	if (probe->draws)
		buf_format(line, ",\"draws\":%u", probe->draws);
	if (probe->follows)
		buf_text(line, ",\"follows\":true");
	add_request(writer, probe);
	add_answer(writer, "live", record_answer(&writer->scratch, writer->options, probe, live));
	if (again)
		add_answer(writer, "again",
			   record_answer(&writer->scratch, writer->options, probe, again));
	buf_char(line, '}');
	arena_rewind(&writer->scratch, mark);
	return write_line(writer, error);
}

bool record_close(struct record_writer *writer, struct error *error)
{
	/* What cannot be synchronised (a pipe) was written all the same. */
	bool good = fsync(writer->fd) == 0 || errno == EINVAL || errno == EROFS;

	good &= close(writer->fd) == 0;
	if (!good)
		error_set(error, "cannot write %s: %s", writer->path, strerror(errno));
	buf_finish(&writer->line);
	arena_finish(&writer->scratch);
	free(writer);
	return good;
}
