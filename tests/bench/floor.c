/* floor.c - the least that a program which reads YAML with libyaml can take: all events of a file,
 * thrown away. What convert takes is measured against this, on the same bytes and in the same run.
 *
 * usage: floor FILE
 */
#include <stdio.h>

#include <yaml.h>

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	yaml_parser_t parser;
	yaml_event_t event;
	unsigned long count = 0;
	int more = 1;

	if (!file || !yaml_parser_initialize(&parser))
		return 2;
	yaml_parser_set_input_file(&parser, file);
	while (more) {
		if (!yaml_parser_parse(&parser, &event))
			return 2;
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		count++;
	}
	yaml_parser_delete(&parser);
	fclose(file);
	printf("%lu events\n", count);
	return 0;
}
