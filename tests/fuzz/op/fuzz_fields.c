/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of a caller through json_read and the operations' field tables, and what came of it back
 * out: no text may crash it, an accepted one is within its ranges, a refused one says why.
 */
#include "base/check.h"
#include "base/mem.h"
#include "op/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(void *arg, const char *path)
{
	CHECK(str_utf8_ok(str_of(path)));
	(*(size_t *)arg)++;
}

static void decode(const struct op *op, const json_t *object, struct arena *a)
{
	struct err e = { ERR_NONE };
	size_t unknown = 0;
	struct buf b;
	struct scrape_url_args *args = arena_alloc(a, op->args_size);
	if (!fields_decode(
		    op->in, object, args, a, (struct field_unknown) { tell, &unknown }, &e)) {
		CHECK(e.code == ERR_INVALID_REQUEST && e.msg[0] && str_utf8_ok(str_of(e.msg)));
		return;
	}
	CHECK(args->url && args->o.timeout_ms >= 1 && args->o.timeout_ms <= 120000);
	CHECK(args->o.format >= 0 && args->o.format <= FORMAT_BOTH);
	CHECK(args->o.agent >= 0 && args->o.agent <= AGENT_TABLET);
	buf_init(&b, 0);
	fields_encode(op->in, args, &b);
	CHECK(json_read(a, buf_str(&b), &e)); /* what we write can be read */
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct err e = { ERR_NONE };
	if (!ready)
		mem_init();
	ready = true;
	struct arena *a = arena_new(0);
	json_t *object = json_read(a, (struct str) { (const char *)data, size }, &e);
	if (object)
		decode(&op_scrape_url, object, a);
	else
		CHECK(e.code == ERR_INVALID_REQUEST && e.msg[0]);
	arena_free(&a);
	return 0;
}
