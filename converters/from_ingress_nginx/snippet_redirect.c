/* return and rewrite: which of them a RequestRedirect or a URLRewrite can say. */
#include "converters/from_ingress_nginx/snippet_rules.h"
#include "converters/from_ingress_nginx/url.h"
#include "gateway/limits.h"
#include "gateway/name.h"

/* What keeps a redirect from being exact. */
static const char query_kept[] = "nginx drops the query of the request, gateways keep it";
static const char path_decoded[] = "nginx writes the decoded path, gateways the path as sent";

/* ---- the target of a redirect ---- */

struct address {
	struct model_redirect redirect;
	struct str rest;     /* behind scheme and authority */
	const char *differs; /* NULL: exact */
};

/* Cuts a variable that means "as in the request" off *text. */
static bool take_variable(struct str *text, const char *const *names)
{
	for (; *names; names++) {
		size_t len = strlen(*names);
		char next = len < text->len ? text->at[len] : '/';

		if (!str_starts(*text, *names) || next == '_' || (next >= 'a' && next <= 'z'))
			continue;
		*text = str_from_pos(*text, len);
		return true;
	}
	return false;
}

static bool take_scheme(struct address *address)
{
	static const char *const as_requested[] = {"$scheme", "$pass_access_scheme", NULL};
	size_t end = str_find_str(address->rest, "://");
	struct str scheme = str_sub(address->rest, 0, end);

	if (str_starts(address->rest, "/"))
		return true;
	if (end == SIZE_MAX)
		return false;
	address->rest = str_from_pos(address->rest, end + 3);
	if (take_variable(&scheme, as_requested))
		return scheme.len == 0;
	address->redirect.scheme = str_is_nocase(scheme, "https") ? STR("https") : STR("http");
	return str_is_nocase(scheme, "https") || str_is_nocase(scheme, "http");
}

static size_t authority_length(struct str text)
{
	size_t len = 0;

	while (len < text.len && !(text.at[len] && strchr("/?#$", text.at[len])))
		len++;
	return len;
}

/* Host and port behind "scheme://". A host that is no DNS name is not for Gateway API, and neither is
 * one that is only in part a variable ("https://www.$host"). */
static bool take_authority(struct arena *arena, struct address *address)
{
	static const char *const as_requested[] = {"$best_http_host", "$http_host", "$host",
						   "$server_name", NULL};
	bool fixed = !take_variable(&address->rest, as_requested);
	size_t len = authority_length(address->rest);
	struct str authority = str_sub(address->rest, 0, len);
	struct url url;

	if (!url_parse(&url, str_format(arena, "//%s%.*s", fixed ? "" : "h", STR_ARG(authority)),
		       NULL))
		return false;
	address->rest = str_from_pos(address->rest, len);
	address->redirect.port = url.port;
	if (!fixed)
		return str_is(url.host, "h") && url.userinfo.len == 0;
	address->redirect.hostname = str_lower(arena, url.host);
	return !url.is_ip && url.userinfo.len == 0 && name_is_subdomain(address->redirect.hostname);
}

static bool is_query_of_request(struct str text)
{
	static const char *const forms[] = {"$is_args$args", "?$args", "?$query_string",
					    "$is_args$query_string", NULL};

	for (const char *const *form = forms; *form; form++)
		if (str_is(text, *form))
			return true;
	return false;
}

static bool is_plain_path(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] <= ' ' || path.at[i] == 0x7f || strchr("$?#", path.at[i]))
			return false;
	return path.len <= GATEWAY_PATH && !str_starts(path, "//") &&
	       (path.len == 0 || path.at[0] == '/');
}

/* "/new$request_uri": the prefix "/" of every path is replaced. */
static bool take_prefix(struct address *address)
{
	struct str prefix = str_sub(address->rest, 0, str_find(address->rest, '$'));

	if (prefix.len == 0)
		return str_is(address->rest, "$request_uri");
	address->redirect.edit = PATH_REPLACE_PREFIX;
	address->redirect.path = prefix;
	return is_plain_path(prefix) && !str_ends(prefix, "/") &&
	       prefix.len + strlen("$request_uri") == address->rest.len;
}

