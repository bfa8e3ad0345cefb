/* SPDX-License-Identifier: Apache-2.0 */
/* On the wire: the mark (base64 of 32 bytes), the time until it is good (16 hex digits), the text. */
#include "mcp/protocol/seal.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ident.h"

#include <pthread.h>
#include <stdio.h>

enum { MARK_CHARS = 44, TIME_CHARS = 16, HEAD_CHARS = MARK_CHARS + TIME_CHARS };

static unsigned char key[SHA256_SIZE];

static void make_key(void)
{
	random_bytes(key, sizeof key);
}

static int add(const char *bytes, size_t n, void *to)
{
	buf_add(to, bytes, n);
	return 0;
}

static void mark(
	struct mcp_call *m, struct str until, struct str text, char out[MARK_CHARS + 1])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct mcp_server *s = m->server;
	struct str who = s->caller ? s->caller(m->flow->call) : STR("");
	const struct str words[] = { m->msg.method, m->tool, m->prompt, m->uri, who, until };
	unsigned char mac[SHA256_SIZE];
	struct buf b;
	pthread_once(&once, make_key);
	buf_init(&b, 0);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		json_put_str(&b, words[i]);
		buf_char(&b, '\n');
	}
	if (m->args)
		json_dump_callback(m->args, add, &b, JSON_COMPACT | JSON_SORT_KEYS);
	buf_char(&b, '\n');
	hmac_sha256(hash_str(key), (struct str[]) { buf_str(&b), text }, 2, mac);
	b64_encode(hash_str(mac), out);
	buf_release(&b);
}

struct str seal_make(struct mcp_call *m, struct str text)
{
	struct arena *a = m->flow->call->arena;
	size_t n = HEAD_CHARS + text.n;
	char *out = arena_alloc(a, n + 1), head[MARK_CHARS + 1];
	snprintf(out + MARK_CHARS, TIME_CHARS + 1, "%016llx",
		(unsigned long long)(now_ms() + SEAL_MS));
	memcpy(out + HEAD_CHARS, text.p, text.n);
	mark(m, (struct str) { out + MARK_CHARS, TIME_CHARS },
		(struct str) { out + HEAD_CHARS, text.n }, head);
	memcpy(out, head, MARK_CHARS);
	return (struct str) { out, n };
}

static int64_t hex_time(struct str s)
{
	int64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		int digit = str_hex(s.p[i]);
		if (digit < 0 || v >> 58)
			return 0;
		v = v << 4 | digit;
	}
	return v;
}

bool seal_open(struct mcp_call *m, struct str sealed, struct str *text)
{
	char head[MARK_CHARS + 1];
	if (!sealed.p || sealed.n < HEAD_CHARS)
		return false;
	struct str until = { sealed.p + MARK_CHARS, TIME_CHARS };
	*text = (struct str) { sealed.p + HEAD_CHARS, sealed.n - HEAD_CHARS };
	mark(m, until, *text, head);
	if (same_secret((struct str) { sealed.p, MARK_CHARS }, str_of(head)) &&
		hex_time(until) > now_ms())
		return true;
	*text = (struct str) { NULL, 0 };
	return false;
}
