/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A selector's text to its program: lists, combinators, parts, attributes (Selectors 4, section 18).
 * Recursion goes as deep as the parentheses, at most SEL_DEPTH.
 */
#include "page/selector_read.h"

struct sel_test *sel_add(struct sel_read *r, struct sel_tests *to, enum sel_kind kind)
{
	if (r->tests++ == SEL_TESTS)
		sel_fail(r, r->at, "a selector may have %d conditions at most", SEL_TESTS);
	to->v = arena_room(r->arena, to->v, to->n, sizeof *to->v);
	to->v[to->n] = (struct sel_test) { .kind = (uint8_t)kind };
	return &to->v[to->n++];
}

bool sel_slot(struct sel_read *r, struct sel_slot slot, struct sel_test *t)
{
	struct selector *s = r->s;
	if (s->n_slots == SEL_SLOTS)
		return sel_fail(
			r, r->at, "a selector may have %d inner searches at most", SEL_SLOTS);
	t->kind = SEL_SLOT;
	t->slot = (uint8_t)s->n_slots;
	s->slots[s->n_slots++] = slot;
	return true;
}

bool sel_close(struct sel_read *r, size_t open_at)
{
	sel_space(r);
	if (sel_peek(r, 0) < 0)
		return sel_fail(r, open_at, "the parenthesis is not closed");
	if (sel_peek(r, 0) != ')')
		return sel_fail(r, r->at, "expected \")\"");
	r->at++;
	return !r->bad;
}

static void set_names(struct sel_read *r, struct sel_test *t, struct str name)
{
	t->name = name;
	t->lower = sel_lower(r->arena, name);
	t->cased = !str_eq(t->name, t->lower);
}

static bool no_namespace(struct sel_read *r)
{
	int next = sel_peek(r, 1);
	if (sel_peek(r, 0) != '|' || next == '=')
		return true;
	return sel_fail(r, r->at,
		next == '|' ? "columns (||) are not supported"
			    : "namespaces (the | here) are not supported");
}

/* --- attributes --- */

static bool read_op(struct sel_read *r, struct sel_test *t)
{
	static const char marks[] = "~|^$*";
	static const uint8_t ops[] = { OP_WORD, OP_DASH, OP_STARTS, OP_ENDS, OP_HOLDS };
	int c = sel_peek(r, 0);
	const char *mark = c > 0 ? strchr(marks, c) : NULL;
	t->op = mark ? ops[mark - marks] : OP_EQUAL;
	if (mark && sel_peek(r, 1) == '=')
		r->at++;
	if (sel_peek(r, 0) != '=')
		return sel_fail(
			r, r->at, "expected \"]\" or one of = ~= |= ^= $= *= in the attribute");
	r->at++;
	return true;
}

static bool read_value(struct sel_read *r, struct sel_test *t)
{
	sel_space(r);
	if (sel_peek(r, 0) == '"' || sel_peek(r, 0) == '\'') {
		if (!sel_string(r, &t->value))
			return false;
	} else if (!sel_name_here(r) || !sel_name(r, &t->value)) {
		return sel_fail(
			r, r->at, "expected a name or a quoted text as the attribute's value");
	}
	sel_space(r);
	int flag = str_lower((char)sel_peek(r, 0));
	if (flag != 'i' && flag != 's')
		return true;
	t->how = flag == 'i' ? CASE_IGNORED : CASE_EXACT;
	r->at++;
	sel_space(r);
	return true;
}

