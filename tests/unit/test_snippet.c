/* What each directive of a snippet becomes. */
#include "snippet_case.h"

/* ---- the meaning ---- */

static void the_table_is_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < snippet_row_count; i++)
		if (strcmp(snippet_rows[i - 1].name, snippet_rows[i].name) >= 0)
			fail_msg("%s stands before %s", snippet_rows[i - 1].name,
				 snippet_rows[i].name);
	for (size_t i = 0; i < snippet_row_count; i++)
		assert_ptr_equal(snippet_row(str_from(snippet_rows[i].name)), &snippet_rows[i]);
	assert_null(snippet_row(STR("no_such_directive")));
}

static void every_row_makes_an_action_that_quotes_it(void **state)
{
	static const char *const args[] = {"", " on", " a b", " a b c", " {}", " a {}"};

	(void)state;
	for (size_t i = 0; i < snippet_row_count; i++) {
		for (size_t j = 0; j < sizeof(args) / sizeof(*args); j++) {
			const char *name = snippet_rows[i].name;
			const char *end = strchr(args[j], '{') ? "" : ";";
			struct str text = str_format(&arena, "%s%s%s", name, args[j], end);

			for (int place = SNIPPET_LOCATION; place <= SNIPPET_STREAM; place++) {
				struct snippet_actions actions =
					read_at((enum snippet_place)place, text.at);

				assert_true(actions.count > 0);
				assert_true(str_find_str(actions.at[0].message, name) == 1);
				assert_true((actions.at[0].code == NULL) ==
					    (actions.at[0].kind == SNIPPET_INERT));
			}
		}
	}
}

static void response_headers(void **state)
{
	(void)state;
	assert_header("more_set_headers \"X-Frame-Options: DENY\";", SNIPPET_RESPONSE_SET,
		      "X-Frame-Options", "DENY", false);
	assert_header("more_set_headers 'X-A:b:c ';", SNIPPET_RESPONSE_SET, "X-A", "b:c", false);
	assert_header("more_set_headers 'X-A:';", SNIPPET_RESPONSE_REMOVE, "X-A", "", false);
	assert_header("more_set_headers X-A;", SNIPPET_RESPONSE_REMOVE, "X-A", "", false);
	assert_header("more_set_headers 'Server: x';", SNIPPET_RESPONSE_SET, "Server", "x", true);
	assert_header("more_clear_headers X-A;", SNIPPET_RESPONSE_REMOVE, "X-A", "", false);
	assert_header("more_clear_headers 'X-A: b';", SNIPPET_RESPONSE_REMOVE, "X-A", "", false);
	assert_header("more_clear_headers Server;", SNIPPET_RESPONSE_REMOVE, "Server", "", true);
	assert_header("proxy_hide_header X-Powered-By;", SNIPPET_RESPONSE_REMOVE, "X-Powered-By",
		      "", false);
	assert_header("add_header X-A \"b; c\" always;", SNIPPET_RESPONSE_ADD, "X-A", "b; c",
		      false);
	assert_header("add_header X-A b;", SNIPPET_RESPONSE_ADD, "X-A", "b", true);
	assert_header("add_header X-A \"a   b\" always;", SNIPPET_RESPONSE_ADD, "X-A", "a b", true);
	assert_kind("add_header X-A '' always;", SNIPPET_INERT, "leaves out");
}

static void several_headers_of_one_directive(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_LOCATION, "more_set_headers 'A: 1' 'B: $b' 'C:';");

	(void)state;
	assert_int_equal(actions.count, 3);
	assert_int_equal(actions.at[0].kind, SNIPPET_RESPONSE_SET);
	assert_int_equal(actions.at[1].kind, SNIPPET_REFUSED);
	assert_int_equal(actions.at[2].kind, SNIPPET_RESPONSE_REMOVE);
}

