/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links as references (LINKS_REFERENCES; CommonMark 4.7 and 6.3): [text][1], and below the text "[1]: address
 * "title"" once for each address with its title, numbered as they come. What the definitions need is taken off the
 * room for the text, so that a text that is cut has all of its own.
 */
#include "base/digest.h"
#include "page/markdown_in.h"

enum { FIRST_SLOTS = 64, AROUND = 16 }; /* AROUND: "[number]: " and the end of the line */

struct ref {
	size_t at, n; /* in the text of all */
	uint32_t hash;
};
struct md_refs {
	struct ref *all;
	uint32_t *
		slots; /* numbers from 1, 0: free; at least twice as many as there are references */
	size_t n, n_slots;
	struct buf text;
};

static void grow(struct md *m, struct md_refs *r)
{
	size_t slots = r->n_slots ? r->n_slots * 2 : FIRST_SLOTS;
	struct ref *all = ARENA_ARRAY(m->arena, struct ref, slots / 2);
	if (r->n)
		memcpy(all, r->all, r->n * sizeof *all);
	r->all = all;
	r->slots = ARENA_ARRAY(m->arena, uint32_t, slots);
	memset(r->slots, 0, slots * sizeof *r->slots);
	r->n_slots = slots;
	for (size_t i = 0; i < r->n; i++) {
		size_t at = all[i].hash & (slots - 1);
		while (r->slots[at])
			at = (at + 1) & (slots - 1);
		r->slots[at] = (uint32_t)i + 1;
	}
}

/* The number of what a definition says, a new one if need be. */
static size_t number_of(struct md *m, struct md_refs *r, struct str s)
{
	if (r->n * 2 >= r->n_slots)
		grow(m, r);
	uint32_t hash = (uint32_t)hash64(s); /* seeded: addresses cannot be made to collide */
	size_t at = hash & (r->n_slots - 1);
	for (; r->slots[at]; at = (at + 1) & (r->n_slots - 1)) {
		const struct ref *have = &r->all[r->slots[at] - 1];
		if (have->hash == hash && have->n == s.n &&
			memcmp(r->text.p + have->at, s.p, s.n) == 0)
			return r->slots[at];
	}
	r->all[r->n] = (struct ref) { r->text.len, s.n, hash };
	buf_add_str(&r->text, s);
	r->slots[at] = (uint32_t)++r->n;
	size_t cost = s.n + AROUND;
	m->limit = m->limit > m->out->len + cost ? m->limit - cost : m->out->len;
	return r->n;
}

void md_refer(struct md *m, size_t label_end)
{
	if (!m->refs) {
		m->refs = ARENA_NEW(m->arena, struct md_refs);
		*m->refs = (struct md_refs) { 0 };
		buf_init(&m->refs->text, m->o->max_bytes + MARKDOWN_TAIL);
	}
	struct str s = { m->out->p + label_end + 2,
		m->out->len - label_end - 2 }; /* behind "](" */
	if (m->refs->text.len + s.n > m->refs->text.max) {
		md_char(m, ')');
		return;
	}
	char text[32];
	int n = snprintf(text, sizeof text, "][%zu]", number_of(m, m->refs, s));
	m->out->len = label_end;
	md_put(m, text, (size_t)n);
}

void md_put_refs(struct md *m)
{
	struct md_refs *r = m->refs;
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		buf_addf(m->out, "%s[%zu]: ", i ? "" : "\n", i + 1);
		buf_add(m->out, r->text.p + r->all[i].at, r->all[i].n);
		buf_char(m->out, '\n');
	}
	buf_release(&r->text);
}
