#include "cli/cmd.h"

#include "check/rules.h"
#include "cli/listing.h"
#include "converters/emitter.h"
#include "converters/provider.h"

struct list_values {
	const char *provider, *emitter;
	int output;
};

static const char *const formats[] = {"text", "json", NULL};

static const struct flag flags[] = {
	{
		.name = "provider",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.word = word_provider,
		.help = "only annotations and options of this provider",
		.offset = offsetof(struct list_values, provider),
	},
	{
		.name = "emitter",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.word = word_emitter,
		.help = "features: what this emitter's implementation has for them",
		.offset = offsetof(struct list_values, emitter),
	},
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_CHOICE,
		.choices = formats,
		.help = "format; json has more columns",
		.offset = offsetof(struct list_values, output),
	},
};

static const struct flag_group group = {"List", flags, sizeof flags / sizeof *flags};
static const struct flag_section sections[] = {{&group, 0}, {NULL, 0}};

/* What the tables are filtered by; NULL: everything / the standard emitter. */
struct filter {
	const struct provider *provider;
	const struct emitter *emitter;
};

/* ---- the tables ---- */

static bool is_wanted(const struct filter *filter, const struct provider *provider)
{
	return !filter->provider || filter->provider == provider;
}

static void fill_annotations(struct listing *listing, const struct filter *filter)
{
	for (size_t i = 0; providers[i]; i++)
		for (size_t j = 0;
		     is_wanted(filter, providers[i]) && j < rows_of(providers[i]->annotation_count);
		     j++) {
			const struct annotation_row *row = &providers[i]->annotations[j];

			listing_add(listing, (struct listing_row){{
						     str_from(row->key),
						     str_from(row->type),
						     str_from(mapping_name(row->mapping)),
						     str_from(row->field),
						     str_from(row->code),
						     str_from(providers[i]->name),
						     str_from(row->text),
						     str_from(row->differs),
					     }});
		}
}

static void fill_options(struct listing *listing, const struct filter *filter)
{
	for (size_t i = 0; providers[i]; i++)
		for (size_t j = 0;
		     is_wanted(filter, providers[i]) && j < rows_of(providers[i]->option_count);
		     j++) {
			const struct option_row *row = &providers[i]->options[j];

			listing_add(listing,
				    (struct listing_row){{
					    str_from(row->key),
					    row->inert ? STR("inert")
						       : str_from(mapping_name(row->mapping)),
					    str_from(row->default_value),
					    str_from(row->code),
					    str_from(providers[i]->name),
					    str_from(row->text),
				    }});
		}
}

static void fill_rules(struct listing *listing, const struct filter *filter)
{
	(void)filter;
	for (size_t i = 0; i < rule_count; i++)
		listing_add(listing, (struct listing_row){{
					     str_from(rules[i].code),
					     str_from(severity_name(rules[i].severity)),
					     str_from(rules[i].name),
					     str_from(rules[i].title),
					     str_from(rules[i].text),
					     str_from(rules[i].fix),
				     }});
}

static void fill_providers(struct listing *listing, const struct filter *filter)
{
	for (size_t i = 0; providers[i]; i++) {
		const struct provider *row = providers[i];

		if (!is_wanted(filter, row))
			continue;
		listing_add(
			listing,
			(struct listing_row){{
				str_from(row->name),
				str_format(listing->arena, "%zu", rows_of(row->annotation_count)),
				str_format(listing->arena, "%zu", rows_of(row->option_count)),
				str_from(row->prefixes ? row->prefixes[0] : NULL),
				str_from(row->controllers ? row->controllers[0] : NULL),
				str_from(row->title),
			}});
	}
}

static const char *dialect(const struct emitter *emitter)
{
	return regex_dialect_words(emitter->dialect);
}

static void fill_emitters(struct listing *listing, const struct filter *filter)
{
	(void)filter;
	for (size_t i = 0; emitters[i]; i++)
		listing_add(listing, (struct listing_row){{
					     str_from(emitters[i]->name),
					     str_from(emitters[i]->gateway_class),
					     str_from(dialect(emitters[i])),
					     str_from(emitters[i]->title),
					     str_from(emitters[i]->controller_name),
				     }});
}

static const char *support_name(enum support support)
{
	static const char *const names[] = {
		[SUPPORT_NONE] = "none",
		[SUPPORT_POLICY] = "policy",
		[SUPPORT_APPROXIMATE] = "approximate",
		[SUPPORT_BUILT_IN] = "built-in",
	};

	return names[support];
}

static void fill_features(struct listing *listing, const struct filter *filter)
{
	const struct emitter *emitter = filter->emitter;

	if (!emitter)
		listing->columns = 3; /* nothing to say about support */
	for (int i = FEATURE_NONE + 1; i < FEATURE_KINDS; i++) {
		enum feature feature = (enum feature)i;
		struct capability cell = {SUPPORT_NONE, NULL};

		if (emitter)
			cell = emitter_capability(emitter, feature);
		listing_add(listing, (struct listing_row){{
					     str_from(feature_name(feature)),
					     feature_guards(feature) ? STR("yes") : STR(""),
					     str_from(feature_words(feature)),
					     str_from(support_name(cell.support)),
					     str_from(cell.where),
				     }});
	}
}

