/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a client's document: from the store when it is fresh; else the first who asks fetches,
 * the others wait for what it gets. What went wrong is remembered for a minute, and told in one
 * word, the same for everything that happened on the way there.
 */
#include "auth/grant/cimd.h"
#include "auth/grant/cimd_in.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { FETCH_MS = 5000, BODY_BYTES = 64 * 1024 };
#define FRESH_LEAST_MS ((int64_t)5 * 60 * 1000)
#define FRESH_MOST_MS ((int64_t)24 * 60 * 60 * 1000)

static bool unusable(struct look *l, const char *word)
{
	return oauth_fail(&l->find->fault, OAUTH_INVALID_CLIENT,
		"the document of the client could not be used: %s", word);
}

/* --- may it be looked at --- */

static bool host_listed(const char *hosts, struct str host)
{
	struct str rest = str_of(hosts), one;
	while (str_cut(&rest, ',', &one))
		if (str_ieq(str_trim(one), host))
			return true;
	return !str_trim(str_of(hosts)).n;
}

/* 443, or what the operator's own setting names: an address and its port. */
static bool port_ok(struct cimd *c, const struct url *url)
{
	struct guard_address address;
	if (url->port == 443)
		return true;
	pthread_mutex_lock(&c->lock);
	bool ok = guard_address_parse(url->host, &address) &&
		  guard_is_target(c->guard, &address, url->port);
	pthread_mutex_unlock(&c->lock);
	return ok;
}

static bool acceptable(struct look *l)
{
	struct cimd *c = l->cimd;
	struct url *url = &l->req.url;
	struct err e;
	if (!c->conf->client_documents)
		return oauth_fail(&l->find->fault, OAUTH_INVALID_CLIENT,
			"clients that are described by a document are not accepted here");
	if (!cimd_id_ok(l->find->id) || !url_parse(l->find->id, guard_has_targets(c->guard),
						l->flow->call->arena, url, &e))
		return unusable(l, "address");
	if (!host_listed(c->conf->client_document_hosts, url->host))
		return unusable(l, "host");
	return port_ok(c, url) || unusable(l, "address");
}

/* --- what the store has --- */

/* false: it has nothing, or cannot be read. */
static bool look_stored(struct look *l)
{
	struct clients_row row;
	struct arena *a = l->flow->call->arena;
	struct err e;
	bool ok = clients_get(store_read(l->cimd->store), l->find->id, a, &row, &e);
	store_read_end(l->cimd->store);
	ok = ok && strcmp(row.kind, "cimd") == 0 &&
	     client_from_row(&row, a, &l->find->client, &e);
	l->fetched_ms = ok ? row.fetched_ms : 0;
	l->fresh_ms = ok ? row.fresh_ms : 0;
	return ok;
}

static enum flow_next step_stored(struct flow *f)
{
	struct look *l = flow_self(f);
	l->find->fault = (struct oauth_error) { OAUTH_NONE };
	if (!acceptable(l))
		return FLOW_DONE;
	l->stored = look_stored(l);
	bool settled = l->stored && (l->find->client.disabled || l->fresh_ms > now_ms());
	return settled ? FLOW_DONE : FLOW_NEXT;
}

/* --- fetching it --- */

static const struct fetch_header headers[] = { { "Accept", "application/json" },
	{ NULL, NULL } };

static enum flow_next step_join(struct flow *f)
{
	struct look *l = flow_self(f);
	switch (look_join(l)) {
	case LOOK_WAITS:
		return FLOW_PARKED;
	case LOOK_REFUSED:
		return FLOW_NEXT;
	default:
		break;
	}
	l->req.policy = FETCH_PAGE;
	l->req.headers = headers;
	l->req.user_agent = l->cimd->conf->user_agent_default;
	l->req.timeout_ms = FETCH_MS;
	l->req.max_wire_bytes = l->req.max_body_bytes = BODY_BYTES;
	fetch_begin(l->cimd->fetcher, &l->req, &l->res, f);
	return FLOW_PARKED;
}

static bool is_json(const char *mime)
{
	struct str s = str_of(mime);
	return s.p &&
	       (str_eq(s, STR("application/json")) ||
		       (str_starts(s, STR("application/")) && str_ends(s, STR("+json"))));
}

