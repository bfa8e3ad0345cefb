/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images (CommonMark 6.4). Pages that load images late put a stand-in into src and the true address
 * elsewhere; where is looked up in the order of sources below. Counting pixels are left out, and an
 * image that exists only as data: leaves its description.
 */
#include "page/markdown_in.h"
#include "base/check.h"
#include "page/unicode.h"

static bool is_data(struct str url)
{
	return str_istarts(str_trim(url), STR("data:"));
}

/* One pass for all words, which are compared only where one of their first letters stands: asked of each
 * image's address, where a search for every word cost ten times as much. */
static bool contains_any(struct str s, const struct str *words, size_t n)
{
	uint64_t firsts[2] = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		firsts[words[i].p[0] >> 6 & 1] |= UINT64_C(1) << (words[i].p[0] & 63);
	for (size_t at = 0; at < s.n; at++) {
		if (!(firsts[s.p[at] >> 6 & 1] >> (s.p[at] & 63) & 1))
			continue;
		for (size_t i = 0; i < n; i++)
			if (words[i].p[0] == s.p[at] &&
				str_starts((struct str) { s.p + at, s.n - at }, words[i]))
				return true;
	}
	return false;
}

/* src="blank.gif" and the like, believed only when another source is there. The weaker words are such
 * only in short names: "truck-loading-at-the-dock.jpg" shows a truck. */
static bool is_stand_in(struct str url)
{
	enum { SHORT_NAME = 28 };
	static const struct str strong[] = { STR_INIT("placeholder"), STR_INIT("blank."),
		STR_INIT("spacer"), STR_INIT("transparent"), STR_INIT("1x1") };
	static const struct str weak[] = { STR_INIT("loading"), STR_INIT("lazy"),
		STR_INIT("pixel."), STR_INIT("grey."), STR_INIT("gray."), STR_INIT("dummy"),
		STR_INIT("clear."), STR_INIT("loader.") };
	url.n = str_find(url, '?');
	size_t slash = url.n;
	while (slash && url.p[slash - 1] != '/')
		slash--;
	struct str name = { url.p + slash, url.n - slash };
	return contains_any(name, strong, COUNT_OF(strong)) ||
	       (name.n <= SHORT_NAME && contains_any(name, weak, COUNT_OF(weak)));
}

/* The number of a descriptor: "640w", "1.5x". Without one it is 1x; heights say nothing more. */
static double size_in(struct str descriptors)
{
	double size = 0, unit = 1;
	bool point = false, digits = false;
	for (size_t i = 0; i < descriptors.n; i++) {
		char c = descriptors.p[i];
		if (c >= '0' && c <= '9' && size < 1e6) {
			unit = point ? unit / 10 : 1;
			size = point ? size + (c - '0') * unit : size * 10 + (c - '0');
			digits = true;
		} else if (c == '.') {
			point = true;
		} else if (digits) {
			break;
		}
	}
	return digits ? size : 1;
}

/* The largest image of a srcset (HTML Standard 4.8.4.3.10: an address may hold commas). */
static struct str largest_of(struct str set)
{
	struct str best = { "", 0 };
	double best_size = -1;
	size_t i = 0;
	while (i < set.n) {
		while (i < set.n && (scan_is_space(set.p[i]) || set.p[i] == ','))
			i++;
		size_t from = i;
		while (i < set.n && !scan_is_space(set.p[i]))
			i++;
		struct str url = { set.p + from, i - from };
		double size = 1;
		if (url.n && url.p[url.n - 1] == ',') {
			while (url.n && url.p[url.n - 1] == ',')
				url.n--;
		} else {
			from = i;
			while (i < set.n && set.p[i] != ',')
				i++;
			size = size_in((struct str) { set.p + from, i - from });
		}
		if (url.n && !is_data(url) && size > best_size) {
			best = url;
			best_size = size;
		}
	}
	return best;
}

static struct str late_source(const struct dom *d, nid img)
{
	static const enum attr_id plain[] = { ATTR_DATA_SRC, ATTR_DATA_LAZY_SRC,
		ATTR_DATA_ORIGINAL, ATTR_DATA_LAZY, ATTR_DATA_URL };
	static const enum attr_id sets[] = { ATTR_DATA_SRCSET, ATTR_DATA_LAZY_SRCSET,
		ATTR_SRCSET };
	struct str v;
	for (size_t i = 0; i < COUNT_OF(plain); i++)
		if (dom_attr(d, img, plain[i], &v) && str_trim(v).n && !is_data(v))
			return str_trim(v);
	for (size_t i = 0; i < COUNT_OF(sets); i++)
		if (dom_attr(d, img, sets[i], &v) && (v = largest_of(v)).n)
			return v;
	return (struct str) { "", 0 };
}

