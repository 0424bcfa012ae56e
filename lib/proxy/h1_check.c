/* What holds of a whole head: target, Host, framing, what belongs to this connection only. */
#include "proxy/h1_parts.h"

/* ---- target ---- */

/* "http://authority/path": the parts; false when it is no such thing. */
static bool split_absolute(struct str target, struct str *scheme, struct str *authority,
			   struct str *rest)
{
	size_t colon = str_find(target, ':');
	size_t end;

	if (colon == SIZE_MAX || colon == 0 || !str_starts(str_from_pos(target, colon), "://"))
		return false;
	*scheme = str_sub(target, 0, colon);
	*authority = str_from_pos(target, colon + 3);
	for (end = 0; end < authority->len; end++)
		if (authority->at[end] == '/' || authority->at[end] == '?')
			break;
	*rest = str_from_pos(*authority, end);
	*authority = str_sub(*authority, 0, end);
	return true;
}

static enum h1_fault check_absolute(struct str target)
{
	struct str scheme, authority, rest;

	if (!split_absolute(target, &scheme, &authority, &rest))
		return H1_TARGET_FORM;
	if (!str_is_nocase(scheme, "http") && !str_is_nocase(scheme, "https"))
		return H1_SCHEME;
	if (!grammar_is_authority(authority))
		return H1_TARGET;
	return !rest.len || rest.at[0] == '?' || grammar_is_path(rest) ? H1_OK : H1_TARGET;
}

/* Authority-form needs a port (RFC 9112 3.2.3). */
static enum h1_fault check_connect(struct str target)
{
	bool port = target.len && target.at[target.len - 1] >= '0' &&
		    target.at[target.len - 1] <= '9' && memchr(target.at, ':', target.len);

	return port && grammar_is_authority(target) ? H1_CONNECT : H1_TARGET_FORM;
}

enum h1_fault h1_target_check(const struct head *head)
{
	struct str target = head->target;

	if (head->method_id == HEAD_METHOD_CONNECT)
		return check_connect(target);
	if (target.at[0] == '/')
		return grammar_is_path(target) ? H1_OK : H1_TARGET;
	if (str_is(target, "*"))
		return head->method_id == HEAD_METHOD_OPTIONS ? H1_OK : H1_TARGET_FORM;
	return check_absolute(target);
}

/* RFC 9112 3.2.2: the authority of absolute-form counts, and origin-form goes on. Without a path that is "/",
 * for OPTIONS "*". */
static void take_absolute(struct head *head)
{
	struct str rest;

	if (!split_absolute(head->target, &head->scheme, &head->authority, &rest))
		return;
	if (rest.len && rest.at[0] == '/')
		head->target = rest;
	else if (rest.len)
		head->target = STR_JOIN(head->arena, STR("/"), rest);
	else
		head->target = head->method_id == HEAD_METHOD_OPTIONS ? STR("*") : STR("/");
}

static enum h1_fault check_host(struct h1_reader *reader)
{
	struct head *head = reader->head;

	if (!reader->hosted && head->version != ROUTE_HTTP_1_0)
		return H1_HOST_MISSING;
	if (reader->hosted && !grammar_is_authority(reader->host))
		return H1_HOST;
	if (reader->hosted)
		head->authority = reader->host;
	if (head->target.at[0] != '/' && head->target.at[0] != '*')
		take_absolute(head);
	return H1_OK;
}

/* ---- framing ---- */

/* All lines of a length. `repeats`: equal ones count once, which RFC 9110 8.6 allows; requests may not
 * have them here. */
static enum h1_fault read_length(struct head *head, bool repeats)
{
	uint32_t i = head_find(head, HEAD_CONTENT_LENGTH, 0);

	for (; i < head->count; i = head_find(head, HEAD_CONTENT_LENGTH, i + 1)) {
		struct str rest = head->fields[i].value, member;
		uint64_t value = 0;

		/* A list is read as one only where its members may repeat. */
		if (!repeats || !memchr(rest.at, ',', rest.len)) {
			member = rest;
			rest.len = 0;
		} else if (!head_list_next(&rest, &member)) {
			return H1_LENGTH;
		}
		do {
			if (!grammar_number(member, &value))
				return H1_LENGTH;
			if (head->has_length && (!repeats || value != head->length))
				return H1_LENGTH_TWICE;
			head->has_length = true;
			head->length = value;
		} while (head_list_next(&rest, &member));
	}
	return H1_OK;
}

/* Exactly one "chunked" is understood. Whatever names it in another way, or names nothing, is refused as
 * malformed; a coding that is well-formed but unknown is not implemented (RFC 9112 6.1). */
static enum h1_fault read_coding(const struct head *head)
{
	uint32_t i = head_find(head, HEAD_TRANSFER_ENCODING, 0);
	struct str value = head->fields[i].value, member, last = {0};
	size_t commas = 0, members = 0, chunked = 0;

