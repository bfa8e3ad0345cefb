/* SPDX-License-Identifier: Apache-2.0 */
/* notifications/progress: only for a token, strictly increasing, two a second, none after the end. */
#ifndef PROTOCOL_PROGRESS_H
#define PROTOCOL_PROGRESS_H

#include "mcp/protocol/mcp.h"

void progress_begin(struct mcp_call *m); /* sets call.say when the client wants to hear */
void progress_end(struct mcp_call *m);

#endif
