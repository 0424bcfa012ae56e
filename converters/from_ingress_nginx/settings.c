/* Annotations and the controller's ConfigMap: values as the controller takes them. */
#include "converters/from_ingress_nginx/nginx.h"

#include "base/sort.h"
#include "converters/from_ingress_nginx/values.h"
#include "converters/guards.h"
#include "kube/read.h"

/* ---- values ---- */

/* Nearly every question is about a key that is not set: most of those are answered by the bits that
 * its first letters stand for. */
static uint64_t key_bit(const char *key)
{
	return (uint64_t)1 << (((unsigned)key[0] * 7 + (unsigned)key[1]) & 63);
}

const struct nginx_value *nginx_get(const struct nginx_ingress *ingress, const char *key)
{
	if (!(ingress->keys & key_bit(key)))
		return NULL;
	for (size_t i = 0; i < ingress->value_count; i++)
		if (*ingress->values[i].row->key == *key &&
		    strcmp(ingress->values[i].row->key, key) == 0)
			return &ingress->values[i];
	return NULL;
}

struct str nginx_text(const struct nginx_ingress *ingress, const char *key)
{
	const struct nginx_value *value = nginx_get(ingress, key);

	return value ? str_trim(value->pair->value) : (struct str){0};
}

/* Go's strconv.ParseBool. */
bool nginx_parse_bool(struct str text)
{
	static const char *const words[] = {"1", "t", "T", "TRUE", "true", "True"};

	text = str_trim(text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(text, words[i]))
			return true;
	return false;
}

bool nginx_bool(const struct nginx_ingress *ingress, const char *key, bool fallback)
{
	const struct nginx_value *value = nginx_get(ingress, key);

	return value ? nginx_parse_bool(value->pair->value) : fallback;
}

bool nginx_overrides(const struct nginx_ingress *ingress, const struct model_feature *option)
{
	for (size_t i = 0; i < ingress->value_count; i++) {
		const struct annotation_row *row = ingress->values[i].row;

		if (row->option && str_is(ledger_name(option->item), row->option) &&
		    str_trim(ingress->values[i].pair->value).len)
			return true;
	}
	return false;
}

int64_t nginx_int(const struct nginx_ingress *ingress, const char *key, int64_t fallback)
{
	int64_t number = fallback;
	const struct nginx_value *value = nginx_get(ingress, key);

	if (value && !str_to_int(str_trim(value->pair->value), &number))
		return fallback;
	return number;
}

void nginx_mark(const struct nginx_ingress *ingress, const char *key, enum outcome outcome,
		const char *code)
{
	const struct nginx_value *value = nginx_get(ingress, key);

	if (value)
		ledger_mark(value->item, outcome, code);
}

/* ---- annotations ---- */

static void note_pair(struct nginx *nginx, const struct nginx_ingress *ingress,
		      const struct kube_pair *pair, const char *code, struct str message,
		      struct str hint)
{
	const struct nginx_value value = {.pair = pair};

	nginx_note(nginx, ingress, &value, code, message, hint);
}

/* The controller ignores keys it does not know: the item is inert, and people should know. */
static void take_unknown(struct nginx *nginx, struct nginx_ingress *ingress, size_t i,
			 struct str key)
{
	struct arena *arena = nginx->arena;
	const struct kube_pair *pair = &ingress->ingress->meta.annotations.at[i];
	const struct provider *provider = nginx->run->provider;
	const char *code = "I2G103";
	struct str hint = STR("ingress-nginx ignores the key as written");

	for (size_t l = 0; l < *provider->legacy_count; l++)
		if (str_is(key, provider->legacy[l].key)) {
			code = "I2G118";
			hint = str_from(provider->legacy[l].hint);
		}
	if (strcmp(code, "I2G103") == 0) {
		const char *near = annotation_suggest(provider, key);

		if (near)
			hint = str_format(arena,
					  "did you mean '%s'? ingress-nginx ignores the key as "
					  "written",
					  near);
	}
	note_pair(nginx, ingress, pair, code,
		  str_format(arena,
			     strcmp(code, "I2G118") == 0
				     ? "annotation '%.*s' does nothing in current controllers"
				     : "unknown annotation '%.*s'",
			     STR_ARG(key)),
		  hint);
	ledger_mark(ingress->view->annotations[i], OUTCOME_INERT, code);
}

static const struct annotation_row *ingress_row(const struct nginx *nginx,
						const struct kube_pair *pair)
{
	return annotation_find(nginx->run->provider,
			       str_from_pos(pair->key, sizeof NGINX_PREFIX - 1));
}

struct invalid_effect {
	const char *code;
	enum outcome outcome;
	const char *words;
};

