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

/* Of a name, without case. */
static inline uint64_t hash_name(struct str name)
{
	uint64_t hash = HASH_START ^ name.len;
	size_t at = 0;

	for (; at + 8 <= name.len; at += 8)
		hash = hash_mix(hash, hash_lower(hash_word(name.at + at)));
	if (at < name.len)
		hash = hash_mix(hash, hash_lower(hash_tail(name.at + at, name.len - at)));
	return hash;
}

/* Whether `name`, in any case, is `lower`, which has no capital letters. */
static inline bool hash_same_name(struct str name, struct str lower)
{
	size_t at = 0;

	if (name.len != lower.len)
		return false;
	for (; at + 8 <= name.len; at += 8)
		if (hash_lower(hash_word(name.at + at)) != hash_word(lower.at + at))
			return false;
	return at == name.len || hash_lower(hash_tail(name.at + at, name.len - at)) ==
					 hash_tail(lower.at + at, name.len - at);
}

/* Walks a path from slash to slash. After each step `hash` is that of the path up to `at`, where a slash
 * stands or the path ends. */
struct hash_walk {
	const char *start, *at, *end;
	uint64_t hash;
	bool begun;
};

static inline struct hash_walk hash_walk(struct str path)
{
	return (struct hash_walk){path.at, path.at, path.at + path.len, HASH_START, false};
}

/* Position of the first slash in a word, in bits; 64 when there is none. */
static inline unsigned hash_slash(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t zero_at_slash = word ^ (ones * '/');
	uint64_t found = (zero_at_slash - ones) & ~zero_at_slash & (ones * 0x80);

	return found ? (unsigned)__builtin_ctzll(found) & ~7U : 64;
}

/* Takes one element, with the slash in front of it (the first step takes what stands before the first
 * slash: mostly nothing). */
static inline void hash_step(struct hash_walk *walk)
{
	const char *at = walk->at;
	uint64_t hash = walk->hash, word;
	unsigned bits = 64;

	if (walk->begun) { /* at a slash */
		hash = hash_mix(hash, '/');
		at++;
	}
	walk->begun = true;
	while (walk->end - at >= 8) {
		word = hash_word(at);
		bits = hash_slash(word);
		if (bits < 64)
			break;
		hash = hash_mix(hash, word);
		at += 8;
	}
	if (walk->end - at < 8) {
		size_t left = (size_t)(walk->end - at);

		word = hash_tail(at, left);
		bits = hash_slash(word);
		if (bits > 8 * left)
			bits = (unsigned)(8 * left);
	}
	walk->at = at + bits / 8;
	walk->hash = bits ? hash_mix(hash, word & (~UINT64_C(0) >> (64 - bits))) : hash;
}

#endif
