/* Raw directives: what snippet.h makes of them goes into the draft. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/snippet.h"

/* One snippet annotation on its way into one location. */
struct snippet_use {
	struct nginx_draft *draft;
	struct nginx_ingress *owner;
	const struct nginx_value *value;
	const struct snippet_action *action;
	bool option; /* the value is one of the ConfigMap */
};

static void note_action(const struct snippet_use *use, const char *code)
{
	struct finding finding = {
		.code = code,
		.object = kube_ref(use->value->item->owner),
		.path = str_format(use->draft->nginx->arena,
				   use->option ? "data[%.*s]" : "metadata.annotations[%.*s]",
				   STR_ARG(use->value->pair->key)),
		.span = use->action->span.line ? use->action->span : use->value->pair->key_span,
		.in_block = use->action->in_block,
		.message = use->action->message,
		.hint = use->action->hint,
	};

	findings_add(use->draft->nginx->findings, finding);
}

/* A block begins with "|" and a few signs; what is quoted is longer when it holds a line break. */
static bool is_block(const struct kube_pair *pair)
{
	enum { HEADER_MOST = 4 };

	return pair->value_span.length <= HEADER_MOST && str_find(pair->value, '\n') != SIZE_MAX;
}

static void mark_action(const struct snippet_use *use, enum outcome outcome)
{
	ledger_mark(use->value->item, outcome, outcome > OUTCOME_EXACT ? use->action->code : NULL);
}

static void refuse(const struct snippet_use *use)
{
	note_action(use, use->action->code ? use->action->code : "I2G243");
	mark_action(use, OUTCOME_REFUSED);
	if (use->action->guard)
		use->draft->rule.held = use->action->code;
}

/* A redirect or rewrite that the rule cannot have: it may have kept requests from the backend. */
static void hold(const struct snippet_use *use, const char *why)
{
	struct snippet_action action = *use->action;
	struct snippet_use told = *use;

	action.message =
		str_format(use->draft->nginx->arena, "%.*s, but %s", STR_ARG(action.message), why);
	told.action = &action;
	note_action(&told, "I2G307");
	ledger_mark(use->value->item, OUTCOME_REFUSED, "I2G307");
	use->draft->rule.held = "I2G307";
}

/* How the requests of the rule at hand are concerned; says so where that cannot be known. */
static enum snippet_cover narrow(const struct snippet_use *use, struct snippet_narrowed *narrowed)
{
	const struct nginx_draft *draft = use->draft;

	*narrowed = snippet_narrow(draft->nginx->arena, use->action, draft->rule.match.path);
	if (narrowed->cover == SNIPPET_COVERS_NONE) {
		ledger_mark(use->value->item, OUTCOME_INERT, NULL);
	} else if (narrowed->cover == SNIPPET_COVERS_UNKNOWN) {
		hold(use, "this rule cannot hold it");
	} else {
		note_action(use, "I2G248");
		mark_action(use, use->action->approximate ? OUTCOME_APPROXIMATE : OUTCOME_EXACT);
	}
	return narrowed->cover;
}

static void take_redirect(const struct snippet_use *use)
{
	struct nginx_draft *draft = use->draft;
	struct snippet_narrowed narrowed;
	enum snippet_cover cover = narrow(use, &narrowed);

	if (cover == SNIPPET_COVERS_NONE || cover == SNIPPET_COVERS_UNKNOWN)
		return;

	struct model_redirect *redirect = arena_new(draft->nginx->arena, struct model_redirect);

	*redirect = use->action->redirect;
	redirect->edit = narrowed.edit;
	redirect->path = narrowed.path;
	if (cover == SNIPPET_COVERS_ALL) {
		draft->rule.redirect = redirect;
		draft->no_backend = true;
		return;
	}
	nginx_add_rule(draft, (struct model_rule){.match.path = narrowed.match,
						  .listen = draft->host->listen,
						  .redirect = redirect,
						  .comment = "from a snippet"});
}

static void take_rewrite(const struct snippet_use *use)
{
	struct nginx_draft *draft = use->draft;
	struct snippet_narrowed narrowed;

	/* A second rewrite of the same requests would have to see what the first one made; one in front of a
	 * redirect may lead past it. */
	if (draft->rule.rewrite || draft->also.value.len || draft->no_backend) {
		hold(use, "this rule cannot hold it");
		return;
	}

	enum snippet_cover cover = narrow(use, &narrowed);

	if (cover == SNIPPET_COVERS_NONE || cover == SNIPPET_COVERS_UNKNOWN)
		return;

	struct model_rewrite *rewrite = arena_new(draft->nginx->arena, struct model_rewrite);

	*rewrite = use->action->rewrite;
	rewrite->edit = narrowed.edit;
	rewrite->path = narrowed.path;
	if (cover == SNIPPET_COVERS_ALL) {
		draft->rule.rewrite = rewrite;
		return;
	}
	draft->also = narrowed.match;
	draft->also_rewrite = rewrite;
}

