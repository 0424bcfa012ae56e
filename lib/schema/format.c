/* Formats of strings, as go-openapi/strfmt reads them. Numbers' formats are checked with the numbers. */
#include <ctype.h>

#include "kube/names.h"
#include "schema/types.h"

static bool is_ip(struct str text, char mark)
{
	return (names_is_ipv4(text) || names_is_ipv6(text)) && str_find(text, mark) != SIZE_MAX;
}

static bool is_ipv4(struct str text)
{
	return is_ip(text, '.');
}

static bool is_ipv6(struct str text)
{
	return is_ip(text, ':');
}

/* Digits in the shape of `shape`, where 0 stands for a digit. */
static bool is_shaped(struct str text, const char *shape)
{
	if (text.len < strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '0' ? !isdigit((unsigned char)text.at[i])
				    : toupper((unsigned char)text.at[i]) != shape[i])
			return false;
	return true;
}

static int two_digits(struct str text, size_t at)
{
	return (text.at[at] - '0') * 10 + (text.at[at + 1] - '0');
}

static bool is_date(struct str text)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (text.len != 10 || !is_shaped(text, "0000-00-00"))
		return false;
	year = two_digits(text, 0) * 100 + two_digits(text, 2);
	month = two_digits(text, 5);
	day = two_digits(text, 8);
	if (month == 2 && day == 29)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/* RFC 3339 */
static bool is_date_time(struct str text)
{
	struct str rest;
	size_t i = 0;

	if (!is_shaped(text, "0000-00-00T00:00:00") || !is_date(str_sub(text, 0, 10)) ||
	    two_digits(text, 11) > 23 || two_digits(text, 14) > 59 || two_digits(text, 17) > 60)
		return false;
	rest = str_from_pos(text, 19);
	if (str_starts(rest, ".")) {
		for (i = 1; i < rest.len && isdigit((unsigned char)rest.at[i]); i++)
			;
		if (i == 1)
			return false;
	}
	rest = str_from_pos(rest, i);
	if (str_is_nocase(rest, "z"))
		return true;
	return rest.len == 6 && (is_shaped(rest, "+00:00") || is_shaped(rest, "-00:00"));
}

/* Base64 with padding, standard alphabet. */
static bool is_byte(struct str text)
{
	size_t pad = str_ends(text, "==") ? 2 : str_ends(text, "=") ? 1 : 0;

	if (text.len % 4)
		return false;
	for (size_t i = 0; i + pad < text.len; i++)
		if (!isalnum((unsigned char)text.at[i]) && text.at[i] != '+' && text.at[i] != '/')
			return false;
	return true;
}

static bool is_uuid(struct str text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (isxdigit((unsigned char)text.at[i]))
			digits++;
		else if (text.at[i] != '-' ||
			 (digits != 8 && digits != 12 && digits != 16 && digits != 20))
			return false;
	}
	return digits == 32 && text.len <= 36;
}

static bool is_anything(struct str text)
{
	(void)text;
	return true;
}

static const struct format {
	const char *name;
	bool (*fits)(struct str text);
} formats[] = {
	{"byte", is_byte},           {"cidr", names_is_cidr},   {"date", is_date},
	{"date-time", is_date_time}, {"double", is_anything},   {"float", is_anything},
	{"int32", is_anything},      {"int64", is_anything},    {"ipv4", is_ipv4},
	{"ipv6", is_ipv6},           {"password", is_anything}, {"uuid", is_uuid},
};

static const struct format *find(struct str name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (str_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

bool schema_format_is_known(struct str format)
{
	return find(format) != NULL;
}

bool schema_format_fits(struct str format, struct str text)
{
	const struct format *row = find(format);

	return !row || row->fits(text);
}
