/* SPDX-License-Identifier: Apache-2.0 */
/* The members, each written apart and taken whole or not at all. */
#include "page/structured_in.h"

static const struct {
	const char *name;
	structured_part *write;
} parts[] = {
	{ "openGraph", structured_open_graph },
	{ "twitter", structured_twitter },
};

static void release(void *b)
{
	buf_release(b);
}

struct str structured_write(struct arena *a, const struct dom *d, const struct url_base *base)
{
	const struct structured s = { a, d, base };
	struct buf *all = ARENA_NEW(a, struct buf), one;
	buf_init(all, STRUCTURED_BYTES);
	arena_defer(a, release, all);
	buf_char(all, '{');
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_init(&one, STRUCTURED_BYTES);
		bool any = parts[i].write(&s, &one) && !one.full;
		if (any && all->len + one.len + strlen(parts[i].name) + 8 < STRUCTURED_BYTES) {
			json_key(all, parts[i].name);
			buf_add_str(all, buf_str(&one));
		}
		buf_release(&one);
	}
	buf_char(all, '}');
	return buf_str(all);
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
