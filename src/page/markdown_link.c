/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links (CommonMark 6.3). A link whose content is one line of text is a mark like emphasis (markdown_mark.c). One that
 * holds blocks (a "card") has its address put on the heading inside; without a heading its blocks are
 * joined into one line. What leads nowhere an agent could go (javascript:, data:, nothing) is text, and one without
 * text is called by its name (markdown_name.c).
 *
 * First entering and leaving the element; at the end the two brackets, which the marks ask for when text comes.
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
	nid only = dom_first(d, a);
	if (only && dom_kind(d, only) == DOM_TEXT && !dom_next(d, only)) { /* two of three */
		in->text = !md_is_blank(d, only);
		return;
	}
	for (nid id = dom_walk(d, a, a); id && !in->complex;) {
		bool past = false;
		if (dom_kind(d, id) == DOM_TEXT) {
			in->text = in->text || !md_is_blank(d, id);
			text += listed ? str_trim(dom_text(d, id)).n : 0;
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

/* The anchor that documentation generators put into headings: "#", a pilcrow or a chain. */
static bool is_self_anchor(const struct md *m, nid id, struct str href)
{
	static const char *const signs[] = { "#", "\xC2\xB6", "\xC2\xA7", "\xF0\x9F\x94\x97",
		"\xEF\x83\x81" };
	if (str_find(href, '#') == href.n)
		return false;
	struct buf text;
	buf_init(&text, 4096);
	bool few = md_gather_few(m->d, id, &text);
	struct str s = str_trim(buf_str(&text));
	bool yes = few && href.p[0] == '#' && md_is_spacer(s);
	for (size_t i = 0; i < COUNT_OF(signs) && few && !yes; i++)
		yes = str_eq(s, str_of(signs[i]));
	buf_release(&text);
	return yes;
}

/* A link that goes on behind the end of a box has said its name before. */
static bool said_before(const struct dom *d, nid id)
{
	return d->nodes[id].flags & NODE_CLONE;
}

/* A link without text: its label, if it has one. Without, one that is empty in the page (often laid
 * over a card) stays for those who follow links; one around an icon goes. */
static bool enter_empty(struct md *m, nid id)
{
	struct str label;
	bool named = md_name_of(m->d, id, &label);
	nid child = dom_first(m->d, id);
	bool bare = !child || (dom_kind(m->d, child) == DOM_TEXT && !dom_next(m->d, child));
	if (named && said_before(m->d, id))
		return false;
	if (!named &&
		(!bare || !m->o->forms || (m->address.text.n && m->address.text.p[0] == '#')))
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
	struct str href, name;
	struct inside in;
	if (!dom_attr(m->d, id, ATTR_HREF, &href))
		return true;
	if (m->lead && is_self_anchor(m, id, href))
		return false;
	if (m->o->links == LINKS_NONE || m->in_link || m->link.open >= MD_LINKS_MAX ||
		(!md_resolve(m, href) && (m->o->base || m->address.text.n || str_trim(href).n)))
		return true; /* href="" is the page itself, and says so as long as its address is unknown */
	if (md_autolink(m, id, href))
		return false;
	m->address.of = id;
	look(m, id, &in);
	bool logo = in.heading && !m->flat && md_icon_title(m->d, id, &name);
	if (!in.text && !in.image && !in.complex && !logo)
		return enter_empty(m, id);
	bool card = in.heading && !m->flat && !in.complex;
	struct md_frame *f = md_push(m, id, card ? ACT_CARD : ACT_LINK);
	if (!f)
		return true;
	m->link.open++;
	m->link.alt_counts = !in.text;
	if (card) {
		md_block(m, 2);
		m->link.card = id;
		return true;
	}
	if (in.blocks && !in.complex && !m->flat) { /* blocks in one line */
		md_block(m, 2);
		m->flat++;
		f->link.flat = true;
	}
	f->link.marked = md_mark_push(m, MARK_LINK, id);
	return true;
}

void md_link_leave(struct md *m, const struct md_frame *f)
{
	m->link.open--;
	if (f->act == ACT_CARD) {
		m->link.card = 0;
		md_block(m, 2);
		return;
	}
	struct str name; /* a picture that has no address we know is still a link */
	if (f->link.marked && m->link.alt_counts && !m->o->skip &&
		m->marks.v[m->marks.n - 1].state == MARK_WAITING &&
		!said_before(m->d, f->node) && md_name_of(m->d, f->node, &name))
		md_text(m, name);
	if (f->link.marked)
		md_mark_pop(m);
	if (f->link.flat) {
		m->flat--;
		md_block(m, 2);
	}
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
	unsigned char last = (unsigned char)m->link.last;
	bool digits = last >= '0' && last <= '9' && next >= '0' && next <= '9';
	bool words = (is_capital(next) || next == '!') &&
		     (last >= 0x80 || uni_is_alnum(last) || last == ')');
	if ((digits || words) && m->link.end == m->out->len && m->out->len > m->line_at &&
		!m->link.is_image)
		md_char(m, ' ');
}

void md_link_close(struct md *m, nid id, size_t text_at)
{
	struct str href = { "", 0 };
	if (m->address.of != id) { /* an image came between */
		dom_attr(m->d, id, ATTR_HREF, &href);
		md_resolve(m, href);
	}
	size_t label_end = m->out->len;
	md_say(m, "](");
	md_put_url(m, m->address.text);
	size_t url_end = m->out->len;
	struct str title; /* alone it would be read as the address */
	if (m->address.text.n && dom_attr(m->d, id, ATTR_TITLE, &title))
		md_link_title(m, title, text_at, label_end);
	m->link.is_web = m->out->len == url_end && m->o->links != LINKS_REFERENCES &&
			 md_is_web(m->address.text);
	if (m->o->links == LINKS_REFERENCES && m->address.text.n)
		md_refer(m, label_end);
	else
		md_char(m, ')');
	m->link.last = label_end > text_at ? m->out->p[label_end - 1] : ' ';
	m->link.end = m->out->len;
	m->link.is_image = false;
}
