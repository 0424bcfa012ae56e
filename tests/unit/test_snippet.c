/* The snippet parser against nginx's rules, and what each directive becomes. */
#include "test.h"

#include "converters/from_ingress_nginx/snippet_rules.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

/* ---- the parser ---- */

static struct snippet parsed(const char *text)
{
	struct snippet snippet;
	struct snippet_fault fault;

	if (!snippet_parse(&snippet, &arena, str_from(text), &fault))
		fail_msg("'%s' is refused at %zu: %s", text, fault.offset, fault.text);
	return snippet;
}

static struct snippet_fault refused(const char *text)
{
	struct snippet snippet;
	struct snippet_fault fault;

	if (snippet_parse(&snippet, &arena, str_from(text), &fault))
		fail_msg("'%s' is taken", text);
	assert_non_null(fault.text);
	return fault;
}

static void words_and_places(void **state)
{
	struct snippet snippet = parsed("# first\n  gzip on;\n\tadd_header  X-A\n\t  b always ;\n");

	(void)state;
	assert_int_equal(snippet.count, 2);
	assert_str(snippet.at[0].name, "gzip");
	assert_str(snippet.at[0].args[0], "on");
	assert_str(snippet.at[0].raw, "gzip on;");
	assert_int_equal(snippet.at[0].line, 1);
	assert_int_equal(snippet.at[0].column, 2);
	assert_int_equal(snippet.at[0].offset, 10);
	assert_false(snippet.at[0].block);
	assert_int_equal(snippet.at[1].arg_count, 3);
	assert_str(snippet.at[1].args[2], "always");
	assert_int_equal(snippet.at[1].line, 2);
	assert_int_equal(snippet.at[1].column, 1);
}

static void an_empty_snippet_has_no_directives(void **state)
{
	(void)state;
	assert_int_equal(parsed("").count, 0);
	assert_int_equal(parsed(" \r\n\t# only a comment").count, 0);
}

static void quotes_and_escapes(void **state)
{
	struct snippet snippet =
		parsed("a \"b c\" 'd;{}#\"' \"\\\"\\\\\\n\\x\" '' e\\ f \\; #x\n ;");

	(void)state;
	assert_int_equal(snippet.count, 1);
	assert_int_equal(snippet.at[0].arg_count, 6);
	assert_str(snippet.at[0].args[0], "b c");
	assert_str(snippet.at[0].args[1], "d;{}#\"");
	assert_str(snippet.at[0].args[2], "\"\\\n\\x");
	assert_str(snippet.at[0].args[3], "");
	/* A backslash outside quotes keeps the next character in the word, and stays. */
	assert_str(snippet.at[0].args[4], "e\\ f");
	assert_str(snippet.at[0].args[5], "\\;");
}

static void a_hash_within_a_word_is_no_comment(void **state)
{
	(void)state;
	assert_str(parsed("a b#c;").at[0].args[0], "b#c");
}

static void braces_of_a_variable_belong_to_the_word(void **state)
{
	struct snippet snippet = parsed("set $a x${b}y;set ${c}{}");

	(void)state;
	assert_str(snippet.at[0].args[1], "x${b}y");
	assert_str(snippet.at[1].args[0], "${c}");
	assert_true(snippet.at[1].block);
}

static void blocks_nest(void **state)
{
	struct snippet snippet =
		parsed("location /a { if ($x = \"y\") { return 403; } deny all; } gzip on;");
	struct snippet_directive *location = &snippet.at[0];

	(void)state;
	assert_int_equal(snippet.count, 2);
	assert_true(location->block);
	assert_int_equal(location->child_count, 2);
	assert_str(location->children[0].name, "if");
	assert_int_equal(location->children[0].arg_count, 4);
	assert_str(location->children[0].args[2], "y");
	assert_str(location->children[0].args[3], ")");
	assert_str(location->children[0].children[0].raw, "return 403;");
	assert_str(location->children[1].name, "deny");
	assert_str(snippet.at[1].name, "gzip");
}

