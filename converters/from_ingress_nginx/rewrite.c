/* The path of a location, and rewrite-target.
 *
 * In regex mode the controller writes `rewrite "(?i)PATH" TARGET break`, which replaces the whole
 * URI. Gateway API can replace a full path or a prefix. The ladder below takes the first step that
 * says the same, and states the difference where one is left.
 */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/url.h"
#include "converters/places.h"
#include "gateway/regex.h"

/* ---- patterns that are a literal prefix with a tail ---- */

enum tail_difference {
	TAIL_SAME,
	TAIL_BARE,  /* PathPrefix also matches the path without anything behind it */
	TAIL_SLASH, /* and that with nothing but a slash */
	TAIL_WIDE,  /* the pattern also matches text that goes on without a slash */
};

static const struct tail {
	const char *text;
	unsigned group; /* the one that holds what follows the prefix */
	enum tail_difference difference;
} tails[] = {
	{"(/|$)(.*)$", 2, TAIL_SAME}, {"(/|$)(.*)", 2, TAIL_SAME}, {"(/|$)(.*)?", 2, TAIL_SAME},
	{"/()(.*)", 2, TAIL_BARE},    {"/?(.*)$", 1, TAIL_WIDE},   {"/?(.*)", 1, TAIL_WIDE},
	{"/(.*)$", 1, TAIL_BARE},     {"/(.*)", 1, TAIL_BARE},     {"/(.+)$", 1, TAIL_SLASH},
	{"/(.+)", 1, TAIL_SLASH},
};

struct prefix_pattern {
	struct str prefix; /* literal, without trailing slash; "" for the root */
	unsigned group;
	enum tail_difference difference;
	bool dots; /* an unescaped "." was read as a dot */
};

/* Takes "\." for "." and leaves "." as it is; false when another special character is there. */
static bool unescape_literal(struct arena *arena, struct str pattern, struct str *literal,
			     bool *dots)
{
	char *text = arena_bytes(arena, pattern.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.at[i];

		if (c == '\\' && i + 1 < pattern.len && strchr(".-/_~", pattern.at[i + 1])) {
			text[len++] = pattern.at[++i];
			continue;
		}
		if (strchr("\\^$*+?()[]{}|", c))
			return false;
		*dots |= c == '.';
		text[len++] = c;
	}
	text[len] = '\0';
	*literal = (struct str){text, len};
	return true;
}

static bool split_pattern(struct arena *arena, struct str pattern, struct prefix_pattern *split)
{
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		if (!str_ends(pattern, tails[i].text))
			continue;

		struct str head = str_sub(pattern, 0, pattern.len - strlen(tails[i].text));

		*split = (struct prefix_pattern){.group = tails[i].group,
						 .difference = tails[i].difference};
		return unescape_literal(arena, head, &split->prefix, &split->dots) &&
		       !str_ends(split->prefix, "/") &&
		       (split->prefix.len == 0 || split->prefix.at[0] == '/');
	}
	return false;
}

/* "T/$n" -> T; false for every other use of captures. */
static bool split_target(struct str target, unsigned group, struct str *prefix)
{
	char tail[4] = {'/', '$', (char)('0' + group), '\0'};

	if (!str_ends(target, tail))
		return false;
	*prefix = str_sub(target, 0, target.len - 3);
	return str_find(*prefix, '$') == SIZE_MAX && (prefix->len == 0 || prefix->at[0] == '/');
}

/* ---- the ladder ---- */

static void note_rewrite(struct nginx_draft *draft, const char *code, struct str message,
			 struct str hint)
{
	const struct nginx_ingress *owner = draft->location->owner;

	nginx_note(draft->nginx, owner, nginx_get(owner, "rewrite-target"), code, message, hint);
}

static void mark_rewrite(struct nginx_draft *draft, enum outcome outcome, const char *code)
{
	nginx_mark(draft->location->owner, "rewrite-target", outcome, code);
}

