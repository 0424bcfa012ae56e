#include "check/identity.h"

#include <stdio.h>

#include "base/buf.h"

static struct str base_name(struct str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.at[i - 1] == '/')
			return str_from_pos(path, i);
	return path;
}

void finding_id(char id[FINDING_ID], const struct finding *finding, const struct sources *sources)
{
	const struct object_ref *object = &finding->object;
	bool nameless = !object->name.len && finding->span.line;
	struct str parts[] = {
		str_from(finding->code),
		object->kind,
		object->namespace,
		object->name,
		finding->path,
		nameless ? base_name(source_name(sources, finding->span.source)) : STR(""),
		nameless ? finding->message : STR(""),
	};
	struct str value = finding_scope(finding)->value;
	struct buf buf;

	buf_init(&buf);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_str(&buf, parts[i]);
		buf_char(&buf, '\n');
	}
	if (value.len)
		buf_str(&buf, value);
	snprintf(id, FINDING_ID, "%016llx", (unsigned long long)str_hash(buf_slice(&buf)));
	buf_finish(&buf);
}