static void columns_count_code_points(void **state)
{
	struct snippet snippet = parsed("a \"\xc3\xa9\xe2\x82\xac\"; b;");

	(void)state;
	assert_int_equal(snippet.at[1].column, 8);
	assert_int_equal(snippet.at[1].offset, 11);
}

static void lua_is_kept_as_text(void **state)
{
	struct snippet snippet = parsed("access_by_lua_block {\n"
					"  local t = { \"}\", '}', [==[ } ]] ]==] } -- }\n"
					"  --[[ } ]]\n"
					"  if t[1] ~= 'a\\'}' then ngx.exit(403) end\n"
					"}\nset_by_lua_block $x { return {} } gzip on;");

	(void)state;
	assert_int_equal(snippet.count, 3);
	assert_true(str_find_str(snippet.at[0].lua, "ngx.exit(403) end\n") != SIZE_MAX);
	assert_true(str_ends(snippet.at[0].raw, "}"));
	assert_int_equal(snippet.at[0].child_count, 0);
	assert_str(snippet.at[1].lua, " return {} ");
	assert_str(snippet.at[1].args[0], "$x");
	assert_str(snippet.at[2].name, "gzip");
}

static void faults_have_a_place(void **state)
{
	struct snippet_fault fault = refused("gzip on;\n  add_header X-A \"b;\n");

	(void)state;
	assert_string_equal(fault.text, "a quote is never closed");
	assert_int_equal(fault.line, 1);
	assert_int_equal(fault.column, 17);
	assert_int_equal(fault.offset, 26);
	assert_string_equal(refused("gzip on").text, "a directive is not ended by \";\"");
	assert_string_equal(refused("gzip on }").text, "a \"}\" stands where \";\" is missing");
	assert_string_equal(refused("gzip on; }").text, "a } closes nothing");
	assert_string_equal(refused("if ($a) { gzip on;").text, "a { is never closed");
	assert_string_equal(refused("x_by_lua_block { '}' ").text, "a { is never closed");
	assert_string_equal(refused("x_by_lua_block { [[ ").text, "a { is never closed");
	assert_string_equal(refused("; gzip on;").text,
			    "a \";\" or \"{\" stands where a directive should");
	assert_string_equal(refused("{ }").text,
			    "a \";\" or \"{\" stands where a directive should");
	assert_string_equal(refused("a \"b\"c;").text,
			    "something stands right behind a closing quote");
	refused("a \\");
	refused("a \"\\");
	refused("a $");
	refused("a ${");
}

static void bounds_hold(void **state)
{
	char *text = malloc(SNIPPET_BYTES + 2);

	(void)state;
	memset(text, ' ', SNIPPET_BYTES + 1);
	text[SNIPPET_BYTES + 1] = '\0';
	assert_string_equal(refused(text).text, "it is larger than 64 KiB");
	text[SNIPPET_BYTES] = '\0';
	parsed(text);

	size_t at = 0;

	for (int i = 0; i < SNIPPET_DIRECTIVES; i++, at += 2)
		memcpy(text + at, "a;", 3);
	assert_int_equal(parsed(text).count, SNIPPET_DIRECTIVES);
	memcpy(text + at, "a;", 3);
	assert_string_equal(refused(text).text, "there are too many directives");

	for (at = 0; at < 2 * (SNIPPET_DEPTH - 1); at += 2)
		memcpy(text + at, "a{", 2);
	memset(text + at, '}', SNIPPET_DEPTH - 1);
	text[at + SNIPPET_DEPTH - 1] = '\0';
	parsed(text);
	memset(text, 'a', 2);
	for (at = 0; at < 2 * SNIPPET_DEPTH; at += 2)
		memcpy(text + at, "a{", 2);
	memset(text + at, '}', SNIPPET_DEPTH);
	text[at + SNIPPET_DEPTH] = '\0';
	assert_string_equal(refused(text).text, "blocks are nested too deeply");
	free(text);
}

