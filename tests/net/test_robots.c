/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases as a table: the examples of RFC 9309, what Google publishes about its parser
 * (developers.google.com, "How Google interprets the robots.txt specification", and the behaviour
 * described in the tests of github.com/google/robotstxt), and where we differ from it.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "lib/test.h"
#include "net/robots_in.h"

struct row {
	const char *file, *agent;
	const char *may; /* targets that are allowed, separated by blanks */
	const char * not ; /* and those that are not */
};

static void check_all(
	const struct robots_rules *r, const char *list, bool want, const char *file)
{
	struct str rest = str_of(list), target;
	while (rest.n && str_cut(&rest, ' ', &target))
		if (robots_may(r, target) != want)
			test_fail(__FILE__, __LINE__, "%.*s should%s be allowed by: %s",
				STR_ARG(target), want ? "" : " not", file);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *a = arena_new(0);
		const struct robots_rules *r =
			robots_parse(a, str_of(rows[i].file), str_of(rows[i].agent));
		check_all(r, rows[i].may, true, rows[i].file);
		check_all(r, rows[i].not, false, rows[i].file);
		arena_free(&a);
	}
}
#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof((rows)[0]))
#define ONE(rules) "User-agent: foobot\n" rules

/* Section 5 (the simple example, the longest match) and the tables of section 2.2. */
static void examples_of_the_rfc(void)
{
	static const char simple[] =
		"User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\n"
		"Allow: /publications/\n\n"
		"User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\n"
		"Allow:/example/allowed.gif\n\n"
		"User-Agent: barbot\nUser-Agent: bazbot\n"
		"Disallow: /example/page.html\n\n"
		"User-Agent: quxbot\n";
	static const struct row rows[] = {
		{ simple, "foobot", "/example/page.html /example/allowed.gif",
			"/ /example/ /publications/ /example/page.htm" },
		{ simple, "barbot", "/ /example/ /a.gif", "/example/page.html" },
		{ simple, "bazbot", "/ /example/ /a.gif", "/example/page.html" },
		{ simple, "quxbot", "/ /example/page.html /a.gif", "" },
		{ simple, "other", "/ /publications/ /a.gif?x", "/example/ /example/x /a.gif" },
		{ "User-Agent: foobot\nAllow: /example/page/\n"
		  "Disallow: /example/page/disallowed.gif\n",
			"foobot", "/example/page/ /example/page/x.gif /elsewhere",
			"/example/page/disallowed.gif" },
		/* section 2.2.1: two groups of one agent are one */
		{ "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\n"
		  "user-agent: ExampleBot\ndisallow: /baz\n",
			"examplebot", "/ /qux", "/foo /bar /baz" },
		/* section 2.2.2 */
		{ ONE("Disallow: /foo/bar?baz=quz\n"), "foobot", "/foo/bar",
			"/foo/bar?baz=quz" },
		{ ONE("Disallow: /foo/bar?baz=https://foo.bar\n"), "foobot", "/foo/bar?baz=",
			"/foo/bar?baz=https://foo.bar /foo/bar?baz=https%3A%2F%2Ffoo.bar" },
		{ ONE("Disallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar\n"), "foobot",
			"/foo/bar?baz=",
			"/foo/bar?baz=https://foo.bar /foo/bar?baz=https%3a%2f%2ffoo.bar" },
		{ ONE("Disallow: /foo/bar/\xE3\x83\x84\n"), "foobot", "/foo/bar/%E3%83%85",
			"/foo/bar/\xE3\x83\x84 /foo/bar/%E3%83%84 /foo/bar/%e3%83%84" },
		{ ONE("Disallow: /foo/bar/%E3%83%84\n"), "foobot", "/foo/bar/%E3%83%85",
			"/foo/bar/\xE3\x83\x84 /foo/bar/%E3%83%84 /foo/bar/%e3%83%84" },
		{ ONE("Disallow: /foo/bar/%62%61%7A\n"), "foobot", "/foo/bar/bar",
			"/foo/bar/baz /foo/bar/%62%61%7A /foo/bar/%62%61%7a" },
		/* section 2.2.3 */
		{ ONE("Allow: /this/path/exactly$\nDisallow: /this\n"), "foobot",
			"/this/path/exactly", "/this/path/exactly/ /this/path/exactly?a" },
		{ ONE("Allow: /this/*/exactly\nDisallow: /\n"), "foobot",
			"/this/path/exactly /this/a/b/exactly /this//exactly",
			"/this/exactly /that/path/exactly" },
		{ ONE("Disallow: /path/file-with-a-%2A.html\n"), "foobot",
			"/path/file-with-a-x.html",
			"/path/file-with-a-*.html /path/file-with-a-%2a.html" },
		{ ONE("Disallow: /path/foo-%24\n"), "foobot", "/path/foo- /path/foo-x",
			"/path/foo-$ /path/foo-%24" },
		/* section 2.2.2: the file itself is always allowed */
		{ ONE("Disallow: /\n"), "foobot", "/robots.txt /robots.txt?x",
			"/ /robots.txt/ /robots.txtx /a/robots.txt" },
	};
	CHECK_ROWS(rows);
}

