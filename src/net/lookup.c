/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread is started when a name waits and no thread is idle, up to the limit; idle ones leave
 * after some seconds. Threads are detached and share one counted block with the owner: getaddrinfo
 * cannot be called off, so neither a time limit nor the end of the program waits for it.
 *
 * The state of glibc's resolver is per thread; it is read afresh for every name, for a long-lived
 * process must see a new resolv.conf, and its patience is cut to a few seconds.
 */
#include "net/lookup.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <stdatomic.h>

enum {
	NAMES_MAX = 8192,
	FRESH_MS = 30000,
	FAILED_FRESH_MS = 3000,
	IDLE_S = 5,
	STACK_BYTES = 256 * 1024,
	RETRANS_S = 3,
	TRIES = 2,
	NAME_SIZE = 256
};

struct job {
	struct job *next;
	struct lookup_name *name; /* the owner's; a thread does not touch it */
	struct lookup_answer answer;
	atomic_bool abandoned; /* nobody waits any more: not worth a thread */
	bool skipped, search;
	char text[NAME_SIZE];
};
struct lookup_name { /* in the map */
	struct lookup_answer answer;
	struct lookup_wait *waiting;
	struct job *job; /* while it is looked up; freed by the owner's thread only */
	int64_t until_ms; /* mono_ms; the answer is thrown away after */
};
struct pool { /* shared with the threads, counted */
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *todo, **todo_end, *done;
	int threads, idle, waiting, max, users;
	bool closing;
	void (*wake)(void *);
	void *wake_arg;
};
struct lookups {
	struct pool *pool;
	struct map *names;
};

/* Called with the lock held; gives it up. */
static void leave(struct pool *p)
{
	bool last = --p->users == 0;
	pthread_mutex_unlock(&p->lock);
	if (!last)
		return;
	while (p->todo) {
		struct job *j = p->todo;
		p->todo = j->next;
		mem_free(j);
	}
	while (p->done) {
		struct job *j = p->done;
		p->done = j->next;
		mem_free(j);
	}
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

/* res_init reads the file again but keeps the options it finds, so each is set either way. NORELOAD:
 * nothing but this changes them. */
static void set_resolver(bool search)
{
	const unsigned long inside = RES_DNSRCH | RES_DEFNAMES;
	if (res_init() != 0)
		return; /* getaddrinfo says what is wrong */
	_res.retrans = RETRANS_S;
	_res.retry = TRIES;
	_res.options |= RES_NORELOAD | inside;
	if (!search)
		_res.options &= ~inside;
}

/* RFC 6761, section 6.3: these names are the loopback's and nobody is asked, hosts file or not. */
static bool is_localhost(struct str name)
{
	if (str_ends(name, STR(".")))
		name.n--;
	return str_eq(name, STR("localhost")) || str_ends(name, STR(".localhost"));
}

static void answer_localhost(struct lookup_answer *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	const struct sockaddr *both[] = { (const struct sockaddr *)(const void *)&v4,
		(const struct sockaddr *)(const void *)&v6 };
	*out = (struct lookup_answer) { .state = LOOKUP_FOUND };
	for (size_t i = 0; i < COUNT_OF(both); i++)
		if (guard_address_of(both[i], &out->address[out->count]))
			out->count++;
}

static void look_up(const char *name, bool search, struct lookup_answer *out)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM },
			*all = NULL;
	if (is_localhost(str_of(name))) {
		answer_localhost(out);
		return;
	}
	*out = (struct lookup_answer) { .state = LOOKUP_FAILED };
	set_resolver(search);
	int rc = getaddrinfo(name, NULL, &hints, &all);
	if (rc == EAI_NONAME || rc == EAI_NODATA)
		out->state = LOOKUP_NO_NAME;
	if (rc != 0)
		return;
	for (struct addrinfo *i = all; i; i = i->ai_next) {
		struct guard_address a;
		if (!guard_address_of(i->ai_addr, &a))
			continue;
		if (out->count < LOOKUP_ADDRESSES)
			out->address[out->count++] = a;
		else if (!guard_is_public(&a))
			out->address[0] = a;
	}
	freeaddrinfo(all);
	out->state = out->count ? LOOKUP_FOUND : LOOKUP_NO_NAME;
}

/* Waits for a job; NULL: idle for too long, or closing. Called with the lock held. */
static struct job *next_job(struct pool *p)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += IDLE_S;
	p->idle++;
	while (!p->todo && !p->closing)
		if (pthread_cond_timedwait(&p->work, &p->lock, &until) != 0)
			break;
	p->idle--;
	struct job *j = p->closing ? NULL : p->todo;
	if (j && !(p->todo = j->next))
		p->todo_end = &p->todo;
	p->waiting -= j != NULL;
	return j;
}

static void *thread_main(void *arg)
{
	struct pool *p = arg;
	struct job *j;
	pthread_setname_np(pthread_self(), "look-up");
	pthread_mutex_lock(&p->lock);
	while ((j = next_job(p))) {
		pthread_mutex_unlock(&p->lock);
		j->skipped = atomic_load(&j->abandoned);
		if (!j->skipped)
			look_up(j->text, j->search, &j->answer);
		pthread_mutex_lock(&p->lock);
		j->next = p->done;
		p->done = j;
		if (!p->closing)
			p->wake(p->wake_arg);
	}
	p->threads--;
	leave(p);
	return NULL;
}