static void headers_that_cannot_be_said(void **state)
{
	(void)state;
	assert_kind("more_set_headers -s 404 'X-A: b';", SNIPPET_REFUSED, "some messages");
	assert_kind("more_set_headers -t text/html 'X-A: b';", SNIPPET_REFUSED, "some messages");
	assert_kind("more_set_headers;", SNIPPET_REFUSED, "names no header");
	assert_kind("more_set_headers 'Request-Id: $req_id';", SNIPPET_REFUSED, "variable");
	assert_kind("more_set_headers 'X A: b';", SNIPPET_REFUSED, "names a header");
	assert_kind("more_set_headers ': b';", SNIPPET_REFUSED, "names a header");
	assert_kind("more_set_headers 'X-A: \xc3\xa9';", SNIPPET_REFUSED, "printable");
	assert_kind("add_header X-A \"a\\nb\";", SNIPPET_REFUSED, "printable");
	assert_kind("more_clear_headers 'X-*';", SNIPPET_REFUSED, "pattern");
	assert_kind("add_header X-A;", SNIPPET_REFUSED, "arguments");
	assert_kind("add_header X-A $b always;", SNIPPET_REFUSED, "variable");

	struct str value = {malloc(4097), 4097};

	memset((char *)value.at, 'x', value.len);
	struct str text = str_format(&arena, "add_header X-A %.*s always;", STR_ARG(value));

	free((char *)value.at);
	assert_kind(text.at, SNIPPET_REFUSED, "4096");
}

static void hide_and_add_are_a_replacement(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_LOCATION, "proxy_hide_header x-a; add_header X-A b always; "
					  "add_header X-B c always; proxy_hide_header X-C;");

	(void)state;
	assert_int_equal(actions.count, 4);
	assert_int_equal(actions.at[0].kind, SNIPPET_INERT);
	assert_int_equal(actions.at[1].kind, SNIPPET_RESPONSE_SET);
	assert_int_equal(actions.at[2].kind, SNIPPET_RESPONSE_ADD);
	assert_int_equal(actions.at[3].kind, SNIPPET_RESPONSE_REMOVE);
}

static void request_headers(void **state)
{
	(void)state;
	assert_header("proxy_set_header X-A b;", SNIPPET_REQUEST_SET, "X-A", "b", false);
	assert_header("proxy_set_header X-A \"\";", SNIPPET_REQUEST_REMOVE, "X-A", "", false);
	assert_header("grpc_set_header X-A b;", SNIPPET_REQUEST_SET, "X-A", "b", false);
	assert_header("proxy_set_header X-Forwarded-Proto https;", SNIPPET_REQUEST_SET,
		      "X-Forwarded-Proto", "https", true);
	assert_header("more_set_input_headers 'X-A: b';", SNIPPET_REQUEST_SET, "X-A", "b", false);
	assert_header("more_set_input_headers 'X-A:';", SNIPPET_REQUEST_REMOVE, "X-A", "", false);
	assert_header("more_clear_input_headers X-A;", SNIPPET_REQUEST_REMOVE, "X-A", "", false);
	assert_kind("proxy_set_header X-A $http_x_b;", SNIPPET_REFUSED, "variable");
	assert_kind("proxy_set_header Host a.example;", SNIPPET_REFUSED, "Host");
	assert_kind("more_set_input_headers 'Host: a';", SNIPPET_REFUSED, "Host");
	assert_kind("more_clear_input_headers 'X-*';", SNIPPET_REFUSED, "pattern");
	assert_kind("more_set_input_headers -r 'X-A: b';", SNIPPET_REFUSED, "some messages");
	assert_kind("proxy_set_header X-A;", SNIPPET_REFUSED, "arguments");
	assert_int_equal(one("proxy_set_header Connection close;").feature,
			 FEATURE_CONNECTION_HEADER);
	assert_kind("proxy_set_header Connection close;", SNIPPET_FEATURE, "Connection");
	assert_true(one("proxy_set_header Host a.example;").hint.len > 0);
}

