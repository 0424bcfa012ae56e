#include "converters/absent.h"

#include "base/sort.h"
#include "converters/detect.h"
#include "converters/guards.h"
#include "converters/overtake.h"
#include "gateway/name.h"
#include "gateway/precedence.h"
#include "gateway/regex.h"

/* Why nothing is written for an Ingress, and how it is said that its guard is lost. */
struct absence {
	const char *code;
	const char *words; /* between the Ingress and the path that it guards */
	struct str hint;
};

static const struct absence not_chosen = {
	.code = "I2G329",
	.words = "which was left out, guards",
	.hint = STR_INIT("convert all Ingresses of a host together"),
};

static const struct absence ignored = {
	.code = "I2G331",
	.words = "which the controller ignores, was meant to guard",
	.hint = STR_INIT("repair what makes the controller ignore it, and check what is live"),
};

/* One Ingress that nothing is written for. */
struct absent {
	struct convert_result *result;
	const struct convert_options *options;
	const struct kube_ingress *ingress;
	const struct provider *provider; /* who reads it, as far as can be told */
	const struct absence *absence;
	uint32_t realm;   /* of an Ingress that is ignored */
	bool by_class;    /* left out by --ingress-class */
	struct str guard; /* the key that guards; at == NULL: none */
	bool guards_host; /* all of each of its hosts, not its own paths alone */
	bool regex;       /* it makes regular expressions of all paths of its hosts */
};

/* Beyond this many pairs of a guarded path and a rule of the host they are not compared: all rules are held. */
enum { PAIRS_MOST = 20000000 };

/* A path that it guards. */
struct guarded {
	struct model_path path;
	bool blockable; /* what has it can be told from what has not by a path of its own */
};

/* ---- what it guards ---- */

static struct str own_key(const struct provider *provider, struct str key)
{
	for (size_t i = 0; provider->prefixes[i]; i++)
		if (str_starts(key, provider->prefixes[i]))
			return str_from_pos(key, strlen(provider->prefixes[i]));
	return (struct str){0};
}

static const struct annotation_row *row_of(struct str name)
{
	for (size_t p = 0; providers[p]; p++) {
		struct str key = own_key(providers[p], name);
		const struct annotation_row *row =
			key.len ? annotation_find(providers[p], key) : NULL;

		if (row)
			return row;
	}
	return NULL;
}

static bool is_of_host(struct str name)
{
	const struct annotation_row *row = row_of(name);

	return row && (strstr(row->scope, "host") || strstr(row->scope, "server"));
}

static bool is_guard(struct str name)
{
	for (size_t p = 0; providers[p]; p++)
		if (guard_is_annotation(name, providers[p]))
			return true;
	return false;
}

/* A switch that is off guards nothing. */
static bool is_switched_off(const struct kube_pair *pair)
{
	const struct annotation_row *row = row_of(pair->key);
	struct str value = str_trim(pair->value);

	return !value.len ||
	       (row && strcmp(row->type, "bool") == 0 &&
		(str_is(value, "false") || str_is(value, "0") || str_is(value, "f") ||
		 str_is(value, "F") || str_is(value, "FALSE") || str_is(value, "False")));
}

static void note_guard(struct absent *absent, struct str key)
{
	bool host = is_of_host(key);

	if (!absent->guard.at || (host && !absent->guards_host))
		absent->guard = key;
	absent->guards_host = absent->guards_host || host;
}

/* With what cannot be read: it may be the guard. */
static void find_guards(struct absent *absent)
{
	const struct kube_meta *meta = &absent->ingress->meta;

	for (size_t i = 0; i < meta->annotations.count; i++) {
		const struct kube_pair *pair = &meta->annotations.at[i];
		const struct annotation_row *row = row_of(pair->key);

		if (is_guard(pair->key) && !is_switched_off(pair))
			note_guard(absent, pair->key);
		/* Either one turns a server of ingress-nginx into one of regular expressions. */
		if (row &&
		    (strcmp(row->key, "use-regex") == 0 || strcmp(row->key, "rewrite-target") == 0))
			absent->regex = absent->regex || !is_switched_off(pair);
	}
	for (const struct kube_doubt *doubt = meta->doubts; doubt; doubt = doubt->next)
		if (!doubt->key.len || is_guard(str_trim(doubt->key)))
			note_guard(absent, doubt->key.len ? doubt->key : STR("metadata"));
}

