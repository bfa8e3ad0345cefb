/* SPDX-License-Identifier: Apache-2.0 */
/* Results packed and read back: nothing is lost, nothing damaged is believed, each is shown as the
 * scrape itself would show it. */
#include "base/check.h"
#include "base/mem.h"
#include "job/outcome.h"
#include "job/outcome_in.h"
#include "lib/test.h"
#include "scrape/view.h"

static struct arena *arena;
static struct packer *packer;

static struct str packed(const struct scrape_result *r)
{
	struct buf b;
	buf_init(&b, 0);
	outcome_pack(packer, r, &b);
	CHECK_TRUE(!b.full && b.len > OUTCOME_HEAD);
	struct str body = { arena_keep(arena, buf_str(&b)), b.len };
	buf_release(&b);
	return body;
}

static struct result_row row_of(struct str body, const char *url, const struct err *err)
{
	bool failed = err && err->code != ERR_NONE;
	return (struct result_row) { .item = { .seq = 3,
					     .no = 2,
					     .ended_ms = 77,
					     .url = url,
					     .code = failed ? err_name(err->code) : NULL,
					     .message = failed ? err->msg : NULL },
		.body = body };
}

static void begin(void)
{
	arena_free(&arena);
	arena = arena_new(0);
	if (!packer)
		packer = packer_new();
}

static struct scrape_warning warnings[] = { { "PAGE_CUT", "the page was \"cut\"" },
	{ "EMPTY_SHELL", "nothing there" } };

static struct scrape_result full_result(void)
{
	return (struct scrape_result) {
		.url = "https://a.example/x",
		.final_url = "https://a.example/y",
		.http_status = 200,
		.cached = true,
		.markdown = STR("# Grüße\n\ntext\n"),
		.html = STR("<h1>Grüße</h1>"),
		.asked = true,
		.extract = json_own(arena, json_pack("{s:i}", "price", 12)),
		.data = STR("{\"price\":\"12\"}"),
		.retry_after_s = 5,
		.meta = { .title = "Grüße", .language = "de" },
		.mime = "text/html",
		.encoding = "UTF-8",
		.words = 2,
		.fetched_ms = 1000,
		.took_ms = 20,
		.expires_ms = 2000,
		.warnings = warnings,
		.n_warnings = 2,
		.usage = { 10, 20, 30, 1 },
	};
}

static struct str encoded(const struct field *table, const void *from)
{
	struct buf b;
	buf_init(&b, 0);
	fields_encode(table, from, &b);
	struct str text = { arena_keep(arena, buf_str(&b)), b.len };
	buf_release(&b);
	return text;
}

static struct str calculated(calc_fn *calc, const struct outcome *o)
{
	struct buf b;
	buf_init(&b, 0);
	if (!calc(&b, o))
		buf_clear(&b);
	struct str text = { arena_keep(arena, buf_str(&b)), b.len };
	buf_release(&b);
	return text;
}

static void everything_comes_back(void)
{
	struct outcome o;
	struct err e;
	begin();
	struct scrape_result r = full_result();
	struct result_row row = row_of(packed(&r), r.url, NULL);
	CHECK_TRUE(outcome_unpack(&row, arena, &o, &e));
	CHECK_INT(o.seq, 3);
	CHECK_INT(o.no, 2);
	CHECK_INT(o.ended_ms, 77);
	CHECK_TEXT(o.url, r.url);
	CHECK_TRUE(!o.code && !o.message && o.cached);
	CHECK_TEXT(o.title, "Grüße");
	CHECK_STR(o.markdown, "# Grüße\n\ntext\n");
	CHECK_STR(o.html, "<h1>Grüße</h1>");
	CHECK_STR(o.extract, "{\"price\":12}");
	CHECK_STR(o.data, "{\"price\":\"12\"}");
	CHECK_STR(o.metadata, encoded(scrape_metadata_view, &r).p);
	CHECK_STR(o.warnings,
		"[{\"code\":\"PAGE_CUT\",\"message\":\"the page was \\\"cut\\\"\"},"
		"{\"code\":\"EMPTY_SHELL\",\"message\":\"nothing there\"}]");
}

