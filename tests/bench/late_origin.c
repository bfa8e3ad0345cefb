/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An origin that answers late: `late_origin PORT DELAY-MS FILE.gz...`. Any GET /N gets file N (modulo)
 * as gzip HTML, DELAY-MS after the request. Constant delay: answers leave in the order of requests.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RING = 1 << 16 };
struct page {
	char *bytes;
	size_t n;
};
static struct due {
	double at;
	int fd;
	const struct page *page;
} ring[RING];
static size_t head, tail;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct page load(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *body = malloc(1 << 24), *all = malloc((1 << 24) + 256);
	size_t n = f ? fread(body, 1, 1 << 24, f) : 0;
	int k = snprintf(all, 256,
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
		"Content-Length: %zu\r\n\r\n",
		n);
	memcpy(all + k, body, n);
	if (f)
		fclose(f);
	free(body);
	return (struct page) { realloc(all, (size_t)k + n), (size_t)k + n };
}

static void answer(const struct due *d)
{
	for (size_t sent = 0; sent < d->page->n;) {
		ssize_t n = send(d->fd, d->page->bytes + sent, d->page->n - sent, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		sent += (size_t)n;
	}
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	double delay = strtod(argv[2], NULL) / 1e3;
	size_t n_pages = (size_t)argc - 3;
	struct page *pages = calloc(n_pages, sizeof *pages);
	for (size_t i = 0; i < n_pages; i++)
		pages[i] = load(argv[i + 3]);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10)) };
	int one = 1, door = socket(AF_INET, SOCK_STREAM, 0), ep = epoll_create1(0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(door, (struct sockaddr *)&at, sizeof at) || listen(door, 4096))
		return 3;
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = door }, evs[256];
	epoll_ctl(ep, EPOLL_CTL_ADD, door, &ev);
	for (;;) {
		double wait = head == tail ? 1.0 : ring[head % RING].at - now();
		int k = epoll_wait(ep, evs, 256, wait <= 0 ? 0 : (int)(wait * 1e3) + 1);
		for (int i = 0; i < k; i++) {
			char in[8192];
			int fd = evs[i].data.fd;
			if (fd == door) {
				ev.data.fd = accept(door, NULL, NULL);
				setsockopt(
					ev.data.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
				epoll_ctl(ep, EPOLL_CTL_ADD, ev.data.fd, &ev);
				continue;
			}
			ssize_t n = recv(fd, in, sizeof in - 1, 0);
			if (n <= 0) {
				close(fd);
				continue;
			}
			in[n] = 0;
			size_t which = strtoul(in + 5, NULL, 10) % n_pages;
			ring[tail++ % RING] = (struct due) { now() + delay, fd, &pages[which] };
		}
		while (head != tail && ring[head % RING].at <= now())
			answer(&ring[head++ % RING]);
	}
}