/* ---- whose it is ---- */

/* The default class is what the API server writes into an Ingress without one. */
static struct str class_of(const struct absent *absent)
{
	const struct kube_set *set = &absent->result->set;
	struct str name = detect_class(absent->ingress);

	return !name.len && detect_default_class(set) ? detect_default_class(set)->meta.name : name;
}

/* Whether the controller may be the one that serves an Ingress that was not chosen. Without a class any
 * may; so may one whose Ingresses have none. */
static bool may_serve(const struct absent *absent, const struct controller *controller)
{
	struct str name = class_of(absent);
	const struct kube_class *class = kube_class(&absent->result->set, name);

	if (!name.len || !controller->class_count)
		return !absent->by_class || !name.len;
	for (size_t i = 0; i < controller->class_count; i++)
		if (str_eq(controller->classes[i], name))
			return true;
	return class && controller->string.len && absent->provider &&
	       absent->provider->by_controller && str_eq(class->controller, controller->string);
}

/* ---- its paths ---- */

static bool has_patterns(const struct absent *absent, const struct model_host *host)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (host->rules[i]->match.path.kind == PATH_REGEX || host->rules[i]->source_path)
			return true;
	return absent->regex;
}

static struct str without_slash(struct str path)
{
	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return path;
}

/* A path that is neither Exact nor Prefix takes whatever begins with its letters, and a pattern has
 * an order of its own: no path of a Gateway has just the same requests. */
static struct guarded guarded_path(const struct absent *absent, const struct model_host *host,
				   const struct kube_path *path)
{
	struct str value = path->path.text.len ? path->path.text : STR("/");
	bool patterns = has_patterns(absent, host);

	if (path->type == KUBE_PATH_EXACT)
		return (struct guarded){{PATH_EXACT, value}, !patterns};
	if (patterns)
		return (struct guarded){{PATH_REGEX, value}, false};
	if (path->type == KUBE_PATH_PREFIX)
		return (struct guarded){{PATH_PREFIX, without_slash(value)}, true};
	value = regex_escape(absent->result->findings.arena, value);
	return (struct guarded){{PATH_REGEX, value}, false};
}

/* ---- what is written in its place ---- */

static struct finding about(const struct absent *absent, const struct model_rule *rule,
			    const struct guarded *guarded, struct str host)
{
	const struct kube_meta *meta = &absent->ingress->meta;
	struct arena *arena = absent->result->findings.arena;

	return (struct finding){
		.code = absent->absence->code,
		.object = kube_ref(rule->origin.object),
		.path = rule->origin.field,
		.span = rule->origin.span,
		.message = str_format(
			arena,
			"'%.*s' of Ingress %.*s/%.*s, %s '%.*s%.*s', and this path takes requests "
			"for it",
			STR_ARG(absent->guard), STR_ARG(meta->namespace), STR_ARG(meta->name),
			absent->absence->words, STR_ARG(host), STR_ARG(guarded->path.value)),
		.hint = absent->absence->hint,
	};
}

static void hold(const struct absent *absent, struct model_rule *rule,
		 const struct guarded *guarded, struct str host)
{
	const struct guard_talk talk = {&absent->result->findings,
					absent->options->allow_unguarded};

	guard_say(&talk, about(absent, rule, guarded, host));
	if (!talk.unguarded)
		rule->held = absent->absence->code;
}

/* Says it of the path that would answer; the path that is refused is a part of it. */
static void block(const struct absent *absent, struct model_host *host,
		  const struct model_rule *open, const struct guarded *guarded)
{
	struct findings *findings = &absent->result->findings;
	struct finding finding = about(absent, open, guarded, host->name);

	if (absent->options->allow_unguarded) {
		guard_say(&(struct guard_talk){findings, true}, finding);
		return;
	}
	finding.message = str_format(findings->arena, "%.*s: those requests are refused",
				     STR_ARG(finding.message));
	findings_add(findings, finding);
	overtake_block(&absent->result->model, host, open, guarded->path, absent->absence->code);
}

static bool is_within(struct str prefix, struct str path)
{
	return str_is(prefix, "/") ||
	       (path.len > prefix.len && str_eq(str_sub(path, 0, prefix.len), prefix) &&
		path.at[prefix.len] == '/');
}

