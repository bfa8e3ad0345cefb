/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body and headers through the whole dispatcher. Input: one byte of choices (see below), a line
 * that is the Mcp-Name header, the body. Whatever comes out must be one JSON value, or nothing.
 */
#include "base/check.h"
#include "protocol/fixture.h"

enum choice { VERSION_BITS = 7, ON_PIPE = 8, WITH_METHOD = 16, WITH_NAME = 32, REPEATED = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct header version_for(unsigned choice)
{
	static const struct header versions[] = {
		{ { NULL, 0 }, 0 },
		{ { "2025-03-26", 10 }, 1 },
		{ { "2025-06-18", 10 }, 1 },
		{ { "2025-11-25", 10 }, 1 },
		{ { "2026-07-28", 10 }, 1 },
		{ { "2031-01-01", 10 }, 1 },
		{ { "x", 1 }, 1 },
		{ { "2026-07-28", 10 }, 2 },
	};
	return versions[choice & VERSION_BITS];
}

/* What a client would send: the first "method" of the body. */
static struct header method_of(struct str body)
{
	const struct str key = STR("\"method\":\"");
	const char *at = body.n ? memmem(body.p, body.n, key.p, key.n) : NULL;
	if (!at)
		return (struct header) { 0 };
	struct str rest = { at + key.n, body.n - (size_t)(at - body.p) - key.n };
	return (struct header) { { rest.p, str_find(rest, '"') }, 1 };
}

static void check_answer(const struct told *t)
{
	json_error_t why;
	CHECK(t->turn.status == 200 || t->turn.status == 202 || t->turn.status == 400 ||
		t->turn.status == 404);
	if (t->out.len == 0)
		return;
	json_t *j = json_loadb(t->out.p, t->out.len, JSON_REJECT_DUPLICATES, &why);
	CHECK(j);
	if (json_is_object(j))
		CHECK(!json_object_get(j, "result") != !json_object_get(j, "error"));
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct desks *desks;
	struct told t;
	if (!desks) {
		mem_init();
		desks = desks_start(1, 10, NULL, NULL, NULL);
	}
	if (size == 0)
		return 0;
	unsigned choice = data[0];
	struct str body = { (const char *)data + 1, size - 1 }, name;
	if (!str_cut(&body, '\n', &name))
		return 0;
	struct headers h = { .version = version_for(choice) };
	if (choice & WITH_METHOD)
		h.method = method_of(body);
	if (choice & WITH_NAME)
		h.name = (struct header) { name, choice & REPEATED ? 2 : 1 };
	tell(&t, desks, choice & ON_PIPE ? NULL : &h, body, 0);
	check_answer(&t);
	told_free(&t);
	return 0;
}