static const struct invalid_effect invalid_effects[] = {
	[INVALID_DEFAULT] = {"I2G115", OUTCOME_INERT, "the controller uses its default instead"},
	[INVALID_DROP] = {"I2G116", OUTCOME_REFUSED, "the controller ignores the whole Ingress"},
	[INVALID_503] = {"I2G117", OUTCOME_REFUSED, "the controller answers 503 on these paths"},
	[INVALID_HOST_403] = {"I2G117", OUTCOME_REFUSED,
			      "the controller answers 403 on the whole host"},
	[INVALID_OPEN] = {"I2G308", OUTCOME_REFUSED, "the controller then allows every origin"},
	[INVALID_UNCHECKED] = {"I2G115", OUTCOME_INERT, "the value has no effect"},
};

/* Live, the path is open; converted, somebody has to decide. CORS falls back to origin "*", which is written as such. */
static bool opens_path(const struct annotation_row *row, enum on_invalid on_invalid)
{
	return on_invalid == INVALID_OPEN && str_starts(str_from(row->key), "auth-");
}

static const char *code_of_invalid(const struct annotation_row *row, enum on_invalid on_invalid)
{
	return opens_path(row, on_invalid) ? "I2G330" : invalid_effects[on_invalid].code;
}

/* What the controller falls back to for CORS is written, so nothing is lost. */
static enum outcome outcome_of_invalid(const struct annotation_row *row, enum on_invalid on_invalid)
{
	if (on_invalid == INVALID_OPEN && !opens_path(row, on_invalid))
		return OUTCOME_INERT;
	return invalid_effects[on_invalid].outcome;
}

static const char *effect_words(const struct nginx *nginx, const struct annotation_row *row,
				enum on_invalid on_invalid)
{
	if (opens_path(row, on_invalid))
		return nginx->run->unguarded
			       ? "the controller then serves these paths without authentication"
			       : "the controller then serves these paths without authentication; "
				 "the routes are held back, because a check was meant";
	if (strcmp(row->key, "mirror-target") == 0)
		return "the controller then copies every request to the host's own paths";
	if (on_invalid == INVALID_DEFAULT && !*row->default_value && !row->option)
		return "the controller ignores the annotation";
	return invalid_effects[on_invalid].words;
}

/* An invalid value, of which the controller makes what `on_invalid` says. */
static void take_invalid(struct nginx *nginx, struct nginx_ingress *ingress, size_t i,
			 enum on_invalid on_invalid)
{
	const struct kube_pair *pair = &ingress->ingress->meta.annotations.at[i];
	const struct annotation_row *row = ingress_row(nginx, pair);
	const char *code = code_of_invalid(row, on_invalid);
	struct str shown = str_sub(pair->value, 0, 60);

	note_pair(nginx, ingress, pair, code,
		  str_format(nginx->arena, "'%.*s%s' is no valid value of %s: %s", STR_ARG(shown),
			     shown.len < pair->value.len ? "..." : "", row->key,
			     effect_words(nginx, row, on_invalid)),
		  pair->value.len && row->valid(pair->value)
			  ? STR("write the items without blanks, separated by single commas")
			  : str_format(nginx->arena,
				       "write a value of type %s, or remove the annotation",
				       row->type));
	ledger_mark(ingress->view->annotations[i], outcome_of_invalid(row, on_invalid), code);
	switch (on_invalid) {
	case INVALID_DROP:
		ingress->dropped = code;
		break;
	case INVALID_503:
		ingress->denied = code;
		break;
	case INVALID_HOST_403:
		ingress->host_denied = code;
		break;
	case INVALID_OPEN:
		if (opens_path(row, on_invalid))
			ingress->held = code;
		break;
	case INVALID_DEFAULT:
	case INVALID_UNCHECKED:
		break;
	}
}

/* Of the forms that no nginx variable and no path has. */
static struct str template_of(struct str value)
{
	static const char *const starts[] = {"${", "$(", "{{", "__", "<"};
	struct str placeholder = kube_placeholder(value);

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (str_starts(placeholder, starts[i]))
			return placeholder;
	return (struct str){0};
}

/* A placeholder that nobody filled in: what the cluster has may well be valid, and guard. */
static void take_placeholder(struct nginx *nginx, struct nginx_ingress *ingress, size_t i)
{
	const struct kube_pair *pair = &ingress->ingress->meta.annotations.at[i];
	struct str placeholder = template_of(pair->value);

	ingress->held = "I2G319";
	ledger_mark(ingress->view->annotations[i], OUTCOME_REFUSED, "I2G319");
	guard_say(&(struct guard_talk){nginx->findings, nginx->run->unguarded},
		  (struct finding){
			  .code = "I2G319",
			  .object = kube_ref(&ingress->ingress->meta),
			  .path = nginx_annotation_field(nginx, pair->key),
			  .span = pair->key_span,
			  .message = str_format(nginx->arena,
						"'%.*s' has the placeholder %.*s, and it may guard "
						"access",
						STR_ARG(pair->key), STR_ARG(placeholder)),
			  .hint = STR("render first (envsubst, kustomize build, helm template), "
				      "then convert the result"),
		  });
}