/* The noscript for readers without scripts that may hold a copy of the image; 0: none near. */
static nid copy_behind(const struct dom *d, nid img)
{
	nid after = dom_next(d, img);
	for (int i = 0; i < 3 && after && dom_html_tag(d, after) != TAG_NOSCRIPT; i++)
		after = dom_next(d, after);
	return after && dom_html_tag(d, after) == TAG_NOSCRIPT ? after : 0;
}

/* What the first of a picture's sources that names one names. */
static struct str picture_source(struct md *m, nid picture)
{
	enum { STEP = 8 /* bytes that a tag takes at least */ };
	const struct dom *d = m->d;
	struct str v = { "", 0 };
	for (nid id = dom_first(d, picture); id && md_affords(m, STEP + v.n);
		id = dom_next(d, id)) {
		v.n = 0;
		if (dom_html_tag(d, id) == TAG_SOURCE &&
			(dom_attr(d, id, ATTR_SRCSET, &v) ||
				dom_attr(d, id, ATTR_DATA_SRCSET, &v)) &&
			largest_of(v).n)
			return largest_of(v);
	}
	return (struct str) { "", 0 };
}

/* picture > source, or the copy in a noscript behind the image. */
static struct str source_beside(struct md *m, nid img)
{
	const struct dom *d = m->d;
	struct str v;
	nid box = dom_parent(d, img);
	if (dom_html_tag(d, box) == TAG_PICTURE) {
		if (m->beside.picture != box)
			m->beside.source = picture_source(m, box);
		m->beside.picture = box;
		if (m->beside.source.n)
			return m->beside.source;
	}
	nid after = copy_behind(d, img);
	if (!after)
		return (struct str) { "", 0 };
	nid id = dom_walk(d, after, after);
	for (int n = 0; id && n < 20; id = dom_walk(d, id, after), n++)
		if (dom_html_tag(d, id) == TAG_IMG && dom_attr(d, id, ATTR_SRC, &v) &&
			!is_data(v))
			return str_trim(v);
	return (struct str) { "", 0 };
}

static bool may_have_other_source(const struct dom *d, nid img)
{
	const uint64_t late = attr_bit(ATTR_DATA_SRC) | attr_bit(ATTR_DATA_LAZY_SRC) |
			      attr_bit(ATTR_DATA_ORIGINAL) | attr_bit(ATTR_DATA_LAZY) |
			      attr_bit(ATTR_DATA_URL) | attr_bit(ATTR_DATA_SRCSET) |
			      attr_bit(ATTR_DATA_LAZY_SRCSET) | attr_bit(ATTR_SRCSET);
	return dom_attr_bits(d, img) & late || copy_behind(d, img) ||
	       dom_html_tag(d, dom_parent(d, img)) == TAG_PICTURE;
}

static struct str source_of(struct md *m, nid img)
{
	const struct dom *d = m->d;
	struct str src = { "", 0 };
	dom_attr(d, img, ATTR_SRC, &src);
	src = str_trim(src);
	bool data = is_data(src);
	if (src.n && !data && (!may_have_other_source(d, img) || !is_stand_in(src)))
		return src;
	struct str late = late_source(d, img);
	if (!late.n)
		late = source_beside(m, img);
	if (late.n)
		return late;
	return data ? (struct str) { "", 0 } : src;
}

bool md_is_tiny(const struct dom *d, nid id)
{
	struct str w, h;
	return dom_attr(d, id, ATTR_WIDTH, &w) && dom_attr(d, id, ATTR_HEIGHT, &h) && w.n &&
	       h.n && (w.p[0] == '0' || w.p[0] == '1') && (h.p[0] == '0' || h.p[0] == '1') &&
	       (w.n == 1 || w.p[1] == 'p') && (h.n == 1 || h.p[1] == 'p');
}

/* A picture of one pixel. Drawings are written with that size when nobody knows theirs. */
static bool is_pixel(const struct dom *d, nid id, struct str src)
{
	return md_is_tiny(d, id) && !str_ends(src, STR(".svg"));
}

