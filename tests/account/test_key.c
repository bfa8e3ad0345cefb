/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as a caller meets them, and as the command line changes them under a running server. */
#include "account/key.h"
#include "account/key_text.h"
#include "base/clock.h"
#include "base/digest.h"
#include "lib/keys.h"
#include "lib/place.h"
#include "lib/test.h"
#include "store/keys.h"

#include <ctype.h>
#include <signal.h>
#include <sys/wait.h>

static struct arena *arena;

static struct keys *opened(void)
{
	struct err e;
	struct keys *k = open_keys(place_made, &e);
	CHECK(k);
	return k;
}

static struct keys *fresh(void)
{
	place_fresh();
	arena_free(&arena);
	arena = arena_new(0);
	return opened();
}

static struct key_made create(struct keys *k, char text[KEY_TEXT_SIZE])
{
	struct err e;
	struct key_made key;
	CHECK(make_key(k, "test", SCOPE(SCRAPE) | SCOPE(JOBS_READ), &key, &e));
	memcpy(text, key.text, sizeof key.text);
	return key;
}

static enum err_code find(struct keys *k, const char *text, const struct principal **who)
{
	struct err e = { ERR_NONE };
	return keys_find(k, str_of(text), arena, who, &e) ? ERR_NONE : e.code;
}

static void texts_have_the_documented_shape(void)
{
	char text[KEY_TEXT_SIZE], other[KEY_TEXT_SIZE];
	for (int i = 0; i < 200; i++) {
		key_text_new(text);
		CHECK_INT(strlen(text), 56);
		CHECK_TRUE(str_starts(str_of(text), STR("sk_live_")));
		CHECK_TRUE(text[51] == '_');
		for (int j = 8; j < 56; j++)
			CHECK_TRUE(j == 51 || isalnum((unsigned char)text[j]));
		CHECK_TRUE(key_text_plausible(str_of(text)));
	}
	key_text_new(other);
	CHECK_TRUE(strcmp(text, other) != 0);
	for (int i = 8; i < 56; i++) { /* one wrong character anywhere */
		char was = text[i];
		text[i] = was == 'x' ? 'y' : 'x';
		CHECK_TRUE(!key_text_plausible(str_of(text)));
		text[i] = was;
	}
}

static void odd_texts_are_judged(void)
{
	static const struct {
		const char *text;
		bool plausible;
	} rows[] = {
		{ "", false },
		{ "sk-abcdefghijklmnop", true }, /* other makers' keys may be imported */
		{ "sk_live_short", true },
		{ "with blank", false },
		{ "\xC3\xA9t\xC3\xA9", false },
		{ "tab\there", false },
	};
	char longest[258];
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (key_text_plausible(str_of(rows[i].text)) != rows[i].plausible)
			test_fail(__FILE__, __LINE__, "%s", rows[i].text);
	memset(longest, 'k', sizeof longest);
	CHECK_TRUE(key_text_plausible((struct str) { longest, 256 }));
	CHECK_TRUE(!key_text_plausible((struct str) { longest, 257 }));
}

static void a_made_key_is_found(void)
{
	char text[KEY_TEXT_SIZE];
	const struct principal *who = NULL;
	struct keys *k = fresh();
	struct key_made key = create(k, text);
	for (int i = 0; i < 2; i++) { /* from the database, then from memory */
		CHECK_INT(find(k, text, &who), ERR_NONE);
		CHECK_TEXT(who->account_id, "acc_local");
		CHECK_TEXT(who->credential_id, key.id);
		CHECK_INT(who->via, VIA_KEY);
		CHECK_INT(who->scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	}
	close_keys(&k);
	k = opened();
	CHECK_INT(find(k, text, &who), ERR_NONE);
	close_keys(&k);
}

static void bad_keys_get_the_same_words(void)
{
	char text[KEY_TEXT_SIZE], revoked[KEY_TEXT_SIZE], unknown[KEY_TEXT_SIZE];
	const struct principal *who;
	struct err e;
	struct keys *k = fresh();
	create(k, text);
	struct key_made key = create(k, revoked);
	CHECK_TRUE(revoke_key(k, key.id, &e));
	key_text_new(unknown);
	const char *const bad[] = { "", "x", unknown, revoked, "sk_live_", "no such key" };
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		CHECK_TRUE(!keys_find(k, str_of(bad[i]), arena, &who, &e));
		CHECK_INT(e.code, ERR_UNAUTHORIZED);
		CHECK_TEXT(e.msg, "missing or invalid API key");
	}
	CHECK_INT(find(k, text, &who), ERR_NONE);
	close_keys(&k);
}

