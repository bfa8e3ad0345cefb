/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site on loopback for C tests: a thread for each connection, one request on each, answered by the
 * test's own function, which writes what it likes.
 */
#ifndef TESTS_LIB_ORIGIN_H
#define TESTS_LIB_ORIGIN_H

#include "base/buf.h"
#include "base/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ORIGIN_CONNECTIONS = 256 };

struct origin;
/* The head (and what came with it) is NUL-ended. */
typedef void origin_fn(struct origin *o, const char *path, const char *request, int fd);
struct origin {
	origin_fn *answer;
	int fd, port;
	pthread_t thread;
	pthread_t connections[ORIGIN_CONNECTIONS];
	int n_connections;
	atomic_int requests;
	atomic_bool stopping;
};

static inline void origin_send(int fd, const void *bytes, size_t n)
{
	for (const char *p = bytes; n;) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		p += sent;
		n -= (size_t)sent;
	}
}

/* headers: each line ended by \r\n. */
static inline void origin_reply(
	int fd, const char *status, const char *headers, struct str body)
{
	struct buf b;
	buf_init(&b, 0);
	buf_addf(&b, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
		status, headers, body.n);
	buf_add_str(&b, body);
	origin_send(fd, b.p, b.len);
	buf_release(&b);
}

struct origin_connection {
	struct origin *origin;
	int fd;
};

static inline bool origin_whole(const char *request, size_t n)
{
	const char *end = memmem(request, n, "\r\n\r\n", 4), *length;
	size_t body = 0;
	if (!end)
		return false;
	length = memmem(request, (size_t)(end - request), "Content-Length: ", 16);
	if (length)
		body = (size_t)strtoul(length + 16, NULL, 10);
	return n >= (size_t)(end - request) + 4 + body;
}

static inline void *origin_serve(void *arg)
{
	struct origin_connection c = *(struct origin_connection *)arg;
	static _Thread_local char request[65536];
	char path[1024] = "";
	size_t n = 0;
	free(arg);
	while (n < sizeof request - 1 && !origin_whole(request, n)) {
		ssize_t got = recv(c.fd, request + n, sizeof request - 1 - n, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	request[n] = 0;
	if (sscanf(request, "%*s %1023s", path) == 1) {
		c.origin->requests++;
		c.origin->answer(c.origin, path, request, c.fd);
	}
	shutdown(c.fd, SHUT_WR);
	while (recv(c.fd, request, sizeof request, 0) > 0)
		; /* the other side closes first: no answer is lost in a reset */
	close(c.fd);
	return NULL;
}

static inline void *origin_main(void *arg)
{
	struct origin *o = arg;
	for (int fd; (fd = accept(o->fd, NULL, NULL)) >= 0;) {
		struct origin_connection *c = malloc(sizeof *c);
		*c = (struct origin_connection) { o, fd };
		CHECK(o->n_connections < ORIGIN_CONNECTIONS);
		CHECK(pthread_create(
			      &o->connections[o->n_connections++], NULL, origin_serve, c) == 0);
	}
	return NULL;
}

static inline void origin_start(struct origin *o, origin_fn *answer)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	*o = (struct origin) { .answer = answer, .fd = socket(AF_INET, SOCK_STREAM, 0) };
	CHECK(bind(o->fd, (struct sockaddr *)&at, size) == 0 && listen(o->fd, 128) == 0);
	CHECK(getsockname(o->fd, (struct sockaddr *)&at, &size) == 0);
	o->port = ntohs(at.sin_port);
	CHECK(pthread_create(&o->thread, NULL, origin_main, o) == 0);
}

static inline void origin_stop(struct origin *o)
{
	o->stopping = true;
	shutdown(o->fd, SHUT_RDWR);
	pthread_join(o->thread, NULL);
	for (int i = 0; i < o->n_connections; i++)
		pthread_join(o->connections[i], NULL);
	close(o->fd);
}

#endif
