/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/grant/request.h"
#include "account/audit.h"
#include "account/user.h"
#include "auth/grant/inner.h"
#include "base/buf.h"
#include "base/clock.h"
#include "store/codes.h"

void request_draw(struct request_put *c)
{
	ident_new("req", c->id);
	c->request.id = c->id;
}

bool request_put_write(struct db *d, void *arg, struct err *e)
{
	const struct request_put *c = arg;
	const struct auth_request *r = &c->request;
	char scopes[256];
	int64_t now = now_ms();
	scopes_print(r->scopes, ' ', scopes);
	return requests_put(d,
		&(struct requests_row) { .id = c->id,
			.session_hash = c->session_hash,
			.client_id = r->client_id,
			.redirect_uri = r->redirect_uri,
			.challenge = r->challenge,
			.scopes = scopes,
			.issuer = r->issuer,
			.resource = r->resource,
			.state = r->state,
			.dpop_jkt = r->dpop_jkt,
			.created_ms = now,
			.expires_ms = now + REQUEST_LIFE_MS },
		e);
}

bool request_trim_write(struct db *d, void *arg, struct err *e)
{
	(void)arg;
	return requests_trim(d, REQUESTS_KEPT, e);
}

static struct auth_request from_row(const struct requests_row *row)
{
	return (struct auth_request) { .id = row->id,
		.client_id = row->client_id,
		.redirect_uri = row->redirect_uri,
		.challenge = row->challenge,
		.scopes = scopes_known(str_of(row->scopes)),
		.issuer = row->issuer,
		.resource = row->resource,
		.state = row->state,
		.dpop_jkt = row->dpop_jkt,
		.expires_ms = row->expires_ms };
}

static bool id_ok(struct str id)
{
	return id.n > 0 && id.n < IDENT_SIZE && str_utf8_ok(id) && str_find(id, 0) == id.n;
}

bool request_get(struct store *s, struct str id, struct str session_hash, struct arena *a,
	struct auth_request *out, struct err *e)
{
	struct requests_row row;
	if (!id_ok(id) || session_hash.n != SHA256_SIZE)
		return err_set(e, ERR_NOT_FOUND, "no such authorization request");
	bool ok = requests_get(store_read(s), id, session_hash, now_ms(), a, &row, e);
	store_read_end(s);
	if (ok)
		*out = from_row(&row);
	return ok;
}

bool request_move_write(struct db *d, void *arg, struct err *e)
{
	const struct request_move *c = arg;
	return requests_move(d, c->from, c->to, e);
}

bool consent_known(struct store *s, const char *user_id, const struct auth_request *r)
{
	const char *scopes = "";
	struct err e;
	if (redirect_is_claimable(str_of(r->redirect_uri)))
		return false;
	struct arena *a = arena_new(0);
	bool ok =
		consents_get(store_read(s), user_id, r->client_id, r->resource, a, &scopes, &e);
	store_read_end(s);
	unsigned known = scopes_known(str_of(scopes));
	arena_free(&a);
	return ok && r->scopes && (r->scopes & ~known) == 0;
}

/* --- the answer --- */

void request_answer_draw(struct request_answer *c)
{
	ident_new("grant", c->grant_id);
	random_base62(c->code, SECRET_CHARS);
	sha256(str_of(c->code), c->code_hash);
}

static bool audit(struct db *d, const struct request_answer *c, const struct auth_request *r,
	enum audit_event event, struct err *e)
{
	char scopes[256], detail[512];
	scopes_print(c->scopes, ' ', scopes);
	snprintf(detail, sizeof detail, "%s%s%s", c->client_name, c->allow ? ": " : "",
		c->allow ? scopes : "");
	return audit_put(
		d, &(struct audit) { event, c->user_id, r->client_id, c->peer, detail }, e);
}

