/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads that compute passwords, so that desks do not: at most PASSWORD_THREADS times 64 MiB
 * at once, PASSWORD_QUEUE jobs waiting, and who comes then is told to come again.
 */
#include "account/password.h"
#include "base/check.h"
#include "base/mem.h"

#include <pthread.h>

enum { STACK_BYTES = 512 * 1024 };

struct waiting {
	struct password_job *job;
	struct flow *flow;
};
struct passwords {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t threads[PASSWORD_THREADS];
	struct waiting queue[PASSWORD_QUEUE]; /* a ring */
	size_t first, count;
	bool closed;
};

static void wipe(struct password_job *job)
{
	mem_wipe((void *)(uintptr_t)job->password.p, job->password.n);
}

static void compute(struct password_job *job)
{
	bool hash = job->hash;
	if (job->verify || job->unknown || !hash) {
		const char *verify = job->unknown ? NULL : job->verify;
		job->good = password_verify(verify, job->password);
		hash = hash && job->good && password_hash_old(verify);
	}
	if (hash)
		password_hash(job->password, job->made, &job->err);
}

/* Does it and sends its flow on: neither may be touched any more. */
static void finish(struct waiting w)
{
	if (flow_cancelled(w.flow))
		err_set(&w.job->err, ERR_CANCELLED, "the caller went away");
	else
		compute(w.job);
	wipe(w.job);
	flow_resume(w.flow);
}

static void *passwords_main(void *arg)
{
	struct passwords *p = arg;
	pthread_setname_np(pthread_self(), "password");
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!p->count && !p->closed)
			pthread_cond_wait(&p->work, &p->lock);
		if (p->closed)
			break;
		struct waiting w = p->queue[p->first];
		p->first = (p->first + 1) % PASSWORD_QUEUE;
		p->count--;
		pthread_mutex_unlock(&p->lock);
		finish(w);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct passwords *passwords_start(void)
{
	struct passwords *p = MEM_NEW(struct passwords);
	pthread_mutex_init(&p->lock, NULL);
	pthread_attr_t attr;
	pthread_cond_init(&p->work, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (int i = 0; i < PASSWORD_THREADS; i++)
		CHECK(pthread_create(&p->threads[i], &attr, passwords_main, p) == 0);
	pthread_attr_destroy(&attr);
	return p;
}

static void send_home(struct password_job *job)
{
	err_set(&job->err, ERR_CANCELLED, "the server is stopping");
	wipe(job);
}

void passwords_close(struct passwords *p)
{
	struct waiting left[PASSWORD_QUEUE];
	size_t n = 0;
	pthread_mutex_lock(&p->lock);
	bool first_time = !p->closed;
	p->closed = true;
	for (; p->count; p->count--, p->first = (p->first + 1) % PASSWORD_QUEUE)
		left[n++] = p->queue[p->first];
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < n; i++) {
		send_home(left[i].job);
		flow_resume(left[i].flow);
	}
	for (int i = 0; first_time && i < PASSWORD_THREADS; i++)
		pthread_join(p->threads[i], NULL);
}

void passwords_stop(struct passwords **p)
{
	if (!*p)
		return;
	passwords_close(*p);
	pthread_cond_destroy(&(*p)->work);
	pthread_mutex_destroy(&(*p)->lock);
	mem_free(*p);
	*p = NULL;
}

enum flow_next password_begin(struct passwords *p, struct password_job *job, struct flow *f)
{
	job->good = false;
	job->made[0] = 0;
	job->err = (struct err) { ERR_NONE };
	pthread_mutex_lock(&p->lock);
	bool closed = p->closed, room = !closed && p->count < PASSWORD_QUEUE;
	if (room) {
		p->queue[(p->first + p->count++) % PASSWORD_QUEUE] =
			(struct waiting) { job, f };
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	if (room)
		return FLOW_PARKED;
	if (closed) {
		send_home(job);
		return FLOW_NEXT;
	}
	err_set(&job->err, ERR_RATE_LIMITED, "too many people are signing in, try again");
	f->call->retry_after_s = 1;
	wipe(job);
	return FLOW_NEXT;
}
