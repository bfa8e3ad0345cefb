/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While a password is typed the terminal does not show it; whatever ends the program meanwhile, the
 * terminal shows again what is typed next.
 */
#include "cli/prompt.h"
#include "base/check.h"
#include "base/mem.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static struct termios shown; /* for the handler */

static void show_again(int signal_number)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &shown);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

bool prompt_line(struct prompt *p, int fd, struct err *e)
{
	size_t n = 0;
	char c;
	for (;;) {
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, ERR_INVALID_REQUEST,
				"the password cannot be read: %s", strerror(errno));
		if (got == 0 || c == '\n')
			break;
		if (n < sizeof p->text)
			p->text[n++] = c;
	}
	if (n && p->text[n - 1] == '\r')
		n--;
	p->line = (struct str) { p->text, n };
	return true;
}

static bool ask(struct prompt *p, const char *question, struct err *e)
{
	fputs(question, stderr);
	fflush(stderr);
	bool ok = prompt_line(p, STDIN_FILENO, e);
	fputc('\n', stderr);
	return ok;
}

static bool ask_twice(struct prompt *p, struct err *e)
{
	struct prompt again;
	bool ok = ask(p, "Password (12 characters or more): ", e) &&
		  ask(&again, "The same again: ", e);
	if (ok && !str_eq(p->line, again.line))
		ok = err_set(e, ERR_INVALID_REQUEST, "the two are not the same");
	prompt_wipe(&again);
	return ok;
}

static bool ask_unseen(struct prompt *p, struct err *e)
{
	struct sigaction on = { .sa_handler = show_again }, was[COUNT_OF(ending)];
	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return err_set(e, ERR_INVALID_REQUEST,
			"standard input is no terminal: use --password-stdin");
	struct termios unseen = shown;
	unseen.c_lflag &= ~(tcflag_t)ECHO;
	for (size_t i = 0; i < COUNT_OF(ending); i++)
		sigaction(ending[i], &on, &was[i]);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
	bool ok = ask_twice(p, e);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	for (size_t i = 0; i < COUNT_OF(ending); i++)
		sigaction(ending[i], &was[i], NULL);
	return ok;
}

bool prompt_password(struct prompt *p, bool from_stdin, struct err *e)
{
	return from_stdin ? prompt_line(p, STDIN_FILENO, e) : ask_unseen(p, e);
}

void prompt_wipe(struct prompt *p)
{
	mem_wipe(p, sizeof *p);
}