/* Every word has a dot, and addresses have few of them. */
static bool is_tracker(struct str src)
{
	static const struct {
		struct str word;
		uint8_t dot; /* where it stands */
	} words[] = { { STR_INIT("doubleclick.net"), 11 }, { STR_INIT("facebook.com/tr"), 8 },
		{ STR_INIT("google-analytics.com"), 16 },
		{ STR_INIT("scorecardresearch.com"), 17 }, { STR_INIT("quantserve.com"), 10 },
		{ STR_INIT("bat.bing.com"), 3 }, { STR_INIT("pixel.wp.com"), 5 },
		{ STR_INIT("analytics.twitter.com"), 9 }, { STR_INIT("/pixel.gif"), 6 },
		{ STR_INIT("/1x1.gif"), 4 }, { STR_INIT("/count.gif"), 6 } };
	for (size_t at = str_find(src, '.'); at < src.n;) {
		struct str rest = { src.p + at + 1, src.n - at - 1 };
		for (size_t i = 0; at && rest.n && i < COUNT_OF(words); i++) {
			size_t dot = words[i].dot;
			const char *word = words[i].word.p;
			if (word[dot - 1] == rest.p[-2] && word[dot + 1] == rest.p[0] &&
				dot <= at &&
				str_starts((struct str) { src.p + at - dot, src.n - at + dot },
					words[i].word))
				return true;
		}
		at += 1 + str_find(rest, '.');
	}
	return false;
}

/* Wikipedia shows formulas as images; their description is the formula in TeX. */
static bool put_formula(struct md *m, nid id, struct str alt)
{
	struct str cls;
	if (!alt.n || !dom_attr(m->d, id, ATTR_CLASS, &cls) ||
		!str_starts(cls, STR("mwe-math")))
		return false;
	md_formula(m, alt, false);
	return true;
}

static bool is_letter(uint32_t c)
{
	return c < 0x80 ? uni_is_alnum((unsigned char)c)
			: uni_class(c) == UNI_OTHER && c < 0x2E80;
}

/* In place of the image, not run together with the words beside it. A single letter is a word's painted initial. */
static void put_text(struct md *m, nid id, struct str alt)
{
	enum { INITIAL = 2 /* bytes */ };
	nid next = dom_next(m->d, id);
	struct str behind = next && dom_kind(m->d, next) == DOM_TEXT ? dom_text(m->d, next)
								     : (struct str) { "", 0 };
	bool word = alt.n > INITIAL;
	m->space |= word && is_letter(uni_first(alt)) && is_letter(uni_last(buf_str(m->out)));
	md_text(m, alt);
	m->space |= word && is_letter(uni_last(alt)) && is_letter(uni_first(behind));
}

/* Blanks that are due stay due: the label stands apart from the text around it. */
void md_put_label(struct md *m, struct str text, size_t max)
{
	text = str_trim(text);
	if (text.n > max) {
		text.n = max;
		while (text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
			text.n--;
		text = str_trim(text);
	}
	bool space = m->space;
	m->in_link++;
	md_escaped(m, text);
	m->in_link--;
	m->space = space;
}

void md_image(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct str alt = { "", 0 }, src = source_of(m, id);
	dom_attr(d, id, ATTR_ALT, &alt);
	alt = str_trim(alt);
	if (is_pixel(d, id, src) || (alt.n == 0 && is_tracker(src)) ||
		m->out->len + alt.n > m->limit)
		return;
	if (put_formula(m, id, alt))
		return;
	if (m->o->images != IMAGES_INLINE) {
		if (m->o->images == IMAGES_ALT || (m->in_link && m->link.alt_counts))
			put_text(m, id, alt); /* the text of a link that has no other stays */
		return;
	}
	if (!md_resolve(m, src)) {
		if (m->in_link && m->link.alt_counts && alt.n <= MD_ALT_MAX)
			md_text(m, alt);
		return;
	}
	md_content(m, '!');
	md_say(m, "![");
	if (alt.n && !md_caption_says(m, id, alt))
		md_put_label(m, alt, MD_ALT_MAX);
	size_t label = m->out->len;
	md_say(m, "](");
	md_put_url(m, m->address.text);
	struct str title;
	if (dom_attr(d, id, ATTR_TITLE, &title))
		md_image_title(m, title, alt, label);
	md_address_end(m, true);
}
