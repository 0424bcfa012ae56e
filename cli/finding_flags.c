#include "cli/finding_flags.h"

#include "cli/files.h"
#include "cli/finding_baseline.h"

static const char *const thresholds[] = {"error", "warning", "info", "never", NULL};

const char *word_format(size_t index)
{
	return index < report_format_count ? report_formats[index].name : NULL;
}

const char *word_code(size_t index)
{
	return index < rule_count ? rules[index].code : NULL;
}

#define AT(field) .offset = offsetof(struct finding_values, field)

static const struct flag flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_LIST,
		.argument = "FORMAT[=FILE]",
		.word = word_format,
		.help = "format of the findings: text (default), or one of 'ingress2gw help "
			"formats'",
		.more = "With a file, as in sarif=findings.sarif, they are written there. May be "
			"given several times; one format may go to standard output.",
		AT(outputs),
	},
	{
		.name = "fail-on",
		.kind = FLAG_CHOICE,
		.choices = thresholds,
		.help = "end with status 1 on findings of this severity or above",
		AT(fail_on),
	},
	{
		.name = "select",
		.kind = FLAG_COMMAS,
		.argument = "CODES",
		.word = word_code,
		.help = "only findings with these codes",
		.more = "A code, its name, or the beginning of a code: I2G3 stands for all about "
			"access. May be given several times; commas separate several.",
		AT(select),
	},
	{
		.name = "ignore",
		.kind = FLAG_COMMAS,
		.argument = "CODES",
		.word = word_code,
		.help = "count no findings with these codes; written as for --select",
		AT(ignore),
	},
	{
		.name = "severity",
		.kind = FLAG_COMMAS,
		.argument = "CODE=LEVEL",
		.word = word_code,
		.help = "count a code as error, warning or info",
		.more = "I2G401=error; a longer code wins over the beginning of one, else the "
			"last one counts. May be given several times.",
		AT(severities),
	},
	{
		.name = "per-path",
		.kind = FLAG_LIST,
		.argument = "GLOB=CODES",
		.help = "count no findings with these codes in files that fit the pattern",
		.more = "As in 'legacy/**=I2G2,I2G401'. Names are compared as they look from the "
			"directory of the project's configuration file, or without one from the "
			"current directory. May be given several times.",
		AT(paths),
	},
	{
		.name = "baseline",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "count only findings that this file does not have",
		.more = "Findings are known by rule, object and field, so moved lines and files do "
			"not bring them back. What the file has and is gone is finding I2G903. An "
			"empty "
			"name means none, whatever the configuration says.",
		AT(baseline),
	},
	{
		.name = "update-baseline",
		.kind = FLAG_SWITCH,
		.help = "write the findings there are now into the baseline",
		.more = "Findings in files that are not read now stay in it.",
		AT(update_baseline),
	},
	{
		.name = "prune-baseline",
		.kind = FLAG_SWITCH,
		.help = "take what is gone out of the baseline",
		AT(prune_baseline),
	},
};

enum { FLAGS = sizeof flags / sizeof *flags };

const struct flag_group finding_flags = {"Findings", flags, FLAGS};
const struct flag_group judging_flags = {"Findings", flags + 1, FLAGS - 1};
const struct flag_group weighing_flags = {"Findings", flags + 2, 4};

/* ---- reading them ---- */

static bool unknown_code(const char *flag, struct str word)
{
	const char *near = code_nearest(word);

	if (near)
		say_error("--%s: no rule is called '%.*s'; did you mean '%s'?", flag, STR_ARG(word),
			  near);
	else
		say_error("--%s: no rule is called '%.*s' (ingress2gw list rules)", flag,
			  STR_ARG(word));
	return false;
}

static bool read_codes(struct finding_request *request, const char *flag, const struct texts *texts,
		       struct codes *codes)
{
	struct str *words = arena_array(&request->cli->arena, struct str, texts->count + 1);

	for (size_t i = 0; i < texts->count; i++) {
		words[i] = str_trim(str_from(texts->at[i]));
		if (!code_is_known(words[i]))
			return unknown_code(flag, words[i]);
	}
	*codes = (struct codes){words, texts->count};
	return true;
}

