/* audit_formats.h - the write functions of audits, for the table in audit_formats.c.
 */
#ifndef REPORT_AUDIT_FORMATS_H
#define REPORT_AUDIT_FORMATS_H

#include "report/audit.h"

void audit_html_write(struct buf *buf, const struct audit *audit);
void audit_json_write(struct buf *buf, const struct audit *audit);
void audit_markdown_write(struct buf *buf, const struct audit *audit);
void audit_text_write(struct buf *buf, const struct audit *audit);

#endif
