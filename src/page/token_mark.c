/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What begins with `<!`, `<?` or a `</` that is no end tag (13.2.5.41 and following): comments, doctypes, CDATA
 * sections.
 */
#include "page/token.h"
#include "page/scan.h"

static const char *find_byte(const char *p, const char *end, char c)
{
	const char *q = memchr(p, c, (size_t)(end - p));
	return q ? q : end;
}

static void make_comment(struct lexer *x, struct token *t, const char *p, const char *end)
{
	t->kind = TOKEN_COMMENT;
	t->text = lexer_clean(x, p, end, false, false);
}

/* 13.2.5.41 */
static void read_bogus(struct lexer *x, struct token *t, const char *p)
{
	const char *q = find_byte(p, x->end, '>');
	make_comment(x, t, p, q);
	x->p = q < x->end ? q + 1 : q;
}

/* Where the text of a comment that the file's end cuts off ends (13.2.5.43 to 52). */
static const char *cut_dashes(const char *p, const char *end)
{
	if (end - p >= 3 && memcmp(end - 3, "--!", 3) == 0)
		return end - 3;
	if (end - p >= 2 && end[-1] == '-' && end[-2] == '-')
		return end - 2;
	return end > p && end[-1] == '-' ? end - 1 : end;
}

/* p behind `<!--` */
static void read_comment(struct lexer *x, struct token *t, const char *p)
{
	const char *end = x->end;
	for (const char *q = p;; q++) {
		q = find_byte(q, end, '>');
		const char *last = NULL;
		if (q == end)
			last = cut_dashes(p, end);
		else if (q == p || (q == p + 1 && *p == '-'))
			last = p;
		else if (q - p >= 2 && q[-1] == '-' && q[-2] == '-')
			last = q - 2;
		else if (q - p >= 3 && memcmp(q - 3, "--!", 3) == 0)
			last = q - 3;
		if (last) {
			make_comment(x, t, p, last);
			x->p = q < end ? q + 1 : q;
			return;
		}
	}
}

/* The next piece of a CDATA section, p in it: text up to its end or to a NUL, or the NULs, which the tree
 * builder treats as those of any text (13.2.5.69). Nothing is left: the state is LEX_DATA.
 */
void lexer_cdata(struct lexer *x, struct token *t, const char *p)
{
	const char *q = p;
	x->state = LEX_CDATA;
	while (q < x->end && *q == 0)
		q++;
	if (q > p) {
		t->kind = TOKEN_NUL;
		t->text = lexer_span(x, p, q);
		x->p = q;
		return;
	}
	while (q < x->end && *q &&
		!(*q == ']' && x->end - q >= 3 && q[1] == ']' && q[2] == '>')) {
		do
			q = scan_two(q + 1, x->end, ']', 0);
		while (q < x->end && *q == '\r');
	}
	bool closed = q < x->end && *q;
	if (closed || q == x->end)
		x->state = LEX_DATA;
	x->p = closed ? q + 3 : q;
	if (p == q)
		return;
	t->kind = TOKEN_TEXT;
	t->text = lexer_clean(x, p, q, false, false);
}

static bool has_word(const char *p, const char *end, const char *lower, size_t n)
{
	return (size_t)(end - p) >= n &&
	       str_ieq((struct str) { p, n }, (struct str) { lower, n });
}

static struct span read_doctype_name(struct lexer *x, const char **p)
{
	const char *q = *p;
	while (q < x->end && !scan_is_space(*q) && *q != '>')
		q++;
	struct span name = lexer_clean(x, *p, q, false, false);
	if (!name.own) {
		name = (struct span) { (uint32_t)x->m->own_len, name.len, true };
		own_put(x->m, *p, (size_t)(q - *p));
	}
	for (char *c = x->m->own + name.off; c < x->m->own + x->m->own_len; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 0x20);
	*p = q;
	return name;
}

/* A quoted identifier at p: false when there is none or it is unfinished (then quirks are
 * forced).
 */
static bool read_id(struct lexer *x, const char **p, bool *has, struct span *id, bool *quirks)
{
	const char *q = *p = scan_space(*p, x->end);
	if (q == x->end || (*q != '"' && *q != '\''))
		return false;
	q++;
	while (q < x->end && *q != **p && *q != '>')
		q++;
	*has = true;
	*id = lexer_clean(x, *p + 1, q, false, false);
	bool closed = q < x->end && *q != '>';
	*quirks = *quirks || !closed;
	*p = closed ? q + 1 : q;
	return closed;
}

/* p behind the name (13.2.5.56 to 68) */
static const char *read_doctype_ids(struct lexer *x, const char *p, struct doctype *d)
{
	p = scan_space(p, x->end);
	if (p == x->end || *p == '>') {
		d->force_quirks = d->force_quirks || p == x->end;
		return p;
	}
	bool is_public = has_word(p, x->end, "public", 6),
	     is_system = has_word(p, x->end, "system", 6);
	if (!is_public && !is_system) {
		d->force_quirks = true;
		return p;
	}
	p += 6;
	if (is_public && !read_id(x, &p, &d->has_public, &d->public_id, &d->force_quirks)) {
		d->force_quirks = true;
		return p;
	}
	if (!read_id(x, &p, &d->has_system, &d->system_id, &d->force_quirks)) {
		if (is_system || p == x->end || *p != '>')
			d->force_quirks = true;
		return p;
	}
	p = scan_space(p, x->end);
	d->force_quirks = d->force_quirks || p == x->end;
	return p;
}

/* p behind `<!doctype` */
static void read_doctype(struct lexer *x, struct token *t, const char *p)
{
	t->kind = TOKEN_DOCTYPE;
	t->text = (struct span) { 0, 0, false };
	t->doctype = (struct doctype) { 0 };
	p = scan_space(p, x->end);
	if (p == x->end || *p == '>') {
		t->doctype.force_quirks = true;
	} else {
		t->doctype.has_name = true;
		t->text = read_doctype_name(x, &p);
		p = read_doctype_ids(x, p, &t->doctype);
	}
	p = find_byte(p, x->end, '>');
	x->p = p < x->end ? p + 1 : p;
}

void lexer_markup(struct lexer *x, struct token *t)
{
	const char *p = x->p + 2, *end = x->end;
	if (x->p[1] == '/')
		read_bogus(x, t, p);
	else if (x->p[1] == '?')
		read_bogus(x, t, x->p + 1);
	else if (end - p >= 2 && p[0] == '-' && p[1] == '-')
		read_comment(x, t, p + 2);
	else if (has_word(p, end, "doctype", 7))
		read_doctype(x, t, p + 7);
	else if (x->in_foreign && end - p >= 7 && memcmp(p, "[CDATA[", 7) == 0)
		lexer_cdata(x, t, p + 7);
	else
		read_bogus(x, t, p);
}
