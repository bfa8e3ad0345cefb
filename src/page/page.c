/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a page: bytes to UTF-8, UTF-8 to a tree, then metadata, the main content if it is asked
 * for, and Markdown from the tree. Parsing never fails; what limits took away is carried along as bits
 * and ends up in the answer.
 */
#include "page/page.h"
#include "page/charset.h"
#include "page/content.h"
#include "page/fit.h"
#include "page/markdown.h"
#include "page/structured.h"
#include "page/words.h"

enum { SHELL_WORDS = 40, MAIN_MIN_BYTES = 250 };

void page_cuts_text(unsigned cuts, struct buf *out)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = { { CUT_DEPTH, "depth" }, { CUT_NODES, "nodes" },
		{ CUT_ATTRS, "attributes" }, { CUT_SIZE, "size" }, { CUT_TIME, "time" } };
	const char *gap = "";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!(cuts & words[i].bit))
			continue;
		buf_text(out, gap);
		buf_text(out, words[i].word);
		gap = ", ";
	}
}

/* NUL becomes U+FFFD; nearly always there is none and the bytes are handed on as they are. */
static struct str without_nul(struct arena *a, struct str s)
{
	size_t nuls = 0;
	if (str_find(s, 0) == s.n)
		return s;
	for (size_t i = 0; i < s.n; i++)
		nuls += s.p[i] == 0;
	char *out = arena_raw(a, s.n + 2 * nuls + 1), *to = out;
	for (size_t i = 0; i < s.n; i++) {
		memcpy(to, s.p[i] ? &s.p[i] : "\xEF\xBF\xBD", s.p[i] ? 1 : 3);
		to += s.p[i] ? 1 : 3;
	}
	return (struct str) { out, (size_t)(to - out) };
}

static void release(void *out)
{
	buf_release(out);
}

static size_t markdown_limit(const struct page_opts *opts, struct str text)
{
	return opts->max_markdown_bytes ? opts->max_markdown_bytes : text.n * 4 + (64 << 10);
}

/* Bytes that are Markdown or plain text already. */
static void pass_through(struct str text, const struct page_opts *opts, struct page_result *out)
{
	size_t limit = markdown_limit(opts, text);
	if (text.n > limit) {
		while (limit && ((unsigned char)text.p[limit] & 0xC0) == 0x80)
			limit--;
		text.n = limit;
		out->cuts |= CUT_SIZE;
	}
	out->markdown = text;
	out->text_bytes = text.n;
}

/* The address that links are relative to: the first base element's, itself resolved, or the page's. */
static const struct url_base *find_base(
	struct arena *a, const struct dom *d, struct str page_url)
{
	size_t count = 0;
	const nid *bases = dom_list(d, LIST_BASE, &count);
	struct url_base *base = ARENA_NEW(a, struct url_base);
	struct str href;
	url_base_init(base, page_url);
	for (size_t i = 0; i < count; i++) {
		if (!dom_attr(d, bases[i], ATTR_HREF, &href))
			continue;
		struct buf made;
		buf_init(&made, URL_MAX); /* each relative address takes it along */
		struct url_base given;
		if (url_resolve_text(base, href, &made)) {
			struct str text = { arena_text(a, buf_str(&made)), made.len };
			url_base_init(&given, text);
			if (given.usable)
				*base = given;
		}
		buf_release(&made);
		break;
	}
	return base->usable ? base : NULL;
}

/* Scripts and a box to fill, but next to no text. */
static bool is_shell(const struct dom *d, size_t words)
{
	size_t scripts = 0, boxes = 0;
	static const char *const ids[] = { "root", "app", "__next", "__nuxt", "main-app",
		"gatsby", "___gatsby" };
	struct str v;
	if (words >= SHELL_WORDS)
		return false;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		enum tag_id tag = dom_html_tag(d, id);
		scripts += tag == TAG_SCRIPT;
		if (tag != TAG_DIV || !dom_attr(d, id, ATTR_ID, &v))
			continue;
		for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
			boxes += str_eq(v, str_of(ids[i]));
	}
	return scripts > 0 && (boxes > 0 || words < 10 || scripts > 4);
}

struct work {
	struct arena *arena;
	const struct dom *d;
	const struct url_base *base;
	const struct page_opts *opts;
	struct str text; /* of the page, UTF-8 */
	bool noscript;
};

