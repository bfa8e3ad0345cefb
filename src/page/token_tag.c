/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags (13.2.5.6 to 8, 40). A name of up to 15 bytes, which nearly all have, is found, lowered and looked up in
 * one step of 16 bytes; others go byte by byte.
 */
#include "page/token.h"
#include "page/scan_name.h"

const uint8_t lexer_name_class[256] = { [' '] = NAME_ENDS,
	['\t'] = NAME_ENDS,
	['\n'] = NAME_ENDS,
	['\f'] = NAME_ENDS,
	['\r'] = NAME_ENDS,
	['/'] = NAME_ENDS,
	['>'] = NAME_ENDS,
	[0] = NAME_CHANGES,
	['A' ... 'Z'] = NAME_CHANGES };

const char *lexer_long_name(
	struct lexer *x, const char *p, char stop, struct name_key *key, struct span *name)
{
	struct name_key part;
	unsigned met = lexer_name_class[(unsigned char)*p];
	const char *q = p + 1;
	for (size_t n = sizeof part; n == sizeof part && x->end - q >= SCAN_ROOM; q += n) {
		bool capitals;
		n = scan_name(q, stop, &part, &capitals);
		met |= capitals ? NAME_CHANGES : 0;
	}
	for (; q < x->end && !lexer_name_ends(*q) && *q != stop; q++)
		met |= lexer_name_class[(unsigned char)*q];
	bool plain = !(met & NAME_CHANGES);
	*name = lexer_span(x, p, q);
	if (!plain) {
		*name = lexer_clean(x, p, q, false, false);
		if (!name->own) {
			uint32_t off = (uint32_t)x->m->own_len;
			own_put(x->m, p, (size_t)(q - p));
			*name = (struct span) { off, name->len, true };
		}
		char *bytes = x->m->own + name->off;
		for (uint32_t i = 0; i < name->len; i++)
			if (bytes[i] >= 'A' && bytes[i] <= 'Z')
				bytes[i] = (char)(bytes[i] + 0x20);
	}
	*key = (struct name_key) { 0, 0 };
	if (name->len <= sizeof *key)
		*key = name_key_of(span_bytes(x->m, *name), name->len);
	return q;
}

/* A tag's name that is not among those of the table, or stands too near the end. */
__attribute__((noinline)) static const char *read_odd_tag_name(
	struct lexer *x, const char *p, struct token *t)
{
	struct name_key key;
	struct span name;
	size_t own_before = x->m->own_len;
	const char *q = lexer_long_name(x, p, '>', &key, &name);
	t->tag = (enum tag_id)name_find(&tag_names, key, name_mix(&tag_names, key));
	if (t->tag == TAG_NONE) {
		uint32_t words = x->m->word_count;
		t->word = word_find(x->m, span_bytes(x->m, name), name.len, name.own);
		if (words != x->m->word_count)
			return q; /* a new word keeps its bytes */
	}
	x->m->own_len = own_before;
	return q;
}

static inline const char *read_tag_name(struct lexer *x, const char *p, struct token *t)
{
	t->word = 0;
	if (x->end - p >= SCAN_ROOM) {
		struct name_key key;
		size_t n = scan_tag(p, &key);
		t->tag = (enum tag_id)name_find(&tag_names, key, name_mix(&tag_names, key));
		if (t->tag && lexer_name_ends(p[n]))
			return p + n;
	}
	return read_odd_tag_name(x, p, t);
}

/* The tag ends at p, on its `>` or `/>`. */
static void end_tag_at(struct lexer *x, const char *p, struct token *t)
{
	t->self_closing = *p == '/';
	x->p = p + (t->self_closing ? 2 : 1);
}

void lexer_start_tag(struct lexer *x, struct token *t)
{
	const char *p = read_tag_name(x, x->p + 1, t);
	t->kind = TOKEN_START;
	t->attr = x->m->d.attr_count;
	t->attr_n = 0;
	x->seen_mask = 0;
	x->odd_class = false;
	if (p == x->end || *p != '>')
		p = lexer_attrs(x, p, t);
	if (p < x->end) {
		end_tag_at(x, p, t);
	} else { /* unfinished: the tag is lost */
		t->kind = TOKEN_EOF;
		x->p = p;
	}
}

/* What an end tag has as attributes is nothing. */
__attribute__((noinline)) static void drop_attrs(
	struct lexer *x, const char *p, struct token *t)
{
	size_t own_begin = x->m->own_len;
	t->attr = x->m->d.attr_count;
	x->seen_mask = 0;
	p = lexer_attrs(x, p, t);
	x->m->d.attr_count = t->attr;
	x->m->own_len = own_begin;
	if (p < x->end) {
		end_tag_at(x, p, t);
	} else {
		t->kind = TOKEN_EOF;
		x->p = p;
	}
}

void lexer_end_tag(struct lexer *x, struct token *t)
{
	const char *p = read_tag_name(x, x->p + 2, t);
	t->kind = TOKEN_END;
	t->self_closing = false;
	t->attr_n = 0;
	if (p < x->end && *p == '>')
		x->p = p + 1;
	else
		drop_attrs(x, p, t);
}
