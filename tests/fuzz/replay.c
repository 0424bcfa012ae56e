/* replay.c - runs a fuzz target over the files named on the command line, without libFuzzer.
 *
 * A target that is not content ends the program; the last name on standard error is the culprit.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The whole file in memory of its exact size, so that AddressSanitizer sees reads behind it. */
static uint8_t *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data = NULL;
	long end = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		end = ftell(file);
	if (end >= 0 && (data = malloc((size_t)end + (end == 0)))) {
		rewind(file);
		*size = fread(data, 1, (size_t)end, file);
	}
	if (!data || *size != (size_t)end) {
		perror(name);
		exit(2);
	}
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t size = 0;
		uint8_t *data = read_file(argv[i], &size);

		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	return 0;
}
