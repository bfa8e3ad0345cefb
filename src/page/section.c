/* SPDX-License-Identifier: Apache-2.0 */
/* The part that is meant. Who misspells a name is told the headings that come nearest. */
#include "page/section.h"
#include "base/buf.h"
#include "page/selector.h"
#include "page/unicode.h"

enum { WORD = 48, COMPARED = 4000, NEAREST = 4, SHOWN = 40 };
enum kind { BY_SELECTOR, BY_ANCHOR, BY_PATH, BY_EITHER };

struct section {
	enum kind kind;
	struct str name; /* without css: or # */
	const struct selector *selector;
};

/* --- what is asked for --- */

static bool compile_selector(struct arena *a, struct section *s, struct err *e)
{
	struct str attr;
	struct err inner;
	s->selector = selector_compile(a, s->name, &inner);
	if (!s->selector)
		return err_set(e, ERR_INVALID_REQUEST, "section: css: %s", inner.msg);
	return selector_takes(s->selector, &attr) == TAKE_NODE ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "section: css: takes elements, not ::text or ::attr()");
}

const struct section *section_compile(struct arena *a, struct str text, struct err *e)
{
	struct section *s = ARENA_NEW(a, struct section);
	text = str_trim(text);
	s->name = (struct str) { arena_text(a, text), text.n };
	s->kind = str_starts(text, STR("css:")) ? BY_SELECTOR
		  : str_starts(text, STR("#"))	? BY_ANCHOR
		  : str_has(text, STR(" > "))	? BY_PATH
						: BY_EITHER;
	size_t skip = s->kind == BY_SELECTOR ? 4 : s->kind == BY_ANCHOR;
	s->name = str_trim((struct str) { s->name.p + skip, s->name.n - skip });
	if (!s->name.n) {
		err_set(e, ERR_INVALID_REQUEST,
			"section: an anchor (#install), a heading or a path of them (Guide > "
			"Install), or css: and a selector");
		return NULL;
	}
	return s->kind != BY_SELECTOR || compile_selector(a, s, e) ? s : NULL;
}

/* --- headings by their texts --- */

static uint32_t next_folded(struct str s, size_t *at)
{
	uint32_t cp = uni_first((struct str) { s.p + *at, s.n - *at });
	do
		++*at;
	while (*at < s.n && ((unsigned char)s.p[*at] & 0xC0) == 0x80);
	return uni_fold(cp);
}

static bool same_text(struct str a, struct str b)
{
	size_t i = 0, k = 0;
	a = str_trim(a);
	b = str_trim(b);
	while (i < a.n && k < b.n) {
		bool blank = a.p[i] == ' ' && b.p[k] == ' ';
		if (next_folded(a, &i) != next_folded(b, &k))
			return false;
		while (blank && i < a.n && a.p[i] == ' ')
			i++;
		while (blank && k < b.n && b.p[k] == ' ')
			k++;
	}
	return i == a.n && k == b.n;
}

/* The part of a path behind its last " > ", which is taken off. */
static struct str take_last(struct str *path)
{
	for (size_t at = path->n; at >= 3; at--)
		if (memcmp(path->p + at - 3, " > ", 3) == 0) {
			struct str last = { path->p + at, path->n - at };
			path->n = at - 3;
			return last;
		}
	struct str all = *path;
	path->n = 0;
	return all;
}

static bool path_fits(const struct headings *all, size_t i, struct str path)
{
	if (!same_text(all->v[i].text, take_last(&path)))
		return false;
	while (path.n) {
		struct str want = take_last(&path);
		do
			i = all->v[i].up;
		while (i-- && !same_text(all->v[i].text, want));
		if (i == (size_t)-1)
			return false;
	}
	return true;
}

static bool by_path(const struct headings *all, struct str path, struct section_found *out)
{
	for (size_t i = 0; i < all->n; i++)
		if (path_fits(all, i, path) || same_text(all->v[i].text, path)) {
			*out = (struct section_found) { SECTION_TEXT, all->v[i].at,
				all->v[i].end, NULL, 0 };
			return true;
		}
	return false;
}

/* --- anchors --- */

static nid element_by_id(const struct dom *d, struct str id)
{
	struct str v;
	for (nid n = dom_walk(d, 1, 1); n; n = dom_walk(d, n, 1)) {
		if (dom_kind(d, n) != DOM_ELEMENT)
			continue;
		if ((dom_attr(d, n, ATTR_ID, &v) && str_eq(v, id)) ||
			(dom_html_tag(d, n) == TAG_A && dom_attr(d, n, ATTR_NAME, &v) &&
				str_eq(v, id)))
			return n;
	}
	return 0;
}

/* An anchor without content of its own stands for what holds it. */
static nid with_content(const struct dom *d, nid id)
{
	while (id && !dom_first(d, id) && dom_parent(d, id) && id != dom_body(d))
		id = dom_parent(d, id);
	return id;
}

static bool by_anchor(struct arena *a, const struct dom *d, const struct headings *all,
	struct str name, struct section_found *out)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].anchor.p && str_eq(all->v[i].anchor, name)) {
			*out = (struct section_found) { SECTION_TEXT, all->v[i].at,
				all->v[i].end, NULL, 0 };
			return true;
		}
	nid id = d ? with_content(d, element_by_id(d, name)) : 0;
	if (!id)
		return false;
	nid *one = ARENA_NEW(a, nid);
	*one = id;
	*out = (struct section_found) { SECTION_NODES, 0, 0, one, 1 };
	return true;
}

