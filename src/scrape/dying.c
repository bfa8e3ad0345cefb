/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler writes one byte to memory that outlives the process and raises the signal again, with
 * what it does by default: nothing but sigaction(2)'s list of safe functions (signal-safety(7)). It
 * runs on a stack of its own, for the thread's may be what is full.
 */
#include "scrape/dying.h"
#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024 };

static _Thread_local char *own_place;
static _Thread_local void *own_stack;

/* si_code above 0: the kernel's word on what this thread did. Else somebody sent it. */
static void on_fatal(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (own_place && own_place[0] && (info->si_code > 0 || info->si_pid == getpid()))
		own_place[SUSPECT_DIED] = 1;
	raise(number); /* blocked until the return, and by then it is the default's */
}

/* What a sanitizer has set stays: its reports tell more, and end the process without a
 * mark. */
static void set_handlers(void)
{
	static const int fatal[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		struct sigaction now, new = { .sa_sigaction = on_fatal,
			.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND };
		sigemptyset(&new.sa_mask);
		if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(fatal[i], &new, NULL);
	}
}

void dying_place(char *place)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	stack_t before, stack = { .ss_size = STACK_BYTES };
	pthread_once(&once, set_handlers);
	own_place = place;
	if (own_stack || sigaltstack(NULL, &before) != 0 || !(before.ss_flags & SS_DISABLE))
		return;
	stack.ss_sp = own_stack = mem_raw(STACK_BYTES);
	sigaltstack(&stack, NULL);
}

void dying_forget(void)
{
	stack_t none = { .ss_flags = SS_DISABLE };
	own_place = NULL;
	if (!own_stack)
		return;
	sigaltstack(&none, NULL);
	mem_free(own_stack);
	own_stack = NULL;
}
