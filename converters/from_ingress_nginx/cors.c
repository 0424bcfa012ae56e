/* CORS. The controller sets the headers on every answer and answers every OPTIONS of an allowed
 * origin with 204; the filter of Gateway API answers preflights only. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/limits.h"

static const char *const cors_keys[] = {
	"cors-allow-credentials", "cors-allow-headers",  "cors-allow-methods",
	"cors-allow-origin",      "cors-expose-headers", "cors-max-age",
};

static void mark_keys(const struct nginx_ingress *owner, enum outcome outcome, const char *code)
{
	for (size_t i = 0; i < sizeof cors_keys / sizeof *cors_keys; i++)
		nginx_mark(owner, cors_keys[i], outcome, code);
}

static void note_cors(struct nginx_draft *draft, const char *key, const char *code,
		      struct str message, struct str hint)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, key);

	value = value ? value : nginx_get(owner, "enable-cors");
	nginx_note(draft->nginx, owner, value, code, message, hint);
	ledger_mark(value->item, strcmp(code, "I2G316") == 0 ? OUTCOME_INERT : OUTCOME_APPROXIMATE,
		    code);
}

/* Adds an item once; false when the list is full. */
static bool add_unique(struct arena *arena, struct str **items, size_t *count, struct str item)
{
	for (size_t i = 0; i < *count; i++)
		if (str_eq((*items)[i], item))
			return true;
	if (*count == GATEWAY_CORS_ITEMS)
		return false;
	ARENA_PUSH(arena, *items, *count, item);
	return true;
}

/* ---- origins ---- */

/* scheme://[*.]host[:port] with http or https: what allowOrigins can hold. */
static bool is_writable_origin(struct str origin)
{
	struct str rest = str_starts(origin, "https://")  ? str_from_pos(origin, 8)
			  : str_starts(origin, "http://") ? str_from_pos(origin, 7)
							  : (struct str){0};
	size_t colon = str_find(rest, ':');
	struct str host = str_sub(rest, 0, colon);
	struct str port = colon == SIZE_MAX ? (struct str){0} : str_from_pos(rest, colon + 1);

	if (str_starts(host, "*."))
		host = str_from_pos(host, 2);
	for (size_t i = 0; i < host.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.",
			    host.at[i]))
			return false;
	for (size_t i = 0; i < port.len; i++)
		if (port.at[i] < '0' || port.at[i] > '9')
			return false;
	return host.len && host.at[0] != '.' && host.at[host.len - 1] != '.' &&
	       str_find_str(host, "..") == SIZE_MAX && origin.len <= 253 &&
	       (colon == SIZE_MAX || (port.len >= 1 && port.len <= 5));
}

static void add_origin(struct nginx_draft *draft, struct model_cors *cors, struct str origin)
{
	struct arena *arena = draft->nginx->arena;
	const struct nginx_ingress *owner = draft->location->owner;

	if (is_writable_origin(origin)) {
		if (str_find(origin, '*') != SIZE_MAX)
			note_cors(draft, "cors-allow-origin", "I2G311",
				  str_format(arena,
					     "in '%.*s' the wildcard stands for one label in "
					     "ingress-nginx and for any number in a Gateway",
					     STR_ARG(origin)),
				  STR("list the origins to keep others out"));
		if (!add_unique(arena, &cors->origins, &cors->origin_count, origin))
			note_cors(draft, "cors-allow-origin", "I2G607",
				  STR("a filter holds 64 origins; the rest is left out"),
				  (struct str){0});
		return;
	}
	if (str_find_str(origin, "://") == SIZE_MAX && !str_is(origin, "null")) {
		nginx_note(draft->nginx, owner, nginx_get(owner, "cors-allow-origin"), "I2G311",
			   str_format(arena,
				      "ingress-nginx skips the origin '%.*s': it has no scheme",
				      STR_ARG(origin)),
			   STR("write https:// in front"));
		return;
	}
	note_cors(draft, "cors-allow-origin", "I2G311",
		  str_format(arena, "Gateway API cannot allow the origin '%.*s'; it is left out",
			     STR_ARG(origin)),
		  STR("only http and https origins can be listed"));
}

/* False when no origin is left: then the controller sends no CORS headers at all. */
static bool read_origins(struct nginx_draft *draft, struct model_cors *cors)
{
	struct str rest = nginx_text(draft->location->owner, "cors-allow-origin"), part;
	struct str all = rest;
	bool more = true;

	if (!rest.len) {
		add_unique(draft->nginx->arena, &cors->origins, &cors->origin_count, STR("*"));
		return true;
	}
	while (str_split(&rest, ',', &more, &part))
		if (str_is(str_trim(part), "*")) {
			add_unique(draft->nginx->arena, &cors->origins, &cors->origin_count,
				   STR("*"));
			return true;
		}
	more = true;
	while (str_split(&all, ',', &more, &part))
		if (str_trim(part).len)
			add_origin(draft, cors, str_trim(part));
	return cors->origin_count > 0;
}

/* ---- lists ---- */

