/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a URL against a real site on loopback: what comes out, and what goes wrong how. */
#include "scrape/world.h"
#include "base/metric.h"
#include "lib/test.h"

#include <libdeflate.h>

static const char page[] = "<!doctype html><html lang=en><head><title>A page</title>"
			   "<meta name=description content='About it'></head>"
			   "<body><h1>Hello</h1><p>Some words here.</p></body></html>";

static atomic_bool gate_open;

static void reply_gzip(int fd)
{
	char packed[1024];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t n = libdeflate_gzip_compress(c, page, sizeof page - 1, packed, sizeof packed);
	libdeflate_free_compressor(c);
	origin_reply(fd, "200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n",
		(struct str) { packed, n });
}

static void reply_large(int fd)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "<!doctype html><title>Large</title>");
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, "<p>Paragraph %d of a large page</p>\n", i);
	origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", buf_str(&b));
	buf_release(&b);
}

static void reply_request(int fd, const char *request)
{
	struct buf b;
	buf_init(&b, 0);
	buf_addf(&b, "<!doctype html><title>t</title><pre>%s</pre>", request);
	origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", buf_str(&b));
	buf_release(&b);
}

static const struct {
	const char *path, *status, *headers, *body;
} fixed[] = {
	{ "/page", "200 OK", "Content-Type: text/html; charset=utf-8\r\n", page },
	{ "/xhtml", "200 OK", "Content-Type: application/xhtml+xml\r\n", page },
	{ "/latin1", "200 OK", "Content-Type: text/html; charset=iso-8859-1\r\n",
		"<title>Caf\xE9</title><p>Cr\xE8me" },
	{ "/no-type", "200 OK", "", page },
	{ "/no-type-json", "200 OK", "", "{\"a\":1}" },
	{ "/markdown", "200 OK", "Content-Type: text/markdown; charset=utf-8\r\n",
		"# Ready\n\nText.\n" },
	{ "/pdf", "200 OK", "Content-Type: application/pdf\r\n", "%PDF-1.7" },
	{ "/plain", "200 OK", "Content-Type: text/plain\r\n", "just text" },
	{ "/404", "404 Not Found", "Content-Type: text/html\r\n", "<h1>Gone</h1>" },
	{ "/404-json", "404 Not Found", "Content-Type: application/json\r\n", "{}" },
	{ "/500", "500 Oops", "Content-Type: text/html\r\n", "" },
	{ "/429", "429 Slow", "Content-Type: text/html\r\nRetry-After: 17\r\n", "" },
	{ "/redirect", "302 Found", "Location: /page?from=there\r\n", "" },
	{ "/bad-gzip", "200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n",
		"not gzip" },
	{ "/shell", "200 OK", "Content-Type: text/html\r\n",
		"<!doctype html><title>App</title><body><div id=root></div><script "
		"src=/a.js></script>"
		"<script src=/b.js></script><noscript>You need to enable JavaScript to run "
		"this app."
		"</noscript></body>" },
};

static void answer(struct origin *o, const char *path, const char *request, int fd)
{
	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		if (strncmp(path, fixed[i].path, strlen(fixed[i].path)) == 0 &&
			strchr("?", path[strlen(fixed[i].path)])) {
			origin_reply(
				fd, fixed[i].status, fixed[i].headers, str_of(fixed[i].body));
			return;
		}
	if (strcmp(path, "/gzip") == 0)
		reply_gzip(fd);
	else if (strcmp(path, "/large") == 0)
		reply_large(fd);
	else if (strcmp(path, "/request") == 0)
		reply_request(fd, request);
	else if (strncmp(path, "/held", 5) == 0 || strcmp(path, "/never") == 0) {
		while (!o->stopping && !(gate_open && path[1] == 'h'))
			usleep(1000);
		origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", str_of(page));
	}
}

static bool warned(const struct trip *t, const char *code)
{
	for (size_t i = 0; i < t->out.n_warnings; i++)
		if (strcmp(t->out.warnings[i].code, code) == 0)
			return true;
	return false;
}

