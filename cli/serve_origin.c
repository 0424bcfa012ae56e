#include "cli/serve_origin.h"

#include "base/arena.h"
#include "base/buf.h"

/* One document of the text, as far as it was read. */
struct document {
	struct buf from; /* its comments, ", " between them */
	struct str kind, namespace, name;
	bool in_metadata;
};

static struct str value_of(struct str line, const char *key)
{
	return str_starts(line, key) ? str_trim(str_from_pos(line, strlen(key)))
				     : (struct str){NULL, 0};
}

static struct str key_of(struct arena *arena, struct str kind, struct str namespace,
			 struct str name)
{
	return STR_JOIN(arena, kind, STR(" "), namespace, STR("/"), name);
}

static void end_document(struct serve_origins *origins, struct document *document)
{
	struct str *from;

	if (document->from.len && document->name.len) {
		from = arena_new(origins->arena, struct str);
		*from = str_dup(origins->arena, buf_slice(&document->from));
		*map_at(&origins->by_object, key_of(origins->arena, document->kind,
						    document->namespace, document->name)) = from;
	}
	buf_clear(&document->from);
	document->kind = document->namespace = document->name = (struct str){NULL, 0};
	document->in_metadata = false;
}

/* The layout is convert's own: top-level keys at the margin, those of metadata two columns in. */
static void take_line(struct document *document, struct str line)
{
	struct str from = value_of(line, "# from "), value;

	if (from.len) {
		buf_text(&document->from, document->from.len ? ", " : "");
		buf_str(&document->from, from);
	}
	if (line.len && line.at[0] != ' ' && line.at[0] != '-')
		document->in_metadata = str_is(line, "metadata:");
	value = value_of(line, "kind: ");
	if (value.len)
		document->kind = value;
	if (!document->in_metadata)
		return;
	value = value_of(line, "  namespace: ");
	if (value.len)
		document->namespace = value;
	value = value_of(line, "  name: ");
	if (value.len)
		document->name = value;
}

void serve_origins_read(struct serve_origins *origins, struct arena *arena, struct str text)
{
	struct document document = {.in_metadata = false};
	struct str line;
	bool more = true;

	origins->arena = arena;
	map_init(&origins->by_object, arena);
	buf_init(&document.from);
	while (str_split(&text, '\n', &more, &line)) {
		if (str_is(line, "---"))
			end_document(origins, &document);
		else
			take_line(&document, line);
	}
	end_document(origins, &document);
	buf_finish(&document.from);
}

struct str serve_origin(const struct serve_origins *origins, const struct object_ref *object,
			struct arena *arena)
{
	const struct str *from = NULL;

	if (origins->by_object.arena)
		from = map_get(&origins->by_object,
			       key_of(arena, object->kind, object->namespace, object->name));
	return from ? *from : (struct str){NULL, 0};
}
