#include "cli/cmd.h"

#include "check/rules.h"
#include "cli/examples.h"
#include "converters/provider.h"
#include "gateway/plan.h"

enum { INDENT = 2, LABEL_COLUMN = 14 };

/* ---- pages ---- */

static void add_paragraph(struct buf *buf, const char *text, unsigned width)
{
	buf_fill(buf, ' ', INDENT);
	text_wrap(buf, str_from(text), INDENT, INDENT, width);
}

/* "  Default     1m"; nothing when the text is empty. */
static void add_line(struct buf *buf, const char *label, const char *text, unsigned width)
{
	if (!text || !*text)
		return;
	buf_format(buf, "%*s%-*s", INDENT, "", LABEL_COLUMN - INDENT, label);
	text_wrap(buf, str_from(text), LABEL_COLUMN, LABEL_COLUMN, width);
}

static void add_raised_by(struct buf *buf, const struct rule *rule, unsigned width)
{
	struct buf keys;

	buf_init(&keys);
	for (size_t i = 0; providers[i]; i++)
		for (size_t j = 0; j < rows_of(providers[i]->annotation_count); j++) {
			const struct annotation_row *row = &providers[i]->annotations[j];

			if (row->code && strcmp(row->code, rule->code) == 0)
				buf_format(&keys, "%s%s", keys.len ? ", " : "", row->key);
		}
	buf_char(&keys, '\0');
	add_line(buf, "Raised by", keys.at, width);
	buf_finish(&keys);
}

static bool is_marked(const struct example *example, unsigned line)
{
	for (const unsigned *at = example->lines; *at; at++)
		if (*at == line)
			return true;
	return false;
}

/* Lines that the finding is raised at have a mark in front. */
static void add_file(struct buf *buf, const char *file, const struct example *marks)
{
	struct str rest = str_from(file), line;
	bool more = true;

	for (unsigned number = 1; str_split(&rest, '\n', &more, &line) && (more || line.len);
	     number++) {
		buf_text(buf, marks && is_marked(marks, number) ? "  > " : "    ");
		buf_str(buf, line);
		buf_char(buf, '\n');
	}
}

static void add_example(struct buf *buf, const struct rule *rule)
{
	for (size_t i = 0; i < example_count; i++) {
		const struct example *example = &examples[i];

		if (strcmp(example->code, rule->code) != 0)
			continue;
		buf_text(buf, "\n  This raises it:\n\n");
		add_file(buf, example->bad, example);
		buf_text(buf, "\n  This does not:\n\n");
		add_file(buf, example->good, NULL);
	}
}

/* In what answers may differ because of it, as `verify` and `match` count it. */
static void add_changes(struct buf *buf, const struct rule *rule, unsigned width)
{
	struct buf names;

	if (!rule->explains)
		return;
	buf_init(&names);
	route_aspect_names(&names, rule->explains);
	buf_char(&names, '\0');
	add_line(buf, "Explains", names.at, width);
	buf_finish(&names);
}

static void explain_rule(struct buf *buf, const struct rule *rule, unsigned width)
{
	buf_format(buf, "%s %s  (%s)\n", rule->code, rule->name, severity_name(rule->severity));
	add_paragraph(buf, rule->title, width);
	buf_char(buf, '\n');
	add_paragraph(buf, rule->text, width);
	buf_char(buf, '\n');
	add_line(buf, "Do", rule->fix, width);
	add_changes(buf, rule, width);
	add_raised_by(buf, rule, width);
	add_example(buf, rule);
}

static const char *risk_name(enum risk risk)
{
	static const char *const names[] = {
		[RISK_LOW] = "Low",
		[RISK_MEDIUM] = "Medium",
		[RISK_HIGH] = "High",
		[RISK_CRITICAL] = "Critical",
	};

	return names[risk];
}

static void add_raises(struct buf *buf, const char *code, unsigned width)
{
	const struct rule *rule = code ? rule_find(str_from(code)) : NULL;
	struct buf line;

	if (!rule)
		return;
	buf_init(&line);
	buf_format(&line, "%s %s", rule->code, rule->name);
	buf_char(&line, '\0');
	add_line(buf, "Raises", line.at, width);
	buf_finish(&line);
}

static void explain_annotation(struct buf *buf, const struct provider *provider,
			       const struct annotation_row *row, unsigned width)
{
	buf_format(buf, "%s%s  (%s, %s)\n", provider->prefixes[0], row->key, provider->name,
		   row->type);
	add_paragraph(buf, row->text, width);
	buf_char(buf, '\n');
	add_line(buf, "Mapping", mapping_name(row->mapping), width);
	add_line(buf, "Maps to", row->field, width);
	add_line(buf, "Differs", row->differs, width);
	add_line(buf, "Default", row->default_value, width);
	add_line(buf, "Option", row->option, width);
	add_line(buf, "Scope", row->scope, width);
	add_line(buf, "Risk", risk_name(row->risk), width);
	add_line(buf, "If invalid", on_invalid_words(row->on_invalid), width);
	add_raises(buf, row->code, width);
}

