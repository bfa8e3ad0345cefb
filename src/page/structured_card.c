/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards: Open Graph (https://ogp.me/, with its vertical vocabularies such as article:author) and Twitter's.
 * Their properties stand in meta elements, in `property` or, as many pages have it, in `name`.
 */
#include "page/structured_in.h"

enum { CARD_PROPERTIES = 200, CARD_VALUE = 4000 };

struct card_row {
	struct str key, value; /* key: as in the object */
	bool shown;
};
struct card {
	struct card_row rows[CARD_PROPERTIES];
	size_t n;
};

/* Open Graph's verticals keep their prefix: "article:author". */
static const char *const verticals[] = {
	"article:", "book:", "profile:", "music:", "video:", "product:", "place:", "business:"
};

static bool open_graph_key(struct str name, struct str *key)
{
	if (str_istarts(name, STR("og:"))) {
		*key = (struct str) { name.p + 3, name.n - 3 };
		return true;
	}
	*key = name;
	for (size_t i = 0; i < sizeof verticals / sizeof verticals[0]; i++)
		if (str_istarts(name, str_of(verticals[i])))
			return true;
	return false;
}

static bool twitter_key(struct str name, struct str *key)
{
	*key = (struct str) { name.p + 8, name.n > 8 ? name.n - 8 : 0 };
	return str_istarts(name, STR("twitter:"));
}

static bool read_meta(const struct dom *d, nid id, bool (*key_of)(struct str, struct str *),
	struct card_row *row)
{
	static const enum attr_id names[] = { ATTR_PROPERTY, ATTR_NAME };
	struct str name;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (dom_attr(d, id, names[i], &name) && key_of(str_trim(name), &row->key) &&
			row->key.n && dom_attr(d, id, ATTR_CONTENT, &row->value)) {
			row->value = str_head(str_trim(row->value), CARD_VALUE);
			row->shown = false;
			return row->value.n > 0;
		}
	return false;
}

static bool is_address(struct str key)
{
	static const char *const last[] = { "url", "image", "src", "secure_url", "audio",
		"video", "player", "stream" };
	size_t from = key.n;
	while (from && key.p[from - 1] != ':')
		from--;
	struct str tail = { key.p + from, key.n - from };
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		if (str_ieq(tail, str_of(last[i])))
			return true;
	return false;
}

static void put_value(const struct structured *s, struct buf *b, const struct card_row *row)
{
	if (is_address(row->key))
		structured_put_address(s, b, row->value);
	else
		json_put_str(b, row->value);
}

/* Of a structured property ("image:width") the name of what it describes ("image"); empty: it is none. */
static struct str root_of(struct str key)
{
	size_t colon = str_find(key, ':');
	return (struct str) { key.p, colon < key.n ? colon : 0 };
}

static size_t count_key(const struct card *c, struct str key)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += str_ieq(c->rows[i].key, key);
	return n;
}

/* Open Graph, "Arrays": what describes one of several images stands behind it. So the values go into places like those
 * of the images, null where one has none. false: they do not stand so, and nothing is written. */
static bool put_aligned(
	const struct structured *s, struct buf *b, struct card *c, struct str key)
{
	const struct str root = root_of(key);
	const struct card_row *of[CARD_PROPERTIES] = { NULL };
	size_t n = 0;
	if (!root.n || count_key(c, root) < 2)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		n += str_ieq(c->rows[i].key, root);
		if (!str_ieq(c->rows[i].key, key))
			continue;
		if (n == 0 || of[n - 1])
			return false;
		of[n - 1] = &c->rows[i];
	}
	for (size_t i = 0; i < n; i++) {
		buf_char(b, i ? ',' : '[');
		if (of[i])
			put_value(s, b, of[i]);
		else
			buf_text(b, "null");
	}
	buf_char(b, ']');
	return true;
}

/* Row i and those behind it with the same key. */
static void put_property(const struct structured *s, struct buf *b, struct card *c, size_t i)
{
	const struct str key = c->rows[i].key;
	bool many = count_key(c, key) > 1, first = true;
	json_comma(b);
	json_put_str(b, key);
	buf_char(b, ':');
	bool aligned = put_aligned(s, b, c, key);
	if (!aligned && many)
		buf_char(b, '[');
	for (size_t k = i; k < c->n; k++) {
		if (!str_ieq(c->rows[k].key, key))
			continue;
		c->rows[k].shown = true;
		if (aligned)
			continue;
		buf_text(b, first ? "" : ",");
		put_value(s, b, &c->rows[k]);
		first = false;
	}
	if (!aligned && many)
		buf_char(b, ']');
}

static bool put_card(
	const struct structured *s, struct buf *b, bool (*key_of)(struct str, struct str *))
{
	struct card *c = ARENA_NEW(s->arena, struct card);
	size_t count;
	const nid *metas = dom_list(s->d, LIST_META, &count);
	for (size_t i = 0; i < count && c->n < CARD_PROPERTIES; i++) {
		c->n += read_meta(s->d, metas[i], key_of, &c->rows[c->n]);
		*s->cut |= c->n == CARD_PROPERTIES;
	}
	buf_char(b, '{');
	for (size_t i = 0; i < c->n; i++)
		if (!c->rows[i].shown)
			put_property(s, b, c, i);
	buf_char(b, '}');
	return c->n > 0;
}

bool structured_open_graph(const struct structured *s, struct buf *b)
{
	return put_card(s, b, open_graph_key);
}

bool structured_twitter(const struct structured *s, struct buf *b)
{
	return put_card(s, b, twitter_key);
}
