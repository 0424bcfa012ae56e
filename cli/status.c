#include "cli/status.h"

#include <unistd.h>

#include "cli/listing.h"
#include "gateway/status.h"
#include "yaml/write.h"

/* ---- table ---- */

static void add_line(void *user, const struct status_line *line)
{
	struct listing *listing = user;

	listing_add(listing, (struct listing_row){{
				     str_format(listing->arena, "%.*s %.*s", STR_ARG(line->kind),
						STR_ARG(line->object)),
				     line->part,
				     str_from(line->accepted),
				     str_from(line->resolved),
				     str_from(line->programmed),
				     line->count,
				     line->why,
			     }});
}

static void write_table(struct buf *buf, struct attach *attach, struct arena *arena)
{
	struct listing listing = {
		.arena = arena,
		.heads = {"OBJECT", "PART", "ACCEPTED", "REFS", "PROGRAMMED", "ROUTES", "WHY"},
		.columns = 7,
		.whole = true,
	};

	status_lines(attach, add_line, &listing);
	listing_text(buf, &listing);
}

/* ---- objects ---- */

struct objects {
	struct buf *buf;
	size_t count;
};

static void add_yaml(void *user, const struct node *object)
{
	struct objects *objects = user;

	if (objects->count++)
		buf_text(objects->buf, "---\n");
	yaml_write(objects->buf, object, false);
}

static void add_json(void *user, const struct node *object)
{
	struct objects *objects = user;

	buf_text(objects->buf, objects->count++ ? ",\n" : "\n");
	buf_fill(objects->buf, ' ', 8);
	json_write(objects->buf, object, true, 8);
}

static void write_json(struct buf *buf, struct attach *attach, struct arena *arena)
{
	struct objects objects = {.buf = buf};

	buf_text(buf, "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"items\": [");
	status_objects(attach, arena, add_json, &objects);
	buf_text(buf, objects.count ? "\n    ]\n}\n" : "]\n}\n");
}

bool status_print(struct attach *attach, enum status_format format, struct arena *arena)
{
	struct objects objects = {0};
	struct buf buf;
	bool ok;

	buf_init(&buf);
	objects.buf = &buf;
	if (format == STATUS_TABLE)
		write_table(&buf, attach, arena);
	else if (format == STATUS_YAML)
		status_objects(attach, arena, add_yaml, &objects);
	else
		write_json(&buf, attach, arena);
	ok = say_bytes(STDOUT_FILENO, "standard output", buf_slice(&buf));
	buf_finish(&buf);
	return ok;
}