static void lines(void)
{
	static const struct row rows[] = {
		{ "", "foobot", "/ /x", "" },
		{ "user-agent: FooBot\ndisallow: /\n", "foobot", "", "/ /x" },
		{ "foo: FooBot\nbar: /\n", "foobot", "/ /x", "" },
		{ "user-agent FooBot\ndisallow /\n", "foobot", "", "/x" }, /* no colons */
		{ "user-agent foobot indeed\ndisallow /\n", "foobot", "/x", "" },
		{ "USER-AGENT: FOOBOT\nALLOW: /x/\nDISALLOW: /\n", "foobot", "/x/y", "/a/b" },
		{ "uSeR-aGeNt:FooBot\nAlLoW:/x/\ndIsAlLoW:/\n", "fOObOT", "/x/y", "/a/b" },
		{ "  user-agent \t:\t foobot  \n\t disallow  :  /x \t\n", "foobot", "/y",
			"/x /xy" },
		/* line ends of every kind, also mixed, also none at the end */
		{ "User-agent: foobot\r\nDisallow: /x\r\n\r\n", "foobot", "/y", "/x" },
		{ "User-agent: foobot\rDisallow: /x\r", "foobot", "/y", "/x" },
		{ "User-agent: foobot\rDisallow: /x\r\n\nDisallow: /z", "foobot", "/y",
			"/x /z" },
		/* comments */
		{ "User-agent: foobot # us\n# Disallow: /\nDisallow: /a#b\nDisallow: /c # d\n",
			"foobot", "/ /b /d", "/a /ab /c" },
		{ "User-agent: foobot\nDisallow: # nothing\n", "foobot", "/ /x", "" },
		/* marks of byte order, also cut ones, also broken ones */
		{ "\xEF\xBB\xBFUser-agent: foobot\nDisallow: /\n", "foobot", "", "/" },
		{ "\xEF\xBBUser-agent: foobot\nDisallow: /\n", "foobot", "", "/" },
		{ "\xEF\x11\xBFUser-agent: foobot\nDisallow: /\n", "foobot", "/", "" },
		{ "User-agent: foobot\n\xEF\xBB\xBF"
		  "Disallow: /\n",
			"foobot", "/", "" },
		/* junk */
		{ "<!DOCTYPE html><title>Disallow: /</title>\n<p>User-agent: *\n", "foobot",
			"/", "" },
		{ ":\n::\n: /\nUser-agent: foobot\n:disallow\nDisallow: /x\n", "foobot", "/",
			"/x" },
		/* misspelt */
		{ "useragent: foobot\ndissallow: /a\ndissalow: /b\ndisalow: /c\ndiasllow: /d\n"
		  "disallaw: /e\nallowed: /f\nno: /g\ndisallowed: /h\n",
			"foobot", "/f /g /h", "/a /b /c /d /e" },
		{ "user agent: foobot\ndisallow: /a\n", "foobot", "/", "/a" },
	};
	CHECK_ROWS(rows);
}

