#include "cli/match_text.h"

#include "check/rules.h"
#include "report/clean.h"
#include "report/decision.h"
#include "report/report.h"
#include "route/compare.h"
#include "yaml/write.h"

enum { LABEL = 17, COLUMN_LEAST = 30, BOTH = 2 };

/* ---- cells: each may have several lines ---- */

static void add_span(struct buf *buf, const char *before, const struct match_side *side,
		     struct span span)
{
	if (!side->spans || !span.line)
		return;
	buf_text(buf, before);
	decision_span_words(buf, span, side->sources);
}

static void add_place(struct buf *buf, const struct match_side *side,
		      const struct route_place *place)
{
	if (!place->object)
		return;
	buf_text(buf, "\n  ");
	decision_place_words(buf, place);
	add_span(buf, "\n  ", side, place->span);
}

static void cell_listener(struct buf *buf, const struct match_side *side)
{
	clean_add(buf, side->decision.listener);
	add_place(buf, side, &side->decision.host);
}

static void cell_match(struct buf *buf, const struct match_side *side)
{
	clean_add(buf, side->decision.what);
	add_place(buf, side, &side->decision.place);
}

/* The certificate that is shown, and whether one is asked for. */
static void cell_handshake(struct buf *buf, const struct match_side *side)
{
	const struct route_front_tls *tls = side->decision.tls;

	if (!tls)
		return;
	if (tls->passthrough)
		buf_text(buf, "the backend's own");
	else if (tls->name.len)
		buf_format(buf, "Secret %.*s/%.*s", STR_ARG(tls->namespace), STR_ARG(tls->name));
	else
		buf_text(buf, "the proxy's own");
	if (tls->validation != ROUTE_CLIENT_UNASKED)
		buf_format(buf, "\n  client certificate %s",
			   tls->validation == ROUTE_CLIENT_REQUIRED ? "required" : "asked for");
}

static void cell_guards(struct buf *buf, const struct match_side *side)
{
	const struct route_policy *policy = side->decision.policy;
	bool first = true;

	if (policy->auth) {
		buf_text(buf, "external authentication");
		first = false;
	}
	for (size_t i = 0; i < policy->fact_count; i++) {
		if (!feature_guards(policy->facts[i].feature))
			continue;
		buf_text(buf, first ? "" : "\n");
		buf_text(buf, feature_words(policy->facts[i].feature));
		if (policy->facts[i].value.len) {
			buf_char(buf, ' ');
			clean_add(buf, policy->facts[i].value);
		}
		first = false;
	}
}

static void cell_outcome(struct buf *buf, const struct match_side *side)
{
	decision_outcome_words(buf, &side->decision);
}

/* What the backend sees, when a request is sent to one. */
static void cell_path(struct buf *buf, const struct match_side *side)
{
	const struct route_sent *sent;

	if (side->decision.action != ROUTE_FORWARD || !side->decision.sent.path.len)
		return;
	sent = route_sent(&side->decision, 0);
	clean_add(buf, sent->path);
	if (sent->has_query) {
		buf_char(buf, '?');
		clean_add(buf, sent->query);
	}
}

static void cell_host(struct buf *buf, const struct match_side *side)
{
	if (side->decision.action == ROUTE_FORWARD)
		clean_add(buf, route_sent(&side->decision, 0)->host);
}

static void cell_protocol(struct buf *buf, const struct match_side *side)
{
	const struct route_backend *backend = side->decision.backends;

	if (side->decision.action != ROUTE_FORWARD)
		return;
	buf_format(buf, "%s%s", route_protocol_name(backend->protocol),
		   backend->tls ? " over TLS" : "");
	if (backend->tls)
		buf_text(buf, backend->tls->verify ? ", verified" : ", not verified");
}

static void add_edits(struct buf *buf, struct route_edits edits)
{
	for (size_t i = 0; i < edits.count; i++) {
		const struct route_edit *edit = &edits.at[i];

		buf_text(buf, buf->len ? "\n" : "");
		buf_char(buf, edit->kind == ROUTE_EDIT_REMOVE ? '-' : '+');
		clean_add(buf, edit->name);
		if (edit->kind == ROUTE_EDIT_REMOVE)
			continue;
		buf_text(buf, ": ");
		clean_add(buf, edit->value);
	}
}

