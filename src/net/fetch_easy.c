/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One handle of libcurl. What never changes is set once, when the handle is made; handles are
 * reused, so what a hop sets is set by every hop. Nothing of the environment is followed (proxies,
 * .netrc), redirects are ours, and the guard looks at every address just before connect() and at
 * the peer before every request.
 */
#include "base/check.h"
#include "net/fetch_in.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define SET(easy, option, value) CHECK(curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static bool allowed(struct transfer *t, const struct guard_address *a, int port)
{
	if (guard_allows(t->fetcher->guard, a, port, t->req->policy))
		return true;
	t->refused = true;
	return false;
}

static curl_socket_t on_socket(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = data;
	struct guard_address address;
	struct sockaddr_in port; /* it lies at the same place in both families */
	memcpy(&port, &to->addr, sizeof port);
	if (purpose != CURLSOCKTYPE_IPCXN || !guard_address_of(&to->addr, &address) ||
		!allowed(t, &address, ntohs(port.sin_port)))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static int on_request(void *data, char *peer, char *own, int port, int own_port)
{
	struct transfer *t = data;
	struct guard_address address;
	(void)own, (void)own_port;
	if (guard_address_parse(str_of(peer), &address) && allowed(t, &address, port))
		return CURL_PREREQFUNC_OK;
	t->refused = true;
	return CURL_PREREQFUNC_ABORT;
}

static size_t on_header(char *p, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	bool before = t->head.complete;
	if (!t->bytes)
		transfer_first_byte(t);
	t->bytes += size * n;
	if (!head_line(&t->head, (struct str) { p, size * n }, &t->err))
		return 0;
	if (!before && t->head.complete)
		transfer_headed(t);
	return t->err.code == ERR_NONE && (!t->drop || t->dropped < t->drop_max) ? size * n : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	if (t->drop) {
		t->dropped += size * n;
		return t->dropped < t->drop_max ? size * n : 0;
	}
	switch (body_take(t, p, size * n)) {
	case BODY_WAIT:
		return CURL_WRITEFUNC_PAUSE;
	case BODY_TOO_LARGE:
		err_set(&t->err, ERR_FETCH, "the page is too large: more than %zu bytes",
			t->body.max);
		return 0;
	default:
		t->bytes += size * n;
		return size * n;
	}
}

static void set_walls(CURL *easy)
{
	SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PROXY, "");
	SET(easy, CURLOPT_NOPROXY, "*");
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(easy, CURLOPT_PATH_AS_IS, 1L);
	SET(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(easy, CURLOPT_PREREQFUNCTION, on_request);
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

CURL *easy_new(const struct fetch_multi *m)
{
	const struct conf *c = m->fetcher->conf;
	CURL *easy = curl_easy_init();
	CHECK(easy);
	set_walls(easy);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_QUICK_EXIT, 1L); /* a slow look-up must not hold up the loop */
	SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Addresses are given with each transfer; libcurl looks through all it keeps after each. */
	SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, 2L);
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)c->fetch_connect_ms);
	if (c->ca_file[0])
		SET(easy, CURLOPT_CAINFO, c->ca_file);
	SET(easy, CURLOPT_CAPATH,
		NULL); /* else the parsed bundle is not kept: 20 ms each time */
	SET(easy, CURLOPT_SHARE, m->share);
	SET(easy, CURLOPT_HEADERFUNCTION, on_header);
	SET(easy, CURLOPT_WRITEFUNCTION, on_body);
	return easy;
}

static void add_header(struct transfer *t, const char *name, const char *value)
{
	char line[8192];
	int n = snprintf(line, sizeof line, value[0] ? "%s: %s" : "%s;", name, value);
	struct curl_slist *list =
		n < (int)sizeof line ? curl_slist_append(t->headers, line) : NULL;
	if (list)
		t->headers = list;
}

/* The caller's headers stay at the origin they were meant for. What pages are asked to be does not
 * concern the operator's endpoints. */
