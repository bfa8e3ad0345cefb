/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How requests and pieces of streams come home to the door from desks. Unbounded by itself: an
 * exchange has one letter of its own, and streams have a cap (stream.c).
 */
#ifndef HTTP_MAILBOX_H
#define HTTP_MAILBOX_H

#include <stddef.h>

enum letter_kind {
	LETTER_ADMITTED, /* the route's admit has run */
	LETTER_HEAD, /* a stream begins: bytes are its head */
	LETTER_PIECE, /* bytes of a stream */
	LETTER_DROP, /* the stream passed its cap */
	LETTER_WAIT, /* the flow parks until less of its stream waits */
	LETTER_END, /* the flow is through */
};
struct exchange;
struct letter {
	struct letter *next;
	struct exchange *x;
	enum letter_kind kind;
	size_t n, sent;
	char *bytes; /* in the same allocation; NULL in the exchange's own letters */
};

struct mailbox;
/* wake(arg) is called from any thread, without the lock, when an empty mailbox got a letter. */
struct mailbox *mailbox_new(void (*wake)(void *arg), void *arg);
void mailbox_free(struct mailbox **m); /* letters in it are the caller's: take them first */
void mailbox_post(struct mailbox *m, struct letter *l);
struct letter *mailbox_take(struct mailbox *m); /* all, oldest first */
/* Until no thread is inside mailbox_post any more: its last letter may be here before its wake-up. */
void mailbox_settle(struct mailbox *m);

#endif
