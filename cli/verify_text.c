#include "cli/verify_text.h"

#include "check/rules.h"
#include "report/report.h"

enum rank { RANK_GUARD, RANK_UNCOVERED, RANK_BYPASS, RANK_COVERED, RANKS };

static enum rank rank_of(const struct verify_difference *difference)
{
	if (difference->aspects & ROUTE_DIFFERS_GUARD)
		return verify_is_covered(difference) ? RANK_BYPASS : RANK_GUARD;
	return verify_is_covered(difference) ? RANK_COVERED : RANK_UNCOVERED;
}

static const char *code_of(const struct verify_difference *difference)
{
	static const char *const codes[] = {
		[RANK_GUARD] = "I2G701",
		[RANK_UNCOVERED] = "I2G700",
		[RANK_BYPASS] = "I2G703",
		[RANK_COVERED] = "I2G702",
	};

	return codes[rank_of(difference)];
}

/* ---- text ---- */

static const char *const colours[] = {['-'] = "\033[31m", ['+'] = "\033[32m", [' '] = "\033[2m"};

/* Control bytes of requests and addresses are escaped: they come from files. */
static void add_line(struct buf *buf, char sign, struct str text, bool colour)
{
	if (colour)
		buf_text(buf, colours[(unsigned char)sign]);
	if (sign != ' ')
		buf_format(buf, "%c ", sign);
	else
		buf_text(buf, "  ");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c < ' ' || c == 0x7f)
			buf_format(buf, "\\x%02x", c);
		else
			buf_char(buf, (char)c);
	}
	buf_text(buf, colour ? "\033[0m\n" : "\n");
}

/* The request line in bold, headers below it. */
static void add_request(struct buf *buf, struct str request, bool colour)
{
	struct str line;
	bool more = true, first = true;

	while (str_split(&request, '\n', &more, &line)) {
		if (first && colour)
			buf_text(buf, "\033[1m");
		buf_format(buf, "%s%.*s%s\n", first ? "" : "    ", STR_ARG(line),
			   first && colour ? "\033[0m" : "");
		first = false;
	}
}

static void add_place(struct buf *buf, const struct sources *sources, struct span span)
{
	struct str name = sources ? source_name(sources, span.source) : STR("");

	if (span.line && sources)
		buf_format(buf, ", %.*s:%u", STR_ARG(name), span.line);
}

/* The files of both sides. */
struct files {
	const struct sources *from, *to;
};

/* "I2G204 path-case, a.yaml:3: answer (12 requests)". */
static void add_cause_line(struct buf *buf, const struct rule *rule, struct span span,
			   const struct sources *sources, unsigned aspects)
{
	buf_format(buf, "%s %s", rule->code, rule->name);
	add_place(buf, sources, span);
	buf_text(buf, ": ");
	route_aspect_names(buf, aspects);
}

/* The verdict, where it is one, then each finding with what it covers. */
static void add_causes(struct buf *buf, const struct verify_difference *difference,
		       const struct files *files, bool colour)
{
	const struct verify_covers *covers = &difference->covers;
	bool judged = rank_of(difference) != RANK_COVERED;
	unsigned guard = difference->aspects & ROUTE_DIFFERS_GUARD;

	for (size_t i = 0; i < covers->count + judged; i++) {
		const struct verify_cover *cover = judged && !i ? NULL : &covers->at[i - judged];
		struct buf line;

		buf_init(&line);
		if (!cover)
			add_cause_line(&line, rule_find(str_from(code_of(difference))),
				       difference->span,
				       difference->is_new ? files->to : files->from,
				       guard ? guard | covers->left : covers->left);
		else
			add_cause_line(&line, rule_of(cover->finding), cover->finding->span,
				       files->from, cover->aspects);
		if (!i && difference->count > 1)
			buf_format(&line, " (%zu requests)", difference->count);
		add_line(buf, ' ', buf_slice(&line), colour);
		buf_finish(&line);
	}
}

