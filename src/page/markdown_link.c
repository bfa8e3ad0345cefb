/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links. A link whose content is one line of text is a mark like emphasis (markdown_mark.c). One that
 * holds blocks (a "card") has its address put on the heading inside; without a heading its blocks are
 * joined into one line. What leads nowhere an agent could go (javascript:, data:, nothing) is text.
 */
#include "page/markdown_in.h"
#include "base/check.h"

enum { CARD_TEXT = 400 }; /* bytes: so much of lists may stand in the one line of a link */

struct inside {
	bool text, image, blocks, heading, complex;
};

static void look(const struct md *m, nid a, struct inside *in)
{
	const struct dom *d = m->d;
	*in = (struct inside) { 0 };
	size_t text = 0;
	bool listed = false;
	for (nid id = dom_walk(d, a, a); id && !in->complex;) {
		bool past = false;
		if (dom_kind(d, id) == DOM_TEXT) {
			in->text = in->text || !md_is_spacer(dom_text(d, id));
			text += str_trim(dom_text(d, id)).n;
		} else if (dom_kind(d, id) == DOM_ELEMENT) {
			enum md_kind kind = md_kind_of(d, id);
			past = kind == K_SKIP || kind == K_NOSCRIPT || md_hidden(d, id);
			if (!past) {
				in->image |= kind == K_IMAGE;
				in->heading |= kind == K_HEADING;
				listed |= kind == K_LIST || kind == K_TERM;
				in->blocks |= kind == K_BLOCK || kind == K_HEADING || listed;
				in->complex =
					kind == K_TABLE || kind == K_PRE || kind == K_QUOTE;
			}
		}
		in->complex |= listed && text > CARD_TEXT;
		id = past ? dom_walk_past(d, id, a) : dom_walk(d, id, a);
	}
}

/* Schemes that are no place to go to, and the "#" of buttons that are written as links. */
static bool leads_nowhere(struct str ref)
{
	static const char *const schemes[] = {
		"javascript:", "data:", "vbscript:", "blob:", "about:"
	};
	char first = ref.n ? (char)(ref.p[0] | 0x20) : 0;
	if (first == '#') /* 0x20 is set in it anyway */
		return ref.n == 1;
	if (first != 'j' && first != 'd' && first != 'v' && first != 'b' && first != 'a')
		return false; /* nearly always */
	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (str_istarts(ref, str_of(schemes[i])))
			return true;
	return false;
}

/* Bytes that an address cannot always hold as they are. */
static const bool url_acts[256] = {
	[0 ... ' '] = true,
	[0x7F] = true,
	['<'] = true,
	['>'] = true,
	['`'] = true,
	['\\'] = true,
	['('] = true,
	[')'] = true,
	['|'] = true,
	['&'] = true,
};

/* The first such byte, or end. What stands before `safe` may be read. */
static const char *url_run(const char *p, const char *end, const char *safe)
{
#ifdef __SSE2__
	for (; safe - p >= 16 && p < end; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i stop = _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(' ')));
		stop = scan_any(stop, scan_is(v, 0x7F), scan_is(v, '`'));
		stop = scan_any(stop, scan_is(_mm_or_si128(v, _mm_set1_epi8(2)), '>'), /* < > */
			scan_is(_mm_or_si128(v, _mm_set1_epi8(0x20)), '|')); /* \ | */
		stop = scan_any(stop, scan_is(_mm_or_si128(v, _mm_set1_epi8(1)), ')'), /* ( ) */
			scan_is(v, '&'));
		unsigned stops = (unsigned)_mm_movemask_epi8(stop);
		if (stops) {
			p += __builtin_ctz(stops);
			break;
		}
	}
	if (p > end)
		return end;
#else
	(void)safe;
#endif
	while (p < end && !url_acts[(unsigned char)*p])
		p++;
	return p;
}

/* Line ends and tabs are no part of an address. Plain: nothing in it needs a look. */
static void copy_ref(struct md *m, struct str ref)
{
	const char *end = ref.p + ref.n, *html = m->d->base[0];
	const char *safe = ref.p >= html && end <= m->d->html_end ? m->d->html_end : end;
	size_t i = (size_t)(url_run(ref.p, end, safe) - ref.p);
	m->url_plain = i == ref.n;
	buf_add(&m->url, ref.p, i);
	while (i < ref.n) {
		size_t from = i;
		while (i < ref.n && ref.p[i] != '\t' && ref.p[i] != '\n' && ref.p[i] != '\r')
			i++;
		buf_add(&m->url, ref.p + from, i - from);
		i++;
	}
}

