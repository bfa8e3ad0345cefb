/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/url.h"
#include "lib/test.h"

#include <stdio.h>

struct good {
	const char *text, *want; /* want NULL: as written */
};
struct wrong {
	const char *text;
	enum err_code code;
};

/* What a browser's address bar makes of them (new URL(text).href). */
static const struct good goods[] = {
	{ "http://EXAMPLE.com", "http://example.com/" },
	{ "  https://example.com/ \n", "https://example.com/" },
	{ "HTTP://example.com/A/b", "http://example.com/A/b" },
	{ "http://example.com?q", "http://example.com/?q" },
	{ "http://example.com#f", "http://example.com/#f" },
	{ "http://example.com/?", NULL },
	{ "http://example.com/#", NULL },
	{ "http://example.com:80/", "http://example.com/" },
	{ "https://example.com:443/", "https://example.com/" },
	{ "http://example.com:443/", NULL },
	{ "http://example.com:/", "http://example.com/" },
	{ "http://example.com:0080/", "http://example.com/" },
	{ "http://example.com:65535/", NULL },
	{ "http://example.com/a/./b/../c", "http://example.com/a/c" },
	{ "http://example.com/..", "http://example.com/" },
	{ "http://example.com/a/%2E%2e/%2e", "http://example.com/" },
	{ "http://example.com//a//", NULL },
	{ "http://example.com/a?b/../c#d/../e", NULL },
	{ "http://example.com/\"<>`{}^|", "http://example.com/%22%3C%3E%60%7B%7D%5E|" },
	{ "http://example.com/?\"<>'`{}^|", "http://example.com/?%22%3C%3E%27`{}^|" },
	{ "http://example.com/#\"<>'`{}#", "http://example.com/#%22%3C%3E'%60{}#" },
	{ "http://example.com/%zz%1", NULL },
	{ "http://example.com/%e4%C3", NULL },
	{ "http://example.com/\xc3\xa4?\xe2\x82\xac#\xf0\x9f\x98\x80",
		"http://example.com/%C3%A4?%E2%82%AC#%F0%9F%98%80" },
	{ "http://example.com/a@b:c", NULL },
	{ "http://example.com/http://x/", NULL },
	{ "http://example.com./", NULL },
	{ "http://B\xc3\xbc"
	  "cher.example/",
		"http://xn--bcher-kva.example/" },
	{ "http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/" },
	{ "http://fa\xc3\x9f.example/", "http://xn--fa-hia.example/" },
	{ "http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/" },
	{ "http://xn--e28h.example/", NULL },
	{ "http://i\xe2\x9d\xa4\xef\xb8\x8f.example/", "http://xn--i-7iq.example/" },
	{ "http://\xf0\x9f\x98\x80.B\xc3\xbc.example/", "http://xn--e28h.xn--b-eha.example/" },
	{ "http://\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x80\x82\xef\xbc\xaa\xef\xbc\xb0/",
		"http://xn--wgv71a119e.jp/" },
	{ "http://a_b.example/", NULL },
	{ "http://-a.example/", NULL },
	{ "http://r3---sn-x.example/", NULL },
	{ "http://ex%61mple.com/", "http://example.com/" },
	{ "http://a!$&'()*+,;=.example/", NULL },
	{ "http://1.2.3.4.example/", NULL },
	{ "http://9.9.9.9/", NULL },
	{ "http://134744072/", "http://8.8.8.8/" },
	{ "http://0x8.010.8.0x08/", "http://8.8.8.8/" },
	{ "http://8.8.2056/", "http://8.8.8.8/" },
	{ "http://8.526344./", "http://8.8.8.8/" },
	{ "http://127.1/", "http://127.0.0.1/" },
	{ "http://0x/", "http://0.0.0.0/" },
	{ "http://4294967295/", "http://255.255.255.255/" },
	{ "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "http://127.0.0.1/" },
	{ "http://127\xe3\x80\x82"
	  "0\xe3\x80\x82"
	  "0\xe3\x80\x82"
	  "1/",
		"http://127.0.0.1/" },
	{ "http://127.0.0.\xc2\xad"
	  "1/",
		"http://127.0.0.1/" },
	{ "http://%31%32%37.0.0.1/", "http://127.0.0.1/" },
	{ "http://[::1]/", NULL },
	{ "http://[0:0::1]:8080/x", "http://[::1]:8080/x" },
	{ "http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/" },
	{ "http://[1:0:0:2:0:0:0:3]/", "http://[1:0:0:2::3]/" },
	{ "http://[1:2:3:4:5:6:7:0]/", NULL },
	{ "http://[1:2:3:4:5:6::]/", NULL },
	{ "http://[::2:3:4:5:6:7:8]/", "http://[0:2:3:4:5:6:7:8]/" },
	{ "http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/" },
	{ "http://[::]/", NULL },
};

static const struct wrong wrongs[] = {
	{ "", ERR_INVALID_URL },
	{ "example.com", ERR_INVALID_URL },
	{ "//example.com/", ERR_INVALID_URL },
	{ "/path", ERR_INVALID_URL },
	{ "http", ERR_INVALID_URL },
	{ "http:", ERR_INVALID_URL },
	{ "http:/", ERR_INVALID_URL },
	{ "http://", ERR_INVALID_URL },
	{ "http:///", ERR_INVALID_URL },
	{ "http:///example.com/", ERR_INVALID_URL },
	{ "http:/example.com/", ERR_INVALID_URL },
	{ "http:example.com", ERR_INVALID_URL },
	{ "http://?q", ERR_INVALID_URL },
	{ "http://#f", ERR_INVALID_URL },
	{ "http://:80/", ERR_INVALID_URL },
	{ "example.com:8080/x", ERR_INVALID_URL },
	{ "1http://example.com/", ERR_INVALID_URL },
	{ "http://user@example.com/", ERR_INVALID_URL },
	{ "http://user:pass@example.com/", ERR_INVALID_URL },
	{ "http://@example.com/", ERR_INVALID_URL },
	{ "http://a%40b.example/", ERR_INVALID_URL },
	{ "http://exa mple.com/", ERR_INVALID_URL },
	{ "http://example.com/a b", ERR_INVALID_URL },
	{ "http://example.com/a\tb", ERR_INVALID_URL },
	{ "http://example.com/a\nb", ERR_INVALID_URL },
	{ "\001http://example.com/", ERR_INVALID_URL },
	{ "http://example.com/\x7f", ERR_INVALID_URL },
	{ "http://example.com\\@b.example/", ERR_INVALID_URL },
	{ "http:\\\\example.com/", ERR_INVALID_URL },
	{ "http://example.com/\xff", ERR_INVALID_URL },
	{ "http://example.com/\xed\xa0\x80", ERR_INVALID_URL },
	{ "http://example.com:0/", ERR_INVALID_URL },
	{ "http://example.com:65536/", ERR_INVALID_URL },
	{ "http://example.com:99999999999999999999/", ERR_INVALID_URL },
	{ "http://example.com:8a/", ERR_INVALID_URL },
	{ "http://example.com:-1/", ERR_INVALID_URL },
	{ "http://example.com:80:80/", ERR_INVALID_URL },
	{ "http://a..example/", ERR_INVALID_URL },
	{ "http://.example.com/", ERR_INVALID_URL },
	{ "http://example.com../", ERR_INVALID_URL },
	{ "http://./", ERR_INVALID_URL },
	{ "http://%/", ERR_INVALID_URL },
	{ "http://ex%zzample.com/", ERR_INVALID_URL },
	{ "http://ex%00ample.com/", ERR_INVALID_URL },
	{ "http://ex%0aample.com/", ERR_INVALID_URL },
	{ "http://ex%C0%AEample.com/", ERR_INVALID_URL },
	{ "http://exa<mple.com/", ERR_INVALID_URL },
	{ "http://exa|mple.com/", ERR_INVALID_URL },
	{ "http://a.com\xe2\x84\x80"
	  "b.example/",
		ERR_INVALID_URL },
	{ "http://example.com\xef\xbc\x9a"
	  "80/",
		ERR_INVALID_URL },
	{ "http://xn--a.example/", ERR_INVALID_URL },
	{ "http://\xe2\x9d\xa4\xe2\x80\x8d\xf0\x9f\x94\xa5.example/", ERR_INVALID_URL },
	{ "http://xn--/", ERR_INVALID_URL },
	{ "http://256.1.1.1/", ERR_INVALID_URL },
	{ "http://1.2.3.256/", ERR_INVALID_URL },
	{ "http://1.2.3.4.5/", ERR_INVALID_URL },
	{ "http://127.0.0.08/", ERR_INVALID_URL },
	{ "http://127..1/", ERR_INVALID_URL },
	{ "http://4294967296/", ERR_INVALID_URL },
	{ "http://6425673729/", ERR_INVALID_URL },
	{ "http://99999999999999999999999/", ERR_INVALID_URL },
	{ "http://1.16777216/", ERR_INVALID_URL },
	{ "http://foo.0x4/", ERR_INVALID_URL },
	{ "http://foo.09/", ERR_INVALID_URL },
	{ "http://[::1/", ERR_INVALID_URL },
	{ "http://[/", ERR_INVALID_URL },
	{ "http://[]/", ERR_INVALID_URL },
	{ "http://::1/", ERR_INVALID_URL },
	{ "http://[::1]]/", ERR_INVALID_URL },
	{ "http://[::1]x/", ERR_INVALID_URL },
	{ "http://x[::1]/", ERR_INVALID_URL },
	{ "http://[::1]:80:80/", ERR_INVALID_URL },
	{ "http://[1::2::3]/", ERR_INVALID_URL },
	{ "http://[::127.1]/", ERR_INVALID_URL },
	{ "http://[::0177.0.0.1]/", ERR_INVALID_URL },
	{ "http://[fe80::1%25eth0]/", ERR_INVALID_URL },
	{ "http://[fe80::1%eth0]/", ERR_INVALID_URL },
	{ "http://[::%31]/", ERR_INVALID_URL },
	{ "http://[12345::]/", ERR_INVALID_URL },
	{ "http://[localhost]/", ERR_INVALID_URL },
	{ "ftp://example.com/", ERR_SCHEME },
	{ "file:///etc/passwd", ERR_SCHEME },
	{ "javascript:alert(1)", ERR_SCHEME },
	{ "data:text/html,x", ERR_SCHEME },
	{ "httpx://example.com/", ERR_SCHEME },
	{ "mailto:a@example.com", ERR_SCHEME },
	{ "ws://example.com/", ERR_SCHEME },
	{ "http://localhost/", ERR_PRIVATE },
	{ "http://LOCALHOST.:80/", ERR_PRIVATE },
	{ "http://local%68ost/", ERR_PRIVATE },
	{ "http://local\xe2\x80\x8bhost/", ERR_PRIVATE },
	{ "http://\xe2\x93\x9bocalho\xc5\xbft/", ERR_PRIVATE },
	{ "http://intranet/", ERR_PRIVATE },
	{ "http://a.localhost/", ERR_PRIVATE },
	{ "http://printer.local/", ERR_PRIVATE },
	{ "http://metadata.google.internal/", ERR_PRIVATE },
	{ "http://x.localdomain/", ERR_PRIVATE },
	{ "http://home.arpa/", ERR_PRIVATE },
	{ "http://nas.home.arpa/", ERR_PRIVATE },
	{ "http://nas.lan/", ERR_PRIVATE },
	{ "http://db.corp./", ERR_PRIVATE },
	{ "http://web.service.consul/", ERR_PRIVATE },
};

static void serialised(void)
{
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		const char *want = goods[i].want ? goods[i].want : goods[i].text;
		struct err e = { 0 };
		struct url u, again;
		if (!url_parse(str_of(goods[i].text), true, a, &u, &e)) {
			test_fail(__FILE__, __LINE__, "%s: %s", goods[i].text, e.msg);
			continue;
		}
		CHECK_TEXT(u.text, want);
		CHECK_TRUE(url_parse(str_of(u.text), true, a, &again, &e));
		CHECK_TEXT(again.text, u.text);
	}
	arena_free(&a);
}

