/* SPDX-License-Identifier: Apache-2.0 */
/* A page and a prompt: what the model says comes back, and a model that fails takes nothing away. */
#include "scrape/world.h"
#include "lib/test.h"

static const char page[] =
	"<!doctype html><title>Prices</title><h1>Prices</h1><p>Tea costs 3.</p>";
static const char *model_status, *model_body; /* NULL body: never answers */
static char asked_with[65536];

static void answer(struct origin *o, const char *path, const char *request, int fd)
{
	if (strcmp(path, "/v1/chat/completions") == 0) {
		snprintf(asked_with, sizeof asked_with, "%s", request);
		while (!model_body && !o->stopping)
			usleep(1000);
		if (model_body)
			origin_reply(fd, model_status, "Content-Type: application/json\r\n",
				str_of(model_body));
	} else if (strcmp(path, "/blank") == 0) {
		origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", str_of("<p></p>"));
	} else {
		origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", str_of(page));
	}
}

static const char *warnings(const struct trip *t)
{
	const char *all = "";
	for (size_t i = 0; i < t->out.n_warnings; i++)
		all = arena_printf(
			t->call.arena, "%s%s%s", all, i ? " " : "", t->out.warnings[i].code);
	return all;
}

static struct trip *asked(const char *path, const char *prompt, int format)
{
	struct trip *t = trip_new(path);
	t->o.prompt = prompt;
	t->o.format = format;
	CHECK_TRUE(trip_run(t));
	CHECK_INT(t->out.err.code, ERR_NONE);
	CHECK_INT(t->out.http_status, 200);
	return t;
}

#define SAYS(content)                                                                          \
	"{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":" content  \
	"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_"         \
	"tokens\":4}}"

static void the_models_answer_comes_back(void)
{
	model_status = "200 OK";
	model_body = SAYS("\"{\\\"tea\\\": 3}\"");
	for (int format = FORMAT_MARKDOWN; format <= FORMAT_BOTH; format++) {
		world_open(answer, (struct world_opts) { .llm = true });
		struct trip *t = asked("/page", "What does tea cost?", format);
		CHECK_TEXT(warnings(t), "");
		CHECK_TRUE(t->out.asked);
		CHECK_INT(json_integer_value(json_object_get(t->out.extract, "tea")), 3);
		CHECK_TRUE(strstr(asked_with, "What does tea cost?"));
		CHECK_TRUE(strstr(asked_with, "Tea costs 3."));
		CHECK_INT(t->out.usage.tokens_in, 11);
		CHECK_INT(t->out.usage.tokens_out, 4);
		CHECK_INT(t->out.usage.calls, 1);
		CHECK_INT(t->out.markdown.p != NULL, format != FORMAT_HTML);
		CHECK_INT(t->out.html.p != NULL, format != FORMAT_MARKDOWN);
		trip_free(t);
		world_close();
	}
}

static void a_model_that_fails_leaves_the_page(void)
{
	static const struct {
		const char *status, *body, *warning;
	} rows[] = {
		{ "500 Broken", "{}", "LLM_FAILED" },
		{ "401 No", "{\"error\":{\"message\":\"bad key\"}}", "LLM_FAILED" },
		{ "200 OK", "", "LLM_FAILED" },
		{ "200 OK", "not JSON", "LLM_FAILED" },
		{ "200 OK", "{\"choices\":[]}", "LLM_FAILED" },
		{ "200 OK", NULL, "LLM_TIMEOUT" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		model_status = rows[i].status;
		model_body = rows[i].body;
		world_open(answer,
			(struct world_opts) { .llm = true, .set = { "llm_timeout_ms=300" } });
		struct trip *t = asked("/page", "What?", FORMAT_MARKDOWN);
		if (strcmp(warnings(t), rows[i].warning) != 0)
			test_fail(__FILE__, __LINE__, "row %zu: %s", i, warnings(t));
		CHECK_TRUE(!t->out.extract && t->out.asked);
		CHECK_TRUE(str_has(t->out.markdown, STR("Tea costs 3.")));
		trip_free(t);
		world_close();
	}
}

static void without_a_model_it_is_said(void)
{
	world_open(answer, (struct world_opts) { 0 });
	struct trip *t = asked("/page", "What?", FORMAT_MARKDOWN);
	CHECK_TEXT(warnings(t), "LLM_NOT_CONFIGURED");
	CHECK_TRUE(!t->out.extract && t->out.asked);
	CHECK_TRUE(str_has(t->out.markdown, STR("Tea costs 3.")));
	trip_free(t);
	world_close();
}

static void an_empty_page_is_not_asked_about(void)
{
	model_status = "200 OK";
	model_body = SAYS("\"{}\"");
	world_open(answer, (struct world_opts) { .llm = true });
	struct trip *t = asked("/blank", "What?", FORMAT_MARKDOWN);
	CHECK_TRUE(strstr(warnings(t), "EXTRACT_SKIPPED"));
	CHECK_INT(world.origin.requests, 1);
	trip_free(t);
	world_close();
}

static void who_leaves_while_the_model_thinks_is_gone(void)
{
	model_body = NULL;
	world_open(answer, (struct world_opts) { .llm = true });
	struct trip *t = trip_new("/page");
	t->o.prompt = "What?";
	trip_start(t);
	while (world.origin.requests < 2)
		usleep(1000);
	atomic_store(&t->call.cancelled, true);
	fetcher_kick(world.shared.fetcher);
	trip_wait(t);
	CHECK_INT(t->flow.err.code, ERR_CANCELLED);
	trip_free(t);
	world_close();
}

/* A page that takes too long to read is cut, and says so. */
static void large_page(struct origin *o, const char *path, const char *request, int fd)
{
	struct buf b;
	(void)o;
	(void)path;
	(void)request;
	buf_init(&b, 0);
	buf_text(&b, "<!doctype html><title>Long</title>");
	for (int i = 0; i < 120000; i++)
		buf_addf(&b,
			"<div><p>Paragraph <b>%d</b> of a <a href=/%d>long</a> "
			"page</p></div>\n",
			i, i);
	origin_reply(fd, "200 OK", "Content-Type: text/html\r\n", buf_str(&b));
	buf_release(&b);
}

static void a_cut_is_said(void)
{
	world_open(large_page,
		(struct world_opts) { .set = { "page_time_ms=10", "page_memory_bytes=1G" } });
	struct trip *t = asked("/", NULL, FORMAT_MARKDOWN);
	CHECK_TEXT(warnings(t), "PAGE_CUT");
	CHECK_TRUE(str_has(str_of(t->out.warnings[0].message), STR("time")));
	trip_free(t);
	world_close();
}

TEST_MAIN(TEST(the_models_answer_comes_back), TEST(a_model_that_fails_leaves_the_page),
	TEST(without_a_model_it_is_said), TEST(an_empty_page_is_not_asked_about),
	TEST(who_leaves_while_the_model_thinks_is_gone), TEST(a_cut_is_said))
