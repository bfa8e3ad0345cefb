/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a page: bytes to UTF-8, UTF-8 to a tree, then metadata, the main content if it is asked
 * for, and Markdown from the tree. Parsing never fails; what limits took away is carried along as bits
 * and ends up in the answer.
 */
#include "page/page_in.h"
#include "page/charset.h"
#include "page/structured.h"
#include "page/words.h"

enum { SHELL_WORDS = 40 };

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

/* What the search needs goes by the nodes and is not the page's: a search that is cut short takes nothing
 * away from the rest. */
static void write_picked(const struct page_reading *r, struct page_result *out)
{
	struct arena *scratch = arena_new(((size_t)64 << 20) + dom_count(r->d) * 128);
	struct buf *made = buf_in(r->arena, page_markdown_limit(r->opts, r->text) + PICK_TAIL);
	const struct pick_opts how = { r->base ? r->base->text : STR(""), r->opts->stop,
		r->opts->stop_arg };
	pick_write(r->opts->pick, r->d, &how, scratch, made, &out->pick_cut);
	arena_free(&scratch);
	out->picked = buf_str(made);
}

/* What counts on the Markdown being there. */
static void count_words(const struct page_reading *r, struct page_result *out)
{
	out->words = words_count(out->markdown);
	out->empty_shell = r->opts->markdown && is_shell(r->d, out->words);
	watch_stage(r->opts->watch, STAGE_WORDS);
}

/* Text that is Markdown or plain already: a page without a tree. */
static bool pass_through(struct arena *a, struct str text, const struct page_opts *opts,
	struct page_result *out, struct err *e)
{
	const struct page_reading r = {
		.arena = a, .d = dom_parse(a, STR(""), NULL), .opts = opts
	};
	size_t limit = page_markdown_limit(opts, text);
	out->cuts |= text.n > limit ? CUT_SIZE : 0;
	out->markdown = str_head(text, limit);
	out->text_bytes = out->markdown.n;
	if (opts->structured)
		out->structured = STR("{}");
	if (opts->pick)
		write_picked(&r, out); /* every name, nothing found */
	bool ok = page_cut_part(&r, out, e);
	if (opts->counts)
		out->words = words_count(out->markdown);
	return ok;
}

static bool read_tree(const struct page_reading *r, struct page_result *out, struct err *e)
{
	const struct page_opts *opts = r->opts;
	struct meta_hint hint;
	bool main = opts->markdown && opts->only_main;
	struct str url = opts->url; /* when nobody said it, as the page itself does */
	if (opts->meta || main) {
		struct page_meta meta;
		meta_read(r->arena, r->d, r->base, &meta, &hint);
		if (opts->meta)
			out->meta = meta;
		if (url.n == 0 && meta.canonical)
			url = str_of(meta.canonical);
		watch_stage(opts->watch, STAGE_META);
	}
	if (arena_over(r->arena)) /* page_work says so */
		return true;
	if (main)
		page_write_main(r, &hint, url, out);
	else if (opts->markdown)
		page_write(r, NULL, out);
	if (arena_over(r->arena))
		return true;
	if (opts->markdown && !page_cut_part(r, out, e))
		return false;
	watch_stage(opts->watch, STAGE_WRITE);
	if (opts->counts)
		count_words(r, out);
	if (opts->html)
		out->html = without_nul(r->arena, r->text);
	if (opts->structured)
		out->structured =
			structured_write(r->arena, r->d, r->base, opts->max_structured_tokens);
	if (opts->pick)
		write_picked(r, out);
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
		bool ok = pass_through(a, without_nul(a, text), opts, out, e);
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
	struct page_reading r = { a, d, find_base(a, d, opts->url), opts, text,
		opts->markdown && content_needs_noscript(d) };
	out->cuts = dom_cuts(d);
	watch_stage(opts->watch, STAGE_REST);
	bool ok = read_tree(&r, out, e);
	watch_stage(opts->watch, STAGE_REST);
	if (opts->watch) {
		opts->watch->nodes += dom_count(d);
		opts->watch->attrs += dom_attrs(d);
	}
	return held(a, e) && ok;
}

const char *const page_link_words[] = { "inline", "references", "none", NULL };
const char *const page_image_words[] = { "inline", "alt", "none", NULL };
