/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/result.h"

void result_put(struct buf *b, enum mcp_revision revision, struct str text, struct str links,
	bool is_error)
{
	json_key(b, "content");
	buf_text(b, "[{\"type\":\"text\",\"text\":");
	json_put_str(b, text);
	buf_char(b, '}');
	if (links.n && mcp_structured(revision)) { /* both came with the same revision */
		buf_char(b, ',');
		buf_add_str(b, links);
	}
	buf_text(b, "],\"isError\":");
	buf_text(b, is_error ? "true" : "false");
}
