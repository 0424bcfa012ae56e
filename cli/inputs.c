#define _GNU_SOURCE /* memfd_create */
#include "cli/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "cli/glob.h"
#include "cli/say.h"

static const struct flag flags[] = {
	{
		.name = "filename",
		.letter = 'f',
		.kind = FLAG_LIST,
		.argument = "PATH",
		.help = "read this file, directory or quoted pattern; - is standard input",
		.more = "The same as a PATH argument. May be given several times. In patterns, ** "
			"stands for any number of directories.",
		.offset = offsetof(struct input_values, files),
	},
	{
		.name = "input-file",
		.kind = FLAG_COMMAS,
		.hidden = true,
		.argument = "PATH",
		.help = "the same as --filename",
		.offset = offsetof(struct input_values, files),
	},
	{
		.name = "recursive",
		.letter = 'R',
		.kind = FLAG_SWITCH,
		.inverted = true,
		.help = "walk directories; on by default, -R=false reads only the files directly "
			"in "
			"them",
		.more = "Files ending in .yaml, .yml and .json are read, in the order of their "
			"names. Names that begin with a dot are left out.",
		.offset = offsetof(struct input_values, flat),
	},
	{
		.name = "exclude",
		.kind = FLAG_LIST,
		.argument = "GLOB",
		.help = "leave out paths that fit this pattern",
		.more = "A pattern without a slash is compared with the name of each file and "
			"directory, another one with the whole path. May be given several times.",
		.offset = offsetof(struct input_values, exclude),
	},
};

const struct flag_group input_flags = {"Inputs", flags, sizeof flags / sizeof *flags};

struct inputs {
	struct sources *sources;
	const struct input_values *values;
	struct arena *arena;
	struct map seen; /* "device:inode" of files */
	bool ok;
};

static void complain(struct inputs *inputs, const char *path, const char *why)
{
	if (!inputs->values->silent)
		say_error("cannot read %s: %s", path, why);
	inputs->ok = false;
}

/* ---- pipes ---- */

static FILE *open_spool(void)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd = -1;

	if (snprintf(path, sizeof path, "%s/ingress2gw.XXXXXX", dir && *dir ? dir : "/tmp") <
	    (int)sizeof path)
		fd = mkstemp(path);
	if (fd >= 0)
		unlink(path);
	else
		fd = memfd_create("ingress2gw", MFD_CLOEXEC); /* a container may have no /tmp */
	return fd < 0 ? NULL : fdopen(fd, "w+b");
}

static bool copy(FILE *from, FILE *to)
{
	char block[65536];
	size_t len;

	while ((len = fread(block, 1, sizeof block, from)) > 0)
		if (fwrite(block, 1, len, to) != len)
			return false;
	return !ferror(from) && fflush(to) == 0;
}

static void add_pipe(struct inputs *inputs, const char *name, FILE *from)
{
	FILE *spool = open_spool();

	if (!spool || !copy(from, spool)) {
		complain(inputs, strcmp(name, "-") == 0 ? "standard input" : name, strerror(errno));
		if (spool)
			fclose(spool);
		return;
	}
	rewind(spool);
	sources_add(inputs->sources, (struct source){.name = str_from(name), .file = spool});
}

/* A named pipe, /dev/stdin or the shell's <(command). */
static void add_special(struct inputs *inputs, const char *path)
{
	FILE *from = fopen(path, "re");

	if (!from) {
		complain(inputs, path, strerror(errno));
		return;
	}
	add_pipe(inputs, path, from);
	fclose(from);
}

/* ---- files and directories ---- */

static bool is_excluded(const struct inputs *inputs, const char *path)
{
	for (size_t i = 0; i < inputs->values->exclude.count; i++)
		if (glob_excludes(inputs->values->exclude.at[i], path))
			return true;
	return false;
}

static bool seen_before(struct inputs *inputs, const struct stat *info)
{
	struct str key = str_format(inputs->arena, "%llx:%llx", (unsigned long long)info->st_dev,
				    (unsigned long long)info->st_ino);
	void **place = map_at(&inputs->seen, key);
	bool seen = *place;

	*place = inputs;
	return seen;
}

static void add_file(struct inputs *inputs, const char *path, const struct stat *info)
{
	if (!S_ISREG(info->st_mode)) {
		add_special(inputs, path);
		return;
	}
	if (seen_before(inputs, info))
		return;
	if (access(path, R_OK) != 0) {
		complain(inputs, path, strerror(errno));
		return;
	}
	sources_add(inputs->sources, (struct source){.name = str_from(path), .path = path});
}

static bool has_known_extension(const char *name)
{
	struct str text = str_from(name);

	return str_ends(text, ".yaml") || str_ends(text, ".yml") || str_ends(text, ".json");
}

/* A directory that is being read, with those above it: links must not lead around in circles. */
struct level {
	const struct level *above;
	dev_t device;
	ino_t inode;
	size_t left;         /* how many levels below are read as well */
	const char *pattern; /* take what fits this; NULL: every file with a known extension */
};

static size_t levels_below(const struct inputs *inputs)
{
	return inputs->values->flat ? 0 : SIZE_MAX;
}

