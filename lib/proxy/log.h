/* log.h - a line for each request.
 *
 * Lines of a turn of the loop are written together to standard output.
 */
#ifndef PROXY_LOG_H
#define PROXY_LOG_H

struct buf;
struct exchange;
struct worker;

/* The line for people, with its end. */
void log_text(struct buf *out, const struct exchange *exchange);

void log_exchange(struct worker *worker, const struct exchange *exchange);
void log_flush(struct worker *worker);

#endif
