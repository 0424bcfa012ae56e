#include "compare/fact_parts.h"

#include "base/buf.h"

/* Bodies in which so many lines differ are compared as a whole. */
enum { LINES_MOST = 20 };

/* ---- type ---- */

/* "text/html; charset=utf-8": type in lower case, charset too, other parameters left out. */
static struct str media_type(struct arena *arena, const struct answer *answer)
{
	struct str value, part, type, charset = STR("");
	bool more = true;

	if (!answer_header_find(answer, "content-type", &value))
		return (struct str){0};
	str_split(&value, ';', &more, &type);
	while (str_split(&value, ';', &more, &part)) {
		size_t equals = str_find(part, '=');

		if (equals == SIZE_MAX ||
		    !str_is_nocase(str_trim(str_sub(part, 0, equals)), "charset"))
			continue;
		charset = str_trim(str_from_pos(part, equals + 1));
		if (charset.len > 1 && charset.at[0] == '"' && charset.at[charset.len - 1] == '"')
			charset = str_sub(charset, 1, charset.len - 2);
	}
	return STR_JOIN(arena, str_lower(arena, str_trim(type)),
			charset.len ? STR("; charset=") : STR(""), str_lower(arena, charset));
}

static void compare_types(struct fact_job *job)
{
	struct str a = media_type(job->arena, job->live);
	struct str b = media_type(job->arena, job->candidate);

	if (!a.at != !b.at || !str_eq(a, b))
		fact_add(job, FACT_BODY, STR("type"), a, b);
}

/* ---- text ---- */

struct lines {
	struct str *at;
	size_t count;
};

static struct lines lines_of(struct arena *arena, struct str text)
{
	struct lines lines = {0};
	struct str line;
	bool more = true;

	while (str_split(&text, '\n', &more, &line)) {
		/* Nothing stands behind the last line break. */
		if (!more && !line.len)
			break;
		while (line.len && strchr(" \t\r", line.at[line.len - 1]) && line.at[line.len - 1])
			line.len--;
		ARENA_PUSH(arena, lines.at, lines.count, line);
	}
	return lines;
}

static struct str line_at(const struct lines *lines, size_t i, size_t end)
{
	if (i >= end)
		return (struct str){0};
	return lines->at[i].at ? lines->at[i] : STR("");
}

static bool is_text(struct str body)
{
	return !body.len || !memchr(body.at, '\0', body.len);
}

static bool same_line(const struct fact_job *job, struct str a, struct str b)
{
	return mask_same(job->arena, a, b, job->steady_body);
}

/* From the first to the last line that differs, if both have as many of them; else that range as one. */
static void compare_lines(struct fact_job *job)
{
	struct arena *arena = job->arena;
	struct lines a = lines_of(arena, job->live->body);
	struct lines b = lines_of(arena, job->candidate->body);
	size_t from = 0, a_end = a.count, b_end = b.count, differ = 0;

	while (from < a_end && from < b_end && same_line(job, a.at[from], b.at[from]))
		from++;
	while (a_end > from && b_end > from && same_line(job, a.at[a_end - 1], b.at[b_end - 1])) {
		a_end--;
		b_end--;
	}
	for (size_t i = from; i < a_end && a_end == b_end && differ <= LINES_MOST; i++)
		differ += !same_line(job, a.at[i], b.at[i]);
	if (a_end != b_end || differ > LINES_MOST) {
		fact_add(job, FACT_BODY, STR("lines"), line_at(&a, from, a_end),
			 line_at(&b, from, b_end));
		return;
	}
	for (size_t i = from; i < a_end; i++)
		if (!same_line(job, a.at[i], b.at[i]))
			fact_add(job, FACT_BODY, str_format(arena, "line %zu", i + 1),
				 line_at(&a, i, a_end), line_at(&b, i, b_end));
}

/* ---- bytes ---- */

static struct str hash_words(struct arena *arena, const struct answer *answer)
{
	const uint8_t *hash = answer->body_hash;

	return str_format(arena, "sha256 %02x%02x%02x%02x%02x%02x%02x%02x", hash[0], hash[1],
			  hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
}

static struct str length_words(struct arena *arena, const struct answer *answer)
{
	return str_format(arena, "%llu bytes", (unsigned long long)answer->body_length);
}

static void compare_bytes(struct fact_job *job)
{
	struct arena *arena = job->arena;

	if (job->live->body_length != job->candidate->body_length)
		fact_add(job, FACT_BODY, STR("length"), length_words(arena, job->live),
			 length_words(arena, job->candidate));
	else
		fact_add(job, FACT_BODY, STR("hash"), hash_words(arena, job->live),
			 hash_words(arena, job->candidate));
}

/* ---- all ---- */

static bool same_bytes(const struct answer *a, const struct answer *b)
{
	return a->body_length == b->body_length &&
	       (!a->body_length || !memcmp(a->body_hash, b->body_hash, sizeof a->body_hash));
}

static bool is_whole(const struct answer *answer)
{
	return answer->body.len == answer->body_length;
}

/* The same text compressed twice is not the same bytes. */
static bool is_coded(const struct answer *answer)
{
	struct str coding;

	return answer_header_find(answer, "content-encoding", &coding) &&
	       !str_is_nocase(str_trim(coding), "identity");
}

void fact_body(struct fact_job *job)
{
	compare_types(job);
	if (same_bytes(job->live, job->candidate))
		return;
	job->steady_body = job->again && same_bytes(job->live, job->again);
	if (is_coded(job->live) || is_coded(job->candidate)) {
		ignore_note(job->ignore, STR("body compressed"));
		return;
	}
	if (!is_whole(job->live) || !is_whole(job->candidate)) {
		compare_bytes(job);
		return;
	}
	if (fact_echo(job) || fact_json(job))
		return;
	if (is_text(job->live->body) && is_text(job->candidate->body))
		compare_lines(job);
	else
		compare_bytes(job);
}
