/* Credentials in answers: in cookies that are set, and wherever a backend repeats what it was sent. */
#include <openssl/evp.h>

#include "compare/record.h"
#include "compare/secret.h"

enum {
	HIDE_LEAST = 6, /* shorter values are found everywhere */
	HIDE_MOST = 64,
};

struct hidden {
	struct str values[HIDE_MOST];
	size_t count;
};

static void hide(struct hidden *hidden, struct str value)
{
	value = str_trim(value);
	if (value.len >= HIDE_LEAST && hidden->count < HIDE_MOST && !str_is(value, SECRET_REDACTED))
		hidden->values[hidden->count++] = value;
}

/* The whole value, and what of it a backend may show alone: the token behind the scheme, each cookie. */
static void hide_header(struct hidden *hidden, const struct route_header *header)
{
	struct str rest = header->value, part;
	size_t blank = str_find(header->value, ' ');
	bool more = true;

	hide(hidden, header->value);
	if (str_is_nocase(header->name, "cookie")) {
		while (str_split(&rest, ';', &more, &part))
			hide(hidden, str_from_pos(part, str_find(part, '=') == SIZE_MAX
								? 0
								: str_find(part, '=') + 1));
	} else if (blank != SIZE_MAX) {
		hide(hidden, str_from_pos(header->value, blank + 1));
	}
}

static void find_hidden(struct hidden *hidden, const struct record_options *options,
			const struct probe *probe)
{
	for (size_t i = 0; i < options->header_count; i++)
		hide_header(hidden, &options->headers[i]);
	for (size_t i = 0; i < probe->request.header_count; i++) {
		const struct route_header *header = &probe->request.headers[i];

		if (secret_header(header->name) &&
		    !(probe_is_generated(probe) && str_is_nocase(header->name, "cookie")))
			hide_header(hidden, header);
	}
}

/* Length of the hidden value that begins here; 0: none does. Of several the longest. */
static size_t hidden_at(const struct hidden *hidden, struct str rest)
{
	size_t longest = 0;

	for (size_t i = 0; i < hidden->count; i++) {
		struct str value = hidden->values[i];

		if (value.len > longest && value.len <= rest.len &&
		    memcmp(rest.at, value.at, value.len) == 0)
			longest = value.len;
	}
	return longest;
}

static struct str without(struct arena *arena, const struct hidden *hidden, struct str text)
{
	struct buf buf;
	bool found = false;

	buf_init(&buf);
	for (size_t i = 0; i < text.len;) {
		size_t len = hidden_at(hidden, str_from_pos(text, i));

		if (len)
			buf_text(&buf, SECRET_REDACTED);
		else
			buf_char(&buf, text.at[i]);
		found |= len > 0;
		i += len ? len : 1;
	}
	if (found)
		text = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

/* A body that is kept in part has no hash that could be made again. */
static void hide_body(struct answer *answer, struct arena *arena, const struct hidden *hidden)
{
	struct str body = without(arena, hidden, answer->body);

	if (str_eq(body, answer->body))
		return;
	if (answer->body_length == answer->body.len)
		EVP_Digest(body.at, body.len, answer->body_hash, NULL, EVP_sha256(), NULL);
	answer->body_length = answer->body_length - answer->body.len + body.len;
	answer->body = body;
}

struct answer *record_answer(struct arena *arena, const struct record_options *options,
			     const struct probe *probe, const struct answer *answer)
{
	struct answer *shown = arena_new(arena, struct answer);
	struct answer_header *headers =
		arena_array(arena, struct answer_header, answer->header_count);
	struct hidden hidden = {.count = 0};

	find_hidden(&hidden, options, probe);
	*shown = *answer;
	for (size_t i = 0; i < answer->header_count; i++) {
		struct str name = answer->headers[i].name, value = answer->headers[i].value;

		if (!str_is(name, "location"))
			value = secret_header_value(arena, name, value);
		headers[i] = (struct answer_header){name, without(arena, &hidden, value)};
	}
	shown->headers = headers;
	hide_body(shown, arena, &hidden);
	return shown;
}
