#include "compare/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/bug.h"
#include "compare/secret.h"

/* Headers of an answer that are kept, in bytes; the rest is passed over. */
enum { HEADERS_MOST = 256 * 1024 };

bool transfer_init(struct transfer *transfer, struct transfer_kit *kit, bool is_candidate)
{
	*transfer = (struct transfer){.kit = kit, .is_candidate = is_candidate};
	arena_init(&transfer->arena);
	arena_init(&transfer->kept);
	transfer->easy = kit->curl->easy_init();
	transfer->hash = EVP_MD_CTX_new();
	return transfer->easy && transfer->hash;
}

void transfer_finish(struct transfer *transfer)
{
	const struct curl_api *curl = transfer->kit->curl;

	if (transfer->easy)
		curl->easy_cleanup(transfer->easy);
	curl->slist_free_all(transfer->headers);
	EVP_MD_CTX_free(transfer->hash);
	arena_finish(&transfer->kept);
	arena_finish(&transfer->arena);
}

/* ---- the answer ---- */

static bool is_status_line(struct str line, unsigned *status)
{
	size_t space = str_find(line, ' ');

	if (!str_starts(line, "HTTP/") || space == SIZE_MAX || line.len < space + 4)
		return false;
	*status = 0;
	for (size_t i = space + 1; i < space + 4; i++) {
		if (line.at[i] < '0' || line.at[i] > '9')
			return false;
		*status = *status * 10 + (unsigned)(line.at[i] - '0');
	}
	return true;
}

static void note_handshake(struct transfer *transfer)
{
	struct curl_tlssessioninfo *session = NULL;

	if (transfer->kit->curl->easy_getinfo(transfer->easy, CURLINFO_TLS_SSL_PTR, &session) ==
		    CURLE_OK &&
	    session && session->backend == CURLSSLBACKEND_OPENSSL && session->internals)
		transfer->answer.tls = ask_tls(&transfer->kit->certificates, session->internals);
}

/* A head begins: that of an interim answer (100, 103) is forgotten when the next one does. */
static void begin_head(struct transfer *transfer, unsigned status)
{
	transfer->list = NULL;
	transfer->count = 0;
	transfer->answer.status = status;
	if (!transfer->answer.tls.version.len)
		note_handshake(transfer);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	struct str line = {bytes, size * count}, name;
	size_t colon = str_find(line, ':');
	unsigned status;

	if (is_status_line(line, &status)) {
		begin_head(transfer, status);
	} else if (colon != SIZE_MAX && colon && line.len <= transfer->room_left) {
		name = str_lower(&transfer->arena, str_sub(line, 0, colon));
		transfer->room_left -= line.len;
		ARENA_PUSH(&transfer->arena, transfer->list, transfer->count,
			   (struct answer_header){
				   name, str_dup(&transfer->arena,
						 str_trim(str_from_pos(line, colon + 1)))});
	}
	return size * count;
}

static void keep_body(struct transfer *transfer, const char *bytes, size_t len)
{
	struct str *body = &transfer->answer.body;
	size_t room = ANSWER_BODY - body->len;

	if (len > room)
		len = room;
	if (!len)
		return;
	if (body->len + len > transfer->body_room) {
		size_t wanted = 2 * (body->len + len);
		char *larger;

		wanted = wanted < 1024 ? 1024 : wanted > ANSWER_BODY ? ANSWER_BODY : wanted;
		larger = arena_bytes(&transfer->arena, wanted);
		if (body->len)
			memcpy(larger, body->at, body->len);
		transfer->body = larger;
		transfer->body_room = wanted;
		body->at = larger;
	}
	memcpy(transfer->body + body->len, bytes, len);
	body->len += len;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	size_t len = size * count;

	EVP_DigestUpdate(transfer->hash, bytes, len);
	keep_body(transfer, bytes, len);
	transfer->answer.body_length += len;
	return len;
}

static size_t send_zeros(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	size_t len = size * count;

	if ((int64_t)len > transfer->zeros)
		len = (size_t)transfer->zeros;
	memset(bytes, 0, len);
	transfer->zeros -= (int64_t)len;
	return len;
}

/* A kept connection that turns out to be closed: the body is sent again from its beginning. */
static int seek_zeros(void *user, curl_off_t offset, int origin)
{
	struct transfer *transfer = user;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	transfer->zeros = transfer->all_zeros - offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- the request ---- */

/* What stands in a request line or a header must not end it. */
static bool is_one_word(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
			return false;
	return true;
}

static bool is_one_line(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\r' || text.at[i] == '\n' || !text.at[i])
			return false;
	return true;
}

/* The server name is put into an address for libcurl, where other signs mean something. */
static bool is_host_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._",
			    text.at[i]) ||
		    !text.at[i])
			return false;
	return text.len <= 253;
}

