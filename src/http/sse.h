/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as bytes. */
#ifndef HTTP_SSE_H
#define HTTP_SSE_H

#include "base/buf.h"

/* Appends one event. event: its type, NULL: none is named ("message"). id: what a client sends as
 * Last-Event-ID, NULL: that of the event before goes on. Both are ours and hold no line end (CHECK).
 * data: any text; each of its lines (LF, CR LF or CR) becomes a line of its own, which the reader
 * joins by LF again. */
void sse_put(struct buf *out, const char *event, const char *id, struct str data);

#endif
