/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script is cleaned in one pass, an eighth longer than it was at most, and then read by jansson, which recurses: so
 * brackets are counted on the way.
 */
#include "page/ld.h"
#include "base/check.h"

struct cleaner {
	struct str in;
	size_t at, n;
	char *out;
	size_t last; /* behind the last byte that is no blank */
	size_t spare; /* quote marks that may be added */
	int depth;
	bool quoted, deep;
};

/* Case and parameters such as charset do not matter (WHATWG MIME Sniffing, 4.4). */
static bool is_ld_type(struct str type)
{
	const struct str name = STR("ld+json");
	type.n = str_find(type, ';');
	type = str_trim(type);
	return type.n >= name.n &&
	       str_ieq((struct str) { type.p + type.n - name.n, name.n }, name);
}

struct str ld_script(const struct dom *d, size_t i, bool *end)
{
	size_t count;
	const nid *ids = dom_list(d, LIST_SCRIPT_DATA, &count);
	struct str type, none = { NULL, 0 };
	*end = i >= count || i >= LD_SCRIPTS;
	nid text = *end ? 0 : dom_first(d, ids[i]);
	if (!text || !dom_attr(d, ids[i], ATTR_TYPE, &type) || !is_ld_type(type))
		return none;
	return dom_text(d, text);
}

static struct str rest_of(const struct cleaner *c)
{
	return (struct str) { c->in.p + c->at, c->in.n - c->at };
}

static bool skip_mark(struct cleaner *c)
{
	static const char *const marks[] = { "<!--", "-->", "<![CDATA[", "//<![CDATA[",
		"/*<![CDATA[*/", "]]>", "//]]>", "/*]]>*/" };
	if (!strchr("<-/]", c->in.p[c->at]) || !c->in.p[c->at])
		return false;
	for (size_t k = 0; k < COUNT_OF(marks); k++)
		if (str_starts(rest_of(c), str_of(marks[k]))) {
			c->at += strlen(marks[k]);
			return true;
		}
	return false;
}

/* A comment as scripts have them; JSON has none, and no slash outside of strings. */
static bool skip_comment(struct cleaner *c)
{
	struct str rest = rest_of(c), end = STR("\n");
	if (str_starts(rest, STR("/*")))
		end = STR("*/");
	else if (!str_starts(rest, STR("//")))
		return false;
	for (c->at += 2; c->at < c->in.n && !str_starts(rest_of(c), end);)
		c->at++;
	c->at += c->at < c->in.n ? end.n : 0;
	return true;
}