static void fill_headers(struct transfer *t)
{
	const struct fetch_header *h = t->foreign ? NULL : t->req->headers;
	bool accept = t->req->policy == FETCH_OPERATOR;
	if (!accept && (!h || !h->name)) {
		SET(t->easy, CURLOPT_HTTPHEADER, t->fetcher->plain_headers);
		return;
	}
	for (; h && h->name; h++) {
		accept = accept || strcasecmp(h->name, "Accept") == 0;
		add_header(t, h->name, h->value);
	}
	for (const struct curl_slist *i = t->fetcher->plain_headers; i; i = i->next)
		if (!accept || strncmp(i->data, "Accept:", 7) != 0)
			t->headers = curl_slist_append(t->headers, i->data);
	SET(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void fill_method(struct transfer *t)
{
	const char *method = t->req->method && !t->turned_get ? t->req->method : "GET";
	SET(t->easy, CURLOPT_HTTPGET, 1L); /* undoes what the last hop set */
	SET(t->easy, CURLOPT_CUSTOMREQUEST, NULL);
	SET(t->easy, CURLOPT_NOBODY, 0L);
	if (strcmp(method, "HEAD") == 0) {
		SET(t->easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(method, "GET") != 0) {
		SET(t->easy, CURLOPT_POST, 1L);
		SET(t->easy, CURLOPT_POSTFIELDS, t->req->body.n ? t->req->body.p : "");
		SET(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->req->body.n);
		if (strcmp(method, "POST") != 0)
			SET(t->easy, CURLOPT_CUSTOMREQUEST, method);
	} else {
		SET(t->easy, CURLOPT_HTTPGET, 1L);
	}
}

/* The URL without its fragment and without the dot at the end of a host, which is not for TLS. */
static void fill_url(struct transfer *t)
{
	char text[URL_MAX + 1];
	size_t n = 0, host = (size_t)(t->url.host.p - t->url.text) + t->url.host.n;
	bool dot = t->url.host.n && t->url.host.p[t->url.host.n - 1] == '.';
	for (const char *c = t->url.text; *c && *c != '#' && n < URL_MAX; c++)
		if (!dot || c != t->url.text + host - 1)
			text[n++] = *c;
	text[n] = 0;
	SET(t->easy, CURLOPT_URL, text);
}

void easy_fill(struct transfer *t)
{
	CURL *easy = t->easy;
	fill_url(t);
	fill_headers(t);
	fill_method(t);
	SET(easy, CURLOPT_USERAGENT,
		t->req->user_agent ? t->req->user_agent : t->fetcher->conf->user_agent_default);
	SET(easy, CURLOPT_RESOLVE, t->resolve);
	SET(easy, CURLOPT_PRIVATE, t);
	SET(easy, CURLOPT_OPENSOCKETDATA, t);
	SET(easy, CURLOPT_PREREQDATA, t);
	SET(easy, CURLOPT_HEADERDATA, t);
	SET(easy, CURLOPT_WRITEDATA, t);
	SET(easy, CURLOPT_ERRORBUFFER, t->curl_words);
	t->curl_words[0] = 0;
}

void easy_clear(struct transfer *t)
{
	SET(t->easy, CURLOPT_ERRORBUFFER, NULL);
	SET(t->easy, CURLOPT_RESOLVE, NULL);
	SET(t->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}

/* libcurl's own words are shown for certificates alone: they say what is wrong with one. */
void easy_explain(struct transfer *t, CURLcode rc, struct err *e)
{
	static const struct {
		CURLcode rc;
		enum err_code code;
		const char *words;
	} rows[] = {
#define END_ROW(rc, code, words) { rc, code, words },
#include "net/fetch_end_table.h"
#undef END_ROW
	};
	long os = 0;
	curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (rows[i].rc != rc)
			continue;
		if (rc == CURLE_COULDNT_CONNECT && os == ECONNREFUSED)
			err_set(e, ERR_FETCH, "the server refused the connection");
		else if (rc == CURLE_PEER_FAILED_VERIFICATION && t->curl_words[0])
			err_set(e, rows[i].code, "%s: %.150s", rows[i].words, t->curl_words);
		else
			err_set(e, rows[i].code, "%s", rows[i].words);
		return;
	}
	err_set(e, ERR_FETCH, "the transfer failed: %s", curl_easy_strerror(rc));
}