/* Writes the parts, or the whole page when main is NULL. */
static void write_markdown(
	const struct work *w, const struct content *main, struct page_result *out)
{
	struct markdown_done done;
	struct buf *made = ARENA_NEW(w->arena, struct buf);
	struct markdown_opts how = { .base = w->base,
		.links = w->opts->links,
		.images = w->opts->images,
		.heads = w->opts->section || w->opts->outline ? &out->heads : NULL,
		.forms = !main,
		.noscript = w->noscript,
		.parts = main ? main->parts : NULL,
		.n_parts = main ? main->n_parts : 0,
		.skip = main ? main->skip : NULL,
		.max_bytes = markdown_limit(w->opts, w->text),
		.stop = w->opts->stop,
		.stop_arg = w->opts->stop_arg };
	buf_init(made, how.max_bytes + MARKDOWN_TAIL);
	arena_defer(w->arena, release, made);
	buf_room(made, w->text.n / 4 + 4096); /* seldom more: growing would copy it */
	made->full = false;
	markdown_write(w->arena, w->d, &how, made, &done);
	out->markdown = buf_str(made);
	out->cuts |= done.cuts;
	out->text_bytes = done.text_bytes;
}

/* The article as JSON-LD has it, a plain text, by way of a small page of its own. */
static void write_body(const struct work *w, struct str body, struct page_result *out)
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
	struct work small = *w;
	small.text = (struct str) { arena_text(w->arena, buf_str(&html)), html.len };
	small.d = dom_parse(w->arena, small.text, NULL);
	buf_release(&html);
	write_markdown(&small, NULL, out);
}

/* The best guess, then what is more: the page without its frames, all of it, the article that the page
 * carries as data. */
static void write_main(const struct work *w, const struct meta_hint *hint, struct str url,
	struct page_result *out)
{
	struct content main;
	struct buf *why = w->opts->explain ? ARENA_NEW(w->arena, struct buf) : NULL;
	const struct content_hint known = { url, hint->article };
	if (why) {
		buf_init(why, 0);
		arena_defer(w->arena, release, why);
	}
	content_find(w->arena, w->d, &known, w->noscript, why, &main);
	if (arena_over(w->arena)) /* page_work says so */
		return;
	struct page_result other = *out;
	const char *shown = "what is kept";
	watch_stage(w->opts->watch, STAGE_CONTENT);
	write_markdown(w, &main, out);
	if (out->text_bytes < MAIN_MIN_BYTES && !hint->article) {
		content_whole(w->arena, w->d, w->noscript, &main);
		write_markdown(w, &main, &other);
		if (other.text_bytes > out->text_bytes * 2) {
			*out = other;
			shown = "the page without its frames, more than twice as much";
		}
	}
	if (out->text_bytes == 0) {
		write_markdown(w, NULL, out);
		shown = "the whole page: otherwise there is no text";
	}
	if (hint->body.n > MAIN_MIN_BYTES && out->text_bytes < hint->body.n / 3) {
		write_body(w, hint->body, out);
		shown = "the article of the page's JSON-LD, more than three times as much";
	}
	if (why) {
		buf_addf(why, "shown: %s\n", shown);
		out->explained = buf_str(why);
	}
}

/* A slice of the Markdown, with the headings' places in it and the definitions of links that it uses. */
static void take_slice(
	const struct work *w, const struct section_found *found, struct page_result *out)
{
	struct str all = out->markdown, definitions = fit_definitions(&all);
	size_t end = found->end < all.n ? found->end : all.n, kept = 0;
	struct str part = { all.p + found->at, end > found->at ? end - found->at : 0 };
	struct buf *made = ARENA_NEW(w->arena, struct buf);
	part = str_trim(part);
	buf_init(made, part.n + definitions.n * 2 + 64);
	arena_defer(w->arena, release, made);
	buf_add_str(made, part);
	buf_text(made, part.n ? "\n" : "");
	fit_add_definitions(made, part, definitions);
	for (size_t i = 0; i < out->heads.n; i++) {
		struct markdown_head h = out->heads.v[i];
		if (h.at < found->at || h.at >= end)
			continue;
		h.at -= found->at;
		out->heads.v[kept++] = h;
	}
	out->heads.n = kept;
	out->markdown = buf_str(made);
}

static bool find_part(const struct work *w, struct page_result *out,
	struct section_found *found, struct err *e)
{
	headings_read(w->arena, out->markdown, &out->heads, &out->headings);
	return section_find(w->arena, w->opts->section, w->d, &out->headings, found, e);
}

/* The part that was asked for in place of the whole. What the main content does not have, the page may. */
static bool cut_part(const struct work *w, struct page_result *out, struct err *e)
{
	struct section_found found;
	if (w->opts->section) {
		bool ok = find_part(w, out, &found, e);
		if (!ok && w->opts->only_main && !w->opts->is_text_markdown) {
			write_markdown(w, NULL, out);
			ok = find_part(w, out, &found, e);
		}
		if (!ok)
			return false;
		const struct content part = { found.nodes, found.n_nodes, NULL };
		if (found.how == SECTION_TEXT)
			take_slice(w, &found, out);
		else
			write_markdown(w, &part, out);
	}
	if (w->opts->outline)
		headings_read(w->arena, out->markdown, &out->heads, &out->headings);
	return true;
}