bool md_resolve(struct md *m, struct str ref)
{
	m->url_of = 0;
	m->url_plain = false;
	buf_clear(&m->url);
	while (ref.n && (unsigned char)ref.p[0] <= ' ')
		ref = (struct str) { ref.p + 1, ref.n - 1 };
	while (ref.n && (unsigned char)ref.p[ref.n - 1] <= ' ')
		ref.n--;
	if (ref.n == 0 || ref.n > MD_URL_MAX)
		return false;
	if (m->o->base && ref.p[0] != '#') {
		if (!url_resolve_text(m->o->base, ref, &m->url))
			buf_clear(&m->url);
	}
	if (m->url.len == 0)
		copy_ref(m, ref);
	return m->url.len <= MD_URL_MAX && !leads_nowhere(buf_str(&m->url));
}

static bool balanced(struct str url)
{
	int depth = 0;
	for (size_t i = 0; i < url.n && depth >= 0 && depth <= 30; i++)
		depth += url.p[i] == '(' ? 1 : url.p[i] == ')' ? -1 : 0;
	return depth == 0;
}

void md_put_url(struct md *m, struct str url)
{
	static const char hex[] = "0123456789ABCDEF";
	bool counted = false, parens = true;
	const char *end = url.p + url.n;
	if (m->url_plain && url.p == m->url.p) {
		md_put(m, url.p, url.n);
		return;
	}
	for (const char *p = url.p; p < end; p++) {
		const char *run = p;
		p = url_run(p, end, end);
		md_put(m, run, (size_t)(p - run));
		if (p == end)
			return;
		unsigned char c = (unsigned char)*p;
		if (!counted && (c == '(' || c == ')')) { /* seldom: looked at only then */
			parens = balanced(url);
			counted = true;
		}
		if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '`' || c == '\\' ||
			(!parens && (c == '(' || c == ')'))) {
			char code[3] = { '%', hex[c >> 4], hex[c & 15] };
			md_put(m, code, 3);
			continue;
		}
		if ((c == '|' && m->cell) || (c == '&' && md_is_reference(p, end)))
			md_char(m, '\\');
		md_char(m, (char)c);
	}
}

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

void md_put_title(struct md *m, nid id, size_t text_at)
{
	struct str title;
	if (!dom_attr(m->d, id, ATTR_TITLE, &title))
		return;
	title = str_trim(title);
	struct str text = { m->out->p + text_at, m->out->len - text_at };
	if (title.n == 0 || title.n > MD_TITLE_MAX || str_has(text, title))
		return;
	char quote = str_find(title, '"') == title.n	? '"'
		     : str_find(title, '\'') == title.n ? '\''
							: '"';
	md_char(m, ' ');
	md_char(m, quote);
	const char *end = title.p + title.n;
	bool blank = false;
	for (const char *p = title.p; p < end; p++) {
		if (scan_is_space(*p)) {
			if (!blank)
				md_char(m, ' ');
			blank = true;
			continue;
		}
		blank = false;
		bool acts = *p == quote || *p == '`' || *p == '<' || (*p == '|' && m->cell) ||
			    (*p == '&' && md_is_reference(p, end)) ||
			    (*p == '\\' && (p + 1 == end || uni_is_punct((unsigned char)p[1])));
		if (acts)
			md_char(m, '\\');
		md_char(m, *p);
	}
	md_char(m, quote);
}

/* The last part of the address says the same as the title: "/wiki/Flat_file", "Flat file". */
static bool ends_in(struct str url, struct str title)
{
	if (url.n <= title.n || !strchr("/#:=?", url.p[url.n - title.n - 1]))
		return false;
	for (size_t i = 0; i < title.n; i++) {
		char c = url.p[url.n - title.n + i];
		if (c != title.p[i] &&
			(title.p[i] != ' ' || (c != '_' && c != '-' && c != '+')))
			return false;
	}
	return true;
}

void md_link_close(struct md *m, nid id, size_t text_at)
{
	struct str href = { "", 0 };
	if (m->url_of != id) { /* an image came between */
		dom_attr(m->d, id, ATTR_HREF, &href);
		md_resolve(m, href);
	}
	size_t label_end = m->out->len;
	md_say(m, "](");
	md_put_url(m, buf_str(&m->url));
	struct str text = { m->out->p + text_at, label_end - text_at };
	struct str title;
	if (m->url.len && /* a title alone would be read as the address */
		dom_attr(m->d, id, ATTR_TITLE, &title) && !str_ieq(text, str_trim(title)) &&
		!str_has(text, str_trim(title)) && !ends_in(buf_str(&m->url), str_trim(title)))
		md_put_title(m, id, m->out->len);
	md_char(m, ')');
	m->link_last = label_end > text_at ? m->out->p[label_end - 1] : ' ';
	m->link_end = m->out->len;
	m->link_is_image = false;
}