static void refuse(struct nginx_draft *draft, const char *reason)
{
	struct arena *arena = draft->nginx->arena;
	const struct nginx_location *location = draft->location;
	struct str target = nginx_text(location->owner, "rewrite-target");
	struct str places = feature_places(arena, FEATURE_REGEX_REWRITE);

	note_rewrite(draft, "I2G212",
		     str_format(arena, "path '%.*s' rewritten to '%.*s' %s; its route is left out",
				STR_ARG(location->path), STR_ARG(target), reason),
		     places.len ? str_format(arena, "targets have it in %.*s", STR_ARG(places))
				: (struct str){0});
	mark_rewrite(draft, OUTCOME_REFUSED, "I2G212");
	nginx_last_scope(draft->nginx)->part = location->origin.field;
	draft->rule.held = "I2G212";
	draft->rule.match.path = (struct model_path){PATH_REGEX, location->path};
}

static struct model_rewrite *rewrite_new(struct nginx_draft *draft, enum path_edit edit,
					 struct str path)
{
	struct model_rewrite *rewrite = arena_new(draft->nginx->arena, struct model_rewrite);

	*rewrite = (struct model_rewrite){.edit = edit, .path = path};
	return rewrite;
}

/* A target that is a URL makes nginx answer 302. */
static void rewrite_to_url(struct nginx_draft *draft, struct str target)
{
	struct url url;

	if (str_find(target, '$') != SIZE_MAX || !url_parse_absolute(&url, target, NULL) ||
	    url.is_ip || url.has_query) {
		refuse(draft, "redirects to a URL that Gateway API cannot write");
		return;
	}

	struct model_redirect *redirect = arena_new(draft->nginx->arena, struct model_redirect);

	*redirect = (struct model_redirect){
		.scheme = url.scheme,
		.hostname = str_lower(draft->nginx->arena, url.host),
		.port = url.port,
		.edit = PATH_REPLACE_FULL,
		.path = url.path.len ? url.path : STR("/"),
		.status = 302,
	};
	draft->rule.redirect = redirect;
	draft->no_backend = true;
	nginx_note_preflight(draft);
	mark_rewrite(draft, OUTCOME_EXACT, NULL);
}

static bool is_literal_path(const struct nginx_location *location)
{
	return regex_is_literal(location->path) || str_find_str(location->path, "(") == SIZE_MAX;
}

/* nginx sends the target as it stands, also where that is no path. */
static void note_slashless(struct nginx_draft *draft, struct str target, struct str path)
{
	note_rewrite(draft, "I2G210",
		     str_format(draft->nginx->arena,
				"nginx sends '%.*s' as the path of the request, which most servers "
				"refuse for its missing slash; the route sends '%.*s'",
				STR_ARG(target), STR_ARG(path)),
		     STR("write the slash"));
	mark_rewrite(draft, OUTCOME_APPROXIMATE, "I2G210");
}

/* No capture in the target: whatever follows the prefix is dropped. */
static void rewrite_whole(struct nginx_draft *draft, struct str target)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_location *location = draft->location;
	struct str path =
		target.at[0] == '/' ? target : str_format(nginx->arena, "/%.*s", STR_ARG(target));

	draft->rule.rewrite = rewrite_new(draft, PATH_REPLACE_FULL, path);
	if (target.at[0] != '/')
		note_slashless(draft, target, path);
	mark_rewrite(draft, OUTCOME_EXACT, NULL);
	if (!location->exact && is_literal_path(location))
		note_rewrite(
			draft, "I2G211",
			str_format(nginx->arena,
				   "everything below '%.*s' is rewritten to '%.*s': the rest of "
				   "the path is dropped, as ingress-nginx does",
				   STR_ARG(location->path), STR_ARG(target)),
			str_format(nginx->arena,
				   "to strip only the prefix, write path '%.*s(/|$)(.*)' and "
				   "rewrite-target '/$2'",
				   STR_ARG(location->path)));
}

/* "/app" becomes "T/" in nginx, but "T" by ReplacePrefixMatch. */
static void add_bare_rule(struct nginx_draft *draft, struct str prefix, struct str target)
{
	draft->also = (struct model_path){PATH_EXACT, prefix.len ? prefix : STR("/")};
	draft->also_rewrite =
		rewrite_new(draft, PATH_REPLACE_FULL,
			    str_format(draft->nginx->arena, "%.*s/", STR_ARG(target)));
}

static bool takes_bare(const struct prefix_pattern *split)
{
	return split->difference == TAIL_BARE || split->difference == TAIL_SLASH;
}

static enum model_beyond beyond(const struct prefix_pattern *split)
{
	if (!split->prefix.len || !takes_bare(split))
		return BEYOND_NOTHING;
	return split->difference == TAIL_BARE ? BEYOND_BARE : BEYOND_SLASH;
}

