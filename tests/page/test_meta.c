/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/meta_date.h"
#include "page/page.h"

static struct page_meta read_meta(struct arena *a, const char *html)
{
	struct page_opts o = { .url = STR("https://example.org/a/b.html"), .meta = true };
	struct page_result r;
	struct err e;
	CHECK_TRUE(page_work(a, str_of(html), &o, &r, &e));
	return r.meta;
}

#define FIELD(name) offsetof(struct page_meta, name)
#define TEN_TEXTS                                                                              \
	"<i>a</i><i>b</i><i>c</i><i>d</i><i>e</i><i>f</i><i>g</i><i>h</i><i>i</i><i>j</i>"
#define LD(json) "<script type=application/ld+json>" json "</script>"
struct field_case {
	const char *html;
	size_t field;
	const char *want; /* NULL: not said */
};
static const struct field_case cases[] = {
	{ "<title> A\n title </title>", FIELD(title), "A title" },
	{ "<title>T</title><meta property=og:title content='OG title'>", FIELD(title),
		"OG title" },
	{ "<meta name=twitter:title content=tw><meta property=og:title content=og>",
		FIELD(title), "og" },
	{ "<title>Head | Site</title><h1>Head</h1>", FIELD(title), "Head" },
	{ "<title>Head | Site</title><h1>Other</h1>", FIELD(title), "Head | Site" },
	{ "<meta property=og:title content='Head - Site'><h1>HEAD \xC2\xB6</h1>", FIELD(title),
		"Head" },
	{ "<title>Head\xC2\xA0|\xC2\xA0Site</title><h1>Logo</h1><h1>Head</h1>", FIELD(title),
		"Head" },
	{ "<title>Site \xE2\x80\x93 Head</title><h1>Head</h1>", FIELD(title), "Head" },
	{ "<title>Head-on</title><h1>Head</h1>", FIELD(title), "Head-on" },
	{ "<title>Head |</title><h1>Head</h1>", FIELD(title), "Head |" },
	{ "<title>Matrix - Site</title><script "
	  "type=application/ld+json>{\"@type\":\"Article\",\"name\":"
	  "\"Matrix\",\"headline\":\"rows of numbers\"}</script>",
		FIELD(title), "Matrix" },
	{ "<meta property='x:title og:title' content=two>", FIELD(title), "two" },
	{ "<meta name=dc:title content=dc>", FIELD(title), "dc" },
	{ "<h1>Only <b>this</b></h1>", FIELD(title), "Only this" },
	{ "<svg><title>icon</title></svg><p>x", FIELD(title), NULL },
	{ "<script "
	  "type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"LD\",}</"
	  "script><meta property=og:title content=og>",
		FIELD(title), "LD" },
	{ "<script type='application/ld+json'><!-- "
	  "{\"@graph\":[{\"@type\":\"WebPage\",\"name\":\"p\"},{\"@type\":[\"Article\"],"
	  "\"author\":[{\"name\":\"A\"},{\"name\":\"B\"}],\"datePublished\":\"2024-01-02\"}]} "
	  "--></script>",
		FIELD(author), "A, B" },
	{ "<script "
	  "type='application/ld+json'>{\"@type\":\"Article\",\"description\":\"a\nb\"}</"
	  "script>",
		FIELD(description), "a b" },
	{ "<script type='application/ld+json'>{\"@type\":\"Article\",</script><title>t</title>",
		FIELD(title), "t" },
	{ "<script type='application/ld+json'>[[[[[[</script><title>t</title>", FIELD(title),
		"t" },
	{ "<meta name=Description content=' d '>", FIELD(description), "d" },
	{ "<html lang=en_GB>", FIELD(language), "en-GB" },
	{ "<meta http-equiv=content-language content=de>", FIELD(language), "de" },
	{ "<html lang='{{lang}}'>", FIELD(language), NULL },
	{ "<link rel=canonical href=/c><meta property=og:url content=/og>", FIELD(canonical),
		"https://example.org/c" },
	{ "<link rel=canonical href='javascript:void(0)'><link rel=canonical href=/c>",
		FIELD(canonical), "https://example.org/c" },
	{ "<link rel=canonical href=http://><link rel=canonical href=file:///C:/c.html>"
	  "<meta property=og:url content=/og>",
		FIELD(canonical), "https://example.org/og" },
	{ "<link rel=canonical href=about:blank>", FIELD(canonical), NULL },
	{ "<meta property=og:image content='data:image/png;base64,AA'>"
	  "<meta property=og:image content=/i.png>",
		FIELD(image), "https://example.org/i.png" },
	{ "<meta name=author content='By Ann'>", FIELD(author), "Ann" },
	{ "<meta property=article:author content=https://facebook.com/x><a rel='nofollow "
	  "author' href=/x>Bob</a>",
		FIELD(author), "Bob" },
	{ "<script "
	  "type='application/"
	  "ld+json'>{\"@graph\":[{\"@type\":\"Article\",\"author\":{\"@id\":\"#p\"}},"
	  "{\"@type\":\"Person\",\"@id\":\"#p\",\"name\":\"Dora\"}]}</script>",
		FIELD(author), "Dora" },
	{ "<div itemprop=author><b itemprop=name>Eve</b> 12 posts</div>", FIELD(author),
		"Eve" },
	{ "<p class=byline>By Fay Gray</p>", FIELD(author), "Fay Gray" },
	{ "<p class='x post__author'>By Fay de Gray and Gil Hay</p>", FIELD(author),
		"Fay de Gray and Gil Hay" },
	{ "<a class=author>fay7</a>", FIELD(author), "fay7" },
	{ "<a class=author>777</a>", FIELD(author), NULL },
	{ "<p class=author>Fay Gray7</p>", FIELD(author), NULL },
	{ "<a class=author>Fay</a>", FIELD(author), "Fay" },
	{ "<p class=author>Fay</p>", FIELD(author), NULL },
	{ "<p class=comment-author>Fay Gray</p>", FIELD(author), NULL },
	{ "<p class=authority>Fay Gray</p>", FIELD(author), NULL },
	{ "<p class=post-date>Published on: March 4, 2025</p>", FIELD(published),
		"2025-03-04" },
	{ "<p class=post_date>2019-02-23, 09:14 PM</p>", FIELD(published),
		"2019-02-23T21:14:00" },
	{ "<p class=update>March 4, 2025</p>", FIELD(published), NULL },
	{ "<p class=date>4/3/2025</p>", FIELD(published), NULL },
	{ "<p class=date>yesterday</p>", FIELD(published), NULL },
	{ "<time datetime='12:55 AM'>x</time>", FIELD(published), NULL },
	{ "<p class=author>posted 3 days ago</p>", FIELD(author), NULL },
	{ "<meta property=og:title content='Tips &amp;amp; tricks'>", FIELD(title),
		"Tips & tricks" },
	{ "<span itemprop=author>Carl</span>", FIELD(author), "Carl" },
	{ "<meta property=article:published_time content=2020-02-03T04:05:06Z>",
		FIELD(published), "2020-02-03T04:05:06Z" },
	{ "<time datetime='3 February 2020'>x</time>", FIELD(published), "2020-02-03" },
	{ "<meta property=og:updated_time content=2021-01-01>", FIELD(modified), "2021-01-01" },
	{ "<meta property=og:site_name content=S>", FIELD(site_name), "S" },
	{ "<meta property=og:image content=../i.png>", FIELD(image),
		"https://example.org/i.png" },
	{ "<base href=/x/><link rel='shortcut icon' href=f.ico>", FIELD(favicon),
		"https://example.org/x/f.ico" },
	{ "<link rel=icon href=data:image/png,x>", FIELD(favicon), NULL },
	{ "<link rel=alternate type=application/rss+xml href=/feed>", FIELD(feed),
		"https://example.org/feed" },
	{ "<link rel=alternate type=application/feed+json href=f.json>", FIELD(feed),
		"https://example.org/a/f.json" },
	/* the site's name in a title: declared, or spelt by the host (example.org) */
	{ "<title>Head | The Herald</title><meta property=og:site_name content='The Herald'>",
		FIELD(title), "Head" },
	{ "<title>Herald - Head - more</title><meta property=og:site_name content=Herald>",
		FIELD(title), "Head - more" },
	{ "<title>Head \xC2\xBB Example</title>", FIELD(title), "Head" },
	{ "<title>Head - Example.org</title>", FIELD(title), "Head" },
	{ "<title>Head - Example Shop</title>", FIELD(title), "Head" },
	{ "<title>Head - examples of many more things</title>", FIELD(title),
		"Head - examples of many more things" },
	{ "<title>Head - org</title>", FIELD(title), "Head - org" },
	{ "<title>Example</title>", FIELD(title), "Example" },
	/* the headline that says what the title says */
	{ "<title>The best camp stoves: ten tested</title><h1>Camp stoves</h1>", FIELD(title),
		"Camp stoves" },
	{ "<title>The best camp stoves</title><h1>Tents and stoves</h1>", FIELD(title),
		"The best camp stoves" },
	{ "<title>Setup: how to begin</title><h1>Setup</h1>", FIELD(title), "Setup" },
	{ "<title>How to begin a setup</title><h1>Setup</h1>", FIELD(title),
		"How to begin a setup" },
	{ "<title>Why big cats purr</title><h1>Big cats</h1><h1>Why big cats purr!</h1>",
		FIELD(title), "Why big cats purr" },
	{ "<title>The big red book of cats</title><h1>Red cats</h1><h1>Big book of dogs</h1>",
		FIELD(title), "Red cats" },
	/* a logo is no headline */
	{ "<title>Big cats at home</title><h1><a href=/>Big cats</a></h1>", FIELD(title),
		"Big cats at home" },
	{ "<title>Big cats at home</title><a href=https://example.org><h1>Big cats</h1></a>",
		FIELD(title), "Big cats at home" },
	{ "<title>Big cats at home</title><h1><a href=/cats/>Big cats</a></h1>", FIELD(title),
		"Big cats" },
	/* below the headline */
	{ "<h1>T</h1><p>By <a href=/x>Fay Gray</a> <span>Mar 4, 2025</span>", FIELD(author),
		"Fay Gray" },
	{ "<h1>T</h1><p>By <a href=/x>Fay Gray</a> <span>Mar 4, 2025</span>", FIELD(published),
		"2025-03-04" },
	{ "<h1>T</h1><p>Written by Fay Gray</p>", FIELD(author), "Fay Gray" },
	{ "<h1>T</h1><p>By now all is well.</p>", FIELD(author), NULL },
	{ "<p>By Fay Gray</p><h1>T</h1>", FIELD(author), NULL },
	{ "<h1>T</h1><p>It was on Mar 4, 2025.</p>", FIELD(published), NULL },
	{ "<h1>T</h1>" TEN_TEXTS TEN_TEXTS "<i>x</i><i>Mar 4, 2025</i>", FIELD(published),
		"2025-03-04" },
	{ "<h1>T</h1>" TEN_TEXTS TEN_TEXTS TEN_TEXTS "<i>Mar 4, 2025</i>", FIELD(published),
		NULL },
	/* a date that may be two days gives way to any other */
	{ "<meta property=article:published_time content=03-09-2026><h1>T</h1><i>March 9, "
	  "2026</i>",
		FIELD(published), "2026-03-09" },
	{ "<meta property=article:published_time content=03-09-2026>", FIELD(published),
		"03-09-2026" },
	/* answers are not the page, but the first in a thread may be */
	{ "<div itemscope><div itemprop=acceptedAnswer itemscope><i itemprop=datePublished "
	  "content=2021-01-01></i></div><time itemprop=dateCreated datetime=2020-01-01>x</div>",
		FIELD(published), "2020-01-01" },
	{ "<div itemscope itemtype=https://schema.org/Comment><time "
	  "datetime=2020-01-01>x</div>",
		FIELD(published), NULL },
	{ "<div itemscope itemprop=comment><i itemprop=author>Hal</i></div><div itemscope "
	  "itemprop=comment><i itemprop=author>Ida</i></div>",
		FIELD(author), "Hal" },
	/* several authors in as many elements */
	{ "<meta name=author content=Ann><meta name=author content='By Bo'><meta name=author "
	  "content=Ann>",
		FIELD(author), "Ann, Bo" },
	{ "<meta name=citation_author content='Gray, F.'><meta name=citation_author "
	  "content='Hay, G.'><meta name=author content=Other>",
		FIELD(author), "Gray, F.; Hay, G." },
	{ "<p>nothing", FIELD(title), NULL },
	{ "", FIELD(title), NULL },
};

