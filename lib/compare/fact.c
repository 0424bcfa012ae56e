#include "compare/fact_parts.h"

#include <stdlib.h>

#include "base/buf.h"

const char *fact_kind_name(enum fact_kind kind)
{
	static const char *const names[] = {
		[FACT_REACH] = "reach",       [FACT_STATUS] = "status",
		[FACT_LOCATION] = "location", [FACT_BACKEND] = "backend",
		[FACT_SEEN] = "seen",         [FACT_HEADER] = "header",
		[FACT_COOKIE] = "cookie",     [FACT_TLS] = "tls",
		[FACT_BODY] = "body",         [FACT_SHARE] = "share",
		[FACT_SESSION] = "session",
	};

	return names[kind];
}

/* ---- texts ---- */

static size_t common_prefix(struct str a, struct str b)
{
	size_t len = 0;

	while (len < a.len && len < b.len && a.at[len] == b.at[len])
		len++;
	return len;
}

/* Not within a character of UTF-8. */
static size_t character_start(struct str text, size_t at)
{
	while (at && at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The part from `from` on, with dots where something was left out. */
static struct str window(struct arena *arena, struct str text, size_t from)
{
	static const struct str dots = STR_INIT("\xe2\x80\xa6");
	size_t end;

	if (!text.at)
		return text;
	from = character_start(text, from < text.len ? from : text.len);
	end = character_start(text, text.len - from > FACT_TEXT ? from + FACT_TEXT : text.len);
	return STR_JOIN(arena, from ? dots : STR(""), str_sub(text, from, end - from),
			end < text.len ? dots : STR(""));
}

static bool knows(const struct facts *facts, enum fact_kind kind, struct str name)
{
	for (size_t i = facts->count; i > 0 && facts->at[i - 1].kind == kind; i--)
		if (str_eq(facts->at[i - 1].name, name))
			return true;
	return false;
}

void fact_add(struct fact_job *job, enum fact_kind kind, struct str name, struct str live,
	      struct str candidate)
{
	struct facts *facts = job->facts;
	size_t same = common_prefix(live, candidate), from = 0;
	struct fact fact = {.kind = kind};

	/* A name is part of what learns and groups: a long one ends in its hash. */
	if (name.len > FACT_TEXT)
		name = str_format(job->arena, "%.*s~%08x", 120, name.at,
				  (unsigned)(str_hash(name) & 0xffffffff));
	if (job->counts[kind] > FACT_MOST || ignore_matches(job->ignore, kind, name) ||
	    knows(facts, kind, name))
		return;
	if (job->counts[kind]++ == FACT_MOST) {
		name = STR("more");
		live = candidate = STR("\xe2\x80\xa6");
	}
	if (same > FACT_TEXT / 2)
		from = same - FACT_TEXT / 4;
	fact.name = str_dup(job->arena, name);
	fact.live = window(job->arena, live, from);
	fact.candidate = window(job->arena, candidate, from);
	ARENA_PUSH(job->arena, facts->at, facts->count, fact);
}

/* ---- reach, status, backend ---- */

/* A handshake that is refused is seen as one that fails or, from TLS 1.3 on, as a connection that ends before
 * anything is said. */
static enum answer_failure failure_class(const struct fact_job *job, const struct answer *answer)
{
	const struct route_request *request = job->facts->request;
	bool tls = answer->tls.version.len || (request && request->tls);

	return answer->failure == ANSWER_CUT && tls && !answer->status ? ANSWER_HANDSHAKE
								       : answer->failure;
}

static struct str reach_of(struct arena *arena, const struct answer *answer)
{
	if (answer->failure == ANSWER_CAME)
		return str_format(arena, "%u", answer->status);
	return str_format(arena, "%s%s%s%s%.*s",
			  answer->status ? str_format(arena, "%u", answer->status).at : "",
			  answer->status ? ", then " : "", answer_failure_name(answer->failure),
			  answer->why.len ? ": " : "", STR_ARG(str_sub(answer->why, 0, FACT_TEXT)));
}

static void compare_reach(struct fact_job *job)
{
	bool same = failure_class(job, job->live) == failure_class(job, job->candidate);

	/* Cut in the middle of an answer is not cut without one. */
	if (!same ||
	    (job->live->failure != ANSWER_CAME && !job->live->status != !job->candidate->status))
		fact_add(job, FACT_REACH, STR(""), reach_of(job->arena, job->live),
			 reach_of(job->arena, job->candidate));
}

static void compare_status(struct fact_job *job)
{
	if (job->live->status != job->candidate->status)
		fact_add(job, FACT_STATUS, STR(""), str_format(job->arena, "%u", job->live->status),
			 str_format(job->arena, "%u", job->candidate->status));
}

static void compare_backend(struct fact_job *job)
{
	struct str live = job->live->backend, candidate = job->candidate->backend;

	if (live.len && candidate.len && !str_eq(live, candidate))
		fact_add(job, FACT_BACKEND, STR(""), live, candidate);
}

/* ---- TLS ---- */

static struct str certificate_words(struct arena *arena, const struct answer_tls *tls)
{
	return str_format(arena, "%.*s (%.*s) sha256 %.*s", STR_ARG(str_sub(tls->names, 0, 100)),
			  STR_ARG(str_sub(tls->subject, 0, 100)),
			  STR_ARG(str_sub(tls->fingerprint, 0, 16)));
}

/* Without ALPN a client speaks HTTP/1.1. */
static struct str protocol_of(const struct answer_tls *tls)
{
	return tls->alpn.len ? tls->alpn : STR("http/1.1");
}

static void compare_tls(struct fact_job *job)
{
	const struct answer_tls *a = &job->live->tls, *b = &job->candidate->tls;

	if (!a->version.len || !b->version.len)
		return;
	if (!str_eq_nocase(a->fingerprint, b->fingerprint))
		fact_add(job, FACT_TLS, STR("certificate"), certificate_words(job->arena, a),
			 certificate_words(job->arena, b));
	else if (a->chain != b->chain)
		fact_add(job, FACT_TLS, STR("chain"),
			 str_format(job->arena, "%u certificates", a->chain),
			 str_format(job->arena, "%u certificates", b->chain));
	if (!str_eq(a->version, b->version))
		fact_add(job, FACT_TLS, STR("version"), a->version, b->version);
	if (!str_eq(protocol_of(a), protocol_of(b)))
		fact_add(job, FACT_TLS, STR("alpn"), protocol_of(a), protocol_of(b));
}

/* ---- all ---- */

static int in_order(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return str_cmp(x->name, y->name);
}

void facts_sort(struct fact *facts, size_t count)
{
	if (count)
		qsort(facts, count, sizeof *facts, in_order);
}

void facts_find(struct facts *facts, struct ignore *ignore, const struct answer *live,
		const struct answer *candidate)
{
	struct fact_job job = {
		.facts = facts,
		.ignore = ignore,
		.arena = facts->arena,
		.live = live,
		.candidate = candidate,
		.again = facts->again && facts->again->failure == ANSWER_CAME ? facts->again : NULL,
	};

	facts->at = NULL;
	facts->count = 0;
	compare_reach(&job);
	compare_tls(&job);
	if (live->status && candidate->status)
		compare_status(&job);
	if (live->failure == ANSWER_CAME && candidate->failure == ANSWER_CAME) {
		compare_backend(&job);
		fact_location(&job);
		fact_headers(&job);
		fact_cookies(&job);
		fact_body(&job);
	}
	facts_sort(facts->at, facts->count);
}
