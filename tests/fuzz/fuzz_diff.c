/* fuzz_diff.c - answers that anybody may send, compared.
 *
 * The text is a request and up to three answers with a line "--" between them:
 *
 *   /target?query host flags     flags: d draws, f follows, t over TLS
 *   --
 *   200                          status; 0 to 6 is a failure
 *   name: value
 *
 *   body
 *
 * Whatever they are: an answer equals itself, differences are the same from both sides, what differs on the live
 * side is no difference, and every probe is counted once.
 */
#include "base/bug.h"
#include "compare/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWERS = 3, HEADERS_MOST = 300 };

struct asked {
	struct arena arena;
	struct probe probe;
	struct answer answers[ANSWERS];
	size_t count;
};

/* ---- reading ---- */

static struct str cut(struct str *rest, const char *separator)
{
	size_t at = str_find_str(*rest, separator);
	struct str part = str_sub(*rest, 0, at);

	*rest = at == SIZE_MAX ? (struct str){0} : str_from_pos(*rest, at + strlen(separator));
	return part;
}

static void read_probe(struct asked *asked, struct str text)
{
	struct route_request *request = &asked->probe.request;
	struct str target = cut(&text, " "), host = cut(&text, " ");

	request->target = target.len ? target : STR("/");
	request->authority = host;
	request->tls = str_find(text, 't') != SIZE_MAX;
	request->port = request->tls ? 443 : 80;
	asked->probe.number = 1;
	asked->probe.draws = str_find(text, 'd') != SIZE_MAX ? 3 : 0;
	asked->probe.follows = asked->probe.draws && str_find(text, 'f') != SIZE_MAX;
}

static void read_headers(struct asked *asked, struct answer *answer, struct str text)
{
	struct answer_header *headers =
		arena_array(&asked->arena, struct answer_header, HEADERS_MOST);
	struct str line;
	bool more = text.len > 0;

	while (answer->header_count < HEADERS_MOST && str_split(&text, '\n', &more, &line)) {
		size_t colon = str_find(line, ':');

		headers[answer->header_count++] = (struct answer_header){
			str_lower(&asked->arena, str_sub(line, 0, colon)),
			str_trim(str_from_pos(line, colon == SIZE_MAX ? line.len : colon + 1))};
	}
	answer->headers = headers;
}

static void read_answer(struct asked *asked, struct str text)
{
	struct answer *answer = &asked->answers[asked->count++];
	struct str head = cut(&text, "\n\n");
	struct str status = cut(&head, "\n");
	uint64_t hash = str_hash(text);
	int64_t number;

	answer->status = 200;
	if (str_to_int(status, &number) && number >= 0 && number < 1000) {
		answer->status = number < 100 ? 0 : (unsigned)number;
		answer->failure =
			number <= ANSWER_WRONG ? (enum answer_failure)number : ANSWER_CAME;
	}
	read_headers(asked, answer, head);
	answer->body = str_sub(text, 0, ANSWER_BODY);
	answer->body_length = text.len;
	memcpy(answer->body_hash, &hash, sizeof hash);
	answer->micros = (int64_t)hash;
	answer_find_backend(answer, STR("x-backend"), &asked->arena);
}

static void read_case(struct asked *asked, struct str text)
{
	struct str rest = text;

	read_probe(asked, cut(&rest, "\n--\n"));
	while (asked->count < ANSWERS && rest.at)
		read_answer(asked, cut(&rest, "\n--\n"));
	while (asked->count < ANSWERS) {
		asked->answers[asked->count] = asked->count ? asked->answers[asked->count - 1]
							    : (struct answer){.status = 200};
		asked->count++;
	}
}

/* ---- facts ---- */

static size_t check_facts(struct asked *asked, struct ignore *ignore, const struct answer *a,
			  const struct answer *b)
{
	struct facts facts = {.arena = &asked->arena, .request = &asked->probe.request};

	facts_find(&facts, ignore, a, b);
	for (size_t i = 0; i < facts.count; i++) {
		const struct fact *fact = &facts.at[i], *before = i ? fact - 1 : NULL;

		BUG_UNLESS(fact->live.at || fact->candidate.at);
		BUG_UNLESS(fact->live.len <= FACT_TEXT + 6 && fact->candidate.len <= FACT_TEXT + 6);
		BUG_UNLESS(!before || before->kind < fact->kind ||
			   (before->kind == fact->kind && str_cmp(before->name, fact->name) < 0));
	}
	return facts.count;
}

/* ---- verdicts ---- */

static enum diff_verdict verdict_of(const struct asked *asked, const struct answer *live,
				    const struct answer *again, const struct answer *candidate)
{
	uint32_t times = asked->probe.draws ? asked->probe.draws : 1;
	struct diff_run run;
	enum diff_verdict verdict;

	diff_init(&run, NULL, NULL);
	for (uint32_t i = 0; i < times; i++)
		diff_take(&run, &asked->probe, live, again, candidate);
	diff_end(&run);
	BUG_UNLESS(run.asked == 1);
	BUG_UNLESS(run.equal + run.different + run.flaky + run.unasked == 1);
	BUG_UNLESS(run.result_count == 1 - run.equal);
	BUG_UNLESS(run.group_count == run.different);
	BUG_UNLESS(run.host_count == 1);
	verdict = run.result_count ? run.results[0].verdict : DIFF_EQUAL;
	diff_finish(&run);
	return verdict;
}

/* Nobody was asked: it was not reached, or could not prove who it is. */
static bool is_unasked(const struct answer *answer)
{
	return answer->failure == ANSWER_REFUSED || answer->failure == ANSWER_TIMEOUT ||
	       answer->failure == ANSWER_UNTRUSTED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct asked asked = {.count = 0};
	const struct answer *a = &asked.answers[0], *b = &asked.answers[1], *c = &asked.answers[2];
	struct ignore *ignore;

	arena_init(&asked.arena);
	read_case(&asked, (struct str){size ? (const char *)data : "", size});
	ignore = ignore_new(&asked.arena);
	BUG_UNLESS(check_facts(&asked, ignore, a, a) == 0);
	BUG_UNLESS(check_facts(&asked, ignore, a, b) == check_facts(&asked, ignore, b, a));
	check_facts(&asked, ignore, a, c);
	BUG_UNLESS(verdict_of(&asked, a, a, a) == (is_unasked(a) ? DIFF_UNASKED : DIFF_EQUAL));
	if (!asked.probe.draws)
		BUG_UNLESS(verdict_of(&asked, a, b, b) != DIFF_DIFFERENT);
	verdict_of(&asked, a, b, c);
	verdict_of(&asked, a, NULL, c);
	arena_finish(&asked.arena);
	return 0;
}
