/* reporter.c - writes the reports of a case in every format, for readback.py to read with the readers
 * that others use.
 *
 * usage: reporter CASE DIRECTORY
 */
#include "../fuzz/report_case.h"
#include "files.h"

int main(int argc, char **argv)
{
	struct arena arena;
	struct report_case made;
	struct buf buf;

	if (argc != 3)
		return 2;
	arena_init(&arena);
	report_case_init(&made, read_file(&arena, argv[1]));
	buf_init(&buf);
	for (size_t i = 0; i < report_format_count; i++) {
		report_formats[i].write(&buf, &made.report);
		write_file(argv[2], report_formats[i].name, buf_slice(&buf));
		buf_clear(&buf);
	}
	buf_finish(&buf);
	report_case_finish(&made);
	arena_finish(&arena);
	return 0;
}
