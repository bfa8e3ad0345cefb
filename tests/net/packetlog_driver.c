/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge: sees every packet that this network namespace sends and counts those of TCP and UDP
 * that go to a place that is not public, or to itself over lo. Prints "ready", then one line for
 * each such packet; a line on stdin asks for "sent N bad M". Ends with stdin.
 */
#include "special.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static long sent, bad;

static bool is_transport(unsigned protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;
}

static void look(const unsigned char *p, ssize_t n, bool loop)
{
	char text[INET6_ADDRSTRLEN];
	bool public;
	uint32_t v4;
	if (n >= 20 && p[0] >> 4 == 4 && is_transport(p[9])) {
		memcpy(&v4, p + 16, 4);
		public = public4(ntohl(v4));
		inet_ntop(AF_INET, p + 16, text, sizeof text);
	} else if (n >= 40 && p[0] >> 4 == 6 && is_transport(p[6])) {
		public = public6(p + 24);
		inet_ntop(AF_INET6, p + 24, text, sizeof text);
	} else {
		return;
	}
	sent++;
	if (public && !loop)
		return;
	bad++;
	printf("bad %s%s\n", text, loop ? " over lo" : "");
	fflush(stdout);
}

static void take(int fd)
{
	static unsigned char packet[65536];
	struct sockaddr_ll from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(
		fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	bool loop = from.sll_hatype == 772; /* ARPHRD_LOOPBACK */
	if (n > 0 && (from.sll_pkttype == PACKET_OUTGOING || loop))
		look(packet, n, loop);
}

int main(void)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)), room = 64 << 20;
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = 0, .events = POLLIN } };
	char line[100];
	if (fd < 0) {
		perror("packet socket");
		return 1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	puts("ready");
	fflush(stdout);
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents) {
			take(fd);
			continue; /* the question is answered when all packets were seen */
		}
		if (read(0, line, sizeof line) <= 0)
			break;
		printf("sent %ld bad %ld\n", sent, bad);
		fflush(stdout);
	}
	return 0;
}
