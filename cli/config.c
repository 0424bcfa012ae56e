#include "cli/config.h"

#include "check/codes.h"
#include "check/levels.h"
#include "cli/flags.h"
#include "cli/paths.h"
#include "report/clean.h"
#include "report/excerpt.h"
#include "yaml/stream.h"

/* What a value looks like. */
enum shape {
	SHAPE_TEXT,
	SHAPE_PATH, /* relative to the file */
	SHAPE_LIST, /* or one text */
	SHAPE_CODES,
	SHAPE_LEVELS, /* CODE: LEVEL */
	SHAPE_PATHS,  /* GLOB: {ignore: CODES} */
};

/* convert ends with status 1 when something was lost, whatever lint calls a failure, and others have
 * thresholds of their own. */
static const char *const linters[] = {"lint", "validate", NULL};

/* By section, then by name. */
static const struct key {
	const char *section, *name; /* section "": at the top */
	const char *full, *flag;
	enum shape shape;
	const char *const *commands; /* see struct config_setting */
} keys[] = {
	{"", "baseline", "baseline", "baseline", SHAPE_PATH, NULL},
	{"convert", "channel", "convert.channel", "channel", SHAPE_TEXT, NULL},
	{"convert", "controller-config", "convert.controller-config", "controller-config",
	 SHAPE_TEXT, NULL},
	{"convert", "default-ssl-certificate", "convert.default-ssl-certificate",
	 "default-ssl-certificate", SHAPE_TEXT, NULL},
	{"convert", "emitter", "convert.emitter", "emitter", SHAPE_TEXT, NULL},
	{"convert", "gateway", "convert.gateway", "gateway", SHAPE_TEXT, NULL},
	{"convert", "gateway-class", "convert.gateway-class", "gateway-class", SHAPE_TEXT, NULL},
	{"convert", "gateway-namespace", "convert.gateway-namespace", "gateway-namespace",
	 SHAPE_TEXT, NULL},
	{"convert", "ingress-class", "convert.ingress-class", "ingress-class", SHAPE_LIST, NULL},
	{"convert", "listeners", "convert.listeners", "listeners", SHAPE_TEXT, NULL},
	{"convert", "provider", "convert.provider", "provider", SHAPE_LIST, NULL},
	{"convert", "topology", "convert.topology", "topology", SHAPE_TEXT, NULL},
	{"inputs", "exclude", "inputs.exclude", "exclude", SHAPE_LIST, NULL},
	{"lint", "fail-on", "lint.fail-on", "fail-on", SHAPE_TEXT, linters},
	{"lint", "ignore", "lint.ignore", "ignore", SHAPE_CODES, NULL},
	{"lint", "per-path", "lint.per-path", "per-path", SHAPE_PATHS, NULL},
	{"lint", "select", "lint.select", "select", SHAPE_CODES, NULL},
	{"lint", "severity", "lint.severity", "severity", SHAPE_LEVELS, NULL},
};

enum { KEYS = sizeof keys / sizeof *keys };

const char *config_key(size_t index)
{
	return index < KEYS ? keys[index].full : NULL;
}

const char *config_flag(size_t index)
{
	return index < KEYS ? keys[index].flag : NULL;
}

/* ---- refusing ---- */

bool config_refuse(struct config *config, struct span span, struct str message)
{
	config->message = message;
	config->span = span;
	return false;
}

static bool refuse_at(struct config *config, const struct node *node, struct str message)
{
	return config_refuse(config, node_span(node, 0), message);
}

static bool refuse_kind(struct config *config, const struct node *node, const char *key,
			const char *wanted)
{
	return refuse_at(config, node,
			 str_format(config->arena, "'%s' takes %s, not %s", key, wanted,
				    node->kind == NODE_MAP    ? "a map"
				    : node->kind == NODE_LIST ? "a list"
				    : node->kind == NODE_NULL ? "nothing"
							      : "this"));
}

void config_explain(struct buf *buf, const struct config *config, unsigned width, bool colour)
{
	struct excerpt_options options = {.gutter = 1, .width = width, .colour = colour};
	struct source_lines lines;
	struct arena arena;

	clean_add(buf, source_name(&config->sources, 0));
	if (config->span.line)
		buf_format(buf, ":%u:%u", config->span.line, config->span.column);
	buf_text(buf, ": ");
	clean_add(buf, config->message);
	buf_char(buf, '\n');
	for (uint32_t line = config->span.line; line > 9; line /= 10)
		options.gutter++;
	arena_init(&arena);
	source_lines_init(&lines, &config->sources);
	excerpt_add(buf, source_line(&lines, &arena, 0, config->span.line), config->span, &options);
	source_lines_finish(&lines);
	arena_finish(&arena);
}

