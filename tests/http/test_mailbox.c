/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads post while one takes: nothing is lost, each thread's letters stay in order. */
#include "lib/test.h"
#include "base/mem.h"
#include "http/mailbox.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, EACH = 20000 };
static struct mailbox *box;
static atomic_int wakes;

static void wake(void *arg)
{
	(void)arg;
	atomic_fetch_add(&wakes, 1);
}

static void *sender(void *arg)
{
	for (size_t i = 0; i < EACH; i++) {
		struct letter *l = MEM_NEW(struct letter);
		l->x = arg; /* who, never looked into */
		l->n = i;
		mailbox_post(box, l);
	}
	return NULL;
}

static void many_threads(void)
{
	static char who[THREADS];
	size_t next[THREADS] = { 0 }, got = 0, batches = 0;
	pthread_t threads[THREADS];
	atomic_store(&wakes, 0);
	box = mailbox_new(wake, NULL);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, sender, &who[i]);
	while (got < THREADS * EACH) {
		struct letter *l = mailbox_take(box);
		batches += l != NULL;
		for (struct letter *after; l; l = after, got++) {
			size_t from = (size_t)((char *)(void *)l->x - who);
			if (l->n != next[from]++)
				test_fail(__FILE__, __LINE__, "letter %zu of thread %zu", l->n,
					from);
			after = l->next;
			mem_free(l);
		}
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(atomic_load(&wakes),
		batches); /* one wake for each batch, not for each letter */
	CHECK_TRUE(mailbox_take(box) == NULL);
	mailbox_free(&box);
}

static void wakes_once_until_taken(void)
{
	struct letter letters[3] = { { .n = 1 }, { .n = 2 }, { .n = 3 } };
	atomic_store(&wakes, 0);
	box = mailbox_new(wake, NULL);
	mailbox_post(box, &letters[0]);
	mailbox_post(box, &letters[1]);
	CHECK_INT(atomic_load(&wakes), 1);
	struct letter *l = mailbox_take(box);
	CHECK_INT(l->n, 1);
	CHECK_INT(l->next->n, 2);
	CHECK_TRUE(l->next->next == NULL);
	mailbox_post(box, &letters[2]);
	CHECK_INT(atomic_load(&wakes), 2);
	CHECK_INT(mailbox_take(box)->n, 3);
	mailbox_free(&box);
}

TEST_MAIN(TEST(many_threads), TEST(wakes_once_until_taken))
