/* secret.h - what of a request or an answer must not stand in reports and recordings. Private to
 * lib/compare.
 *
 * Values of headers that carry credentials, user and password in a URL, and query parameters that are
 * credentials by their usual names. Their values become "REDACTED"; names stay. What the program made
 * itself (generated probes) holds nothing but values of the input's own matches: its cookies and
 * queries stay.
 */
#ifndef COMPARE_SECRET_H
#define COMPARE_SECRET_H

#include "base/arena.h"
#include "base/buf.h"

#define SECRET_REDACTED "REDACTED"

/* Authorization, Cookie, X-Api-Key, and every name with a word such as "token"; case is ignored. */
bool secret_header(struct str name);

/* The value of a header as it may be shown: the scheme of Authorization and the names of cookies stay
 * ("Basic REDACTED", "sid=REDACTED; Path=/"). A slice of `value`, or made in the arena. Showing what was
 * shown before changes nothing. */
struct str secret_header_value(struct arena *arena, struct str name, struct str value);

/* A request target, URL or Location without credentials. A slice of `target`, or made in the arena. */
struct str secret_target(struct arena *arena, struct str target);

/* A body: where it is a form, as secret_target() does with a query; a string of JSON behind the name of a credential
 * likewise. A slice of `body`, or made in the arena. */
struct str secret_body(struct arena *arena, struct str body);

/* Calls `take` with what secret_target() would not show: user and password, values of parameters. */
void secret_parts(struct str target, void (*take)(void *user, struct str part), void *user);

/* The same for secret_body(). */
void secret_form_parts(struct str body, void (*take)(void *user, struct str part), void *user);

#endif
