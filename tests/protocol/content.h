/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PROTOCOL_CONTENT_H
#define TESTS_PROTOCOL_CONTENT_H

#include "mcp/protocol/part.h"

/* Answers a tools/call with one text. */
static inline void put_content(struct mcp_call *m, struct str text)
{
	struct buf *b = mcp_result(m);
	json_key(b, "content");
	buf_text(b, "[{\"type\":\"text\",\"text\":");
	json_put_str(b, text);
	buf_text(b, "}]");
}

#endif
