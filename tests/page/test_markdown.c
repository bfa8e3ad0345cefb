/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/spec/markdown.md describes the dialect by examples; here they run. Each pair of blocks fenced
 * by `~~~~html WORDS` and `~~~~markdown` is one case.
 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/page.h"

#include <md4c.h>
#include <stdio.h>

static struct str convert(struct arena *a, struct str html, struct str words)
{
	struct page_opts o = { .markdown = true };
	struct page_result r;
	struct err e;
	o.only_main = str_has(words, STR("main"));
	o.links = str_has(words, STR("nolinks")) ? LINKS_NONE : LINKS_INLINE;
	if (str_has(words, STR("references")))
		o.links = LINKS_REFERENCES;
	o.images = str_has(words, STR("noimages")) ? IMAGES_NONE
		   : str_has(words, STR("alt"))	   ? IMAGES_ALT
						   : IMAGES_INLINE;
	if (str_has(words, STR("base")))
		o.url = STR("https://example.org/a/b.html");
	CHECK_TRUE(page_work(a, html, &o, &r, &e));
	return r.markdown;
}

/* Takes the lines up to a line that is `fence` off s. */
static struct str take_block(struct str *s)
{
	const char *end = memmem(s->p, s->n, "~~~~\n", 5);
	struct str body = { s->p, end ? (size_t)(end - s->p) : s->n };
	size_t used = body.n + (end ? 5 : 0);
	*s = (struct str) { s->p + used, s->n - used };
	return body;
}

static bool find_block(struct str *s, const char *open, struct str *words)
{
	const char *hit = memmem(s->p, s->n, open, strlen(open));
	if (!hit)
		return false;
	struct str rest = { hit + strlen(open), s->n - (size_t)(hit + strlen(open) - s->p) };
	size_t line = str_find(rest, '\n');
	*words = (struct str) { rest.p, line };
	*s = (struct str) { rest.p + line + 1, rest.n - line - 1 };
	return true;
}

static void spec_examples_run(void)
{
	size_t n, count = 0;
	char *text = test_read_file(TESTS_DIR "/spec/markdown.md", &n);
	struct str rest = { text, n }, words, none;
	if (!text) {
		test_fail(__FILE__, __LINE__, "tests/spec/markdown.md is missing");
		return;
	}
	while (find_block(&rest, "\n~~~~html", &words)) {
		struct str html = take_block(&rest);
		CHECK_TRUE(find_block(&rest, "~~~~markdown", &none));
		struct str want = take_block(&rest);
		struct arena *a = arena_new(0);
		struct str got = convert(a, html, words);
		bool same = str_eq(got, want);
		printf("%s - page_test_markdown.example %zu: %.*s\n", same ? "ok" : "not ok",
			++count, (int)(str_find(html, '\n') < 60 ? str_find(html, '\n') : 60),
			html.p);
		if (!same)
			test_same_text(
				__FILE__, __LINE__, got.p ? got.p : "", got.n, want.p, want.n);
		arena_free(&a);
	}
	CHECK_TRUE(count >= 50);
	mem_free(text);
}

/* Markdown read back: its text with breaks as line ends, and a '{' for everything that is no plain paragraph. */
static int on_block(MD_BLOCKTYPE type, void *detail, void *to)
{
	(void)detail;
	if (type != MD_BLOCK_DOC && type != MD_BLOCK_P)
		buf_char(to, '{');
	return 0;
}

static int on_block_end(MD_BLOCKTYPE type, void *detail, void *to)
{
	(void)type, (void)detail, (void)to;
	return 0;
}

static int on_span(MD_SPANTYPE type, void *detail, void *to)
{
	(void)type, (void)detail;
	buf_char(to, '{');
	return 0;
}

static int on_span_end(MD_SPANTYPE type, void *detail, void *to)
{
	(void)type, (void)detail, (void)to;
	return 0;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *to)
{
	if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
		buf_char(to, '\n');
	else
		buf_add(to, text, n);
	return 0;
}

static void read_back(struct str markdown, struct buf *out)
{
	static const MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |
						   MD_FLAG_TASKLISTS,
		.enter_block = on_block,
		.leave_block = on_block_end,
		.enter_span = on_span,
		.leave_span = on_span_end,
		.text = on_text };
	CHECK_INT(md_parse(markdown.p, (MD_SIZE)markdown.n, &parser, out), 0);
}

/* Eight random pieces of text, most of them Markdown's own marks. */
static size_t random_text(uint32_t *seed, char *text)
{
	static const char *const pieces[] = { "*", "_", "`", "[", "]", "(", ")", "!", "#", "-",
		"+", "1.", "~", "|", "\\", ":", "=", "a", " ", "x y", "**", "__", "~~", "---",
		"\xC3\xA9", "\xE3\x80\x82" };
	enum { PIECES = sizeof pieces / sizeof pieces[0] };
	size_t n = 0;
	for (int i = 0; i < 8; i++) {
		*seed = *seed * 1664525 + 1013904223;
		const char *piece = pieces[(*seed >> 16) % PIECES];
		memcpy(text + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return n;
}

/* Text with any marks in any place must come back as the same text, on a first line and on a later one. */
static void marks_stay_text(void)
{
	enum { ROUNDS = 20000 };
	uint32_t seed = 1;
	struct buf html, back, want;
	buf_init(&html, 0);
	buf_init(&back, 0);
	buf_init(&want, 0);
	for (int round = 0; round < ROUNDS; round++) {
		struct arena *a = arena_new(0);
		char text[128];
		size_t n = random_text(&seed, text);
		struct str body = str_trim((struct str) { text, n });
		buf_clear(&html);
		buf_clear(&back);
		buf_clear(&want);
		buf_text(&html, round & 1 ? "<p>a<br>" : "<p>");
		buf_add(&html, text, n);
		struct str markdown = convert(a, buf_str(&html), STR(""));
		read_back(markdown, &back);
		buf_text(&want, round & 1 ? (body.n ? "a\n" : "a") : "");
		for (size_t i = 0; i < body.n; i++)
			if (body.p[i] != ' ' || body.p[i - 1] != ' ')
				buf_char(&want, body.p[i]);
		if (!str_eq(buf_str(&back), buf_str(&want)))
			test_fail(__FILE__, __LINE__, "text %.*s became %.*s read as %.*s",
				(int)n, text, STR_ARG(markdown), STR_ARG(buf_str(&back)));
		arena_free(&a);
	}
	buf_release(&html);
	buf_release(&back);
	buf_release(&want);
}

TEST_MAIN(TEST(spec_examples_run), TEST(marks_stay_text))
