/* SPDX-License-Identifier: Apache-2.0 */
/* `params._meta` of a modern request (2026-07-28 basic/index, _meta). */
#ifndef PROTOCOL_META_H
#define PROTOCOL_META_H

#include "mcp/protocol/mcp.h"

#define META_PREFIX "io.modelcontextprotocol/"

/* The request says that it is modern: it has the key protocolVersion, whatever its value. */
bool meta_claims(const json_t *meta);
/* Every key we know has the right type, and those that must be there are. Fault: PARAMS, 400. */
bool meta_check(const json_t *meta, struct str *version, struct rpc_fault *f);
/* The token that asks for progress: a string or an integer; NULL: none. */
const json_t *meta_progress_token(const json_t *meta);

/* MCP_SILENT: not a level. */
enum mcp_level meta_level(const json_t *j);
const char *meta_level_name(enum mcp_level level);

#endif
