#include "check/codes.h"

enum { NEAR = 2 };

static const struct str conversion[] = {
	STR_INIT("I2G1"),  STR_INIT("I2G20"), STR_INIT("I2G21"), STR_INIT("I2G22"),
	STR_INIT("I2G23"), STR_INIT("I2G24"), STR_INIT("I2G25"), STR_INIT("I2G3"),
	STR_INIT("I2G4"),  STR_INIT("I2G50"), STR_INIT("I2G51"), STR_INIT("I2G60"),
	STR_INIT("I2G69"),
};
static const struct str gateway[] = {
	STR_INIT("I2G26"), STR_INIT("I2G27"), STR_INIT("I2G28"), STR_INIT("I2G29"),
	STR_INIT("I2G52"), STR_INIT("I2G61"), STR_INIT("I2G62"), STR_INIT("I2G63"),
};

const struct codes codes_of_conversion = {conversion, sizeof conversion / sizeof *conversion};
const struct codes codes_of_gateway = {gateway, sizeof gateway / sizeof *gateway};

bool code_fits(struct str word, const struct rule *rule)
{
	struct str start = str_sub(str_from(rule->code), 0, word.len);

	if (word.len >= 3 && word.len <= strlen(rule->code) && str_eq_nocase(word, start))
		return true;
	return str_is(word, rule->name);
}

bool code_is_known(struct str word)
{
	for (size_t i = 0; i < rule_count; i++)
		if (code_fits(word, &rules[i]))
			return true;
	return false;
}

const char *code_nearest(struct str word)
{
	const char *best = NULL;
	unsigned least = NEAR + 1;

	for (size_t i = 0; i < rule_count; i++) {
		const char *const names[] = {rules[i].name, rules[i].code};

		/* Half of the letters exchanged is another word; any code is near any other. */
		for (size_t j = 0; j < 2; j++) {
			unsigned most = j ? 1 : NEAR;
			unsigned distance = str_distance(word, str_from(names[j]), most);

			if (distance <= most && distance < least && distance * 2 <= word.len) {
				best = names[j];
				least = distance;
			}
		}
	}
	return best;
}

bool codes_have(const struct codes *codes, const struct rule *rule)
{
	for (size_t i = 0; i < codes->count; i++)
		if (code_fits(codes->words[i], rule))
			return true;
	return false;
}