static void what_the_controller_sends_anyway_is_inert(void **state)
{
	(void)state;
	assert_kind("proxy_set_header Upgrade $http_upgrade;", SNIPPET_INERT, "repeats");
	assert_kind("proxy_set_header Connection \"upgrade\";", SNIPPET_INERT, "repeats");
	assert_kind("proxy_set_header Connection $connection_upgrade;", SNIPPET_INERT, "repeats");
	assert_kind("proxy_set_header Host $host;", SNIPPET_INERT, "repeats");
	assert_kind("proxy_set_header x-real-ip $remote_addr;", SNIPPET_INERT, "repeats");
	assert_kind("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", SNIPPET_INERT,
		    "repeats");
	assert_kind("proxy_set_header X-Real-IP $host;", SNIPPET_REFUSED, "variable");
	assert_kind("more_set_input_headers 'X-Real-IP: 1';", SNIPPET_INERT, "overwrites");
	assert_kind("more_clear_input_headers X-Forwarded-For;", SNIPPET_INERT, "overwrites");
}

static void the_place_decides(void **state)
{
	struct snippet_action action = one_at(SNIPPET_SERVER, "add_header X-A b always;");

	(void)state;
	assert_int_equal(action.kind, SNIPPET_RESPONSE_ADD);
	assert_true(action.approximate);
	assert_int_equal(one_at(SNIPPET_SERVER, "more_set_headers 'X-A: b';").kind,
			 SNIPPET_RESPONSE_SET);
	assert_int_equal(one_at(SNIPPET_SERVER, "proxy_set_header X-A b;").kind, SNIPPET_INERT);
	assert_int_equal(one_at(SNIPPET_HTTP, "proxy_read_timeout 60s;").kind, SNIPPET_INERT);
	assert_int_equal(one("proxy_read_timeout 60s;").kind, SNIPPET_FEATURE);
	assert_int_equal(one_at(SNIPPET_SERVER, "rewrite ^/a/(.*)$ /b/$1 break;").kind,
			 SNIPPET_REFUSED);
	assert_int_equal(one_at(SNIPPET_SERVER, "rewrite ^/a$ /b permanent;").kind,
			 SNIPPET_REDIRECT);

	action = one_at(SNIPPET_AUTH, "proxy_read_timeout 5s;");
	assert_int_equal(action.kind, SNIPPET_FEATURE);
	assert_int_equal(action.feature, FEATURE_AUTH_OPTIONS);
	assert_false(action.guard);
	assert_true(one_at(SNIPPET_AUTH, "proxy_set_header X-A b;").guard);
	assert_true(one_at(SNIPPET_AUTH, "proxy_pass_request_headers off;").guard);
	assert_int_equal(one_at(SNIPPET_AUTH, "set $a b;").kind, SNIPPET_INERT);
	action = one_at(SNIPPET_AUTH, "if ($http_x) { return 403; }");
	assert_true(action.guard);
	assert_string_equal(action.code, "I2G307");
}

/* scheme|hostname|port|edit|path|status, or the message when it is no redirect. */
static void assert_redirect(const char *text, const char *expected)
{
	struct snippet_action action = one(text);
	struct model_redirect *redirect = &action.redirect;
	static const char *const edits[] = {"keep", "full", "prefix"};

	if (action.kind != SNIPPET_REDIRECT)
		fail_msg("'%s': %.*s", text, STR_ARG(action.message));
	struct str got = str_format(&arena, "%.*s|%.*s|%u|%s|%.*s|%u%s", STR_ARG(redirect->scheme),
				    STR_ARG(redirect->hostname), redirect->port,
				    edits[redirect->edit], STR_ARG(redirect->path),
				    redirect->status, action.approximate ? "~" : "");

	assert_string_equal(got.at, expected);
	assert_string_equal(action.code, "I2G248");
}

