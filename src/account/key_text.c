/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a key: made here, looked at here, and turned into the hash that is stored. A key has
 * 256 random bits, so there is nothing to guess and a plain SHA-256 is right; salt and slow hashes
 * protect what people choose. The checksum is no protection: it lets typing errors and probes be
 * refused without a look at the database, and secret scanners be sure.
 */
#include "account/key_text.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/str.h"

enum { PREFIX = 8, BODY = PREFIX + SECRET_CHARS, SUM = 5, FULL = BODY + SUM };
enum { FOREIGN_MAX = 256 };
_Static_assert((int)FULL < (int)KEY_TEXT_SIZE, "a key fits its text");

static const char prefix[PREFIX + 1] = "sk_live_";
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* "_" and the lowest four base62 digits of the CRC-32 of what stands before. */
static void checksum(const char *text, char out[SUM])
{
	uint32_t sum = crc32_of((struct str) { text, BODY });
	out[0] = '_';
	for (int i = SUM - 1; i > 0; i--, sum /= 62)
		out[i] = digits[sum % 62];
}

void key_text_new(char text[KEY_TEXT_SIZE])
{
	memcpy(text, prefix, PREFIX);
	random_base62(text + PREFIX, SECRET_CHARS);
	checksum(text, text + BODY);
	text[FULL] = 0;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool key_text_plausible(struct str text)
{
	char sum[SUM];
	if (text.n == 0 || text.n > FOREIGN_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	if (text.n != FULL || !str_starts(text, (struct str) { prefix, PREFIX }))
		return true; /* the shape of another maker's keys: imported ones */
	for (size_t i = PREFIX; i < BODY; i++)
		if (!is_alnum(text.p[i]))
			return false;
	checksum(text.p, sum);
	return memcmp(sum, text.p + BODY, SUM) == 0;
}