static void a_page_comes_as_was_asked(void)
{
	world_open(answer, (struct world_opts) { .cache = true });
	static const struct {
		const char *path;
		int format;
		bool markdown, html;
	} rows[] = {
		{ "/page", FORMAT_MARKDOWN, true, false },
		{ "/page", FORMAT_HTML, false, true },
		{ "/page", FORMAT_BOTH, true, true },
		{ "/gzip", FORMAT_BOTH, true, true },
		{ "/xhtml", FORMAT_BOTH, true, true },
		{ "/no-type", FORMAT_BOTH, true, true },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trip *t = trip_new(rows[i].path);
		t->o.format = rows[i].format;
		t->o.no_cache = true;
		CHECK_TRUE(trip_run(t));
		CHECK_INT(t->out.err.code, ERR_NONE);
		if (rows[i].markdown)
			CHECK_STR(t->out.markdown, "# Hello\n\nSome words here.\n");
		else
			CHECK_TRUE(!t->out.markdown.p);
		if (rows[i].html)
			CHECK_STR(t->out.html, page);
		else
			CHECK_TRUE(!t->out.html.p);
		CHECK_TEXT(t->out.meta.title, "A page");
		CHECK_TEXT(t->out.meta.description, "About it");
		CHECK_TEXT(t->out.meta.language, "en");
		CHECK_TEXT(t->out.final_url, t->url);
		CHECK_INT(t->out.http_status, 200);
		CHECK_INT(t->out.cached, false);
		CHECK_TRUE(t->out.fetched_ms > 1600000000000);
		CHECK_INT(t->out.expires_ms - t->out.fetched_ms, 3600000);
		CHECK_TRUE(t->out.took_ms >= 0 && t->out.took_ms < 30000);
		CHECK_INT(t->out.n_warnings, 0);
		trip_free(t);
	}
	world_close();
}

static void failures_have_their_codes(void)
{
	static const struct {
		const char *url;
		enum err_code code;
		int status;
		const char *says;
	} rows[] = {
		{ "/404", ERR_FETCH, 404, "the site answered 404" },
		{ "/404-json", ERR_FETCH, 404, "the site answered 404" },
		{ "/500", ERR_FETCH, 500, "the site answered 500" },
		{ "/429", ERR_FETCH, 429, "the site answered 429 and asks to wait 17 s" },
		{ "/pdf", ERR_NOT_HTML, 200, "application/pdf" },
		{ "/plain", ERR_NOT_HTML, 200, "text/plain" },
		{ "/no-type-json", ERR_NOT_HTML, 200, "does not look like HTML" },
		{ "/bad-gzip", ERR_FETCH, 200, "" },
		{ "nonsense", ERR_INVALID_URL, 0, "" },
		{ "", ERR_INVALID_URL, 0, "" },
		{ "ftp://a.example/", ERR_SCHEME, 0, "" },
		{ "javascript:alert(1)", ERR_SCHEME, 0, "" },
		{ "http://10.0.0.1/", ERR_PRIVATE, 0, "" },
		{ "http://127.0.0.1:1/", ERR_PRIVATE, 0, "" },
		{ "http://169.254.169.254/latest", ERR_PRIVATE, 0, "" },
	};
	world_open(answer, (struct world_opts) { .cache = true });
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trip *t = trip_new(rows[i].url);
		CHECK_TRUE(trip_run(t)); /* a target's failure is not the flow's */
		if (t->out.err.code != rows[i].code || t->out.http_status != rows[i].status ||
			!str_has(str_of(t->out.err.msg), str_of(rows[i].says)))
			test_fail(__FILE__, __LINE__, "%s: %s, %d, %s", rows[i].url,
				err_name(t->out.err.code), t->out.http_status, t->out.err.msg);
		CHECK_TRUE(!t->out.markdown.p && !t->out.html.p);
		CHECK_TEXT(t->out.url, t->url);
		if (rows[i].status)
			CHECK_TEXT(t->out.final_url, t->url);
		trip_free(t);
	}
	world_close();
}

