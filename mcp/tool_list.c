/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool is an op seen from outside: its name, words and field tables are the op's own. All four
 * hints are always sent, since what a client assumes without them is the worst.
 */
#include "mcp/tool_list.h"
#include "op/op.h"

static void put_hint(struct buf *b, const char *name, unsigned flags, unsigned flag)
{
	json_key(b, name);
	buf_text(b, flags & flag ? "true" : "false");
}

static void put_tool(struct buf *b, const struct op *op, bool structured)
{
	buf_char(b, '{');
	json_key(b, "name");
	json_put_text(b, op->name);
	json_key(b, "title");
	json_put_text(b, op->title);
	json_key(b, "description");
	json_put_text(b, op->about);
	json_key(b, "inputSchema");
	fields_schema(op->in, true, b);
	if (structured) {
		json_key(b, "outputSchema");
		fields_schema(op->out, false, b);
	}
	json_key(b, "annotations");
	buf_char(b, '{');
	json_key(b, "title");
	json_put_text(b, op->title);
	put_hint(b, "readOnlyHint", op->flags, OP_READONLY);
	put_hint(b, "destructiveHint", op->flags, OP_DESTRUCTIVE);
	put_hint(b, "idempotentHint", op->flags, OP_IDEMPOTENT);
	put_hint(b, "openWorldHint", op->flags, OP_OPEN_WORLD);
	buf_text(b, "}}");
}

void tool_put_list(struct buf *b, bool structured)
{
	buf_char(b, '[');
	for (const struct op *const *op = ops; *op; op++) {
		if (!((*op)->flags & OP_TOOL))
			continue;
		json_comma(b);
		put_tool(b, *op, structured);
	}
	buf_char(b, ']');
}
