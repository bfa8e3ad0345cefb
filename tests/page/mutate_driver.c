/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutate_driver SEED FIRST COUNT PAGES... : reads damaged copies of pages under the sanitizers. Case i is
 * made of page i mod n by flips, cuts, repeats, swaps of pieces and tags put in, as SEED and i say, and is
 * read with options by the bits of i's dice. What comes out must be UTF-8 within its measure. Every
 * 100th case is said, so that a run that dies is found again: `mutate_driver SEED THAT 100 ...`.
 */
#include "base/check.h"
#include "base/mem.h"
#include "page/page.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAY_EVERY = 100, MAX_DAMAGE = 24, PIECE = 4096, SLACK = 64 << 10, MAX_TIMES = 40 };

static const char *const tags[] = { "<table>", "<tr>", "<td colspan=99999>", "</table>", "<th>",
	"<caption>", "<select>", "<option>", "</select>", "<svg>", "</svg>", "<foreignObject>",
	"<math><mi>", "<template>", "</template>", "<form>", "</form>", "<button>",
	"<plaintext>", "<frameset>", "<body>", "</body>", "</html>", "<p>", "</p>", "<b>",
	"</b>", "<a href=x>", "</a>", "<nobr>", "<pre>\n", "</pre>", "<code>", "<ul>", "<li>",
	"</ul>", "<ol start=9>", "<blockquote>", "</blockquote>", "<script>", "</script>",
	"<style>", "<textarea>", "<title>", "<!--", "-->", "<![CDATA[", "]]>", "&", "&#0;", "<",
	">", "\"", "'", "<h1>", "</h2>", "<img src=a alt='[x](y)'>", "<br>", "<ruby><rt>",
	"<details><summary>", "<dl><dt>", "<noscript>", "</noscript>",
	"<base href=javascript:>", "<meta charset=utf-16>", "<input type=checkbox checked>",
	"<q>", "<del>", "<sup>", "|", "`", "*_[]", "\\", "\r", "\0" };

static uint32_t roll(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return below ? (uint32_t)(*state >> 33) % below : 0;
}

static void insert(struct buf *b, size_t at, const char *bytes, size_t n)
{
	size_t tail = b->len - at;
	if (!buf_room(b, n))
		return;
	memmove(b->p + at + n, b->p + at, tail);
	memcpy(b->p + at, bytes, n);
	b->len += n;
}

static void cut(struct buf *b, size_t at, size_t n)
{
	memmove(b->p + at, b->p + at + n, b->len - at - n);
	b->len -= n;
}

static void damage(struct buf *b, uint64_t *dice)
{
	size_t at = roll(dice, (uint32_t)b->len + 1), left = b->len - at;
	size_t n = roll(dice, (uint32_t)(left < PIECE ? left : PIECE) + 1);
	char piece[PIECE];
	switch (roll(dice, 8)) {
	case 0:
		if (left)
			b->p[at] = (char)(b->p[at] ^ 1 << roll(dice, 8));
		break;
	case 1:
		if (left)
			b->p[at] = (char)roll(dice, 256);
		break;
	case 2:
		cut(b, at, n);
		break;
	case 3:
		memcpy(piece, b->p + at, n);
		for (uint32_t times = 1 + roll(dice, 8) * roll(dice, MAX_TIMES) / 7; times;
			times--)
			insert(b, at, piece, n < 256 ? n : 256);
		break;
	case 4:
		memcpy(piece, b->p + at, n);
		cut(b, at, n);
		insert(b, roll(dice, (uint32_t)b->len + 1), piece, n);
		break;
	default: {
		const char *tag = tags[roll(dice, COUNT_OF(tags))];
		size_t len = *tag ? strlen(tag) : 1;
		for (uint32_t times = roll(dice, 6) ? 1 : roll(dice, MAX_TIMES); times; times--)
			insert(b, at, tag, len);
	}
	}
}

static const char *fault(struct str bytes, const struct page_opts *opts)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct page_result out;
	struct err e;
	const char *wrong = NULL;
	if (!page_work(a, bytes, opts, &out, &e))
		wrong = e.msg;
	else if (!str_utf8_ok(out.markdown) || !str_utf8_ok(out.html))
		wrong = "no UTF-8";
	else if (out.markdown.n > 12 * bytes.n + SLACK) /* three bytes for each broken one */
		wrong = "too much Markdown";
	if (wrong)
		fprintf(stderr, "%s\n", wrong);
	arena_free(&a);
	return wrong;
}

static bool run_case(struct str page, uint64_t seed, size_t number)
{
	uint64_t dice =
		seed * UINT64_C(0x9E3779B97F4A7C15) + number * UINT64_C(0xD1342543DE82EF95);
	struct buf b;
	buf_init(&b, 0);
	buf_add_str(&b, page);
	for (uint32_t n = 1 + roll(&dice, MAX_DAMAGE); n; n--)
		damage(&b, &dice);
	uint32_t bits = roll(&dice, 1u << 16);
	const struct page_opts opts = { .url = STR("https://example.org/a/b?c"),
		.markdown = bits % 16 > 0,
		.html = bits >> 4 & 1,
		.meta = bits >> 5 & 1,
		.counts = bits >> 6 & 1,
		.structured = bits >> 7 & 1,
		.only_main = bits >> 8 & 1,
		.outline = bits >> 9 & 1,
		.links = (enum page_links)((bits >> 10 & 3) % 3),
		.images = (enum page_images)((bits >> 12 & 3) % 3),
		.is_text_markdown = bits >> 14 == 3 && bits % 16 == 1 };
	/* at the end of a block of its own, so that a sanitizer sees a step past it */
	char *copy = mem_raw(b.len);
	if (b.len)
		memcpy(copy, b.p, b.len);
	bool good = fault((struct str) { copy, b.len }, &opts) == NULL;
	mem_free(copy);
	buf_release(&b);
	return good;
}

static struct str read_page(const char *path)
{
	char part[65536];
	struct buf b;
	size_t n;
	FILE *f = fopen(path, "rb");
	buf_init(&b, 0);
	while (f && (n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	if (f)
		fclose(f);
	return buf_str(&b);
}

int main(int argc, char **argv)
{
	mem_init();
	if (argc < 5)
		return 2;
	uint64_t seed = strtoull(argv[1], NULL, 10);
	size_t first = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
	size_t pages = (size_t)argc - 4, bad = 0;
	struct str *all = mem_new(pages * sizeof *all);
	for (size_t i = 0; i < pages; i++)
		all[i] = read_page(argv[4 + i]);
	for (size_t i = first; i < first + count; i++) {
		if (i % SAY_EVERY == 0 || count <= SAY_EVERY) {
			printf("%zu\n", i);
			fflush(stdout);
		}
		if (!run_case(all[i % pages], seed, i)) {
			printf("case %zu (%s) is wrong\n", i, argv[4 + i % pages]);
			bad++;
		}
	}
	printf("%zu cases, %zu wrong\n", count, bad);
	for (size_t i = 0; i < pages; i++)
		mem_free((void *)(uintptr_t)all[i].p);
	mem_free(all);
	return bad > 0;
}
