/* scan.h - the one loop that long fields are worth vectors for. Private to lib/proxy. */
#ifndef PROXY_SCAN_H
#define PROXY_SCAN_H

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* First octet in [at, end) that a field value cannot hold: a control octet other than HTAB, or DEL. */
static inline const char *scan_value_plain(const char *at, const char *end)
{
	while (at < end) {
		unsigned char c = (unsigned char)*at;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			break;
		at++;
	}
	return at;
}

#if defined(__SSE2__)
/* Bit i: octet i of 16 cannot be in a value. */
static inline unsigned scan_block(const char *at)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
	__m128i tab = _mm_cmpeq_epi8(x, _mm_set1_epi8('\t'));
	__m128i del = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), del));
}

/* The rest is looked at with the octets before it once more. */
static inline const char *scan_value(const char *at, const char *end)
{
	unsigned bad;

	if (end - at < 16)
		return scan_value_plain(at, end);
	for (; end - at > 16; at += 16) {
		bad = scan_block(at);
		if (bad)
			return at + __builtin_ctz(bad);
	}
	bad = scan_block(end - 16);
	return bad ? end - 16 + __builtin_ctz(bad) : end;
}
#else
static inline const char *scan_value(const char *at, const char *end)
{
	return scan_value_plain(at, end);
}
#endif

#endif
