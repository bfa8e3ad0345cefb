/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device authorization (RFC 8628). What a person types is made of consonants, so that no word comes
 * out, and compared without case, blanks and dashes (section 6.1).
 */
#include "auth/grant/device.h"
#include "account/audit.h"
#include "account/user.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"
#include "store/devices.h"

enum {
	CODE_BYTES = 256,
	USER_CHARS = 8,
	WAITING_MAX = 10000,
	SLOWER_MS = 5000,
	FORGOTTEN_MS = 3600 * 1000 /* after its end it is told why, for so long */
};
static const char consonants[] = "BCDFGHJKLMNPQRSTVWXZ";

static void draw_user_code(char out[USER_CODE_SIZE])
{
	enum { LETTERS = sizeof consonants - 1, FAIR = 256 / LETTERS * LETTERS };
	unsigned char byte;
	size_t n = 0;
	while (n < USER_CHARS + 1) {
		random_bytes(&byte, 1);
		if (byte >= FAIR)
			continue;
		if (n == USER_CHARS / 2)
			out[n++] = '-';
		out[n++] = consonants[byte % LETTERS];
	}
	out[n] = 0;
}

/* Upper case, letters alone; false: no user code. */
static bool normalise(struct str typed, char out[USER_CODE_SIZE])
{
	size_t n = 0;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == ' ' || c == '-' || c == '\t')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (n == USER_CHARS || !c || !strchr(consonants, c))
			return false;
		out[n++] = c;
	}
	out[n] = 0;
	return n == USER_CHARS;
}

void device_begin_draw(struct device_begin *c)
{
	random_base62(c->device_code, SECRET_CHARS);
	sha256(str_of(c->device_code), c->hash);
	draw_user_code(c->user_code);
}

bool device_begin_write(struct db *d, void *arg, struct err *e)
{
	struct device_begin *c = arg;
	char user_code[USER_CODE_SIZE], scopes[256];
	int64_t now = now_ms(), waiting;
	bool fresh;
	c->fault.code = ERR_NONE;
	if (!devices_waiting(d, now, &waiting, e))
		return false;
	if (waiting >= WAITING_MAX) {
		err_set(&c->fault, ERR_RATE_LIMITED, "too many devices are waiting, try again");
		return true;
	}
	scopes_print(c->scopes, ' ', scopes);
	normalise(str_of(c->user_code), user_code);
	struct devices_row row = { .hash = hash_str(c->hash),
		.user_code = user_code,
		.client_id = c->client->id,
		.scopes = scopes,
		.issuer = c->issuer,
		.resource = c->resource,
		.interval_ms = DEVICE_INTERVAL_MS,
		.created_ms = now,
		.expires_ms = now + DEVICE_LIFE_MS };
	if (!devices_put(d, &row, &fresh, e))
		return false;
	if (!fresh)
		err_set(&c->fault, ERR_OVERLOADED, "the user code is in use: draw again");
	return true;
}

bool device_get(struct store *s, struct str typed, struct arena *a, struct device_row *out,
	struct err *e)
{
	char user_code[USER_CODE_SIZE];
	struct devices_row row;
	if (!normalise(typed, user_code))
		return err_set(e, ERR_NOT_FOUND, "no such device code");
	bool ok = devices_by_user_code(store_read(s), user_code, now_ms(), a, &row, e);
	store_read_end(s);
	if (ok)
		*out = (struct device_row) { .user_code = arena_printf(a, "%.4s-%s",
						     row.user_code, row.user_code + 4),
			.client_id = row.client_id,
			.scopes = scopes_known(str_of(row.scopes)),
			.issuer = row.issuer,
			.resource = row.resource,
			.expires_ms = row.expires_ms };
	return ok;
}

bool device_sweep_write(struct db *d, void *arg, struct err *e)
{
	(void)arg;
	return devices_sweep(d, now_ms() - FORGOTTEN_MS, e);
}

/* --- the person's answer --- */

void device_answer_draw(struct device_answer *c)
{
	ident_new("grant", c->grant_id);
}

static bool make_grant(struct db *d, const struct device_answer *c,
	const struct devices_row *row, int64_t now, struct err *e)
{
	char scopes[256];
	scopes_print(c->scopes, ' ', scopes);
	return grants_put(d,
		&(struct grants_row) { .id = c->grant_id,
			.account_id = c->user_id,
			.client_id = row->client_id,
			.client_name = c->client_name,
			.kind = "device",
			.scopes = scopes,
			.issuer = row->issuer,
			.resource = row->resource,
			.auth_ms = c->auth_ms,
			.created_ms = now,
			.used_ms = now,
			.expires_ms = now + c->grant_life_ms },
		e);
}

