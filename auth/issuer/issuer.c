/* SPDX-License-Identifier: Apache-2.0 */
/* What is known, and when more is fetched: decided under the lock, from the state alone. */
#include "auth/issuer/inside.h"
#include "base/clock.h"
#include "base/mem.h"

struct issuer *issuer_open(const struct issuer_setup *s, struct fetcher *f, struct err *e)
{
	struct arena *a = arena_new(0);
	struct url url;
	if (!discover_issuer(s->url, a, &url, e)) {
		arena_free(&a);
		return NULL;
	}
	struct issuer *i = MEM_NEW(struct issuer);
	i->arena = a;
	i->url = url;
	i->text = mem_text(s->url);
	i->openid = s->openid;
	i->client_id = mem_text(s->client_id ? s->client_id : "");
	i->client_secret = mem_text(s->client_secret ? s->client_secret : "");
	i->introspection_url = mem_text(s->introspection_url ? s->introspection_url : "");
	i->fetcher = f;
	i->verdicts = verdicts_new();
	waiting_start(i);
	refresh_introspector(i, NULL);
	return i;
}

void issuer_close(struct issuer **ip)
{
	struct issuer *i = *ip;
	if (!i)
		return;
	introspector_stop(&i->introspector);
	waiting_stop(i);
	if (i->keys)
		key_set_drop(&i->keys);
	verdicts_free(&i->verdicts);
	mem_wipe(i->client_secret, strlen(i->client_secret));
	mem_free(i->client_secret);
	mem_free(i->client_id);
	mem_free(i->introspection_url);
	mem_free(i->metadata);
	mem_free(i->jwks_uri);
	mem_free(i->text);
	arena_free(&i->arena);
	mem_free(i);
	*ip = NULL;
}

struct introspector *issuer_introspector(struct issuer *i)
{
	pthread_mutex_lock(&i->lock);
	struct introspector *made = i->introspector;
	pthread_mutex_unlock(&i->lock);
	return made;
}

struct asking { /* one issuer_enter */
	struct issuer *i;
	struct issuer_ask *ask;
	struct waiter waiter;
	bool waited;
};
struct plan {
	bool have, start, wait; /* it is known; begin a refresh; park until it ends */
	bool missing; /* looked for a moment ago */
	char *metadata; /* copied out under the lock */
};

static void drop_keys(void *keys)
{
	struct key_set *k = keys;
	key_set_drop(&k);
}

bool issuer_is_missing(const struct issuer *i, struct str kid, int64_t now)
{
	for (size_t n = 0; n < MISSING_MAX; n++)
		if (i->missing[n].until_ms > now && i->missing[n].hash == hash64(kid))
			return true;
	return false;
}

static bool may_try(int64_t last_ms, int64_t pause_ms, int64_t now)
{
	return last_ms == 0 || now - last_ms >= pause_ms;
}

/* Known but past its life: fetched anew in the background, and waited for when it is long past. */
static void plan_known(
	const struct issuer *i, const struct issuer_ask *ask, int64_t now, struct plan *p)
{
	int64_t until = ask->metadata_only ? i->metadata_until_ms : i->keys_until_ms;
	p->start =
		now >= until && !i->refreshing && may_try(i->tried_ms, ISSUER_REFETCH_MS, now);
	p->wait = now >= until + STALE_MS && (p->start || i->refreshing);
}

static void plan_unknown(
	struct issuer *i, const struct issuer_ask *ask, int64_t now, struct plan *p)
{
	bool search = ask->kid.p && i->keys && !ask->metadata_only;
	p->missing = search && issuer_is_missing(i, ask->kid, now);
	if (p->missing)
		return;
	p->start = !i->refreshing && (search ? may_try(i->searched_ms, ISSUER_REFETCH_MS, now)
					     : may_try(i->tried_ms, RETRY_MS, now));
	p->wait = p->start || i->refreshing;
	if (search && p->start)
		i->searched_ms = now;
}

