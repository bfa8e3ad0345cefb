/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that sign access tokens; the server may run meanwhile and sees each change at once. */
#include "auth/grant/ring.h"
#include "base/clock.h"
#include "cli/cli.h"

#include <stdio.h>

static int list(struct cli *cli, const char *const *values)
{
	struct ring_row *rows;
	size_t count;
	struct err e;
	(void)values;
	struct store *store = store_open(cli->conf.data, &e);
	bool ok = store && ring_list(store, cli->arena, &rows, &count, &e);
	store_close(&store);
	if (!ok)
		return cli_fail(EXIT_FAILED, "%s", e.msg);
	printf("%-43s  %-8s  %-20s  %-20s  %s\n", "ID", "STATE", "CREATED", "SIGNS SINCE",
		"RETIRED");
	for (size_t i = 0; i < count; i++) {
		char created[ISO_SIZE], current[ISO_SIZE], retired[ISO_SIZE];
		printf("%-43s  %-8s  %-20s  %-20s  %s\n", rows[i].kid, rows[i].state,
			cli_time(rows[i].created_ms, "-", created),
			cli_time(rows[i].current_ms, "-", current),
			cli_time(rows[i].retired_ms, "-", retired));
	}
	return 0;
}

/* Opening the ring makes missing keys and shows that data_key opens those that are there. */
static int rotate(struct cli *cli, const char *const *values)
{
	struct ring_rotate c = { .conf = &cli->conf, .now = true };
	struct ring *ring = NULL;
	struct err e;
	(void)values;
	jose_start();
	struct store *store = store_open(cli->conf.data, &e);
	bool ok = store && (ring = ring_open(&cli->conf, store, &e));
	if (ok) {
		ring_rotate_draw(&c, cli->arena);
		ok = store_run(store, ring_rotate_write, &c, &e);
	}
	ring_close(&ring);
	store_close(&store);
	if (ok)
		printf("%s\n", c.kid);
	arena_settle(cli->arena); /* the key goes before its library */
	jose_stop();
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

const struct command cmd_signing_key_list = {
	.name = "signing-key list",
	.about = "List the keys that sign access tokens: current, next, retired",
	.run = list,
};
const struct command cmd_signing_key_rotate = {
	.name = "signing-key rotate",
	.about = "Sign with the next key from now on, and print its id; tokens that were given "
		 "stay good",
	.run = rotate,
};
