/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures by Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, section
 * "Signature scheme"): HMAC-SHA256 of "id.timestamp.body" with the bytes behind "whsec_".
 */
#include "job/hook.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/mem.h"

#include <stdio.h>

static const char mark[] = "whsec_";
enum { SECRET_BYTES_MOST = 64, SECRET_TEXT_MOST = (SECRET_BYTES_MOST + 2) / 3 * 4 };

const char *hook_secret(struct arena *a)
{
	unsigned char bytes[HOOK_SECRET_BYTES];
	char text[SECRET_TEXT_MOST + 1];
	random_bytes(bytes, sizeof bytes);
	b64_encode((struct str) { (const char *)bytes, sizeof bytes }, text);
	const char *secret = arena_printf(a, "%s%s", mark, text);
	mem_wipe(bytes, sizeof bytes);
	mem_wipe(text, sizeof text);
	return secret;
}

static void add_signature(
	const char *secret, const struct str *parts, size_t count, struct buf *to)
{
	unsigned char key[SECRET_BYTES_MOST + 2], mac[SHA256_SIZE];
	char text[(SHA256_SIZE + 2) / 3 * 4 + 1];
	struct str s = str_of(secret);
	size_t n = 0;
	if (!str_starts(s, str_of(mark)))
		return;
	s = (struct str) { s.p + strlen(mark), s.n - strlen(mark) };
	if (s.n > SECRET_TEXT_MOST || !b64_decode(s, key, &n))
		return;
	hmac_sha256((struct str) { (const char *)key, n }, parts, count, mac);
	b64_encode(hash_str(mac), text);
	buf_addf(to, "%sv1,%s", to->len ? " " : "", text);
	mem_wipe(key, sizeof key);
}

void hook_sign(const char *id, int64_t timestamp_s, struct str body, const char *secret,
	const char *old_secret, struct buf *to)
{
	char time[32];
	snprintf(time, sizeof time, ".%lld.", (long long)timestamp_s);
	const struct str parts[] = { str_of(id), str_of(time), body };
	add_signature(secret, parts, 3, to);
	if (old_secret)
		add_signature(old_secret, parts, 3, to);
}

/* Up to a tenth more, never less: receivers that failed together are not asked again together. */
int64_t hook_pause_ms(int64_t tries)
{
	static const int64_t pauses[HOOK_ATTEMPTS] = { 0, 5000, 5 * MINUTE_MS, 30 * MINUTE_MS,
		2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS,
		24 * HOUR_MS };
	uint32_t random;
	if (tries < 0 || tries >= HOOK_ATTEMPTS)
		return -1;
	random_bytes(&random, sizeof random);
	return pauses[tries] + pauses[tries] / 10 * (random % 1024) / 1023;
}
