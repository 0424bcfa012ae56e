#define _GNU_SOURCE /* realpath */
#include "cli/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "cli/say.h"

enum {
	PATH_MOST = 4096,
	NAME_MOST = 240, /* file systems allow 255 bytes */
};

static bool is_empty(const char *path, bool *empty)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return false;
	*empty = true;
	while (*empty && (entry = readdir(dir)))
		*empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return true;
}

bool outdir_check(const char *dir, struct error *error)
{
	struct stat info;
	bool empty = true;

	if (!*dir)
		return error_set(error, "--output-dir needs the name of a directory");
	if (stat(dir, &info) != 0 && errno == ENOENT)
		return true;
	if (!is_empty(dir, &empty))
		return error_set(error, "cannot write into %s: %s", dir, strerror(errno));
	if (!empty)
		return error_set(error,
				 "%s is not empty, and is left as it is; remove it or choose "
				 "another directory",
				 dir);
	return true;
}

/* ---- names ---- */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.';
}

static void add_lower(struct buf *buf, const char *text)
{
	for (; *text; text++)
		buf_char(buf, *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text);
}

/* Names come from the input: whatever does not belong into a file name is replaced, and a hash
 * keeps such names apart. */
static void add_name(struct buf *buf, const struct convert_object *object)
{
	struct str parts[] = {object->namespace, object->name};
	size_t start = buf->len;
	bool changed = false;
	uint64_t hash = 0;

	add_lower(buf, object->kind);
	for (size_t i = 0; i < 2; i++) {
		if (parts[i].len)
			buf_char(buf, '_');
		for (size_t j = 0; j < parts[i].len; j++) {
			bool plain = is_plain(parts[i].at[j]);

			buf_char(buf, plain ? parts[i].at[j] : '-');
			changed = changed || !plain;
		}
		hash = hash * 31 + str_hash(parts[i]);
	}
	if (buf->len - start <= NAME_MOST && !changed)
		return;
	if (buf->len - start > NAME_MOST)
		buf->len = start + NAME_MOST;
	buf_format(buf, "_%08x", (unsigned)(hash ^ hash >> 32));
}

static const char *role_path(struct outdir *outdir, enum role role)
{
	buf_clear(&outdir->path);
	buf_format(&outdir->path, "%s/%s", outdir->base, role_name(role));
	buf_char(&outdir->path, '\0');
	return outdir->path.at;
}

static const char *object_path(struct outdir *outdir, const struct convert_object *object)
{
	buf_clear(&outdir->path);
	buf_format(&outdir->path, "%s/", outdir->base);
	if (outdir->split)
		buf_format(&outdir->path, "%s/", role_name(object->role));
	add_name(&outdir->path, object);
	buf_text(&outdir->path, outdir->extension);
	buf_char(&outdir->path, '\0');
	return outdir->path.at;
}

/* ---- writing ---- */

/* Objects of a JSON List are indented; on their own they are not. JSON texts hold no line ends. */
static void add_dedented(struct buf *buf, struct str text)
{
	size_t last = text.len, indent = 0;

	while (last && text.at[last - 1] != '\n')
		last--;
	while (last && last + indent < text.len && text.at[last + indent] == ' ')
		indent++;

	bool more = true;
	struct str line;

	for (size_t i = 0; str_split(&text, '\n', &more, &line); i++) {
		if (i)
			buf_char(buf, '\n');
		buf_str(buf, i ? str_from_pos(line, indent) : line);
	}
	buf_char(buf, '\n');
}

static bool write_file(const char *path, struct str text, struct error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool ok;

	if (fd < 0)
		return error_set(error, "cannot write %s: %s", path, strerror(errno));
	ok = say_bytes(fd, path, text) && (str_ends(text, "\n") || say_bytes(fd, path, STR("\n")));
	if (close(fd) != 0 || !ok)
		return error_set(error, "cannot write %s", path);
	return true;
}

static bool write_object(struct outdir *outdir, const struct convert_object *object,
			 struct str text)
{
	struct error *error = &outdir->error;
	const char *path;

	if (outdir->split) {
		path = role_path(outdir, object->role);
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			return error_set(error, "cannot make %s: %s", path, strerror(errno));
	}
	path = object_path(outdir, object);
	if (!str_ends(str_from(path), ".json"))
		return write_file(path, text, error);
	buf_clear(&outdir->file);
	add_dedented(&outdir->file, text);
	return write_file(path, buf_slice(&outdir->file), error);
}

/* Empties and removes a directory of ours; what is not there does no harm. */
static void remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

static void remove_all(struct outdir *outdir)
{
	for (int role = ROLE_INFRASTRUCTURE; outdir->split && role <= ROLE_DEVELOPER; role++)
		remove_dir(role_path(outdir, (enum role)role));
	remove_dir(outdir->base);
}

/* mkdir -p for everything in front of the last slash. */
static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
}

/* mkdtemp() makes private directories; ours is for everybody whom the umask allows. */
static bool make_base(struct outdir *outdir)
{
	/* A link to an empty directory stays, and gets the files. */
	char *real = realpath(outdir->dir, NULL);
	const char *dir = outdir->target = real ? real : strdup(outdir->dir);
	size_t len;
	mode_t mask = umask(0);
	char base[PATH_MOST];

	umask(mask);
	if (!dir)
		bug_out_of_memory(PATH_MOST);
	len = strlen(dir);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (snprintf(base, sizeof base, "%.*s.XXXXXX", (int)len, dir) >= (int)sizeof base)
		return error_set(&outdir->error, "the name %.40s... is too long", dir);
	make_parents(base);
	if (!mkdtemp(base) || chmod(base, 0777 & ~mask) != 0)
		return error_set(&outdir->error, "cannot make a directory beside %s: %s", dir,
				 strerror(errno));
	outdir->base = strdup(base);
	if (!outdir->base)
		bug_out_of_memory(sizeof base);
	return true;
}

void outdir_write(void *user, const struct convert_object *object, struct str text)
{
	struct outdir *outdir = user;

	if (!object || outdir->failed)
		return;
	outdir->failed =
		(!outdir->base && !make_base(outdir)) || !write_object(outdir, object, text);
}

bool outdir_finish(struct outdir *outdir, struct error *error)
{
	if (outdir->base && !outdir->failed && rename(outdir->base, outdir->target) != 0)
		outdir->failed = !error_set(&outdir->error, "cannot rename %s to %s: %s",
					    outdir->base, outdir->dir, strerror(errno));
	if (outdir->failed) {
		*error = outdir->error;
		if (outdir->base)
			remove_all(outdir);
	}
	buf_finish(&outdir->path);
	buf_finish(&outdir->file);
	free(outdir->base);
	free(outdir->target);
	return !outdir->failed;
}
