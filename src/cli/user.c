/* SPDX-License-Identifier: Apache-2.0 */
/* People from the command line; the server may run meanwhile and sees each change at once. */
#include "account/invite.h"
#include "account/user.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/prompt.h"

#include <stdio.h>

enum { INVITE_DAYS = 7 };

/* Opens the store, does it, closes: the exit code. */
struct work {
	struct cli *cli;
	const char *const *values;
	struct store *store;
	struct user user; /* whom the first argument names */
};
typedef bool work_fn(struct work *w, struct err *e);

static int with_store(struct cli *cli, const char *const *values, work_fn *run)
{
	struct work w = { .cli = cli, .values = values };
	struct err e;
	bool ok = (w.store = store_open(cli->conf.data, &e)) && run(&w, &e);
	store_close(&w.store);
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

static bool find(struct work *w, struct err *e)
{
	const char *name = w->cli->args[0];
	if (user_by_name(w->store, str_of(name), w->cli->arena, &w->user, e))
		return true;
	return e->code != ERR_NOT_FOUND
		       ? false
		       : err_set(e, ERR_NOT_FOUND,
				 "there is no user \"%.100s\"; see `scraped user list`", name);
}

static bool new_hash(
	const char *name, bool from_stdin, char hash[PASSWORD_HASH_SIZE], struct err *e)
{
	struct prompt p;
	bool ok = prompt_password(&p, from_stdin, e) && password_ok(p.line, str_of(name), e) &&
		  password_hash(p.line, hash, e);
	prompt_wipe(&p);
	return ok;
}

/* --- add, passwd --- */

enum { ADD_ADMIN, ADD_STDIN };
static const struct cli_option add_options[] = {
	[ADD_ADMIN] = { "admin", NULL, "may manage users, clients and settings" },
	[ADD_STDIN] = { "password-stdin", NULL,
		"take the password from the first line of standard input" },
	{ NULL },
};

static bool add_one(struct work *w, struct err *e)
{
	char hash[PASSWORD_HASH_SIZE];
	struct user_create c = { .name = w->cli->args[0],
		.role = w->values[ADD_ADMIN] ? ROLE_ADMIN : ROLE_MEMBER,
		.hash = hash };
	if (!user_name_ok(str_of(c.name), e))
		return false;
	if (user_by_name(w->store, str_of(c.name), w->cli->arena, &w->user, e))
		return err_set(
			e, ERR_INVALID_REQUEST, "there is a user \"%s\" already", w->user.name);
	if (e->code != ERR_NOT_FOUND || !new_hash(c.name, w->values[ADD_STDIN], hash, e))
		return false;
	if (!store_run(w->store, user_create_write, &c, e) || !cli_told(&c.fault, e))
		return false;
	printf("%s\n", c.id);
	fprintf(stderr, "user %s made, role %s\n", c.name, role_name(c.made));
	return true;
}

static int add(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, add_one);
}

enum { PASSWD_STDIN };
static const struct cli_option passwd_options[] = {
	[PASSWD_STDIN] = { "password-stdin", NULL,
		"take the password from the first line of standard input" },
	{ NULL },
};

static bool passwd_one(struct work *w, struct err *e)
{
	char hash[PASSWORD_HASH_SIZE];
	if (!find(w, e) || !new_hash(w->user.name, w->values[PASSWD_STDIN], hash, e))
		return false;
	struct user_change c = { .what = USER_PASSWORD, .id = w->user.id, .hash = hash };
	if (!store_run(w->store, user_change_write, &c, e) || !cli_told(&c.fault, e))
		return false;
	fprintf(stderr,
		"password of %s changed; its sessions and connected clients have ended\n",
		w->user.name);
	return true;
}

static int passwd(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, passwd_one);
}

/* --- list --- */

static bool list_all(struct work *w, struct err *e)
{
	struct user *users;
	size_t count;
	if (!user_list(w->store, w->cli->arena, &users, &count, e))
		return false;
	printf("%-30s  %-6s  %-8s  %-8s  %-20s  %-20s  %s\n", "ID", "ROLE", "STATE", "PASSWORD",
		"CREATED", "SIGNED IN", "NAME");
	for (size_t i = 0; i < count; i++) {
		char created[ISO_SIZE], used[ISO_SIZE];
		printf("%-30s  %-6s  %-8s  %-8s  %-20s  %-20s  %s\n", users[i].id,
			role_name(users[i].role), users[i].disabled ? "disabled" : "enabled",
			users[i].has_password ? "yes" : "no",
			cli_time(users[i].created_ms, "never", created),
			cli_time(users[i].signed_in_ms, "never", used), users[i].name);
	}
	return true;
}