/* As the links of a page have it: "%C3%BCber". HTML, 7.4.6.4 looks for the id as it is written first, too. */
static struct str percent_decoded(struct arena *a, struct str s)
{
	char *to = arena_raw(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool code = s.p[i] == '%' && i + 2 < s.n && str_hex(s.p[i + 1]) >= 0 &&
			    str_hex(s.p[i + 2]) >= 0;
		to[n++] =
			code ? (char)(str_hex(s.p[i + 1]) * 16 + str_hex(s.p[i + 2])) : s.p[i];
		i += code ? 2 : 0;
	}
	return (struct str) { to, n };
}

static bool by_selector(struct arena *a, const struct dom *d, const struct section *s,
	struct section_found *out)
{
	bool whole = true;
	size_t n = 0, kept = 0;
	nid *nodes = ARENA_ARRAY(a, nid, SECTION_PARTS);
	if (d) {
		struct arena *scratch = arena_new(((size_t)64 << 20) + dom_count(d) * 128);
		n = selector_find(s->selector, d, 1, nodes, SECTION_PARTS, scratch, &whole);
		arena_free(&scratch);
	}
	for (size_t i = 0; i < n; i++) { /* document order: what is inside one follows it */
		nid up = nodes[i];
		while (up && kept && up != nodes[kept - 1])
			up = dom_parent(d, up);
		if (!up || !kept)
			nodes[kept++] = nodes[i];
	}
	*out = (struct section_found) { SECTION_NODES, 0, 0, nodes, kept };
	return kept > 0;
}

/* --- what comes nearest --- */

/* Edits that make one of the other (Levenshtein), less where one holds the other; ASCII case ignored. */
static unsigned distance(struct str a, struct str b)
{
	uint8_t row[WORD + 1];
	a = (struct str) { a.p, a.n < WORD ? a.n : WORD };
	b = (struct str) { b.p, b.n < WORD ? b.n : WORD };
	for (size_t k = 0; k <= b.n; k++)
		row[k] = (uint8_t)k;
	for (size_t i = 0; i < a.n; i++) {
		uint8_t corner = row[0];
		row[0] = (uint8_t)(i + 1);
		for (size_t k = 0; k < b.n; k++) {
			bool same = str_lower(a.p[i]) == str_lower(b.p[k]);
			unsigned best = corner + (same ? 0u : 1u);
			best = best < row[k] + 1u ? best : row[k] + 1u;
			best = best < row[k + 1] + 1u ? best : row[k + 1] + 1u;
			corner = row[k + 1];
			row[k + 1] = (uint8_t)best;
		}
	}
	for (size_t i = 0; b.n && i + b.n <= a.n; i++)
		if (str_istarts((struct str) { a.p + i, a.n - i }, b))
			return row[b.n] / 4u;
	return row[b.n];
}

static unsigned how_far(const struct heading *h, struct str name)
{
	unsigned text = distance(h->text, name),
		 anchor = h->anchor.p ? distance(h->anchor, name) : text;
	return text < anchor ? text : anchor;
}

static void put_heading(struct buf *b, const struct heading *h, const char *gap)
{
	struct str text = str_head(h->text, SHOWN), anchor = str_head(h->anchor, SHOWN);
	if (h->anchor.p && anchor.n == h->anchor.n)
		buf_addf(b, "%s#%.*s (%.*s)", gap, STR_ARG(anchor), STR_ARG(text));
	else
		buf_addf(b, "%s%.*s", gap, STR_ARG(text));
}

static bool not_found(const struct section *s, const struct headings *all, struct err *e)
{
	struct buf b;
	size_t best[NEAREST], n = 0;
	unsigned far[NEAREST];
	for (size_t i = 0; i < all->n && i < COMPARED; i++) {
		struct str path = s->name;
		unsigned here = how_far(&all->v[i], take_last(&path));
		size_t k = n < NEAREST ? n++ : NEAREST;
		for (; k > 0 && far[k - 1] > here; k--)
			if (k < NEAREST) {
				far[k] = far[k - 1];
				best[k] = best[k - 1];
			}
		if (k < NEAREST) {
			far[k] = here;
			best[k] = i;
		}
	}
	buf_init(&b, 1024);
	buf_addf(&b, "section: the page has no \"%.*s\"; ", STR_ARG(str_head(s->name, SHOWN)));
	buf_text(&b, n ? "nearest: " : "it has no headings at all");
	for (size_t i = 0; i < n && b.len < sizeof e->msg - SHOWN; i++)
		put_heading(&b, &all->v[best[i]], i ? ", " : "");
	struct str said = str_head(buf_str(&b), sizeof e->msg - 1);
	err_set(e, ERR_INVALID_REQUEST, "%.*s", STR_ARG(said));
	buf_release(&b);
	return false;
}

bool section_find(struct arena *a, const struct section *s, const struct dom *d,
	const struct headings *headings, struct section_found *out, struct err *e)
{
	if (s->kind == BY_SELECTOR)
		return by_selector(a, d, s, out) ||
		       err_set(e, ERR_INVALID_REQUEST,
			       "section: no element of the page matches %.100s", s->name.p);
	if (s->kind != BY_PATH &&
		(by_anchor(a, d, headings, s->name, out) ||
			by_anchor(a, d, headings, percent_decoded(a, s->name), out)))
		return true;
	if (s->kind != BY_ANCHOR && by_path(headings, s->name, out))
		return true;
	return not_found(s, headings, e);
}
