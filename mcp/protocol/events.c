/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/events.h"
#include "base/mem.h"

struct event {
	struct event *next;
	int64_t number;
	int retry_ms;
	size_t n;
	char bytes[];
};

void events_init(struct events *e, int64_t number)
{
	*e = (struct events) { .number = number };
	e->end = &e->first;
}

static void drop_first(struct events *e)
{
	struct event *old = e->first;
	e->first = old->next;
	if (!e->first)
		e->end = &e->first;
	e->kept--;
	e->bytes -= old->n;
	mem_free(old);
}

void events_release(struct events *e)
{
	while (e->first)
		drop_first(e);
}

void events_add(struct events *e, struct str message, int retry_ms, size_t most)
{
	struct event *n = mem_raw(sizeof *n + message.n);
	*n = (struct event) { .number = ++e->last, .retry_ms = retry_ms, .n = message.n };
	if (message.n)
		memcpy(n->bytes, message.p, message.n);
	*e->end = n;
	e->end = &n->next;
	e->kept++;
	e->bytes += n->n;
	while (e->kept > most)
		drop_first(e);
}

static void put(const struct events *e, const struct event *n, struct buf *b)
{
	buf_addf(b, "id: %lld-%lld\n", (long long)e->number, (long long)n->number);
	if (n->retry_ms >= 0)
		buf_addf(b, "retry: %d\n", n->retry_ms);
	buf_text(b, n->n ? "event: message\ndata: " : "data:");
	buf_add(b, n->bytes, n->n);
	buf_text(b, "\n\n");
}

int64_t events_after(const struct events *e, int64_t at, struct buf *b)
{
	for (const struct event *n = e->first; n; n = n->next)
		if (n->number > at)
			put(e, n, b);
	return e->last;
}

bool events_id(struct str id, int64_t *stream, int64_t *event)
{
	struct str head;
	return str_cut(&id, '-', &head) && str_to_int(head, stream) && str_to_int(id, event) &&
	       *stream >= 0 && *event >= 0;
}