/* JSON-LD in the shapes that it is found in. */
static const struct field_case ld_cases[] = {
	{ LD("{'@type':'https://schema.org/Article','headline':'h'}"), FIELD(title), "h" },
	{ LD("{'@type':['Thing','schema:Article'],'headline':['h','i']}"), FIELD(title), "h" },
	{ LD("{'@type':'Article','headline':{'@value':'h','@language':'en'}}"), FIELD(title),
		"h" },
	{ LD("{'@type':'Article','datePublished':[{'@type':'Date','@value':'2020-01-02'}]}"),
		FIELD(published), "2020-01-02" },
	{ LD("{'@type':'Article','dateCreated':'2020-01-02','dateModified':'2021-01-02'}"),
		FIELD(published), "2020-01-02" },
	{ LD("{'@type':'Article','dateCreated':'2020-01-02','datePublished':'2020-01-03'}"),
		FIELD(published), "2020-01-03" },
	{ LD("{'@type':'Article','author':['A',{'name':['B','x']},{'givenName':'C',"
	     "'familyName':'D'}]}"),
		FIELD(author), "A, B, C D" },
	{ LD("{'@type':'Article','author':'https://example.org/a'}"), FIELD(author), NULL },
	{ LD("{'@type':'QAPage','mainEntity':[{'@type':'Question','name':'Why?'}]}"),
		FIELD(title), "Why?" },
	{ LD("{'@type':'Other','@graph':[{'@graph':[{'@type':'Article','headline':'h'}]}]}"),
		FIELD(title), "h" },
	/* an article in a later script, beside what is shown in it */
	{ LD("{'@type':'VideoObject','name':'v','uploadDate':'2020-01-01'}") LD(
		  "{'@type':'NewsArticle','headline':'h','datePublished':'2019-01-01'}"),
		FIELD(published), "2019-01-01" },
	{ LD("{'@type':'Product','name':'p'}") LD("{'@type':'Article','headline':'h'}"),
		FIELD(title), "h" },
	{ LD("{'@type':'VideoObject','name':'v'}") "<meta property=og:title content=t>",
		FIELD(title), "t" },
};