static void note_prefix(struct nginx_draft *draft, const struct prefix_pattern *split)
{
	struct arena *arena = draft->nginx->arena;
	struct nginx_location *location = draft->location;
	const char *code = "I2G204";

	if (split->prefix.len)
		nginx_note_location(
			draft->nginx, location, "I2G204",
			str_format(
				arena,
				"ingress-nginx matches '%.*s' without regard to case; PathPrefix "
				"'%.*s' does not",
				STR_ARG(location->path), STR_ARG(split->prefix)),
			STR("check that no client writes the path in other letters"));
	if (split->difference == TAIL_WIDE && split->prefix.len) {
		code = "I2G210";
		nginx_note_location(
			draft->nginx, location, "I2G210",
			str_format(
				arena,
				"'%.*s' also takes paths like '%.*sx', which PathPrefix does not",
				STR_ARG(location->path), STR_ARG(split->prefix)),
			STR("write (/|$)(.*) and rewrite-target /$2 to mean whole path elements"));
		nginx_last_scope(draft->nginx)->backend = location->backend->name.text;
		nginx_last_scope(draft->nginx)->below = split->prefix;
	}
	if (takes_bare(split) && split->prefix.len) {
		code = "I2G210";
		nginx_note_location(
			draft->nginx, location, "I2G210",
			split->difference == TAIL_BARE
				? str_format(arena,
					     "'%.*s' does not take the bare '%.*s', but PathPrefix "
					     "does",
					     STR_ARG(location->path), STR_ARG(split->prefix))
				: str_format(arena,
					     "'%.*s' does not take the bare '%.*s' and '%.*s/', "
					     "but PathPrefix does",
					     STR_ARG(location->path), STR_ARG(split->prefix),
					     STR_ARG(split->prefix)),
			(struct str){0});
		nginx_last_scope(draft->nginx)->backend = location->backend->name.text;
		nginx_last_scope(draft->nginx)->below = split->prefix;
	}
	if (split->prefix.len) {
		mark_rewrite(draft, OUTCOME_APPROXIMATE, code);
		ledger_mark(location->path_item, OUTCOME_APPROXIMATE, code);
	} else {
		mark_rewrite(draft, OUTCOME_EXACT, NULL);
	}
}

static void rewrite_prefix(struct nginx_draft *draft, struct str target)
{
	struct arena *arena = draft->nginx->arena;
	struct prefix_pattern split;
	struct str new_prefix;

	if (!split_pattern(arena, draft->location->path, &split) ||
	    !split_target(target, split.group, &new_prefix)) {
		bool empties = target.len == 2 && target.at[0] == '$';

		refuse(draft, empties ? "can become empty, which nginx answers with 500"
				      : "needs a regular expression in the rewrite");
		return;
	}
	if (split.prefix.len) {
		struct model_path *source = arena_new(arena, struct model_path);

		*source = (struct model_path){PATH_REGEX, draft->location->path};
		draft->rule.source_path = source;
	}
	draft->rule.match.path =
		(struct model_path){PATH_PREFIX, split.prefix.len ? split.prefix : STR("/")};
	if (split.difference == TAIL_WIDE && split.prefix.len)
		draft->beyond = (struct model_path){
			PATH_REGEX,
			STR_JOIN(arena, regex_escape(arena, split.prefix), STR("[^/]"))};
	draft->rule.beyond = (uint8_t)beyond(&split);
	note_prefix(draft, &split);
	if (new_prefix.len && !takes_bare(&split))
		add_bare_rule(draft, split.prefix, new_prefix);
	if (str_eq(new_prefix, split.prefix))
		return;
	draft->rule.rewrite =
		rewrite_new(draft, PATH_REPLACE_PREFIX, new_prefix.len ? new_prefix : STR("/"));
}

static unsigned count_groups(struct str pattern)
{
	unsigned groups = 0;
	bool class = false;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.at[i];

		if (c == '\\')
			i++;
		else if (class)
			class = c != ']';
		else if (c == '[')
			class = true;
		else if (c == '(')
			groups += !(i + 1 < pattern.len && pattern.at[i + 1] == '?');
	}
	return groups;
}