static int list(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, list_all);
}

/* --- disable, enable, role --- */

static bool change(struct work *w, struct user_change c, struct err *e)
{
	if (!find(w, e))
		return false;
	c.id = w->user.id;
	return store_run(w->store, user_change_write, &c, e) && cli_told(&c.fault, e);
}

static bool disable_one(struct work *w, struct err *e)
{
	return change(w, (struct user_change) { .what = USER_DISABLE, .disabled = true }, e);
}

static bool enable_one(struct work *w, struct err *e)
{
	return change(w, (struct user_change) { .what = USER_DISABLE }, e);
}

static int disable(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, disable_one);
}

static int enable(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, enable_one);
}

static bool role_one(struct work *w, struct err *e)
{
	struct user_change c = { .what = USER_ROLE };
	return role_parse(str_of(w->cli->args[1]), &c.role, e) && change(w, c, e);
}

static int role(struct cli *cli, const char *const *values)
{
	enum role ignored;
	struct err e;
	if (!role_parse(str_of(cli->args[1]), &ignored, &e))
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	return with_store(cli, values, role_one);
}

/* --- invite --- */

enum { INVITE_ADMIN };
static const struct cli_option invite_options[] = {
	[INVITE_ADMIN] = { "admin", NULL, "who comes with it becomes an administrator" },
	{ NULL },
};

static bool invite_one(struct work *w, struct err *e)
{
	struct invite_create c = { .kind = "invite",
		.role = w->values[INVITE_ADMIN] ? ROLE_ADMIN : ROLE_MEMBER,
		.life_ms = INVITE_DAYS * DAY_MS };
	struct str url = cli_base_url(w->cli->conf.public_url);
	if (!store_run(w->store, invite_create_write, &c, e))
		return false;
	if (url.n)
		printf("%.*s/join?invite=%s\n", STR_ARG(url), c.text);
	else
		printf("%s\n", c.text);
	fprintf(stderr,
		"invitation %s made, role %s: good once, for %d days; shown only now%s\n", c.id,
		role_name(c.role), INVITE_DAYS,
		url.n ? "" : "\nopen /join?invite=... on the server with it");
	return true;
}

static int invite(struct cli *cli, const char *const *values)
{
	return with_store(cli, values, invite_one);
}

/* --- the commands --- */

const struct command cmd_user_add = {
	.name = "user add",
	.arguments = "NAME",
	.about = "Make a user who signs in with a password, and print the id",
	.more = "The password is asked for twice on the terminal, or read with "
		"--password-stdin.\n"
		"A name has letters, digits and . _ - + @ (an e-mail address is fine).\n",
	.min_args = 1,
	.max_args = 1,
	.options = add_options,
	.run = add,
};
const struct command cmd_user_passwd = {
	.name = "user passwd",
	.arguments = "NAME",
	.about = "Set a user's password; sessions and connected clients end",
	.min_args = 1,
	.max_args = 1,
	.options = passwd_options,
	.run = passwd,
};
const struct command cmd_user_list = {
	.name = "user list",
	.about = "List the users",
	.run = list,
};
const struct command cmd_user_disable = {
	.name = "user disable",
	.arguments = "NAME",
	.about = "Shut a user out: sessions end, keys and tokens answer USER_DISABLED",
	.min_args = 1,
	.max_args = 1,
	.run = disable,
};
const struct command cmd_user_enable = {
	.name = "user enable",
	.arguments = "NAME",
	.about = "Let a disabled user in again",
	.min_args = 1,
	.max_args = 1,
	.run = enable,
};
const struct command cmd_user_role = {
	.name = "user role",
	.arguments = "NAME admin|member",
	.about = "Make a user an administrator or a member; sessions end",
	.more = "Keys and connected clients of one who becomes a member lose the scope "
		"metrics:read.\n",
	.min_args = 2,
	.max_args = 2,
	.run = role,
};
const struct command cmd_user_invite = {
	.name = "user invite",
	.about = "Make an invitation and print its link (needs public_url, else its text)",
	.options = invite_options,
	.run = invite,
};
