/* SPDX-License-Identifier: Apache-2.0 */
/* People for tests: made and changed as the command line does it, without the cost of argon2. */
#ifndef TESTS_LIB_PEOPLE_H
#define TESTS_LIB_PEOPLE_H

#include "account/user.h"
#include "lib/test.h"

/* Of no password: for tests that never verify it. */
#define HASH_A                                                                                 \
	"$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"                               \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HASH_B                                                                                 \
	"$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAQ$"                               \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static inline struct user_create add_user(struct store *s, const char *name, enum role role)
{
	struct user_create c = { .name = name, .role = role, .hash = HASH_A };
	struct err e = { ERR_NONE };
	if (!store_run(s, user_create_write, &c, &e))
		test_fail(__FILE__, __LINE__, "%s", e.msg);
	return c;
}

static inline enum err_code change_user(struct store *s, struct user_change *c)
{
	struct err e = { ERR_NONE };
	if (!store_run(s, user_change_write, c, &e))
		test_fail(__FILE__, __LINE__, "%s", e.msg);
	return c->fault.code;
}

#endif
