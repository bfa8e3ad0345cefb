/* SPDX-License-Identifier: Apache-2.0 */
/* The gate, and every parameter of the tool at and past its bounds. */
#include "op/answer.h"
#include "op/op.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lib/test.h"

#include <stddef.h>

static struct desks *desks;

/* --- an operation of our own, to look at the gate alone --- */

struct add_args {
	int64_t a, b;
};
struct add_out {
	int64_t sum;
	struct err err;
};
static const struct field add_in[] = {
	{ "a", F_INT, F_REQ, offsetof(struct add_args, a), 0, 10 },
	{ "b", F_INT, 0, offsetof(struct add_args, b), 0, 10, .text = "5" },
	{ 0 },
};
static int runs;

static enum flow_next add_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct add_args *args = oc->args;
	struct add_out *out = oc->out;
	runs++;
	if (args->a == 9)
		return flow_fail(f, ERR_INTERNAL, "nine");
	out->sum = args->a + args->b;
	return FLOW_NEXT;
}

static const struct flow_step add_steps[] = { { "add", add_run }, { 0 } };
static const struct op op_add = { .name = "add",
	.in = add_in,
	.args_size = sizeof(struct add_args),
	.out_size = sizeof(struct add_out),
	.scopes = SCOPE(SCRAPE),
	.steps = add_steps };

/* --- a caller, as a door would be --- */

struct visit {
	struct call call;
	struct flow flow;
	const struct op *op;
	const char *json; /* NULL: no arguments at all */
	struct op_call *oc;
	struct err err; /* as the door saw it */
};

static json_t *read_json(void *from, struct err *e)
{
	struct visit *v = from;
	return json_read(v->call.arena, str_of(v->json), e);
}

static enum flow_next visit_enter(struct flow *f)
{
	struct visit *v = flow_self(f);
	struct op_source source = { .read = v->json ? read_json : NULL, .from = v };
	return op_enter(f, v->op, &source, &v->oc);
}