static void groups(void)
{
	static const char many[] = "allow: /foo/bar/\n\n"
				   "user-agent: FooBot\ndisallow: /\nallow: /x/\n"
				   "user-agent: BarBot\ndisallow: /\nallow: /y/\n\n\n"
				   "allow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\n"
				   "allow: /z/\ndisallow: /\n";
	static const struct row rows[] = {
		{ many, "foobot", "/x/b /z/d", "/y/c /w/a /foo/bar/" },
		{ many, "barbot", "/y/c /w/a", "/z/d /x/b /foo/bar/" },
		{ many, "bazbot", "/z/d", "/y/c /foo/bar/" },
		{ many, "other", "/ /x", "" },
		/* * is for those who have no group, wherever it stands */
		{ "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "foobot", "",
			"/x" },
		{ "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n", "barbot", "/x",
			"" },
		{ "user-agent: *\ndisallow: /x/\nuser-agent: FooBot\ndisallow: /y/\n", "foobot",
			"/x/page", "/y/page" },
		{ "user-agent: FooBot\ndisallow:\nuser-agent: *\ndisallow: /\n", "foobot", "/",
			"" },
		{ "user-agent: FooBot\nuser-agent: *\ndisallow: /\n", "foobot", "", "/" },
		{ "user-agent: *\ndisallow: /a\nuser-agent: *\ndisallow: /b\n", "foobot", "/",
			"/a /b" },
		{ "user-agent: foobot\nallow: /\nuser-agent: barbot\ndisallow: /\n", "qux", "/",
			"" },
		{ "user-agent: * all of you\ndisallow: /\n", "foobot", "", "/" },
		{ "user-agent: *all\ndisallow: /\n", "foobot", "/", "" },
		{ "user-agent:\ndisallow: /\n", "foobot", "/", "" },
		/* the token: up to what is no part of one */
		{ "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
			"foo", "/x/y", "/y" },
		{ "User-agent: foobot/2.1\nDisallow: /\n", "foobot", "", "/" },
		{ "User-agent: foobot-news\nDisallow: /\n", "foobot", "/", "" },
		{ "User-agent: foobot\nDisallow: /\n", "foobot-news", "/", "" },
		{ "User-agent: foo_bot\nDisallow: /\n", "Foo_Bot/1.0", "", "/" },
		{ "User-agent: foo\nDisallow: /\n", "foobot", "/", "" },
		{ "User-agent: foobot\nDisallow: /\n", "", "/", "" },
		/* other records end no group and begin none */
		{ "User-agent: foobot\nSitemap: https://x/s.xml\nUser-agent: barbot\n"
		  "Disallow: /x\n",
			"foobot", "/", "/x" },
		{ "User-agent: foobot\nCrawl-delay: 5\nUser-agent: barbot\nDisallow: /x\n",
			"foobot", "/", "/x" },
		{ "User-agent: foobot\nDisallow: /a\nSitemap: https://x/s.xml\nHost: x\n"
		  "Disallow: /b\n",
			"foobot", "/", "/a /b" },
		{ "Disallow: /\nUser-agent: barbot\n", "foobot", "/", "" },
	};
	CHECK_ROWS(rows);
}

