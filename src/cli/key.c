/* SPDX-License-Identifier: Apache-2.0 */
/* API keys from the command line; the server may run meanwhile and sees each change at once. */
#include "cli/cli.h"
#include "account/key.h"
#include "base/clock.h"

#include <stdio.h>

enum { NAME, SCOPES };
static const struct cli_option create_options[] = {
	[NAME] = { "name", "NAME",
		"what the key is for, shown by `key list` (at most 100 characters)" },
	[SCOPES] = { "scopes", "A,B",
		"what it may do (default: scrape,jobs:read,jobs:write); or all" },
	{ NULL },
};

static struct keys *open_keys(struct cli *cli, struct store **store)
{
	struct err e;
	*store = store_open(cli->conf.data, &e);
	if (!*store)
		cli_fail(EXIT_FAILED, "%s", e.msg);
	return *store ? keys_open(*store) : NULL;
}

static void close_keys(struct keys *k, struct store *store)
{
	keys_close(&k);
	store_close(&store);
}

static int create(struct cli *cli, const char *const *values)
{
	struct key_create key = { .account_id = "acc_local" };
	struct err e;
	unsigned scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ) | SCOPE(JOBS_WRITE);
	if (values[SCOPES] && strcmp(values[SCOPES], "all") == 0)
		scopes = SCOPES_ALL;
	else if (values[SCOPES] && !scopes_parse(str_of(values[SCOPES]), &scopes, &e))
		return cli_fail(EXIT_USAGE, "--scopes: %s", e.msg);
	struct store *store;
	struct keys *k = open_keys(cli, &store);
	if (!k)
		return EXIT_FAILED;
	key.name = values[NAME] ? values[NAME] : "";
	key.scopes = scopes;
	bool ok = key_create_draw(&key, &e) && store_run(store, key_create_write, &key, &e) &&
		  cli_told(&key.fault, &e);
	if (ok) {
		printf("%s\n", key.made.text);
		fprintf(stderr, "key %s made; it is shown only this once\n", key.made.id);
	}
	close_keys(k, store);
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

static int list(struct cli *cli, const char *const *values)
{
	struct key_row *rows;
	size_t count;
	struct err e;
	(void)values;
	struct store *store;
	struct keys *k = open_keys(cli, &store);
	if (!k)
		return EXIT_FAILED;
	bool ok = key_list(k, NULL, cli->arena, &rows, &count, &e);
	if (ok)
		printf("%-30s  %-14s  %-20s  %-20s  %-8s  %-32s  %s\n", "ID", "KEY", "CREATED",
			"LAST USED", "STATE", "SCOPES", "NAME");
	for (size_t i = 0; ok && i < count; i++) {
		char created[ISO_SIZE], used[ISO_SIZE], scopes[256];
		scopes_print(rows[i].scopes, ',', scopes);
		bool expired = rows[i].expires_ms && rows[i].expires_ms <= now_ms();
		printf("%-30s  %-14s  %-20s  %-20s  %-8s  %-32s  %s\n", rows[i].id,
			rows[i].prefix, cli_time(rows[i].created_ms, "-", created),
			cli_time(rows[i].last_used_ms, "never", used),
			rows[i].revoked_ms ? "revoked"
			: expired	   ? "expired"
					   : "live",
			scopes, rows[i].name);
	}
	close_keys(k, store);
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

static int revoke(struct cli *cli, const char *const *values)
{
	struct err e;
	(void)values;
	struct store *store;
	struct keys *k = open_keys(cli, &store);
	if (!k)
		return EXIT_FAILED;
	struct key_revoke key = { .id = cli->args[0] };
	bool ok = store_run(store, key_revoke_write, &key, &e) && cli_told(&key.fault, &e);
	close_keys(k, store);
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

const struct command cmd_key_create = {
	.name = "key create",
	.about = "Make an API key and print it (only the key goes to standard output)",
	.options = create_options,
	.run = create,
};
const struct command cmd_key_list = {
	.name = "key list",
	.about = "List the API keys, without their secrets",
	.run = list,
};
const struct command cmd_key_revoke = {
	.name = "key revoke",
	.arguments = "ID",
	.about = "Revoke the API key with this id (see `key list`); it stops working at once",
	.min_args = 1,
	.max_args = 1,
	.run = revoke,
};
