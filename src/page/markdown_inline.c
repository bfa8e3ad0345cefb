/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smaller inline things: super- and subscripts, check boxes, which cites are emphasis.
 */
#include "page/markdown_in.h"
#include "base/check.h"

enum { SCRIPT_MAX = 24 };

static const char script_keys[] = "0123456789+-=()ni";
static const char *const uppers[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁺",
	"⁻", "⁼", "⁽", "⁾", "ⁿ", "ⁱ" };
static const char *const lowers[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉", "₊",
	"₋", "₌", "₍", "₎", "ₙ", "ᵢ" };

/* cite marks the title of a work (standard 4.5.6). Where links, emphasis and text stand side by side in it, it holds
 * a whole entry of a bibliography, and nobody writes that in italics. */
bool md_is_whole_reference(const struct dom *d, nid id)
{
	size_t parts = 0, elements = 0;
	if (dom_html_tag(d, id) != TAG_CITE)
		return false;
	for (nid c = dom_first(d, id); c && parts < 2; c = dom_next(d, c)) {
		bool element = dom_kind(d, c) == DOM_ELEMENT;
		elements += element;
		parts += element || (dom_kind(d, c) == DOM_TEXT && !md_is_blank(d, c));
	}
	return parts > 1 && elements > 0;
}

/* What begins with a mark of its own ("*", "?", ": 12", ".99" of a price) cannot be taken for a part of the number or
 * name before it; a sign or a bracket can. */
static bool stands_apart(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	if (c == '.' || c == ',')
		return s.n == 3 && s.p[1] >= '0' && s.p[1] <= '9' && s.p[2] >= '0' &&
		       s.p[2] <= '9';
	return uni_is_punct(c) && !strchr("+-=(/^<>", c);
}

/* x<sup>2</sup> must not become x2. Characters of Unicode where they exist, the tags where they do
 * not; words ("1<sup>st</sup>", trade marks), links (references) and what stands apart mean the same when
 * they are plain. */
bool md_script(struct md *m, nid id, bool up)
{
	struct buf text;
	const struct dom *d = m->d;
	size_t nodes = 0;
	for (nid c = dom_walk(d, id, id); c; c = dom_walk(d, c, id))
		if (++nodes > SCRIPT_MAX ||
			(dom_kind(d, c) == DOM_ELEMENT && md_kind_of(d, c) != K_INLINE &&
				md_kind_of(d, c) != K_EM))
			return true;
	buf_init(&text, 4096);
	bool few = md_gather_few(d, id, &text);
	struct str s = str_trim(buf_str(&text));
	bool known = true, words = true;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		known = known && c && strchr(script_keys, c);
		words = words && (c >= 0x80 || ((c | 32) >= 'a' && (c | 32) <= 'z'));
	}
	bool plain = s.n == 0 || m->in_link || stands_apart(s) || s.n > SCRIPT_MAX ||
		     (words && !known) || !few;
	if (!plain && known) {
		char glyphs[SCRIPT_MAX * 3 + 1];
		size_t n = 0;
		for (size_t i = 0; i < s.n; i++) {
			size_t k = (size_t)(strchr(script_keys, s.p[i]) - script_keys);
			const char *glyph = up ? uppers[k] : lowers[k];
			memcpy(glyphs + n, glyph, strlen(glyph));
			n += strlen(glyph);
		}
		md_text(m, (struct str) { glyphs, n });
	} else if (!plain) {
		md_content(m, '<');
		md_say(m, up ? "<sup>" : "<sub>");
		md_escaped(m, s);
		md_say(m, up ? "</sup>" : "</sub>");
	}
	buf_release(&text);
	return plain;
}

/* The box of a task list stands right behind the item's marker (GFM 5.3). */
void md_input(struct md *m, nid id)
{
	struct str v;
	if (!m->bare || m->prefix_n > m->bare_prefix || m->flat ||
		!dom_attr(m->d, id, ATTR_TYPE, &v) || !str_ieq(v, STR("checkbox")))
		return;
	md_line(m);
	md_say(m, dom_attr(m->d, id, ATTR_CHECKED, &v) ? "[x] " : "[ ] ");
	m->in_line = true;
	m->first_line = true;
	m->line_at = m->out->len;
}
