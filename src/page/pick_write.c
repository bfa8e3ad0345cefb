/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pick on a page. Each selector walks the page by itself: measured on a page of 2,500 elements the bare walk
 * takes 33 us, with the tests 50 to 75, reading the page many times that; and who wants the first match only
 * is mostly done early. All share one budget of steps, for searching and for the texts of what was found
 * (elements may stand in each other, hundreds deep).
 */
#include "page/pick_in.h"
#include "base/json.h"
#include "page/markdown.h"
#include "page/selector_in.h"
#include "page/serial.h"

enum { PICK_STEPS = 1 << 26 };

struct picking {
	struct sel_work work;
	struct url_base base;
	struct arena *small; /* for the Markdown of one element */
	struct buf raw, json; /* one value, before and after it is JSON */
	struct buf *to;
	nid found[PICK_ALL + 1], owners[PICK_ALL + 1];
	uint8_t *is_found; /* by node: one of the owners of texts */
	bool *cut;
};

/* What is left for values: the names that come behind must find room. */
static size_t room(const struct picking *k)
{
	size_t kept = k->to->len + PICK_TAIL;
	return k->to->max > kept ? k->to->max - kept : 0;
}

/* --- one value: into raw; false: there is none --- */

static bool attr_of(const struct dom *d, nid id, struct str name, struct str *value)
{
	char lower[SELECTOR_BYTES];
	if (dom_ns(d, id) != NS_HTML && dom_attr_named(d, id, name, value))
		return true;
	if (name.n > sizeof lower)
		return false;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = str_lower(name.p[i]);
	return dom_attr_named(d, id, (struct str) { lower, name.n }, value);
}

/* Where an element's address stands when nobody says it. */
static bool address_of(const struct dom *d, nid id, struct str *value)
{
	static const uint16_t own[][2] = { { TAG_OBJECT, ATTR_DATA }, { TAG_FORM, ATTR_ACTION },
		{ TAG_BLOCKQUOTE, ATTR_CITE }, { TAG_Q, ATTR_CITE },
		{ TAG_META, ATTR_CONTENT } };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (dom_html_tag(d, id) == own[i][0])
			return dom_attr(d, id, (enum attr_id)own[i][1], value);
	return dom_attr(d, id, ATTR_HREF, value) || dom_attr(d, id, ATTR_SRC, value) ||
	       dom_attr(d, id, ATTR_XLINK_HREF, value);
}

/* The text that a value is made of. */
static bool source_of(struct picking *k, const struct pick_name *p, nid id)
{
	const struct dom *d = k->work.d;
	struct str v = { "", 0 };
	if (p->take == TAKE_ATTR) {
		if (!attr_of(d, id, p->attr, &v))
			return false;
		pick_line(v, &k->raw);
	} else if (p->take == TAKE_TEXT) {
		v = dom_text(d, id);
		pick_line(v, &k->raw);
	} else if (p->type == PICK_URL && address_of(d, id, &v)) {
		pick_line(v, &k->raw);
	} else {
		k->work.steps += pick_text(d, id, &k->raw);
	}
	k->work.steps += v.n / PICK_STEP_BYTES;
	return true;
}

/* What an element may cost the Markdown writer, which goes through all below it whether it is text or not. */
static bool affords_markdown(struct picking *k, nid root)
{
	enum { NODE = 8 /* times the step of a test */ };
	const struct dom *d = k->work.d;
	for (nid id = root; id && !sel_over(&k->work); id = dom_walk(d, id, root)) {
		size_t bytes = dom_text(d, id).n;
		for (size_t i = dom_attr_count(d, id); i > 0; i--) {
			struct str name, value;
			dom_attr_at(d, id, i - 1, &name, &value);
			bytes += value.n;
		}
		k->work.steps += NODE + dom_attr_count(d, id) + bytes / PICK_STEP_BYTES;
	}
	return !k->work.over;
}

static bool put_markdown(struct picking *k, nid id)
{
	if (!affords_markdown(k, id))
		return false; /* put_value sees why */
	struct markdown_done done;
	struct markdown_opts how = { .base = k->base.usable ? &k->base : NULL,
		.links = LINKS_INLINE,
		.forms = true,
		.parts = &id,
		.n_parts = 1,
		.max_bytes = k->raw.max - MARKDOWN_TAIL,
		.stop = k->work.stop,
		.stop_arg = k->work.stop_arg };
	if (!k->small)
		k->small = arena_new(0);
	arena_reset(k->small);
	markdown_write(k->small, k->work.d, &how, &k->raw, &done);
	struct str made = str_trim(buf_str(&k->raw));
	*k->cut |= done.cuts != 0;
	json_put_str(&k->json, made);
	return !(done.cuts & (CUT_SIZE | CUT_TIME));
}

