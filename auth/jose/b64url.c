/* SPDX-License-Identifier: Apache-2.0 */
/* base64url without padding (RFC 7515 section 2, RFC 4648 section 5), the strict reading of it. */
#include "auth/jose/inner.h"
#include "base/digest.h"

static const char letters[64 + 1] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* One more than a letter's value; 0: no letter. */
/* clang-format off */
static const signed char value_plus_1[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
	['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};
/* clang-format on */

static int value_of(char c)
{
	return value_plus_1[(unsigned char)c] - 1;
}

bool b64url_ok(struct str in)
{
	/* the bits of the last letter that stand for nothing, by length % 4 */
	static const int unused[4] = { 0, 0, 15, 3 };
	if (in.n % 4 == 1)
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (value_of(in.p[i]) < 0)
			return false;
	return in.n == 0 || (value_of(in.p[in.n - 1]) & unused[in.n % 4]) == 0;
}

bool b64url_decode(struct str in, struct arena *a, struct str *out)
{
	if (!b64url_ok(in))
		return false;
	char *bytes = arena_raw(a, in.n / 4 * 3 + 3);
	size_t n = 0;
	unsigned bits = 0, held = 0;
	for (size_t i = 0; i < in.n; i++) {
		bits = bits << 6 | (unsigned)value_of(in.p[i]);
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[n++] = (char)(bits >> held & 255);
		}
	}
	*out = (struct str) { bytes, n };
	return true;
}

const char *b64url(struct str bytes, struct arena *a)
{
	char *out = arena_raw(a, bytes.n / 3 * 4 + 5);
	size_t n = 0;
	unsigned bits = 0, held = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (held += 8; held >= 6; held -= 6)
			out[n++] = letters[bits >> (held - 6) & 63];
	}
	if (held)
		out[n++] = letters[bits << (6 - held) & 63];
	out[n] = 0;
	return out;
}

const char *sha256_b64(struct str in, struct arena *a)
{
	unsigned char hash[SHA256_SIZE];
	sha256(in, hash);
	return b64url(hash_str(hash), a);
}