/* What was allowed before stays allowed: each scope was asked for once (7.15). */
static bool note_consent(struct db *d, const struct request_answer *c,
	const struct auth_request *r, struct arena *a, int64_t now, struct err *e)
{
	char scopes[256];
	const char *before;
	if (!consents_get(d, c->user_id, r->client_id, r->resource, a, &before, e))
		return false;
	scopes_print(c->scopes | scopes_known(str_of(before)), ' ', scopes);
	return consents_put(d, c->user_id, r->client_id, r->resource, scopes, now, e);
}

static bool make_grant(struct db *d, const struct request_answer *c,
	const struct auth_request *r, struct arena *a, struct err *e)
{
	char scopes[256];
	int64_t now = now_ms();
	scopes_print(c->scopes, ' ', scopes);
	struct grants_row grant = { .id = c->grant_id,
		.account_id = c->user_id,
		.client_id = r->client_id,
		.client_name = c->client_name,
		.kind = "code",
		.scopes = scopes,
		.issuer = r->issuer,
		.resource = r->resource,
		.dpop_jkt = r->dpop_jkt,
		.auth_ms = c->auth_ms,
		.created_ms = now,
		.used_ms = now,
		.expires_ms = now + c->grant_life_ms };
	struct codes_row code = { .hash = hash_str(c->code_hash),
		.grant_id = c->grant_id,
		.redirect_uri = r->redirect_uri,
		.challenge = r->challenge,
		.expires_ms = now + CODE_LIFE_MS };
	return grants_put(d, &grant, e) && codes_put(d, &code, e) &&
	       note_consent(d, c, r, a, now, e) && clients_touch(d, r->client_id, now, e) &&
	       audit(d, c, r, AUDIT_CONSENT, e);
}

static bool answer(struct db *d, struct request_answer *c, struct arena *a, struct err *e)
{
	struct requests_row row;
	unsigned may;
	bool live;
	if (!id_ok(c->id) || c->session_hash.n != SHA256_SIZE) {
		err_set(&c->fault, ERR_NOT_FOUND, "no such authorization request");
		return true;
	}
	if (!requests_take(d, c->id, c->session_hash, now_ms(), a, &row, e)) {
		c->fault = *e;
		return e->code == ERR_NOT_FOUND;
	}
	struct auth_request r = from_row(&row);
	if (!c->allow)
		return audit(d, c, &r, AUDIT_CONSENT_DENIED, e);
	e->code = ERR_NONE;
	if (!account_scopes(d, c->user_id, &may, e))
		return false;
	c->scopes &= r.scopes & may; /* the role may have changed since the page was read */
	if (!client_live(d, r.client_id, a, &live, e))
		return false;
	if (!live || !c->scopes) {
		err_set(&c->fault, ERR_NOT_FOUND, "the client is gone, or no scope is left");
		return true;
	}
	return make_grant(d, c, &r, a, e);
}

bool request_answer_write(struct db *d, void *arg, struct err *e)
{
	struct request_answer *c = arg;
	struct arena *a = arena_new(0);
	c->fault.code = ERR_NONE;
	bool ok = answer(d, c, a, e);
	arena_free(&a);
	return ok;
}

/* --- back to the client --- */

static void put_parameter(struct buf *b, const char *name, struct str value)
{
	char last = b->p[b->len - 1];
	bool query = str_find(buf_str(b), '?') < b->len;
	if (!query)
		buf_char(b, '?');
	else if (last != '?' && last != '&')
		buf_char(b, '&');
	buf_text(b, name);
	buf_char(b, '=');
	buf_percent(b, value);
}

const char *request_redirect(const struct auth_request *r, const char *code,
	const struct oauth_error *e, struct arena *a)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, r->redirect_uri);
	if (e) {
		put_parameter(&b, "error", str_of(oauth_name(e->code)));
		if (e->about[0])
			put_parameter(&b, "error_description", str_of(e->about));
	} else {
		put_parameter(&b, "code", str_of(code));
	}
	if (r->state.p)
		put_parameter(&b, "state", r->state);
	put_parameter(&b, "iss", str_of(r->issuer));
	const char *url = arena_text(a, buf_str(&b));
	buf_release(&b);
	return url;
}
