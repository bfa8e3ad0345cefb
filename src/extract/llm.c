/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps turn -> send -> read -> again are gone through until there is an answer, nothing helps or
 * the time is over. The turn on the lane is held while a request is on its way and given back
 * before a pause, so a busy endpoint's Retry-After does not keep others from asking.
 *
 * Nothing of what the endpoint says is logged or told; what went wrong is worded by answer.h.
 */
#include "extract/llm.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "extract/endpoint.h"

_Static_assert(ANSWER_BYTES == 1 << 20, "messages say 1 MiB");
enum {
	BUSY_TRIES = 4,
	BUSY_PAUSE_MS = 1000, /* doubled each time, if no Retry-After is sent */
	BROKEN_TRIES = 1,
	BROKEN_PAUSE_MS = 250,
	REQUEST_BYTES = 64 << 20,
	RETRY_AFTER_MOST_S = 86400,
};

struct run {
	struct llm *llm;
	struct llm_question *q;
	struct lane_stay stay;
	struct request_ways ways;
	struct buf body;
	struct fetch_req req;
	struct fetch_res res;
	int busy_tries, broken_tries;
	int64_t pause_until_ms; /* 0: go on at once */
	bool again;
};

int64_t llm_timeout_ms(const struct llm *l)
{
	return l->conf->llm_timeout_ms;
}

size_t llm_input_bytes(const struct llm *l)
{
	return (size_t)l->conf->llm_input_bytes;
}

int llm_max_calls(const struct llm *l)
{
	return (int)l->conf->llm_max_calls;
}

static bool late(const struct run *r)
{
	return mono_ms() >= r->q->deadline_ms;
}

/* For who was resumed, or came, when there is nothing to go on with. */
static enum flow_next give_up(struct flow *f, bool late)
{
	const struct run *r = flow_self(f);
	if (flow_cancelled(f) || !late)
		return flow_fail(f, ERR_CANCELLED, "cancelled while the model was asked");
	return flow_fail(f, ERR_TIMEOUT, "the model gave no answer in %lld ms",
		(long long)r->llm->conf->llm_timeout_ms);
}

static enum flow_next step_turn(struct flow *f)
{
	struct run *r = flow_self(f);
	if (flow_cancelled(f) || late(r))
		return give_up(f, true);
	return lane_enter(r->llm->lane, &r->stay, f, r->q->deadline_ms);
}

static enum flow_next step_send(struct flow *f)
{
	struct run *r = flow_self(f);
	struct llm *l = r->llm;
	int64_t left_ms = r->q->deadline_ms - mono_ms();
	if (!r->stay.holds || left_ms <= 0 || flow_cancelled(f))
		return give_up(f, late(r));
	buf_clear(&r->body);
	request_build(&r->body, &(struct request) { .model = l->conf->llm_model,
					.max_tokens = l->conf->llm_max_tokens,
					.ways = r->ways,
					.messages = r->q->messages,
					.n_messages = r->q->n_messages });
	if (r->body.full)
		return flow_fail(f, ERR_LLM_FAILED, "the question to the model is too long");
	r->req = (struct fetch_req) { .url = l->url,
		.policy = FETCH_OPERATOR,
		.method = "POST",
		.body = buf_str(&r->body),
		.headers = l->headers,
		.user_agent = "scraped/" SCRAPED_VERSION,
		.timeout_ms = left_ms,
		.max_wire_bytes = ANSWER_BYTES,
		.max_body_bytes = ANSWER_BYTES,
		.max_hops = 0 };
	r->res = (struct fetch_res) { .retry_after_s = -1 };
	r->q->usage->calls++;
	fetch_begin(l->fetcher, &r->req, &r->res, f);
	return FLOW_PARKED;
}

/* true with a pause and ways for another try, if one may help. */
static bool plan_again(struct run *r, enum refusal refusal)
{
	int64_t pause_ms = 0;
	r->again = true;
	switch (refusal) {
	case REFUSAL_FORM:
		r->again = r->ways.form < FORM_TEXT;
		r->ways.form += r->again;
		break;
	case REFUSAL_TEMPERATURE:
		r->again = !r->ways.no_temperature;
		r->ways.no_temperature = true;
		break;
	case REFUSAL_TOKENS:
		r->again = !r->ways.completion_tokens;
		r->ways.completion_tokens = true;
		break;
	case REFUSAL_BUSY:
		pause_ms = (int64_t)BUSY_PAUSE_MS << r->busy_tries;
		if (r->res.retry_after_s >= 0)
			pause_ms = 1000 * (r->res.retry_after_s < RETRY_AFTER_MOST_S
							  ? r->res.retry_after_s
							  : RETRY_AFTER_MOST_S);
		r->again = r->busy_tries++ < BUSY_TRIES;
		break;
	case REFUSAL_BROKEN:
		pause_ms = BROKEN_PAUSE_MS;
		r->again = r->broken_tries++ < BROKEN_TRIES;
		break;
	case REFUSAL_FINAL:
		r->again = false;
	}
	r->pause_until_ms = pause_ms ? mono_ms() + pause_ms : 0;
	return r->again = r->again && r->pause_until_ms < r->q->deadline_ms;
}

