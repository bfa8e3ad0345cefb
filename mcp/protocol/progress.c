/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/progress.h"
#include "base/clock.h"
#include "mcp/protocol/turn.h"
#include "mcp/protocol/meta.h"

#include <math.h>

enum { PAUSE_MS = 500 };

/* Whole numbers as such; at most three decimals otherwise. */
static void put_number(struct buf *b, double v)
{
	if (v == floor(v))
		buf_addf(b, "%.0f", v);
	else
		buf_addf(b, "%.3f", v);
}

static void say(void *to, double done, double total, const char *message)
{
	struct mcp_call *m = to;
	int64_t now = mono_ms();
	struct buf b;
	if (!(done > m->progress) || !isfinite(done) || now < m->progress_ms + PAUSE_MS)
		return;
	m->progress = done;
	m->progress_ms = now;
	buf_init(&b, 0);
	buf_text(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{");
	json_key(&b, "progressToken");
	json_put_value(&b, m->token);
	json_key(&b, "progress");
	put_number(&b, done);
	if (total > 0 && isfinite(total)) {
		json_key(&b, "total");
		put_number(&b, total);
	}
	if (message) {
		json_key(&b, "message");
		json_put_text(&b, message);
	}
	buf_text(&b, "}}");
	m->turn->notify(m->turn, buf_str(&b));
	buf_release(&b);
}

void progress_begin(struct mcp_call *m)
{
	m->token = m->turn->notify ? meta_progress_token(m->msg.meta) : NULL;
	if (!m->token)
		return;
	m->progress = -1;
	m->progress_ms = mono_ms() - PAUSE_MS;
	m->flow->call->say = say;
	m->flow->call->say_to = m;
}

void progress_end(struct mcp_call *m)
{
	if (m->token)
		m->flow->call->say = NULL;
}
