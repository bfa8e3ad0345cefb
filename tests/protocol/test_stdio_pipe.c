/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/stdio_pipe.h"
#include "lib/test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MAX = 8 };

/* Lines as they come out, each followed by "|"; "!" for one that was too long. */
static void read_lines(const char *const *pieces, struct buf *out)
{
	int fds[2];
	struct line_in in;
	struct str line;
	if (pipe(fds) != 0)
		test_fail(__FILE__, __LINE__, "no pipe");
	line_in_init(&in, fds[0], MAX);
	for (bool more = true; more;) {
		if (*pieces) {
			CHECK_TRUE(write(fds[1], *pieces, strlen(*pieces)) > 0);
			if (!*++pieces)
				close(fds[1]);
		}
		line_in_fill(&in);
		for (bool ready = true; ready;) {
			switch (line_in_next(&in, &line)) {
			case LINE_READY:
				buf_add_str(out, line);
				buf_char(out, '|');
				break;
			case LINE_TOO_LONG:
				buf_char(out, '!');
				break;
			case LINE_END:
				more = false;
				ready = false;
				break;
			case LINE_NONE:
				ready = false;
				break;
			}
		}
	}
	line_in_release(&in);
	close(fds[0]);
}

static void lines(void)
{
	static const struct {
		const char *pieces[6], *want;
	} rows[] = {
		{ { "a\nb\n" }, "a|b|" },
		{ { "a\r\nb\n" }, "a|b|" },
		{ { "a\r\r\n\n" }, "a\r||" },
		{ { "ab", "cd\ne", "f\n" }, "abcd|ef|" },
		{ { "a\nlast" }, "a|last|" },
		{ { "12345678\n" }, "12345678|" },
		{ { "123456789\nb\n" }, "!b|" },
		{ { "1234", "56789", "0123456789", "0\nb\n" }, "!b|" },
		{ { "1234", "56789\nb\n" }, "!b|" },
		{ { "123456789" }, "!" },
		{ { "a\n123456789", "x" }, "a|!" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf got;
		buf_init(&got, 0);
		read_lines(rows[i].pieces, &got);
		CHECK_STR(buf_str(&got), rows[i].want);
		buf_release(&got);
	}
}

static void writing(void)
{
	int fds[2];
	char got[16];
	struct line_out out;
	CHECK_TRUE(pipe(fds) == 0);
	line_out_init(&out, fds[1]);
	line_out_put(&out, STR("hello"));
	CHECK_INT(read(fds[0], got, sizeof got), 6);
	CHECK_TRUE(memcmp(got, "hello\n", 6) == 0);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	line_out_put(&out, STR("nobody reads"));
	CHECK_TRUE(atomic_load(&out.broken));
	line_out_release(&out);
	close(fds[1]);
}

/* A reader that does not read is given up when the end is near. */
static void stalled_reader(void)
{
	int fds[2];
	char filler[4096] = { 0 };
	struct line_out out;
	CHECK_TRUE(pipe(fds) == 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], filler, sizeof filler) > 0)
		continue;
	fcntl(fds[1], F_SETFL, 0);
	line_out_init(&out, fds[1]);
	atomic_store(&out.hurry, true);
	line_out_put(&out, STR("never read"));
	CHECK_TRUE(atomic_load(&out.broken));
	line_out_release(&out);
	close(fds[0]);
	close(fds[1]);
}

TEST_MAIN(TEST(lines), TEST(writing), TEST(stalled_reader))