static void returns_that_redirect(void **state)
{
	(void)state;
	assert_redirect("return 301 https://$host$request_uri;", "https||0|keep||301");
	assert_redirect("return 308 https://new.example$request_uri;",
			"https|new.example|0|keep||308");
	assert_redirect("return 302 $scheme://New.example:8443$request_uri;",
			"|new.example|8443|keep||302");
	assert_redirect("return 301 $scheme://$host/cjoc/;", "||0|full|/cjoc/|301~");
	assert_redirect("return 301 https://$http_host:8443$uri$is_args$args;",
			"https||8443|keep||301~");
	assert_redirect("return 301 https://a.example$uri;", "https|a.example|0|keep||301~");
	assert_redirect("return 307 /login;", "||0|full|/login|307~");
	assert_redirect("return 303 https://a.example;", "https|a.example|0|full|/|303~");
	assert_redirect("return 301 https://a.example/x$is_args$args;",
			"https|a.example|0|full|/x|301");
	assert_redirect("return https://a.example/x;", "https|a.example|0|full|/x|302~");
	assert_redirect("return 301 https://a.example/new$request_uri;",
			"https|a.example|0|prefix|/new|301");
	assert_str(one("return 301 https://a.example/new$request_uri;").match.value, "/");
}

static void returns_that_no_redirect_can_say(void **state)
{
	static const char *const targets[] = {
		"https://a.example/x?y=z",
		"https://a.example/x#y",
		"https://10.0.0.1/",
		"https://www.$host/",
		"https://$host_x/",
		"https://$host.x/",
		"https://a.example/$1",
		"$target",
		"ftp://a.example/",
		"https://u@a.example/",
		"https://a.example:0x/",
		"//a.example/",
		"https://a.example:99999/",
		"https:///x",
		"''",
		"https://a.example/n/$request_uri",
		"\"https://a.example/a b\"",
		"https://a.example/$http_x$request_uri",
		"http://[::1]/",
		"$scheme_x://a.example/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		struct str text = str_format(&arena, "return 301 %s;", targets[i]);
		struct snippet_action action = one(text.at);

		if (action.kind != SNIPPET_FEATURE || action.feature != FEATURE_REDIRECT_LITERAL)
			fail_msg("'%s': %.*s", text.at, STR_ARG(action.message));
		assert_string_equal(action.code, "I2G307");
		assert_true(action.guard);
	}
}

static void returns_that_answer(void **state)
{
	struct snippet_action action = one("return 403;");

	(void)state;
	assert_int_equal(action.kind, SNIPPET_DENY);
	assert_int_equal(action.status, 403);
	assert_true(action.guard);
	assert_string_equal(action.code, "I2G307");
	assert_int_equal(one("return 444;").kind, SNIPPET_DENY);
	assert_int_equal(one("return 503 'gone fishing';").kind, SNIPPET_DENY);
	assert_kind("return 200 ok;", SNIPPET_REFUSED, "answers by itself");
	assert_kind("return 204;", SNIPPET_REFUSED, "answers by itself");
	assert_kind("return 301;", SNIPPET_REFUSED, "answers by itself");
	assert_kind("return 300 /x;", SNIPPET_REFUSED, "answers by itself");
}

/* kind+path>edit path, with "~" for approximate. */
static void assert_rewrite(const char *arguments, const char *expected)
{
	struct str text = str_format(&arena, "rewrite %s;", arguments);
	struct snippet_action action = one(text.at);
	static const char *const kinds[] = {"exact", "prefix", "regex"};
	static const char *const edits[] = {"keep", "full", "prefix"};
	bool redirects = action.kind == SNIPPET_REDIRECT;

	if (!redirects && action.kind != SNIPPET_REWRITE) {
		assert_string_equal(expected, "");
		assert_int_equal(action.kind, SNIPPET_FEATURE);
		return;
	}
	enum path_edit edit = redirects ? action.redirect.edit : action.rewrite.edit;
	struct str path = redirects ? action.redirect.path : action.rewrite.path;
	struct str got =
		str_format(&arena, "%s %s %.*s>%s %.*s%s%s", redirects ? "redirect" : "rewrite",
			   action.match.value.len > 0 ? kinds[action.match.kind] : "all",
			   STR_ARG(action.match.value), edits[edit], STR_ARG(path),
			   action.approximate ? "~" : "",
			   redirects && action.redirect.status == 302 ? " 302" : "");

	assert_string_equal(got.at, expected);
}