bool transfer_can_ask(const struct probe *probe)
{
	const struct route_request *request = &probe->request;

	if (request->transport != ROUTE_HTTP || !request->target.len ||
	    !is_one_word(request->target) || !is_one_word(request->method) ||
	    !is_one_word(request->authority) || !is_host_name(request->sni) || !request->port)
		return false;
	for (size_t i = 0; i < request->header_count; i++)
		if (!request->headers[i].name.len || !is_one_word(request->headers[i].name) ||
		    str_find(request->headers[i].name, ':') != SIZE_MAX ||
		    !is_one_line(request->headers[i].value))
			return false;
	return true;
}

/* Where a request ends is said by libcurl, which knows: what a recording or a user says would make a second request
 * of its body. */
static bool is_framing(struct str name)
{
	return str_is_nocase(name, "content-length") || str_is_nocase(name, "transfer-encoding");
}

static void add_line(struct transfer *transfer, struct str name, struct str value)
{
	const struct curl_api *curl = transfer->kit->curl;
	struct arena_mark mark = arena_mark(&transfer->arena);
	struct curl_slist *longer;
	struct str line;

	if (is_framing(name))
		return;
	/* "Name;" is libcurl's spelling of a header with an empty value. */
	line = value.len ? STR_JOIN(&transfer->arena, name, STR(": "), value)
			 : STR_JOIN(&transfer->arena, name, STR(";"));
	longer = curl->slist_append(transfer->headers, line.at);
	if (!longer)
		bug_out_of_memory(line.len);
	transfer->headers = longer;
	arena_rewind(&transfer->arena, mark);
}

/* A line as libcurl reads it: "Name:" does away with a header that it would add of its own. */
static void add_raw(struct transfer *transfer, const char *line)
{
	struct curl_slist *longer = transfer->kit->curl->slist_append(transfer->headers, line);

	if (!longer)
		bug_out_of_memory(strlen(line));
	transfer->headers = longer;
}

static bool has_header(const struct probe *probe, const char *name)
{
	struct str value;

	return route_header_find(&probe->request, str_from(name), &value);
}

static void add_id(struct transfer *transfer, const struct probe *probe)
{
	struct str id = transfer->kit->options->run_id;
	char text[32];

	if (!id.len || has_header(probe, "x-request-id"))
		return;
	snprintf(text, sizeof text, "-%u-%u", probe->number, transfer->id);
	add_line(transfer, STR("X-Request-ID"),
		 STR_JOIN(&transfer->arena, STR("i2g-"), id, str_from(text)));
}

/* A credential of the user's stands in for the one that the request came with; cookies stand beside each other,
 * unless a recording has not kept them. */
static bool is_replaced(const struct ask_options *options, const struct route_header *header)
{
	for (size_t i = 0; i < options->header_count; i++)
		if (str_eq_nocase(options->headers[i].name, header->name))
			return secret_header(header->name) &&
			       (!str_is_nocase(header->name, "cookie") ||
				str_find_str(header->value, SECRET_REDACTED) != SIZE_MAX);
	return false;
}

static void add_headers(struct transfer *transfer, const struct probe *probe)
{
	const struct ask_options *options = transfer->kit->options;
	const struct route_request *request = &probe->request;

	if (request->authority.at && request->authority.len)
		add_line(transfer, STR("Host"), request->authority);
	else
		add_raw(transfer, request->authority.at ? "Host;" : "Host:");
	for (size_t i = 0; i < request->header_count; i++)
		if (!is_replaced(options, &request->headers[i]))
			add_line(transfer, request->headers[i].name, request->headers[i].value);
	for (size_t i = 0; i < options->header_count; i++)
		add_line(transfer, options->headers[i].name, options->headers[i].value);
	if (transfer->cookies.len)
		add_line(transfer, STR("Cookie"), transfer->cookies);
	if (!has_header(probe, "accept"))
		add_raw(transfer, "Accept:");
	if (!has_header(probe, "content-type"))
		add_raw(transfer, "Content-Type:");
	add_raw(transfer, "Expect:");
	if (request->body_length < 0)
		add_raw(transfer, "Transfer-Encoding: chunked");
	add_id(transfer, probe);
}

