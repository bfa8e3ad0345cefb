/* SPDX-License-Identifier: Apache-2.0 */
#include "http/sse.h"
#include "base/check.h"

static void field(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	CHECK(!strpbrk(value, "\r\n"));
	buf_text(out, name);
	buf_text(out, value);
	buf_char(out, '\n');
}

/* The next line of *data, which moves behind its end. *more: another one follows. */
static struct str next_line(struct str *data, bool *more)
{
	size_t n = 0;
	while (n < data->n && data->p[n] != '\n' && data->p[n] != '\r')
		n++;
	struct str line = { data->p, n };
	*more = n < data->n;
	n += *more && data->p[n] == '\r' && n + 1 < data->n && data->p[n + 1] == '\n';
	n += *more;
	*data = (struct str) { n ? data->p + n : data->p, data->n - n };
	return line;
}

void sse_put(struct buf *out, const char *event, const char *id, struct str data)
{
	bool more = true;
	field(out, "event: ", event);
	field(out, "id: ", id);
	while (more) {
		struct str line = next_line(&data, &more);
		buf_text(out, "data: ");
		buf_add_str(out, line);
		buf_char(out, '\n');
	}
	buf_char(out, '\n');
}
