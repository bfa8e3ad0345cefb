/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a rule match? Both sides are brought into one form first. A pattern is literal pieces with
 * any text between them; each is looked for behind the one before it, the first place is as good as
 * any other, and so a rule costs no more than one walk along the target, whoever wrote it.
 */
#include "net/robots_in.h"

static bool is_unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') ||
	       (str_lower((char)c) >= 'a' && str_lower((char)c) <= 'z') ||
	       (c && strchr("-._~", c));
}

static void put_encoded(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[3] = { '%', digits[c >> 4], digits[c & 15] };
	buf_add(out, text, sizeof text);
}

/* The value of %XX at i; -1: none stands there. */
static int encoded_at(struct str in, size_t i)
{
	if (in.p[i] != '%' || i + 2 >= in.n)
		return -1;
	int high = str_hex(in.p[i + 1]), low = str_hex(in.p[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

void robots_normal(struct str in, bool pattern, struct buf *out)
{
	bool query = false;
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];
		int value = encoded_at(in, i);
		bool last = i + 1 == in.n;
		if (value >= 0) {
			/* In a query these mean the same whether they are encoded or not. */
			bool plain = is_unreserved((unsigned char)value) ||
				     (query && value && strchr(":/?@", value));
			if (plain)
				buf_char(out, (char)value);
			else
				put_encoded(out, (unsigned char)value);
			i += 2;
		} else if (c <= ' ' || c >= 0x7f || strchr("%\"<>\\^`{|}", c)) {
			put_encoded(out, c);
		} else if ((c == '*' && !pattern) || (c == '$' && !(pattern && last))) {
			put_encoded(out, c);
		} else {
			buf_char(out, (char)c);
		}
		query = query || c == '?';
	}
}

static const char *find(struct str text, struct str piece)
{
	return piece.n ? memmem(text.p, text.n, piece.p, piece.n) : text.p;
}

/* The pieces between stars, from the second one on. */
static bool match_rest(struct str pattern, bool ends, struct str text)
{
	struct str piece;
	while (str_cut(&pattern, '*', &piece)) {
		if (ends && !pattern.p)
			return str_ends(text, piece);
		const char *at = find(text, piece);
		if (!at)
			return false;
		text.n -= (size_t)(at - text.p) + piece.n;
		text.p = at + piece.n;
	}
	return true;
}

static bool match(struct str pattern, bool ends, struct str text)
{
	struct str first;
	if (!str_cut(&pattern, '*', &first))
		return false;
	if (!str_starts(text, first))
		return false;
	text.p += first.n;
	text.n -= first.n;
	return pattern.p ? match_rest(pattern, ends, text) : !ends || text.n == 0;
}

static bool judge(const struct robots_rules *r, struct str target)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct robots_rule *rule = &r->rule[i];
		struct str pattern = { (const char *)r + rule->at, rule->n };
		if (match(pattern, rule->ends, target))
			return rule->allow;
	}
	return true;
}

bool robots_may(const struct robots_rules *r, struct str target)
{
	struct str rest = target, path;
	struct buf b;
	(void)str_cut(&rest, '?', &path);
	if (r->count == 0 || str_eq(path, STR("/robots.txt")))
		return true;
	buf_init(&b, 0);
	robots_normal(target.n ? target : STR("/"), false, &b);
	bool may = judge(r, buf_str(&b));
	buf_release(&b);
	return may;
}

int64_t robots_delay_ms(const struct robots_rules *r)
{
	return r->delay_ms;
}