static enum flow_next visit_leave(struct flow *f)
{
	struct visit *v = flow_self(f);
	v->err = f->err;
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

static const struct flow_step visit_steps[] = {
	{ "enter", visit_enter },
	{ "leave", visit_leave, .always = true },
	{ 0 },
};
static const struct principal someone = { "acc_local", "key_1", VIA_KEY, SCOPES_ALL };
static const struct principal nobody = { "acc_local", "key_2", VIA_KEY, 0 };

static struct visit *visit(const struct op *op, const struct principal *who, const char *json)
{
	struct visit *v = MEM_NEW(struct visit);
	v->call.arena = arena_new(0);
	v->call.request_id = "test";
	v->call.who = who;
	v->op = op;
	v->json = json;
	flow_init(&v->flow, &v->call, visit_steps, v, NULL);
	CHECK(flow_run(desks, &v->flow));
	return v;
}

static void visit_free(struct visit *v)
{
	arena_free(&v->call.arena);
	mem_free(v);
}

static enum err_code code_of(const struct op *op, const struct principal *who, const char *json)
{
	struct visit *v = visit(op, who, json);
	enum err_code code = v->err.code;
	visit_free(v);
	return code;
}

static void the_gate_lets_in_and_decodes(void)
{
	desks = desks_start(1, 10, NULL, NULL, NULL);
	struct visit *v = visit(&op_add, &someone, "{\"a\":3,\"c\":1}");
	CHECK_INT(v->err.code, ERR_NONE);
	CHECK_INT(((struct add_out *)v->oc->out)->sum, 8);
	CHECK_INT(v->oc->n_unknown, 1);
	CHECK_TEXT(v->oc->unknown[0], "c");
	CHECK_TRUE(!v->oc->unknown[1]);
	visit_free(v);
	runs = 0;
	CHECK_INT(code_of(&op_add, &nobody, "{\"a\":3}"), ERR_SCOPE);
	CHECK_INT(code_of(&op_add, NULL, "{\"a\":3}"), ERR_SCOPE);
	CHECK_INT(code_of(&op_add, &someone, "{}"), ERR_INVALID_REQUEST);
	CHECK_INT(code_of(&op_add, &someone, NULL), ERR_INVALID_REQUEST);
	CHECK_INT(code_of(&op_add, &someone, "[1]"), ERR_INVALID_REQUEST);
	CHECK_INT(code_of(&op_add, &someone, "{\"a\":11}"), ERR_INVALID_REQUEST);
	CHECK_INT(runs, 0);
	desks_stop(&desks);
}

static void places_are_given_back_however_it_ends(void)
{
	struct conf conf = { .key_in_flight = 1, .rate_per_minute = 0 };
	struct quota *q = quota_new(&conf);
	desks = desks_start(1, 10, NULL, NULL, NULL);
	op_start(q);
	static const struct {
		const char *json;
		enum err_code code;
	} rows[] = {
		{ "{\"a\":1}", ERR_NONE },
		{ "{\"a\":9}", ERR_INTERNAL },
		{ "{\"a\":\"x\"}", ERR_INVALID_REQUEST },
	};
	for (int i = 0; i < 6; i++)
		CHECK_INT(code_of(&op_add, &someone, rows[i % 3].json), rows[i % 3].code);
	int wait_s;
	struct err e;
	CHECK_TRUE(quota_take(q, &someone, 1, &wait_s, &e)); /* somebody holds the only place */
	struct visit *v = visit(&op_add, &someone, "{\"a\":1}");
	CHECK_INT(v->err.code, ERR_RATE_LIMITED);
	CHECK_INT(v->call.retry_after_s, 1);
	visit_free(v);
	quota_give_back(q, &someone);
	CHECK_INT(code_of(&op_add, &someone, "{\"a\":1}"), ERR_NONE);
	op_start(NULL);
	quota_free(&q);
	desks_stop(&desks);
}

static void the_rate_counts_before_the_arguments_are_read(void)
{
	struct conf conf = { .rate_per_minute = 2 };
	struct quota *q = quota_new(&conf);
	desks = desks_start(1, 10, NULL, NULL, NULL);
	op_start(q);
	clock_fake(1000, 1000);
	CHECK_INT(code_of(&op_add, &someone, "{}"), ERR_INVALID_REQUEST);
	CHECK_INT(code_of(&op_add, &someone, "no JSON"), ERR_INVALID_REQUEST);
	CHECK_INT(code_of(&op_add, &someone, "no JSON"), ERR_RATE_LIMITED);
	CHECK_INT(code_of(&op_add, &someone, "{\"a\":1}"), ERR_RATE_LIMITED);
	CHECK_INT(code_of(&op_add, &nobody, "no JSON"), ERR_SCOPE);
	clock_fake(-1, -1);
	op_start(NULL);
	quota_free(&q);
	desks_stop(&desks);
}

/* --- the tool's parameters (apis.md S4-80 to S4-84) --- */

static const struct {
	const char *json;
	const char *at_fault; /* NULL: accepted */
} params[] = {
	{ "{\"url\":\"https://a.example\"}", NULL },
	{ "{}", "url" },
	{ "{\"url\":null}", "url" },
	{ "{\"url\":7}", "url" },
	{ "{\"url\":[\"https://a.example\"]}", "url" },
	{ "{\"url\":true}", "url" },
	{ "{\"url\":\"x\",\"format\":\"markdown\"}", NULL },
	{ "{\"url\":\"x\",\"format\":\"html\"}", NULL },
	{ "{\"url\":\"x\",\"format\":\"both\"}", NULL },
	{ "{\"url\":\"x\",\"format\":null}", NULL },
	{ "{\"url\":\"x\",\"format\":\"Markdown\"}", "format" },
	{ "{\"url\":\"x\",\"format\":\"pdf\"}", "format" },
	{ "{\"url\":\"x\",\"format\":\"\"}", "format" },
	{ "{\"url\":\"x\",\"format\":0}", "format" },
	{ "{\"url\":\"x\",\"timeout_ms\":1}", NULL },
	{ "{\"url\":\"x\",\"timeout_ms\":120000}", NULL },
	{ "{\"url\":\"x\",\"timeout_ms\":null}", NULL },
	{ "{\"url\":\"x\",\"timeout_ms\":0}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":-1}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":120001}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":4294967796}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":30000.0}", NULL },
	{ "{\"url\":\"x\",\"timeout_ms\":30000.5}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":\"30000\"}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":true}", "timeout_ms" },
	{ "{\"url\":\"x\",\"timeout_ms\":1e400}", "" },
	{ "{\"url\":\"x\",\"timeout_ms\":99999999999999999999}", "" },
	{ "{\"url\":\"x\",\"timeout_ms\":5,\"timeout_ms\":5}", "" },
	{ "{\"url\":\"x\",\"user_agent_profile\":\"default\"}", NULL },
	{ "{\"url\":\"x\",\"user_agent_profile\":\"mobile\"}", NULL },
	{ "{\"url\":\"x\",\"user_agent_profile\":\"tablet\"}", NULL },
	{ "{\"url\":\"x\",\"user_agent_profile\":\"desktop\"}", "user_agent_profile" },
	{ "{\"url\":\"x\",\"user_agent_profile\":{}}", "user_agent_profile" },
	{ "{\"url\":\"x\",\"prompt\":\"What?\"}", NULL },
	{ "{\"url\":\"x\",\"prompt\":\"\"}", NULL },
	{ "{\"url\":\"x\",\"prompt\":null}", NULL },
	{ "{\"url\":\"x\",\"prompt\":[]}", "prompt" },
	{ "{\"url\":\"x\",\"prompt\":\"a\\u0000b\"}", "" },
	{ "{\"url\":\"x\",\"anything\":1}", NULL },
};

