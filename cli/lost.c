#include "cli/lost.h"

#include "cli/say.h"
#include "kube/load.h"

size_t lost_say(const struct findings *findings, const struct sources *sources)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->at[i];
		struct str name = source_name(sources, finding->span.source);

		if (!kube_is_lost_document(finding))
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
		if (kube_is_lost_document(&findings->at[i]))
			findings_add(to, findings->at[i]);
}
