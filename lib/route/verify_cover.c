/* Which finding covers which difference: the rows are asked one after the other, and what one explains is covered by the
 * findings of its code that have to do with the request. */
#include "route/verify_rows.h"

/* ---- aspects in parts ---- */

static unsigned times_of(const struct verify_case *one)
{
	const struct route_policy *a = one->from->policy, *b = one->to->policy;

	return (a->connect_ms != b->connect_ms ? VERIFY_CONNECT : 0) |
	       (a->read_ms != b->read_ms ? VERIFY_READ : 0) |
	       (a->send_ms != b->send_ms ? VERIFY_SEND : 0) |
	       (a->request_ms != b->request_ms || a->backend_ms != b->backend_ms ? VERIFY_WHOLE
										 : 0);
}

static unsigned cors_of(const struct verify_case *one)
{
	static const struct {
		const char *name;
		unsigned part;
	} headers[] = {
		{"Access-Control-Allow-Origin", VERIFY_ALLOW_ORIGIN},
		{"Access-Control-Allow-Methods", VERIFY_ALLOW_METHODS},
		{"Access-Control-Max-Age", VERIFY_MAX_AGE},
		{"Access-Control-Allow-Credentials", VERIFY_CREDENTIALS},
		{"Access-Control-Allow-Headers", VERIFY_OTHER_CORS},
		{"Access-Control-Expose-Headers", VERIFY_OTHER_CORS},
	};
	unsigned parts = 0;

	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		parts |= route_same_header(one->from, one->to, headers[i].name) ? 0
										: headers[i].part;
	return parts ? parts : VERIFY_OTHER_CORS;
}

unsigned verify_parts_of(const struct verify_case *one)
{
	unsigned parts = one->aspects & ~(unsigned)(ROUTE_DIFFERS_TIMEOUTS | ROUTE_DIFFERS_CORS);

	parts |= one->aspects & ROUTE_DIFFERS_TIMEOUTS ? times_of(one) : 0;
	return parts | (one->aspects & ROUTE_DIFFERS_CORS ? cors_of(one) : 0);
}

unsigned verify_in_parts(unsigned aspects)
{
	return aspects | (aspects & ROUTE_DIFFERS_TIMEOUTS ? VERIFY_TIMES : 0) |
	       (aspects & ROUTE_DIFFERS_CORS ? VERIFY_CORS_PARTS : 0);
}

unsigned verify_in_whole(unsigned parts)
{
	return (parts & (ROUTE_ASPECTS_END - 1)) |
	       (parts & VERIFY_TIMES ? ROUTE_DIFFERS_TIMEOUTS : 0) |
	       (parts & VERIFY_CORS_PARTS ? ROUTE_DIFFERS_CORS : 0);
}

/* ---- covering ---- */

/* "metadata.annotations[nginx.ingress.kubernetes.io/enable-cors]", "data[proxy-body-size]". */
static bool is_about(const struct finding *finding, const char *field)
{
	struct str path = finding->path;

	if (!field)
		return true;
	if (str_ends(path, "]"))
		path.len--;
	return str_ends(path, field) && path.len > strlen(field) &&
	       strchr("/.[", path.at[path.len - strlen(field) - 1]);
}

static bool asks(const struct route_decision *decision, struct str name)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (str_eq(decision->backends[i].name, name))
			return true;
	return false;
}

/* The Service that a finding is about is asked by one of the sides; where only one asks any, nobody can
 * tell which the other would have asked. */
static bool is_asked(const struct verify_case *one, struct str name)
{
	if (!name.len || !one->from->backend_count || !one->to->backend_count)
		return true;
	return asks(one->from, name) || asks(one->to, name);
}

/* In any case and form: a twist is explained by itself. */
static bool is_below(const struct verify_case *one, struct str prefix)
{
	struct str plain = one->witness->plain;
	struct str path = plain.len ? plain : route_target(one->request->target).path;

	return str_eq_nocase(str_sub(path, 0, prefix.len), prefix);
}

/* Where a prefix that stands for a pattern and the pattern part: at its end, and where the path goes on
 * without a slash. */
static bool is_at_edge(const struct verify_case *one, struct str prefix)
{
	struct str plain = one->witness->plain;
	struct str path = plain.len ? plain : route_target(one->request->target).path;
	struct str rest = str_from_pos(path, prefix.len < path.len ? prefix.len : path.len);

	return !prefix.len || rest.len <= 1 || rest.at[0] != '/';
}

/* The path that decides today is of the object of the finding, whichever Service stands in for its own. */
static bool decides_today(const struct verify_case *one, const struct finding *finding)
{
	const struct object_ref *object = one->from->place.object;

	return object && str_eq(object->name, finding->object.name) &&
	       str_eq(object->namespace, finding->object.namespace);
}

