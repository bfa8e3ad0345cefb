/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a client's document: from the store when it is fresh; else the first who asks fetches,
 * the others wait for what it gets. What went wrong is remembered for a minute, and told in one
 * word, the same for everything that happened on the way there.
 */
#include "auth/grant/cimd.h"
#include "auth/grant/document.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct cimd {
	const struct conf *conf;
	struct store *store;
	struct documents *documents;
};
struct look { /* one cimd_find, in its call's arena */
	struct cimd *cimd;
	struct cimd_find *find;
	struct document doc;
	bool stored; /* find->client is what the store has */
	int64_t fetched_ms, fresh_ms;
};

struct cimd *cimd_open(const struct conf *conf, struct store *s, struct fetcher *f)
{
	struct documents *documents = documents_open(conf, f, "document");
	if (!documents)
		return NULL;
	struct cimd *c = MEM_NEW(struct cimd);
	*c = (struct cimd) { conf, s, documents };
	return c;
}

void cimd_close(struct cimd **c)
{
	if (!*c)
		return;
	documents_close(&(*c)->documents);
	mem_free(*c);
	*c = NULL;
}

/* --- may it be looked at --- */

static bool host_listed(const char *hosts, struct str host)
{
	return str_in_list(str_of(hosts), host) || !str_trim(str_of(hosts)).n;
}

static bool acceptable(struct look *l)
{
	struct cimd *c = l->cimd;
	if (!c->conf->client_documents)
		return oauth_fail(&l->find->fault, OAUTH_INVALID_CLIENT,
			"clients that are described by a document are not accepted here");
	if (!cimd_id_ok(l->find->id))
		return document_unusable(&l->doc, "address");
	if (!document_acceptable(&l->doc))
		return false;
	return host_listed(c->conf->client_document_hosts, l->doc.req.url.host) ||
	       document_unusable(&l->doc, "host");
}

/* --- what the store has --- */

/* false: it has nothing, or cannot be read. */
static bool look_stored(struct look *l)
{
	struct clients_row row;
	struct arena *a = l->doc.flow->call->arena;
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

static enum flow_next step_join(struct flow *f)
{
	struct look *l = flow_self(f);
	switch (document_join(&l->doc)) {
	case DOCUMENT_REFUSED:
		return FLOW_NEXT;
	case DOCUMENT_LEADS:
		document_fetch(&l->doc);
		break;
	case DOCUMENT_WAITS:
		break;
	}
	return FLOW_PARKED;
}

/* The document, checked. false: the fault says why. */
static bool read_document(struct look *l)
{
	struct oauth_error why;
	const json_t *body = document_read(&l->doc), *id = json_object_get(body, "client_id");
	if (!body)
		return false;
	if (!str_eq(json_str(id), l->find->id))
		return document_unusable(&l->doc, "client_id");
	if (client_metadata(body, CLIENT_CIMD, l->cimd->conf->client_schemes,
		    l->doc.flow->call->arena, &l->find->client, &why))
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
	return ok && clients_trim(d, row.kind, l->cimd->conf->registration_max, NULL, e);
}

static enum flow_next keep_document(struct look *l)
{
	struct client *client = &l->find->client;
	l->doc.good = true;
	l->fetched_ms = now_ms();
	l->fresh_ms = l->fetched_ms + document_life_ms(&l->doc);
	client->id = arena_text(l->doc.flow->call->arena, l->find->id);
	client->created_ms = l->fetched_ms;
	return store_write(l->cimd->store, l->doc.flow, write_document, l);
}

static enum flow_next step_fetched(struct flow *f)
{
	struct look *l = flow_self(f);
	struct document *d = &l->doc;
	if (d->role == DOCUMENT_LEADS && read_document(l))
		return keep_document(l);
	if (d->role == DOCUMENT_LEADS)
		log_info("cimd.unusable host=%.*s why=%s", STR_ARG(d->req.url.host),
			d->gone ? err_name(d->res.err.code) : "document");
	if (d->good) /* the leader of this flow has stored it */
		(void)(look_stored(l) || document_unusable(d, "fetch"));
	/* it cannot be had just now: what it said within a day still holds. */
	if (!d->good && d->gone && l->stored && l->fetched_ms > now_ms() - DOCUMENT_MOST_MS)
		l->find->fault = (struct oauth_error) { OAUTH_NONE };
	return FLOW_NEXT;
}

/* Whatever happened: those who wait go on. */
static enum flow_next step_settle(struct flow *f)
{
	struct look *l = flow_self(f);
	if (l->doc.role != DOCUMENT_LEADS)
		return FLOW_NEXT;
	if (f->err.code != ERR_NONE) { /* it could not be stored */
		l->doc.good = false;
		l->doc.cancelled = true;
		oauth_fail(&l->find->fault, OAUTH_TEMPORARILY_UNAVAILABLE, "try again");
	}
	document_end(&l->doc);
	if (l->doc.good)
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
	l->doc = (struct document) { .of = c->documents,
		.flow = f,
		.address = find->id,
		.peer = find->peer,
		.fault = &find->fault };
	return flow_enter(f, steps, l);
}
