#include "compare/hide.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "compare/encode.h"
#include "compare/secret.h"
#include "kube/base64.h"
#include "yaml/utf8.h"

enum { HIDE_LEAST = 6 }; /* shorter values are found everywhere */

struct hide_value {
	struct hide_value *next;
	struct str text;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* ---- values ---- */

static void add(struct hide *hide, struct str text)
{
	struct hide_value **list, *value;

	if (text.len < HIDE_LEAST)
		return;
	list = &hide->by_byte[(unsigned char)lower(text.at[0])];
	for (value = *list; value; value = value->next)
		if (str_eq(value->text, text))
			return;
	value = arena_new(hide->arena, struct hide_value);
	*value = (struct hide_value){.next = *list, .text = str_dup(hide->arena, text)};
	*list = value;
	hide->count++;
}

/* The alphabet of RFC 4648 5. */
static struct str for_urls(struct arena *arena, struct str base64)
{
	char *bytes = arena_bytes(arena, base64.len + 1);

	for (size_t i = 0; i < base64.len; i++)
		bytes[i] = base64.at[i] == '+' ? '-' : base64.at[i] == '/' ? '_' : base64.at[i];
	return (struct str){bytes, base64.len};
}

/* Those signs of base64 in which nothing but the value stands, when `before` bytes are in front of it. */
static void add_base64(struct hide *hide, struct str value, size_t before)
{
	struct buf bytes = {0}, made = {0};
	size_t from = before ? before + 1 : 0, end = (before + value.len) * 8 / 6;
	struct str text;

	buf_add(&bytes, "\0\0", before);
	buf_str(&bytes, value);
	encode_base64(&made, buf_slice(&bytes));
	text = str_sub(buf_slice(&made), from, end - from);
	add(hide, text);
	add(hide, for_urls(hide->arena, text));
	buf_finish(&bytes);
	buf_finish(&made);
}

static void add_hex(struct hide *hide, struct str value)
{
	struct buf made = {0};

	encode_hex_bytes(&made, value.at, value.len);
	add(hide, buf_slice(&made));
	buf_finish(&made);
}

static void add_value(struct hide *hide, struct str value)
{
	value = str_trim(value);
	if (value.len > 1 && value.at[0] == '"' && str_ends(value, "\""))
		value = str_sub(value, 1, value.len - 2);
	if (value.len < HIDE_LEAST || str_is(value, SECRET_REDACTED))
		return;
	add(hide, value);
	for (size_t before = 0; before < 3; before++)
		add_base64(hide, value, before);
	add_hex(hide, value);
}

/* "user:password", of which the password is known by itself too. */
static void add_user(struct hide *hide, struct str user)
{
	size_t colon = str_find(user, ':');

	add_value(hide, user);
	if (colon != SIZE_MAX)
		add_value(hide, str_from_pos(user, colon + 1));
}

/* What stands behind the scheme of Authorization, and for Basic what it decodes to (RFC 7617). */
static void add_credentials(struct hide *hide, struct str value, size_t blank)
{
	struct str rest = str_from_pos(value, blank + 1), user;

	add_value(hide, rest);
	if (str_is_nocase(str_sub(value, 0, blank), "basic") &&
	    kube_base64_decode(hide->arena, str_trim(rest), &user))
		add_user(hide, user);
}

/* The whole value, and what of it a backend may show alone: the token behind the scheme, each cookie. */
static void add_header(struct hide *hide, const struct route_header *header)
{
	struct str rest = header->value, part;
	size_t blank = str_find(header->value, ' ');
	bool more = true;

	add_value(hide, header->value);
	if (str_is_nocase(header->name, "cookie")) {
		while (str_split(&rest, ';', &more, &part))
			add_value(hide, str_from_pos(part, str_find(part, '=') == SIZE_MAX
								   ? 0
								   : str_find(part, '=') + 1));
	} else if (blank != SIZE_MAX) {
		add_credentials(hide, header->value, blank);
	}
}

/* ---- what is hidden ---- */

void hide_init(struct hide *hide, struct arena *arena)
{
	*hide = (struct hide){.arena = arena};
}

/* What an answer has to repeat: hidden, its media type and its host would be those of nothing. */
static bool is_negotiated(struct str name)
{
	return str_is_nocase(name, "accept") || str_is_nocase(name, "accept-encoding") ||
	       str_is_nocase(name, "accept-language") || str_is_nocase(name, "content-type") ||
	       str_is_nocase(name, "host");
}

void hide_headers(struct hide *hide, const struct route_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_negotiated(headers[i].name))
			add_header(hide, &headers[i]);
}