static void revoking_counts_at_once_in_other_processes(void)
{
	char text[KEY_TEXT_SIZE], later[KEY_TEXT_SIZE];
	const struct principal *who;
	struct err e;
	struct keys *server = fresh(), *command = opened();
	struct key_made key = create(server, text);
	CHECK_INT(find(server, text, &who), ERR_NONE);
	CHECK_TRUE(revoke_key(command, key.id, &e));
	CHECK_INT(find(server, text, &who), ERR_UNAUTHORIZED);
	create(command, later);
	CHECK_INT(find(server, later, &who), ERR_NONE);
	CHECK_INT(key_count_live(server), 1);
	close_keys(&command);
	close_keys(&server);
}

static void revoking_twice_keeps_the_first_time(void)
{
	char text[KEY_TEXT_SIZE];
	struct err e;
	struct key_row *rows;
	size_t count;
	struct keys *k = fresh();
	struct key_made key = create(k, text);
	clock_fake(5000, 5000);
	CHECK_TRUE(revoke_key(k, key.id, &e));
	clock_fake(6000, 6000);
	CHECK_TRUE(revoke_key(k, key.id, &e));
	clock_fake(-1, -1);
	CHECK_TRUE(key_list(k, NULL, arena, &rows, &count, &e));
	CHECK_INT(count, 1);
	CHECK_INT(rows[0].revoked_ms, 5000);
	CHECK_TRUE(strlen(rows[0].prefix) == 12 && strncmp(rows[0].prefix, text, 12) == 0);
	CHECK_TRUE(!revoke_key(k, "key_nobody", &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	close_keys(&k);
}

static void a_disabled_account_says_so(void)
{
	char text[KEY_TEXT_SIZE];
	const struct principal *who;
	struct err e;
	struct keys *k = fresh(), *command = opened();
	create(k, text);
	CHECK_INT(find(k, text, &who), ERR_NONE);
	CHECK_TRUE(account_disable(command, "acc_local", true, &e));
	CHECK_INT(find(k, text, &who), ERR_USER_DISABLED);
	CHECK_TRUE(account_disable(command, "acc_local", false, &e));
	CHECK_INT(find(k, text, &who), ERR_NONE);
	CHECK_TRUE(!account_disable(k, "acc_nobody", true, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	close_keys(&command);
	close_keys(&k);
}

/* Expiry and keys of other shapes have no command yet: their rows are written as an import would. */
static void expired_and_imported_keys(void)
{
	const struct principal *who;
	struct err e;
	unsigned char hash[SHA256_SIZE];
	struct keys *k = fresh();
	struct db_place place = { place_made, "scraped.db", .durable = true };
	struct db *d = db_open(&place, &e);
	sha256(STR("sk-imported"), hash);
	struct keys_row row = { .id = "key_i",
		.account_id = "acc_local",
		.prefix = "sk-imported",
		.name = "",
		.scopes = "scrape no:such:scope",
		.hash = { (char *)hash, sizeof hash },
		.created_ms = 1,
		.expires_ms = 10000 };
	CHECK_TRUE(keys_put(d, &row, &e));
	clock_fake(9999, 9999);
	CHECK_INT(find(k, "sk-imported", &who), ERR_NONE);
	CHECK_INT(who->scopes, SCOPE(SCRAPE));
	clock_fake(10000, 10000);
	CHECK_INT(find(k, "sk-imported", &who), ERR_UNAUTHORIZED);
	CHECK_INT(key_count_live(k), 0);
	clock_fake(-1, -1);
	db_close(&d);
	close_keys(&k);
}

static int64_t last_used(void)
{
	struct err e;
	struct key_row *rows;
	size_t count;
	struct keys *k = opened();
	CHECK(key_list(k, NULL, arena, &rows, &count, &e) && count == 1);
	close_keys(&k);
	return rows[0].last_used_ms;
}

static void last_use_is_noted_once_a_minute(void)
{
	char text[KEY_TEXT_SIZE];
	const struct principal *who;
	struct keys *k = fresh();
	create(k, text);
	static const int64_t times[] = { 100000, 130000, 159999 };
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		clock_fake(times[i], times[i]);
		CHECK_INT(find(k, text, &who), ERR_NONE);
	}
	close_keys(&k); /* what waits is written first */
	CHECK_INT(last_used(), 100000);
	k = opened();
	clock_fake(160000, 160000);
	CHECK_INT(find(k, text, &who), ERR_NONE);
	clock_fake(-1, -1);
	close_keys(&k);
	CHECK_INT(last_used(), 160000);
}

/* The child makes keys and says each one's text, until it is killed in the middle. */
static void make_keys(int out)
{
	char text[KEY_TEXT_SIZE];
	struct keys *k = opened();
	for (;;) {
		create(k, text);
		if (write(out, text, sizeof text) != sizeof text)
			_exit(1);
	}
}

static void keys_that_were_shown_survive_a_kill(void)
{
	enum { ENOUGH = 50 };
	int ends[2], shown = 0;
	char texts[10 * ENOUGH][KEY_TEXT_SIZE];
	const struct principal *who;
	place_fresh();
	CHECK(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0)
		make_keys(ends[1]);
	close(ends[1]);
	while (shown < 10 * ENOUGH &&
		read(ends[0], texts[shown], KEY_TEXT_SIZE) == KEY_TEXT_SIZE)
		if (++shown == ENOUGH)
			kill(pid, SIGKILL);
	close(ends[0]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK_TRUE(shown >= ENOUGH);
	struct keys *k = opened();
	for (int i = 0; i < shown; i++)
		CHECK_INT(find(k, texts[i], &who), ERR_NONE);
	close_keys(&k);
}

static void names_are_checked(void)
{
	char hundred[102];
	struct err e;
	struct key_made key;
	const struct principal *who;
	struct keys *k = fresh();
	memset(hundred, 'n', sizeof hundred);
	hundred[101] = 0;
	CHECK_TRUE(!make_key(k, hundred, SCOPES_ALL, &key, &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	hundred[100] = 0;
	CHECK_TRUE(make_key(k, hundred, SCOPES_ALL, &key, &e));
	CHECK_TRUE(!make_key(k, "two\nlines", SCOPES_ALL, &key, &e));
	CHECK_TRUE(!make_key(k, "bad \xFF", SCOPES_ALL, &key, &e));
	CHECK_TRUE(make_key(k, "", 0, &key, &e));
	CHECK_INT(find(k, key.text, &who), ERR_NONE);
	CHECK_INT(who->scopes, 0);
	close_keys(&k);
	arena_free(&arena);
}

static void scopes_are_named(void)
{
	struct err e;
	unsigned bits;
	char text[256];
	CHECK_TRUE(scopes_parse(STR("scrape,jobs:read"), &bits, &e));
	CHECK_INT(bits, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	CHECK_TRUE(scopes_parse(STR(" metrics:read  scrape ,"), &bits, &e));
	CHECK_INT(bits, SCOPE(SCRAPE) | SCOPE(METRICS_READ));
	CHECK_TRUE(!scopes_parse(STR("scrape,Scrape"), &bits, &e));
	CHECK_TRUE(str_has(str_of(e.msg), STR("Scrape (known: scrape jobs:read")));
	scopes_print(SCOPES_ALL, ',', text);
	CHECK_TRUE(scopes_parse(str_of(text), &bits, &e) && bits == SCOPES_ALL);
	struct principal p = { .scopes = SCOPE(JOBS_READ) };
	CHECK_TRUE(principal_may(&p, SCOPE(JOBS_READ), &e));
	CHECK_TRUE(!principal_may(&p, SCOPE(JOBS_READ) | SCOPE(SCRAPE), &e));
	CHECK_INT(e.code, ERR_SCOPE);
	CHECK_TEXT(e.msg, "this needs a key with the scope scrape");
	CHECK_TRUE(!principal_may(NULL, SCOPE(SCRAPE), &e));
}

TEST_MAIN(TEST(texts_have_the_documented_shape), TEST(odd_texts_are_judged),
	TEST(a_made_key_is_found), TEST(bad_keys_get_the_same_words),
	TEST(revoking_counts_at_once_in_other_processes),
	TEST(revoking_twice_keeps_the_first_time), TEST(a_disabled_account_says_so),
	TEST(expired_and_imported_keys), TEST(last_use_is_noted_once_a_minute),
	TEST(keys_that_were_shown_survive_a_kill), TEST(names_are_checked),
	TEST(scopes_are_named))
