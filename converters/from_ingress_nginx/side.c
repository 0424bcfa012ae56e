#include "converters/from_ingress_nginx/side.h"

struct route_place side_place(const struct nginx_ingress *owner, int rule, int path,
			      struct span span)
{
	return (struct route_place){
		.object = owner->ref, .span = span, .rule = rule, .match = path};
}

static void make_refs(struct side *side)
{
	for (size_t i = 0; i < side->nginx.ingress_count; i++) {
		struct object_ref *ref = arena_new(&side->table->arena, struct object_ref);

		*ref = kube_ref(&side->nginx.ingresses[i]->ingress->meta);
		side->nginx.ingresses[i]->ref = ref;
	}
}

struct route_table *nginx_side(struct provider_run *run)
{
	struct side side = {.nginx = {.run = run,
				      .arena = run->model->arena,
				      .model = run->model,
				      .findings = run->findings},
			    .own = run->model->arena,
			    .table = ngx_table_new()};
	struct nginx *nginx = &side.nginx;

	arena_init(&nginx->own);
	map_init(&nginx->paths, &nginx->own);
	map_init(&side.server_map, side.own);
	map_init(&side.upstreams, side.own);
	map_init(&side.settings, side.own);
	map_init(&side.policies, side.own);
	nginx_read_config(nginx);
	nginx_read_ingresses(nginx);
	nginx_sort_by_age(nginx);
	make_refs(&side);
	side.table->http_port = 80;
	side.table->https_port = 443;
	side_trust(&side);
	side_read_lists(&side);
	side_build_servers(&side);
	side_write_entries(&side);
	side_find_certificates(&side);
	side_find_gaps(&side);
	arena_finish(&nginx->own);
	return &side.table->base;
}