static void odd_pages_are_read(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = trip_new("/latin1");
	CHECK_TRUE(trip_run(t));
	CHECK_TEXT(t->out.meta.title, "Caf\xC3\xA9");
	CHECK_STR(t->out.markdown, "Cr\xC3\xA8me\n");
	trip_free(t);

	t = trip_new("/markdown");
	t->o.format = FORMAT_BOTH;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_NONE);
	CHECK_STR(t->out.markdown, "# Ready\n\nText.\n");
	CHECK_TRUE(!t->out.html.p && warned(t, "NO_HTML"));
	trip_free(t);

	t = trip_new("/redirect");
	CHECK_TRUE(trip_run(t));
	CHECK_TRUE(str_ends(str_of(t->out.final_url), STR("/page?from=there")));
	CHECK_TRUE(str_ends(str_of(t->out.url), STR("/redirect")));
	trip_free(t);

	t = trip_new("/large");
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_NONE);
	CHECK_TRUE(str_has(t->out.markdown, STR("Paragraph 19999 of")));
	CHECK_TRUE(t->flow.big);
	trip_free(t);

	t = trip_new("/shell");
	CHECK_TRUE(trip_run(t));
	CHECK_TRUE(warned(t, "EMPTY_SHELL"));
	trip_free(t);
	world_close();
}

static void agents_and_headers_are_sent(void)
{
	static const struct {
		int agent;
		const char *sent;
	} rows[] = { { AGENT_DEFAULT, "User-Agent: plain one" },
		{ AGENT_MOBILE, "User-Agent: small one" },
		{ AGENT_TABLET, "User-Agent: flat one" } };
	world_open(answer,
		(struct world_opts) { .cache = true,
			.set = { "user_agent_default=plain one", "user_agent_mobile=small one",
				"user_agent_tablet=flat one" } });
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trip *t = trip_new("/request");
		t->o.agent = rows[i].agent;
		CHECK_TRUE(trip_run(t));
		CHECK_TRUE(str_has(t->out.markdown, str_of(rows[i].sent)));
		CHECK_TRUE(str_has(
			t->out.markdown, STR("Accept: text/html,application/xhtml+xml")));
		CHECK_TRUE(str_has(t->out.markdown, STR("Accept-Language: en-US")));
		trip_free(t);
	}
	CHECK_INT(world.origin.requests, 3); /* an agent's page is not another's */
	world_close();
}

static struct trip *run(const char *path, struct scrape_opts o)
{
	struct trip *t = trip_new(path);
	t->o = o;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_NONE);
	return t;
}

/* What a second question gets after the same first one. */
static void the_cache_answers_the_second_time(void)
{
	static const struct {
		const char *path;
		struct scrape_opts o;
		bool hit;
	} rows[] = {
		{ "/page", { "acc_local", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 3600 }, true },
		{ "/page#part", { "acc_local", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 3600 },
			true },
		{ "/page", { "acc_local", FORMAT_BOTH, AGENT_DEFAULT, 5000, 60 }, true },
		{ "/page", { "acc_local", FORMAT_MARKDOWN, AGENT_MOBILE, 30000, 3600 }, false },
		{ "/page", { "acc_other", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 3600 },
			false },
		{ "/page?q", { "acc_local", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 3600 },
			false },
		{ "/page",
			{ "acc_local", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 3600,
				.no_cache = true },
			false },
		{ "/page", { "acc_local", FORMAT_MARKDOWN, AGENT_DEFAULT, 30000, 0 }, false },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		world_open(answer, (struct world_opts) { .cache = true });
		struct trip *first = run("/page", rows[0].o);
		CHECK_INT(first->out.cached, false);
		world_settle_cache();
		struct trip *second = run(rows[i].path, rows[i].o);
		if (second->out.cached != rows[i].hit ||
			world.origin.requests != (rows[i].hit ? 1 : 2))
			test_fail(__FILE__, __LINE__, "row %zu: cached %d", i,
				second->out.cached);
		CHECK_STR(second->out.markdown, "# Hello\n\nSome words here.\n");
		if (rows[i].o.format == FORMAT_BOTH)
			CHECK_STR(second->out.html, page);
		if (rows[i].hit) {
			CHECK_INT(second->out.fetched_ms, first->out.fetched_ms);
			CHECK_INT(second->out.took_ms, first->out.took_ms);
			CHECK_INT(second->out.expires_ms,
				first->out.fetched_ms + rows[i].o.cache_ttl_s * 1000);
		}
		trip_free(first);
		trip_free(second);
		world_close();
	}
}