/* Whether the guarded path is a part of the open one and the source looks at it first. */
static bool is_part(const struct guarded *guarded, const struct model_path *open)
{
	return guarded->blockable && open->kind == PATH_PREFIX &&
	       !str_eq(guarded->path.value, open->value) &&
	       is_within(open->value, guarded->path.value);
}

/* Whether the source looks at the open path first, which is a part of the guarded one. */
static bool is_beside(const struct guarded *guarded, const struct model_path *open)
{
	return guarded->blockable && guarded->path.kind == PATH_PREFIX &&
	       open->kind != PATH_REGEX && !str_eq(guarded->path.value, open->value) &&
	       is_within(guarded->path.value, open->value);
}

static bool is_open(const struct absent *absent, const struct model_rule *rule)
{
	/* A check of its own is not the one that would be lost. */
	return rule->origin.object && (overtake_is_open(absent->options, rule) ||
				       (rule->ext_auth && overtake_is_kept(absent->options, rule)));
}

static void close_path(const struct absent *absent, struct model_host *host, struct str name,
		       const struct guarded *guarded)
{
	size_t count = host->rule_count;
	bool exact = str_eq(host->name, name), blocked = false;

	for (size_t i = 0; i < count; i++) {
		struct model_rule *rule = host->rules[i];
		const struct model_path *open = &rule->match.path;

		if (!is_open(absent, rule) || !paths_may_overlap(&guarded->path, open) ||
		    (exact && is_beside(guarded, open)))
			continue;
		if (!exact || !is_part(guarded, open))
			hold(absent, rule, guarded, name);
		else if (!blocked)
			block(absent, host, rule, guarded);
		blocked = blocked || (exact && is_part(guarded, open));
	}
}

static void close_host(const struct absent *absent, struct model_host *host, struct str name,
		       const struct kube_rule *rule)
{
	const struct guarded all = {{PATH_PREFIX, STR("/")}, false};

	if (absent->guards_host ||
	    (rule && rule->path_count > PAIRS_MOST / (host->rule_count + 1))) {
		close_path(absent, host, name, &all);
		return;
	}
	for (size_t i = 0; rule && i < rule->path_count; i++) {
		struct guarded guarded = guarded_path(absent, host, &rule->paths[i]);

		close_path(absent, host, name, &guarded);
	}
	if (absent->ingress->default_backend.type != KUBE_BACKEND_NONE) {
		const struct guarded rest = {{PATH_PREFIX, STR("/")}, !has_patterns(absent, host)};

		close_path(absent, host, name, &rest);
	}
}

/* ---- the finding about the Ingress itself ---- */

static struct str what_is_lost(const struct absent *absent)
{
	struct arena *arena = absent->result->findings.arena;
	const struct kube_meta *meta = &absent->ingress->meta;

	if (absent->guard.at)
		return str_format(arena, "'%.*s' guards %s", STR_ARG(absent->guard),
				  absent->guards_host ? "the whole host" : "its paths");
	for (size_t i = 0; i < meta->annotations.count; i++)
		if (is_of_host(meta->annotations.at[i].key))
			return str_format(arena, "'%.*s' acts on the whole host, and is lost",
					  STR_ARG(meta->annotations.at[i].key));
	return STR("broader paths answer the requests for its own, where there are any");
}

/* That an Ingress is ignored was said when it was read. */
static void tell(const struct absent *absent, struct str host)
{
	const struct kube_meta *meta = &absent->ingress->meta;

	if (absent->absence == &ignored)
		return;
	findings_add(
		&absent->result->findings,
		(struct finding){
			.code = "I2G127",
			.object = kube_ref(meta),
			.path = STR("metadata.name"),
			.span = meta->name_span,
			.message = str_format(
				absent->result->findings.arena,
				"left out by %s, but what is written answers its host "
				"'%.*s' too: %.*s",
				absent->by_class ? "--ingress-class" : "--namespace or --selector",
				STR_ARG(host.len ? host : STR("any host")),
				STR_ARG(what_is_lost(absent))),
			.hint = STR("convert all Ingresses of a host together"),
		});
}

/* ---- one Ingress after the other ---- */

static bool visit_one(const struct absent *absent, const struct model_realm *realm,
		      struct str answering, struct str name, const struct kube_rule *rule)
{
	struct model_host *host = map_get(&realm->hosts, answering);

	if (host && absent->guard.at)
		close_host(absent, host, name, rule);
	return host != NULL;
}

