#include "converters/places.h"

#include "base/str.h"

enum { PLACES_SHOWN = 3 };

struct str feature_places(struct arena *arena, enum feature feature)
{
	struct str text = {0};
	unsigned shown = 0;

	for (size_t i = 0; emitters[i] && shown < PLACES_SHOWN; i++) {
		struct capability cell = emitter_capability(emitters[i], feature);

		if (cell.support != SUPPORT_POLICY && cell.support != SUPPORT_APPROXIMATE)
			continue;
		text = str_format(arena, "%.*s%s%s: %s", STR_ARG(text), shown ? "; " : "",
				  emitters[i]->title, cell.where);
		shown++;
	}
	return text;
}
