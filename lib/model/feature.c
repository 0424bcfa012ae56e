#include "model/feature.h"

struct feature_row {
	const char *name, *words;
	bool guard;
};

/* clang-format off */
#define FEATURE_ROW(id, words, guard) [FEATURE_##id] = {#id, words, guard},
static const struct feature_row rows[FEATURE_KINDS] = {
	[FEATURE_NONE] = {"NONE", "nothing", false},
	FEATURES(FEATURE_ROW)
};
#undef FEATURE_ROW
/* clang-format on */

const char *feature_words(enum feature feature)
{
	return rows[feature].words;
}

bool feature_guards(enum feature feature)
{
	return rows[feature].guard;
}

const char *feature_name(enum feature feature)
{
	return rows[feature].name;
}