/* ---- the meaning ---- */

static struct snippet_actions read_at(enum snippet_place place, const char *text)
{
	struct snippet_value value = {.text = str_from(text), .place = place};

	return snippet_read(&arena, &value);
}

/* The one action of a configuration-snippet. */
static struct snippet_action one_at(enum snippet_place place, const char *text)
{
	struct snippet_actions actions = read_at(place, text);

	if (actions.count != 1)
		fail_msg("'%s' gives %zu actions", text, actions.count);
	return actions.at[0];
}

static struct snippet_action one(const char *text)
{
	return one_at(SNIPPET_LOCATION, text);
}

static void assert_header(const char *text, enum snippet_kind kind, const char *name,
			  const char *value, bool approximate)
{
	struct snippet_action action = one(text);

	if (action.kind != kind)
		fail_msg("'%s' is of kind %d", text, (int)action.kind);
	assert_string_equal(action.code, "I2G248");
	assert_str(action.name, name);
	assert_str(action.value, value);
	assert_false(action.guard);
	assert_int_equal(action.approximate, approximate);
}

static void assert_kind(const char *text, enum snippet_kind kind, const char *part)
{
	struct snippet_action action = one(text);

	if (action.kind != kind)
		fail_msg("'%s' is of kind %d: %.*s", text, (int)action.kind,
			 STR_ARG(action.message));
	if (str_find_str(action.message, part) == SIZE_MAX)
		fail_msg("'%s': %.*s", text, STR_ARG(action.message));
	if (kind == SNIPPET_INERT)
		assert_null(action.code);
	else
		assert_non_null(action.code);
}

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

/* ---- guards ---- */

static void assert_guard(const char *text, enum feature feature)
{
	struct snippet_action action = one(text);

	if (action.kind != SNIPPET_FEATURE || action.feature != feature || !action.guard)
		fail_msg("'%s' is of kind %d, %s: %.*s", text, (int)action.kind,
			 action.feature ? feature_name(action.feature) : "no feature",
			 STR_ARG(action.message));
	assert_string_equal(action.code, "I2G307");
}

static void address_lists(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_LOCATION, "allow 10.0.0.0/8; allow 192.0.2.1; deny all;");

	(void)state;
	assert_int_equal(actions.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(actions.at[i].feature, FEATURE_IP_ALLOW);
		assert_true(actions.at[i].guard);
	}
	assert_str(actions.at[0].value, "10.0.0.0/8");
	assert_guard("deny 192.0.2.1;", FEATURE_IP_DENY);
	assert_int_equal(one("deny all;").kind, SNIPPET_DENY);
	assert_int_equal(one("deny all;").status, 403);
	assert_true(one("deny all;").guard);
	assert_kind("allow 10.0.0.0/8;", SNIPPET_INERT, "not denied");

	actions = read_at(SNIPPET_LOCATION, "deny 192.0.2.1; allow all;");
	assert_int_equal(actions.at[0].feature, FEATURE_IP_DENY);
	assert_int_equal(actions.at[1].kind, SNIPPET_INERT);
}

