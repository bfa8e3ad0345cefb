/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One refresh: the metadata when it is due, then the keys. Each part is put in place as soon as it
 * is good; a part that fails leaves what was known. Only one runs at a time, so only one writes.
 */
#include "auth/issuer/inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct refresh {
	struct flow flow;
	struct call call;
	struct arena *arena;
	struct issuer *i;
	const char *urls[DISCOVER_URLS];
	int at; /* in urls; DISCOVER_URLS: the metadata is good, or not due */
	const char *jwks_uri;
	int64_t deadline_ms;
	struct fetch_req req;
	struct fetch_res res;
	struct err err;
};

static enum flow_next get(struct refresh *r, const char *url, struct flow *f)
{
	static const struct fetch_header headers[] = {
		{ "Accept", "application/json, application/jwk-set+json" }, { NULL, NULL }
	};
	int64_t left_ms = r->deadline_ms - mono_ms();
	struct err e;
	r->req = (struct fetch_req) { .policy = FETCH_OPERATOR,
		.headers = headers,
		.user_agent = "scraped/" SCRAPED_VERSION,
		.timeout_ms = left_ms > 0 ? left_ms : 1,
		.max_wire_bytes = KEY_SET_BYTES,
		.max_body_bytes = KEY_SET_BYTES };
	if (!url_parse(str_of(url), true, r->arena, &r->req.url, &e)) {
		err_set(&r->err, ERR_OVERLOADED, "its URL cannot be fetched: %s", e.msg);
		return FLOW_DONE;
	}
	fetch_begin(r->i->fetcher, &r->req, &r->res, f);
	return FLOW_PARKED;
}

/* The answer's JSON; NULL with r->err. */
static json_t *answer(struct refresh *r)
{
	struct err e;
	json_t *j = NULL;
	if (r->res.err.code != ERR_NONE)
		err_set(&r->err, ERR_OVERLOADED, "it cannot be reached: %s", r->res.err.msg);
	else if (r->res.status != 200)
		err_set(&r->err, ERR_OVERLOADED, "it answers with status %d", r->res.status);
	else if (!fetch_unpack(&r->res, KEY_SET_BYTES, r->arena, &e) ||
		 !(j = json_read(r->arena, r->res.body, &e)) || !json_is_object(j))
		err_set(&r->err, ERR_OVERLOADED, "its answer is no JSON object of 256 KiB");
	else
		return j;
	return NULL;
}

static enum flow_next step_metadata(struct flow *f)
{
	struct refresh *r = flow_self(f);
	return r->at < DISCOVER_URLS ? get(r, r->urls[r->at], f) : FLOW_NEXT;
}

void refresh_introspector(struct issuer *i, const struct issuer_metadata *m)
{
	const char *url = i->introspection_url[0] ? i->introspection_url
			  : m			  ? m->introspection_endpoint
						  : "";
	const json_t *ways =
		m ? json_object_get(m->all, "introspection_endpoint_auth_methods_supported")
		  : NULL;
	bool basic = json_array_size(ways) == 0, post = false;
	struct err e;
	size_t at;
	json_t *way;
	json_array_foreach(ways, at, way)
	{
		basic |= str_eq(str_of(json_string_value(way)), STR("client_secret_basic"));
		post |= str_eq(str_of(json_string_value(way)), STR("client_secret_post"));
	}
	if (!url[0] || !i->client_id[0] || !i->client_secret[0] || issuer_introspector(i))
		return;
	struct introspector *made = introspector_start(url,
		post && !basic ? "client_secret_post" : "client_secret_basic", i->client_id,
		i->client_secret, &e);
	if (!made) {
		log_error("issuer.introspection_unusable why=\"%s\"", e.msg);
		return;
	}
	pthread_mutex_lock(&i->lock);
	i->introspector = made;
	pthread_mutex_unlock(&i->lock);
}

static void keep_metadata(struct refresh *r, const struct issuer_metadata *m)
{
	struct issuer *i = r->i;
	struct buf text;
	buf_init(&text, 2 * KEY_SET_BYTES);
	json_put_value(&text, m->all);
	char *metadata = buf_take(&text, NULL), *jwks_uri = mem_text(m->jwks_uri);
	pthread_mutex_lock(&i->lock);
	char *old = i->metadata, *old_uri = i->jwks_uri;
	i->metadata = metadata;
	i->jwks_uri = jwks_uri;
	i->metadata_until_ms = mono_ms() + DAY_MS;
	pthread_mutex_unlock(&i->lock);
	mem_free(old);
	mem_free(old_uri);
	refresh_introspector(i, m);
}

/* A document that is not there, or is not this issuer's, may stand at the other place; an issuer
 * that cannot be reached has neither. */
