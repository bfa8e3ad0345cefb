/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main database as all of the program shares it: one writer (store/writer.h) and one handle for
 * reading behind a lock, held for the microseconds of a small query.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/flow.h"
#include "store/writer.h"

struct store;
/* scraped.db in the folder; both are made if they are missing. */
struct store *store_open(const char *folder, struct err *e);
void store_close(struct store **s); /* what waits is written first */

/* The reading handle, locked: no waiting, no writing and no other lock until store_read_end. */
struct db *store_read(struct store *s);
void store_read_end(struct store *s);
/* Changes when anybody, in any process, has committed; -1: cannot tell. Not between store_read and
 * its end: ask db_version there. */
int64_t store_version(struct store *s);

/* From a step: parks the flow until the command is committed; the caller's next step runs when it
 * is, else the flow fails with what the command or the disk said. arg lives in the call's arena.
 * Returns FLOW_NEXT (flow_enter). */
enum flow_next store_write(struct store *s, struct flow *f, write_fn *run, void *arg);
/* Waits for the commit: for the command line and the start, not for a desk. */
bool store_run(struct store *s, write_fn *run, void *arg, struct err *e);
/* Nobody waits; end may be NULL. false: the queue is full, nothing was taken. */
bool store_post(struct store *s, write_fn *run, write_end_fn *end, void *arg);
/* For readiness: it can be read, and no write was lost. */
bool store_ready(struct store *s, struct err *e);

#endif
