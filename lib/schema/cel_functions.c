#include <ctype.h>

#include "base/buf.h"
#include "kube/names.h"
#include "schema/cel_parts.h"
#include "schema/cel_scan.h"

#define ARGS struct cel_run *run, const struct cel_value *args, size_t count

/* ---- strings ---- */

static bool is_string(struct cel_value value)
{
	return value.kind == CEL_STRING;
}

static struct cel_value size_of(ARGS)
{
	(void)run;
	(void)count;
	if (is_string(args[0]))
		return cel_int(cel_length(args[0].text));
	if (args[0].kind == CEL_LIST || args[0].kind == CEL_MAP)
		return cel_int((int64_t)cel_count(args[0]));
	return cel_no_overload();
}

static size_t find_text(struct str in, struct str what, size_t from)
{
	for (size_t i = from; i + what.len <= in.len; i++)
		if (!what.len || memcmp(in.at + i, what.at, what.len) == 0)
			return i;
	return SIZE_MAX;
}

static struct cel_value contains(ARGS)
{
	(void)run;
	(void)count;
	if (!is_string(args[0]) || !is_string(args[1]))
		return cel_no_overload();
	return cel_bool(find_text(args[0].text, args[1].text, 0) != SIZE_MAX);
}

static struct cel_value starts_with(ARGS)
{
	(void)run;
	(void)count;
	if (!is_string(args[0]) || !is_string(args[1]))
		return cel_no_overload();
	return cel_bool(str_eq(str_sub(args[0].text, 0, args[1].text.len), args[1].text));
}

static struct cel_value ends_with(ARGS)
{
	struct str text = args[0].text, end = args[1].text;

	(void)run;
	(void)count;
	if (!is_string(args[0]) || !is_string(args[1]))
		return cel_no_overload();
	return cel_bool(text.len >= end.len && str_eq(str_from_pos(text, text.len - end.len), end));
}

static struct cel_value matches(ARGS)
{
	(void)count;
	if (!is_string(args[0]) || !is_string(args[1]))
		return cel_no_overload();
	/* The pattern is data of the object: it lives no longer than this run. */
	struct patterns own;

	patterns_init(&own, run->arena);

	const struct pattern *pattern = pattern_of(&own, args[1].text);
	struct cel_value result =
		pattern->why.len
			? CEL_FAIL("the pattern of matches() is not valid")
			: cel_bool(pattern_search(&own, pattern, args[0].text) == PATTERN_YES);

	patterns_finish(&own);
	return result;
}

struct cel_value cel_matches(struct cel_run *run, struct cel_value text,
			     const struct pattern *compiled)
{
	if (!is_string(text))
		return cel_no_overload();
	switch (pattern_search(run->patterns, compiled, text.text)) {
	case PATTERN_YES:
		return cel_bool(true);
	case PATTERN_NO:
		return cel_bool(false);
	default:
		return CEL_FAIL("matches() takes too long on this text");
	}
}

static struct cel_value split(ARGS)
{
	struct str rest = args[0].text, by = args[1].text;
	int64_t most = count > 2 ? args[2].number : -1;
	struct cel_items items = {0};

	if (!is_string(args[0]) || !is_string(args[1]) || (count > 2 && args[2].kind != CEL_INT))
		return cel_no_overload();
	while (most != 0 && (most < 0 || (int64_t)items.count < most - 1)) {
		/* Without a separator each character is a part. */
		size_t at = by.len ? find_text(rest, by, 0) : cel_offset(rest, 1);

		if (at == SIZE_MAX || (!by.len && at >= rest.len))
			break;
		ARENA_PUSH(run->arena, items.at, items.count, cel_string(str_sub(rest, 0, at)));
		rest = str_from_pos(rest, at + by.len);
	}
	if (most != 0 && (by.len || rest.len))
		ARENA_PUSH(run->arena, items.at, items.count, cel_string(rest));
	return cel_list_new(run, &items);
}

static struct cel_value join(ARGS)
{
	struct str by = count > 1 ? args[1].text : STR("");
	struct cel_walk walk = {0};
	struct cel_value item;
	bool good = args[0].kind == CEL_LIST && (count < 2 || is_string(args[1])), first = true;
	struct buf buf;
	struct str text;

