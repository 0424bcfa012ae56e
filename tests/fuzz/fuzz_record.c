/* fuzz_record.c - recordings that somebody sent.
 *
 * Whatever the bytes are: reading ends, each entry is found again, and what was read can be written and is the
 * same when it is read once more, but for credentials, which do not stand in it.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "compare/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *path_of_process(void)
{
	static char path[64];

	snprintf(path, sizeof path, "/dev/shm/i2g-fuzz-record-%d", (int)getpid());
	return path;
}

static struct str text_of(const char *path, struct arena *arena)
{
	struct stat status;
	FILE *file = fopen(path, "rb");
	char *bytes;
	size_t len;

	BUG_UNLESS(file && fstat(fileno(file), &status) == 0);
	len = (size_t)status.st_size;
	bytes = arena_bytes(arena, len + 1);
	BUG_UNLESS(fread(bytes, 1, len, file) == len);
	fclose(file);
	return (struct str){bytes, len};
}

static void write_again(const struct record *record, const char *path)
{
	const struct record_options options = {.live = record->live, .replace = true};
	struct error error;
	struct record_writer *writer = record_create(path, &options, &error);

	BUG_UNLESS(writer);
	for (size_t i = 0; i < record->count; i++)
		BUG_UNLESS(record_add(writer, &record->at[i].probe, record->at[i].live,
				      record->at[i].again, &error));
	BUG_UNLESS(record_close(writer, &error));
}

static void check_same(const struct record *a, const struct record *b)
{
	BUG_UNLESS(a->count == b->count && !b->broken && str_eq(a->live, b->live));
	for (size_t i = 0; i < a->count; i++) {
		const struct record_entry *x = &a->at[i], *y = &b->at[i];

		BUG_UNLESS(probe_identity(&x->probe) == probe_identity(&y->probe));
		BUG_UNLESS(x->probe.number == y->probe.number);
		BUG_UNLESS(x->live->status == y->live->status);
		BUG_UNLESS(x->live->header_count == y->live->header_count);
		BUG_UNLESS(!x->again == !y->again);
		BUG_UNLESS(str_eq(x->live->tls.names, y->live->tls.names) ||
			   !x->live->tls.version.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {size ? (const char *)data : "", size};
	struct record record, again;
	struct error error;
	struct arena arena;

	if (!record_read(&record, text, "input", &error)) {
		record_finish(&record);
		return 0;
	}
	for (size_t i = 0; i < record.count; i++) {
		const struct record_entry *entry = record_find(&record, &record.at[i].probe);

		while (entry && entry != &record.at[i])
			entry = entry->next;
		BUG_UNLESS(entry);
	}
	arena_init(&arena);
	write_again(&record, path_of_process());
	BUG_UNLESS(record_read(&again, text_of(path_of_process(), &arena), "again", &error));
	check_same(&record, &again);
	record_finish(&again);
	record_finish(&record);
	remove(path_of_process());
	arena_finish(&arena);
	return 0;
}
