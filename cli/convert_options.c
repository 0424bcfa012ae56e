#include "cli/convert_flags.h"
#include "cli/outdir.h"

static bool unknown_word(const char *what, const char *given, const char *(*word)(size_t))
{
	const char *words[32];
	size_t count = 0;

	while (count < sizeof words / sizeof *words && (words[count] = word(count)))
		count++;

	const char *near = flags_nearest(words, count, str_from(given));

	if (near)
		say_error("unknown %s '%s'; did you mean '%s'? (ingress2gw list %ss)", what, given,
			  near, what);
	else
		say_error("unknown %s '%s' (ingress2gw list %ss)", what, given, what);
	return false;
}

/* Several providers mean the same as auto: each Ingress is detected. */
static bool read_providers(struct convert_request *request)
{
	const struct texts *names = &request->values->providers;

	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->at[i], "auto") == 0)
			continue;
		request->options.provider = provider_find(str_from(names->at[i]));
		if (!request->options.provider)
			return unknown_word("provider", names->at[i], word_provider);
	}
	if (names->count != 1)
		request->options.provider = NULL;
	return true;
}

static bool read_emitter(struct convert_request *request)
{
	const char *name = request->values->emitter;

	if (!name)
		return true;
	request->options.emitter = emitter_find(str_from(name));
	return request->options.emitter || unknown_word("emitter", name, word_emitter);
}

static bool read_gateway(struct convert_request *request)
{
	struct str name = str_from(request->values->gateway);
	size_t slash = str_find(name, '/');

	if (!name.len)
		return true;
	if (slash == SIZE_MAX || slash == 0 || slash + 1 == name.len) {
		say_error("--gateway takes NS/NAME, not '%s'", request->values->gateway);
		return false;
	}
	request->options.plan.gateway_exists = true;
	request->options.plan.gateway_namespace = str_sub(name, 0, slash);
	request->options.plan.gateway_name = str_from_pos(name, slash + 1);
	return true;
}

static bool read_findings_file(struct convert_request *request, const char *output, size_t equals)
{
	struct str name = {output, equals};
	struct findings_file file = {report_format_find(name), output + equals + 1};

	if (!file.format || output[equals + 1] == '\0') {
		say_error("-o '%s' is not FORMAT=FILE with the format text, concise or json",
			  output);
		return false;
	}
	ARENA_PUSH(request->arena, request->files, request->file_count, file);
	return true;
}

static bool read_output(struct convert_request *request, const char *output)
{
	size_t equals = str_find(str_from(output), '=');

	if (equals != SIZE_MAX)
		return read_findings_file(request, output, equals);
	for (size_t i = 0; convert_object_format(i); i++)
		if (strcmp(output, convert_object_format(i)) == 0) {
			request->options.format = (enum output_format)i;
			return true;
		}
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
	else if (values->all_namespaces && values->namespace)
		say_error("-n and -A exclude each other");
	else
		return true;
	return false;
}

static bool is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Names of files are checked before anything is read. */
static bool check_places(const struct convert_request *request)
{
	const struct convert_values *values = request->values;
	struct error error;

	for (size_t i = 0; i < values->reports.count; i++) {
		const char *path = values->reports.at[i];

		if (is_dash(path) && !values->output_dir) {
			say_error("--report=- needs --output-dir: standard output is for the "
				  "objects");
			return false;
		}
		if (!is_dash(path) && !ledger_format_for(str_from(path))) {
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

static struct str *slices(struct arena *arena, const struct texts *texts)
{
	struct str *list = arena_array(arena, struct str, texts->count + 1);

	for (size_t i = 0; i < texts->count; i++)
		list[i] = str_from(texts->at[i]);
	return list;
}

bool convert_read_flags(struct convert_request *request, const struct convert_values *values,
			struct arena *arena)
{
	struct convert_options *options = &request->options;

	*request = (struct convert_request){.values = values, .arena = arena};
	options->load.namespace = str_from(values->namespace);
	options->load.selector = str_from(values->selector);
	options->load.threads = (unsigned)values->threads;
	options->classes = slices(arena, &values->classes);
	options->class_count = values->classes.count;
	options->controller_config = str_from(values->controller_config);
	options->default_certificate = str_from(values->default_certificate);
	options->allow_unguarded = values->allow_unguarded;
	options->plan.gateway_class = str_from(values->gateway_class);
	options->plan.gateway_namespace = str_from(values->gateway_namespace);
	options->plan.topology = values->topology ? TOPOLOGY_NAMESPACE : TOPOLOGY_SHARED;
	options->plan.listener_sets = values->listeners;
	options->plan.experimental = values->channel;
	options->plan.comments = !values->no_comments;
	options->plan.copy_labels = values->copy_labels;
	return read_providers(request) && read_emitter(request) && read_gateway(request) &&
	       read_outputs(request) && check_places(request);
}
