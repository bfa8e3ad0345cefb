/* SPDX-License-Identifier: Apache-2.0 */
/* Watching a job: a live bar where standard error is a terminal, else a line now and then. */
#include "cli/bar.h"
#include "cli/jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { DRAW_MS = 100, SAY_MS = 5000, WIDTH = 80, WIDTH_MOST = 500 };

static volatile sig_atomic_t enough;

static void on_signal(int number)
{
	(void)number;
	enough = 1;
}

struct watched {
	struct jobs_door *door;
	const char *id;
	struct arena *arena; /* reset before each look */
	struct job_row row;
	struct pace pace;
	bool live, color, drawn;
	int64_t said_ms, said_tenth;
};

static void wait_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	(void)nanosleep(&t, NULL); /* a signal ends it early, which is meant */
}

static int64_t columns(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH;
	return size.ws_col > WIDTH_MOST ? WIDTH_MOST : size.ws_col;
}

static void clear(struct watched *w)
{
	if (w->drawn)
		fputs("\r\033[K", stderr);
	w->drawn = false;
}

static void draw(struct watched *w)
{
	struct buf line;
	struct bar bar = { .total = w->row.total,
		.done = w->row.ended,
		.failed = w->row.failed,
		.per_s = pace_per_s(&w->pace),
		.width = columns(),
		.color = w->color };
	buf_init(&line, 4096);
	bar_print(&bar, &line);
	fprintf(stderr, "\r\033[K%.*s", STR_ARG(buf_str(&line)));
	fflush(stderr);
	buf_release(&line);
	w->drawn = true;
}

/* Without a terminal: at the beginning, at each tenth, and each 5 s while something happens. */
static void say(struct watched *w)
{
	int64_t now = mono_ms(), done = w->pace.n ? w->pace.marks[w->pace.n - 1].done : -1;
	int64_t tenth = w->row.total ? w->row.ended * 10 / w->row.total : 0;
	if (w->said_ms && tenth == w->said_tenth &&
		(now - w->said_ms < SAY_MS || done == w->row.ended))
		return;
	w->said_ms = now;
	w->said_tenth = tenth;
	jobs_say(stderr, &w->row);
}

static bool look(struct watched *w, struct err *e)
{
	arena_reset(w->arena);
	return w->door->ops->get(w->door, w->id, w->arena, &w->row, e);
}

/* 0: the job has ended or somebody has had enough. */
static int follow(struct watched *w)
{
	struct err e;
	for (;;) {
		if (!look(w, &e)) {
			clear(w);
			return cli_fail(EXIT_FAILED, "%s: %s", err_name(e.code), e.msg);
		}
		if (job_is_final((enum job_state)w->row.state) || enough)
			return 0;
		if (!w->live)
			say(w);
		pace_mark(&w->pace, mono_ms(), w->row.ended);
		if (w->live)
			draw(w);
		wait_ms(w->door->look_ms > DRAW_MS ? w->door->look_ms : DRAW_MS);
	}
}

static int left_alone(struct watched *w)
{
	const char *who = w->door->ops->worked(w->door)
				  ? "goes on by itself"
				  : "waits for a server, or to be watched again";
	fprintf(stderr,
		"%s %s: %lld of %lld URLs done; `scraped jobs watch %s` shows it "
		"again\n",
		w->id, who, (long long)w->row.ended, (long long)w->row.total, w->id);
	return EXIT_UNFINISHED;
}

int jobs_watch(struct jobs_door *d, const char *id)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	struct watched w = { .door = d, .id = id, .arena = arena_new(0) };
	struct sigaction old[2], action = { .sa_handler = on_signal };
	w.live = isatty(STDERR_FILENO) && !(term && strcmp(term, "dumb") == 0);
	w.color = !(no_color && *no_color);
	enough = 0;
	sigaction(SIGINT, &action, &old[0]);
	sigaction(SIGTERM, &action, &old[1]);
	d->ops->work(d);
	int code = follow(&w);
	clear(&w);
	if (code == 0 && job_is_final((enum job_state)w.row.state)) {
		jobs_say(stdout, &w.row);
		code = jobs_exit(w.row.state);
	} else if (code == 0) {
		code = left_alone(&w);
	}
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	arena_free(&w.arena);
	return code;
}
