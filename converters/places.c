#include "converters/places.h"

#include "base/str.h"

enum { PLACES_SHOWN = 3 };

static void add_places(struct arena *arena, enum feature feature, enum support wanted,
		       struct str *text, unsigned *shown)
{
	for (size_t i = 0; emitters[i] && *shown < PLACES_SHOWN; i++) {
		struct capability cell = emitter_capability(emitters[i], feature);

		if (cell.support != wanted)
			continue;
		*text = str_format(arena, "%.*s%s%s: %s", STR_ARG(*text), *shown ? "; " : "",
				   emitters[i]->title, cell.where);
		++*shown;
	}
}

bool feature_has_place(enum feature feature)
{
	for (size_t i = 0; emitters[i]; i++) {
		enum support support = emitter_capability(emitters[i], feature).support;

		if (support == SUPPORT_POLICY || support == SUPPORT_APPROXIMATE)
			return true;
	}
	return false;
}

struct str feature_places(struct arena *arena, enum feature feature)
{
	struct str text = {0};
	unsigned shown = 0;

	add_places(arena, feature, SUPPORT_POLICY, &text, &shown);
	add_places(arena, feature, SUPPORT_APPROXIMATE, &text, &shown);
	return text;
}
