/* Guards of ingress-nginx, in the order of nginx's phases: limits, then addresses, basic authentication and auth-url, all of
 * which must let a request pass, or any of them (satisfy). */
#include "proxy/exchange.h"

#include "kube/load.h"
#include "proxy/admin.h"
#include "proxy/htpasswd.h"
#include "proxy/worker.h"
#include "route/guards.h"

enum { CREDENTIALS_LONGEST = 1024 };

/* ---- limits ---- */

static bool is_within_limits(struct exchange *exchange, const struct route_limits *limits)
{
	struct worker *worker = exchange->worker;
	enum limits_verdict verdict;

	if (!limits)
		return true;
	verdict = limits_enter(&worker->overview->limits, limits, &exchange->client,
			       worker_clock() / 1000, &exchange->counted);
	if (verdict == LIMITS_PASS)
		return true;
	exchange_answer_own(
		exchange, verdict == LIMITS_RATE ? limits->status : limits->connections_status,
		verdict == LIMITS_RATE ? "more requests of this client than the rate limit allows"
				       : "more requests of this client at a time than allowed");
	return false;
}

void exchange_uncount(struct exchange *exchange)
{
	if (!exchange->counted)
		return;
	exchange->counted = false;
	limits_leave(&exchange->worker->overview->limits, exchange->policy->guards->limits,
		     &exchange->client);
}

/* ---- basic authentication ---- */

struct login {
	char text[CREDENTIALS_LONGEST];
	struct str user, password;
};

/* "Basic dXNlcjpwYXNzd29yZA==" (RFC 7617); false: there is none. */
static bool read_login(const struct exchange *exchange, struct login *login)
{
	struct str value = head_value(&exchange->request, HEAD_AUTHORIZATION);
	size_t len, colon;

	if (!str_eq_nocase(str_sub(value, 0, 6), STR("Basic ")))
		return false;
	value = str_trim(str_from_pos(value, 6));
	if (value.len > CREDENTIALS_LONGEST ||
	    !htpasswd_base64(value, (unsigned char *)login->text, &len))
		return false;
	login->user = (struct str){login->text, len};
	colon = str_find(login->user, ':');
	if (colon == SIZE_MAX)
		return false;
	login->password = str_from_pos(login->user, colon + 1);
	login->user.len = colon;
	return true;
}

static const struct kube_secret *secret_of(const struct exchange *exchange,
					   const struct route_basic *basic)
{
	const struct kube_set *kube = exchange->use->snapshot->world->kube;
	const struct kube_secret *secret =
		kube ? kube_secret(kube, basic->namespace, basic->secret) : NULL;

	return secret && secret->values ? secret : NULL;
}

static struct str value_of(const struct kube_secret *secret, struct str key)
{
	for (size_t i = 0; i < secret->key_count; i++)
		if (str_eq(secret->keys[i], key))
			return secret->values[i];
	return (struct str){0};
}

static struct str hash_of(const struct kube_secret *secret, const struct route_basic *basic,
			  struct str user)
{
	return basic->map ? str_trim(value_of(secret, user))
			  : htpasswd_find(value_of(secret, STR("auth")), user);
}

static struct str stand_in(const struct kube_secret *secret, const struct route_basic *basic)
{
	if (!basic->map)
		return htpasswd_stand_in(value_of(secret, STR("auth")));
	for (size_t i = 0; i < secret->key_count; i++)
		if (htpasswd_kind(str_trim(secret->values[i])) == HTPASSWD_DEAR)
			return str_trim(secret->values[i]);
	return (struct str){0};
}

static struct credentials_claim claim_of(const struct kube_secret *secret,
					 const struct route_basic *basic, const struct login *login)
{
	struct credentials_claim claim = {.user = login->user,
					  .password = login->password,
					  .hash = hash_of(secret, basic, login->user)};

	claim.stranger = !claim.hash.len;
	if (claim.stranger)
		claim.hash = stand_in(secret, basic);
	return claim;
}

enum login_verdict { LOGIN_RIGHT, LOGIN_WRONG, LOGIN_ANSWERED };

static enum login_verdict check_login(struct exchange *exchange, const struct route_basic *basic)
{
	const struct kube_secret *secret = secret_of(exchange, basic);
	struct credentials_claim claim;
	struct login login;

	if (!secret) {
		exchange_answer_own(exchange, 503, "the Secret of the users is not in the input");
		return LOGIN_ANSWERED;
	}
	if (!read_login(exchange, &login))
		return LOGIN_WRONG;
	claim = claim_of(secret, basic, &login);
	switch (credentials_check(&exchange->worker->credentials, &claim, worker_clock)) {
	case CREDENTIALS_RIGHT:
		return LOGIN_RIGHT;
	case CREDENTIALS_WRONG:
		return LOGIN_WRONG;
	case CREDENTIALS_TOO_DEAR:
		exchange_answer_own(
			exchange, 501,
			"the hash of this user's password takes longer than serve allows");
		return LOGIN_ANSWERED;
	case CREDENTIALS_BUSY:
		exchange_answer_own(exchange, 503,
				    "too many passwords to be looked at: come again");
		return LOGIN_ANSWERED;
	}
	return LOGIN_WRONG;
}

static struct str challenge_of(struct exchange *exchange, const struct route_basic *basic)
{
	return str_format(&exchange->arena, "Basic realm=\"%.*s\"",
			  STR_ARG(exchange_clean_value(&exchange->arena, basic->realm)));
}

void exchange_challenge(struct exchange *exchange, struct str challenge)
{
	struct route_edit *edit = arena_new(&exchange->arena, struct route_edit);

	*edit = (struct route_edit){ROUTE_EDIT_SET, STR("WWW-Authenticate"), challenge};
	if (challenge.len)
		exchange->added = (struct route_edits){edit, 1};
	exchange_answer_own(exchange, 401, "nobody who may pass has signed in");
}

/* ---- all of them ---- */

static bool passes_by_address(const struct exchange *exchange, const struct route_guards *guards)
{
	return guards->any && exchange->client.known &&
	       route_networks_have(guards->allow, guards->allow_count, &exchange->client);
}

/* What the backend is not to see (proxy_set_header Authorization ""). */
static void hide_login(struct exchange *exchange, const struct route_guards *guards)
{
	if (guards->basic)
		head_remove(&exchange->ask, STR("Authorization"));
}

/* Basic authentication, where it does not end the request. True: the next one is to be asked. */
static bool ask_basic(struct exchange *exchange, const struct route_guards *guards)
{
	switch (check_login(exchange, guards->basic)) {
	case LOGIN_RIGHT:
		if (!guards->any || !guards->ask)
			return true;
		exchange_go_on(exchange);
		return false;
	case LOGIN_WRONG:
		exchange->challenge = challenge_of(exchange, guards->basic);
		if (guards->any && guards->ask)
			return true;
		exchange_challenge(exchange, exchange->challenge);
		return false;
	case LOGIN_ANSWERED:
		break;
	}
	return false;
}

void exchange_guard(struct exchange *exchange)
{
	const struct route_guards *guards = exchange->policy->guards;

	if (exchange_raw_answer(exchange) || !is_within_limits(exchange, guards->limits))
		return;
	exchange_build(exchange);
	hide_login(exchange, guards);
	if (passes_by_address(exchange, guards)) {
		exchange_go_on(exchange);
		return;
	}
	if (guards->basic && !ask_basic(exchange, guards))
		return;
	if (guards->ask)
		exchange_auth_url_ask(exchange, guards->ask);
	else
		exchange_go_on(exchange);
}
