/* SPDX-License-Identifier: Apache-2.0 */
/* The small things of the ground: arena, buf, str, map, clock, ident, digest, err. */
#include "lib/test.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/ident.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metric.h"

static void count_up(void *arg)
{
	++*(int *)arg;
}

struct in_itself {
	struct arena *arena;
};

static void arena_in_itself(void)
{
	struct arena *a = arena_new(0);
	struct in_itself *s = ARENA_NEW(a, struct in_itself);
	s->arena = a;
	arena_free(&s->arena); /* the address sanitizer judges */
}

static void arenas(void)
{
	struct arena *a = arena_new(1000);
	int cleaned = 0;
	char *p = arena_raw(a, 10), *q;
	memcpy(p, "0123456789", 10);
	q = arena_grow(a, p, 10, 2000);
	CHECK_TRUE(q == p && memcmp(q, "0123456789", 10) == 0); /* newest grows in place */
	CHECK_TRUE(arena_over(a));
	char *other = arena_raw(a, 5);
	q = arena_grow(a, p, 2000, 3000);
	CHECK_TRUE(q != p && q != other && memcmp(q, "0123456789", 10) == 0);
	arena_defer(a, count_up, &cleaned);
	arena_reset(a);
	CHECK_INT(cleaned, 1);
	CHECK_TRUE(!arena_over(a));
	CHECK_TRUE(arena_fits(a, 900) && !arena_over(a));
	CHECK_TRUE(!arena_fits(a, 1001) && arena_over(a));
	arena_reset(a);
	CHECK_TEXT(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	CHECK_TEXT(arena_text(a, STR("abc")), "abc");
	arena_defer(a, count_up, &cleaned);
	arena_settle(a);
	CHECK_INT(cleaned, 2);
	CHECK_TEXT(arena_text(a, STR("abc")), "abc");
	arena_free(&a);
	CHECK_INT(cleaned, 2);
	CHECK_TRUE(!a);
}

static void bufs(void)
{
	struct buf b;
	buf_init(&b, 10);
	buf_text(&b, "12345");
	buf_addf(&b, "%d", 678);
	CHECK_STR(buf_str(&b), "12345678");
	buf_text(&b, "xyz");
	CHECK_TRUE(b.full && b.len == 8); /* whole or not at all */
	buf_text(&b, "a");
	CHECK_INT(b.len, 8); /* sticky */
	buf_clear(&b);
	buf_text(&b, "0123456789");
	size_t n;
	char *p = buf_take(&b, &n);
	CHECK_TEXT(p, "0123456789");
	mem_free(p);
	buf_release(&b);
}

static void strs_and_numbers(void)
{
	int64_t v;
	CHECK_TRUE(str_to_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	CHECK_TRUE(!str_to_int(STR("9223372036854775808"), &v));
	CHECK_TRUE(!str_to_int(STR(""), &v) && !str_to_int(STR("-"), &v) &&
		   !str_to_int(STR("1 "), &v));
	struct str rest = STR("a,b,"), head;
	CHECK_TRUE(str_cut(&rest, ',', &head) && str_eq(head, STR("a")));
	CHECK_TRUE(str_cut(&rest, ',', &head) && str_eq(head, STR("b")));
	CHECK_TRUE(str_cut(&rest, ',', &head) && head.n == 0);
	CHECK_TRUE(!str_cut(&rest, ',', &head));
	CHECK_TRUE(str_ieq(STR("AbC"), STR("aBc")) && !str_ieq(STR("abc"), STR("abd")));
	CHECK_STR(str_trim(STR(" \t x y \r\n")), "x y");
}

static void utf8(void)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = { { "plain ascii that is longer than eight", true }, { "\xc3\xa9", true },
		{ "\xf0\x9f\x98\x80", true }, { "\xc0\x80", false }, { "\xed\xa0\x80", false },
		{ "\xf4\x90\x80\x80", false }, { "\xe2\x82", false }, { "\x80", false },
		{ "\xf5\x80\x80\x80", false }, { "\xef\xbf\xbf", true } };
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_INT(str_utf8_ok(str_of(rows[i].text)), rows[i].ok);
	char out[4];
	CHECK_INT(str_utf8_put(out, 0x1F600), 4);
	CHECK_TRUE(memcmp(out, "\xf0\x9f\x98\x80", 4) == 0);
	CHECK_INT(str_utf8_count(STR("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
}

static bool drop_even(void *arg, struct str key, void *value)
{
	(void)arg;
	(void)key;
	return (uintptr_t)value % 2;
}

/* Long runs of ASCII are passed in large steps: what stands before, between and behind them counts. */
static void utf8_at_every_place(void)
{
	enum { LONGEST = 200 };
	char text[LONGEST + 1];
	for (size_t n = 2; n <= LONGEST; n++)
		for (size_t at = 0; at + 2 <= n; at++) {
			memset(text, 'a', sizeof text);
			memcpy(text + at, "\xc3\xa9", 2);
			text[n] = (char)0xFF; /* no longer part of it */
			bool ok = str_utf8_ok((struct str) { text, n });
			text[at + 1] = 'a';
			bool broken = str_utf8_ok((struct str) { text, n });
			if (!ok || broken) {
				CHECK_INT(n, at);
				return;
			}
		}
}

static void maps(void)
{
	struct map *m = map_new(1000);
	char key[16];
	for (uintptr_t i = 1; i <= 1000; i++) {
		snprintf(key, sizeof key, "k%d", (int)i);
		CHECK_TRUE(map_put(m, str_of(key), (void *)i));
	}
	CHECK_TRUE(!map_put(m, STR("one more"), &m));
	CHECK_TRUE(map_put(m, STR("k7"), (void *)(uintptr_t)9));
	CHECK_INT((uintptr_t)map_get(m, STR("k7")), 9);
	CHECK_TRUE(!map_get(m, STR("k")));
	map_each(m, drop_even, NULL);
	CHECK_INT(map_count(m), 500);
	CHECK_INT((uintptr_t)map_remove(m, STR("k7")), 9);
	CHECK_TRUE(!map_get(m, STR("k7")));
	map_free(&m, NULL);
}

static void times(void)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} rows[] = { { "1970-01-01T00:00:00Z", 0 }, { "2026-01-27T10:30:00Z", 1769509800000 },
		{ "2026-01-27T11:30:00+01:00", 1769509800000 },
		{ "2026-01-27T10:30:00.250Z", 1769509800250 }, { "2026-01-27", 1769472000000 },
		{ "2026-13-01", -1 }, { "2026-04-31", -1 }, { "2026-01-27T25:00:00Z", -1 },
		{ "2026-01-27T10:30:00Zx", -1 }, { "", -1 } };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t ms = -1;
		if (!iso_parse(str_of(rows[i].text), &ms))
			ms = -1;
		CHECK_INT(ms, rows[i].ms);
	}
	char iso[ISO_SIZE];
	CHECK_TEXT(iso_print(1769509800000, iso), "2026-01-27T10:30:00Z");
	clock_fake(5, 7);
	CHECK_INT(now_ms(), 5);
	CHECK_INT(mono_ms(), 7);
	clock_fake(-1, -1);
	CHECK_TRUE(now_ms() > 1769509800000);
}

static void digests(void)
{
	static const unsigned char of_abc[SHA256_SIZE] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
		0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61,
		0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	unsigned char hash[SHA256_SIZE];
	char a[IDENT_SIZE], b[IDENT_SIZE];
	sha256(STR("abc"), hash);
	CHECK_TRUE(memcmp(hash, of_abc, sizeof hash) == 0);
	CHECK_INT(crc32_of(STR("123456789")), 0xCBF43926);
	ident_new("job", a);
	ident_new("job", b);
	CHECK_TRUE(strlen(a) == 30 && strncmp(a, "job_", 4) == 0 && strcmp(a, b) != 0);
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = { { "aGk=", "hi" }, { "aGV5", "hey" }, { "", "" }, { "aGl=", NULL },
		{ "aGk", NULL }, { "a===", NULL }, { "aG k", NULL }, { "aA==", "h" } };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned char out[16];
		size_t n;
		bool ok = b64_decode(str_of(rows[i].in), out, &n);
		CHECK_INT(ok, rows[i].out != NULL);
		if (ok && rows[i].out)
			CHECK_STR(((struct str) { (char *)out, n }), rows[i].out);
		char text[16];
		if (rows[i].out) {
			b64_encode(str_of(rows[i].out), text);
			CHECK_TEXT(text, rows[i].in);
		}
	}
}