/* ---- values ---- */

static bool is_scalar(const struct node *node)
{
	return node->kind != NODE_MAP && node->kind != NODE_LIST && node->kind != NODE_NULL;
}

static void set(struct config *config, const struct key *key, const struct node *at,
		struct str value)
{
	ARENA_PUSH(config->arena, config->settings, config->count,
		   (struct config_setting){
			   .key = key->full,
			   .commands = key->commands,
			   .flag = key->flag,
			   .value = str_dup(config->arena, value).at,
			   .span = node_span(at, 0),
		   });
}

static bool check_code(struct config *config, const struct node *node)
{
	const char *near;

	if (code_is_known(node->text))
		return true;
	near = code_nearest(node->text);
	return refuse_at(
		config, node,
		near ? str_format(config->arena, "no rule is called '%.*s'; did you mean '%s'?",
				  STR_ARG(node->text), near)
		     : str_format(config->arena, "no rule is called '%.*s' (ingress2gw list rules)",
				  STR_ARG(node->text)));
}

static bool take_item(struct config *config, const struct key *key, const struct node *node)
{
	if (!is_scalar(node))
		return refuse_kind(config, node, key->full, "texts");
	if (key->shape == SHAPE_CODES && !check_code(config, node))
		return false;
	set(config, key, node, node->text);
	return true;
}

static bool take_list(struct config *config, const struct key *key, const struct node *node)
{
	if (node->kind != NODE_LIST)
		return take_item(config, key, node);
	node_each(item, node) if (!take_item(config, key, item)) return false;
	return true;
}

static bool take_levels(struct config *config, const struct key *key, const struct node *node)
{
	enum severity severity;

	if (node->kind != NODE_MAP)
		return refuse_kind(config, node, key->full, "a map of codes and levels");
	node_each(entry, node)
	{
		if (!check_code(config, entry))
			return false;
		if (!is_scalar(entry->value) || !severity_find(entry->value->text, &severity))
			return refuse_at(config, entry->value,
					 STR("a severity is error, warning or info"));
		set(config, key, entry,
		    str_format(config->arena, "%.*s=%.*s", STR_ARG(entry->text),
			       STR_ARG(entry->value->text)));
	}
	return true;
}

/* One GLOB: the codes of its `ignore`, with commas. */
static bool take_path(struct config *config, const struct key *key, const struct node *entry)
{
	static const struct key codes = {"", "", "lint.per-path", "", SHAPE_CODES, NULL};
	const struct node *value = entry->value;
	struct config scratch = {.arena = config->arena};
	struct buf buf;

	if (value->kind != NODE_MAP)
		return refuse_kind(config, value, "lint.per-path", "a map: {ignore: [CODE]}");
	node_each(inner, value)
	{
		if (!str_is(inner->text, "ignore"))
			return refuse_at(config, inner,
					 str_format(config->arena,
						    "unknown key '%.*s'; a path has 'ignore'",
						    STR_ARG(inner->text)));
		if (!take_list(&scratch, &codes, inner->value))
			return config_refuse(config, scratch.span, scratch.message);
	}
	if (!scratch.count)
		return refuse_at(config, entry, STR("this path ignores nothing"));
	buf_init(&buf);
	buf_str(&buf, entry->text);
	for (size_t i = 0; i < scratch.count; i++)
		buf_format(&buf, "%c%s", i ? ',' : '=', scratch.settings[i].value);
	set(config, key, entry, buf_slice(&buf));
	buf_finish(&buf);
	return true;
}

static bool take_paths(struct config *config, const struct key *key, const struct node *node)
{
	if (node->kind != NODE_MAP)
		return refuse_kind(config, node, key->full, "a map of patterns");
	node_each(entry, node) if (!take_path(config, key, entry)) return false;
	return true;
}

/* A path in a file is relative to the file; the program's are relative to the current directory. */
static bool take_text(struct config *config, const struct key *key, const struct node *node)
{
	struct str here, directory;

	if (!is_scalar(node))
		return refuse_kind(config, node, key->full, "a text");
	if (key->shape == SHAPE_TEXT) {
		set(config, key, node, node->text);
		return true;
	}
	here = path_absolute(config->arena, STR("."));
	directory = path_directory(config->arena, source_name(&config->sources, 0));
	set(config, key, node,
	    str_starts(node->text, "/")
		    ? node->text
		    : path_from(config->arena, here,
				str_format(config->arena, "%.*s/%.*s", STR_ARG(directory),
					   STR_ARG(node->text))));
	return true;
}

