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
static inline const char *scan_value(const char *at, const char *end)
{
	const __m128i low = _mm_set1_epi8(0x1f), tab = _mm_set1_epi8('\t'),
		      del = _mm_set1_epi8(0x7f);

	for (; end - at >= 16; at += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i ctl = _mm_cmpeq_epi8(_mm_min_epu8(x, low), x);
		__m128i bad = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(x, tab), ctl),
					   _mm_cmpeq_epi8(x, del));
		int mask = _mm_movemask_epi8(bad);

		if (mask)
			return at + __builtin_ctz((unsigned)mask);
	}
	return scan_value_plain(at, end);
}
#else
static inline const char *scan_value(const char *at, const char *end)
{
	return scan_value_plain(at, end);
}
#endif

#endif