static const struct table {
	const char *name, *summary;
	const char *keys[LISTING_COLUMNS];
	const char *heads[LISTING_COLUMNS]; /* NULL: in JSON only */
	void (*fill)(struct listing *listing, const struct filter *filter);
} tables[] = {
	{"annotations",
	 "annotations of a provider",
	 {"annotation", "type", "mapping", "gatewayApi", "rule", "provider", "text", "differs"},
	 {"ANNOTATION", "TYPE", "MAPPING", "GATEWAY API", "RULE"},
	 fill_annotations},
	{"emitters",
	 "implementations that objects are written for",
	 {"emitter", "gatewayClass", "regex", "title", "controller"},
	 {"EMITTER", "CLASS", "REGULAR EXPRESSIONS", "TITLE"},
	 fill_emitters},
	{"features",
	 "behaviours without a field in Gateway API, and what an emitter has for them",
	 {"feature", "guard", "words", "support", "where"},
	 {"FEATURE", "GUARD", "MEANING", "SUPPORT", "WHERE"},
	 fill_features},
	{"options",
	 "options of a provider's ConfigMap",
	 {"option", "mapping", "default", "rule", "provider", "text"},
	 {"OPTION", "MAPPING", "DEFAULT", "RULE"},
	 fill_options},
	{"providers",
	 "controllers whose Ingresses are read",
	 {"provider", "annotations", "options", "prefix", "controller", "title"},
	 {"PROVIDER", "ANNOTATIONS", "OPTIONS", "PREFIX", "CONTROLLER"},
	 fill_providers},
	{"rules",
	 "what findings mean",
	 {"code", "severity", "name", "title", "text", "fix"},
	 {"CODE", "SEVERITY", "NAME", "TITLE"},
	 fill_rules},
};

enum { TABLES = sizeof tables / sizeof *tables };

/* ---- the command ---- */

static const char *word(size_t index)
{
	return index < TABLES ? tables[index].name : NULL;
}

static int unknown(const char *what, const char *name, const char *(*words)(size_t))
{
	const char *list[32];
	size_t count = 0;

	while (count < sizeof list / sizeof *list && (list[count] = words(count)))
		count++;

	const char *near = flags_nearest(list, count, str_from(name));

	if (near)
		return say_error("unknown %s '%s'; did you mean '%s'?", what, name, near);
	return say_error("unknown %s '%s'", what, name);
}

/* A flag that changes nothing is a mistake of whoever gave it. */
static bool takes_flags(const struct table *table, const struct list_values *values)
{
	bool provided = table->fill == fill_annotations || table->fill == fill_options;

	if (values->emitter && table->fill != fill_features)
		say_error("--emitter goes with ingress2gw list features, not with %s", table->name);
	else if (values->provider && !provided)
		say_error("--provider goes with ingress2gw list annotations and options, not with "
			  "%s",
			  table->name);
	else
		return true;
	return false;
}

static int print(struct cli *cli, const struct table *table, const struct filter *filter, bool json)
{
	struct listing listing = {.arena = &cli->arena, .name = table->name};
	struct buf buf;

	while (listing.columns < LISTING_COLUMNS && table->keys[listing.columns]) {
		listing.keys[listing.columns] = table->keys[listing.columns];
		listing.heads[listing.columns] = table->heads[listing.columns];
		listing.columns++;
	}
	table->fill(&listing, filter);
	buf_init(&buf);
	if (json)
		listing_json(&buf, &listing);
	else
		listing_text(&buf, &listing);
	return cli_print(&buf);
}

static int say_tables(void)
{
	say_error("list needs the name of a table");
	for (size_t i = 0; i < TABLES; i++)
		say_hint("ingress2gw list %-12s %s", tables[i].name, tables[i].summary);
	return STATUS_INCOMPLETE;
}

static int run(struct cli *cli, const void *given)
{
	const struct list_values *values = given;
	struct filter filter = {provider_find(str_from(values->provider)),
				emitter_find(str_from(values->emitter))};

	if (values->provider && !filter.provider)
		return unknown("provider", values->provider, word_provider);
	if (values->emitter && !filter.emitter)
		return unknown("emitter", values->emitter, word_emitter);
	if (cli->args.count != 1)
		return say_tables();
	for (size_t i = 0; i < TABLES; i++)
		if (strcmp(tables[i].name, cli->args.at[0]) == 0)
			return takes_flags(&tables[i], values)
				       ? print(cli, &tables[i], &filter, values->output)
				       : STATUS_INCOMPLETE;
	return unknown("table", cli->args.at[0], word);
}

const struct command cmd_list = {
	.name = "list",
	.summary = "list annotations, options, rules, providers, emitters or features",
	.usage = "[flags] TABLE",
	.description = "Prints one of the tables annotations, emitters, features, options, "
		       "providers and rules. They are what the program itself works with.",
	.examples = "ingress2gw list annotations --provider=ingress-nginx\n"
		    "ingress2gw list rules -o json\n"
		    "ingress2gw list features --emitter=envoy-gateway",
	.sections = sections,
	.values_size = sizeof(struct list_values),
	.word = word,
	.run = run,
};
