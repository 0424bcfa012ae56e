/* merge_read.h - the json format of a comparison, read back. Private to merge*.c.
 */
#ifndef COMPARE_MERGE_READ_H
#define COMPARE_MERGE_READ_H

#include "base/map.h"
#include "compare/report_parts.h"
#include "yaml/node.h"

struct diff_merge_state {
	size_t files;
	struct str first;                   /* name of the first file */
	struct str *from;                   /* by shard: the file it came from */
	struct map hosts, groups, findings; /* what is there already, by what makes it one */
	struct map names[2];                /* ignored, noise */
	struct diff_host **host_list;       /* run->host_count */
	struct str *ignored, *noise;
};

struct merge_file {
	struct arena *arena; /* owns what is kept */
	struct sources *sources;
	struct str name;
	struct error *error;
	bool failed;

	const struct node *root;
	uint64_t seed;
	uint32_t shard, shards;          /* 0: no shard */
	const struct finding **findings; /* by index in the file */
	size_t finding_count;
};

/* Reads the text and calls `take` once with its root, when it is a result of a version that is known. Whatever
 * is wrong sets the error. */
bool merge_read(struct merge_file *file, struct str text,
		void (*take)(void *user, struct merge_file *file), void *user);

/* Sets the error with the place of the node and `failed`; the first one counts. False. */
bool merge_fail(const struct merge_file *file, const struct node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A text of a map, or a node that is one: a string or {"base64":...}; `at` NULL when absent. In the arena. */
struct str merge_bytes(const struct merge_file *file, const struct node *node);
struct str merge_text(const struct merge_file *file, const struct node *map, const char *key);

/* A number that is not negative; 0 when absent. */
uint64_t merge_number(const struct merge_file *file, const struct node *map, const char *key);

/* Fills in file->findings; `known` has those of earlier files. */
void merge_findings(struct merge_file *file, struct map *known);

/* One entry of "results"; its group is not set. */
bool merge_result(const struct merge_file *file, const struct node *map,
		  struct diff_result *result);

#endif
