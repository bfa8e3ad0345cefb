/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a colon: the pseudo-classes as a table, their arguments, and the two pseudo-elements. */
#include "page/selector_read.h"

enum arg {
	ARG_NONE,
	ARG_LIST, /* :is, :where */
	ARG_NOT,
	ARG_HAS,
	ARG_NTH, /* an+b, with `of` for children */
	ARG_LANG,
	ARG_CONTAINS,
	ARG_ONLY, /* first and last in one */
	ARG_EDGE, /* :first-of-type and the like: a place in an order */
	ARG_BARRED /* needs to know whether a fieldset around it is disabled */
};
struct pseudo {
	const char *name;
	enum arg arg;
	enum sel_kind kind;
	enum sel_order order;
};
static const struct pseudo pseudos[] = {
	{ "is", ARG_LIST, 0, 0 },
	{ "where", ARG_LIST, 0, 0 },
	{ "matches", ARG_LIST, 0, 0 },
	{ "not", ARG_NOT, 0, 0 },
	{ "has", ARG_HAS, 0, 0 },
	{ "root", ARG_NONE, SEL_ROOT, 0 },
	{ "scope", ARG_NONE, SEL_SCOPE, 0 },
	{ "empty", ARG_NONE, SEL_EMPTY, 0 },
	{ "first-child", ARG_NONE, SEL_FIRST, 0 },
	{ "last-child", ARG_NONE, SEL_LAST, 0 },
	{ "only-child", ARG_ONLY, SEL_FIRST, 0 },
	{ "first-of-type", ARG_EDGE, SEL_NTH, ORDER_TYPE },
	{ "last-of-type", ARG_EDGE, SEL_NTH, ORDER_LAST_TYPE },
	{ "only-of-type", ARG_ONLY, SEL_NTH, ORDER_TYPE },
	{ "nth-child", ARG_NTH, SEL_NTH, ORDER_CHILD },
	{ "nth-last-child", ARG_NTH, SEL_NTH, ORDER_LAST_CHILD },
	{ "nth-of-type", ARG_NTH, SEL_NTH, ORDER_TYPE },
	{ "nth-last-of-type", ARG_NTH, SEL_NTH, ORDER_LAST_TYPE },
	{ "checked", ARG_NONE, SEL_CHECKED, 0 },
	{ "disabled", ARG_BARRED, SEL_DISABLED, 0 },
	{ "enabled", ARG_BARRED, SEL_ENABLED, 0 },
	{ "required", ARG_NONE, SEL_REQUIRED, 0 },
	{ "optional", ARG_NONE, SEL_OPTIONAL, 0 },
	{ "link", ARG_NONE, SEL_LINK, 0 },
	{ "any-link", ARG_NONE, SEL_LINK, 0 },
	{ "lang", ARG_LANG, 0, 0 },
	{ "contains", ARG_CONTAINS, 0, 0 },
	{ "-soup-contains", ARG_CONTAINS, 0, 0 },
};

static bool takes_argument(enum arg arg)
{
	return (arg >= ARG_LIST && arg <= ARG_CONTAINS);
}

static const struct pseudo *find_pseudo(struct str name)
{
	for (size_t i = 0; i < sizeof pseudos / sizeof *pseudos; i++)
		if (str_ieq(name, str_of(pseudos[i].name)))
			return &pseudos[i];
	return NULL;
}

/* "x" is not known: only a short plain name is repeated. */
static bool not_known(struct sel_read *r, size_t at, const char *colons, struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < '!' || name.p[i] > '~' || name.n > 40)
			return sel_fail(r, at, "this pseudo-class is not supported");
	return sel_fail(r, at, "\"%s%.*s\" is not supported", colons, STR_ARG(name));
}

static const struct sel_list *read_list(struct sel_read *r, enum sel_where where)
{
	struct sel_list *l = ARENA_NEW(r->arena, struct sel_list);
	return sel_list(r, l, where) ? l : NULL;
}

static bool read_is(struct sel_read *r, struct sel_tests *to, bool negated)
{
	const struct sel_list *l = read_list(r, LIST_INNER);
	if (!l)
		return false;
	struct sel_test *t = sel_add(r, to, SEL_LIST);
	t->list = l;
	t->negated = negated;
	return l->plain || sel_slot(r, (struct sel_slot) { .kind = SLOT_LIST, .list = l }, t);
}

static bool read_has(struct sel_read *r, struct sel_tests *to, size_t at)
{
	if (r->in_has)
		return sel_fail(r, at, "\":has\" cannot stand within \":has\"");
	r->in_has = true;
	const struct sel_list *l = read_list(r, LIST_RELATIVE);
	r->in_has = false;
	return l && sel_slot(r, (struct sel_slot) { .kind = SLOT_HAS, .list = l },
			    sel_add(r, to, SEL_SLOT));
}

/* A list with combinators behind `of` is found out before, as within :is. */
static const struct sel_list *one_test(struct sel_read *r, const struct sel_list *l)
{
	struct sel_tests tests = { 0 };
	struct sel_list *plain = ARENA_NEW(r->arena, struct sel_list);
	struct sel_part *part = ARENA_NEW(r->arena, struct sel_part);
	if (!sel_slot(r, (struct sel_slot) { .kind = SLOT_LIST, .list = l },
		    sel_add(r, &tests, SEL_SLOT)))
		return NULL;
	*part = (struct sel_part) { .tests = tests.v, .n = 1 };
	*plain = (struct sel_list) { .parts = part, .n = 1, .words = 1, .plain = true };
	return plain;
}

