#include "compare/answer.h"

#include "compare/fact_parts.h"

const char *answer_failure_name(enum answer_failure failure)
{
	static const char *const names[] = {
		[ANSWER_CAME] = "answered",
		[ANSWER_REFUSED] = "no connection",
		[ANSWER_HANDSHAKE] = "TLS handshake failed",
		[ANSWER_TIMEOUT] = "timeout",
		[ANSWER_UNTRUSTED] = "certificate cannot be verified",
		[ANSWER_CUT] = "connection ended early",
		[ANSWER_WRONG] = "no HTTP",
	};

	return names[failure];
}

bool answer_header_find(const struct answer *answer, const char *name, struct str *value)
{
	for (size_t i = 0; i < answer->header_count; i++)
		if (str_is(answer->headers[i].name, name)) {
			*value = answer->headers[i].value;
			return true;
		}
	return false;
}

struct answer *answer_copy(struct arena *arena, const struct answer *answer)
{
	struct answer *copy = arena_new(arena, struct answer);
	struct answer_header *headers = NULL;
	struct answer_tls *tls = &copy->tls;

	*copy = *answer;
	if (answer->header_count)
		headers = arena_array(arena, struct answer_header, answer->header_count);
	for (size_t i = 0; i < answer->header_count; i++) {
		headers[i].name = str_dup(arena, answer->headers[i].name);
		headers[i].value = str_dup(arena, answer->headers[i].value);
	}
	copy->headers = headers;
	copy->why = str_dup(arena, answer->why);
	tls->version = str_dup(arena, tls->version);
	tls->alpn = str_dup(arena, tls->alpn);
	tls->fingerprint = str_dup(arena, tls->fingerprint);
	tls->subject = str_dup(arena, tls->subject);
	tls->issuer = str_dup(arena, tls->issuer);
	tls->names = str_dup(arena, tls->names);
	copy->body = str_dup(arena, answer->body);
	copy->backend = str_dup(arena, answer->backend);
	return copy;
}

bool answer_is_echo(const struct answer *answer)
{
	struct body_json json;
	struct echo_said said;
	struct str value;
	bool is;

	if (answer_header_find(answer, ANSWER_ECHO_HEADER, &value))
		return true;
	body_json_read(&json, answer);
	is = echo_read(json.root, &said);
	body_json_finish(&json);
	return is;
}

void answer_find_backend(struct answer *answer, struct str header, struct arena *arena)
{
	struct body_json json;
	struct echo_said said;
	struct str value;

	if (answer_header_find(answer, ANSWER_ECHO_HEADER, &value)) {
		answer->backend = str_dup(arena, value);
		return;
	}
	body_json_read(&json, answer);
	if (echo_read(json.root, &said))
		answer->backend = echo_backend(&said, arena);
	body_json_finish(&json);
	if (answer->backend.len || !header.len)
		return;
	for (size_t i = 0; i < answer->header_count; i++)
		if (str_eq(answer->headers[i].name, header)) {
			answer->backend = str_dup(arena, str_trim(answer->headers[i].value));
			return;
		}
}
