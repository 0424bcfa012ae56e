/* requests.h - what tests of request files share: a text is read, probes come out. */
#ifndef TESTS_REQUESTS_H
#define TESTS_REQUESTS_H

#include "test.h"

#include "compare/requests.h"

struct fixture {
	struct arena arena;
	struct probes probes;
	struct findings findings;
	struct requests_options options;
	struct error error;
};

static inline struct fixture *fixture_new(void)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	arena_init(&fixture->arena);
	probes_init(&fixture->probes);
	findings_init(&fixture->findings, &fixture->arena);
	fixture->options.scheme = STR("https");
	fixture->options.port_http = 80;
	fixture->options.port_https = 443;
	return fixture;
}

static inline void fixture_free(struct fixture *fixture)
{
	probes_finish(&fixture->probes);
	arena_finish(&fixture->arena);
	free(fixture);
}

/* Reads a text that is called "file". */
static inline bool fixture_read(struct fixture *fixture, struct str text)
{
	const struct source source = {.name = STR("file"), .text = text};

	return requests_read(&fixture->probes, &source, 0, &fixture->options, &fixture->findings,
			     &fixture->error);
}

/* "GET https://a.example/x" of a probe. */
static inline struct str fixture_line(struct fixture *fixture, size_t i)
{
	struct buf buf;
	struct str line;

	assert_true(i < fixture->probes.count);
	buf_init(&buf);
	probe_describe(&buf, &fixture->probes.at[i]);
	line = str_dup(&fixture->arena, buf_slice(&buf));
	buf_finish(&buf);
	return line;
}

static inline struct str fixture_header(const struct fixture *fixture, size_t i, const char *name)
{
	struct str value = STR("(none)");

	route_header_find(&fixture->probes.at[i].request, str_from(name), &value);
	return value;
}

#define assert_probes(fixture, ...)                                                                \
	do {                                                                                       \
		static const char *const lines_[] = {__VA_ARGS__};                                 \
		for (size_t i_ = 0; i_ < sizeof lines_ / sizeof *lines_; i_++)                     \
			assert_str(fixture_line((fixture), i_), lines_[i_]);                       \
		assert_int_equal((fixture)->probes.count, sizeof lines_ / sizeof *lines_);         \
	} while (0)

#endif