static void refused(void)
{
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		struct err e = { 0 };
		struct url u;
		bool ok = url_parse(str_of(wrongs[i].text), false, a, &u, &e);
		if (ok || e.code != wrongs[i].code || !e.msg[0])
			test_fail(__FILE__, __LINE__, "%s: %s %s", wrongs[i].text,
				ok ? u.text : err_name(e.code), e.msg);
		if (wrongs[i].code == ERR_PRIVATE)
			CHECK_TRUE(url_parse(str_of(wrongs[i].text), true, a, &u, &e));
	}
	struct url u;
	struct err e;
	CHECK_TRUE(!url_parse(STR("http://example.com\0.b.example/"), false, a, &u, &e));
	arena_free(&a);
}

static void parts(void)
{
	struct arena *a = arena_new(0);
	struct err e;
	struct url u;
	CHECK_TRUE(url_parse(STR("https://Example.com:8443/a/b?c=d&e#f?g"), false, a, &u, &e));
	CHECK_STR(u.scheme, "https");
	CHECK_STR(u.host, "example.com");
	CHECK_STR(u.path, "/a/b");
	CHECK_STR(u.query, "c=d&e");
	CHECK_STR(u.fragment, "f?g");
	CHECK_INT(u.port, 8443);
	CHECK_TRUE(!u.ip);
	CHECK_TRUE(url_parse(STR("http://[::1]:81?q"), false, a, &u, &e));
	CHECK_STR(u.host, "::1");
	CHECK_STR(u.path, "/");
	CHECK_STR(u.query, "q");
	CHECK_STR(u.fragment, "");
	CHECK_INT(u.port, 81);
	CHECK_TRUE(u.ip);
	CHECK_TRUE(url_parse(STR("http://0x7f.1#x"), false, a, &u, &e));
	CHECK_STR(u.host, "127.0.0.1");
	CHECK_INT(u.port, 80);
	CHECK_TRUE(u.ip);
	arena_free(&a);
}