static void cell_request_edits(struct buf *buf, const struct match_side *side)
{
	if (side->decision.action == ROUTE_FORWARD)
		add_edits(buf, side->decision.backends->request);
}

static void cell_response_edits(struct buf *buf, const struct match_side *side)
{
	bool forwarded = side->decision.action == ROUTE_FORWARD;

	add_edits(buf, forwarded ? side->decision.backends->response : side->decision.response);
	add_edits(buf, side->decision.late);
}

static void add_time(struct buf *buf, const char *name, int64_t milliseconds)
{
	if (milliseconds == ROUTE_UNSET)
		return;
	buf_format(buf, "%s%s ", buf->len ? ", " : "", name);
	if (milliseconds == 0)
		buf_text(buf, "off");
	else if (milliseconds % 1000)
		buf_format(buf, "%lldms", (long long)milliseconds);
	else
		buf_format(buf, "%llds", (long long)milliseconds / 1000);
}

static void cell_limits(struct buf *buf, const struct match_side *side)
{
	const struct route_policy *policy = side->decision.policy;

	add_time(buf, "request", policy->request_ms);
	add_time(buf, "try", policy->backend_ms);
	add_time(buf, "connect", policy->connect_ms);
	add_time(buf, "read", policy->read_ms);
	add_time(buf, "send", policy->send_ms);
	if (policy->body_bytes > 0)
		buf_format(buf, "%sbody %lld bytes", buf->len ? ", " : "",
			   (long long)policy->body_bytes);
}

static void cell_session(struct buf *buf, const struct match_side *side)
{
	const struct route_session *session = side->decision.policy->session;

	if (!session)
		return;
	buf_text(buf, session->kind == ROUTE_SESSION_COOKIE ? "Set-Cookie: " : "by ");
	clean_add(buf, session->name.len ? session->name : STR("a name of the gateway's own"));
	if (session->absolute_ms != ROUTE_UNSET)
		buf_format(buf, ", for %llds", (long long)session->absolute_ms / 1000);
	if (session->attributes.len) {
		buf_text(buf, "\n  ");
		clean_add(buf, session->attributes);
	}
}

static void cell_pages(struct buf *buf, const struct match_side *side)
{
	const struct route_pages *pages = side->decision.policy->pages;

	if (!pages)
		return;
	buf_text(buf, "for");
	for (size_t i = 0; i < pages->code_count; i++)
		buf_format(buf, "%s %u", i ? "," : "", pages->codes[i]);
	buf_text(buf, "\n  ");
	if (pages->backend)
		decision_backend_words(buf, pages->backend);
	else
		buf_text(buf, "404 of the controller itself");
}

/* ---- the table ---- */

static const struct row {
	const char *label;
	void (*cell)(struct buf *buf, const struct match_side *side);
	bool verbose;     /* shown only then, or when the aspect differs */
	unsigned aspects; /* that it shows */
} rows[] = {
	{"host", cell_listener, false, 0},
	{"certificate", cell_handshake, false, ROUTE_DIFFERS_CERTIFICATE},
	{"rule", cell_match, false, 0},
	{"guarded by", cell_guards, false, ROUTE_DIFFERS_GUARD},
	{"answer", cell_outcome, false, 0},
	{"path sent", cell_path, false, ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_QUERY},
	{"Host sent", cell_host, true, ROUTE_DIFFERS_HOST},
	{"protocol", cell_protocol, true, ROUTE_DIFFERS_PROTOCOL},
	{"headers sent", cell_request_edits, true, ROUTE_DIFFERS_REQUEST},
	{"headers returned", cell_response_edits, true, ROUTE_DIFFERS_RESPONSE},
	{"limits", cell_limits, true, ROUTE_DIFFERS_POLICY},
	{"session", cell_session, true, ROUTE_DIFFERS_SESSION},
	{"error pages", cell_pages, true, ROUTE_DIFFERS_PAGES},
};

static size_t cells_of(struct str text)
{
	size_t cells = 0;

	while (text.len)
		cells += glyph_next(&text).cells;
	return cells;
}

