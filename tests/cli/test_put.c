/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/put.h"
#include "lib/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

typedef void put_fn(FILE *to, struct str text);

static const char *put(put_fn *how, struct str text)
{
	static char out[256];
	memset(out, 0, sizeof out);
	FILE *to = fmemopen(out, sizeof out - 1, "w");
	CHECK_TRUE(to != NULL);
	how(to, text);
	fclose(to);
	return out;
}

static void controls(void)
{
	struct str text = STR("a\033]0;t\007\tb\r\nc\x7f\xc2\x9b"
			      "2J \xc2\xa0\xc3\xbc\xe2\x80\x9c");
	CHECK_TEXT(put(put_line, text), "a?]0;t??b??c??2J \xc2\xa0\xc3\xbc\xe2\x80\x9c");
	CHECK_TEXT(put(put_lines, text), "a?]0;t?\tb?\nc??2J \xc2\xa0\xc3\xbc\xe2\x80\x9c");
	CHECK_TEXT(put(put_line, STR("\033")), "?");
	CHECK_TEXT(put(put_line, STR("\xc2")), "\xc2"); /* cut off */
	CHECK_TEXT(put(put_line, (struct str) { NULL, 0 }), "");
}

/* A pipe gets a page's own bytes, a terminal what cannot steer it. */
static void pages(void)
{
	char got[64] = { 0 };
	int pipes[2], master = posix_openpt(O_RDWR | O_NOCTTY);
	struct str text = STR("x\033[2J\n");
	CHECK_TRUE(pipe(pipes) == 0);
	FILE *to = fdopen(pipes[1], "w");
	put_page(to, text);
	fclose(to);
	CHECK_INT(read(pipes[0], got, sizeof got - 1), (int64_t)text.n);
	CHECK_TEXT(got, text.p);
	close(pipes[0]);
	CHECK_TRUE(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	to = fopen(ptsname(master), "w");
	CHECK_TRUE(to != NULL && isatty(fileno(to)));
	put_page(to, text);
	fflush(to);
	memset(got, 0, sizeof got);
	CHECK_TRUE(read(master, got, sizeof got - 1) > 0);
	CHECK_TRUE(strncmp(got, "x?[2J", 5) == 0);
	fclose(to);
	close(master);
}

TEST_MAIN(TEST(controls), TEST(pages))
