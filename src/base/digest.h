/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, encodings and comparisons that take the same time whatever they compare. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#include <stdint.h>

enum { SHA256_SIZE = 32 };
void sha256(struct str in, unsigned char out[SHA256_SIZE]);
static inline struct str hash_str(const unsigned char hash[SHA256_SIZE])
{
	return (struct str) { (const char *)hash, SHA256_SIZE };
}
/* HMAC-SHA256 (RFC 2104) of `count` parts, one after the other. */
void hmac_sha256(
	struct str key, const struct str *parts, size_t count, unsigned char out[SHA256_SIZE]);
uint32_t crc32_of(struct str in); /* IEEE 802.3, as zlib's */
uint64_t hash64(struct str in); /* seeded per process: for tables keyed by outside text */
bool same_secret(struct str a, struct str b); /* constant time for equal lengths */
/* Standard base64 with padding, no line ends (RFC 4648 section 4). out has room for
 * (in.n + 2) / 3 * 4 + 1 bytes and ends with a NUL. */
void b64_encode(struct str in, char *out);
/* Standard base64, canonical padding demanded. out has room for in.n / 4 * 3 bytes. */
bool b64_decode(struct str in, unsigned char *out, size_t *n);

#endif
