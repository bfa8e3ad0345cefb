/* SPDX-License-Identifier: Apache-2.0 */
/* One condition on one element. */
#include "page/selector_in.h"
#include "page/scan.h"

bool sel_opens(const struct dom *d, nid id)
{
	return dom_first(d, id) && dom_html_tag(d, id) != TAG_TEMPLATE;
}

static bool same(struct str a, struct str b, bool ignore_case)
{
	return ignore_case ? str_ieq(a, b) : str_eq(a, b);
}

static bool tag_fits(const struct dom *d, const struct sel_test *t, nid id)
{
	if (dom_ns(d, id) != NS_HTML)
		return str_eq(dom_name(d, id), t->name);
	if (t->id)
		return dom_tag(d, id) == t->id;
	return str_eq(dom_name(d, id), t->lower);
}

/* --- attributes --- */

static bool attr_of(struct sel_work *w, const struct sel_test *t, nid id, struct str *value)
{
	const struct dom *d = w->d;
	w->steps += dom_attr_count(d, id) / 8;
	if (t->cased && dom_ns(d, id) != NS_HTML)
		return dom_attr_named(d, id, t->name, value);
	if (t->id)
		return dom_attr(d, id, (enum attr_id)t->id, value);
	return dom_attr_named(d, id, t->lower, value);
}

/* Is word one of the words of all? */
static bool has_word(struct str all, struct str word, bool ignore_case)
{
	for (struct str one; scan_word(&all, &one);)
		if (same(one, word, ignore_case))
			return true;
	return false;
}

static bool holds(struct sel_work *w, struct str all, struct str part, bool ignore_case)
{
	if (!ignore_case)
		return str_has(all, part);
	w->steps += all.n / 8; /* 31 characters may be looked at before one is not the same */
	for (size_t i = 0; i + part.n <= all.n; i++) {
		w->steps += part.n / 32;
		if (str_ieq((struct str) { all.p + i, part.n }, part))
			return true;
	}
	return false;
}

/* One value may be megabytes, and one selector has hundreds of tests for it. */
enum { LONG_VALUE = 4096 };

static bool attr_fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	struct str v, want = t->value;
	if (!attr_of(w, t, id, &v))
		return false;
	bool free = t->how == CASE_IGNORED ||
		    (t->how == CASE_BY_NAME && dom_ns(w->d, id) == NS_HTML);
	if (t->op == OP_THERE)
		return true;
	if (t->op == OP_EQUAL)
		return same(v, want, free);
	w->steps += v.n / 32;
	if (v.n > LONG_VALUE && sel_over(w))
		return false;
	if (t->op == OP_WORD)
		return has_word(v, want, free);
	bool longer = v.n > want.n;
	struct str head = { v.p, want.n };
	if (t->op == OP_DASH)
		return same(v, want, free) ||
		       (longer && v.p[want.n] == '-' && same(head, want, free));
	if (v.n < want.n || !want.n)
		return false;
	if (t->op == OP_STARTS)
		return same(head, want, free);
	if (t->op == OP_ENDS)
		return same((struct str) { v.p + v.n - want.n, want.n }, want, free);
	return holds(w, v, want, free);
}

static bool id_fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	struct str v;
	return dom_attr(w->d, id, ATTR_ID, &v) && same(v, t->name, dom_quirks(w->d));
}

static bool class_fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	struct str v;
	if (!dom_attr(w->d, id, ATTR_CLASS, &v))
		return false;
	w->steps += v.n / 32;
	if (v.n > LONG_VALUE && sel_over(w))
		return false;
	return has_word(v, t->name, dom_quirks(w->d));
}

/* --- place in the tree --- */

static bool is_edge(struct sel_work *w, nid id, bool first)
{
	const struct dom *d = w->d;
	do {
		id = first ? dom_prev(d, id) : dom_next(d, id);
		w->steps++;
	} while (id && dom_kind(d, id) != DOM_ELEMENT);
	return id == 0;
}

static bool is_empty(struct sel_work *w, nid id)
{
	const struct dom *d = w->d;
	if (!sel_opens(d, id))
		return true;
	for (nid c = dom_first(d, id); c; c = dom_next(d, c)) {
		w->steps++;
		if (dom_kind(d, c) == DOM_ELEMENT ||
			(dom_kind(d, c) == DOM_TEXT && dom_text(d, c).n))
			return false;
	}
	return true;
}

static bool is_root(const struct dom *d, nid id)
{
	nid up = dom_parent(d, id);
	return up && dom_kind(d, up) == DOM_DOCUMENT;
}

/* a*n + b for some n from 0 */
static bool nth_fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	int64_t at = (int64_t)sel_order(w, t, id) - t->b;
	if (at == -(int64_t)t->b)
		return false;
	return t->a == 0 ? at == 0 : at % t->a == 0 && at / t->a >= 0;
}