static void precedence(void)
{
	static const struct row rows[] = {
		{ ONE("disallow: /x/page.html\nallow: /x/\n"), "foobot", "/x/",
			"/x/page.html" },
		{ ONE("allow: /x/page.html\ndisallow: /x/\n"), "foobot", "/x/page.html",
			"/x/" },
		{ ONE("disallow: \nallow: \n"), "foobot", "/x/page.html", "" },
		{ ONE("disallow: /\nallow: /\n"), "foobot", "/ /x", "" },
		{ ONE("disallow: /x\nallow: /x/\n"), "foobot", "/x/", "/x" },
		{ ONE("disallow: /x/page.html\nallow: /x/page.html\n"), "foobot",
			"/x/page.html", "" },
		{ ONE("allow: /page\ndisallow: /*.html\n"), "foobot", "/page", "/page.html" },
		{ ONE("allow: /x/page.\ndisallow: /*.html\n"), "foobot", "/x/page.html",
			"/x/y.html" },
		{ ONE("allow: /p\ndisallow: /\n"), "foobot", "/page", "/x" },
		{ ONE("allow: /folder\ndisallow: /folder\n"), "foobot", "/folder/page", "" },
		{ ONE("allow: /page\ndisallow: /*.htm\n"), "foobot", "/page", "/page.htm" },
		{ ONE("allow: /page\ndisallow: /*.ph\n"), "foobot", "/page.php5", "/x.php5" },
		{ ONE("allow: /$\ndisallow: /\n"), "foobot", "/", "/page.htm /?a" },
		{ ONE("disallow: /x\n"), "foobot", "/X", "/x" },
		{ ONE("disallow: /X\n"), "foobot", "/x", "/X" },
		/* what Google alone does: "index.html" stands for its folder */
		{ ONE("allow: /a/index.html\ndisallow: /\n"), "foobot", "/a/index.html",
			"/a/ /a/index.htm /b" },
	};
	CHECK_ROWS(rows);
}

/* The table "URL matching based on path values" that Google publishes. */
static void wildcards(void)
{
	static const struct row rows[] = {
		{ ONE("disallow: /\nallow: /fish\n"), "foobot",
			"/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html "
			"/fish.html?id=anything",
			"/bar /Fish.asp /catfish /?id=fish /desert/fish" },
		{ ONE("disallow: /\nallow: /fish*\n"), "foobot",
			"/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html "
			"/fish.html?id=anything",
			"/bar /Fish.asp /catfish /?id=fish /desert/fish" },
		{ ONE("disallow: /\nallow: /fish/\n"), "foobot",
			"/fish/ /fish/salmon /fish/?salmon /fish/salmon.html /fish/?id=any",
			"/bar /fish /fish.html /animals/fish/ /Fish/Salmon.asp" },
		{ ONE("disallow: /\nallow: /*.php\n"), "foobot",
			"/index.php /filename.php /folder/filename.php "
			"/folder/filename.php?parameters //folder/any.php.file.html "
			"/filename.php/ /index?f=filename.php/",
			"/bar / /php/ /index?php /windows.PHP" },
		{ ONE("disallow: /\nallow: /*.php$\n"), "foobot",
			"/filename.php /folder/filename.php",
			"/bar /filename.php?parameters /filename.php/ /filename.php5 /php/ "
			"/filename?php /aaaphpaaa //windows.PHP" },
		{ ONE("disallow: /\nallow: /fish*.php\n"), "foobot",
			"/fish.php /fishheads/catfish.php?parameters", "/bar /Fish.PHP" },
		{ ONE("Disallow: /foo/bar/quz\nAllow: /foo/*/qux\n"), "foobot",
			"/foo/quz /foo//quz /foo/bax/quz", "/foo/bar/quz" },
		{ ONE("Disallow: /foo/bar$\nAllow: /foo/bar/qux\n"), "foobot",
			"/foo/bar/qux /foo/bar/ /foo/bar/baz", "/foo/bar" },
		{ ONE("Disallow: /a*b*c$\n"), "foobot", "/abcd /acb /ab /bc",
			"/abc /axbxc /abcbc /abcc /abbbc" },
		{ ONE("Disallow: /*aa*aa$\n"), "foobot", "/aaa /aa", "/aaaa /aaxaa /aaaaa" },
		{ ONE("Disallow: *.pdf\n"), "foobot", "/pdf", "/x.pdf /x.pdf?y" },
		{ ONE("Disallow: *\n"), "foobot", "", "/ /x" },
		{ ONE("Disallow: $\n"), "foobot", "/ /x", "" },
		{ ONE("Disallow: /*$\n"), "foobot", "", "/ /x" },
		{ ONE("Disallow: /***a***$\n"), "foobot", "/ /b", "/a /ba /ab /bab" },
		{ ONE("Disallow: /a$b\n"), "foobot", "/a /ab", "/a$b /a%24bc" },
		{ ONE("Disallow: /a$$\n"), "foobot", "/a", "/a$" },
		{ ONE("Disallow: x\n"), "foobot", "/x /", "" }, /* no path begins so */
	};
	CHECK_ROWS(rows);
}