/* Values of keys that the controller does not read cannot do harm either. */
static void take_refused(struct nginx *nginx, struct nginx_ingress *ingress, size_t i,
			 enum on_invalid effect)
{
	const struct kube_pair *pair = &ingress->ingress->meta.annotations.at[i];
	const struct nginx_value value = {ingress_row(nginx, pair), pair,
					  ingress->view->annotations[i]};
	struct str needs;

	if (nginx_is_unread(nginx, ingress, value.row->key, &needs))
		nginx_note_inert(nginx, ingress, &value,
				 str_format(nginx->arena, "without %.*s", STR_ARG(needs)));
	else if (template_of(pair->value).len &&
		 guard_is_annotation(pair->key, nginx->run->provider))
		take_placeholder(nginx, ingress, i);
	else
		take_invalid(nginx, ingress, i, effect);
}

/* An Ingress whose annotations exceed the risk level is ignored since controller 1.12. */
static void check_risk(struct nginx *nginx, struct nginx_ingress *ingress,
		       const struct nginx_value *value)
{
	if (value->row->risk <= nginx->config.risk)
		return;
	if (!nginx->config.known) {
		nginx_note(
			nginx, ingress, value, "I2G242",
			str_format(nginx->arena,
				   "'%s' is assumed to be live: controllers since 1.12 ignore the "
				   "whole Ingress unless annotations-risk-level is Critical",
				   value->row->key),
			STR("give the controller's ConfigMap with --controller-config=NS/NAME"));
		return;
	}
	nginx_note(nginx, ingress, value, "I2G242",
		   str_format(nginx->arena,
			      "the controller ignores this Ingress: the risk of '%s' is above "
			      "annotations-risk-level",
			      value->row->key),
		   STR("nothing is written for it, because nothing is served for it today"));
	ingress->dropped = "I2G242";
}

/* Nearly every parser takes an empty value for none. Those of the two lists of addresses deny the location for
 * any error but a missing annotation (ipallowlist.Parse, ipdenylist.Parse), and an empty text is one
 * (parser.parseString), unless an alias stands in. */
static bool is_empty_list(const struct nginx_ingress *ingress, const struct annotation_row *row,
			  struct str value)
{
	if (value.len)
		return false;
	if (strcmp(row->key, "allowlist-source-range") == 0) {
		const struct kube_pair *alias = kube_annotation(
			&ingress->ingress->meta, NGINX_PREFIX "whitelist-source-range");

		return !alias || !alias->value.len;
	}
	return strcmp(row->key, "denylist-source-range") == 0;
}

static void take_annotation(struct nginx *nginx, struct nginx_ingress *ingress, size_t i)
{
	const struct kube_pair *pair = &ingress->ingress->meta.annotations.at[i];
	const struct annotation_row *row = ingress_row(nginx, pair);
	enum on_invalid effect;

	if (!row) {
		take_unknown(nginx, ingress, i, str_from_pos(pair->key, sizeof NGINX_PREFIX - 1));
		return;
	}
	if (!nginx_accepts(row, pair->value, &effect)) {
		take_refused(nginx, ingress, i, effect);
		return;
	}
	if (is_empty_list(ingress, row, pair->value)) {
		take_refused(nginx, ingress, i, INVALID_503);
		return;
	}
	ARENA_PUSH(&nginx->own, ingress->values, ingress->value_count,
		   (struct nginx_value){row, pair, ingress->view->annotations[i]});
	ingress->keys |= key_bit(row->key);
	check_risk(nginx, ingress, &ingress->values[ingress->value_count - 1]);
}

/* limit-burst-multiplier below 1 makes nginx refuse the whole configuration, for every Ingress. */
static void check_burst(struct nginx *nginx, struct nginx_ingress *ingress)
{
	const struct nginx_value *value = nginx_get(ingress, "limit-burst-multiplier");

	if (value && nginx_int(ingress, "limit-burst-multiplier", 5) < 1 &&
	    (nginx_int(ingress, "limit-rps", 0) > 0 || nginx_int(ingress, "limit-rpm", 0) > 0))
		nginx_note(
			nginx, ingress, value, "I2G421",
			STR("nginx refuses a burst of 0, so since this value was set no change of "
			    "any Ingress has been applied"),
			STR("compare with the running configuration: it is older than these "
			    "files"));
}

