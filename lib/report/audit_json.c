/* An audit for programs. Within "version": 1 fields are added, never renamed. */
#include "report/audit_formats.h"
#include "yaml/write.h"

static void add_counts(struct buf *buf, const size_t counts[READINESS_KINDS])
{
	buf_format(buf, "\"ready\":%zu,\"review\":%zu,\"blocked\":%zu", counts[READINESS_READY],
		   counts[READINESS_REVIEW], counts[READINESS_BLOCKED]);
}

static void add_groups(struct buf *buf, const char *key, const struct audit_groups *groups)
{
	buf_format(buf, ",\n \"%s\":[", key);
	for (size_t i = 0; i < groups->count; i++) {
		const struct audit_group *group = &groups->at[i];

		buf_text(buf, i ? ",\n  {\"name\":" : "\n  {\"name\":");
		json_write_string(buf, group->name);
		buf_char(buf, ',');
		add_counts(buf, group->counts);
		if (group->top)
			buf_format(buf, ",\"topReason\":{\"code\":\"%s\",\"ingresses\":%zu}",
				   group->top->code, group->top_count);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_targets(struct buf *buf, const struct audit *audit)
{
	buf_text(buf, ",\n \"targets\":[");
	for (size_t i = 0; i < audit->target_count; i++) {
		const struct audit_target *target = &audit->targets[i];

		buf_format(buf,
			   "%s\n  {\"emitter\":\"%s\",\"title\":\"%s\",\"channel\":\"%s\","
			   "\"chosen\":%s,",
			   i ? "," : "", target->name, target->title,
			   target->experimental ? "experimental" : "standard",
			   target->chosen ? "true" : "false");
		add_counts(buf, target->counts);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_reasons(struct buf *buf, const struct audit *audit)
{
	buf_text(buf, ",\n \"reasons\":[");
	for (size_t i = 0; i < audit->reason_count; i++) {
		const struct audit_reason *reason = &audit->reasons[i];

		buf_format(buf,
			   "%s\n  {\"code\":\"%s\",\"name\":\"%s\",\"severity\":\"%s\","
			   "\"ingresses\":%zu,\"findings\":%zu}",
			   i ? "," : "", reason->rule->code, reason->rule->name,
			   severity_name(reason->severity), reason->ingresses, reason->findings);
	}
	buf_char(buf, ']');
}

static void add_annotations(struct buf *buf, const struct audit *audit)
{
	buf_format(buf, ",\n \"coverage\":{\"annotations\":%zu,\"kept\":%zu}",
		   audit->annotation_uses, audit->covered);
	buf_text(buf, ",\n \"annotations\":[");
	for (size_t i = 0; i < audit->annotation_count; i++) {
		const struct audit_annotation *annotation = &audit->annotations[i];

		buf_text(buf, i ? ",\n  {\"key\":" : "\n  {\"key\":");
		json_write_string(buf, annotation->key);
		buf_format(buf, ",\"ingresses\":%zu", annotation->ingresses);
		for (int outcome = OUTCOME_INERT; outcome < OUTCOME_KINDS; outcome++)
			buf_format(buf, ",\"%s\":%zu", outcome_name((enum outcome)outcome),
				   annotation->outcomes[outcome]);
		buf_format(buf, ",\"unknown\":%zu}", annotation->unknown);
	}
	buf_char(buf, ']');
}

static void add_object(struct buf *buf, const struct audit *audit,
		       const struct audit_object *object)
{
	const struct kube_meta *meta = &object->of->ingress->meta;

	buf_text(buf, "{\"namespace\":");
	json_write_string(buf, meta->namespace);
	buf_text(buf, ",\"name\":");
	json_write_string(buf, meta->name);
	buf_text(buf, ",\"class\":");
	json_write_string(buf, object->class);
	buf_text(buf, ",\"owner\":");
	json_write_string(buf, object->owner);
	buf_text(buf, ",\"controller\":");
	json_write_string(buf, str_from(object->of->controller));
	report_json_place(buf, audit->report->sources, meta->span);
	buf_format(buf, ",\"readiness\":\"%s\",\"findings\":%zu,\"codes\":[",
		   readiness_name(object->readiness), object->findings);
	for (size_t i = 0; i < object->code_count; i++)
		buf_format(buf, "%s\"%s\"", i ? "," : "", object->codes[i]->code);
	buf_text(buf, "]}");
}

static void add_advice(struct buf *buf, const struct audit_advice *advice)
{
	static const char *const words[] = {"now", "with-care", "decide-first"};

	buf_format(buf, ",\n \"advice\":{\"level\":\"%s\",\"headline\":", words[advice->level]);
	json_write_string(buf, advice->headline);
	buf_text(buf, ",\"text\":");
	json_write_string(buf, advice->text);
	buf_text(buf, ",\"reasons\":[");
	for (size_t i = 0; i < advice->reason_count; i++) {
		buf_text(buf, i ? "," : "");
		json_write_string(buf, advice->reasons[i]);
	}
	buf_text(buf, "]}");
}

void audit_json_write(struct buf *buf, const struct audit *audit)
{
	buf_format(buf, "{\"version\":1,\"summary\":{\"ingresses\":%zu,\"namespaces\":%zu,",
		   audit->count, audit->namespaces.count);
	add_counts(buf, audit->counts);
	buf_format(buf, ",\"elsewhere\":%zu}", audit->elsewhere);
	add_advice(buf, &audit->advice);
	add_groups(buf, "classes", &audit->classes);
	add_groups(buf, "namespaces", &audit->namespaces);
	add_groups(buf, "owners", &audit->owners);
	add_targets(buf, audit);
	add_reasons(buf, audit);
	add_annotations(buf, audit);
	buf_text(buf, ",\n \"ingresses\":[");
	for (size_t i = 0; i < audit->count; i++) {
		buf_text(buf, i ? ",\n  " : "\n  ");
		add_object(buf, audit, &audit->objects[i]);
	}
	buf_text(buf, "]}\n");
}
