/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/mcp.h"

static const struct {
	struct str name;
	bool modern, batches, structured;
} revisions[] = {
#define REVISION_ROW(id, name, modern, batches, structured)                                    \
	{ { name, sizeof name - 1 }, modern, batches, structured },
#include "mcp/protocol/revision_table.h"
#undef REVISION_ROW
};

const char *mcp_revision_name(enum mcp_revision r)
{
	return revisions[r].name.p;
}

bool mcp_modern(enum mcp_revision r)
{
	return revisions[r].modern;
}

bool mcp_batches(enum mcp_revision r)
{
	return revisions[r].batches;
}

bool mcp_structured(enum mcp_revision r)
{
	return revisions[r].structured;
}

bool mcp_revision_find(struct str name, enum mcp_revision *r)
{
	for (int i = 0; i < MCP_REVISIONS; i++) {
		if (str_eq(name, revisions[i].name)) {
			*r = (enum mcp_revision)i;
			return true;
		}
	}
	return false;
}