/* The answer into q->answer, or what may help and *e. */
static enum refusal judge(struct arena *a, struct run *r, struct err *e)
{
	struct fetch_res *res = &r->res;
	if (res->err.code != ERR_NONE) {
		err_set(e, ERR_LLM_FAILED, "the model's endpoint %s",
			res->status ? "broke off its answer, or sent more than 1 MiB"
				    : "could not be reached");
		return REFUSAL_BROKEN;
	}
	if (!fetch_unpack(res, ANSWER_BYTES, a, e)) {
		err_set(e, ERR_LLM_FAILED,
			"the model's endpoint packed its answer wrongly, or sent"
			" more than 1 MiB");
		return REFUSAL_FINAL;
	}
	if (res->status < 200 || res->status > 299)
		return answer_refusal(a, res->status, res->body, e);
	(void)answer_read(a, res->body, &r->q->answer, e);
	return REFUSAL_FINAL;
}

static void record(struct run *r, const struct err *e)
{
	char model[LOG_QUOTE_SIZE], why[LOG_QUOTE_SIZE];
	const struct llm_answer *answer = &r->q->answer;
	bool ok = e->code == ERR_NONE;
	const char *reason = r->res.err.code != ERR_NONE ? r->res.err.msg : e->msg;
	r->q->usage->tokens_in += answer->tokens_in;
	r->q->usage->tokens_out += answer->tokens_out;
	metric_add(ok ? METRIC_LLM_OK : METRIC_LLM_FAILED, 1);
	metric_add(METRIC_LLM_TOKENS_IN, answer->tokens_in);
	metric_add(METRIC_LLM_TOKENS_OUT, answer->tokens_out);
	metric_ms(METRIC_LLM_MS, (double)r->res.took_ms);
	log_line(ok ? LOG_INFO : LOG_WARN,
		"llm.call ms=%lld in=%lld out=%lld status=%d model=%s%s%s",
		(long long)r->res.took_ms, (long long)answer->tokens_in,
		(long long)answer->tokens_out, r->res.status,
		log_quote(str_of(r->llm->conf->llm_model), model),
		ok ? "" : " why=", ok ? "" : log_quote(str_of(reason), why));
}

static enum flow_next step_read(struct flow *f)
{
	struct run *r = flow_self(f);
	struct err e = { 0 };
	lane_leave(r->llm->lane, &r->stay);
	r->q->answer = (struct llm_answer) { .content = { "", 0 } };
	enum refusal refusal = judge(f->call->arena, r, &e);
	record(r, &e);
	r->again = false;
	if (e.code == ERR_NONE && !arena_over(f->call->arena)) {
		endpoint_learn(r->llm, r->ways);
		return FLOW_NEXT;
	}
	bool timed_out = r->res.err.code == ERR_TIMEOUT &&
			 mono_ms() + BROKEN_PAUSE_MS >= r->q->deadline_ms;
	if (flow_cancelled(f) || late(r) || timed_out)
		return give_up(f, true);
	if (r->res.err.code == ERR_CANCELLED) /* the server is stopping */
		return give_up(f, false);
	if (arena_over(f->call->arena))
		return flow_fail(f, ERR_LLM_FAILED,
			"the page and the model's answers take more memory than a request has");
	if (!plan_again(r, refusal)) {
		f->err = e;
		return FLOW_FAILED;
	}
	if (!r->pause_until_ms)
		return FLOW_NEXT;
	return lane_sleep(r->llm->lane, &r->stay, f, r->pause_until_ms);
}

static enum flow_next step_again(struct flow *f)
{
	struct run *r = flow_self(f);
	if (!r->again)
		return FLOW_NEXT;
	if (mono_ms() < r->pause_until_ms)
		return give_up(f, false);
	return flow_again(f);
}

static enum flow_next step_leave(struct flow *f)
{
	struct run *r = flow_self(f);
	lane_leave(r->llm->lane, &r->stay);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = { { "llm.turn", step_turn, false },
	{ "llm.send", step_send, false }, { "llm.read", step_read, false },
	{ "llm.again", step_again, false }, { "llm.leave", step_leave, true },
	{ NULL, NULL, false } };

static void release_body(void *b)
{
	buf_release(b);
}

enum flow_next llm_enter(struct flow *f, struct llm *l, struct llm_question *q)
{
	struct run *r = ARENA_NEW(f->call->arena, struct run);
	r->llm = l;
	r->q = q;
	r->ways = endpoint_ways(l);
	buf_init(&r->body, REQUEST_BYTES);
	arena_defer(f->call->arena, release_body, &r->body);
	return flow_enter(f, steps, r);
}
