#include "check/rules.h"

#include "base/bug.h"

/* ERROR: behaviour or protection is lost, or the API server would not take the input. WARNING: some
 * requests may be answered differently. INFO: hardly anybody can tell, or it was done on purpose. */
#define ERROR SEVERITY_ERROR
#define WARNING SEVERITY_WARNING
#define INFO SEVERITY_INFO

/* In what the answers may differ that a finding explains. */
#define NOTHING 0
#define ANSWER ROUTE_DIFFERS_ANSWER
#define LOCATION ROUTE_DIFFERS_LOCATION
#define BACKENDS ROUTE_DIFFERS_BACKENDS
#define PATH ROUTE_DIFFERS_PATH
#define HOST ROUTE_DIFFERS_HOST
#define QUERY ROUTE_DIFFERS_QUERY
#define REQUEST ROUTE_DIFFERS_REQUEST
#define RESPONSE ROUTE_DIFFERS_RESPONSE
#define PROTOCOL ROUTE_DIFFERS_PROTOCOL
#define CERTIFICATE ROUTE_DIFFERS_CERTIFICATE
#define GUARD ROUTE_DIFFERS_GUARD
#define MIRROR ROUTE_DIFFERS_MIRROR
#define TIMEOUTS ROUTE_DIFFERS_TIMEOUTS
#define BODY ROUTE_DIFFERS_BODY
#define RETRY ROUTE_DIFFERS_RETRY
#define SESSION ROUTE_DIFFERS_SESSION
#define CORS ROUTE_DIFFERS_CORS
#define WEIGHTS ROUTE_DIFFERS_WEIGHTS
#define PAGES ROUTE_DIFFERS_PAGES
/* Another rule, or none. */
#define ROUTED                                                                                     \
	(ANSWER | LOCATION | BACKENDS | WEIGHTS | PATH | HOST | QUERY | REQUEST | RESPONSE |       \
	 CORS | PROTOCOL | MIRROR | ROUTE_DIFFERS_POLICY)

/* Rows stand in a file for each hundred. */
const struct rule rules[] = {
/* clang-format off */
#include "check/rules_input.inc"
#include "check/rules_routing.inc"
#include "check/rules_access.inc"
#include "check/rules_traffic.inc"
#include "check/rules_tls.inc"
#include "check/rules_output.inc"
#include "check/rules_differences.inc"
#include "check/rules_suppressions.inc"
	/* clang-format on */
};

const size_t rule_count = sizeof rules / sizeof *rules;

const struct rule *rule_find(struct str code_or_name)
{
	for (size_t i = 0; i < rule_count; i++)
		if (str_is_nocase(code_or_name, rules[i].code) ||
		    str_is(code_or_name, rules[i].name))
			return &rules[i];
	return NULL;
}

/* "I2G103" is 103. */
static int code_number(const char *code)
{
	return strlen(code) == 6 ? (code[3] - '0') * 100 + (code[4] - '0') * 10 + code[5] - '0'
				 : -1;
}

/* Codes are sorted: reports ask for the row of every finding. */
static const struct rule *find_code(const char *code)
{
	size_t low = 0, high = rule_count;
	int number = code_number(code);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int here = code_number(rules[middle].code);

		if (number == here)
			return strcmp(code, rules[middle].code) == 0 ? &rules[middle] : NULL;
		if (number < here)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct rule *rule_of(const struct finding *finding)
{
	const struct rule *rule = find_code(finding->code);

	if (!rule)
		BUG("no rule has the code %s", finding->code);
	return rule;
}

unsigned rule_explains(const char *code)
{
	const struct rule *rule = find_code(code);

	return rule ? rule->explains : 0;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return names[severity];
}

void findings_count(const struct findings *findings, size_t counts[3])
{
	counts[SEVERITY_INFO] = counts[SEVERITY_WARNING] = counts[SEVERITY_ERROR] = 0;
	for (size_t i = 0; i < findings->count; i++)
		counts[rule_of(&findings->at[i])->severity]++;
}