static void failures_are_not_kept(void)
{
	world_open(answer, (struct world_opts) { .cache = true });
	for (int i = 0; i < 2; i++) {
		struct trip *t = trip_new("/404");
		CHECK_TRUE(trip_run(t));
		CHECK_INT(t->out.cached, false);
		trip_free(t);
		t = trip_new("/pdf");
		CHECK_TRUE(trip_run(t));
		trip_free(t);
		world_settle_cache();
	}
	CHECK_INT(world.origin.requests, 4);
	world_close();
}

static void wait_requests(int n)
{
	while (world.origin.requests < n)
		usleep(1000);
}

static void equal_questions_fetch_once(void)
{
	enum { MANY = 12 };
	struct trip *t[MANY];
	int64_t shared = metric_get(METRIC_CACHE_SHARED);
	world_open(answer, (struct world_opts) { .cache = true });
	gate_open = false;
	for (int i = 0; i < MANY; i++) {
		t[i] = trip_new("/held");
		t[i]->o.format = i % 3;
		trip_start(t[i]);
		if (i == 0)
			wait_requests(1);
	}
	struct trip *other = trip_new("/held?other"), *own = trip_new("/held");
	own->o.no_cache = true;
	trip_start(other);
	trip_start(own);
	wait_requests(3);
	gate_open = true;
	for (int i = 0; i < MANY; i++) {
		trip_wait(t[i]);
		CHECK_INT(t[i]->out.err.code, ERR_NONE);
		CHECK_INT(t[i]->out.http_status, 200);
		CHECK_TEXT(t[i]->out.meta.title, "A page");
		CHECK_INT(t[i]->out.cached, false);
		trip_free(t[i]);
	}
	trip_wait(other);
	trip_wait(own);
	trip_free(other);
	trip_free(own);
	CHECK_INT(world.origin.requests, 3);
	CHECK_INT(metric_get(METRIC_CACHE_SHARED) - shared, MANY - 1);
	world_close();
}

static void a_cancelled_leader_does_not_take_others_along(void)
{
	world_open(answer, (struct world_opts) { .cache = true });
	gate_open = false;
	struct trip *leader = trip_new("/held"), *second = trip_new("/held"),
		    *gone = trip_new("/held");
	trip_start(leader);
	wait_requests(1);
	gone->o.timeout_ms = 31000; /* it would take over last */
	trip_start(second);
	trip_start(gone);
	while (desks_load(world.desks).running || desks_load(world.desks).waiting)
		usleep(1000);
	atomic_store(&gone->call.cancelled, true);
	atomic_store(&leader->call.cancelled, true);
	fetcher_kick(world.shared.fetcher);
	trip_wait(leader);
	CHECK_INT(leader->flow.err.code, ERR_CANCELLED);
	wait_requests(2);
	gate_open = true;
	trip_wait(second);
	CHECK_INT(second->flow.err.code, ERR_NONE);
	CHECK_INT(second->out.err.code, ERR_NONE);
	CHECK_TEXT(second->out.meta.title, "A page");
	trip_wait(gone);
	CHECK_INT(gone->flow.err.code, ERR_CANCELLED);
	CHECK_INT(world.origin.requests, 2);
	trip_free(leader);
	trip_free(second);
	trip_free(gone);
	world_close();
}

static void time_runs_out(void)
{
	world_open(answer, (struct world_opts) { .cache = true });
	struct trip *t = trip_new("/never");
	t->o.timeout_ms = 50;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_TIMEOUT);
	CHECK_TRUE(!t->out.final_url || t->out.final_url[0]);
	trip_free(t);
	t = trip_new("/page");
	t->o.timeout_ms = 1;
	CHECK_TRUE(trip_run(t));
	CHECK_TRUE(t->out.err.code == ERR_TIMEOUT || t->out.err.code == ERR_NONE);
	trip_free(t);
	world_close();
}

TEST_MAIN(TEST(a_page_comes_as_was_asked), TEST(failures_have_their_codes),
	TEST(odd_pages_are_read), TEST(agents_and_headers_are_sent),
	TEST(the_cache_answers_the_second_time), TEST(failures_are_not_kept),
	TEST(equal_questions_fetch_once), TEST(a_cancelled_leader_does_not_take_others_along),
	TEST(time_runs_out))