static bool parse_long(const char *before, size_t n, const char *after, struct arena *a)
{
	struct buf text;
	struct url u;
	struct err e = { 0 };
	buf_init(&text, 0);
	buf_text(&text, before);
	for (size_t i = 0; i < n; i++)
		buf_char(&text, 'a');
	buf_text(&text, after);
	bool ok = url_parse(buf_str(&text), false, a, &u, &e);
	CHECK_INT(e.code, ok ? ERR_NONE : ERR_INVALID_URL);
	buf_release(&text);
	return ok;
}

static void lengths(void)
{
	struct arena *a = arena_new(0);
	CHECK_TRUE(parse_long("http://a.example/", URL_MAX - 17, "", a));
	CHECK_TRUE(!parse_long("http://a.example/", URL_MAX - 16, "", a));
	CHECK_TRUE(!parse_long("http://a.example/", URL_MAX - 21, "\xc3\xa4", a));
	CHECK_TRUE(!parse_long("http://a.example/", (size_t)1 << 20, "", a));
	CHECK_TRUE(parse_long("http://", 63, ".example/", a));
	CHECK_TRUE(!parse_long("http://", 64, ".example/", a));
	CHECK_TRUE(!parse_long("http://", 64, "\xc3\xa4.example/", a));
	CHECK_TRUE(!parse_long("http://", 4000, ".example/", a));
	char name[300];
	for (size_t i = 0; i < 254; i++)
		name[i] = i % 50 == 49 ? '.' : 'a';
	for (size_t n = 252; n <= 254; n++) {
		struct buf text;
		struct url u;
		struct err e;
		buf_init(&text, 0);
		buf_text(&text, "http://");
		buf_add(&text, name, n);
		buf_text(&text, "/");
		CHECK_INT(url_parse(buf_str(&text), false, a, &u, &e), n <= 253);
		buf_release(&text);
	}
	arena_free(&a);
}