#define SET(option, value) curl->easy_setopt(transfer->easy, option, value)

static void set_method(struct transfer *transfer, const struct probe *probe)
{
	const struct curl_api *curl = transfer->kit->curl;
	const struct route_request *request = &probe->request;
	struct str method = route_method(request);

	if (probe->body.len) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, probe->body.at);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)probe->body.len);
	} else if (request->body_length) {
		transfer->zeros = transfer->all_zeros =
			request->body_length > 0 ? request->body_length : 1;
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_READFUNCTION, send_zeros);
		SET(CURLOPT_READDATA, transfer);
		SET(CURLOPT_SEEKFUNCTION, seek_zeros);
		SET(CURLOPT_SEEKDATA, transfer);
		if (request->body_length > 0)
			SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
	}
	if (str_is(method, "HEAD"))
		SET(CURLOPT_NOBODY, 1L);
	else if (!str_is(method, "GET") || request->body_length || probe->body.len)
		SET(CURLOPT_CUSTOMREQUEST, str_dup(&transfer->arena, method).at);
}

static void set_version(struct transfer *transfer, const struct probe *probe)
{
	const struct curl_api *curl = transfer->kit->curl;
	const struct route_request *request = &probe->request;
	long version = CURL_HTTP_VERSION_1_1;

	if (request->version == ROUTE_HTTP_1_0)
		version = CURL_HTTP_VERSION_1_0;
	else if (request->version == ROUTE_HTTP_2 && !request->tls)
		version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
	else if (request->tls &&
		 (request->version == ROUTE_HTTP_2 || transfer->kit->options->http2))
		version = CURL_HTTP_VERSION_2TLS;
	SET(CURLOPT_HTTP_VERSION, version);
}

/* Who is asked is looked at when something secret is told: otherwise the certificate is a fact to compare, and
 * one that no authority has signed an answer like any other. Cookies that the side itself has set while its shares
 * are measured are nobody's secret. */
static bool tells_secrets(const struct transfer *transfer, const struct probe *probe)
{
	const struct ask_target *target = transfer->is_candidate
						  ? &transfer->kit->options->candidate
						  : &transfer->kit->options->live;

	return transfer->kit->options->header_count || target->certificate ||
	       probe_has_secrets(probe);
}

static void set_tls(struct transfer *transfer, const struct probe *probe)
{
	const struct curl_api *curl = transfer->kit->curl;
	const struct ask_target *target = transfer->is_candidate
						  ? &transfer->kit->options->candidate
						  : &transfer->kit->options->live;
	bool verify = !target->insecure && (target->ca || tells_secrets(transfer, probe));

	SET(CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	SET(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (target->ca)
		SET(CURLOPT_CAINFO, target->ca);
	if (target->certificate)
		SET(CURLOPT_SSLCERT, target->certificate);
	if (target->key)
		SET(CURLOPT_SSLKEY, target->key);
}

/* The host of the address is the server name; the one that is dialled stands in the route. Without a server
 * name there must be none in the handshake: libcurl sends none for an address. */
static void set_address(struct transfer *transfer, const struct probe *probe)
{
	const struct curl_api *curl = transfer->kit->curl;
	const struct route_request *request = &probe->request;
	struct str host = request->sni, url;

	if (!request->tls)
		host = route_host(request->authority);
	if (!host.len || !is_host_name(host))
		host = STR("192.0.2.1");
	url = str_format(&transfer->arena, "%s://%.*s:%u/", request->tls ? "https" : "http",
			 STR_ARG(host), request->port);
	SET(CURLOPT_URL, url.at);
	SET(CURLOPT_REQUEST_TARGET, str_dup(&transfer->arena, request->target).at);
	SET(CURLOPT_CONNECT_TO,
	    transfer->is_candidate ? transfer->kit->candidate_route : transfer->kit->live_route);
}

static void set_limits(struct transfer *transfer)
{
	const struct curl_api *curl = transfer->kit->curl;

	SET(CURLOPT_TIMEOUT_MS, (long)transfer->kit->options->timeout_ms);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_ERRORBUFFER, transfer->why);
	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, transfer);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_USERAGENT, "ingress2gw");
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	/* The certificate must be seen with each connection; a session that goes on shows none. */
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

