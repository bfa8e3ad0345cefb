/* SPDX-License-Identifier: Apache-2.0 */
/* What is known stands in a map of fixed size: where it is full, what was asked for longest ago goes. */
#include "auth/grant/client_keys.h"
#include "auth/grant/document.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

struct client_keys {
	struct documents *documents;
	pthread_mutex_t lock; /* of known and what is in it */
	struct map *known; /* uri -> struct kept */
};
struct kept { /* times: mono_ms */
	struct key_set *keys;
	int64_t fetched_ms, fresh_ms, used_ms;
};
struct key_look { /* one client_keys_enter, in its call's arena */
	struct client_keys *all;
	struct client_keys_find *find;
	struct key_set *before; /* find->keys as it came */
	struct document doc;
};

static const json_t *member_of(const json_t *metadata, const char *name)
{
	const json_t *v = json_object_get(metadata, name);
	return json_is_null(v) ? NULL : v;
}

static bool parse(const json_t *text, struct arena *a, struct url *url)
{
	struct err e;
	struct str s = { json_string_value(text), json_string_length(text) };
	return s.p && url_parse(s, true, a, url, &e) && str_eq(url->scheme, STR("https"));
}

const char *client_keys_fault(const json_t *metadata, enum client_kind kind, struct arena *a)
{
	const json_t *jwks = member_of(metadata, "jwks"),
		     *uri = member_of(metadata, "jwks_uri");
	const json_t *keys = json_object_get(jwks, "keys"), *one;
	struct url at, home;
	size_t i;
	if (!jwks == !uri)
		return "private_key_jwt needs either jwks or jwks_uri";
	if (jwks && !json_is_array(keys))
		return "jwks must be an object with a list of keys";
	json_array_foreach(keys, i,
		one) if (json_object_get(one, "d") ||
			 json_object_get(one, "k")) return "jwks must hold public keys alone";
	if (jwks)
		return NULL;
	if (!parse(uri, a, &at))
		return "jwks_uri must be an https URL";
	if (kind == CLIENT_CIMD && (!parse(member_of(metadata, "client_id"), a, &home) ||
					   !url_same_origin(&at, &home)))
		return "jwks_uri must be at the host of client_id";
	return NULL;
}

static void kept_free(void *arg)
{
	struct kept *kept = arg;
	key_set_drop(&kept->keys);
	mem_free(kept);
}

struct client_keys *client_keys_open(const struct conf *c, struct fetcher *f)
{
	struct documents *documents = documents_open(c, f, "keys");
	if (!documents)
		return NULL;
	struct client_keys *k = MEM_NEW(struct client_keys);
	k->documents = documents;
	k->known = map_new(CLIENT_KEYS_MAX);
	pthread_mutex_init(&k->lock, NULL);
	return k;
}

void client_keys_close(struct client_keys **k)
{
	if (!*k)
		return;
	map_free(&(*k)->known, kept_free);
	documents_close(&(*k)->documents);
	pthread_mutex_destroy(&(*k)->lock);
	mem_free(*k);
	*k = NULL;
}

/* --- what is known --- */

static void drop_keys(void *keys)
{
	struct key_set *k = keys;
	key_set_drop(&k);
}

static void give(struct key_look *l, struct kept *kept, int64_t now)
{
	struct client_keys_find *find = l->find;
	kept->used_ms = now;
	find->fault = (struct oauth_error) { OAUTH_NONE };
	if (find->keys == kept->keys)
		return; /* it holds them already */
	find->keys = key_set_hold(kept->keys);
	arena_defer(l->doc.flow->call->arena, drop_keys, find->keys);
}

/* Fresh; and where a key is missing among them, newer than those, or too new to be fetched again. */
static bool settles(const struct key_look *l, const struct kept *kept, int64_t now)
{
	return kept->fresh_ms > now &&
	       (l->before != kept->keys || kept->fetched_ms + CLIENT_KEYS_PAUSE_MS > now);
}

/* any: also what is no longer fresh, within a day. */
static bool take_known(struct key_look *l, bool any)
{
	struct client_keys *all = l->all;
	int64_t now = mono_ms();
	pthread_mutex_lock(&all->lock);
	struct kept *kept = map_get(all->known, l->doc.address);
	bool good = kept &&
		    (any ? kept->fetched_ms + DOCUMENT_MOST_MS > now : settles(l, kept, now));
	if (good)
		give(l, kept, now);
	pthread_mutex_unlock(&all->lock);
	return good;
}

struct oldest { /* what was asked for longest ago */
	struct kept *found;
};

