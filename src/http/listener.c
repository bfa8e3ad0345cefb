/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own listening socket, adopted by libwebsockets as a plain file: bound to exactly the address
 * that was configured (the library's listener told 127.0.0.1 listens everywhere), with errors that
 * can be told, and no busy loop when descriptors run out: then, or at the cap, nobody is accepted
 * for 50 ms and clients wait in the kernel's backlog.
 */
#include "base/log.h"
#include "base/metric.h"
#include "http/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

enum { BACKLOG = 4096, ACCEPTS_PER_TURN = 64, BACKOFF_MS = 50 };

static bool parse(const char *text, struct address *a, int *port, struct err *e)
{
	struct str s = str_of(text), host;
	int64_t n = -1;
	size_t colon = s.n;
	while (colon && s.p[colon - 1] != ':')
		colon--;
	host = (struct str) { s.p, colon ? colon - 1 : 0 };
	if (str_ieq(host, STR("localhost")))
		host = STR("127.0.0.1");
	bool bare6 = host.n && host.p[0] != '[' && memchr(host.p, ':', host.n);
	if (colon && !bare6 && address_parse(host, a) &&
		str_to_int((struct str) { s.p + colon, s.n - colon }, &n) && n >= 0 &&
		n <= 65535) {
		*port = (int)n;
		return true;
	}
	return err_set(e, ERR_INVALID_REQUEST,
		"listen: \"%s\" is not address:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or "
		"[::1]:8080",
		text);
}

/* Strangers' passwords and keys do not travel in the clear by accident. */
static bool may_bind(struct http_server *s, const struct address *a, struct err *e)
{
	const struct conf *c = s->conf;
	bool loopback = address_loopback(a);
	if (!hostlist_build(&s->names, c, loopback, s->arena, e))
		return false;
	if (loopback)
		return true;
	if (!s->tls && !c->behind_proxy)
		return err_set(e, ERR_INVALID_REQUEST,
			"listen: %s can be reached by others; set tls_cert and tls_key, or "
			"behind_proxy = on when a proxy in front does TLS",
			c->listen);
	if (hostlist_empty(&s->names))
		return err_set(e, ERR_INVALID_REQUEST,
			"listen: %s can be reached by others; set public_url to the URL they "
			"use "
			"(or allowed_hosts), so that other names in Host are refused",
			c->listen);
	return true;
}

static socklen_t fill(const struct address *a, int port, struct sockaddr_storage *to)
{
	if (address_v4(a)) {
		struct sockaddr_in v4 = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)port) };
		memcpy(&v4.sin_addr, a->b + 12, 4);
		memcpy(to, &v4, sizeof v4);
		return sizeof v4;
	}
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };
	memcpy(&v6.sin6_addr, a->b, 16);
	memcpy(to, &v6, sizeof v6);
	return sizeof v6;
}

static bool bind_failed(const char *listen_at, int error, struct err *e)
{
	switch (error) {
	case EADDRINUSE:
		return err_set(e, ERR_INVALID_REQUEST,
			"listen: %s is in use by another program", listen_at);
	case EADDRNOTAVAIL:
		return err_set(e, ERR_INVALID_REQUEST,
			"listen: %s is not an address of this machine", listen_at);
	case EACCES:
		return err_set(e, ERR_INVALID_REQUEST,
			"listen: %s needs rights that this user does not have (ports below "
			"1024)",
			listen_at);
	default:
		return err_set(
			e, ERR_INVALID_REQUEST, "listen: %s: %s", listen_at, strerror(error));
	}
}

/* Asks the kernel what was bound: port 0 has become a port, and the address must be ours. */
static bool note_bound(
	struct http_server *s, int fd, const struct address *wanted, struct err *e)
{
	struct sockaddr_storage got = { 0 };
	socklen_t len = sizeof got;
	struct address bound;
	char text[ADDRESS_TEXT];
	if (getsockname(fd, (struct sockaddr *)&got, &len) != 0)
		return bind_failed(s->conf->listen, errno, e);
	address_of((struct sockaddr *)&got, &bound);
	if (memcmp(&bound, wanted, sizeof bound) != 0)
		return err_set(e, ERR_INTERNAL, "listen: %s was bound as %s", s->conf->listen,
			address_print(&bound, text));
	int port = ntohs(got.ss_family == AF_INET
				 ? ((struct sockaddr_in *)(void *)&got)->sin_port
				 : ((struct sockaddr_in6 *)(void *)&got)->sin6_port);
	address_print(&bound, text);
	snprintf(s->address, sizeof s->address, address_v4(&bound) ? "%s:%d" : "[%s]:%d", text,
		port);
	return true;
}

