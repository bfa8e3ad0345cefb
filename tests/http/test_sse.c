/* SPDX-License-Identifier: Apache-2.0 */
#include "http/sse.h"
#include "lib/test.h"

static const struct {
	const char *event, *id, *data, *want;
} rows[] = {
	{ NULL, NULL, "{}", "data: {}\n\n" },
	{ "message", NULL, "{}", "event: message\ndata: {}\n\n" },
	{ "result", "42-7", "{\"a\":1}", "event: result\nid: 42-7\ndata: {\"a\":1}\n\n" },
	{ NULL, "", "x", "id: \ndata: x\n\n" },
	{ NULL, NULL, "", "data: \n\n" },
	{ NULL, NULL, "a\nb", "data: a\ndata: b\n\n" },
	{ NULL, NULL, "a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n\n" },
	{ NULL, NULL, "\n\r\n\r", "data: \ndata: \ndata: \ndata: \n\n" },
	{ NULL, NULL, " a\n b", "data:  a\ndata:  b\n\n" },
	{ NULL, NULL, "id: 1\n\nevent: x\ndata: y", /* nothing in it becomes a field of ours */
		"data: id: 1\ndata: \ndata: event: x\ndata: data: y\n\n" },
	{ NULL, NULL, ":\xE3\x83\x84", "data: :\xE3\x83\x84\n\n" },
};

static void events(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b;
		buf_init(&b, 0);
		sse_put(&b, rows[i].event, rows[i].id, str_of(rows[i].data));
		CHECK_STR(buf_str(&b), rows[i].want);
		buf_release(&b);
	}
}

static void without_data(void)
{
	struct buf b;
	buf_init(&b, 0);
	sse_put(&b, "end", NULL, (struct str) { NULL, 0 });
	CHECK_STR(buf_str(&b), "event: end\ndata: \n\n");
	sse_put(&b, NULL, NULL, (struct str) { "a\0b", 3 });
	CHECK_INT(b.len, strlen("event: end\ndata: \n\n") + strlen("data: a b\n\n"));
	buf_release(&b);
}

TEST_MAIN(TEST(events), TEST(without_data))
