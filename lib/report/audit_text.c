/* An audit as text, and in Markdown for an issue or a pull request: the same tables, drawn in two ways.
 * Long tables are cut; html and json have every row. */
#include "report/audit_formats.h"
#include "report/audit_tables.h"
#include "report/clean.h"
#include "report/markup.h"

enum { ROWS_MOST = 20, CELL_MOST = 60 };

/* ---- text ---- */

struct column {
	size_t width;
	bool number;
};

static size_t cells_of(struct str text)
{
	size_t cells = 0;

	while (text.len)
		cells += glyph_next(&text).cells;
	return cells;
}

/* A cell as it is printed: clean, "-" when empty, cut when others stand behind it. */
static struct str text_cell(const struct audit *audit, const struct table *table, size_t row,
			    size_t column)
{
	struct str cell = table->rows[row].cells[column];
	bool cut = false;
	struct buf buf;

	if (!cell.len)
		return STR("-");
	if (column + 1 < table->columns)
		cell = markup_clip(cell, CELL_MOST, &cut);
	buf_init(&buf);
	clean_add(&buf, cell);
	buf_text(&buf, cut ? "..." : "");
	cell = str_dup(audit->arena, buf_slice(&buf));
	buf_finish(&buf);
	return cell;
}

static size_t shown_rows(const struct table *table)
{
	return table->count > ROWS_MOST ? ROWS_MOST : table->count;
}

static size_t column_width(const struct audit *audit, const struct table *table, size_t column)
{
	size_t width = strlen(table->heads[column]);

	for (size_t i = 0; i < shown_rows(table); i++) {
		size_t cells = cells_of(text_cell(audit, table, i, column));

		width = cells > width ? cells : width;
	}
	return width;
}

static void add_cell(struct buf *buf, struct str cell, struct column column, bool last)
{
	size_t cells = cells_of(cell), blanks = column.width - cells;

	if (column.number)
		buf_fill(buf, ' ', blanks);
	buf_str(buf, cell);
	if (!column.number && !last)
		buf_fill(buf, ' ', blanks);
	buf_text(buf, last ? "\n" : "  ");
}

static void add_table(struct buf *buf, const struct audit *audit, const struct table *table)
{
	struct column columns[TABLE_COLUMNS];

	for (size_t c = 0; c < table->columns; c++)
		columns[c] = (struct column){column_width(audit, table, c), table->numbers[c]};
	for (size_t c = 0; c < table->columns; c++)
		add_cell(buf, str_from(table->heads[c]), columns[c], c + 1 == table->columns);
	for (size_t i = 0; i < shown_rows(table); i++)
		for (size_t c = 0; c < table->columns; c++)
			add_cell(buf, text_cell(audit, table, i, c), columns[c],
				 c + 1 == table->columns);
	if (shown_rows(table) < table->count)
		buf_format(buf, "... and %zu more\n", table->count - shown_rows(table));
	buf_char(buf, '\n');
}

static void add_legend(struct buf *buf)
{
	for (int i = READINESS_READY; i < READINESS_KINDS; i++)
		buf_format(buf, "%-8s  %s\n", readiness_name((enum readiness)i),
			   readiness_meaning((enum readiness)i));
	buf_char(buf, '\n');
}

static void add_coverage(struct buf *buf, const struct audit *audit)
{
	if (!audit->annotation_uses)
		return;
	buf_format(buf, "%zu of %zu annotations keep their meaning (%.*s).\n", audit->covered,
		   audit->annotation_uses,
		   STR_ARG(audit_percent(audit->arena, audit->covered, audit->annotation_uses)));
}

void audit_text_write(struct buf *buf, const struct audit *audit)
{
	struct tables tables = audit_tables(audit);
	struct str subject = audit_subject(audit);

	for (size_t i = 0; i < tables.count; i++) {
		add_table(buf, audit, &tables.at[i]);
		if (i == 0)
			add_legend(buf);
	}
	clean_add(buf, audit->advice.headline);
	buf_text(buf, ": ");
	clean_add(buf, audit->advice.text);
	buf_char(buf, '\n');
	for (size_t i = 0; i < audit->advice.reason_count; i++) {
		buf_text(buf, "- ");
		clean_add(buf, audit->advice.reasons[i]);
		buf_char(buf, '\n');
	}
	buf_text(buf, audit->advice.reason_count ? "\n" : "");
	add_coverage(buf, audit);
	clean_add(buf, subject);
	if (audit->count)
		buf_format(buf, ".  %.*s ready.\n",
			   STR_ARG(audit_percent(audit->arena, audit->counts[READINESS_READY],
						 audit->count)));
	else
		buf_text(buf, ".\n");
}

/* ---- Markdown ---- */

static void markdown_table(struct buf *buf, const struct table *table)
{
	buf_format(buf, "#### %s\n\n", table->title);
	if (table->note)
		buf_format(buf, "%s\n\n", table->note);
	for (size_t c = 0; c < table->columns; c++)
		buf_format(buf, "%s %c%s", c ? " |" : "|", table->heads[c][0], table->heads[c] + 1);
	buf_text(buf, " |\n");
	for (size_t c = 0; c < table->columns; c++)
		buf_text(buf, table->numbers[c] ? "|---:" : "|---");
	buf_text(buf, "|\n");
	for (size_t i = 0; i < shown_rows(table); i++) {
		for (size_t c = 0; c < table->columns; c++) {
			buf_text(buf, c ? " | " : "| ");
			markup_markdown(buf, table->rows[i].cells[c]);
		}
		buf_text(buf, " |\n");
	}
	if (shown_rows(table) < table->count)
		buf_format(buf, "\n... and %zu more\n", table->count - shown_rows(table));
	buf_char(buf, '\n');
}

void audit_markdown_write(struct buf *buf, const struct audit *audit)
{
	const struct audit_advice *advice = &audit->advice;
	struct tables tables = audit_tables(audit);

	buf_text(buf, "### Migration readiness\n\n");
	markup_markdown(buf, audit_subject(audit));
	if (audit->count)
		buf_format(buf, ": **%.*s ready** (%zu ready, %zu to review, %zu blocked)",
			   STR_ARG(audit_percent(audit->arena, audit->counts[READINESS_READY],
						 audit->count)),
			   audit->counts[READINESS_READY], audit->counts[READINESS_REVIEW],
			   audit->counts[READINESS_BLOCKED]);
	buf_text(buf, ".\n\n**");
	markup_markdown(buf, advice->headline);
	buf_text(buf, ".** ");
	markup_markdown(buf, advice->text);
	buf_text(buf, "\n\n");
	for (size_t i = 0; i < advice->reason_count; i++) {
		buf_text(buf, "- ");
		markup_markdown(buf, advice->reasons[i]);
		buf_char(buf, '\n');
	}
	buf_text(buf, advice->reason_count ? "\n" : "");
	for (size_t i = 0; i < tables.count; i++)
		markdown_table(buf, &tables.at[i]);
}
