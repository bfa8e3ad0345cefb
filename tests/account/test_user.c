/* SPDX-License-Identifier: Apache-2.0 */
/* People as two processes see them: `server` and `command` are handles of the same database. */
#include "account/invite.h"
#include "account/user.h"
#include "account/audit.h"
#include "account/session.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "account/key.h"
#include "lib/people.h"
#include "lib/place.h"
#include "lib/test.h"

#include <pthread.h>

static struct store *server, *command;
static struct arena *arena;

static void open_both(void)
{
	struct err e;
	place_fresh();
	arena = arena_new(0);
	server = store_open(place_made, &e);
	command = store_open(place_made, &e);
	CHECK(server && command);
}

static void close_both(void)
{
	clock_fake(-1, -1);
	store_close(&command);
	store_close(&server);
	arena_free(&arena);
}

static enum err_code named(const char *name, struct user *out)
{
	struct err e = { ERR_NONE };
	return user_by_name(server, str_of(name), arena, out, &e) ? ERR_NONE : e.code;
}

static void names(void)
{
	char hundred[102];
	struct err e;
	memset(hundred, 'n', sizeof hundred);
	CHECK_TRUE(user_name_ok((struct str) { hundred, 100 }, &e));
	CHECK_TRUE(!user_name_ok((struct str) { hundred, 101 }, &e));
	CHECK_TRUE(user_name_ok(STR("Ann.Lee+1_x-y@mail.example"), &e));
	static const struct str bad[] = { { "", 0 }, { "a b", 3 }, { "a\0b", 3 }, { "a\n", 2 },
		{ "<b>", 3 }, { "a/b", 3 }, { "\xC3\xA9t\xC3\xA9", 5 }, { "a\"b", 3 } };
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		CHECK_TRUE(!user_name_ok(bad[i], &e));
		CHECK_INT(e.code, ERR_INVALID_REQUEST);
		CHECK_TRUE(str_starts(str_of(e.msg), STR("name ")));
	}
}

static void a_name_is_one_persons_whatever_its_case(void)
{
	struct user u;
	open_both();
	struct user_create ann = add_user(command, "Ann@Example.org", ROLE_ADMIN);
	CHECK_INT(ann.fault.code, ERR_NONE);
	CHECK_INT(ann.made, ROLE_ADMIN);
	CHECK_INT(named("ann@example.ORG", &u), ERR_NONE);
	CHECK_TEXT(u.name, "Ann@Example.org"); /* as it was typed */
	CHECK_TEXT(u.id, ann.id);
	CHECK_TRUE(u.role == ROLE_ADMIN && !u.disabled && u.has_password && !u.email);
	CHECK_TRUE(u.created_ms > 0 && u.password_ms == u.created_ms && u.signed_in_ms == 0);
	struct user_create twin = add_user(server, "ANN@example.org", ROLE_MEMBER);
	CHECK_INT(twin.fault.code, ERR_INVALID_REQUEST);
	CHECK_TEXT(twin.fault.msg, "name is taken");
	CHECK_INT(user_count(server), 1);
	struct user_create odd = add_user(server, "two words", ROLE_MEMBER);
	CHECK_INT(odd.fault.code, ERR_INVALID_REQUEST);
	CHECK_INT(named("nobody", &u), ERR_NOT_FOUND);
	CHECK_INT(named("two words", &u), ERR_NOT_FOUND);
	close_both();
}

static void users_are_listed_by_name(void)
{
	struct err e;
	struct user *users;
	size_t count;
	open_both();
	add_user(server, "zoe", ROLE_MEMBER);
	struct user_create bob = add_user(server, "Bob", ROLE_ADMIN);
	add_user(command, "adam", ROLE_MEMBER);
	CHECK_TRUE(user_list(server, arena, &users, &count, &e));
	CHECK_INT(count, 3);
	CHECK_TEXT(users[0].name, "adam");
	CHECK_TEXT(users[1].name, "Bob");
	CHECK_TEXT(users[2].name, "zoe");
	CHECK_TEXT(users[1].id, bob.id);
	CHECK_TRUE(users[1].role == ROLE_ADMIN);
	close_both();
}