static void parameters_have_bounds(void)
{
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < COUNT_OF(params); i++) {
		struct err e = { ERR_NONE };
		struct scrape_url_args args = { 0 };
		json_t *j = json_read(a, str_of(params[i].json), &e);
		bool ok = j && fields_decode(op_scrape_url.in, j, &args, a,
				       (struct field_unknown) { 0 }, &e);
		if (ok != !params[i].at_fault || (!ok && e.code != ERR_INVALID_REQUEST) ||
			(!ok && !str_starts(str_of(e.msg), str_of(params[i].at_fault))))
			test_fail(__FILE__, __LINE__, "%s: %s", params[i].json,
				ok ? "accepted" : e.msg);
	}
	arena_free(&a);
}

static const char *prompt_of(struct arena *a, size_t chars)
{
	char *json = arena_alloc(a, chars * 2 + 64), *at = json;
	at += snprintf(at, 64, "{\"url\":\"x\",\"prompt\":\"");
	for (size_t i = 0; i < chars; i++, at += 2)
		memcpy(at, "\xC3\xA9", 2);
	memcpy(at, "\"}", 3);
	return json;
}

static void defaults_and_characters(void)
{
	struct arena *a = arena_new(0);
	struct err e;
	struct field_unknown ignore = { 0 };
	struct scrape_url_args args = { 0 };
	json_t *j = json_read(a, STR("{\"url\":\"x\",\"prompt\":\"\"}"), &e);
	CHECK_TRUE(fields_decode(op_scrape_url.in, j, &args, a, ignore, &e));
	CHECK_INT(args.o.format, FORMAT_MARKDOWN);
	CHECK_INT(args.o.timeout_ms, 30000);
	CHECK_INT(args.o.agent, AGENT_DEFAULT);
	CHECK_TRUE(!args.o.prompt); /* empty is absent */
	j = json_read(a, str_of(prompt_of(a, 10000)), &e); /* code points, not bytes */
	CHECK_TRUE(fields_decode(op_scrape_url.in, j, &args, a, ignore, &e));
	j = json_read(a, str_of(prompt_of(a, 10001)), &e);
	CHECK_TRUE(!fields_decode(op_scrape_url.in, j, &args, a, ignore, &e));
	arena_free(&a);
}

