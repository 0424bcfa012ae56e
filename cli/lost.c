#include "cli/lost.h"

#include "cli/say.h"
#include "kube/load.h"

/* A Gateway API object that no CRD would let in (I2G617) is left out as a document is. */
static bool is_lost(const struct finding *finding)
{
	return kube_is_lost_document(finding) || str_is(str_from(finding->code), "I2G617");
}

size_t lost_say(const struct findings *findings, const struct sources *sources)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->at[i];
		struct str name = source_name(sources, finding->span.source);

		if (!is_lost(finding))
			continue;
		say_error("%.*s:%u:%u: %.*s [%s]", STR_ARG(name), finding->span.line,
			  finding->span.column, STR_ARG(finding->message), finding->code);
		count++;
	}
	if (count)
		say_error("%zu document%s could not be read", count, count == 1 ? "" : "s");
	return count;
}

void lost_add(struct findings *to, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (is_lost(&findings->at[i]))
			findings_add(to, findings->at[i]);
}