void verify_text(struct buf *buf, const struct verify *verify, const struct sources *from,
		 const struct sources *to, bool colour)
{
	const struct files files = {from, to};

	for (int rank = 0; rank < RANKS; rank++)
		for (size_t i = 0; i < verify->difference_count; i++) {
			const struct verify_difference *difference = verify->differences[i];

			if (rank_of(difference) != (enum rank)rank)
				continue;
			add_request(buf, difference->request, colour);
			add_line(buf, '-', difference->from, colour);
			add_line(buf, '+', difference->to, colour);
			add_causes(buf, difference, &files, colour);
		}
}

/* ---- what is not simulated ---- */

enum { PLACES_MOST = 3 };

static void add_gap_place(struct buf *buf, const struct route_gap *gap,
			  const struct sources *sources)
{
	struct str name = sources ? source_name(sources, gap->span.source) : STR("");

	if (gap->span.line && name.len)
		buf_format(buf, "%.*s:%u", STR_ARG(name), gap->span.line);
	else if (gap->place.object)
		report_object(buf, gap->place.object);
}

/* One line a setting: the first places, and how many more. False when an earlier line has it. */
static bool add_gap(struct buf *line, const struct route_table *table, size_t at,
		    const struct sources *sources)
{
	size_t count = 0;

	for (size_t i = 0; i < at; i++)
		if (str_eq(table->gaps[i].what, table->gaps[at].what))
			return false;
	buf_format(line, "not simulated: %.*s at ", STR_ARG(table->gaps[at].what));
	for (size_t i = at; i < table->gap_count; i++) {
		if (!str_eq(table->gaps[i].what, table->gaps[at].what) || count++ >= PLACES_MOST)
			continue;
		buf_text(line, count > 1 ? ", " : "");
		add_gap_place(line, &table->gaps[i], sources);
	}
	if (count > PLACES_MOST)
		buf_format(line, " and %zu more", count - PLACES_MOST);
	return true;
}

void verify_gaps(struct buf *buf, const struct route_table *table, const struct sources *sources,
		 bool colour)
{
	for (size_t i = 0; i < table->gap_count; i++) {
		struct buf line;

		buf_init(&line);
		if (add_gap(&line, table, i, sources))
			add_line(buf, ' ', buf_slice(&line), colour);
		buf_finish(&line);
	}
}

/* ---- what cannot be used ---- */

void verify_unusable(struct buf *buf, const struct findings *findings,
		     const struct sources *sources, bool colour)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->at[i];
		struct str name = source_name(sources, finding->span.source);
		struct buf line;

		buf_init(&line);
		buf_format(&line, "not compared: %.*s:%u:%u: %.*s [%s]", STR_ARG(name),
			   finding->span.line, finding->span.column, STR_ARG(finding->message),
			   finding->code);
		add_line(buf, ' ', buf_slice(&line), colour);
		buf_finish(&line);
	}
}

/* ---- the summary ---- */

/* Everything was asked: what is left is what the sides take for granted, or leave out. */
static void add_proof(struct buf *buf, const struct verify *verify, uint64_t seed, size_t unusable)
{
	const struct witness_tally *tally = &verify->tally;
	size_t gaps = verify->from->gap_count + verify->to->gap_count;
	const char *premise = verify->from->side->premise;

	buf_text(buf, "This is ");
	if (tally->patterns)
		buf_format(buf, "complete but for %zu %s (sampled, seed %llu)", tally->patterns,
			   tally->patterns == 1 ? "pattern" : "patterns", (unsigned long long)seed);
	if (gaps) {
		buf_text(buf, tally->patterns ? " and " : "complete but for ");
		report_number(buf, gaps, "setting");
		buf_text(buf, gaps == 1 ? " that is not simulated" : " that are not simulated");
	}
	if (unusable) {
		buf_text(buf, tally->patterns || gaps ? " and " : "complete but for ");
		report_number(buf, unusable, "part");
		buf_text(buf, " of the input that cannot be used");
	}
	if (!tally->patterns && !gaps && !unusable)
		buf_text(buf, tally->capped || verify->undecided ? "not complete" : "proven");
	if (premise)
		buf_format(buf, " if %s", premise);
	if (tally->capped)
		buf_format(buf, ", %zu %s cut short", tally->capped,
			   tally->capped == 1 ? "host" : "hosts");
	if (verify->undecided)
		buf_format(buf, ", %zu with patterns that take too much work", verify->undecided);
	if (verify->exhausted)
		buf_text(buf, ", and no more for that reason");
	buf_text(buf, ".\n");
}