/* One after the other through the same packer, large between small. */
static void what_is_not_there_stays_so(void)
{
	struct outcome o;
	struct err e;
	begin();
	char *large = mem_new(3 << 20);
	memset(large, 'x', 3 << 20);
	for (int i = 0; i < 9; i++) {
		struct scrape_result r = { .url = "u" };
		if (i % 3 == 1)
			r.markdown = (struct str) { large, (size_t)3 << 20 };
		if (i % 3 == 2)
			r.html = STR("");
		struct result_row row = row_of(packed(&r), "u", NULL);
		CHECK_TRUE(outcome_unpack(&row, arena, &o, &e));
		CHECK_TRUE(!o.cached && !o.title && !o.extract.p && !o.data.p && !o.warnings.p);
		CHECK_TRUE((o.markdown.p != NULL) == (i % 3 == 1));
		CHECK_TRUE((o.html.p != NULL) == (i % 3 == 2));
		if (o.markdown.p)
			CHECK_TRUE(o.markdown.n == 3 << 20 &&
				   memcmp(o.markdown.p, large, 3 << 20) == 0);
		CHECK_STR(o.metadata, encoded(scrape_metadata_view, &r).p);
	}
	mem_free(large);
	struct result_row none = row_of((struct str) { NULL, 0 }, "u", NULL);
	CHECK_TRUE(outcome_unpack(&none, arena, &o, &e));
	CHECK_TRUE(!o.metadata.p && !o.markdown.p);
}

/* Each as the scrape shows it; rows with selectors have `data` beside. */
static void it_is_shown_as_the_scrape_shows_it(void)
{
	static const struct {
		const char *what;
		bool markdown, html, asked, extract, warned;
		enum err_code code;
	} rows[] = {
		{ "all", true, true, true, true, true, ERR_NONE },
		{ "markdown", true, false, false, false, false, ERR_NONE },
		{ "html", false, true, false, false, false, ERR_NONE },
		{ "no answer of the model", true, false, true, false, true, ERR_NONE },
		{ "nothing", false, false, false, false, false, ERR_NONE },
		{ "failed", false, false, false, false, false, ERR_TIMEOUT },
		{ "failed, asked", false, false, true, false, true, ERR_FETCH },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome o;
		struct err e;
		begin();
		struct scrape_result r = full_result();
		r.data = (struct str) { NULL, 0 };
		r.asked = rows[i].asked;
		r.extract = rows[i].extract ? r.extract : NULL;
		r.n_warnings = rows[i].warned ? 2 : 0;
		if (!rows[i].markdown)
			r.markdown.p = NULL;
		if (!rows[i].html)
			r.html.p = NULL;
		if (rows[i].code != ERR_NONE)
			err_set(&r.err, rows[i].code, "no \"luck\"");
		struct result_row row = row_of(packed(&r), r.url, &r.err);
		CHECK_TRUE(outcome_unpack(&row, arena, &o, &e));
		struct str want = encoded(scrape_view, &r), got = encoded(outcome_view, &o);
		test_same_text(__FILE__, __LINE__, got.p, got.n, want.p, want.n);
	}
}

static void views_of_the_rest(void)
{
	struct outcome o = { .url = "u", .code = "TIMEOUT", .message = "late" };
	begin();
	CHECK_STR(encoded(outcome_view, &o),
		"{\"url\":\"u\",\"status\":\"error\",\"cached\":false,\"error\":{\"code\":"
		"\"TIMEOUT\",\"message\":\"late\"},\"metadata\":{\"requestedUrl\":\"u\","
		"\"title\":null}}");
	CHECK_STR(calculated(outcome_put_error, &o),
		"{\"code\":\"TIMEOUT\",\"message\":\"late\"}");
	CHECK_STR(calculated(outcome_put_data, &o), "null");
	o = (struct outcome) { .url = "u", .title = "T", .markdown = STR("m\n") };
	CHECK_INT(calculated(outcome_put_error, &o).n, 0);
	CHECK_STR(calculated(outcome_put_data, &o), "{\"title\":\"T\",\"markdown\":\"m\\n\"}");
	o.title = NULL;
	o.markdown.p = NULL;
	o.html = STR("<p>");
	o.extract = STR("[1]");
	CHECK_STR(calculated(outcome_put_data, &o),
		"{\"title\":null,\"markdown\":null,\"html\":\"<p>\",\"extract\":[1]}");
	o.data = STR("{\"a\":1}");
	CHECK_STR(calculated(outcome_put_data, &o), "{\"a\":1}");
	CHECK_TRUE(
		str_has(encoded(outcome_view, &o), STR("\"extract\":[1],\"data\":{\"a\":1}")));
}

