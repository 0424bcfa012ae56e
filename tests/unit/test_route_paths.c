/* The structures that find candidates, against looking at all of them. */
#include "test.h"

#include "route/heads.h"
#include "route/paths.h"

static struct arena arena;
static uint64_t state_of_random = 1;

enum { PATH_MOST = 220 };

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static unsigned below(unsigned limit)
{
	state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state_of_random >> 33) % limit;
}

/* A text of its very size, so that the sanitizer sees a byte too many being read. */
static struct str exact_copy(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return (struct str){copy, len};
}

static size_t random_path(char text[PATH_MOST])
{
	static const char *const words[] = {"a", "bb", "api", "v1", "users", "averylongelement",
					    ""};
	unsigned count = 1 + below(below(8) ? 4 : 12);
	size_t len = 0;

	for (unsigned i = 0; i < count; i++) {
		const char *word = words[below(7)];

		text[len++] = '/';
		memcpy(text + len, word, strlen(word));
		len += strlen(word);
	}
	if (below(4) == 0)
		len--;
	return len;
}

static void names_have_no_case(void **state)
{
	(void)state;
	char upper[32], lower[32];

	for (unsigned c = 0; c < 256; c++) {
		for (size_t len = 1; len < sizeof upper; len += 5) {
			bool letter = c >= 'A' && c <= 'Z';

			memset(upper, (int)c, len);
			memset(lower, (int)(letter ? c | 0x20 : c), len);

			struct str a = exact_copy(upper, len), b = exact_copy(lower, len);

			assert_true(hash_name(a) == hash_name(b));
			assert_true(hash_same_name(a, b));
			free((char *)a.at);
			free((char *)b.at);
		}
	}
	assert_false(hash_same_name(STR("shop.example.org"), STR("shop.example.com")));
	assert_false(hash_same_name(STR("[a"), STR("{a")));
	assert_false(hash_same_name(STR("a"), STR("ab")));
}

static void a_walk_stops_at_every_slash(void **state)
{
	(void)state;
	static const size_t stops[] = {0, 2, 11, 12, 29};
	struct str path = exact_copy("/a/12345678//1234567890123456", 29);
	struct hash_walk walk = hash_walk(path);

	for (size_t i = 0; i < 5; i++) {
		assert_true(hash_step(&walk));
		assert_int_equal(walk.length, stops[i]);
	}
	assert_false(hash_step(&walk));
	free((char *)path.at);
}

/* ---- paths ---- */

enum { HOSTS = 3, LITERALS = 40 };

static struct paths_host hosts[HOSTS];
static struct paths_literal literals[LITERALS];
static size_t literal_count;

static const struct paths_literal *known(const struct paths_host *host, struct str text)
{
	for (size_t i = 0; i < literal_count; i++)
		if (literals[i].host.id == host->id && str_eq(literals[i].text, text))
			return &literals[i];
	return NULL;
}

static bool is_prefix(struct str text, struct str path)
{
	return str_eq(str_sub(path, 0, text.len), text) &&
	       (path.len == text.len || path.at[text.len] == '/');
}

/* The longest literal of the host that is a prefix of the path and shorter than `below`. */
static const struct paths_literal *longest(const struct paths_host *host, struct str path,
					   size_t shorter_than)
{
	const struct paths_literal *best = NULL;

	for (size_t i = 0; i < literal_count; i++) {
		const struct paths_literal *literal = &literals[i];

		if (literal->host.id == host->id && literal->text.len < shorter_than &&
		    is_prefix(literal->text, path) && (!best || literal->text.len > best->text.len))
			best = literal;
	}
	return best;
}

static void assert_node(const struct paths_node *node, const struct paths_literal *literal)
{
	if (!literal) {
		assert_null(node);
		return;
	}
	assert_non_null(node);
	assert_true(str_eq(paths_text(node), literal->text));
	assert_int_equal(node->values[0], literal->values[0]);
}

