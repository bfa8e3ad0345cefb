/* SPDX-License-Identifier: Apache-2.0 */
/* The method table: what every server answers, and the tools' methods. */
#ifndef PROTOCOL_METHOD_H
#define PROTOCOL_METHOD_H

#include "mcp/protocol/mcp.h"

/* NULL: unknown, not of this era, or not offered by this server. */
const struct mcp_method *method_find(const struct mcp_server *s, struct str name, bool modern);
/* {"name":...,"title":...,"version":...} */
void method_put_server(const struct mcp_server *s, struct buf *b);

#endif
