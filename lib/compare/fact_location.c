#include "compare/fact_parts.h"

#include "base/buf.h"
#include "compare/secret.h"

/* A URL in parts; those of a relative one are filled in from the request. */
struct place {
	struct str scheme, host, port, path, query, fragment;
	bool has_query;
};

static void take_authority(struct place *place, struct str authority)
{
	size_t at = authority.len;
	size_t user = str_find(authority, '@');

	if (user != SIZE_MAX)
		authority = str_from_pos(authority, user + 1);
	for (at = authority.len;
	     at > 0 && authority.at[at - 1] >= '0' && authority.at[at - 1] <= '9'; at--)
		;
	place->host = authority;
	if (at > 0 && authority.at[at - 1] == ':') {
		place->host = str_sub(authority, 0, at - 1);
		place->port = str_from_pos(authority, at);
	}
}

/* Length of "https" in front of a colon; 0: the reference is relative (RFC 3986 3.1). */
static size_t scheme_length(struct str url)
{
	size_t at = 0;

	while (at < url.len && ((url.at[at] | 32) >= 'a' && (url.at[at] | 32) <= 'z'))
		at++;
	while (at && at < url.len &&
	       (((url.at[at] | 32) >= 'a' && (url.at[at] | 32) <= 'z') ||
		(url.at[at] >= '0' && url.at[at] <= '9') || strchr("+-.", url.at[at])) &&
	       url.at[at])
		at++;
	return at && at < url.len && url.at[at] == ':' ? at : 0;
}

/* RFC 3986 5.2.4, for the path of a reference that has none of its own in front. */
static struct str resolve_path(struct arena *arena, struct str base, struct str path)
{
	struct str *parts = NULL, rest, part;
	size_t count = 0, cut = base.len;
	struct buf made = {.ceiling = 64 * 1024};
	bool more = true, open = false;

	if (!str_starts(path, "/")) {
		while (cut && base.at[cut - 1] != '/')
			cut--;
		path = STR_JOIN(arena, str_sub(base, 0, cut), path);
	}
	rest = path;
	str_split(&rest, '/', &more, &part);
	while (str_split(&rest, '/', &more, &part)) {
		open = str_is(part, ".") || str_is(part, "..");
		if (str_is(part, "..") && count)
			count--;
		else if (!open)
			ARENA_PUSH(arena, parts, count, part);
	}
	for (size_t i = 0; i < count; i++) {
		buf_char(&made, '/');
		buf_str(&made, parts[i]);
	}
	if (open || !count)
		buf_char(&made, '/');
	path = str_dup(arena, buf_slice(&made));
	buf_finish(&made);
	return path;
}

static void fill_in(struct place *place, const struct route_request *request, struct arena *arena)
{
	struct route_target target;
	bool had_host = place->host.len > 0;

	if (!request)
		return;
	target = route_target(request->target);
	if (!place->scheme.len)
		place->scheme = request->tls ? STR("https") : STR("http");
	if (had_host)
		return;
	take_authority(place, target.authority.len ? target.authority : request->authority);
	if (!place->path.len && !place->has_query && target.has_query) {
		place->query = target.query;
		place->has_query = true;
	}
	place->path = place->path.len ? resolve_path(arena, target.path, place->path) : target.path;
}

static bool is_default_port(struct str scheme, struct str port)
{
	return (str_is_nocase(scheme, "http") && str_is(port, "80")) ||
	       (str_is_nocase(scheme, "https") && str_is(port, "443"));
}

static struct place place_of(struct arena *arena, struct str url,
			     const struct route_request *request)
{
	struct place place = {0};
	size_t scheme = scheme_length(url), end;

	if (scheme) {
		place.scheme = str_sub(url, 0, scheme);
		url = str_from_pos(url, scheme + 1);
	}
	end = str_find(url, '#');
	if (end != SIZE_MAX) {
		place.fragment = str_from_pos(url, end + 1);
		url = str_sub(url, 0, end);
	}
	end = str_find(url, '?');
	if (end != SIZE_MAX) {
		place.has_query = true;
		place.query = str_from_pos(url, end + 1);
		url = str_sub(url, 0, end);
	}
	if (str_starts(url, "//")) {
		url = str_from_pos(url, 2);
		end = str_find(url, '/');
		take_authority(&place, str_sub(url, 0, end));
		url = end == SIZE_MAX ? STR("") : str_from_pos(url, end);
	}
	place.path = url;
	fill_in(&place, request, arena);
	if (!place.path.len)
		place.path = STR("/");
	if (is_default_port(place.scheme, place.port))
		place.port = STR("");
	return place;
}

static void note_part(struct buf *names, const char *name, bool same)
{
	if (!same)
		buf_format(names, "%s%s", names->len ? ", " : "", name);
}

/* Credentials of the server's own are gone before the text is cut: what is left of a URL cannot be told apart. */
static void add_fact(struct fact_job *job, struct str names, struct str live, struct str candidate)
{
	fact_add(job, FACT_LOCATION, names, live.at ? secret_target(job->arena, live) : live,
		 candidate.at ? secret_target(job->arena, candidate) : candidate);
}

/* The live side leads to the same place twice. */
static bool is_steady(const struct fact_job *job, struct str live)
{
	struct str again;

	return job->again && answer_header_find(job->again, "location", &again) &&
	       str_eq(again, live);
}

static void compare_places(struct fact_job *job, struct str live, struct str candidate)
{
	struct arena *arena = job->arena;
	bool steady = is_steady(job, live);
	const struct place a = place_of(arena, live, job->facts->request);
	const struct place b = place_of(arena, candidate, job->facts->request);
	/* Without the request, nobody knows where a relative one leads. */
	bool known = (a.host.len && b.host.len) || (!a.host.len && !b.host.len);
	struct buf names = {0};

	note_part(&names, "scheme", !known || str_eq_nocase(a.scheme, b.scheme));
	note_part(&names, "host", !known || str_eq_nocase(a.host, b.host));
	note_part(&names, "port", !known || str_eq(a.port, b.port));
	note_part(&names, "path", mask_same(arena, a.path, b.path, steady));
	note_part(&names, "query", mask_same(arena, a.query, b.query, steady));
	note_part(&names, "fragment", mask_same(arena, a.fragment, b.fragment, steady));
	if (names.len)
		add_fact(job, buf_slice(&names), live, candidate);
	buf_finish(&names);
}

void fact_location(struct fact_job *job)
{
	struct str live = {0}, candidate = {0};
	bool a = answer_header_find(job->live, "location", &live);
	bool b = answer_header_find(job->candidate, "location", &candidate);

	if (a && !live.at)
		live = STR("");
	if (b && !candidate.at)
		candidate = STR("");
	if (a != b)
		add_fact(job, STR(""), live, candidate);
	else if (a && !str_eq(live, candidate))
		compare_places(job, live, candidate);
}
