/* Slices, arena, map, buffer, crew, edit distance, source lines. */
#include "arena_case.h"

#include "base/buf.h"
#include "base/crew.h"
#include "base/map.h"
#include "base/source.h"

static void split_yields_empty_parts(void **state)
{
	(void)state;
	struct str rest = STR("a,,b"), part;
	bool more = true;

	assert_true(str_split(&rest, ',', &more, &part));
	assert_str(part, "a");
	assert_true(str_split(&rest, ',', &more, &part));
	assert_str(part, "");
	assert_true(str_split(&rest, ',', &more, &part));
	assert_str(part, "b");
	assert_false(str_split(&rest, ',', &more, &part));
}

static void integers_keep_their_bounds(void **state)
{
	(void)state;
	int64_t value = 0;

	assert_true(str_to_int(STR("-9223372036854775808"), &value));
	assert_true(value == INT64_MIN);
	assert_true(str_to_int(STR("+17"), &value));
	assert_int_equal(value, 17);
	assert_false(str_to_int(STR("9223372036854775808"), &value));
	assert_false(str_to_int(STR("-"), &value));
	assert_false(str_to_int(STR(""), &value));
	assert_false(str_to_int(STR("1x"), &value));
}

static void distance_counts_swaps_once(void **state)
{
	(void)state;
	assert_int_equal(str_distance(STR("use-regex"), STR("user-regex"), 3), 1);
	assert_int_equal(str_distance(STR("timeot"), STR("timeout"), 3), 1);
	assert_int_equal(str_distance(STR("ab"), STR("ba"), 3), 1);
	assert_int_equal(str_distance(STR("abc"), STR("xyz"), 2), 3);
	assert_int_equal(str_distance(STR(""), STR("ab"), 3), 2);
}

static void arena_rewinds_and_pushes(void **state)
{
	(void)state;
	int *items = NULL;
	size_t count = 0;

	for (int i = 0; i < 1000; i++)
		ARENA_PUSH(&arena, items, count, i);
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);

	struct arena_mark mark = arena_mark(&arena);
	char *first = arena_bytes(&arena, 10);

	arena_alloc(&arena, 5000000);
	arena_rewind(&arena, mark);
	assert_ptr_equal(arena_bytes(&arena, 10), first);
	assert_int_equal(items[999], 999);
}

static void map_finds_what_was_put(void **state)
{
	(void)state;
	struct map map;

	map_init(&map, &arena);
	assert_null(map_get(&map, STR("nothing")));
	for (size_t i = 1; i <= 5000; i++)
		*map_at(&map, str_format(&arena, "key-%zu", i)) = (void *)i;
	for (size_t i = 1; i <= 5000; i++)
		assert_true((size_t)map_get(&map, str_format(&arena, "key-%zu", i)) == i);
	assert_null(map_get(&map, STR("key-0")));
	assert_int_equal(map.count, 5000);
	*map_at(&map, STR("")) = &map;
	assert_ptr_equal(map_get(&map, STR("")), &map);
}

/* Lists become tables on the way: nothing may be lost, and nothing found that is not there. */
static void map_stays_right_while_it_grows(void **state)
{
	(void)state;
	struct map map;

	map_init(&map, &arena);
	for (size_t i = 1; i <= 40; i++) {
		struct str key = str_format(&arena, "%zu", i);

		assert_null(map_get(&map, key));
		*map_at(&map, key) = (void *)i;
		assert_int_equal(map.count, i);
		for (size_t j = 1; j <= i; j++)
			assert_true(*map_at(&map, str_format(&arena, "%zu", j)) == (void *)j);
		assert_int_equal(map.count, i);
	}
}

/* Of any size: the room is there, whatever is put into it. */
static void map_has_room_for_what_was_announced(void **state)
{
	(void)state;
	for (size_t count = 0; count <= 200; count += 1 + count / 8) {
		struct map map;
		size_t room;

		map_init(&map, &arena);
		map_reserve(&map, count);
		room = map.room;
		for (size_t i = 1; i <= count; i++)
			*map_at(&map, str_format(&arena, "%zu", i)) = (void *)i;
		assert_int_equal(map.room, room);
		for (size_t i = 1; i <= count; i++)
			assert_ptr_equal(map_get(&map, str_format(&arena, "%zu", i)), (void *)i);
		assert_null(map_get(&map, STR("0")));
	}
}