static void fields_of(const struct field_case *list, size_t n, bool quotes)
{
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		char *html = arena_text(a, str_of(list[i].html));
		for (char *p = html; quotes && *p; p++)
			*p = *p == '\'' ? '"' : *p;
		struct page_meta meta = read_meta(a, html);
		const char *got = *(const char **)((char *)&meta + list[i].field);
		if (!list[i].want ? got != NULL : !got || strcmp(got, list[i].want) != 0)
			test_fail(__FILE__, __LINE__, "%s\n# gives %s, want %s", list[i].html,
				got ? got : "nothing", list[i].want ? list[i].want : "nothing");
		arena_free(&a);
	}
}

static void fields(void)
{
	fields_of(cases, sizeof cases / sizeof cases[0], false);
}

static void fields_of_ld(void)
{
	fields_of(ld_cases, sizeof ld_cases / sizeof ld_cases[0], true);
}

/* Values that turn out to be nothing, and one long name that many lists point to: what they need is given back or
 * never taken, or the arena would stop the program. */
static void memory_is_bounded(void)
{
	struct arena *a = arena_new(0);
	struct page_opts o = { .meta = true };
	struct page_result r;
	struct err e;
	struct buf html;
	buf_init(&html, 0);
	for (int i = 0; i < 10000; i++)
		buf_text(&html, "<meta name=title content='&amp;#32;'>");
	buf_text(&html,
		"<script "
		"type=application/ld+json>[{\"@id\":\"#x\",\"@type\":\"Person\",\"name\":\"");
	for (int i = 0; i < 500000; i++)
		buf_char(&html, 'n');
	buf_text(&html, "\"}");
	for (int i = 0; i < 150; i++) {
		buf_text(&html, ",{\"@type\":\"Article\",\"author\":[");
		for (int k = 0; k < 10; k++)
			buf_addf(&html, "%s{\"@id\":\"#x\"}", k ? "," : "");
		buf_text(&html, "]}");
	}
	buf_text(&html, "]</script><title>T</title>");
	if (page_work(a, buf_str(&html), &o, &r, &e))
		CHECK_TEXT(r.meta.title, "T");
	else
		test_fail(__FILE__, __LINE__, "%s", e.msg);
	buf_release(&html);
	arena_free(&a);
}

