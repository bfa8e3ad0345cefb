/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a target (the first line) and a file: the rules stay within their bounds, a copy of
 * them says the same, what is normal stays as it is, and however the target is spelt the answer is
 * the same.
 */
#include "base/check.h"
#include "base/mem.h"
#include "net/robots_in.h"

static void check_normal(struct str target, const struct robots_rules *r, bool may)
{
	struct buf once, twice;
	buf_init(&once, 0);
	buf_init(&twice, 0);
	robots_normal(target, false, &once);
	robots_normal(buf_str(&once), false, &twice);
	CHECK(str_eq(buf_str(&once), buf_str(&twice)));
	for (size_t i = 0; i < once.len; i++)
		CHECK((unsigned char)once.p[i] > ' ' && (unsigned char)once.p[i] < 0x7f);
	if (target.n)
		CHECK(robots_may(r, buf_str(&once)) == may);
	buf_release(&once);
	buf_release(&twice);
}

static void check_rules(const struct robots_rules *r)
{
	CHECK(r->delay_ms >= 0 && r->delay_ms <= ROBOTS_DELAY_MS);
	for (size_t i = 0; i < r->count; i++) {
		const struct robots_rule *rule = &r->rule[i];
		CHECK(rule->at >= sizeof *r && rule->at + rule->n <= r->bytes);
		CHECK(rule->n + rule->ends > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str file = { (const char *)data, size }, target;
	struct arena *a = arena_new(0);
	(void)str_cut(&file, '\n', &target);
	if (!file.p)
		file = STR("");
	const struct robots_rules *r = robots_parse(a, file, STR("foobot"));
	check_rules(r);
	bool may = robots_may(r, target);
	struct robots_rules *copy = mem_raw(r->bytes);
	memcpy(copy, r, r->bytes);
	CHECK(robots_may(copy, target) == may);
	check_normal(target, r, may);
	CHECK(robots_may(r, STR("/robots.txt")));
	CHECK(!arena_over(a));
	mem_free(copy);
	arena_free(&a);
	return 0;
}
