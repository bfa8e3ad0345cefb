/* SPDX-License-Identifier: Apache-2.0 */
#include "base/url.h"
#include "lib/test.h"

#include <stdio.h>
#include <string.h>

struct row {
	const char *base, *ref, *want; /* want NULL: not resolvable */
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct url_base base;
		struct buf out;
		buf_init(&out, 0);
		buf_text(&out, "before ");
		url_base_init(&base, str_of(rows[i].base));
		bool ok = url_resolve_text(&base, str_of(rows[i].ref), &out);
		struct str got = { out.p + 7, out.len - 7 };
		if (ok != (rows[i].want != NULL))
			test_fail(__FILE__, __LINE__, "%s + %s: %d", rows[i].base, rows[i].ref,
				ok);
		CHECK_STR(got, rows[i].want ? rows[i].want : "");
		buf_release(&out);
	}
}

/* Resolving looks at 16 bytes at a time: a dot, a blank, a backslash at every place in them. */
static void wherever_it_stands(void)
{
	static const struct row odd[] = { { NULL, "/./z", "/z" }, { NULL, "/%2E/z", "/z" },
		{ NULL, "/.z", "/.z" }, { NULL, "\\z", "/z" }, { NULL, "\t/z", "/z" },
		{ NULL, "/a.z", "/a.z" } };
	for (size_t n = 0; n < 40; n++)
		for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
			char ref[80], want[80];
			for (int full = 0; full < 2; full++) {
				const char *host = full ? "https://h.example" : "";
				snprintf(ref, sizeof ref, "%s/%.*s%s", host, (int)n,
					"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
					odd[i].ref);
				snprintf(want, sizeof want, "%s/%.*s%s",
					full ? host : "http://a", (int)n,
					"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
					odd[i].want);
				const struct row row = { "http://a/b", ref, want };
				check_rows(&row, n > 0); /* not "//": that is a host */
			}
		}
	static const struct row hosts[] = { { "http://a/b", "https://H.Example/x",
						    "https://h.example/x" },
		{ "http://a/b", "HTTPS://h/x", "https://h/x" },
		{ "http://a/b", "https://u@H/x", "https://u@h/x" },
		{ "http://a/b", "https://h<i/x", NULL },
		{ "http://a/b", "https:///h/x", "https://h/x" },
		{ "http://a/b", "https://h?q", "https://h?q" } };
	check_rows(hosts, sizeof hosts / sizeof hosts[0]);
}

