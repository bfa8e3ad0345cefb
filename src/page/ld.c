/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script is cleaned in one pass, never longer than it was, and then read by jansson, which recurses: so
 * brackets are counted on the way.
 */
#include "page/ld.h"
#include "base/check.h"

struct cleaner {
	struct str in;
	size_t at, n;
	char *out;
	int depth;
	bool quoted, deep;
};

struct str ld_script(const struct dom *d, size_t i, bool *end)
{
	size_t count;
	const nid *ids = dom_list(d, LIST_SCRIPT_DATA, &count);
	struct str type, none = { NULL, 0 };
	*end = i >= count || i >= LD_SCRIPTS;
	nid text = *end ? 0 : dom_first(d, ids[i]);
	if (!text || !dom_attr(d, ids[i], ATTR_TYPE, &type) || !str_has(type, STR("ld+json")))
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
	for (size_t k = 0; k < COUNT_OF(marks); k++)
		if (str_starts(rest_of(c), str_of(marks[k]))) {
			c->at += strlen(marks[k]);
			return true;
		}
	return false;
}

/* A comma with nothing but blanks between it and the closing bracket. */
static bool is_trailing(const struct cleaner *c)
{
	for (size_t i = c->at + 1; i < c->in.n; i++)
		if ((unsigned char)c->in.p[i] > ' ')
			return c->in.p[i] == '}' || c->in.p[i] == ']';
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
	c->n += n;
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

static void take_plain(struct cleaner *c)
{
	char byte = c->in.p[c->at];
	if (byte == '"')
		c->quoted = !c->quoted;
	if (!c->quoted) {
		c->depth += (byte == '{' || byte == '[') - (byte == '}' || byte == ']');
		c->deep |= c->depth > LD_DEPTH;
		if (byte == ';' || (byte == ',' && is_trailing(c)))
			byte = ' ';
	}
	if ((unsigned char)byte < ' ')
		byte = ' ';
	c->out[c->n++] = byte;
	c->at++;
}

static struct str cleaned(struct arena *a, struct str script, bool *deep)
{
	struct cleaner c = { .in = script, .out = arena_raw(a, script.n + 1) };
	while (c.at < c.in.n) {
		char byte = c.in.p[c.at];
		bool mark = byte == '<' || byte == '-' || byte == '/' || byte == ']';
		if (c.quoted && byte == '\\')
			take_escape(&c);
		else if (c.quoted || !mark || !skip_mark(&c))
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