static bool is_inside_itself(const struct level *level)
{
	for (const struct level *at = level->above; at; at = at->above)
		if (at->device == level->device && at->inode == level->inode)
			return true;
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a directory, sorted; false when it cannot be read. */
static bool list_names(struct inputs *inputs, const char *path, struct texts *names)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir) {
		complain(inputs, path, strerror(errno));
		return false;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ARENA_PUSH(inputs->arena, names->at, names->count,
				   str_dup(inputs->arena, str_from(entry->d_name)).at);
	closedir(dir);
	if (names->count)
		qsort(names->at, names->count, sizeof *names->at, compare_names);
	return true;
}

static const char *join(struct arena *arena, const char *dir, const char *name)
{
	size_t len = strlen(dir);

	if (len == 0)
		return name;
	return str_format(arena, "%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name).at;
}

static size_t walk(struct inputs *inputs, const char *path, const struct level *level);

static size_t take_directory(struct inputs *inputs, const char *path, const struct stat *info,
			     const struct level *above)
{
	struct level level = {above, info->st_dev, info->st_ino, 0, above->pattern};

	if (above->pattern && glob_fits(above->pattern, path)) {
		level.pattern = NULL;
		level.left = levels_below(inputs);
	} else if (above->left > 0) {
		level.left = above->left - 1;
	} else {
		return 0;
	}
	return walk(inputs, path, &level);
}

static size_t take_entry(struct inputs *inputs, const char *path, const char *name,
			 const struct level *level)
{
	bool fits = level->pattern ? glob_fits(level->pattern, path) : has_known_extension(name);
	struct stat info;

	if (is_excluded(inputs, path))
		return 0;
	if (stat(path, &info) != 0) {
		if (fits)
			complain(inputs, path, strerror(errno));
		return fits;
	}
	if (S_ISDIR(info.st_mode))
		return take_directory(inputs, path, &info, level);
	if (fits)
		add_file(inputs, path, &info);
	return fits;
}

/* Number of entries that were taken or complained about. */
static size_t walk(struct inputs *inputs, const char *path, const struct level *level)
{
	struct texts names = {0};
	size_t taken = 0;

	if (is_inside_itself(level))
		return 0;
	if (!list_names(inputs, *path ? path : ".", &names))
		return 1;
	for (size_t i = 0; i < names.count; i++)
		taken += take_entry(inputs, join(inputs->arena, path, names.at[i]), names.at[i],
				    level);
	return taken;
}

/* ---- what a PATH can be ---- */

static void add_directory(struct inputs *inputs, const char *path, const struct stat *info)
{
	struct level level = {NULL, info->st_dev, info->st_ino, levels_below(inputs), NULL};

	if (walk(inputs, path, &level) == 0)
		complain(inputs, path, "no file in it ends in .yaml, .yml or .json");
}

/* The directory in front of the first part with a pattern character; "" for the current one. */
static const char *pattern_base(struct arena *arena, const char *pattern)
{
	size_t end = strcspn(pattern, "*?[");

	while (end > 0 && pattern[end - 1] != '/')
		end--;
	if (end > 1)
		end--; /* the slash, unless it is the root */
	return str_dup(arena, (struct str){pattern, end}).at;
}

/* A pattern without ** fits no deeper than it has slashes. */
static size_t pattern_levels(const char *pattern)
{
	size_t slashes = 0;

	if (strstr(pattern, "**"))
		return SIZE_MAX;
	for (; *pattern; pattern++)
		slashes += *pattern == '/';
	return slashes;
}

static void add_pattern(struct inputs *inputs, const char *pattern)
{
	const char *base = pattern_base(inputs->arena, pattern);
	struct level level = {.pattern = pattern, .left = pattern_levels(pattern)};
	struct stat info;

	if (stat(*base ? base : ".", &info) != 0 || !S_ISDIR(info.st_mode)) {
		complain(inputs, pattern, "no such file or directory");
		return;
	}
	level.device = info.st_dev;
	level.inode = info.st_ino;
	if (walk(inputs, base, &level) == 0)
		complain(inputs, pattern, "no file fits this pattern");
}

static bool is_url(const char *path)
{
	return strncmp(path, "https://", 8) == 0 || strncmp(path, "http://", 7) == 0;
}

static void add_path(struct inputs *inputs, const char *path)
{
	struct stat info;

	if (strcmp(path, "-") == 0) {
		add_pipe(inputs, path, stdin);
		return;
	}
	if (is_excluded(inputs, path))
		return;
	if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
		add_directory(inputs, path, &info);
	else if (stat(path, &info) == 0)
		add_file(inputs, path, &info);
	else if (is_url(path))
		complain(inputs, path, "this version does not read URLs; pipe the output of curl");
	else if (glob_is_pattern(path))
		add_pattern(inputs, path);
	else
		complain(inputs, path, strerror(errno));
}

bool inputs_given(const struct input_values *values, const struct texts *paths)
{
	return values->files.count || paths->count || !isatty(STDIN_FILENO);
}

bool inputs_open(struct sources *sources, const struct input_values *values,
		 const struct texts *paths, struct arena *arena)
{
	struct inputs inputs = {.sources = sources, .values = values, .arena = arena, .ok = true};

	map_init(&inputs.seen, arena);
	for (size_t i = 0; i < values->files.count; i++)
		add_path(&inputs, values->files.at[i]);
	for (size_t i = 0; i < paths->count; i++)
		add_path(&inputs, paths->at[i]);
	if (!values->files.count && !paths->count)
		add_path(&inputs, "-");
	return inputs.ok;
}
