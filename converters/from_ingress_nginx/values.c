#include "converters/from_ingress_nginx/values.h"

#include <arpa/inet.h>

#include "converters/from_ingress_nginx/cursor.h"

/* Longer than any address in text. */
enum { ADDRESS_MAX = 64 };

#define BASIC "-._~/:"
#define REGEX BASIC "^$[](){}*+?|&=\\"
#define URL BASIC ",?&="

/* Whether all characters are letters, digits or in `set`. */
static bool all_in(struct str value, const char *set)
{
	for (size_t i = 0; i < value.len; i++)
		if (!char_is_alnum(value.at[i]) && !char_is_in(value.at[i], set))
			return false;
	return true;
}

/* Every character that is not a blank is alphanumeric or in `set`. */
static bool squeezed_in(struct str value, const char *set)
{
	struct cursor cursor = {.rest = value};

	while (cursor_take_in(&cursor, set))
		;
	return cursor_at_end(&cursor);
}

bool nginx_read_bool(struct str value, bool *on)
{
	static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True", NULL};
	static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False", NULL};

	for (size_t i = 0; yes[i]; i++) {
		if (!str_is(value, yes[i]) && !str_is(value, no[i]))
			continue;
		*on = str_is(value, yes[i]);
		return true;
	}
	return false;
}

bool nginx_valid_any(struct str value)
{
	(void)value;
	return true;
}

bool nginx_valid_bool(struct str value)
{
	bool on;

	return value.len == 0 || nginx_read_bool(value, &on);
}

bool nginx_valid_int(struct str value)
{
	int64_t number;

	return value.len == 0 || str_to_int(value, &number);
}

/* Digits at the beginning of the value. */
static size_t count_digits(struct str value)
{
	size_t count = 0;

	while (count < value.len && char_is_digit(value.at[count]))
		count++;
	return count;
}

bool nginx_is_size(struct str value)
{
	size_t digits = count_digits(value);

	return digits && (digits == value.len ||
			  (digits + 1 == value.len && char_is_in(value.at[digits], "kmgKMG")));
}

bool nginx_is_unlimited(struct str value)
{
	size_t zeros = 0;

	while (zeros < value.len && value.at[zeros] == '0')
		zeros++;
	return nginx_is_size(value) && zeros == count_digits(value);
}

bool nginx_valid_size(struct str value)
{
	struct cursor cursor = {.rest = value};

	if (value.len == 0)
		return true;
	if (!cursor_take_digits(&cursor))
		return false;
	if (char_is_in(cursor_peek(&cursor), "bkmgBKMG"))
		cursor_next(&cursor);
	return cursor_at_end(&cursor);
}

/* The alternatives of (^0|-?[1-9]\d*$) are anchored on one side each: a leading zero or trailing
 * digits with a digit other than zero among them are enough. */
bool nginx_valid_seconds(struct str value)
{
	if (value.len == 0 || value.at[0] == '0')
		return true;
	for (size_t i = value.len; i > 0 && char_is_digit(value.at[i - 1]); i--)
		if (value.at[i - 1] != '0')
			return true;
	return false;
}

bool nginx_valid_basic(struct str value)
{
	return squeezed_in(value, BASIC);
}

/* The controller's ParseNameNS splits at "/" and wants exactly two parts; an empty part names no
 * object that can exist. */
bool nginx_valid_pair(struct str value)
{
	size_t slash = str_find(value, '/');

	if (value.len == 0)
		return true;
	if (slash == SIZE_MAX || slash == 0 || slash + 1 == value.len)
		return false;
	return str_find(str_from_pos(value, slash + 1), '/') == SIZE_MAX &&
	       nginx_valid_basic(value);
}

bool nginx_valid_realm(struct str value)
{
	return all_in(value, BASIC " ");
}

bool nginx_valid_url(struct str value)
{
	return squeezed_in(value, URL);
}

bool nginx_valid_redirect(struct str value)
{
	return all_in(value, URL);
}

bool nginx_valid_url_variable(struct str value)
{
	return squeezed_in(value, URL "$");
}

bool nginx_valid_capture_path(struct str value)
{
	return all_in(value, BASIC "$");
}

bool nginx_valid_prefix_path(struct str value)
{
	return squeezed_in(value, BASIC "$");
}

/* url.ParseRequestURI accepts a path or an absolute URL; the latter is refused afterwards. */
bool nginx_valid_app_root(struct str value)
{
	return value.len == 0 || (value.at[0] == '/' && nginx_valid_capture_path(value));
}

bool nginx_valid_variable(struct str value)
{
	return squeezed_in(value, "-_${}");
}