/* What stands behind the authority: nothing, the request's own URI, or a fixed path. */
static bool take_path(struct address *address)
{
	static const char *const uri[] = {"$uri", "$document_uri", NULL};
	struct str rest = address->rest;
	size_t variable = str_find(rest, '$');
	size_t query = str_find(rest, '?');
	size_t end = variable < query ? variable : query;

	if (str_ends(rest, "$request_uri"))
		return take_prefix(address);
	if (take_variable(&rest, uri)) {
		address->differs = rest.len == 0 ? query_kept : path_decoded;
		return rest.len == 0 || is_query_of_request(rest);
	}
	address->redirect.edit = PATH_REPLACE_FULL;
	address->redirect.path = str_sub(rest, 0, end);
	rest = str_from_pos(rest, end);
	if (!is_plain_path(address->redirect.path))
		return false;
	if (address->redirect.path.len == 0)
		address->redirect.path = STR("/");
	if (rest.len == 0)
		address->differs = query_kept;
	return rest.len == 0 || is_query_of_request(rest);
}

static bool parse_address(struct arena *arena, struct str text, struct address *address)
{
	*address = (struct address){.rest = text};
	if (!take_scheme(address))
		return false;
	if (address->rest.at != text.at && !take_authority(arena, address))
		return false;
	return take_path(address);
}

/* ---- return ---- */

static void redirect_literal(struct snippet_run *run, struct str url)
{
	snippet_act(run,
		    (struct snippet_action){.kind = SNIPPET_FEATURE,
					    .feature = FEATURE_REDIRECT_LITERAL,
					    .value = url},
		    STR("redirects to an address that RequestRedirect cannot name"));
}

static void redirect(struct snippet_run *run, struct snippet_action action, const char *differs)
{
	action.kind = SNIPPET_REDIRECT;
	action.approximate = differs != NULL;
	snippet_act(run, action,
		    str_format(run->arena, "becomes a redirect%s%s", differs ? "; " : "",
			       differs ? differs : ""));
}

static void return_redirect(struct snippet_run *run, unsigned status, struct str url)
{
	struct address address;

	if (!parse_address(run->arena, url, &address)) {
		redirect_literal(run, url);
		return;
	}
	address.redirect.status = status;
	struct snippet_action action = {.redirect = address.redirect};

	if (address.redirect.edit == PATH_REPLACE_PREFIX)
		action.match = (struct model_path){PATH_PREFIX, STR("/")};
	redirect(run, action, address.differs);
}

static bool is_redirect_status(int64_t status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

void snippet_return(struct snippet_run *run, const struct snippet_row *row)
{
	struct str first = snippet_arg(run->directive, 0);
	int64_t status;

	(void)row;
	if (!str_to_int(first, &status)) {
		return_redirect(run, 302, first);
		return;
	}
	if (is_redirect_status(status) && run->directive->arg_count == 2) {
		return_redirect(run, (unsigned)status, snippet_arg(run->directive, 1));
		return;
	}
	if (status < 400 || status > 999) {
		snippet_refuse(run, "answers by itself, without a backend", NULL);
		return;
	}
	snippet_act(run,
		    (struct snippet_action){
			    .kind = SNIPPET_DENY, .guard = true, .status = (unsigned)status},
		    STR("denies every request"));
}

/* ---- rewrite ---- */

/* The forms of pattern that a path match can say. */
enum shape {
	SHAPE_OTHER,
	SHAPE_ALL,    /* "^", ".*", "^/", "^(.*)$", "^/(.*)$": every path */
	SHAPE_EXACT,  /* "^/old$" */
	SHAPE_EITHER, /* "^/old/?$": with and without the slash */
	SHAPE_BELOW,  /* "^/old/(.*)$", "^/old(/.*)?$", "^/old(/|$)(.*)" and their like */
	SHAPE_DROP,   /* "^/old/", "^/old/.*": everything below, nothing captured */
};

struct pattern {
	enum shape shape;
	struct str path;     /* literal part, without trailing slash */
	const char *capture; /* "$1" or "$2": what the rest of the path is called; NULL for none */
	bool capture_slash;  /* the capture starts with the slash */
	const char *differs;
};

static const char bare_matched[] = "the path without a slash behind it is matched as well";
static const char longer_matched[] = "nginx matches longer names with that start as well";

/* Ends that say "and everything below", and what they capture. */
static const struct {
	const char *text, *capture, *differs;
	enum shape shape;
	bool capture_slash;
} ends[] = {
	{"(/|$)(.*)$", "$2", NULL, SHAPE_BELOW, false},
	{"(/|$)(.*)", "$2", NULL, SHAPE_BELOW, false},
	{"(/.*)?$", "$1", NULL, SHAPE_BELOW, true},
	{"(/.*)$", "$1", bare_matched, SHAPE_BELOW, true},
	{"/(.*)$", "$1", bare_matched, SHAPE_BELOW, false},
	{"/(.*)", "$1", bare_matched, SHAPE_BELOW, false},
	{"(.*)$", "$1", longer_matched, SHAPE_BELOW, true},
	{"(.*)", "$1", longer_matched, SHAPE_BELOW, true},
	{"/.*$", NULL, bare_matched, SHAPE_DROP, false},
	{"/.*", NULL, bare_matched, SHAPE_DROP, false},
	{"/?$", NULL, NULL, SHAPE_EITHER, false},
	{"$", NULL, NULL, SHAPE_EXACT, false},
	{"/", NULL, bare_matched, SHAPE_DROP, false},
	{"", NULL, longer_matched, SHAPE_DROP, false},
};

/* Literal text of a pattern; false when it holds more than escaped punctuation. */
static bool literal(struct arena *arena, struct str text, struct str *path)
{
	char *out = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\\' && i + 1 < text.len && strchr(".-/_+~", text.at[i + 1]))
			c = text.at[++i];
		else if (strchr("\\.*+?()[]{}|^$#?%", c) || c <= ' ' || c == 0x7f)
			return false;
		out[len++] = c;
	}
	*path = (struct str){out, len};
	/* One less: a slash may be added. */
	return len < GATEWAY_PATH;
}