static void read_methods(struct nginx_draft *draft, struct model_cors *cors)
{
	static const char *const known[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
					    "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"};
	struct arena *arena = draft->nginx->arena;
	struct str rest = nginx_text(draft->location->owner, "cors-allow-methods"), part;
	bool more = true;

	if (!rest.len)
		rest = STR("GET, PUT, POST, DELETE, PATCH, OPTIONS");
	while (str_split(&rest, ',', &more, &part)) {
		struct str method = str_trim(part);
		bool found = false;

		for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++)
			if (str_is_nocase(method, known[i])) {
				add_unique(arena, &cors->methods, &cors->method_count,
					   str_from(known[i]));
				found = true;
			}
		if (found || !method.len)
			continue;
		note_cors(draft, "cors-allow-methods", "I2G311",
			  str_format(arena, "Gateway API cannot allow the method '%.*s'",
				     STR_ARG(method)),
			  STR("it knows GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, "
			      "PATCH"));
	}
	for (size_t i = 0; i < cors->method_count; i++)
		if (str_is(cors->methods[i], "*")) {
			cors->methods[0] = STR("*");
			cors->method_count = 1;
		}
}

static void read_names(struct nginx_draft *draft, const char *key, struct str fallback,
		       struct str **items, size_t *count)
{
	struct str rest = nginx_text(draft->location->owner, key), part;
	bool more = true;

	if (!rest.len)
		rest = fallback;
	while (str_split(&rest, ',', &more, &part))
		if (str_trim(part).len)
			add_unique(draft->nginx->arena, items, count, str_trim(part));
	for (size_t i = 0; i < *count; i++)
		if (str_is((*items)[i], "*")) {
			(*items)[0] = STR("*");
			*count = 1;
		}
}

/* "*" with credentials is refused by browsers; a Gateway would echo the origin instead, and so open
 * credentialed requests to every site. */
static void read_credentials(struct nginx_draft *draft, struct model_cors *cors)
{
	bool star = cors->origin_count == 1 && str_is(cors->origins[0], "*");

	cors->credentials = nginx_bool(draft->location->owner, "cors-allow-credentials", true);
	if (!star || !cors->credentials)
		return;
	cors->credentials = false;
	nginx_mark(draft->location->owner, "cors-allow-credentials", OUTCOME_APPROXIMATE, "I2G310");
	note_cors(draft, "cors-allow-credentials", "I2G310",
		  STR("browsers refuse origin '*' with credentials, as ingress-nginx sends it; a "
		      "Gateway would allow every site, so credentials are not written"),
		  STR("list the origins that may send credentials in cors-allow-origin"));
}

static void read_max_age(struct nginx_draft *draft, struct model_cors *cors)
{
	int64_t age = nginx_int(draft->location->owner, "cors-max-age", 1728000);

	cors->max_age = age > INT32_MAX ? INT32_MAX : age;
	if (age >= 1)
		return;
	cors->max_age = 1;
	note_cors(draft, "cors-max-age", "I2G311",
		  STR("the shortest max-age of a Gateway is 1 second"), (struct str){0});
}

static void note_differences(struct nginx_draft *draft)
{
	note_cors(draft, "enable-cors", "I2G311",
		  STR("ingress-nginx answers every OPTIONS request of an allowed origin with 204, "
		      "and "
		      "adds the CORS headers to every answer; a Gateway answers preflights only"),
		  STR("check clients that send OPTIONS without Access-Control-Request-Method"));
	nginx_mark(draft->location->owner, "enable-cors", OUTCOME_APPROXIMATE, "I2G311");
}

/* Without an origin there is nothing to write. Where nginx skipped them all, that is what it does. */
static void no_origin_left(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;

	if (nginx_get(owner, "cors-allow-origin")->item->outcome == OUTCOME_EXACT)
		return;
	nginx_mark(owner, "enable-cors", OUTCOME_REFUSED, "I2G311");
	mark_keys(owner, OUTCOME_REFUSED, "I2G311");
}

static void read_cors(struct nginx_draft *draft)
{
	struct nginx_ingress *owner = draft->location->owner;
	struct model_cors cors = {0};
	bool enabled = nginx_bool(owner, "enable-cors", false);

	if (!enabled) {
		for (size_t i = 0; i < sizeof cors_keys / sizeof *cors_keys; i++)
			if (nginx_get(owner, cors_keys[i]))
				note_cors(draft, cors_keys[i], "I2G316",
					  str_format(draft->nginx->arena,
						     "'%s' has no effect without enable-cors",
						     cors_keys[i]),
					  STR("add enable-cors: \"true\", or remove it"));
		mark_keys(owner, OUTCOME_INERT, "I2G316");
		nginx_mark(owner, "enable-cors", OUTCOME_INERT, NULL);
		return;
	}
	nginx_mark(owner, "enable-cors", OUTCOME_EXACT, NULL);
	mark_keys(owner, OUTCOME_EXACT, NULL);
	if (!read_origins(draft, &cors)) {
		no_origin_left(draft);
		return;
	}
	read_methods(draft, &cors);
	read_names(draft, "cors-allow-headers",
		   STR("DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,"
		       "Content-Type,Range,Authorization"),
		   &cors.headers, &cors.header_count);
	read_names(draft, "cors-expose-headers", (struct str){0}, &cors.expose, &cors.expose_count);
	read_credentials(draft, &cors);
	read_max_age(draft, &cors);
	note_differences(draft);
	owner->cors = arena_new(draft->nginx->arena, struct model_cors);
	*owner->cors = cors;
}

void nginx_cors(struct nginx_draft *draft)
{
	struct nginx_ingress *owner = draft->location->owner;

	if (!owner->cors_read)
		read_cors(draft);
	owner->cors_read = true;
	draft->rule.cors = owner->cors;
	draft->nginx->edits_responses |= owner->cors != NULL;
}