static void checks_are_guards(void **state)
{
	(void)state;
	assert_guard("auth_basic realm;", FEATURE_AUTH_BASIC);
	assert_guard("auth_digest realm;", FEATURE_AUTH_DIGEST);
	assert_guard("auth_request /auth;", FEATURE_AUTH_EXTERNAL);
	assert_guard("auth_jwt realm;", FEATURE_SNIPPET);
	assert_guard("limit_req zone=a burst=5 nodelay;", FEATURE_RATE_LIMIT);
	assert_guard("limit_conn a 5;", FEATURE_CONNECTION_LIMIT);
	assert_guard("limit_except GET { deny all; }", FEATURE_SNIPPET);
	assert_guard("internal;", FEATURE_SNIPPET);
	assert_guard("modsecurity on;", FEATURE_WAF);
	assert_guard("modsecurity_rules 'SecRuleEngine On';", FEATURE_WAF);
	assert_guard("ssl_verify_client on;", FEATURE_CLIENT_CERT);
	assert_guard("satisfy any;", FEATURE_AUTH_SATISFY_ANY);
	assert_guard("access_by_lua_block { ngx.exit(403) }", FEATURE_SNIPPET);
	assert_str(one("limit_req zone=a;").hint, "the annotation limit-rps is for this");
	assert_int_equal(one("internal;").hint.len, 0);
	assert_kind("satisfy all;", SNIPPET_INERT, "default");
	assert_kind("auth_basic off;", SNIPPET_REFUSED, "switches off");
	assert_false(one("modsecurity off;").guard);
}

static void conditions(void **state)
{
	(void)state;
	assert_guard("if ($http_user_agent ~* (bot)) { return 403; }", FEATURE_USER_AGENT_BLOCK);
	assert_guard("if ($http_referer ~ spam) { return 444; }", FEATURE_USER_AGENT_BLOCK);
	assert_guard("if ($geoip2_country_code != DE) { return 403; }", FEATURE_GEO);
	assert_guard("if ($ssl_client_s_dn !~ x) { return 403; }", FEATURE_CLIENT_CERT_MATCH);
	assert_guard("if ($request_method !~ ^(GET|HEAD)$) { return 405; }", FEATURE_SNIPPET);
	/* What an if looks at counts, not what it answers with. */
	assert_guard("if ($a) { return 403 '$http_user_agent'; }", FEATURE_SNIPPET);

	struct snippet_action action = one("if ($scheme = http) { return 301 https://$host/; }");

	assert_int_equal(action.kind, SNIPPET_REFUSED);
	assert_true(action.guard);
	assert_true(str_find_str(action.hint, "ssl-redirect") != SIZE_MAX);
	action = one("if ($request_method = OPTIONS) { return 204; }");
	assert_true(str_find_str(action.hint, "enable-cors") != SIZE_MAX);
	action = one("if ($host = 'a.example') { rewrite ^ https://b.example permanent; }");
	assert_true(str_find_str(action.hint, "host") != SIZE_MAX);
	assert_int_equal(one("if ($a) { set $b 1; }").hint.len, 0);
	assert_false(one("if ($a) { set $b 1; }").guard);
}

static void blocks_that_deny_are_guards(void **state)
{
	(void)state;
	assert_true(one_at(SNIPPET_SERVER, "location /admin { deny all; }").guard);
	assert_true(one_at(SNIPPET_SERVER, "location ~ x { if ($a) { return 404; } }").guard);
	assert_true(one_at(SNIPPET_SERVER, "location /x { return 200 ok; }").guard);
	assert_int_equal(one_at(SNIPPET_SERVER, "location /x { return 200 ok; }").kind,
			 SNIPPET_REFUSED);
	assert_true(one("no_such_block { deny all; }").guard);
}

static void what_may_keep_requests_out_is_a_guard(void **state)
{
	static const char *const texts[] = {
		"include /etc/nginx/auth.conf;",
		"if ($a) { return 302 https://login.example/; }",
		"if ($a) { return 200 denied; }",
		"if ($a) { rewrite ^ https://login.example/ redirect; }",
		"if ($a) { rewrite ^ /403 break; }",
		"if ($a) { proxy_pass http://x; }",
		"if ($a) { auth_gss on; }",
		"return 200 denied;",
		"return 302 https://login.example/?to=$request_uri;",
		"rewrite ^/a|/b /c break;",
		"location /x { gzip on; }",
		"content_by_lua_block { ngx.exit(403) }",
		"header_filter_by_lua_block { ngx.status = 403 }",
		"error_page 404 =403 /x;",
		"try_files $uri =404;",
		"ldap_auth on;",
		"SecRulesEnabled;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		for (int place = SNIPPET_LOCATION; place <= SNIPPET_SERVER; place++) {
			struct snippet_action action = one_at((enum snippet_place)place, texts[i]);

			if (!action.guard)
				fail_msg("'%s' is no guard", texts[i]);
			assert_string_equal(action.code, "I2G307");
		}
	}
}