static bool read_of(struct sel_read *r, struct sel_test *t)
{
	struct str word;
	size_t at = r->at;
	if (!sel_name_here(r))
		return true;
	sel_name(r, &word);
	if (!str_ieq(word, STR("of")))
		return sel_fail(r, at, "expected \"of\" or \")\"");
	if (t->slot != ORDER_CHILD && t->slot != ORDER_LAST_CHILD)
		return sel_fail(r, at, "\"of\" goes with :nth-child and :nth-last-child only");
	t->from_end = t->slot == ORDER_LAST_CHILD;
	t->list = read_list(r, LIST_INNER);
	if (t->list && !t->list->plain)
		t->list = one_test(r, t->list);
	if (!t->list)
		return false;
	if (r->s->n_of == SEL_OF)
		return sel_fail(
			r, at, "a selector may have %d lists after \"of\" at most", SEL_OF);
	t->slot = (uint8_t)(ORDER_OF + r->s->n_of++);
	return true;
}

static bool read_nth(struct sel_read *r, struct sel_tests *to, enum sel_order order)
{
	struct sel_test t = { .kind = SEL_NTH, .slot = (uint8_t)order };
	sel_space(r);
	if (!sel_nth(r, &t))
		return false;
	sel_space(r);
	if (!read_of(r, &t))
		return false;
	*sel_add(r, to, SEL_NTH) = t;
	return true;
}

/* Names or quoted texts, separated by commas. */
static bool read_texts(struct sel_read *r, struct sel_tests *to, enum sel_slot_kind kind)
{
	struct str *texts = NULL;
	size_t n = 0;
	for (;; r->at++) {
		sel_space(r);
		texts = arena_room(r->arena, texts, n, sizeof *texts);
		int c = sel_peek(r, 0);
		if (c == '"' || c == '\'') {
			if (!sel_string(r, &texts[n]))
				return false;
		} else if (!sel_name_here(r) || !sel_name(r, &texts[n])) {
			return sel_fail(r, r->at, "expected a quoted text");
		}
		n++;
		sel_space(r);
		if (sel_peek(r, 0) != ',')
			break;
	}
	struct sel_slot slot = { .kind = kind, .texts = texts, .n_texts = n };
	return sel_slot(r, slot, sel_add(r, to, SEL_SLOT));
}

static void add_place(struct sel_read *r, struct sel_tests *to, enum sel_order order)
{
	struct sel_test *t = sel_add(r, to, SEL_NTH);
	t->slot = (uint8_t)order;
	t->b = 1;
}

static bool add_plain(struct sel_read *r, struct sel_tests *to, const struct pseudo *p)
{
	switch (p->arg) {
	case ARG_ONLY:
		if (p->kind == SEL_FIRST) {
			sel_add(r, to, SEL_FIRST);
			sel_add(r, to, SEL_LAST);
		} else {
			add_place(r, to, ORDER_TYPE);
			add_place(r, to, ORDER_LAST_TYPE);
		}
		return true;
	case ARG_EDGE:
		add_place(r, to, p->order);
		return true;
	case ARG_BARRED: {
		struct sel_test t;
		if (!sel_slot(r, (struct sel_slot) { .kind = SLOT_BARRED }, &t))
			return false;
		sel_add(r, to, p->kind)->slot = t.slot;
		return true;
	}
	default:
		sel_add(r, to, p->kind);
		return true;
	}
}

static bool read_argument(
	struct sel_read *r, struct sel_tests *to, const struct pseudo *p, size_t at)
{
	switch (p->arg) {
	case ARG_HAS:
		return read_has(r, to, at);
	case ARG_NTH:
		return read_nth(r, to, p->order);
	case ARG_LANG:
		return read_texts(r, to, SLOT_LANG);
	case ARG_CONTAINS:
		return read_texts(r, to, SLOT_CONTAINS);
	default:
		return read_is(r, to, p->arg == ARG_NOT);
	}
}

bool sel_pseudo(struct sel_read *r, struct sel_tests *to)
{
	size_t at = r->at++;
	struct str name;
	if (!sel_name_here(r))
		return sel_fail(r, r->at, "expected a name after \":\"");
	sel_name(r, &name);
	const struct pseudo *p = find_pseudo(name);
	if (!p)
		return not_known(r, at, ":", name);
	bool open = sel_peek(r, 0) == '(';
	if (open != takes_argument(p->arg))
		return sel_fail(r, r->at,
			open ? "\":%s\" takes no argument" : "expected \"(\" after \":%s\"",
			p->name);
	if (!open)
		return add_plain(r, to, p) && !r->bad;
	size_t open_at = r->at++;
	return read_argument(r, to, p, at) && sel_close(r, open_at);
}

bool sel_pseudo_element(struct sel_read *r, enum selector_take *take, struct str *attr)
{
	size_t at = r->at;
	struct str name;
	r->at += 2;
	if (!sel_name_here(r))
		return sel_fail(r, r->at, "expected a name after \"::\"");
	sel_name(r, &name);
	if (str_ieq(name, STR("text"))) {
		*take = TAKE_TEXT;
		return true;
	}
	if (!str_ieq(name, STR("attr")))
		return not_known(r, at, "::", name);
	if (sel_peek(r, 0) != '(')
		return sel_fail(r, r->at, "expected \"(\" and the name of an attribute");
	size_t open = r->at++;
	sel_space(r);
	if (!sel_name_here(r) || !sel_name(r, attr))
		return sel_fail(r, r->at, "expected the name of an attribute");
	*take = TAKE_ATTR;
	return sel_close(r, open);
}
