/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a stranger wrote stands between the marks: the page, but its URL and title as well. Title
 * and URL are put on one line each, so that they cannot look like lines of ours.
 */
#include "extract/prompt.h"

#include "base/check.h"
#include "base/ident.h"
#include "base/json.h"

static const char *const texts[] = {
#define PROMPT_ROW(name, text) text,
#include "extract/prompt_table.h"
#undef PROMPT_ROW
};
_Static_assert(COUNT_OF(texts) == PROMPT_COUNT, "a text for each prompt");

enum { LINE_BYTES = 1000 };

void prompt_mark(char out[PROMPT_MARK_SIZE])
{
	random_base62(out, PROMPT_MARK);
}

struct str prompt_text(enum prompt p)
{
	return str_of(texts[p]);
}

/* The row with its two "%s" filled in. */
static void put_filled(struct buf *b, enum prompt p, const char *first, const char *second)
{
	struct str rest = prompt_text(p);
	const char *fill[] = { first, second };
	for (size_t k = 0; k < COUNT_OF(fill); k++) {
		size_t i = str_find(rest, '%');
		CHECK(i + 1 < rest.n);
		buf_add(b, rest.p, i);
		buf_text(b, fill[k]);
		rest = (struct str) { rest.p + i + 2, rest.n - i - 2 };
	}
	buf_add_str(b, rest);
}

void prompt_system(struct buf *b, enum prompt p, const char *mark)
{
	put_filled(b, p, mark, mark);
}

/* "label: text", cut at LINE_BYTES between two code points, control characters as blanks. */
static void one_line(struct buf *b, const char *label, const char *text)
{
	struct str s = str_head(str_of(text), LINE_BYTES);
	if (!s.n)
		return;
	buf_text(b, label);
	for (size_t i = 0; i < s.n; i++)
		buf_char(b, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F ? ' ' : s.p[i]);
	buf_char(b, '\n');
}

static void put_request(struct buf *b, struct str request)
{
	buf_text(b, "Request:\n");
	buf_add_str(b, request);
}

static void open_block(struct buf *b, const char *mark)
{
	buf_addf(b, "\n\n[page %s]\n", mark);
}

static void close_block(struct buf *b, const char *mark)
{
	buf_addf(b, "\n[end of page %s]", mark);
}

static void put_piece(struct buf *b, int piece, int pieces)
{
	char number[16], all[16];
	snprintf(number, sizeof number, "%d", piece);
	snprintf(all, sizeof all, "%d", pieces);
	put_filled(b, PROMPT_PIECE, number, all);
}

void prompt_page(struct buf *b, const struct prompt_page *page, const char *mark)
{
	put_request(b, page->request);
	if (page->pieces > 1)
		put_piece(b, page->piece, page->pieces);
	open_block(b, mark);
	one_line(b, "URL: ", page->url);
	one_line(b, "Title: ", page->title);
	if (page->piece > 1)
		one_line(b, "Under: ", page->under);
	buf_char(b, '\n');
	buf_add_str(b, page->markdown);
	close_block(b, mark);
}

void prompt_merge(struct buf *b, struct str request, const json_t *answers, const char *mark)
{
	put_request(b, request);
	open_block(b, mark);
	json_put_value(b, answers);
	close_block(b, mark);
}