	if (head_find(head, HEAD_TRANSFER_ENCODING, i + 1) < head->count)
		return H1_CODING;
	if (str_is_nocase(value, "chunked"))
		return H1_OK;
	for (size_t k = 0; k < value.len; k++)
		commas += value.at[k] == ',';
	while (head_list_next(&value, &member)) {
		if (!grammar_is_token(member) || str_is_nocase(member, "identity"))
			return H1_CODING;
		members++;
		chunked += str_is_nocase(member, "chunked");
		last = member;
	}
	if (members != commas + 1)
		return H1_CODING;
	if (members == 1 || (chunked == 1 && str_is_nocase(last, "chunked")))
		return H1_CODING_UNKNOWN;
	return H1_CODING;
}

static enum h1_fault read_framing(struct h1_reader *reader)
{
	struct head *head = reader->head;
	enum h1_fault fault = H1_OK;

	if (head_saw(head, HEAD_TRANSFER_ENCODING)) {
		if (head_saw(head, HEAD_CONTENT_LENGTH))
			return H1_LENGTH_AND_CODING;
		if (head->version == ROUTE_HTTP_1_0)
			return H1_CODING_VERSION;
		head->body = HEAD_CHUNKED;
		return read_coding(head);
	}
	if (head_saw(head, HEAD_CONTENT_LENGTH)) {
		fault = read_length(head, reader->response);
		head->body = head->length ? HEAD_LENGTH : HEAD_NO_BODY;
	}
	return fault;
}

/* ---- the connection ---- */

/* Fields named by Connection go no further (RFC 9110 7.6.1). */
static enum h1_fault nominate(struct head *head, struct str option)
{
	enum head_name id = grammar_is_token(option) ? head_name(option) : HEAD_OTHER;

	if (head_names[id].kinds & HEAD_IS_KEPT)
		return H1_NOMINATED;
	if (!(head_names[id].kinds & HEAD_IS_HOP))
		head_remove(head, option);
	return H1_OK;
}

struct options {
	bool close, keep_alive, upgrade;
};

static enum h1_fault read_options(struct head *head, struct options *options)
{
	uint32_t i = head_find(head, HEAD_CONNECTION, 0);

	for (; i < head->count; i = head_find(head, HEAD_CONNECTION, i + 1)) {
		struct str rest = head->fields[i].value, option;

		while (head_list_next(&rest, &option)) {
			enum h1_fault fault = nominate(head, option);

			if (fault)
				return fault;
			options->close |= str_is_nocase(option, "close");
			options->keep_alive |= str_is_nocase(option, "keep-alive");
			options->upgrade |= str_is_nocase(option, "upgrade");
		}
	}
	return H1_OK;
}

static bool is_websocket(const struct head *head)
{
	uint32_t i = head_find(head, HEAD_UPGRADE, 0);

	return i < head->count && str_is_nocase(head->fields[i].value, "websocket") &&
	       head_find(head, HEAD_UPGRADE, i + 1) == head->count;
}

static enum h1_fault read_connection(struct head *head)
{
	struct options options = {0};
	enum h1_fault fault =
		head_saw(head, HEAD_CONNECTION) ? read_options(head, &options) : H1_OK;

	head->persists = !options.close && (head->version != ROUTE_HTTP_1_0 || options.keep_alive);
	head->websocket = options.upgrade && head->version != ROUTE_HTTP_1_0 && is_websocket(head);
	return fault;
}

/* ---- requests ---- */

enum h1_fault h1_request_check(struct h1_reader *reader)
{
	struct head *head = reader->head;
	enum h1_fault fault = check_host(reader);

	if (!fault)
		fault = read_framing(reader);
	if (!fault)
		fault = read_connection(head);
	if (fault)
		return fault;
	head->websocket &= head->method_id == HEAD_METHOD_GET && head->body == HEAD_NO_BODY;
	head_read_expect(head);
	head_read_te(head);
	return H1_OK;
}

/* ---- responses ---- */

/* RFC 9112 6.3, in its order. */
static void end_of_content(struct h1_reader *reader)
{
	struct head *head = reader->head;
	unsigned status = head->status;

	/* Content that is announced although there can be none would be read as the next response. */
	if (status < 200 || status == 204) {
		head->persists &= head->body == HEAD_NO_BODY;
		head->body = HEAD_NO_BODY;
		head->has_length = false;
	} else if (reader->asked.method == HEAD_METHOD_HEAD || status == 304) {
		head->body = HEAD_NO_BODY;
	} else if (head->body == HEAD_NO_BODY && !head->has_length) {
		head->body = HEAD_UNTIL_CLOSE;
		head->persists = false;
	}
}

/* A coding that cannot be understood is no length to rely on, whoever sent it. */
enum h1_fault h1_response_check(struct h1_reader *reader)
{
	struct head *head = reader->head;
	enum h1_fault fault = read_framing(reader);

	if (!fault)
		fault = read_connection(head);
	if (fault)
		return fault;
	end_of_content(reader);
	if (head->status == 101)
		return head->websocket && reader->asked.websocket ? H1_OK : H1_SWITCHED;
	head->websocket = false;
	if (head->status < 200 && ++reader->interim > reader->limits->interim)
		return H1_INTERIM_MANY;
	return H1_OK;
}
