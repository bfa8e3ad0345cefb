/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the tree to Markdown: the whole page, or its main content. The search for that can be wrong, so what it finds
 * is held against what else there is, and the fuller text wins where it is much too short.
 */
#include "page/page_in.h"

enum { MAIN_MIN_BYTES = 250 };

size_t page_markdown_limit(const struct page_opts *opts, struct str text)
{
	return opts->max_markdown_bytes ? opts->max_markdown_bytes : text.n * 4 + (64 << 10);
}

void page_write(
	const struct page_reading *r, const struct content *main, struct page_result *out)
{
	struct markdown_done done;
	struct markdown_opts how = { .base = r->base,
		.links = r->opts->links,
		.images = r->opts->images,
		.heads = r->opts->section || r->opts->outline ? &out->heads : NULL,
		.forms = !main,
		.noscript = r->noscript,
		.parts = main ? main->parts : NULL,
		.n_parts = main ? main->n_parts : 0,
		.skip = main ? main->skip : NULL,
		.max_bytes = page_markdown_limit(r->opts, r->text),
		.stop = r->opts->stop,
		.stop_arg = r->opts->stop_arg };
	struct buf *made = buf_in(r->arena, how.max_bytes + MARKDOWN_TAIL);
	buf_room(made, r->text.n / 4 + 4096); /* seldom more: growing would copy it */
	made->full = false;
	markdown_write(r->arena, r->d, &how, made, &done);
	out->markdown = buf_str(made);
	out->cuts |= done.cuts;
	out->text_bytes = done.text_bytes;
}

/* The article as JSON-LD has it, a plain text, by way of a small page of its own. */
static void write_body(const struct page_reading *r, struct str body, struct page_result *out)
{
	struct buf html;
	struct str line;
	bool markup = str_has(body, STR("<p")) || str_has(body, STR("<br"));
	buf_init(&html, body.n * 8 + 1024);
	while (!markup && str_cut(&body, '\n', &line)) {
		buf_text(&html, "<p>");
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == '<')
				buf_text(&html, "&lt;");
			else
				buf_char(&html, line.p[i]);
	}
	if (markup)
		buf_add_str(&html, body);
	struct page_reading small = *r;
	small.text = (struct str) { arena_text(r->arena, buf_str(&html)), html.len };
	small.d = dom_parse(r->arena, small.text, NULL);
	buf_release(&html);
	page_write(&small, NULL, out);
}

/* The best guess, then what is more: the page without its frames, all of it, the article that the page
 * carries as data. */
void page_write_main(const struct page_reading *r, const struct meta_hint *hint, struct str url,
	struct page_result *out)
{
	struct content main;
	struct buf *why = r->opts->explain ? buf_in(r->arena, 0) : NULL;
	const struct content_hint known = { url, hint->article };
	content_find(r->arena, r->d, &known, r->noscript, why, &main);
	if (arena_over(r->arena)) /* page_work says so */
		return;
	struct page_result other = *out;
	const char *shown = "what is kept";
	watch_stage(r->opts->watch, STAGE_CONTENT);
	page_write(r, &main, out);
	if (out->text_bytes < MAIN_MIN_BYTES && !hint->article) {
		content_whole(r->arena, r->d, r->noscript, &main);
		page_write(r, &main, &other);
		if (other.text_bytes > out->text_bytes * 2) {
			*out = other;
			shown = "the page without its frames, more than twice as much";
		}
	}
	if (out->text_bytes == 0) {
		page_write(r, NULL, out);
		shown = "the whole page: otherwise there is no text";
	}
	if (hint->body.n > MAIN_MIN_BYTES && out->text_bytes < hint->body.n / 3) {
		write_body(r, hint->body, out);
		shown = "the article of the page's JSON-LD, more than three times as much";
	}
	if (why) {
		buf_addf(why, "shown: %s\n", shown);
		out->explained = buf_str(why);
	}
}