/* A capital letter of the scripts that have them on most keyboards: Latin, Greek, Cyrillic. */
static bool is_capital(uint32_t cp)
{
	return (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE) ||
	       (cp >= 0x391 && cp <= 0x3A9) || (cp >= 0x410 && cp <= 0x42F);
}

/* Menus often set links side by side without a blank, apart only by their style sheets: "Home" and
 * "News" are no "HomeNews". A word cut into two links goes on in small letters. */
void md_link_gap(struct md *m, uint32_t next)
{
	unsigned char last = (unsigned char)m->link_last;
	bool digits = last >= '0' && last <= '9' && next >= '0' && next <= '9';
	bool words = (is_capital(next) || next == '!') &&
		     (last >= 0x80 || uni_is_alnum(last) || last == ')');
	if ((digits || words) && m->link_end == m->out->len && m->out->len > m->line_at &&
		!m->link_is_image)
		md_char(m, ' ');
}

/* The anchor that documentation generators put into headings: "#", a pilcrow or a chain. */
static bool is_self_anchor(const struct md *m, nid id, struct str href)
{
	static const char *const signs[] = { "#", "\xC2\xB6", "\xC2\xA7", "\xF0\x9F\x94\x97",
		"\xEF\x83\x81" };
	if (!m->lead || !href.n || href.p[0] != '#')
		return false;
	struct buf text;
	buf_init(&text, 4096);
	md_gather(m->d, id, &text);
	struct str s = str_trim(buf_str(&text));
	bool yes = !text.full && md_is_spacer(s);
	for (size_t i = 0; i < COUNT_OF(signs) && !yes; i++)
		yes = str_eq(s, str_of(signs[i]));
	buf_release(&text);
	return yes;
}

/* The title inside an icon. */
bool md_icon_title(const struct dom *d, nid id, struct str *title)
{
	for (nid c = dom_walk(d, id, id), n = 0; c && n < 20; c = dom_walk(d, c, id), n++)
		if (dom_ns(d, c) == NS_SVG && dom_tag(d, c) == TAG_TITLE && dom_first(d, c)) {
			*title = dom_text(d, dom_first(d, c));
			return !md_is_spacer(*title);
		}
	return false;
}

/* A link without text: its label, if it has one. Without, one that is empty in the page (often laid
 * over a card) stays for those who follow links; one around an icon goes. */
static bool enter_empty(struct md *m, nid id)
{
	struct str label;
	bool named = (dom_attr(m->d, id, ATTR_ARIA_LABEL, &label) ||
			     dom_attr(m->d, id, ATTR_TITLE, &label)) &&
		     !md_is_spacer(label);
	if (!named)
		named = md_icon_title(m->d, id, &label);
	nid child = dom_first(m->d, id);
	bool bare = !child || (dom_kind(m->d, child) == DOM_TEXT && !dom_next(m->d, child));
	if (!named && (!bare || !m->o->forms || (m->url.len && m->url.p[0] == '#')))
		return false;
	if (!md_mark_push(m, MARK_LINK, id))
		return false;
	if (named)
		md_text(m, label);
	else
		md_content(m, ']');
	md_mark_pop(m);
	return false;
}

bool md_link_enter(struct md *m, nid id)
{
	struct str href;
	struct inside in;
	if (!dom_attr(m->d, id, ATTR_HREF, &href))
		return true;
	if (is_self_anchor(m, id, href))
		return false;
	if (m->o->links == LINKS_NONE || m->in_link ||
		(!md_resolve(m, href) && (m->o->base || m->url.len || str_trim(href).n)))
		return true; /* href="" is the page itself, and says so as long as its address is unknown */
	if (md_autolink(m, id, href))
		return false;
	m->url_of = id;
	look(m, id, &in);
	if (!in.text && !in.image && !in.complex)
		return enter_empty(m, id);
	bool card = in.heading && !m->flat && !in.complex;
	struct md_frame *f = md_push(m, id, card ? ACT_CARD : ACT_LINK);
	if (!f)
		return true;
	f->text = NULL;
	m->alt_counts = !in.text;
	if (card) {
		md_block(m, 2);
		m->card = id;
		return true;
	}
	if (in.blocks && !in.complex && !m->flat) { /* blocks in one line */
		md_block(m, 2);
		m->flat++;
		f->n = 1;
	}
	if (!md_mark_push(m, MARK_LINK, id))
		f->text = "";
	return true;
}

void md_link_leave(struct md *m, const struct md_frame *f)
{
	if (f->act == ACT_CARD) {
		m->card = 0;
		md_block(m, 2);
		return;
	}
	if (!f->text)
		md_mark_pop(m);
	if (f->n) {
		m->flat--;
		md_block(m, 2);
	}
}
