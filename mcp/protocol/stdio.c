/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread reads: it parses each line, answers what needs no work, and starts a flow for the
 * rest. Desks write the answers. The era is decided for each message anew; only the revision that
 * `initialize` agreed to is remembered, for legacy messages, which do not name one.
 *
 * When the input ends, what runs may finish for a while; then, or at once for a signal or a closed
 * output, it is cancelled. Nothing is written for a call that the client has cancelled.
 */
#include "mcp/protocol/stdio.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "mcp/protocol/part.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/turn.h"
#include "mcp/protocol/stdio_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

struct line {
	struct pipe *pipe;
	struct arena *arena;
	struct call call;
	struct flow flow;
	struct turn turn;
	struct buf out;
	bool silent; /* cancelled by the client: no answer (the pipe's lock) */
	struct line *next, **link;
};
struct pipe {
	const struct mcp_stdio *setup;
	struct line_out out;
	atomic_int legacy; /* enum mcp_revision */
	struct peer peer;
	pthread_mutex_t lock; /* of what follows */
	struct line *running;
	int count;
	int64_t lines;
};

/* Woken by signals and by calls that end. */
static int wake_pipe[2] = { -1, -1 };
static volatile sig_atomic_t signalled;

static void wake(void)
{
	char byte = 0;
	(void)!write(wake_pipe[1], &byte, 1);
}

static void on_signal(int number)
{
	int saved = errno;
	signalled = number;
	wake();
	errno = saved;
}

static void line_free(struct line *l)
{
	buf_release(&l->out);
	arena_free(&l->arena);
	mem_free(l);
}

static bool line_start(struct line *l)
{
	struct pipe *p = l->pipe;
	pthread_mutex_lock(&p->lock);
	bool room = p->count < STDIO_CALLS_MAX;
	if (room) {
		p->count++;
		l->next = p->running;
		l->link = &p->running;
		if (l->next)
			l->next->link = &l->next;
		p->running = l;
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

/* true: the client still waits for an answer. */
static bool line_stop(struct line *l)
{
	struct pipe *p = l->pipe;
	pthread_mutex_lock(&p->lock);
	bool wanted = !l->silent;
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	pthread_mutex_unlock(&p->lock);
	return wanted;
}

/* On a desk, or on the reading thread when no desk was free. */
static void line_end(struct flow *f)
{
	struct line *l = f->owner;
	struct pipe *p = l->pipe;
	if (l->turn.agreed != l->turn.fallback)
		atomic_store(&p->legacy, (int)l->turn.agreed);
	if (line_stop(l) && l->out.len > 0)
		line_out_put(&p->out, buf_str(&l->out));
	line_free(l);
	pthread_mutex_lock(&p->lock);
	p->count--; /* last: the pipe may go when nothing runs */
	wake();
	pthread_mutex_unlock(&p->lock);
}

static bool notify(struct turn *t, struct str message)
{
	struct line *l = t->transport;
	pthread_mutex_lock(&l->pipe->lock);
	bool wanted = !l->silent;
	pthread_mutex_unlock(&l->pipe->lock);
	if (wanted)
		line_out_put(&l->pipe->out, message);
	return !atomic_load(&l->pipe->out.broken);
}

static void kick(struct pipe *p)
{
	if (p->setup->cancelled)
		p->setup->cancelled(p->setup->cancelled_arg);
}

static void notified(struct turn *t, const struct rpc_message *m)
{
	struct line *self = t->transport;
	struct pipe *p = self->pipe;
	const json_t *id = json_object_get(m->params, "requestId");
	if (!id || !str_eq(m->method, STR("notifications/cancelled")))
		return;
	pthread_mutex_lock(&p->lock);
	for (struct line *l = p->running; l; l = l->next) {
		if (l->turn.batch || !json_equal(l->turn.calls[0].msg.id, id))
			continue;
		l->silent = true;
		atomic_store(&l->call.cancelled, true);
	}
	pthread_mutex_unlock(&p->lock);
	kick(p);
}

static void refuse(struct line *l)
{
	struct rpc_fault f;
	rpc_fault(&f, RPC_INTERNAL, 0,
		"too many requests at a time (at most %d): try again when one has been "
		"answered",
		STDIO_CALLS_MAX);
	buf_clear(&l->out);
	rpc_put_error(&l->out, l->turn.batch ? NULL : l->turn.calls[0].msg.id, false, &f);
	line_out_put(&l->pipe->out, buf_str(&l->out));
}

static void take_line(struct pipe *p, struct str text)
{
	if (str_trim(text).n == 0)
		return;
	struct line *l = MEM_NEW(struct line);
	l->pipe = p;
	l->arena = arena_new(0);
	buf_init(&l->out, 0);
	l->call = (struct call) {
		.arena = l->arena,
		.who = p->setup->who,
		.request_id = arena_printf(l->arena, "stdio_%lld", (long long)++p->lines),
	};
	l->turn = (struct turn) {
		.server = p->setup->server,
		.flow = &l->flow,
		.arena = l->arena,
		.fallback = (enum mcp_revision)atomic_load(&p->legacy),
		.out = &l->out,
		.notify = notify,
		.notified = notified,
		.peer = &p->peer,
		.transport = l,
	};
	if (!turn_read(&l->turn, text)) {
		if (l->out.len > 0)
			line_out_put(&p->out, buf_str(&l->out));
		line_free(l);
		return;
	}
	flow_init(&l->flow, &l->call, l->turn.steps, &l->turn, line_end);
	l->flow.owner = l;
	if (!line_start(l)) {
		refuse(l);
		line_free(l);
	} else if (!flow_start(p->setup->desks, &l->flow)) {
		refuse(l);
		buf_clear(&l->out);
		line_end(&l->flow);
	}
}

static void too_long(struct pipe *p)
{
	struct buf b;
	struct rpc_fault f;
	buf_init(&b, 0);
	rpc_fault(&f, RPC_PARSE, 0, "Parse error: a line has at most %d bytes", STDIO_LINE_MAX);
	rpc_put_error(&b, NULL, false, &f);
	line_out_put(&p->out, buf_str(&b));
	buf_release(&b);
}

/* What has been read so far; false: the end. */
static bool take_lines(struct pipe *p, struct line_in *in)
{
	struct str text;
	for (;;) {
		switch (line_in_next(in, &text)) {
		case LINE_READY:
			take_line(p, text);
			break;
		case LINE_TOO_LONG:
			too_long(p);
			break;
		case LINE_NONE:
			return true;
		case LINE_END:
			return false;
		}
	}
}

static void drain_wakes(void)
{
	char bytes[256];
	while (read(wake_pipe[0], bytes, sizeof bytes) > 0)
		continue;
}

/* Waits for input, a signal, a closed output or a call's end; in < 0: not for input. */
static short wait_for(struct pipe *p, int in, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = wake_pipe[0], .events = POLLIN },
		{ .fd = atomic_load(&p->out.broken) ? -1 : p->out.fd },
		{ .fd = in, .events = POLLIN },
	};
	if (poll(fds, 3, timeout_ms) <= 0)
		return 0;
	if (fds[0].revents)
		drain_wakes();
	if (fds[1].revents)
		atomic_store(&p->out.broken, true);
	return fds[2].revents;
}