/* The document, checked. false: the fault says why; `gone` when the way there was at fault. */
static bool read_document(struct look *l)
{
	struct arena *a = l->flow->call->arena;
	struct fetch_res *r = &l->res;
	struct oauth_error why;
	struct err e;
	l->gone = r->err.code != ERR_NONE || r->status != 200;
	l->cancelled = r->err.code == ERR_CANCELLED;
	if (l->gone)
		return unusable(l, "fetch");
	if (!is_json(r->mime))
		return unusable(l, "type");
	if (!fetch_unpack(r, BODY_BYTES, a, &e))
		return unusable(l, "size");
	json_t *body = json_read(a, r->body, &e);
	const json_t *id = json_object_get(body, "client_id");
	if (!json_is_object(body))
		return unusable(l, "content");
	if (!str_eq((struct str) { json_string_value(id), json_string_length(id) },
		    l->find->id))
		return unusable(l, "client_id");
	if (client_metadata(body, CLIENT_CIMD, l->cimd->conf->client_schemes, a,
		    &l->find->client, &why))
		return true;
	l->find->fault = why;
	l->find->fault.code = OAUTH_INVALID_CLIENT;
	return false;
}

static bool write_document(struct db *d, void *arg, struct err *e)
{
	const struct look *l = arg;
	const struct client *client = &l->find->client;
	char *metadata = json_dumps(client->metadata, JSON_COMPACT);
	struct clients_row row = { .id = client->id,
		.kind = client_kind_name(CLIENT_CIMD),
		.name = client->name,
		.metadata = metadata,
		.scopes = "",
		.created_ms = l->fetched_ms,
		.fetched_ms = l->fetched_ms,
		.fresh_ms = l->fresh_ms };
	bool ok = metadata && clients_put_document(d, &row, e);
	mem_free(metadata);
	return ok && clients_trim(d, row.kind, l->cimd->conf->registration_max, e);
}

static int64_t fresh_for(int64_t max_age_s)
{
	if (max_age_s > FRESH_MOST_MS / 1000)
		return FRESH_MOST_MS;
	return max_age_s * 1000 < FRESH_LEAST_MS ? FRESH_LEAST_MS : max_age_s * 1000;
}

static enum flow_next keep_document(struct look *l)
{
	struct client *client = &l->find->client;
	l->good = true;
	l->fetched_ms = now_ms();
	l->fresh_ms = l->fetched_ms + fresh_for(l->res.max_age_s);
	client->id = arena_text(l->flow->call->arena, l->find->id);
	client->created_ms = l->fetched_ms;
	return store_write(l->cimd->store, l->flow, write_document, l);
}

static enum flow_next step_fetched(struct flow *f)
{
	struct look *l = flow_self(f);
	if (l->role == LOOK_LEADS && read_document(l))
		return keep_document(l);
	if (l->role == LOOK_LEADS)
		log_info("cimd.unusable host=%.*s why=%s", STR_ARG(l->req.url.host),
			l->gone ? err_name(l->res.err.code) : "document");
	if (l->good) /* the leader of this flow has stored it */
		(void)(look_stored(l) || unusable(l, "fetch"));
	/* it cannot be had just now: what it said within a day still holds. */
	if (!l->good && l->gone && l->stored && l->fetched_ms > now_ms() - FRESH_MOST_MS)
		l->find->fault = (struct oauth_error) { OAUTH_NONE };
	return FLOW_NEXT;
}

/* Whatever happened: those who wait go on. */
static enum flow_next step_settle(struct flow *f)
{
	struct look *l = flow_self(f);
	if (l->role != LOOK_LEADS)
		return FLOW_NEXT;
	if (f->err.code != ERR_NONE) { /* it could not be stored */
		l->good = false;
		l->cancelled = true;
		oauth_fail(&l->find->fault, OAUTH_TEMPORARILY_UNAVAILABLE, "try again");
	}
	look_end(l);
	if (l->good)
		(void)look_stored(l); /* what an administrator said about it, too */
	return FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "stored", step_stored },
	{ "join", step_join },
	{ "fetched", step_fetched },
	{ "settle", step_settle, .always = true },
	{ 0 },
};

enum flow_next cimd_enter(struct cimd *c, struct cimd_find *find, struct flow *f)
{
	struct look *l = ARENA_NEW(f->call->arena, struct look);
	l->cimd = c;
	l->find = find;
	l->flow = f;
	return flow_enter(f, steps, l);
}