/* --- forms and links (HTML, 4.16.3) --- */

static bool has(const struct dom *d, nid id, enum attr_id attr)
{
	struct str v;
	return dom_attr(d, id, attr, &v);
}

static bool is_checked(const struct dom *d, nid id)
{
	enum tag_id tag = dom_html_tag(d, id);
	struct str type;
	if (tag == TAG_OPTION)
		return has(d, id, ATTR_SELECTED);
	return tag == TAG_INPUT && has(d, id, ATTR_CHECKED) &&
	       dom_attr(d, id, ATTR_TYPE, &type) &&
	       (str_ieq(type, STR("checkbox")) || str_ieq(type, STR("radio")));
}

/* May it be disabled, and is it? */
static bool is_barred(struct sel_work *w, const struct sel_test *t, nid id, bool *may)
{
	const struct dom *d = w->d;
	enum tag_id tag = dom_html_tag(d, id);
	nid up = dom_parent(d, id);
	bool inherits = tag == TAG_BUTTON || tag == TAG_INPUT || tag == TAG_SELECT ||
			tag == TAG_TEXTAREA || tag == TAG_FIELDSET;
	*may = inherits || tag == TAG_OPTGROUP || tag == TAG_OPTION;
	if (!*may)
		return false;
	if (has(d, id, ATTR_DISABLED))
		return true;
	if (tag == TAG_OPTION)
		return dom_html_tag(d, up) == TAG_OPTGROUP && has(d, up, ATTR_DISABLED);
	return inherits && (w->known[id] >> t->slot & 1);
}

static bool able_fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	bool may, barred = is_barred(w, t, id, &may);
	return may && barred == (t->kind == SEL_DISABLED);
}

static bool need_fits(const struct dom *d, const struct sel_test *t, nid id)
{
	static const char *const never[] = { "hidden", "range", "color", "submit", "image",
		"reset", "button" };
	enum tag_id tag = dom_html_tag(d, id);
	struct str type;
	if (tag != TAG_INPUT && tag != TAG_SELECT && tag != TAG_TEXTAREA)
		return false;
	bool required = has(d, id, ATTR_REQUIRED);
	if (tag == TAG_INPUT && required && dom_attr(d, id, ATTR_TYPE, &type))
		for (size_t i = 0; i < sizeof never / sizeof *never; i++)
			required &= !str_ieq(type, str_of(never[i]));
	return required == (t->kind == SEL_REQUIRED);
}

static bool is_link(const struct dom *d, nid id)
{
	enum tag_id tag = dom_tag(d, id);
	if (dom_ns(d, id) == NS_SVG)
		return tag == TAG_A && (has(d, id, ATTR_HREF) || has(d, id, ATTR_XLINK_HREF));
	return dom_ns(d, id) == NS_HTML && (tag == TAG_A || tag == TAG_AREA) &&
	       has(d, id, ATTR_HREF);
}

/* --- all of them --- */

static bool fits(struct sel_work *w, const struct sel_test *t, nid id)
{
	const struct dom *d = w->d;
	switch ((enum sel_kind)t->kind) {
	case SEL_TAG:
		return tag_fits(d, t, id);
	case SEL_ROOT:
		return is_root(d, id);
	case SEL_SCOPE:
		return dom_kind(d, w->scope) == DOM_DOCUMENT ? is_root(d, id) : id == w->scope;
	case SEL_SLOT:
		return w->known[id] >> t->slot & 1;
	case SEL_ID:
		return id_fits(w, t, id);
	case SEL_CLASS:
		return class_fits(w, t, id);
	case SEL_ATTR:
		return attr_fits(w, t, id);
	case SEL_FIRST:
	case SEL_LAST:
		return is_edge(w, id, t->kind == SEL_FIRST);
	case SEL_EMPTY:
		return is_empty(w, id);
	case SEL_LINK:
		return is_link(d, id);
	case SEL_CHECKED:
		return is_checked(d, id);
	case SEL_DISABLED:
	case SEL_ENABLED:
		return able_fits(w, t, id);
	case SEL_REQUIRED:
	case SEL_OPTIONAL:
		return need_fits(d, t, id);
	case SEL_LIST:
		return sel_list_fits(w, t->list, id);
	case SEL_NTH:
		return nth_fits(w, t, id);
	}
	return false;
}

bool sel_part_fits(struct sel_work *w, const struct sel_part *part, nid id)
{
	for (size_t i = 0; i < part->n; i++) {
		w->steps++;
		if (fits(w, &part->tests[i], id) == part->tests[i].negated)
			return false;
	}
	return true;
}

/* Recursion goes as deep as the parentheses of the selector. */
bool sel_list_fits(struct sel_work *w, const struct sel_list *plain, nid id)
{
	for (size_t i = 0; i < plain->n; i++)
		if (sel_part_fits(w, &plain->parts[i], id))
			return true;
	return false;
}
