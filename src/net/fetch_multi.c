/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's multi interface on our epoll: its sockets, its one timer, and what it has finished. */
#include "base/check.h"
#include "base/clock.h"
#include "net/fetch_in.h"

#include <sys/epoll.h>

static int on_watch(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	struct fetch_multi *m = data;
	struct epoll_event ev = {
		.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
			  (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0),
		.data.u64 = (uint64_t)(m->policy + 1) << 32 | (uint32_t)fd,
	};
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(m->fetcher->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (epoll_ctl(m->fetcher->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) != 0)
		epoll_ctl(m->fetcher->epoll, known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &ev);
	if (!known)
		curl_multi_assign(m->multi, fd, m);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *data)
{
	struct fetch_multi *m = data;
	(void)multi;
	m->timer_ms = ms < 0 ? -1 : mono_ms() + ms;
	return 0;
}

bool multi_open(
	struct fetch_multi *m, struct fetcher *f, enum fetch_policy policy, struct err *e)
{
	*m = (struct fetch_multi) { .fetcher = f, .policy = policy, .timer_ms = -1 };
	m->multi = curl_multi_init();
	m->share = curl_share_init();
	if (!m->multi || !m->share)
		return err_set(e, ERR_INTERNAL, "libcurl does not start");
	curl_share_setopt(m->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETFUNCTION, on_watch);
	curl_multi_setopt(m->multi, CURLMOPT_SOCKETDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(m->multi, CURLMOPT_TIMERDATA, m);
	curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)f->conf->fetch_in_flight + 16);
	return true;
}

void multi_close(struct fetch_multi *m)
{
	while (m->n_spare)
		curl_easy_cleanup(m->spare[--m->n_spare]);
	curl_multi_cleanup(m->multi);
	curl_share_cleanup(m->share);
}

void multi_event(struct fetch_multi *m, int fd, uint32_t events)
{
	int running, bits = 0;
	if (events & EPOLLIN)
		bits |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		bits |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		bits |= CURL_CSELECT_ERR;
	curl_multi_socket_action(m->multi, fd, bits, &running);
}

void multi_turn(struct fetch_multi *m, int64_t now)
{
	CURLMsg *msg;
	int running, left;
	if (m->timer_ms >= 0 && m->timer_ms <= now) {
		m->timer_ms = -1;
		curl_multi_socket_action(m->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	while ((msg = curl_multi_info_read(m->multi, &left))) {
		struct transfer *t = NULL;
		CURLcode rc = msg->data.result; /* msg does not outlive the handle's removal */
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		transfer_done(t, rc);
	}
}

void multi_add(struct fetch_multi *m, struct transfer *t)
{
	t->easy = m->n_spare ? m->spare[--m->n_spare] : easy_new(m);
	easy_fill(t);
	CHECK(curl_multi_add_handle(m->multi, t->easy) == CURLM_OK);
}

void multi_remove(struct fetch_multi *m, struct transfer *t)
{
	if (!t->easy)
		return;
	curl_multi_remove_handle(m->multi, t->easy);
	easy_clear(t);
	if (m->n_spare < (int)COUNT_OF(m->spare))
		m->spare[m->n_spare++] = t->easy;
	else
		curl_easy_cleanup(t->easy);
	t->easy = NULL;
}