static void take_header(const struct snippet_use *use)
{
	struct arena *arena = use->draft->nginx->arena;
	struct model_rule *rule = &use->draft->rule;
	const struct snippet_action *action = use->action;

	switch (action->kind) {
	case SNIPPET_RESPONSE_SET:
		model_header_set(arena, model_edits(arena, &rule->response_headers), action->name,
				 action->value);
		break;
	case SNIPPET_RESPONSE_ADD:
		model_header_add(arena, model_edits(arena, &rule->response_headers), action->name,
				 action->value);
		break;
	case SNIPPET_RESPONSE_REMOVE:
		model_header_remove(arena, model_edits(arena, &rule->response_headers),
				    action->name);
		break;
	case SNIPPET_REQUEST_SET:
		model_header_set(arena, model_edits(arena, &rule->request_headers), action->name,
				 action->value);
		break;
	default:
		model_header_remove(arena, model_edits(arena, &rule->request_headers),
				    action->name);
		break;
	}
	note_action(use, "I2G248");
	mark_action(use, action->approximate ? OUTCOME_APPROXIMATE : OUTCOME_EXACT);
}

/* Of the access phase or before it, but behind the rewrite phase, in which nginx redirects. */
static bool is_access_check(const struct snippet_action *action)
{
	static const char *const names[] = {"allow", "auth_", "deny", "limit_", "satisfy"};

	for (size_t i = 0; action->directive && i < sizeof names / sizeof *names; i++)
		if (str_starts(action->directive->name, names[i]))
			return true;
	return false;
}

/* Whether a directive still counts where a redirect answers: snippets stand above its `return` in the
 * template, or in the server. */
static bool counts_before_redirect(const struct snippet_action *action)
{
	switch (action->kind) {
	case SNIPPET_RESPONSE_SET:
	case SNIPPET_RESPONSE_ADD:
	case SNIPPET_RESPONSE_REMOVE:
	case SNIPPET_REDIRECT:
	case SNIPPET_REWRITE:
		return true;
	case SNIPPET_DENY:
		return !is_access_check(action);
	default:
		return action->guard && !is_access_check(action);
	}
}

static void take_action(const struct snippet_use *use)
{
	if (use->draft->no_backend && !counts_before_redirect(use->action)) {
		ledger_mark(use->value->item, OUTCOME_INERT, NULL);
		return;
	}
	switch (use->action->kind) {
	case SNIPPET_INERT:
		mark_action(use, OUTCOME_INERT);
		break;
	case SNIPPET_RESPONSE_SET:
	case SNIPPET_RESPONSE_ADD:
	case SNIPPET_RESPONSE_REMOVE:
	case SNIPPET_REQUEST_SET:
	case SNIPPET_REQUEST_REMOVE:
		take_header(use);
		break;
	case SNIPPET_REDIRECT:
		take_redirect(use);
		break;
	case SNIPPET_REWRITE:
		take_rewrite(use);
		break;
	case SNIPPET_DENY:
		note_action(use, use->action->code ? use->action->code : "I2G307");
		mark_action(use, OUTCOME_APPROXIMATE);
		use->draft->rule.deny = true;
		break;
	case SNIPPET_FEATURE:
		note_action(use, use->action->code ? use->action->code : "I2G243");
		mark_action(use, use->action->guard ? OUTCOME_REFUSED : OUTCOME_POLICY);
		if (use->action->guard)
			use->draft->rule.held = use->action->code;
		break;
	case SNIPPET_REFUSED:
	case SNIPPET_L4:
		refuse(use);
		break;
	}
}

/* With allow-snippet-annotations off the controller removes the text and serves the rest. */
static bool is_removed(const struct snippet_use *use)
{
	const struct nginx_config *config = &use->draft->nginx->config;

	if (!config->known || config->snippets_allowed)
		return false;
	nginx_note(
		use->draft->nginx, use->owner, use->value, "I2G242",
		STR("the controller does not allow snippets (allow-snippet-annotations), so this "
		    "text has no effect"),
		STR("remove it"));
	ledger_mark(use->value->item, OUTCOME_INERT, "I2G242");
	return true;
}

