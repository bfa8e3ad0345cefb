/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page to one value. A page that is longer than llm_input_bytes is cut along its headings and
 * asked about piece by piece, each in the same words; the answers are merged by rule (merge.h), and
 * only if no rule fits by the model. The pieces go one after the other: that is slower than all at
 * once, but then the lane stays fair to others, and most pages are one piece.
 *
 * llm_max_calls bounds what a page may cost. With three or more, one is kept for the merge and for
 * asking again. An answer that is no JSON is asked for again once; then it counts as text.
 */
#include "extract/ask.h"

#include "base/clock.h"
#include "base/json.h"
#include "extract/llm.h"
#include "extract/merge.h"
#include "extract/prompt.h"
#include "page/outline.h"

enum { QUOTED_BYTES = 2000 }; /* of a bad answer that is shown to the model again */

struct run {
	struct llm *llm;
	struct ask *ask;
	struct outline_piece *pieces;
	size_t n_pieces, at;
	int calls_left;
	bool asked_again, merging;
	int64_t began_ms, deadline_ms;
	struct buf system, user; /* the words of q */
	struct llm_question *q;
	json_t *answers;
};

static void word_page(struct run *r, const char *mark)
{
	const struct outline_piece *piece = &r->pieces[r->at];
	struct prompt_page page = { r->ask->prompt, piece->text, r->ask->url, r->ask->title,
		piece->under, (int)r->at + 1, (int)r->n_pieces };
	prompt_page(&r->user, &page, mark);
}

/* A new question, about the next piece or about the answers, with a mark of its own. */
static void word_question(struct run *r, struct arena *a)
{
	char mark[PROMPT_MARK_SIZE];
	prompt_mark(mark);
	buf_clear(&r->system);
	buf_clear(&r->user);
	prompt_system(&r->system, r->merging ? PROMPT_MERGE_SYSTEM : PROMPT_SYSTEM, mark);
	if (r->merging)
		prompt_merge(&r->user, r->ask->prompt, r->answers, mark);
	else
		word_page(r, mark);
	r->q = ARENA_NEW(a, struct llm_question);
	r->q->messages[0] = (struct request_message) { "system", buf_str(&r->system) };
	r->q->messages[1] = (struct request_message) { "user", buf_str(&r->user) };
	r->q->n_messages = 2;
	r->q->deadline_ms = r->deadline_ms;
	r->q->usage = &r->ask->usage;
}

static struct str quoted(struct str s)
{
	s = str_head(s, QUOTED_BYTES);
	return s.n ? s : STR("{}"); /* some servers refuse an empty message */
}

/* The same question, with the answer that was of no use and what is wrong with it. */
static void word_again(struct run *r)
{
	const struct llm_answer *bad = &r->q->answer;
	enum prompt note = bad->cut	    ? PROMPT_AGAIN_SHORTER
			   : bad->content.n ? PROMPT_AGAIN_JSON
					    : PROMPT_AGAIN_EMPTY;
	r->q->messages[2] = (struct request_message) { "assistant", quoted(bad->content) };
	r->q->messages[3] = (struct request_message) { "user", prompt_text(note) };
	r->q->n_messages = 4;
}

static enum flow_next step_ask(struct flow *f)
{
	struct run *r = flow_self(f);
	r->calls_left--;
	if (r->asked_again)
		word_again(r);
	else
		word_question(r, f->call->arena);
	if (r->system.full || r->user.full)
		return flow_fail(f, ERR_LLM_FAILED, "the question to the model is too long");
	return llm_enter(f, r->llm, r->q);
}

static enum flow_next no_use(struct flow *f, const struct llm_answer *answer)
{
	if (answer->cut)
		return flow_fail(f, ERR_LLM_FAILED,
			"the model's answer was cut off at"
			" llm_max_tokens; ask for less");
	return flow_fail(f, ERR_LLM_FAILED, "the model's answer was empty");
}

static enum flow_next end_with(struct run *r, json_t *value)
{
	r->ask->extract = value;
	return FLOW_NEXT;
}

/* All pieces are answered: one value of many. */
static enum flow_next merge(struct flow *f, struct run *r)
{
	json_t *all = merge_answers(f->call->arena, r->answers);
	if (all || r->calls_left <= 0)
		return end_with(r, all ? all : r->answers);
	r->merging = true;
	return flow_again(f);
}

static enum flow_next step_take(struct flow *f)
{
	struct run *r = flow_self(f);
	struct llm_answer *answer = &r->q->answer;
	json_t *value = answer_value(f->call->arena, answer);
	if (!value && !r->asked_again && r->calls_left > 0) {
		r->asked_again = true;
		return flow_again(f);
	}
	r->asked_again = false;
	bool usable = value || (answer->content.n && !answer->cut);
	if (!usable)
		return r->merging ? end_with(r, r->answers) : no_use(f, answer);
	if (!value)
		value = json_own(
			f->call->arena, json_stringn(answer->content.p, answer->content.n));
	if (r->merging)
		return end_with(r, value);
	json_array_append(r->answers, value);
	if (++r->at < r->n_pieces)
		return flow_again(f);
	return merge(f, r);
}

static enum flow_next step_end(struct flow *f)
{
	struct run *r = flow_self(f);
	r->ask->usage.ms = mono_ms() - r->began_ms;
	return FLOW_NEXT;
}

static const struct flow_step steps[] = { { "ask.ask", step_ask, false },
	{ "ask.take", step_take, false }, { "ask.end", step_end, true },
	{ NULL, NULL, false } };

/* What is past all pieces need not be read. */
static void cut(struct run *r, struct arena *a)
{
	size_t most = (size_t)(r->calls_left > 2 ? r->calls_left - 1 : r->calls_left);
	size_t max_bytes = llm_input_bytes(r->llm), readable = max_bytes * (most + 1);
	struct str text = r->ask->markdown;
	text.n = text.n < readable ? text.n : readable;
	r->pieces = outline_cut(a, text, max_bytes, &r->n_pieces);
	r->ask->cut = r->n_pieces > most;
	if (r->ask->cut)
		r->n_pieces = most;
	if (r->n_pieces == 0) {
		r->pieces = ARENA_NEW(a, struct outline_piece);
		*r->pieces = (struct outline_piece) { STR(""), "" };
		r->n_pieces = 1;
	}
}

static void release(void *arg)
{
	struct run *r = arg;
	buf_release(&r->system);
	buf_release(&r->user);
}

enum flow_next ask_enter(struct flow *f, struct llm *l, struct ask *ask)
{
	struct arena *a = f->call->arena;
	struct run *r = ARENA_NEW(a, struct run);
	r->llm = l;
	r->ask = ask;
	r->answers = json_own(a, json_array());
	buf_init(&r->system, 0);
	buf_init(&r->user, 0);
	arena_defer(a, release, r);
	r->calls_left = llm_max_calls(l);
	r->began_ms = mono_ms();
	r->deadline_ms = r->began_ms + llm_timeout_ms(l);
	if (f->call->deadline_ms && f->call->deadline_ms < r->deadline_ms)
		r->deadline_ms = f->call->deadline_ms;
	ask->extract = NULL;
	ask->usage = (struct ask_usage) { 0 };
	cut(r, a);
	return flow_enter(f, steps, r);
}
