/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a job: everything is checked before anything is written, so that a job that was accepted
 * can only fail by what its targets do.
 */
#include "account/principal.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/metric.h"
#include "job/job_in.h"
#include "net/guard.h"

/* --- checks --- */

/* As the fetch will judge it: a literal address that may not be dialled is refused at once. */
static bool target_ok(struct jobs *j, struct str text, struct arena *scratch, struct err *e)
{
	struct url url;
	struct guard_address address;
	if (!url_parse(text, guard_has_targets(j->guard), scratch, &url, e))
		return false;
	if (!url.ip)
		return true;
	pthread_mutex_lock(&j->gate);
	bool ok = guard_address_parse(url.host, &address) &&
		  guard_allows(j->guard, &address, url.port, FETCH_PAGE);
	pthread_mutex_unlock(&j->gate);
	return ok || err_set(e, ERR_PRIVATE, "target is not a public address");
}

static bool name_place(struct err *e, const char *place)
{
	struct err why = *e;
	return err_set(e, why.code, "%s: %s", place, why.msg);
}

static bool urls_ok(struct jobs *j, struct job_make *m, struct arena *a, struct err *e)
{
	struct arena *scratch = arena_new(0);
	size_t kept = 0, failed = m->urls.n;
	for (size_t i = 0; i < m->urls.n && failed == m->urls.n; i++) {
		bool ok = target_ok(j, str_of(m->urls.v[i]), scratch, e);
		arena_reset(scratch);
		if (ok)
			m->urls.v[kept++] = m->urls.v[i];
		else if (!m->ignore_invalid_urls)
			failed = i;
		else
			*e = (struct err) { 0 };
	}
	arena_free(&scratch);
	if (failed < m->urls.n)
		return name_place(e, arena_printf(a, "urls[%zu]", failed));
	m->urls.n = kept;
	return kept > 0 || err_set(e, ERR_INVALID_URL, "urls: none of them can be used");
}

static bool key_ok(const char *key, struct err *e)
{
	size_t n = strlen(key);
	bool printable = n > 0 && n <= IDEMPOTENCY_KEY_MOST;
	for (size_t i = 0; i < n && printable; i++)
		printable = key[i] >= 0x20 && key[i] < 0x7f;
	return printable || err_set(e, ERR_INVALID_REQUEST,
				    "the idempotency key must be 1 to %d printable ASCII "
				    "characters",
				    IDEMPOTENCY_KEY_MOST);
}

static bool webhook_ok(struct jobs *j, const struct job_make *m, struct arena *a, struct err *e)
{
	return !m->webhook || target_ok(j, str_of(m->webhook), a, e) ||
	       name_place(e, "webhook");
}

static bool spec_ok(const struct job_make *m, struct arena *a, struct err *e)
{
	const struct job_spec *s = &m->spec;
	if (s->jitter_min_ms < 0 || s->jitter_min_ms > s->jitter_max_ms || s->width < 0)
		return err_set(e, ERR_INVALID_REQUEST,
			"the pause between requests must not begin above its end");
	return !s->selectors || pick_compile(a, s->selectors, e);
}

static bool make_ok(struct jobs *j, struct job_make *m, struct arena *a, struct err *e)
{
	size_t most = (size_t)j->conf->job_max_urls;
	if (!m->urls.n)
		return err_set(
			e, ERR_INVALID_REQUEST, "urls must be an array of 1 to %zu URLs", most);
	if (m->urls.n > most)
		return err_set(e, ERR_TOO_MANY_URLS, "urls has %zu URLs; one job may have %zu",
			m->urls.n, most);
	if (m->name && str_utf8_count(str_of(m->name)) > JOB_NAME_MOST)
		return err_set(e, ERR_INVALID_REQUEST, "name must have at most %d characters",
			JOB_NAME_MOST);
	if (m->timeout_ms > j->conf->job_timeout_ms)
		return err_set(e, ERR_INVALID_REQUEST,
			"timeoutMs of a job must be at most %lld on this server",
			(long long)j->conf->job_timeout_ms);
	return (!m->idempotency_key || key_ok(m->idempotency_key, e)) && spec_ok(m, a, e) &&
	       webhook_ok(j, m, a, e) && urls_ok(j, m, a, e);
}

