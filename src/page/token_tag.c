/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags. A name of up to 15 bytes, which nearly all have, is found, lowered and looked up in
 * one step of 16 bytes; others go byte by byte. A duplicate attribute is found by one bit per
 * hash for the usual tag and by a table, emptied by counting rounds, when that bit is taken.
 */
#include "page/token.h"
#include "page/scan_name.h"

enum { ENDS = 1, CHANGES = 2, FEW_ATTRS = 12 };
/* What a byte does in a name: ends it, or is written otherwise. */
static const uint8_t name_class[256] = { [' '] = ENDS,
	['\t'] = ENDS,
	['\n'] = ENDS,
	['\f'] = ENDS,
	['\r'] = ENDS,
	['/'] = ENDS,
	['>'] = ENDS,
	[0] = CHANGES,
	['A' ... 'Z'] = CHANGES };

/* The same in a value without quotes. */
static const uint8_t bare_class[256] = { [' '] = ENDS,
	['\t'] = ENDS,
	['\n'] = ENDS,
	['\f'] = ENDS,
	['\r'] = ENDS,
	['>'] = ENDS,
	['&'] = CHANGES,
	[0] = CHANGES };

/* Any name: lowered and with NUL replaced. The key is 0 when it is too long for the tables. */
static const char *read_long_name(
	struct lexer *x, const char *p, char stop, struct name_key *key, struct span *name)
{
	unsigned met = name_class[(unsigned char)*p];
	const char *q = p + 1;
	for (; q < x->end && !(name_class[(unsigned char)*q] & ENDS) && *q != stop; q++)
		met |= name_class[(unsigned char)*q];
	bool plain = !(met & CHANGES);
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
	if (name->len <= sizeof *key) {
		char bytes[sizeof *key] = { 0 };
		memcpy(bytes, span_bytes(x->m, *name), name->len);
		memcpy(key, bytes, sizeof *key);
	}
	return q;
}

/* A tag's name that is not among those of the table, or stands too near the end. */
__attribute__((noinline)) static const char *read_odd_tag_name(
	struct lexer *x, const char *p, struct token *t)
{
	struct name_key key;
	struct span name;
	size_t own_before = x->m->own_len;
	const char *q = read_long_name(x, p, '>', &key, &name);
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
		bool capitals;
		size_t n = scan_name(p, '>', &key, &capitals);
		t->tag = (enum tag_id)name_find(&tag_names, key, name_mix(&tag_names, key));
		if (t->tag && (name_class[(unsigned char)p[n]] & ENDS))
			return p + n;
	}
	return read_odd_tag_name(x, p, t);
}

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
	struct name_key key = { 0, 0 };
	if (a->name < ATTR_COUNT)
		return name_mix(&attr_names, attr_names.keys[a->name]);
	const char *name = x->m->d.base[(a->flags & ATTR_NAME_OWN) != 0] + a->name_off;
	size_t n = a->name - ATTR_COUNT;
	if (n > sizeof key)
		return long_hash(name, n);
	memcpy(&key, name, n);
	return name_mix(&attr_names, key);
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
		x->seen_round++;
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
		for (; q < x->end && !(bare_class[(unsigned char)*q] & ENDS); q++)
			met |= bare_class[(unsigned char)*q];
		care = met & CHANGES;
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
	if (n && ((*p)[n] == '=' || (name_class[(unsigned char)(*p)[n]] & ENDS))) {
		*p += n;
		return true;
	}
	*p = read_long_name(x, *p, '=', &key, &name);
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

/* The attribute that nearly all are: a short name, `="`, a value without references. p is on
 * its name. Returns where it ends; NULL: it is another one, nothing is done.
 */
static inline const char *read_usual_attr(
	const struct lexer *x, const char *p, struct dom_attr *a, uint64_t *hash)
{
	bool odd;
	size_t n = read_usual_name(x, p, a, hash);
	if (n == 0 || p[n] != '=' || p[n + 1] != '"')
		return NULL;
	const char *value = p + n + 2, *q = scan_value(value, x->end, &odd);
	if (odd || q == x->end)
		return NULL;
	a->value = (uint32_t)(value - x->begin);
	a->value_len = (uint32_t)(q - value);
	return q + 1;
}

/* Over white space and slashes that do not end the tag. */
__attribute__((noinline)) static const char *skip_gap(const char *p, const char *end)
{
	while (p < end && (scan_is_space(*p) || (*p == '/' && !(end - p > 1 && p[1] == '>'))))
		p++;
	return p;
}

/* How many attributes this tag may have before a limit or the table of names must be asked. */
static uint32_t few_attrs(const struct dom_maker *m)
{
	size_t few = m->limits.max_attrs < FEW_ATTRS ? m->limits.max_attrs : FEW_ATTRS;
	return m->d.attr_count + few <= 2 * m->limits.max_nodes ? (uint32_t)few : 0;
}

/* p behind the tag's name. Returns where its `>` or `/>` stands, or end. */
static const char *read_attrs(struct lexer *x, const char *p, struct token *t)
{
	struct dom_maker *m = x->m;
	const char *end = x->end;
	uint32_t few = few_attrs(m);
	x->seen_mask = 0;
	x->odd_class = false;
	for (;;) {
		if (p < end && *p == ' ')
			p++;
		if (p < end && *p == '>')
			return p;
		if (p == end || (name_class[(unsigned char)*p] & ENDS)) {
			p = skip_gap(p, end);
			if (p == end || *p == '>' || *p == '/')
				return p;
		}
		uint64_t hash;
		struct dom_attr *a = attr_room(m);
		const char *q = t->attr_n < few ? read_usual_attr(x, p, a, &hash) : NULL;
		if (!q || a->value_len > m->limits.max_attr_bytes) {
			p = read_attr(x, p, t);
			continue;
		}
		p = q;
		uint64_t bit = seen_bit(a, hash);
		if ((x->seen_mask & bit) && is_duplicate(x, a - t->attr_n, t->attr_n, bit))
			continue;
		x->seen_mask |= bit;
		x->odd_class |= (a->name == ATTR_CLASS) & (x->begin[a->value] == 'M');
		t->attr_n++;
		m->d.attr_count++;
	}
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
	p = read_attrs(x, p, t);
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
	p = read_attrs(x, p, t);
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