static void what_keeps_nobody_out_is_no_guard(void **state)
{
	static const char *const texts[] = {
		"error_page 502 /sorry.html;",
		"if ($a) { add_header X-A b; set $c d; }",
		"types { text/x-own own; }",
		"map $a $b { own 1; }",
		"access_log off;",
		"more_set_headers 'X-A: $b';",
		"return 301 https://a.example$request_uri;",
		"rewrite ^/a$ /b break;",
		"log_by_lua_block { x() }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (one(texts[i]).guard)
			fail_msg("'%s' is a guard", texts[i]);
	assert_false(one_at(SNIPPET_HTTP, "map $a $b { own 1; }").guard);
	assert_false(one_at(SNIPPET_MAIN, "worker_rlimit_core 1g;").guard);
	assert_false(one_at(SNIPPET_STREAM, "server { listen 81; no_such_directive on; }").guard);
}

static void unknown_directives_guard_everywhere(void **state)
{
	(void)state;
	for (int place = SNIPPET_LOCATION; place <= SNIPPET_STREAM; place++)
		if (!one_at((enum snippet_place)place, "no_such_directive on;").guard)
			fail_msg("an unknown directive is no guard at place %d", place);
	assert_true(one_at(SNIPPET_HTTP, "server { listen 81; return 301 /x; }").guard);
	assert_true(one("set $proxy_upstream_name shop-other-80;").guard);
	assert_false(one("set $tenant blue;").guard);
}

static void features_and_the_rest(void **state)
{
	struct snippet_action action = one("proxy_read_timeout 600s;");

	(void)state;
	assert_int_equal(action.feature, FEATURE_TIMEOUT_READ);
	assert_str(action.value, "proxy_read_timeout 600s;");
	assert_str(action.hint, "the annotation proxy-read-timeout is for this");
	assert_string_equal(action.code, "I2G243");
	assert_int_equal(one("client_max_body_size 10m;").feature, FEATURE_BODY_SIZE);
	assert_int_equal(one("gzip on;").feature, FEATURE_COMPRESSION);
	assert_kind("server_tokens off;", SNIPPET_INERT, "version");
	assert_kind("set $a b;", SNIPPET_INERT, "variable");
	assert_kind("proxy_pass http://x;", SNIPPET_REFUSED, "replaces the backend");
	assert_kind("frobnicate 1;", SNIPPET_REFUSED,
		    "'frobnicate 1' has no equivalent in Gateway API");
}

static void messages_quote_one_short_line(void **state)
{
	struct str text = {0};
	struct snippet_action action = one("frobnicate  {\n\ta;\n\tb;\n}");

	(void)state;
	assert_str(action.message, "'frobnicate { a; b; }' has no equivalent in Gateway API");
	text = str_format(&arena, "frobnicate %0200d;", 0);
	action = one(text.at);
	assert_true(action.message.len < 140);
	assert_true(str_find_str(action.message, "000...'") != SIZE_MAX);
	text = str_format(&arena, "frobnicate %068d\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac;", 0);
	assert_true(str_find_str(one(text.at).message, "\xe2\x82\xac...'") != SIZE_MAX);
}

static void a_snippet_that_cannot_be_parsed_is_a_guard(void **state)
{
	struct snippet_action action = one("gzip on;\nadd_header X-A \"b;");

	(void)state;
	assert_int_equal(action.kind, SNIPPET_REFUSED);
	assert_true(action.guard);
	assert_string_equal(action.code, "I2G307");
	assert_str(action.message,
		   "the snippet is no nginx configuration: a quote is never closed");
	assert_null(action.directive);
}

static void spans_point_into_the_file(void **state)
{
	struct snippet_value value = {
		.text = STR("gzip on;\n  deny all; # x\n"),
		.first = {.source = 2, .line = 10, .column = 50, .length = 1},
		.literal = true,
		.indent = 6,
	};
	struct snippet_actions actions = snippet_read(&arena, &value);

	(void)state;
	assert_int_equal(actions.at[0].span.line, 11);
	assert_int_equal(actions.at[0].span.column, 7);
	assert_int_equal(actions.at[0].span.length, 8);
	assert_int_equal(actions.at[0].span.source, 2);
	assert_int_equal(actions.at[1].span.line, 12);
	assert_int_equal(actions.at[1].span.column, 9);
	assert_int_equal(actions.at[1].span.length, 9);

	value.indent = 0;
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 12);
	assert_int_equal(actions.at[1].span.column, 1);
	assert_int_equal(actions.at[1].span.length, 9);
	assert_true(actions.at[1].in_block);

	value.literal = false;
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 10);
	assert_int_equal(actions.at[1].span.column, 50);

	value.literal = true;
	value.first = (struct span){0};
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 0);
}

