/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions as two processes see them, on a clock that the test turns. */
#include "account/session.h"
#include "account/audit.h"
#include "account/chores.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/people.h"
#include "lib/test.h"
#include "lib/two_stores.h"

enum { MINUTE = 60000, IDLE = 30 * MINUTE, MAX = 12 * 60 * MINUTE };
static const struct session_life life = { IDLE, MAX };

static struct user_create ann;

static void open_both(void)
{
	open_stores();
	ann = add_user(server, "ann", ROLE_ADMIN);
}

static struct session_start started(
	struct store *s, const char *user, const struct session_start *old)
{
	struct session_start c = { .user_id = user, .peer = "192.0.2.1", .agent = "A browser" };
	struct err e;
	if (old)
		c.old = (struct str) { (const char *)old->hash, sizeof old->hash };
	session_start_draw(&c);
	CHECK(store_run(s, session_start_write, &c, &e));
	return c;
}

static bool found(const struct session_start *c, struct session *out)
{
	struct err e = { ERR_NONE };
	bool ok = session_find(command, str_of(c->text), life, arena, out, &e);
	CHECK_TRUE(ok || e.code == ERR_NOT_FOUND);
	return ok;
}

static struct str hash_of(const struct session_start *c)
{
	return (struct str) { (const char *)c->hash, sizeof c->hash };
}

/* What a store is told to do later has been done: its writer takes things in order. */
static bool nothing(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)arg;
	(void)e;
	return true;
}
static void settle(struct store *s)
{
	struct err e;
	CHECK(store_run(s, nothing, NULL, &e));
}

static void a_session_begins_before_the_sign_in(void)
{
	struct session s;
	struct err e;
	open_both();
	struct session_start c = started(server, NULL, NULL);
	CHECK_INT(strlen(c.text), 43);
	CHECK_TRUE(strcmp(c.text, c.csrf) != 0);
	CHECK_TRUE(found(&c, &s));
	CHECK_TRUE(!s.user && s.auth_ms == 0 && !s.state && !s.notice);
	CHECK_TEXT(s.csrf, c.csrf);
	CHECK_TEXT(s.peer, "192.0.2.1");
	CHECK_TEXT(s.agent, "A browser");
	struct session_state state = { hash_of(&c), "{\"request\":\"r1\"}", "Hello." };
	CHECK_TRUE(store_run(server, session_state_write, &state, &e));
	CHECK_TRUE(found(&c, &s));
	CHECK_TEXT(s.state, "{\"request\":\"r1\"}");
	CHECK_TEXT(s.notice, "Hello.");
	state.notice = NULL;
	CHECK_TRUE(store_run(server, session_state_write, &state, &e));
	CHECK_TRUE(found(&c, &s) && s.state && !s.notice);
	close_both();
}

static void checklist_30_the_text_is_new_after_a_sign_in_and_the_state_stays(void)
{
	struct session s;
	struct err e;
	open_both();
	struct session_start before = started(server, NULL, NULL);
	struct session_state state = { hash_of(&before), "{\"device\":\"ABCD\"}", NULL };
	CHECK_TRUE(store_run(server, session_state_write, &state, &e));
	at(MINUTE);
	struct session_start after = started(server, ann.id, &before);
	CHECK_TRUE(
		strcmp(before.text, after.text) != 0 && strcmp(before.csrf, after.csrf) != 0);
	CHECK_TRUE(!found(&before, &s)); /* fixation: the text from before is worth nothing */
	CHECK_TRUE(found(&after, &s));
	CHECK_TEXT(s.state, "{\"device\":\"ABCD\"}");
	CHECK_TEXT(s.user->name, "ann");
	CHECK_INT(s.user->role, ROLE_ADMIN);
	CHECK_INT(s.auth_ms, t0 + MINUTE);
	struct session_start again = started(server, ann.id, &before); /* its old one is gone */
	CHECK_TRUE(found(&again, &s) && !s.state);
	close_both();
}

static void odd_texts_find_nothing(void)
{
	static const struct str odd[] = { { NULL, 0 }, { "", 0 }, { "x", 1 },
		{ "0000000000000000000000000000000000000000000", 43 } };
	struct session s;
	struct err e;
	open_both();
	started(server, ann.id, NULL);
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		CHECK_TRUE(!session_find(server, odd[i], life, arena, &s, &e));
		CHECK_INT(e.code, ERR_NOT_FOUND);
	}
	close_both();
}