/* A group that the path does not have expands to nothing: "/$2" on path "/" is "/". */
static struct str drop_missing_groups(struct arena *arena, struct str target, struct str path)
{
	unsigned groups = count_groups(path);
	char *text = arena_bytes(arena, target.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < target.len; i++) {
		bool group = target.at[i] == '$' && i + 1 < target.len && target.at[i + 1] >= '1' &&
			     target.at[i + 1] <= '9';

		if (group && (unsigned)(target.at[i + 1] - '0') > groups)
			i++;
		else
			text[len++] = target.at[i];
	}
	text[len] = '\0';
	return (struct str){text, len};
}

static void climb(struct nginx_draft *draft)
{
	struct str target = drop_missing_groups(
		draft->nginx->arena, nginx_text(draft->location->owner, "rewrite-target"),
		draft->location->path);

	if (!target.len) {
		refuse(draft, "becomes empty, which nginx answers with 500");
		return;
	}

	if (str_starts(target, "http://") || str_starts(target, "https://"))
		rewrite_to_url(draft, target);
	else if (str_find(target, '$') == SIZE_MAX)
		rewrite_whole(draft, target);
	else
		rewrite_prefix(draft, target);
}

/* Of the twin locations "/foo/" and "/foo" only the first differs from the target "/foo". */
static void rewrite_to_itself(struct nginx_draft *draft)
{
	struct str path = draft->location->path;

	note_rewrite(draft, "I2G205",
		     STR("a rewrite-target equal to its path still switches the whole host to "
			 "regular expressions"),
		     STR("remove the annotation if no rewrite is wanted"));
	draft->also = (struct model_path){PATH_REGEX,
					  str_format(draft->nginx->arena, "%.*s/", STR_ARG(path))};
	draft->also_rewrite = rewrite_new(draft, PATH_REPLACE_FULL, path);
	mark_rewrite(draft, OUTCOME_EXACT, NULL);
}

void nginx_rewrite_unmatched(struct nginx_draft *draft)
{
	struct str target = nginx_text(draft->location->owner, "rewrite-target");

	target = drop_missing_groups(draft->nginx->arena, target, draft->location->path);
	if (str_starts(target, "http://") || str_starts(target, "https://"))
		rewrite_to_url(draft, target);
}

/* X-Forwarded-Prefix is sent only where a rewrite happens, also where that makes the same path of a path. Of a
 * target that equals the path only the second rule rewrites. */
static void add_forwarded_prefix(struct nginx_draft *draft, bool rewriting, bool to_itself)
{
	const struct nginx_ingress *owner = draft->location->owner;
	struct str value = nginx_text(owner, "x-forwarded-prefix");

	if (!value.len)
		return;
	if (!rewriting) {
		nginx_mark(owner, "x-forwarded-prefix", OUTCOME_INERT, NULL);
		return;
	}
	if (url_has_variable(value)) {
		nginx_note(draft->nginx, owner, nginx_get(owner, "x-forwarded-prefix"), "I2G410",
			   STR("the header X-Forwarded-Prefix is made from captures of the path, "
			       "which no header filter can do"),
			   STR("write a fixed prefix"));
		nginx_mark(owner, "x-forwarded-prefix", OUTCOME_REFUSED, "I2G410");
		return;
	}
	nginx_mark(owner, "x-forwarded-prefix", OUTCOME_EXACT, NULL);
	if (to_itself)
		draft->also_prefix = value;
	else
		model_header_set(draft->nginx->arena,
				 model_edits(draft->nginx->arena, &draft->rule.request_headers),
				 STR("X-Forwarded-Prefix"), value);
}

/* ---- what regex mode does to a location ---- */

