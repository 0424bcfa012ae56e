#include "cli/listing.h"

#include "yaml/write.h"

void listing_add(struct listing *listing, struct listing_row row)
{
	ARENA_PUSH(listing->arena, listing->rows, listing->count, row);
}

enum { CELL_MOST = 44 };

/* Whether nothing is shown behind this column. */
static bool is_last(const struct listing *listing, size_t column)
{
	while (++column < listing->columns)
		if (listing->heads[column])
			return false;
	return true;
}

/* A cell as text: "-" when empty, cut when others stand behind it. JSON has the whole. */
static struct str cell_text(const struct listing *listing, size_t row, size_t column)
{
	struct str cell = listing->rows[row].cells[column];

	if (!cell.len)
		return STR("-");
	if (listing->whole || cell.len <= CELL_MOST || is_last(listing, column))
		return cell;
	return str_format(listing->arena, "%.*s...", CELL_MOST - 3, cell.at);
}

static size_t column_width(const struct listing *listing, size_t column)
{
	size_t width = strlen(listing->heads[column]);

	for (size_t i = 0; i < listing->count; i++) {
		size_t len = cell_text(listing, i, column).len;

		if (len > width)
			width = len;
	}
	return width;
}

static void end_line(struct buf *buf)
{
	while (buf->len && buf->at[buf->len - 1] == ' ')
		buf->len--;
	buf_char(buf, '\n');
}

static void add_cell(struct buf *buf, struct str cell, size_t width)
{
	buf_str(buf, cell);
	buf_fill(buf, ' ', width - cell.len + 2);
}

void listing_text(struct buf *buf, const struct listing *listing)
{
	size_t widths[LISTING_COLUMNS] = {0};

	for (size_t c = 0; c < listing->columns; c++)
		if (listing->heads[c]) {
			widths[c] = column_width(listing, c);
			add_cell(buf, str_from(listing->heads[c]), widths[c]);
		}
	end_line(buf);
	for (size_t i = 0; i < listing->count; i++) {
		for (size_t c = 0; c < listing->columns; c++)
			if (listing->heads[c])
				add_cell(buf, cell_text(listing, i, c), widths[c]);
		end_line(buf);
	}
}

void listing_json(struct buf *buf, const struct listing *listing)
{
	buf_format(buf, "{\"version\":1,\"%s\":[", listing->name);
	for (size_t i = 0; i < listing->count; i++) {
		buf_text(buf, i ? ",\n  {" : "\n  {");
		for (size_t c = 0; c < listing->columns; c++) {
			buf_format(buf, "%s\"%s\":", c ? "," : "", listing->keys[c]);
			json_write_string(buf, listing->rows[i].cells[c]);
		}
		buf_char(buf, '}');
	}
	buf_text(buf, "]}\n");
}