/* What the search needs goes by the nodes and is not the page's: a search that is cut short takes nothing
 * away from the rest. */
static void write_picked(const struct work *w, struct page_result *out)
{
	struct arena *scratch = arena_new(((size_t)64 << 20) + dom_count(w->d) * 128);
	struct buf *made = ARENA_NEW(w->arena, struct buf);
	buf_init(made, markdown_limit(w->opts, w->text) + PICK_TAIL);
	arena_defer(w->arena, release, made);
	const struct pick_opts how = { w->base ? w->base->text : STR(""), w->opts->stop,
		w->opts->stop_arg };
	pick_write(w->opts->pick, w->d, &how, scratch, made, &out->pick_cut);
	arena_free(&scratch);
	out->picked = buf_str(made);
}

/* What counts on the Markdown being there. */
static void count_words(const struct work *w, struct page_result *out)
{
	out->words = words_count(out->markdown);
	out->empty_shell = w->opts->markdown && is_shell(w->d, out->words);
	watch_stage(w->opts->watch, STAGE_WORDS);
}

static bool read_tree(const struct work *w, struct page_result *out, struct err *e)
{
	const struct page_opts *opts = w->opts;
	struct meta_hint hint;
	bool main = opts->markdown && opts->only_main;
	struct str url = opts->url; /* when nobody said it, as the page itself does */
	if (opts->meta || main) {
		struct page_meta meta;
		meta_read(w->arena, w->d, w->base, &meta, &hint);
		if (opts->meta)
			out->meta = meta;
		if (url.n == 0 && meta.canonical)
			url = str_of(meta.canonical);
		watch_stage(opts->watch, STAGE_META);
	}
	if (arena_over(w->arena)) /* page_work says so */
		return true;
	if (main)
		write_main(w, &hint, url, out);
	else if (opts->markdown)
		write_markdown(w, NULL, out);
	if (arena_over(w->arena))
		return true;
	if (opts->markdown && !cut_part(w, out, e))
		return false;
	watch_stage(opts->watch, STAGE_WRITE);
	if (opts->counts)
		count_words(w, out);
	if (opts->html)
		out->html = without_nul(w->arena, w->text);
	if (opts->structured)
		out->structured =
			structured_write(w->arena, w->d, w->base, opts->max_structured_tokens);
	if (opts->pick)
		write_picked(w, out);
	return true;
}

static bool held(const struct arena *a, struct err *e)
{
	return !arena_over(a) ||
	       err_set(e, ERR_TOO_LARGE, "the page needs more memory than one page may have");
}

bool page_work(struct arena *a, struct str bytes, const struct page_opts *opts,
	struct page_result *out, struct err *e)
{
	struct charset_hint said = { opts->charset, opts->url };
	*out = (struct page_result) { 0 };
	watch_start(opts->watch);
	if (!arena_fits(a, bytes.n))
		return held(a, e);
	struct str text = to_utf8(a, bytes, &said, &out->encoding);
	watch_stage(opts->watch, STAGE_DECODE);
	if (opts->is_text_markdown) {
		pass_through(without_nul(a, text), opts, out);
		struct work none = {
			.arena = a, .d = dom_parse(a, STR(""), NULL), .opts = opts
		};
		if (opts->structured)
			out->structured = STR("{}");
		if (opts->pick)
			write_picked(&none, out); /* every name, nothing found */
		bool ok = cut_part(&none, out, e);
		if (opts->counts)
			out->words = words_count(out->markdown);
		return held(a, e) && ok;
	}
	struct dom_limits limits = {
		.max_depth = opts->max_depth,
		.max_nodes = opts->max_nodes,
		.max_attrs = opts->max_attrs,
		.stop = opts->stop,
		.stop_arg = opts->stop_arg,
	};
	struct dom *d = dom_parse(a, text, &limits);
	watch_stage(opts->watch, STAGE_PARSE);
	struct work w = { a, d, find_base(a, d, opts->url), opts, text,
		opts->markdown && content_needs_noscript(d) };
	out->cuts = dom_cuts(d);
	watch_stage(opts->watch, STAGE_REST);
	bool ok = read_tree(&w, out, e);
	watch_stage(opts->watch, STAGE_REST);
	if (opts->watch) {
		opts->watch->nodes += dom_count(d);
		opts->watch->attrs += dom_attrs(d);
	}
	return held(a, e) && ok;
}

const char *const page_link_words[] = { "inline", "references", "none", NULL };
const char *const page_image_words[] = { "inline", "alt", "none", NULL };
