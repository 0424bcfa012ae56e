/* covered - whether the findings of a conversion explain what other objects than its own do.
 *
 * usage: covered INGRESSES OBJECTS
 *
 * Converts the first file, and compares today's controllers with the objects of the second one. `verify
 * --against` also knows what the conversion wrote and explains nothing else; here the findings are alone,
 * so that a cover which is too wide shows. Prints "DIFFERENT ERRORS": requests that differ, and causes
 * that are errors; then a line for each other cause: the codes, the request and both answers.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check/rules.h"
#include "cli/worlds.h"
#include "route/verify.h"

static void drop_text(void *output, const struct convert_object *object, struct str text)
{
	(void)output;
	(void)object;
	(void)text;
}

static void print_covered(const struct verify *verify)
{
	for (size_t i = 0; i < verify->difference_count; i++) {
		const struct verify_difference *difference = verify->differences[i];

		for (size_t k = 0; k < difference->covers.count; k++)
			printf("%s ", difference->covers.at[k].finding->code);
		printf("%.*s: %.*s, %.*s\n", STR_ARG(difference->request),
		       STR_ARG(difference->from), STR_ARG(difference->to));
	}
}

static void compare(const struct sides *sides, const struct gateway_world *world,
		    const struct findings *findings)
{
	struct verify *all = calloc(sides->count + 1, sizeof *all);
	size_t different = 0, errors = 0;

	if (!all)
		abort();

	for (size_t i = 0; i < sides->count; i++) {
		all[i] = (struct verify){.explains = rule_explains};

		verify_run(&all[i], sides->at[i].table, world->table, findings,
			   &(struct witness_options){.seed = 1});
		different += all[i].differing;
		errors += verify_errors(&all[i]);
	}
	printf("%zu %zu\n", different, errors);
	for (size_t i = 0; i < sides->count; i++) {
		print_covered(&all[i]);
		verify_finish(&all[i]);
	}
	free(all);
}

static void read_files(struct sources *ingresses, struct sources *objects, char **paths)
{
	sources_add(ingresses, (struct source){.name = str_from(paths[0]), .path = paths[0]});
	sources_add(objects, (struct source){.name = str_from(paths[1]), .path = paths[1]});
}

int main(int count, char **arguments)
{
	const struct convert_options options = {.load.threads = 1,
						.plan = {.http_port = 80, .https_port = 443}};
	const struct convert_sink sink = {NULL, drop_text};
	struct sources ingresses = {0}, objects = {0};
	struct convert_result result = {0};
	struct gateway_world world = {0};
	struct sides sides = {0};
	struct error error;

	if (count != 3)
		return EXIT_FAILURE;
	read_files(&ingresses, &objects, arguments + 1);
	if (!convert_run(&result, &ingresses, &options, &sink, &error) ||
	    !gateway_world_read(&world, &objects, &result.set, &options, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return EXIT_FAILURE;
	}
	sides_build(&sides, &result.set, &options);
	compare(&sides, &world, &result.findings);
	sides_finish(&sides);
	gateway_world_finish(&world);
	convert_finish(&result);
	sources_finish(&objects);
	sources_finish(&ingresses);
	return EXIT_SUCCESS;
}
