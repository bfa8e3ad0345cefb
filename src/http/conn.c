/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as libwebsockets shows it: born, bytes, may write, gone. The rules that its raw
 * role wants kept: after a failed TLS handshake CLOSE comes without ADOPT; while the library holds
 * output it must not be asked to read, or the loop spins; a close drops unsent output, so closing
 * goes through flush and linger (output.c).
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/metric.h"
#include "http/exchange.h"

static void count_holder(struct http_server *s, const struct address *peer, int by)
{
	struct address holder = address_holder(peer);
	struct str key = { (const char *)holder.b, sizeof holder.b };
	intptr_t n = (intptr_t)map_get(s->per_holder, key) + by;
	if (n > 0)
		(void)map_put(s->per_holder, key, (void *)n);
	else
		(void)map_remove(s->per_holder, key);
}

void conn_adopt(struct http_server *s, int fd, const struct address *peer, bool refused)
{
	lws_sock_file_fd_type sock = { .sockfd = fd };
	int how = LWS_ADOPT_SOCKET | (s->tls ? LWS_ADOPT_ALLOW_SSL : 0);
	struct lws *wsi = lws_adopt_descriptor_vhost(
		s->vhost, (lws_adoption_type)how, sock, "http1", NULL);
	struct http_conn *c = wsi ? lws_wsi_user(wsi) : NULL;
	if (!c)
		return;
	c->server = s;
	c->wsi = wsi;
	c->peer = *peer;
	c->refused = refused;
	c->reading = true;
	buf_init(&c->in, s->limits.head_bytes + 2 * PIPELINE_BYTES + 16 * 1024);
	h1_init(&c->h1, &s->limits);
	c->next = s->conns;
	c->at = &s->conns;
	if (c->next)
		c->next->at = &c->next;
	s->conns = c;
	s->n_conns++;
	s->n_refused += refused;
	count_holder(s, peer, 1);
	metric_add(METRIC_CONNECTIONS, 1);
	conn_arm(c, refused ? LINGER_MS : s->conf->head_timeout_ms);
}

static void gone(struct http_conn *c)
{
	struct http_server *s = c->server;
	if (!s)
		return;
	wheel_disarm(&s->wheel, &c->deadline);
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	if (c->x)
		exchange_abandon(c->x);
	c->x = NULL;
	buf_release(&c->in);
	s->n_conns--;
	s->n_refused -= c->refused;
	count_holder(s, &c->peer, -1);
	metric_add(METRIC_CONNECTIONS, -1);
	c->state = CONN_DEAD;
	c->server = NULL;
	drain_check(s);
}

static void tick(lws_sorted_usec_list_t *sul)
{
	struct http_server *s = lws_container_of(sul, struct http_server, tick);
	wheel_turn(&s->wheel, mono_ms());
	s->ticking = s->wheel.count > 0;
	if (s->ticking)
		lws_sul_schedule(s->lws, 0, &s->tick, tick, WHEEL_TICK_MS * LWS_US_PER_MS);
}

void conn_arm(struct http_conn *c, int64_t ms)
{
	struct http_server *s = c->server;
	if (ms == 0) {
		wheel_disarm(&s->wheel, &c->deadline);
		return;
	}
	int64_t now = mono_ms();
	if (!s->ticking) {
		wheel_turn(&s->wheel, now); /* nobody is armed: only the clock moves */
		s->ticking = true;
		lws_sul_schedule(s->lws, 0, &s->tick, tick, WHEEL_TICK_MS * LWS_US_PER_MS);
	}
	wheel_arm(&s->wheel, &c->deadline, now + ms);
}

void conn_kill(struct http_conn *c)
{
	if (c->state == CONN_DEAD)
		return;
	c->state = CONN_DEAD;
	conn_arm(c, 0);
	if (c->x)
		exchange_abandon(c->x);
	c->x = NULL;
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

void conn_due(struct wheel_entry *e)
{
	struct http_conn *c = lws_container_of(e, struct http_conn, deadline);
	switch (c->state) {
	case CONN_HEAD:
		if (conn_idle(c))
			conn_kill(c);
		else
			conn_refuse(
				c, ERR_REQUEST_TIMEOUT, "the header did not arrive in time");
		break;
	case CONN_BODY:
		conn_refuse(c, ERR_REQUEST_TIMEOUT, "the body did not arrive in time");
		break;
	case CONN_STREAM:
		stream_due(c);
		break;
	default:
		conn_kill(c);
	}
}

static bool wants_to_read(const struct http_conn *c)
{
	if (lws_partial_buffered(c->wsi))
		return false;
	switch (c->state) {
	case CONN_ADMIT:
	case CONN_RUN:
	case CONN_SEND:
		return c->in.len <= PIPELINE_BYTES;
	default:
		return true;
	}
}

void conn_flow(struct http_conn *c)
{
	if (c->state == CONN_DEAD)
		return;
	bool want = wants_to_read(c);
	if (want != c->reading) {
		c->reading = want;
		lws_rx_flow_control(c->wsi, want);
	}
}

static void received(struct http_conn *c, struct str bytes)
{
	switch (c->state) {
	case CONN_STREAM:
	case CONN_DEAD:
		return; /* stray bytes: nothing can follow on this connection */
	case CONN_FLUSH:
	case CONN_LINGER:
		c->dropped += bytes.n;
		if (c->state == CONN_LINGER && c->dropped > LINGER_BYTES)
			conn_kill(c);
		return;
	default:
		conn_feed(c, bytes);
		conn_flow(c);
	}
}

int conn_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct http_conn *c = user;
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		server_wake(lws_context_user(lws_get_context(wsi)));
		return 0;
	case LWS_CALLBACK_RAW_RX:
		if (c && c->server && !c->heard) {
			/* Behind TLS the library's own timer runs since the handshake; deadlines are ours. */
			lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
			c->heard = true;
		}
		if (c && c->server)
			received(c, (struct str) { in, len });
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		if (c && c->server) {
			conn_output(c);
			conn_flow(c);
		}
		break;
	case LWS_CALLBACK_RAW_CLOSE:
	case LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL:
		if (c)
			gone(c);
		return 0;
	default:
		return 0;
	}
	return c && c->server && c->state == CONN_DEAD ? -1 : 0;
}
