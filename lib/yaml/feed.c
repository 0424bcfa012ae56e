#include "yaml/feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "yaml/split.h"

enum {
	BATCH = 256 * 1024,
	LIST_EARLY = 1024 * 1024, /* a List larger than this is streamed */
	HEAD = 64 * 1024,         /* where the key "items" of a List is looked for */
	LINE = 512,               /* how much of a line is looked at for "kind:" */
};

bool feed_looks_like_list(struct str text)
{
	struct split_head head = {0};
	struct str line;
	bool more = true;

	text = str_sub(text, 0, HEAD);
	while (!head.items && str_split(&text, '\n', &more, &line))
		split_head_line(&head, line);
	return head.items;
}

static bool read_at(struct feed *feed, uint64_t offset, char *to, size_t len, size_t *got)
{
	ssize_t done = input_read(feed->input, offset, to, len, &feed->error);

	if (done < 0)
		feed->failed = true;
	*got = done < 0 ? 0 : (size_t)done;
	return done >= 0;
}

/* Makes room for `room` bytes from the feed's offset on, but not for more than the input
 * has there: most inputs are small, and many are read. Returns the room to fill. */
static size_t make_room(struct feed *feed, struct batch *batch, size_t room)
{
	uint64_t left = feed->input->size > feed->offset ? feed->input->size - feed->offset : 0;

	if (room > left + 1)
		room = (size_t)left + 1;
	if (room <= batch->room)
		return room;
	batch->buffer = realloc(batch->buffer, room);
	if (!batch->buffer)
		bug_out_of_memory(room);
	batch->room = room;
	return room;
}

void batch_finish(struct batch *batch)
{
	free(batch->buffer);
}

/* ---- documents that do not fit in memory ---- */

/* Walks over the lines up to the document's end and notes what the root map says about itself. */
struct survey {
	struct split_head head;
	char kind[LINE], version[LINE];
	char line[LINE]; /* start of the current line */
	size_t len;
	uint64_t end; /* offset behind the last complete line */
	uint32_t lines;
	bool done;
};

static void keep_text(struct str *text, char *copy)
{
	if (!text->at || text->at == copy)
		return;
	memcpy(copy, text->at, text->len);
	text->at = copy;
}

/* A line is complete; its end is at offset `end`. */
static void survey_line(struct survey *survey, uint64_t end)
{
	struct str line = {survey->line, survey->len};

	/* The document's own first line may be its "---". */
	if (survey->lines > 0 && split_is_marker(line)) {
		survey->done = true;
		return;
	}
	split_head_line(&survey->head, line);
	keep_text(&survey->head.kind, survey->kind);
	keep_text(&survey->head.version, survey->version);
	survey->len = 0;
	survey->end = end;
	survey->lines++;
}

static void survey_block(struct survey *survey, struct str block, uint64_t offset)
{
	size_t at = 0;

	while (at < block.len && !survey->done) {
		struct str rest = str_from_pos(block, at);
		size_t end = str_find(rest, '\n');
		struct str part = str_sub(rest, 0, end);
		size_t room = sizeof survey->line - survey->len;
		size_t len = part.len < room ? part.len : room;

		memcpy(survey->line + survey->len, part.at, len);
		survey->len += len;
		if (end == SIZE_MAX)
			return;
		at += end + 1;
		survey_line(survey, offset + at);
	}
}

static bool stream_document(struct feed *feed, struct batch *batch)
{
	struct survey survey = {.end = feed->offset};
	uint64_t offset = feed->offset;
	size_t got = 0;

	while (!survey.done && read_at(feed, offset, batch->buffer, batch->room, &got) && got) {
		survey_block(&survey, (struct str){batch->buffer, got}, offset);
		offset += got;
	}
	if (!survey.done)
		survey_line(&survey, offset);
	batch->streamed = true;
	batch->from = feed->offset;
	batch->to = survey.end;
	batch->is_list = survey.head.items;
	snprintf(batch->kind, sizeof batch->kind, "%.*s", STR_ARG(survey.head.kind));
	snprintf(batch->version, sizeof batch->version, "%.*s", STR_ARG(survey.head.version));
	feed->offset = survey.end;
	feed->line += survey.lines;
	feed->batches++;
	return !feed->failed;
}

/* ---- batches ---- */

bool feed_next(struct feed *feed, struct batch *batch)
{
	size_t have = 0, got = 0, cut = 0;

	batch->number = feed->batches;
	batch->line = feed->line;
	batch->streamed = false;
	for (size_t want = BATCH; cut == 0; want *= 2) {
		size_t room = make_room(feed, batch, want);

		if (!read_at(feed, feed->offset + have, batch->buffer + have, room - have, &got))
			return false;
		have += got;
		if (have == 0)
			return false;

		struct str text = {batch->buffer, have};
		bool end = have < room;

		if (end && have <= feed->document_bytes) {
			cut = have;
			break;
		}
		cut = split_last(text);
		if (cut == 0 && (have > feed->document_bytes ||
				 (have >= LIST_EARLY && feed_looks_like_list(text))))
			return stream_document(feed, batch);
	}
	batch->text = (struct str){batch->buffer, cut};
	feed->offset += cut;
	feed->line += split_lines(batch->text);
	feed->batches++;
	return true;
}
