#include "test.h"

#include "cli/flags.h"
#include "cli/term.h"

struct values {
	const char *name;
	struct texts files, words;
	bool force, flat;
	unsigned verbose;
	int channel;
};

static const char *const channels[] = {"standard", "experimental", NULL};

#define AT(field) .offset = offsetof(struct values, field)

static const struct flag rows[] = {
	{.name = "name", .kind = FLAG_TEXT, .argument = "NAME", .help = "a name", AT(name)},
	{.name = "file",
	 .letter = 'f',
	 .kind = FLAG_LIST,
	 .argument = "PATH",
	 .help = "a file",
	 AT(files)},
	{.name = "words", .kind = FLAG_COMMAS, .argument = "W", .help = "words", AT(words)},
	{.name = "force", .letter = 'F', .kind = FLAG_SWITCH, .help = "do it", AT(force)},
	{.name = "recursive",
	 .letter = 'R',
	 .kind = FLAG_SWITCH,
	 .inverted = true,
	 .help = "walk",
	 AT(flat)},
	{.name = "verbose", .letter = 'v', .kind = FLAG_COUNT, .help = "say more", AT(verbose)},
	{.name = "channel",
	 .kind = FLAG_CHOICE,
	 .choices = channels,
	 .help = "the channel",
	 .more = "Standard is safe.",
	 AT(channel)},
	{.name = "modern",
	 .kind = FLAG_ALIAS,
	 .hidden = true,
	 .alias = "channel=experimental",
	 .help = "alias"},
	{.name = "kubeconfig", .kind = FLAG_REFUSED, .hidden = true, .help = "no cluster is read"},
};

static const struct flag_group group = {"Things", rows, sizeof rows / sizeof *rows};

struct fixture {
	struct arena arena;
	struct values values;
	struct flag_parser parser;
	struct flag_place places[2];
	struct error error;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	arena_init(&fixture->arena);
	fixture->places[0] = (struct flag_place){&group, &fixture->values};
	fixture->parser = (struct flag_parser){.places = fixture->places, .arena = &fixture->arena};
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	arena_finish(&fixture->arena);
	free(fixture);
	return 0;
}

enum { ARGS_MOST = 16 };

/* The words of a line become the arguments. */
static bool parse(struct fixture *fixture, const char *line)
{
	char *argv[ARGS_MOST] = {(char *)"program"};
	struct str rest = str_from(line), word;
	bool more = true;
	int argc = 1;

	while (*line && str_split(&rest, ' ', &more, &word))
		argv[argc++] = (char *)str_dup(&fixture->arena, word).at;
	return flags_parse(&fixture->parser, argc, argv, &fixture->error);
}

static void long_flags(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "--name=a --file b --file=c=d --channel experimental"));
	assert_string_equal(fixture->values.name, "a");
	assert_int_equal(fixture->values.files.count, 2);
	assert_string_equal(fixture->values.files.at[0], "b");
	assert_string_equal(fixture->values.files.at[1], "c=d");
	assert_int_equal(fixture->values.channel, 1);
	assert_int_equal(fixture->parser.rest.count, 0);
}

static void short_flags(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "-f a -fb -f=c -vvF -Rf d"));
	assert_int_equal(fixture->values.files.count, 4);
	assert_string_equal(fixture->values.files.at[1], "b");
	assert_string_equal(fixture->values.files.at[2], "c");
	assert_string_equal(fixture->values.files.at[3], "d");
	assert_int_equal(fixture->values.verbose, 2);
	assert_true(fixture->values.force);
	assert_false(fixture->values.flat);
}

static void switches_take_true_and_false(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "--force --force=false -R=false"));
	assert_false(fixture->values.force);
	assert_true(fixture->values.flat);
	assert_false(parse(fixture, "--force=maybe"));
	assert_string_equal(fixture->error.text, "--force takes true or false, not 'maybe'");
}

static void commas_separate(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "--words=a,b, --words c"));
	assert_int_equal(fixture->values.words.count, 3);
	assert_string_equal(fixture->values.words.at[1], "b");
	assert_string_equal(fixture->values.words.at[2], "c");
}

static void arguments_and_the_end_of_flags(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "one - --force two -- --name -v"));
	assert_true(fixture->values.force);
	assert_int_equal(fixture->values.verbose, 0);
	assert_int_equal(fixture->parser.rest.count, 5);
	assert_string_equal(fixture->parser.rest.at[1], "-");
	assert_string_equal(fixture->parser.rest.at[3], "--name");
}

static void stops_at_the_command(void **state)
{
	struct fixture *fixture = *state;

	fixture->parser.stop_early = true;
	assert_true(parse(fixture, "--force -v convert --unknown"));
	assert_int_equal(fixture->parser.used, 2);
	assert_int_equal(fixture->parser.rest.count, 0);
}

static void aliases(void **state)
{
	struct fixture *fixture = *state;

	assert_true(parse(fixture, "--modern=false"));
	assert_int_equal(fixture->values.channel, 0);
	assert_true(parse(fixture, "--modern"));
	assert_int_equal(fixture->values.channel, 1);
}