static void rewrites_that_redirect(void **state)
{
	(void)state;
	assert_rewrite("^/old/(.*)$ /new/$1 permanent", "redirect prefix /old>prefix /new~");
	assert_rewrite("^/old(/|$)(.*) /new/$2 redirect", "redirect prefix /old>prefix /new~ 302");
	assert_rewrite("^/old(/|$)(.*)$ /$2 redirect", "redirect prefix /old>prefix / 302");
	assert_rewrite("^/old(/.*)?$ /new$1 permanent", "redirect prefix /old>prefix /new");
	assert_rewrite("^/old(.*)$ https://a.example/new$1",
		       "redirect prefix /old>prefix /new~ 302");
	assert_rewrite("^/old$ /new permanent", "redirect exact /old>full /new");
	assert_rewrite("^/$ /app/ redirect", "redirect exact />full /app/ 302");
	assert_rewrite("^/v1\\.0/x$ /new permanent", "redirect exact /v1.0/x>full /new");
	assert_rewrite("^ https://a.example$request_uri? permanent", "redirect all >keep ");
	assert_rewrite("^ https://a.example$request_uri permanent", "redirect all >keep ~");
	assert_rewrite("^/(.*)$ https://a.example/$1 permanent", "redirect all >keep ");
	assert_rewrite("^(.*)$ https://a.example$1? permanent", "redirect all >keep ~");
	assert_rewrite("^/(.*)$ /sub/$1 permanent", "redirect prefix />prefix /sub");
	assert_rewrite("^ https://a.example/ permanent", "redirect all >full /");
	assert_rewrite("^/old /new permanent", "redirect prefix /old>full /new~");
	assert_str(one("rewrite ^/a$ https://b.example/c permanent;").redirect.hostname,
		   "b.example");
}

static void rewrites_for_the_backend(void **state)
{
	(void)state;
	assert_rewrite("^/api/(.*)$ /$1 break", "rewrite prefix /api>prefix /~");
	assert_rewrite("^/api(/|$)(.*) /$2 break", "rewrite prefix /api>prefix /");
	assert_rewrite("^/api(/|$)(.*) /$2 last", "rewrite prefix /api>prefix /~");
	assert_rewrite("^/a$ /b break", "rewrite exact /a>full /b");
	assert_rewrite("^/a$ /b", "rewrite exact /a>full /b~");
	assert_rewrite("^/(.*)$ /sub/$1 break", "rewrite prefix />prefix /sub");
	assert_rewrite("^ /index.html break", "rewrite all >full /index.html");
}

static void rewrites_that_cannot_be_said(void **state)
{
	static const char *const arguments[] = {
		"/old/(.*)$ /new/$1 break",
		"^/old/(\\d+)$ /new/$1 break",
		"(?i)^/old /new break",
		"^/a|/b /c break",
		"^/old/(.*)/x$ /new/$1 break",
		"^/old/(.*)$ /new/$1/x break",
		"^/old/(.*)$ /new/$2 break",
		"^/old/(.*)$ /new/x-$1 break",
		"^/old/(.*)$ $target break",
		"^/old(/.*)?$ +new$1 break",
		"^/old$ new break",
		"^/(.*)$ /$1 break",
		"^/o[ab]$ /new permanent",
		"^/old/(.*)$ /new/$1$is_args permanent",
		"^/old/(.*)$ https://$1/ permanent",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(arguments) / sizeof(*arguments); i++)
		assert_rewrite(arguments[i], "");
	assert_kind("rewrite ^/a$;", SNIPPET_REFUSED, "arguments");
}

