/* Slices, arena, map, buffer, crew, edit distance, source lines. */
#include <pthread.h>

#include "base/asan.h"
#include "base/buf.h"
#include "base/chains.h"
#include "base/crew.h"
#include "base/map.h"
#include "base/pages.h"
#include "base/sort.h"
#include "base/source.h"

#include "arena_case.h"

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
	assert_int_equal(str_distance(STR("Use-RegEx"), STR("use-regex"), 3), 0);
	assert_int_equal(str_distance(STR("AB"), STR("ba"), 3), 1);
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

/* Memory that other arenas gave back is handed out zeroed, and so is what grows from one kind of block into
 * another one. */
static void arenas_zero_what_others_used(void **state)
{
	(void)state;
	enum { PIECE = 1000, PIECES = 20000, LARGE = 300 * 1024 };
	struct arena first, second, other;

	arena_init(&first);
	arena_init(&second);
	arena_init(&other);
	/* Whoever has the last piece of a region gives it back to the system. */
	arena_alloc(&other, LARGE);
	for (size_t i = 0; i < PIECES; i++)
		memset(arena_bytes(&first, PIECE), 0xff, PIECE);
	memset(arena_alloc(&first, LARGE), 0xff, LARGE);
	arena_finish(&first);
	assert_null(first.blocks);
	for (size_t i = 0; i < 4; i++) {
		const char *piece = arena_alloc(&second, LARGE);

		for (size_t k = 0; k < LARGE; k++)
			assert_int_equal(piece[k], 0);
	}
	for (size_t i = 0; i < PIECES; i++) {
		const char *piece = arena_alloc(&second, PIECE);

		for (size_t k = 0; k < PIECE; k++)
			assert_int_equal(piece[k], 0);
	}
	arena_finish(&second);
	arena_finish(&other);
}

/* From an item to several megabytes: through malloc's memory, that of huge pages and the system's own. */
static void arrays_grow_through_all_kinds_of_memory(void **state)
{
	(void)state;
	enum { COUNT = 1 << 20 };
	struct arena own;
	uint64_t *items = NULL, *others = NULL;
	size_t count = 0, other = 0;

	arena_init(&own);
	for (uint64_t i = 0; i < COUNT; i++) {
		ARENA_PUSH(&own, items, count, i * 3);
		if (i % 2)
			ARENA_PUSH(&own, others, other, i);
	}
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal(items[i], i * 3);
	for (size_t i = 0; i < other; i++)
		assert_int_equal(others[i], i * 2 + 1);
	arena_release(&own, others, sizeof *others * other);
	arena_finish(&own);
	assert_null(own.large);
}

static void *take_and_give(void *seed)
{
	enum { HELD = 40 };
	unsigned random = (unsigned)(uintptr_t)seed;
	struct {
		unsigned char *at;
		size_t size;
	} held[HELD] = {{0}};
	bool right = true;

	for (size_t i = 0; i < 4000; i++) {
		size_t slot = (random = random * 1103515245u + 12345u) >> 16 & 0xffff;

		slot %= HELD;
		if (held[slot].at) {
			const unsigned char *at = held[slot].at;
			const unsigned char mark = (unsigned char)(slot + (uintptr_t)seed);

			right &= at[0] == mark && at[held[slot].size - 1] == mark;
			pages_give(held[slot].at, held[slot].size);
			held[slot].at = NULL;
			continue;
		}
		held[slot].size = PAGES_LEAST + random % (PAGES_MOST - PAGES_LEAST + 1);
		held[slot].at = pages_take(held[slot].size);
		held[slot].at[0] = (unsigned char)(slot + (uintptr_t)seed);
		held[slot].at[held[slot].size - 1] = held[slot].at[0];
	}
	for (size_t i = 0; i < HELD; i++)
		if (held[i].at)
			pages_give(held[i].at, held[i].size);
	return right ? seed : NULL;
}

/* No two that are held at a time overlap, whoever takes them. */
static void pages_are_of_one_owner(void **state)
{
	(void)state;
	pthread_t threads[3];

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_and_give,
						(void *)(uintptr_t)(i * 80 + 1)),
				 0);
	for (size_t i = 0; i < 3; i++) {
		void *right;

		assert_int_equal(pthread_join(threads[i], &right), 0);
		assert_non_null(right);
	}
}

/* What is held stays as it is; what was given back comes as the system makes it. */
static void pages_go_back_to_the_system(void **state)
{
	(void)state;
	char *held = pages_take(PAGES_LEAST), *given = pages_take(PAGES_MOST), *again;

	memset(held, 1, PAGES_LEAST);
	memset(given, 2, PAGES_MOST);
	pages_give(given, PAGES_MOST);
	pages_trim();
	again = pages_take(PAGES_MOST);
	for (size_t i = 0; i < PAGES_LEAST; i++)
		assert_int_equal(held[i], 1);
	/* A sanitizer's memory is malloc's. */
	for (size_t i = 0; !ASAN && i < PAGES_MOST; i++)
		assert_int_equal(again[i], 0);
	pages_give(again, PAGES_MOST);
	pages_give(held, PAGES_LEAST);
}

static void chains_find_every_place(void **state)
{
	(void)state;
	enum { COUNT = 300 };

	for (size_t room = 1; room <= COUNT; room += room) {
		struct chains chains = {0};

		assert_int_equal(chains_first(&chains, 7), 0);
		chains_init(&chains, &arena, room);
		for (uint32_t place = 1; place <= room; place++)
			chains_add(&chains, place % 5, place);
		for (uint32_t place = 1; place <= room; place++) {
			uint32_t at = chains_first(&chains, place % 5);

			while (at && at != place)
				at = chains_next(&chains, at);
			assert_int_equal(at, place);
		}
	}
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

static int compare_first(const void *a, const void *b)
{
	return ((const int *)a)[0] - ((const int *)b)[0];
}

static void lists_are_sorted_wherever_they_are_not(void **state)
{
	(void)state;
	int none[1][2] = {{7, 7}}, last[][2] = {{1, 0}, {2, 0}, {2, 1}, {0, 0}},
	    equal[][2] = {{1, 2}, {1, 1}, {1, 0}};

	sort(NULL, 0, sizeof *none, compare_first);
	sort(none, 1, sizeof *none, compare_first);
	sort(last, 4, sizeof *last, compare_first);
	sort(equal, 3, sizeof *equal, compare_first);
	for (int i = 0; i < 3; i++)
		assert_true(last[i][0] <= last[i + 1][0]);
	assert_int_equal(last[0][0], 0);
	assert_int_equal(none[0][0], 7);
	/* What is in order stays as it is. */
	assert_int_equal(equal[0][1], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_yields_empty_parts),
		cmocka_unit_test(integers_keep_their_bounds),
		cmocka_unit_test(distance_counts_swaps_once),
		cmocka_unit_test(arena_rewinds_and_pushes),
		cmocka_unit_test(arenas_zero_what_others_used),
		cmocka_unit_test(arrays_grow_through_all_kinds_of_memory),
		cmocka_unit_test(pages_are_of_one_owner),
		cmocka_unit_test(pages_go_back_to_the_system),
		cmocka_unit_test(chains_find_every_place),
		cmocka_unit_test(lists_are_sorted_wherever_they_are_not),
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