/* Two cells side by side. A line that is too long for its column pushes the other one below. */
static void add_row(struct buf *buf, const char *label, struct str left, struct str right,
		    size_t column)
{
	bool two = column > 0;
	bool more_left = left.len > 0, more_right = two && right.len > 0;
	struct str line;

	buf_format(buf, "%-*s", LABEL, label);
	for (bool first = true; first || more_left || more_right; first = false) {
		size_t cells = 0;

		if (!first)
			buf_fill(buf, ' ', LABEL);
		if (more_left && str_split(&left, '\n', &more_left, &line)) {
			buf_str(buf, line);
			cells = cells_of(line);
		} else if (first) {
			buf_char(buf, '-');
			cells = 1;
		}
		if (cells >= column && (more_right || (first && two))) {
			buf_char(buf, '\n');
			buf_fill(buf, ' ', LABEL);
			cells = 0;
		}
		if (more_right && str_split(&right, '\n', &more_right, &line)) {
			buf_fill(buf, ' ', column - cells);
			buf_str(buf, line);
		} else if (first && two) {
			buf_fill(buf, ' ', column - cells);
			buf_char(buf, '-');
		}
		while (buf->len && buf->at[buf->len - 1] == ' ')
			buf->len--;
		buf_char(buf, '\n');
	}
}

static bool is_shown(const struct row *row, const struct match_result *result, bool verbose,
		     const struct buf cells[2])
{
	if (!cells[0].len && !cells[1].len)
		return false;
	return !row->verbose || verbose || row->aspects & result->aspects;
}

static void add_table(struct buf *buf, const struct match_result *result, unsigned width,
		      bool verbose)
{
	const struct match_side *left = &result->sides[0], *right = &result->sides[1];
	bool two = left->title && right->title;
	size_t room = width > LABEL ? (width - LABEL) / BOTH : 0;
	size_t column = !two ? 0 : room > COLUMN_LEAST ? room : COLUMN_LEAST;

	if (!left->title)
		left = right;
	add_row(buf, "", str_from(left->title), str_from(right->title), column);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf cells[2];

		buf_init(&cells[0]);
		buf_init(&cells[1]);
		rows[i].cell(&cells[0], left);
		if (two)
			rows[i].cell(&cells[1], right);
		if (is_shown(&rows[i], result, verbose, cells))
			add_row(buf, rows[i].label, buf_slice(&cells[0]), buf_slice(&cells[1]),
				column);
		buf_finish(&cells[1]);
		buf_finish(&cells[0]);
	}
}

/* ---- what stands below ---- */

static size_t count_passed(const struct match_side *side)
{
	size_t count = 0;

	for (size_t i = 0; side->title && i < side->decision.trace.count; i++)
		count += side->decision.trace.steps[i].kind == ROUTE_STEP_MATCH &&
			 !side->decision.trace.steps[i].taken;
	return count;
}

static void add_step(struct buf *buf, const struct match_side *side, const struct route_step *step)
{
	buf_text(buf, step->taken ? "  yes  " : "  no   ");
	clean_add(buf, step->what);
	if (step->place.object) {
		buf_text(buf, "  ");
		decision_place_words(buf, &step->place);
		add_span(buf, ", ", side, step->place.span);
	}
	if (step->why.len) {
		buf_text(buf, ": ");
		clean_add(buf, step->why);
	}
	buf_char(buf, '\n');
}

static void add_steps(struct buf *buf, const struct match_side *side)
{
	if (!side->title || !side->decision.trace.count)
		return;
	buf_format(buf, "\nConsidered, %s:\n", side->title);
	for (size_t i = 0; i < side->decision.trace.count; i++)
		if (side->decision.trace.steps[i].kind == ROUTE_STEP_MATCH)
			add_step(buf, side, &side->decision.trace.steps[i]);
}

/* What may change the answer of a side, and is not simulated: from `*at` on. */
static const struct route_gap *next_gap(const struct match_result *result,
					const struct match_side *side, size_t *at)
{
	while (side->title && side->table && *at < side->table->gap_count) {
		const struct route_gap *gap = &side->table->gaps[(*at)++];

		if (route_gap_concerns(side->table, gap, result->request, &side->decision))
			return gap;
	}
	return NULL;
}

static bool is_simulated(const struct match_result *result)
{
	size_t at[2] = {0};

	return !next_gap(result, &result->sides[0], &at[0]) &&
	       !next_gap(result, &result->sides[1], &at[1]);
}