static void note_regex_mode(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_server *server = draft->server;
	const struct nginx_location *location = draft->location;
	const struct kube_meta *cause = &server->regex_owner->ingress->meta;
	bool own = nginx_bool(location->owner, "use-regex", false) || nginx_rewrites(location);

	if (!own)
		nginx_note_location(
			nginx, location,
			strcmp(server->regex_cause->row->key, "use-regex") == 0 ? "I2G202"
										: "I2G203",
			str_format(nginx->arena,
				   "'%s' on Ingress %.*s/%.*s makes this path a regular expression "
				   "without regard to case and open at the end",
				   server->regex_cause->row->key, STR_ARG(cause->namespace),
				   STR_ARG(cause->name)),
			STR("it is written that way; to keep plain paths plain, move the regular "
			    "expression to a host of its own"));
	if (!nginx_bool(location->owner, "use-regex", false) &&
	    str_find(location->path, '.') != SIZE_MAX &&
	    str_find_str(location->path, ".*") == SIZE_MAX &&
	    str_find_str(location->path, ".+") == SIZE_MAX &&
	    str_find_str(location->path, "\\.") == SIZE_MAX)
		nginx_note_location(
			nginx, location, "I2G206",
			STR("on a host in regex mode the '.' of this path stands for any "
			    "character"),
			STR("write '\\.' to mean a dot"));
	if (!nginx->dialect_noted)
		findings_add(nginx->findings,
			     (struct finding){
				     .code = "I2G201",
				     .message = str_format(
					     nginx->arena,
					     "regular expressions are written for %s: Gateway API "
					     "leaves the dialect to the implementation",
					     regex_dialect_words(nginx->run->dialect)),
				     .hint = STR("choose the target with --emitter"),
			     });
	nginx->dialect_noted = true;
}

static void match_regex(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_location *location = draft->location;
	bool root = str_is(location->path, "/");
	const char *why = NULL;

	draft->rule.match.path =
		(struct model_path){root ? PATH_PREFIX : PATH_REGEX, location->path};
	if (root)
		return;
	note_regex_mode(draft);
	if (regex_has_alternatives(location->path))
		nginx_note_location(
			nginx, location, "I2G207",
			STR("nginx anchors only the first alternative of this path; the "
			    "others match anywhere in the path"),
			STR("put the alternatives in ( )"));
	if (!regex_compiles(nginx->arena, location->path, &why)) {
		nginx_note_location(nginx, location, "I2G241",
				    str_format(nginx->arena,
					       "nginx cannot compile this path as a regular "
					       "expression: %s",
					       why),
				    STR("with it nginx refuses every new configuration"));
		draft->rule.held = "I2G241";
	}
}

/* A percent escape in a path never matches: nginx compares with the decoded path. */
static void note_escape(struct nginx_draft *draft)
{
	struct str path = draft->location->path;
	size_t at = str_find(path, '%');

	if (at == SIZE_MAX || at + 2 >= path.len)
		return;
	nginx_note_location(draft->nginx, draft->location, "I2G245",
			    STR("this path never matches: nginx compares with the decoded path, in "
				"which there is no percent escape"),
			    STR("write the character itself"));
}

static void match_literal(struct nginx_draft *draft)
{
	const struct nginx_location *location = draft->location;
	struct str path = location->path;

	/* "//" never matches what nginx has normalised, and must not become "/". */
	if (!location->exact && path.len > 1 && str_ends(path, "/") && !str_ends(path, "//"))
		path.len--;
	draft->rule.match.path =
		(struct model_path){location->exact ? PATH_EXACT : PATH_PREFIX, path};
	note_escape(draft);
}

void nginx_match(struct nginx_draft *draft)
{
	const struct nginx_location *location = draft->location;
	const struct nginx_ingress *owner = location->owner;
	bool rewriting = !location->is_catch_all && nginx_rewrites(location);
	bool to_itself = str_eq(nginx_text(owner, "rewrite-target"), location->path);

	if (location->path.at[0] != '/' && !draft->server->regex_cause) {
		/* Legal for ImplementationSpecific; nginx then never matches it. */
		draft->rule.match.path = (struct model_path){PATH_PREFIX, location->path};
		return;
	}
	if (draft->server->regex_cause)
		match_regex(draft);
	else
		match_literal(draft);
	nginx_mark(owner, "use-regex",
		   nginx_bool(owner, "use-regex", false) ? OUTCOME_EXACT : OUTCOME_INERT, NULL);
	/* A redirect annotation answers before the rewrite. */
	if (nginx_get(owner, "temporal-redirect") || nginx_get(owner, "permanent-redirect"))
		rewriting = false;
	if (rewriting && !draft->rule.held) {
		if (to_itself)
			rewrite_to_itself(draft);
		else
			climb(draft);
	} else if (!draft->rule.held) {
		mark_rewrite(draft, OUTCOME_INERT, NULL);
	} else {
		mark_rewrite(draft, OUTCOME_REFUSED, draft->rule.held);
	}
	add_forwarded_prefix(draft, rewriting && !draft->rule.held && !draft->rule.redirect,
			     to_itself);
}