/* How many, and in a line of its own how much that says. */
void verify_summary(struct buf *buf, const struct verify *verify, uint64_t seed, size_t unusable)
{
	const struct witness_tally *tally = &verify->tally;

	report_number(buf, tally->requests, "request class");
	buf_text(buf, " of ");
	report_number(buf, tally->hosts, "host");
	buf_format(buf, ": %zu agree, %zu differ", tally->requests - verify->differing,
		   verify->differing);
	if (verify->differing)
		buf_format(buf, " for %zu %s, %zu not covered by a finding",
			   verify->difference_count,
			   verify->difference_count == 1 ? "cause" : "causes",
			   verify_uncovered(verify));
	if (verify_unguarded(verify))
		buf_format(buf, ", %zu without a guard that stands today",
			   verify_unguarded(verify));
	buf_text(buf, ".\n");
	add_proof(buf, verify, seed, unusable);
}

/* ---- findings ---- */

static struct str first_line(struct str text)
{
	return str_sub(text, 0, str_find(text, '\n'));
}

/* "announced by I2G204 (answer): ...; I2G402 (timeouts): ...". */
static struct str announcement(struct arena *arena, const struct verify_covers *covers)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	for (size_t i = 0; i < covers->count; i++) {
		buf_format(&buf, "%s%s (", i ? "; " : "announced by ", covers->at[i].finding->code);
		route_aspect_names(&buf, covers->at[i].aspects);
		buf_text(&buf, "): ");
		buf_str(&buf, covers->at[i].finding->message);
	}
	text = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static struct str hint_of(struct arena *arena, const struct verify_difference *difference)
{
	const struct verify_covers *covers = &difference->covers;

	if (verify_is_covered(difference))
		return announcement(arena, covers);
	if (difference->aspects & ROUTE_DIFFERS_GUARD)
		return STR("do not apply these objects before the guard is in place");
	return STR("no finding of the conversion says so: please report it with this request");
}

static struct span shifted(struct span span, const uint32_t *shift)
{
	if (!shift)
		return (struct span){0};
	span.source += span.line ? *shift : 0;
	return span;
}

void verify_findings(struct findings *findings, const struct verify *verify, struct str at,
		     const uint32_t *shift)
{
	const struct object_ref none = {.kind = STR("")};

	for (size_t i = 0; i < verify->difference_count; i++) {
		const struct verify_difference *difference = verify->differences[i];
		const struct finding *finding =
			verify_is_covered(difference) ? difference->covers.at[0].finding : NULL;
		struct str request = first_line(difference->request);

		findings_add(findings,
			     (struct finding){
				     .code = code_of(difference),
				     .object = difference->object ? *difference->object : none,
				     .path = str_dup(findings->arena, difference->field),
				     .span = finding && finding->span.line ? finding->span
					     : difference->is_new ? shifted(difference->span, shift)
								  : difference->span,
				     .message = str_format(
					     findings->arena, "%.*s%s%.*s: %.*s before, %.*s now",
					     STR_ARG(at), at.len ? ": " : "", STR_ARG(request),
					     STR_ARG(difference->from), STR_ARG(difference->to)),
				     .hint = hint_of(findings->arena, difference),
			     });
	}
}

void verify_gap_findings(struct findings *findings, const struct route_table *table,
			 const uint32_t *shift)
{
	for (size_t i = 0; i < table->gap_count; i++) {
		const struct route_gap *gap = &table->gaps[i];

		findings_add(
			findings,
			(struct finding){
				.code = "I2G705",
				.object = gap->place.object ? *gap->place.object
							    : (struct object_ref){0},
				.path = str_dup(findings->arena, gap->field),
				.span = shifted(gap->span, shift),
				.message =
					str_format(findings->arena,
						   "'%.*s' is not simulated: what was found holds "
						   "but for what it does",
						   STR_ARG(gap->what)),
				.hint = STR("try the requests that it is there for on both sides"),
			});
	}
}