/* RFC 3986 section 5.4, less the forms where a browser differs (those are in `browser`). */
static void rfc3986(void)
{
	static const struct row rows[] = {
#define B "http://a/b/c/d;p?q"
		{ B, "g:h", "g:h" },
		{ B, "g", "http://a/b/c/g" },
		{ B, "./g", "http://a/b/c/g" },
		{ B, "g/", "http://a/b/c/g/" },
		{ B, "/g", "http://a/g" },
		{ B, "//g", "http://g" },
		{ B, "?y", "http://a/b/c/d;p?y" },
		{ B, "g?y", "http://a/b/c/g?y" },
		{ B, "#s", "http://a/b/c/d;p?q#s" },
		{ B, "g#s", "http://a/b/c/g#s" },
		{ B, "g?y#s", "http://a/b/c/g?y#s" },
		{ B, ";x", "http://a/b/c/;x" },
		{ B, "g;x", "http://a/b/c/g;x" },
		{ B, "g;x?y#s", "http://a/b/c/g;x?y#s" },
		{ B, "", "http://a/b/c/d;p?q" },
		{ B, ".", "http://a/b/c/" },
		{ B, "./", "http://a/b/c/" },
		{ B, "..", "http://a/b/" },
		{ B, "../", "http://a/b/" },
		{ B, "../g", "http://a/b/g" },
		{ B, "../..", "http://a/" },
		{ B, "../../", "http://a/" },
		{ B, "../../g", "http://a/g" },
		{ B, "../../../g", "http://a/g" },
		{ B, "../../../../g", "http://a/g" },
		{ B, "/./g", "http://a/g" },
		{ B, "/../g", "http://a/g" },
		{ B, "g.", "http://a/b/c/g." },
		{ B, ".g", "http://a/b/c/.g" },
		{ B, "g..", "http://a/b/c/g.." },
		{ B, "..g", "http://a/b/c/..g" },
		{ B, "./../g", "http://a/b/g" },
		{ B, "./g/.", "http://a/b/c/g/" },
		{ B, "g/./h", "http://a/b/c/g/h" },
		{ B, "g/../h", "http://a/b/c/h" },
		{ B, "g;x=1/./y", "http://a/b/c/g;x=1/y" },
		{ B, "g;x=1/../y", "http://a/b/c/y" },
		{ B, "g?y/./x", "http://a/b/c/g?y/./x" },
		{ B, "g?y/../x", "http://a/b/c/g?y/../x" },
		{ B, "g#s/../x", "http://a/b/c/g#s/../x" },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void browser(void)
{
	static const struct row rows[] = {
		{ B, "http:g", "http://a/b/c/g" },
		{ B, "http:/g", "http://a/g" },
		{ B, "https:g", "https://g" },
		{ B, "HTTPS://G.Example/X", "https://g.example/X" },
		{ B, "HTTP://User:Pw@G.Example/X", "http://User:Pw@g.example/X" },
		{ B, " \t/a\nb \r", "http://a/ab" },
		{ B, "ht\ntp://x\t/", "http://x/" },
		{ B, "\\g\\h", "http://a/g/h" },
		{ B, "\\\\g\\h?a\\b#c\\d", "http://g/h?a\\b#c\\d" },
		{ B, "///g/x", "http://g/x" },
		{ B, "%2e%2E/g", "http://a/b/g" },
		{ B, ".%2e/g", "http://a/b/g" },
		{ B, "%2e/g", "http://a/b/c/g" },
		{ B, "...", "http://a/b/c/..." },
		{ B, "a//b", "http://a/b/c/a//b" },
		{ B, "a//../b", "http://a/b/c/a/b" },
		{ B, "x y?p q#r s", "http://a/b/c/x y?p q#r s" },
		{ B, "/\xc3\xa9?\xc3\xa9", "http://a/\xc3\xa9?\xc3\xa9" },
		{ B, "mailto:a@b?subject=x", "mailto:a@b?subject=x" },
		{ B, "tel:+49 1", "tel:+49 1" },
		{ B, "data:,x", "data:,x" },
		{ B, "1:2", "http://a/b/c/1:2" },
		{ B, "./a:b", "http://a/b/c/a:b" },
		{ B, "https://", NULL },
		{ B, "//", NULL },
		{ B, "https://a b/", NULL },
		{ B, "https://user@/", NULL },
		{ B, "mailto:", NULL },
		{ "http://a", "g", "http://a/g" },
		{ "http://a", "", "http://a" },
		{ "http://a", "?q", "http://a?q" },
		{ "http://a", "..", "http://a/" },
		{ "http://a?x/y", "g", "http://a/g" },
		{ "http://a/b#c?d", "?e", "http://a/b?e" },
		{ "http://a/b#c?d", "#e", "http://a/b#e" },
		{ "https://a/b", "//c", "https://c" },
		{ "about:blank", "g", NULL },
		{ "about:blank", "http://g/", "http://g/" },
		{ "javascript:alert(1)", "/g", NULL },
		{ "http://", "/g", NULL },
		{ "", "g", NULL },
		{ "", "https://g/../h", "https://g/h" },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void ceiling(void)
{
	struct url_base base;
	struct buf out;
	url_base_init(&base, STR("http://a/b"));
	buf_init(&out, 12);
	buf_text(&out, "x");
	CHECK_TRUE(!url_resolve_text(&base, STR("a-longer-name"), &out));
	CHECK_STR(buf_str(&out), "x");
	CHECK_TRUE(out.full);
	buf_release(&out);
}

/* A long chain of segments and `..` takes linear time: this would not end with a quadratic one. */
static void long_reference(void)
{
	struct url_base base;
	struct buf ref, out;
	buf_init(&ref, 0);
	buf_init(&out, 0);
	for (int i = 0; i < 500000; i++)
		buf_text(&ref, "a/b/../");
	for (int i = 0; i < 600000; i++)
		buf_text(&ref, "../");
	buf_text(&ref, "end");
	url_base_init(&base, STR("http://a/b"));
	CHECK_TRUE(url_resolve_text(&base, buf_str(&ref), &out));
	CHECK_STR(buf_str(&out), "http://a/end");
	buf_release(&ref);
	buf_release(&out);
}

static void for_log(void)
{
	char text[URL_LOG_SIZE], longer[400];
	CHECK_TEXT(url_for_log(STR("https://u:secret@h/p?q=token#f"), text), "https://h/p");
	CHECK_TEXT(url_for_log(STR("https://h/a\nb\"\x1b[0m"), text), "https://h/a?b??[0m");
	CHECK_TEXT(url_for_log(STR("nonsense ?x"), text), "nonsense?");
	CHECK_TEXT(url_for_log(STR(""), text), "");
	memset(longer, 'a', sizeof longer);
	CHECK_INT(strlen(url_for_log((struct str) { longer, sizeof longer }, text)),
		URL_LOG_SIZE - 1);
}

TEST_MAIN(TEST(wherever_it_stands), TEST(rfc3986), TEST(browser), TEST(ceiling),
	TEST(long_reference), TEST(for_log))
