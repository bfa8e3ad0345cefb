/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/mem.h"

#include <stdarg.h>
#include <sys/stat.h>

static int failures;
static const char *skip_reason;

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;
	failures++;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

void test_skip(const char *reason)
{
	skip_reason = reason;
}

void test_same_text(const char *file, int line, const char *got, size_t got_n, const char *want,
	size_t want_n)
{
	if (got_n == want_n && (want_n == 0 || memcmp(got, want, want_n) == 0))
		return;
	test_fail(file, line, "\n#  got: %.*s\n# want: %.*s", (int)got_n, got ? got : "(null)",
		(int)want_n, want);
}

void test_same_cstr(const char *file, int line, const char *got, const char *want)
{
	if (!got)
		test_fail(file, line, "got NULL, want %s", want);
	else
		test_same_text(file, line, got, strlen(got), want, strlen(want));
}

void test_same_int(const char *file, int line, int64_t got, int64_t want, const char *what)
{
	if (got != want)
		test_fail(file, line, "%s is %lld, want %lld", what, (long long)got,
			(long long)want);
}

char *test_read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	struct stat st;
	fstat(fileno(f), &st);
	char *bytes = mem_raw((size_t)st.st_size + 1);
	*len = fread(bytes, 1, (size_t)st.st_size, f);
	bytes[*len] = 0;
	fclose(f);
	return bytes;
}

const char *test_corpus(void)
{
	static char path[4096];
	struct stat st;
	const char *named = getenv("SCRAPED_CORPUS");
	snprintf(path, sizeof path, "%s", named ? named : TESTS_DIR "/../../shared/corpus");
	return stat(path, &st) == 0 ? path : NULL;
}

int test_main(const struct test *tests, size_t count, int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	int failed = 0;
	mem_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *program = strrchr(argv[0], '/');
	program = program ? program + 1 : argv[0];
	for (size_t i = 0; i < count; i++) {
		if (only && !strstr(tests[i].name, only))
			continue;
		failures = 0;
		skip_reason = NULL;
		tests[i].run();
		failed += failures > 0;
		if (failures == 0 && skip_reason)
			printf("ok - %s.%s # SKIP %s\n", program, tests[i].name, skip_reason);
		else
			printf("%s - %s.%s\n", failures ? "not ok" : "ok", program,
				tests[i].name);
	}
	return failed > 0;
}
