/* workflow.h - the parts of GitHub's workflow commands, which become annotations of a pull request:
 * "::error file=a.yaml,line=3,title=...::message". Shared by the formats named github.
 */
#ifndef REPORT_WORKFLOW_H
#define REPORT_WORKFLOW_H

#include "base/buf.h"
#include "base/source.h"

/* A step may make so many errors, as many warnings and as many notices; GitHub drops what comes later without a
 * word. */
enum { WORKFLOW_ANNOTATIONS = 10 };

/* "file=...,line=3,endLine=3,col=5,endColumn=9,": the place of a span that has a line, in the file of that path
 * from the repository's root. Columns only where the span has some. */
void workflow_place(struct buf *buf, struct str path, struct span span);

/* "title=...", of a text of other people. */
void workflow_title(struct buf *buf, struct str title);

/* What stands behind "::", of a text that went through clean_add(); cut where nobody reads on. */
void workflow_message(struct buf *buf, struct str clean);

#endif
