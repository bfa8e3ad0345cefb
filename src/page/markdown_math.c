/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formulas: TeX between dollar signs where the page has it (an annotation, alttext, a script, the description of
 * an image), else MathML as a line of text: x^2, (a+b)/c, √(x+y).
 */
#include "page/markdown_in.h"
#include "base/check.h"

/* "a<b" would be a tag to who does not know formulas; blanks mean nothing in TeX. */
static bool opens_tag(const char *p)
{
	return *p == '<' && (((p[1] | 32) >= 'a' && (p[1] | 32) <= 'z') || strchr("/!?", p[1]));
}

void md_formula(struct md *m, struct str tex, bool display)
{
	tex = str_trim(tex);
	if (tex.n == 0 || m->out->len + tex.n > m->limit)
		return;
	display = display && !m->flat && !m->in_link;
	if (display)
		md_block(m, 2);
	md_content(m, '$');
	md_say(m, display ? "$$" : "$");
	for (size_t i = 0; i < tex.n; i++) {
		if (tex.p[i] == '|' && m->cell)
			md_char(m, '\\');
		md_char(m, scan_is_space(tex.p[i]) ? ' ' : tex.p[i]);
		if (i + 1 < tex.n && opens_tag(tex.p + i))
			md_char(m, ' ');
	}
	md_say(m, display ? "$$" : "$");
	m->text_bytes += tex.n;
	if (display)
		md_block(m, 2);
}

/* The element beside id, over the white space between; 0: none near. */
static nid element_before(const struct dom *d, nid id)
{
	enum { NEAR = 8 };
	id = dom_prev(d, id);
	for (int i = 0; i < NEAR && id && dom_kind(d, id) != DOM_ELEMENT; i++)
		id = dom_prev(d, id);
	return id && dom_kind(d, id) == DOM_ELEMENT ? id : 0;
}

static nid element_behind(const struct dom *d, nid id)
{
	enum { NEAR = 8 };
	id = dom_next(d, id);
	for (int i = 0; i < NEAR && id && dom_kind(d, id) != DOM_ELEMENT; i++)
		id = dom_next(d, id);
	return id && dom_kind(d, id) == DOM_ELEMENT ? id : 0;
}

/* The sign between the parts of a MathML element: before its second and third child. */
static const char *joint(const struct dom *d, nid id)
{
	if (!element_before(d, id))
		return "";
	switch (dom_tag(d, dom_parent(d, id))) {
	case TAG_MSUP:
	case TAG_MOVER:
		return "^";
	case TAG_MSUB:
	case TAG_MUNDER:
		return "_";
	case TAG_MSUBSUP:
	case TAG_MUNDEROVER:
		return element_behind(d, id) ? "_" : "^";
	case TAG_MROOT:
		return "^(1/";
	case TAG_MFRAC:
		return "/";
	case TAG_MFENCED:
		return ",";
	case TAG_MTR:
		return ", ";
	case TAG_MTABLE:
		return "; ";
	default:
		return "";
	}
}

static bool holds_several(const struct dom *d, nid id)
{
	nid first = dom_first(d, id);
	if (first && dom_kind(d, first) != DOM_ELEMENT)
		first = element_behind(d, first);
	return first && element_behind(d, first);
}

/* Does an element stand in brackets of its own? A row does where it is a part of something like a fraction. */
static bool in_brackets(const struct dom *d, nid id)
{
	switch (dom_tag(d, id)) {
	case TAG_MFENCED:
		return true;
	case TAG_MSQRT:
		return holds_several(d, id);
	case TAG_MROW:
		break;
	default:
		return false;
	}
	switch (dom_tag(d, dom_parent(d, id))) {
	case TAG_MSUP:
	case TAG_MSUB:
	case TAG_MSUBSUP:
	case TAG_MOVER:
	case TAG_MUNDER:
	case TAG_MUNDEROVER:
	case TAG_MFRAC:
	case TAG_MROOT:
		return holds_several(d, id);
	default:
		return false;
	}
}

/* Names of functions and words keep away from what is beside them: sin x. */
static void put_token(const struct dom *d, nid text, struct buf *out, bool *word)
{
	struct str s = str_trim(dom_text(d, text));
	enum tag_id tag = dom_tag(d, dom_parent(d, text));
	if (s.n == 0)
		return;
	bool now = tag == TAG_MTEXT || (tag == TAG_MI && s.n > 1);
	if (out->len && (now || *word) && uni_is_alnum((unsigned char)out->p[out->len - 1]) &&
		uni_is_alnum((unsigned char)s.p[0]))
		buf_char(out, ' ');
	buf_add_str(out, s);
	*word = now;
}

static void close_element(const struct dom *d, nid id, struct buf *out)
{
	if (in_brackets(d, id))
		buf_char(out, ')');
	if (dom_tag(d, dom_parent(d, id)) == TAG_MROOT && element_before(d, id))
		buf_char(out, ')');
}

/* A formula as a line of text, where the page gives no TeX. */
static void linear(const struct dom *d, nid math, struct buf *out)
{
	bool word = false;
	nid id = dom_first(d, math);
	while (id) {
		bool leaf = dom_kind(d, id) != DOM_ELEMENT ||
			    dom_tag(d, id) == TAG_ANNOTATION ||
			    dom_tag(d, id) == TAG_ANNOTATION_XML;
		if (dom_kind(d, id) == DOM_TEXT) {
			put_token(d, id, out, &word);
		} else if (!leaf) {
			buf_text(out, joint(d, id));
			buf_text(out, dom_tag(d, id) == TAG_MSQRT ? "√" : "");
			buf_text(out, in_brackets(d, id) ? "(" : "");
			if (dom_first(d, id)) {
				id = dom_first(d, id);
				continue;
			}
			close_element(d, id, out);
		}
		while (id != math && !dom_next(d, id)) {
			id = dom_parent(d, id);
			if (id != math)
				close_element(d, id, out);
		}
		id = id == math ? 0 : dom_next(d, id);
	}
}

bool md_math(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct str v, tex = { "", 0 };
	bool display = dom_attr(d, id, ATTR_DISPLAY, &v) && str_ieq(v, STR("block"));
	for (nid c = dom_walk(d, id, id); c && !tex.n; c = dom_walk(d, c, id))
		if (dom_tag(d, c) == TAG_ANNOTATION && dom_attr(d, c, ATTR_ENCODING, &v) &&
			(str_has(v, STR("tex")) || str_has(v, STR("TeX"))) && dom_first(d, c))
			tex = dom_text(d, dom_first(d, c));
	if (!tex.n)
		dom_attr(d, id, ATTR_ALTTEXT, &tex);
	if (tex.n) {
		md_formula(m, tex, display);
		return false;
	}
	struct buf line;
	buf_init(&line, 1 << 16);
	linear(d, id, &line);
	md_text(m, buf_str(&line));
	buf_release(&line);
	return false;
}

bool md_math_script(struct md *m, nid id)
{
	struct str type;
	if (dom_attr(m->d, id, ATTR_TYPE, &type) && str_istarts(type, STR("math/tex")) &&
		dom_first(m->d, id))
		md_formula(m, dom_text(m->d, dom_first(m->d, id)),
			str_has(type, STR("mode=display")));
	return false;
}
