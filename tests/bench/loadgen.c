/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load generator: `loadgen ADDR PORT CONNECTIONS TOTAL REQUESTS-FILE`. The file holds whole HTTP
 * requests, each after a line with its length; they are sent in turn over kept connections, one at
 * a time each. Prints {"seconds","done","ok","p50_ms","p99_ms"}.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct request {
	char *bytes;
	size_t n;
};
struct conn {
	int fd;
	size_t sent, got, need; /* need: whole answer's length once the head is there, else 0 */
	bool chunked;
	char tail[5]; /* of a chunked answer: it ends with 0 CR LF CR LF */
	const struct request *request;
	double began;
	int status;
	char head[16384];
};

static struct request *requests;
static size_t n_requests, next_request, started, done, ok, total;
static double *latency;
static struct sockaddr_in to;
static int ep;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_requests(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;
	if (!f)
		exit(2);
	while (fscanf(f, "%zu\n", &n) == 1) {
		requests = realloc(requests, (n_requests + 1) * sizeof *requests);
		requests[n_requests] = (struct request) { malloc(n), n };
		if (fread(requests[n_requests++].bytes, 1, n, f) != n)
			exit(2);
	}
	fclose(f);
}

static void watch(struct conn *c, uint32_t events, int op)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };
	epoll_ctl(ep, op, c->fd, &ev);
}

static void open_conn(struct conn *c)
{
	int one = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
		exit(3);
	watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void push(struct conn *c)
{
	ssize_t n =
		send(c->fd, c->request->bytes + c->sent, c->request->n - c->sent, MSG_NOSIGNAL);
	if (n > 0)
		c->sent += (size_t)n;
	watch(c, c->sent < c->request->n ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

static bool start(struct conn *c)
{
	if (started >= total)
		return false;
	started++;
	c->request = &requests[next_request++ % n_requests];
	c->sent = c->got = c->need = 0;
	memset(c->tail, 0, sizeof c->tail);
	c->began = now();
	push(c);
	return true;
}

static void finish(struct conn *c, bool closed)
{
	latency[done++] = now() - c->began;
	ok += c->status == 200;
	if (closed) {
		close(c->fd);
		open_conn(c);
		c->sent = c->got = c->need = 0;
		if (started < total) {
			started++;
			c->request = &requests[next_request++ % n_requests];
			c->began = now();
		}
		return;
	}
	if (!start(c))
		watch(c, 0, EPOLL_CTL_MOD);
}

static void look_at_head(struct conn *c)
{
	size_t have = c->got < sizeof c->head - 1 ? c->got : sizeof c->head - 1;
	c->head[have] = 0;
	char *end = strstr(c->head, "\r\n\r\n");
	if (!end)
		return;
	char *length = strcasestr(c->head, "\r\ncontent-length:");
	char *chunked = strcasestr(c->head, "\r\ntransfer-encoding: chunked");
	c->status = (int)strtol(c->head + 9, NULL, 10);
	c->chunked = chunked && chunked < end;
	c->need = (size_t)(end - c->head) + 4 +
		  (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static bool ended(struct conn *c, const char *bytes, size_t n)
{
	if (!c->chunked)
		return c->need && c->got >= c->need;
	for (size_t i = n > 5 ? n - 5 : 0; i < n; i++) {
		memmove(c->tail, c->tail + 1, 4);
		c->tail[4] = bytes[i];
	}
	return memcmp(c->tail, "0\r\n\r\n", 5) == 0;
}

static void pull(struct conn *c)
{
	static char sink[1 << 18];
	bool in_head = c->need == 0;
	size_t room = sizeof c->head - 1 - c->got;
	ssize_t n = in_head ? recv(c->fd, c->head + c->got, room, 0)
			    : recv(c->fd, sink, sizeof sink, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		c->status = 0;
		finish(c, true);
		return;
	}
	const char *bytes = in_head ? c->head + c->got : sink;
	c->got += (size_t)n;
	if (in_head)
		look_at_head(c);
	if (ended(c, bytes, (size_t)n))
		finish(c, false);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	if (argc < 6)
		return 2;
	to.sin_family = AF_INET;
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	to.sin_port = htons((uint16_t)strtol(argv[2], NULL, 10));
	size_t n = strtoul(argv[3], NULL, 10);
	total = strtoul(argv[4], NULL, 10);
	read_requests(argv[5]);
	latency = calloc(total, sizeof *latency);
	ep = epoll_create1(0);
	struct conn *conns = calloc(n, sizeof *conns);
	for (size_t i = 0; i < n; i++)
		open_conn(&conns[i]);
	double began = now();
	for (size_t i = 0; i < n && started < total; i++) {
		started++;
		conns[i].request = &requests[next_request++ % n_requests];
		conns[i].began = began;
	}
	while (done < total) {
		struct epoll_event ev[256];
		int k = epoll_wait(ep, ev, 256, 60000);
		if (k <= 0)
			break;
		for (int i = 0; i < k; i++) {
			struct conn *c = ev[i].data.ptr;
			if (ev[i].events & EPOLLOUT && c->request && c->sent < c->request->n)
				push(c);
			else if (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
				pull(c);
		}
	}
	double seconds = now() - began;
	qsort(latency, done, sizeof *latency, by_value);
	printf("{\"seconds\":%.4f,\"done\":%zu,\"ok\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
		seconds, done, ok, done ? latency[done / 2] * 1e3 : 0,
		done ? latency[done * 99 / 100] * 1e3 : 0);
	return 0;
}
