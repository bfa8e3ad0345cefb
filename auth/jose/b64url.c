/* SPDX-License-Identifier: Apache-2.0 */
/* base64url without padding (RFC 7515 section 2, RFC 4648 section 5), the strict reading of it. */
#include "auth/jose/inner.h"
#include "base/digest.h"

static const char letters[64 + 1] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool b64url_ok(struct str in)
{
	static const int unused[4] = { 0, 0, 15,
		3 }; /* bits of the last letter, by length % 4 */
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
	return b64url((struct str) { (const char *)hash, sizeof hash }, a);
}
