#include "converters/items.h"

#include "gateway/plan.h"

#include "base/bug.h"

static struct ledger_item *add(struct ledger *ledger, const struct kube_ingress *ingress,
			       struct ledger_item item)
{
	item.owner = &ingress->meta;
	return ledger_add(ledger, item);
}

static void add_class(struct ledger *ledger, struct ingress_view *view)
{
	if (view->ingress->class_name.span.line)
		view->class = add(ledger, view->ingress, (struct ledger_item){.kind = ITEM_CLASS});
}

static void add_paths(struct arena *arena, struct ledger *ledger, struct ingress_view *view,
		      size_t r)
{
	const struct kube_rule *rule = &view->ingress->rules[r];

	view->paths[r] = arena_array(arena, struct ledger_item *, rule->path_count);
	view->backends[r] = arena_array(arena, struct ledger_item *, rule->path_count);
	for (size_t p = 0; p < rule->path_count; p++) {
		struct ledger_item item = {
			.kind = ITEM_PATH, .rule = (uint32_t)r, .path = (uint32_t)p};

		view->paths[r][p] = add(ledger, view->ingress, item);
		item.kind = ITEM_BACKEND;
		view->backends[r][p] = add(ledger, view->ingress, item);
	}
}

static void add_rules(struct arena *arena, struct ledger *ledger, struct ingress_view *view)
{
	const struct kube_ingress *ingress = view->ingress;

	view->hosts = arena_array(arena, struct ledger_item *, ingress->rule_count);
	view->paths = arena_array(arena, struct ledger_item **, ingress->rule_count);
	view->backends = arena_array(arena, struct ledger_item **, ingress->rule_count);
	for (size_t r = 0; r < ingress->rule_count; r++) {
		view->hosts[r] = add(ledger, ingress,
				     (struct ledger_item){.kind = ITEM_HOST, .rule = (uint32_t)r});
		add_paths(arena, ledger, view, r);
	}
}

/* `count` of a kind, by number. */
static struct ledger_item **add_numbered(struct arena *arena, struct ledger *ledger,
					 const struct kube_ingress *ingress, enum item_kind kind,
					 size_t count)
{
	struct ledger_item **items = arena_array(arena, struct ledger_item *, count);

	for (size_t i = 0; i < count; i++)
		items[i] = add(ledger, ingress,
			       (struct ledger_item){.kind = kind, .rule = (uint32_t)i});
	return items;
}

struct ingress_view *view_new(struct arena *arena, struct ledger *ledger,
			      const struct kube_ingress *ingress)
{
	struct ingress_view *view = arena_new(arena, struct ingress_view);

	view->ingress = ingress;
	add_class(ledger, view);
	add_rules(arena, ledger, view);
	view->tls = add_numbered(arena, ledger, ingress, ITEM_TLS, ingress->tls_count);
	if (ingress->default_backend.type != KUBE_BACKEND_NONE)
		view->default_backend =
			add(ledger, ingress, (struct ledger_item){.kind = ITEM_DEFAULT_BACKEND});
	view->annotations = add_numbered(arena, ledger, ingress, ITEM_ANNOTATION,
					 ingress->meta.annotations.count);
	return view;
}

static void mark_if_open(struct ledger_item *item, enum outcome outcome, const char *code)
{
	if (item && item->outcome == OUTCOME_OPEN)
		ledger_mark(item, outcome, code);
}

void view_mark_open(const struct ingress_view *view, enum outcome outcome, const char *code)
{
	const struct kube_ingress *ingress = view->ingress;

	mark_if_open(view->class, outcome, code);
	mark_if_open(view->default_backend, outcome, code);
	for (size_t r = 0; r < ingress->rule_count; r++) {
		mark_if_open(view->hosts[r], outcome, code);
		for (size_t p = 0; p < ingress->rules[r].path_count; p++) {
			mark_if_open(view->paths[r][p], outcome, code);
			mark_if_open(view->backends[r][p], outcome, code);
		}
	}
	for (size_t i = 0; i < ingress->tls_count; i++)
		mark_if_open(view->tls[i], outcome, code);
	for (size_t i = 0; i < ingress->meta.annotations.count; i++)
		mark_if_open(view->annotations[i], outcome, code);
}

/* ---- annotations of other systems ---- */

/* Prefixes of controllers whose keys change routing, but which have no provider yet. */
static const char *const foreign_prefixes[] = {
	"alb.ingress.kubernetes.io/",
	"appgw.ingress.kubernetes.io/",
	"azure.ingress.kubernetes.io/",
	"cloud.google.com/",
	"configuration.konghq.com",
	"contour.heptio.com/",
	"getambassador.io/",
	"haproxy-ingress.github.io/",
	"haproxy.com/",
	"haproxy.org/",
	"higress.io/",
	"ingress.cilium.io/",
	"ingress.kubernetes.io/",
	"k8s.apisix.apache.org/",
	"konghq.com/",
	"networking.gke.io/",
	"nginx.com/",
	"nginx.ingress.kubernetes.io/",
	"nginx.org/",
	"projectcontour.io/",
	"route.openshift.io/",
	"service.beta.kubernetes.io/",
	"traefik.ingress.kubernetes.io/",
	"zalando.org/",
};

/* "kubernetes.io/ingress.*" keys that belong to a cloud controller. */
static const char *const foreign_keys[] = {
	"kubernetes.io/ingress.allow-http",
	"kubernetes.io/ingress.global-static-ip-name",
	"kubernetes.io/ingress.regional-static-ip-name",
};

