/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: precedence, units, and the words for what is not accepted. */
#include "lib/test.h"
#include "base/check.h"
#include "base/conf.h"

#include <unistd.h>

static struct arena *a;
static char file[] = "conf-test-XXXXXX";

static void write_file(const char *text)
{
	memcpy(file, "conf-test-XXXXXX", sizeof file);
	int fd = mkstemp(file);
	CHECK_TRUE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void precedence(void)
{
	struct conf c;
	struct err e;
	char *environment[] = { "SCRAPED_DATA=from-env", "SCRAPED_LISTEN=from-env", "PATH=x",
		NULL };
	char *flags[] = { "listen=from-flag", NULL };
	a = arena_new(0);
	write_file("# comment\n\ndata = from-file\nlisten=from-file\n  public_url =  from-file "
		   " \n");
	CHECK_TRUE(conf_load(&c, a, file, flags, environment, &e));
	CHECK_TEXT(c.listen, "from-flag");
	CHECK_TEXT(c.data, "from-env");
	CHECK_TEXT(c.public_url, "from-file");
	CHECK_TRUE(c.data_given);
	CHECK_TEXT(c.log_level, "info");
	struct buf b;
	buf_init(&b, 0);
	conf_print(&c, &b);
	buf_char(&b, 0);
	CHECK_TRUE(strstr(b.p, "# from: flag\nlisten = from-flag\n"));
	CHECK_TRUE(
		strstr(b.p, "# from: default; accepted: 1 to 10000\nfetch_in_flight = 1000\n"));
	buf_release(&b);
	unlink(file);
	arena_free(&a);
}

static void values(void)
{
	static const struct {
		const char *flag, *want; /* want: NULL accepted, else the message */
	} rows[] = {
		{ "max_body_bytes=2M", NULL },
		{ "drain_ms=1500ms", NULL },
		{ "drain-ms=2m", NULL },
		{ "rate_per_minute=off", NULL },
		{ "behind_proxy=yes", NULL },
		{ "max_body_bytes=1",
			"setting max_body_bytes (flag): \"1\" is not a whole number from 1024 "
			"to 67108864 (K, M, G may follow)" },
		{ "fetch_in_flight=off", "setting fetch_in_flight (flag): \"off\" is not a "
					 "whole number from 1 to 10000" },
		{ "idle_timeout_ms=5 s",
			"setting idle_timeout_ms (flag): \"5 s\" is not a whole number from "
			"100 to 3600000 milliseconds (or 5s, 2m, 1h)" },
		{ "fetch_per_host=-1",
			"setting fetch_per_host (flag): \"-1\" is not a whole number from 0 to "
			"10000, or off" },
		{ "behind_proxy=maybe",
			"setting behind_proxy (flag): \"maybe\" is not on or off" },
		{ "cache_bytes=99999999999999999999",
			"setting cache_bytes (flag): \"99999999999999999999\" is not a whole "
			"number from 0 to "
			"1099511627776 (K, M, G may follow), or off" },
		{ "no_such=1",
			"unknown setting \"no_such\" (flag); `scraped config` lists all" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf c;
		struct err e = { 0 };
		char flag[64];
		char *flags[] = { flag, NULL };
		a = arena_new(0);
		snprintf(flag, sizeof flag, "%s", rows[i].flag);
		bool ok = conf_load(&c, a, NULL, flags, NULL, &e);
		CHECK_INT(ok, rows[i].want == NULL);
		if (rows[i].want)
			CHECK_TEXT(e.msg, rows[i].want);
		arena_free(&a);
	}
}

static void flags_are_recognised(void)
{
	char *argv[] = { "--listen", "x:1", "--data=dir", "--format", "URL", NULL };
	char **flags = NULL;
	struct err e = { 0 };
	int i = 0;
	a = arena_new(0);
	CHECK_TRUE(conf_flag(a, 5, argv, &i, &flags, &e) && i == 2);
	CHECK_TRUE(conf_flag(a, 5, argv, &i, &flags, &e) && i == 3);
	CHECK_TRUE(!conf_flag(a, 5, argv, &i, &flags, &e) && i == 3 && e.code == ERR_NONE);
	CHECK_TEXT(flags[0], "listen=x:1");
	CHECK_TEXT(flags[1], "data=dir");
	CHECK_TRUE(!flags[2]);
	arena_free(&a);
}

static void a_bad_file_is_named(void)
{
	struct conf c;
	struct err e;
	a = arena_new(0);
	write_file("data = x\nnonsense\n");
	CHECK_TRUE(!conf_load(&c, a, file, NULL, NULL, &e));
	CHECK_TRUE(strstr(e.msg, ":2: not of the form `name = value`"));
	unlink(file);
	CHECK_TRUE(!conf_load(&c, a, "no/such/file", NULL, NULL, &e));
	CHECK_TRUE(strstr(e.msg, "no/such/file cannot be read"));
	char *bad_environment[] = { "SCRAPED_LISTEM=x", NULL };
	CHECK_TRUE(!conf_load(&c, a, NULL, NULL, bad_environment, &e));
	CHECK_TRUE(strstr(e.msg, "\"LISTEM\" (environment)"));
	arena_free(&a);
}

TEST_MAIN(TEST(precedence), TEST(values), TEST(flags_are_recognised), TEST(a_bad_file_is_named))
