/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cookie's text is never stored: the store finds the row by its SHA-256. Each look-up reads the
 * user along, so a role that was changed or a user who was disabled counts at the next request.
 */
#include "account/session.h"
#include "account/audit.h"
#include "account/user_name.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/sessions.h"

enum { PEER_BYTES = 64, AGENT_BYTES = 200, TOUCH_EVERY_MS = 60000 };
_Static_assert((int)SECRET_CHARS < (int)SESSION_TEXT_SIZE, "a session fits its text");

static struct sessions_since since(struct session_life life)
{
	int64_t now = now_ms();
	return (struct sessions_since) { now - life.idle_ms, now - life.max_ms };
}

static void of_row(const struct sessions_row *row, struct arena *a, struct session *out)
{
	*out = (struct session) {
		.hash = row->hash,
		.id = row->id,
		.csrf = row->csrf,
		.state = row->state,
		.notice = row->notice,
		.created_ms = row->created_ms,
		.seen_ms = row->seen_ms,
		.auth_ms = row->auth_ms,
		.peer = row->peer,
		.agent = row->agent,
	};
	if (row->user_there) {
		struct user *user = ARENA_NEW(a, struct user);
		user_of_row(&row->user, user);
		out->user = user;
	}
}

bool session_find(struct store *s, struct str text, struct session_life life, struct arena *a,
	struct session *out, struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	struct sessions_row row;
	if (text.n != SECRET_CHARS)
		return err_set(e, ERR_NOT_FOUND, "no such session");
	sha256(text, hash);
	struct str key = hash_str(hash);
	bool ok = sessions_get(store_read(s), key, since(life), a, &row, e);
	store_read_end(s);
	if (!ok)
		return false;
	bool lost = row.account_id && (!row.user_there || row.user.disabled);
	if (lost || !same_secret(key, row.hash))
		return err_set(e, ERR_NOT_FOUND, "no such session");
	of_row(&row, a, out);
	out->touch_ms = life.idle_ms / 4 < TOUCH_EVERY_MS ? life.idle_ms / 4 : TOUCH_EVERY_MS;
	return true;
}

bool session_list(struct store *s, const char *user_id, struct session_life life,
	struct arena *a, struct session **out, size_t *count, struct err *e)
{
	struct sessions_row *rows;
	bool ok = sessions_list(store_read(s), user_id, since(life), a, &rows, count, e);
	store_read_end(s);
	if (!ok)
		return false;
	*out = ARENA_ARRAY(a, struct session, *count + 1);
	for (size_t i = 0; i < *count; i++)
		of_row(&rows[i], a, &(*out)[i]);
	return true;
}

void session_start_draw(struct session_start *c)
{
	random_base62(c->text, SECRET_CHARS);
	random_base62(c->csrf, SECRET_CHARS);
	sha256(str_of(c->text), c->hash);
	ident_new("ses", c->id);
}

/* What a stranger sent, as it may be stored and shown: UTF-8, one line, not too long. */
static const char *kept(const char *text, size_t most, struct arena *a)
{
	struct str s = str_of(text ? text : "");
	if (!str_utf8_ok(s))
		return "";
	char *out = arena_text(a, str_head(s, most));
	for (char *p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			*p = ' ';
	return out;
}

static bool start(struct db *d, struct session_start *c, struct arena *a, struct err *e)
{
	struct sessions_row old = { 0 };
	const char *whose;
	int64_t now = now_ms(), count;
	if (c->old.p) {
		if (!sessions_get(d, c->old, (struct sessions_since) { 0 }, a, &old, e) &&
			e->code != ERR_NOT_FOUND)
			return false;
		if (!sessions_drop(d, c->old, a, &whose, &count, e))
			return false;
	}
	struct sessions_row row = {
		.hash = hash_str(c->hash),
		.id = c->id,
		.account_id = c->user_id,
		.csrf = c->csrf,
		.state = old.state,
		.notice = old.notice,
		.created_ms = now,
		.seen_ms = now,
		.auth_ms = c->user_id ? now : 0,
		.peer = kept(c->peer, PEER_BYTES, a),
		.agent = kept(c->agent, AGENT_BYTES, a),
	};
	return sessions_put(d, &row, e);
}

bool session_start_write(struct db *d, void *arg, struct err *e)
{
	struct arena *a = arena_new(0);
	bool ok = start(d, arg, a, e);
	arena_free(&a);
	return ok;
}

/* --- keeping it alive --- */

struct touch {
	unsigned char hash[SHA256_SIZE];
	int64_t now;
};

static bool write_touch(struct db *d, void *arg, struct err *e)
{
	const struct touch *t = arg;
	return sessions_touch(d, hash_str(t->hash), t->now, e);
}

static void end_touch(void *arg, const struct err *e)
{
	(void)e; /* the store has logged it; the next request tries again */
	mem_free(arg);
}

void session_touch(struct store *s, const struct session *session)
{
	int64_t now = now_ms();
	if (now - session->seen_ms < session->touch_ms || session->hash.n != SHA256_SIZE)
		return;
	struct touch *t = MEM_NEW(struct touch);
	memcpy(t->hash, session->hash.p, SHA256_SIZE);
	t->now = now;
	if (!store_post(s, write_touch, end_touch, t))
		mem_free(t);
}

/* --- changing and ending --- */

bool session_state_write(struct db *d, void *arg, struct err *e)
{
	const struct session_state *c = arg;
	return sessions_state(d, c->hash, c->state, c->notice, e);
}

static bool sign_out(struct db *d, struct session_end *c, struct err *e)
{
	struct arena *a = arena_new(0);
	const char *whose;
	bool ok = sessions_drop(d, c->hash, a, &whose, &c->ended, e) &&
		  (!whose || audit_put(d,
				     &(struct audit) {
					     AUDIT_SIGN_OUT, whose, NULL, c->peer, NULL },
				     e));
	arena_free(&a);
	return ok;
}

bool session_end_write(struct db *d, void *arg, struct err *e)
{
	struct session_end *c = arg;
	c->ended = 0;
	if (c->hash.p)
		return sign_out(d, c, e);
	return sessions_drop_of(d, c->user_id, c->id, c->keep, &c->ended, e) &&
	       (!c->ended || audit_put(d,
				     &(struct audit) { AUDIT_SESSION_ENDED, c->user_id, c->id,
					     c->peer, c->id ? NULL : "all others" },
				     e));
}

bool session_sweep_write(struct db *d, void *arg, struct err *e)
{
	const struct session_sweep *c = arg;
	return sessions_sweep(d, since(c->life), e);
}
