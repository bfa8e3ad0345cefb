/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors on their way through a scrape, and how long a site asks to wait. */
#include "base/json.h"
#include "scrape/world.h"
#include "lib/test.h"

static void answer(struct origin *o, const char *path, const char *request, int fd)
{
	(void)o;
	(void)request;
	if (strcmp(path, "/slow") == 0) {
		origin_reply(fd, "429 Slow", "Content-Type: text/html\r\nRetry-After: 17\r\n",
			STR(""));
	} else if (strcmp(path, "/markdown") == 0) {
		origin_reply(fd, "200 OK", "Content-Type: text/markdown\r\n", STR("# Tea"));
	} else if (strcmp(path, "/many") == 0) {
		static char many[PICK_ALL * 4 + 5];
		for (size_t i = 0; i <= PICK_ALL; i++)
			memcpy(many + i * 4, "<p>x", 4);
		origin_reply(fd, "200 OK", "Content-Type: text/html\r\n",
			(struct str) { many, sizeof many - 1 });
	} else {
		origin_reply(fd, "200 OK", "Content-Type: text/html\r\n",
			STR("<base href=/b/><h1> Tea </h1><a href=x>y</a><p>3,50"));
	}
}

static struct trip *picked(const char *path, const char *selectors)
{
	struct trip *t = trip_new(path);
	struct err e;
	t->o.pick = pick_compile(
		t->call.arena, json_read(t->call.arena, str_of(selectors), &e), &e);
	CHECK_TRUE(t->o.pick != NULL);
	CHECK_TRUE(trip_run(t));
	return t;
}

static void what_was_picked_comes_along(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = picked("/page", "{\"name\":\"h1\",\"price\":{\"css\":\"p\",\"type\":"
					 "\"number\"},\"no\":\"h2\"}");
	CHECK_STR(t->out.data, "{\"name\":\"Tea\",\"price\":3.5,\"no\":null}");
	CHECK_INT(t->out.n_warnings, 0);
	CHECK_INT(t->out.retry_after_s, -1);
	trip_free(t);
	t = trip_new("/page");
	CHECK_TRUE(trip_run(t));
	CHECK_TRUE(t->out.data.p == NULL);
	trip_free(t);
	world_close();
}

static void what_was_cut_is_said(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = picked("/many", "{\"p\":{\"css\":\"p\",\"all\":true}}");
	CHECK_INT(t->out.data.n, strlen("{\"p\":[]}") + PICK_ALL * 4 - 1);
	CHECK_INT(t->out.n_warnings, 1);
	if (t->out.n_warnings)
		CHECK_TEXT(t->out.warnings[0].code, "PICK_CUT");
	trip_free(t);
	world_close();
}

static void markdown_has_no_elements(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = picked("/markdown", "{\"name\":\"h1\"}");
	CHECK_STR(t->out.data, "{\"name\":null}");
	CHECK_INT(t->out.n_warnings, 1);
	if (t->out.n_warnings)
		CHECK_TEXT(t->out.warnings[0].code, "NO_HTML");
	trip_free(t);
	world_close();
}

static void a_site_asks_to_wait(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = picked("/slow", "{\"name\":\"h1\"}");
	CHECK_INT(t->out.err.code, ERR_FETCH);
	CHECK_INT(t->out.retry_after_s, 17);
	CHECK_TRUE(t->out.data.p == NULL);
	trip_free(t);
	world_close();
}

TEST_MAIN(TEST(what_was_picked_comes_along), TEST(what_was_cut_is_said),
	TEST(markdown_has_no_elements), TEST(a_site_asks_to_wait))
