/* What happens once a match is known, and the answers of the gateway itself. */
#include "route/gate.h"
#include "route/grpc.h"

void gate_answer(const struct gate_ask *ask, enum route_phase phase, unsigned status)
{
	struct route_decision *decision = ask->decision;

	decision->action = ROUTE_ANSWER;
	decision->phase = phase;
	decision->status = status;
	if (ask->grpc)
		decision->grpc_status = route_grpc_status(status);
}

static void redirect(const struct gate_ask *ask, const struct gate_redirect *redirect,
		     uint32_t prefix)
{
	struct route_decision *decision = ask->decision;

	decision->action = ROUTE_REDIRECT;
	decision->phase = ROUTE_PHASE_REDIRECT;
	decision->status = redirect->status;
	decision->location = gate_location(ask, redirect, prefix);
}

/* A request that asks the whole rule for a turn: true when that decided it. */
static bool turned(const struct gate_ask *ask, const struct gate_turn *turn, uint32_t prefix)
{
	struct route_decision *decision = ask->decision;

	if (turn->cors)
		decision->cors = gate_cors_answer(ask, turn->cors, &decision->late);
	if (decision->cors == ROUTE_CORS_PREFLIGHT) {
		gate_answer(ask, ROUTE_PHASE_CORS, 204);
		return true;
	}
	if (turn->redirect)
		redirect(ask, turn->redirect, prefix);
	return turn->redirect != NULL;
}

static void rewrite(const struct gate_ask *ask, const struct gate_rewrite *rewrite, uint32_t prefix,
		    struct route_sent *sent)
{
	if (rewrite->host.len)
		sent->host = rewrite->host;
	if (rewrite->change != GATEWAY_PATH_KEPT)
		sent->path = gate_path_edited(ask, rewrite->change, rewrite->path, prefix);
}

/* Filters of a single backend. Those of the rule came first, so paths are taken from the request: the
 * spec lets a rule and its backends not both rewrite. */
static void turn_share(const struct gate_ask *ask, const struct gate_turn *turn, uint32_t prefix,
		       struct route_sent *sent)
{
	enum route_cors cors = ROUTE_CORS_NONE;

	if (turn->cors)
		cors = gate_cors_answer(ask, turn->cors, &sent->late);
	if (cors == ROUTE_CORS_PREFLIGHT) {
		sent->status = 204;
	} else if (turn->redirect) {
		sent->status = turn->redirect->status;
		sent->location = gate_location(ask, turn->redirect, prefix);
	} else if (turn->rewrite) {
		rewrite(ask, turn->rewrite, prefix, sent);
	}
	if (cors != ROUTE_CORS_NONE && ask->decision->cors == ROUTE_CORS_NONE)
		ask->decision->cors = cors;
}

/* As it came. */
static void forward(const struct gate_ask *ask, const struct route_backend *backends,
		    uint32_t backend_count, uint64_t weight)
{
	struct route_decision *decision = ask->decision;
	struct route_sent *sent = &decision->sent;

	decision->action = ROUTE_FORWARD;
	decision->phase = ROUTE_PHASE_BACKEND;
	decision->backends = backends;
	decision->backend_count = backend_count;
	decision->weight = weight;
	sent->path = ask->target.path;
	sent->query = ask->target.query;
	sent->has_query = ask->target.has_query;
	sent->host = ask->target.authority.len ? ask->target.authority : ask->request->authority;
}

static void rewrite_and_forward(const struct gate_ask *ask, const struct gate_rule *rule,
				uint32_t prefix)
{
	struct route_decision *decision = ask->decision;

	forward(ask, rule->backends, rule->backend_count, rule->weight);
	if (rule->turn && rule->turn->rewrite)
		rewrite(ask, rule->turn->rewrite, prefix, &decision->sent);
	if (!rule->turns)
		return;
	decision->each = arena_array(&ask->scratch->arena, struct route_sent, rule->backend_count);
	for (uint32_t i = 0; i < rule->backend_count; i++) {
		decision->each[i] = decision->sent;
		turn_share(ask, &rule->turns[i], prefix, &decision->each[i]);
	}
}

static void apply_rule(const struct gate_ask *ask, const struct gate_rule *rule, uint32_t prefix)
{
	struct route_decision *decision = ask->decision;

	decision->request = rule->request;
	decision->response = rule->response;
	if (rule->broken)
		gate_answer(ask, ROUTE_PHASE_BACKEND, rule->status);
	else if (rule->turn && turned(ask, rule->turn, prefix))
		return;
	else if (rule->status)
		gate_answer(ask, ROUTE_PHASE_BACKEND, rule->status);
	else
		rewrite_and_forward(ask, rule, prefix);
}

void gate_apply(const struct gate_ask *ask, const struct gate_entry *entry)
{
	struct route_decision *decision = ask->decision;

	decision->place = entry->place;
	decision->policy = entry->policy;
	if (entry->simple)
		forward(ask, entry->backends, entry->backend_count, entry->weight);
	else
		apply_rule(ask, entry->match->rule, entry->match->prefix);
}

void gate_stream(const struct gate_ask *ask, const struct gate_rule *rule)
{
	struct route_decision *decision = ask->decision;

	decision->action = ROUTE_CLOSE;
	decision->phase = ROUTE_PHASE_ROUTE;
	if (!rule)
		return;
	decision->phase = ROUTE_PHASE_BACKEND;
	decision->place = (struct route_place){rule->object, rule->span, rule->index, -1};
	decision->policy = rule->policy;
	if (!rule->weight)
		return;
	decision->action = ROUTE_FORWARD;
	decision->backends = rule->backends;
	decision->backend_count = rule->backend_count;
	decision->weight = rule->weight;
}

/* ---- the handshake ---- */

/* How well a certificate's name covers the server name: longer is better, 0 is not at all. A wildcard
 * stands for one label (RFC 6125 6.4.3). */
static size_t covers(struct str name, struct str sni)
{
	if (str_eq_nocase(name, sni))
		return SIZE_MAX;
	if (!str_starts(name, "*."))
		return 0;

	size_t dot = str_find(sni, '.');
	struct str suffix = str_from_pos(name, 1);

	return dot != SIZE_MAX && dot > 0 && str_eq_nocase(str_from_pos(sni, dot), suffix)
		       ? name.len
		       : 0;
}

static const struct gate_certificate *certificate_for(const struct gate_listener *listener,
						      struct str sni)
{
	const struct gate_certificate *best = &listener->certificates[0];
	size_t most = 0;

	for (size_t i = 0; i < listener->certificate_count; i++) {
		const struct kube_secret *secret = listener->certificates[i].secret;

		for (size_t j = 0; secret && j < secret->name_count; j++) {
			size_t length = covers(secret->names[j], sni);

			if (length > most) {
				most = length;
				best = &listener->certificates[i];
			}
		}
	}
	return best;
}

bool gate_handshake(const struct gate_ask *ask, const struct gate_listener *listener)
{
	struct route_decision *decision = ask->decision;

	decision->action = ROUTE_CLOSE;
	decision->phase = ROUTE_PHASE_TLS;
	if (listener->refuses || !listener->certificate_count)
		return false;
	decision->tls = &certificate_for(listener, ask->request->sni)->tls;
	return decision->tls->validation != ROUTE_CLIENT_REQUIRED ||
	       ask->request->client_certificate == ROUTE_CERTIFICATE_GOOD;
}
