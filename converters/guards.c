#include "converters/guards.h"

#include "converters/items.h"

void guard_say(const struct guard_talk *talk, struct finding finding)
{
	finding.message =
		str_format(talk->findings->arena, "%.*s%s", STR_ARG(finding.message),
			   talk->unguarded ? ": the routes are written without that check, as "
					     "--allow-unguarded asks for"
					   : ", so the routes are held back");
	if (talk->unguarded)
		finding.code = "I2G314";
	findings_add(talk->findings, finding);
}

static struct str own_key(const struct provider *own, struct str key)
{
	for (size_t i = 0; own && own->prefixes[i]; i++)
		if (str_starts(key, own->prefixes[i]))
			return str_from_pos(key, strlen(own->prefixes[i]));
	return (struct str){0};
}

/* Keys that stand in front of the backend and that no feature which guards stands for. */
static bool is_in_front(const char *key)
{
	static const char *const keys[] = {
		"auth-tls-secret",     "auth-tls-verify-client",
		"enable-global-auth",  "permanent-redirect",
		"temporal-redirect", /* options: */
		"modsecurity-snippet", "enable-owasp-modsecurity-crs",
		"global-auth-snippet", "main-snippet",
		"no-auth-locations",   "plugins",
		"stream-snippet",
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

bool guard_is_annotation(struct str name, const struct provider *own)
{
	struct str key = own_key(own, name);
	const struct annotation_row *row = key.len ? annotation_find(own, key) : NULL;

	if (row)
		return feature_guards(row->feature) || is_in_front(row->key);
	return (key.len || item_is_foreign(name)) && item_may_guard(name);
}

bool guard_is_option(struct str name, const struct provider *own)
{
	const struct option_row *row = option_find(own, name);

	return row && (feature_guards(row->feature) || is_in_front(row->key));
}

static bool may_guard(const struct kube_doubt *doubt, const struct provider *own, bool options)
{
	if (!doubt->key.len)
		return true;
	return options ? guard_is_option(doubt->key, own)
		       : guard_is_annotation(str_trim(doubt->key), own);
}

static struct str words(struct arena *arena, const struct kube_doubt *doubt, bool options)
{
	static const struct {
		const char *before, *behind; /* the key */
	} facts[] = {
		[KUBE_DOUBT_LOST] = {"the value of ", "cannot be read, and it may guard access"},
		[KUBE_DOUBT_TYPE] = {"", "is no string, which the API server refuses, and it may "
					 "guard access"},
		[KUBE_DOUBT_REPLACED] = {"this value of ",
					 "is replaced by a later one, and it may guard access"},
		[KUBE_DOUBT_KEY] = {"", "is no key that the API server takes, and it may guard "
					"access"},
		[KUBE_DOUBT_ASTRAY] = {"", "stands where the API server drops it, and it may guard "
					   "access"},
	};

	if (!doubt->key.len)
		return options ? STR("the options cannot be read, and any of them may guard access")
			       : STR("the annotations cannot be read, and any of them may guard "
				     "access");
	return str_format(arena, "%s'%.*s' %s", facts[doubt->kind].before, STR_ARG(doubt->key),
			  facts[doubt->kind].behind);
}

static void say(const struct guard_talk *talk, const struct kube_meta *meta,
		const struct kube_doubt *doubt, bool options)
{
	struct arena *arena = talk->findings->arena;
	struct str path = options ? STR("data") : STR("metadata.annotations");
	static const struct str hints[] = {
		[KUBE_DOUBT_LOST] = STR_INIT("write the value as a string, in quotes"),
		[KUBE_DOUBT_TYPE] = STR_INIT("write the value as a string, in quotes"),
		[KUBE_DOUBT_REPLACED] =
			STR_INIT("keep the one that is meant, and leave the other out"),
		[KUBE_DOUBT_KEY] = STR_INIT("write the key without blanks"),
		[KUBE_DOUBT_ASTRAY] = STR_INIT("move it into metadata.annotations"),
	};
	struct finding finding = {
		.code = "I2G319",
		.object = kube_ref(meta),
		.path = path,
		.span = doubt->span,
		.message = words(arena, doubt, options),
		.hint = hints[doubt->kind],
	};

	if (doubt->key.len)
		finding.path = str_format(arena, "%.*s[%.*s]", STR_ARG(path), STR_ARG(doubt->key));
	guard_say(talk, finding);
}

const char *guard_doubts(const struct guard_talk *talk, const struct kube_meta *meta,
			 const struct provider *own, bool options)
{
	const char *held = NULL;

	for (const struct kube_doubt *doubt = meta->doubts; doubt; doubt = doubt->next) {
		if (!may_guard(doubt, own, options))
			continue;
		say(talk, meta, doubt, options);
		held = "I2G319";
	}
	return held;
}

const struct kube_pair *guard_annotation(const struct kube_meta *meta)
{
	for (size_t i = 0; i < meta->annotations.count; i++) {
		const struct kube_pair *pair = &meta->annotations.at[i];

		for (size_t p = 0; providers[p] && str_trim(pair->value).len; p++)
			if (guard_is_annotation(pair->key, providers[p]))
				return pair;
	}
	return NULL;
}

/* ---- Ingresses that were not chosen ---- */

/* The first annotation whose row says that it acts on all of a host; NULL for none. */
static const struct kube_pair *host_annotation(const struct kube_meta *meta)
{
	for (size_t i = 0; i < meta->annotations.count; i++) {
		const struct kube_pair *pair = &meta->annotations.at[i];

		for (size_t p = 0; providers[p]; p++) {
			struct str key = own_key(providers[p], pair->key);
			const struct annotation_row *row =
				key.len ? annotation_find(providers[p], key) : NULL;

			if (row && (strstr(row->scope, "host") || strstr(row->scope, "server")))
				return pair;
		}
	}
	return NULL;
}

static struct str what_is_lost(struct arena *arena, const struct kube_meta *meta)
{
	const struct kube_pair *guard = guard_annotation(meta), *host = host_annotation(meta);

	if (guard)
		return str_format(arena,
				  "'%.*s' guards its paths, and broader paths answer them without "
				  "it",
				  STR_ARG(guard->key));
	if (host)
		return str_format(arena, "'%.*s' acts on the whole host, and is lost",
				  STR_ARG(host->key));
	return STR("broader paths answer the requests for its own, where there are any");
}

/* Whether one of the hosts answers for `name`: itself, a wildcard above it, or the one without a
 * name. A Gateway's wildcard stands for any number of labels. */
static bool is_among(const struct map *hosts, struct arena *arena, struct str name)
{
	if (map_get(hosts, name) || map_get(hosts, STR("")))
		return true;
	for (size_t dot = str_find(name, '.'); dot != SIZE_MAX; dot = str_find(name, '.')) {
		struct str rest = str_from_pos(name, dot);

		if (map_get(hosts, str_format(arena, "*%.*s", STR_ARG(rest))))
			return true;
		name = str_from_pos(rest, 1);
	}
	return false;
}

/* Whose the Ingress is was not looked at: any realm may be the one. */
static bool is_answered(const struct model *model, struct arena *arena, struct str name)
{
	for (size_t i = 0; i < model->realm_count; i++)
		if (is_among(&model->realms[i]->hosts, arena, name))
			return true;
	return false;
}

static const struct kube_text *shared_host(const struct model *model, struct arena *arena,
					   const struct kube_ingress *ingress)
{
	for (size_t r = 0; r < ingress->rule_count; r++) {
		const struct kube_text *host = &ingress->rules[r].host;

		if (is_answered(model, arena, str_lower(arena, host->text)))
			return host;
	}
	return NULL;
}

void guard_left_out(const struct kube_set *set, const struct model *model,
		    struct findings *findings)
{
	for (size_t i = 0; i < set->left_out_count; i++) {
		const struct kube_ingress *ingress = set->left_out[i];
		struct arena *arena = findings->arena;
		const struct kube_text *host = shared_host(model, arena, ingress);

		if (!host)
			continue;
		findings_add(findings,
			     (struct finding){
				     .code = "I2G127",
				     .object = kube_ref(&ingress->meta),
				     .path = STR("metadata.name"),
				     .span = ingress->meta.name_span,
				     .message = str_format(
					     arena,
					     "left out by --namespace or --selector, but what is "
					     "written answers its host '%.*s' too: %.*s",
					     STR_ARG(host->text.len ? host->text : STR("any host")),
					     STR_ARG(what_is_lost(arena, &ingress->meta))),
				     .hint = STR("convert all Ingresses of a host together"),
			     });
	}
}