static bool put_url(struct picking *k)
{
	struct buf made;
	buf_init(&made, URL_MAX * 2);
	bool ok = k->raw.len && url_resolve_text(&k->base, buf_str(&k->raw), &made);
	if (ok)
		json_put_str(&k->json, buf_str(&made));
	buf_release(&made);
	return ok;
}

/* Its JSON; nothing when there is none. */
static void make_value(struct picking *k, const struct pick_name *p, nid id)
{
	bool there;
	buf_clear(&k->raw);
	buf_clear(&k->json);
	k->json.max = room(k) + 1; /* a ceiling is never 0 */
	k->raw.max = k->json.max + (p->type == PICK_MARKDOWN ? MARKDOWN_TAIL : 0);
	if (p->type == PICK_HTML) {
		html_write(&k->raw, k->work.d, id);
		json_put_str(&k->json, buf_str(&k->raw));
		there = true;
	} else if (p->type == PICK_MARKDOWN) {
		there = put_markdown(k, id);
	} else {
		there = source_of(k, p, id);
		if (there && p->type == PICK_NUMBER)
			there = pick_number(buf_str(&k->raw), &k->json);
		else if (there && p->type == PICK_URL)
			there = put_url(k);
		else if (there)
			json_put_str(&k->json, buf_str(&k->raw));
	}
	k->work.steps += 1 + k->raw.len / 8;
	if (!there)
		buf_clear(&k->json);
}

/* false: a limit was met, the value and all behind it are left out. */
static bool put_value(struct picking *k, const struct pick_name *p, nid id)
{
	make_value(k, p, id);
	if (k->raw.full || k->json.full || k->json.len + 16 > room(k) || sel_over(&k->work)) {
		*k->cut = true;
		return false;
	}
	if (p->all)
		json_comma(k->to);
	if (k->json.len)
		buf_add_str(k->to, buf_str(&k->json));
	else
		buf_text(k->to, "null");
	return true;
}

/* --- the nodes --- */

/* ::text: the texts that stand right in the elements found, in document order, without blank ones. */
static size_t texts_of(struct picking *k, size_t n, size_t most)
{
	const struct dom *d = k->work.d;
	size_t found = 0;
	if (!k->is_found)
		k->is_found = sel_array(&k->work, 1);
	for (size_t i = 0; i < n; i++)
		k->is_found[k->found[i]] = 1;
	memcpy(k->owners, k->found, n * sizeof *k->owners);
	for (nid id = n ? k->found[0] : 0; id && found < most && !sel_over(&k->work);
		id = dom_walk(d, id, 1)) {
		k->work.steps += 1 + dom_text(d, id).n / 32;
		if (dom_kind(d, id) == DOM_TEXT && k->is_found[dom_parent(d, id)] &&
			!pick_blank(dom_text(d, id)))
			k->found[found++] = id;
	}
	for (size_t i = 0; i < n; i++)
		k->is_found[k->owners[i]] = 0;
	return found;
}

static size_t find(struct picking *k, const struct pick_name *p)
{
	size_t most = p->all ? PICK_ALL + 1 : 1;
	size_t n = sel_find(
		&k->work, p->css, 1, k->found, p->take == TAKE_TEXT ? PICK_ALL + 1 : most);
	if (p->take == TAKE_TEXT) {
		*k->cut |= p->all && n > PICK_ALL;
		n = texts_of(k, n, most);
	}
	*k->cut |= k->work.over;
	return n;
}

static void write_name(struct picking *k, const struct pick_name *p)
{
	size_t n = find(k, p);
	if (n > PICK_ALL) {
		n = PICK_ALL;
		*k->cut = true;
	}
	json_comma(k->to);
	json_put_str(k->to, p->name);
	buf_char(k->to, ':');
	if (!p->all) {
		if (n == 0 || !put_value(k, p, k->found[0]))
			buf_text(k->to, "null");
		return;
	}
	buf_char(k->to, '[');
	for (size_t i = 0; i < n && put_value(k, p, k->found[i]); i++)
		;
	buf_char(k->to, ']');
}

void pick_write(const struct pick *p, const struct dom *d, const struct pick_opts *how,
	struct arena *scratch, struct buf *to, bool *cut)
{
	struct picking *k = ARENA_NEW(scratch, struct picking);
	*cut = false;
	k->to = to;
	k->cut = cut;
	sel_work_begin(&k->work, d, scratch, PICK_STEPS);
	k->work.stop = how->stop;
	k->work.stop_arg = how->stop_arg;
	url_base_init(&k->base, how->base);
	buf_init(&k->raw, 0);
	buf_init(&k->json, 0);
	buf_char(to, '{');
	for (size_t i = 0; i < p->n; i++)
		write_name(k, &p->names[i]);
	buf_char(to, '}');
	buf_release(&k->raw);
	buf_release(&k->json);
	arena_free(&k->small);
}