/* ---- stream ---- */

static void assert_l4(const char *text, enum l4_kind kind, unsigned port, const char *backend)
{
	struct snippet_actions actions = read_at(SNIPPET_STREAM, text);
	struct snippet_action *action = &actions.at[actions.count - 1];

	if (action->kind != SNIPPET_L4)
		fail_msg("'%s': %.*s", text, STR_ARG(action->message));
	struct model_backend *got = &action->l4.backend;
	struct str words = str_format(&arena, "%.*s/%.*s:%u", STR_ARG(got->namespace),
				      STR_ARG(got->name), got->port);

	assert_int_equal(action->l4.kind, kind);
	assert_int_equal(action->l4.port, port);
	assert_string_equal(words.at, backend);
	assert_string_equal(got->kind, "Service");
	assert_string_equal(action->code, "I2G248");
}

static void plain_servers_are_routes(void **state)
{
	(void)state;
	assert_l4("server { listen 9000; proxy_pass db.data.svc.cluster.local:5432; }", L4_TCP,
		  9000, "data/db:5432");
	assert_l4("server { listen 53 udp reuseport; proxy_pass dns.infra:53; proxy_timeout 1s; }",
		  L4_UDP, 53, "infra/dns:53");
	assert_l4("server { listen 0.0.0.0:9000; listen [::]:9000; proxy_pass db.data.svc:1; }",
		  L4_TCP, 9000, "data/db:1");
	assert_l4("upstream up { server db.data.svc:5432; } server { listen 9000; proxy_pass up; }",
		  L4_TCP, 9000, "data/db:5432");
}

static void two_ports_are_two_routes(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_STREAM, "server { listen 53; listen 53 udp; listen [::]:53; "
					"proxy_pass dns.infra.svc:53; }");

	(void)state;
	assert_int_equal(actions.count, 2);
	assert_int_equal(actions.at[0].l4.kind, L4_TCP);
	assert_int_equal(actions.at[1].l4.kind, L4_UDP);
}