struct step {
	const char *ref, *want;
	enum err_code code;
};

static void redirects(void)
{
	static const struct step steps[] = {
		{ "/x", "http://a.example/x", ERR_NONE },
		{ "../y?z", "http://a.example/y?z", ERR_NONE },
		{ "//b.example/x", "http://b.example/x", ERR_NONE },
		{ "///b.example/x", "http://b.example/x", ERR_NONE },
		{ "HTTPS://B.example", "https://b.example/", ERR_NONE },
		{ " /a b?c d ", "http://a.example/a%20b?c%20d", ERR_NONE },
		{ "/caf\xe9", "http://a.example/caf%E9", ERR_NONE },
		{ "/?a\\b", "http://a.example/?a\\b", ERR_NONE },
		{ "#f", "http://a.example/d/e#f", ERR_NONE },
		{ "?", "http://a.example/d/e?", ERR_NONE },
		{ "http://0x7f.1/", "http://127.0.0.1/", ERR_NONE },
		{ "http:///10.0.0.1/", "http://10.0.0.1/", ERR_NONE },
		{ "http://", NULL, ERR_INVALID_URL },
		{ "http://b.example\\@c.example/", NULL, ERR_INVALID_URL },
		{ "\\\\b.example\\", NULL, ERR_INVALID_URL },
		{ "/\\b.example/", NULL, ERR_INVALID_URL },
		{ "http://u:p@b.example/", NULL, ERR_INVALID_URL },
		{ "http://b..example/", NULL, ERR_INVALID_URL },
		{ "http://b.example:0/", NULL, ERR_INVALID_URL },
		{ "http://b\xe9.example/", NULL, ERR_INVALID_URL },
		{ "/a\001b", NULL, ERR_INVALID_URL },
		{ "/a\tb", NULL, ERR_INVALID_URL },
		{ "file:///etc/passwd", NULL, ERR_SCHEME },
		{ "javascript:alert(1)", NULL, ERR_SCHEME },
		{ "http://localhost/", NULL, ERR_PRIVATE },
		{ "//metadata.google.internal/", NULL, ERR_PRIVATE },
	};
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct url base, u;
	CHECK_TRUE(url_parse(STR("http://a.example/d/e#g"), false, a, &base, &e));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct str ref = str_of(steps[i].ref);
		e.code = ERR_NONE;
		bool ok = url_resolve(&base, ref, false, a, &u, &e);
		if (e.code != steps[i].code || ok != (steps[i].want != NULL))
			test_fail(__FILE__, __LINE__, "%s: %s", steps[i].ref, e.msg);
		else if (ok)
			CHECK_TEXT(u.text, steps[i].want);
	}
	arena_free(&a);
}

static void origins(void)
{
	static const char *const texts[] = { "http://a.example/", "http://a.example:80/x",
		"https://a.example/", "http://a.example:81/", "http://b.example/" };
	struct arena *a = arena_new(0);
	struct err e;
	struct url first, u;
	CHECK_TRUE(url_parse(str_of(texts[0]), false, a, &first, &e));
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		CHECK_TRUE(url_parse(str_of(texts[i]), false, a, &u, &e));
		CHECK_INT(url_same_origin(&first, &u), i < 2);
	}
	arena_free(&a);
}

TEST_MAIN(TEST(serialised), TEST(refused), TEST(parts), TEST(lengths), TEST(redirects),
	TEST(origins))