/* REST's batch: what the operation itself judges, before anything is fetched. The dialect's table
 * stands in rest/; this one has the fields that are judged together. */
static const char *const modes[] = { "sync", "async", NULL };
static const struct field batch_in[] = {
	{ "urls", F_STRS, F_REQ, offsetof(struct scrape_args, job.make.urls) },
	{ "mode", F_CHOICE, 0, offsetof(struct scrape_args, mode), .choices = modes,
		.text = "\"sync\"" },
	{ "min", F_INT, 0, offsetof(struct scrape_args, job.make.spec.jitter_min_ms), 0, 60000,
		.text = "500" },
	{ "max", F_INT, 0, offsetof(struct scrape_args, job.make.spec.jitter_max_ms), 0, 60000,
		.text = "2000" },
	{ 0 },
};

static void batches_are_judged(void)
{
	static const struct {
		const char *json;
		enum err_code code;
		const char *says;
	} rows[] = {
		{ "{\"urls\":[]}", ERR_INVALID_REQUEST, "urls" },
		{ "{\"urls\":\"https://a.example\"}", ERR_INVALID_REQUEST, "urls" },
		{ "{\"urls\":[1]}", ERR_INVALID_REQUEST, "urls[0]" },
		{ "{\"urls\":[\"a\",\"b\"]}", ERR_TOO_MANY_URLS,
			"sync mode requires exactly 1 URL" },
		{ "{\"urls\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", ERR_TOO_MANY_URLS,
			"sync mode" },
		{ "{\"urls\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}", ERR_TOO_MANY_URLS,
			"urls has 6 URLs" },
		{ "{\"urls\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"],\"mode\":\"async\"}",
			ERR_TOO_MANY_URLS, "urls has 6 URLs" },
		{ "{\"urls\":[\"a\",\"b\"],\"mode\":\"async\"}", ERR_NOT_IMPLEMENTED,
			"no jobs" },
		{ "{\"urls\":[\"a\"],\"mode\":\"async\"}", ERR_NOT_IMPLEMENTED, "no jobs" },
		{ "{\"urls\":[\"a\"],\"mode\":\"both\"}", ERR_INVALID_REQUEST, "mode" },
		{ "{\"urls\":[\"a\"],\"min\":3000}", ERR_INVALID_REQUEST,
			"config.jitterMs.min" },
		{ "{\"urls\":[\"a\"],\"max\":499}", ERR_INVALID_REQUEST,
			"config.jitterMs.min" },
	};
	struct op op = op_scrape;
	op.in = batch_in;
	desks = desks_start(1, 10, NULL, NULL, NULL);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct visit *v = visit(&op, &someone, rows[i].json);
		if (v->err.code != rows[i].code ||
			!str_has(str_of(v->err.msg), str_of(rows[i].says)))
			test_fail(__FILE__, __LINE__, "%s: %s", rows[i].json, v->err.msg);
		visit_free(v);
	}
	desks_stop(&desks);
}

/* --- views --- */