static bool is_missing(const struct route_decision *decision, struct str name)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (str_eq(decision->backends[i].name, name) &&
		    decision->backends[i].state != ROUTE_BACKEND_OK)
			return true;
	return !decision->backend_count;
}

/* That its annotation or option is this one, and that its Service and its paths took part. */
static bool concerns(const struct verify_case *one, const struct verify_row *row,
		     const struct finding *finding)
{
	if (strcmp(finding->code, row->code) != 0 || !is_about(finding, row->field) ||
	    !is_below(one, finding_scope(finding)->below))
		return false;
	if (row->explains == verify_is_approximate)
		return is_at_edge(one, finding_scope(finding)->below) &&
		       (is_asked(one, finding_scope(finding)->backend) ||
			decides_today(one, finding));
	if (row->explains == verify_is_backend_missing && finding_scope(finding)->backend.len)
		return is_missing(one->from, finding_scope(finding)->backend) ||
		       is_missing(one->to, finding_scope(finding)->backend);
	return is_asked(one, finding_scope(finding)->backend);
}

static bool is_behind(const struct verify_case *one, uint64_t guards)
{
	for (int i = 0; i < FEATURE_KINDS; i++)
		if (guards >> i & 1 && route_has_guard(one->from, (enum feature)i))
			return true;
	return !guards;
}

/* A twist explains what the plain request does not show, or shows otherwise. */
static unsigned explained(const struct verify_case *one, const struct verify_row *row)
{
	unsigned aspects = verify_in_parts(row->aspects);

	if (verify_is_about_form(row))
		aspects &= ~verify_in_parts(one->plainly);
	return one->verify->explains ? aspects & verify_in_parts(one->verify->explains(row->code))
				     : aspects;
}

/* Some are raised once for each path that an annotation applies to. */
static bool is_same(const struct finding *a, const struct finding *b)
{
	return a == b ||
	       (a->code == b->code && str_eq(a->path, b->path) &&
		str_eq(a->object.name, b->object.name) &&
		str_eq(a->object.namespace, b->object.namespace) && str_eq(a->message, b->message));
}

static void add_cover(struct verify_covers *covers, const struct finding *finding, unsigned aspects)
{
	for (size_t i = 0; i < covers->count; i++)
		if (is_same(covers->at[i].finding, finding)) {
			covers->at[i].aspects |= aspects;
			return;
		}
	if (covers->count < VERIFY_COVERS)
		covers->at[covers->count++] = (struct verify_cover){finding, aspects};
}

/* The finding is about a path that the new side prefers, and not about the one that decides today. */
static bool is_another(const struct verify_case *one, const struct verify_parts *parts,
		       const struct finding *finding)
{
	const struct verify_found *own = &parts->found[VERIFY_PATH];

	for (size_t i = 0; i < own->count; i++)
		if (own->at[i] == finding)
			return false;
	return !finding_scope(finding)->backend.len || one->to->action != ROUTE_FORWARD ||
	       asks(one->to, finding_scope(finding)->backend);
}

/* Several annotations of an Ingress may have a finding of one code each. */
static bool apply(const struct verify_case *one, const struct verify_row *row,
		  const struct verify_parts *parts, struct verify_covers *covers)
{
	const struct verify_found *found = &parts->found[row->scope];
	unsigned aspects = explained(one, row) & covers->left;
	bool applies = false;

	for (size_t i = 0; i < found->count; i++) {
		const struct finding *finding = found->at[i];

		if (!concerns(one, row, finding) ||
		    (row->explains == verify_took_another && !is_another(one, parts, finding)))
			continue;
		add_cover(covers, finding, aspects);
		applies = true;
	}
	return applies;
}

void verify_find_covers(const struct verify_case *one, struct verify_covers *covers)
{
	struct verify_parts parts;

	*covers = (struct verify_covers){.left = verify_parts_of(one)};
	verify_find_parts(one, &parts);
	for (size_t i = 0; covers->left && i < verify_row_count; i++) {
		const struct verify_row *row = &verify_rows[i];

		if (verify_in_parts(row->aspects) & covers->left && row->explains(one) &&
		    explained(one, row) & covers->left && is_behind(one, row->guards) &&
		    apply(one, row, &parts, covers))
			covers->left &= ~explained(one, row);
	}
	covers->left = verify_in_whole(covers->left);
	for (size_t i = 0; i < covers->count; i++)
		covers->at[i].aspects = verify_in_whole(covers->at[i].aspects);
}
