/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes (13.2.5.32 to 40). Nearly all are a short name, `="`, a value without references, `"`: those are read
 * in a loop of their own that looks at 16 bytes for a name and 32 for a value; whatever it does
 * not like goes to read_attr, which can do everything. A duplicate is found by one bit per name
 * for the usual tag and by a table, emptied by counting rounds, when that bit is taken.
 */
#include "page/token.h"
#include "page/scan_name.h"

/* What a byte does in a value without quotes: ends it, or is written otherwise. */
static const uint8_t bare_class[256] = { [' '] = NAME_ENDS,
	['\t'] = NAME_ENDS,
	['\n'] = NAME_ENDS,
	['\f'] = NAME_ENDS,
	['\r'] = NAME_ENDS,
	['>'] = NAME_ENDS,
	['&'] = NAME_CHANGES,
	[0] = NAME_CHANGES };

/* Of a name of more than 16 bytes. */
static uint64_t long_hash(const char *name, size_t n)
{
	uint64_t h = n, word;
	for (size_t i = 0; i < n;
		i += sizeof word) { /* the last word begins in the one before it */
		memcpy(&word, name + (i + sizeof word <= n ? i : n - sizeof word), sizeof word);
		h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 32;
	}
	return h ^ h << 32;
}

/* A number that equal names share: the mix of the name's words, or for names too long for
 * them of its bytes.
 */
static uint64_t attr_hash(const struct lexer *x, const struct dom_attr *a)
{
	if (a->name < ATTR_COUNT)
		return name_mix(&attr_names, attr_names.keys[a->name]);
	struct str name = dom_own_name(&x->m->d, a);
	return name.n > sizeof(struct name_key)
		       ? long_hash(name.p, name.n)
		       : name_mix(&attr_names, name_key_of(name.p, name.n));
}

/* Finds or enters attribute i of the tag in the table. At most SEEN_SIZE / 2 stand in it. */
static bool in_table(struct lexer *x, const struct dom_attr *tag, uint32_t i, uint64_t hash)
{
	enum { MAX_PROBES = 64 }; /* names made to collide stay as duplicates then */
	for (uint32_t at = (uint32_t)(hash >> (64 - SEEN_BITS)), probes = 0;
		probes < MAX_PROBES; at++, probes++) {
		at &= SEEN_SIZE - 1;
		x->m->d.work++;
		if (x->seen_rounds[at] != x->seen_round) {
			x->seen_rounds[at] = x->seen_round;
			x->seen[at] = (uint16_t)i;
			return false;
		}
		if (attr_same_name(x->m, &tag[x->seen[at]], &tag[i]))
			return true;
	}
	return false;
}

/* Equal names have equal bits; of the names of the tables, those met most often have one each. */
static uint64_t seen_bit(const struct dom_attr *a, uint64_t hash)
{
	return UINT64_C(1) << (a->name < ATTR_COUNT ? a->name & 63 : hash >> 58);
}

/* Is the newest attribute's name, of this bit, among the n before it? */
__attribute__((noinline)) static bool is_duplicate(
	struct lexer *x, const struct dom_attr *tag, uint32_t n, uint64_t bit)
{
	bool maybe = x->seen_mask & bit;
	x->seen_mask |= bit;
	if (n < FEW_ATTRS) {
		for (uint32_t i = 0; maybe && i < n; i++)
			if (attr_same_name(x->m, &tag[i], &tag[n]))
				return true;
		return false;
	}
	if (n == FEW_ATTRS) {
		if (x->seen_round++ == 0) { /* few pages have such a tag */
			x->seen = arena_raw(x->m->arena, SEEN_SIZE * sizeof *x->seen);
			x->seen_rounds =
				arena_alloc(x->m->arena, SEEN_SIZE * sizeof *x->seen_rounds);
		}
		for (uint32_t i = 0; i < n; i++)
			in_table(x, tag, i, attr_hash(x, &tag[i]));
	}
	return in_table(x, tag, n, attr_hash(x, &tag[n]));
}

/* p behind `=`. Sets the value; returns where it goes on. */
static const char *read_value(struct lexer *x, const char *p, struct dom_attr *a)
{
	if (p < x->end && scan_is_space(*p))
		p = scan_space(p, x->end);
	a->value = (uint32_t)(p - x->begin);
	if (p == x->end || *p == '>')
		return p;
	char quote = *p;
	bool quoted = quote == '"' || quote == '\'', care = false;
	const char *from = quoted ? p + 1 : p, *q = from;
	if (quoted) {
		while ((q = scan_two(q, x->end, quote, '&')) < x->end && *q != quote) {
			care = true;
			q++;
		}
	} else {
		unsigned met = 0;
		for (; q < x->end && !(bare_class[(unsigned char)*q] & NAME_ENDS); q++)
			met |= bare_class[(unsigned char)*q];
		care = met & NAME_CHANGES;
	}
	if (q == x->end)
		return q; /* the tag is unfinished and will be dropped */
	struct span value = care ? lexer_clean(x, from, q, true, true) : lexer_span(x, from, q);
	a->value = value.off;
	a->value_len = value.len;
	a->flags |= value.own ? ATTR_VALUE_OWN : 0;
	return quoted ? q + 1 : q;
}

/* An attribute's name of at most 16 bytes that can stay as it is. Returns its length, 0: it is
 * another one.
 */
static inline size_t read_usual_name(
	const struct lexer *x, const char *p, struct dom_attr *a, uint64_t *hash)
{
	struct name_key key;
	bool capitals;
	if (x->end - p < SCAN_ROOM)
		return 0;
	size_t n = scan_name(p, '=', &key, &capitals);
	*hash = name_mix(&attr_names, key);
	unsigned name = name_find(&attr_names, key, *hash);
	if (name == 0 && capitals)
		return 0;
	a->name_off = (uint32_t)(p - x->begin);
	a->name = (uint16_t)(name ? name : ATTR_COUNT + n);
	a->flags = 0;
	return n;
}

