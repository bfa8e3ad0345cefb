/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/check.h"
#include "base/ident.h"

#include <libdeflate.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>

void sha256(struct str in, unsigned char out[SHA256_SIZE])
{
	unsigned n = SHA256_SIZE;
	CHECK(EVP_Digest(in.p, in.n, out, &n, EVP_sha256(), NULL) == 1 && n == SHA256_SIZE);
}

void hmac_sha256(
	struct str key, const struct str *parts, size_t count, unsigned char out[SHA256_SIZE])
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
					OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *c = EVP_MAC_CTX_new(mac);
	size_t n = 0;
	CHECK(c && EVP_MAC_init(c, (const unsigned char *)key.p, key.n, params) == 1);
	for (size_t i = 0; i < count; i++)
		CHECK(EVP_MAC_update(c, (const unsigned char *)parts[i].p, parts[i].n) == 1);
	CHECK(EVP_MAC_final(c, out, &n, SHA256_SIZE) == 1 && n == SHA256_SIZE);
	EVP_MAC_CTX_free(c);
	EVP_MAC_free(mac);
}

uint32_t crc32_of(struct str in)
{
	return libdeflate_crc32(0, in.p, in.n);
}

static uint64_t seed;
static void make_seed(void)
{
	random_bytes(&seed, sizeof seed);
}

/* A multiply-xorshift hash over 8-byte words, seeded: quick, and its collisions cannot be
 * prepared from outside without the seed. */
uint64_t hash64(struct str in)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_seed);
	uint64_t h = seed ^ (in.n * 0x9E3779B97F4A7C15u);
	const char *p = in.p;
	for (size_t n = in.n; n;) {
		uint64_t word = 0;
		size_t k = n < 8 ? n : 8;
		memcpy(&word, p, k);
		h = (h ^ word) * 0xD6E8FEB86659FD93u;
		h ^= h >> 32;
		p += k;
		n -= k;
	}
	h *= 0xD6E8FEB86659FD93u;
	return h ^ h >> 32;
}

bool same_secret(struct str a, struct str b)
{
	return a.n == b.n && CRYPTO_memcmp(a.p, b.p, a.n) == 0;
}

void b64_encode(struct str in, char *out)
{
	CHECK(in.n < INT_MAX / 2);
	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)in.p, (int)in.n);
	out[(in.n + 2) / 3 * 4] = 0;
}

static int b64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool b64_decode(struct str in, unsigned char *out, size_t *n)
{
	*n = 0;
	if (in.n % 4)
		return false;
	for (size_t i = 0; i < in.n; i += 4) {
		bool last = i + 4 == in.n;
		int pad = last && in.p[i + 3] == '=' ? 1 + (in.p[i + 2] == '=') : 0;
		int v[4] = { 0 };
		for (int k = 0; k < 4 - pad; k++)
			if ((v[k] = b64_value(in.p[i + (size_t)k])) < 0)
				return false;
		if ((pad == 2 && v[1] & 15) || (pad == 1 && v[2] & 3))
			return false; /* bits that canonical padding leaves zero */
		unsigned word = (unsigned)(v[0] << 18 | v[1] << 12 | v[2] << 6 | v[3]);
		out[(*n)++] = (unsigned char)(word >> 16);
		if (pad < 2)
			out[(*n)++] = (unsigned char)(word >> 8);
		if (pad < 1)
			out[(*n)++] = (unsigned char)word;
	}
	return true;
}
