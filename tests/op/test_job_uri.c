/* SPDX-License-Identifier: Apache-2.0 */
/* Names of resources: each thing has one, and nothing else is a name. */
#include "op/jobs.h"
#include "lib/test.h"

static void good(void)
{
	static const struct {
		const char *uri, *id;
		int64_t index;
	} rows[] = {
		{ "scraped://jobs/job_1", "job_1", -1 },
		{ "scraped://jobs/job_1/results/0", "job_1", 0 },
		{ "scraped://jobs/job_1/results/9999", "job_1", 9999 },
		{ "scraped://jobs/x/results/9223372036854775807", "x", INT64_MAX },
		{ "scraped://jobs/a%20b", "a%20b", -1 }, /* no id looks so: nobody's job */
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *id = NULL;
		int64_t index = -2;
		CHECK_TRUE(job_uri_read(str_of(rows[i].uri), a, &id, &index));
		CHECK_TEXT(id, rows[i].id);
		CHECK_INT(index, rows[i].index);
	}
	arena_free(&a);
}

static void bad(void)
{
	static const struct str rows[] = {
		STR(""),
		STR("scraped"),
		STR("scraped://"),
		STR("scraped://jobs"),
		STR("scraped://jobs/"),
		STR("scraped://jobs//results/0"),
		STR("scraped://job/x"),
		STR("SCRAPED://jobs/x"),
		STR("https://jobs/x"),
		STR(" scraped://jobs/x"),
		STR("scraped://jobs/x/"),
		STR("scraped://jobs/x/results"),
		STR("scraped://jobs/x/results/"),
		STR("scraped://jobs/x/result/0"),
		STR("scraped://jobs/x/results/0/"),
		STR("scraped://jobs/x/results/0/1"),
		STR("scraped://jobs/x/results/-1"),
		STR("scraped://jobs/x/results/-0"),
		STR("scraped://jobs/x/results/+1"),
		STR("scraped://jobs/x/results/01"),
		STR("scraped://jobs/x/results/00"),
		STR("scraped://jobs/x/results/1.0"),
		STR("scraped://jobs/x/results/ 1"),
		STR("scraped://jobs/x/results/0x1"),
		STR("scraped://jobs/x/results/9223372036854775808"),
		STR("scraped://jobs/x?y"),
		STR("scraped://jobs/x#y"),
		STR("scraped://jobs/x\0y"),
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *id;
		int64_t index;
		if (job_uri_read(rows[i], a, &id, &index))
			test_fail(__FILE__, __LINE__, "%s", rows[i].p);
	}
	arena_free(&a);
}

TEST_MAIN(TEST(good), TEST(bad))
