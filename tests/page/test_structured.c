/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/json.h"
#include "page/page.h"

#define META(name, value) "<meta property=\"" name "\" content=\"" value "\">"

static const struct {
	const char *html, *want;
} cases[] = {
	{ "<p>nothing", "{}" },
	{ META("og:title", "A \\\"quoted\\\" title") "<meta name=og:type content=article>",
		"{\"openGraph\":{\"title\":\"A \\\\\",\"type\":\"article\"}}" },
	{ META("og:image", "/a.png") META("og:image", "b.png") META("og:image:width", "10"),
		"{\"openGraph\":{\"image\":[\"https://example.org/a.png\","
		"\"https://example.org/x/b.png\"],\"image:width\":[null,\"10\"]}}" },
	/* what stands before the first or twice behind one cannot be told apart: a plain list */
	{ META("og:image", "//i.example/1") META("og:image:alt", "one") META("og:image",
		  "//i.example/2") META("og:image:alt", "two") META("og:image:alt", "three"),
		"{\"openGraph\":{\"image\":[\"https://i.example/1\",\"https://i.example/2\"],"
		"\"image:alt\":[\"one\",\"two\",\"three\"]}}" },
	{ META("og:image", "//i.example/1") META("og:image:alt", "one"),
		"{\"openGraph\":{\"image\":\"https://i.example/1\",\"image:alt\":\"one\"}}" },
	{ META("article:author", "A") META("article:author", "B") META("OG:Title", "T"),
		"{\"openGraph\":{\"article:author\":[\"A\",\"B\"],\"Title\":\"T\"}}" },
	{ META("og:title", " ") META("og:", "x") META("fb:app_id", "1"), "{}" },
	{ META("twitter:card", "summary") "<meta name=twitter:image content=//i.example/1>"
					  "<meta name=\"twitter:\" content=x>",
		"{\"twitter\":{\"card\":\"summary\",\"image\":\"https://i.example/1\"}}" },
};

static void cards(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct page_opts o = { .url = STR("https://example.org/x/y.html"),
			.structured = true };
		struct page_result r;
		struct err e;
		CHECK_TRUE(page_work(a, str_of(cases[i].html), &o, &r, &e));
		CHECK_STR(r.structured, cases[i].want);
		CHECK_TRUE(json_read(a, r.structured, &e) != NULL);
		arena_free(&a);
	}
}

/* A value is cut between characters, and too many properties are left out: the object stays whole. */
static void bounded(void)
{
	struct arena *a = arena_new(0);
	struct buf html;
	buf_init(&html, 0);
	for (int i = 0; i < 400; i++) {
		buf_addf(&html, "<meta property=og:p%d content='", i);
		for (int k = 0; k < 3000; k++)
			buf_text(&html, "\xC3\xA9");
		buf_text(&html, "'>");
	}
	struct page_opts o = { .structured = true };
	struct page_result r;
	struct err e;
	CHECK_TRUE(page_work(a, buf_str(&html), &o, &r, &e));
	json_t *j = json_read(a, r.structured, &e);
	CHECK_INT(json_object_size(json_object_get(j, "openGraph")), 200);
	CHECK_INT(json_string_length(json_object_get(json_object_get(j, "openGraph"), "p199")),
		4000);
	buf_release(&html);
	arena_free(&a);
}

TEST_MAIN(TEST(cards), TEST(bounded))