static void checklist_30_an_idle_session_ends(void)
{
	struct session s;
	open_both();
	struct session_start c = started(server, ann.id, NULL);
	at(IDLE - 1);
	CHECK_TRUE(found(&c, &s));
	at(IDLE);
	CHECK_TRUE(!found(&c, &s));
	at(IDLE - 1); /* used just in time: lives on from there */
	CHECK_TRUE(found(&c, &s));
	session_touch(server, &s);
	settle(server);
	at(2 * IDLE - 2);
	CHECK_TRUE(found(&c, &s));
	CHECK_INT(s.seen_ms, t0 + IDLE - 1);
	at(2 * IDLE - 1);
	CHECK_TRUE(!found(&c, &s));
	close_both();
}

static void it_is_touched_once_a_minute(void)
{
	struct session s;
	open_both();
	struct session_start c = started(server, ann.id, NULL);
	at(MINUTE - 1);
	CHECK_TRUE(found(&c, &s));
	session_touch(server, &s);
	settle(server);
	CHECK_TRUE(found(&c, &s));
	CHECK_INT(s.seen_ms, t0);
	at(MINUTE);
	session_touch(server, &s);
	settle(server);
	CHECK_TRUE(found(&c, &s));
	CHECK_INT(s.seen_ms, t0 + MINUTE);
	close_both();
}

static void a_short_idle_time_is_kept_alive_by_use(void)
{
	struct session_life short_life = { MINUTE, MAX };
	struct session s;
	struct err e;
	open_both();
	struct session_start c = started(server, ann.id, NULL);
	for (int i = 1; i < 10; i++) {
		at(i * 40000);
		CHECK_TRUE(session_find(server, str_of(c.text), short_life, arena, &s, &e));
		session_touch(server, &s);
		settle(server);
	}
	at(9 * 40000 + MINUTE);
	CHECK_TRUE(!session_find(server, str_of(c.text), short_life, arena, &s, &e));
	close_both();
}

static void checklist_30_twelve_hours_are_the_end_however_busy(void)
{
	struct session s;
	open_both();
	struct session_start c = started(server, ann.id, NULL);
	for (int64_t ms = 0; ms < MAX; ms += 20 * MINUTE) {
		at(ms);
		CHECK_TRUE(found(&c, &s));
		session_touch(server, &s);
		settle(server);
	}
	at(MAX - 1);
	CHECK_TRUE(found(&c, &s));
	at(MAX);
	CHECK_TRUE(!found(&c, &s));
	close_both();
}

static void checklist_30_signing_out_ends_it_in_the_store(void)
{
	struct session s;
	struct err e;
	struct audit_page page;
	open_both();
	struct session_start c = started(server, ann.id, NULL),
			     other = started(server, ann.id, NULL);
	struct session_end out = { .hash = hash_of(&c), .peer = "192.0.2.1" };
	CHECK_TRUE(store_run(server, session_end_write, &out, &e));
	CHECK_INT(out.ended, 1);
	CHECK_TRUE(!found(&c, &s) && found(&other, &s));
	CHECK_TRUE(store_run(server, session_end_write, &out, &e));
	CHECK_INT(out.ended, 0);
	struct session_start nobody = started(server, NULL, NULL);
	out.hash = hash_of(&nobody);
	CHECK_TRUE(store_run(server, session_end_write, &out, &e));
	CHECK_TRUE(audit_list(server, ann.id, 0, arena, &page, &e));
	CHECK_INT(page.count, 1); /* signing out twice, or as nobody, is no event */
	CHECK_TEXT(page.rows[0].event, "sign-out");
	close_both();
}

static void sessions_are_listed_and_ended_by_id_and_but_one(void)
{
	struct session s, *list;
	struct err e;
	size_t count;
	open_both();
	struct user_create bob = add_user(server, "bob", ROLE_MEMBER);
	struct session_start his = started(server, bob.id, NULL),
			     one = started(server, ann.id, NULL);
	at(1000);
	struct session_start two = started(server, ann.id, NULL),
			     three = started(server, ann.id, NULL);
	CHECK_TRUE(session_list(command, ann.id, life, arena, &list, &count, &e));
	CHECK_INT(count, 3);
	CHECK_TEXT(list[2].id, one.id); /* last seen first */
	struct session_end c = { .id = his.id, .user_id = ann.id };
	CHECK_TRUE(store_run(command, session_end_write, &c, &e));
	CHECK_INT(c.ended, 0); /* not hers */
	CHECK_TRUE(found(&his, &s));
	c.id = one.id;
	CHECK_TRUE(store_run(command, session_end_write, &c, &e));
	CHECK_INT(c.ended, 1);
	CHECK_TRUE(!found(&one, &s));
	struct session_end rest = { .user_id = ann.id, .keep = hash_of(&three) };
	CHECK_TRUE(store_run(command, session_end_write, &rest, &e));
	CHECK_INT(rest.ended, 1);
	CHECK_TRUE(!found(&two, &s) && found(&three, &s) && found(&his, &s));
	at(IDLE + 1000);
	CHECK_TRUE(session_list(command, ann.id, life, arena, &list, &count, &e));
	CHECK_INT(count, 0);
	close_both();
}

