/* Validators that know a few words. */
#include "converters/from_ingress_nginx/cursor.h"
#include "converters/from_ingress_nginx/values.h"

static bool is_word(struct str value, const char *word)
{
	struct cursor cursor = {.rest = value};

	return cursor_take(&cursor, word) && cursor_at_end(&cursor);
}

/* The value without blanks is one of the words. */
static bool squeezed_is(struct str value, const char *const words[])
{
	for (; *words; words++)
		if (is_word(value, *words))
			return true;
	return value.len == 0;
}

/* The value without outer white space is one of the words. */
static bool trimmed_is(struct str value, const char *const words[])
{
	struct str text = str_trim(value);

	for (; *words; words++)
		if (str_is(text, *words))
			return true;
	return value.len == 0;
}

static bool trimmed_is_nocase(struct str value, const char *const words[])
{
	struct str text = str_trim(value);

	for (; *words; words++)
		if (str_is_nocase(text, *words))
			return true;
	return value.len == 0;
}

static bool contains(struct str value, const char *const words[])
{
	for (; *words; words++) {
		struct cursor cursor = {.rest = value};

		for (; !cursor_at_end(&cursor); cursor_next(&cursor))
			if (cursor_take(&cursor, *words))
				return true;
	}
	return value.len == 0;
}

/* Some of these validators remove blanks ("o n" passes), but the controller then compares the value
 * itself and takes the default all the same. */
bool nginx_valid_on_off(struct str value)
{
	return trimmed_is(value, (const char *const[]){"on", "off", NULL});
}

bool nginx_valid_verify_client(struct str value)
{
	return squeezed_is(value,
			   (const char *const[]){"on", "off", "optional", "optional_no_ca", NULL});
}

bool nginx_valid_affinity(struct str value)
{
	return trimmed_is(value, (const char *const[]){"cookie", NULL});
}

bool nginx_valid_affinity_mode(struct str value)
{
	return trimmed_is(value, (const char *const[]){"balanced", "persistent", NULL});
}

bool nginx_valid_canary_behavior(struct str value)
{
	return trimmed_is(value, (const char *const[]){"sticky", "legacy", NULL});
}

bool nginx_valid_samesite(struct str value)
{
	return trimmed_is_nocase(value, (const char *const[]){"none", "lax", "strict", NULL});
}

bool nginx_valid_backend_protocol(struct str value)
{
	return trimmed_is_nocase(value, (const char *const[]){"auto_http", "http", "https", "grpc",
							      "grpcs", "fcgi", NULL});
}

bool nginx_valid_load_balance(struct str value)
{
	return trimmed_is(value, (const char *const[]){"round_robin", "chash", "chashsubset",
						       "sticky_balanced", "sticky_persistent",
						       "ewma", NULL});
}

bool nginx_valid_http_version(struct str value)
{
	return trimmed_is(value, (const char *const[]){"1.0", "1.1", NULL});
}

bool nginx_valid_connection(struct str value)
{
	return squeezed_is(value, (const char *const[]){"close", "keep-alive", NULL});
}

bool nginx_valid_method(struct str value)
{
	return squeezed_is(value,
			   (const char *const[]){"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
						 "CONNECT", "OPTIONS", "TRACE", NULL});
}

bool nginx_valid_satisfy(struct str value)
{
	return trimmed_is(value, (const char *const[]){"any", "all", NULL});
}

/* The controller's pattern basic|digest is not anchored. */
bool nginx_valid_auth_type(struct str value)
{
	return contains(value, (const char *const[]){"basic", "digest", NULL});
}

bool nginx_valid_secret_type(struct str value)
{
	return contains(value, (const char *const[]){"auth-file", "auth-map", NULL});
}