/* The number behind "\u" at p, -1 when there is none. */
static int unit_at(struct str s)
{
	int unit = 0;
	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int digit = str_hex(s.p[i]);
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static void put(struct cleaner *c, const char *p, size_t n)
{
	memmove(c->out + c->n, p, n);
	c->last = c->n += n;
}

/* "\uXXXX": a pair stays, half of one becomes U+FFFD, U+0000 a blank. */
static void take_unit(struct cleaner *c, int unit)
{
	struct str rest = rest_of(c), behind = { rest.p + 6, rest.n - 6 };
	int next = unit_at(behind);
	bool high = unit >= 0xD800 && unit < 0xDC00, low = unit >= 0xDC00 && unit < 0xE000;
	if (high && next >= 0xDC00 && next < 0xE000) {
		put(c, rest.p, 12);
		c->at += 12;
		return;
	}
	if (unit == 0)
		put(c, " ", 1);
	else
		put(c, high || low ? "\\ufffd" : rest.p, 6);
	c->at += 6;
}

static void take_escape(struct cleaner *c)
{
	struct str rest = rest_of(c);
	char next = rest.n > 1 ? rest.p[1] : ' ';
	int unit = unit_at(rest);
	if (unit >= 0) {
		take_unit(c, unit);
		return;
	}
	if (next && strchr("\"\\/bfnrt", next))
		put(c, rest.p, 2);
	else
		put(c, (unsigned char)next < ' ' ? " " : &next, 1);
	c->at += rest.n > 1 ? 2 : 1;
}

/* A byte outside of strings. Commas that part nothing and letters of no language (a BOM, hard blanks) become blanks. */
static char take_mark(struct cleaner *c, char byte)
{
	char last = c->last ? c->out[c->last - 1] : ',';
	bool close = byte == '}' || byte == ']';
	c->depth += (byte == '{' || byte == '[') - close;
	c->deep |= c->depth > LD_DEPTH;
	if (close && c->last && last == ',')
		c->out[c->last - 1] = ' ';
	bool idle = byte == ',' && strchr(",[{", last);
	return idle || byte == ';' || (unsigned char)byte >= 0x80 ? ' ' : byte;
}

static void take_plain(struct cleaner *c)
{
	char byte = c->in.p[c->at];
	if (byte == '"')
		c->quoted = !c->quoted;
	if (!c->quoted)
		byte = take_mark(c, byte);
	if ((unsigned char)byte < ' ')
		byte = ' ';
	c->out[c->n++] = byte;
	c->last = byte == ' ' ? c->last : c->n;
	c->at++;
}

static size_t digits_at(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

/* A number that jansson reads: RFC 8259, section 6, and not too large. */
static bool is_number(struct str s)
{
	size_t at = s.n && s.p[0] == '-', n = digits_at(s, at);
	if (!n || n > 18 || (n > 1 && s.p[at] == '0'))
		return false;
	at += n;
	if (at < s.n && s.p[at] == '.') {
		if (!(n = digits_at(s, at + 1)))
			return false;
		at += n + 1;
	}
	if (at < s.n && (s.p[at] | 0x20) == 'e') {
		at += at + 1 < s.n && (s.p[at + 1] == '+' || s.p[at + 1] == '-');
		if (!(n = digits_at(s, at + 1)) || n > 2)
			return false;
		at += n + 1;
	}
	return at == s.n;
}

/* What only looks like a number (00123, 2024-05-01, twenty digits) becomes a string. */
static bool take_number(struct cleaner *c)
{
	struct str s = rest_of(c);
	size_t n = 0;
	while (n < s.n && s.p[n] && strchr("0123456789+-.eE", s.p[n]))
		n++;
	bool quote = n > 1 && !is_number((struct str) { s.p, n }) && c->spare >= 2;
	if (!n || *s.p == 'e' || *s.p == 'E')
		return false;
	if (quote)
		put(c, "\"", 1);
	put(c, s.p, n);
	if (quote)
		put(c, "\"", 1);
	c->spare -= quote ? 2 : 0;
	c->at += n;
	return true;
}

static struct str cleaned(struct arena *a, struct str script, bool *deep)
{
	struct cleaner c = { .in = script, .spare = script.n / 8 + 16 };
	c.out = arena_raw(a, script.n + c.spare + 1);
	while (c.at < c.in.n) {
		if (c.quoted && c.in.p[c.at] == '\\')
			take_escape(&c);
		else if (c.quoted || !(skip_mark(&c) || skip_comment(&c) || take_number(&c)))
			take_plain(&c);
	}
	*deep = c.deep;
	return (struct str) { c.out, c.n };
}

json_t *ld_read(struct arena *a, struct str script)
{
	bool deep = false;
	if (script.n > LD_BYTES)
		return NULL;
	struct str text = cleaned(a, script, &deep);
	json_t *all = deep ? NULL : json_array();
	while (all && json_array_size(all) < LD_VALUES) {
		json_error_t why;
		while (text.n && (text.p[0] == ' ' || text.p[0] == ','))
			text = (struct str) { text.p + 1, text.n - 1 };
		json_t *one = text.n ? json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, &why)
				     : NULL;
		if (!one)
			break;
		json_array_append_new(all, one);
		size_t used = why.position > 0 ? (size_t)why.position : text.n;
		text = (struct str) { text.p + used, text.n - used };
	}
	if (json_array_size(all))
		return all;
	json_decref(all);
	return NULL;
}
