/* SPDX-License-Identifier: Apache-2.0 */
/* The bar of `scraped jobs watch`, its pace, and the names of results' files. */
#include "cli/bar.h"
#include "cli/jobs.h"
#include "lib/test.h"

static const char *line(struct bar bar)
{
	static char text[1024];
	struct buf b;
	buf_init(&b, sizeof text - 1);
	bar_print(&bar, &b);
	if (b.len)
		memcpy(text, b.p, b.len);
	text[b.len] = 0;
	buf_release(&b);
	return text;
}

static void bars(void)
{
	CHECK_TEXT(line((struct bar) { .total = 40, .done = 10, .width = 40 }),
		" 25% [######--------------------] 10/40");
	CHECK_TEXT(line((struct bar) { 100, 50, 3, 4.25, 60, false }),
		" 50% [#########---------] 50/100  3 failed  4.2/s  12s left");
	CHECK_TEXT(line((struct bar) { 100, 100, 0, 0, 30, false }),
		"100% [##############] 100/100");
	CHECK_TEXT(
		line((struct bar) { 0, 0, 0, 0, 30, false }), "  0% [------------------] 0/0");
	/* too narrow: the bar goes first, then from the right */
	CHECK_TEXT(line((struct bar) { 100, 50, 3, 4.25, 43, false }),
		" 50% 50/100  3 failed  4.2/s  12s left");
	CHECK_TEXT(line((struct bar) { 100, 50, 3, 4.25, 30, false }),
		" 50% 50/100  3 failed  4.2/s");
	CHECK_TEXT(line((struct bar) { 100, 50, 3, 4.25, 8, false }), " 50%");
	CHECK_TEXT(line((struct bar) { 100, 50, 3, 4.25, 0, false }), "");
	for (int64_t width = 0; width < 200; width++)
		CHECK_TRUE((int64_t)strlen(line((struct bar) { 123456, 65432, 7, 812.5, width,
				   false })) < (width ? width : 1));
}

static void colors(void)
{
	const char *text = line((struct bar) { 4, 2, 1, 0, 40, true });
	CHECK_TRUE(strstr(text, "\033[32m") && strstr(text, "\033[31m  1 failed\033[0m"));
	CHECK_TRUE(!strchr(line((struct bar) { 4, 2, 1, 0, 40, false }), '\033'));
}

static void paces(void)
{
	struct pace p = { 0 };
	CHECK_TRUE(pace_per_s(&p) <= 0);
	pace_mark(&p, 1000, 5);
	CHECK_TRUE(pace_per_s(&p) <= 0);
	pace_mark(&p, 3000, 25);
	CHECK_INT(pace_per_s(&p) * 100, 1000);
	for (int64_t ms = 3000; ms <= 60000; ms += 20) /* the last seconds count */
		pace_mark(&p, ms, 25 + (ms > 40000 ? (ms - 40000) / 10 : 0));
	CHECK_TRUE(pace_per_s(&p) > 99 && pace_per_s(&p) < 101);
	CHECK_TRUE(p.n <= PACE_MARKS);
	for (int64_t ms = 60000; ms <= 80000; ms += 100)
		pace_mark(&p, ms, 2025);
	CHECK_TRUE(pace_per_s(&p) <= 0);
	char text[24];
	CHECK_TEXT(bar_time(0, text), "0s");
	CHECK_TEXT(bar_time(59, text), "59s");
	CHECK_TEXT(bar_time(200, text), "3m20s");
	CHECK_TEXT(bar_time(7500, text), "2h05m");
	CHECK_TEXT(bar_time(INT64_MAX, text), "999h00m");
}

static void names(void)
{
	static const struct {
		const char *url, *name;
	} cases[] = {
		{ "https://example.com/", "00012-example.com.md" },
		{ "https://example.com/docs/page.html?q=1&x=%2F#top",
			"00012-example.com_docs_page.html_q_1_x_2F.md" },
		{ "http://../../etc/passwd", "00012-.._.._etc_passwd.md" },
		{ "http://\x01\xc3\xa4\n/;rm -rf", "00012-rm_-rf.md" },
		{ "", "00012.md" },
		{ "nonsense", "00012-nonsense.md" },
		{ "http://a/......", "00012-a.md" },
	};
	char out[RESULT_NAME_SIZE], url[4096];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_TEXT(results_name(12, str_of(cases[i].url), ".md", out), cases[i].name);
	memset(url, 'a', sizeof url);
	CHECK_INT(
		strlen(results_name(INT64_MAX, (struct str) { url, sizeof url }, ".json", out)),
		19 + 1 + 80 + 5);
}

static void exits(void)
{
	CHECK_INT(jobs_exit(JOB_COMPLETED), 0);
	CHECK_INT(jobs_exit(JOB_FAILED), 1);
	CHECK_INT(jobs_exit(JOB_PARTIAL), 4);
	CHECK_INT(jobs_exit(JOB_CANCELLED), 5);
	CHECK_INT(jobs_exit(JOB_RUNNING), 6);
}

TEST_MAIN(TEST(bars), TEST(colors), TEST(paces), TEST(names), TEST(exits))
