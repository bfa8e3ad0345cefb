/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread that does all writing to a file and commits in groups: whatever waits goes into one
 * transaction, so many callers share one fsync, which is also the clock of the next group.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/db.h"

enum { WRITER_GROUP_MAX = 128, WRITER_WAIT_MS = 2000 };

struct writer;
/* A command, inside a transaction on the writer's thread. false: *e is filled. When another command
 * of its group fails it is run again, after a rollback: it must not change arg. */
typedef bool write_fn(struct db *d, void *arg, struct err *e);
/* After the commit (e->code ERR_NONE) or the failure, on the writer's thread; usually frees arg. */
typedef void write_end_fn(void *arg, const struct err *e);

/* Takes the handle over and closes it at the end. */
struct writer *writer_start(struct db *d, size_t queue_max);
/* What waits is written first. */
void writer_stop(struct writer **w);
/* Leaves a command; end may be NULL. false: the queue is full, nothing was taken. */
bool writer_post(struct writer *w, write_fn *run, write_end_fn *end, void *arg);
/* Waits for the commit. ERR_OVERLOADED when there is no room for WRITER_WAIT_MS. */
bool writer_run(struct writer *w, write_fn *run, void *arg, struct err *e);
/* From any thread: the disk did not keep a write (db_failed): nothing is written any more. */
bool writer_failed(const struct writer *w);

#endif
