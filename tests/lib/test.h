/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit tests' harness. A test program has `TEST_MAIN(...)` with its test functions; each prints
 * one line, `ok - name` or `not ok - name`, which tests/run counts.
 */
#ifndef TESTS_LIB_TEST_H
#define TESTS_LIB_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
};

int test_main(const struct test *tests, size_t count, int argc, char **argv);
void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void test_skip(const char *reason); /* the running test counts as skipped */
void test_same_text(const char *file, int line, const char *got, size_t got_n, const char *want,
	size_t want_n);
void test_same_cstr(const char *file, int line, const char *got, const char *want);
void test_same_int(const char *file, int line, int64_t got, int64_t want, const char *what);

#define TEST(name)                                                                             \
	{                                                                                      \
#name, name                                                                    \
	}
#define TEST_MAIN(...)                                                                         \
	int main(int argc, char **argv)                                                        \
	{                                                                                      \
		static const struct test tests[] = { __VA_ARGS__ };                            \
		return test_main(tests, sizeof tests / sizeof tests[0], argc, argv);           \
	}

#define CHECK_TRUE(cond) ((cond) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #cond))
#define CHECK_INT(got, want)                                                                   \
	test_same_int(__FILE__, __LINE__, (int64_t)(got), (int64_t)(want), #got)
#define CHECK_TEXT(got, want) test_same_cstr(__FILE__, __LINE__, (got), (want))
#define CHECK_STR(got, want)                                                                   \
	test_same_text(__FILE__, __LINE__, (got).p, (got).n, (want), strlen(want))

/* Bytes of a file, ended by NUL, to be freed with mem_free; NULL if it is not there. */
char *test_read_file(const char *path, size_t *len);
/* The folder of outside corpora, or NULL where it does not stand beside the clone. */
const char *test_corpus(void);

#endif
