#include "cli/convert_flags.h"
#include "cli/files.h"
#include "cli/outdir.h"

/* "concise=FILE" is for findings, a format alone for objects. */
static bool read_output(struct convert_request *request, const char *output)
{
	const char *equals = strchr(output, '=');

	if (equals && file_is_dash(equals + 1)) {
		say_error("-o %s: standard output is for the objects; --findings=%.*s prints the "
			  "findings on standard error",
			  output, (int)(equals - output), output);
		return false;
	}
	if (equals)
		return finding_output_add(&request->findings, output);
	for (size_t i = 0; convert_object_format(i); i++)
		if (strcmp(output, convert_object_format(i)) == 0) {
			request->options.format = (enum output_format)i;
			return true;
		}
	if (report_format_find(str_from(output)))
		say_error("-o %s is a format of findings, which go to a file: -o %s=FILE; "
			  "--findings=%s prints them on standard error",
			  output, output, output);
	else
		say_error("-o cannot be '%s'; it can be yaml, json or name", output);
	return false;
}

static bool read_outputs(struct convert_request *request)
{
	const struct convert_values *values = request->values;

	for (size_t i = 0; i < values->outputs.count; i++)
		if (!read_output(request, values->outputs.at[i]))
			return false;
	if (values->split && !values->output_dir)
		say_error("--split=role needs --output-dir");
	else if (values->output_dir && request->options.format == OUTPUT_NAME)
		say_error("-o name does not go together with --output-dir");
	else
		return true;
	return false;
}

static bool read_format(struct convert_request *request)
{
	const char *name = request->values->findings;

	if (!name || strcmp(name, "summary") == 0)
		return true;
	request->format = finding_format("--findings", str_from(name));
	return request->format;
}

/* Names of files are checked before anything is read. */
static bool check_places(const struct convert_request *request)
{
	const struct convert_values *values = request->values;
	struct error error;

	for (size_t i = 0; i < values->reports.count; i++) {
		const char *path = values->reports.at[i];

		if (file_is_dash(path) && !values->output_dir) {
			say_error("--report=- needs --output-dir: standard output is for the "
				  "objects");
			return false;
		}
		if (!file_is_dash(path) && !ledger_format_for(str_from(path))) {
			say_error("--report=%s: the name must end in .json or .txt", path);
			return false;
		}
	}
	if (values->output_dir && !outdir_check(values->output_dir, &error)) {
		say_error("%s", error.text);
		return false;
	}
	return true;
}

bool convert_read_flags(struct convert_request *request, const struct convert_values *values,
			struct cli *cli)
{
	*request = (struct convert_request){.values = values};
	if (!conversion_read(&values->conversion, &request->options, &cli->arena) ||
	    !finding_request_read(&request->findings, &values->judging, cli))
		return false;
	request->options.plan.comments = !values->no_comments;
	request->options.plan.copy_labels = values->copy_labels;
	return read_outputs(request) && read_format(request) && check_places(request);
}
