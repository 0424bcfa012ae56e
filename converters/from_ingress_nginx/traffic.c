/* Session affinity and retries: fields of the experimental channel. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/limits.h"

/* ---- affinity ---- */

static const char *const cookie_keys[] = {
	"session-cookie-change-on-failure",
	"session-cookie-conditional-samesite-none",
	"session-cookie-domain",
	"session-cookie-path",
	"session-cookie-samesite",
	"session-cookie-secure",
};

static const char *const session_keys[] = {
	"affinity-mode",
	"session-cookie-expires",
	"session-cookie-max-age",
	"session-cookie-name",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void mark_sessions_inert(const struct nginx_ingress *owner)
{
	nginx_mark(owner, "affinity", OUTCOME_INERT, NULL);
	nginx_mark(owner, "affinity-canary-behavior", OUTCOME_INERT, NULL);
	for (size_t i = 0; i < COUNT(cookie_keys); i++)
		nginx_mark(owner, cookie_keys[i], OUTCOME_INERT, NULL);
	for (size_t i = 0; i < COUNT(session_keys); i++)
		nginx_mark(owner, session_keys[i], OUTCOME_INERT, NULL);
}

static void leave_to_emitter(struct nginx_draft *draft, const char *key, enum feature feature)
{
	struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, key);

	if (value)
		nginx_add_feature(draft->nginx, owner, feature, value, value->row->code);
}

/* Whether a session stays on its side of a canary. */
static void account_canary_behavior(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "affinity-canary-behavior");

	if (!value || !draft->location->canary)
		return;
	nginx_note(draft->nginx, owner, value, "I2G229",
		   STR("a Gateway chooses the rule before it looks at the session cookie, so the "
		       "canary rules decide again on every request"),
		   (struct str){0});
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G229");
}

static void note_attributes(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;

	for (size_t i = 0; i < COUNT(cookie_keys); i++) {
		const struct nginx_value *value = nginx_get(owner, cookie_keys[i]);

		if (!value)
			continue;
		nginx_note(
			draft->nginx, owner, value, "I2G412",
			str_format(draft->nginx->arena,
				   "sessionPersistence has no field for '%s': the implementation "
				   "chooses",
				   cookie_keys[i]),
			(struct str){0});
		ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G412");
	}
	nginx_mark(owner, "affinity-mode",
		   str_is(nginx_text(owner, "affinity-mode"), "persistent") ? OUTCOME_EXACT
									    : OUTCOME_APPROXIMATE,
		   "I2G404");
}

static void write_session(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	struct model_session *session = arena_new(nginx->arena, struct model_session);
	struct str name = nginx_text(owner, "session-cookie-name");
	const char *age_key = nginx_get(owner, "session-cookie-max-age") ? "session-cookie-max-age"
									 : "session-cookie-expires";
	int64_t age = nginx_int(owner, age_key, 0);

	session->cookie = name.len ? str_sub(name, 0, GATEWAY_SESSION_NAME) : STR("INGRESSCOOKIE");
	session->lifetime = age > 0 ? age : 0;
	draft->rule.session = session;
	nginx_mark(owner, "affinity", OUTCOME_APPROXIMATE, "I2G404");
	nginx_note(nginx, owner, nginx_get(owner, "affinity"), "I2G404",
		   str_is(nginx_text(owner, "affinity-mode"), "persistent")
			   ? STR("cookies of ingress-nginx mean nothing to the new gateway: every "
				 "session is balanced anew once")
			   : STR("cookies of ingress-nginx mean nothing to the new gateway: every "
				 "session is balanced anew once, and then stays while its endpoint "
				 "lives, also when the Service is scaled up"),
		   (struct str){0});
	nginx_mark(owner, "session-cookie-name", OUTCOME_EXACT, NULL);
	nginx_mark(owner, "session-cookie-max-age", OUTCOME_EXACT, NULL);
	nginx_mark(owner, "session-cookie-expires",
		   strcmp(age_key, "session-cookie-expires") == 0 ? OUTCOME_EXACT : OUTCOME_INERT,
		   NULL);
	note_attributes(draft);
}

void nginx_session(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;

	if (!str_is(nginx_text(owner, "affinity"), "cookie")) {
		mark_sessions_inert(owner);
		return;
	}
	account_canary_behavior(draft);
	if (draft->nginx->run->experimental) {
		write_session(draft);
		return;
	}
	leave_to_emitter(draft, "affinity", FEATURE_SESSION);
	for (size_t i = 0; i < COUNT(session_keys); i++)
		leave_to_emitter(draft, session_keys[i], FEATURE_SESSION);
	for (size_t i = 0; i < COUNT(cookie_keys); i++)
		leave_to_emitter(draft, cookie_keys[i], FEATURE_SESSION_COOKIE);
}

/* ---- retries ---- */

static void add_codes(struct nginx_draft *draft, struct model_retry *retry, struct str words)
{
	struct str part;
	bool more = true;

	while (str_split(&words, ' ', &more, &part)) {
		int64_t code = 0;

		if (str_starts(part, "http_") && str_to_int(str_from_pos(part, 5), &code))
			ARENA_PUSH(draft->nginx->arena, retry->codes, retry->code_count,
				   (unsigned)code);
	}
}

/* tries counts the first attempt, Gateway API's attempts do not. 0 means every endpoint. */
static void write_retry(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	int64_t tries = nginx_int(owner, "proxy-next-upstream-tries", 3);
	struct str words = nginx_text(owner, "proxy-next-upstream");
	const struct nginx_value *value = nginx_get(owner, "proxy-next-upstream");
	struct model_retry *retry = arena_new(nginx->arena, struct model_retry);

	if (!value)
		value = nginx_get(owner, "proxy-next-upstream-tries");
	nginx_mark(owner, "proxy-next-upstream", OUTCOME_APPROXIMATE, "I2G403");
	nginx_mark(owner, "proxy-next-upstream-tries", OUTCOME_APPROXIMATE, "I2G403");
	if (tries == 1 || str_find_str(words, "off") != SIZE_MAX) {
		nginx_note(nginx, owner, value, "I2G403",
			   STR("retries are switched off here, which Gateway API cannot say: "
			       "implementations that retry by themselves go on doing so"),
			   STR("switch them off in the target's retry policy"));
		return;
	}
	draft->rule.retry = retry;
	retry->attempts = tries <= 0 ? 3 : tries > 100 ? 99 : (unsigned)(tries - 1);
	add_codes(draft, retry, words);
	nginx_note(nginx, owner, value, "I2G403",
		   STR("nginx does not repeat POST, LOCK and PATCH once they were sent, and never "
		       "asks "
		       "the same endpoint twice; the retry of Gateway API knows neither"),
		   STR("check that repeated requests do no harm"));
}

void nginx_retry(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;

	if (!nginx_get(owner, "proxy-next-upstream") &&
	    !nginx_get(owner, "proxy-next-upstream-tries"))
		return;
	if (draft->nginx->run->experimental) {
		write_retry(draft);
		return;
	}
	leave_to_emitter(draft, "proxy-next-upstream", FEATURE_RETRY);
	leave_to_emitter(draft, "proxy-next-upstream-tries", FEATURE_RETRY);
}
