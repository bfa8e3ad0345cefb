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
static const struct {
	const char *html;
	size_t field;
	const char *want; /* NULL: not said */
} cases[] = {
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
	{ "<a class=author>fay7</a>", FIELD(author), NULL },
	{ "<a class=author>Fay</a>", FIELD(author), "Fay" },
	{ "<p class=author>Fay</p>", FIELD(author), NULL },
	{ "<p class=comment-author>Fay Gray</p>", FIELD(author), NULL },
	{ "<p class=authority>Fay Gray</p>", FIELD(author), NULL },
	{ "<p class=post-date>Published on: March 4, 2025</p>", FIELD(published),
		"2025-03-04" },
	{ "<p class=post_date>2019-02-23, 09:14 PM</p>", FIELD(published), "2019-02-23" },
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
	{ "<p>nothing", FIELD(title), NULL },
	{ "", FIELD(title), NULL },
};

static void fields(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_meta meta = read_meta(a, cases[i].html);
		const char *got = *(const char **)((char *)&meta + cases[i].field);
		if (!cases[i].want ? got != NULL : !got || strcmp(got, cases[i].want) != 0)
			test_fail(__FILE__, __LINE__, "%s\n# gives %s, want %s", cases[i].html,
				got ? got : "nothing",
				cases[i].want ? cases[i].want : "nothing");
		arena_free(&a);
	}
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
	{ "05/29/2007 09:49:00", "2007-05-29" },
	{ "29.5.2007", "2007-05-29" },
	{ "5-5-2007", "2007-05-05" },
	{ "29/30/2007", "29/30/2007" },
	{ "29/5/07", "29/5/07" },
	{ "29/5-2007", "29/5-2007" },
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

TEST_MAIN(TEST(fields), TEST(dates_only_when_sure))