/* The host itself, wildcards above it, which stand for any number of labels in a Gateway, and the one
 * without a name answer for it. Returns whether there is any. */
static bool visit_realm(const struct absent *absent, const struct model_realm *realm,
			struct str name, const struct kube_rule *rule)
{
	struct arena *arena = absent->result->findings.arena;
	bool met = visit_one(absent, realm, name, name, rule);

	for (struct str above = name; above.len;) {
		above = name_wildcard_above(arena, above);
		met |= visit_one(absent, realm, above, name, rule);
	}
	return met;
}

static bool is_of(const struct absent *absent, size_t realm)
{
	if (absent->absence == &ignored)
		return absent->realm == realm;
	return may_serve(absent, absent->result->controllers.at[realm]);
}

/* Returns whether some host of its controller answers. */
static bool visit_host(const struct absent *absent, struct str name, const struct kube_rule *rule)
{
	const struct convert_result *result = absent->result;
	bool met = false;

	for (size_t i = 0; i < result->controllers.count; i++)
		if (is_of(absent, i))
			met |= visit_realm(absent, result->model.realms[i], name, rule);
	return met;
}

static void visit(struct absent *absent)
{
	const struct kube_ingress *ingress = absent->ingress;
	struct arena *arena = absent->result->findings.arena;
	bool told = false;

	find_guards(absent);
	for (size_t r = 0; r < ingress->rule_count; r++) {
		struct str host = ingress->rules[r].host.text;

		if (visit_host(absent, str_lower(arena, host), &ingress->rules[r]) && !told) {
			tell(absent, host);
			told = true;
		}
	}
	/* A default backend alone answers what no host does. */
	if (!ingress->rule_count && ingress->default_backend.type != KUBE_BACKEND_NONE &&
	    visit_host(absent, STR(""), NULL))
		tell(absent, STR(""));
}

/* ---- all of them ---- */

struct absents {
	struct convert_result *result;
	const struct convert_options *options; /* of Ingresses of any class */
	struct absent *at;
	size_t count;
};

static void add(struct absents *absents, struct absent absent)
{
	absent.result = absents->result;
	absent.options = absents->options;
	ARENA_PUSH(absents->result->findings.arena, absents->at, absents->count, absent);
}

static void add_not_chosen(struct absents *absents, const struct kube_ingress *ingress,
			   bool by_class)
{
	struct convert_result *result = absents->result;
	struct findings unsaid;

	findings_init(&unsaid, result->findings.arena);
	add(absents,
	    (struct absent){
		    .ingress = ingress,
		    .provider = detect_provider(&result->set, ingress, absents->options, &unsaid),
		    .absence = &not_chosen,
		    .by_class = by_class,
	    });
}

/* Those of another class are told apart by it alone. */
static void add_other_classes(struct absents *absents)
{
	const struct convert_result *result = absents->result;

	for (size_t i = 0, next = 0; i < result->set.ingress_count; i++) {
		const struct kube_ingress *ingress = result->set.ingresses[i];

		if (next < result->ingress_count && result->ingresses[next].ingress == ingress)
			next++;
		else
			add_not_chosen(absents, ingress, true);
	}
}

static void add_ignored(struct absents *absents, const struct convert_ingress *at)
{
	add(absents, (struct absent){
			     .ingress = at->ingress,
			     .provider = at->provider,
			     .absence = &ignored,
			     .realm = at->realm,
		     });
}

static int compare(const void *a, const void *b)
{
	const struct kube_meta *x = &((const struct absent *)a)->ingress->meta;
	const struct kube_meta *y = &((const struct absent *)b)->ingress->meta;
	int order = str_cmp(x->namespace, y->namespace);

	return order ? order : str_cmp(x->name, y->name);
}

void absent_hold(struct convert_result *result, const struct convert_options *options)
{
	struct convert_options any = *options;
	struct absents absents = {.result = result, .options = &any};

	any.class_count = 0;
	for (size_t i = 0; i < result->set.left_out_count; i++)
		add_not_chosen(&absents, result->set.left_out[i], false);
	add_other_classes(&absents);
	for (size_t i = 0; i < result->ignored_count; i++)
		add_ignored(&absents, &result->ignored[i]);
	/* What one of them holds another need not: input order must not decide which is named. */
	sort(absents.at, absents.count, sizeof *absents.at, compare);
	for (size_t i = 0; i < absents.count; i++)
		visit(&absents.at[i]);
}