static void add_gaps(struct buf *buf, const struct match_result *result)
{
	for (int i = 0; i < 2; i++) {
		const struct match_side *side = &result->sides[i];
		const struct route_gap *gap;
		size_t at = 0;

		while ((gap = next_gap(result, side, &at))) {
			buf_text(buf, "not simulated    ");
			clean_add(buf, gap->what);
			if (gap->place.object) {
				buf_text(buf, ", ");
				report_object(buf, gap->place.object);
			}
			add_span(buf, ", ", side, gap->span);
			buf_char(buf, '\n');
		}
	}
}

static void add_unusable(struct buf *buf, const struct match_result *result)
{
	for (size_t i = 0; i < result->unusable->count; i++) {
		const struct finding *finding = &result->unusable->at[i];

		buf_format(buf, "%-*s", LABEL, "not compared");
		decision_span_words(buf, finding->span, result->all);
		buf_format(buf, ": ");
		clean_add(buf, finding->message);
		buf_format(buf, " [%s]\n", finding->code);
	}
}

static void add_verdict(struct buf *buf, const struct match_result *result)
{
	buf_format(buf, "%-*s", LABEL, "verdict");
	if (result->differs)
		buf_text(buf, "DIFFERENT");
	else
		buf_text(buf, result->aspects ? "SAME answer under other limits" : "SAME");
	if (!result->differs && !is_simulated(result))
		buf_text(buf, " but for what is not simulated");
	if (!result->differs && result->unusable->count)
		buf_text(buf, " but for what cannot be used");
	if (result->aspects) {
		buf_text(buf, ": ");
		route_aspect_names(buf, result->aspects);
	}
	if (result->nothing)
		buf_text(buf, ": nobody serves this request");
	buf_char(buf, '\n');
}

static void add_reason(struct buf *buf, const struct match_result *result,
		       const struct verify_cover *cover)
{
	const struct finding *finding = cover->finding;

	buf_text(buf, "\nWhy ");
	route_aspect_names(buf, cover->aspects);
	buf_format(buf, ": %s, ", finding->code);
	clean_add(buf, finding->message);
	if (finding->span.line) {
		buf_text(buf, "\n     ");
		decision_span_words(buf, finding->span, result->sides[0].sources);
	}
	buf_format(buf, "\n     `ingress2gw explain %s`\n", finding->code);
}

static void add_reasons(struct buf *buf, const struct match_result *result)
{
	for (size_t i = 0; i < result->covers.count; i++)
		add_reason(buf, result, &result->covers.at[i]);
	if (!result->explained || !result->covers.left)
		return;
	buf_text(buf, "\nNo finding of the conversion explains: ");
	route_aspect_names(buf, result->covers.left);
	buf_text(buf, "\n     please report it with this request\n");
}

/* Controllers and Gateways have addresses of their own; a request is sent to one. */
static void add_address(struct buf *buf, const struct match_result *result)
{
	if (!result->at.len)
		return;
	buf_text(buf, "Asked at the address of ");
	clean_add(buf, result->at);
	buf_char(buf, '\n');
	if (result->elsewhere.len) {
		buf_text(buf, "Also served at that of ");
		clean_add(buf, result->elsewhere);
		buf_text(buf, ": --ingress-class=NAME asks there\n");
	}
	buf_char(buf, '\n');
}

void match_text(struct buf *buf, const struct match_result *result, unsigned width, bool verbose)
{
	size_t passed = count_passed(&result->sides[0]) + count_passed(&result->sides[1]);

	add_address(buf, result);
	add_table(buf, result, width, verbose);
	if (result->sides[0].title && result->sides[1].title)
		add_verdict(buf, result);
	add_gaps(buf, result);
	add_unusable(buf, result);
	if (verbose) {
		add_steps(buf, &result->sides[0]);
		add_steps(buf, &result->sides[1]);
	} else if (passed) {
		buf_text(buf, "\nConsidered and passed over: ");
		report_number(buf, passed, "candidate");
		buf_text(buf, ".  -v shows why.\n");
	}
	add_reasons(buf, result);
}

/* ---- JSON ---- */

static void json_side(struct buf *buf, const char *name, const struct match_side *side)
{
	if (!side->title)
		return;
	buf_format(buf, ",\n \"%s\":{\"title\":", name);
	json_write_string(buf, str_from(side->title));
	buf_text(buf, ",\"decision\":");
	decision_json(buf, &side->decision, side->sources);
	buf_char(buf, '}');
}

