/* SPDX-License-Identifier: Apache-2.0 */
/* sealed1: base64 of nonce (12 bytes), ciphertext, tag (16): NIST SP 800-38D section 8.2.2. */
#include "auth/grant/seal.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/mem.h"

#include <openssl/evp.h>

enum { NONCE = 12, TAG = 16, PLAIN_MAX = 4096 };
static const char mark[] = "sealed1:", purpose[] = "scraped.signing_keys.1:";

bool seal_is_sealed(struct str stored)
{
	return str_starts(stored, STR(mark));
}

static void derive(const char *data_key, unsigned char key[SHA256_SIZE], struct arena *a)
{
	char *text = arena_printf(a, "%s%s", purpose, data_key);
	sha256(str_of(text), key);
	mem_wipe(text, strlen(text));
}

/* Both ways: out gets in.n bytes; the tag is made or compared. */
static bool run(bool sealing, const unsigned char key[SHA256_SIZE], const unsigned char *nonce,
	const char *kid, struct str in, unsigned char *out, unsigned char tag[TAG])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	const unsigned char *from = (const unsigned char *)in.p,
			    *id = (const unsigned char *)kid;
	int n = 0, direction = sealing;
	bool ok = c &&
		  EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce, direction) == 1 &&
		  EVP_CipherUpdate(c, NULL, &n, id, (int)strlen(kid)) == 1 &&
		  EVP_CipherUpdate(c, out, &n, from, (int)in.n) == 1 &&
		  (sealing || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1) &&
		  EVP_CipherFinal_ex(c, out + n, &n) == 1 &&
		  (!sealing || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1);
	EVP_CIPHER_CTX_free(c);
	return ok;
}

struct str seal(struct str plain, const char *data_key, const char *kid, struct arena *a)
{
	unsigned char key[SHA256_SIZE];
	if (!data_key[0])
		return plain;
	CHECK(plain.n && plain.n <= PLAIN_MAX);
	size_t size = NONCE + plain.n + TAG;
	unsigned char *bytes = arena_raw(a, size);
	char *text = arena_raw(a, (size + 2) / 3 * 4 + 1);
	random_bytes(bytes, NONCE);
	derive(data_key, key, a);
	CHECK(run(true, key, bytes, kid, plain, bytes + NONCE, bytes + NONCE + plain.n));
	mem_wipe(key, sizeof key);
	int n = EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
	return str_of(arena_printf(a, "%s%.*s", mark, n, text));
}

struct str unseal(struct str stored, const char *data_key, const char *kid, struct arena *a)
{
	unsigned char key[SHA256_SIZE];
	size_t n = 0;
	if (!seal_is_sealed(stored))
		return stored;
	struct str text = { stored.p + strlen(mark), stored.n - strlen(mark) };
	unsigned char *bytes = arena_raw(a, text.n + 1);
	if (!data_key[0] || !b64_decode(text, bytes, &n) || n <= NONCE + TAG)
		return (struct str) { NULL, 0 };
	struct str sealed = { (char *)bytes + NONCE, n - NONCE - TAG };
	char *plain = arena_alloc(a, sealed.n + 1);
	derive(data_key, key, a);
	bool ok = run(false, key, bytes, kid, sealed, (unsigned char *)plain, bytes + n - TAG);
	mem_wipe(key, sizeof key);
	return ok ? (struct str) { plain, sealed.n } : (struct str) { NULL, 0 };
}