static void mistakes_are_explained(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{"--nmae=x", "unknown flag '--nmae'; did you mean '--name'?"},
		{"--verb", "unknown flag '--verb'; did you mean '--verbose'?"},
		{"--zzz", "unknown flag '--zzz'"},
		{"--modrn", "unknown flag '--modrn'"}, /* hidden flags are not suggested */
		{"-vx", "unknown flag '-x'"},
		{"--name", "--name needs a value"},
		{"-f", "-f needs a value"},
		{"--channel=beta",
		 "--channel cannot be 'beta'; it can be standard or experimental"},
		{"--channel=standart", "--channel cannot be 'standart'; did you mean 'standard'?"},
		{"--kubeconfig=x", "--kubeconfig is not accepted: no cluster is read"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(parse(fixture, cases[i].line));
		assert_string_equal(fixture->error.text, cases[i].text);
	}
}

static void nearest_words(void **state)
{
	static const char *const words[] = {"convert", "list", "envoy-gateway"};

	(void)state;
	assert_string_equal(flags_nearest(words, 3, STR("lsit")), "list");
	assert_string_equal(flags_nearest(words, 3, STR("envoy")), "envoy-gateway");
	assert_null(flags_nearest(words, 3, STR("x")));
}

static void help_shows_what_is_not_hidden(void **state)
{
	struct buf buf;
	struct str text;

	(void)state;
	buf_init(&buf);
	flags_help(&buf, &group, 80, false);
	text = buf_slice(&buf);
	assert_true(str_starts(text, "Things\n      --name=NAME                 a name\n"));
	assert_true(str_find_str(text, "  -f, --file=PATH                 a file\n") != SIZE_MAX);
	assert_true(str_find_str(text,
				 "      --channel=standard|experimental\n"
				 "                                  the channel\n") != SIZE_MAX);
	assert_true(str_find_str(text, "modern") == SIZE_MAX);
	assert_true(str_find_str(text, "Standard is safe.") == SIZE_MAX);
	buf_clear(&buf);
	flags_help(&buf, &group, 80, true);
	assert_true(str_find_str(buf_slice(&buf), "Standard is safe.") != SIZE_MAX);
	buf_finish(&buf);
}

static void man_page_source(void **state)
{
	struct buf buf;
	struct str text;

	(void)state;
	buf_init(&buf);
	flags_scd(&buf, &group);
	text = buf_slice(&buf);
	assert_true(str_starts(text, "## Things\n\n*--name*=_NAME_\n\tA name.\n\n*-f*, *--file*="));
	assert_true(str_find_str(text, "*--channel*=*standard*|*experimental*\n"
				       "\tThe channel. Standard is safe.\n") != SIZE_MAX);
	buf_finish(&buf);
}

static void wrapped_text_fits(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf);
	text_wrap(&buf, STR("one two three four"), 4, 2, 10);
	assert_str(buf_slice(&buf), "one\n  two\n  three\n  four\n");
	buf_finish(&buf);
}

/* ---- colour ---- */

static bool has_colour(enum term_colour when)
{
	struct term term;

	term_init(&term, -1, when);
	return term.colour;
}

static void clear_environment(void)
{
	unsetenv("INGRESS2GW_COLOR");
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	unsetenv("FORCE_COLOR");
	unsetenv("TERM");
	unsetenv("COLUMNS");
}

static void colour_is_decided_in_order(void **state)
{
	(void)state;
	clear_environment();
	assert_false(has_colour(TERM_COLOUR_AUTO));
	assert_true(has_colour(TERM_COLOUR_ALWAYS));
	setenv("FORCE_COLOR", "0", 1);
	assert_false(has_colour(TERM_COLOUR_AUTO));
	setenv("FORCE_COLOR", "1", 1);
	setenv("TERM", "dumb", 1);
	assert_true(has_colour(TERM_COLOUR_AUTO));
	setenv("NO_COLOR", "", 1);
	assert_true(has_colour(TERM_COLOUR_AUTO));
	setenv("NO_COLOR", "1", 1);
	assert_false(has_colour(TERM_COLOUR_AUTO));
	setenv("INGRESS2GW_COLOR", "always", 1);
	assert_true(has_colour(TERM_COLOUR_AUTO));
	assert_false(has_colour(TERM_COLOUR_NEVER));
	clear_environment();
}

static void width_has_bounds(void **state)
{
	struct term term;

	(void)state;
	clear_environment();
	term_init(&term, -1, TERM_COLOUR_AUTO);
	assert_int_equal(term.width, 100);
	setenv("COLUMNS", "72", 1);
	term_init(&term, -1, TERM_COLOUR_AUTO);
	assert_int_equal(term.width, 72);
	setenv("COLUMNS", "3", 1);
	term_init(&term, -1, TERM_COLOUR_AUTO);
	assert_int_equal(term.width, 40);
	setenv("COLUMNS", "nonsense", 1);
	term_init(&term, -1, TERM_COLOUR_AUTO);
	assert_int_equal(term.width, 100);
	clear_environment();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(long_flags),
		TEST(short_flags),
		TEST(switches_take_true_and_false),
		TEST(commas_separate),
		TEST(arguments_and_the_end_of_flags),
		TEST(stops_at_the_command),
		TEST(aliases),
		TEST(mistakes_are_explained),
		cmocka_unit_test(nearest_words),
		cmocka_unit_test(help_shows_what_is_not_hidden),
		cmocka_unit_test(man_page_source),
		cmocka_unit_test(wrapped_text_fits),
		cmocka_unit_test(colour_is_decided_in_order),
		cmocka_unit_test(width_has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