void transfer_begin(struct transfer *transfer, const struct probe *probe)
{
	const struct curl_api *curl = transfer->kit->curl;
	struct arena_mark none = {0};

	curl->easy_reset(transfer->easy);
	curl->slist_free_all(transfer->headers);
	transfer->headers = NULL;
	arena_rewind(&transfer->arena, none);
	transfer->answer = (struct answer){0};
	transfer->list = NULL;
	transfer->count = 0;
	transfer->room_left = HEADERS_MOST;
	transfer->body = NULL;
	transfer->body_room = 0;
	transfer->why[0] = '\0';
	EVP_DigestInit_ex(transfer->hash, EVP_sha256(), NULL);
	set_limits(transfer);
	set_address(transfer, probe);
	set_version(transfer, probe);
	set_method(transfer, probe);
	set_tls(transfer, probe);
	add_headers(transfer, probe);
	SET(CURLOPT_HTTPHEADER, transfer->headers);
	transfer->state = TRANSFER_UNDER_WAY;
}

void transfer_refuse(struct transfer *transfer, uint32_t port)
{
	const struct arena_mark none = {0};

	arena_rewind(&transfer->arena, none);
	transfer->answer = (struct answer){.failure = ANSWER_REFUSED};
	transfer->answer.why = str_format(&transfer->arena, "nothing listens on port %u", port);
	transfer->state = TRANSFER_DONE;
}

/* ---- the end ---- */

static enum answer_failure failure_of(CURLcode result, bool began)
{
	switch (result) {
	case CURLE_OK:
		return ANSWER_CAME;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
		return ANSWER_REFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return ANSWER_TIMEOUT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return ANSWER_UNTRUSTED;
	case CURLE_SSL_CONNECT_ERROR:
		return ANSWER_HANDSHAKE;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return ANSWER_WRONG;
	default:
		return began || result == CURLE_GOT_NOTHING || result == CURLE_RECV_ERROR ||
				       result == CURLE_SEND_ERROR || result == CURLE_HTTP2_STREAM ||
				       result == CURLE_HTTP2 || result == CURLE_PARTIAL_FILE
			       ? ANSWER_CUT
			       : ANSWER_WRONG;
	}
}

static enum route_version version_of(const struct transfer *transfer)
{
	long version = 0;

	transfer->kit->curl->easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
	return version == CURL_HTTP_VERSION_1_0   ? ROUTE_HTTP_1_0
	       : version == CURL_HTTP_VERSION_2_0 ? ROUTE_HTTP_2
						  : ROUTE_HTTP_1_1;
}

bool transfer_end(struct transfer *transfer, CURLcode result)
{
	struct answer *answer = &transfer->answer;
	curl_off_t micros = 0;
	unsigned len;

	answer->failure = failure_of(result, answer->status != 0);
	answer->headers = transfer->list;
	answer->header_count = transfer->count;
	EVP_DigestFinal_ex(transfer->hash, answer->body_hash, &len);
	transfer->kit->curl->easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &micros);
	answer->micros = micros;
	answer->version = version_of(transfer);
	transfer->state = TRANSFER_DONE;
	if (result == CURLE_OK) {
		answer_find_backend(answer, transfer->kit->options->backend_header,
				    &transfer->arena);
		return true;
	}
	answer->why =
		str_dup(&transfer->arena,
			str_from(transfer->why[0] ? transfer->why
						  : transfer->kit->curl->easy_strerror(result)));
	transfer->tries++;
	return answer->failure == ANSWER_HANDSHAKE || answer->failure == ANSWER_UNTRUSTED ||
	       answer->failure == ANSWER_WRONG;
}

/* "name=value" of each Set-Cookie, without attributes, later ones instead of earlier ones of that name. */
void transfer_keep_cookies(struct transfer *transfer)
{
	const struct answer *answer = &transfer->answer;
	struct str cookies = transfer->cookies, one, name, rest, part;
	bool more;

	for (size_t i = 0; i < answer->header_count; i++) {
		struct str kept = {NULL, 0};

		if (!str_is(answer->headers[i].name, "set-cookie"))
			continue;
		one = answer->headers[i].value;
		one = str_trim(str_sub(one, 0, str_find(one, ';')));
		name = str_sub(one, 0, str_find(one, '='));
		rest = cookies;
		more = rest.len > 0;
		while (more && str_split(&rest, ';', &more, &part)) {
			part = str_trim(part);
			if (part.len && !str_eq(str_sub(part, 0, str_find(part, '=')), name))
				kept = STR_JOIN(&transfer->kept, kept,
						kept.len ? STR("; ") : STR(""), part);
		}
		cookies = STR_JOIN(&transfer->kept, kept, kept.len ? STR("; ") : STR(""), one);
	}
	transfer->cookies = cookies;
}
