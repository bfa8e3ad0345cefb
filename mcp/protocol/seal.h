/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requestState (2026-07-28 basic/patterns/mrtr): what a server wants to see again in the next round,
 * in the client's hands. Sealed with a key of this process: bound to the caller, the method and its
 * parameters, good for SEAL_MS. A client that comes back to another process starts anew.
 */
#ifndef PROTOCOL_SEAL_H
#define PROTOCOL_SEAL_H

#include "mcp/protocol/mcp.h"

enum { SEAL_MS = 60 * 60 * 1000 };
/* Arena of m's call. */
struct str seal_make(struct mcp_call *m, struct str text);
/* false: not made for this request, or too old. *text borrows from sealed. */
bool seal_open(struct mcp_call *m, struct str sealed, struct str *text);

#endif