static struct snippet_actions read_pair(struct nginx *nginx, const struct kube_pair *pair,
					enum snippet_place place)
{
	const struct snippet_value value = {
		.text = pair->value,
		.place = place,
		.first = pair->value_span,
		.literal = is_block(pair),
	};

	return snippet_read(nginx->arena, &value);
}

static void take_actions(struct snippet_use *use, const struct snippet_actions *actions)
{
	if (!actions->count)
		ledger_mark(use->value->item, OUTCOME_INERT, NULL);
	for (size_t i = 0; i < actions->count; i++) {
		use->action = &actions->at[i];
		take_action(use);
	}
}

static void take_snippet(struct nginx_draft *draft, struct nginx_ingress *owner, const char *key,
			 enum snippet_place place)
{
	struct snippet_use use = {.draft = draft, .owner = owner, .value = nginx_get(owner, key)};
	struct snippet_actions actions;

	if (!use.value || is_removed(&use))
		return;
	actions = read_pair(draft->nginx, use.value->pair, place);
	take_actions(&use, &actions);
}

static bool is_in_front(const struct snippet_action *action)
{
	return action->guard || action->kind == SNIPPET_DENY || action->kind == SNIPPET_REDIRECT;
}

/* A server-snippet that counts when its Ingress is the older one, which nobody can tell. */
static void doubt_snippet(struct nginx_draft *draft, struct nginx_ingress *owner,
			  const struct nginx_value *value)
{
	struct snippet_use use = {.draft = draft, .owner = owner, .value = value};
	struct snippet_actions actions;

	if (is_removed(&use))
		return;
	actions = read_pair(draft->nginx, value->pair, SNIPPET_SERVER);
	for (size_t i = 0; i < actions.count; i++) {
		use.action = &actions.at[i];
		if (is_in_front(use.action))
			hold(&use, "it counts for the host if its Ingress is the older one, which "
				   "the input does not say");
	}
}

/* The oldest Ingress of the host with a server-snippet decides for the whole server. */
static void take_server_snippet(struct nginx_draft *draft)
{
	const struct nginx_ingress *first = NULL;

	for (size_t i = 0; i < draft->server->owner_count; i++) {
		struct nginx_ingress *owner = draft->server->owners[i];
		const struct nginx_value *value = nginx_get(owner, "server-snippet");

		if (!value || owner->canary)
			continue;
		if (first && nginx_same_age(first, owner))
			doubt_snippet(draft, owner, value);
		if (first)
			nginx_note_inert(draft->nginx, owner, value,
					 STR("beside that of an older Ingress of the host"));
		else
			take_snippet(draft, owner, "server-snippet", SNIPPET_SERVER);
		first = first ? first : owner;
	}
}

/* ---- of the ConfigMap ---- */

static const struct raw_option {
	const char *key;
	enum snippet_place place;
} raw_options[] = {
	{"global-auth-snippet", SNIPPET_AUTH},  {"http-snippet", SNIPPET_HTTP},
	{"location-snippet", SNIPPET_LOCATION}, {"main-snippet", SNIPPET_MAIN},
	{"server-snippet", SNIPPET_SERVER},
};

static const struct raw_option *raw_option(struct str key)
{
	for (size_t i = 0; i < sizeof raw_options / sizeof *raw_options; i++)
		if (str_is(key, raw_options[i].key))
			return &raw_options[i];
	return NULL;
}

bool nginx_is_raw(struct str key)
{
	return raw_option(key) != NULL;
}

const struct snippet_actions *nginx_raw_actions(struct nginx *nginx, struct nginx_raw *raw)
{
	if (!raw->actions) {
		raw->actions = arena_new(nginx->arena, struct snippet_actions);
		*raw->actions = read_pair(nginx, raw->pair, raw_option(raw->pair->key)->place);
	}
	return raw->actions;
}

static void take_raws(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;

	for (size_t i = 0; i < nginx->config.raw_count; i++) {
		struct nginx_raw *raw = &nginx->config.raws[i];
		const struct nginx_value value = {.pair = raw->pair, .item = raw->item};
		struct snippet_use use = {.draft = draft,
					  .owner = draft->location->owner,
					  .value = &value,
					  .option = true};

		if (str_is(raw->pair->key, "global-auth-snippet") &&
		    !nginx_needs_global_auth(draft))
			continue;
		take_actions(&use, nginx_raw_actions(nginx, raw));
	}
}

