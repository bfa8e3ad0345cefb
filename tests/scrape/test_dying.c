/* SPDX-License-Identifier: Apache-2.0 */
/* What a process leaves that dies on a page, by itself or not: each end in a child of its own. */
#include "base/check.h"
#include "lib/test.h"
#include "scrape/dying.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char *place, *wall; /* both shared; nobody may touch the wall */

static void aborts(void)
{
	abort();
}

static void writes_where_it_may_not(void)
{
	*(volatile char *)wall = 1;
}

static int deeper(volatile char *above)
{
	volatile char here[4096];
	here[0] = above ? above[0] : 1;
	if (!here[0]) /* never */
		return 0;
	return deeper(here) + here[0];
}

static void fills_its_stack(void)
{
	(void)deeper(NULL);
}

static void waits(void)
{
	for (;;)
		pause();
}

/* As a desk does it. */
static void *work(void *arg)
{
	void (*end)(void);
	memcpy(&end, arg, sizeof end);
	dying_place(place);
	memcpy(place, "job_1/2", 8);
	end();
	dying_forget();
	return NULL;
}

static void child(void (*end)(void))
{
	static const struct rlimit no_core = { 0, 0 };
	pthread_t thread;
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would stay */
	CHECK(pthread_create(&thread, NULL, work, &end) == 0);
	pthread_join(thread, NULL);
	_exit(0);
}

/* By which signal it ends when it does so, or is sent `sent`. */
static int ends(void (*end)(void), int sent)
{
	int status;
	memset(place, 0, SUSPECT_BYTES);
	pid_t pid = fork();
	if (pid == 0)
		child(end);
	while (sent && !((volatile char *)place)[6])
		usleep(1000);
	if (sent)
		kill(pid, sent);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_TEXT(place, "job_1/2");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void who_dies_by_himself_leaves_a_mark(void)
{
	CHECK_INT(ends(aborts, 0), SIGABRT);
	CHECK_INT(place[SUSPECT_DIED], 1);
	CHECK_INT(ends(writes_where_it_may_not, 0), SIGSEGV);
	CHECK_INT(place[SUSPECT_DIED], 1);
	CHECK_INT(ends(fills_its_stack, 0), SIGSEGV);
	CHECK_INT(place[SUSPECT_DIED], 1);
}

static void who_is_killed_leaves_none(void)
{
	static const int sent[] = { SIGKILL, SIGTERM, SIGABRT, SIGSEGV };
	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
		CHECK_INT(ends(waits, sent[i]), sent[i]);
		CHECK_INT(place[SUSPECT_DIED], 0);
	}
}

static void *abort_beside(void *arg)
{
	(void)arg;
	abort();
}

/* The work is another thread's: it is not what killed. */
static void dies_elsewhere(void)
{
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, abort_beside, NULL) == 0);
	pthread_join(thread, NULL);
}

static void another_threads_end_leaves_none(void)
{
	CHECK_INT(ends(dies_elsewhere, 0), SIGABRT);
	CHECK_INT(place[SUSPECT_DIED], 0);
}

static int all(const struct test *tests, size_t count, int argc, char **argv)
{
	place = mmap(
		NULL, SUSPECT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	wall = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(place != MAP_FAILED && wall != MAP_FAILED);
	return test_main(tests, count, argc, argv);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = { TEST(who_dies_by_himself_leaves_a_mark),
		TEST(who_is_killed_leaves_none), TEST(another_threads_end_leaves_none) };
	return all(tests, sizeof tests / sizeof *tests, argc, argv);
}
