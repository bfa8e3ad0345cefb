/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows: a call or an item on its way, as a list of named steps. A step computes on a desk (a
 * thread); when it must wait for the network it hands the flow over (to the transfer thread, say)
 * and returns FLOW_PARKED; whoever holds it then calls flow_resume and a desk goes on with the next
 * step. Ten thousand parked flows cost memory, no threads.
 *
 * Ownership: a flow belongs to one thread at a time, handing it over is the transfer. After
 * handing over (and so after returning FLOW_PARKED) a step must not touch the flow again.
 *
 * Steps of steps: flow_enter pushes another list; when it is through, the outer list goes on.
 * Failure: a step that returns FLOW_FAILED (f->err filled) ends its list; on the way out only
 * steps marked `always` run, in every list, innermost first. An `always` step that sets
 * f->err.code to ERR_NONE has caught the failure: the list it stands in goes on as usual.
 */
#ifndef BASE_FLOW_H
#define BASE_FLOW_H

#include "base/call.h"
#include "base/err.h"

enum flow_next { FLOW_NEXT, FLOW_PARKED, FLOW_DONE, FLOW_FAILED };
enum { FLOW_DEPTH = 8 };

struct flow;
typedef enum flow_next flow_step_fn(struct flow *f);
typedef void flow_end_fn(
	struct flow *f); /* on a desk, after the last step: takes the flow over */

struct flow_step {
	const char *name;
	flow_step_fn *run;
	bool always; /* also runs when the flow has failed: cleans up, or catches */
}; /* a list ends with a row whose run is NULL */

struct flow_frame {
	const struct flow_step *steps;
	int at;
	void *self;
};
struct flow {
	struct flow_frame frames[FLOW_DEPTH];
	int depth;
	struct call *call;
	struct desks *desks;
	flow_end_fn *end;
	struct err err;
	void *owner; /* for the end function's use */
	bool big; /* long work ahead: may not hold up small ones (house.md section 10) */
	struct flow *next; /* of the queue it waits in */
};

struct desks;
typedef struct kit *kit_new_fn(void *arg, int desk);
typedef void kit_free_fn(struct kit *kit);
/* count threads; at most queue_max flows wait to be started. kit_new runs on the desk's thread. */
struct desks *desks_start(
	int count, int queue_max, kit_new_fn *kit_new, kit_free_fn *kit_free, void *kit_arg);
/* Waits until every started flow has ended: who parks flows must have been told to send them home. */
void desks_stop(struct desks **d);
struct desks_load {
	int waiting, running;
};
struct desks_load desks_load(struct desks *d);

/* Prepares a flow: first list and its self. */
void flow_init(struct flow *f, struct call *call, const struct flow_step *steps, void *self,
	flow_end_fn *end);
/* false: the queue is full (answer 503); the flow is still the caller's. */
bool flow_start(struct desks *d, struct flow *f);
/* From any thread; a started flow is never refused. */
void flow_resume(struct flow *f);
/* From a step: run `steps` with `self` before the next step of this list. Returns FLOW_NEXT. */
enum flow_next flow_enter(struct flow *f, const struct flow_step *steps, void *self);
/* From a step: the running list goes on with its first step: a loop. Returns FLOW_NEXT. */
enum flow_next flow_again(struct flow *f);
void *flow_self(struct flow *f); /* of the running list */
/* From a step: fail with this error. Returns FLOW_FAILED. */
enum flow_next flow_fail(struct flow *f, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool flow_cancelled(const struct flow *f);
/* For the command line and tests: runs a flow to its end on these desks and waits for it (its own
 * `end` and `owner` are replaced). false: it ended with f->err. */
bool flow_run(struct desks *d, struct flow *f);

#endif
