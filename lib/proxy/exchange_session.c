/* Session persistence (GEP-1619): a client that comes back with the mark it was given goes to the same address of
 * the same backend. A mark is a digest with a key of this process: addresses are few enough to be guessed from any other.
 * It holds across reloads, and ends with the process. */
#include "proxy/exchange.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/bug.h"
#include "proxy/worker.h"

#define DEFAULT_NAME "ingress2gw-session"

static struct str name_of(const struct route_session *session)
{
	return session->name.len ? session->name : STR(DEFAULT_NAME);
}

static unsigned char mark_key[32];

static void make_key(void)
{
	if (RAND_bytes(mark_key, sizeof mark_key) != 1)
		BUG("there is no randomness");
}

static struct str mark_of(struct exchange *exchange, const struct route_backend *share,
			  const struct endpoint *endpoint)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	unsigned char digest[EVP_MAX_MD_SIZE];
	char address[NET_TEXT];
	struct str text;
	uint64_t mark;
	unsigned len;

	pthread_once(&once, make_key);
	/* No address has a blank in it. */
	text = str_format(&exchange->arena, "%s %.*s/%.*s:%u",
			  endpoint ? net_text(&endpoint->address, address) : "-",
			  STR_ARG(share->namespace), STR_ARG(share->name), share->port);
	if (!HMAC(EVP_sha256(), mark_key, sizeof mark_key, (const unsigned char *)text.at, text.len,
		  digest, &len))
		BUG("SHA-256 is not available");
	memcpy(&mark, digest, sizeof mark);
	return str_format(&exchange->arena, "%016llx", (unsigned long long)mark);
}

static bool mark_given(const struct exchange *exchange, struct str *mark)
{
	const struct route_session *session = exchange->policy->session;
	const struct route_request request = {.headers = exchange->request.fields,
					      .header_count = exchange->request.count};

	if (session->kind == ROUTE_SESSION_COOKIE)
		return route_cookie_find(&request, name_of(session), mark);
	return route_header_find(&request, name_of(session), mark);
}

static bool choose_endpoint(struct exchange *exchange, const struct route_backend *share,
			    struct str mark)
{
	const struct endpoints *endpoints = backends_find(
		&exchange->use->snapshot->backends, share->namespace, share->name, share->port);

	if (!endpoints)
		return str_eq(mark, mark_of(exchange, share, NULL));
	for (size_t i = 0; i < endpoints->count; i++) {
		if (!str_eq(mark, mark_of(exchange, share, &endpoints->at[i])))
			continue;
		exchange->wanted = &endpoints->at[i];
		return true;
	}
	return false;
}

/* A session stays with its backend even when no new one goes there (weight 0). */
const struct route_backend *exchange_session_share(struct exchange *exchange)
{
	const struct route_decision *decision = &exchange->decision;
	struct str mark;

	if (!exchange->policy->session || !mark_given(exchange, &mark))
		return NULL;
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *share = &decision->backends[i];

		if (share->state != ROUTE_BACKEND_OK || !choose_endpoint(exchange, share, mark))
			continue;
		exchange->marked = true;
		return share;
	}
	return NULL;
}

/* As the router says them for people: "Expires in seconds=60", "Secure with HTTPS". */
static struct str attributes_of(struct exchange *exchange, const struct route_session *session)
{
	struct str rest = session->attributes, made = {0}, part;
	bool more = true, aged = str_find_str(rest, "Max-Age=") != SIZE_MAX;

	while (str_split(&rest, ';', &more, &part)) {
		part = str_trim(part);
		if (str_is(part, "Secure with HTTPS"))
			part = exchange->place->tls ? STR("Secure") : (struct str){0};
		else if (str_starts(part, "Expires in seconds="))
			part = aged ? (struct str){0}
				    : STR_JOIN(&exchange->arena, STR("Max-Age="),
					       str_from_pos(part, strlen("Expires in seconds=")));
		if (part.len)
			made = STR_JOIN(&exchange->arena, made, STR("; "), part);
	}
	return exchange_clean_value(&exchange->arena, made);
}

void exchange_session_mark(struct exchange *exchange, struct head *answer)
{
	const struct route_session *session = exchange->policy->session;
	struct arena *arena = &exchange->arena;
	struct str mark, name;

	if (!session || exchange->marked || !exchange->share)
		return;
	mark = mark_of(exchange, exchange->share, exchange->endpoint);
	name = exchange_clean_value(arena, name_of(session));
	if (session->kind == ROUTE_SESSION_HEADER) {
		exchange_edit(answer, &(struct route_edits){
					      &(struct route_edit){ROUTE_EDIT_SET, name, mark}, 1});
		return;
	}
	if (session->attributes.len) {
		head_add(answer, STR("Set-Cookie"),
			 STR_JOIN(arena, name, STR("="), mark, attributes_of(exchange, session)));
		return;
	}
	mark = STR_JOIN(arena, name, STR("="), mark, STR("; Path=/; HttpOnly"));
	if (session->permanent && session->absolute_ms > 0)
		mark = str_format(arena, "%.*s; Max-Age=%lld", STR_ARG(mark),
				  (long long)session->absolute_ms / 1000);
	head_add(answer, STR("Set-Cookie"), mark);
}