bool nginx_valid_word(struct str value)
{
	return squeezed_in(value, "-_");
}

/* + and not *: a value of blanks only is refused. */
bool nginx_valid_file(struct str value)
{
	struct cursor cursor = {.rest = value};

	return value.len == 0 || (!cursor_at_end(&cursor) && squeezed_in(value, "-_."));
}

bool nginx_valid_regex(struct str value)
{
	return all_in(value, REGEX);
}

bool nginx_valid_server_name(struct str value)
{
	return nginx_valid_regex(str_trim(value));
}

bool nginx_valid_server_names(struct str value)
{
	struct str item;
	bool more = true;

	while (str_split(&value, ',', &more, &item))
		if (!nginx_valid_server_name(item))
			return false;
	return true;
}

bool nginx_valid_service(struct str value)
{
	if (value.len == 0)
		return true;
	if (value.len > 63 || !char_is_lower(value.at[0]) || value.at[value.len - 1] == '-')
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (!char_is_lower(value.at[i]) && !char_is_digit(value.at[i]) &&
		    value.at[i] != '-')
			return false;
	return true;
}

/* inet_pton refuses leading zeros and zones as Go does. */
static int address_bits(struct str text)
{
	char copy[ADDRESS_MAX];
	unsigned char bytes[16];

	if (text.len == 0 || text.len >= sizeof copy || str_find(text, '\0') != SIZE_MAX)
		return 0;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, bytes) == 1)
		return 32;
	return inet_pton(AF_INET6, copy, bytes) == 1 ? 128 : 0;
}

bool nginx_is_address(struct str item)
{
	size_t slash = str_find(item, '/');
	int bits = address_bits(str_sub(item, 0, slash));
	int64_t length;

	if (bits == 0 || slash == SIZE_MAX)
		return bits != 0;

	struct str digits = str_from_pos(item, slash + 1);

	return digits.len && char_is_digit(digits.at[0]) && str_to_int(digits, &length) &&
	       length <= bits;
}

/* An empty item ("10.0.0.0/8,") is an error; a list over several lines is none. */
bool nginx_valid_cidrs(struct str value)
{
	struct str item;
	bool more = value.len > 0;

	while (str_split(&value, ',', &more, &item))
		if (!nginx_is_address(str_trim(item)))
			return false;
	return true;
}

bool nginx_valid_cache(struct str value)
{
	return all_in(value, BASIC ", ");
}

static bool is_time(struct str text)
{
	static const char *const units[] = {"ms", "s", "m", "h", "d", "w", "M", "y"};
	size_t digits = 0;

	while (digits < text.len && char_is_digit(text.at[digits]))
		digits++;
	for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++)
		if (str_is(str_from_pos(text, digits), units[i]))
			return true;
	return false;
}

static bool is_code(struct str text)
{
	return text.len == 3 && char_is_digit(text.at[0]) && char_is_digit(text.at[1]) &&
	       char_is_digit(text.at[2]);
}

bool nginx_is_cache_duration(struct str item)
{
	struct str part;
	bool more = true, seen = false;

	while (str_split(&item, ' ', &more, &part)) {
		if (is_code(part) && seen)
			return false;
		if (is_time(part))
			seen = true;
	}
	return seen;
}

/* The character check accepts blanks inside a name; the check of each name behind it does not. */
bool nginx_valid_header_list(struct str value)
{
	struct str item;
	bool more = value.len > 0;

	if (!nginx_valid_cors_headers(value))
		return false;
	while (str_split(&value, ',', &more, &item))
		if (!all_in(str_trim(item), "-_"))
			return false;
	return true;
}

bool nginx_valid_cors_headers(struct str value)
{
	return all_in(value, "-_, ");
}

/* ^(item+,?\s?)+$ : a comma stands behind an item, white space behind an item or its comma. */
static bool is_cors_list(struct str value, bool (*in_item)(char c))
{
	struct cursor cursor = {.rest = value};
	bool comma_fits = false, space_fits = false;

	while (!cursor_at_end(&cursor)) {
		char c = cursor_next(&cursor);

		if (in_item(c)) {
			comma_fits = space_fits = true;
		} else if (c == ',' && comma_fits) {
			comma_fits = false;
		} else if (char_is_space(c) && space_fits) {
			comma_fits = space_fits = false;
		} else {
			return false;
		}
	}
	return value.len == 0 || cursor.last != '\0';
}

bool nginx_valid_cors_methods(struct str value)
{
	return is_cors_list(value, char_is_alpha);
}

static bool in_exposed(char c)
{
	return char_is_alnum(c) || char_is_in(c, "-_*");
}

bool nginx_valid_cors_expose(struct str value)
{
	return is_cors_list(value, in_exposed);
}

