/* Raw directives: what snippet.h makes of them goes into the draft. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/snippet.h"

/* One snippet annotation on its way into one location. */
struct snippet_use {
	struct nginx_draft *draft;
	struct nginx_ingress *owner;
	const struct nginx_value *value;
	const struct snippet_action *action;
};

static void note_action(const struct snippet_use *use, const char *code)
{
	struct finding finding = {
		.code = code,
		.object = kube_ref(&use->owner->ingress->meta),
		.path = str_format(use->draft->nginx->arena, "metadata.annotations[%.*s]",
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
static void hold(const struct snippet_use *use)
{
	struct snippet_action action = *use->action;
	struct snippet_use told = *use;

	action.message = str_format(use->draft->nginx->arena, "%.*s, but this rule cannot hold it",
				    STR_ARG(action.message));
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
		hold(use);
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
						  .comment = STR("from a snippet")});
}

static void take_rewrite(const struct snippet_use *use)
{
	struct nginx_draft *draft = use->draft;
	struct snippet_narrowed narrowed;

	/* A second rewrite of the same requests would have to see what the first one made. */
	if (draft->rule.rewrite || draft->also.value.len) {
		hold(use);
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

static void take_action(const struct snippet_use *use)
{
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

static void take_snippet(struct nginx_draft *draft, struct nginx_ingress *owner, const char *key,
			 enum snippet_place place)
{
	struct snippet_use use = {.draft = draft, .owner = owner, .value = nginx_get(owner, key)};

	if (!use.value || is_removed(&use))
		return;

	struct snippet_value value = {
		.text = use.value->pair->value,
		.place = place,
		.first = use.value->pair->value_span,
		.literal = is_block(use.value->pair),
	};
	struct snippet_actions actions = snippet_read(draft->nginx->arena, &value);

	if (!actions.count)
		ledger_mark(use.value->item, OUTCOME_INERT, NULL);
	for (size_t i = 0; i < actions.count; i++) {
		use.action = &actions.at[i];
		take_action(&use);
	}
}

/* The oldest Ingress of the host with a server-snippet decides for the whole server. */
static void take_server_snippet(struct nginx_draft *draft)
{
	bool taken = false;

	for (size_t i = 0; i < draft->server->owner_count; i++) {
		struct nginx_ingress *owner = draft->server->owners[i];
		const struct nginx_value *value = nginx_get(owner, "server-snippet");

		if (!value || owner->canary)
			continue;
		if (taken)
			nginx_note_inert(draft->nginx, owner, value,
					 STR("beside that of an older Ingress of the host"));
		else
			take_snippet(draft, owner, "server-snippet", SNIPPET_SERVER);
		taken = true;
	}
}

void nginx_snippets(struct nginx_draft *draft)
{
	struct nginx_ingress *owner = draft->location->owner;

	take_server_snippet(draft);
	take_snippet(draft, owner, "configuration-snippet", SNIPPET_LOCATION);
	if (nginx_get(owner, "auth-url"))
		take_snippet(draft, owner, "auth-snippet", SNIPPET_AUTH);
	else
		nginx_mark(owner, "auth-snippet", OUTCOME_INERT, NULL);
}

/* ---- stream-snippet ---- */

static void take_stream(struct nginx *nginx, struct nginx_ingress *owner,
			const struct nginx_value *value, const struct snippet_action *action)
{
	struct nginx_location nowhere = {.owner = owner};
	struct nginx_draft draft = {.nginx = nginx, .location = &nowhere};
	struct snippet_use use = {
		.draft = &draft, .owner = owner, .value = value, .action = action};

	if (action->kind != SNIPPET_L4) {
		if (action->kind != SNIPPET_INERT)
			note_action(&use, action->code ? action->code : "I2G243");
		mark_action(&use, action->kind == SNIPPET_INERT ? OUTCOME_INERT : OUTCOME_REFUSED);
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
	l4.origin = (struct origin){.object = &owner->ingress->meta, .span = value->pair->key_span};
	ARENA_PUSH(nginx->model->arena, nginx->model->l4, nginx->model->l4_count, l4);
	note_action(&use, "I2G248");
	mark_action(&use, OUTCOME_EXACT);
}

void nginx_stream_snippets(struct nginx *nginx)
{
	for (size_t i = 0; i < nginx->ingress_count; i++) {
		struct nginx_ingress *owner = nginx->ingresses[i];
		const struct nginx_value *value = nginx_get(owner, "stream-snippet");
		struct nginx_draft draft = {.nginx = nginx};
		struct snippet_use use = {.draft = &draft, .owner = owner, .value = value};

		if (!value || is_removed(&use))
			continue;

		struct snippet_value text = {
			.text = value->pair->value,
			.place = SNIPPET_STREAM,
			.first = value->pair->value_span,
			.literal = is_block(value->pair),
		};
		struct snippet_actions actions = snippet_read(nginx->arena, &text);

		if (!actions.count)
			ledger_mark(value->item, OUTCOME_INERT, NULL);
		for (size_t a = 0; a < actions.count; a++)
			take_stream(nginx, owner, value, &actions.at[a]);
	}
}