static bool parse_all(struct str text, struct pattern *pattern)
{
	static const char *const bare[] = {"^", "^/", ".*", "^.*$", "^/.*$", "^.*", "^/.*", NULL};
	static const char *const captured[] = {"(.*)", "^(.*)$", "^(.*)", "^(/.*)$", NULL};

	for (const char *const *form = bare; *form; form++)
		if (str_is(text, *form))
			return true;
	pattern->capture = "$1";
	pattern->capture_slash = true;
	for (const char *const *form = captured; *form; form++)
		if (str_is(text, *form))
			return true;
	pattern->capture_slash = false;
	return str_is(text, "^/(.*)$") || str_is(text, "^/(.*)");
}

static void parse_pattern(struct arena *arena, struct str text, struct pattern *pattern)
{
	*pattern = (struct pattern){.shape = SHAPE_ALL};
	if (parse_all(text, pattern))
		return;
	*pattern = (struct pattern){0};
	if (!str_starts(text, "^/"))
		return;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t len = strlen(ends[i].text);

		if ((len > 0 && !str_ends(text, ends[i].text)) || text.len <= len + 1 ||
		    !literal(arena, str_sub(text, 1, text.len - 1 - len), &pattern->path))
			continue;
		pattern->shape = ends[i].shape;
		pattern->capture = ends[i].capture;
		pattern->capture_slash = ends[i].capture_slash;
		pattern->differs = ends[i].differs;
		return;
	}
}

/* The paths of the pattern as a match. Every path is no match at all, except where its prefix is to
 * be replaced. */
static struct model_path match_of(const struct pattern *pattern, enum path_edit edit)
{
	struct str path = pattern->path;

	if (pattern->shape == SHAPE_ALL && edit != PATH_REPLACE_PREFIX)
		return (struct model_path){0};
	if (pattern->shape == SHAPE_ALL)
		return (struct model_path){PATH_PREFIX, STR("/")};
	if (pattern->shape == SHAPE_EXACT || pattern->shape == SHAPE_EITHER)
		return (struct model_path){PATH_EXACT, path};
	if (path.len > 1 && str_ends(path, "/"))
		path = str_sub(path, 0, path.len - 1);
	return (struct model_path){PATH_PREFIX, path};
}

/* The replacement's path when the captured rest of the request path stands at its end: "/new/$1"
 * for a capture without slash and "/new$1" for one with it give "/new". */
static bool prefix_of(const struct pattern *pattern, struct str path, struct str *prefix)
{
	if (!pattern->capture || !str_ends(path, pattern->capture))
		return false;
	*prefix = str_sub(path, 0, path.len - strlen(pattern->capture));
	if (!is_plain_path(*prefix) || str_ends(*prefix, "/") == pattern->capture_slash)
		return false;
	if (!pattern->capture_slash && prefix->len > 0)
		prefix->len--;
	return true;
}

/* A path with its edit, for a redirect and for a rewrite. */
struct replacement {
	enum path_edit edit;
	struct str path;
	const char *differs;
};

static bool parse_replacement(const struct pattern *pattern, struct str path,
			      struct replacement *replacement)
{
	bool drops_query = str_ends(path, "?");
	struct str prefix;

