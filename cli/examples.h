/* examples.h - one example a rule, made of testdata/rules/ by scripts/gen-examples during the build.
 */
#ifndef CLI_EXAMPLES_H
#define CLI_EXAMPLES_H

struct example {
	const char *code;
	const char *bad, *good; /* whole files: one raises the finding, one does not */
	unsigned lines[8];      /* of `bad` that it is raised at, 0 behind the last */
};

/* Sorted by code; not every rule has one. */
extern const struct example examples[];
extern const unsigned long example_count;

#endif