static void roles_and_their_scopes(void)
{
	struct err e;
	enum role role;
	CHECK_INT(role_scopes(ROLE_ADMIN), SCOPES_ALL);
	CHECK_INT(role_scopes(ROLE_MEMBER), SCOPES_ALL & ~SCOPE(METRICS_READ));
	CHECK_TRUE(role_parse(STR("admin"), &role, &e) && role == ROLE_ADMIN);
	CHECK_TRUE(
		role_parse(str_of(role_name(ROLE_MEMBER)), &role, &e) && role == ROLE_MEMBER);
	CHECK_TRUE(!role_parse(STR("Admin"), &role, &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
}

static void checklist_31_no_hash_for_nobody_and_no_error(void)
{
	static const struct str nobody[] = { { "nobody", 6 }, { "", 0 }, { "a\0b", 3 },
		{ "\xFF", 1 }, { "ann; --", 7 } };
	struct err e;
	struct user u;
	const char *hash;
	open_both();
	add_user(server, "ann", ROLE_ADMIN);
	CHECK_TRUE(user_password(server, STR("ANN"), arena, &u, &hash, &e));
	CHECK_TEXT(hash, HASH_A);
	for (size_t i = 0; i < COUNT_OF(nobody); i++) {
		CHECK_TRUE(user_password(server, nobody[i], arena, &u, &hash, &e));
		CHECK_TRUE(!hash && !u.id);
	}
	close_both();
}

static void only_the_first(void)
{
	open_both();
	struct user_create c = { .name = "root", .role = ROLE_ADMIN, .only_first = true };
	struct err e;
	CHECK_TRUE(store_run(server, user_create_write, &c, &e));
	CHECK_INT(c.fault.code, ERR_NONE);
	c.name = "other";
	CHECK_TRUE(store_run(command, user_create_write, &c, &e));
	CHECK_INT(c.fault.code, ERR_NOT_FOUND);
	CHECK_INT(user_count(server), 1);
	close_both();
}

static void the_last_admin_is_protected(void)
{
	struct user u;
	open_both();
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = add_user(server, "bob", ROLE_ADMIN);
	add_user(server, "eve", ROLE_MEMBER);
	struct user_change off = { .what = USER_DISABLE, .id = ann.id, .disabled = true };
	CHECK_INT(change_user(command, &off), ERR_NONE);
	CHECK_INT(named("ann", &u), ERR_NONE);
	CHECK_TRUE(u.disabled);
	off.id = bob.id;
	CHECK_INT(change_user(command, &off), ERR_FORBIDDEN); /* ann is disabled */
	struct user_change down = { .what = USER_ROLE, .id = bob.id, .role = ROLE_MEMBER };
	CHECK_INT(change_user(command, &down), ERR_FORBIDDEN);
	struct user_change on = { .what = USER_DISABLE, .id = ann.id };
	CHECK_INT(change_user(command, &on), ERR_NONE);
	CHECK_INT(change_user(command, &down), ERR_NONE);
	CHECK_INT(named("bob", &u), ERR_NONE);
	CHECK_INT(u.role, ROLE_MEMBER);
	off.id = ann.id;
	CHECK_INT(change_user(command, &off), ERR_FORBIDDEN);
	down.id = "acc_nobody";
	CHECK_INT(change_user(command, &down), ERR_NOT_FOUND);
	close_both();
}

struct duel {
	pthread_t thread;
	pthread_barrier_t *start;
	struct store *store;
	struct user_change shot;
	enum err_code code;
};

static void *duel_main(void *arg)
{
	struct duel *d = arg;
	pthread_barrier_wait(d->start);
	d->code = change_user(d->store, &d->shot);
	return NULL;
}

static void two_admins_cannot_shut_each_other_out(void)
{
	open_both();
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = add_user(server, "bob", ROLE_ADMIN);
	for (int round = 0; round < 10; round++) {
		pthread_barrier_t start;
		struct duel duel[2];
		pthread_barrier_init(&start, NULL, 2);
		for (int i = 0; i < 2; i++) {
			duel[i] = (struct duel) { .start = &start,
				.store = i ? server : command,
				.shot = { .what = i ? USER_ROLE : USER_DISABLE,
					.id = i ? ann.id : bob.id,
					.disabled = true,
					.role = ROLE_MEMBER } };
			pthread_create(&duel[i].thread, NULL, duel_main, &duel[i]);
		}
		for (int i = 0; i < 2; i++)
			pthread_join(duel[i].thread, NULL);
		pthread_barrier_destroy(&start);
		CHECK_TRUE((duel[0].code == ERR_NONE) != (duel[1].code == ERR_NONE));
		struct user_change up = { .what = USER_ROLE, .id = ann.id, .role = ROLE_ADMIN };
		struct user_change on = { .what = USER_DISABLE, .id = bob.id };
		CHECK_TRUE(change_user(server, &up) == ERR_NONE &&
			   change_user(server, &on) == ERR_NONE);
	}
	close_both();
}

/* --- what goes with a change --- */

static bool write_grants(struct db *d, void *account, struct err *e)
{
	return db_exec(d,
		       "INSERT INTO grants (id, account_id, client_id, client_name, kind, "
		       "scopes,"
		       " issuer, resource, auth_ms, created_ms, used_ms, expires_ms, "
		       "revoked_ms)"
		       " VALUES ('g_' || $1, $1, 'c', 'c', 'code', 'scrape metrics:read', '', "
		       "'', 0, 0,"
		       " 0, 0, 0), ('o_' || $1, $1, 'c', 'c', 'code', 'metrics:read', '', '', "
		       "0, 0, 0, 0,"
		       " 7)",
		       DB_ARGS(db_t(account)), NULL, e) &&
	       db_exec(d,
		       "INSERT INTO device_codes (hash, user_code, client_id, scopes, issuer,"
		       " resource, state, account_id, polled_ms, interval_ms, created_ms,"
		       " expires_ms) VALUES ($2, $1, 'c', '', '', '', 'allowed', $1, 0, 0, 0, "
		       "0)",
		       DB_ARGS(db_t(account), db_b(str_of(account))), NULL, e);
}

static void give_grants(const char *account)
{
	struct err e;
	CHECK(store_run(server, write_grants, (void *)(uintptr_t)account, &e));
}

/* "when why scopes" of g_ACCOUNT and o_ACCOUNT, and the state of the device code. */
static const char *grants_of(const char *account)
{
	struct err e;
	char *text = arena_text(arena, STR(""));
	struct db *d = store_read(command);
	struct db_rows *r = db_query(d,
		"SELECT revoked_ms, COALESCE(why, '-'), scopes FROM grants"
		" WHERE account_id = $1 ORDER BY id",
		DB_ARGS(db_t(account)), &e);
	while (db_next(r, &e)) {
		struct str why = db_get_str(r, 1), scopes = db_get_str(r, 2);
		text = arena_printf(arena, "%s%lld %.*s %.*s; ", text,
			(long long)db_get_int(r, 0), STR_ARG(why), STR_ARG(scopes));
	}
	r = db_query(d, "SELECT state FROM device_codes WHERE account_id = $1",
		DB_ARGS(db_t(account)), &e);
	while (db_next(r, &e)) {
		struct str state = db_get_str(r, 0);
		text = arena_printf(arena, "%s%.*s", text, STR_ARG(state));
	}
	store_read_end(command);
	return text;
}

static struct session_start sign_in(const char *user)
{
	struct session_start c = { .user_id = user, .peer = "192.0.2.1", .agent = "test" };
	struct err e;
	session_start_draw(&c);
	CHECK(store_run(server, session_start_write, &c, &e));
	return c;
}

static bool signed_in(const struct session_start *c)
{
	struct session_life life = { 1800000, 43200000 };
	struct session out;
	struct err e;
	return session_find(command, str_of(c->text), life, arena, &out, &e);
}

static void checklist_14_a_new_password_ends_sessions_and_grants(void)
{
	struct user u;
	open_both();
	clock_fake(1000, 1000);
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = add_user(server, "bob", ROLE_MEMBER);
	give_grants(ann.id);
	give_grants(bob.id);
	struct session_start here = sign_in(ann.id), there = sign_in(ann.id),
			     his = sign_in(bob.id);
	clock_fake(2000, 2000);
	struct user_change c = { .what = USER_PASSWORD,
		.id = ann.id,
		.hash = HASH_B,
		.keep_session = { (char *)here.hash, sizeof here.hash } };
	CHECK_INT(change_user(command, &c), ERR_NONE);
	CHECK_TRUE(signed_in(&here) && !signed_in(&there) && signed_in(&his));
	CHECK_TEXT(grants_of(ann.id),
		"2000 password scrape metrics:read; 7 - metrics:read; denied");
	CHECK_TEXT(grants_of(bob.id), "0 - scrape metrics:read; 7 - metrics:read; allowed");
	const char *hash;
	struct err e;
	CHECK_TRUE(user_password(server, STR("ann"), arena, &u, &hash, &e));
	CHECK_TEXT(hash, HASH_B);
	CHECK_INT(u.password_ms, 2000);
	c.keep_session = (struct str) { 0 };
	CHECK_INT(change_user(command, &c), ERR_NONE);
	CHECK_TRUE(!signed_in(&here));
	close_both();
}

static void a_disabled_user_is_out_and_the_keys_say_so(void)
{
	struct err e;
	const struct principal *who;
	open_both();
	struct keys *keys = keys_open(server);
	add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = add_user(server, "bob", ROLE_MEMBER);
	struct key_create key = { .account_id = bob.id, .name = "", .scopes = SCOPE(SCRAPE) };
	CHECK_TRUE(key_create_draw(&key, &e) && store_run(server, key_create_write, &key, &e));
	struct session_start his = sign_in(bob.id);
	CHECK_TRUE(keys_find(keys, str_of(key.made.text), arena, &who, &e));
	struct user_change off = { .what = USER_DISABLE, .id = bob.id, .disabled = true };
	CHECK_INT(change_user(command, &off), ERR_NONE);
	CHECK_TRUE(!keys_find(keys, str_of(key.made.text), arena, &who, &e));
	CHECK_INT(e.code, ERR_USER_DISABLED);
	CHECK_TRUE(!signed_in(&his));
	struct session_start late = sign_in(bob.id); /* one that was on its way */
	CHECK_TRUE(!signed_in(&late));
	off.disabled = false;
	CHECK_INT(change_user(command, &off), ERR_NONE);
	CHECK_TRUE(keys_find(keys, str_of(key.made.text), arena, &who, &e));
	CHECK_TRUE(!signed_in(&his)); /* it is gone, not asleep */
	keys_close(&keys);
	close_both();
}

static void checklist_30_another_role_ends_sessions_and_takes_scopes(void)
{
	struct err e;
	const struct principal *who;
	open_both();
	struct keys *keys = keys_open(server);
	add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = add_user(server, "bob", ROLE_ADMIN);
	struct key_create key = { .account_id = bob.id, .name = "", .scopes = SCOPES_ALL };
	CHECK_TRUE(key_create_draw(&key, &e) && store_run(server, key_create_write, &key, &e));
	give_grants(bob.id);
	struct session_start his = sign_in(bob.id);
	struct user_change down = { .what = USER_ROLE, .id = bob.id, .role = ROLE_MEMBER };
	CHECK_INT(change_user(command, &down), ERR_NONE);
	CHECK_TRUE(!signed_in(&his));
	CHECK_TEXT(grants_of(bob.id), "0 - scrape; 7 - ; allowed");
	CHECK_TRUE(keys_find(keys, str_of(key.made.text), arena, &who, &e));
	CHECK_INT(who->scopes, role_scopes(ROLE_MEMBER));
	keys_close(&keys);
	close_both();
}

static void signing_in_is_noted_and_may_renew_the_hash(void)
{
	struct user u;
	struct err e;
	const char *hash;
	open_both();
	clock_fake(1000, 1000);
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	clock_fake(5000, 5000);
	struct user_change c = { .what = USER_SIGNED_IN, .id = ann.id };
	CHECK_INT(change_user(server, &c), ERR_NONE);
	CHECK_TRUE(user_password(command, STR("ann"), arena, &u, &hash, &e));
	CHECK_INT(u.signed_in_ms, 5000);
	CHECK_TEXT(hash, HASH_A);
	c.hash = HASH_B;
	CHECK_INT(change_user(server, &c), ERR_NONE);
	CHECK_TRUE(user_password(command, STR("ann"), arena, &u, &hash, &e));
	CHECK_TEXT(hash, HASH_B);
	CHECK_INT(u.password_ms, 1000); /* it is the same password */
	close_both();
}

/* The computing takes a while: what was right when it began may not be when it is written. */
static void a_password_that_was_changed_meanwhile_does_not_count(void)
{
	struct user u;
	struct err e;
	const char *hash;
	open_both();
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct user_change new = { .what = USER_PASSWORD, .id = ann.id, .hash = HASH_B };
	CHECK_INT(change_user(command, &new), ERR_NONE);
	struct user_change in = {
		.what = USER_SIGNED_IN, .id = ann.id, .hash = HASH_A, .was = HASH_A
	};
	CHECK_INT(change_user(server, &in), ERR_UNAUTHORIZED);
	CHECK_TRUE(user_password(server, STR("ann"), arena, &u, &hash, &e));
	CHECK_TEXT(hash, HASH_B);
	CHECK_INT(u.signed_in_ms, 0);
	in.was = HASH_B;
	in.hash = NULL;
	CHECK_INT(change_user(server, &in), ERR_NONE);
	close_both();
}

/* --- identities --- */

static void an_identity_is_one_persons(void)
{
	struct user u;
	struct err e;
	open_both();
	struct user_create ann = {
		.name = "ann", .issuer = "https://i.example", .subject = "7"
	};
	CHECK_TRUE(
		store_run(server, user_create_write, &ann, &e) && ann.fault.code == ERR_NONE);
	struct user_create twin = { .name = "twin", .issuer = ann.issuer, .subject = "7" };
	CHECK_TRUE(store_run(server, user_create_write, &twin, &e));
	CHECK_INT(twin.fault.code, ERR_FORBIDDEN);
	struct user_create bob = add_user(server, "bob", ROLE_MEMBER);
	CHECK_TRUE(user_by_identity(command, ann.issuer, "7", arena, &u, &e));
	CHECK_TEXT(u.id, ann.id);
	CHECK_TRUE(!u.has_password);
	CHECK_TRUE(!user_by_identity(command, "https://j.example", "7", arena, &u, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	struct user_identity tie = { .id = bob.id, .issuer = ann.issuer, .subject = "7" };
	CHECK_TRUE(store_run(command, user_identity_write, &tie, &e));
	CHECK_INT(tie.fault.code, ERR_FORBIDDEN);
	tie.subject = "8";
	tie.email = "bob@example.org";
	for (int i = 0; i < 2; i++) { /* again changes nothing */
		CHECK_TRUE(store_run(command, user_identity_write, &tie, &e));
		CHECK_INT(tie.fault.code, ERR_NONE);
	}
	CHECK_TRUE(user_by_identity(server, ann.issuer, "8", arena, &u, &e));
	CHECK_TEXT(u.name, "bob");
	CHECK_TEXT(u.email, "bob@example.org");
	tie.id = "acc_nobody";
	CHECK_TRUE(store_run(command, user_identity_write, &tie, &e));
	CHECK_INT(tie.fault.code, ERR_NOT_FOUND);
	close_both();
}

static void signing_up_is_open_while_the_switch_says_so(void)
{
	struct err e;
	open_both();
	CHECK_TRUE(!signup_open(server)); /* nobody has said anything yet */
	struct switch_set c = { .name = SWITCH_SIGNUP, .value = "open" };
	CHECK_TRUE(store_run(command, switch_set_write, &c, &e));
	CHECK_TRUE(signup_open(server));
	c.value = "closed";
	CHECK_TRUE(store_run(command, switch_set_write, &c, &e));
	CHECK_TRUE(!signup_open(server));
	close_both();
}

static void every_change_is_in_the_audit(void)
{
	struct audit_page page;
	struct err e;
	open_both();
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct user_create bob = { .name = "bob", .by = ann.id, .peer = "192.0.2.9" };
	struct user_create eve = { .name = "eve", .peer = "192.0.2.10" }; /* signed up */
	CHECK_TRUE(store_run(server, user_create_write, &bob, &e) &&
		   store_run(server, user_create_write, &eve, &e));
	struct user_change c = { .what = USER_DISABLE,
		.id = bob.id,
		.disabled = true,
		.by = ann.id,
		.peer = "192.0.2.9" };
	change_user(server, &c);
	c.id = ann.id; /* refused: leaves no row */
	CHECK_INT(change_user(server, &c), ERR_FORBIDDEN);
	CHECK_TRUE(audit_list(command, NULL, 0, arena, &page, &e));
	CHECK_INT(page.count, 4);
	int seen = 0;
	for (size_t i = 0; i < page.count; i++) {
		const struct audit_row *row = &page.rows[i];
		bool made = strcmp(row->event, "user.created") == 0;
		if (made && strcmp(row->subject, "ann") == 0)
			seen += !row->account_id && !*row->peer;
		else if (made && strcmp(row->subject, "bob") == 0)
			seen += strcmp(row->account_name, "ann") == 0;
		else if (made)
			seen += strcmp(row->account_id, eve.id) == 0;
		else
			seen += strcmp(row->event, "user.disabled") == 0 &&
				strcmp(row->subject, "bob") == 0;
	}
	CHECK_INT(seen, 4);
	close_both();
}

/* --- invitations --- */

static struct invite_create invite(const char *kind, enum role role, int64_t life_ms)
{
	struct invite_create c = { .kind = kind, .role = role, .life_ms = life_ms };
	struct err e;
	CHECK(store_run(command, invite_create_write, &c, &e));
	return c;
}

static bool usable(const struct invite_create *c, const char *kind)
{
	enum role role = ROLE_MEMBER;
	struct err e;
	bool ok = invite_find(server, str_of(c->text), kind, &role, &e);
	CHECK_TRUE(ok ? role == c->role : e.code == ERR_NOT_FOUND);
	return ok;
}

static enum err_code join_as(struct store *s, const char *name, const char *text)
{
	struct user_create c = { .name = name, .hash = HASH_A, .invitation = text };
	struct err e;
	CHECK_TRUE(store_run(s, user_create_write, &c, &e));
	return c.fault.code;
}

static void an_invitation_is_used_once_and_gives_the_role(void)
{
	struct user u;
	open_both();
	clock_fake(1000, 1000);
	struct invite_create c = invite("invite", ROLE_ADMIN, 500);
	CHECK_INT(strlen(c.text), 43);
	CHECK_TRUE(usable(&c, "invite") && !usable(&c, "setup"));
	add_user(server, "taken", ROLE_MEMBER);
	CHECK_INT(join_as(server, "taken", c.text), ERR_INVALID_REQUEST);
	CHECK_TRUE(usable(&c, "invite")); /* a refused name does not cost it */
	CHECK_INT(join_as(server, "ann", c.text), ERR_NONE);
	CHECK_INT(named("ann", &u), ERR_NONE);
	CHECK_INT(u.role, ROLE_ADMIN);
	CHECK_TRUE(!usable(&c, "invite"));
	CHECK_INT(join_as(server, "bob", c.text), ERR_NOT_FOUND);
	struct invite_create late = invite("invite", ROLE_MEMBER, 500);
	clock_fake(1499, 1499);
	CHECK_TRUE(usable(&late, "invite"));
	clock_fake(1500, 1500);
	CHECK_TRUE(!usable(&late, "invite"));
	CHECK_INT(join_as(server, "bob", late.text), ERR_NOT_FOUND);
	CHECK_INT(join_as(server, "bob", "nonsense"), ERR_NOT_FOUND);
	CHECK_INT(named("bob", &u), ERR_NOT_FOUND);
	close_both();
}

struct race {
	pthread_t thread;
	pthread_barrier_t *start;
	struct store *store;
	const char *text;
	char name[32];
	int won;
};

static void *race_main(void *arg)
{
	struct race *r = arg;
	pthread_barrier_wait(r->start);
	r->won = join_as(r->store, r->name, r->text) == ERR_NONE;
	return NULL;
}

static void an_invitation_has_one_winner_in_parallel(void)
{
	enum { RUNNERS = 8, ROUNDS = 5 };
	open_both();
	for (int round = 0; round < ROUNDS; round++) {
		struct invite_create c = invite("invite", ROLE_MEMBER, 60000);
		struct race races[RUNNERS];
		pthread_barrier_t start;
		int won = 0;
		pthread_barrier_init(&start, NULL, RUNNERS);
		for (int i = 0; i < RUNNERS; i++) { /* half of them in "another process" */
			races[i] = (struct race) { .start = &start,
				.store = i % 2 ? server : command,
				.text = c.text };
			snprintf(races[i].name, sizeof races[i].name, "r%d.%d", round, i);
			pthread_create(&races[i].thread, NULL, race_main, &races[i]);
		}
		for (int i = 0; i < RUNNERS; i++) {
			pthread_join(races[i].thread, NULL);
			won += races[i].won;
		}
		pthread_barrier_destroy(&start);
		CHECK_INT(won, 1);
	}
	CHECK_INT(user_count(server), ROUNDS);
	close_both();
}

static void a_setup_link_replaces_the_last_and_ends_with_the_first_user(void)
{
	open_both();
	struct invite_create first = invite("setup", ROLE_ADMIN, 3600000);
	struct invite_create guest = invite("invite", ROLE_MEMBER, 3600000);
	struct invite_create next = invite("setup", ROLE_ADMIN, 3600000);
	CHECK_TRUE(!usable(&first, "setup") && usable(&next, "setup"));
	CHECK_TRUE(usable(&guest, "invite"));
	CHECK_INT(join_as(server, "late", first.text), ERR_NOT_FOUND);
	add_user(command, "ann", ROLE_ADMIN); /* by the command line meanwhile */
	CHECK_TRUE(!usable(&next, "setup"));
	CHECK_INT(join_as(server, "late", next.text), ERR_NOT_FOUND);
	CHECK_INT(user_count(server), 1);
	close_both();
}

static void invitations_are_listed_and_withdrawn(void)
{
	struct invite_row *rows;
	size_t count;
	struct err e;
	open_both();
	clock_fake(1000, 1000);
	invite("setup", ROLE_ADMIN, 500);
	struct invite_create old = invite("invite", ROLE_ADMIN, 500);
	clock_fake(1100, 1100);
	struct invite_create used = invite("invite", ROLE_MEMBER, 500);
	CHECK_INT(join_as(server, "ann", used.text), ERR_NONE);
	CHECK_TRUE(invite_list(server, arena, &rows, &count, &e));
	CHECK_INT(count, 2);
	CHECK_TEXT(rows[0].id, used.id);
	CHECK_INT(rows[0].used_ms, 1100);
	CHECK_TRUE(rows[1].role == ROLE_ADMIN && !rows[1].used_ms);
	CHECK_INT(rows[1].expires_ms, 1500);
	struct invite_revoke c = { .id = old.id };
	CHECK_TRUE(store_run(server, invite_revoke_write, &c, &e));
	CHECK_INT(c.fault.code, ERR_NONE);
	CHECK_TRUE(!usable(&old, "invite"));
	CHECK_TRUE(store_run(server, invite_revoke_write, &c, &e));
	CHECK_INT(c.fault.code, ERR_NOT_FOUND);
	c.id = used.id;
	CHECK_TRUE(store_run(server, invite_revoke_write, &c, &e));
	CHECK_INT(c.fault.code, ERR_NOT_FOUND);
	close_both();
}

/* Nothing of what only the person should know is in the file. */
static void checklist_36_texts_are_stored_as_hashes(void)
{
	char path[128];
	size_t n;
	open_both();
	struct invite_create c = invite("invite", ROLE_ADMIN, 60000);
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	struct session_start his = sign_in(ann.id);
	close_both(); /* the WAL is in the file now */
	snprintf(path, sizeof path, "%s/scraped.db", place_made);
	char *bytes = test_read_file(path, &n);
	CHECK_TRUE(bytes && n > 4096);
	CHECK_TRUE(str_has((struct str) { bytes, n }, str_of(his.csrf))); /* this one is */
	CHECK_TRUE(!str_has((struct str) { bytes, n }, str_of(his.text)));
	CHECK_TRUE(!str_has((struct str) { bytes, n }, str_of(c.text)));
	mem_free(bytes);
}

TEST_MAIN(TEST(names), TEST(a_name_is_one_persons_whatever_its_case),
	TEST(users_are_listed_by_name), TEST(roles_and_their_scopes),
	TEST(checklist_31_no_hash_for_nobody_and_no_error), TEST(only_the_first),
	TEST(the_last_admin_is_protected), TEST(two_admins_cannot_shut_each_other_out),
	TEST(checklist_14_a_new_password_ends_sessions_and_grants),
	TEST(a_disabled_user_is_out_and_the_keys_say_so),
	TEST(checklist_30_another_role_ends_sessions_and_takes_scopes),
	TEST(signing_in_is_noted_and_may_renew_the_hash),
	TEST(a_password_that_was_changed_meanwhile_does_not_count),
	TEST(an_identity_is_one_persons), TEST(signing_up_is_open_while_the_switch_says_so),
	TEST(every_change_is_in_the_audit), TEST(an_invitation_is_used_once_and_gives_the_role),
	TEST(an_invitation_has_one_winner_in_parallel),
	TEST(a_setup_link_replaces_the_last_and_ends_with_the_first_user),
	TEST(invitations_are_listed_and_withdrawn),
	TEST(checklist_36_texts_are_stored_as_hashes))