void nginx_snippets(struct nginx_draft *draft)
{
	struct nginx_ingress *owner = draft->location->owner;

	take_raws(draft);
	take_server_snippet(draft);
	take_snippet(draft, owner, "configuration-snippet", SNIPPET_LOCATION);
	if (nginx_is_exempt(&draft->nginx->config, draft->location->path))
		return;
	/* auth_request belongs to the access phase. */
	if (nginx_get(owner, "auth-url") && !draft->no_backend)
		take_snippet(draft, owner, "auth-snippet", SNIPPET_AUTH);
	else
		nginx_mark(owner, "auth-snippet", OUTCOME_INERT, NULL);
}

/* ---- stream-snippet ---- */

/* Whether a directive outside of the servers may keep connections out. All snippets stand in one
 * block, so it acts on the servers of all of them. */
static bool guards_all(const struct snippet_actions *actions)
{
	for (size_t i = 0; i < actions->count; i++)
		if (actions->at[i].guard &&
		    !(actions->at[i].directive && str_is(actions->at[i].directive->name, "server")))
			return true;
	return false;
}

static bool are_streams_guarded(struct nginx *nginx)
{
	const struct kube_config_map *config = nginx->run->config;
	const struct kube_pair *option =
		config ? kube_pair_find(&config->data, STR("stream-snippet")) : NULL;
	struct snippet_actions actions = {0};
	bool guarded;

	if (option)
		actions = read_pair(nginx, option, SNIPPET_STREAM);
	guarded = guards_all(&actions);
	for (size_t i = 0; i < nginx->ingress_count && !guarded; i++) {
		const struct nginx_value *value = nginx_get(nginx->ingresses[i], "stream-snippet");

		if (!value || (nginx->config.known && !nginx->config.snippets_allowed))
			continue;
		actions = read_pair(nginx, value->pair, SNIPPET_STREAM);
		guarded = guards_all(&actions);
	}
	return guarded;
}

/* A server that other directives of the stream block may guard. */
static void hold_stream(const struct snippet_use *use)
{
	struct snippet_action action = *use->action;
	struct snippet_use told = *use;

	action.message = str_format(use->draft->nginx->arena,
				    "%.*s, which another directive of the stream block may keep "
				    "connections from, so it is held back",
				    STR_ARG(action.message));
	told.action = &action;
	note_action(&told, "I2G307");
	ledger_mark(use->value->item, OUTCOME_REFUSED, "I2G307");
}

static void take_stream(const struct snippet_use *from, const struct snippet_action *action,
			bool guarded)
{
	struct nginx *nginx = from->draft->nginx;
	struct nginx_ingress *owner = from->owner;
	struct snippet_use use = *from;

	use.action = action;
	if (action->kind != SNIPPET_L4) {
		if (action->kind != SNIPPET_INERT)
			note_action(&use, action->code ? action->code : "I2G243");
		mark_action(&use, action->kind == SNIPPET_INERT ? OUTCOME_INERT : OUTCOME_REFUSED);
		return;
	}
	if (guarded && !nginx->run->unguarded) {
		hold_stream(&use);
		return;
	}

	struct model_l4 l4 = action->l4;

	l4.namespace = owner->ingress->meta.namespace;
	l4.route_name = owner->ingress->meta.name;
	if (!l4.backend.namespace.len)
		l4.backend.namespace = l4.namespace;
	l4.backend.group = "";
	l4.backend.kind = "Service";
	l4.backend.weight = 1;
	l4.origin =
		(struct origin){.object = &owner->ingress->meta, .span = use.value->pair->key_span};
	model_l4_add(nginx->model, l4);
	note_action(&use, "I2G248");
	mark_action(&use, OUTCOME_EXACT);
}

void nginx_stream_snippets(struct nginx *nginx)
{
	bool guarded = are_streams_guarded(nginx);

	for (size_t i = 0; i < nginx->ingress_count; i++) {
		struct nginx_ingress *owner = nginx->ingresses[i];
		struct nginx_draft draft = {.nginx = nginx};
		const struct snippet_use use = {.draft = &draft,
						.owner = owner,
						.value = nginx_get(owner, "stream-snippet")};

		if (!use.value || is_removed(&use))
			continue;

		struct snippet_actions actions = read_pair(nginx, use.value->pair, SNIPPET_STREAM);

		if (!actions.count)
			ledger_mark(use.value->item, OUTCOME_INERT, NULL);
		for (size_t a = 0; a < actions.count; a++)
			take_stream(&use, &actions.at[a], guarded);
	}
}
