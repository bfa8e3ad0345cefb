/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/endpoint.h"

#include "base/check.h"
#include "base/log.h"
#include "lib/test.h"

static struct conf settings(const char *url, const char *key, const char *model)
{
	return (struct conf) {
		.llm_url = url, .llm_key = key, .llm_model = model, .llm_in_flight = 2
	};
}

static void bases_that_are_taken(void)
{
	static const struct {
		const char *base, *url;
	} rows[] = {
		{ "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/chat/completions" },
		{ "http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1/chat/completions" },
		{ "https://[::1]/", "https://[::1]/chat/completions" },
		{ " http://localhost:11434/v1 ", "http://localhost:11434/v1/chat/completions" },
		{ "http://10.0.0.7/a/b", "http://10.0.0.7/a/b/chat/completions" },
		{ "https://API.Example.COM", "https://api.example.com/chat/completions" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf c = settings(rows[i].base, "", "m");
		struct err e = { 0 };
		struct llm *l = llm_open(&c, NULL, &e);
		CHECK_TEXT(e.msg, "");
		if (l)
			CHECK_TEXT(l->url.text, rows[i].url);
		llm_close(&l);
	}
}

static void settings_that_are_refused(void)
{
	static const struct {
		const char *base, *key, *model;
		enum err_code code;
		const char *names;
	} rows[] = {
		{ "ftp://host/v1", "", "m", ERR_SCHEME, "llm_url: " },
		{ "host/v1", "", "m", ERR_INVALID_URL, "llm_url: " },
		{ "http://u:p@host/v1", "", "m", ERR_INVALID_URL, "llm_url: " },
		{ "http://host/v1?key=1", "", "m", ERR_INVALID_URL, "llm_url: " },
		{ "http://host/v1#x", "", "m", ERR_INVALID_URL, "llm_url: " },
		{ "http://host/v1/chat/completions", "", "m", ERR_INVALID_URL, "llm_url: " },
		{ "http://127.0.0.1/v1", "", "", ERR_INVALID_REQUEST, "llm_model: " },
		{ "http://127.0.0.1/v1", "", "\xFF", ERR_INVALID_REQUEST, "llm_model: " },
		{ "http://127.0.0.1/v1", "a\r\nX: y", "m", ERR_INVALID_REQUEST, "llm_key: " },
		{ "http://127.0.0.1/v1", "a b", "m", ERR_INVALID_REQUEST, "llm_key: " },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf c = settings(rows[i].base, rows[i].key, rows[i].model);
		struct err e = { 0 };
		struct llm *l = llm_open(&c, NULL, &e);
		CHECK_TRUE(!l);
		CHECK_INT(e.code, rows[i].code);
		CHECK_TRUE(str_starts(str_of(e.msg), str_of(rows[i].names)));
		llm_close(&l);
	}
}

static void none_is_no_error(void)
{
	struct conf c = settings("", "", "");
	struct err e = { .code = ERR_INTERNAL };
	CHECK_TRUE(!llm_open(&c, NULL, &e));
	CHECK_INT(e.code, ERR_NONE);
}

static void headers_are_ready(void)
{
	struct conf c = settings("http://127.0.0.1/v1", "sk-1", "m");
	struct err e = { 0 };
	struct llm *l = llm_open(&c, NULL, &e);
	CHECK_TEXT(l->headers[0].name, "Content-Type");
	CHECK_TEXT(l->headers[2].value, "Bearer sk-1");
	CHECK_TRUE(!l->headers[3].name);
	llm_close(&l);
	c.llm_key = "";
	l = llm_open(&c, NULL, &e);
	CHECK_TRUE(!l->headers[2].name);
	llm_close(&l);
}

static void learns_one_way_only(void)
{
	struct conf c = settings("http://127.0.0.1/v1", "", "m");
	struct err e = { 0 };
	struct llm *l = llm_open(&c, NULL, &e);
	log_level(LOG_OFF);
	endpoint_learn(l, (struct request_ways) { FORM_TEXT, true, false });
	endpoint_learn(l, (struct request_ways) { FORM_OBJECT, false, true });
	struct request_ways w = endpoint_ways(l);
	CHECK_INT(w.form, FORM_TEXT);
	CHECK_TRUE(w.no_temperature);
	CHECK_TRUE(w.completion_tokens);
	llm_close(&l);
}

TEST_MAIN(TEST(bases_that_are_taken), TEST(settings_that_are_refused), TEST(none_is_no_error),
	TEST(headers_are_ready), TEST(learns_one_way_only))
