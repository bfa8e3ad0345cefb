/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runner: one thread that claims items, starts them as flows on the desks, and keeps order:
 * accounts take turns, a job has its width, a host its pace. It owns its tables alone; others leave
 * messages. Only the process that holds the folder's lock (data/jobs.lock) runs items, so at its
 * start every item that runs is an orphan and waits again at once; the others look for the lock
 * each second.
 *
 * An item's steps: [robots] -> scrape -> pack -> written (its end is committed) -> home.
 */
#ifndef JOB_RUNNER_H
#define JOB_RUNNER_H

#include "job/job.h"

struct runner;
/* The desks must have been started; j and the desks outlive it. */
struct runner *runner_start(struct jobs *j, struct desks *desks);
/* Nothing new is started; what is parked on a transfer is cancelled and goes back to those that
 * wait. Returns when no flow of an item is under way any more. Before desks_stop and fetcher_close. */
void runner_stop(struct runner **r);
/* Holds this process the lock? (the command line tells people who runs their job) */
bool runner_works(struct runner *r);

#endif
