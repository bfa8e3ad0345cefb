/* SPDX-License-Identifier: Apache-2.0 */
/* Reading results: in pieces that fit into memory, whatever the packed ones hold. */
#include "base/check.h"
#include "job/job.h"
#include "job/outcome.h"
#include "lib/test.h"
#include "lib/two_stores.h"

enum { PAGES = 6, PAGE_BYTES = 3 << 20 };
static const char job_id[] = "job_a";

static void put_job(void)
{
	struct err e;
	struct job_put p = { .row = { .id = job_id,
				     .account_id = "acc_local",
				     .kind = "pages",
				     .dialect = "bulk",
				     .name = "",
				     .spec = "{}",
				     .created_ms = t0 },
		.open_max = 100,
		.open_account_max = 100,
		.arena = arena };
	struct items_claim c = {
		.job_id = job_id, .owner = "run_a", .now_ms = t0, .most = PAGES, .arena = arena
	};
	p.urls.v = ARENA_ARRAY(arena, const char *, PAGES);
	while (p.urls.n < PAGES)
		p.urls.v[p.urls.n++] = "https://a.example/";
	CHECK(store_run(server, job_put_write, &p, &e));
	CHECK(store_run(server, items_claim_write, &c, &e) && c.count == PAGES);
}

/* Pages of one letter: a kilobyte each when it is packed. */
static void end_items(void)
{
	struct packer *packer = packer_new();
	char *page = arena_raw(arena, PAGE_BYTES);
	memset(page, 'a', PAGE_BYTES);
	for (int64_t i = 0; i < PAGES; i++) {
		struct scrape_result r = { .url = "https://a.example/",
			.retry_after_s = -1,
			.html = { page, PAGE_BYTES } };
		struct item_end t = {
			.job_id = job_id, .owner = "run_a", .seq = i, .now_ms = t0
		};
		struct buf body;
		struct err e;
		buf_init(&body, 0);
		outcome_pack(packer, &r, &body);
		CHECK(body.len < 4096);
		t.body = buf_str(&body);
		CHECK(store_run(server, item_end_write, &t, &e) && !t.fenced);
		buf_release(&body);
	}
	packer_free(&packer);
}

static void in_pieces(void)
{
	struct conf conf = { .data = place_made, .allow_targets = "", .nat64_prefix = "" };
	open_stores();
	struct jobs_setup setup = { &conf, server, NULL };
	struct jobs *jobs = jobs_open(&setup);
	put_job();
	end_items();
	size_t seen = 0;
	for (int64_t from = 0, next = 0; next >= 0; from = next) {
		struct arena *a = arena_new(0);
		struct outcome *out;
		struct err e;
		size_t count;
		CHECK(job_results(jobs, job_id, RESULTS_BY_SEQ, from, 50, 256 << 10, a, &out,
			&count, &next, &e));
		CHECK_TRUE(count >= 1 && count * PAGE_BYTES < JOB_RESULTS_BYTES + PAGE_BYTES);
		for (size_t i = 0; i < count; i++, seen++)
			CHECK_TRUE(out[i].seq == (int64_t)seen && out[i].html.n == PAGE_BYTES);
		arena_free(&a);
	}
	CHECK_INT(seen, PAGES);
	jobs_close(&jobs);
	close_both();
}

TEST_MAIN(TEST(in_pieces))