static void check_path(const struct paths *paths, const struct paths_host *host, struct str path)
{
	struct paths_walk walk;
	const struct paths_node *node;
	size_t shorter_than = path.len + 1;

	paths_walk(paths, &walk, path);
	paths_aim(paths, &walk, hosts[below(HOSTS)].salt); /* perhaps that of another host */
	node = paths_find(paths, host, &walk);
	assert_true((node && node->length == path.len) == (known(host, path) != NULL));
	do {
		const struct paths_literal *literal = longest(host, path, shorter_than);

		assert_node(node, literal);
		if (!literal)
			break;
		shorter_than = literal->text.len;
		node = paths_up(paths, node);
	} while (true);
}

static void make_literals(void)
{
	char text[PATH_MOST];

	literal_count = 0;
	for (uint32_t i = 0; i < HOSTS; i++)
		hosts[i] = (struct paths_host){.id = i + 1, .salt = i / 2};
	for (size_t i = 0; i < LITERALS; i++) {
		struct paths_host *host = &hosts[below(HOSTS)];
		size_t len = below(10) ? random_path(text) : 0;
		struct str copy = str_dup(&arena, (struct str){text, len});

		if (!known(host, copy))
			literals[literal_count++] = (struct paths_literal){copy, *host, {i}};
	}
}

static void paths_are_found_as_by_looking_at_all(void **state)
{
	(void)state;
	for (int round = 0; round < 60; round++) {
		struct arena_mark mark = arena_mark(&arena);
		struct paths paths;
		char text[PATH_MOST];

		make_literals();
		paths_build(&paths, &arena, literals, literal_count);
		for (int i = 0; i < 200; i++) {
			struct str path = exact_copy(text, random_path(text));

			check_path(&paths, &hosts[below(HOSTS)], path);
			free((char *)path.at);
		}
		arena_rewind(&arena, mark);
	}
}

/* gcc 12 knows how long a literal is and takes reads for possible that the length rules out. */
__attribute__((noinline)) static struct str unknown_length(const char *text)
{
	return str_from(text);
}

static void a_table_without_literals_finds_nothing(void **state)
{
	(void)state;
	struct paths_host host = {.id = 1};
	struct paths_walk walk;
	struct paths paths;

	paths_build(&paths, &arena, NULL, 0);
	paths_walk(&paths, &walk, unknown_length("/"));
	paths_aim(&paths, &walk, 0);
	assert_null(paths_find(&paths, &host, &walk));
	paths_walk(&paths, &walk, unknown_length(""));
	paths_aim(&paths, &walk, 0);
	assert_null(paths_find(&paths, &host, &walk));
}

/* ---- index ---- */

