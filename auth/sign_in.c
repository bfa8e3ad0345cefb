/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the user is unknown, has no password, or the password is wrong: the same argon2 run is
 * computed, the same write is made, and the same words come out.
 */
#include "auth/sign_in.h"
#include "account/throttle.h"
#include "auth/grant/request.h"
#include "base/mem.h"

struct signing {
	struct sign_in *s;
	struct password_job job;
	const char *hash; /* that the password was held against; NULL: nobody's */
	bool good; /* written: the password was right, and is so still */
};

/* Everything that follows from the verdict, in one transaction. A password that was replaced while this
 * one was computed makes it a wrong one. */
static bool write_outcome(struct db *d, void *arg, struct err *e)
{
	struct signing *in = arg;
	struct sign_in *s = in->s;
	bool enters = in->job.good && !s->user.disabled;
	struct user_change change = { .what = USER_SIGNED_IN,
		.id = s->user.id,
		.hash = in->job.made[0] ? in->job.made : NULL,
		.was = in->hash,
		.by = s->user.id,
		.peer = s->peer };
	if (enters && !user_change_write(d, &change, e))
		return false;
	in->good = in->job.good && change.fault.code == ERR_NONE;
	enters = enters && in->good;
	struct throttle_note note = {
		.what = THROTTLE_SIGN_IN, .name = s->name, .peer = s->peer, .failed = !in->good
	};
	struct audit told = { .event = enters ? AUDIT_SIGN_IN : AUDIT_SIGN_IN_FAILED,
		.account_id = s->user.id,
		.subject = s->user.name,
		.peer = s->peer };
	struct request_move move = { s->old_session, hash_str(s->session.hash) };
	if (!enters)
		told.detail = in->good ? "the account is disabled" : "wrong password";
	if (!throttle_note_write(d, &note, e) || !audit_put(d, &told, e))
		return false;
	return !enters || (session_start_write(d, &s->session, e) &&
				  (!move.from.p || request_move_write(d, &move, e)));
}

static enum flow_next step_verify(struct flow *f)
{
	struct signing *in = flow_self(f);
	struct sign_in *s = in->s;
	const struct auth *auth = auth_parts();
	struct err e;
	s->fault = (struct err) { 0 };
	if (!throttle_allows(auth->store, THROTTLE_SIGN_IN, s->name, s->peer, &s->retry_after_s,
		    &s->fault)) {
		mem_wipe((char *)s->password.p, s->password.n);
		return FLOW_DONE;
	}
	if (!user_password(auth->store, s->name, f->call->arena, &s->user, &in->hash, &e) &&
		e.code != ERR_NOT_FOUND) {
		f->err = e;
		return FLOW_FAILED;
	}
	in->job = (struct password_job) {
		.password = s->password, .verify = in->hash, .unknown = !in->hash, .hash = true
	};
	return password_begin(auth->passwords, &in->job, f);
}

static enum flow_next step_outcome(struct flow *f)
{
	struct signing *in = flow_self(f);
	struct sign_in *s = in->s;
	if (in->job.err.code != ERR_NONE) {
		s->fault = in->job.err;
		s->retry_after_s = f->call->retry_after_s ? f->call->retry_after_s : 1;
		return FLOW_DONE;
	}
	s->session = (struct session_start) {
		.old = s->old_session, .user_id = s->user.id, .peer = s->peer, .agent = s->agent
	};
	session_start_draw(&s->session);
	return store_write(auth_parts()->store, f, write_outcome, in);
}

static enum flow_next step_tell(struct flow *f)
{
	const struct signing *in = flow_self(f);
	struct sign_in *s = in->s;
	if (!in->good)
		err_set(&s->fault, ERR_UNAUTHORIZED, "The name or the password is wrong.");
	else if (s->user.disabled)
		err_set(&s->fault, ERR_USER_DISABLED,
			"This account is disabled. An administrator can enable it again.");
	return FLOW_NEXT;
}

static const struct flow_step sign_in_steps[] = {
	{ "verify", step_verify },
	{ "outcome", step_outcome },
	{ "tell", step_tell },
	{ 0 },
};

enum flow_next sign_in_enter(struct sign_in *s, struct flow *f)
{
	struct signing *in = ARENA_NEW(f->call->arena, struct signing);
	in->s = s;
	return flow_enter(f, sign_in_steps, in);
}
