/* Filter lists of rules and backends, compiled. */
#include "route/gate.h"

/* ---- header edits ---- */

/* Names are one name in any case, and of equals the first counts (spec: HTTPHeader, "MUST be ignored"). */
static bool is_repeated(const struct gateway_headers *headers, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_eq_nocase(headers->at[i].name.text, headers->at[index].name.text))
			return true;
	return false;
}

struct edit_list {
	struct route_edit **at;
	size_t *count;
};

static void add_edits(struct arena *arena, struct edit_list list, enum route_edit_kind kind,
		      const struct gateway_headers *headers)
{
	for (size_t i = 0; i < headers->count; i++)
		if (!is_repeated(headers, i))
			ARENA_PUSH(arena, *list.at, *list.count,
				   (struct route_edit){kind, headers->at[i].name.text,
						       headers->at[i].value.text});
}

static void edit(struct arena *arena, struct edit_list list,
		 const struct gateway_header_edits *edits)
{
	add_edits(arena, list, ROUTE_EDIT_SET, &edits->set);
	add_edits(arena, list, ROUTE_EDIT_ADD, &edits->add);
	for (size_t i = 0; i < edits->remove.count; i++)
		ARENA_PUSH(arena, *list.at, *list.count,
			   (struct route_edit){.kind = ROUTE_EDIT_REMOVE,
					       .name = edits->remove.at[i].text});
}

/* ---- the others ---- */

static void mirror(struct gate_table *table, const struct gateway_route *route,
		   const struct gateway_mirror *view, const struct gateway *gateway,
		   struct gate_filters *into)
{
	struct route_backend backend = gate_backend(table, route, &view->backend, gateway);

	ARENA_PUSH(&table->arena, into->mirrors, into->mirror_count,
		   (struct route_mirror){
			   .kind = backend.kind,
			   .namespace = backend.namespace,
			   .name = backend.name,
			   .port = backend.port,
			   .state = backend.state,
			   .numerator = view->numerator,
			   .denominator = view->denominator,
			   .protocol = backend.protocol,
			   .tls = backend.tls,
		   });
}

static struct gate_redirect *redirect_new(struct gate_table *table,
					  const struct gateway_redirect *view)
{
	struct gate_redirect *redirect = arena_new(&table->arena, struct gate_redirect);

	*redirect = (struct gate_redirect){
		.status = view->status,
		.scheme = view->scheme.text,
		.host = view->hostname.text,
		.port = view->port,
		.change = view->path.change,
		.path = view->path.value.text,
	};
	return redirect;
}

static struct gate_rewrite *rewrite_new(struct gate_table *table,
					const struct gateway_rewrite *view)
{
	struct gate_rewrite *rewrite = arena_new(&table->arena, struct gate_rewrite);

	*rewrite = (struct gate_rewrite){
		.host = view->hostname.text,
		.change = view->path.change,
		.path = view->path.value.text,
	};
	return rewrite;
}

static struct str *texts_of(struct arena *arena, const struct gateway_texts *view)
{
	struct str *texts = arena_array(arena, struct str, view->count);

	for (size_t i = 0; i < view->count; i++)
		texts[i] = view->at[i].text;
	return texts;
}

static struct route_external_auth *auth_new(struct gate_table *table,
					    const struct gateway_route *route,
					    const struct gateway_auth *view,
					    const struct gateway *gateway)
{
	struct arena *arena = &table->arena;
	struct route_external_auth *auth = arena_new(arena, struct route_external_auth);

	*auth = (struct route_external_auth){
		.grpc = view->grpc,
		.backend = gate_backend(table, route, &view->backend, gateway),
		.path = view->path.text,
		.request_headers = texts_of(arena, &view->headers),
		.request_header_count = view->headers.count,
		.response_headers = texts_of(arena, &view->response_headers),
		.response_header_count = view->response_headers.count,
		.body_bytes = view->forwards_body ? view->body_size : 0,
	};
	return auth;
}

static void add(struct gate_table *table, const struct gateway_route *route,
		const struct gateway_filter *filter, const struct gateway *gateway,
		struct gate_filters *into)
{
	struct arena *arena = &table->arena;
	struct edit_list request = {&into->request, &into->request_count};
	struct edit_list response = {&into->response, &into->response_count};

	switch (filter->type) {
	case GATEWAY_FILTER_REQUEST_HEADERS:
		edit(arena, request, &filter->headers);
		break;
	case GATEWAY_FILTER_RESPONSE_HEADERS:
		edit(arena, response, &filter->headers);
		break;
	case GATEWAY_FILTER_MIRROR:
		mirror(table, route, &filter->mirror, gateway, into);
		break;
	case GATEWAY_FILTER_REDIRECT:
		into->turn.redirect = redirect_new(table, &filter->redirect);
		break;
	case GATEWAY_FILTER_REWRITE:
		into->turn.rewrite = rewrite_new(table, &filter->rewrite);
		break;
	case GATEWAY_FILTER_CORS:
		into->turn.cors = gate_cors_new(table, &filter->cors);
		break;
	case GATEWAY_FILTER_AUTH:
		into->auth = auth_new(table, route, &filter->auth, gateway);
		break;
	case GATEWAY_FILTER_EXTENSION:
		/* Nothing is known of it: a request that needs it must not pass without. */
		into->broken = true;
		break;
	}
}

void gate_filters_add(struct gate_table *table, const struct gateway_route *route,
		      const struct gateway_filters *filters, const struct gateway *gateway,
		      struct gate_filters *into)
{
	for (size_t i = 0; i < filters->count; i++)
		add(table, route, &filters->at[i], gateway, into);
}
