/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a page: bytes to UTF-8, UTF-8 to a tree, then metadata, the main content if it is asked
 * for, and Markdown from the tree. Parsing never fails; what limits took away is carried along as bits
 * and ends up in the answer.
 */
#include "page/page.h"
#include "page/charset.h"
#include "page/content.h"
#include "page/markdown.h"

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

/* Words as people count them. */
static size_t count_words(struct str s)
{
	enum { GAP, LETTER, INNER, UNSPACED, KEEP };
	static const uint8_t classes[256] = { ['0' ... '9'] = LETTER,
		['A' ... 'Z'] = LETTER,
		['a' ... 'z'] = LETTER,
		['\''] = INNER,
		['-'] = INNER,
		['_'] = INNER,
		['.'] = INNER,
		['/'] = INNER,
		[':'] = INNER,
		[0x80 ... 0xBF] = KEEP,
		[0xC3 ... 0xDF] = LETTER,
		[0xE0 ... 0xE1] = LETTER,
		[0xE3 ... 0xE9] = UNSPACED,
		[0xEA ... 0xED] = LETTER,
		[0xF0 ... 0xF4] = LETTER };
	size_t words = 0, unspaced = 0, inside = 0;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = classes[(unsigned char)s.p[i]];
		words += (c == LETTER) & !inside;
		unspaced += c == UNSPACED;
		inside = c == KEEP ? inside : (c == LETTER) | (inside & (c == INNER));
	}
	return words + (unspaced + 1) / 2;
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
	out->words = count_words(text);
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
		buf_init(&made, 16384);
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

static bool write_markdown(struct arena *a, const struct dom *d, const struct url_base *base,
	const struct content *main, const struct page_opts *opts, struct str text,
	struct page_result *out)
{
	struct markdown_done done;
	struct buf *made = ARENA_NEW(a, struct buf);
	struct markdown_opts how = { .base = base,
		.links = opts->links == LINKS_INLINE,
		.forms = !main,
		.parts = main ? main->parts : NULL,
		.n_parts = main ? main->n_parts : 0,
		.skip = main ? main->skip : NULL,
		.max_bytes = markdown_limit(opts, text),
		.stop = opts->stop,
		.stop_arg = opts->stop_arg };
	buf_init(made, how.max_bytes + MARKDOWN_TAIL);
	arena_defer(a, release, made);
	buf_room(made, text.n / 4 + 4096);
	made->full = false;
	markdown_write(a, d, &how, made, &done);
	out->markdown = buf_str(made);
	out->cuts |= done.cuts;
	out->text_bytes = done.text_bytes;
	return done.text_bytes >= MAIN_MIN_BYTES;
}

bool page_work(struct arena *a, struct str bytes, const struct page_opts *opts,
	struct page_result *out, struct err *e)
{
	struct charset_hint hint = { opts->charset, opts->url };
	*out = (struct page_result) { 0 };
	struct str text = to_utf8(a, bytes, &hint, &out->encoding);
	if (opts->is_text_markdown) {
		pass_through(without_nul(a, text), opts, out);
		return true;
	}
	struct dom_limits limits = { .stop = opts->stop, .stop_arg = opts->stop_arg };
	struct dom *d = dom_parse(a, text, &limits);
	const struct url_base *base = find_base(a, d, opts->url);
	struct str body;
	out->cuts = dom_cuts(d);
	meta_read(a, d, base, &out->meta, &body);
	if (opts->markdown && opts->only_main) {
		struct content main;
		content_find(a, d, &main);
		write_markdown(a, d, base, &main, opts, text, out);
	} else if (opts->markdown) {
		write_markdown(a, d, base, NULL, opts, text, out);
	}
	if (opts->html)
		out->html = without_nul(a, text);
	out->words = count_words(out->markdown);
	out->empty_shell = opts->markdown && is_shell(d, out->words);
	if (arena_over(a))
		return err_set(
			e, ERR_TOO_LARGE, "the page needs more memory than one page may have");
	return true;
}
