/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard's state machine, turned inside out: at a `<` the next two bytes tell which of a
 * few readers takes over, and each reads its whole construct in one go. Text runs up to the
 * next byte that matters are found 16 bytes at a time and are not copied. References and CR
 * copy their run into the dom's own bytes.
 */
#include "page/token.h"
#include "page/entity.h"
#include "page/scan.h"

void lexer_init(struct lexer *x, struct dom_maker *m, struct str html)
{
	*x = (struct lexer) { .m = m, .begin = html.p, .p = html.p, .end = html.p + html.n };
}

/* p on `<`: does it begin markup? Else it is text. */
static bool begins_markup(const char *p, const char *end)
{
	if (end - p < 2)
		return false;
	if (p[1] == '/')
		return end - p > 2;
	return lexer_is_letter(p[1]) || p[1] == '!' || p[1] == '?';
}

/* What stands at p, on `&`, CR or NUL, means: written to out. Returns how many bytes it
 * takes, 0: it is text.
 */
static size_t read_special(
	const char *p, const char *end, bool in_attr, char *out, size_t *out_n)
{
	if (*p == '&')
		return entity_read(p, end, in_attr, out, out_n);
	bool cr = *p == '\r';
	*out_n = cr ? 1 : 3;
	if (cr && end - p > 1 && p[1] == '\n')
		*out_n = 0; /* the newline stays */
	memcpy(out, cr ? "\n" : "\xEF\xBF\xBD", *out_n);
	return 1;
}

/* own_put of bytes of the input, most often a few. */
static inline void put_run(struct lexer *x, const char *from, size_t n)
{
	enum { FEW = 16 };
	struct dom_maker *m = x->m;
	if (n > FEW || x->end - from < FEW || m->own_cap - m->own_len < FEW) {
		own_put(m, from, n);
		return;
	}
	memcpy(m->own + m->own_len, from, FEW); /* what is too much is written over */
	m->own_len += n;
}

struct span lexer_clean(
	struct lexer *x, const char *p, const char *end, bool refs, bool in_attr)
{
	size_t begin = x->m->own_len, n = (size_t)(end - p);
	if (!refs && !memchr(p, '\r', n) && !memchr(p, 0, n)) /* most scripts */
		return lexer_span(x, p, end);
	for (const char *from = p;;) {
		const char *q = scan_two(p, end, refs ? '&' : 0, 0);
		char out[ENTITY_TEXT_MAX];
		size_t out_n = 0, taken = 0;
		if (q < end)
			taken = read_special(q, end, in_attr, out, &out_n);
		if (q < end && taken == 0) {
			p = q + 1;
			continue;
		}
		if (q == end && x->m->own_len == begin)
			return lexer_span(x, from, end);
		put_run(x, from, (size_t)(q - from));
		if (q == end)
			break;
		if (out_n == 1 && x->m->own_len < x->m->own_cap)
			x->m->own[x->m->own_len++] = *out;
		else
			own_put(x->m, out, out_n);
		p = from = q + taken;
	}
	return (struct span) { (uint32_t)begin, (uint32_t)(x->m->own_len - begin), true };
}

void lexer_text(struct lexer *x, struct token *t)
{
	const char *p = scan_indent(x->p, x->end), *end = x->end;
	bool refs = false, blank = p < end && *p == '<' && begins_markup(p, end);
	for (; !blank; p++) {
		p = refs ? scan_two(p, end, '<', '<') : scan_two(p, end, '<', '&');
		if (p == end || *p == 0 || (*p == '<' && begins_markup(p, end)))
			break;
		refs = refs || *p != '<';
	}
	t->kind = TOKEN_TEXT;
	t->text = refs ? lexer_clean(x, x->p, p, true, false) : lexer_span(x, x->p, p);
	t->text.blank = blank;
	x->p = p;
}

__attribute__((noinline)) static void read_nul(struct lexer *x, struct token *t)
{
	const char *p = x->p;
	while (p < x->end && *p == 0)
		p++;
	t->kind = TOKEN_NUL;
	t->text = lexer_span(x, x->p, p);
	x->p = p;
}

/* p on `<`, and no letter follows it, nor a letter behind `</`. false: it is nothing. */
__attribute__((noinline)) static bool read_odd(struct lexer *x, struct token *t)
{
	const char *p = x->p;
	t->kind = TOKEN_EOF;
	if (!begins_markup(p, x->end))
		lexer_text(x, t);
	else if (p[1] == '/' && p[2] == '>')
		x->p = p + 3;
	else
		lexer_markup(x, t);
	return t->kind != TOKEN_EOF;
}

void lexer_next(struct lexer *x, struct token *t)
{
	if (x->state != LEX_DATA) {
		lexer_raw(x, t);
		return;
	}
	while (x->p < x->end) {
		const char *p = x->p;
		if (*p != '<') {
			if (*p == 0)
				read_nul(x, t);
			else
				lexer_text(x, t);
			return;
		}
		if (x->end - p >= 2 && lexer_is_letter(p[1])) {
			lexer_start_tag(x, t);
			return;
		}
		if (x->end - p > 2 && p[1] == '/' && lexer_is_letter(p[2])) {
			lexer_end_tag(x, t);
			return;
		}
		if (read_odd(x, t))
			return;
	}
	t->kind = TOKEN_EOF;
}