/* HTML, "case-sensitivity of selectors": values of these are compared without case. */
static bool case_free(struct str name)
{
	static const char *const names[] = { "accept", "accept-charset", "align", "alink",
		"axis", "bgcolor", "charset", "checked", "clear", "codetype", "color",
		"compact", "declare", "defer", "dir", "direction", "disabled", "enctype",
		"face", "frame", "hreflang", "http-equiv", "lang", "language", "link", "media",
		"method", "multiple", "nohref", "noresize", "noshade", "nowrap", "readonly",
		"rel", "rev", "rules", "scope", "scrolling", "selected", "shape", "target",
		"text", "type", "valign", "valuetype", "vlink" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static bool read_attr(struct sel_read *r, struct sel_tests *to)
{
	size_t open = r->at++;
	struct str name;
	sel_space(r);
	if (sel_peek(r, 0) == '*' && sel_peek(r, 1) == '|')
		r->at++;
	if (!no_namespace(r))
		return false;
	if (!sel_name_here(r) || !sel_name(r, &name))
		return sel_fail(r, r->at, "expected the name of an attribute after \"[\"");
	if (!no_namespace(r))
		return false;
	struct sel_test *t = sel_add(r, to, SEL_ATTR);
	set_names(r, t, name);
	t->id = (uint16_t)attr_find(t->lower);
	sel_space(r);
	if (sel_peek(r, 0) >= 0 && sel_peek(r, 0) != ']' &&
		(!read_op(r, t) || !read_value(r, t)))
		return false;
	if (t->op && t->how == CASE_BY_NAME && !case_free(t->lower))
		t->how = CASE_EXACT;
	if (sel_peek(r, 0) < 0)
		return sel_fail(r, open, "the bracket is not closed");
	if (sel_peek(r, 0) != ']')
		return sel_fail(r, r->at, "expected \"]\"");
	r->at++;
	return !r->bad;
}

/* --- parts --- */

static bool read_marked(struct sel_read *r, struct sel_tests *to, enum sel_kind kind)
{
	int mark = sel_peek(r, 0), next = sel_peek(r, 1);
	struct str name;
	r->at++;
	if (!sel_name_here(r))
		return sel_fail(r, r->at, "expected a name after \"%c\"%s", mark,
			next >= '0' && next <= '9'
				? " (a digit at its start is written as \\3 and the digit "
				  "and a blank)"
				: "");
	sel_name(r, &name);
	sel_add(r, to, kind)->name = name;
	return !r->bad;
}

static bool read_type(struct sel_read *r, struct sel_tests *to, bool *there)
{
	struct str name;
	*there = true;
	if (sel_peek(r, 0) == '*') {
		r->at++;
		return no_namespace(r);
	}
	if (sel_peek(r, 0) == '|')
		return no_namespace(r);
	if (!sel_name_here(r)) {
		*there = false;
		return true;
	}
	sel_name(r, &name);
	if (!no_namespace(r))
		return false;
	struct sel_test *t = sel_add(r, to, SEL_TAG);
	set_names(r, t, name);
	t->id = (uint16_t)tag_find(t->lower);
	return !r->bad;
}

static void sort_tests(struct sel_tests *tests)
{
	for (size_t i = 1; i < tests->n; i++) {
		struct sel_test t = tests->v[i];
		size_t at = i;
		for (; at > 0 && tests->v[at - 1].kind > t.kind; at--)
			tests->v[at] = tests->v[at - 1];
		tests->v[at] = t;
	}
}

static bool is_missing(struct sel_read *r)
{
	int c = sel_peek(r, 0);
	if (c < 0)
		return sel_fail(r, r->at, "expected a selector, but the text ends here");
	if (c == '@')
		return sel_fail(r, r->at,
			"\"@\" has no meaning in a selector; for an attribute write "
			"{\"css\": ..., \"attr\": ...}");
	if (c > ' ' && c < 0x7F)
		return sel_fail(r, r->at, "expected a selector, found \"%c\"", c);
	return sel_fail(r, r->at, "expected a selector");
}

static bool read_part(struct sel_read *r, struct sel_part *part)
{
	struct sel_tests tests = { 0 };
	bool there;
	if (!read_type(r, &tests, &there))
		return false;
	for (bool ok = true; ok && !r->bad;) {
		int c = sel_peek(r, 0);
		there |= c > 0 && strchr("#.[:", c) && (c != ':' || sel_peek(r, 1) != ':');
		if (c == '#')
			ok = read_marked(r, &tests, SEL_ID);
		else if (c == '.')
			ok = read_marked(r, &tests, SEL_CLASS);
		else if (c == '[')
			ok = read_attr(r, &tests);
		else if (c == ':' && sel_peek(r, 1) != ':')
			ok = sel_pseudo(r, &tests);
		else if (!sel_comment(r))
			break;
	}
	if (r->bad || (!there && sel_peek(r, 0) != ':' && !is_missing(r)))
		return false;
	sort_tests(&tests);
	part->tests = tests.v;
	part->n = tests.n;
	return true;
}

/* --- combinators and lists --- */

/* Blanks and a combinator; JOIN_FIRST: the selector ends here. */
static enum sel_join read_join(struct sel_read *r)
{
	static const char marks[] = ">+~";
	static const uint8_t joins[] = { JOIN_CHILD, JOIN_NEXT, JOIN_LATER };
	bool blank = sel_space(r);
	int c = sel_peek(r, 0);
	const char *mark = c > 0 ? strchr(marks, c) : NULL;
	if (mark) {
		r->at++;
		sel_space(r);
		return joins[mark - marks];
	}
	return blank && c >= 0 && c != ',' && c != ')' ? JOIN_INSIDE : JOIN_FIRST;
}

static bool add_part(struct sel_read *r, struct sel_list *l, enum sel_join join)
{
	if (r->parts++ == SELECTOR_PARTS)
		return sel_fail(
			r, r->at, "a selector may have %d parts at most", SELECTOR_PARTS);
	l->parts = arena_room(r->arena, l->parts, l->n, sizeof *l->parts);
	struct sel_part *part = &l->parts[l->n];
	*part = (struct sel_part) { .join = join };
	if (!read_part(r, part))
		return false;
	l->joined[join].w[l->n / 64] |= UINT64_C(1) << (l->n % 64);
	l->n++;
	return true;
}

/* One selector of a list. Inside :has its first part stands to the element asked, by default inside it:
 * then that join is the part's, which ends what is left of it as JOIN_FIRST does. */
static bool read_complex(struct sel_read *r, struct sel_list *l, enum sel_where where)
{
	size_t first = l->n;
	sel_space(r);
	enum sel_join join = where == LIST_RELATIVE ? read_join(r) : JOIN_FIRST;
	if (where == LIST_RELATIVE && join == JOIN_FIRST)
		join = JOIN_INSIDE;
	do {
		if (!add_part(r, l, join))
			return false;
		join = read_join(r);
		l->plain &= join == JOIN_FIRST;
	} while (join != JOIN_FIRST && !r->bad);
	if (where == LIST_RELATIVE)
		l->joined[JOIN_FIRST].w[first / 64] |= UINT64_C(1) << (first % 64);
	l->last.w[(l->n - 1) / 64] |= UINT64_C(1) << ((l->n - 1) % 64);
	return !r->bad;
}

/* ::attr(x) asks [x] of its element too: who has no such attribute gives nothing. */
static void ask_attr(struct sel_read *r, struct sel_list *l, struct str name)
{
	struct sel_part *part = &l->parts[l->n - 1];
	struct sel_tests tests = { 0 };
	for (size_t i = 0; i < part->n; i++)
		*sel_add(r, &tests, SEL_TAG) = part->tests[i];
	struct sel_test *t = sel_add(r, &tests, SEL_ATTR);
	set_names(r, t, name);
	t->id = (uint16_t)attr_find(t->lower);
	sort_tests(&tests);
	part->tests = tests.v;
	part->n = tests.n;
}

/* What is taken of the nodes: all selectors of a list must agree. */
static bool read_take(struct sel_read *r, struct sel_list *l, bool first, enum sel_where where)
{
	struct selector *s = r->s;
	enum selector_take take = TAKE_NODE;
	struct str attr = { 0 };
	size_t at = r->at;
	if (sel_peek(r, 0) == ':') {
		if (where != LIST_TOP)
			return sel_fail(r, at, "a pseudo-element cannot stand in parentheses");
		if (!sel_pseudo_element(r, &take, &attr))
			return false;
		if (take == TAKE_ATTR)
			ask_attr(r, l, attr);
		sel_space(r);
		if (sel_peek(r, 0) >= 0 && sel_peek(r, 0) != ',')
			return sel_fail(r, r->at, "nothing may follow a pseudo-element");
	}
	if (where != LIST_TOP)
		return true;
	if (first) {
		s->take = take;
		s->attr = attr;
	} else if (s->take != take || !str_eq(s->attr, attr)) {
		return sel_fail(r, at,
			"all selectors of a list must end in the same "
			"pseudo-element");
	}
	return true;
}

bool sel_list(struct sel_read *r, struct sel_list *l, enum sel_where where)
{
	*l = (struct sel_list) { .plain = where != LIST_RELATIVE };
	if (r->depth++ == SEL_DEPTH)
		return sel_fail(r, r->at, "parentheses may nest %d deep at most", SEL_DEPTH);
	for (bool first = true;; first = false) {
		if (!read_complex(r, l, where) || !read_take(r, l, first, where))
			return false;
		if (sel_peek(r, 0) != ',')
			break;
		r->at++;
	}
	l->words = (l->n + 63) / 64;
	r->depth--;
	if (where == LIST_TOP && sel_peek(r, 0) >= 0)
		return is_missing(r);
	return !r->bad;
}

const struct selector *selector_compile(struct arena *a, struct str text, struct err *e)
{
	if (text.n > SELECTOR_BYTES) {
		err_set(e, ERR_SELECTOR, "a selector may have %d bytes at most",
			SELECTOR_BYTES);
		return NULL;
	}
	struct selector *s = ARENA_NEW(a, struct selector);
	struct sel_read r = {
		.arena = a, .text = { arena_text(a, text), text.n }, .s = s, .err = e
	};
	return sel_list(&r, &s->list, LIST_TOP) && !r.bad ? s : NULL;
}

enum selector_take selector_takes(const struct selector *s, struct str *attr)
{
	*attr = s->attr;
	return s->take;
}
