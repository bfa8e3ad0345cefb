/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an answer to a result: unpacked, read in the desk's own page arena, and what the caller gets
 * copied out of it, so that the tree of one page never outlives its step. A model that fails takes
 * nothing away from the page.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "page/tokens.h"
#include "scrape/cursor.h"
#include "scrape/scrape_in.h"
#include "scrape/sniff.h"

/* --- what it is --- */

enum kind { KIND_PAGE, KIND_MARKDOWN };

static bool kind_of(
	const struct answer *answer, struct str body, enum kind *kind, struct err *e)
{
	struct str mime = str_of(answer->mime);
	*kind = KIND_PAGE;
	if (!mime.n)
		return sniff_html(body) ||
		       err_set(e, ERR_NOT_HTML,
			       "the answer has no content type and does not look like HTML");
	if (str_eq(mime, STR("text/html")) || str_eq(mime, STR("application/xhtml+xml")))
		return true;
	*kind = KIND_MARKDOWN;
	return str_eq(mime, STR("text/markdown")) ||
	       err_set(e, ERR_NOT_HTML, "the answer is %s, not HTML", answer->mime);
}

/* --- reading --- */

struct patience {
	int64_t until_ms;
	const struct flow *flow;
};

static bool stop(void *arg)
{
	const struct patience *p = arg;
	return flow_cancelled(p->flow) || mono_ms() >= p->until_ms;
}

static struct str copied(struct arena *a, struct str s)
{
	return (struct str) { arena_keep(a, s), s.n };
}

/* A struct of nothing but texts: each is copied. */
static struct page_meta meta_copied(struct arena *a, const struct page_meta *from)
{
	struct page_meta meta = *from;
	const char **text = (const char **)&meta;
	for (size_t i = 0; i < sizeof meta / sizeof *text; i++)
		text[i] = arena_copy(a, text[i]);
	return meta;
}

static void warn_of_page(struct scrape *s, struct arena *a, const struct page_result *page)
{
	if (page->cuts) {
		struct buf b;
		buf_init(&b, 512);
		buf_text(&b, "the page passed a limit and is not complete: ");
		page_cuts_text(page->cuts, &b);
		scrape_warn(s->out, a, "PAGE_CUT", arena_text(a, buf_str(&b)));
		buf_release(&b);
	}
	if (page->empty_shell)
		scrape_warn(s->out, a, "EMPTY_SHELL",
			"the page has next to no text before its scripts run, and scripts are "
			"not run here");
	if (page->pick_cut)
		scrape_warn(s->out, a, "PICK_CUT",
			"a limit left something out of what the selectors match");
}

/* The headings, and what all of it costs. Where they cost more than the caller takes themselves, the
 * deepest go first. */
static void show_outline(struct scrape *s, struct arena *a, const struct page_result *page)
{
	enum { LEVELS = 6, BESIDES = 12 /* tokens of level, anchor and count */ };
	struct scrape_result *out = s->out;
	size_t cost[LEVELS + 1] = { 0 }, n = page->headings.n, kept = 0, sum = 0;
	int deepest = LEVELS;
	out->outlined = true;
	out->tokens = (int64_t)tokens_count(page->markdown);
	out->outline.v = ARENA_ARRAY(a, struct heading, n + 1);
	for (size_t i = 0; i < n; i++)
		cost[page->headings.v[i].level] += BESIDES +
						   tokens_count(page->headings.v[i].text) +
						   tokens_count(page->headings.v[i].anchor);
	for (int l = 1; l <= LEVELS; l++)
		sum += cost[l];
	while (s->o->max_tokens && deepest > 1 && (int64_t)sum > s->o->max_tokens)
		sum -= cost[deepest--];
	for (size_t i = 0; i < n; i++) {
		struct heading h = page->headings.v[i];
		if (h.level > deepest)
			continue;
		h.text = copied(a, h.text);
		h.anchor = h.anchor.p ? copied(a, h.anchor) : h.anchor;
		out->outline.v[kept++] = h;
	}
	out->outline.n = kept;
	if (kept < n)
		scrape_warn(out, a, "OUTLINE_CUT",
			arena_printf(a,
				"%zu headings below level %d are left out; ask for a section's "
				"outline to see its own",
				n - kept, deepest));
}

