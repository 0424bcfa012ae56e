/* The tables of the C API: columns by name over the rows of the library. */
#include <ingress2gw/ingress2gw.h>

#include "check/rules.h"
#include "converters/emitter.h"
#include "converters/provider.h"

struct column {
	const char *name;
	const char *(*cell)(const void *row);
};

/* A cell that is a member, or an expression over `row`. */
#define CELL(function, type, expression)                                                           \
	static const char *function(const void *opaque)                                            \
	{                                                                                          \
		const struct type *row = opaque;                                                   \
		const char *text = (expression);                                                   \
                                                                                                   \
		return text ? text : "";                                                           \
	}

CELL(rule_code, rule, row->code)
CELL(rule_name, rule, row->name)
CELL(rule_severity, rule, severity_name(row->severity))
CELL(rule_title, rule, row->title)
CELL(rule_text, rule, row->text)
CELL(rule_fix, rule, row->fix)

static const struct column rule_columns[] = {
	{"code", rule_code},   {"name", rule_name}, {"severity", rule_severity},
	{"title", rule_title}, {"text", rule_text}, {"fix", rule_fix},
	{NULL, NULL},
};

/* A row of a provider; its columns look at both. */
struct annotation {
	const struct provider *provider;
	const struct annotation_row *row;
};

CELL(annotation_provider, annotation, row->provider->name)
CELL(annotation_key, annotation, row->row->key)
CELL(annotation_type, annotation, row->row->type)
CELL(annotation_default, annotation, row->row->default_value)
CELL(annotation_mapping, annotation, mapping_name(row->row->mapping))
CELL(annotation_scope, annotation, row->row->scope)
CELL(annotation_invalid, annotation, on_invalid_words(row->row->on_invalid))
CELL(annotation_field, annotation, row->row->field)
CELL(annotation_code, annotation, row->row->code)
CELL(annotation_text, annotation, row->row->text)
CELL(annotation_differs, annotation, row->row->differs)

static const struct column annotation_columns[] = {
	{"provider", annotation_provider}, {"key", annotation_key},
	{"type", annotation_type},         {"default", annotation_default},
	{"mapping", annotation_mapping},   {"scope", annotation_scope},
	{"invalid", annotation_invalid},   {"field", annotation_field},
	{"code", annotation_code},         {"text", annotation_text},
	{"differs", annotation_differs},   {NULL, NULL},
};

CELL(provider_name, provider, row->name)
CELL(provider_title, provider, row->title)

static const struct column provider_columns[] = {
	{"name", provider_name},
	{"title", provider_title},
	{NULL, NULL},
};

CELL(emitter_name, emitter, row->name)
CELL(emitter_title, emitter, row->title)
CELL(emitter_class, emitter, row->gateway_class)
CELL(emitter_controller, emitter, row->controller_name)

static const struct column emitter_columns[] = {
	{"name", emitter_name},
	{"title", emitter_title},
	{"gateway-class", emitter_class},
	{"controller", emitter_controller},
	{NULL, NULL},
};

/* NULL for a table that this version does not have. */
static const struct column *columns_of(enum i2g_table table)
{
	switch (table) {
	case I2G_RULES:
		return rule_columns;
	case I2G_ANNOTATIONS:
		return annotation_columns;
	case I2G_PROVIDERS:
		return provider_columns;
	case I2G_EMITTERS:
		return emitter_columns;
	}
	return NULL;
}

/* Finds annotation `index` over all providers; how many there are when it is past the last. */
static size_t find_annotation(size_t index, struct annotation *found)
{
	size_t before = 0;

	for (const struct provider *const *at = providers; *at; at++) {
		size_t count = (*at)->annotation_count ? *(*at)->annotation_count : 0;

		if (index - before < count)
			*found = (struct annotation){*at, &(*at)->annotations[index - before]};
		before += count;
		if (found->row)
			break;
	}
	return before;
}

size_t i2g_row_count(enum i2g_table table)
{
	struct annotation none = {0};
	size_t count = 0;

	switch (table) {
	case I2G_RULES:
		return rule_count;
	case I2G_ANNOTATIONS:
		return find_annotation(SIZE_MAX, &none);
	case I2G_PROVIDERS:
		while (providers[count])
			count++;
		break;
	case I2G_EMITTERS:
		while (emitters[count])
			count++;
		break;
	}
	return count;
}

const char *i2g_column(enum i2g_table table, size_t index)
{
	const struct column *columns = columns_of(table);
	size_t count = 0;

	while (columns && columns[count].name)
		count++;
	return index < count ? columns[index].name : NULL;
}

const char *i2g_cell(enum i2g_table table, size_t row, const char *name)
{
	const struct column *column = columns_of(table);
	struct annotation annotation = {0};

	while (column && column->name && strcmp(column->name, name) != 0)
		column++;
	if (!column || !column->name || row >= i2g_row_count(table))
		return NULL;
	switch (table) {
	case I2G_RULES:
		return column->cell(&rules[row]);
	case I2G_ANNOTATIONS:
		find_annotation(row, &annotation);
		return column->cell(&annotation);
	case I2G_PROVIDERS:
		return column->cell(providers[row]);
	case I2G_EMITTERS:
		return column->cell(emitters[row]);
	}
	return NULL;
}