static bool is_known(const struct issuer *i, const struct issuer_ask *ask)
{
	if (ask->metadata_only)
		return i->metadata != NULL;
	return i->keys && (!ask->kid.p || key_set_has(i->keys, ask->kid));
}

/* A kid that nobody has looked for since it came may be good: clients throw a token away that gets
 * 401, so they are told to come again. */
static void why_not(const struct asking *s, bool missing, struct err *e)
{
	const struct issuer *i = s->i;
	if (missing)
		err_set(e, ERR_NOT_FOUND, "its issuer has no key of that kid");
	else if (i->refreshing)
		err_set(e, ERR_OVERLOADED, "the issuer did not answer in time");
	else if (i->last.code != ERR_NONE)
		err_set(e, ERR_OVERLOADED, "the issuer's keys cannot be had: %.150s",
			i->last.msg);
	else if (s->ask->kid.p && s->waited)
		err_set(e, ERR_NOT_FOUND, "its issuer has no key of that kid");
	else
		err_set(e, ERR_OVERLOADED,
			"the issuer's keys were fetched a moment ago, "
			"without one of that kid: try again later");
}

/* Under the lock. Who has waited takes what there is. */
static struct plan decide(struct asking *s)
{
	struct issuer *i = s->i;
	struct issuer_ask *ask = s->ask;
	struct plan p = { .have = is_known(i, ask) };
	int64_t now = mono_ms();
	if (!s->waited && p.have)
		plan_known(i, ask, now, &p);
	else if (!s->waited)
		plan_unknown(i, ask, now, &p);
	if (p.start) {
		i->refreshing = true;
		i->tried_ms = now;
	}
	if (p.wait) {
		waiting_add_locked(i, &s->waiter);
		return p;
	}
	ask->err = (struct err) { ERR_NONE };
	if (!p.have)
		why_not(s, p.missing, &ask->err);
	else if (ask->metadata_only)
		p.metadata = mem_text(i->metadata);
	else
		ask->keys = key_set_hold(i->keys);
	return p;
}

static void give(struct asking *s, struct plan *p, struct arena *a)
{
	struct issuer_ask *ask = s->ask;
	struct err e;
	if (ask->keys)
		arena_defer(a, drop_keys, ask->keys);
	if (!p->metadata)
		return;
	json_t *all = json_read(a, str_of(p->metadata), &e);
	if (!discover_read(all, s->i->text, &s->i->url, a, &ask->metadata, &e))
		ask->err = e;
	mem_free(p->metadata);
}

static enum flow_next step_look(struct flow *f)
{
	struct asking *s = flow_self(f);
	struct issuer *i = s->i;
	struct desks *desks = f->desks;
	struct arena *a = f->call->arena;
	pthread_mutex_lock(&i->lock);
	struct plan p = decide(s);
	pthread_mutex_unlock(&i->lock);
	if (p.wait) { /* the flow may run elsewhere already */
		if (p.start)
			refresh_begin(i, desks);
		return FLOW_PARKED;
	}
	if (p.start)
		refresh_begin(i, desks);
	give(s, &p, a);
	return FLOW_DONE;
}

static enum flow_next step_waited(struct flow *f)
{
	struct asking *s = flow_self(f);
	s->waited = true;
	return flow_again(f);
}

static const struct flow_step steps[] = {
	{ "issuer.look", step_look },
	{ "issuer.waited", step_waited },
	{ 0 },
};

enum flow_next issuer_enter(struct issuer *i, struct issuer_ask *ask, struct flow *f)
{
	struct asking *s = ARENA_NEW(f->call->arena, struct asking);
	s->i = i;
	s->ask = ask;
	s->waiter = (struct waiter) { .flow = f, .kid = ask->kid };
	ask->keys = NULL;
	ask->metadata = (struct issuer_metadata) { 0 };
	ask->err = (struct err) { ERR_NONE };
	return flow_enter(f, steps, s);
}