/* Words in a key that let one expect a check of access. A key that is not understood and might be
 * such a check must not lead to an open route. */
static const char *const guard_words[] = {
	"acl",      "allow",          "auth",         "block",        "cert-secret", "client-cert",
	"deny",     "firewall",       "iap",          "inbound-cidr", "ip-",         "jwt",
	"limit",    "middlewares",    "mtls",         "oidc",         "plugins",     "policies",
	"security", "snippet",        "source-range", "verify",       "waf",         "whitelist",
	"filter",   "backend-config",
};

static bool contains_any(struct str key, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_find_str(key, words[i]) != SIZE_MAX)
			return true;
	return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool item_is_foreign(struct str key)
{
	for (size_t i = 0; i < COUNT(foreign_prefixes); i++)
		if (str_starts(key, foreign_prefixes[i]))
			return true;
	for (size_t i = 0; i < COUNT(foreign_keys); i++)
		if (str_is(key, foreign_keys[i]))
			return true;
	return false;
}

static bool is_own(const struct provider *own, struct str key)
{
	for (size_t i = 0; own && own->prefixes[i]; i++)
		if (str_starts(key, own->prefixes[i]))
			return true;
	return false;
}

bool item_may_guard(struct str key)
{
	return contains_any(key, guard_words, COUNT(guard_words)) &&
	       !str_ends(key, "/ssl-redirect");
}

/* These speak of the load balancer of the Service itself, which no Ingress goes through. */
static bool is_of_own_balancer(struct str key)
{
	return str_starts(key, "service.beta.kubernetes.io/") ||
	       str_starts(key, "networking.gke.io/");
}

enum annotation_kind annotation_kind(const struct provider *provider, struct str key)
{
	if (is_own(provider, key))
		return ANNOTATION_OWN;
	if (str_is(key, "kubernetes.io/ingress.class"))
		return ANNOTATION_CLASS;
	if (plan_moves_annotation(key))
		return ANNOTATION_OTHER;
	if (guard_under_other_prefix(key))
		return ANNOTATION_FOREIGN_GUARD;
	if (!item_is_foreign(key))
		return ANNOTATION_OTHER;
	return item_may_guard(key) ? ANNOTATION_FOREIGN_GUARD : ANNOTATION_FOREIGN;
}

const struct kube_pair *service_guard(const struct kube_service *service)
{
	const struct kube_pairs *annotations = &service->meta.annotations;

	for (size_t i = 0; i < annotations->count; i++) {
		struct str key = annotations->at[i].key;

		if (item_is_foreign(key) && item_may_guard(key) && !is_of_own_balancer(key))
			return &annotations->at[i];
	}
	return NULL;
}

static struct str foreign_words(struct arena *arena, struct str key, bool guard)
{
	const struct provider *maker = guard_under_other_prefix(key);

	if (maker && !item_is_foreign(key))
		return str_format(arena,
				  "'%.*s' has the name of a guard of %s under another prefix "
				  "(--annotations-prefix) and may guard access",
				  STR_ARG(key), maker->name);
	return str_format(arena, "'%.*s' belongs to a controller that is not handled yet%s",
			  STR_ARG(key), guard ? " and may guard access" : "");
}

static const char *account_foreign(const struct ingress_view *view, size_t i, bool guard,
				   const struct guard_talk *talk)
{
	const struct kube_pair *pair = &view->ingress->meta.annotations.at[i];
	struct arena *arena = talk->findings->arena;
	struct finding finding = {
		.code = guard ? "I2G318" : "I2G119",
		.object = kube_ref(&view->ingress->meta),
		.path = str_format(arena, "metadata.annotations[%.*s]", STR_ARG(pair->key)),
		.span = pair->key_span,
		.message = foreign_words(arena, pair->key, guard),
		.hint = guard ? STR("check what it does; --allow-unguarded writes the routes "
				    "without it")
			      : STR("only the plain Ingress fields are converted"),
	};

	if (guard)
		finding.scope =
			finding_scope_new(arena, (struct finding_scope){.value = pair->value});

	ledger_mark(view->annotations[i], OUTCOME_REFUSED, finding.code);
	if (guard)
		guard_say(talk, finding);
	else
		findings_add(talk->findings, finding);
	return guard ? finding.code : NULL;
}

const char *view_account_metadata(const struct ingress_view *view, const struct provider *own,
				  const struct guard_talk *talk)
{
	const struct kube_pairs *annotations = &view->ingress->meta.annotations;
	const char *held = guard_doubts(talk, &view->ingress->meta, own, false);
	const char *code;

	for (size_t i = 0; i < annotations->count; i++) {
		struct str key = annotations->at[i].key;

		if (plan_moves_annotation(key))
			continue;
		enum annotation_kind kind = annotation_kind(own, key);

		switch (kind) {
		case ANNOTATION_OWN:
			break;
		case ANNOTATION_CLASS:
			ledger_mark(view->annotations[i], OUTCOME_EXACT, NULL);
			break;
		case ANNOTATION_FOREIGN:
		case ANNOTATION_FOREIGN_GUARD:
			code = account_foreign(view, i, kind == ANNOTATION_FOREIGN_GUARD, talk);
			held = code ? code : held;
			break;
		case ANNOTATION_OTHER:
			ledger_mark(view->annotations[i], OUTCOME_INERT, NULL);
			break;
		}
	}
	return held;
}
