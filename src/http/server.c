/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door itself: one libuv loop that is ours, with libwebsockets in it for sockets, TLS and
 * buffered writes. Its HTTP role is not used (one packet can hang it); HTTP is read by h1.c out of
 * the raw bytes. Other threads reach the loop only through the mailbox.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/exchange.h"

#include <sys/resource.h>
#include <unistd.h>

enum { FILES = 16384, FILES_KEPT = 64, SLOW_TURN_MS = 100, READ_BYTES = 16 * 1024 };

static const struct lws_protocols protocols[] = {
	{ "http1", conn_callback, sizeof(struct http_conn), 0, 0, NULL, PIECE_BYTES },
	{ "listener", listener_callback, 0, 0, 0, NULL, 0 },
	{ NULL },
};

/* The library sizes its tables by the limit, which containers set to a million and more. */
static void limit_files(struct http_server *s)
{
	struct rlimit lim;
	int64_t files = FILES, most = s->conf->max_connections;
	if (getrlimit(RLIMIT_NOFILE, &lim) == 0) {
		if (lim.rlim_max != RLIM_INFINITY && lim.rlim_max < FILES)
			files = (int64_t)lim.rlim_max;
		lim.rlim_cur = (rlim_t)files;
		if (setrlimit(RLIMIT_NOFILE, &lim) != 0)
			log_warn("http.files limit=%lld cannot be set", (long long)files);
	}
	int64_t room = files > 2 * FILES_KEPT ? files - FILES_KEPT : files / 2;
	if (most > room) {
		log_warn("http.files max_connections=%lld lowered_to=%lld by the limit of open "
			 "files",
			(long long)most, (long long)room);
		most = room;
	}
	s->max_conns = (int)most;
}

static bool read_settings(struct http_server *s, struct err *e)
{
	const struct conf *c = s->conf;
	s->tls = *c->tls_cert && *c->tls_key;
	if ((*c->tls_cert || *c->tls_key) && !s->tls)
		return err_set(e, ERR_INVALID_REQUEST,
			"tls_cert and tls_key belong together: set both or neither");
	s->limits = (struct h1_limits) {
		.head_bytes = (size_t)c->max_header_bytes,
		.lines = (size_t)c->max_header_lines,
		.target_bytes = (size_t)c->max_target_bytes,
		.body_bytes = (size_t)c->max_body_bytes,
	};
	s->large_limits = s->limits;
	s->large_limits.body_bytes = (size_t)c->job_body_bytes;
	if (!subnets_parse(str_of(c->trusted_proxies), s->arena, &s->proxies, e))
		return false;
	return !s->tls || tls_check(c, e);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct http_server *s = handle->data;
	if (s->signals_seen++) {
		log_warn("http.stop signal=%d second=true", number);
		_exit(1);
	}
	lws_cancel_service(s->lws);
}

static void on_turn_begin(uv_check_t *handle)
{
	((struct http_server *)handle->data)->turn_us = mono_us();
}

static void on_turn_end(uv_prepare_t *handle)
{
	struct http_server *s = handle->data;
	int64_t ms = s->turn_us ? (mono_us() - s->turn_us) / 1000 : 0;
	if (ms > SLOW_TURN_MS)
		log_warn("http.slow_turn ms=%lld", (long long)ms);
}

static void start_loop(struct http_server *s)
{
	static const int numbers[2] = { SIGTERM, SIGINT };
	uv_loop_init(&s->loop);
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&s->loop, &s->signals[i]);
		s->signals[i].data = s;
		uv_signal_start(&s->signals[i], on_signal, numbers[i]);
	}
	uv_check_init(&s->loop, &s->turn_begin);
	uv_prepare_init(&s->loop, &s->turn_end);
	s->turn_begin.data = s->turn_end.data = s;
	uv_check_start(&s->turn_begin, on_turn_begin);
	uv_prepare_start(&s->turn_end, on_turn_end);
}

static bool start_library(struct http_server *s, struct err *e)
{
	void *loops[1] = { &s->loop };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.pt_serv_buf_size = READ_BYTES,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_LIBUV,
		.foreign_loops = loops,
		.user = s,
		.pcontext = &s->lws,
		.vhost_name = "door",
		/* Of a TLS handshake and the silence behind it: head_timeout_ms comes first. */
		.timeout_secs = (unsigned)(s->conf->head_timeout_ms / 1000 + 1),
	};
	if (s->tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = s->conf->tls_cert;
		info.ssl_private_key_filepath = s->conf->tls_key;
		info.ssl_options_set = (long)(SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1);
		info.alpn = "http/1.1";
	}
	s->lws = lws_create_context(&info);
	if (!s->lws)
		return err_set(e, ERR_INTERNAL,
			"libwebsockets does not start (its libuv plugin, package "
			"libwebsockets-evlib-uv, must be installed)");
	s->vhost = lws_create_vhost(s->lws, &info);
	return s->vhost || err_set(e, ERR_INTERNAL, "libwebsockets cannot set TLS up");
}