static const struct {
	const char *text, *iso;
} dates[] = {
	{ "2020-02-03", "2020-02-03" },
	{ "2020-02-03T04:05:06+01:00", "2020-02-03T04:05:06+01:00" },
	{ "2020/02/03", "2020-02-03" },
	{ "2020/2/3", "2020-02-03" },
	{ "2020/2", "2020/2" },
	{ "2020/13/03", "2020/13/03" },
	{ "3 Feb 2020", "2020-02-03" },
	{ "February 3, 2020", "2020-02-03" },
	{ "Feb. 3rd 2020", "2020-02-03" },
	{ "Mon, 03 Feb 2020 04:05:06 GMT", "2020-02-03T04:05:06Z" },
	{ "Mon, 03 Feb 2020 04:05:06 +0130", "2020-02-03T04:05:06+01:30" },
	{ "03/02/2020", "03/02/2020" },
	{ "3.2.2020", "3.2.2020" },
	{ "05/29/2007 09:49:00", "2007-05-29T09:49:00" },
	{ "29.5.2007", "2007-05-29" },
	{ "5-5-2007", "2007-05-05" },
	{ "29/30/2007", "29/30/2007" },
	{ "29/5/07", "29/5/07" },
	{ "29/5-2007", "29/5-2007" },
	{ "2020-02-03T04:05:06.789Z", "2020-02-03T04:05:06.789Z" },
	{ "2020-02-03T04:05", "2020-02-03T04:05" },
	{ "2020-02-03T04:05:06-0130", "2020-02-03T04:05:06-01:30" },
	{ "2020-02-03 04:05:06 +00:00", "2020-02-03T04:05:06Z" },
	{ "2020-02-03 04:05:06.7 -05", "2020-02-03T04:05:06-05:00" },
	{ "2020-2-3 at 4:05 p.m.", "2020-02-03T16:05:00" },
	{ "2020-02-03 12:05 AM", "2020-02-03T00:05:00" },
	{ "2020-02-03 25:05", "2020-02-03" },
	{ "2020-02-30x", "2020-02-30x" },
	{ "2020-02-03-a-name", "2020-02-03-a-name" },
	{ "20200203", "2020-02-03" },
	{ "20201303", "20201303" },
	{ "1580700000", "1580700000" },
	{ "2020.02.03", "2020-02-03" },
	{ "2020\xE5\xB9\xB4"
	  "2\xE6\x9C\x88"
	  "3\xE6\x97\xA5 10:00",
		"2020-02-03T10:00:00" },
	{ "2020\xEB\x85\x84 2\xEC\x9B\x94 3\xEC\x9D\xBC", "2020-02-03" },
	{ "3. M\xC3\xA4rz 2020", "2020-03-03" },
	{ "Dienstag, 3. M\xC3\xA4rz 2020", "2020-03-03" },
	{ "1er f\xC3\xA9vrier 2020", "2020-02-01" },
	{ "3 ao\xC3\xBBt 2020", "2020-08-03" },
	{ "3 de octubre de 2020", "2020-10-03" },
	{ "Mar 3, 2020", "2020-03-03" },
	{ "3 jui 2020", "3 jui 2020" },
	{ "3 Febber 2020", "3 Febber 2020" },
	{ "31 Feb 2020", "31 Feb 2020" },
	{ "yesterday", "yesterday" },
	{ "May", "May" },
	{ "99 Feb 2020", "99 Feb 2020" },
	{ "", "" },
};

static void dates_only_when_sure(void)
{
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
		CHECK_STR(meta_date(a, str_of(dates[i].text)), dates[i].iso);
	arena_free(&a);
}

TEST_MAIN(TEST(fields), TEST(fields_of_ld), TEST(memory_is_bounded), TEST(dates_only_when_sure))
