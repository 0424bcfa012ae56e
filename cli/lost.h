/* lost.h - documents that could not be read, and Gateway API objects that are left out because they have
 * another shape than their CRD says, for commands whose answer is not a list of findings.
 */
#ifndef CLI_LOST_H
#define CLI_LOST_H

#include "base/finding.h"
#include "converters/convert.h"

/* Says each of these documents on standard error, with its place, and returns how many there are. An
 * answer that leaves them out is not the whole one: the command may not end with status 0. */
size_t lost_say(const struct findings *findings, const struct sources *sources);

/* Whether a comparison holds less than the input because of this finding: documents and objects as above,
 * values that the API server refuses (I2G105), objects without a name (I2G108), Ingresses that the
 * controller ignores (I2G116), a ConfigMap of the controller's that is not known (I2G132), Services whose
 * upstream depends on the age of Ingresses (I2G327), guards of Ingresses that were left out (I2G329). What runs in the cluster is something else, and nothing is proven of it. */
bool lost_is_unusable(const struct finding *finding);

/* Adds those to `to`, with `shift` sources in front of theirs. `code`: only those with this one; NULL: all. */
void lost_collect(struct findings *to, const struct findings *findings, const char *code,
		  uint32_t shift);

/* Says on standard error that nothing came through a pipe, which mostly means that the command in front of it
 * failed; returns whether it is so. A file may be empty: pre-commit names each that was changed. */
bool lost_say_empty(const struct sources *sources, size_t documents);

/* Says on standard error that flags which choose leave nothing of what the input has, and returns whether
 * they do; others: objects of other kinds than Ingress that they leave out, where none of them is left. */
bool lost_say_unchosen(const struct convert_result *result, const struct convert_options *options,
		       size_t others);

/* Why there is no Ingress to work with, on standard error: there is none among the documents, --namespace and
 * --selector choose none, or none is converted. `purpose`: "to compare", "to plan for". */
void lost_say_no_ingress(const struct convert_result *result, const char *purpose);

#endif
