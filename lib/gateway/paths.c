#include "gateway/limits.h"
#include "gateway/planner.h"

/* What the CEL rules of matches[].path refuse and no escape can stand for: an empty element and dot
 * segments. "#", "%2f" and "%2F" are refused too, but encode() writes none of them. */
static const char *refused_part(struct str value)
{
	static const char *const parts[] = {"//", "/./", "/../"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find_str(value, parts[i]) != SIZE_MAX)
			return parts[i];
	return NULL;
}

/* Characters of a path segment (RFC 3986), and "/". */
static bool is_path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '/' || c == '-' || (c && strchr("._~!$&'()*+,;=:@", c));
}

/* Whether nothing of a path needs a second look: of characters that stand for themselves, no element
 * of it empty or beginning with a dot. */
static bool is_harmless(struct str value)
{
	if (!value.len || value.at[0] != '/' || value.len > GATEWAY_PATH)
		return false;
	for (size_t i = 1; i < value.len; i++)
		if ((value.at[i - 1] == '/' && (value.at[i] == '/' || value.at[i] == '.')) ||
		    !is_path_char(value.at[i]))
			return false;
	return true;
}

/* Sources compare the decoded path, so every other byte stands for its percent escape; also "%",
 * which they can only see when the request had "%25". */
static struct str encode(struct arena *arena, struct str value)
{
	char *out = arena_bytes(arena, value.len * 3 + 1);
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		static const char digits[] = "0123456789ABCDEF";
		unsigned char byte = (unsigned char)value.at[i];

		if (is_path_char(value.at[i])) {
			out[len++] = value.at[i];
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[byte >> 4];
		out[len++] = digits[byte & 15];
	}
	return (struct str){out, len};
}

static struct str literal_value(struct arena *arena, struct str value, const char **why)
{
	const char *part;

	if (is_harmless(value))
		return value;
	part = refused_part(value);
	if (!str_starts(value, "/")) {
		*why = "does not begin with \"/\"";
	} else if (part) {
		*why = str_format(arena, "contains \"%s\"", part).at;
	} else if (str_ends(value, "/..") || str_ends(value, "/.")) {
		*why = "ends in a dot segment";
	} else {
		struct str encoded = encode(arena, value);

		if (encoded.len <= GATEWAY_PATH)
			return encoded;
		*why = "is longer than 1024 characters";
	}
	return (struct str){0};
}

struct str path_value(struct arena *arena, const struct model_path *path,
		      enum regex_dialect dialect, const char **why)
{
	*why = NULL;
	if (path->kind != PATH_REGEX)
		return literal_value(arena, path->value, why);

	struct str pattern = regex_path(arena, path->value, dialect, why);

	if (!*why && pattern.len > GATEWAY_PATH)
		*why = "is longer than 1024 characters once it is written for the target";
	return *why ? (struct str){0} : pattern;
}