static void show_page(
	struct scrape *s, struct arena *a, const struct page_result *page, struct str body)
{
	struct scrape_result *out = s->out;
	bool in_body = page->html.p >= body.p && page->html.p <= body.p + body.n;
	s->text = copied(a, page->markdown);
	if (s->o->format != FORMAT_HTML && !s->o->outline)
		out->markdown = s->text;
	if (s->o->format != FORMAT_MARKDOWN && page->html.p)
		out->html = in_body ? page->html : copied(a, page->html);
	out->meta = meta_copied(a, &page->meta);
	out->words = (int64_t)page->words;
	out->encoding = page->encoding; /* a constant of the page floor */
	if (page->structured.p)
		out->structured = copied(a, page->structured);
	if (s->o->outline)
		show_outline(s, a, page);
	if (page->picked.p)
		out->data = copied(a, page->picked);
	warn_of_page(s, a, page);
}

static bool read_page(
	struct flow *f, struct scrape *s, struct str body, enum kind kind, struct err *e)
{
	struct kit *kit = f->call->kit;
	struct patience patience = { mono_ms() + kit->conf->page_time_ms, f };
	struct page_result page = { 0 };
	struct page_opts opts = {
		.url = str_of(s->answer.final_url),
		.charset = str_of(s->answer.charset),
		.markdown = s->o->format != FORMAT_HTML || s->o->prompt,
		.html = s->o->format != FORMAT_MARKDOWN && kind == KIND_PAGE,
		.meta = true,
		.counts = true,
		.only_main = s->o->only_main,
		.links = (enum page_links)s->o->links,
		.images = (enum page_images)s->o->images,
		.structured = s->o->structured,
		.max_structured_tokens = s->o->max_structured_tokens
						 ? (size_t)s->o->max_structured_tokens
						 : cursor_besides(s->o->max_tokens),
		.section = s->section,
		.outline = s->o->outline,
		.max_markdown_bytes = (size_t)kit->conf->page_markdown_bytes,
		.max_depth = (size_t)kit->conf->page_depth,
		.max_nodes = (size_t)kit->conf->page_nodes,
		.max_attrs = (size_t)kit->conf->page_attributes,
		.pick = s->o->pick,
		.is_text_markdown = kind == KIND_MARKDOWN,
		.stop = stop,
		.stop_arg = &patience,
	};
	int64_t began = mono_us();
	arena_reset(kit->page_arena);
	kit_suspect(f->call);
	bool ok = page_work(kit->page_arena, body, &opts, &page, e);
	kit_clear(kit);
	metric_ms(METRIC_PAGE_MS, (double)(mono_us() - began) / 1000);
	if (ok)
		show_page(s, f->call->arena, &page, body);
	else if (e->code == ERR_TOO_LARGE)
		err_set(e, ERR_FETCH, "the page takes more memory to read than is allowed");
	arena_reset(kit->page_arena);
	return ok;
}

static void keep(struct call *call, struct scrape *s)
{
	bool fetched = !s->out->cached && s->seat.role != FLIGHT_WAITS;
	if (call->kit->cache && fetched && s->o->cache_ttl_s > 0)
		(void)cache_put(call->kit->cache, &s->id, &s->answer);
}

/* --- the steps --- */

enum { BIG_BYTES = 256 * 1024, BIG_UNPACKED = 1 << 20 }; /* long work; house.md section 10 */

static bool unpack(struct flow *f, struct scrape *s, size_t most, struct err *e)
{
	struct fetch_res packed = { .encoding = s->answer.encoding, .body = s->answer.body };
	kit_suspect(f->call);
	s->unpacked = fetch_unpack(&packed, most, f->call->arena, e);
	kit_clear(f->call->kit);
	s->page = packed.body;
	return s->unpacked;
}