static void json_gaps(struct buf *buf, const struct match_result *result)
{
	bool first = true;

	buf_text(buf, ",\n \"notSimulated\":[");
	for (int i = 0; i < 2; i++) {
		const struct match_side *side = &result->sides[i];
		const struct route_gap *gap;
		size_t at = 0;

		while ((gap = next_gap(result, side, &at))) {
			buf_format(buf, "%s{\"side\":\"%s\",\"what\":", first ? "" : ",",
				   i ? "gateway" : "today");
			json_write_string(buf, gap->what);
			if (gap->place.object)
				report_json_object(buf, gap->place.object);
			report_json_path(buf, gap->field);
			report_json_place(buf, side->sources, gap->span);
			buf_char(buf, '}');
			first = false;
		}
	}
	buf_char(buf, ']');
}

static void json_aspects(struct buf *buf, unsigned aspects)
{
	const char *before = "";

	buf_char(buf, '[');
	for (unsigned bit = 1; bit < ROUTE_ASPECTS_END; bit <<= 1) {
		if (!(aspects & bit))
			continue;
		buf_format(buf, "%s\"%s\"", before, route_aspect_name(bit));
		before = ",";
	}
	buf_char(buf, ']');
}

static void json_unusable(struct buf *buf, const struct match_result *result)
{
	buf_text(buf, ",\n \"notCompared\":[");
	for (size_t i = 0; i < result->unusable->count; i++) {
		const struct finding *finding = &result->unusable->at[i];

		buf_format(buf, "%s{\"code\":\"%s\",\"message\":", i ? "," : "", finding->code);
		json_write_string(buf, finding->message);
		report_json_object(buf, &finding->object);
		report_json_path(buf, finding->path);
		report_json_place(buf, result->all, finding->span);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void json_cover(struct buf *buf, const struct match_result *result,
		       const struct verify_cover *cover)
{
	const struct finding *finding = cover->finding;

	buf_format(buf, "{\"code\":\"%s\",\"explains\":", finding->code);
	json_aspects(buf, cover->aspects);
	buf_text(buf, ",\"message\":");
	json_write_string(buf, finding->message);
	report_json_object(buf, &finding->object);
	report_json_path(buf, finding->path);
	report_json_place(buf, result->sides[0].sources, finding->span);
	buf_char(buf, '}');
}

static void json_findings(struct buf *buf, const struct match_result *result)
{
	if (result->covers.count) {
		buf_text(buf, ",\n \"finding\":");
		json_cover(buf, result, &result->covers.at[0]);
	}
	buf_text(buf, ",\n \"findings\":[");
	for (size_t i = 0; i < result->covers.count; i++) {
		buf_text(buf, i ? "," : "");
		json_cover(buf, result, &result->covers.at[i]);
	}
	buf_char(buf, ']');
	if (!result->explained)
		return;
	buf_text(buf, ",\n \"unexplained\":");
	json_aspects(buf, result->covers.left);
}

static void json_address(struct buf *buf, const struct match_result *result)
{
	if (!result->at.len)
		return;
	buf_text(buf, ",\n \"address\":");
	json_write_string(buf, result->at);
	if (!result->elsewhere.len)
		return;
	buf_text(buf, ",\n \"elsewhere\":");
	json_write_string(buf, result->elsewhere);
}

void match_json(struct buf *buf, const struct match_result *result)
{
	const struct route_request *request = result->request;
	bool both = result->sides[0].title && result->sides[1].title;

	buf_text(buf, "{\"version\":1,\n \"request\":{\"method\":");
	json_write_string(buf, route_method(request));
	buf_text(buf, ",\"host\":");
	json_write_string(buf, request->authority);
	buf_text(buf, ",\"target\":");
	json_write_string(buf, request->target);
	buf_format(buf,
		   ",\"port\":%u,\"tls\":%s},\n \"verdict\":\"%s\",\n \"differs\":", request->port,
		   request->tls || request->transport == ROUTE_TLS ? "true" : "false",
		   result->differs   ? "different"
		   : result->aspects ? "limits"
		   : result->nothing ? "nothing"
		   : both ? is_simulated(result) && !result->unusable->count ? "same" : "unproven"
			  : "one side");
	json_aspects(buf, result->aspects);
	json_address(buf, result);
	json_gaps(buf, result);
	json_unusable(buf, result);
	json_side(buf, "today", &result->sides[0]);
	json_side(buf, "gateway", &result->sides[1]);
	json_findings(buf, result);
	buf_text(buf, "}\n");
}