/* --- writing --- */

struct making {
	struct jobs *jobs;
	struct job_make *make;
	struct job_put put;
	unsigned char hash[SHA256_SIZE];
	char id[IDENT_SIZE], endpoint_id[IDENT_SIZE];
};

static void add_text(struct buf *b, const char *text)
{
	buf_text(b, text ? text : "");
	buf_char(b, 0);
}

/* Two requests are the same when they ask for the same, in whatever spelling. */
static void hash_request(struct making *w, const struct job_make *m)
{
	struct buf b;
	buf_init(&b, SIZE_MAX / 2);
	add_text(&b, w->put.row.spec);
	add_text(&b, m->name);
	add_text(&b, m->webhook);
	add_text(&b, m->dialect);
	buf_addf(&b, "%lld", (long long)m->timeout_ms);
	for (size_t i = 0; i < m->urls.n; i++) {
		buf_char(&b, 0);
		buf_text(&b, m->urls.v[i]);
	}
	sha256(buf_str(&b), w->hash);
	buf_release(&b);
	w->put.request_hash = hash_str(w->hash);
}

static void fill_put(struct making *w, const char *account, struct arena *a)
{
	const struct conf *c = w->jobs->conf;
	const struct job_make *m = w->make;
	ident_new("job", w->id);
	ident_new("ep", w->endpoint_id);
	w->put = (struct job_put) {
		.row = { .id = w->id,
			.account_id = account,
			.kind = "pages",
			.dialect = m->dialect,
			.name = m->name ? m->name : "",
			.spec = job_spec_print(&m->spec, a),
			.state = JOB_QUEUED,
			.total = (int64_t)m->urls.n },
		.urls = m->urls,
		.webhook_url = m->webhook,
		.secret = m->webhook ? hook_secret(a) : NULL,
		.endpoint_id = w->endpoint_id,
		.idempotency_key = m->idempotency_key,
		.open_max = c->jobs_open,
		.open_account_max = c->jobs_open_per_account,
		.arena = a,
	};
	if (m->idempotency_key)
		hash_request(w, m);
}

/* The times are taken while nobody else writes: so no job is committed after one that was made later,
 * and a runner of another process that looks for the newest ones misses none. */
static bool write_put(struct db *d, void *making, struct err *e)
{
	struct making *w = making;
	const struct job_make *m = w->make;
	int64_t now = now_ms();
	w->put.row.created_ms = now;
	w->put.row.deadline_ms =
		now + (m->timeout_ms > 0 ? m->timeout_ms : w->jobs->conf->job_timeout_ms);
	w->put.idempotency_until_ms = now + DAY_MS;
	return job_put_write(d, &w->put, e);
}

static enum flow_next step_check(struct flow *f)
{
	struct making *w = flow_self(f);
	struct arena *a = f->call->arena;
	if (!make_ok(w->jobs, w->make, a, &f->err))
		return FLOW_FAILED;
	fill_put(w, f->call->who->account_id, a);
	return store_write(w->jobs->store, f, write_put, w);
}

static enum flow_next step_made(struct flow *f)
{
	struct making *w = flow_self(f);
	struct job_make *m = w->make;
	struct job_put *p = &w->put;
	if (p->fault.code != ERR_NONE) {
		f->err = p->fault;
		return FLOW_FAILED;
	}
	m->existed = p->existing_id != NULL;
	if (m->existed)
		return job_get(w->jobs, p->existing_id, p->row.account_id, f->call->arena,
			       &m->row, &f->err)
			       ? FLOW_NEXT
			       : FLOW_FAILED;
	m->row = p->row;
	if (p->row.webhook && strcmp(p->row.webhook, w->endpoint_id) == 0)
		m->webhook_secret = p->secret;
	metric_add(METRIC_JOBS_MADE, 1);
	runner_made(w->jobs, &m->row);
	return FLOW_NEXT;
}

static const struct flow_step make_steps[] = {
	{ "check", step_check },
	{ "made", step_made },
	{ 0 },
};

enum flow_next job_make(struct jobs *j, struct flow *f, struct job_make *m)
{
	struct making *w = ARENA_NEW(f->call->arena, struct making);
	w->jobs = j;
	w->make = m;
	return flow_enter(f, make_steps, w);
}
