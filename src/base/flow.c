/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Desks: threads that take flows from two queues and run their steps. Big work has a queue of its
 * own, and while there is more than one desk, one of them never takes from it: a small page never
 * waits behind a row of large ones.
 *
 * The index of the next step is stored before a step is run: a flow that the step hands over may
 * be resumed on another desk before the step function has returned.
 */
#include "base/flow.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"

#include <pthread.h>
#include <stdarg.h>

enum { STACK_BYTES = 512 * 1024 };

struct queue {
	struct flow *head, **tail;
};
struct desk {
	struct desks *all;
	pthread_t thread;
	int number;
};
struct desks {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct queue small, big;
	int waiting, queue_max, running, running_big, count;
	int alive; /* started and not ended: waiting, running or parked */
	bool big_next, stopping;
	kit_new_fn *kit_new;
	kit_free_fn *kit_free;
	void *kit_arg;
	struct desk desk[];
};

static void push(struct queue *q, struct flow *f)
{
	f->next = NULL;
	*q->tail = f;
	q->tail = &f->next;
}

static struct flow *pop(struct queue *q)
{
	struct flow *f = q->head;
	if (f && !(q->head = f->next))
		q->tail = &q->head;
	return f;
}

/* Called with the lock held. Where big work may run it takes turns with small work: neither kind
 * waits until a row of the other has ended. */
static struct flow *take(struct desks *d)
{
	bool room = d->running_big < d->count - 1 || d->count == 1;
	if (room && d->big.head && (d->big_next || !d->small.head)) {
		d->big_next = false;
		return pop(&d->big);
	}
	d->big_next = true;
	return pop(&d->small);
}

/* After a failure: the next step that runs always, or none. */
static const struct flow_step *next_step(struct flow *f, struct flow_frame *frame)
{
	const struct flow_step *step = &frame->steps[frame->at];
	while (step->run && f->err.code != ERR_NONE && !step->always)
		step++;
	frame->at = (int)(step - frame->steps) + (step->run ? 1 : 0);
	return step->run ? step : NULL;
}

/* Runs steps until the flow is parked or has ended (true: it is not ours any more, either way). */
static bool run(struct flow *f, struct kit *kit)
{
	while (f->depth > 0) {
		struct flow_frame *frame = &f->frames[f->depth - 1];
		const struct flow_step *step = next_step(f, frame);
		if (!step) {
			f->depth--;
			continue;
		}
		f->call->kit = kit;
		int depth = f->depth;
		enum flow_next next = step->run(f);
		if (next == FLOW_PARKED)
			return false;
		if (next == FLOW_DONE) {
			CHECK(f->depth == depth);
			f->depth--;
		} else if (next == FLOW_FAILED) {
			CHECK(f->err.code != ERR_NONE);
			f->depth = depth; /* a list pushed by the failing step does not run */
		}
	}
	f->end(f);
	return true;
}

static void *desk_main(void *arg)
{
	struct desk *self = arg;
	struct desks *d = self->all;
	pthread_setname_np(pthread_self(), "desk");
	struct kit *kit = d->kit_new ? d->kit_new(d->kit_arg, self->number) : NULL;
	pthread_mutex_lock(&d->lock);
	for (;;) {
		struct flow *f = take(d);
		if (!f) {
			if (d->stopping && !d->alive)
				break;
			pthread_cond_wait(&d->work, &d->lock);
			continue;
		}
		bool big = f->big;
		d->waiting--;
		metric_set(METRIC_DESK_WAITING, d->waiting);
		d->running++;
		d->running_big += big;
		pthread_mutex_unlock(&d->lock);
		log_tag(f->call->request_id);
		bool ended = run(f, kit);
		log_tag(NULL);
		pthread_mutex_lock(&d->lock);
		d->running--;
		d->alive -= ended;
		if (d->stopping && !d->alive)
			pthread_cond_broadcast(&d->work);
		d->running_big -= big;
		if (big && d->big.head)
			pthread_cond_signal(&d->work);
	}
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
	if (d->kit_free)
		d->kit_free(kit);
	return NULL;
}