static void wake(void *arg)
{
	lws_cancel_service(((struct http_server *)arg)->lws);
}

struct http_server *http_open(const struct http_setup *setup, struct err *e)
{
	struct http_server *s = MEM_NEW(struct http_server);
	int fd = -1;
	s->setup = *setup;
	s->conf = setup->conf;
	s->arena = arena_new(0);
	if (!read_settings(s, e) || !listener_open(s, &fd, e)) {
		arena_free(&s->arena);
		mem_free(s);
		return NULL;
	}
	limit_files(s);
	log_library();
	s->scratch = mem_raw(LWS_PRE + HEAD_OUT_BYTES + PIECE_BYTES);
	s->per_holder = map_new((size_t)s->max_conns + REFUSED_MAX + 1);
	s->mailbox = mailbox_new(wake, s);
	wheel_init(&s->wheel, mono_ms(), conn_due);
	start_loop(s);
	if (!start_library(s, e) || !listener_adopt(s, fd, e)) {
		if (!s->vhost)
			close(fd);
		http_close(&s);
		return NULL;
	}
	log_info("http.listening address=%s tls=%d", s->address, s->tls);
	return s;
}

const char *http_address(const struct http_server *s)
{
	return s->address;
}

static void letter_home(struct letter *l)
{
	struct exchange *x = l->x;
	struct http_conn *c = x->r.conn;
	if (l->kind != LETTER_ADMITTED && (l->kind != LETTER_END || x->r.res.streaming)) {
		stream_letter(x, l);
		return;
	}
	exchange_home(x);
	if (!c) {
		exchange_free(x);
		return;
	}
	if (l->kind == LETTER_ADMITTED && x->r.admitted) {
		dispatch_body(c, c->in.len);
		conn_feed(c, (struct str) { NULL, 0 });
	} else {
		if (l->kind == LETTER_ADMITTED)
			c->keep = false; /* the body was not read */
		conn_answer(c);
	}
	conn_flow(c);
}

void server_wake(struct http_server *s)
{
	if (s->signals_seen)
		drain_begin(s);
	for (struct letter *l = mailbox_take(s->mailbox), *next; l; l = next) {
		next = l->next;
		letter_home(l);
	}
	drain_check(s);
}

void http_serve(struct http_server *s)
{
	lws_cancel_service(s->lws);
	while (!s->done)
		uv_run(&s->loop, UV_RUN_ONCE);
	for (int i = 0; i < 2; i++)
		uv_signal_stop(&s->signals[i]); /* from here on a signal has its usual effect */
	log_info("http.stopped connections=%d", s->n_conns);
}

/* With a loop of ours the library closes its handles in turns of the loop, and what is left of it
 * by a second call; pcontext then makes s->lws NULL. */
static void stop_loop(struct http_server *s)
{
	enum { TURNS = 1000 };
	uv_close((uv_handle_t *)&s->signals[0], NULL);
	uv_close((uv_handle_t *)&s->signals[1], NULL);
	uv_close((uv_handle_t *)&s->turn_begin, NULL);
	uv_close((uv_handle_t *)&s->turn_end, NULL);
	if (s->lws)
		lws_context_destroy(s->lws);
	for (int i = 0; i < TURNS && uv_run(&s->loop, UV_RUN_NOWAIT); i++)
		;
	if (s->lws)
		lws_context_destroy(s->lws);
	(void)uv_loop_close(&s->loop);
}

/* Calls that did not end in time have been cancelled; most come home within a moment. */
static bool all_home(struct http_server *s)
{
	enum { WAIT_MS = 5000, LOOK_MS = 5 };
	int64_t end = mono_ms() + WAIT_MS;
	while (s->running && mono_ms() < end) {
		struct timespec pause = { 0, LOOK_MS * 1000000 };
		if (!uv_run(&s->loop, UV_RUN_NOWAIT) || s->running)
			nanosleep(&pause, NULL);
	}
	return !s->running;
}

void http_close(struct http_server **sp)
{
	struct http_server *s = *sp;
	*sp = NULL;
	if (!s)
		return;
	s->setup.cancelled = NULL; /* who it would wake may be gone already */
	if (!all_home(s)) {
		log_error("http.close calls are still running: the door's memory is left to "
			  "them");
		return;
	}
	mailbox_settle(s->mailbox);
	lws_sul_cancel(&s->drain_half);
	lws_sul_cancel(&s->drain_end);
	lws_sul_cancel(&s->tick);
	lws_sul_cancel(&s->backoff);
	stop_loop(s);
	mailbox_free(&s->mailbox);
	map_free(&s->per_holder, NULL);
	mem_free(s->scratch);
	arena_free(&s->arena);
	mem_free(s);
}