struct override {
	struct str word;
	enum severity severity;
};

static bool read_override(const char *text, struct override *override)
{
	struct str whole = str_from(text);
	size_t equals = str_find(whole, '=');
	struct str level = equals == SIZE_MAX ? STR("") : str_from_pos(whole, equals + 1);

	override->word = str_trim(str_sub(whole, 0, equals));
	if (!severity_find(str_trim(level), &override->severity)) {
		say_error("--severity takes CODE=LEVEL with the level error, warning or info, not "
			  "'%s'",
			  text);
		return false;
	}
	return code_is_known(override->word) || unknown_code("severity", override->word);
}

/* The more a word says, the later it is applied: I2G401=error stands beside I2G4=info. */
static void apply(struct finding_request *request, const struct override *overrides, size_t count,
		  size_t length)
{
	for (size_t i = 0; i < count; i++)
		for (size_t r = 0; overrides[i].word.len == length && r < rule_count; r++)
			if (code_fits(overrides[i].word, &rules[r]))
				levels_set(&request->gate.levels, &request->cli->arena, &rules[r],
					   overrides[i].severity);
}

static bool read_severities(struct finding_request *request)
{
	const struct texts *texts = &request->values->severities;
	struct override *overrides =
		arena_array(&request->cli->arena, struct override, texts->count + 1);
	size_t longest = 0;

	for (size_t i = 0; i < texts->count; i++) {
		if (!read_override(texts->at[i], &overrides[i]))
			return false;
		if (overrides[i].word.len > longest)
			longest = overrides[i].word.len;
	}
	for (size_t length = 1; length <= longest; length++)
		apply(request, overrides, texts->count, length);
	return true;
}

static const struct output_formats formats = {"there is", word_format};

const struct report_format *finding_format(const char *flag, struct str name)
{
	size_t index = output_format_find(&formats, flag, name);

	return index == SIZE_MAX ? NULL : &report_formats[index];
}

bool finding_output_add(struct finding_request *request, const char *text)
{
	return outputs_add(&request->outputs, text, &formats, &request->cli->arena);
}

static bool read_outputs(struct finding_request *request)
{
	const struct texts *texts = &request->values->outputs;

	for (size_t i = 0; i < texts->count; i++)
		if (!finding_output_add(request, texts->at[i]))
			return false;
	return true;
}

/* "GLOB=CODES"; codes have no equals sign, file names may. */
static bool read_path(struct finding_request *request, const char *text)
{
	const char *equals = strrchr(text, '=');
	struct texts words = {0};
	struct finding_path path;
	struct str rest, word;
	bool more = true;

	if (!equals || equals == text || !equals[1]) {
		say_error("--per-path takes GLOB=CODES, not '%s'", text);
		return false;
	}
	rest = str_from(equals + 1);
	while (str_split(&rest, ',', &more, &word))
		ARENA_PUSH(&request->cli->arena, words.at, words.count,
			   str_dup(&request->cli->arena, str_trim(word)).at);
	path.glob = str_dup(&request->cli->arena, (struct str){text, (size_t)(equals - text)}).at;
	if (!read_codes(request, "per-path", &words, &path.codes))
		return false;
	ARENA_PUSH(&request->cli->arena, request->paths, request->path_count, path);
	return true;
}

static bool read_paths(struct finding_request *request)
{
	const struct texts *texts = &request->values->paths;

	for (size_t i = 0; i < texts->count; i++)
		if (!read_path(request, texts->at[i]))
			return false;
	return true;
}

bool finding_request_read(struct finding_request *request, const struct finding_values *values,
			  struct cli *cli)
{
	*request = (struct finding_request){.values = values, .cli = cli};
	suppressions_init(&request->suppressions, &cli->arena);
	request->gate.suppressions = &request->suppressions;
	return read_outputs(request) &&
	       read_codes(request, "select", &values->select, &request->gate.select) &&
	       read_codes(request, "ignore", &values->ignore, &request->gate.ignore) &&
	       read_severities(request) && read_paths(request) && finding_baseline_read(request);
}
