/* SPDX-License-Identifier: Apache-2.0 */
/* The members, each written apart and taken whole or not at all; those that can be cut keep within a limit of
 * their own, so that no one vocabulary takes the room of the others. */
#include "page/structured_in.h"
#include "page/tokens.h"

static const struct {
	const char *name;
	structured_part *write;
	size_t max;
} parts[] = {
	{ "openGraph", structured_open_graph, STRUCTURED_BYTES },
	{ "twitter", structured_twitter, STRUCTURED_BYTES },
	{ "jsonLd", structured_json_ld, 384 << 10 },
	{ "microdata", structured_microdata, 192 << 10 },
	{ "rdfa", structured_rdfa, 128 << 10 },
	{ "tables", structured_tables, 192 << 10 },
};

static struct str write_most(
	struct arena *a, const struct dom *d, const struct url_base *base, size_t most)
{
	enum { LAST = 16 }; /* room for the end */
	bool cut = false;
	const struct structured s = { a, d, base, &cut };
	struct buf *all = buf_in(a, most + LAST), one;
	buf_char(all, '{');
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		size_t besides = all->len + strlen(parts[i].name) + 4 + LAST;
		size_t room = most > besides ? most - besides : 1;
		buf_init(&one, parts[i].max < room ? parts[i].max : room);
		bool any = !arena_over(a) && parts[i].write(&s, &one);
		bool fits = !one.full && one.len < room;
		if (any && fits) {
			json_key(all, parts[i].name);
			buf_add_str(all, buf_str(&one));
		}
		cut |= any && !fits;
		buf_release(&one);
	}
	buf_text(all, cut ? all->len > 1 ? ",\"cut\":true}" : "\"cut\":true}" : "}");
	return buf_str(all);
}

/* Most JSON has three bytes a token and more; what has less (figures, many a script) is written again, shorter. */
struct str structured_write(
	struct arena *a, const struct dom *d, const struct url_base *base, size_t max_tokens)
{
	enum { TRIES = 3 };
	size_t most = STRUCTURED_BYTES, tokens;
	if (max_tokens && max_tokens < most / 3)
		most = max_tokens * 5 / 2;
	struct str all = write_most(a, d, base, most);
	for (int i = 0; i < TRIES && max_tokens; i++) {
		if ((tokens = tokens_count(all)) <= max_tokens)
			break;
		most = i + 1 < TRIES ? all.n * max_tokens / tokens : max_tokens;
		all = write_most(a, d, base, most);
	}
	return all;
}

void structured_put_address(const struct structured *s, struct buf *b, struct str address)
{
	struct buf made;
	buf_init(&made, 16384);
	if (s->base && url_resolve_text(s->base, address, &made))
		json_put_str(b, buf_str(&made));
	else
		json_put_str(b, address);
	buf_release(&made);
}