/* Bytes of blocks that were handed out before: an heir gets them zeroed all the same. */
static void arenas_inherit_blocks(void **state)
{
	(void)state;
	enum { PIECE = 1000, PIECES = 20000 };
	struct arena first, second, third;

	arena_init(&first);
	arena_init(&second);
	arena_init(&third);
	for (size_t i = 0; i < PIECES; i++)
		memset(arena_bytes(&first, PIECE), 0xff, PIECE);
	arena_finish_into(&first, &second);
	assert_null(first.blocks);
	assert_non_null(second.spare);
	arena_inherit(&third, &second);
	assert_null(second.spare);
	assert_non_null(third.spare);
	for (size_t i = 0; i < PIECES; i++) {
		const char *piece = arena_alloc(&third, PIECE);

		for (size_t k = 0; k < PIECE; k++)
			assert_int_equal(piece[k], 0);
	}
	assert_null(third.spare);
	arena_finish(&second);
	arena_finish(&third);
}

static void texts_are_joined(void **state)
{
	(void)state;
	char digits[STR_DIGITS];

	assert_str(STR_JOIN(&arena, STR("a"), (struct str){0}, STR("bc")), "abc");
	assert_str(STR_JOIN(&arena, STR("")), "");
	assert_int_equal(STR_JOIN(&arena, STR("a"), STR("b")).at[2], '\0');
	assert_str(str_digits(digits, 0), "0");
	assert_str(str_digits(digits, 80), "80");
	assert_str(str_digits(digits, UINT64_MAX), "18446744073709551615");
}

static void buffer_stops_at_its_ceiling(void **state)
{
	(void)state;
	struct buf buf = {.ceiling = 8};

	buf_text(&buf, "12345");
	buf_text(&buf, "6789");
	assert_true(buf.full);
	assert_str(buf_slice(&buf), "12345");
	buf_clear(&buf);
	buf_format(&buf, "%d-%s", 42, "x");
	assert_str(buf_slice(&buf), "42-x");
	buf_finish(&buf);
}

static void square(void *job, unsigned worker)
{
	unsigned *number = job;

	assert_true(worker < CREW_THREADS);
	*number *= *number;
}

/* Whatever the number of threads, jobs come back done, in order, and each once. */
static void crew_keeps_the_order(void **state)
{
	(void)state;
	unsigned numbers[100];

	for (unsigned threads = 1; threads <= CREW_THREADS; threads++) {
		struct crew crew;
		unsigned taken = 0;

		crew_init(&crew, threads, square);
		assert_null(crew_take(&crew));
		for (unsigned i = 0; i < 100; i++) {
			numbers[i] = i;
			crew_give(&crew, &numbers[i]);
			if (i - taken + 1 == CREW_JOBS || i % 7 == 0)
				assert_ptr_equal(crew_take(&crew), &numbers[taken++]);
		}
		for (; taken < 100; taken++)
			assert_ptr_equal(crew_take(&crew), &numbers[taken]);
		assert_null(crew_take(&crew));
		for (unsigned i = 0; i < 100; i++)
			assert_int_equal(numbers[i], i * i);
		crew_finish(&crew);
	}
	assert_int_equal(crew_threads(1), 1);
	assert_int_equal(crew_threads(9), CREW_THREADS);
	assert_in_range(crew_threads(0), 1, CREW_THREADS);
}

static void source_lines_come_in_any_order(void **state)
{
	(void)state;
	struct sources sources = {0};
	struct source_lines lines;

	sources_add(&sources, (struct source){.name = STR("a"), .text = STR("one\r\ntwo\nthree")});
	source_lines_init(&lines, &sources);
	assert_str(source_line(&lines, &arena, 0, 3), "three");
	assert_str(source_line(&lines, &arena, 0, 1), "one");
	assert_str(source_line(&lines, &arena, 0, 2), "two");
	assert_str(source_line(&lines, &arena, 0, 4), "");
	assert_str(source_line(&lines, &arena, 7, 1), "");
	source_lines_finish(&lines);
	sources_finish(&sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_yields_empty_parts),
		cmocka_unit_test(integers_keep_their_bounds),
		cmocka_unit_test(distance_counts_swaps_once),
		cmocka_unit_test(arena_rewinds_and_pushes),
		cmocka_unit_test(arenas_inherit_blocks),
		cmocka_unit_test(map_has_room_for_what_was_announced),
		cmocka_unit_test(map_finds_what_was_put),
		cmocka_unit_test(map_stays_right_while_it_grows),
		cmocka_unit_test(texts_are_joined),
		cmocka_unit_test(buffer_stops_at_its_ceiling),
		cmocka_unit_test(crew_keeps_the_order),
		cmocka_unit_test(source_lines_come_in_any_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