	*replacement = (struct replacement){.differs = pattern->differs};
	if (str_is(path, "$request_uri?"))
		return true;
	if (str_is(path, "$request_uri")) {
		replacement->differs = "nginx writes the query twice";
		return true;
	}
	if (drops_query) {
		path = str_sub(path, 0, path.len - 1);
		replacement->differs = query_kept;
	}
	if (prefix_of(pattern, path, &prefix)) {
		if (pattern->shape == SHAPE_ALL && prefix.len == 0)
			return true;
		replacement->edit = PATH_REPLACE_PREFIX;
		replacement->path = prefix.len > 0 ? prefix : STR("/");
		/* (/|$)(.*) and /new/$2: the bare path becomes "/new/" in nginx. */
		if (pattern->capture[1] == '2' && prefix.len > 0)
			replacement->differs = "nginx adds a slash to the bare path";
		return true;
	}
	replacement->edit = PATH_REPLACE_FULL;
	replacement->path = path.len > 0 ? path : STR("/");
	return is_plain_path(path);
}

/* rewrite ... redirect|permanent, and any rewrite to "http://", "https://" or "$scheme". */
static void rewrite_redirect(struct snippet_run *run, const struct pattern *pattern,
			     unsigned status)
{
	struct str text = snippet_arg(run->directive, 1);
	struct address address = {.rest = text};
	struct replacement replacement;

	if (!take_scheme(&address) ||
	    (address.rest.at != text.at && !take_authority(run->arena, &address)) ||
	    !parse_replacement(pattern, address.rest, &replacement)) {
		redirect_literal(run, text);
		return;
	}
	address.redirect.edit = replacement.edit;
	address.redirect.path = replacement.path;
	address.redirect.status = status;
	struct snippet_action action = {
		.match = match_of(pattern, replacement.edit),
		.redirect = address.redirect,
	};

	redirect(run, action, replacement.differs);
	if (pattern->shape != SHAPE_EITHER)
		return;
	action.match.value = str_format(run->arena, "%.*s/", STR_ARG(pattern->path));
	redirect(run, action, replacement.differs);
}

static void rewrite_backend(struct snippet_run *run, const struct pattern *pattern, bool breaks)
{
	struct replacement replacement;
	const char *differs;

	/* Before a location is chosen, and so decides which one it is. */
	if (run->value->place != SNIPPET_LOCATION) {
		snippet_refuse(run, "changes the path before a rule is chosen", NULL);
		return;
	}
	if (!parse_replacement(pattern, snippet_arg(run->directive, 1), &replacement) ||
	    replacement.edit == PATH_KEEP) {
		snippet_act(run,
			    (struct snippet_action){.kind = SNIPPET_FEATURE,
						    .feature = FEATURE_REGEX_REWRITE,
						    .value = run->directive->raw},
			    STR("rewrites the path in a way that URLRewrite cannot say"));
		return;
	}
	differs = replacement.differs;
	if (!differs && !breaks)
		differs = "nginx looks for a location again with the new path, a gateway does not";
	struct snippet_action action = {
		.kind = SNIPPET_REWRITE,
		.match = match_of(pattern, replacement.edit),
		.rewrite = {.edit = replacement.edit, .path = replacement.path},
		.approximate = differs != NULL,
	};
	struct str what = str_format(run->arena, "becomes a rewrite of the path%s%s",
				     differs ? "; " : "", differs ? differs : "");

	snippet_act(run, action, what);
	if (pattern->shape != SHAPE_EITHER)
		return;
	action.match.value = str_format(run->arena, "%.*s/", STR_ARG(pattern->path));
	snippet_act(run, action, what);
}

void snippet_rewrite(struct snippet_run *run, const struct snippet_row *row)
{
	struct str target = snippet_arg(run->directive, 1);
	struct str flag = snippet_arg(run->directive, 2);
	struct pattern pattern;

	(void)row;
	if (run->directive->arg_count < 2) {
		snippet_refuse(run, "has not the two or three arguments nginx wants", NULL);
		return;
	}
	parse_pattern(run->arena, snippet_arg(run->directive, 0), &pattern);
	if (pattern.shape == SHAPE_OTHER) {
		snippet_act(run,
			    (struct snippet_action){.kind = SNIPPET_FEATURE,
						    .feature = FEATURE_REGEX_REWRITE,
						    .value = run->directive->raw},
			    STR("has a pattern that no path match can say"));
		return;
	}
	if (str_is(flag, "permanent"))
		rewrite_redirect(run, &pattern, 301);
	else if (str_is(flag, "redirect") || str_starts(target, "http://") ||
		 str_starts(target, "https://") || str_starts(target, "$scheme"))
		rewrite_redirect(run, &pattern, 302);
	else
		rewrite_backend(run, &pattern, str_is(flag, "break"));
}