static bool reads(const char *bytes, size_t n)
{
	struct outcome o;
	struct err e = { ERR_NONE };
	struct result_row row = row_of((struct str) { bytes, n }, "u", NULL);
	if (outcome_unpack(&row, arena, &o, &e))
		return true;
	CHECK_INT(e.code, ERR_INTERNAL);
	return false;
}

static struct str shown(struct str body)
{
	struct outcome o;
	struct err e;
	struct result_row row = row_of(body, "u", NULL);
	CHECK_TRUE(outcome_unpack(&row, arena, &o, &e));
	return encoded(outcome_view, &o);
}

/* Each bit changed in turn, and the body cut at each length. The few bits of a frame that say nothing
 * may change: what is read then is what was packed. */
static void damage_is_found(void)
{
	size_t refused = 0;
	begin();
	struct scrape_result r = full_result();
	struct str body = packed(&r), want = shown(body);
	char *copy = arena_text(arena, body);
	for (size_t i = 0; i < body.n; i++) {
		for (int bit = 0; bit < 8 && i != 1; bit++) {
			copy[i] = (char)(body.p[i] ^ 1 << bit);
			if (!reads(copy, body.n))
				refused++;
			else if (!str_eq(shown((struct str) { copy, body.n }), want))
				test_fail(__FILE__, __LINE__, "byte %zu bit %d", i, bit);
		}
		copy[i] = body.p[i];
	}
	CHECK_TRUE(refused > body.n * 7);
	for (size_t n = 1; n < body.n; n++)
		CHECK_TRUE(!reads(arena_keep(arena, (struct str) { body.p, n }), n));
	char *longer = arena_printf(arena, "%*s", (int)body.n + 1, "");
	memcpy(longer, body.p, body.n);
	CHECK_TRUE(!reads(longer, body.n + 1));
	CHECK_TRUE(!reads("", 0));
	copy[1] = 2; /* a flag that nobody knows */
	CHECK_TRUE(!reads(copy, body.n));
}

/* Sound frames that hold what was never packed. */
static void what_is_inside_is_looked_at(void)
{
	begin();
	static const struct {
		const char *what, *data, *title;
		bool ok;
	} rows[] = {
		{ "sound", "{}", "t", true },
		{ "an array", "[]", "t", false },
		{ "open", "{\"a\":1", "t", false },
		{ "no UTF-8", "{\"\xFF\":1}", "t", false },
		{ "no UTF-8 in the title", "{}", "\xC3", false },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct scrape_result r = {
			.url = "u", .data = str_of(rows[i].data), .meta = { .title = "" }
		};
		r.meta.title = rows[i].title;
		struct str body = packed(&r);
		if (reads(body.p, body.n) != rows[i].ok)
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
	}
}

static void lengths_beyond_the_limit_are_refused(void)
{
	begin();
	struct scrape_result r = { .url = "u", .markdown = STR("x"), .html = STR("x") };
	struct str body = packed(&r);
	char *copy = arena_text(arena, body);
	for (int part = 0; part < 3; part++)
		memset(copy + OUTCOME_HEAD + part * OUTCOME_LENGTH, 0xFF, OUTCOME_LENGTH);
	CHECK_TRUE(!reads(copy, body.n));
}

static void a_ceiling_that_is_too_low_is_told(void)
{
	struct buf b;
	begin();
	struct scrape_result r = full_result();
	buf_init(&b, 100);
	buf_text(&b, "before");
	outcome_pack(packer, &r, &b);
	CHECK_TRUE(b.full);
	CHECK_STR(buf_str(&b), "before");
	buf_release(&b);
	packer_free(&packer);
	arena_free(&arena);
}

TEST_MAIN(TEST(everything_comes_back), TEST(what_is_not_there_stays_so),
	TEST(it_is_shown_as_the_scrape_shows_it), TEST(views_of_the_rest),
	TEST(damage_is_found), TEST(what_is_inside_is_looked_at),
	TEST(lengths_beyond_the_limit_are_refused), TEST(a_ceiling_that_is_too_low_is_told))