static void an_optional_slash_gives_two_paths(void **state)
{
	struct snippet_actions actions = read_at(
		SNIPPET_LOCATION, "rewrite ^/old/?$ /new permanent; rewrite ^/a/?$ /b break;");

	(void)state;
	assert_int_equal(actions.count, 4);
	assert_str(actions.at[0].match.value, "/old");
	assert_str(actions.at[1].match.value, "/old/");
	assert_int_equal(actions.at[1].match.kind, PATH_EXACT);
	assert_str(actions.at[2].match.value, "/a");
	assert_str(actions.at[3].match.value, "/a/");
	assert_int_equal(actions.at[3].kind, SNIPPET_REWRITE);
}

/* ---- narrowing ---- */

static void assert_narrow(const char *arguments, enum path_kind kind, const char *path,
			  const char *expected)
{
	static const char *const covers[] = {"none", "all", "some", "unknown"};
	static const char *const edits[] = {"keep", "full", "prefix"};
	struct str text = str_format(&arena, "rewrite %s;", arguments);
	struct snippet_action action = one(text.at);
	struct snippet_narrowed narrowed =
		snippet_narrow(&arena, &action, (struct model_path){kind, str_from(path)});
	struct str got = str_from(covers[narrowed.cover]);

	if (narrowed.cover == SNIPPET_COVERS_ALL || narrowed.cover == SNIPPET_COVERS_SOME)
		got = str_format(&arena, "%s %.*s %s %.*s", covers[narrowed.cover],
				 STR_ARG(narrowed.match.value), edits[narrowed.edit],
				 STR_ARG(narrowed.path));
	assert_str(got, expected);
}

static void actions_are_narrowed_to_a_rule(void **state)
{
	static const char move[] = "^/old(/.*)?$ /new$1 permanent";

	(void)state;
	assert_narrow(move, PATH_PREFIX, "/", "some /old prefix /new");
	assert_narrow(move, PATH_PREFIX, "/old", "all /old prefix /new");
	assert_narrow(move, PATH_PREFIX, "/old/sub", "all /old/sub prefix /new/sub");
	assert_narrow(move, PATH_EXACT, "/old/sub", "all /old/sub full /new/sub");
	assert_narrow(move, PATH_EXACT, "/old", "all /old full /new");
	assert_narrow(move, PATH_PREFIX, "/older", "none");
	assert_narrow(move, PATH_PREFIX, "/ol", "none");
	assert_narrow(move, PATH_REGEX, "/old", "unknown");
	assert_narrow("^/a(/|$)(.*) /$2 break", PATH_PREFIX, "/a/b", "all /a/b prefix /b");
	assert_narrow("^/(.*)$ /sub/$1 break", PATH_PREFIX, "/app", "all /app prefix /sub/app");
	assert_narrow("^/(.*)$ /sub/$1 break", PATH_PREFIX, "/", "all / prefix /sub");
	assert_narrow("^/a$ /b break", PATH_PREFIX, "/", "some /a full /b");
	assert_narrow("^/a$ /b break", PATH_EXACT, "/a", "all /a full /b");
	assert_narrow("^/a$ /b break", PATH_EXACT, "/c", "none");
	assert_narrow("^/a$ /b break", PATH_PREFIX, "/c", "none");
	assert_narrow("^ /b break", PATH_REGEX, "/c", "all /c full /b");
	assert_narrow("^ https://b.example$request_uri? permanent", PATH_PREFIX, "/x",
		      "all /x keep ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_table_is_sorted),
		TEST(every_row_makes_an_action_that_quotes_it),
		TEST(response_headers),
		TEST(several_headers_of_one_directive),
		TEST(headers_that_cannot_be_said),
		TEST(hide_and_add_are_a_replacement),
		TEST(request_headers),
		TEST(what_the_controller_sends_anyway_is_inert),
		TEST(the_place_decides),
		TEST(returns_that_redirect),
		TEST(returns_that_no_redirect_can_say),
		TEST(returns_that_answer),
		TEST(rewrites_that_redirect),
		TEST(rewrites_for_the_backend),
		TEST(rewrites_that_cannot_be_said),
		TEST(an_optional_slash_gives_two_paths),
		TEST(actions_are_narrowed_to_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