bool listener_open(struct http_server *s, int *fd, struct err *e)
{
	struct address a;
	struct sockaddr_storage sa;
	int port = 0, one = 1;
	if (!parse(s->conf->listen, &a, &port, e) || !may_bind(s, &a, e))
		return false;
	socklen_t len = fill(&a, port, &sa);
	*fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return bind_failed(s->conf->listen, errno, e);
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(*fd, (struct sockaddr *)&sa, len) != 0 || listen(*fd, BACKLOG) != 0) {
		bind_failed(s->conf->listen, errno, e);
		close(*fd);
		return false;
	}
	if (note_bound(s, *fd, &a, e))
		return true;
	close(*fd);
	return false;
}

bool listener_adopt(struct http_server *s, int fd, struct err *e)
{
	lws_sock_file_fd_type file = { .filefd = fd };
	s->listener = lws_adopt_descriptor_vhost(
		s->vhost, LWS_ADOPT_RAW_FILE_DESC, file, "listener", NULL);
	if (!s->listener) {
		close(fd);
		return err_set(
			e, ERR_INTERNAL, "libwebsockets does not take the listening socket");
	}
	lws_set_opaque_user_data(s->listener, s);
	return true;
}

void listener_close(struct http_server *s)
{
	lws_sul_cancel(&s->backoff);
	if (s->listener)
		lws_set_timeout(
			s->listener, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
	s->listener = NULL;
}

static void go_on(lws_sorted_usec_list_t *sul)
{
	struct http_server *s = lws_container_of(sul, struct http_server, backoff);
	if (s->listener)
		lws_rx_flow_control(s->listener, 1);
}

static void back_off(struct http_server *s)
{
	lws_rx_flow_control(s->listener, 0);
	lws_sul_schedule(s->lws, 0, &s->backoff, go_on, BACKOFF_MS * LWS_US_PER_MS);
}

/* Proxies, and the machine itself, connect for many. */
static bool holder_full(const struct http_server *s, const struct address *peer)
{
	int64_t most = s->conf->max_connections_per_ip;
	struct address holder = address_holder(peer);
	if (most == 0 || s->conf->behind_proxy || address_loopback(peer) ||
		subnets_have(&s->proxies, peer))
		return false;
	struct str key = { (const char *)holder.b, sizeof holder.b };
	return (int64_t)(intptr_t)map_get(s->per_holder, key) >= most;
}

/* One connection. false: stop accepting for a while. */
static bool accept_one(struct http_server *s, bool *none)
{
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof sa;
	struct address peer;
	int one = 1;
	bool full = s->n_conns - s->n_refused >= s->max_conns;
	if (full && s->n_refused >= REFUSED_MAX)
		return false;
	int fd = accept4(lws_get_socket_fd(s->listener), (struct sockaddr *)&sa, &len,
		SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		*none = errno == EAGAIN;
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
	}
	address_of((struct sockaddr *)&sa, &peer);
	full |= holder_full(s, &peer);
	if (full && s->n_refused >= REFUSED_MAX) {
		close(fd); /* one address floods: it alone is not told why */
		metric_add(METRIC_REFUSED_FULL, 1);
		return true;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	conn_adopt(s, fd, &peer, full);
	return true;
}

int listener_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RAW_RX_FILE && reason != LWS_CALLBACK_RAW_CLOSE_FILE)
		return 0;
	struct http_server *s = lws_get_opaque_user_data(wsi);
	if (reason == LWS_CALLBACK_RAW_CLOSE_FILE && s)
		s->listener = NULL;
	bool none = false;
	for (int i = 0; s && s->listener && !none && i < ACCEPTS_PER_TURN; i++)
		if (!accept_one(s, &none)) {
			back_off(s);
			break;
		}
	return 0;
}