/* Called with the lock held. */
static void start_thread(struct pool *p)
{
	pthread_attr_t attr;
	pthread_t thread;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (pthread_create(&thread, &attr, thread_main, p) == 0) {
		p->threads++;
		p->users++;
	}
	pthread_attr_destroy(&attr);
}

struct lookups *lookups_new(int threads, void (*wake)(void *arg), void *arg)
{
	struct lookups *l = MEM_NEW(struct lookups);
	struct pool *p = MEM_NEW(struct pool);
	*p = (struct pool) { .max = threads, .users = 1, .wake = wake, .wake_arg = arg };
	p->todo_end = &p->todo;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	l->pool = p;
	l->names = map_new(NAMES_MAX);
	return l;
}

static void name_free(void *value)
{
	struct lookup_name *n = value;
	while (n->waiting)
		lookups_forget(n->waiting);
	mem_free(n);
}

void lookups_free(struct lookups **lp)
{
	struct lookups *l = *lp;
	if (!l)
		return;
	map_free(&l->names, name_free);
	pthread_mutex_lock(&l->pool->lock);
	l->pool->closing = true;
	pthread_cond_broadcast(&l->pool->work);
	leave(l->pool);
	mem_free(l);
	*lp = NULL;
}

static void queue_job(struct pool *p, struct job *j)
{
	pthread_mutex_lock(&p->lock);
	j->next = NULL;
	*p->todo_end = j;
	p->todo_end = &j->next;
	p->waiting++;
	if (p->waiting > p->idle && p->threads < p->max)
		start_thread(p);
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

/* Keeps what is looked up and, if `fresh`, what is still fresh. */
struct sweep {
	int64_t now_ms;
	bool fresh;
};
static bool keep(void *arg, struct str key, void *value)
{
	const struct sweep *s = arg;
	struct lookup_name *n = value;
	(void)key;
	if (n->job || (s->fresh && n->until_ms > s->now_ms))
		return true;
	mem_free(n);
	return false;
}

static struct lookup_name *add_name(struct lookups *l, struct str text)
{
	if (map_count(l->names) == NAMES_MAX)
		map_each(l->names, keep, &(struct sweep) { mono_ms(), true });
	if (map_count(l->names) == NAMES_MAX)
		map_each(l->names, keep, &(struct sweep) { mono_ms(), false });
	struct lookup_name *n = MEM_NEW(struct lookup_name);
	if (map_put(l->names, text, n))
		return n;
	mem_free(n);
	return NULL;
}

/* key: the name, after a "+" when the search list counts. */
static void begin(struct lookups *l, struct lookup_name *n, struct str key)
{
	struct job *j = MEM_NEW(struct job);
	j->search = key.p[0] == '+';
	memcpy(j->text, key.p + j->search, key.n - j->search);
	j->name = n;
	n->job = j;
	queue_job(l->pool, j);
}

const struct lookup_answer *lookups_ask(
	struct lookups *l, struct str name, bool search, struct lookup_wait *w)
{
	static const struct lookup_answer full = { .state = LOOKUP_FAILED };
	char text[NAME_SIZE + 1] = "+";
	CHECK(!w->link && name.n && name.n < NAME_SIZE);
	memcpy(text + 1, name.p, name.n);
	struct str key = { search ? text : text + 1, name.n + search };
	struct lookup_name *n = map_get(l->names, key);
	if (n && !n->job && n->until_ms > mono_ms())
		return &n->answer;
	if (!n && !(n = add_name(l, key)))
		return &full;
	if (!n->job)
		begin(l, n, key);
	atomic_store(&n->job->abandoned, false);
	w->name = n;
	w->next = n->waiting;
	w->link = &n->waiting;
	if (w->next)
		w->next->link = &w->next;
	n->waiting = w;
	return NULL;
}

void lookups_forget(struct lookup_wait *w)
{
	if (!w->link)
		return;
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	if (!w->name->waiting && w->name->job)
		atomic_store(&w->name->job->abandoned, true);
	w->link = NULL;
}

static void answer(struct lookup_name *n, struct job *j)
{
	struct lookup_wait *w;
	n->answer = j->answer;
	n->until_ms = mono_ms() + (j->skipped				    ? 0
					  : n->answer.state == LOOKUP_FOUND ? FRESH_MS
									    : FAILED_FRESH_MS);
	n->job = NULL;
	mem_free(j);
	while ((w = n->waiting)) {
		lookups_forget(w);
		w->done(w, &n->answer);
	}
}

void lookups_collect(struct lookups *l)
{
	struct pool *p = l->pool;
	pthread_mutex_lock(&p->lock);
	struct job *j = p->done, *next;
	p->done = NULL;
	pthread_mutex_unlock(&p->lock);
	for (; j; j = next) {
		next = j->next;
		if (j->skipped && j->name->waiting)
			queue_job(p, j);
		else
			answer(j->name, j);
	}
}