/* ^((((([a-z]+://)?(\*\.)?[A-Za-z0-9\-.]*(:\d+)?,?)|null)+)|\*)?$
 * Each part of an origin may be absent and the whole may repeat, so the parts come in any order:
 * the check is one of characters, with "*" only before "." and ":" only before a digit or, behind
 * a lower-case letter, before "//". */
bool nginx_valid_cors_origins(struct str value)
{
	struct cursor cursor = {.rest = value};

	if (cursor_take(&cursor, "*") && cursor_at_end(&cursor))
		return true;
	cursor = (struct cursor){.rest = value};
	while (!cursor_at_end(&cursor)) {
		char before = cursor.last;

		if (cursor_take_in(&cursor, "-.,") || cursor_take(&cursor, "*."))
			continue;
		if (char_is_lower(before) && cursor_take(&cursor, "://"))
			continue;
		if (cursor_next(&cursor) != ':' || !char_is_digit(cursor_peek(&cursor)))
			return false;
	}
	return true;
}

bool nginx_is_origin(struct str item)
{
	size_t scheme = 0;

	if (item.len == 0 || str_is(item, "*") || str_is(item, "null"))
		return true;
	while (scheme < item.len && char_is_lower(item.at[scheme]))
		scheme++;

	struct str rest = str_from_pos(item, scheme);

	if (scheme == 0 || !str_starts(rest, "://"))
		return false;
	rest = str_from_pos(rest, 3);
	if (str_starts(rest, "*."))
		rest = str_from_pos(rest, 2);

	size_t colon = str_find(rest, ':');
	struct str port = str_from_pos(rest, colon);

	if (!all_in(str_sub(rest, 0, colon), "-."))
		return false;
	for (size_t i = 1; i < port.len; i++)
		if (!char_is_digit(port.at[i]))
			return false;
	return port.len != 1;
}

/* The class [4,5] holds the comma, so ",12" is a code, and the comma behind a code may be the start
 * of the next one: both ways are followed at once. */
bool nginx_valid_error_codes(struct str value)
{
	enum { BETWEEN = 1, ONE = 2, TWO = 4, CODE = 8 };
	struct cursor cursor = {.rest = value};
	unsigned states = BETWEEN;

	while (states && !cursor_at_end(&cursor)) {
		char c = cursor_next(&cursor);
		unsigned after = 0;

		if (states & (BETWEEN | CODE) && char_is_in(c, "4,5"))
			after |= ONE;
		if (states & CODE && c == ',')
			after |= BETWEEN;
		if (states & ONE && char_is_digit(c))
			after |= TWO;
		if (states & TWO && char_is_digit(c))
			after |= CODE;
		states = after;
	}
	return states & (BETWEEN | CODE);
}

static void take_host(struct cursor *cursor)
{
	while (cursor_take_in(cursor, "-."))
		;
}

/* (/[A-Za-z0-9\-_.]+)*\/? to the end. */
static bool is_plain_path(struct cursor *cursor)
{
	while (cursor_take(cursor, "/")) {
		if (!cursor_take_in(cursor, "-_."))
			break;
		while (cursor_take_in(cursor, "-_."))
			;
	}
	return cursor_at_end(cursor);
}

/* ^(@[A-Za-z0-9_-]+|((https?://)?[A-Za-z0-9\-.]+(:\d+)?)?(/[A-Za-z0-9\-_.]+)*\/?)$ */
bool nginx_valid_error_page(struct str value)
{
	struct cursor cursor = {.rest = value};

	if (cursor_take(&cursor, "@")) {
		if (cursor_at_end(&cursor))
			return false;
		while (cursor_take_in(&cursor, "-_"))
			;
		return cursor_at_end(&cursor);
	}

	bool scheme = cursor_take(&cursor, "https://") || cursor_take(&cursor, "http://");
	bool host = char_is_alnum(cursor_peek(&cursor)) || char_is_in(cursor_peek(&cursor), "-.");

	if (scheme && !host)
		return false;
	take_host(&cursor);
	if (host && cursor_take(&cursor, ":") && !cursor_take_digits(&cursor))
		return false;
	return is_plain_path(&cursor);
}

/* Length of a bracket expression at the start of `text` (which begins with "["); 0 when it has no
 * end. "]" is literal in the first place. */
static size_t bracket_length(struct str text)
{
	size_t i = 1;

	if (i < text.len && text.at[i] == '^')
		i++;
	for (size_t first = i; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == ']' && i > first)
			return i + 1;
	}
	return 0;
}

