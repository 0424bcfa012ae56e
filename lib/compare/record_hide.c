/* Credentials in answers: in cookies that are set, and wherever a backend repeats what it was sent. */
#include "compare/hide.h"
#include "compare/record.h"
#include "compare/secret.h"

struct answer *record_answer(struct arena *arena, const struct record_options *options,
			     const struct probe *probe, const struct answer *answer)
{
	struct answer *shown = arena_new(arena, struct answer);
	struct answer_header *headers =
		arena_array(arena, struct answer_header, answer->header_count + 1);
	struct hide hide;

	hide_init(&hide, arena);
	hide_headers(&hide, options->headers, options->header_count);
	hide_probe(&hide, probe);
	*shown = *hide_answer(&hide, answer);
	for (size_t i = 0; i < shown->header_count; i++) {
		struct str name = shown->headers[i].name;

		headers[i] = (struct answer_header){
			name, secret_header_value(arena, name, shown->headers[i].value)};
	}
	shown->headers = headers;
	return shown;
}