static bool ending(struct pipe *p)
{
	return signalled || atomic_load(&p->out.broken);
}

static int running(struct pipe *p)
{
	pthread_mutex_lock(&p->lock);
	int n = p->count;
	pthread_mutex_unlock(&p->lock);
	return n;
}

/* false: calls still run. */
static bool wait_idle(struct pipe *p, int64_t ms, bool (*stop)(struct pipe *))
{
	int64_t end = mono_ms() + ms;
	while (running(p) > 0) {
		int64_t left = end - mono_ms();
		if (left <= 0 || (stop && stop(p)))
			return false;
		wait_for(p, -1, (int)left);
	}
	return true;
}

static void cancel_all(struct pipe *p)
{
	pthread_mutex_lock(&p->lock);
	for (struct line *l = p->running; l; l = l->next)
		atomic_store(&l->call.cancelled, true);
	pthread_mutex_unlock(&p->lock);
	kick(p);
}

static void finish(struct pipe *p)
{
	mcp_listen_close();
	if (wait_idle(p, STDIO_EOF_MS, ending))
		return;
	cancel_all(p);
	if (wait_idle(p, STDIO_CANCEL_MS / 2, NULL))
		return;
	atomic_store(&p->out.hurry, true);
	if (wait_idle(p, STDIO_CANCEL_MS / 2, NULL))
		return;
	log_warn("mcp.abandoned calls=%d", running(p));
	_exit(0); /* they would touch the pipe after its end */
}

static void take_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		_exit(1);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

int mcp_stdio(const struct mcp_stdio *s)
{
	struct pipe p = { .setup = s };
	struct line_in in;
	bool more = true;
	take_signals();
	line_in_init(&in, s->in, STDIO_LINE_MAX);
	line_out_init(&p.out, s->out);
	pthread_mutex_init(&p.lock, NULL);
	atomic_init(&p.legacy, MCP_LEGACY_LATEST);
	peer_init(&p.peer);
	while (more && !ending(&p)) {
		if (!wait_for(&p, s->in, -1))
			continue;
		line_in_fill(&in);
		more = take_lines(&p, &in);
	}
	finish(&p);
	line_in_release(&in);
	line_out_release(&p.out);
	peer_release(&p.peer);
	pthread_mutex_destroy(&p.lock);
	return 0;
}
