#include "cli/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

struct outdir {
	const char *base;
	const char *extension;
	bool split;
	struct buf path; /* of the object last asked for, NUL-terminated */
};

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

static bool write_object(struct outdir *outdir, const struct convert_result *result,
			 const struct convert_object *object, struct error *error)
{
	struct str text = str_sub(buf_slice(&result->output), object->offset, object->length);
	const char *path;
	struct buf file;
	bool ok;

	if (outdir->split) {
		buf_clear(&outdir->path);
		buf_format(&outdir->path, "%s/%s", outdir->base, role_name(object->role));
		buf_char(&outdir->path, '\0');
		if (mkdir(outdir->path.at, 0777) != 0 && errno != EEXIST)
			return error_set(error, "cannot make %s: %s", outdir->path.at,
					 strerror(errno));
	}
	path = object_path(outdir, object);
	buf_init(&file);
	if (str_ends(str_from(path), ".json"))
		add_dedented(&file, text);
	else
		buf_str(&file, text);
	ok = write_file(path, buf_slice(&file), error);
	buf_finish(&file);
	return ok;
}

static bool write_objects(struct outdir *outdir, const struct convert_result *result,
			  struct error *error)
{
	for (size_t i = 0; i < result->object_count; i++)
		if (!write_object(outdir, result, &result->objects[i], error))
			return false;
	return true;
}

/* Removes what write_objects() made; what is not there does no harm. */
static void remove_all(struct outdir *outdir, const struct convert_result *result)
{
	for (size_t i = 0; i < result->object_count; i++)
		unlink(object_path(outdir, &result->objects[i]));
	for (int role = ROLE_INFRASTRUCTURE; outdir->split && role <= ROLE_DEVELOPER; role++) {
		buf_clear(&outdir->path);
		buf_format(&outdir->path, "%s/%s", outdir->base, role_name((enum role)role));
		buf_char(&outdir->path, '\0');
		rmdir(outdir->path.at);
	}
	rmdir(outdir->base);
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
static bool make_base(char *base, const char *dir, struct error *error)
{
	mode_t mask = umask(0);

	umask(mask);
	make_parents(base);
	if (!mkdtemp(base) || chmod(base, 0777 & ~mask) != 0)
		return error_set(error, "cannot make a directory beside %s: %s", dir,
				 strerror(errno));
	return true;
}

bool outdir_write(const char *dir, const struct convert_result *result, bool split,
		  const char *extension, struct error *error)
{
	char base[PATH_MOST];
	size_t len = strlen(dir);
	struct outdir outdir = {base, extension, split, {0}};
	bool ok;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (snprintf(base, sizeof base, "%.*s.XXXXXX", (int)len, dir) >= (int)sizeof base)
		return error_set(error, "the name %.40s... is too long", dir);
	if (!make_base(base, dir, error))
		return false;
	buf_init(&outdir.path);
	ok = write_objects(&outdir, result, error);
	if (ok && rename(base, dir) != 0)
		ok = error_set(error, "cannot rename %s to %s: %s", base, dir, strerror(errno));
	if (!ok)
		remove_all(&outdir, result);
	buf_finish(&outdir.path);
	return ok;
}