struct desks *desks_start(
	int count, int queue_max, kit_new_fn *kit_new, kit_free_fn *kit_free, void *kit_arg)
{
	struct desks *d = mem_new(sizeof *d + (size_t)count * sizeof(struct desk));
	pthread_attr_t attr;
	d->small.tail = &d->small.head;
	d->big.tail = &d->big.head;
	d->queue_max = queue_max;
	d->count = count;
	d->kit_new = kit_new;
	d->kit_free = kit_free;
	d->kit_arg = kit_arg;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->work, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (int i = 0; i < count; i++) {
		d->desk[i] = (struct desk) { .all = d, .number = i };
		CHECK(pthread_create(&d->desk[i].thread, &attr, desk_main, &d->desk[i]) == 0);
	}
	pthread_attr_destroy(&attr);
	return d;
}

void desks_stop(struct desks **dp)
{
	struct desks *d = *dp;
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
	for (int i = 0; i < d->count; i++)
		pthread_join(d->desk[i].thread, NULL);
	pthread_mutex_destroy(&d->lock);
	pthread_cond_destroy(&d->work);
	mem_free(d);
	*dp = NULL;
}

struct desks_load desks_load(struct desks *d)
{
	pthread_mutex_lock(&d->lock);
	struct desks_load load = { d->waiting, d->running };
	pthread_mutex_unlock(&d->lock);
	return load;
}

void flow_init(struct flow *f, struct call *call, const struct flow_step *steps, void *self,
	flow_end_fn *end)
{
	*f = (struct flow) { .call = call, .end = end, .depth = 1 };
	f->frames[0] = (struct flow_frame) { .steps = steps, .self = self };
}

static bool enqueue(struct desks *d, struct flow *f, bool bounded)
{
	pthread_mutex_lock(&d->lock);
	bool room = !bounded || (d->waiting < d->queue_max && !d->stopping);
	if (room) {
		f->desks = d;
		push(f->big ? &d->big : &d->small, f);
		d->waiting++;
		d->alive += bounded; /* resumed ones have been counted */
		metric_set(METRIC_DESK_WAITING, d->waiting);
		pthread_cond_signal(&d->work);
	}
	pthread_mutex_unlock(&d->lock);
	return room;
}

bool flow_start(struct desks *d, struct flow *f)
{
	return enqueue(d, f, true);
}

void flow_resume(struct flow *f)
{
	(void)enqueue(f->desks, f, false);
}

enum flow_next flow_enter(struct flow *f, const struct flow_step *steps, void *self)
{
	CHECK(f->depth < FLOW_DEPTH);
	f->frames[f->depth++] = (struct flow_frame) { .steps = steps, .self = self };
	return FLOW_NEXT;
}

enum flow_next flow_again(struct flow *f)
{
	f->frames[f->depth - 1].at = 0;
	return FLOW_NEXT;
}

void *flow_self(struct flow *f)
{
	return f->frames[f->depth - 1].self;
}

enum flow_next flow_fail(struct flow *f, enum err_code code, const char *format, ...)
{
	char msg[sizeof f->err.msg];
	va_list args;
	va_start(args, format);
	vsnprintf(msg, sizeof msg, format, args);
	va_end(args);
	err_set(&f->err, code, "%s", msg);
	return FLOW_FAILED;
}

bool flow_cancelled(const struct flow *f)
{
	return atomic_load_explicit(&f->call->cancelled, memory_order_relaxed);
}

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool ended;
};

static void wake_waiter(struct flow *f)
{
	struct waiter *w = f->owner;
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

bool flow_run(struct desks *d, struct flow *f)
{
	struct waiter w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
	f->owner = &w;
	f->end = wake_waiter;
	if (!flow_start(d, f))
		return err_set(&f->err, ERR_OVERLOADED, "no desk is free");
	pthread_mutex_lock(&w.lock);
	while (!w.ended)
		pthread_cond_wait(&w.done, &w.lock);
	pthread_mutex_unlock(&w.lock);
	return f->err.code == ERR_NONE;
}
