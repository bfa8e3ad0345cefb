/* SPDX-License-Identifier: Apache-2.0 */
/* What a first start prints: the first key (shown once) and three things ready to paste. */
#ifndef CLI_WELCOME_H
#define CLI_WELCOME_H

#include "account/key.h"
#include "base/conf.h"

/* Makes a key if no live one is there; prints to stdout. address: as the server is bound. */
bool welcome_print(const struct conf *c, struct store *store, struct keys *keys,
	const char *address, struct err *e);

#endif