static bool take_value(struct config *config, const struct key *key, const struct node *node)
{
	switch (key->shape) {
	case SHAPE_TEXT:
	case SHAPE_PATH:
		return take_text(config, key, node);
	case SHAPE_LIST:
	case SHAPE_CODES:
		return take_list(config, key, node);
	case SHAPE_LEVELS:
		return take_levels(config, key, node);
	case SHAPE_PATHS:
		break;
	}
	return take_paths(config, key, node);
}

/* ---- keys ---- */

static const struct key *find_key(const char *section, struct str name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].section, section) == 0 && str_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static const char *find_section(struct str name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (*keys[i].section && str_is(name, keys[i].section))
			return keys[i].section;
	return NULL;
}

/* The nearest name that may stand in a section. */
static const char *suggest_here(const char *section, struct str name)
{
	const char *names[KEYS + 1];
	size_t count = 0;

	if (!*section)
		names[count++] = "version";
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].section, section) == 0)
			names[count++] = keys[i].name;
		else if (!*section && (i == 0 || strcmp(keys[i - 1].section, keys[i].section) != 0))
			names[count++] = keys[i].section;
	return flags_nearest(names, count, name);
}

/* The same anywhere, as "section.name". */
static const char *suggest_elsewhere(struct str name)
{
	const char *names[KEYS];
	const char *near;

	for (size_t i = 0; i < KEYS; i++)
		names[i] = keys[i].name;
	near = flags_nearest(names, KEYS, name);
	for (size_t i = 0; near && i < KEYS; i++)
		if (keys[i].name == near)
			return keys[i].full;
	return NULL;
}

static bool unknown_key(struct config *config, const char *section, const struct node *key)
{
	const char *near = suggest_here(section, key->text);

	if (!near)
		near = suggest_elsewhere(key->text);
	if (near)
		return refuse_at(config, key,
				 str_format(config->arena, "unknown key '%.*s'; did you mean '%s'?",
					    STR_ARG(str_sub(key->text, 0, 80)), near));
	return refuse_at(config, key,
			 str_format(config->arena, "unknown key '%.*s' (ingress2gw help config)",
				    STR_ARG(str_sub(key->text, 0, 80))));
}

static bool take_section(struct config *config, const char *section, const struct node *node)
{
	if (node->kind == NODE_NULL)
		return true;
	if (node->kind != NODE_MAP)
		return refuse_kind(config, node, section, "a map");
	node_each(entry, node)
	{
		const struct key *key = find_key(section, entry->text);

		if (!key)
			return unknown_key(config, section, entry);
		if (!take_value(config, key, entry->value))
			return false;
	}
	return true;
}

static bool take_top(struct config *config, const struct node *entry)
{
	const char *section = find_section(entry->text);
	const struct key *key = find_key("", entry->text);
	int64_t version;

	if (section)
		return take_section(config, section, entry->value);
	if (key)
		return take_value(config, key, entry->value);
	if (!str_is(entry->text, "version"))
		return unknown_key(config, "", entry);
	if (node_to_int(entry->value, &version) && version == 1)
		return true;
	return refuse_at(config, entry->value,
			 STR("this version of ingress2gw reads configurations of version 1"));
}

/* ---- reading ---- */

struct reading {
	struct config *config;
	struct findings findings;
	unsigned documents;
	bool failed;
};

static bool take_root(struct reading *reading, const struct node *root)
{
	struct config *config = reading->config;

	if (reading->documents++)
		return refuse_at(config, root, STR("a configuration is one document"));
	if (root->kind == NODE_NULL)
		return true;
	if (root->kind != NODE_MAP)
		return refuse_at(config, root, STR("a configuration is a map"));
	node_each(entry, root) if (!take_top(config, entry)) return false;
	return true;
}

static void take(void *batch, const struct yaml_item *item)
{
	struct reading *reading = batch;

	if (!reading->failed)
		reading->failed = !take_root(reading, item->root);
}

static struct findings *findings_of(void *batch)
{
	return &((struct reading *)batch)->findings;
}

bool config_read(struct config *config, const struct source *source, struct arena *arena)
{
	const struct yaml_limits limits = {.document_bytes = 1 << 20, .nodes = 50000};
	struct reading reading = {.config = config};
	const struct yaml_sink sink = {
		.user = &reading, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct error error;

	*config = (struct config){.arena = arena};
	sources_add(&config->sources, *source);
	findings_init(&reading.findings, arena);
	if (!yaml_read(&config->sources, 0, &limits, 1, &sink, &error))
		return config_refuse(config, (struct span){0}, str_format(arena, "%s", error.text));
	if (reading.failed)
		return false;
	if (reading.findings.count)
		return config_refuse(config, reading.findings.at[0].span,
				     reading.findings.at[0].message);
	return true;
}

void config_finish(struct config *config)
{
	sources_finish(&config->sources);
}
