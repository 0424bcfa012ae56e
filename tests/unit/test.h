/* test.h - cmocka with the headers it needs in front. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

/* Compares a slice with a literal and prints both when they differ. */
#define assert_str(slice, literal)                                                                 \
	do {                                                                                       \
		struct str got_ = (slice);                                                         \
		char *text_ = malloc(got_.len + 1);                                                \
		memcpy(text_, got_.at ? got_.at : "", got_.len);                                   \
		text_[got_.len] = '\0';                                                            \
		assert_string_equal(text_, (literal));                                             \
		free(text_);                                                                       \
	} while (0)

/* A row of a table of tests, in files whose tests begin with setup() and end with teardown(). */
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
