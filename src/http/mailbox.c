/* SPDX-License-Identifier: Apache-2.0 */
#include "http/mailbox.h"
#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

struct mailbox {
	pthread_mutex_t lock;
	struct letter *head, **tail;
	atomic_int posting; /* threads inside mailbox_post */
	void (*wake)(void *);
	void *arg;
};

struct mailbox *mailbox_new(void (*wake)(void *arg), void *arg)
{
	struct mailbox *m = MEM_NEW(struct mailbox);
	pthread_mutex_init(&m->lock, NULL);
	m->tail = &m->head;
	m->wake = wake;
	m->arg = arg;
	return m;
}

void mailbox_free(struct mailbox **m)
{
	if (!*m)
		return;
	pthread_mutex_destroy(&(*m)->lock);
	mem_free(*m);
	*m = NULL;
}

void mailbox_post(struct mailbox *m, struct letter *l)
{
	l->next = NULL;
	atomic_fetch_add(&m->posting, 1);
	pthread_mutex_lock(&m->lock);
	bool was_empty = !m->head;
	*m->tail = l;
	m->tail = &l->next;
	pthread_mutex_unlock(&m->lock);
	if (was_empty)
		m->wake(m->arg);
	atomic_fetch_sub(&m->posting, 1);
}

void mailbox_settle(struct mailbox *m)
{
	while (atomic_load(&m->posting))
		sched_yield(); /* between the letter and the wake-up: a moment */
}

struct letter *mailbox_take(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	struct letter *l = m->head;
	m->head = NULL;
	m->tail = &m->head;
	pthread_mutex_unlock(&m->lock);
	return l;
}
