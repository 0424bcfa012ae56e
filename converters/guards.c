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

static bool row_guards(const struct annotation_row *row)
{
	return feature_guards(row->feature) || is_in_front(row->key);
}

static struct str without_prefix(struct str key)
{
	for (size_t i = key.len; i; i--)
		if (key.at[i - 1] == '/' || key.at[i - 1] == '\\')
			return str_from_pos(key, i);
	return (struct str){0};
}

const struct provider *guard_under_other_prefix(struct str name)
{
	struct str key = without_prefix(name);

	for (size_t p = 0; providers[p] && key.len; p++) {
		const struct annotation_row *row = annotation_find(providers[p], key);

		if (row && row_guards(row) && !own_key(providers[p], name).len)
			return providers[p];
	}
	return NULL;
}

bool guard_is_annotation(struct str name, const struct provider *own)
{
	struct str key = own_key(own, name);
	const struct annotation_row *row = key.len ? annotation_find(own, key) : NULL;

	if (row)
		return row_guards(row);
	return ((key.len || item_is_foreign(name)) && item_may_guard(name)) ||
	       guard_under_other_prefix(name);
}

bool guard_is_option(struct str name, const struct provider *own)
{
	const struct option_row *row = option_find(own, name);

	return row && (feature_guards(row->feature) || is_in_front(row->key));
}

/* "nginx.ingress.kubernetes.io" with a map of keys below it, as values.yaml of some charts has them. */
static bool is_prefix_alone(struct str key, const struct provider *own)
{
	for (size_t i = 0; own && own->prefixes[i]; i++)
		if (str_eq(str_sub(str_from(own->prefixes[i]), 0, strlen(own->prefixes[i]) - 1),
			   key))
			return true;
	return false;
}

static bool may_guard(const struct kube_doubt *doubt, const struct provider *own, bool options)
{
	if (!doubt->key.len)
		return true;
	if (!options && doubt->kind == KUBE_DOUBT_LOST && is_prefix_alone(doubt->key, own))
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