/* Groups of RE2: "(", "(?:", "(?flags)", "(?flags:", "(?P<name>", "(?<name>"; no lookaround. */
static bool is_group(struct str text)
{
	if (!str_starts(text, "(?"))
		return true;
	if (str_starts(text, "(?<"))
		return text.len > 3 && text.at[3] != '=' && text.at[3] != '!';
	return text.len > 2 && char_is_in(text.at[2], ":imsUP-");
}

/* What may follow: an operator of repetition needs something to repeat, and only "?" (the lazy
 * form) may stand behind another one. */
enum repetition { REPEAT_NOTHING, REPEAT_ATOM, REPEAT_REPEATED, REPEAT_LAZY };

static bool repeat(enum repetition *state, char operator)
{
	if (*state == REPEAT_NOTHING || *state == REPEAT_LAZY)
		return false;
	if (*state == REPEAT_REPEATED && operator!= '?')
		return false;
	(*state)++;
	return true;
}

/* Length of the piece of a regular expression at the start of `rest`; 0 when Go refuses it: a
 * bracket without end, lookaround, a back reference, a backslash at the end. */
static size_t piece_length(struct str rest)
{
	if (rest.at[0] == '\\')
		return rest.len < 2 || (rest.at[1] >= '1' && rest.at[1] <= '9') ? 0 : 2;
	if (rest.at[0] == '[')
		return bracket_length(rest);
	if (str_starts(rest, "(?"))
		return is_group(rest) ? 2 : 0;
	return 1;
}

/* What Go's regexp.Compile takes, except for its limits on size and its names of classes. */
static bool is_go_regex(struct str text)
{
	enum repetition state = REPEAT_NOTHING;
	size_t depth = 0;

	while (text.len) {
		char c = text.at[0];
		size_t length = piece_length(text);

		if (length == 0)
			return false;
		text = str_from_pos(text, length);
		if (char_is_in(c, "*+?")) {
			if (!repeat(&state, c))
				return false;
			continue;
		}
		if (c == '(')
			depth++;
		if (c == ')' && depth-- == 0)
			return false;
		state = c == '(' || c == '|' ? REPEAT_NOTHING : REPEAT_ATOM;
	}
	return depth == 0;
}

bool nginx_valid_common_name(struct str value)
{
	return value.len == 0 || (str_starts(value, "CN=") && is_go_regex(str_from_pos(value, 3)));
}

/* ^(?:(?:[A-Za-z0-9!:+\-_])*(?:@STRENGTH)*(?:@SECLEVEL=[0-5])*(?:@STRENGTH)*)*$ */
bool nginx_valid_ciphers(struct str value)
{
	struct cursor cursor = {.rest = value};

	while (!cursor_at_end(&cursor)) {
		if (cursor_take_in(&cursor, "!:+-_") || cursor_take(&cursor, "@STRENGTH"))
			continue;
		if (!cursor_take(&cursor, "@SECLEVEL=") ||
		    !char_is_in(cursor_next(&cursor), "012345"))
			return false;
	}
	return true;
}

bool nginx_valid_proxy_ciphers(struct str value)
{
	return squeezed_in(value, "+:_-!");
}

bool nginx_valid_protocols(struct str value)
{
	struct cursor cursor = {.rest = value};

	while (cursor_take(&cursor, "TLSv1.2") || cursor_take(&cursor, "TLSv1.3"))
		;
	return cursor_at_end(&cursor);
}

bool nginx_valid_cookie_domain(struct str value)
{
	size_t from = 0, to = value.len;

	if (value.len == 0 || str_is(value, "off"))
		return true;
	while (from < value.len && !char_is_space(value.at[from]))
		from++;
	while (to > from && !char_is_space(value.at[to - 1]))
		to--;
	for (size_t i = from; i < to; i++)
		if (!char_is_space(value.at[i]))
			return false;
	return from > 0 && to > from && to < value.len && all_in(str_sub(value, 0, from), BASIC) &&
	       all_in(str_from_pos(value, to), BASIC);
}

/* No word begins with another one, so the first that fits is the right one. White space between
 * them may be missing but not doubled. */
bool nginx_valid_next_upstream(struct str value)
{
	static const char *const words[] = {
		"error",    "timeout",  "invalid_header", "http_500", "http_502",       "http_503",
		"http_504", "http_403", "http_404",       "http_429", "non_idempotent", "off",
	};

	while (value.len) {
		size_t i = 0, count = sizeof words / sizeof *words;

		while (i < count && !str_starts(value, words[i]))
			i++;
		if (i == count)
			return false;
		value = str_from_pos(value, strlen(words[i]));
		if (value.len && char_is_space(value.at[0]))
			value = str_from_pos(value, 1);
	}
	return true;
}
