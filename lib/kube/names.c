#include "kube/names.h"

#include <arpa/inet.h>
#include <ctype.h>

#define LABEL_WORDS                                                                                \
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "   \
	"and "                                                                                     \
	"must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc', regex "  \
	"used "                                                                                    \
	"for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define SUBDOMAIN_WORDS                                                                            \
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "  \
	"or "                                                                                      \
	"'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "   \
	"used "                                                                                    \
	"for validation is "                                                                       \
	"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define LABEL_1035_WORDS                                                                           \
	"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "  \
	"an "                                                                                      \
	"alphabetic character, and end with an alphanumeric character (e.g. 'my-name', or "        \
	"'abc-123', "                                                                              \
	"regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
#define VALUE_WORDS                                                                                \
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "   \
	"or "                                                                                      \
	"'.', and must start and end with an alphanumeric character (e.g. 'MyValue', or "          \
	"'my_value', "                                                                             \
	"or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define QUALIFIED_WORDS                                                                            \
	"name part must consist of alphanumeric characters, '-', '_' or '.', and must start and "  \
	"end "                                                                                     \
	"with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc', regex used "   \
	"for "                                                                                     \
	"validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_label_shaped(struct str name)
{
	if (!name.len || !is_lower_or_digit(name.at[0]) ||
	    !is_lower_or_digit(name.at[name.len - 1]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_lower_or_digit(name.at[i]) && name.at[i] != '-')
			return false;
	return true;
}

const char *names_wrong_label(struct str name)
{
	if (name.len > 63)
		return "must be no more than 63 characters";
	return is_label_shaped(name) ? NULL : LABEL_WORDS;
}

const char *names_wrong_1035_label(struct str name)
{
	if (name.len > 63)
		return "must be no more than 63 characters";
	return is_label_shaped(name) && name.at[0] > '9' ? NULL : LABEL_1035_WORDS;
}

const char *names_wrong_subdomain(struct str name)
{
	struct str part;
	bool more = true;

	if (name.len > 253)
		return "must be no more than 253 characters";
	while (str_split(&name, '.', &more, &part))
		if (!is_label_shaped(part))
			return SUBDOMAIN_WORDS;
	return NULL;
}

static bool is_name_part(struct str name)
{
	if (!name.len || !isalnum((unsigned char)name.at[0]) ||
	    !isalnum((unsigned char)name.at[name.len - 1]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.at[i]) && !strchr("-_.", name.at[i]))
			return false;
	return true;
}

const char *names_wrong_label_value(struct str value)
{
	if (value.len > 63)
		return "must be no more than 63 characters";
	return !value.len || is_name_part(value) ? NULL : VALUE_WORDS;
}

const char *names_wrong_qualified(struct str name)
{
	size_t slash = str_find(name, '/');

	if (slash != SIZE_MAX) {
		const char *wrong = names_wrong_subdomain(str_sub(name, 0, slash));

		if (slash == 0)
			return "prefix part must be non-empty";
		if (wrong)
			return wrong;
		name = str_from_pos(name, slash + 1);
	}
	if (name.len > 63)
		return "name part must be no more than 63 characters";
	return is_name_part(name) ? NULL : QUALIFIED_WORDS;
}

static bool parses(struct str text, int family)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (!text.len || text.len >= sizeof copy || memchr(text.at, '\0', text.len))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return inet_pton(family, copy, address) == 1;
}

bool names_is_ipv4(struct str text)
{
	return parses(text, AF_INET);
}

bool names_is_ipv6(struct str text)
{
	return parses(text, AF_INET6);
}

bool names_is_cidr(struct str text)
{
	size_t slash = str_find(text, '/');
	int64_t bits;

	if (slash == SIZE_MAX)
		return false;

	struct str address = str_sub(text, 0, slash), width = str_from_pos(text, slash + 1);

	/* Go takes plain digits without a sign or leading zeros. */
	if (!width.len || width.len > 3 || !isdigit((unsigned char)width.at[0]) ||
	    (width.len > 1 && width.at[0] == '0') || !str_to_int(width, &bits))
		return false;
	return (names_is_ipv4(address) && bits <= 32) || (names_is_ipv6(address) && bits <= 128);
}