/* A large page goes to the back of the queue of long work. A few packed bytes may be a large page:
 * that is found out by unpacking them into a small room. What was unpacked is not taken along, so
 * that a row of waiting pages holds no more than what came over the wire. */
enum flow_next scrape_step_sort(struct flow *f)
{
	struct scrape *s = flow_self(f);
	size_t most = (size_t)f->call->kit->conf->fetch_body_bytes;
	struct err e;
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "the caller went away");
	if (f->big || (s->answer.body.n < BIG_BYTES &&
			      unpack(f, s, most < BIG_UNPACKED ? most : BIG_UNPACKED, &e)))
		return FLOW_NEXT;
	f->big = true;
	flow_resume(f);
	return FLOW_PARKED;
}

enum flow_next scrape_step_read(struct flow *f)
{
	struct scrape *s = flow_self(f);
	size_t most = (size_t)f->call->kit->conf->fetch_body_bytes;
	enum kind kind;
	struct err e;
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "the caller went away");
	if ((!s->unpacked && !unpack(f, s, most, &e)) ||
		!kind_of(&s->answer, s->page, &kind, &e) || !read_page(f, s, s->page, kind, &e))
		return scrape_give_up(s, &e);
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "the caller went away");
	if (kind == KIND_MARKDOWN && (s->o->format != FORMAT_MARKDOWN || s->o->pick))
		scrape_warn(s->out, f->call->arena, "NO_HTML",
			"the site answered with Markdown: there is no HTML");
	keep(f->call, s);
	if (s->o->max_tokens && !s->o->outline)
		cursor_first(f->call, s->o->account, s->o->max_tokens, s->out);
	return FLOW_NEXT;
}

/* --- asking the model --- */

enum flow_next scrape_step_ask(struct flow *f)
{
	struct scrape *s = flow_self(f);
	struct call *call = f->call;
	if (!s->o->prompt)
		return FLOW_DONE;
	if (!call->kit->llm) {
		scrape_warn(s->out, call->arena, err_name(ERR_LLM_MISSING),
			"no language model is configured on this server: nothing was "
			"extracted");
		return FLOW_DONE;
	}
	if (!s->text.n) {
		scrape_warn(s->out, call->arena, "EXTRACT_SKIPPED",
			"the page has no text to extract from");
		return FLOW_DONE;
	}
	s->ask = (struct ask) {
		.prompt = str_of(s->o->prompt),
		.markdown = s->text,
		.url = s->out->final_url,
		.title = s->out->meta.title,
	};
	s->asking = true;
	scrape_say(f, 2, "Asking the language model");
	return ask_enter(f, call->kit->llm, &s->ask);
}

enum flow_next scrape_step_asked(struct flow *f)
{
	struct scrape *s = flow_self(f);
	struct arena *a = f->call->arena;
	const struct ask_usage *u = &s->ask.usage;
	bool ours = f->err.code == ERR_LLM_FAILED || f->err.code == ERR_TIMEOUT;
	if (s->asking)
		log_info("scrape.asked outcome=%s calls=%lld tokens_in=%lld tokens_out=%lld "
			 "ms=%lld",
			f->err.code == ERR_NONE ? "ok" : err_name(f->err.code),
			(long long)u->calls, (long long)u->tokens_in, (long long)u->tokens_out,
			(long long)u->ms);
	s->out->usage = (struct scrape_usage) { u->tokens_in, u->tokens_out, u->ms, u->calls };
	if (s->asking && ours) {
		scrape_warn(s->out, a,
			f->err.code == ERR_TIMEOUT ? "LLM_TIMEOUT" : err_name(ERR_LLM_FAILED),
			arena_text(a, str_of(f->err.msg)));
		f->err.code = ERR_NONE;
	}
	if (f->err.code != ERR_NONE)
		return FLOW_FAILED;
	s->out->extract = s->ask.extract;
	if (s->ask.cut)
		scrape_warn(s->out, a, "EXTRACT_CUT",
			"the page is longer than the model was given: data near its end may be "
			"missing");
	return FLOW_NEXT;
}
