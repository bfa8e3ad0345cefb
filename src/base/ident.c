/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ident.h"
#include "base/check.h"

#include <errno.h>
#include <sys/random.h>

void random_bytes(void *out, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t k = getrandom((char *)out + got, n - got, 0);
		CHECK(k >= 0 || errno == EINTR);
		got += k > 0 ? (size_t)k : 0;
	}
}

/* Bytes at or above the largest multiple of `base` are thrown away: no modulo bias. */
static void random_digits(const char *alphabet, unsigned base, char *out, size_t n)
{
	unsigned limit = 256 / base * base;
	for (size_t i = 0; i < n;) {
		unsigned char pool[64];
		random_bytes(pool, sizeof pool);
		for (size_t k = 0; k < sizeof pool && i < n; k++)
			if (pool[k] < limit)
				out[i++] = alphabet[pool[k] % base];
	}
	out[n] = 0;
}

void ident_new(const char *prefix, char out[IDENT_SIZE])
{
	enum { RANDOM = 26 };
	size_t n = strlen(prefix);
	CHECK(n + 1 + RANDOM < IDENT_SIZE);
	memcpy(out, prefix, n);
	out[n] = '_';
	random_digits("0123456789abcdefghijklmnopqrstuvwxyz", 36, out + n + 1, RANDOM);
}

void random_base62(char *out, size_t n)
{
	random_digits(
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 62, out, n);
}
