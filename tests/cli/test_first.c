/* SPDX-License-Identifier: Apache-2.0 */
/* The first administrator: from the settings once, or by a link that is good once. */
#include "cli/first.h"
#include "account/invite.h"
#include "account/user.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/people.h"
#include "lib/place.h"
#include "lib/test.h"

#include <sys/stat.h>

static struct store *store;
static struct arena *arena;
static struct conf conf;
static char path[128];

static void open_one(void)
{
	struct err e;
	place_fresh();
	arena = arena_new(0);
	store = store_open(place_made, &e);
	CHECK(store);
	snprintf(path, sizeof path, "%s/password", place_made);
	conf = (struct conf) {
		.admin_user = "", .admin_password_file = "", .admin_password_hash = ""
	};
}

static void close_one(void)
{
	clock_fake(-1, -1);
	store_close(&store);
	arena_free(&arena);
}

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");
	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(path, 0600) == 0);
	conf.admin_password_file = path;
}

static enum err_code first(const char *words)
{
	struct err e = { ERR_NONE };
	if (first_admin(&conf, store, &e))
		return ERR_NONE;
	if (!str_has(str_of(e.msg), str_of(words)))
		test_fail(__FILE__, __LINE__, "\"%s\" has no \"%s\"", e.msg, words);
	return e.code;
}

static void settings_that_do_not_fit_are_named(void)
{
	open_one();
	CHECK_INT(first(""), ERR_NONE); /* nothing set, nothing done */
	conf.admin_user = "root";
	CHECK_INT(first("admin_password_file"), ERR_INVALID_REQUEST);
	conf.admin_password_file = "/no/such/file";
	CHECK_INT(first("admin_password_file: No such file"), ERR_INVALID_REQUEST);
	conf.admin_password_hash = HASH_A;
	CHECK_INT(first("one of"), ERR_INVALID_REQUEST);
	conf.admin_user = "";
	CHECK_INT(first("admin_user"), ERR_INVALID_REQUEST);
	conf.admin_password_file = "";
	conf.admin_user = "two words";
	CHECK_INT(first("admin_user: name must"), ERR_INVALID_REQUEST);
	conf.admin_user = "root";
	conf.admin_password_hash = "plain password";
	CHECK_INT(first("admin_password_hash"), ERR_INVALID_REQUEST);
	conf.admin_password_hash = "";
	write_file("short\n");
	CHECK_INT(first("admin_password_file: password must be"), ERR_INVALID_REQUEST);
	CHECK_INT(user_count(store), 0);
	close_one();
}

static void a_file_makes_the_first_and_never_another(void)
{
	struct err e;
	struct user u;
	const char *hash;
	open_one();
	write_file("correct horse 12\r\nanother line\n");
	conf.admin_user = "root";
	CHECK_INT(first(""), ERR_NONE);
	CHECK_TRUE(user_password(store, STR("root"), arena, &u, &hash, &e));
	CHECK_TRUE(u.role == ROLE_ADMIN && password_verify(hash, STR("correct horse 12")));
	write_file("incorrect horse 12\n");
	CHECK_INT(first(""), ERR_NONE);
	const char *later;
	CHECK_TRUE(user_password(store, STR("root"), arena, &u, &later, &e));
	CHECK_TEXT(later, hash);
	conf.admin_user = "other";
	conf.admin_password_file = "/no/such/file"; /* not looked at any more */
	CHECK_INT(first(""), ERR_NONE);
	CHECK_INT(user_count(store), 1);
	close_one();
}

static void a_hash_makes_the_first(void)
{
	struct err e;
	struct user u;
	const char *hash;
	open_one();
	conf.admin_user = "root";
	conf.admin_password_hash = HASH_B;
	CHECK_INT(first(""), ERR_NONE);
	CHECK_TRUE(user_password(store, STR("root"), arena, &u, &hash, &e));
	CHECK_TEXT(hash, HASH_B);
	close_one();
}

static const char *link_of(const char *base)
{
	struct buf b;
	struct err e;
	buf_init(&b, 4096);
	CHECK_TRUE(first_setup_link(store, base, &b, &e));
	const char *text = arena_text(arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static bool good(const char *link)
{
	enum role role = ROLE_MEMBER;
	struct err e;
	struct str token = str_of(strstr(link, "token=") + 6);
	return invite_find(store, token, "setup", &role, &e) && role == ROLE_ADMIN;
}

static void a_setup_link_is_new_at_each_start_and_ends_in_an_hour(void)
{
	open_one();
	clock_fake(1000, 1000);
	const char *one = link_of("https://scrape.example/");
	CHECK_TRUE(str_starts(str_of(one), STR("https://scrape.example/setup?token=")));
	CHECK_INT(strlen(one), 35 + 43);
	CHECK_TRUE(good(one));
	const char *two = link_of("http://127.0.0.1:8080");
	CHECK_TRUE(str_starts(str_of(two), STR("http://127.0.0.1:8080/setup?token=")));
	CHECK_TRUE(!good(one) && good(two));
	clock_fake(1000 + 3600000, 1000 + 3600000);
	CHECK_TRUE(!good(two));
	const char *three = link_of("https://scrape.example");
	CHECK_TRUE(good(three));
	add_user(store, "root", ROLE_ADMIN);
	CHECK_TRUE(!good(three));
	CHECK_TEXT(link_of("https://scrape.example"), "");
	close_one();
}

TEST_MAIN(TEST(settings_that_do_not_fit_are_named),
	TEST(a_file_makes_the_first_and_never_another), TEST(a_hash_makes_the_first),
	TEST(a_setup_link_is_new_at_each_start_and_ends_in_an_hour))