static void encoding(void)
{
	static const struct row rows[] = {
		{ ONE("Disallow: /\nAllow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par\n"),
			"foobot", "/foo/bar?qux=taz&baz=http://foo.bar?tar&par", "/foo/bar" },
		{ ONE("Disallow: /a b\n"), "foobot", "/a", "/a%20b /a%20bc" },
		{ ONE("Disallow: /a%20b\n"), "foobot", "/a", "/a%20b" },
		{ ONE("Disallow: /a%2fb\n"), "foobot", "/a/b", "/a%2Fb /a%2fb" },
		{ ONE("Disallow: /a/b\n"), "foobot", "/a%2Fb", "/a/b" },
		{ ONE("Disallow: /%7Ejoe\n"), "foobot", "/joe", "/~joe /%7ejoe" },
		{ ONE("Disallow: /~joe\n"), "foobot", "/joe", "/~joe /%7ejoe" },
		{ ONE("Disallow: /100%\n"), "foobot", "/100", "/100% /100%x /100%25" },
		{ ONE("Disallow: /a%4\n"), "foobot", "/a /a%41", "/a%4 /a%4x" },
		{ ONE("Disallow: /\xFF\n"), "foobot", "/", "/%FF /%ffx" },
		{ ONE("Disallow: /*=http://\n"), "foobot", "/a?u=https://b",
			"/a?u=http://b /a?u=http%3a%2F%2Fb" },
		{ ONE("Disallow: /a%00b\n"), "foobot", "/a", "/a%00b" },
	};
	CHECK_ROWS(rows);
}

