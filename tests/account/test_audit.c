/* SPDX-License-Identifier: Apache-2.0 */
#include "account/audit.h"
#include "account/chores.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/people.h"
#include "lib/test.h"
#include "lib/two_stores.h"

static bool nothing(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)arg;
	(void)e;
	return true;
}
/* What was posted has been written: the writer takes things in order. */
static void settle(void)
{
	struct err e;
	CHECK(store_run(server, nothing, NULL, &e));
}

static bool more; /* of the last list */
static size_t list(const char *account, int64_t before, struct audit_row **rows)
{
	struct err e;
	struct audit_page page = { 0 };
	settle();
	CHECK_TRUE(audit_list(command, account, before, arena, &page, &e));
	*rows = page.rows;
	more = page.more;
	return page.count;
}

static void what_was_posted_is_told_in_plain_words(void)
{
	struct audit_row *rows;
	char subject[] = "ann", peer[] = "192.0.2.1", detail[] = "by hand";
	open_stores();
	struct user_create ann = add_user(server, "ann", ROLE_ADMIN);
	at(1);
	audit_post(server, &(struct audit) { AUDIT_SIGN_IN, ann.id, subject, peer, detail });
	memset(subject, 'x', 3); /* it has copies */
	memset(peer, 'x', 9);
	memset(detail, 'x', 7);
	at(2);
	audit_post(server, &(struct audit) { AUDIT_SIGN_IN_FAILED, NULL, NULL, NULL, NULL });
	CHECK_INT(list(NULL, 0, &rows), 3);
	CHECK_TEXT(rows[0].event, "sign-in.failed");
	CHECK_TEXT(rows[0].about, "Sign-in refused");
	CHECK_TRUE(!rows[0].account_id && !rows[0].account_name && !rows[0].subject);
	CHECK_TEXT(rows[0].peer, "");
	CHECK_TEXT(rows[1].event, "sign-in");
	CHECK_TEXT(rows[1].account_name, "ann");
	CHECK_TEXT(rows[1].subject, "ann");
	CHECK_TEXT(rows[1].peer, "192.0.2.1");
	CHECK_TEXT(rows[1].detail, "by hand");
	CHECK_INT(rows[1].at_ms, t0 + 1);
	CHECK_INT(list(ann.id, 0, &rows), 1);
	CHECK_INT(list("acc_nobody", 0, &rows), 0);
	close_both();
}

static void long_texts_are_cut_between_characters(void)
{
	char longest[302];
	struct audit_row *rows;
	open_stores();
	longest[0] = 'x';
	for (int i = 1; i < 301; i += 2)
		memcpy(longest + i, "\xC3\xA9", 2);
	longest[301] = 0;
	audit_post(server, &(struct audit) { AUDIT_CONSENT, NULL, longest, "", longest });
	CHECK_INT(list(NULL, 0, &rows), 1);
	CHECK_INT(strlen(rows[0].subject), 199);
	CHECK_INT(strlen(rows[0].detail), 199);
	CHECK_TRUE(str_utf8_ok(str_of(rows[0].detail)));
	close_both();
}

static void pages_miss_no_row_and_repeat_none(void)
{
	enum { ALL = 3 * AUDIT_PAGE };
	static bool seen[ALL];
	struct audit_row *rows;
	int64_t before = 0, pages = 0, total = 0;
	open_stores();
	memset(seen, 0, sizeof seen);
	for (int i = 0; i < ALL; i++) { /* seven in each millisecond: pages end within one */
		char text[32];
		snprintf(text, sizeof text, "%d", i);
		at(i / 7);
		audit_post(server, &(struct audit) { AUDIT_CONSENT, NULL, text, NULL, NULL });
		settle();
	}
	do {
		size_t n = list(NULL, before, &rows);
		CHECK_TRUE(n > 0 && n <= AUDIT_PAGE);
		for (size_t i = 0; i < n; i++) {
			int64_t k = -1;
			CHECK_TRUE(str_to_int(str_of(rows[i].subject), &k) && !seen[k]);
			seen[k] = true;
			CHECK_TRUE(before == 0 || rows[i].at_ms < before);
			total++;
		}
		before = rows[n - 1].at_ms;
		pages++;
	} while (more && total < ALL);
	CHECK_TRUE(!more);
	CHECK_INT(total, ALL);
	CHECK_TRUE(pages >= 4);
	close_both();
}

static void the_chore_forgets_after_400_days(void)
{
	struct audit_row *rows;
	struct session_life life = { 1, 1 };
	open_stores();
	audit_post(server, &(struct audit) { AUDIT_CONSENT, NULL, "old", NULL, NULL });
	settle();
	at(1);
	audit_post(server, &(struct audit) { AUDIT_CONSENT, NULL, "young", NULL, NULL });
	settle();
	at(AUDIT_DAYS * INT64_C(86400000) + 1);
	account_sweep(server, life);
	CHECK_INT(list(NULL, 0, &rows), 1);
	CHECK_TEXT(rows[0].subject, "young");
	close_both();
}

TEST_MAIN(TEST(what_was_posted_is_told_in_plain_words),
	TEST(long_texts_are_cut_between_characters), TEST(pages_miss_no_row_and_repeat_none),
	TEST(the_chore_forgets_after_400_days))
