/* Findings of the provider, with object, field path and span of what they are about. */
#include "converters/from_ingress_nginx/nginx.h"
#include "converters/overtake.h"

struct str nginx_annotation_field(struct nginx *nginx, struct str key)
{
	struct str **place = (struct str **)map_at(&nginx->paths, key);

	if (!*place) {
		*place = arena_new(nginx->arena, struct str);
		**place = str_format(nginx->arena, "metadata.annotations[%.*s]", STR_ARG(key));
	}
	return **place;
}

void nginx_note(struct nginx *nginx, const struct nginx_ingress *ingress,
		const struct nginx_value *value, const char *code, struct str message,
		struct str hint)
{
	struct finding finding = {
		.code = code,
		.object = kube_ref(&ingress->ingress->meta),
		.span = ingress->ingress->meta.name_span,
		.message = message,
		.hint = hint,
	};

	if (value) {
		finding.path = nginx_annotation_field(nginx, value->pair->key);
		finding.span = value->pair->key_span;
		if (is_guard_code(code))
			finding.scope = finding_scope_new(
				nginx->findings->arena,
				(struct finding_scope){.value = value->pair->value});
	}
	findings_add(nginx->findings, finding);
}

struct finding_scope *nginx_last_scope(const struct nginx *nginx)
{
	struct findings *findings = nginx->findings;
	struct finding *last = &findings->at[findings->count - 1];

	if (!last->scope)
		last->scope = arena_new(findings->arena, struct finding_scope);
	return last->scope;
}

void nginx_note_backend(struct nginx *nginx, const struct nginx_location *location,
			const struct nginx_value *value, const char *code, struct str message,
			struct str hint)
{
	nginx_note(nginx, location->owner, value, code, message, hint);
	nginx_last_scope(nginx)->backend = location->backend->name.text;
}

void nginx_note_host(struct nginx *nginx, const struct nginx_ingress *ingress,
		     const struct nginx_value *value, struct str host, struct finding said)
{
	nginx_note(nginx, ingress, value, said.code, said.message, said.hint);
	nginx_last_scope(nginx)->host = host;
}

void nginx_note_location(struct nginx *nginx, const struct nginx_location *location,
			 const char *code, struct str message, struct str hint)
{
	findings_add(nginx->findings, (struct finding){
					      .code = code,
					      .object = kube_ref(&location->owner->ingress->meta),
					      .path = location->origin.field,
					      .span = location->origin.span,
					      .message = message,
					      .hint = hint,
				      });
}

void nginx_note_inert(struct nginx *nginx, const struct nginx_ingress *ingress,
		      const struct nginx_value *value, struct str why)
{
	if (value->item->outcome != OUTCOME_OPEN)
		return;
	nginx_note(
		nginx, ingress, value, "I2G125",
		str_format(nginx->arena, "'%s' has no effect %.*s", value->row->key, STR_ARG(why)),
		STR("remove it"));
	ledger_mark(value->item, OUTCOME_INERT, "I2G125");
}