static const char *shown(struct arena *a, const struct scrape_result *r)
{
	struct buf b;
	buf_init(&b, 0);
	fields_encode(scrape_view, r, &b);
	const char *text = arena_text(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void results_look_as_documented(void)
{
	struct arena *a = arena_new(0);
	struct scrape_result r = { .url = "https://example.com",
		.final_url = "https://example.com/",
		.http_status = 200,
		.markdown = STR("# Example Domain\n"),
		.mime = "text/html",
		.encoding = "UTF-8",
		.meta = { .title = "Example Domain" },
		.words = 2,
		.fetched_ms = 1710800000000,
		.took_ms = 342,
		.expires_ms = 1710803600000 };
	CHECK_TEXT(shown(a, &r),
		"{\"url\":\"https://example.com\",\"status\":\"success\",\"cached\":false,"
		"\"markdown\":\"# Example Domain\\n\",\"metadata\":{"
		"\"requestedUrl\":\"https://example.com\",\"finalUrl\":\"https://example.com/"
		"\","
		"\"title\":\"Example Domain\",\"httpStatus\":200,\"fetchDurationMs\":342,"
		"\"fetchedAt\":1710800000000,\"expiresAt\":1710803600000,"
		"\"contentType\":\"text/html\",\"charset\":\"UTF-8\",\"words\":2}}");
	r = (struct scrape_result) { .url = "https://a.example/",
		.asked = true,
		.cached = true,
		.html = STR("<p>"),
		.markdown = STR(""),
		.usage = { 10, 2, 5, 1 } };
	scrape_warn(&r, a, "LLM_FAILED", "it \"failed\"");
	CHECK_TEXT(shown(a, &r),
		"{\"url\":\"https://a.example/\",\"status\":\"success\",\"cached\":true,"
		"\"markdown\":\"\",\"html\":\"<p>\",\"extract\":null,\"metadata\":{"
		"\"requestedUrl\":\"https://a.example/\",\"title\":null,\"words\":0,"
		"\"usage\":{\"tokensIn\":10,\"tokensOut\":2,\"durationMs\":5,\"calls\":1}},"
		"\"warnings\":[{\"code\":\"LLM_FAILED\",\"message\":\"it \\\"failed\\\"\"}]}");
	r = (struct scrape_result) { .url = "x" };
	err_set(&r.err, ERR_INVALID_URL, "bad");
	CHECK_TEXT(shown(a, &r), "{\"url\":\"x\",\"status\":\"error\",\"cached\":false,"
				 "\"error\":{\"code\":\"INVALID_URL\",\"message\":\"bad\"},"
				 "\"metadata\":{\"requestedUrl\":\"x\",\"title\":null}}");
	arena_free(&a);
}

static void tool_texts_carry_what_matters(void)
{
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	struct scrape_result r = { .markdown = STR("# A\n") };
	op_scrape_url.text(&r, &b);
	CHECK_STR(buf_str(&b), "# A\n");
	buf_clear(&b);
	r.html = STR("<h1>A</h1>");
	r.extract = json_own(a, json_pack("{s:i}", "n", 1));
	scrape_warn(&r, a, "PAGE_CUT", "cut");
	op_scrape_url.text(&r, &b);
	CHECK_STR(buf_str(&b), "{\"n\":1}\n\n# A\n\n<h1>A</h1>\n\n[PAGE_CUT: cut]");
	buf_release(&b);
	arena_free(&a);
}

static void operations_are_listed(void)
{
	CHECK_TRUE(op_find(STR("scrape_url")) == &op_scrape_url);
	CHECK_TRUE(op_find(STR("scrape")) == &op_scrape);
	CHECK_TRUE(!op_find(STR("scrape_urls")) && !op_find(STR("")));
	for (const struct op *const *op = ops; *op; op++) {
		CHECK_TRUE((*op)->title && (*op)->about && (*op)->out && (*op)->steps &&
			   (*op)->scopes);
		CHECK_TRUE(!((*op)->flags & OP_TOOL) || ((*op)->in && (*op)->text));
	}
}

TEST_MAIN(TEST(the_gate_lets_in_and_decodes), TEST(places_are_given_back_however_it_ends),
	TEST(the_rate_counts_before_the_arguments_are_read), TEST(parameters_have_bounds),
	TEST(defaults_and_characters), TEST(batches_are_judged),
	TEST(results_look_as_documented), TEST(tool_texts_carry_what_matters),
	TEST(operations_are_listed))