/* What hash_mix() does for words of one length, backwards: two texts with one hash. */
static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (int i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

static uint64_t unmixed(uint64_t mixed, uint64_t word)
{
	return ((mixed ^ mixed >> 32) * inverse(UINT64_C(0xff51afd7ed558ccd))) ^ word;
}

/* Sixteen letters after which the state is that after `other`: the first eight are free, the last eight
 * make up for them. */
static struct str same_hash(struct str other, uint64_t first)
{
	uint64_t state = hash_mix(HASH_START, hash_word(other.at));
	uint64_t target = hash_mix(state, hash_word(other.at + 8)), second;
	char *text = (char *)arena_bytes(&arena, 16);

	second = hash_mix(HASH_START, first) ^ unmixed(target, 0);
	memcpy(text, &first, 8);
	memcpy(text + 8, &second, 8);
	return (struct str){text, 16};
}

static void texts_that_are_made_to_collide_are_told_apart(void **state)
{
	(void)state;
	static const struct str model = STR_INIT("/abcdefghijklmno");
	struct paths_host host = {.id = 1, .salt = 7};
	struct paths_literal list[100] = {{model, host, {0}}};
	struct paths paths;
	struct paths_walk walk;
	size_t count = 1;

	for (uint64_t first = 1; count < 100; first++) {
		struct str text = same_hash(model, first * UINT64_C(0x4141414141410000) | 0x612f);

		if (hash_slashes(hash_word(text.at + 8)) || hash_slashes(hash_word(text.at)) != 128)
			continue;
		list[count] = (struct paths_literal){text, host, {count}};
		count++;
	}
	paths_build(&paths, &arena, list, count);
	for (size_t i = 0; i < count; i++) {
		paths_walk(&paths, &walk, list[i].text);
		paths_aim(&paths, &walk, host.salt);

		const struct paths_node *node = paths_find(&paths, &host, &walk);

		assert_non_null(node);
		assert_int_equal(node->values[0], i);
	}
	paths_walk(&paths, &walk, same_hash(model, 0x2f));
	paths_aim(&paths, &walk, host.salt);
	assert_int_not_equal(walk.numbers[0], 0);
	assert_null(paths_find(&paths, &host, &walk));
}

static void assert_places(const uint64_t *keys, size_t count, size_t sharing)
{
	struct index index;
	size_t shared = 0;
	uint8_t *seen = arena_array(&arena, uint8_t, count * 2 + 2);

	index_build(&index, &arena, keys, count);
	for (size_t i = 0; i < count; i++) {
		uint32_t place = index_find(&index, keys[i]);

		assert_in_range(place, 1, index.place_count);
		shared += seen[place];
		seen[place] = 1;
	}
	assert_int_equal(shared, sharing);
}

static void keys_have_places_of_their_own(void **state)
{
	(void)state;
	enum { KEYS = 20000 };
	uint64_t *keys = arena_array(&arena, uint64_t, KEYS);

	for (size_t i = 0; i < KEYS; i++)
		keys[i] = hash_mix(hash_mix(HASH_START, i), 1);
	assert_places(keys, KEYS, 0);
	assert_places(keys, 1, 0);
	assert_places(keys, 0, 0);
	for (size_t i = 0; i < KEYS; i++)
		keys[i] = 42;
	assert_places(keys, KEYS, KEYS - 1);
}

/* ---- heads ---- */

static bool starts(struct str text, struct str head)
{
	return str_eq_nocase(str_sub(text, 0, head.len), head) && text.len >= head.len;
}

static void check_heads(const struct heads *heads, const struct str *texts, size_t count,
			struct str path)
{
	struct heads_found found = heads_find(heads, path, &arena);
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		if (!starts(path, texts[i]))
			continue;
		assert_true(next < found.count);
		assert_int_equal(found.patterns[next++], i);
	}
	assert_int_equal(found.count, next);
}

static void heads_are_found_in_order(void **state)
{
	(void)state;
	for (int round = 0; round < 60; round++) {
		struct arena_mark mark = arena_mark(&arena);
		struct str texts[20];
		size_t count = below(20);
		struct heads heads;
		char text[PATH_MOST];

		for (size_t i = 0; i < count; i++)
			texts[i] = str_dup(&arena, str_sub((struct str){text, random_path(text)}, 0,
							   below(12)));
		heads_build(&heads, &arena, texts, count);
		for (int i = 0; i < 100; i++) {
			size_t len = random_path(text);

			if (below(2) && len > 1 && text[1] == 'a')
				text[1] = 'A';
			check_heads(&heads, texts, count, (struct str){text, len});
		}
		arena_rewind(&arena, mark);
	}
}

static void texts_beyond_ascii_may_be_matched_by_all(void **state)
{
	(void)state;
	static const struct str texts[] = {STR_INIT("/k"), STR_INIT("/x")};
	struct heads heads;
	struct heads_found found;

	heads_build(&heads, &arena, texts, 2);
	found = heads_find(&heads, STR("/\xe2\x84\xaa"), &arena);
	assert_null(found.patterns);
	assert_int_equal(found.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_no_case),
		cmocka_unit_test(a_walk_stops_at_every_slash),
		cmocka_unit_test_setup_teardown(paths_are_found_as_by_looking_at_all, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_table_without_literals_finds_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(texts_that_are_made_to_collide_are_told_apart,
						setup, teardown),
		cmocka_unit_test_setup_teardown(keys_have_places_of_their_own, setup, teardown),
		cmocka_unit_test_setup_teardown(heads_are_found_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(texts_beyond_ascii_may_be_matched_by_all, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
