#include "cli/listing.h"

#include "yaml/write.h"

void listing_add(struct listing *listing, struct listing_row row)
{
	ARENA_PUSH(listing->arena, listing->rows, listing->count, row);
}

static size_t cell_width(struct str cell)
{
	return cell.len ? cell.len : 1; /* an empty cell is shown as - */
}

static size_t column_width(const struct listing *listing, size_t column)
{
	size_t width = strlen(listing->heads[column]);

	for (size_t i = 0; i < listing->count; i++)
		if (cell_width(listing->rows[i].cells[column]) > width)
			width = cell_width(listing->rows[i].cells[column]);
	return width;
}

static void end_line(struct buf *buf)
{
	while (buf->len && buf->at[buf->len - 1] == ' ')
		buf->len--;
	buf_char(buf, '\n');
}

void listing_text(struct buf *buf, const struct listing *listing)
{
	size_t widths[LISTING_COLUMNS] = {0};

	for (size_t c = 0; c < listing->columns; c++)
		if (listing->heads[c]) {
			widths[c] = column_width(listing, c);
			buf_format(buf, "%-*s  ", (int)widths[c], listing->heads[c]);
		}
	end_line(buf);
	for (size_t i = 0; i < listing->count; i++) {
		for (size_t c = 0; c < listing->columns; c++) {
			struct str cell = listing->rows[i].cells[c];

			if (!listing->heads[c])
				continue;
			buf_str(buf, cell.len ? cell : STR("-"));
			buf_fill(buf, ' ', widths[c] - cell_width(cell) + 2);
		}
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