static void what_a_stranger_says_is_cut_and_cleaned(void)
{
	char longest[1000];
	struct session s;
	struct err e;
	open_both();
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	struct session_start c = { .peer = longest, .agent = longest };
	session_start_draw(&c);
	CHECK_TRUE(store_run(server, session_start_write, &c, &e));
	CHECK_TRUE(found(&c, &s));
	CHECK_INT(strlen(s.peer), 64);
	CHECK_INT(strlen(s.agent), 200);
	struct session_start odd = { .peer = NULL, .agent = "two\nlines\x1B[2J" };
	session_start_draw(&odd);
	CHECK_TRUE(store_run(server, session_start_write, &odd, &e));
	CHECK_TRUE(found(&odd, &s));
	CHECK_TEXT(s.peer, "");
	CHECK_TEXT(s.agent, "two lines [2J");
	struct session_start bad = { .peer = "", .agent = "not \xFF utf-8" };
	session_start_draw(&bad);
	CHECK_TRUE(store_run(server, session_start_write, &bad, &e));
	CHECK_TRUE(found(&bad, &s));
	CHECK_TEXT(s.agent, "");
	close_both();
}

static int64_t rows_of(struct store *s, const char *sql)
{
	struct err e;
	struct db_rows *r = db_query(store_read(s), sql, DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	store_read_end(s);
	return n;
}

static const char sessions_sql[] = "SELECT COUNT(*) FROM sessions";

static void the_chore_removes_what_has_ended(void)
{
	struct session s;
	open_both();
	struct session_start old = started(server, ann.id, NULL);
	at(IDLE - 1);
	struct session_start young = started(server, ann.id, NULL);
	account_sweep(server, life);
	settle(server);
	CHECK_INT(rows_of(command, sessions_sql), 2);
	at(IDLE);
	account_sweep(server, life);
	settle(server);
	CHECK_INT(rows_of(command, sessions_sql), 1);
	CHECK_TRUE(!found(&old, &s) && found(&young, &s));
	for (int64_t ms = IDLE; ms <= MAX + IDLE; ms += MINUTE) { /* busy to the end */
		at(ms);
		if (found(&young, &s))
			session_touch(server, &s);
	}
	settle(server);
	account_sweep(server, life);
	settle(server);
	CHECK_INT(rows_of(command, sessions_sql), 0);
	close_both();
}

static bool write_strangers(struct db *d, void *arg, struct err *e)
{
	(void)arg;
	return db_script(d,
		"INSERT INTO sessions SELECT 'h' || n, 's', NULL, '', NULL, NULL, n, n, 0, '', "
		"''"
		" FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t"
		" WHERE n < 20030) SELECT n FROM t)",
		e);
}

static void strangers_sessions_are_kept_down_and_nobody_elses(void)
{
	struct session s;
	struct err e;
	open_both();
	struct session_start own = started(server, ann.id, NULL);
	CHECK_TRUE(store_run(server, write_strangers, NULL, &e));
	CHECK_TRUE(store_run(server, account_trim_write, NULL, &e));
	CHECK_INT(rows_of(command, sessions_sql), SESSIONS_OF_STRANGERS + 1);
	CHECK_INT(rows_of(command, "SELECT MIN(seen_ms) FROM sessions WHERE id = 's'"), 31);
	CHECK_TRUE(found(&own, &s));
	close_both();
}

TEST_MAIN(TEST(a_session_begins_before_the_sign_in),
	TEST(checklist_30_the_text_is_new_after_a_sign_in_and_the_state_stays),
	TEST(odd_texts_find_nothing), TEST(checklist_30_an_idle_session_ends),
	TEST(it_is_touched_once_a_minute), TEST(a_short_idle_time_is_kept_alive_by_use),
	TEST(checklist_30_twelve_hours_are_the_end_however_busy),
	TEST(checklist_30_signing_out_ends_it_in_the_store),
	TEST(sessions_are_listed_and_ended_by_id_and_but_one),
	TEST(what_a_stranger_says_is_cut_and_cleaned), TEST(the_chore_removes_what_has_ended),
	TEST(strangers_sessions_are_kept_down_and_nobody_elses))