static void delays(void)
{
	static const struct {
		const char *file;
		int64_t ms;
	} rows[] = {
		{ ONE("Crawl-delay: 10\n"), 10000 },
		{ ONE("crawl-delay:0.5\n"), 500 },
		{ ONE("Crawl-delay: .25 # quick\n"), 250 },
		{ ONE("Crawl-delay: 1.23456789\n"), 1234 },
		{ ONE("Crawl-delay: 86400\n"), 60000 },
		{ ONE("Crawl-delay: 99999999999999999999999999\n"), 60000 },
		{ ONE("Crawl-delay: 0\n"), 0 },
		{ ONE("Crawl-delay: -1\nCrawl-delay: 1s\nCrawl-delay: .\nCrawl-delay:\n"), 0 },
		{ ONE("Crawl-delay: 3\nDisallow: /\nCrawl-delay: 2\n"), 3000 },
		{ "User-agent: *\nCrawl-delay: 7\n", 7000 },
		{ "User-agent: *\nCrawl-delay: 7\nUser-agent: foobot\nDisallow: /x\n", 0 },
		{ "User-agent: *\nCrawl-delay: 7\nDisallow:\nUser-agent: foobot\n", 0 },
		{ "Crawl-delay: 7\nUser-agent: foobot\n", 0 },
		{ "User-agent: barbot\nCrawl-delay: 7\nDisallow: /\nUser-agent: foobot\n", 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		const struct robots_rules *r =
			robots_parse(a, str_of(rows[i].file), STR("foobot"));
		if (robots_delay_ms(r) != rows[i].ms)
			test_fail(__FILE__, __LINE__, "%lld ms of: %s",
				(long long)robots_delay_ms(r), rows[i].file);
		arena_free(&a);
	}
}

static void fill(struct buf *b, char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(b, c);
}

/* Google cuts lines at 16,664 bytes; here a line counts whole, however long. */
static void long_lines(void)
{
	enum { LONG = 16664 * 2 };
	struct arena *a = arena_new(0);
	struct buf file, target;
	buf_init(&file, 0);
	buf_init(&target, 0);
	buf_text(&file, ONE("Disallow: /x/"));
	fill(&file, 'a', LONG);
	buf_text(&file, "/qux\nDisallow: /y\n");
	buf_text(&target, "/x/");
	fill(&target, 'a', LONG);
	const struct robots_rules *r = robots_parse(a, buf_str(&file), STR("foobot"));
	CHECK_TRUE(robots_may(r, buf_str(&target)));
	buf_text(&target, "/qux");
	CHECK_TRUE(!robots_may(r, buf_str(&target)));
	CHECK_TRUE(!robots_may(r, STR("/y")));
	CHECK_TRUE(robots_may(r, STR("/x/")));
	buf_release(&file);
	buf_release(&target);
	arena_free(&a);
}

/* 500 KiB are read; the line that the end goes through is not. */
static void long_files(void)
{
	static const char first[] = ONE("Disallow: /a\n"), line[] = "Disallow: /bcd\n";
	for (size_t more = 0; more <= sizeof line; more++) {
		struct arena *a = arena_new(0);
		struct buf file;
		buf_init(&file, 0);
		buf_text(&file, first);
		fill(&file, '\n', ROBOTS_BYTES - file.len - more);
		buf_text(&file, line);
		buf_text(&file, "Disallow: /late\n");
		const struct robots_rules *r = robots_parse(a, buf_str(&file), STR("foobot"));
		CHECK_TRUE(!robots_may(r, STR("/a")));
		CHECK_TRUE(robots_may(r, STR("/b")));
		CHECK_TRUE(robots_may(r, STR("/late")));
		CHECK_INT(robots_may(r, STR("/bcd")), more < sizeof line - 2);
		buf_release(&file);
		arena_free(&a);
	}
}

/* A file of nothing but stars, and one of many rules: quick, and within the arena. */
static void heavy_files(void)
{
	struct arena *a = arena_new(0);
	struct buf file, target;
	buf_init(&file, 0);
	buf_init(&target, 0);
	buf_text(&file, ONE("Disallow: /"));
	while (file.len < ROBOTS_BYTES / 2)
		buf_text(&file, "*a");
	buf_text(&file, "*b\n");
	while (file.len < ROBOTS_BYTES - 20)
		buf_text(&file, "Allow:*a*a*a*b\n");
	fill(&target, 'a', 8000);
	const struct robots_rules *r = robots_parse(a, buf_str(&file), STR("foobot"));
	CHECK_TRUE(robots_may(r, buf_str(&target)));
	CHECK_TRUE(r->count > 15000);
	CHECK_TRUE(!arena_over(a));
	buf_release(&file);
	buf_release(&target);
	arena_free(&a);
}

/* The rules are one block: a copy of its bytes is as good. */
static void copies(void)
{
	struct arena *a = arena_new(0);
	const struct robots_rules *r = robots_parse(
		a, STR(ONE("Disallow: /x*y$\nAllow: /xay\nCrawl-delay: 2\n")), STR("foobot"));
	struct robots_rules *copy = mem_raw(r->bytes);
	memcpy(copy, r, r->bytes);
	arena_free(&a);
	CHECK_TRUE(!robots_may(copy, STR("/xy")));
	CHECK_TRUE(!robots_may(copy, STR("/xby")));
	CHECK_TRUE(robots_may(copy, STR("/xyz")));
	CHECK_TRUE(robots_may(copy, STR("/xzz")));
	CHECK_INT(robots_delay_ms(copy), 2000);
	mem_free(copy);
}

TEST_MAIN(TEST(examples_of_the_rfc), TEST(lines), TEST(groups), TEST(precedence),
	TEST(wildcards), TEST(encoding), TEST(delays), TEST(long_lines), TEST(long_files),
	TEST(heavy_files), TEST(copies))
