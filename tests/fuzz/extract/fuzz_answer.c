/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model's endpoint sends: as the body of a 200 and on to a value, as a refusal, as the
 * model's text alone, and as the answers of several pieces.
 */
#include "base/check.h"
#include "base/json.h"
#include "base/mem.h"
#include "extract/answer.h"
#include "extract/merge.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	mem_init();
	return 0;
}

static void print(const json_t *value)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, value);
	CHECK(b.full || str_utf8_ok(buf_str(&b)));
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct str body = { (const char *)data, size };
	struct llm_answer answer;
	struct err e = { 0 };
	if (answer_read(a, body, &answer, &e))
		print(answer_value(a, &answer));
	else
		CHECK(e.code == ERR_LLM_FAILED);
	static const int statuses[] = { 200, 302, 400, 404, 429, 500 };
	(void)answer_refusal(a, statuses[size % COUNT_OF(statuses)], body, &e);
	CHECK(e.code == ERR_LLM_FAILED && str_utf8_ok(str_of(e.msg)));
	struct llm_answer alone = { str_trim(body), false, 0, 0 };
	json_t *value = answer_value(a, &alone);
	print(value);
	if (json_is_array(value))
		print(merge_answers(a, value));
	arena_free(&a);
	return 0;
}