static void explain_option(struct buf *buf, const struct provider *provider,
			   const struct option_row *row, unsigned width)
{
	buf_format(buf, "%s  (option of %s's ConfigMap)\n", row->key, provider->name);
	add_paragraph(buf, row->text, width);
	buf_char(buf, '\n');
	add_line(buf, "Mapping", row->inert ? "none needed" : mapping_name(row->mapping), width);
	add_line(buf, "Default", row->default_value, width);
	add_raises(buf, row->code, width);
}

static void explain_legacy(struct buf *buf, const struct provider *provider,
			   const struct legacy_row *row, unsigned width)
{
	buf_format(buf, "%s%s  (%s, has no effect)\n", provider->prefixes[0], row->key,
		   provider->name);
	add_paragraph(buf, row->hint, width);
}

/* ---- finding them ---- */

/* The key without a prefix that the provider reads. */
static struct str without_prefix(const struct provider *provider, struct str name)
{
	for (size_t i = 0; provider->prefixes && provider->prefixes[i]; i++)
		if (str_starts(name, provider->prefixes[i]))
			return str_from_pos(name, strlen(provider->prefixes[i]));
	return name;
}

static const struct legacy_row *legacy_find(const struct provider *provider, struct str key)
{
	for (size_t i = 0; i < rows_of(provider->legacy_count); i++)
		if (str_is(key, provider->legacy[i].key))
			return &provider->legacy[i];
	return NULL;
}

/* A name can be an annotation and an option: both are shown. */
static void explain_key(struct buf *buf, const struct provider *provider, struct str name,
			unsigned width)
{
	struct str key = without_prefix(provider, name);
	const struct annotation_row *annotation = annotation_find(provider, key);
	const struct option_row *option = key.len == name.len ? option_find(provider, key) : NULL;
	const struct legacy_row *legacy = legacy_find(provider, key);

	if (annotation)
		explain_annotation(buf, provider, annotation, width);
	if (annotation && option)
		buf_char(buf, '\n');
	if (option)
		explain_option(buf, provider, option, width);
	if (!annotation && !option && legacy)
		explain_legacy(buf, provider, legacy, width);
}

/* Nothing is appended when the name is unknown. */
static void explain(struct buf *buf, struct str name, unsigned width)
{
	const struct rule *rule = rule_find(name);
	const char *moved = plan_annotation_words(name);

	if (rule)
		explain_rule(buf, rule, width);
	for (size_t i = 0; !rule && providers[i]; i++)
		explain_key(buf, providers[i], name, width);
	if (moved) {
		buf_format(buf, "%.*s  (of another system, moved)\n", STR_ARG(name));
		add_paragraph(buf, moved, width);
	}
}

static const char *nearest(struct str name)
{
	const char *near = NULL;
	const char *words[1];

	for (size_t i = 0; providers[i] && !near; i++)
		near = annotation_suggest(providers[i], without_prefix(providers[i], name));
	for (size_t i = 0; !near && (words[0] = word_explain(i)); i++)
		near = flags_nearest(words, 1, name);
	return near;
}

/* The codes that begin as the name does: "I2G3". */
static void list_codes(struct buf *buf, struct str prefix)
{
	for (size_t i = 0; str_starts(prefix, "I2G") && i < rule_count; i++)
		if (str_eq(str_sub(str_from(rules[i].code), 0, prefix.len), prefix))
			buf_format(buf, "%s %-26s %s\n", rules[i].code, rules[i].name,
				   rules[i].title);
}

static int unknown(const char *name)
{
	const char *near = nearest(str_from(name));

	if (near)
		say_error("nothing is called '%s'; did you mean '%s'?", name, near);
	else
		say_error("nothing is called '%s' (ingress2gw list rules, ingress2gw list "
			  "annotations)",
			  name);
	return STATUS_FINDINGS;
}

static int run(struct cli *cli, const void *values)
{
	struct buf buf;
	int status = STATUS_DONE;

	(void)values;
	if (!cli->args.count) {
		say_error("explain needs the code of a finding, or the name of an annotation or "
			  "option");
		return say_hint("ingress2gw explain I2G301");
	}
	buf_init(&buf);
	for (size_t i = 0; i < cli->args.count; i++) {
		size_t before = buf.len;

		if (before)
			buf_char(&buf, '\n');

		size_t start = buf.len;

		explain(&buf, str_from(cli->args.at[i]), cli->out.width);
		if (buf.len == start)
			list_codes(&buf, str_from(cli->args.at[i]));
		if (buf.len == start) {
			buf.len = before;
			status = unknown(cli->args.at[i]);
		}
	}
	return cli_print(&buf) ? STATUS_INCOMPLETE : status;
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "explain a finding, an annotation or an option of a controller",
	.usage = "NAME...",
	.description =
		"A NAME is the code or the name of a finding, the key of an annotation with or "
		"without its prefix, or an option of a controller's ConfigMap. The beginning of a "
		"code lists "
		"the codes that begin with it.",
	.examples = "ingress2gw explain I2G301\n"
		    "ingress2gw explain nginx.ingress.kubernetes.io/rewrite-target\n"
		    "ingress2gw explain use-forwarded-headers",
	.word = word_explain,
	.run = run,
};
