/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/grant/client.h"
#include "account/audit.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "base/mem.h"

#include <arpa/inet.h>

enum { ID_BYTES = 2048 };
#define UNUSED_MS (30 * DAY_MS)
static const char *const kinds[] = {
	[CLIENT_DCR] = "dcr", [CLIENT_CIMD] = "cimd", [CLIENT_STATIC] = "static"
};

const char *client_kind_name(enum client_kind kind)
{
	return kinds[kind];
}

bool client_find(
	struct store *s, struct str id, struct arena *a, struct client *out, struct err *e)
{
	struct clients_row row;
	if (!id.n || id.n > ID_BYTES || !str_utf8_ok(id) || str_find(id, 0) < id.n)
		return err_set(e, ERR_NOT_FOUND, "no such client");
	bool ok = clients_get(store_read(s), id, a, &row, e);
	store_read_end(s);
	return ok && client_from_row(&row, a, out, e);
}

bool client_list(
	struct store *s, struct arena *a, struct client **out, size_t *count, struct err *e)
{
	struct clients_row *rows;
	bool ok = clients_list(store_read(s), a, &rows, count, e);
	store_read_end(s);
	*out = ARENA_ARRAY(a, struct client, ok ? *count + 1 : 1);
	for (size_t i = 0; ok && i < *count; i++)
		ok = client_from_row(&rows[i], a, &(*out)[i], e);
	return ok;
}

bool client_secret_ok(const struct client *c, struct str secret)
{
	unsigned char hash[SHA256_SIZE];
	if (!c->secret_hash.p)
		return c->auth == AUTH_NONE;
	sha256(secret, hash);
	return same_secret(hash_str(hash), c->secret_hash);
}

/* --- registering --- */

void client_register_draw(struct client_register *c)
{
	struct client *client = &c->client;
	c->secret[0] = 0;
	client->secret_hash = (struct str) { NULL, 0 };
	ident_new("client", c->id);
	client->id = c->id;
	if (client->auth != AUTH_BASIC && client->auth != AUTH_POST)
		return;
	random_base62(c->secret, SECRET_CHARS);
	sha256(str_of(c->secret), c->secret_hash);
	client->secret_hash = hash_str(c->secret_hash);
}

const char *peer_network(const char *peer, char out[INET6_ADDRSTRLEN])
{
	struct in6_addr ip;
	snprintf(out, INET6_ADDRSTRLEN, "%s", peer ? peer : "");
	if (inet_pton(AF_INET6, out, &ip) != 1 || IN6_IS_ADDR_V4MAPPED(&ip))
		return out;
	memset(ip.s6_addr + 8, 0, 8);
	return inet_ntop(AF_INET6, &ip, out, INET6_ADDRSTRLEN) ? out : "";
}

/* *full: its network has registered enough for this hour. */
static bool count_of_hour(struct db *d, const struct client_register *c, const char *network,
	bool *full, struct err *e)
{
	int64_t count = 0;
	*full = false;
	if (!c->per_hour || !network[0] || c->client.kind != CLIENT_DCR)
		return true;
	if (!clients_count_from(d, network, now_ms() - HOUR_MS, &count, e))
		return false;
	*full = count >= c->per_hour;
	return true;
}

bool client_register_write(struct db *d, void *arg, struct err *e)
{
	struct client_register *c = arg;
	char network[INET6_ADDRSTRLEN], scopes[256];
	bool full;
	c->fault.code = ERR_NONE;
	if (!count_of_hour(d, c, peer_network(c->peer, network), &full, e))
		return false;
	if (full) {
		err_set(&c->fault, ERR_RATE_LIMITED,
			"too many registrations from this address, try again in an hour");
		return true;
	}
	scopes_print(c->client.scopes, ' ', scopes);
	char *metadata = json_dumps(c->client.metadata, JSON_COMPACT);
	struct clients_row row = { .id = c->id,
		.kind = kinds[c->client.kind],
		.name = c->client.name,
		.metadata = metadata,
		.secret_hash = c->client.secret_hash,
		.account_id = c->client.account_id,
		.scopes = scopes,
		.created_ms = now_ms(),
		.peer = network };
	int64_t removed = 0;
	bool ok = metadata && clients_put(d, &row, e);
	mem_free(metadata);
	enum audit_event event =
		c->client.kind == CLIENT_DCR ? AUDIT_CLIENT_REGISTERED : AUDIT_CLIENT_CREATED;
	/* a flood of registrations that push each other out is none for the audit too */
	return ok &&
	       (c->client.kind != CLIENT_DCR || !c->most ||
		       clients_trim(d, kinds[CLIENT_DCR], c->most, &removed, e)) &&
	       (removed ||
		       audit_put(d,
			       &(struct audit) { event, c->by, c->id, c->peer, c->client.name },
			       e));
}

/* --- ending --- */

/* The row stays: a described client would else come back with the next look at its document. */
bool client_revoke_write(struct db *d, void *arg, struct err *e)
{
	struct client_revoke *c = arg;
	bool found = false;
	c->fault.code = ERR_NONE;
	if (!clients_disable(d, c->id, &found, e))
		return false;
	if (!found) {
		err_set(&c->fault, ERR_NOT_FOUND, "no such client");
		return true;
	}
	return grants_revoke_client(d, c->id, "client revoked", now_ms(), NULL, e) &&
	       consents_drop(d, NULL, c->id, e) &&
	       audit_put(d,
		       &(struct audit) { AUDIT_CLIENT_REVOKED, c->by, c->id, c->peer, NULL },
		       e);
}

bool client_sweep_write(struct db *d, void *arg, struct err *e)
{
	int64_t now = now_ms();
	(void)arg;
	return clients_sweep(d, now - UNUSED_MS, now, e);
}