/* Any attribute's name; false when it is past a limit. */
static bool read_attr_name(struct lexer *x, const char **p, struct dom_attr *a, uint64_t *hash)
{
	struct name_key key;
	struct span name;
	size_t n = read_usual_name(x, *p, a, hash);
	if (n && ((*p)[n] == '=' || (lexer_name_ends((*p)[n])))) {
		*p += n;
		return true;
	}
	*p = lexer_long_name(x, *p, '=', &key, &name);
	*hash = name_mix(&attr_names, key);
	a->name_off = name.off;
	a->name = (uint16_t)name_find(&attr_names, key, *hash);
	a->flags = name.own ? ATTR_NAME_OWN : 0;
	if (name.len > sizeof key)
		*hash = long_hash(span_bytes(x->m, name), name.len);
	if (name.len > ATTR_NAME_MAX || name.len > x->m->limits.max_attr_bytes)
		return false;
	if (!a->name)
		a->name = (uint16_t)(ATTR_COUNT + name.len);
	return true;
}

/* One attribute, p on its name. It counts unless it is a duplicate or past a limit. */
__attribute__((noinline)) static const char *read_attr(
	struct lexer *x, const char *p, struct token *t)
{
	struct dom_maker *m = x->m;
	struct dom_attr *tag = attr_room(m) - t->attr_n, *a = &tag[t->attr_n];
	size_t own_before = m->own_len;
	uint64_t hash;
	bool fits = read_attr_name(x, &p, a, &hash);
	a->value = a->value_len = 0;
	const char *q = p < x->end && *p == '=' ? p : scan_space(p, x->end);
	if (q < x->end && *q == '=')
		p = read_value(x, q + 1, a);
	bool past = !fits || a->value_len > m->limits.max_attr_bytes ||
		    t->attr_n >= m->limits.max_attrs || t->attr_n >= SEEN_SIZE / 2 ||
		    m->d.attr_count >= 2 * m->limits.max_nodes;
	if (past)
		m->d.cuts |= CUT_ATTRS;
	if (!past && !is_duplicate(x, tag, t->attr_n, seen_bit(a, hash))) {
		x->odd_class |= a->name == ATTR_CLASS;
		t->attr_n++;
		m->d.attr_count++;
	} else {
		m->own_len = own_before;
	}
	return p;
}

/* Over white space and slashes that do not end the tag. */
__attribute__((noinline)) static const char *skip_gap(const char *p, const char *end)
{
	for (;; p++) {
		p = scan_space(p, end);
		if (p == end || *p != '/' || (end - p > 1 && p[1] == '>'))
			return p;
	}
}

/* The name of an attribute at p whose value stands behind `="` at p + *len, without looking at
 * limits. 0: there is no such thing.
 */
static inline unsigned usual_name(const char *p, size_t *len, unsigned *bit)
{
	struct name_key key;
	*len = scan_attr(p, &key);
	unsigned name = name_find(&attr_names, key, name_mix(&attr_names, key));
	*bit = name & 63;
	if (!name) { /* one in eight: nobody's table has it */
		bool capitals;
		*len = scan_name(p, '=', &key, &capitals);
		*bit = (unsigned)(name_mix(&attr_names, key) >> 58);
		name = capitals || !*len ? 0 : (unsigned)(ATTR_COUNT + *len);
	}
	return memcmp(p + *len, "=\"", 2) == 0 ? name : 0;
}

/* Reads attributes as nearly all are, p behind a name or value. Returns where it stopped; p: what
 * stands there is another one, or none. Limits of count and room are kept by attr_easy.
 */
static inline const char *read_usual(struct lexer *x, const char *p, struct token *t)
{
	struct dom_maker *m = x->m;
	const char *begin = x->begin, *end = x->end;
	struct dom_attr *at = m->d.attrs + m->d.attr_count;
	const struct dom_attr *had = at, *full = at - t->attr_n + FEW_ATTRS;
	uint64_t seen = x->seen_mask;
	bool odd_class = false;
	while (end - p > SCAN_ROOM && *p != '>' && at < full) {
		size_t len;
		unsigned bit;
		const char *from = p + 1;
		if (*p != ' ' || lexer_name_ends(*from)) {
			from = skip_gap(p, end);
			if (end - from < SCAN_ROOM || lexer_name_ends(*from))
				break;
		}
		unsigned name = usual_name(from, &len, &bit);
		const char *value = from + len + 2;
		if (!name || seen >> bit & 1)
			break;
		const char *q = scan_value(from, len + 2, end);
		if (q == end || *q != '"' || (size_t)(q - value) > m->limits.max_attr_bytes)
			break;
		seen |= UINT64_C(1) << bit;
		odd_class |= (name == ATTR_CLASS) & (*value == 'M');
		*at++ = (struct dom_attr) { (uint32_t)(from - begin), (uint32_t)(value - begin),
			(uint32_t)(q - value), (uint16_t)name, 0 };
		p = q + 1;
	}
	uint32_t n = (uint32_t)(at - had);
	x->seen_mask = seen;
	x->odd_class |= odd_class;
	t->attr_n += n;
	m->d.attr_count += n;
	return p;
}

const char *lexer_attrs(struct lexer *x, const char *p, struct token *t)
{
	const char *end = x->end;
	for (;;) {
		if (x->m->d.attr_count < x->m->attr_easy)
			p = read_usual(x, p, t);
		if (p < end && *p == '>')
			return p;
		p = skip_gap(p, end);
		if (p == end || *p == '>' || *p == '/')
			return p;
		p = read_attr(x, p, t);
	}
}
