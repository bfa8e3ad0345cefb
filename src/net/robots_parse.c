/* SPDX-License-Identifier: Apache-2.0 */
/*
 * robots.txt line by line (RFC 9309 section 2.2). Rules are collected twice, for our own groups and
 * for those of *, because it is only known at the end whether there are any of our own. A line that
 * is no record of ours (a sitemap, junk, HTML) changes nothing, not even the group that runs.
 */
#include "net/robots_in.h"

#include <stdlib.h>

enum { PATTERN_BYTES = 3 * ROBOTS_BYTES };

enum record { RECORD_OTHER, RECORD_AGENT, RECORD_ALLOW, RECORD_DISALLOW, RECORD_DELAY };

/* Names as they are written; the misspelt ones are those that Google's parser takes, too: who
 * misspells Disallow means it all the same. */
static const struct {
	const char *name;
	enum record record;
} names[] = {
	{ "user-agent", RECORD_AGENT },
	{ "useragent", RECORD_AGENT },
	{ "user agent", RECORD_AGENT },
	{ "allow", RECORD_ALLOW },
	{ "disallow", RECORD_DISALLOW },
	{ "dissallow", RECORD_DISALLOW },
	{ "dissalow", RECORD_DISALLOW },
	{ "disalow", RECORD_DISALLOW },
	{ "diasllow", RECORD_DISALLOW },
	{ "disallaw", RECORD_DISALLOW },
	{ "crawl-delay", RECORD_DELAY },
};

struct line_rule { /* points into the text of the file */
	struct str value;
	bool allow;
};
/* What is for one name: ours or *. */
struct side {
	struct arena *arena;
	struct line_rule *rule;
	size_t count, room;
	int64_t delay_ms;
	bool named, current; /* a group has it; the group that runs has it */
};
struct parse {
	struct str agent; /* our product token */
	struct side own, all;
	bool in_rules; /* the group that runs has rules: the next agent begins another one */
};

/* RFC 9309 section 2.2.1: letters, - and _; what follows (a version, a remark) does not count. */
static struct str product_token(struct str text)
{
	size_t n = 0;
	for (; n < text.n; n++) {
		char c = str_lower(text.p[n]);
		if ((c < 'a' || c > 'z') && c != '-' && c != '_')
			break;
	}
	return (struct str) { text.p, n };
}

static bool is_star(struct str value)
{
	return value.n && value.p[0] == '*' &&
	       (value.n == 1 || value.p[1] == ' ' || value.p[1] == '\t');
}

static void on_agent(struct parse *p, struct str value)
{
	struct str token = product_token(value);
	if (p->in_rules)
		p->own.current = p->all.current = p->in_rules = false;
	if (is_star(value))
		p->all.named = p->all.current = true;
	else if (token.n && str_ieq(token, p->agent))
		p->own.named = p->own.current = true;
}

static void add_rule(struct side *s, struct str value, bool allow)
{
	if (!s->current || !value.n) /* without a path it matches nothing */
		return;
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 16;
		s->rule = arena_grow(
			s->arena, s->rule, s->room * sizeof *s->rule, room * sizeof *s->rule);
		s->room = room;
	}
	s->rule[s->count++] = (struct line_rule) { value, allow };
}

static void on_rule(struct parse *p, struct str value, bool allow)
{
	p->in_rules = true;
	add_rule(&p->own, value, allow);
	add_rule(&p->all, value, allow);
}

/* Seconds, perhaps with a fraction; -1: nothing of the kind. */
static int64_t read_delay(struct str value)
{
	int64_t ms = 0, unit = 1000;
	bool digits = false, point = false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return -1;
		digits = true;
		if (point)
			ms += (unit /= 10) * (c - '0');
		else
			ms = ms * 10 + unit * (c - '0');
		if (ms > ROBOTS_DELAY_MS)
			ms = ROBOTS_DELAY_MS;
	}
	return digits ? ms : -1;
}

