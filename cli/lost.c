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

bool lost_is_unusable(const struct finding *finding)
{
	struct str code = str_from(finding->code);

	return is_lost(finding) || str_is(code, "I2G105") || str_is(code, "I2G116") ||
	       str_is(code, "I2G132") || str_is(code, "I2G327") || str_is(code, "I2G329") ||
	       (str_is(code, "I2G108") && !finding->object.name.len);
}

void lost_collect(struct findings *to, const struct findings *findings, const char *code,
		  uint32_t shift)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding finding = findings->at[i];

		if (!lost_is_unusable(&finding) || (code && strcmp(finding.code, code) != 0))
			continue;
		finding.span.source += finding.span.line ? shift : 0;
		findings_add(to, finding);
	}
}

bool lost_say_empty(const struct sources *sources, size_t documents)
{
	bool piped = false;

	for (uint32_t i = 0; i < sources->count; i++)
		piped = piped || sources->at[i].file;
	if (documents || !piped)
		return false;
	say_error("there is no document in the input; did the command that writes it fail?");
	return true;
}

/* What "helm template" writes names none, and kubectl takes that of its context. */
static const char *namespace_hint(const struct kube_set *set)
{
	for (size_t i = 0; i < set->left_out_count; i++)
		if (!set->left_out[i]->meta.namespace_given)
			return " (without metadata.namespace an object is taken to be in "
			       "'default')";
	return "";
}

bool lost_say_unchosen(const struct convert_result *result, const struct convert_options *options,
		       size_t others)
{
	const struct kube_set *set = &result->set;

	if (set->left_out_count && !set->ingress_count)
		say_error("--namespace and --selector choose none of the %zu Ingresses in the "
			  "input%s",
			  set->left_out_count, namespace_hint(set));
	else if (options->class_count && set->ingress_count && !result->ingress_count)
		say_error("--ingress-class chooses none of the %zu Ingresses in the input",
			  set->ingress_count);
	else if (others && !set->ingress_count)
		say_error("--namespace chooses none of the %zu objects of Gateway API in the input",
			  others);
	else
		return false;
	return true;
}

void lost_say_no_ingress(const struct convert_result *result, const char *purpose)
{
	const struct kube_set *set = &result->set;

	if (set->ingress_count)
		say_error("there is no Ingress %s: none of the %zu in the input is converted "
			  "(ingress2gw lint says why)",
			  purpose, set->ingress_count);
	else if (set->left_out_count)
		say_error("there is no Ingress %s: --namespace and --selector choose none of the "
			  "%zu in the input",
			  purpose, set->left_out_count);
	else
		say_error("there is no Ingress %s in the input", purpose);
}