static void other_servers_are_refused(void **state)
{
	static const char *const servers[] = {
		"server { listen 9000; proxy_pass db:5432; }",
		"server { listen 9000; proxy_pass db.data.svc; }",
		"server { listen 9000; proxy_pass $up:1; }",
		"server { listen 9000; proxy_pass 10.0.0.1:5432; }",
		"server { listen 9000; proxy_pass db.data.svc:1/x; }",
		"server { listen 9000; }",
		"server { proxy_pass db.data.svc:1; }",
		"server { listen 9000 ssl; proxy_pass db.data.svc:1; }",
		"server { listen unix:/x; proxy_pass db.data.svc:1; }",
		"server { listen 127.0.0.1:9000; proxy_pass db.data.svc:1; }",
		"server { listen 0; proxy_pass db.data.svc:1; }",
		"server { listen 70000; proxy_pass db.data.svc:1; }",
		"server { listen 9000; proxy_pass db.data.svc:1; proxy_ssl on; }",
		"server { listen 9000; proxy_pass db.data.svc:1; proxy_pass db.data.svc:2; }",
		"map $a $b { x y; }",
		"log_format a b;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
		struct snippet_action action = one_at(SNIPPET_STREAM, servers[i]);

		if (action.kind != SNIPPET_REFUSED || action.guard)
			fail_msg("'%s' is of kind %d", servers[i], (int)action.kind);
	}
	struct snippet_actions actions =
		read_at(SNIPPET_STREAM, "upstream up { server a.b.svc:1; server c.b.svc:1; } "
					"server { listen 9000; proxy_pass up; }");

	assert_int_equal(actions.at[0].kind, SNIPPET_INERT);
	assert_int_equal(actions.at[1].kind, SNIPPET_REFUSED);
	assert_true(one_at(SNIPPET_STREAM,
			   "server { listen 9000; deny all; proxy_pass db.data.svc:1; }")
			    .guard);
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
		cmocka_unit_test(words_and_places),
		cmocka_unit_test(an_empty_snippet_has_no_directives),
		cmocka_unit_test(quotes_and_escapes),
		cmocka_unit_test(a_hash_within_a_word_is_no_comment),
		cmocka_unit_test(braces_of_a_variable_belong_to_the_word),
		cmocka_unit_test(blocks_nest),
		cmocka_unit_test(columns_count_code_points),
		cmocka_unit_test(lua_is_kept_as_text),
		cmocka_unit_test(faults_have_a_place),
		cmocka_unit_test(bounds_hold),
		cmocka_unit_test(the_table_is_sorted),
		cmocka_unit_test(every_row_makes_an_action_that_quotes_it),
		cmocka_unit_test(response_headers),
		cmocka_unit_test(several_headers_of_one_directive),
		cmocka_unit_test(headers_that_cannot_be_said),
		cmocka_unit_test(hide_and_add_are_a_replacement),
		cmocka_unit_test(request_headers),
		cmocka_unit_test(what_the_controller_sends_anyway_is_inert),
		cmocka_unit_test(the_place_decides),
		cmocka_unit_test(returns_that_redirect),
		cmocka_unit_test(returns_that_no_redirect_can_say),
		cmocka_unit_test(returns_that_answer),
		cmocka_unit_test(rewrites_that_redirect),
		cmocka_unit_test(rewrites_for_the_backend),
		cmocka_unit_test(rewrites_that_cannot_be_said),
		cmocka_unit_test(an_optional_slash_gives_two_paths),
		cmocka_unit_test(address_lists),
		cmocka_unit_test(checks_are_guards),
		cmocka_unit_test(conditions),
		cmocka_unit_test(blocks_that_deny_are_guards),
		cmocka_unit_test(what_may_keep_requests_out_is_a_guard),
		cmocka_unit_test(what_keeps_nobody_out_is_no_guard),
		cmocka_unit_test(unknown_directives_guard_everywhere),
		cmocka_unit_test(features_and_the_rest),
		cmocka_unit_test(messages_quote_one_short_line),
		cmocka_unit_test(a_snippet_that_cannot_be_parsed_is_a_guard),
		cmocka_unit_test(spans_point_into_the_file),
		cmocka_unit_test(plain_servers_are_routes),
		cmocka_unit_test(two_ports_are_two_routes),
		cmocka_unit_test(other_servers_are_refused),
		cmocka_unit_test(actions_are_narrowed_to_a_rule),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
