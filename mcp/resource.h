/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs and their results as resources: scraped://jobs/<id> and scraped://jobs/<id>/results/<index>. */
#ifndef MCP_RESOURCE_H
#define MCP_RESOURCE_H

#include "mcp/protocol/part.h"

extern const struct mcp_resources product_resources;

#endif
