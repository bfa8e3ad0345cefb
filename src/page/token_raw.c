/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content that is not read as markup: title and textarea (references count), style and its
 * like, script, plaintext. All that matters in it is where its end tag stands; for a script
 * that is a matter of three states, since `<!--` and `<script` within it hide an end tag
 * (13.2.5.4 and 13.2.5.15 to 31).
 */
#include "page/token.h"
#include "page/scan.h"

/* p on `<`. Is it `</name` or (slash false) `<name`, and the name ends there? `name` is
 * lower case.
 */
static bool is_tag(const char *p, const char *end, bool slash, struct str name)
{
	size_t lead = slash ? 2 : 1;
	if ((size_t)(end - p) <= lead + name.n || (slash && p[1] != '/'))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = p[lead + i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 0x20);
		if (c != name.p[i])
			return false;
	}
	char after = p[lead + name.n];
	return scan_is_space(after) || after == '/' || after == '>';
}

static const char *find_end_tag(const char *p, const char *end, struct str name)
{
	while (name.n && (p = memchr(p, '<', (size_t)(end - p)))) {
		if (is_tag(p, end, true, name))
			return p;
		p++;
	}
	return end;
}

static const char *find_script_end(const char *p, const char *end)
{
	static const struct str script = STR_INIT("script");
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	const char *dashes = p; /* where the `--` of a `-->` may begin */
	while (p < end) {
		if (state == PLAIN) {
			p = memchr(p, '<', (size_t)(end - p));
			if (!p)
				return end;
			if (is_tag(p, end, true, script))
				return p;
			if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
				state = ESCAPED;
				dashes = p + 2;
				p += 3;
			}
			p++;
			continue;
		}
		p = scan_two(p, end, '<', '>');
		if (p == end)
			return end;
		if (*p == '>' && p - dashes >= 2 && p[-1] == '-' && p[-2] == '-') {
			state = PLAIN;
		} else if (*p == '<' && is_tag(p, end, true, script)) {
			if (state == ESCAPED)
				return p;
			state = ESCAPED;
		} else if (*p == '<' && state == ESCAPED && is_tag(p, end, false, script)) {
			state = DOUBLE;
		}
		p++;
	}
	return end;
}

void lexer_raw(struct lexer *x, struct token *t)
{
	struct str name = x->raw_name;
	const char *p = x->p, *q = x->end;
	if (x->state == LEX_CDATA) {
		t->kind = TOKEN_EOF;
		lexer_cdata(x, t, p);
		if (t->kind == TOKEN_EOF)
			lexer_next(x, t);
		return;
	}
	if (x->state == LEX_SCRIPT && name.n)
		q = find_script_end(p, x->end);
	else if (x->state != LEX_PLAINTEXT)
		q = find_end_tag(p, x->end, name);
	x->p = q;
	if (q == p) {
		x->state = LEX_DATA;
		lexer_next(x, t);
		return;
	}
	t->kind = TOKEN_TEXT;
	t->text = lexer_clean(x, p, q, x->state == LEX_RCDATA, false);
	x->state = LEX_DATA;
}
