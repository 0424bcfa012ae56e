#define _GNU_SOURCE /* mkdtemp, nftw */
#include "test.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/glob.h"
#include "cli/inputs.h"

/* ---- patterns ---- */

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool fits;
	} cases[] = {
		{"*.yaml", "a.yaml", true},
		{"*.yaml", "a/b.yaml", false},
		{"*", "", true},
		{"a*b*c", "axxbyyc", true},
		{"a*b*c", "axxbyy", false},
		{"?.yaml", "a.yaml", true},
		{"?.yaml", "/.yaml", false},
		{"[a-c]x", "bx", true},
		{"[!a-c]x", "bx", false},
		{"[!a-c]x", "dx", true},
		{"[]]x", "]x", true},
		{"[ab", "[ab", true},
		{"\\*x", "*x", true},
		{"\\*x", "ax", false},
		{"**/a.yaml", "a.yaml", true},
		{"**/a.yaml", "x/y/a.yaml", true},
		{"**/a.yaml", "x/ba.yaml", false},
		{"x/**/a", "x/a", true},
		{"x/**/a", "x/y/z/a", true},
		{"x/**/a", "xy/a", false},
		{"x/**", "x/y/z", true},
		{"**/charts/**", "deploy/charts/a/b.yaml", true},
		{"**/charts/**", "deploy/mycharts/b.yaml", false},
		{"*/*/c", "a/b/c", true},
		{"*/c", "a/b/c", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (glob_fits(cases[i].pattern, cases[i].path) != cases[i].fits)
			fail_msg("%s and %s", cases[i].pattern, cases[i].path);
}

/* A pattern with many stars must not take exponential time. */
static void hostile_pattern(void **state)
{
	char path[2001];

	(void)state;
	memset(path, 'a', 2000);
	path[2000] = '\0';
	assert_false(glob_fits("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
	assert_false(glob_fits("**a**a**a**a**a**a**a**a**a**a**b", path));
}

static void exclusion(void **state)
{
	(void)state;
	assert_true(glob_excludes("charts", "./deploy/charts"));
	assert_true(glob_excludes("charts/", "deploy/charts"));
	assert_true(glob_excludes("*-test.yaml", "a/b-test.yaml"));
	assert_true(glob_excludes("deploy/*", "./deploy/x"));
	assert_true(glob_excludes("./deploy/*", "deploy/x"));
	assert_false(glob_excludes("deploy/*", "x/deploy/y"));
	assert_false(glob_excludes("chart", "charts"));
}

/* ---- files ---- */

struct fixture {
	struct arena arena;
	struct sources sources;
	struct input_values values;
	struct texts paths;
	char dir[64], old[4096];
};

static void touch(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	arena_init(&fixture->arena);
	strcpy(fixture->dir, "/tmp/test_inputs.XXXXXX");
	assert_non_null(getcwd(fixture->old, sizeof fixture->old));
	assert_non_null(mkdtemp(fixture->dir));
	assert_int_equal(chdir(fixture->dir), 0);
	mkdir("d", 0700);
	mkdir("d/sub", 0700);
	mkdir("d/.hidden", 0700);
	mkdir("empty", 0700);
	touch("d/b.yaml", "b\n");
	touch("d/a.yml", "a\n");
	touch("d/c.json", "{}\n");
	touch("d/note.txt", "text\n");
	touch("d/sub/z.yaml", "z\n");
	touch("d/.hidden/h.yaml", "h\n");
	assert_int_equal(symlink("..", "d/sub/up"), 0);
	assert_int_equal(symlink("b.yaml", "d/same.yaml"), 0);
	*state = fixture;
	return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *level)
{
	(void)info;
	(void)type;
	(void)level;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	sources_finish(&fixture->sources);
	assert_int_equal(chdir(fixture->old), 0);
	nftw(fixture->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	arena_finish(&fixture->arena);
	free(fixture);
	return 0;
}

/* Opens one path; complaints go to standard error. */
static bool open_path(struct fixture *fixture, const char *path)
{
	ARENA_PUSH(&fixture->arena, fixture->paths.at, fixture->paths.count, path);
	return inputs_open(&fixture->sources, &fixture->values, &fixture->paths, &fixture->arena);
}

/* The names of all sources, with blanks between them. */
static const char *names(struct fixture *fixture)
{
	struct buf buf;
	const char *text;

	buf_init(&buf);
	for (uint32_t i = 0; i < fixture->sources.count; i++) {
		buf_text(&buf, i ? " " : "");
		buf_str(&buf, fixture->sources.at[i].name);
	}
	text = str_dup(&fixture->arena, buf_slice(&buf)).at;
	buf_finish(&buf);
	return text;
}

static void directories_are_walked_in_order(void **state)
{
	struct fixture *fixture = *state;

	assert_true(open_path(fixture, "d"));
	assert_string_equal(names(fixture), "d/a.yml d/b.yaml d/c.json d/sub/z.yaml");
}

static void flat_directories(void **state)
{
	struct fixture *fixture = *state;

	fixture->values.flat = true;
	assert_true(open_path(fixture, "d/"));
	assert_string_equal(names(fixture), "d/a.yml d/b.yaml d/c.json");
}

static void excluded_paths(void **state)
{
	static const char *exclude[] = {"sub", "*.json"};
	struct fixture *fixture = *state;

	fixture->values.exclude = (struct texts){exclude, 2};
	assert_true(open_path(fixture, "d"));
	assert_string_equal(names(fixture), "d/a.yml d/b.yaml");
}

static void quoted_patterns(void **state)
{
	struct fixture *fixture = *state;

	assert_true(open_path(fixture, "d/*.txt"));
	assert_true(open_path(fixture, "**/z.yaml"));
	assert_string_equal(names(fixture), "d/note.txt d/note.txt d/sub/z.yaml");
}

static void a_pattern_can_name_directories(void **state)
{
	struct fixture *fixture = *state;

	assert_true(open_path(fixture, "d/su?"));
	assert_string_equal(names(fixture), "d/sub/z.yaml"); /* sub/up leads back to d */
}

static void a_file_is_read_once(void **state)
{
	static const char *files[] = {"d/b.yaml"};
	struct fixture *fixture = *state;

	fixture->values.files = (struct texts){files, 1};
	assert_true(open_path(fixture, "d"));
	assert_string_equal(names(fixture), "d/b.yaml d/a.yml d/c.json d/sub/z.yaml");
}

static void what_is_missing_is_left_out(void **state)
{
	struct fixture *fixture = *state;

	assert_false(open_path(fixture, "missing.yaml"));
	assert_false(open_path(fixture, "empty"));
	assert_false(open_path(fixture, "d/*.toml"));
	assert_false(open_path(fixture, "https://example.com/a.yaml"));
	assert_int_equal(fixture->sources.count, 0);
	assert_false(open_path(fixture, "d/b.yaml"));
	assert_string_equal(names(fixture), "d/b.yaml");
}

static void pipes_can_be_read_twice(void **state)
{
	struct fixture *fixture = *state;
	struct source_lines lines;
	int pair[2];
	char path[64];

	assert_int_equal(pipe(pair), 0);
	assert_int_equal(write(pair[1], "one\ntwo\n", 8), 8);
	close(pair[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", pair[0]);
	assert_true(open_path(fixture, path));
	close(pair[0]);
	assert_string_equal(names(fixture), path);
	source_lines_init(&lines, &fixture->sources);
	assert_str(source_line(&lines, &fixture->arena, 0, 2), "two");
	assert_str(source_line(&lines, &fixture->arena, 0, 1), "one");
	source_lines_finish(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),    cmocka_unit_test(hostile_pattern),
		cmocka_unit_test(exclusion),   TEST(directories_are_walked_in_order),
		TEST(flat_directories),        TEST(excluded_paths),
		TEST(quoted_patterns),         TEST(a_pattern_can_name_directories),
		TEST(a_file_is_read_once),     TEST(what_is_missing_is_left_out),
		TEST(pipes_can_be_read_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