static enum flow_next step_metadata_read(struct flow *f)
{
	struct refresh *r = flow_self(f);
	struct issuer_metadata m;
	if (r->at == DISCOVER_URLS)
		return FLOW_NEXT;
	json_t *j = answer(r);
	if (j && discover_read(j, r->i->text, &r->i->url, r->arena, &m, &r->err)) {
		keep_metadata(r, &m);
		r->jwks_uri = m.jwks_uri;
		r->err = (struct err) { ERR_NONE };
		r->at = DISCOVER_URLS;
		return FLOW_NEXT;
	}
	if (r->res.err.code != ERR_NONE || ++r->at == DISCOVER_URLS)
		return FLOW_DONE;
	return flow_again(f);
}

static enum flow_next step_keys(struct flow *f)
{
	struct refresh *r = flow_self(f);
	return get(r, r->jwks_uri, f);
}

static int64_t keys_life_ms(const struct fetch_res *res)
{
	int64_t s = res->max_age_s;
	if (s < 0)
		return KEYS_MS;
	if (s > DAY_MS / 1000)
		return DAY_MS;
	return s * 1000 < KEYS_LEAST_MS ? KEYS_LEAST_MS : s * 1000;
}

static enum flow_next step_keys_read(struct flow *f)
{
	struct refresh *r = flow_self(f);
	struct issuer *i = r->i;
	struct err e;
	char quoted[LOG_QUOTE_SIZE];
	json_t *j = answer(r);
	struct key_set *keys = j ? key_set_new(j, &e) : NULL;
	if (j && !keys)
		err_set(&r->err, ERR_OVERLOADED, "its keys are not usable: %s", e.msg);
	if (!keys)
		return FLOW_DONE;
	log_info("issuer.keys issuer=%s count=%zu life_s=%lld",
		log_quote(str_of(i->text), quoted), key_set_count(keys),
		(long long)keys_life_ms(&r->res) / 1000);
	pthread_mutex_lock(&i->lock);
	struct key_set *old = i->keys;
	i->keys = keys;
	i->keys_until_ms = mono_ms() + keys_life_ms(&r->res);
	pthread_mutex_unlock(&i->lock);
	if (old)
		key_set_drop(&old);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "issuer.metadata", step_metadata },
	{ "issuer.metadata_read", step_metadata_read },
	{ "issuer.keys", step_keys },
	{ "issuer.keys_read", step_keys_read },
	{ 0 },
};

/* Kids that somebody waited for and that are not there: not worth another refresh for a while. */
static void remember_missing(struct issuer *i, const struct waiter *w)
{
	for (; w; w = w->next) {
		int64_t now = mono_ms();
		if (!w->kid.p || key_set_has(i->keys, w->kid) ||
			issuer_is_missing(i, w->kid, now))
			continue;
		i->missing[i->missing_at++ % MISSING_MAX] =
			(struct missing) { hash64(w->kid), now + ISSUER_REFETCH_MS };
	}
}

static void end_refresh(struct issuer *i, const struct err *e)
{
	char quoted[LOG_QUOTE_SIZE];
	if (e->code != ERR_NONE)
		log_warn("issuer.refresh_failed issuer=%s why=\"%s\"",
			log_quote(str_of(i->text), quoted), e->msg);
	pthread_mutex_lock(&i->lock);
	i->refreshing = false;
	i->last = *e;
	if (e->code == ERR_NONE)
		remember_missing(i, i->waiters);
	struct waiter *all = waiting_take_locked(i);
	pthread_mutex_unlock(&i->lock);
	waiting_resume_all(all);
}

static void ended(struct flow *f)
{
	struct refresh *r = f->owner;
	struct arena *a = r->arena;
	end_refresh(r->i, &r->err);
	arena_free(&a);
}

/* After a failure the metadata is read again too: the keys may have moved. */
void refresh_begin(struct issuer *i, struct desks *d)
{
	struct arena *a = arena_new(0);
	struct refresh *r = ARENA_NEW(a, struct refresh);
	r->arena = r->call.arena = a;
	r->i = i;
	r->deadline_ms = mono_ms() + REFRESH_MS;
	pthread_mutex_lock(&i->lock);
	bool due =
		!i->metadata || i->last.code != ERR_NONE || i->metadata_until_ms <= mono_ms();
	if (!due)
		r->jwks_uri = arena_text(a, str_of(i->jwks_uri));
	pthread_mutex_unlock(&i->lock);
	r->at = due ? 0 : DISCOVER_URLS;
	discover_urls(&i->url, i->openid, a, r->urls);
	flow_init(&r->flow, &r->call, steps, r, ended);
	r->flow.owner = r;
	if (flow_start(d, &r->flow))
		return;
	err_set(&r->err, ERR_OVERLOADED, "the server is busy");
	end_refresh(i, &r->err);
	arena_free(&a);
}
