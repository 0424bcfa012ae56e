/* log.h - a line for each request.
 *
 * Lines of a turn of the loop are written together to standard output.
 */
#ifndef PROXY_LOG_H
#define PROXY_LOG_H

struct exchange;
struct worker;

void log_exchange(struct worker *worker, const struct exchange *exchange);
void log_flush(struct worker *worker);

#endif
