/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol on a pipe: one message a line, in on one descriptor, out on the other, nothing but
 * messages on the way out. Requests run at the same time and are answered as they get ready.
 */
#ifndef PROTOCOL_STDIO_H
#define PROTOCOL_STDIO_H

#include "mcp/protocol/mcp.h"

enum {
	STDIO_LINE_MAX = 8 << 20, /* bytes; longer lines are skipped with an error */
	STDIO_CALLS_MAX = 256, /* requests at a time */
	STDIO_EOF_MS = 5000, /* how long running calls may finish after the input's end */
	STDIO_CANCEL_MS = 2000, /* how long cancelled calls get to notice */
};

struct mcp_stdio {
	const struct mcp_server *server;
	struct desks *desks;
	const struct principal *who;
	int in, out;
	void (*cancelled)(void *arg); /* some call's `cancelled` was set; may be NULL */
	void *cancelled_arg;
};
/* Serves until the input ends, the output is closed, or SIGTERM or SIGINT comes; the exit status.
 * Takes those signals and SIGPIPE for itself. Call it once in a process. */
int mcp_stdio(const struct mcp_stdio *s);

#endif
