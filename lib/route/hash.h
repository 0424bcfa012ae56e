/* hash.h - hashes of hosts and of paths by element, eight bytes at a time. Private to lib/route.
 *
 * They find candidates, whose texts are then compared: who knows the function wins nothing but time.
 */
#ifndef ROUTE_HASH_H
#define ROUTE_HASH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

#define HASH_START UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t hash_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return hash ^ (hash >> 32);
}

/* Eight bytes as a number whose lowest byte is the first one. */
static inline uint64_t hash_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static inline uint64_t hash_half(const char *at)
{
	uint32_t half;

	memcpy(&half, at, sizeof half);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	half = __builtin_bswap32(half);
#endif
	return half;
}

/* The same for `len` bytes, fewer than eight; zeros behind. Reads no byte outside: what is read twice is
 * the same twice. */
static inline uint64_t hash_tail(const char *at, size_t len)
{
	const unsigned char *byte = (const unsigned char *)at;

	if (len >= 4)
		return hash_half(at) | hash_half(at + len - 4) << 8 * (len - 4);
	if (!len)
		return 0;
	return byte[0] | (uint64_t)byte[len / 2] << 8 * (len / 2) |
	       (uint64_t)byte[len - 1] << 8 * (len - 1);
}

/* The same for the last bytes of a text, from `at` on. In most texts there are eight to read before the
 * end: one path for all lengths, since lengths are what a processor cannot guess. */
static inline uint64_t hash_rest(struct str text, size_t at)
{
	size_t left = text.len - at;

	if (text.len < 8)
		return hash_tail(text.at + at, left);
	return hash_word(text.at + text.len - 8) >> 4 * (8 - left) >> 4 * (8 - left);
}

/* Bytes from A to Z get bit 0x20; others stay. Works on all eight bytes at once: those with a high bit
 * are left alone. */
static inline uint64_t hash_lower(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = word & (ones * 0x7f);
	uint64_t from_a = low + ones * (0x80 - 'A');
	uint64_t past_z = low + ones * (0x80 - 'Z' - 1);

	return word | (((from_a & ~past_z & ~word) & (ones * 0x80)) >> 2);
}

/* Of a name, without case: bit 0x20 is set everywhere, which makes more bytes alike than letters. */
static inline uint64_t hash_name(struct str name)
{
	const uint64_t fold = UINT64_C(0x2020202020202020);
	uint64_t hash = HASH_START ^ name.len;
	size_t at = 0;

	for (; at + 8 <= name.len; at += 8)
		hash = hash_mix(hash, hash_word(name.at + at) | fold);
	if (at < name.len)
		hash = hash_mix(hash, hash_rest(name, at) | fold);
	return hash;
}

static inline bool hash_same_word(uint64_t word, uint64_t lower)
{
	return word == lower || hash_lower(word) == lower;
}

/* Whether `name`, in any case, is `lower`, which has no capital letters. */
static inline bool hash_same_name(struct str name, struct str lower)
{
	size_t at = 0;

	if (name.len != lower.len)
		return false;
	for (; at + 8 <= name.len; at += 8)
		if (!hash_same_word(hash_word(name.at + at), hash_word(lower.at + at)))
			return false;
	return at == name.len || hash_same_word(hash_rest(name, at), hash_rest(lower, at));
}

/* Walks over the prefixes of a path: what stands before each slash, and the whole of it. After each step
 * that succeeds, `length` and `hash` are those of one prefix; the whole comes last. */
struct hash_walk {
	struct str path;
	size_t at;      /* of the word at hand; what is before it is in `state` */
	uint64_t word;  /* eight bytes, zeros behind the end */
	uint64_t ends;  /* highest bit of each byte of the word where a prefix ends */
	uint64_t state; /* the end of the path counts as a slash */
	bool last;      /* the path ends in this word */
	size_t length;
	uint64_t hash;
};

/* Highest bit of each byte that is a slash. */
static inline uint64_t hash_slashes(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t other = word ^ (ones * '/');

	return ~(((other & (ones * 0x7f)) + ones * 0x7f) | other) & (ones * 0x80);
}

static inline void hash_take_word(struct hash_walk *walk)
{
	size_t left = walk->path.len - walk->at;

	walk->last = left < 8;
	if (walk->last) {
		walk->word = hash_rest(walk->path, walk->at);
		walk->ends = hash_slashes(walk->word) | UINT64_C(0x80) << 8 * left;
	} else {
		walk->word = hash_word(walk->path.at + walk->at);
		walk->ends = hash_slashes(walk->word);
	}
}

static inline struct hash_walk hash_walk(struct str path)
{
	struct hash_walk walk = {.path = path, .state = HASH_START};

	hash_take_word(&walk);
	return walk;
}

/* False when there is no further prefix. */
static inline bool hash_step(struct hash_walk *walk)
{
	unsigned bits;

	while (!walk->ends) {
		if (walk->last)
			return false;
		walk->state = hash_mix(walk->state, walk->word);
		walk->at += 8;
		hash_take_word(walk);
	}
	bits = (unsigned)__builtin_ctzll(walk->ends) & ~7U;
	walk->ends &= walk->ends - 1;
	walk->length = walk->at + bits / 8;
	walk->hash = hash_mix(walk->state ^ walk->length, walk->word & ((UINT64_C(1) << bits) - 1));
	return true;
}

#endif
