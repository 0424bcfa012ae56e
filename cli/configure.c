#include "cli/configure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/paths.h"
#include "cli/repository.h"

#define PROJECT_FILE ".ingress2gw.yaml"

/* ---- the environment ---- */

/* "INGRESS2GW_FAIL_ON" for "fail-on". */
static const char *variable_of(struct arena *arena, const char *flag)
{
	char *name;
	struct str text = str_format(arena, "INGRESS2GW_%s", flag);

	name = arena_bytes(arena, text.len + 1);
	for (size_t i = 0; i <= text.len; i++) {
		char c = text.at[i];

		name[i] = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return name;
}

static bool read_environment(struct flag_parser *parser)
{
	const char *flag;
	struct error error;

	for (size_t i = 0; (flag = config_flag(i)); i++) {
		const char *variable = variable_of(parser->arena, flag);
		const char *value = getenv(variable);

		if (!value || !*value || flags_default(parser, flag, value, &error))
			continue;
		say_error("%s: %s", variable, error.text);
		return false;
	}
	flags_seal(parser);
	return true;
}

/* ---- files ---- */

static void explain(const struct cli *cli, const struct config *config)
{
	struct buf buf;

	buf_init(&buf);
	buf_text(&buf, "ingress2gw: ");
	config_explain(&buf, config, cli->err.width, cli->err.colour);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

static bool is_for(const char *command, const struct config_setting *setting)
{
	for (const char *const *at = setting->commands; at && *at; at++)
		if (strcmp(*at, command) == 0)
			return true;
	return !setting->commands;
}

/* Values that have to be one of some words are checked here, where their place is known. */
static bool check_word(struct config *config, const struct flag *flag,
		       const struct config_setting *setting)
{
	const char *words[32];
	size_t count = 0;
	const char *near;

	if (!flag->word || strcmp(flag->argument, "NAME") != 0)
		return true;
	while (count < sizeof words / sizeof *words && (words[count] = flag->word(count)))
		if (strcmp(words[count++], setting->value) == 0)
			return true;
	near = flags_nearest(words, count, str_from(setting->value));
	return config_refuse(config, setting->span,
			     str_format(config->arena,
					"unknown %s '%s'%s%s%s (ingress2gw list %ss)", flag->name,
					setting->value, near ? "; did you mean '" : "",
					near ? near : "", near ? "'?" : "", flag->name));
}

static bool apply(const struct cli *cli, struct config *config, struct flag_parser *parser,
		  const struct config_setting *setting)
{
	const struct flag *flag = flags_find(parser->places, str_from(setting->flag));
	struct error error;

	if (!flag || !is_for(cli->command, setting))
		return true;
	if (!check_word(config, flag, setting))
		return false;
	if (!flags_default(parser, setting->flag, setting->value, &error))
		return config_refuse(config, setting->span,
				     str_format(config->arena, "%s", error.text));
	return true;
}

static bool read_file(struct cli *cli, struct flag_parser *parser, const char *path)
{
	struct config config;
	bool ok = config_read(&config, &(struct source){.name = str_from(path), .path = path},
			      parser->arena);

	for (size_t i = 0; ok && i < config.count; i++)
		ok = apply(cli, &config, parser, &config.settings[i]);
	if (!ok)
		explain(cli, &config);
	else if (cli->global.verbose)
		fprintf(stderr, "Configured by %s.\n", path);
	config_finish(&config);
	flags_seal(parser);
	return ok;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

/* From the current directory up to the root of the repository; without one there is no further to go
 * than the current directory. */
static const char *find_project(struct arena *arena)
{
	struct repository repository = repository_find(arena);
	struct str at = repository.directory;

	while (at.len) {
		const char *path = str_format(arena, "%.*s/%s", STR_ARG(at), PROJECT_FILE).at;

		if (exists(path))
			return path_from(arena, repository.directory, str_from(path)).at;
		if (!repository.root.len || str_eq(at, repository.root) || at.len == 1)
			break;
		at = path_directory(arena, at);
	}
	return NULL;
}

static const char *find_user(struct arena *arena)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *path = NULL;

	if (base && *base)
		path = str_format(arena, "%s/ingress2gw/config.yaml", base).at;
	else if (home && *home)
		path = str_format(arena, "%s/.config/ingress2gw/config.yaml", home).at;
	return path && exists(path) ? path : NULL;
}

static const char *project_file(const struct cli *cli, struct arena *arena)
{
	const char *named = cli->global.config;

	if (!named || !*named)
		named = getenv("INGRESS2GW_CONFIG");
	return named && *named ? named : find_project(arena);
}

bool configure(struct cli *cli, struct flag_parser *parser)
{
	const char *project, *user;

	flags_seal(parser);
	if (!read_environment(parser))
		return false;
	if (cli->global.no_config)
		return true;
	project = project_file(cli, parser->arena);
	if (project) {
		cli->project = path_directory(parser->arena, str_from(project));
		if (!read_file(cli, parser, project))
			return false;
	}
	user = find_user(parser->arena);
	return !user || read_file(cli, parser, user);
}
