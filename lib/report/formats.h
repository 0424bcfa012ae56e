/* formats.h - the write functions of the formats, for the table in formats.c.
 */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

void concise_write(struct buf *buf, const struct report *report);
void github_write(struct buf *buf, const struct report *report);
void gitlab_write(struct buf *buf, const struct report *report);
void html_write(struct buf *buf, const struct report *report);
void json_report_write(struct buf *buf, const struct report *report);
void junit_write(struct buf *buf, const struct report *report);
void markdown_write(struct buf *buf, const struct report *report);
void sarif_write(struct buf *buf, const struct report *report);
void tap_write(struct buf *buf, const struct report *report);
void text_write(struct buf *buf, const struct report *report);

#endif