	buf_init(&buf);
	while (good && cel_each(args[0], &walk, &item)) {
		good = is_string(item) && cel_spend(run, item.text.len / 16 + 1);
		if (!good)
			break;
		if (!first)
			buf_str(&buf, by);
		buf_str(&buf, item.text);
		first = false;
	}
	text = str_dup(run->arena, buf_slice(&buf));
	buf_finish(&buf);
	return good ? cel_string(text) : cel_no_overload();
}

static struct cel_value substring(ARGS)
{
	if (!is_string(args[0]) || args[1].kind != CEL_INT ||
	    (count > 2 && args[2].kind != CEL_INT))
		return cel_no_overload();

	int64_t length = cel_length(args[0].text), from = args[1].number;
	int64_t to = count > 2 ? args[2].number : length;

	if (from < 0 || to > length || from > to)
		return cel_error(str_format(run->arena,
					    "invalid substring range. start: %lld, end: %lld",
					    (long long)from, (long long)to));

	size_t start = cel_offset(args[0].text, from);

	return cel_string(str_sub(args[0].text, start, cel_offset(args[0].text, to) - start));
}

static struct cel_value char_at(ARGS)
{
	struct cel_value range[3] = {args[0], args[1], args[1]};

	(void)count;
	if (!is_string(args[0]) || args[1].kind != CEL_INT)
		return cel_no_overload();
	if (args[1].number == cel_length(args[0].text))
		return cel_string(STR(""));
	if (args[1].number < 0 || args[1].number > cel_length(args[0].text))
		return cel_error(str_format(run->arena, "index out of range: %lld",
					    (long long)args[1].number));
	range[2].number++;
	return substring(run, range, 3);
}

static struct cel_value index_of(ARGS)
{
	size_t from, at;

	if (!is_string(args[0]) || !is_string(args[1]) || (count > 2 && args[2].kind != CEL_INT))
		return cel_no_overload();
	from = count > 2 && args[2].number >= 0 ? cel_offset(args[0].text, args[2].number) : 0;
	if (from == SIZE_MAX || (count > 2 && args[2].number < 0))
		return cel_error(str_format(run->arena, "index out of range: %lld",
					    (long long)args[2].number));
	at = find_text(args[0].text, args[1].text, from);
	return cel_int(at == SIZE_MAX ? -1 : cel_length(str_sub(args[0].text, 0, at)));
}

static struct cel_value last_index_of(ARGS)
{
	size_t found = SIZE_MAX;

	(void)run;
	(void)count;
	if (!is_string(args[0]) || !is_string(args[1]))
		return cel_no_overload();
	for (size_t i = args[0].text.len + 1; i-- > 0 && found == SIZE_MAX;)
		if (str_eq(str_sub(args[0].text, i, args[1].text.len), args[1].text))
			found = i;
	return cel_int(found == SIZE_MAX ? -1 : cel_length(str_sub(args[0].text, 0, found)));
}

static struct cel_value replace(ARGS)
{
	int64_t most = count > 3 ? args[3].number : -1;
	struct str rest = args[0].text, what = args[1].text, text;
	struct buf buf;
	size_t at;

	if (!is_string(args[0]) || !is_string(args[1]) || !is_string(args[2]) ||
	    (count > 3 && args[3].kind != CEL_INT) || !what.len)
		return cel_no_overload();
	buf_init(&buf);
	for (; most != 0 && (at = find_text(rest, what, 0)) != SIZE_MAX; most--) {
		if (!cel_spend(run, (at + args[2].text.len) / 16 + 1))
			break;
		buf_str(&buf, str_sub(rest, 0, at));
		buf_str(&buf, args[2].text);
		rest = str_from_pos(rest, at + what.len);
	}
	buf_str(&buf, rest);
	text = str_dup(run->arena, buf_slice(&buf));
	buf_finish(&buf);
	return cel_string(text);
}

static struct cel_value lower_ascii(ARGS)
{
	(void)count;
	return is_string(args[0]) ? cel_string(str_lower(run->arena, args[0].text))
				  : cel_no_overload();
}