/* Of a query or a URL: the values as they are meant, whatever of them is written in percent. */
static void take_part(void *user, struct str part)
{
	struct hide *hide = user;
	char *bytes = arena_bytes(hide->arena, part.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < part.len; i++) {
		int high = -1, low = -1;

		if (part.at[i] == '%' && part.len - i > 2) {
			high = encode_hex(part.at[i + 1]);
			low = encode_hex(part.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			bytes[len++] = (char)(high << 4 | low);
			i += 2;
		} else {
			bytes[len++] = part.at[i];
		}
	}
	add_user(hide, (struct str){bytes, len});
}

void hide_probe(struct hide *hide, const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	size_t at = str_find(request->authority, '@');

	for (size_t i = 0; i < request->header_count; i++) {
		const struct route_header *header = &request->headers[i];

		if (str_eq(probe_shown_value(probe, header, hide->arena), header->value))
			continue;
		if (secret_header(header->name))
			add_header(hide, header);
		else
			secret_parts(header->value, take_part, hide);
	}
	if (probe_is_generated(probe))
		return;
	secret_parts(request->target, take_part, hide);
	secret_form_parts(probe->body, take_part, hide);
	if (at != SIZE_MAX)
		take_part(hide, str_sub(request->authority, 0, at));
}

/* ---- finding them ---- */

struct sign {
	size_t len;   /* of the way it is written; 0: it is not written in any */
	size_t count; /* of its bytes */
	char bytes[4];
};

static struct sign sign_of(size_t len, uint32_t c)
{
	struct sign sign = {.len = len};

	if (c <= 0x10ffff && (c < 0xd800 || c >= 0xe000))
		sign.count = utf8_encode(c, sign.bytes);
	else
		sign.len = 0;
	return sign;
}

/* Digits from `at` on; how many there are. */
static size_t number(struct str text, size_t at, unsigned base, size_t most, uint32_t *value)
{
	size_t count = 0;

	for (*value = 0; count < most && at + count < text.len; count++) {
		int digit = encode_hex(text.at[at + count]);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		*value = *value * base + (uint32_t)digit;
	}
	return count;
}

static struct sign percent(struct str text)
{
	uint32_t value;

	if (number(text, 1, 16, 2, &value) != 2)
		return (struct sign){0};
	return (struct sign){.len = 3, .count = 1, .bytes = {(char)value}};
}

/* RFC 8259 7, and \x41 as nginx and scripts write it. */
static struct sign backslash(struct str text)
{
	static const char letters[] = "bfnrt\"\\/'", bytes[] = "\b\f\n\r\t\"\\/'";
	const char *letter;
	uint32_t value;

	if (text.len < 2 || !text.at[1])
		return (struct sign){0};
	if (text.at[1] == 'u' && number(text, 2, 16, 4, &value) == 4)
		return sign_of(6, value);
	if (text.at[1] == 'x' && number(text, 2, 16, 2, &value) == 2)
		return (struct sign){.len = 4, .count = 1, .bytes = {(char)value}};
	letter = strchr(letters, text.at[1]);
	if (!letter)
		return (struct sign){0};
	return (struct sign){.len = 2, .count = 1, .bytes = {bytes[letter - letters]}};
}

static struct sign entity(struct str text)
{
	static const struct {
		const char *name;
		char byte;
	} names[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	bool is_hex = text.len > 2 && (text.at[2] | 32) == 'x';
	size_t from = is_hex ? 3 : 2, count;
	uint32_t value;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(text, names[i].name))
			return sign_of(strlen(names[i].name), (unsigned char)names[i].byte);
	if (text.len < 2 || text.at[1] != '#')
		return (struct sign){0};
	count = number(text, from, is_hex ? 16 : 10, 7, &value);
	if (!count || from + count >= text.len || text.at[from + count] != ';')
		return (struct sign){0};
	return sign_of(from + count + 1, value);
}

static struct sign sign_at(struct str text)
{
	switch (text.len ? text.at[0] : '\0') {
	case '%':
		return percent(text);
	case '\\':
		return backslash(text);
	case '&':
		return entity(text);
	case '+':
		return sign_of(1, ' ');
	default:
		return (struct sign){0};
	}
}

static bool fits(struct str value, size_t at, const struct sign *sign)
{
	if (!sign->len || value.len - at < sign->count)
		return false;
	for (size_t i = 0; i < sign->count; i++)
		if (lower(value.at[at + i]) != lower(sign->bytes[i]))
			return false;
	return true;
}

/* Length of the value at the beginning of a text, however each of its signs is written; 0: it is not there. One that
 * the end of a text cuts off is there when so much of it is. */
static size_t length_of(struct str value, struct str text, bool is_cut)
{
	size_t at = 0;

	for (size_t i = 0; i < value.len;) {
		struct sign sign;

		if (at == text.len)
			return is_cut && i >= HIDE_LEAST ? at : 0;
		sign = sign_at(str_from_pos(text, at));
		if (fits(value, i, &sign)) {
			at += sign.len;
			i += sign.count;
		} else if (lower(text.at[at]) == lower(value.at[i])) {
			at++;
			i++;
		} else {
			return 0;
		}
	}
	return at;
}

static size_t longest(const struct hide *hide, char first, struct str text, bool is_cut)
{
	size_t most = 0;

	for (const struct hide_value *value = hide->by_byte[(unsigned char)lower(first)]; value;
	     value = value->next) {
		size_t len = length_of(value->text, text, is_cut);

		most = len > most ? len : most;
	}
	return most;
}

/* Length of what is hidden that begins here; 0: nothing does. */
static size_t hidden_at(const struct hide *hide, struct str text, bool is_cut)
{
	struct sign sign = sign_at(text);
	size_t len = longest(hide, text.at[0], text, is_cut);

	if (!len && sign.len)
		len = longest(hide, sign.bytes[0], text, is_cut);
	return len;
}

static struct str without(const struct hide *hide, struct str text, bool is_cut)
{
	struct buf made = {0};
	size_t kept = 0;

	if (!hide->count)
		return text;
	for (size_t at = 0; at < text.len;) {
		size_t len = hidden_at(hide, str_from_pos(text, at), is_cut);

		if (!len) {
			at++;
			continue;
		}
		buf_add(&made, text.at + kept, at - kept);
		buf_text(&made, SECRET_REDACTED);
		kept = at += len;
	}
	if (kept) {
		buf_str(&made, str_from_pos(text, kept));
		text = str_dup(hide->arena, buf_slice(&made));
	}
	buf_finish(&made);
	return text;
}

struct str hide_text(const struct hide *hide, struct str text)
{
	return without(hide, text, false);
}

/* ---- answers ---- */

/* A body that is kept in part has no hash that could be made again. */
static void hide_body(const struct hide *hide, struct answer *answer)
{
	struct str body = without(hide, answer->body, answer->body_length > answer->body.len);

	if (str_eq(body, answer->body))
		return;
	if (answer->body_length == answer->body.len)
		EVP_Digest(body.at, body.len, answer->body_hash, NULL, EVP_sha256(), NULL);
	answer->body_length = answer->body_length - answer->body.len + body.len;
	answer->body = body;
}

static void hide_tls(const struct hide *hide, struct answer_tls *tls)
{
	tls->alpn = hide_text(hide, tls->alpn);
	tls->subject = hide_text(hide, tls->subject);
	tls->issuer = hide_text(hide, tls->issuer);
	tls->names = hide_text(hide, tls->names);
}

const struct answer *hide_answer(const struct hide *hide, const struct answer *answer)
{
	struct answer *hidden;
	struct answer_header *headers;

	if (!answer || !hide->count)
		return answer;
	hidden = arena_new(hide->arena, struct answer);
	headers = arena_array(hide->arena, struct answer_header, answer->header_count + 1);
	*hidden = *answer;
	for (size_t i = 0; i < answer->header_count; i++)
		headers[i] = (struct answer_header){hide_text(hide, answer->headers[i].name),
						    hide_text(hide, answer->headers[i].value)};
	hidden->headers = headers;
	hidden->why = hide_text(hide, answer->why);
	hidden->backend = hide_text(hide, answer->backend);
	hide_tls(hide, &hidden->tls);
	hide_body(hide, hidden);
	return hidden;
}

const struct answer *hide_shown(const struct hide *hide, const struct answer *answer)
{
	struct answer *shown;
	struct answer_header *headers;

	if (!answer)
		return NULL;
	shown = arena_new(hide->arena, struct answer);
	headers = arena_array(hide->arena, struct answer_header, answer->header_count + 1);
	*shown = *hide_answer(hide, answer);
	for (size_t i = 0; i < shown->header_count; i++) {
		struct str name = shown->headers[i].name;

		headers[i] = (struct answer_header){
			name, secret_header_value(hide->arena, name, shown->headers[i].value)};
	}
	shown->headers = headers;
	return shown;
}