static void hmacs(void) /* RFC 4231 section 4.3 */
{
	static const unsigned char want[SHA256_SIZE] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60,
		0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f,
		0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43 };
	unsigned char got[SHA256_SIZE];
	const struct str parts[] = { STR("what do ya want "), STR(""), STR("for nothing?") };
	hmac_sha256(STR("Jefe"), parts, COUNT_OF(parts), got);
	CHECK_TRUE(memcmp(got, want, sizeof got) == 0);
}

static void errors_are_printable(void)
{
	struct err e;
	char long_text[400];
	CHECK_TRUE(!err_set(&e, ERR_FETCH, "a\nb\xff%s", ""));
	CHECK_TEXT(e.msg, "a?b?");
	memset(long_text, 'x', 238);
	memcpy(long_text + 238, "\xc3\xa9tail", 7);
	err_set(&e, ERR_FETCH, "%s", long_text);
	CHECK_TRUE(str_utf8_ok(str_of(e.msg)) && strlen(e.msg) == 238);
	CHECK_TEXT(err_name(ERR_PRIVATE), "PRIVATE_NETWORK_TARGET");
	CHECK_INT(err_http(ERR_TIMEOUT), 504);
}

static void metrics_print(void)
{
	struct buf b;
	buf_init(&b, 0);
	metric_add(METRIC_REQUESTS_2XX, 2);
	metric_ms(METRIC_FETCH_MS, 3);
	metric_print(&b);
	buf_char(&b, 0);
	CHECK_TRUE(strstr(b.p, "# TYPE scraped_requests_total counter\n"
			       "scraped_requests_total{class=\"2xx\"} 2\n"));
	CHECK_TRUE(strstr(b.p, "scraped_fetch_ms_bucket{le=\"5\"} 1\n"));
	CHECK_TRUE(strstr(b.p, "scraped_fetch_ms_bucket{le=\"2.5\"} 0\n"));
	buf_release(&b);
}

TEST_MAIN(TEST(arenas), TEST(arena_in_itself), TEST(bufs), TEST(strs_and_numbers), TEST(utf8),
	TEST(utf8_at_every_place), TEST(maps), TEST(times), TEST(digests), TEST(hmacs),
	TEST(errors_are_printable), TEST(metrics_print))
