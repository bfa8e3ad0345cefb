/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints an access token of a machine client's grant, as /token would give it:
 * `mint_driver --data FOLDER CLIENT_ID ISSUER RESOURCE LIFE_S [JKT]`.
 */
#include "auth/grant/token.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>

extern char **environ;

int main(int argc, char **argv)
{
	struct conf conf;
	struct client client;
	struct err e = { ERR_NONE };
	char **flags = NULL;
	int i = 1;
	mem_init();
	struct arena *a = arena_new(0);
	while (i < argc && conf_flag(a, argc, argv, &i, &flags, &e))
		;
	CHECK(argc - i >= 4 && conf_load(&conf, a, NULL, flags, environ, &e));
	log_level(LOG_OFF);
	jose_start();
	struct store *s = store_open(conf.data, &e);
	CHECK(s && client_find(s, str_of(argv[i]), a, &client, &e));
	struct client_grant c = { .client = &client,
		.scopes = client.scopes,
		.issuer = argv[i + 1],
		.resource = argv[i + 2],
		.dpop_jkt = argc - i > 4 ? argv[i + 4] : NULL,
		.life_ms = 3600 * 1000,
		.arena = a };
	client_grant_draw(&c);
	CHECK(store_run(s, client_grant_write, &c, &e) && c.fault.code == OAUTH_NONE);
	struct token_life life = { .access_ms = strtoll(argv[i + 3], NULL, 10) * 1000 };
	struct ring *ring = ring_open(&conf, s, &e);
	CHECK(ring);
	puts(access_token(ring, &c.grant, &life, a, &e));
	ring_close(&ring);
	store_close(&s);
	arena_free(&a);
	jose_stop();
	return 0;
}
