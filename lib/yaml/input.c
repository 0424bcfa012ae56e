#include "yaml/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "yaml/utf8.h"

enum { COPY_BLOCK = 64 * 1024 };

enum encoding { UTF_8, UTF_16_LITTLE, UTF_16_BIG };

static bool fail(struct error *error)
{
	return error_set(error, "%s", strerror(errno));
}

ssize_t input_read(const struct input *input, uint64_t offset, char *to, size_t len,
		   struct error *error)
{
	uint64_t left = offset < input->size ? input->size - offset : 0;
	size_t done = 0;

	/* A file that grows while it is read ends where it ended at first. */
	if (len > left)
		len = (size_t)left;
	if (input->fd < 0) {
		struct str part = str_sub(input->text, offset, len);

		if (part.len)
			memcpy(to, part.at, part.len);
		return (ssize_t)part.len;
	}
	while (done < len) {
		ssize_t got = pread(input->fd, to + done, len - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			fail(error);
			return -1;
		}
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

struct spooler {
	const struct input *from;
	FILE *to;
	unsigned char block[COPY_BLOCK];
	size_t at, len;
	uint64_t offset;
	bool failed;
};

static bool refill(struct spooler *spooler)
{
	ssize_t got;

	do {
		if (spooler->from->fd < 0 || spooler->from->size)
			got = input_read(spooler->from, spooler->offset, (char *)spooler->block,
					 COPY_BLOCK, NULL);
		else
			got = read(spooler->from->fd, spooler->block, COPY_BLOCK);
	} while (got < 0 && errno == EINTR);
	spooler->failed |= got < 0;
	spooler->at = 0;
	spooler->len = got > 0 ? (size_t)got : 0;
	spooler->offset += spooler->len;
	return spooler->len > 0;
}

static int next_byte(struct spooler *spooler)
{
	if (spooler->at == spooler->len && !refill(spooler))
		return EOF;
	return spooler->block[spooler->at++];
}

/* A 16-bit unit; EOF at the end, and for half a unit there. */
static int32_t next_unit(struct spooler *spooler, enum encoding encoding)
{
	int first = next_byte(spooler), second = next_byte(spooler);

	if (first == EOF || second == EOF)
		return EOF;
	return encoding == UTF_16_BIG ? first << 8 | second : second << 8 | first;
}

/* What is no character becomes the byte 0xff, which the reader then reports at its place. */
static void copy_utf16(struct spooler *spooler, enum encoding encoding)
{
	int32_t unit = next_unit(spooler, encoding);

	while (unit != EOF) {
		uint32_t c = (uint32_t)unit;
		char bytes[4];

		unit = next_unit(spooler, encoding);
		if (c >= 0xd800 && c < 0xe000) {
			bool pair = c < 0xdc00 && unit >= 0xdc00 && unit < 0xe000;

			if (!pair) {
				putc(0xff, spooler->to);
				continue;
			}
			c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)unit - 0xdc00);
			unit = next_unit(spooler, encoding);
		}
		fwrite(bytes, 1, utf8_encode(c, bytes), spooler->to);
	}
}

static void copy_bytes(struct spooler *spooler)
{
	do
		fwrite(spooler->block + spooler->at, 1, spooler->len - spooler->at, spooler->to);
	while (refill(spooler));
}

static enum encoding encoding_of(const unsigned char *at, size_t len)
{
	if (len >= 2 && at[0] == 0xff && at[1] == 0xfe)
		return UTF_16_LITTLE;
	if (len >= 2 && at[0] == 0xfe && at[1] == 0xff)
		return UTF_16_BIG;
	return UTF_8;
}

static bool spool(struct input *input, struct error *error)
{
	struct spooler spooler = {.from = input, .to = tmpfile()};
	struct stat status;

	if (!spooler.to)
		return fail(error);
	if (refill(&spooler)) {
		enum encoding encoding = encoding_of(spooler.block, spooler.len);

		if (encoding == UTF_8)
			copy_bytes(&spooler);
		else
			copy_utf16(&spooler, encoding);
	}
	if (spooler.failed || fflush(spooler.to) != 0 || fstat(fileno(spooler.to), &status) != 0) {
		fail(error);
		fclose(spooler.to);
		return false;
	}
	input_close(input);
	*input = (struct input){
		.fd = fileno(spooler.to), .spool = spooler.to, .size = (uint64_t)status.st_size};
	return true;
}

static bool open_file(struct input *input, const struct source *source, struct error *error)
{
	struct stat status;

	if (source->file) {
		fflush(source->file);
		input->fd = fileno(source->file);
	} else {
		input->fd = open(source->path, O_RDONLY | O_CLOEXEC);
		input->owned = true;
	}
	if (input->fd < 0 || fstat(input->fd, &status) != 0)
		return fail(error);
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return fail(error);
	}
	input->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
	return true;
}

bool input_open(struct input *input, const struct source *source, struct error *error)
{
	unsigned char mark[2];
	ssize_t got = 0;

	*input = (struct input){.fd = -1, .text = source->text, .size = source->text.len};
	if (!source->text.at && (source->path || source->file) &&
	    !open_file(input, source, error)) {
		input_close(input);
		return false;
	}
	if (input->size == 0 && input->fd < 0)
		return true;
	if (input->size > 0) {
		got = input_read(input, 0, (char *)mark, sizeof mark, error);
		if (got >= 0 && encoding_of(mark, (size_t)got) == UTF_8)
			return true;
	}
	/* Left are UTF-16 and what has no size: pipes, devices, files of /proc. */
	if (got >= 0 && spool(input, error))
		return true;
	input_close(input);
	return false;
}

void input_close(struct input *input)
{
	if (input->spool)
		fclose(input->spool);
	else if (input->owned && input->fd >= 0)
		close(input->fd);
	input->spool = NULL;
	input->owned = false;
}
