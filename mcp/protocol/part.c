/* SPDX-License-Identifier: Apache-2.0 */
/* What servers write into results, in the protocol's words. */
#include "mcp/protocol/part.h"
#include "base/clock.h"
#include "base/digest.h"
#include "mcp/protocol/meta.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/turn.h"

void mcp_put_contents(struct buf *b, struct str uri, const char *mime, struct str bytes)
{
	buf_text(b, "[{\"uri\":");
	json_put_str(b, uri);
	json_key(b, "mimeType");
	json_put_text(b, mime);
	if (str_utf8_ok(bytes)) {
		json_key(b, "text");
		json_put_str(b, bytes);
	} else {
		json_key(b, "blob");
		buf_char(b, '"');
		char *room = buf_room(b, (bytes.n + 2) / 3 * 4 + 1);
		if (room) {
			b64_encode(bytes, room);
			b->len += (bytes.n + 2) / 3 * 4;
		}
		buf_char(b, '"');
	}
	buf_text(b, "}]");
}

static void put_time(struct buf *b, const char *name, int64_t ms)
{
	char iso[ISO_SIZE];
	json_key(b, name);
	json_put_text(b, iso_print(ms, iso));
}

void mcp_put_task(struct buf *b, const struct mcp_task *t)
{
	static const char *const words[] = {
		[MCP_TASK_WORKING] = "working",
		[MCP_TASK_INPUT] = "input_required",
		[MCP_TASK_COMPLETED] = "completed",
		[MCP_TASK_FAILED] = "failed",
		[MCP_TASK_CANCELLED] = "cancelled",
	};
	json_key(b, "taskId");
	json_put_str(b, t->id);
	json_key(b, "status");
	json_put_text(b, words[t->status]);
	if (t->message) {
		json_key(b, "statusMessage");
		json_put_text(b, t->message);
	}
	put_time(b, "createdAt", t->created_ms);
	put_time(b, "lastUpdatedAt", t->updated_ms);
	json_key(b, "ttlMs");
	if (t->ttl_ms >= 0)
		buf_addf(b, "%lld", (long long)t->ttl_ms);
	else
		buf_text(b, "null");
	if (t->poll_ms > 0) {
		json_key(b, "pollIntervalMs");
		buf_addf(b, "%lld", (long long)t->poll_ms);
	}
}

/* At which level does this client want to hear? */
static enum mcp_level wanted(const struct mcp_call *m)
{
	if (mcp_modern(m->revision))
		return meta_level(json_object_get(m->msg.meta, META_PREFIX "logLevel"));
	return m->turn->peer ? peer_level(m->turn->peer) : MCP_SILENT;
}

void mcp_log(struct mcp_call *m, enum mcp_level level, const char *logger, struct str data)
{
	struct buf b;
	if (!m->server->logging || !m->turn->notify || level < wanted(m))
		return;
	buf_init(&b, 0);
	buf_text(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{");
	json_key(&b, "level");
	json_put_text(&b, meta_level_name(level));
	if (logger) {
		json_key(&b, "logger");
		json_put_text(&b, logger);
	}
	json_key(&b, "data");
	buf_add_str(&b, data);
	buf_text(&b, "}}");
	m->turn->notify(m->turn, buf_str(&b));
	buf_release(&b);
}