static bool find_oldest(void *arg, struct str uri, void *value)
{
	struct oldest *o = arg;
	struct kept *kept = value;
	(void)uri;
	if (!o->found || kept->used_ms < o->found->used_ms)
		o->found = kept;
	return true;
}

static bool drop_found(void *arg, struct str uri, void *value)
{
	struct oldest *o = arg;
	(void)uri;
	if (value != o->found)
		return true;
	kept_free(value);
	return false;
}

static void forget_locked(struct client_keys *all, struct str uri)
{
	struct kept *kept = map_remove(all->known, uri);
	if (kept)
		kept_free(kept);
}

/* Takes the keys over. */
static void keep(struct key_look *l, struct key_set *keys)
{
	struct client_keys *all = l->all;
	struct kept *kept = MEM_NEW(struct kept);
	int64_t now = mono_ms();
	*kept = (struct kept) { keys, now, now + document_life_ms(&l->doc), now };
	pthread_mutex_lock(&all->lock);
	forget_locked(all, l->doc.address);
	if (map_count(all->known) >= CLIENT_KEYS_MAX) {
		struct oldest o = { NULL };
		map_each(all->known, find_oldest, &o);
		map_each(all->known, drop_found, &o);
	}
	map_put(all->known, l->doc.address, kept);
	give(l, kept, now);
	pthread_mutex_unlock(&all->lock);
}

/* --- the steps --- */

static enum flow_next step_known(struct flow *f)
{
	struct key_look *l = flow_self(f);
	if (!document_acceptable(&l->doc)) {
		l->find->keys = NULL;
		return FLOW_DONE;
	}
	return take_known(l, false) ? FLOW_DONE : FLOW_NEXT;
}

static enum flow_next step_join(struct flow *f)
{
	struct key_look *l = flow_self(f);
	switch (document_join(&l->doc)) {
	case DOCUMENT_WAITS:
		return FLOW_PARKED;
	case DOCUMENT_REFUSED:
		return FLOW_NEXT;
	case DOCUMENT_LEADS:
		break;
	}
	/* another leader may have ended between the look at what is known and now */
	l->doc.good = take_known(l, false);
	if (l->doc.good)
		return FLOW_NEXT;
	document_fetch(&l->doc);
	return FLOW_PARKED;
}

/* A document that came without usable keys has taken the old ones back. */
static void read_keys(struct key_look *l)
{
	struct document *d = &l->doc;
	struct err e = { ERR_NONE };
	const json_t *body = document_read(d);
	struct key_set *keys = body ? key_set_new(body, &e) : NULL;
	d->good = keys != NULL;
	if (keys) {
		keep(l, keys);
		return;
	}
	if (body)
		document_unusable(d, "content");
	log_info("client_keys.unusable host=%.*s why=%s", STR_ARG(d->req.url.host),
		d->gone ? err_name(d->res.err.code) : "document");
	if (d->gone)
		return;
	pthread_mutex_lock(&l->all->lock);
	forget_locked(l->all, d->address);
	pthread_mutex_unlock(&l->all->lock);
}

static enum flow_next step_fetched(struct flow *f)
{
	struct key_look *l = flow_self(f);
	struct document *d = &l->doc;
	if (d->role == DOCUMENT_LEADS && !d->good)
		read_keys(l);
	else if (d->role != DOCUMENT_LEADS && d->good && !take_known(l, true))
		document_unusable(d, "fetch");
	if (!d->good && d->gone)
		(void)take_known(l, true);
	if (l->find->fault.code != OAUTH_NONE)
		l->find->keys = NULL;
	return FLOW_NEXT;
}

/* Whatever happened: those who wait go on. */
static enum flow_next step_settle(struct flow *f)
{
	struct key_look *l = flow_self(f);
	if (l->doc.role != DOCUMENT_LEADS)
		return FLOW_NEXT;
	l->doc.cancelled |= f->err.code != ERR_NONE;
	document_end(&l->doc);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "client_keys.known", step_known },
	{ "client_keys.join", step_join },
	{ "client_keys.fetched", step_fetched },
	{ "client_keys.settle", step_settle, .always = true },
	{ 0 },
};

enum flow_next client_keys_enter(
	struct client_keys *k, struct client_keys_find *find, struct flow *f)
{
	struct key_look *l = ARENA_NEW(f->call->arena, struct key_look);
	l->all = k;
	l->find = find;
	l->before = find->keys;
	find->fault = (struct oauth_error) { OAUTH_NONE };
	l->doc = (struct document) { .of = k->documents,
		.flow = f,
		.address = str_of(find->uri),
		.peer = find->peer,
		.fault = &find->fault };
	return flow_enter(f, steps, l);
}