static bool answer(struct db *d, struct device_answer *c, struct arena *a, struct err *e)
{
	char user_code[USER_CODE_SIZE];
	struct devices_row row;
	int64_t now = now_ms();
	unsigned may;
	bool taken = false, live;
	if (!normalise(c->typed, user_code) ||
		!devices_by_user_code(d, user_code, now, a, &row, e)) {
		err_set(&c->fault, ERR_NOT_FOUND, "no such device code");
		return e->code == ERR_NONE || e->code == ERR_NOT_FOUND;
	}
	if (!client_live(d, row.client_id, a, &live, e))
		return false;
	if (!account_scopes(d, c->user_id, &may, e))
		return false;
	c->scopes &= scopes_known(str_of(row.scopes)) & may;
	bool allow = c->allow && c->scopes && live;
	struct devices_answer said = { user_code, allow ? "allowed" : "denied", c->user_id,
		allow ? c->grant_id : NULL, c->auth_ms, now };
	if (!devices_answer(d, &said, &taken, e))
		return false;
	if (!taken || (c->allow && !allow))
		err_set(&c->fault, ERR_NOT_FOUND, "the client is gone, or no scope is left");
	return (!allow || !taken || make_grant(d, c, &row, now, e)) &&
	       audit_put(d,
		       &(struct audit) { allow ? AUDIT_CONSENT : AUDIT_CONSENT_DENIED,
			       c->user_id, row.client_id, c->peer, c->client_name },
		       e);
}

bool device_answer_write(struct db *d, void *arg, struct err *e)
{
	struct device_answer *c = arg;
	struct arena *a = arena_new(0);
	c->fault.code = e->code = ERR_NONE;
	bool ok = answer(d, c, a, e);
	arena_free(&a);
	return ok;
}

/* --- polling --- */

void device_poll_draw(struct device_poll *c)
{
	refresh_draw(c->refresh, c->refresh_hash);
}

static bool wait(struct db *d, struct device_poll *c, const struct devices_row *row,
	int64_t now, struct err *e)
{
	bool early = row->polled_ms && now - row->polled_ms < row->interval_ms;
	oauth_fail(&c->fault, early ? OAUTH_SLOW_DOWN : OAUTH_AUTHORIZATION_PENDING, "%s",
		early ? "poll less often" : "nobody has answered yet");
	return devices_polled(d, row->hash, now, row->interval_ms + (early ? SLOWER_MS : 0), e);
}

static bool issue(struct db *d, struct device_poll *c, const struct devices_row *row,
	int64_t now, struct err *e)
{
	struct grants_row g;
	bool taken;
	if (!grants_get(d, row->grant_id, c->arena, &g, e))
		return false;
	if (!grant_row_live(&g, now, &c->fault))
		return true;
	if (!devices_use(d, row->hash, &taken, e))
		return false;
	if (!taken) {
		oauth_fail(&c->fault, OAUTH_INVALID_GRANT, "the device code was used");
		return true;
	}
	struct issue i = { .grant = &g,
		.client = c->client,
		.refresh_hash = c->refresh_hash,
		.life = &c->life,
		.dpop_jkt = c->dpop_jkt,
		.peer = c->peer,
		.bind = true,
		.now_ms = now };
	if (!issue_write(d, &i, e))
		return false;
	grant_decide(&g, scopes_known(str_of(g.scopes)), c->dpop_jkt, c->arena, &c->grant);
	c->grant.refresh = i.refresh;
	return true;
}

bool device_poll_write(struct db *d, void *arg, struct err *e)
{
	struct device_poll *c = arg;
	unsigned char hash[SHA256_SIZE];
	struct devices_row row;
	int64_t now = now_ms();
	c->fault = (struct oauth_error) { OAUTH_NONE };
	c->grant = (struct token_grant) { 0 };
	e->code = ERR_NONE;
	sha256(c->device_code, hash);
	if (!c->device_code.n || c->device_code.n > CODE_BYTES ||
		!devices_by_hash(d, hash_str(hash), c->arena, &row, e) ||
		strcmp(row.client_id, c->client->id) != 0) {
		oauth_fail(&c->fault, OAUTH_INVALID_GRANT, "the device code is not known");
		return e->code == ERR_NONE || e->code == ERR_NOT_FOUND;
	}
	if (strcmp(row.state, "denied") == 0)
		oauth_fail(&c->fault, OAUTH_ACCESS_DENIED, "the person refused");
	else if (strcmp(row.state, "used") == 0)
		oauth_fail(&c->fault, OAUTH_INVALID_GRANT, "the device code was used");
	else if (row.expires_ms <= now)
		oauth_fail(&c->fault, OAUTH_EXPIRED_TOKEN, "nobody answered in time");
	else if (strcmp(row.state, "waiting") == 0)
		return wait(d, c, &row, now, e);
	else
		return issue(d, c, &row, now, e);
	return true;
}