/* Text that the controller's deep inspection refuses; the whole Ingress is then ignored. */
static bool path_is_inspected_away(struct str path)
{
	bool etc = str_find_str(path, "/etc/") != SIZE_MAX;

	return str_find_str(path, "/var/run/secrets") != SIZE_MAX ||
	       (etc && (str_find_str(path, "/etc/nginx") != SIZE_MAX ||
			str_find_str(path, "/etc/passwd") != SIZE_MAX ||
			str_find_str(path, "/etc/shadow") != SIZE_MAX ||
			str_find_str(path, "/etc/group") != SIZE_MAX ||
			str_find_str(path, "/etc/ingress-controller") != SIZE_MAX)) ||
	       str_find_str(path, "_by_lua") != SIZE_MAX ||
	       (str_find(path, ';') != SIZE_MAX && (str_find_str(path, "alias") != SIZE_MAX ||
						    str_find_str(path, "root") != SIZE_MAX));
}

static void inspect_paths(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];

		for (size_t p = 0; p < rule->path_count; p++) {
			if (!path_is_inspected_away(rule->paths[p].path.text))
				continue;
			ingress->dropped = "I2G116";
			findings_add(
				nginx->findings,
				(struct finding){
					.code = "I2G116",
					.object = kube_ref(&ingress->ingress->meta),
					.path = nginx_path_field(nginx, r, p),
					.span = rule->paths[p].path.span,
					.message = STR("the controller's inspection refuses this "
						       "path, and ignores the whole Ingress"),
					.hint = STR("nothing is written for it, because nothing "
						    "is served for it today"),
				});
		}
	}
}

static struct nginx_ingress *take_ingress(struct nginx *nginx, const struct ingress_view *view)
{
	struct nginx_ingress *ingress = arena_new(&nginx->own, struct nginx_ingress);
	const struct kube_pairs *annotations = &view->ingress->meta.annotations;

	ingress->view = view;
	ingress->ingress = view->ingress;
	ingress->has_tls = view->ingress->tls_count > 0;
	ingress->held = view->held;
	for (size_t i = 0; i < annotations->count; i++)
		if (str_starts(annotations->at[i].key, NGINX_PREFIX))
			take_annotation(nginx, ingress, i);
	ingress->canary = nginx_bool(ingress, "canary", false);
	inspect_paths(nginx, ingress);
	if (ingress->dropped)
		return ingress;
	nginx_collect_features(nginx, ingress);
	nginx_check_references(nginx, ingress);
	check_burst(nginx, ingress);
	return ingress;
}

/* With its age beside it, which nearly always decides, so that sorting need not look at the object. */
struct aged {
	int64_t created;
	struct nginx_ingress *ingress;
};

/* creationTimestamp ascending; on a tie the greater namespace/name comes first, as the controller
 * sorts. Ingresses without a timestamp come last, all with the same age. */
static int compare_age(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;
	bool left_dated = x->created != KUBE_NO_TIME, right_dated = y->created != KUBE_NO_TIME;

	if (left_dated != right_dated)
		return left_dated ? -1 : 1;
	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;

	const struct kube_meta *left = &x->ingress->ingress->meta;
	const struct kube_meta *right = &y->ingress->ingress->meta;
	int order = str_cmp(right->namespace, left->namespace);

	return order ? order : str_cmp(right->name, left->name);
}

void nginx_sort_by_age(struct nginx *nginx)
{
	struct arena_mark mark = arena_mark(&nginx->own);
	struct aged *aged = arena_array(&nginx->own, struct aged, nginx->ingress_count);

	for (size_t i = 0; i < nginx->ingress_count; i++)
		aged[i] = (struct aged){nginx->ingresses[i]->ingress->meta.created,
					nginx->ingresses[i]};
	sort(aged, nginx->ingress_count, sizeof *aged, compare_age);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		nginx->ingresses[i] = aged[i].ingress;
	arena_rewind(&nginx->own, mark);
}

void nginx_read_ingresses(struct nginx *nginx)
{
	const struct provider_run *run = nginx->run;

	nginx->ingresses = arena_array(&nginx->own, struct nginx_ingress *, run->view_count);
	for (size_t i = 0; i < run->view_count; i++) {
		struct nginx_ingress *ingress = take_ingress(nginx, run->views[i]);

		run->views[i]->ignored = ingress->dropped != NULL;
		if (ingress->dropped)
			view_mark_open(ingress->view, OUTCOME_REFUSED, ingress->dropped);
		else
			nginx->ingresses[nginx->ingress_count++] = ingress;
	}
}
