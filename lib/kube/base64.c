#include "kube/base64.h"

#include "base/arena.h"

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

bool kube_base64_decode(struct arena *arena, struct str text, struct str *bytes)
{
	unsigned char *out = arena_bytes(arena, text.len / 4 * 3 + 3);
	size_t len = 0, digits = 0, pads = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = sextet(text.at[i]);

		if (text.at[i] == '\n' || text.at[i] == '\r')
			continue;
		if (text.at[i] == '=') {
			pads++;
			continue;
		}
		if (value < 0 || pads)
			return false;
		bits = (bits << 6 | (unsigned)value) & 0xffffff;
		if (++digits % 4 == 0) {
			out[len++] = (unsigned char)(bits >> 16);
			out[len++] = (unsigned char)(bits >> 8);
			out[len++] = (unsigned char)bits;
		}
	}
	/* The last group has 2 or 3 digits and is padded to 4. */
	if (digits % 4 == 1 || pads != (4 - digits % 4) % 4)
		return false;
	if (digits % 4 == 2)
		out[len++] = (unsigned char)(bits >> 4);
	if (digits % 4 == 3) {
		out[len++] = (unsigned char)(bits >> 10);
		out[len++] = (unsigned char)(bits >> 2);
	}
	*bytes = (struct str){(char *)out, len};
	return true;
}