static struct cel_value upper_ascii(ARGS)
{
	(void)count;
	if (!is_string(args[0]))
		return cel_no_overload();

	char *at = arena_bytes(run->arena, args[0].text.len);

	for (size_t i = 0; i < args[0].text.len; i++) {
		char c = args[0].text.at[i];

		at[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return cel_string((struct str){at, args[0].text.len});
}

static struct cel_value trim(ARGS)
{
	(void)run;
	(void)count;
	return is_string(args[0]) ? cel_string(cel_trim(args[0].text)) : cel_no_overload();
}

/* ---- conversions ---- */

static struct cel_value to_int(ARGS)
{
	struct cel_value value = args[0];

	(void)count;
	if (value.kind == CEL_INT || value.kind == CEL_DURATION)
		return cel_int(value.kind == CEL_INT ? value.number : value.number / 1000000000);
	if (value.kind == CEL_DOUBLE)
		return value.real > -0x1p63 && value.real < 0x1p63 ? cel_int((int64_t)value.real)
								   : CEL_FAIL("integer overflow");
	if (!is_string(value))
		return cel_no_overload();
	if (value.text.len && !isspace((unsigned char)value.text.at[0]) &&
	    str_to_int(value.text, &value.number))
		return cel_int(value.number);
	return cel_error(str_format(run->arena,
				    "strconv.ParseInt: parsing \"%.*s\": invalid syntax",
				    STR_ARG(value.text)));
}

static struct cel_value to_double(ARGS)
{
	struct cel_value result = {.kind = CEL_DOUBLE};

	(void)run;
	(void)count;
	if (args[0].kind == CEL_DOUBLE)
		return args[0];
	if (args[0].kind == CEL_INT)
		result.real = (double)args[0].number;
	else if (!is_string(args[0]))
		return cel_no_overload();
	else if (!cel_scan_double(args[0].text, &result.real))
		return CEL_FAIL("strconv.ParseFloat: invalid syntax");
	return result;
}

static struct cel_value to_string(ARGS)
{
	(void)count;
	switch (args[0].kind) {
	case CEL_STRING:
		return args[0];
	case CEL_BOOL:
		return cel_string(args[0].truth ? STR("true") : STR("false"));
	case CEL_INT:
		return cel_string(str_format(run->arena, "%lld", (long long)args[0].number));
	case CEL_DOUBLE:
		return cel_string(str_format(run->arena, "%.17g", args[0].real));
	default:
		return cel_no_overload();
	}
}

static struct cel_value duration(ARGS)
{
	struct cel_value result = {.kind = CEL_DURATION};

	(void)count;
	if (args[0].kind == CEL_DURATION)
		return args[0];
	if (!is_string(args[0]))
		return cel_no_overload();
	if (cel_scan_duration(args[0].text, &result.number))
		return result;
	return cel_error(
		str_format(run->arena, "time: invalid duration \"%.*s\"", STR_ARG(args[0].text)));
}

/* ---- what texts are ---- */

/* Kubernetes takes no zones and no IPv4 addresses in IPv6 clothes. */
static struct cel_value is_ip(ARGS)
{
	struct str text = args[0].text;

	(void)run;
	(void)count;
	if (!is_string(args[0]))
		return cel_no_overload();
	return cel_bool(names_is_ipv4(text) ||
			(names_is_ipv6(text) && !str_starts(text, "::ffff:")));
}

static struct cel_value is_cidr(ARGS)
{
	(void)run;
	(void)count;
	return is_string(args[0]) ? cel_bool(names_is_cidr(args[0].text)) : cel_no_overload();
}

static struct cel_value is_url(ARGS)
{
	(void)run;
	(void)count;
	return is_string(args[0]) ? cel_bool(cel_scan_url(args[0].text, &(struct cel_url){0}))
				  : cel_no_overload();
}

static struct cel_value url(ARGS)
{
	struct cel_value result = args[0];

	(void)count;
	if (!is_string(args[0]))
		return cel_no_overload();
	if (!cel_scan_url(args[0].text, &(struct cel_url){0}))
		return cel_error(str_format(run->arena,
					    "URL parse error during conversion from "
					    "string: \"%.*s\"",
					    STR_ARG(args[0].text)));
	result.kind = CEL_URL;
	return result;
}

static struct cel_value url_part(const struct cel_value *args, size_t offset)
{
	struct cel_url parts = {0};

	if (args[0].kind != CEL_URL)
		return cel_no_overload();
	cel_scan_url(args[0].text, &parts);
	return cel_string(*(struct str *)(void *)((char *)&parts + offset));
}

static struct cel_value get_scheme(ARGS)
{
	struct cel_value part = url_part(args, offsetof(struct cel_url, scheme));

	(void)count;
	/* Go lower-cases it. */
	return is_string(part) ? cel_string(str_lower(run->arena, part.text)) : part;
}

static struct cel_value get_host(ARGS)
{
	(void)run;
	(void)count;
	return url_part(args, offsetof(struct cel_url, host));
}

static struct cel_value get_hostname(ARGS)
{
	(void)run;
	(void)count;
	return url_part(args, offsetof(struct cel_url, hostname));
}

static struct cel_value get_port(ARGS)
{
	(void)run;
	(void)count;
	return url_part(args, offsetof(struct cel_url, port));
}

/* ---- format.NAME().validate(x): null, or a list of what is wrong ---- */

static struct cel_value validated(struct cel_run *run, struct cel_value value,
				  const char *(*wrong_with)(struct str))
{
	struct cel_items items = {0};

	if (!is_string(value))
		return cel_no_overload();

	const char *wrong = wrong_with(value.text);

	if (!wrong)
		return (struct cel_value){.kind = CEL_NULL};
	ARENA_PUSH(run->arena, items.at, items.count, cel_string(str_from(wrong)));
	return cel_list_new(run, &items);
}

#define FORMAT(name, wrong_with)                                                                   \
	static struct cel_value name(ARGS)                                                         \
	{                                                                                          \
		(void)count;                                                                       \
		return validated(run, args[0], wrong_with);                                        \
	}

FORMAT(format_label, names_wrong_label)
FORMAT(format_subdomain, names_wrong_subdomain)
FORMAT(format_1035_label, names_wrong_1035_label)
FORMAT(format_label_value, names_wrong_label_value)
FORMAT(format_qualified, names_wrong_qualified)

const struct cel_function cel_functions[] = {
	{"charAt", true, 2, 2, char_at},
	{"contains", true, 2, 2, contains},
	{"double", false, 1, 1, to_double},
	{"duration", false, 1, 1, duration},
	{"endsWith", true, 2, 2, ends_with},
	{"format.dns1035Label", false, 1, 1, format_1035_label},
	{"format.dns1123Label", false, 1, 1, format_label},
	{"format.dns1123Subdomain", false, 1, 1, format_subdomain},
	{"format.labelValue", false, 1, 1, format_label_value},
	{"format.qualifiedName", false, 1, 1, format_qualified},
	{"getHost", true, 1, 1, get_host},
	{"getHostname", true, 1, 1, get_hostname},
	{"getPort", true, 1, 1, get_port},
	{"getScheme", true, 1, 1, get_scheme},
	{"indexOf", true, 2, 3, index_of},
	{"int", false, 1, 1, to_int},
	{"isCIDR", false, 1, 1, is_cidr},
	{"isIP", false, 1, 1, is_ip},
	{"isURL", false, 1, 1, is_url},
	{"join", true, 1, 2, join},
	{"lastIndexOf", true, 2, 2, last_index_of},
	{"lowerAscii", true, 1, 1, lower_ascii},
	{"matches", false, 2, 2, matches},
	{"matches", true, 2, 2, matches},
	{"replace", true, 3, 4, replace},
	{"size", false, 1, 1, size_of},
	{"size", true, 1, 1, size_of},
	{"split", true, 2, 3, split},
	{"startsWith", true, 2, 2, starts_with},
	{"string", false, 1, 1, to_string},
	{"substring", true, 2, 3, substring},
	{"trim", true, 1, 1, trim},
	{"upperAscii", true, 1, 1, upper_ascii},
	{"url", false, 1, 1, url},
};

const size_t cel_function_count = sizeof cel_functions / sizeof *cel_functions;