static void on_delay(struct side *s, int64_t ms)
{
	if (s->current && ms > s->delay_ms)
		s->delay_ms = ms;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "name: value"; also "name value", where nothing but two words can be meant. */
static bool split(struct str line, struct str *name, struct str *value)
{
	size_t colon = str_find(line, ':'), at = 0;
	if (colon < line.n) {
		*name = str_trim((struct str) { line.p, colon });
		*value = str_trim((struct str) { line.p + colon + 1, line.n - colon - 1 });
		return true;
	}
	while (at < line.n && !is_blank(line.p[at]))
		at++;
	*name = (struct str) { line.p, at };
	*value = str_trim((struct str) { line.p + at, line.n - at });
	for (size_t i = 0; i < value->n; i++)
		if (is_blank(value->p[i]))
			return false;
	return value->n > 0;
}

static enum record record_of(struct str name)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_ieq(name, str_of(names[i].name)))
			return names[i].record;
	return RECORD_OTHER;
}

static void on_line(struct parse *p, struct str line)
{
	struct str name, value;
	line.n = str_find(line, '#');
	line = str_trim(line);
	if (!line.n || !split(line, &name, &value))
		return;
	enum record record = record_of(name);
	if (record == RECORD_AGENT) {
		on_agent(p, value);
	} else if (record == RECORD_ALLOW || record == RECORD_DISALLOW) {
		on_rule(p, value, record == RECORD_ALLOW);
	} else if (record == RECORD_DELAY) {
		int64_t ms = read_delay(value);
		on_delay(&p->own, ms);
		on_delay(&p->all, ms);
	}
}

/* What counts of the file: behind a byte order mark (or a part of one), whole lines of the first
 * 500 KiB. A line that is cut could say something else than it did. */
static struct str readable(struct str text)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t skip = 0;
	while (skip < 3 && skip < text.n && text.p[skip] == mark[skip])
		skip++;
	text.p += skip;
	text.n -= skip;
	if (text.n <= ROBOTS_BYTES)
		return text;
	text.n = ROBOTS_BYTES;
	while (text.n && text.p[text.n] != '\n' && text.p[text.n] != '\r')
		text.n--;
	return text;
}

static void read_lines(struct parse *p, struct str text)
{
	for (size_t i = 0, begin = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != '\n' && text.p[i] != '\r')
			continue;
		on_line(p, (struct str) { text.p + begin, i - begin });
		begin = i + 1;
	}
}

/* --- the block --- */

/* The most octets first, and of equals the one that allows: the first that matches decides. */
static int by_weight(const void *a, const void *b)
{
	const struct robots_rule *x = a, *y = b;
	size_t nx = (size_t)x->n + x->ends, ny = (size_t)y->n + y->ends;
	if (nx != ny)
		return nx < ny ? 1 : -1;
	return (int)y->allow - (int)x->allow;
}

static const struct robots_rules *pack(const struct side *s, struct arena *a)
{
	struct buf patterns;
	struct robots_rules *r;
	size_t head = sizeof *r + s->count * sizeof r->rule[0];
	struct robots_rule *rule = ARENA_ARRAY(a, struct robots_rule, s->count + 1);
	buf_init(&patterns, PATTERN_BYTES);
	for (size_t i = 0; i < s->count; i++) {
		size_t at = patterns.len;
		robots_normal(s->rule[i].value, true, &patterns);
		bool ends = patterns.p[patterns.len - 1] == '$';
		patterns.len -= ends;
		rule[i] = (struct robots_rule) { (uint32_t)(head + at),
			(uint32_t)(patterns.len - at), s->rule[i].allow, ends };
	}
	r = arena_alloc(a, head + patterns.len);
	*r = (struct robots_rules) { head + patterns.len, s->delay_ms, s->count };
	if (s->count) {
		qsort(rule, s->count, sizeof *rule, by_weight);
		memcpy(r->rule, rule, s->count * sizeof *rule);
		memcpy((char *)r + head, patterns.p, patterns.len);
	}
	buf_release(&patterns);
	return r;
}

const struct robots_rules *robots_parse(struct arena *a, struct str text, struct str agent)
{
	struct parse p = {
		.agent = product_token(agent), .own = { .arena = a }, .all = { .arena = a }
	};
	read_lines(&p, readable(text));
	return pack(p.own.named ? &p.own : &p.all, a);
}
